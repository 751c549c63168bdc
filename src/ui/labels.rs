//! Which colour a label has in a document: its place in the order in which labels first appear.

use crate::desk::DeskDocument;
use crate::ui::theme;
use egui::Color32;
use std::collections::HashMap;

/// The places of a document's labels, so that list and page show a label in one colour.
#[derive(Clone, Debug, Default)]
pub struct LabelColors {
    places: HashMap<String, usize>,
}

impl LabelColors {
    /// The labels of `document` in the order of its pages.
    pub fn of(document: &DeskDocument) -> Self {
        let mut places = HashMap::new();
        for field in document.pages.values().flat_map(|page| &page.fields) {
            let next = places.len();
            places.entry(field.label.clone()).or_insert(next);
        }
        Self { places }
    }

    /// The colour of `label`; the first one where the document does not have it.
    pub fn color(&self, label: &str) -> Color32 {
        theme::label_color(self.places.get(label).copied().unwrap_or(0))
    }
}
