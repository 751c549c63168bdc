//! What the person is told: notices, and the list of what runs.

use super::{Core, Task};
use crate::desk::{Activity, ActivityId, DocumentId, Notice, NoticeKind, ReadState};
use crate::document::Problem;

/// The most notices that are kept; the oldest go first.
const MOST_NOTICES: usize = 200;

impl Core {
    /// Says that something went wrong.
    pub(super) fn problem(&mut self, problem: Problem, document: Option<DocumentId>) {
        tracing::warn!(document = document.map(|id| id.0), details = problem.details, "{}", problem.message);
        self.notice(NoticeKind::Problem, problem, document);
    }

    /// Says that something was done.
    pub(super) fn info(&mut self, sentence: impl Into<String>, document: Option<DocumentId>) {
        self.notice(NoticeKind::Info, Problem::new(sentence), document);
    }

    /// Says why what was asked for was not done.
    pub(super) fn refuse(&mut self, sentence: impl Into<String>) {
        self.notice(NoticeKind::Refusal, Problem::new(sentence), None);
    }

    pub(super) fn notice(&mut self, kind: NoticeKind, problem: Problem, document: Option<DocumentId>) {
        self.last_notice += 1;
        self.state.notices.push(Notice { number: self.last_notice, kind, problem, document });
        let over = self.state.notices.len().saturating_sub(MOST_NOTICES);
        self.state.notices.drain(..over);
    }

    /// Lists what runs: readings in the order of the desk, then searches and downloads.
    pub(super) fn list_activities(&mut self) {
        let readings = self.state.documents.iter().filter_map(|document| {
            let progress = match document.reading {
                ReadState::Paced { .. } => 0.0,
                ReadState::Uploading { sent, total } => sent as f32 / total.max(1) as f32,
                ReadState::Reading { done, total } => done as f32 / total.max(1) as f32,
                _ => return None,
            };
            let verb = match document.reading {
                ReadState::Paced { .. } => "Waiting to send",
                ReadState::Uploading { .. } => "Sending",
                _ => "Reading",
            };
            let id = self.papers.get(&document.id)?.activity?;
            Some(Activity { id, label: format!("{verb} {}", document.name), progress: Some(progress) })
        });
        let tasks = self.tasks.iter().filter_map(|(id, task)| {
            let (label, progress) = match task {
                Task::Find(finding) if finding.is_slow() => (finding.label(), None),
                Task::Fetch(document, bytes, total) => {
                    let name = &self.state.document(*document)?.name;
                    let share = total.filter(|total| *total > 0).map(|total| *bytes as f32 / total as f32);
                    (format!("Fetching {name}"), share)
                }
                Task::ExportPdfs(done, total) if *total > 0 => {
                    (format!("Writing searchable PDF {} of {total}", done + 1), Some(*done as f32 / *total as f32))
                }
                Task::Teach(remote) => {
                    let key = (remote.connection, remote.model.clone());
                    let training = self.state.trainings.get(&key)?;
                    let model = self.state.models.get(&remote.connection)?.iter().find(|m| m.id == remote.model)?;
                    if training.is_asked || training.total == 0 {
                        (format!("Training {}", model.name), model.progress)
                    } else {
                        let share = training.sent as f32 / training.total as f32;
                        (format!("Sending documents to {}", model.name), Some(share))
                    }
                }
                Task::DeleteThere(document) => (format!("Deleting {}", self.state.document(*document)?.name), None),
                Task::Import(from) => {
                    (format!("Getting documents from {}", self.state.connection_name(from.connection)), None)
                }
                _ => return None,
            };
            Some(Activity { id: ActivityId(id.0), label, progress })
        });
        let activities = readings.chain(tasks).collect();
        self.state.activities = activities;
    }
}
