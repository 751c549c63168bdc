//! Runs the jobs of the store: named threads that claim, work and save. What the work is, is the caller's.
//!
//! The queue itself remembers nothing that matters: jobs, their order and their attempts are in the store, so it resumes
//! wherever the last program stopped.

use super::store::{Claim, FileRecord, Lane, NewPage, PageReading, Settled, Status, Store, StoreError, Task, Trained};
use crate::api::{FileId, ModelId, PageId};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// What a job brought.
#[derive(Debug)]
pub enum Outcome {
    /// A file was opened.
    Opened {
        /// How many pages it has.
        page_count: u32,
        /// Those that are to be read.
        pages: Vec<NewPage>,
    },
    /// A page was read.
    Read(PageReading),
    /// The values of a file were found: the boxes of each page, JSON text.
    Extracted(Vec<(PageId, String)>),
    /// A model was trained.
    Trained(Trained),
}

/// Why a job brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It was told to stop; it will be done again as if it had never begun.
    Cancelled,
    /// It cannot be done; trying again would not help. With the sentence for a person.
    ForGood(String),
    /// It went wrong; trying again may help. With the sentence for a person.
    ThisTime(String),
}

/// How a queue works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueOptions {
    /// How many threads open files and read pages, at least one.
    pub readers: usize,
    /// How long a job may go without a sign of life; signs are given three times as often.
    pub lease: Duration,
    /// How long it pauses after the store failed; twice as long each time that it fails again, up to a minute.
    pub pause: Duration,
}

impl Default for QueueOptions {
    /// As many readers as the computer has cores, leases of a minute, pauses from a second on.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self { readers: cores, lease: Duration::from_mins(1), pause: Duration::from_secs(1) }
    }
}

/// The lanes of the threads that read; training has a thread of its own.
const READING: &[Lane] = &[Lane::Sync, Lane::Async];
const TRAINING: &[Lane] = &[Lane::Training];
/// What is said of a page whose reading panicked.
const FAILED: &str = "This page could not be read because the reader failed; try it again, and tell us if it stays so";
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Threads that work on the jobs of a store, until stopped or dropped.
pub struct Queue {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    store: Arc<Store>,
    options: QueueOptions,
    stop: CancellationToken,
    held: Mutex<Held>,
    /// Wakes who pauses, when stopped.
    stopped: Condvar,
}

/// The jobs that are being worked on.
#[derive(Default)]
struct Held {
    next: u64,
    jobs: HashMap<u64, (Claim, CancellationToken)>,
}

impl Queue {
    /// Starts the threads. `work` does a job; it must look at the token now and then and answer
    /// [`Failure::Cancelled`] soon after it was cancelled. A panic in it counts as a failure of this attempt.
    pub fn start<W>(store: Arc<Store>, options: QueueOptions, work: W) -> std::io::Result<Self>
    where
        W: Fn(&Task, &CancellationToken) -> Result<Outcome, Failure> + Send + Sync + 'static,
    {
        let shared = Arc::new(Shared {
            store,
            options,
            stop: CancellationToken::new(),
            held: Mutex::default(),
            stopped: Condvar::new(),
        });
        let work = Arc::new(work);
        let queue = Self { shared, threads: Mutex::default() };
        let readers = (1..=options.readers.max(1)).map(|number| (format!("reader-{number}"), READING));
        for (name, lanes) in readers.chain([("trainer".to_owned(), TRAINING)]) {
            let (shared, work) = (queue.shared.clone(), work.clone());
            let thread =
                std::thread::Builder::new().name(name).spawn(move || shared.work_until_stopped(lanes, &*work))?;
            queue.threads().push(thread);
        }
        let shared = queue.shared.clone();
        let leases =
            std::thread::Builder::new().name("job-leases".to_owned()).spawn(move || shared.renew_until_stopped())?;
        queue.threads().push(leases);
        Ok(queue)
    }

