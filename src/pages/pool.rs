//! The pool of worker processes: who asks, who waits, who is ended. What a worker does is `worker`'s.

use super::message::{Ask, Reply, Request};
use super::process::{Killer, Process, Silence};
use super::{FileInfo, PageError, PageFile, Render, TextLayer};
use crate::parts::Parts;
use image::RgbImage;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How long one question may take. A file costs at most this before it is given up, under 10 s with the
/// start of a new worker.
const LIMIT: Duration = Duration::from_secs(8);
/// Where the system tells how long a worker really computed, only that counts: a busy machine is not the page's fault.
/// But so many times the limit is too long however busy it is.
const PATIENCE: u32 = 4;
/// A worker that was not asked for so long is ended, to give its memory back.
const IDLE: Duration = Duration::from_mins(1);
/// A page that overran its time is not tried again for so long: each of its tiles would take as long.
const STUCK: Duration = Duration::from_secs(30);
/// How many files a worker is believed to have open; see `worker::Shelf`.
const REMEMBERED: usize = 4;

/// Files → pages. Cheap to clone; every call blocks until the answer is there, so never call it where a person waits.
///
/// Behind it are up to as many worker processes as the machine has cores. Each answers one question at a time;
/// callers wait in the order they came, those of [`Pages::ahead`] before all others. A worker that dies or takes longer than 8 seconds costs the page it was
/// asked for a [`PageError::Crashed`] or [`PageError::TimedOut`], nothing else: the next question gets a new one.
#[derive(Clone)]
pub struct Pages {
    owner: Arc<Owner>,
    ahead: bool,
}

/// Closes the pool with its last owner.
struct Owner(Arc<Pool>);

impl Drop for Owner {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        self.0.changed.notify_all();
        drop(idle);
    }
}

struct Pool {
    program: PathBuf,
    pdfium: PathBuf,
    most: usize,
    limit: Duration,
    state: Mutex<State>,
    /// A worker became free, or the caller at the head of the queue left it.
    freed: Condvar,
    /// There is a new deadline, or the pool closed: for the keeper.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Idle>,
    /// Workers that run or are being started, idle ones among them.
    running: usize,
    queue: Line,
    next_ticket: u64,
    deadlines: Vec<Deadline>,
    stuck: Vec<Stuck>,
    kept: bool,
    closed: bool,
}

/// The tickets of the callers that wait, in order: first those that go ahead, then the others.
#[derive(Default)]
struct Line {
    tickets: VecDeque<u64>,
    /// How many of them go ahead.
    ahead: usize,
}

impl Line {
    fn join(&mut self, ticket: u64, ahead: bool) {
        if ahead {
            self.tickets.insert(self.ahead, ticket);
            self.ahead += 1;
        } else {
            self.tickets.push_back(ticket);
        }
    }

    fn first(&self) -> Option<u64> {
        self.tickets.front().copied()
    }

    /// The first has its turn.
    fn leave(&mut self) {
        self.tickets.pop_front();
        self.ahead = self.ahead.saturating_sub(1);
    }
}

struct Idle {
    worker: Worker,
    since: Instant,
}

/// A process and the files that it has open, the last used at the end.
struct Worker {
    process: Process,
    files: VecDeque<PathBuf>,
}

/// A question that overran its time.
struct Stuck {
    path: PathBuf,
    changed: Option<SystemTime>,
    ask: Ask,
    until: Instant,
}

struct Deadline {
    ticket: u64,
    at: Instant,
    /// When it is too late in any case.
    last: Instant,
    /// What the worker had computed before.
    computed: Option<Duration>,
    killer: Killer,
}

impl Deadline {
    /// Whether the time is over; if not, sets the next time to look.
    fn is_over(&mut self, limit: Duration, now: Instant) -> bool {
        if now < self.at {
            return false;
        }
        let left = match (self.computed, self.killer.computed()) {
            (Some(before), Some(after)) => limit.saturating_sub(after.saturating_sub(before)),
            _ => Duration::ZERO,
        };
        self.at = self.last.min(now + left);
        self.at <= now
    }
}

impl Pages {
    /// A pool whose workers run this very program. None is started yet.
    pub fn new(parts: &Parts) -> Self {
        // What runs stays what is started when an update replaces the file on the disk.
        let own = PathBuf::from("/proc/self/exe");
        let program = if cfg!(target_os = "linux") && own.exists() {
            own
        } else {
            std::env::current_exe().unwrap_or_else(|_| "proofdesk".into())
        };
        Self::with_program(parts, program)
    }

