//! Which look a label has in a document: by its place among the labels of its model, so that it is the same in all
//! documents; labels that the model does not have come after, as they first appear.

use crate::desk::{DeskDocument, State};
use crate::ui::theme::LabelLook;
use std::collections::HashMap;

/// The places of a document's labels, so that list and page show a label alike.
#[derive(Clone, Debug, Default)]
pub struct LabelLooks {
    places: HashMap<String, usize>,
}

impl LabelLooks {
    /// The labels of the open document.
    pub fn of(state: &State) -> Self {
        state.open_document().map(|document| Self::of_document(state, document)).unwrap_or_default()
    }

    /// The labels of a document.
    pub fn of_document(state: &State, document: &DeskDocument) -> Self {
        let mut places = HashMap::new();
        let known = state.labels_of(document).iter().map(|label| &label.name);
        let there = document.pages.values().flat_map(|page| &page.fields).map(|field| &field.label);
        for label in known.chain(there) {
            let next = places.len();
            places.entry(label.clone()).or_insert(next);
        }
        Self { places }
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
        let looks = |document: &DeskDocument| LabelLooks::of_document(&state, document);
        assert_eq!(looks(&document).look(&last), LabelLook::of(1));
        for page in document.pages.values_mut() {
            Arc::make_mut(page).fields.retain(|field| field.label == last);
        }
        assert_eq!(looks(&document).look(&last), LabelLook::of(1), "whatever else the document has");
    }
}
