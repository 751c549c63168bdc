//! What needs a look is counted anew where values or rules have changed.

use super::Core;
use crate::desk::review::{concerns, facts_of, most_frequent};
use crate::desk::{Checked, DeskDocument, DocumentId, LabelFacts, Rule};
use crate::document::{Cell, Edit, Field, Table};
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many corrections are remembered a label.
const MOST_CORRECTIONS: usize = 500;

/// So many values of a label tell what its values are.
const SAMPLES: usize = 50;

impl Core {
    /// The values of a document have changed.
    pub(super) fn has_new_values(&mut self, id: DocumentId) {
        self.stale.insert(id);
    }

    /// What a person expects of the values of a label; `None` is nothing.
    pub(super) fn set_rule(&mut self, label: String, rule: Option<Rule>) {
        match rule.filter(|rule| *rule != Rule::default()) {
            Some(rule) => self.state.rules.insert(label.clone(), rule),
            None => self.state.rules.remove(&label),
        };
        self.stale_labels.insert(label);
        self.has_new_rules = true;
        self.stale.extend(self.papers.keys());
    }

    /// Counts anew what has changed.
    pub(super) fn settle_review(&mut self) {
        if self.stale.is_empty() && self.stale_batches.is_empty() {
            return;
        }
        let mut stale = std::mem::take(&mut self.stale);
        self.count_batches(&mut stale);
        let has_new_rules = std::mem::take(&mut self.has_new_rules);
        self.take_samples(&stale);
        self.forget_labels();
        let mut labels = std::mem::take(&mut self.stale_labels);
        let wants_usual = |label: &String| self.state.rules.get(label).is_some_and(|rule| rule.same_everywhere);
        labels.extend(self.state.rules.keys().filter(|label| wants_usual(label)).cloned());
        let mut has_new_facts = false;
        for label in labels {
            has_new_facts |= self.learn_label(label);
        }
        if has_new_facts {
            stale.extend(self.papers.keys());
        }
        for id in stale {
            let Ok(at) = self.state.documents.binary_search_by_key(&id, |document| document.id) else { continue };
            self.count_checked(id);
            let document = &self.state.documents[at];
            let batch = self.batches.batch(document.batch);
            let mut now = concerns(document, &self.state.rules, &self.state.labels, batch);
            if now.missing.is_empty() {
                now.missing = self.nothing_found(&self.state.documents[at]);
            }
            now.version = self.state.documents[at].concerns.version;
            // Whoever drew by the old rules is to draw anew, also where no concern has changed.
            if has_new_rules || now != *self.state.documents[at].concerns {
                now.version += 1;
                self.state.documents[at].concerns = Arc::new(now);
            }
        }
    }

    /// Counts anew what documents say that have changed; where their batches say something else now, all of those are to
    /// be judged anew.
    fn count_batches(&mut self, stale: &mut BTreeSet<DocumentId>) {
        let documents = &self.state.documents;
        let at = |id: &DocumentId| documents.binary_search_by_key(id, |document| document.id).ok();
        let changed = self.batches.recount(stale.iter().filter_map(at).map(|at| &documents[at]));
        let mut batches = std::mem::take(&mut self.stale_batches);
        batches.extend(changed);
        if !batches.is_empty() {
            let theirs = documents.iter().filter(|document| batches.contains(&document.batch));
            stale.extend(theirs.map(|document| document.id));
        }
    }

    /// The labels of a document's model where that found none of them: it is not to look as if all were well.
    fn nothing_found(&self, document: &DeskDocument) -> Vec<String> {
        let mut pages = document.pages.values();
        let is_empty = pages.all(|page| page.fields.is_empty() && page.tables.is_empty() && page.problem.is_none());
        let reader = &document.reader;
        let model = self.state.models.get(&reader.connection).and_then(|all| all.iter().find(|m| m.id == reader.model));
        match model.filter(|model| model.learns() && is_empty && !document.pages.is_empty()) {
            Some(model) => model.labels.iter().map(|label| label.name.clone()).collect(),
            None => Vec::new(),
        }
    }

