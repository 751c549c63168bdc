//! Documents that leave the desk: which are meant, and what is handed to the jobs that write them.

use super::add::shown_name;
use super::{Core, Task};
use crate::desk::export::{Content, ExportDocument, Known};
use crate::desk::job::{ExportOrder, Job, PdfOrder, TaskId};
use crate::desk::{DeskDocument, DocumentId, ExportColumns, ExportOf, ExportWhat, FileState};
use crate::document::{Problem, Standing, counted};
use crate::pages::PageFile;
use std::path::PathBuf;
use std::sync::Arc;

impl Core {
    /// Has documents that were read exported, but for those that were rejected.
    pub(super) fn export(&mut self, what: ExportWhat, of: &ExportOf, columns: ExportColumns) {
        self.state.view.export = columns;
        let is_wanted = |document: &&DeskDocument| {
            let is_meant = match of {
                ExportOf::All => true,
                ExportOf::Approved => document.standing == Standing::Approved,
                ExportOf::These(ids) => ids.contains(&document.id),
            };
            let is_read = !document.pages.is_empty() || self.papers.get(&document.id).is_some_and(|p| !p.is_whole());
            is_meant && is_read && document.standing != Standing::Rejected
        };
        let ids: Vec<DocumentId> = self.state.documents.iter().filter(is_wanted).map(|document| document.id).collect();
        if ids.iter().any(|id| self.papers.get(id).is_some_and(|paper| !paper.is_whole())) {
            return self.info("Some of these are still being opened; export them in a moment", None);
        }
        let content = match what {
            ExportWhat::Values => Content::Values,
            ExportWhat::Lines => Content::Lines,
            ExportWhat::Json => Content::Everything,
            ExportWhat::Replies => Content::Replies,
            ExportWhat::Pdfs => return self.export_pdfs(&ids),
            ExportWhat::Annotations(format) => return self.export_annotations(&ids, format),
        };
        let documents: Vec<ExportDocument> = ids
            .iter()
            .filter_map(|id| self.state.document(*id))
            .map(|document| ExportDocument {
                name: document.name.clone(),
                standing: document.standing,
                reviewer: document.reviewer.clone(),
                source: self.state.source_of(document),
                metadata: document.options.metadata.clone(),
                pages: document.pages.values().cloned().collect(),
            })
            .collect();
        if documents.is_empty() {
            return self.info("Nothing of these was read yet that could be exported", None);
        }
        let known = Known {
            threshold: self.state.view.threshold,
            rules: self.state.rules.clone(),
            labels: self.state.labels.clone(),
        };
        self.jobs.push(Job::Export(Box::new(ExportOrder { documents, content, columns, known })));
    }

    /// Has these documents written as searchable PDFs.
    fn export_pdfs(&mut self, ids: &[DocumentId]) {
        let order = |document: &DeskDocument| {
            let FileState::Ready(sizes) = &document.file else { return None };
            Some(PdfOrder {
                file: PageFile { path: document.path.clone(), password: document.password.clone() },
                name: document.name.clone(),
                kind: document.kind,
                sizes: Arc::clone(sizes),
                pages: document.pages.values().cloned().collect(),
            })
        };
        let orders: Vec<PdfOrder> = ids.iter().filter_map(|id| order(self.state.document(*id)?)).collect();
        if orders.is_empty() {
            return self.info("Nothing of these was read yet that could be exported", None);
        }
        self.start(Task::ExportPdfs(0, 0), |task| Job::ExportPdfs(task, orders));
    }

    /// Searchable PDFs were written, or not.
    pub(super) fn pdfs_exported(
        &mut self,
        task: TaskId,
        result: Result<Option<(PathBuf, usize, Vec<Problem>)>, Problem>,
    ) {
        self.tasks.remove(&task);
        match result {
            Ok(None) => {}
            Ok(Some((folder, count, problems))) => {
                if count > 0 {
                    let documents = counted(count, "document");
                    self.info(format!("{documents} written as searchable PDF to {}", shown_name(&folder)), None);
                }
                for problem in problems {
                    self.problem(problem, None);
                }
            }
            Err(problem) => self.problem(problem, None),
        }
    }
}
