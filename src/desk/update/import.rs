//! What a service has read already comes on the desk.

use super::{Core, Paper, Task};
use crate::desk::job::{Got, Job, Remote, TaskId};
use crate::desk::library::Change;
use crate::desk::{ConnectionId, Delivery, DocumentId, Import, Origin, ReadState};
use crate::document::{Page, Problem, Standing, counted};
use std::path::PathBuf;
use std::sync::Arc;

impl Core {
    /// Gets what the chosen model of a service has read.
    pub(super) fn import(&mut self, id: ConnectionId, what: Import) {
        let from = Remote { connection: id, model: self.state.model_of(id).to_owned() };
        if from.model.is_empty() {
            let name = self.state.connection_name(id);
            return self.info(format!("Choose a model of {name} first"), None);
        }
        self.start(Task::Import(from.clone()), |task| Job::Import(task, from, what));
    }

    /// What a service had. What is on the desk already stays as it is: persons may have changed it.
    pub(super) fn imported(&mut self, task: TaskId, result: Result<Vec<Got>, Problem>) {
        let Some(Task::Import(from)) = self.tasks.remove(&task) else { return };
        let name = self.state.connection_name(from.connection).to_owned();
        let all = match result {
            Ok(all) => all,
            Err(problem) => return self.problem(problem, None),
        };
        self.begin_batch();
        let count = all.len();
        let mut known = Vec::new();
        let mut added = Vec::new();
        for got in all {
            match self.has_already(&got) {
                Some(id) => known.push(id),
                None => added.push(self.put_on_desk(got)),
            }
        }
        let documents = |count: usize| counted(count, "document");
        let sentence = match (&added[..], &known[..]) {
            ([], []) => format!("{name} has nothing there"),
            ([], _) => format!(
                "{} of {name} on the desk already",
                if count == 1 { "It is".to_owned() } else { format!("All {count} documents are") }
            ),
            (_, []) => format!("{} from {name}", documents(added.len())),
            (_, _) => format!("{} from {name}; {} on the desk already", documents(added.len()), known.len()),
        };
        if let Some(first) = added.first().or(known.first()) {
            self.open(*first);
        }
        self.info(sentence, None);
    }

    /// The document on the desk that a service's file is.
    fn has_already(&self, got: &Got) -> Option<DocumentId> {
        let is_it = |paper: &Paper| {
            let is_sent = paper.origin.connection == got.from.connection
                && paper.origin.delivery == Delivery::There(got.from.file.clone())
                && paper.imported.is_none()
                && got.from.page.is_empty();
            is_sent || paper.imported.as_ref() == Some(&got.from)
        };
        self.papers.iter().find(|(_, paper)| is_it(paper)).map(|(id, _)| *id)
    }

    fn put_on_desk(&mut self, got: Got) -> DocumentId {
        let Got { from, name, pages, waits, metadata, is_approved } = got;
        // No file has this name: it is only to be unlike any other.
        let identity =
            PathBuf::from(format!("import:{}/{}/{}/{}", from.connection.0, from.model, from.file, from.page));
        let delivery = Delivery::There(from.file.clone());
        let origin = Origin { connection: from.connection, model: from.model.clone(), delivery, ..Origin::default() };
        let paper = Paper { identity, origin, imported: Some(from), ..Paper::default() };
        let id = self.add(PathBuf::new(), name, paper);
        let Some((document, _)) = self.pair(id) else { return id };
        document.options.metadata = metadata;
        if is_approved {
            document.standing = Standing::Approved;
        }
        if !waits {
            document.reading = ReadState::Done;
        }
        self.put_pages(id, if waits { Vec::new() } else { pages });
        id
    }

    /// All that was read of a document whose file is still to come.
    pub(super) fn put_pages(&mut self, id: DocumentId, pages: Vec<Page>) {
        let Some((document, paper)) = self.pair(id) else { return };
        paper.read = pages.iter().map(|page| page.number).collect();
        document.pages = pages.into_iter().map(|page| (page.number, Arc::new(page))).collect();
        let changes: Vec<Change> = document.pages.values().map(|page| Change::Page(id, Arc::clone(page))).collect();
        // A page is kept only where its document is.
        if let Some(record) = self.record(id) {
            self.change(Change::Document(Box::new(record)));
        }
        self.keep(changes);
        self.has_new_values(id);
    }
}
