//! What is decided about documents, and what is said of all their values at once.

use super::edit::{cells_confirmed, edited};
use super::{Core, Paper};
use crate::desk::{DeskDocument, DocumentId, ReadState, Target};
use crate::document::{Cell, Edit, Page, Standing, Step, counted};
use std::sync::Arc;

impl Core {
    /// Confirms all values of these documents that need no look, in one step each.
    pub(super) fn accept_sure(&mut self, ids: &[DocumentId]) {
        let accepted: Vec<(DocumentId, usize)> = ids.iter().map(|id| (*id, self.accept_sure_of(*id))).collect();
        let count: usize = accepted.iter().map(|(_, count)| count).sum();
        self.did_together(accepted.into_iter().filter(|(_, count)| *count > 0).map(|(id, _)| id).collect());
        let sentence = match count {
            0 => "No value is sure and not confirmed yet".to_owned(),
            _ => format!("{} accepted", counted(count, "value")),
        };
        let late = self.late(|document| ids.contains(&document.id));
        self.info(sentence + &late, None);
    }

    /// So many were.
    fn accept_sure_of(&mut self, id: DocumentId) -> usize {
        let Some(document) = self.state.document(id).filter(|document| document.standing == Standing::Open) else {
            return 0;
        };
        let judge = self.state.judge(document);
        let sure = |page: &Arc<Page>| {
            let number = page.number;
            let fields = page.fields.iter().filter(|field| !field.confirmed && !judge.needs_look(field));
            fields.map(|field| Target::Field { page: number, id: field.id.clone() }).collect::<Vec<_>>()
        };
        let targets: Vec<Target> = document.pages.values().flat_map(sure).collect();
        let mut edits: Vec<Edit> = targets.iter().filter_map(|target| edited(document, target, None)).collect();
        let mut count = edits.len();
        for (page, table) in document.pages.values().flat_map(|page| page.tables.iter().map(|t| (page.number, t))) {
            if judge.table_needs_look(table) {
                continue;
            }
            let is_sure = |cell: &Cell| !cell.confirmed && !judge.cell_needs_look(table, cell);
            count += table.cells.iter().filter(|cell| is_sure(cell)).count();
            edits.extend(cells_confirmed(document, page, &table.id, is_sure));
        }
        self.make(id, (!edits.is_empty()).then_some(Step(edits)));
        count
    }

