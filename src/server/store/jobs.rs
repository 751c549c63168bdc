//! Jobs: what is to be read or learned, who holds it, and what became of it. Their order is in `lanes`.

use super::change::Change;
use super::lanes::Lane;
use super::state::Event;
use super::{AuditEntry, Result, Settled, Store, StoreError};
use crate::api::{FileId, ModelId, PageId};
use rusqlite::{OptionalExtension, Row};
use std::time::Duration;

/// After so many failures a job is given up.
pub const MAX_ATTEMPTS: u32 = 3;

/// A job that was abandoned so often (its program was killed, its lease ran out) is given up: most likely it is the job
/// that brings the program down.
pub const MAX_INTERRUPTIONS: u32 = 10;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Open a file and say which pages are to be read.
    Open {
        /// The file.
        file: FileId,
    },
    /// Read a page.
    Page {
        /// The page.
        page: PageId,
        /// Its file.
        file: FileId,
        /// Its number in the file, from 0.
        number: u32,
    },
    /// Find the values of a model's labels in a file whose pages are all read.
    Extract {
        /// The file.
        file: FileId,
    },
    /// Train a model.
    Train {
        /// The model.
        model: ModelId,
    },
}

/// A job that was handed out. Who holds it must finish, fail or release it, and renew it while it takes long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(super) job: i64,
    pub(super) number: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// What is to be done.
    pub task: Task,
}

/// What became of a job that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits to be tried again.
    Again,
    /// It was given up; its page, file or model says why.
    GivenUp,
}

/// What a change needs to know of a job.
pub(super) struct Job {
    id: i64,
    pub(super) kind: String,
    pub(super) model: String,
    pub(super) file: Option<String>,
    pub(super) page: Option<String>,
    pub(super) lane: Lane,
    claims: i64,
    attempts: u32,
    interruptions: u32,
}

const JOB: &str = "SELECT id, kind, model, file, page, lane, claims, attempts, interruptions FROM job";

impl Job {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            model: row.get(2)?,
            file: row.get(3)?,
            page: row.get(4)?,
            lane: Lane::from_number(row.get(5)?),
            claims: row.get(6)?,
            attempts: row.get(7)?,
            interruptions: row.get(8)?,
        })
    }
}

impl Store {
    /// Hands out the next job of one of these lanes for `lease`, if there is one. Jobs whose lease ran out go first back
    /// to their lanes.
    pub fn claim(&self, lanes: &[Lane], lease: Duration) -> Result<Option<Claim>> {
        let lanes = self.lanes_in_turn(lanes);
        self.work(|change| {
            change.interrupt_expired()?;
            let Some(id) = change.next_job(&lanes)? else { return Ok(None) };
            let lease_ms = change.lease_ms(lease);
            change
                .tx
                .prepare_cached("UPDATE job SET running = 1, claims = claims + 1, lease_ms = ?2 WHERE id = ?1")?
                .execute((id, lease_ms))?;
            let job = change.tx.prepare_cached(&format!("{JOB} WHERE id = ?1"))?.query_row([id], Job::from_row)?;
            if job.kind == "train" {
                change.model_event(&job.model, Event::TrainingStarted)?;
            }
            let task = change.task_of(&job)?;
            Ok(Some(Claim { job: id, number: job.claims, attempt: job.attempts + 1, task }))
        })
    }

    /// Holds the job for another `lease` from now.
    pub fn renew(&self, claim: &Claim, lease: Duration) -> Result<()> {
        self.work(|change| {
            change.held(claim)?;
            let lease_ms = change.lease_ms(lease);
            change.tx.prepare_cached("UPDATE job SET lease_ms = ?2 WHERE id = ?1")?.execute((claim.job, lease_ms))?;
            Ok(())
        })
    }

    /// Gives the job back as if it had never been handed out; it goes next in its lane.
    pub fn release(&self, claim: &Claim) -> Result<()> {
        self.work(|change| {
            let job = change.held(claim)?;
            change.tx.prepare_cached("UPDATE job SET running = 0, lease_ms = NULL WHERE id = ?1")?.execute([job.id])?;
            if job.kind == "train" {
                change.model_event(&job.model, Event::TrainingInterrupted)?;
            }
            change.enqueued();
            Ok(())
        })
    }

    /// Says that the job failed and why (for persons; no document text). It is tried again up to [`MAX_ATTEMPTS`] times
    /// where `again` says that this may help.
    pub fn fail(&self, claim: &Claim, reason: &str, again: bool) -> Result<Fate> {
        self.work(|change| {
            let job = change.held(claim)?;
            if !again || job.attempts + 1 >= MAX_ATTEMPTS {
                change.give_up(&job, reason)?;
                return Ok(Fate::GivenUp);
            }
            change
                .tx
                .prepare_cached("UPDATE job SET attempts = attempts + 1, reason = ?2 WHERE id = ?1")?
                .execute((job.id, reason))?;
            change.back_to_lane(&job)?;
            Ok(Fate::Again)
        })
    }

