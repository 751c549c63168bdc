//! What lists and counters show, counted when the desk has changed and not for every frame.

use crate::desk::{DocumentStatus, State};
use crate::document::Standing;

/// Which documents the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Filter {
    /// Every one.
    #[default]
    All,
    /// Those with values that need a look, and those that wait for a password.
    ToLookAt,
    /// Those that could not be read.
    Failed,
}

/// Counts over the whole desk.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    all: Vec<usize>,
    to_look_at: Vec<usize>,
    failed: Vec<usize>,
    /// How many values need a look, over all documents.
    pub(super) doubtful: usize,
    /// How many values there are, over all documents.
    pub(super) values: usize,
}

impl Summary {
    /// Counts what is on the desk.
    pub(super) fn of(state: &State) -> Self {
        let mut summary = Self::default();
        for (place, document) in state.documents.iter().enumerate() {
            summary.all.push(place);
            match state.status(document) {
                DocumentStatus::ToLookAt(_) | DocumentStatus::NeedsPassword => summary.to_look_at.push(place),
                DocumentStatus::Failed(_) => summary.failed.push(place),
                _ => {}
            }
            summary.doubtful += state.doubtful(document);
            summary.values += document.pages.values().map(|page| page.values()).sum::<usize>();
            if document.standing == Standing::Open {
                // What should be there is counted as what is doubtful, too.
                summary.values += document.concerns.missing.len();
            }
        }
        summary
    }

    /// The places in `State::documents` that `filter` lets through, in order.
    pub(super) fn places(&self, filter: Filter) -> &[usize] {
        match filter {
            Filter::All => &self.all,
            Filter::ToLookAt => &self.to_look_at,
            Filter::Failed => &self.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::samples;

    #[test]
    fn each_document_is_counted_where_it_belongs() {
        let summary = Summary::of(&samples::busy_desk());
        assert_eq!(summary.places(Filter::All).len(), 8);
        assert_eq!(summary.places(Filter::ToLookAt).len(), 3, "two with doubtful values and one encrypted");
        assert_eq!(summary.places(Filter::Failed).len(), 1);
        assert_eq!((summary.doubtful, summary.values), (5, 24));
    }
}
