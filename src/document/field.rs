//! A labelled value on a page.

use super::{PageRect, Score};
use serde::{Deserialize, Serialize};

/// Names a field within its document; given by whoever predicted it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldId(pub String);

impl FieldId {
    /// With this begin the names of what a person made.
    pub const OWN: &str = "own-";

    /// Whether a person made it: no service has predicted it.
    pub fn is_own(&self) -> bool {
        self.0.starts_with(Self::OWN)
    }
}

/// A labelled value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name within the document.
    pub id: FieldId,
    /// What it is, as the model names it: `invoice_no`.
    pub label: String,
    /// The value as it is read.
    pub text: String,
    /// Where it stands; `None` where the service gave a value without a place.
    pub rect: Option<PageRect>,
    /// The probability that label and text are right.
    pub score: Score,
    /// What the service's own validation objects to, in its words.
    pub objection: Option<String>,
    /// What the model said when the page was read again, where a person had said something else.
    #[serde(default)]
    pub reread: Option<String>,
    /// A person has made it so, or said that it is right.
    #[serde(default)]
    pub confirmed: bool,
}

/// A label as a person reads it: `invoice_no` → `Invoice no`.
pub fn label_name(label: &str) -> String {
    let spaced = label.replace('_', " ");
    let mut letters = spaced.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_as_words() {
        assert_eq!(label_name("invoice_no"), "Invoice no");
        assert_eq!(label_name("überweisung"), "Überweisung");
        assert_eq!(label_name("_"), "");
    }
}