    /// Approves every document that was read and has nothing to look at, each in a step of its own; of the selected ones
    /// where there are some.
    pub(super) fn approve_sure(&mut self) {
        let selected = &self.state.selected_documents;
        let is_sure = |document: &&DeskDocument| {
            document.reading == ReadState::Done
                && document.standing == Standing::Open
                && document.pages.values().all(|page| page.problem.is_none())
                && self.state.doubtful(document) == 0
                && self.papers.get(&document.id).is_some_and(Paper::is_whole)
                && (selected.is_empty() || selected.contains(&document.id))
        };
        let sure: Vec<DocumentId> = self.state.documents.iter().filter(is_sure).map(|document| document.id).collect();
        for id in &sure {
            let step = Step(vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }]);
            self.make(*id, Some(step));
        }
        self.did_together(sure.clone());
        let sentence = match sure.len() {
            0 => "No document that was read has nothing to look at".to_owned(),
            count => format!("{} approved", counted(count, "document")),
        };
        let selected = &self.state.selected_documents;
        let late = self.late(|document| selected.is_empty() || selected.contains(&document.id));
        self.state.selected_documents.retain(|id| !sure.contains(id));
        self.info(sentence + &late, None);
    }

    /// The last change was about these documents: where they are several, it is taken back in all of them.
    fn did_together(&mut self, documents: Vec<DocumentId>) {
        self.together = (documents.len() > 1).then_some((documents, false));
    }

    /// How many of these documents the library has not brought yet, behind what else is said.
    fn late(&self, is_meant: impl Fn(&DeskDocument) -> bool) -> String {
        let is_late = |document: &&DeskDocument| {
            is_meant(document)
                && document.standing == Standing::Open
                && self.papers.get(&document.id).is_some_and(|paper| !paper.is_whole())
        };
        match self.state.documents.iter().filter(is_late).count() {
            0 => String::new(),
            1 => "; one document is still being opened".to_owned(),
            count => format!("; {count} documents are still being opened"),
        }
    }

    /// Decides about documents, each in a step of its own; where all of them are decided so, takes that back. What is
    /// decided is no longer selected in the list, so that asking once more does not take it back.
    pub(super) fn decide(&mut self, ids: &[DocumentId], standing: Standing) {
        let documents = || ids.iter().filter_map(|id| self.known(*id));
        let after = if self.state.are_all(ids, standing) { Standing::Open } else { standing };
        let mut asked = Asked { after, ..Asked::default() };
        let mut decided = Vec::new();
        for (document, paper) in documents().filter(|(document, _)| document.standing != after) {
            if !paper.is_whole() {
                asked.opening.push(document);
            } else if after == Standing::Approved && document.reading.is_open() {
                asked.reading.push(document);
            } else {
                asked.decided += 1;
                asked.unseen += if after == Standing::Approved { self.state.doubtful(document) } else { 0 };
                asked.one = Some(document);
                decided.push((document.id, document.standing));
            }
        }
        let said = asked.said(ids.len());
        let late: Vec<DocumentId> = asked.opening.iter().chain(&asked.reading).map(|document| document.id).collect();
        for (id, before) in &decided {
            self.make(*id, Some(Step(vec![Edit::Standing { before: *before, after }])));
        }
        self.did_together(decided.into_iter().map(|(id, _)| id).collect());
        self.state.selected_documents.retain(|id| late.contains(id) || !ids.contains(id));
        if let Some(sentence) = said {
            self.info(sentence, late.first().copied().filter(|_| ids.len() == 1));
        }
    }
}

/// What became of documents about which a person decided.
#[derive(Default)]
struct Asked<'a> {
    /// What they are from now on.
    after: Standing,
    /// So many of them, and the last.
    decided: usize,
    one: Option<&'a DeskDocument>,
    /// So many values in these needed a look.
    unseen: usize,
    /// Those that the library has not brought yet.
    opening: Vec<&'a DeskDocument>,
    /// Those that cannot be approved yet.
    reading: Vec<&'a DeskDocument>,
}

impl Asked<'_> {
    /// The sentence about it, where `asked` documents were meant; nothing where the desk shows it.
    fn said(&self, asked: usize) -> Option<String> {
        if asked == 1 {
            let unseen = match self.unseen {
                0 => None,
                1 => Some("one value in it".to_owned()),
                count => Some(format!("{} in it", counted(count, "value"))),
            };
            if let Some((document, unseen)) = self.one.zip(unseen) {
                return Some(format!("{} approved; {unseen} needed a look", document.name));
            }
            return match (self.opening.first(), self.reading.first()) {
                (Some(one), _) => Some(opening_sentence(&one.name)),
                (_, Some(one)) => Some(format!("{} is still being read; approve it when all of it is there", one.name)),
                _ => None,
            };
        }
        let what = match self.after {
            Standing::Open => "undecided again",
            Standing::Approved => "approved",
            Standing::Rejected => "rejected",
        };
        let mut parts = match self.decided {
            0 => vec![format!("No document {what}")],
            count => vec![format!("{} {what}", counted(count, "document"))],
        };
        match self.unseen {
            0 => {}
            1 => parts.push("one value in them needed a look".to_owned()),
            unseen => parts.push(format!("{} in them needed a look", counted(unseen, "value"))),
        }
        for (late, doing) in [(&self.opening, "opened"), (&self.reading, "read")] {
            match late.len() {
                0 => {}
                1 => parts.push(format!("{} is still being {doing}", late[0].name)),
                count => parts.push(format!("{count} are still being {doing}")),
            }
        }
        Some(parts.join("; "))
    }
}

/// That nothing can be done yet to a document of this name.
pub(super) fn opening_sentence(name: &str) -> String {
    format!("{name} is still being opened; do it again in a moment")
}
