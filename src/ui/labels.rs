//! Which look a label has in a document: by its place in the order in which labels first appear.

use crate::desk::DeskDocument;
use crate::ui::theme::LabelLook;
use std::collections::HashMap;

/// The places of a document's labels, so that list and page show a label alike.
#[derive(Clone, Debug, Default)]
pub struct LabelLooks {
    places: HashMap<String, usize>,
}

impl LabelLooks {
    /// The labels of `document` in the order of its pages.
    pub fn of(document: &DeskDocument) -> Self {
        let mut places = HashMap::new();
        for field in document.pages.values().flat_map(|page| &page.fields) {
            let next = places.len();
            places.entry(field.label.clone()).or_insert(next);
        }
        Self { places }
    }

    /// The look of `label`; the first one where the document does not have it.
    pub fn look(&self, label: &str) -> LabelLook {
        LabelLook::of(self.places.get(label).copied().unwrap_or(0))
    }
}
