//! Finding documents as one types: by name, by values, by the words of their pages, and by what [`Term`]s say of them.

use crate::desk::{DeskDocument, DocumentId, DocumentStatus, State};
use crate::document::label_name;
use chrono::{DateTime, Local, NaiveDate};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is looked for, and what was found.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// As it is typed.
    pub(super) query: String,
    /// What each document says, in small letters, with what it was made from.
    texts: HashMap<DocumentId, (u64, String)>,
    /// The documents that were found last, and for which query.
    found: Option<(String, Vec<DocumentId>)>,
    /// The search that goes on.
    pass: Option<Pass>,
    /// Documents have changed since a search began.
    is_stale: bool,
}

/// A search through all documents, in their order.
#[derive(Debug)]
struct Pass {
    query: String,
    terms: Vec<Term>,
    /// The document that was looked at last.
    last: Option<DocumentId>,
    found: Vec<DocumentId>,
}

impl Finder {
    /// Documents have changed: it is looked anew.
    pub(super) fn desk_changed(&mut self) {
        self.is_stale = true;
    }

    /// Those of `places` that say what is looked for: all its words. Everything where nothing is.
    pub(super) fn all(&mut self, state: &State, places: &[usize]) -> Vec<usize> {
        loop {
            if let (found, true) = self.among(state, places, Duration::MAX) {
                return found;
            }
        }
    }

    /// The same as far as it is found in about `time`, and whether that is all; the next call goes on.
    pub(super) fn among(&mut self, state: &State, places: &[usize], time: Duration) -> (Vec<usize>, bool) {
        let query = self.query.trim().to_lowercase();
        if query.is_empty() {
            return (places.to_vec(), true);
        }
        let is_known = self.found.as_ref().is_some_and(|(of, _)| *of == query);
        if self.pass.as_ref().is_some_and(|pass| pass.query != query) {
            self.pass = None;
            // What was found for it before may be of a desk that has changed since.
            self.is_stale = true;
        }
        if self.pass.is_none() && (!is_known || self.is_stale) {
            self.is_stale = false;
            let terms = query.split_whitespace().map(Term::parse).collect();
            self.pass = Some(Pass { query: query.clone(), terms, last: None, found: Vec::new() });
        }
        if let Some(pass) = self.pass.take() {
            self.go_on(state, pass, time);
        }
        // What was found before the desk changed is shown until all of it is looked at anew.
        let of_query = self.found.as_ref().filter(|(of, _)| *of == query).map(|(_, found)| found);
        let found = of_query.or(self.pass.as_ref().map(|pass| &pass.found)).map(Vec::as_slice).unwrap_or_default();
        // Both are in order.
        let is_found = |place: &usize| state.documents.get(*place).is_some_and(|d| found.binary_search(&d.id).is_ok());
        (places.iter().copied().filter(is_found).collect(), self.pass.is_none() && !self.is_stale)
    }

    fn go_on(&mut self, state: &State, mut pass: Pass, time: Duration) {
        /// So many documents are looked at between two looks at the clock.
        const AT_ONCE: usize = 64;
        let begun = Instant::now();
        let start = pass.last.map_or(0, |last| state.documents.partition_point(|document| document.id <= last));
        for (n, document) in state.documents.iter().enumerate().skip(start) {
            if n > start && (n - start).is_multiple_of(AT_ONCE) && begun.elapsed() >= time {
                self.pass = Some(pass);
                return;
            }
            let made_from = made_from(document);
            let (of, text) = self.texts.entry(document.id).or_default();
            if *of != made_from || text.is_empty() {
                (*of, *text) = (made_from, text_of(document));
            }
            if pass.terms.iter().all(|term| term.holds(state, document, text)) {
                pass.found.push(document.id);
            }
            pass.last = Some(document.id);
        }
        if self.texts.len() > state.documents.len() {
            // They stand in the order of their ids.
            self.texts.retain(|id, _| state.documents.binary_search_by_key(id, |document| document.id).is_ok());
        }
        self.found = Some((pass.query, pass.found));
    }
}

/// One word of what is looked for: text, or a filter such as `is:approved`, `label:total`, `score<0.6`, `model:receipts`,
/// `date:2026-11-27`, `date>2026-11-01`.
#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// It is in the name, a value or a word.
    Text(String),
    /// What its row says.
    Is(String),
    /// It has a value of this label.
    Label(String),
    /// It has a value with a score below, or above where `false`.
    Score(bool, f32),
    /// A model whose name has this in it read it.
    Model(String),
    /// It came on this day, or before or after it.
    Date(std::cmp::Ordering, NaiveDate),
}

impl Term {
    /// What is no filter that is known is text.
    fn parse(word: &str) -> Self {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let text = || Self::Text(word.to_owned());
        let Some(at) = word.find([':', '<', '>']) else { return text() };
        let (name, sign, said) = (&word[..at], &word[at..=at], word[at + 1..].trim_start_matches('='));
        let order = match sign {
            "<" => Less,
            ">" => Greater,
            _ => Equal,
        };
        match (name, order) {
            (_, _) if said.is_empty() => text(),
            ("is", Equal) => Self::Is(said.to_owned()),
            ("label", Equal) => Self::Label(bare(said)),
            ("model", Equal) => Self::Model(said.to_owned()),
            ("score", Less | Greater) => {
                said.replace(',', ".").parse().map_or_else(|_| text(), |score| Self::Score(order == Less, score))
            }
            ("date", _) => match NaiveDate::parse_from_str(said, "%Y-%m-%d") {
                Ok(day) => Self::Date(order, day),
                Err(_) => text(),
            },
            _ => text(),
        }
    }

