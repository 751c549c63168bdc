//! The thread that has the library's file: it reads it at the start and writes what changes, in bundles.

use super::open::{Opened, is_corrupt, not_kept, open, reason, renewed};
use super::{Act, Change, Loaded, Record, Session, Trail, load};
use crate::desk::DocumentId;
use crate::desk::clock::now_ms;
use crate::desk::job::Event;
use crate::document::{History, Page, Problem};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// The library, as seen by whoever has something to keep. Never waits for the disk.
#[derive(Debug)]
pub(in crate::desk) struct Library {
    shared: Arc<Shared>,
    ended: Receiver<()>,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    came: Condvar,
}

/// What is to be written: of each thing the latest, so that it is never more than what is on the desk.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    documents: BTreeMap<DocumentId, Record>,
    pages: BTreeMap<(DocumentId, u32), Arc<Page>>,
    seen: BTreeMap<DocumentId, u32>,
    trail: Vec<(DocumentId, Trail)>,
    without_pages: BTreeSet<DocumentId>,
    gone: BTreeSet<DocumentId>,
    session: Option<Session>,
    /// Documents whose trail is asked for.
    trails: BTreeSet<DocumentId>,
    /// Who waits until all of this is written.
    tellers: Vec<oneshot::Sender<()>>,
    /// So many changes came in all, from the start on.
    count: u64,
    closed: bool,
}

impl Library {
    /// Opens the library of `data` on a thread of its own, and says what is in it: first `Loaded`, then the results.
    /// `tell` is called on that thread and may wait; it says whether anybody still listens.
    pub(in crate::desk) fn open(data: PathBuf, tell: impl Fn(Event) -> bool + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (end, ended) = sync_channel(1);
        let writer = Writer { shared: Arc::clone(&shared), tell: Box::new(tell), _end: end };
        std::thread::Builder::new().name("library".into()).spawn(move || writer.run(&data))?;
        Ok(Self { shared, ended })
    }

    /// Has something written.
    pub(in crate::desk) fn save(&self, change: Change) {
        {
            let mut waiting = self.shared.waiting();
            waiting.add(change);
            waiting.count += 1;
        }
        self.shared.came.notify_one();
    }

    /// Says `written` once everything that was to be saved so far is on the disk; drops it where nothing can be saved.
    pub(in crate::desk) fn after_saving(&self, written: oneshot::Sender<()>) {
        self.shared.waiting().tellers.push(written);
        self.shared.came.notify_one();
    }

    /// Says what persons did to a document, once everything that was to be saved so far is on the disk.
    pub(in crate::desk) fn read_trail(&self, id: DocumentId) {
        self.shared.waiting().trails.insert(id);
        self.shared.came.notify_one();
    }

