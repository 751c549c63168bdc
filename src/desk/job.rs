//! What the desk has done off the UI thread, and what comes back. Plain data; who does it is `jobs`.

use super::annotations::{Annotated, AnnotatedDocument, AnnotationFormat};
use super::export::{Content, ExportColumns, ExportDocument, Known};
use super::library::{Change, Loaded};
use super::{
    Account, Command, ConnectionId, DocumentId, Import, Imported, LabelChange, ModelInfo, NewLabel, ReadOptions,
    TrailEntry,
};
use crate::api::{Key, LabelledBox};
use crate::document::{History, Page, PageSize, PageText, Problem, Standing};
use crate::pages::{FileKind, PageError, PageFile, PixelRegion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
    /// The model of this computer that reads it.
    pub(super) model: String,
    /// The language it is in, as a hint; empty is none.
    pub(super) language: String,
    /// A person's own words for it.
    pub(super) metadata: String,
}

/// A part of a page to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BoxOrder {
    /// The file.
    pub(super) file: PageFile,
    /// The page, from 0.
    pub(super) page: u32,
    /// The size of the file's page.
    pub(super) size: PageSize,
    /// The part, in pixels of that.
    pub(super) region: PixelRegion,
}

/// A model of a service that is not this computer's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remote {
    /// The service.
    pub(super) connection: ConnectionId,
    /// Its model.
    pub(super) model: String,
}

/// A document to send elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Post {
    /// The file.
    pub(super) order: ReadOrder,
    /// Where it goes.
    pub(super) remote: Remote,
    /// What comes back with it, before the person's own words.
    pub(super) token: String,
    /// It is read later, and asked for.
    pub(super) later: bool,
    /// How many pages of the account's plan it takes; where the service fetches it nobody knows yet, and one is taken.
    pub(super) page_count: u32,
    /// Where the service is to fetch it; it is sent otherwise.
    pub(super) address: Option<String>,
}

/// A document to ask another service for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asking {
    /// The service.
    pub(super) remote: Remote,
    /// Its name for the file.
    pub(super) file: String,
    /// Its name for the only page that is wanted; empty where all are.
    pub(super) page: String,
    /// How many pages the file has on the desk; `None` while it is not here.
    pub(super) page_count: Option<u32>,
    /// The service could not read it: it is to try once more.
    pub(super) again: bool,
}

/// A document that a service had.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Got {
    /// Where from.
    pub(super) from: Imported,
    /// The file's name.
    pub(super) name: String,
    /// What was read, from 0 without gaps.
    pub(super) pages: Vec<Page>,
    /// It is still being read.
    pub(super) waits: bool,
    /// What was sent along with it, without what is ours.
    pub(super) metadata: String,
    /// Somebody approved it.
    pub(super) is_approved: bool,
}

/// What a service made of a document that was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sent {
    /// The service's name for it.
    pub(super) file: String,
    /// What it read, where it did so at once.
    pub(super) pages: Option<Vec<Page>>,
    /// Why it cannot be read.
    pub(super) problem: Option<Problem>,
}

/// No answer that is of use.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lost {
    /// Why, and what to do.
    pub(super) problem: Problem,
    /// The service may have the document all the same.
    pub(super) may_be_there: bool,
}

/// What persons changed of a document that a service has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Push {
    /// The service.
    pub(super) remote: Remote,
    /// Its name for the file.
    pub(super) file: String,
    /// Its name for the only page; empty where all are on the desk.
    pub(super) page: String,
    /// How many pages the file has on the desk; `None` where it is not here.
    pub(super) page_count: Option<u32>,
    /// The pages that were changed.
    pub(super) pages: Vec<Arc<Page>>,
    /// What was decided, where that changed.
    pub(super) standing: Option<Standing>,
}

/// Why a service was not told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PushFault {
    /// It takes no corrections.
    NotOffered,
    /// It is not connected just now.
    Later,
    /// Something else, and what to do.
    Failed(Problem),
}

/// What is asked of a service about its models.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ModelOrder {
    /// Make one of this name with these labels.
    Create(String, Vec<NewLabel>),
    /// Give one another name, change a label of it, add labels to it.
    Change(String, Option<String>, Option<LabelChange>, Vec<NewLabel>),
    /// Delete one.
    Delete(String),
    /// Say all that is known of one.
    Look(String),
    /// Go back to an earlier version of one.
    RollBack(String, u32),
    /// End the training of one.
    CancelTraining(String),
}

impl ModelOrder {
    /// The model that it is about; empty where it is to be made.
    pub(super) fn model(&self) -> &str {
        match self {
            Self::Create(..) => "",
            Self::Change(model, ..)
            | Self::Delete(model)
            | Self::Look(model)
            | Self::RollBack(model, _)
            | Self::CancelTraining(model) => model,
        }
    }
}

