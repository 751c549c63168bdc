//! What the desk has done off the UI thread, and what comes back. Plain data; who does it is `jobs`.

use super::export::{Content, ExportDocument};
use super::library::{Change, Loaded};
use super::{Command, DocumentId};
use crate::document::{Page, PageSize, PageText, Problem};
use crate::pages::{FileKind, PageError, PageFile};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Names something that was started; events of what was stopped since are recognised by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TaskId(pub(super) u64);

/// What a file was like when it was looked at; another stamp means that it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Its length in bytes.
    pub(super) bytes: u64,
    /// When it was last written, in nanoseconds since 1970; 0 where the system does not say.
    pub(super) written: u64,
}

/// A file that was found for the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is, as it was named.
    pub(super) path: PathBuf,
    /// Where it really is; two paths to one file have the same.
    pub(super) identity: PathBuf,
}

/// Pages of a document that the service is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReadOrder {
    /// The file.
    pub(super) file: PageFile,
    /// The name it is sent under.
    pub(super) name: String,
    /// The pages, from 0; `None` is all of them.
    pub(super) pages: Option<Vec<u32>>,
}

/// What to export.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExportOrder {
    /// The documents.
    pub(super) documents: Vec<ExportDocument>,
    /// What of them.
    pub(super) content: Content,
    /// Values below this score are doubtful.
    pub(super) threshold: f32,
}

/// Something to do off the UI thread.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Job {
    /// Start the embedded server.
    Connect,
    /// Ask the person for files.
    PickFiles(Option<PathBuf>),
    /// Ask the person for a folder.
    PickFolder(Option<PathBuf>),
    /// Find out what these paths are, and what the folders among them hold.
    Find(TaskId, Vec<PathBuf>),
    /// Fetch the document at an address.
    Fetch(TaskId, String),
    /// Open a file.
    Open(TaskId, PageFile),
    /// See whether the files of earlier are still there and as they were.
    Check(Vec<(DocumentId, PathBuf, Option<Stamp>)>),
    /// Have pages read.
    Read(TaskId, ReadOrder),
    /// Have the words of pages read, for page images of these sizes where the service does not say its own.
    Words(TaskId, ReadOrder, Arc<Vec<PageSize>>),
    /// Stop something; nothing comes back from it any more.
    Stop(TaskId),
    /// Ask the person where to, and write an export there.
    Export(Box<ExportOrder>),
    /// Keep something over restarts.
    Save(Change),
    /// Remove a fetched file, with its folder.
    Discard(PathBuf),
    /// Remove what was fetched for documents that are not on the desk any more: all but these files.
    Sweep(Vec<PathBuf>),
}

/// What came of a job, or happened by itself.
#[derive(Debug)]
pub(super) enum Event {
    /// The library is open: what was on the desk.
    Loaded(Box<Loaded>),
    /// The results of a document, from the library.
    PagesLoaded(DocumentId, Vec<Page>),
    /// An export was written to this path, with so many documents, or it was not.
    Exported(Result<(PathBuf, usize), Problem>),
    /// Changes cannot be kept.
    NotSaved(Problem),
    /// The service answers.
    Connected {
        /// As shown.
        name: String,
        /// Its model, as shown.
        model: String,
    },
    /// The service does not answer.
    NotConnected(Problem),
    /// The person chose files or folders.
    Picked(Vec<PathBuf>),
    /// No dialog could be shown.
    NoDialog(Problem),
    /// Some of the files; more come.
    Found(TaskId, Vec<Found>),
    /// All files were found; what went wrong meanwhile.
    FoundAll(TaskId, Vec<Problem>),
    /// So much of a document was fetched: bytes, and bytes in all where they are known.
    Fetching(TaskId, u64, Option<u64>),
    /// A document was fetched to this path, or not.
    Fetched(TaskId, Result<PathBuf, Problem>),
    /// A file was opened, or not.
    Opened(TaskId, Result<Opened, PageError>),
    /// A file of earlier is not as it was.
    Changed(DocumentId, Difference),
    /// So many bytes of a file were sent, of so many.
    Sent(TaskId, u64, u64),
    /// Pages were read.
    Read(TaskId, Result<Answer, Problem>),
    /// The words of pages were read.
    Words(TaskId, Result<Vec<(u32, PageText)>, Problem>),
    /// Another start of the program handed this over.
    HandedOver(Vec<Command>),
}

/// A file that was opened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Opened {
    /// What kind of file it is.
    pub(super) kind: FileKind,
    /// The size of each page.
    pub(super) sizes: Vec<PageSize>,
    /// What the file was like.
    pub(super) stamp: Option<Stamp>,
}

/// How a file of earlier differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// It is not there; the sentence says so.
    Gone(Problem),
    /// It has other contents.
    Rewritten,
}

/// What the service said about one order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// The pages that it answered for.
    pub(super) pages: Vec<Page>,
    /// Why there is none, where the file could not be read.
    pub(super) problem: Option<Problem>,
    /// How long it took.
    pub(super) took: Duration,
}
