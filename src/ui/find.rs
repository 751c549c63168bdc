//! Finding documents as one types: by name, by values, by the words of their pages.

use crate::desk::{DeskDocument, DocumentId, State};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

/// What is looked for, and what was found.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// As it is typed.
    pub(super) query: String,
    /// What each document says, in small letters, with what it was made from.
    texts: HashMap<DocumentId, (u64, String)>,
    /// For which query, and the places in `State::documents`.
    found: Option<(String, Vec<usize>)>,
}

impl Finder {
    /// Documents have changed: it is looked anew.
    pub(super) fn desk_changed(&mut self) {
        self.found = None;
    }

    /// Those of `places` that say what is looked for: all its words. Everything where nothing is.
    pub(super) fn among<'a>(&'a mut self, state: &State, places: &'a [usize]) -> Vec<usize> {
        let query = self.query.trim().to_lowercase();
        if query.is_empty() {
            return places.to_vec();
        }
        if self.found.as_ref().is_none_or(|(of, _)| *of != query) {
            let found = self.look(state, &query);
            self.found = Some((query, found));
        }
        let found = self.found.as_ref().map(|(_, found)| found.as_slice()).unwrap_or_default();
        // Both are in order.
        places.iter().copied().filter(|place| found.binary_search(place).is_ok()).collect()
    }

    fn look(&mut self, state: &State, query: &str) -> Vec<usize> {
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut found = Vec::new();
        for (place, document) in state.documents.iter().enumerate() {
            let made_from = made_from(document);
            let (of, text) = self.texts.entry(document.id).or_default();
            if *of != made_from || text.is_empty() {
                (*of, *text) = (made_from, text_of(document));
            }
            if words.iter().all(|word| text.contains(word)) {
                found.push(place);
            }
        }
        if self.texts.len() > state.documents.len() {
            // They stand in the order of their ids.
            self.texts.retain(|id, _| state.documents.binary_search_by_key(id, |document| document.id).is_ok());
        }
        found
    }
}

/// Another number where the document's pages are others.
fn made_from(document: &DeskDocument) -> u64 {
    let pages = document.pages.values().map(|page| Arc::as_ptr(page) as u64);
    pages.fold(1, |sum, page| sum.rotate_left(5) ^ page)
}

fn text_of(document: &DeskDocument) -> String {
    let mut text = document.name.to_lowercase();
    for page in document.pages.values() {
        for field in &page.fields {
            // Writing to a text cannot fail.
            let _ = write!(text, "\n{}", field.text.to_lowercase());
        }
        if let Some(words) = &page.text {
            let _ = write!(text, "\n{}", words.text().to_lowercase());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::samples;

    #[test]
    fn documents_are_found_by_name_value_and_word() {
        let state = samples::busy_desk();
        let all: Vec<usize> = (0..state.documents.len()).collect();
        let mut finder = Finder::default();
        let mut find = |query: &str| {
            finder.query = query.into();
            finder.among(&state, &all)
        };
        assert_eq!(find(""), all);
        let name = state.documents[1].name.to_uppercase();
        assert!(find(&name).contains(&1), "whatever the letters' size");
        let read = state.documents.iter().position(|d| !d.pages.is_empty()).unwrap();
        let value = state.documents[read].pages.values().next().unwrap().fields[0].text.clone();
        assert!(find(&value).contains(&read));
        assert!(find("2019-06-10").contains(&read), "a word of the page");
        assert_eq!(find("no such word anywhere"), [0; 0]);
    }
}