/// What a service said to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    /// It is done; there is no more to say.
    Nothing,
    /// The model as it is now.
    Model(Box<ModelInfo>),
}

/// A document to put into a training set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LessonOrder {
    /// The document.
    pub(super) document: DocumentId,
    /// The file.
    pub(super) file: PageFile,
    /// The name it is sent under.
    pub(super) name: String,
    /// Where it came from, where that is on the web.
    pub(super) address: Option<String>,
    /// What is annotated in it.
    pub(super) objects: Vec<LabelledBox>,
    /// Tells annotations apart.
    pub(super) digest: String,
    /// It was sent before and no answer came.
    pub(super) may_be_there: bool,
    /// The service's name for what is there of it already; empty where nothing is.
    pub(super) replaces: String,
}

/// What a model is to learn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TeachOrder {
    /// The model.
    pub(super) remote: Remote,
    /// What is to be in its training set.
    pub(super) lessons: Vec<LessonOrder>,
    /// What is to be there no more, by the service's names.
    pub(super) forgets: Vec<(DocumentId, String)>,
    /// It is to be trained then; otherwise it is trained already and only watched.
    pub(super) trains: bool,
}

/// Why a service is not there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Unreached {
    /// Its key is neither in the keyring nor was it given.
    NeedsKey,
    /// It may answer later; why it does not now, and for how long it asks not to be asked, where it says so.
    ForNow(Problem, Option<Duration>),
    /// Something else, and what to do.
    Problem(Problem),
}

/// A document to write as a searchable PDF.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PdfOrder {
    /// The file.
    pub(super) file: PageFile,
    /// Its name.
    pub(super) name: String,
    /// What kind of file it is.
    pub(super) kind: Option<FileKind>,
    /// The size of each page.
    pub(super) sizes: Arc<Vec<PageSize>>,
    /// What was read, with the words.
    pub(super) pages: Vec<Arc<Page>>,
}

/// What to export.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExportOrder {
    /// The documents.
    pub(super) documents: Vec<ExportDocument>,
    /// What of them.
    pub(super) content: Content,
    /// What stands beside values.
    pub(super) columns: ExportColumns,
    /// What is known of the values.
    pub(super) known: Known,
}