    fn threads(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the reading of a file has ended; none where the queue was stopped before. A deleted file is
    /// [`StoreError::Missing`].
    pub async fn finished(&self, file: &FileId) -> Result<Option<FileRecord>, StoreError> {
        let mut settled = self.shared.store.settled();
        loop {
            let (store, id) = (self.shared.store.clone(), file.clone());
            let record = tokio::task::spawn_blocking(move || store.file(&id))
                .await
                .map_err(|error| StoreError::Io(std::io::Error::other(error)))??;
            if record.status != Status::Pending {
                return Ok(Some(record));
            }
            // Whatever else ends is not looked at; where some ends were missed, one look tells.
            loop {
                let end = tokio::select! {
                    end = settled.recv() => end,
                    () = self.shared.stop.cancelled() => return Ok(None),
                };
                match end {
                    Ok(Settled::File(ended)) if ended == *file => break,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return Ok(None),
                }
            }
        }
    }

    /// Tells what is being done for a file to stop; it is done again unless the file is deleted.
    pub fn interrupt(&self, file: &FileId) {
        self.interrupt_those(|task| match task {
            Task::Open { file: of } | Task::Page { file: of, .. } | Task::Extract { file: of } => of == file,
            Task::Train { .. } => false,
        });
    }

    /// Tells the training of a model to stop; it is done again unless it was cancelled.
    pub fn interrupt_training(&self, model: &ModelId) {
        self.interrupt_those(|task| matches!(task, Task::Train { model: of } if of == model));
    }

    fn interrupt_those(&self, is_meant: impl Fn(&Task) -> bool) {
        for (claim, token) in self.shared.held().jobs.values() {
            if is_meant(&claim.task) {
                token.cancel();
            }
        }
    }

    /// Tells all jobs to stop and waits for them. Those that do not finish wait again in the store.
    pub fn stop(&self) {
        {
            // Under the lock, so that who is about to pause either sees it or is woken.
            let _held = self.shared.held();
            self.shared.stop.cancel();
        }
        self.shared.stopped.notify_all();
        self.shared.store.wake();
        for thread in std::mem::take(&mut *self.threads()) {
            if thread.join().is_err() {
                tracing::error!("a thread of the queue panicked");
            }
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work_until_stopped<W>(&self, lanes: &[Lane], work: &W)
    where
        W: Fn(&Task, &CancellationToken) -> Result<Outcome, Failure>,
    {
        let mut seen = 0;
        let mut pause = self.options.pause;
        while !self.stop.is_cancelled() {
            let worked = match self.store.claim(lanes, self.options.lease) {
                Ok(Some(claim)) => self.work_on(&claim, work),
                Ok(None) => {
                    // At the latest after a lease, because one may have run out.
                    seen = self.store.wait_for_jobs(seen, self.options.lease);
                    Ok(())
                }
                Err(error) => Err(error),
            };
            match worked {
                Ok(()) => pause = self.options.pause,
                Err(error) => {
                    tracing::warn!(%error, "the queue pauses for {pause:?}");
                    self.pause(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Does a job and saves what it brought. An error says that the store is in trouble, not the job.
    fn work_on<W>(&self, claim: &Claim, work: &W) -> Result<(), StoreError>
    where
        W: Fn(&Task, &CancellationToken) -> Result<Outcome, Failure>,
    {
        let token = self.stop.child_token();
        let held = self.hold(claim, &token);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&claim.task, &token)))
            .unwrap_or_else(|_| Err(Failure::ThisTime(FAILED.to_owned())));
        let saved = match outcome {
            Ok(Outcome::Opened { page_count, pages }) => self.store.save_opened(claim, page_count, &pages),
            Ok(Outcome::Read(reading)) => self.store.save_page(claim, reading),
            Ok(Outcome::Extracted(boxes)) => self.store.save_extracted(claim, &boxes),
            Ok(Outcome::Trained(trained)) => self.store.save_trained(claim, trained),
            Err(Failure::Cancelled) => self.store.release(claim),
            Err(Failure::ForGood(reason)) => self.store.fail(claim, &reason, false).map(drop),
            Err(Failure::ThisTime(reason)) => self.store.fail(claim, &reason, true).map(drop),
        };
        let settled = match saved {
            // The file was deleted meanwhile, or the lease ran out while the computer slept and somebody else does it.
            Ok(()) | Err(StoreError::LostClaim) => Ok(()),
            // The job is not to blame, so this is no attempt. Where even that cannot be written its lease runs out.
            Err(StoreError::DiskFull) => {
                if let Err(error) = self.store.release(claim) {
                    tracing::debug!(%error, "a job could not be given back");
                }
                Err(StoreError::DiskFull)
            }
            Err(error) => {
                let reason = error.to_string();
                match self.store.fail(claim, &reason, true) {
                    Ok(_) | Err(StoreError::LostClaim) => {}
                    Err(error) => tracing::debug!(%error, "a job could not be failed"),
                }
                Err(error)
            }
        };
        self.held().jobs.remove(&held);
        settled
    }

    fn hold(&self, claim: &Claim, token: &CancellationToken) -> u64 {
        let mut held = self.held();
        held.next += 1;
        let key = held.next;
        held.jobs.insert(key, (claim.clone(), token.clone()));
        key
    }

    /// Gives signs of life for what is being worked on; what was taken away, because its file was deleted, is cancelled.
    fn renew_until_stopped(&self) {
        while !self.stop.is_cancelled() {
            self.pause(self.options.lease / 3);
            let jobs: Vec<(Claim, CancellationToken)> = self.held().jobs.values().cloned().collect();
            for (claim, token) in jobs {
                match self.store.renew(&claim, self.options.lease) {
                    Ok(()) => {}
                    Err(StoreError::LostClaim) => token.cancel(),
                    Err(error) => tracing::debug!(%error, "a job could not be renewed"),
                }
            }
        }
    }

    /// Waits so long, or until stopped.
    fn pause(&self, time: Duration) {
        let held = self.held();
        drop(
            self.stopped
                .wait_timeout_while(held, time, |_| !self.stop.is_cancelled())
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

#[cfg(test)]
mod tests;
