//! The order in which jobs are handed out. A job waits in a lane, at a tag; the lowest tag goes first.
//!
//! Each lane has a clock: the highest tag it handed out. The k-th job that comes at once for a file gets the tag
//! `clock + k`. So of two long files a page is handed out in turn, and a short file that comes while a long one is read
//! waits for one page of it, not for all (start-time fair queueing, Goyal, Vin and Cheng 1996, with equal weights).

use super::change::Change;
use super::{Result, Store};
use rusqlite::{OptionalExtension, Transaction};
use std::sync::atomic::Ordering;

/// Who waits for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Somebody waits for the answer at the other end of a connection.
    Sync,
    /// Somebody asks again later.
    Async,
    /// A model is to be trained: long work, so it has workers of its own.
    Training,
}

/// Of so many jobs for readers one is taken from the asynchronous lane first, so that a stream of synchronous requests
/// cannot keep it waiting for ever.
const ASYNC_SHARE: u64 = 4;

impl Lane {
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Sync => 0,
            Self::Async => 1,
            Self::Training => 2,
        }
    }

    pub(super) const fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Sync,
            1 => Self::Async,
            _ => Self::Training,
        }
    }
}

/// A job that is to wait in a lane.
pub(super) struct Waiting<'a> {
    pub(super) kind: &'static str,
    pub(super) model: &'a str,
    pub(super) file: Option<&'a str>,
    pub(super) page: Option<&'a str>,
}

impl Change<'_> {
    /// Puts jobs of one file (or model) in a lane, in this order.
    pub(super) fn enqueue<'a>(&mut self, lane: Lane, jobs: impl IntoIterator<Item = Waiting<'a>>) -> Result<()> {
        let first = clock(self.tx, lane)?;
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO job (kind, model, file, page, lane, tag) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for (tag, job) in (first..).zip(jobs) {
            insert.execute((job.kind, job.model, job.file, job.page, lane.number(), tag))?;
        }
        self.enqueued();
        Ok(())
    }

    /// Puts a job that ran back in its lane, behind what waits there for its turn.
    pub(super) fn requeue(&mut self, job: i64, lane: Lane) -> Result<()> {
        let tag = clock(self.tx, lane)? + 1;
        self.tx
            .prepare_cached("UPDATE job SET running = 0, lease_ms = NULL, tag = ?2 WHERE id = ?1")?
            .execute((job, tag))?;
        self.enqueued();
        Ok(())
    }

    /// The job that goes next in the first of `lanes` where one waits; moves the lane's clock.
    pub(super) fn next_job(&self, lanes: &[Lane]) -> Result<Option<i64>> {
        for lane in lanes {
            let next: Option<(i64, i64)> = self
                .tx
                .prepare_cached("SELECT id, tag FROM job WHERE running = 0 AND lane = ?1 ORDER BY tag, id LIMIT 1")?
                .query_row([lane.number()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((job, tag)) = next {
                self.tx
                    .prepare_cached("UPDATE lane SET clock = max(clock, ?2) WHERE lane = ?1")?
                    .execute((lane.number(), tag))?;
                return Ok(Some(job));
            }
        }
        Ok(None)
    }
}

fn clock(tx: &Transaction<'_>, lane: Lane) -> Result<i64> {
    Ok(tx.prepare_cached("SELECT clock FROM lane WHERE lane = ?1")?.query_row([lane.number()], |row| row.get(0))?)
}

impl Store {
    /// `lanes` in the order in which this claim is to look into them.
    pub(super) fn lanes_in_turn(&self, lanes: &[Lane]) -> Vec<Lane> {
        let mut lanes = lanes.to_vec();
        if self.claims.fetch_add(1, Ordering::Relaxed) % ASYNC_SHARE == ASYNC_SHARE - 1 {
            lanes.sort_by_key(|lane| *lane != Lane::Async);
        }
        lanes
    }
}
