//! A document on the desk: the file, how far it is, and what the service said.

use super::models::Taught;
use super::review::{Concerns, Judge};
use super::{ConnectionId, Delivery, Origin, ReadOptions, Way};
use crate::document::{Page, PageSize, Problem, Standing};
use crate::pages::FileKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// Names a document on this desk, also over restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocumentId(pub u64);

/// What is known of the file itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FileState {
    /// It is being opened.
    #[default]
    Opening,
    /// Its service fetches it itself, from the web; its pages come once they are read there.
    Elsewhere,
    /// It stands: the size of each page in pixels at 300 DPI, as the service will see it.
    Ready(Arc<Vec<PageSize>>),
    /// It is encrypted; `wrong` where a password was given and is not the one.
    NeedsPassword {
        /// A password was tried and refused.
        wrong: bool,
    },
    /// It cannot be opened.
    Failed(Problem),
}

/// How far the reading is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ReadState {
    /// It waits its turn.
    #[default]
    Queued,
    /// It travels to the service.
    Uploading {
        /// Bytes sent.
        sent: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The service takes no more for now.
    Paced {
        /// It is sent then.
        until: SystemTime,
    },
    /// The service reads it.
    Reading {
        /// Pages done.
        done: u32,
        /// Pages in all.
        total: u32,
    },
    /// It has the very contents of another document on the desk, which is read in its stead.
    SameAs(DocumentId),
    /// All pages are answered for.
    Done,
    /// It failed; why, and what to do.
    Failed(Problem),
    /// A person stopped it.
    Cancelled,
}

impl ReadState {
    /// Whether it waits or is under way.
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Queued | Self::Uploading { .. } | Self::Paced { .. } | Self::Reading { .. } => true,
            Self::SameAs(_) | Self::Done | Self::Failed(_) | Self::Cancelled => false,
        }
    }
}

/// Whether its service knows what persons changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SyncState {
    /// There is nothing to send: nobody changed it, or this computer reads it.
    #[default]
    None,
    /// It is to be sent.
    Pending,
    /// It is being sent.
    Sending,
    /// The service has it.
    Sent,
    /// The service takes no corrections; they are kept here.
    NotOffered,
    /// It could not be sent; why, and what to do.
    Failed(Problem),
}

/// Who reads a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    /// The service.
    pub connection: ConnectionId,
    /// Its model; empty until it is read.
    pub model: String,
    /// How it was asked; `None` where nothing was sent to it.
    pub way: Option<Way>,
    /// It is a service elsewhere and has the document.
    pub has_it: bool,
}

impl Reader {
    /// Who reads what goes there.
    pub(super) fn of(origin: &Origin) -> Self {
        let Origin { connection, model, way, delivery, .. } = origin;
        let has_it = matches!(delivery, Delivery::There(_)) && !connection.is_this_computer();
        Self { connection: *connection, model: model.clone(), way: *way, has_it }
    }
}

/// A document on the desk.
#[derive(Clone, Default)]
pub struct DeskDocument {
    /// Its name on the desk.
    pub id: DocumentId,
    /// Where the file is.
    pub path: PathBuf,
    /// The file's name, as shown.
    pub name: String,
    /// What kind of file it is, once it was opened.
    pub kind: Option<FileKind>,
    /// The file ends before its picture does.
    pub breaks_off: bool,
    /// The file itself.
    pub file: FileState,
    /// The password that opened it; kept in memory only.
    pub password: Option<String>,
    /// How far the reading is.
    pub reading: ReadState,
    /// What the service is told about it.
    pub options: ReadOptions,
    /// What a person has decided about it.
    pub standing: Standing,
    /// What is to be said about its values beside their scores.
    pub concerns: Arc<Concerns>,
    /// Whether its service knows what persons changed.
    pub sync: SyncState,
    /// Who reads it.
    pub reader: Reader,
    /// With which it came: documents of one drop, folder, paste or import have the same number; 0 is not known.
    pub batch: u64,
    /// When it was first opened here, in milliseconds since 1970, UTC.
    pub came_ms: Option<i64>,
    /// Who changed or decided something last; empty is the user of the system, `None` nobody.
    pub reviewer: Option<String>,
    /// What models were taught of it.
    pub taught: Vec<Taught>,
    /// What the service said, by page number; shared with background work.
    pub pages: BTreeMap<u32, Arc<Page>>,
}