    /// Waits until all is written, but at most so long. Whether it is.
    pub(in crate::desk) fn close(&self, patience: Duration) -> bool {
        self.shared.waiting().closed = true;
        self.shared.came.notify_one();
        // Nothing is ever sent: the other end goes when the thread ends.
        !matches!(self.ended.recv_timeout(patience), Err(std::sync::mpsc::RecvTimeoutError::Timeout))
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    pub(super) fn add(&mut self, change: Change) {
        match change {
            Change::Document(record) => {
                self.documents.insert(record.id, *record);
            }
            Change::Page(id, page) => {
                self.pages.insert((id, page.number), page);
            }
            Change::Seen(id, page) => {
                self.seen.insert(id, page);
            }
            Change::Trail(id, trail) => {
                let at_ms = if trail.at_ms == 0 { now_ms() } else { trail.at_ms };
                self.trail.push((id, Trail { at_ms, ..trail }));
            }
            Change::ForgetPages(id) => {
                self.pages.retain(|(document, _), _| *document != id);
                self.without_pages.insert(id);
            }
            Change::Forget(id) => {
                self.pages.retain(|(document, _), _| *document != id);
                self.documents.remove(&id);
                self.seen.remove(&id);
                self.trail.retain(|(document, _)| *document != id);
                self.without_pages.remove(&id);
                self.gone.insert(id);
            }
            Change::Session(session) => self.session = Some(*session),
        }
    }

    /// Adds what came later.
    fn merge(&mut self, later: Self) {
        self.closed |= later.closed;
        self.count = later.count;
        self.tellers.extend(later.tellers);
        self.trails.extend(later.trails);
        let gone = later.gone.into_iter().map(Change::Forget);
        let without_pages = later.without_pages.into_iter().map(Change::ForgetPages);
        let documents = later.documents.into_values().map(|record| Change::Document(Box::new(record)));
        let pages = later.pages.into_iter().map(|((id, _), page)| Change::Page(id, page));
        let seen = later.seen.into_iter().map(|(id, page)| Change::Seen(id, page));
        let trail = later.trail.into_iter().map(|(id, trail)| Change::Trail(id, trail));
        let session = later.session.into_iter().map(|session| Change::Session(Box::new(session)));
        gone.chain(without_pages)
            .chain(documents)
            .chain(pages)
            .chain(seen)
            .chain(trail)
            .chain(session)
            .for_each(|c| self.add(c));
    }

    fn is_empty(&self) -> bool {
        self.documents.is_empty()
            && self.pages.is_empty()
            && self.seen.is_empty()
            && self.trail.is_empty()
            && self.without_pages.is_empty()
            && self.gone.is_empty()
            && self.session.is_none()
            && self.tellers.is_empty()
            && self.trails.is_empty()
    }

    fn say_written(self) {
        for teller in self.tellers {
            // Who does not wait any more does not want to know.
            let _ = teller.send(());
        }
    }

    /// Writes all of it, or none.
    pub(super) fn write(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let transaction = connection.transaction()?;
        for id in &self.gone {
            transaction.prepare_cached("DELETE FROM document WHERE id = ?1")?.execute([id.0 as i64])?;
        }
        for id in &self.without_pages {
            transaction.prepare_cached("DELETE FROM page WHERE document = ?1")?.execute([id.0 as i64])?;
        }
        for (id, record) in &self.documents {
            let sizes = record.sizes.as_ref().map(|all| all.iter().map(|s| (s.width, s.height)).collect::<Vec<_>>());
            let sql = "INSERT INTO document (id, record, sizes) VALUES (?1, ?2, ?3)
                       ON CONFLICT (id) DO UPDATE SET record = excluded.record, sizes = excluded.sizes";
            transaction.prepare_cached(sql)?.execute(params![
                id.0 as i64,
                json(record)?,
                sizes.map(|s| json(&s)).transpose()?
            ])?;
        }
        for ((id, number), page) in &self.pages {
            let words = page.text.as_ref().map(json).transpose()?;
            let result = Page { text: None, ..Page::clone(page) };
            // A document that has gone in the meantime has no pages any more.
            let sql = "INSERT OR REPLACE INTO page (document, number, result, words)
                       SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM document WHERE id = ?1)";
            transaction.prepare_cached(sql)?.execute(params![id.0 as i64, number, json(&result)?, words])?;
        }
        for (id, page) in &self.seen {
            transaction
                .prepare_cached("UPDATE document SET seen = ?2 WHERE id = ?1")?
                .execute(params![id.0 as i64, page])?;
        }
        for (id, trail) in &self.trail {
            let (act, step) = match &trail.act {
                Act::Made(step) => ("made", Some(json(step)?)),
                Act::Undone => ("undone", None),
                Act::Redone => ("redone", None),
            };
            let sql = "INSERT INTO trail (document, at_ms, reviewer, act, step)
                       SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM document WHERE id = ?1)";
            let by = if trail.by.is_empty() { user_name() } else { trail.by.clone() };
            let row = params![id.0 as i64, trail.at_ms, by, act, step];
            transaction.prepare_cached(sql)?.execute(row)?;
        }
        if let Some(session) = &self.session {
            let sql = "INSERT OR REPLACE INTO session (only, session) VALUES (1, ?1)";
            transaction.prepare_cached(sql)?.execute([json(session)?])?;
        }
        transaction.commit()
    }
}