    /// How many jobs wait and how many are held.
    pub fn job_counts(&self) -> Result<(u64, u64)> {
        self.database.read(|read| {
            let (waiting, held): (i64, i64) = read
                .prepare_cached(
                    "SELECT count(*) FILTER (WHERE running = 0), count(*) FILTER (WHERE running = 1) FROM job",
                )?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok((waiting.unsigned_abs(), held.unsigned_abs()))
        })
    }

    /// Puts back every job that is held: whoever held them is gone.
    pub(super) fn interrupt_all(&self) -> Result<()> {
        self.work(|change| change.interrupt("WHERE running = 1 AND ?1 IS NOT NULL ORDER BY id"))
    }
}

impl Change<'_> {
    fn lease_ms(&self, lease: Duration) -> i64 {
        self.now_ms.saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
    }

    /// The job, where the claim still holds it.
    pub(super) fn held(&self, claim: &Claim) -> Result<Job> {
        self.tx
            .prepare_cached(&format!("{JOB} WHERE id = ?1 AND running = 1 AND claims = ?2"))?
            .query_row((claim.job, claim.number), Job::from_row)
            .optional()?
            .ok_or(StoreError::LostClaim)
    }

    /// The job is done.
    pub(super) fn remove_job(&self, job: &Job) -> Result<()> {
        self.tx.prepare_cached("DELETE FROM job WHERE id = ?1")?.execute([job.id])?;
        Ok(())
    }

    fn task_of(&self, job: &Job) -> Result<Task> {
        let file = || FileId(job.file.clone().unwrap_or_default());
        Ok(match job.kind.as_str() {
            "train" => Task::Train { model: ModelId(job.model.clone()) },
            "open" => Task::Open { file: file() },
            "extract" => Task::Extract { file: file() },
            _ => {
                let page = job.page.clone().unwrap_or_default();
                let number = self
                    .tx
                    .prepare_cached("SELECT number FROM page WHERE id = ?1")?
                    .query_row([&page], |row| row.get(0))?;
                Task::Page { page: PageId(page), file: file(), number }
            }
        })
    }

    fn interrupt_expired(&mut self) -> Result<()> {
        self.interrupt("WHERE running = 1 AND lease_ms < ?1 ORDER BY id")
    }

    fn interrupt(&mut self, which: &str) -> Result<()> {
        let jobs: Vec<Job> = self
            .tx
            .prepare_cached(&format!("{JOB} {which}"))?
            .query_map([self.now_ms], Job::from_row)?
            .collect::<rusqlite::Result<_>>()?;
        for job in jobs {
            if job.interruptions + 1 >= MAX_INTERRUPTIONS {
                let reason = format!("the program stopped {MAX_INTERRUPTIONS} times while it worked on this");
                self.give_up(&job, &reason)?;
                continue;
            }
            self.tx
                .prepare_cached("UPDATE job SET interruptions = interruptions + 1 WHERE id = ?1")?
                .execute([job.id])?;
            self.back_to_lane(&job)?;
        }
        Ok(())
    }

    fn back_to_lane(&mut self, job: &Job) -> Result<()> {
        if job.kind == "train" {
            self.model_event(&job.model, Event::TrainingInterrupted)?;
        }
        self.requeue(job.id, job.lane)
    }

    /// Ends a job for good without a result.
    pub(super) fn give_up(&mut self, job: &Job, reason: &str) -> Result<()> {
        self.remove_job(job)?;
        match (&job.file, &job.page) {
            (Some(file), Some(page)) => {
                self.tx
                    .prepare_cached("UPDATE page SET status = 'failure', message = ?2 WHERE id = ?1")?
                    .execute((page, reason))?;
                self.audit(
                    &AuditEntry::by_the_program("page.failed").model(&job.model).file(file).page(page).detail(reason),
                )?;
                self.settle_file(file)
            }
            (Some(file), None) => {
                self.tx
                    .prepare_cached("UPDATE file SET status = 'failure', message = ?2 WHERE id = ?1")?
                    .execute((file, reason))?;
                self.settled(Settled::File(FileId::from(file.as_str())));
                self.audit(&AuditEntry::by_the_program("file.failed").model(&job.model).file(file).detail(reason))
            }
            (None, _) => {
                self.model_event(&job.model, Event::TrainingFailed)?;
                self.tx.prepare_cached("UPDATE model SET note = ?2 WHERE id = ?1")?.execute((&job.model, reason))?;
                self.settled(Settled::Model(ModelId::from(job.model.as_str())));
                self.audit(&AuditEntry::by_the_program("training.failed").model(&job.model).detail(reason))
            }
        }
    }
}
