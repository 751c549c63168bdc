//! Which documents of the desk a model learns from, and what it is told of them.

use super::models::{Lesson, ModelInfo};
use super::{ConnectionId, DeskDocument, FileState, ReadState};
use crate::api::LabelledBox;
use crate::api::convert::annotations;
use crate::document::{PageSize, Standing};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// So many digits tell annotations apart.
const DIGITS: usize = 16;

impl DeskDocument {
    /// Whether it is in the training set of a model; nobody needs to have approved it where `all`.
    pub fn lesson(&self, at: ConnectionId, model: &ModelInfo, all: bool) -> Lesson {
        let taught = self.taught.iter().find(|taught| taught.connection == at && taught.model == model.id);
        match (&self.reading, self.standing) {
            (ReadState::SameAs(id), _) => return Lesson::SameAs(*id),
            (_, Standing::Rejected) => return Lesson::Rejected,
            // Pages that the library still has to bring, or a service to read, may hold values.
            _ if !self.is_whole() => return Lesson::Unread,
            _ => {}
        }
        if self.standing != Standing::Approved && !all {
            return Lesson::Unreviewed;
        }
        let objects = objects(self, sizes_as_read(self, at), model);
        match taught {
            _ if objects.is_empty() => Lesson::NoLabel,
            Some(taught) if taught.digest.is_empty() => Lesson::Sent,
            Some(taught) if taught.digest == digest(&objects) => Lesson::Taught,
            Some(_) => Lesson::Changed,
            None => Lesson::New,
        }
    }
}

impl DeskDocument {
    /// Whether the results of all its pages are here.
    fn is_whole(&self) -> bool {
        let wanted = self.wanted_pages();
        !self.pages.is_empty() && wanted.iter().all(|page| self.pages.contains_key(page))
    }
}

/// What a model is told of a document, and what tells that apart from what it was told before.
pub(super) fn teaches(document: &DeskDocument, at: ConnectionId, model: &ModelInfo) -> (Vec<LabelledBox>, String) {
    let objects = objects(document, sizes_as_read(document, at), model);
    let digest = digest(&objects);
    (objects, digest)
}

/// The sizes of the page images that a service is taught with: `None` is those of the results.
fn sizes_as_read(document: &DeskDocument, at: ConnectionId) -> Option<&[PageSize]> {
    // A service elsewhere has page images of its own, the size of which came with its results.
    let is_theirs = document.reader.connection == at && !at.is_this_computer();
    match &document.file {
        FileState::Ready(sizes) if !is_theirs => Some(sizes),
        _ => None,
    }
}

fn objects(document: &DeskDocument, sizes: Option<&[PageSize]>, model: &ModelInfo) -> Vec<LabelledBox> {
    let of_page = |page: &std::sync::Arc<crate::document::Page>| {
        let size = sizes.and_then(|sizes| sizes.get(page.number as usize)).copied().unwrap_or(page.size);
        annotations(page, size, |label| model.has_label(label))
    };
    document.pages.values().flat_map(of_page).collect()
}

fn digest(objects: &[LabelledBox]) -> String {
    let json = serde_json::to_vec(objects).unwrap_or_default();
    let mut digits = String::with_capacity(DIGITS);
    for byte in Sha256::digest(json).iter().take(DIGITS / 2) {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