/// Something to do off the UI thread.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Job {
    /// Start the embedded server.
    Connect,
    /// Ask an account for its models; with this key, or with the one that is known.
    Reach(Box<Account>, Option<Key>),
    /// Say after this time that an account may be asked again.
    ReachLater(ConnectionId, Duration),
    /// Ask whether an account would work.
    Test(Box<Account>, Option<Key>),
    /// Put a key into the system's keyring.
    KeepKey(ConnectionId, Key),
    /// Take a key out of it.
    ForgetKey(ConnectionId),
    /// Send a document to another service, when it may go; it says `Posting` and waits for `Go` before.
    Post(TaskId, Box<Post>),
    /// What was to be kept before a document is sent is to be written, and then it goes.
    Go(TaskId),
    /// Ask another service for a document until it is read.
    Poll(TaskId, Box<Asking>),
    /// Look for a document whose answer was lost, by what was sent along, around this time.
    LookFor(TaskId, Remote, String, i64),
    /// Tell a service what persons changed.
    Push(TaskId, Box<Push>),
    /// Delete a file at a service, by the service's name for it.
    DeleteThere(TaskId, Remote, String),
    /// Ask something of a service about its models.
    Model(ConnectionId, Box<ModelOrder>),
    /// Put documents into the training set of a model, have it trained, and say how that goes until it is over.
    Teach(TaskId, Box<TeachOrder>),
    /// Get what a service has read.
    Import(TaskId, Remote, Import),
    /// Fetch the pages of a document that a service had; from this address where the service gives out none.
    FetchPages(TaskId, Box<Imported>, Option<String>),
    /// Ask the person for files; they are read with these options.
    PickFiles(Option<PathBuf>, ReadOptions),
    /// Ask the person for a folder; what it holds is read with these options.
    PickFolder(Option<PathBuf>, ReadOptions),
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
    /// Have what stands in a part of a page read.
    ReadBox(TaskId, BoxOrder),
    /// Have the words of pages read, for page images of these sizes where the service does not say its own.
    Words(TaskId, ReadOrder, Arc<Vec<PageSize>>),
    /// Stop something; nothing comes back from it any more.
    Stop(TaskId),
    /// Ask the person where to, and write an export there.
    Export(Box<ExportOrder>),
    /// Ask the person for a folder, and write searchable PDFs there.
    ExportPdfs(TaskId, Vec<PdfOrder>),
    /// Ask the person where to, and write annotations there.
    ExportAnnotations(Vec<AnnotatedDocument>, AnnotationFormat),
    /// Ask the person for files of annotations, and read them.
    PickAnnotations(Option<PathBuf>),
    /// Read files of annotations.
    ReadAnnotations(Vec<PathBuf>),
    /// Read what persons did to a document.
    ReadTrail(DocumentId),
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
    /// What persons changed in a document whose results come next, from the library.
    HistoryLoaded(DocumentId, History),
    /// The results of a document, from the library.
    PagesLoaded(DocumentId, Vec<Page>),
    /// An export was written to this path, with so many documents, or it was not.
    Exported(Result<(PathBuf, usize), Problem>),
    /// So many searchable PDFs are written, of so many.
    ExportingPdfs(TaskId, usize, usize),
    /// Searchable PDFs were written to this folder, so many, and those that could not be; none where the person changed
    /// their mind.
    PdfsExported(TaskId, Result<Option<(PathBuf, usize, Vec<Problem>)>, Problem>),
    /// Files of annotations were read; what went wrong with some of them.
    AnnotationsRead(Vec<Annotated>, Vec<Problem>),
    /// What persons did to a document.
    TrailRead(DocumentId, Vec<TrailEntry>),
    /// Something cannot be kept.
    NotSaved(Problem),
    /// So many changes are on the disk, from the start on.
    Saved(u64),
    /// Changes cannot be written for now, and why.
    SavingFails(Problem),
    /// The library was damaged, and another took its place.
    Mended(Problem),
    /// A service answers with its models, or does not.
    Reached(ConnectionId, Result<Vec<ModelInfo>, Unreached>),
    /// The service of an account at this address answers at these paths, where services differ.
    PathsLearnt(ConnectionId, String, BTreeSet<String>),
    /// An account that did not answer may be asked again.
    MayReach(ConnectionId),
    /// A connection was tested: what the service said, or why it does not work.
    Tested(Result<String, Problem>),
    /// A key could not be put into the keyring.
    KeyNotKept(Problem),
    /// Nothing of this document is sent before then.
    Paced(TaskId, SystemTime),
    /// A service asked for a pause; nothing is asked of it before then.
    Pausing(ConnectionId, SystemTime),
    /// A document may be sent now: milliseconds since 1970, UTC.
    Posting(TaskId, i64),
    /// A service took a document, or did not.
    Posted(TaskId, Result<Sent, Lost>),
    /// Pages of a document that another service reads.
    SomeCame(TaskId, Vec<Page>),
    /// So many pages of a document that is not here are read there, of so many.
    SomeRead(TaskId, u32, u32),
    /// All of its pages, or why there are none.
    Polled(TaskId, Result<Vec<Page>, Lost>),
    /// A service did what was asked about its models, or did not.
    ModelTold(ConnectionId, ModelOrder, Result<Told, Problem>),
    /// Documents are about to go into a training set; they wait for `Go`.
    Teaching(TaskId, Vec<DocumentId>),
    /// A document is in a training set: what tells its annotations apart and the service's name for it; or it is not.
    Taught(TaskId, DocumentId, Result<(String, String), Lost>),
    /// The service is about to be asked to train.
    TrainingAsked(TaskId),
    /// A document is in a training set no more.
    Forgot(TaskId, DocumentId),
    /// How far a training is.
    Training(TaskId, Box<ModelInfo>),
    /// A training is over, or did not begin.
    Trained(TaskId, Result<Box<ModelInfo>, Problem>),
    /// A service was told what persons changed, or not.
    Pushed(TaskId, Result<(), PushFault>),
    /// A service deleted a file, or did not.
    DeletedThere(TaskId, Result<(), Problem>),
    /// A document whose answer was lost: its name at the service, `None` where it is not there. Where nobody can say,
    /// `may_be_there` says whether it can be asked again.
    LookedFor(TaskId, Result<Option<String>, Lost>),
    /// What a service had.
    Imported(TaskId, Result<Vec<Got>, Problem>),
    /// The person chose files or folders, to be read with these options.
    Picked(Vec<PathBuf>, ReadOptions),
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
    /// What stands in a part of a page was read, in pixels of the file's page.
    BoxRead(TaskId, Result<Page, Problem>),
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
    /// It ends before its picture does.
    pub(super) breaks_off: bool,
    /// What the file was like.
    pub(super) stamp: Option<Stamp>,
    /// Its sha256, in hexadecimal digits; `None` where it cannot be told.
    pub(super) hash: Option<String>,
    /// When it was opened, in milliseconds since 1970, UTC.
    pub(super) at_ms: i64,
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
