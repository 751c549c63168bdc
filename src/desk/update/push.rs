//! What persons changed of documents that a service elsewhere has is sent there; where it takes none, that is said.

use super::{Core, Task};
use crate::desk::job::{Job, Push, PushFault, Remote, TaskId};
use crate::desk::{Delivery, DocumentId, SyncState};
use crate::document::Problem;
use std::collections::BTreeSet;

/// So many documents are sent back at once.
const AT_ONCE: usize = 4;

/// What a service has not been told yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(in crate::desk) struct Unsent {
    /// Pages that persons changed, from 0.
    pub(in crate::desk) pages: BTreeSet<u32>,
    /// Whether the file is approved.
    pub(in crate::desk) standing: bool,
}

impl Unsent {
    fn is_empty(&self) -> bool {
        self.pages.is_empty() && !self.standing
    }
}

impl Core {
    /// A person changed pages of a document, or decided about it.
    pub(super) fn note_change(&mut self, id: DocumentId, pages: impl IntoIterator<Item = u32>, decided: bool) {
        let Some((document, paper)) = self.pair(id) else { return };
        let is_there = matches!(paper.origin.delivery, Delivery::There(_));
        if !is_there || paper.origin.connection.is_this_computer() {
            return;
        }
        paper.unsent.pages.extend(pages);
        paper.unsent.standing |= decided;
        if document.sync != SyncState::NotOffered {
            document.sync = SyncState::Pending;
        }
        self.to_push.insert(id);
    }

    /// Sends what waits to be sent.
    pub(super) fn start_pushes(&mut self) {
        let running = self.tasks.values().filter(|task| matches!(task, Task::Push(..))).count();
        let is_due = |id: &&DocumentId| {
            self.known(**id).is_some_and(|(document, paper)| {
                let is_pending = document.sync == SyncState::Pending && !paper.is_pushing;
                is_pending && !paper.unsent.is_empty() && self.can_read(paper.origin.connection)
            })
        };
        let due: Vec<DocumentId> =
            self.to_push.iter().filter(is_due).copied().take(AT_ONCE.saturating_sub(running)).collect();
        for id in due {
            let Some((document, paper)) = self.pair(id) else { continue };
            let Delivery::There(file) = paper.origin.delivery.clone() else { continue };
            let unsent = std::mem::take(&mut paper.unsent);
            paper.is_pushing = true;
            let imported = paper.imported.as_ref();
            let push = Push {
                remote: Remote { connection: paper.origin.connection, model: paper.origin.model.clone() },
                file,
                page: imported.map(|imported| imported.page.clone()).unwrap_or_default(),
                page_count: document.page_count(),
                pages: unsent.pages.iter().filter_map(|page| document.pages.get(page)).cloned().collect(),
                standing: unsent.standing.then_some(document.standing),
            };
            document.sync = SyncState::Sending;
            self.start(Task::Push(id, unsent), |task| Job::Push(task, Box::new(push)));
        }
    }

    /// A service took what was changed, or did not.
    pub(super) fn pushed(&mut self, task: TaskId, result: Result<(), PushFault>) {
        let Some(Task::Push(id, unsent)) = self.tasks.remove(&task) else { return };
        self.changed.insert(id);
        let Some((document, paper)) = self.pair(id) else { return };
        paper.is_pushing = false;
        let has_more = !paper.unsent.is_empty();
        let fault = match result {
            Ok(()) => {
                document.sync = if has_more { SyncState::Pending } else { SyncState::Sent };
                if !has_more {
                    self.to_push.remove(&id);
                }
                return;
            }
            Err(fault) => fault,
        };
        paper.unsent.pages.extend(unsent.pages);
        paper.unsent.standing |= unsent.standing;
        match fault {
            PushFault::NotOffered => document.sync = SyncState::NotOffered,
            PushFault::Later => document.sync = SyncState::Pending,
            PushFault::Failed(problem) => {
                document.sync = SyncState::Failed(problem.clone());
                self.problem(problem, Some(id));
            }
        }
    }

    /// Deletes a document at the service elsewhere that has it. What is under way with it there comes to its end first.
    pub(super) fn delete_there(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.known(id) else { return };
        let Delivery::There(file) = paper.origin.delivery.clone() else { return };
        let remote = Remote { connection: paper.origin.connection, model: paper.origin.model.clone() };
        if remote.connection.is_this_computer() {
            return;
        }
        if document.reading.is_open() || paper.is_pushing || paper.task.is_some() {
            let sentence = format!("{} is still being read or sent; stop that, or delete it afterwards", document.name);
            return self.info(sentence, Some(id));
        }
        if !self.tasks.values().any(|task| matches!(task, Task::DeleteThere(of) if *of == id)) {
            self.start(Task::DeleteThere(id), |task| Job::DeleteThere(task, remote, file));
        }
    }

    /// A service deleted a document, or did not. Here it stays; read again, it is sent again.
    pub(super) fn deleted_there(&mut self, task: TaskId, result: Result<(), Problem>) {
        let Some(Task::DeleteThere(id)) = self.tasks.remove(&task) else { return };
        if let Err(problem) = result {
            return self.problem(problem, Some(id));
        }
        let Some((document, paper)) = self.pair(id) else { return };
        paper.origin.delivery = Delivery::Unsent;
        paper.origin.way = None;
        paper.unsent = Unsent::default();
        paper.asks_again = false;
        document.sync = SyncState::None;
        let (name, connection) = (document.name.clone(), paper.origin.connection);
        self.to_push.remove(&id);
        self.changed.insert(id);
        let service = self.state.connection_name(connection);
        self.info(format!("{name} is deleted at {service}; it stays on this desk"), Some(id));
    }

    /// Sends what could not be sent once more.
    pub(super) fn push_again(&mut self, ids: impl IntoIterator<Item = DocumentId>) {
        for id in ids {
            if let Some((document, _)) = self.pair(id)
                && matches!(document.sync, SyncState::Failed(_) | SyncState::NotOffered)
            {
                document.sync = SyncState::Pending;
            }
        }
    }
}
