//! Which look a label has in a document: by its place among the labels of its model, so that it is the same in all
//! documents; labels that the model does not have come after, as they first appear.

use crate::desk::{DeskDocument, DocumentId, State};
use crate::ui::theme::LabelLook;
use std::collections::HashMap;

/// The places of a document's labels, so that list and page show a label alike.
#[derive(Clone, Debug, Default)]
pub struct LabelLooks {
    /// The document, and the labels of its model.
    of: Option<(DocumentId, Vec<String>)>,
    places: HashMap<String, usize>,
}

impl LabelLooks {
    /// Follows a document: labels that have come are added, and as long as it is the same one, what was there looks as
    /// before, also where a label has no value any more.
    pub fn follow(&mut self, state: &State, document: &DeskDocument) {
        let known = state.labels_of(document).iter().map(|label| &label.name);
        let is_same = self.of.as_ref().is_some_and(|(id, names)| *id == document.id && known.clone().eq(names.iter()));
        if !is_same {
            self.of = Some((document.id, known.cloned().collect()));
            self.places.clear();
        }
        let places = &mut self.places;
        let known = state.labels_of(document).iter().map(|label| &label.name);
        let there = document.pages.values().flat_map(|page| &page.fields).map(|field| &field.label);
        for label in known.chain(there) {
            let next = places.len();
            places.entry(label.clone()).or_insert(next);
        }
    }

    /// The look of `label`; the first one where the document does not have it.
    pub fn look(&self, label: &str) -> LabelLook {
        LabelLook::of(self.places.get(label).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{LabelInfo, ModelInfo};
    use crate::ui::samples;
    use std::sync::Arc;

    #[test]
    fn a_label_of_the_model_looks_alike_in_all_documents() {
        let mut state = samples::busy_desk();
        let mut document = state.documents[0].clone();
        let fields = document.pages.values().flat_map(|page| &page.fields);
        let last = fields.last().expect("a field").label.clone();
        let labels = ["due", &last].map(|name| LabelInfo { name: name.to_owned(), ..LabelInfo::default() });
        let model = ModelInfo { id: "m-1".into(), labels: labels.into(), ..ModelInfo::default() };
        state.models.insert(document.reader.connection, vec![model]);
        document.reader.model = "m-1".into();
        let looks = |document: &DeskDocument| {
            let mut looks = LabelLooks::default();
            looks.follow(&state, document);
            looks
        };
        assert_eq!(looks(&document).look(&last), LabelLook::of(1));
        for page in document.pages.values_mut() {
            Arc::make_mut(page).fields.retain(|field| field.label == last);
        }
        assert_eq!(looks(&document).look(&last), LabelLook::of(1), "whatever else the document has");
    }

    #[test]
    fn a_label_looks_as_before_once_the_one_before_it_is_deleted() {
        let state = samples::busy_desk();
        let mut document =
            state.documents.iter().find(|document| !document.pages.is_empty()).expect("a read one").clone();
        let (mut looks, fields) = (LabelLooks::default(), document.pages.values().flat_map(|page| &page.fields));
        let labels: Vec<String> = fields.map(|field| field.label.clone()).collect();
        let (first, last) = (&labels[0], labels.last().expect("a label"));
        looks.follow(&state, &document);
        let before = looks.look(last);
        for page in document.pages.values_mut() {
            Arc::make_mut(page).fields.retain(|field| field.label != *first);
        }
        looks.follow(&state, &document);
        assert!(first != last && looks.look(last) == before);
        document.id = DocumentId(u64::MAX);
        looks.follow(&state, &document);
        assert_ne!(looks.look(last), before, "another document begins anew");
    }
}