    /// A pool whose workers run `program pages-worker`.
    pub fn with_program(parts: &Parts, program: PathBuf) -> Self {
        Self::with_limit(parts, program, LIMIT)
    }

    /// The same, where an answer may take `limit` instead of 8 seconds.
    pub fn with_limit(parts: &Parts, program: PathBuf, limit: Duration) -> Self {
        let pool = Arc::new(Pool {
            program,
            pdfium: parts.pdfium(),
            most: std::thread::available_parallelism().map_or(2, usize::from),
            limit,
            state: Mutex::default(),
            freed: Condvar::new(),
            changed: Condvar::new(),
        });
        Self { owner: Arc::new(Owner(pool)), ahead: false }
    }

    /// The same pool for what somebody looks at: whoever asks through this goes before whoever reads.
    #[must_use]
    pub fn ahead(&self) -> Self {
        Self { ahead: true, ..self.clone() }
    }

    /// What the file is and how large its pages are, without drawing one.
    pub fn open(&self, file: &PageFile) -> Result<FileInfo, PageError> {
        match self.ask(file, Ask::Open)? {
            (Reply::Opened(info), _) => Ok(info),
            _ => Err(PageError::Crashed),
        }
    }

    /// The pixels of `page` (from 0), on white: scaled to `render.size`, of that the region.
    pub fn render(&self, file: &PageFile, page: u32, render: &Render) -> Result<RgbImage, PageError> {
        match self.ask(file, Ask::Render { page, render: *render })? {
            (Reply::Pixels { width, height }, bytes) => {
                RgbImage::from_raw(width, height, bytes).ok_or(PageError::Crashed)
            }
            _ => Err(PageError::Crashed),
        }
    }

    /// What `page` (from 0) says of itself beside its pixels, in the pixels of its image at 300 DPI (see
    /// [`FileInfo::pages`]). A picture says nothing, in an empty layer that an image covers.
    pub fn text_layer(&self, file: &PageFile, page: u32) -> Result<TextLayer, PageError> {
        match self.ask(file, Ask::TextLayer { page })? {
            (Reply::Text(layer), _) => Ok(*layer),
            _ => Err(PageError::Crashed),
        }
    }

    fn ask(&self, file: &PageFile, ask: Ask) -> Result<(Reply, Vec<u8>), PageError> {
        let path = std::path::absolute(&file.path)?;
        let request = Request { path: path.clone().into_os_string(), password: file.password.clone(), ask };
        let pool = &self.owner.0;
        if pool.is_stuck(&path, ask) {
            return Err(PageError::TimedOut(pool.limit.as_secs()));
        }
        for _ in 0..2 {
            let (ticket, mut worker) = pool.acquire(&path, self.ahead)?;
            pool.watch(ticket, worker.process.killer());
            let answer = worker.process.ask(&request);
            let overrun = pool.unwatch(ticket);
            match answer {
                Ok((reply, bytes)) => {
                    worker.has_open(path);
                    pool.release(worker);
                    return match reply {
                        Reply::Failed(error) => Err(error),
                        reply => Ok((reply, bytes)),
                    };
                }
                Err(silence) => {
                    tracing::warn!(worker = worker.process.id(), overrun, "a pages worker ended");
                    pool.discard(worker);
                    match silence {
                        _ if overrun => {
                            pool.remember_stuck(path, ask);
                            return Err(PageError::TimedOut(pool.limit.as_secs()));
                        }
                        Silence::Died => return Err(PageError::Crashed),
                        Silence::Gone => {}
                    }
                }
            }
        }
        Err(PageError::NoWorker("it ends as soon as it is started".into()))
    }
}