/// Without the password, and without what the document says.
impl std::fmt::Debug for DeskDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("DeskDocument");
        text.field("id", &self.id).field("path", &self.path).field("reading", &self.reading);
        text.field("pages", &self.pages.len()).finish_non_exhaustive()
    }
}

/// What the row of a document says, most pressing first.
#[derive(Clone, Debug, PartialEq)]
pub enum DocumentStatus {
    /// It is being opened or waits its turn.
    Waiting,
    /// It travels to the service; the share that is sent, 0 to 1.
    Uploading(f32),
    /// The service takes no more until then.
    Paced(SystemTime),
    /// The service reads it: the page it is at (from 1), and pages in all.
    Reading(u32, u32),
    /// It is encrypted and waits for a password.
    NeedsPassword,
    /// It is another document once more.
    SameAs(DocumentId),
    /// So many values need a look.
    ToLookAt(usize),
    /// Read, and nothing is doubtful.
    Done,
    /// A person has approved it.
    Approved,
    /// A person has rejected it.
    Rejected,
    /// A person stopped it.
    Cancelled,
    /// It failed.
    Failed(Problem),
}

impl DeskDocument {
    /// How many pages it has, once the file is open.
    pub fn page_count(&self) -> Option<u32> {
        match &self.file {
            FileState::Ready(sizes) => Some(sizes.len() as u32),
            _ => None,
        }
    }

    /// The pages that are to be read, from 0, once the file is open: those that were chosen, or all.
    pub fn wanted_pages(&self) -> Vec<u32> {
        let count = self.page_count().unwrap_or(0);
        let chosen: Vec<u32> = self.options.pages.iter().copied().filter(|page| *page < count).collect();
        // Of a file that has become shorter all is read.
        if chosen.is_empty() { (0..count).collect() } else { chosen }
    }

    /// How many values, tables and cells need a look, over all pages, and labels are missing.
    pub fn doubtful(&self, judge: Judge<'_>) -> usize {
        let missing = if self.standing == Standing::Open { self.concerns.missing.len() } else { 0 };
        self.pages.values().map(|page| judge.doubts(page)).sum::<usize>() + missing
    }

    /// Whether it is being opened or waits its turn.
    pub const fn is_waiting(&self) -> bool {
        matches!((&self.file, &self.reading), (FileState::Opening | FileState::Ready(_), ReadState::Queued))
    }

    /// What its row says.
    pub fn status(&self, judge: Judge<'_>) -> DocumentStatus {
        match &self.file {
            FileState::Failed(problem) => return DocumentStatus::Failed(problem.clone()),
            FileState::NeedsPassword { .. } => return DocumentStatus::NeedsPassword,
            FileState::Opening | FileState::Elsewhere | FileState::Ready(_) => {}
        }
        match &self.reading {
            ReadState::Queued => DocumentStatus::Waiting,
            ReadState::Uploading { sent, total } => {
                DocumentStatus::Uploading(if *total == 0 { 0.0 } else { *sent as f32 / *total as f32 })
            }
            ReadState::Paced { until } => DocumentStatus::Paced(*until),
            ReadState::Reading { done, total } => DocumentStatus::Reading((done + 1).min(*total), *total),
            ReadState::SameAs(id) => DocumentStatus::SameAs(*id),
            ReadState::Cancelled => DocumentStatus::Cancelled,
            ReadState::Failed(problem) => DocumentStatus::Failed(problem.clone()),
            ReadState::Done => match (self.standing, self.doubtful(judge)) {
                (Standing::Approved, _) => DocumentStatus::Approved,
                (Standing::Rejected, _) => DocumentStatus::Rejected,
                (Standing::Open, 0) => DocumentStatus::Done,
                (Standing::Open, n) => DocumentStatus::ToLookAt(n),
            },
        }
    }
}
