//! What runs is stopped.

use super::{Core, Task};
use crate::desk::job::{Remote, TaskId};
use crate::desk::{ActivityId, DocumentId, FileState, ReadState};
use crate::document::Problem;

/// Why a document that was to be fetched is not there.
pub(super) fn fetching_stopped() -> Problem {
    Problem::new("Fetching it was stopped; read it again to fetch it")
}

impl Core {
    /// Stops one thing of the list of what runs.
    pub(super) fn cancel(&mut self, activity: ActivityId) {
        let reading = self.papers.iter().find(|(_, paper)| paper.activity == Some(activity)).map(|(id, _)| *id);
        match reading {
            Some(id) => self.cancel_documents([id]),
            None => self.cancel_task(TaskId(activity.0)),
        }
    }

    fn cancel_task(&mut self, task: TaskId) {
        match self.tasks.get(&task) {
            Some(Task::Fetch(id, ..)) => self.cancel_documents([*id]),
            Some(Task::Find(_) | Task::Import(_) | Task::ExportPdfs(..) | Task::DeleteThere(_)) => self.stop(task),
            Some(Task::Teach(remote)) => {
                let Remote { connection, model } = remote.clone();
                self.cancel_training(connection, &model);
            }
            _ => {}
        }
    }

    /// Stops fetching and reading these; what was read of them stays.
    pub(super) fn cancel_documents(&mut self, ids: impl IntoIterator<Item = DocumentId>) {
        for id in ids {
            let Some((document, paper)) = self.pair(id) else { continue };
            let is_to_fetch = paper.is_to_fetch(document);
            if !document.reading.is_open() && !is_to_fetch {
                continue;
            }
            if document.reading.is_open() {
                document.reading = ReadState::Cancelled;
            }
            paper.activity = None;
            paper.chunk = 1;
            if is_to_fetch {
                document.file = FileState::Failed(fetching_stopped());
            }
            let task = paper.task;
            self.changed.insert(id);
            // A file that is being opened is opened: it is to be seen, if not to be read.
            if let Some(task) = task
                && !matches!(self.tasks.get(&task), Some(Task::Open(_)))
            {
                self.stop(task);
                self.set_task(id, None);
            }
        }
    }

    /// Stops everything that runs or waits.
    pub(super) fn cancel_all(&mut self) {
        let finds: Vec<TaskId> = self
            .tasks
            .iter()
            .filter(|(_, task)| matches!(task, Task::Find(_) | Task::Import(_) | Task::ExportPdfs(..)))
            .map(|(id, _)| *id)
            .collect();
        for task in finds {
            self.stop(task);
        }
        let taught: Vec<Remote> = self
            .tasks
            .values()
            .filter_map(|task| if let Task::Teach(of) = task { Some(of.clone()) } else { None })
            .collect();
        for Remote { connection, model } in taught {
            self.cancel_training(connection, &model);
        }
        // Who waits for a password waits for a person, not for the desk.
        let waits = |file: &FileState| !matches!(file, FileState::NeedsPassword { .. } | FileState::Failed(_));
        let all: Vec<DocumentId> = self.state.documents.iter().filter(|d| waits(&d.file)).map(|d| d.id).collect();
        self.cancel_documents(all);
    }
}
