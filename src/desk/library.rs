//! The library: what is kept over restarts, in one `SQLite` file of the data folder. What is kept and when is decided
//! by `update`; here it is only written and read.

mod load;
mod open;
mod path;
mod rescue;
mod schema;
mod writer;

use super::job::Stamp;
use super::review::Rules;
use super::update::Unsent;
use super::{Account, ConnectionId, DocumentId, Imported, Origin, ReadOptions, Target, Taught, ViewSettings};
use crate::document::{History, Page, PageSize, Problem, Standing, Step};
use crate::pages::FileKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) use writer::{Library, user_name};

/// What is kept of a document, without its results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Its name on the desk.
    #[serde(skip)]
    pub(super) id: DocumentId,
    /// Where the file is; empty while it is still to be fetched.
    #[serde(with = "path")]
    pub(super) path: PathBuf,
    /// Where it really is.
    #[serde(with = "path")]
    pub(super) identity: PathBuf,
    /// As shown.
    pub(super) name: String,
    /// Where it was fetched from.
    pub(super) address: Option<String>,
    /// Its service fetches it there itself.
    pub(super) is_theirs: bool,
    /// Where it was imported from.
    pub(super) imported: Option<Imported>,
    /// What its service is told about it.
    pub(super) options: ReadOptions,
    /// What its service has not been told yet.
    pub(super) unsent: Unsent,
    /// With which it came.
    pub(super) batch: u64,
    /// When it was first opened, in milliseconds since 1970, UTC.
    pub(super) came_ms: Option<i64>,
    /// Who changed or decided something last; empty is the user of the system.
    pub(super) reviewer: Option<String>,
    /// What models were taught of it.
    pub(super) taught: Vec<Taught>,
    /// The sha256 of the file, in hexadecimal digits.
    pub(super) hash: Option<String>,
    /// What a person has decided about it.
    pub(super) standing: Standing,
    /// What kind of file it is.
    pub(super) kind: Option<FileKind>,
    /// It ends before its picture does.
    #[serde(default)]
    pub(super) breaks_off: bool,
    /// What the file was like when it was opened.
    pub(super) stamp: Option<Stamp>,
    /// The size of each page; `None` where it is to be opened anew, as an encrypted one always is.
    #[serde(skip)]
    pub(super) sizes: Option<Arc<Vec<PageSize>>>,
    /// How far the reading is.
    pub(super) reading: KeptReading,
    /// Who reads it, and how far its way there is.
    pub(super) origin: Origin,
}

/// How far a reading is, as it is kept: what ran is to be gone on with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) enum KeptReading {
    /// Pages are to be read.
    #[default]
    Queued,
    /// It is another document once more.
    SameAs(DocumentId),
    /// All pages are answered for.
    Done,
    /// It failed.
    Failed(Problem),
    /// A person stopped it.
    Cancelled,
}

/// How the window was left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Session {
    /// The document that was shown.
    pub(super) open: Option<DocumentId>,
    /// What was selected in it.
    pub(super) selection: Option<Target>,
    /// What was shown and how.
    pub(super) view: ViewSettings,
    /// The folder that files were last added from.
    #[serde(with = "path::optional")]
    pub(super) folder: Option<PathBuf>,
    /// The services beside this computer.
    pub(super) accounts: Vec<Account>,
    /// Who reads.
    pub(super) chosen: ConnectionId,
    /// The model of this computer that reads; empty is the one that reads any document.
    pub(super) local_model: String,
    /// Nothing is read until a person goes on.
    pub(super) is_paused: bool,
    /// Who reviews; empty is the user of the system.
    pub(super) reviewer: String,
    /// What the person expects of the values of each label.
    pub(super) rules: Rules,
    /// The last connection that was made; no later one has its name.
    pub(super) last_connection: u64,
}

/// What a person did to a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Made a step.
    Made(Step),
    /// Took the last step back.
    Undone,
    /// Made it again.
    Redone,
}

/// An entry of the audit trail of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trail {
    /// When, in milliseconds since 1970, UTC; 0 is now.
    pub(super) at_ms: i64,
    /// Who did it; empty is the user of the system.
    pub(super) by: String,
    /// What.
    pub(super) act: Act,
}

/// One thing to keep. A later one about the same thing replaces an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// A document is on the desk, in this state.
    Document(Box<Record>),
    /// What was said about a page.
    Page(DocumentId, Arc<Page>),
    /// The page of a document that was in view last, from 0.
    Seen(DocumentId, u32),
    /// What a person did to a document; each one is kept, in the order they come.
    Trail(DocumentId, Trail),
    /// A document's results are of no use any more.
    ForgetPages(DocumentId),
    /// A document is off the desk.
    Forget(DocumentId),
    /// How the window is.
    Session(Box<Session>),
}

/// What was kept of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoadedDocument {
    /// All but the results.
    pub(super) record: Record,
    /// The page that was in view last, from 0.
    pub(super) seen: u32,
    /// The pages whose results are kept; they come with `PagesLoaded`.
    pub(super) stored: BTreeSet<u32>,
    /// What persons changed, where no results are kept; otherwise it comes before those, with `HistoryLoaded`.
    pub(super) history: History,
}

/// What was kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Loaded {
    /// The documents in the order they were added.
    pub(super) documents: Vec<LoadedDocument>,
    /// How the window was left; `None` at the first start.
    pub(super) session: Option<Session>,
    /// What the person has to know about the library.
    pub(super) problem: Option<Problem>,
    /// There is none: nothing is kept.
    pub(super) is_unkept: bool,
}

#[cfg(test)]
mod tests;