/// Who sits at the desk: the user of the system.
pub(in crate::desk) fn user_name() -> String {
    ["USER", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

struct Writer {
    shared: Arc<Shared>,
    tell: Box<dyn Fn(Event) -> bool + Send>,
    /// Goes when the thread ends.
    _end: SyncSender<()>,
}

impl Writer {
    fn run(self, data: &Path) {
        match open(data) {
            Ok(Opened { connection, loaded, lock }) => {
                let open = loaded.session.as_ref().and_then(|session| session.open);
                let mut with_results: Vec<DocumentId> =
                    loaded.documents.iter().filter(|d| !d.stored.is_empty()).map(|d| d.record.id).collect();
                // What is shown comes first.
                with_results.sort_by_key(|id| Some(*id) != open);
                if !(self.tell)(Event::Loaded(Box::new(loaded))) {
                    return;
                }
                let kept = self.tell_results(connection, data, with_results);
                let kept = kept.and_then(|connection| match connection {
                    Some(connection) => self.write_until_closed(connection, data),
                    None => Ok(()),
                });
                if let Err(error) = kept {
                    tracing::error!(%error, "a damaged library could not be renewed");
                    (self.tell)(Event::SavingFails(not_kept("The library is damaged and cannot be renewed", &error)));
                    self.forget_until_closed();
                }
                // The file is closed before another process may have it.
                drop(lock);
            }
            Err(problem) => {
                let loaded = Loaded { problem: Some(problem), is_unkept: true, ..Loaded::default() };
                (self.tell)(Event::Loaded(Box::new(loaded)));
                self.forget_until_closed();
            }
        }
    }

    /// Brings the results of documents, each after its history; no connection where nobody listens any more. Where they cannot be read because
    /// the file is damaged, another takes its place.
    fn tell_results(
        &self,
        mut connection: Connection,
        data: &Path,
        ids: Vec<DocumentId>,
    ) -> io::Result<Option<Connection>> {
        let changed = load::changed(&connection).unwrap_or_default();
        for id in ids {
            if changed.contains(&id) {
                let mut history = load::history(&connection, id);
                if let Err(error) = &history
                    && is_corrupt(error)
                {
                    connection = self.mended(connection, data, error)?;
                    history = load::history(&connection, id);
                }
                let history = history.unwrap_or_else(|error| {
                    tracing::error!(%error, id = id.0, "a history could not be read");
                    History::default()
                });
                if !(self.tell)(Event::HistoryLoaded(id, history)) {
                    return Ok(None);
                }
            }
            let mut pages = load::pages(&connection, id);
            if let Err(error) = &pages
                && is_corrupt(error)
            {
                connection = self.mended(connection, data, error)?;
                pages = load::pages(&connection, id);
            }
            // What cannot be read counts as lost and is read anew.
            let pages = pages.unwrap_or_else(|error| {
                tracing::error!(%error, id = id.0, "results could not be read from the library");
                Vec::new()
            });
            if !(self.tell)(Event::PagesLoaded(id, pages)) {
                return Ok(None);
            }
        }
        Ok(Some(connection))
    }

    /// Another library in the place of a damaged one, with what can be read of it; the person is told.
    fn mended(&self, connection: Connection, data: &Path, damage: &rusqlite::Error) -> io::Result<Connection> {
        // What is open is not moved.
        drop(connection);
        let (connection, loaded) = renewed(data, damage)?;
        if let Some(problem) = loaded.problem {
            (self.tell)(Event::Mended(problem));
        }
        Ok(connection)
    }

    /// The next bundle; `None` when all is written and the desk closes.
    fn next(&self) -> Option<Waiting> {
        let mut waiting = self.shared.waiting();
        loop {
            if !waiting.is_empty() {
                let (closed, count) = (waiting.closed, waiting.count);
                return Some(std::mem::replace(&mut *waiting, Waiting { count, closed, ..Waiting::default() }));
            }
            if waiting.closed {
                return None;
            }
            waiting = self.shared.came.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn write_until_closed(&self, mut connection: Connection, data: &Path) -> io::Result<()> {
        let (mut fails, mut was_mended, mut told) = (false, false, 0);
        while let Some(bundle) = self.next() {
            let Err(error) = bundle.write(&mut connection) else {
                fails = false;
                if std::mem::replace(&mut told, bundle.count) != bundle.count {
                    (self.tell)(Event::Saved(bundle.count));
                }
                for id in &bundle.trails {
                    let entries = load::trail(&connection, *id).unwrap_or_else(|error| {
                        tracing::error!(%error, "a history could not be read");
                        Vec::new()
                    });
                    (self.tell)(Event::TrailRead(*id, entries));
                }
                bundle.say_written();
                continue;
            };
            tracing::error!(%error, "the library could not be written");
            if is_corrupt(&error) && !std::mem::replace(&mut was_mended, true) {
                connection = self.mended(connection, data, &error)?;
                let mut waiting = self.shared.waiting();
                let new = std::mem::replace(&mut *waiting, bundle);
                waiting.merge(new);
                continue;
            }
            if !std::mem::replace(&mut fails, true) {
                let reason = reason(&error);
                (self.tell)(Event::SavingFails(Problem {
                    message: format!(
                        "What changes now cannot be saved ({reason}); make room on the disk, then go on working"
                    ),
                    details: error.to_string(),
                }));
            }
            if !self.put_back(bundle) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Keeps what could not be written for the next try, a second later or when the desk closes. Whether there is one.
    fn put_back(&self, old: Waiting) -> bool {
        let mut waiting = self.shared.waiting();
        let new = std::mem::replace(&mut *waiting, old);
        waiting.merge(new);
        if waiting.closed {
            return false;
        }
        let pause = Duration::from_secs(1);
        drop(self.shared.came.wait_timeout_while(waiting, pause, |waiting| !waiting.closed));
        true
    }

    /// There is no library: what is to be kept is let go.
    fn forget_until_closed(&self) {
        while self.next().is_some() {}
    }
}
