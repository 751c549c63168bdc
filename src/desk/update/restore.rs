//! What was kept comes back, and what changes is kept.

use super::cancel::fetching_stopped;
use super::push::Unsent;
use super::{Core, Paper, Task};
use crate::desk::job::Job;
use crate::desk::library::{Change, KeptReading, Loaded, LoadedDocument, Record, Session};
use crate::desk::{DeskDocument, DocumentId, FileState, Open, ReadState, Reader, Saving, SyncState};
use crate::document::{History, Page};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Core {
    /// Puts everything back as it was left.
    pub(super) fn restore(&mut self, loaded: Loaded) {
        for document in loaded.documents {
            self.restore_document(document);
        }
        if let Some(session) = loaded.session {
            self.state.view = session.view.clone();
            self.folder.clone_from(&session.folder);
            let shown = session.open.and_then(|id| Some((id, self.papers.get(&id)?.seen)));
            self.state.open = shown.map(|(document, page)| Open { document, page });
            self.state.selection = session.selection.clone().filter(|_| shown.is_some());
            self.state.accounts.clone_from(&session.accounts);
            self.state.local_model.clone_from(&session.local_model);
            self.state.is_paused = session.is_paused;
            self.state.rules.clone_from(&session.rules);
            self.state.reviewer.clone_from(&session.reviewer);
            if self.state.account(session.chosen).is_some() {
                self.state.chosen = session.chosen;
            }
            self.last_connection = session.last_connection;
            self.kept_session = session;
        }
        self.reach_wanted();
        if let (true, Some(problem)) = (loaded.is_unkept, &loaded.problem) {
            self.state.saving = Saving::Unkept(problem.clone());
        }
        if let Some(problem) = loaded.problem {
            // Nobody knows what another library needs.
            self.problem(problem, None);
        } else {
            let fetched = |d: &&DeskDocument| self.papers.get(&d.id).is_some_and(Paper::is_fetched);
            let files = self.state.documents.iter().filter(fetched).map(|d| d.path.clone()).collect();
            self.jobs.push(Job::Sweep(files));
        }
        let known = |d: &&DeskDocument| matches!(d.file, FileState::Ready(_));
        let check: Vec<_> = self.state.documents.iter().filter(known).map(|d| (d.id, d.path.clone())).collect();
        if !check.is_empty() {
            let stamp = |id| self.papers.get(&id).and_then(|paper| paper.stamp);
            self.jobs.push(Job::Check(check.into_iter().map(|(id, path)| (id, path, stamp(id))).collect()));
        }
    }

    fn restore_document(&mut self, LoadedDocument { record, seen, stored, history }: LoadedDocument) {
        let id = record.id;
        let file = match record.sizes {
            Some(sizes) => FileState::Ready(sizes),
            None if record.is_theirs && record.imported.is_none() => FileState::Elsewhere,
            // What a person stopped does not begin by itself.
            None if record.path.as_os_str().is_empty() && record.reading == KeptReading::Cancelled => {
                FileState::Failed(fetching_stopped())
            }
            None => FileState::Opening,
        };
        let sync = if record.unsent == Unsent::default() { SyncState::None } else { SyncState::Pending };
        if sync == SyncState::Pending {
            self.to_push.insert(id);
        }
        self.stale.insert(id);
        self.last_document = self.last_document.max(id.0);
        self.batch = self.batch.max(record.batch);
        self.identities.insert(record.identity.clone(), id);
        self.state.documents.push(DeskDocument {
            id,
            path: record.path,
            name: record.name,
            kind: record.kind,
            breaks_off: record.breaks_off,
            file,
            password: None,
            reading: match record.reading {
                KeptReading::Queued => ReadState::Queued,
                KeptReading::SameAs(id) => ReadState::SameAs(id),
                KeptReading::Done => ReadState::Done,
                KeptReading::Failed(problem) => ReadState::Failed(problem),
                KeptReading::Cancelled => ReadState::Cancelled,
            },
            options: record.options,
            standing: record.standing,
            reader: Reader::of(&record.origin),
            taught: record.taught,
            reviewer: record.reviewer,
            batch: record.batch,
            came_ms: record.came_ms,
            sync,
            ..DeskDocument::default()
        });
        let paper = Paper {
            history,
            identity: record.identity,
            address: record.address,
            is_theirs: record.is_theirs,
            imported: record.imported,
            hash: record.hash,
            unsent: record.unsent,
            stamp: record.stamp,
            seen,
            read: stored.clone(),
            stored,
            chunk: 1,
            quiet: true,
            origin: record.origin,
            ..Paper::default()
        };
        self.papers.insert(id, paper);
    }

    /// The library brings what persons changed in a document. Before it has, nobody can change it.
    pub(super) fn history_loaded(&mut self, id: DocumentId, history: History) {
        if let Some((_, paper)) = self.pair(id)
            && paper.history.is_empty()
        {
            paper.history = history;
        }
    }

    /// The library brings the results of a document. What came anew in the meantime stays.
    pub(super) fn pages_loaded(&mut self, id: DocumentId, pages: Vec<Page>) {
        let Some((document, paper)) = self.pair(id) else { return };
        let mut stored = std::mem::take(&mut paper.stored);
        for page in pages {
            if stored.remove(&page.number) {
                document.pages.insert(page.number, Arc::new(page));
            }
        }
        self.stale.insert(id);
        let Some((document, paper)) = self.pair(id) else { return };
        // What the library could not bring is read again.
        let lost: BTreeSet<u32> = stored;
        paper.read.retain(|page| !lost.contains(page));
        if !lost.is_empty() && document.reading == ReadState::Done {
            document.reading = ReadState::Queued;
            self.changed.insert(id);
        }
        self.drop_stale_selection();
    }

    /// Has everything written that the desk holds: the library is another one, and what of the old one could not be read
    /// is not in it. Documents come first, for a page stands only where its document does.
    pub(super) fn write_again(&mut self) {
        let ids: Vec<DocumentId> = self.papers.keys().copied().collect();
        for record in ids.iter().filter_map(|id| self.record(*id)).collect::<Vec<_>>() {
            self.change(Change::Document(Box::new(record)));
        }
        let pages = self
            .state
            .documents
            .iter()
            .flat_map(|document| document.pages.values().map(|page| Change::Page(document.id, Arc::clone(page))));
        self.keep(pages.collect());
        self.kept_session = Session::default();
    }

    /// Has kept what changed.
    pub(super) fn save(&mut self) {
        for id in std::mem::take(&mut self.changed) {
            if let Some((document, paper)) = self.pair(id) {
                document.reader = Reader::of(&paper.origin);
            }
            if let Some(record) = self.record(id) {
                self.change(Change::Document(Box::new(record)));
            }
        }
        let session = Session {
            open: self.state.open.map(|open| open.document),
            selection: self.state.selection.clone(),
            view: self.state.view.clone(),
            folder: self.folder.clone(),
            accounts: self.state.accounts.clone(),
            chosen: self.state.chosen,
            local_model: self.state.local_model.clone(),
            is_paused: self.state.is_paused,
            rules: self.state.rules.clone(),
            reviewer: self.state.reviewer.clone(),
            last_connection: self.last_connection,
        };
        if session != self.kept_session {
            self.kept_session = session.clone();
            self.change(Change::Session(Box::new(session)));
        }
    }

    pub(super) fn record(&self, id: DocumentId) -> Option<Record> {
        let (document, paper) = self.known(id)?;
        let running = self.tasks.values().find_map(|task| match task {
            Task::Push(of, unsent) if *of == id => Some(unsent),
            _ => None,
        });
        // The password is not kept, so an encrypted file is opened anew.
        let sizes = match &document.file {
            FileState::Ready(sizes) if document.password.is_none() => Some(Arc::clone(sizes)),
            _ => None,
        };
        Some(Record {
            id,
            path: document.path.clone(),
            identity: paper.identity.clone(),
            name: document.name.clone(),
            address: paper.address.clone(),
            is_theirs: paper.is_theirs,
            imported: paper.imported.clone(),
            hash: paper.hash.clone(),
            taught: document.taught.clone(),
            reviewer: document.reviewer.clone(),
            batch: document.batch,
            came_ms: document.came_ms,
            unsent: paper.unsent_with_running(running),
            options: document.options.clone(),
            kind: document.kind,
            breaks_off: document.breaks_off,
            standing: document.standing,
            stamp: paper.stamp,
            origin: paper.origin.clone(),
            sizes,
            reading: match &document.reading {
                ReadState::Queued
                | ReadState::Uploading { .. }
                | ReadState::Paced { .. }
                | ReadState::Reading { .. } => KeptReading::Queued,
                ReadState::SameAs(id) => KeptReading::SameAs(*id),
                ReadState::Done => KeptReading::Done,
                ReadState::Failed(problem) => KeptReading::Failed(problem.clone()),
                ReadState::Cancelled => KeptReading::Cancelled,
            },
        })
    }
}