    /// Counts anew which of a document's picked values persons have looked at, and which they changed.
    fn count_checked(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.known(id) else { return };
        let judge = self.state.judge(document);
        let (mut now, mut corrected) = (Checked::default(), Vec::new());
        for edit in paper.history.standing_edits() {
            if let Some((table, was, is)) = one_cell(edit) {
                let is_checked = !was.confirmed && judge.is_cell_picked(table, was);
                now.values += usize::from(is_checked);
                now.wrong += usize::from(is_checked && is.text != was.text);
            }
            let Edit::Field { before: Some(before), after, .. } = edit else { continue };
            corrected.extend(after.as_ref().and_then(|after| correction(before, after)));
            if before.confirmed || !judge.is_picked(before) {
                continue;
            }
            now.values += 1;
            let is_right = after.as_ref().is_some_and(|after| after.text == before.text && after.label == before.label);
            now.wrong += usize::from(!is_right);
        }
        let Some(paper) = self.papers.get_mut(&id) else { return };
        let before = std::mem::replace(&mut paper.checked, now);
        if corrected != paper.corrected {
            let former = std::mem::replace(&mut paper.corrected, corrected.clone());
            self.forget_corrections(former);
            for Correction { label, read, meant } in corrected {
                let of_label = self.state.corrections.entry(label).or_default();
                if of_label.len() < MOST_CORRECTIONS || of_label.contains_key(&read) {
                    of_label.entry(read).or_default().push(meant);
                }
            }
        }
        let all = &mut self.state.checked;
        all.values = all.values + now.values - before.values;
        all.wrong = all.wrong + now.wrong - before.wrong;
    }

    /// What persons made of values counts no more: it was taken back, or the document is off the desk.
    pub(super) fn forget_corrections(&mut self, corrections: Vec<Correction>) {
        for Correction { label, read, meant } in corrections {
            let Some(of_label) = self.state.corrections.get_mut(&label) else { continue };
            let Some(made) = of_label.get_mut(&read) else { continue };
            if let Some(at) = made.iter().rposition(|one| *one == meant) {
                made.remove(at);
            }
            if made.is_empty() {
                of_label.remove(&read);
            }
        }
    }

    /// Takes values of labels of which few are known.
    fn take_samples(&mut self, ids: &BTreeSet<DocumentId>) {
        for id in ids {
            let Ok(at) = self.state.documents.binary_search_by_key(id, |document| document.id) else { continue };
            for field in self.state.documents[at].pages.values().flat_map(|page| &page.fields) {
                let text = field.text.trim();
                if text.is_empty() {
                    continue;
                }
                let samples = self.samples.entry(field.label.clone()).or_default();
                if samples.len() < SAMPLES && !samples.iter().any(|sample| sample == text) {
                    samples.push(text.to_owned());
                    self.stale_labels.insert(field.label.clone());
                }
            }
        }
    }

    /// Forgets labels that no value has any more, and nothing is expected of.
    fn forget_labels(&mut self) {
        for label in std::mem::take(&mut self.left_labels) {
            let mut fields = self.state.documents.iter().flat_map(|d| d.pages.values()).flat_map(|page| &page.fields);
            if !self.state.rules.contains_key(&label) && !fields.any(|field| field.label == label) {
                self.samples.remove(&label);
                self.state.labels.remove(&label);
                self.stale_labels.remove(&label);
            }
        }
    }

    /// Says anew what the values of a label are; whether a rule may say something else now.
    fn learn_label(&mut self, label: String) -> bool {
        let rule = self.state.rules.get(&label);
        let samples = self.samples.get(&label).map(Vec::as_slice).unwrap_or_default();
        let mut known: LabelFacts = facts_of(samples, rule);
        if rule.is_some_and(|rule| rule.same_everywhere) {
            known.usual = most_frequent(&self.state.documents, &label);
        }
        let has_rule = rule.is_some();
        let before = self.state.labels.insert(label, known.clone());
        has_rule && before != Some(known)
    }
}

/// The table and the one cell that an edit is about, before and after; whoever takes a whole table has not looked at each.
fn one_cell(edit: &Edit) -> Option<(&Table, &Cell, &Cell)> {
    let Edit::Table { before: Some(before), after: Some(after), .. } = edit else { return None };
    let is_same_grid = before.cells.len() == after.cells.len();
    let mut changed = before.cells.iter().zip(&after.cells).filter(|(was, is)| was != is);
    match (changed.next(), changed.next()) {
        (Some((was, is)), None) if is_same_grid && was.id == is.id => Some((&**before, was, is)),
        _ => None,
    }
}

/// What a person made of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Correction {
    label: String,
    /// What was read.
    read: String,
    /// What it is.
    meant: String,
}

fn correction(before: &Field, after: &Field) -> Option<Correction> {
    let is_one =
        before.label == after.label && before.text != after.text && !before.text.is_empty() && !after.text.is_empty();
    is_one.then(|| Correction { label: after.label.clone(), read: before.text.clone(), meant: after.text.clone() })
}
