//! What the desk knows of a document beside what it shows.

use super::push::Unsent;
use super::review::Correction;
use crate::desk::job::{Stamp, TaskId};
use crate::desk::{ActivityId, Checked, DeskDocument, DocumentId, FileState, Imported, Origin};
use crate::document::{History, Problem};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The desk's own notes about a document.
#[derive(Debug, Default)]
pub(super) struct Paper {
    /// What persons changed, step by step.
    pub(super) history: History,
    /// Where it is read.
    pub(super) origin: Origin,
    /// The service has it and could not read it: it is to try once more.
    pub(super) asks_again: bool,
    /// Where the file really is.
    pub(super) identity: PathBuf,
    /// Where it was fetched from.
    pub(super) address: Option<String>,
    /// Its service fetches it there itself.
    pub(super) is_theirs: bool,
    /// Where it was imported from.
    pub(super) imported: Option<Imported>,
    /// The sha256 of the file, in hexadecimal digits; `None` until it was opened.
    pub(super) hash: Option<String>,
    /// What its service has not been told yet.
    pub(super) unsent: Unsent,
    /// What persons made of its values, as far as it stands.
    pub(super) corrected: Vec<Correction>,
    /// What came of checking its sure values.
    pub(super) checked: Checked,
    /// It is being told.
    pub(super) is_pushing: bool,
    /// What the file was like when it was opened.
    pub(super) stamp: Option<Stamp>,
    /// The page that was in view last, from 0.
    pub(super) seen: u32,
    /// What fetches, opens or reads it now.
    pub(super) task: Option<TaskId>,
    /// Its reading in the list of what runs.
    pub(super) activity: Option<ActivityId>,
    /// Pages that are answered for in this reading.
    pub(super) read: BTreeSet<u32>,
    /// Pages whose results the library still has to bring.
    pub(super) stored: BTreeSet<u32>,
    /// How often in a row no answer came to its sending, and what went wrong last.
    pub(super) lost: (u32, Option<Problem>),
    /// How many pages are asked for next.
    pub(super) chunk: u32,
    /// What fetches words of it now.
    pub(super) words_task: Option<TaskId>,
    /// It was on the desk at the start: that its file still cannot be opened is no news.
    pub(super) quiet: bool,
    /// Pages whose words were asked for in vain.
    pub(super) wordless: BTreeSet<u32>,
}

impl Paper {
    /// Whether the library has brought all of its pages: before, what persons said of it is not known.
    pub(super) fn is_whole(&self) -> bool {
        self.stored.is_empty()
    }

    /// What its service has not been told yet, with what it is being told.
    pub(super) fn unsent_with_running(&self, running: Option<&Unsent>) -> Unsent {
        let mut unsent = self.unsent.clone();
        if let Some(running) = running {
            unsent.pages.extend(&running.pages);
            unsent.standing |= running.standing;
        }
        unsent
    }

    /// Whether its file is one that the desk fetched, or is to fetch, from elsewhere.
    pub(super) const fn is_fetched(&self) -> bool {
        self.address.is_some() || self.imported.is_some()
    }

    /// Whether its file is wanted and still elsewhere.
    pub(super) fn is_to_fetch(&self, document: &DeskDocument) -> bool {
        document.file == FileState::Opening && self.is_fetched() && document.path.as_os_str().is_empty()
    }
}

impl super::Core {
    /// A document with its notes.
    pub(super) fn known(&self, id: DocumentId) -> Option<(&DeskDocument, &Paper)> {
        let at = self.state.documents.binary_search_by_key(&id, |document| document.id).ok()?;
        Some((self.state.documents.get(at)?, self.papers.get(&id)?))
    }

    /// The same, to change it.
    pub(super) fn pair(&mut self, id: DocumentId) -> Option<(&mut DeskDocument, &mut Paper)> {
        let at = self.state.documents.binary_search_by_key(&id, |document| document.id).ok()?;
        Some((self.state.documents.get_mut(at)?, self.papers.get_mut(&id)?))
    }
}