    fn holds(&self, state: &State, document: &DeskDocument, text: &str) -> bool {
        let mut fields = document.pages.values().flat_map(|page| &page.fields);
        match self {
            Self::Text(word) => text.contains(word),
            Self::Is(word) => status_words(&state.status(document)).contains(&word.as_str()),
            Self::Label(label) => {
                fields.any(|field| bare(&field.label).contains(label))
                    || document.pages.values().flat_map(|page| &page.tables).any(|t| bare(&t.label).contains(label))
            }
            Self::Score(below, score) => {
                fields.any(|field| if *below { field.score.get() < *score } else { field.score.get() > *score })
            }
            Self::Model(name) => state.source_of(document).to_lowercase().contains(name),
            Self::Date(order, day) => {
                let came = document.came_ms.and_then(DateTime::from_timestamp_millis);
                let came = came.map(|at| at.with_timezone(&Local).date_naive());
                came.is_some_and(|came| came.cmp(day) == *order)
            }
        }
    }
}

/// A label in small letters without what parts its words.
fn bare(label: &str) -> String {
    label_name(label).to_lowercase().replace([' ', '-', '_'], "")
}

/// What `is:` may say of a row.
const fn status_words(status: &DocumentStatus) -> &'static [&'static str] {
    match status {
        DocumentStatus::Waiting | DocumentStatus::Uploading(_) | DocumentStatus::Paced(_) => &["waiting", "unread"],
        DocumentStatus::Reading(..) => &["reading", "unread"],
        DocumentStatus::NeedsPassword => &["locked", "unread"],
        DocumentStatus::SameAs(_) => &["twin"],
        DocumentStatus::ToLookAt(_) => &["doubtful", "open"],
        DocumentStatus::Done => &["sure", "open"],
        DocumentStatus::Approved => &["approved", "decided"],
        DocumentStatus::Rejected => &["rejected", "decided"],
        DocumentStatus::Cancelled => &["cancelled", "unread"],
        DocumentStatus::Failed(_) => &["failed", "unread"],
    }
}

/// Another number where the document's pages are others.
fn made_from(document: &DeskDocument) -> u64 {
    let pages = document.pages.values().map(|page| Arc::as_ptr(page) as u64);
    pages.fold(1, |sum, page| sum.rotate_left(5) ^ page)
}

fn text_of(document: &DeskDocument) -> String {
    let mut text = format!("{}\n{}", document.name, document.options.metadata).to_lowercase();
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
            finder.all(&state, &all)
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

    #[test]
    fn a_search_goes_on_where_it_was_and_shows_what_it_has() {
        let mut state = samples::busy_desk();
        let document = state.documents[6].clone();
        state.documents.extend((100..400).map(|id| DeskDocument { id: DocumentId(id), ..document.clone() }));
        let all: Vec<usize> = (0..state.documents.len()).collect();
        let mut finder = Finder { query: document.name, ..Finder::default() };
        let counts = |finder: &mut Finder, state: &State| {
            let mut counts = Vec::new();
            loop {
                let (found, is_all) = finder.among(state, &all, Duration::ZERO);
                counts.push(found.len());
                if is_all {
                    return counts;
                }
            }
        };
        let first = counts(&mut finder, &state);
        assert!(first.len() > 3 && first.is_sorted(), "{first:?}");
        assert_eq!(first.last(), Some(&301));
        state.documents.truncate(208);
        finder.desk_changed();
        assert_eq!(
            counts(&mut finder, &state),
            [201; 4],
            "what is gone is not shown, what is left is there all the time"
        );
    }

    #[test]
    fn filters_say_what_a_document_is_like_and_go_with_words() {
        let mut state = samples::busy_desk();
        let all: Vec<usize> = (0..state.documents.len()).collect();
        let read = state.documents.iter().position(|d| !d.pages.is_empty()).unwrap();
        state.documents[read].standing = crate::document::Standing::Approved;
        state.documents[read].came_ms = Some(1_795_780_800_000); // noon of 2026-11-27
        let label = state.documents[read].pages.values().next().unwrap().fields[0].label.clone();
        let mut finder = Finder::default();
        let mut find = |query: &str| {
            finder.query = query.into();
            finder.desk_changed();
            finder.all(&state, &all)
        };
        assert_eq!(find("is:approved"), [read]);
        assert!(find("is:failed").len() == 1 && !find("is:unread").contains(&read));
        assert!(find(&format!("label:{}", label.to_uppercase())).contains(&read));
        assert_eq!(find("is:approved score<0"), [0; 0]);
        assert_eq!(find("is:approved score>0"), [read]);
        assert_eq!(find("date:2026-11-27"), [read]);
        assert_eq!((find("date<2026-11-27"), find("date>2026-11-01")), (Vec::new(), vec![read]));
        assert!(find("model:this").len() > 1 && find("model:nobody").is_empty());
        assert_eq!(find("date:today"), [0; 0], "what is no filter is a word");
    }
}
