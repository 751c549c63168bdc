//! One worker process seen from the program: started, asked, killed. What it does with a question is `worker`'s.

use super::message::{self, Reply, Request};
use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The hidden subcommand that a worker process runs.
const SUBCOMMAND: &str = "pages-worker";
/// Where a worker finds PDFium.
pub(super) const PDFIUM_VARIABLE: &str = "PROOFDESK_PDFIUM";

/// A running worker process.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// Watches a worker and ends it, from any thread.
#[derive(Clone)]
pub(super) struct Killer(Arc<Mutex<Child>>);

impl Killer {
    /// Ends the process at once. What it was asked is answered by the end of its output.
    pub(super) fn kill(&self) {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // An error means that it is gone already.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Killer {
    /// How long the worker has computed since it was started; `None` where the system does not say (it says on Linux).
    pub(super) fn computed(&self) -> Option<Duration> {
        let id = self.0.lock().unwrap_or_else(PoisonError::into_inner).id();
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // Times in user and system mode, in hundredths of a second, are fields 14 and 15; the second is the name.
        let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
        let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }
}

/// Why a worker gave no answer.
pub(super) enum Silence {
    /// It was gone before the question reached it: the question may be asked again.
    Gone,
    /// It died over the question.
    Died,
}

impl Process {
    /// Starts a worker.
    pub(super) fn start(program: &Path, pdfium: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg(SUBCOMMAND)
            .env(PDFIUM_VARIABLE, pdfium)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        #[cfg(windows)]
        {
            /// No console window pops up: `CREATE_NO_WINDOW` of the Windows API.
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            std::os::windows::process::CommandExt::creation_flags(&mut command, CREATE_NO_WINDOW);
        }
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes"));
        };
        // One read a message head; page images pass by the buffer.
        Ok(Self { child: Arc::new(Mutex::new(child)), input, output: BufReader::new(output) })
    }

    /// What ends it from another thread.
    pub(super) fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.child))
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Asks and waits for the answer.
    pub(super) fn ask(&mut self, request: &Request) -> Result<(Reply, Vec<u8>), Silence> {
        let taken = message::write(&mut self.input, request, &[]).and_then(|()| message::read_taken(&mut self.output));
        if taken.is_err() {
            return Err(Silence::Gone);
        }
        message::read(&mut self.output).map_err(|_| Silence::Died)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.killer().kill();
    }
}
