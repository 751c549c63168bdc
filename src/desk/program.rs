//! The whole program without a screen: the state, and the machinery behind it. What changes when is `update`'s.

use super::job::Event;
use super::jobs::Jobs;
use super::update::Core;
use super::{Command, ConnectionId, Reach, State};
use crate::document::Problem;
use crate::pages::Pages;
use crate::parts::{MissingPart, Parts};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How a desk is started.
pub struct DeskOptions {
    /// The folder that everything is kept in; made if it is not there.
    pub data: PathBuf,
    /// The run-time parts.
    pub parts: Result<Parts, MissingPart>,
    /// Called from any thread when something has arrived that [`Desk::drain`] takes in.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// The program whose `pages-worker` reads pages; `None` is this one. For tests.
    pub pages_worker: Option<PathBuf>,
    /// Keys of accounts are kept in the system's keyring. Not in tests.
    pub keyring: bool,
    /// Where exports go without asking, under the names that the dialog would offer; `None` asks. For tests.
    pub exports: Option<PathBuf>,
}

impl std::fmt::Debug for DeskOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeskOptions").field("data", &self.data).field("parts", &self.parts).finish_non_exhaustive()
    }
}

/// What only the window can do for the desk.
#[derive(Clone, PartialEq, Eq)]
pub enum Effect {
    /// Put this text on the clipboard.
    CopyText(String),
    /// Come to the front: another start handed over what it was to open.
    Raise,
    /// Show the list of problems.
    ShowProblems,
    /// End the program.
    Quit,
}

/// Without the text, which may be a document's.
impl std::fmt::Debug for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CopyText(text) => write!(f, "CopyText({} bytes)", text.len()),
            Self::Raise => f.write_str("Raise"),
            Self::ShowProblems => f.write_str("ShowProblems"),
            Self::Quit => f.write_str("Quit"),
        }
    }
}

/// The program. Nothing here waits for a disk, a network or another thread, but [`Desk::shut_down`].
pub struct Desk {
    core: Core,
    jobs: Jobs,
}

impl Desk {
    /// Starts it: the library is opened and the embedded server started in the background.
    pub fn start(options: DeskOptions) -> Self {
        let parallel = std::thread::available_parallelism().map_or(2, usize::from);
        let mut core = Core::new(parallel, options.parts.is_ok(), uuid::Uuid::new_v4().simple().to_string());
        if let Err(missing) = &options.parts {
            let failed = Reach::Failed(Problem::new(missing.to_string()));
            core.state.reach.insert(ConnectionId::THIS_COMPUTER, failed);
        }
        let requests = core.state.requests.clone();
        Self { core, jobs: Jobs::start(options, requests) }
    }

    /// Everything the window shows.
    pub const fn state(&self) -> &State {
        &self.core.state
    }

    /// Does what was asked for, or has it done.
    pub fn command(&mut self, command: Command) {
        let jobs = self.core.update(command);
        self.jobs.run(jobs);
    }

    /// Takes in what has arrived, for at most `budget` and what the last one takes. Whether something changed, or more
    /// waits.
    pub fn drain(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        let mut changed = false;
        while let Some(event) = self.jobs.next_event() {
            if let Event::Saved(count) = event {
                // Nothing follows from it, and it comes after every change.
                self.core.saved(count);
                continue;
            }
            changed = true;
            self.core.take_in(event);
            if start.elapsed() >= budget {
                break;
            }
        }
        if changed {
            // What follows is worked out once for all of them.
            let jobs = self.core.settle();
            self.jobs.run(jobs);
        }
        changed
    }

    /// What only the window can do, since the last time.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        self.core.take_effects()
    }

    /// Who draws the pages, before any is read; `None` where a run-time part is missing.
    pub fn pages(&self) -> Option<Pages> {
        self.jobs.pages().map(|pages| pages.ahead())
    }

    /// Opens what later starts of the program hand over.
    pub fn listen(&self, listener: super::instance::Listener) {
        self.jobs.listen(listener);
    }

    /// Saves what is not saved yet and stops everything. Takes a few seconds at worst; afterwards nothing happens here
    /// any more.
    pub fn shut_down(&mut self) {
        self.jobs.shut_down();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("documents", &self.core.state.documents.len()).finish_non_exhaustive()
    }
}