impl Worker {
    fn has_open(&mut self, path: PathBuf) {
        self.files.retain(|p| *p != path);
        self.files.push_back(path);
        if self.files.len() > REMEMBERED {
            self.files.pop_front();
        }
    }
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a worker: one that has the file open, else any that is idle, else a new one.
    fn acquire(self: &Arc<Self>, path: &Path, ahead: bool) -> Result<(u64, Worker), PageError> {
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.join(ticket, ahead);
        while state.queue.first() != Some(ticket) || (state.idle.is_empty() && state.running >= self.most) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.queue.leave();
        let at = state.idle.iter().rposition(|i| i.worker.files.iter().any(|f| f == path));
        let idle = match at {
            Some(at) => Some(state.idle.remove(at)),
            None => state.idle.pop(),
        };
        if idle.is_none() {
            state.running += 1;
        }
        let kept = std::mem::replace(&mut state.kept, true);
        drop(state);
        self.freed.notify_all();
        if !kept {
            self.keep()?;
        }
        match idle {
            Some(idle) => Ok((ticket, idle.worker)),
            None => match Process::start(&self.program, &self.pdfium) {
                Ok(process) => Ok((ticket, Worker { process, files: VecDeque::new() })),
                Err(error) => {
                    self.state().running -= 1;
                    self.freed.notify_all();
                    Err(PageError::NoWorker(error.to_string()))
                }
            },
        }
    }

    fn release(&self, worker: Worker) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        state.idle.push(Idle { worker, since: Instant::now() });
        drop(state);
        self.freed.notify_all();
        self.changed.notify_all();
    }

    fn discard(&self, worker: Worker) {
        drop(worker);
        self.state().running -= 1;
        self.freed.notify_all();
    }

    fn watch(&self, ticket: u64, killer: Killer) {
        let (now, computed) = (Instant::now(), killer.computed());
        let last = now + self.limit * PATIENCE;
        self.state().deadlines.push(Deadline { ticket, at: now + self.limit, last, computed, killer });
        self.changed.notify_all();
    }

    /// Whether the deadline had passed.
    fn unwatch(&self, ticket: u64) -> bool {
        let mut state = self.state();
        let before = state.deadlines.len();
        state.deadlines.retain(|d| d.ticket != ticket);
        state.deadlines.len() == before
    }

    fn is_stuck(&self, path: &Path, ask: Ask) -> bool {
        let mut state = self.state();
        state.stuck.retain(|s| s.until > Instant::now());
        let same = |s: &&Stuck| s.path == path && s.ask.is_like(ask);
        let changed = state.stuck.iter().find(same).map(|s| s.changed);
        drop(state);
        changed.is_some_and(|changed| changed == changed_at(path))
    }

    fn remember_stuck(&self, path: PathBuf, ask: Ask) {
        let changed = changed_at(&path);
        self.state().stuck.push(Stuck { path, changed, ask, until: Instant::now() + STUCK });
    }

    /// Starts the thread that ends workers which overrun their time, or are idle for long.
    fn keep(self: &Arc<Self>) -> Result<(), PageError> {
        let pool = Arc::clone(self);
        let keeper = std::thread::Builder::new().name("pages-keeper".into()).spawn(move || {
            let mut state = pool.state();
            while !state.closed {
                let now = Instant::now();
                let late: Vec<Deadline> = state.deadlines.extract_if(.., |d| d.is_over(pool.limit, now)).collect();
                let stale: Vec<Idle> = state.idle.extract_if(.., |i| i.since + IDLE <= now).collect();
                if !late.is_empty() || !stale.is_empty() {
                    state.running -= stale.len();
                    drop(state);
                    for deadline in &late {
                        deadline.killer.kill();
                    }
                    drop(stale);
                    state = pool.state();
                    continue;
                }
                let deadlines = state.deadlines.iter().map(|d| d.at);
                let next = deadlines.chain(state.idle.iter().map(|i| i.since + IDLE)).min();
                let wait = next.map_or(Duration::from_hours(1), |at| at - now);
                let waited = pool.changed.wait_timeout(state, wait);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        match keeper {
            Ok(_) => Ok(()),
            Err(error) => {
                self.state().kept = false;
                Err(PageError::NoWorker(error.to_string()))
            }
        }
    }
}

/// When the file was last changed.
fn changed_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|m| m.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_goes_before_what_is_read_each_in_the_order_it_came() {
        let mut line = Line::default();
        for (ticket, ahead) in [(1, false), (2, false), (3, true), (4, false), (5, true)] {
            line.join(ticket, ahead);
        }
        let mut order = Vec::new();
        while let Some(first) = line.first() {
            line.leave();
            order.push(first);
            if first == 3 {
                line.join(6, true);
            }
        }
        assert_eq!(order, [3, 5, 6, 1, 2, 4]);
    }
}
