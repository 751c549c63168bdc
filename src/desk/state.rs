//! Everything the window shows. Only `update` changes it.

use super::connections::{Account, ConnectionId, Reach, Tested};
use super::export::ExportColumns;
use super::models::{LabelInfo, ModelInfo, Training};
use super::review::{Checked, Judge, LabelFacts, Rules};
use super::{DeskDocument, DocumentId, DocumentStatus, FileState, KeyMap, ReadState, Reader};
use crate::api::GENERAL;
use crate::client::RequestLog;
use crate::document::{CellRange, FieldId, Problem, Score, Standing, Step};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// As the window names the embedded server.
const THIS_COMPUTER: &str = "This computer";

/// What a person can select on a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// A field.
    Field {
        /// Its page, from 0.
        page: u32,
        /// The field.
        id: FieldId,
    },
    /// A table.
    Table {
        /// Its page, from 0.
        page: u32,
        /// The table.
        id: FieldId,
    },
    /// A cell of a table.
    Cell {
        /// Its page, from 0.
        page: u32,
        /// The table.
        id: FieldId,
        /// The row, from 1.
        row: u32,
        /// The column, from 1.
        col: u32,
    },
}

impl Target {
    /// The page it is on, from 0.
    pub const fn page(&self) -> u32 {
        match self {
            Self::Field { page, .. } | Self::Table { page, .. } | Self::Cell { page, .. } => *page,
        }
    }
}

/// The document that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which one.
    pub document: DocumentId,
    /// The page that is mostly in view, from 0.
    pub page: u32,
}

/// Names something that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ActivityId(pub u64);

/// Something that runs, for the bottom line.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Its name.
    pub id: ActivityId,
    /// What it does: `Reading oyo receipt.pdf`.
    pub label: String,
    /// How far it is, 0 to 1; `None` where nobody knows.
    pub progress: Option<f32>,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something was done.
    Info,
    /// What was asked for cannot be done now, and nothing was.
    Refusal,
    /// Something went wrong.
    Problem,
}

/// A message for the person: a toast first, then a row in the list of problems.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Its number, rising.
    pub number: u64,
    /// How much it matters.
    pub kind: NoticeKind,
    /// What it says.
    pub problem: Problem,
    /// The document it is about.
    pub document: Option<DocumentId>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What is shown and how; kept over restarts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewSettings {
    /// Light or dark.
    pub theme: Theme,
    /// Values below this score need a look.
    pub threshold: Score,
    /// Values of a service that gives no scores are taken as sure.
    pub trusts_scoreless: bool,
    /// The boxes of fields are shown.
    pub fields: bool,
    /// The grids of tables are shown.
    pub tables: bool,
    /// The boxes of words are shown.
    pub words: bool,
    /// The keys that the person chose.
    pub keys: KeyMap,
    /// The worst of all values comes next, wherever it stands; otherwise they come document by document.
    pub worst_first: bool,
    /// So many percent of the sure values are to be checked, picked at random.
    pub checked_percent: u8,
    /// Models of this computer learn from every approval at once.
    pub learns_at_once: bool,
    /// The person was asked for the name that stands in the history.
    pub name_asked: bool,
    /// A value that a key brings is ready to be typed into.
    pub types_at_once: bool,
    /// What stands beside values in exports.
    pub export: ExportColumns,
    /// How large text and controls are, in percent of their usual size.
    pub text_percent: u16,
    /// Pages follow each other; otherwise one at a time.
    pub continuous: bool,
    /// The list of documents is shown.
    pub documents_panel: bool,
    /// The fields are shown.
    pub inspector_panel: bool,
    /// The page thumbnails are shown.
    pub thumbnails: bool,
}

impl Default for ViewSettings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            threshold: Score::new(0.8),
            trusts_scoreless: false,
            fields: true,
            tables: true,
            words: false,
            keys: KeyMap::default(),
            worst_first: false,
            checked_percent: 0,
            learns_at_once: false,
            name_asked: false,
            types_at_once: true,
            export: ExportColumns::default(),
            text_percent: 100,
            continuous: true,
            documents_panel: true,
            inspector_panel: true,
            thumbnails: false,
        }
    }
}

/// What a person did to a document.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailEntry {
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Who.
    pub by: String,
    /// A step was taken back; otherwise it was made, or made again.
    pub is_undone: bool,
    /// What changed; `None` where the step before was taken back or made again.
    pub step: Option<Step>,
}

/// Everything the window shows.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The documents, in the order they were added, which is that of their ids.
    pub documents: Vec<DeskDocument>,
    /// The one that is shown.
    pub open: Option<Open>,
    /// Documents that are selected in the list: they are meant instead of the open one by approving, rejecting, accepting
    /// what is sure, reading again, exporting and removing.
    pub selected_documents: BTreeSet<DocumentId>,
    /// What is selected in it.
    pub selection: Option<Target>,
    /// What is selected beside it: fields of the same document.
    pub marked: Vec<Target>,
    /// The other corner of a range of cells that begins at the selected one: its row and column.
    pub range_end: Option<(u32, u32)>,
    /// What persons did to a document, once it was asked for.
    pub trail: Option<(DocumentId, Vec<TrailEntry>)>,
    /// Who reviews; empty until somebody said so.
    pub reviewer: String,
    /// The service that reads what comes on the desk now.
    pub chosen: ConnectionId,
    /// The services beside this computer.
    pub accounts: Vec<Account>,
    /// The model of this computer that reads; empty is the one that reads any document.
    pub local_model: String,
    /// How each service is, as far as it was asked.
    pub reach: BTreeMap<ConnectionId, Reach>,
    /// The services that asked for a pause, and when the last one ends.
    pub pauses: BTreeMap<ConnectionId, SystemTime>,
    /// The models of each service that was asked.
    pub models: BTreeMap<ConnectionId, Vec<ModelInfo>>,
    /// The trainings that this desk began and that run, or of which documents could not be sent; by service and model.
    pub trainings: BTreeMap<(ConnectionId, String), Training>,
    /// What the last test of a connection came to.
    pub tested: Tested,
    /// No document is sent or read until a person goes on.
    pub is_paused: bool,
    /// What the person expects of the values of each label.
    pub rules: Rules,
    /// What persons made of values, by label and what was read.
    pub corrections: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// What came of checking sure values at random.
    pub checked: Checked,
    /// What the values of each label are, over all documents.
    pub labels: BTreeMap<String, LabelFacts>,
    /// Rises with every change: who has counted something looks whether that is still so.
    pub revision: u64,
    /// What was asked of services, for support.
    pub requests: RequestLog,
    /// The page with the next value that needs a look, where that is near: it is drawn ahead.
    pub upcoming: Option<(DocumentId, u32)>,
    /// What a person is asked about before it goes.
    pub removal: Option<Removal>,
    /// What is shown and how.
    pub view: ViewSettings,
    /// Whether what was changed is on the disk.
    pub saving: Saving,
    /// What runs.
    pub activities: Vec<Activity>,
    /// What the person was told, newest last; bounded.
    pub notices: Vec<Notice>,
}

/// Whether what was changed is on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saving {
    /// All of it is.
    #[default]
    Saved,
    /// It is being written.
    Saving,
    /// It cannot be written for now, and why; it is tried again and again.
    Fails(Problem),
    /// Nothing is kept beyond this run of the program, and why.
    Unkept(Problem),
}

/// Documents that are to be taken off the desk once a person has said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Which.
    pub documents: Vec<DocumentId>,
    /// So many of them persons changed or decided about.
    pub changed: usize,
}

impl State {
    /// Notes a request to a service for tests of what shows it.
    #[cfg(test)]
    pub(crate) fn note_request(&self, host: &str, status: u16) {
        self.requests.add(crate::client::Request {
            at: SystemTime::UNIX_EPOCH,
            method: "GET".to_owned(),
            host: host.to_owned(),
            path: "/api/v2/OCR/Model/".to_owned(),
            status,
            took: std::time::Duration::from_millis(12),
            bytes: Some(3),
        });
    }

    /// The account of this connection; `None` for this computer.
    pub fn account(&self, id: ConnectionId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Everything that is selected: fields, or one table or cell.
    pub fn selected(&self) -> impl Iterator<Item = &Target> {
        self.selection.iter().chain(self.marked.iter().filter(|target| Some(*target) != self.selection.as_ref()))
    }

    /// The cells that are selected of a table: one or a range.
    pub fn cell_range(&self) -> Option<(u32, &FieldId, CellRange)> {
        let Some(Target::Cell { page, id, row, col }) = &self.selection else { return None };
        Some((*page, id, CellRange::between((*row, *col), self.range_end.unwrap_or((*row, *col)))))
    }

    /// Every connection, this computer first.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> {
        std::iter::once(ConnectionId::THIS_COMPUTER).chain(self.accounts.iter().map(|account| account.id))
    }

    /// How the chosen service is.
    pub fn chosen_reach(&self) -> &Reach {
        self.reach.get(&self.chosen).unwrap_or(&Reach::Asking)
    }

    /// What a connection is called.
    pub fn connection_name(&self, id: ConnectionId) -> &str {
        self.account(id).map_or(THIS_COMPUTER, |account| account.name.as_str())
    }

    /// The model of a connection that reads; empty where none was chosen.
    pub fn model_of(&self, id: ConnectionId) -> &str {
        match self.account(id) {
            Some(account) => &account.model,
            None if self.local_model.is_empty() => GENERAL,
            None => &self.local_model,
        }
    }

    /// The models of a connection: those that it lists, and those that were added by their id.
    pub fn models_of(&self, id: ConnectionId) -> Vec<ModelInfo> {
        let mut models = self.models.get(&id).cloned().unwrap_or_default();
        for added in self.account(id).into_iter().flat_map(|account| &account.added_models) {
            if models.iter().all(|model| model.id != *added) {
                models.push(ModelInfo { id: added.clone(), name: added.clone(), ..ModelInfo::default() });
            }
        }
        models
    }

    /// The labels that a document is to have values of: those of the model that reads it, or of the one that is chosen
    /// where that one has none.
    pub fn labels_of(&self, document: &DeskDocument) -> &[LabelInfo] {
        let labels = |at: ConnectionId, id: &str| {
            let model = self.models.get(&at)?.iter().find(|model| model.id == id)?;
            model.learns().then_some(model.labels.as_slice())
        };
        let reader = &document.reader;
        labels(reader.connection, &reader.model)
            .or_else(|| labels(self.chosen, self.model_of(self.chosen)))
            .unwrap_or_default()
    }

    /// The documents that nobody decided about yet and that a model has read, or on this computer `general`, or a model
    /// that is gone.
    pub fn unreviewed(&self, at: ConnectionId, model: &str) -> Vec<DocumentId> {
        let is_gone = |reader: &Reader| {
            let models = self.models.get(&reader.connection);
            models.is_some_and(|models| models.iter().all(|known| known.id != reader.model))
        };
        let is_its = |document: &&DeskDocument| {
            let reader = &document.reader;
            let is_here = at.is_this_computer() && reader.connection.is_this_computer();
            document.standing == Standing::Open
                && document.reading == ReadState::Done
                && matches!(document.file, FileState::Ready(_))
                && ((reader.connection == at && reader.model == model)
                    || (is_here && (reader.model == GENERAL || is_gone(reader))))
        };
        self.documents.iter().filter(is_its).map(|document| document.id).collect()
    }

    /// Which service and model read a document, in words.
    pub fn source_of(&self, document: &DeskDocument) -> String {
        let reader = &document.reader;
        let models = self.models.get(&reader.connection);
        let known = models.and_then(|models| models.iter().find(|model| model.id == reader.model));
        let model = known.map_or(reader.model.as_str(), |model| model.name.as_str());
        let service = self.connection_name(reader.connection);
        if model.is_empty() { service.to_owned() } else { format!("{service}, {model}") }
    }

    /// What the model of a connection that reads is called.
    pub fn model_name(&self, id: ConnectionId) -> &str {
        let chosen = self.model_of(id);
        let listed = self.models.get(&id).and_then(|models| models.iter().find(|model| model.id == chosen));
        listed.map_or(chosen, |model| model.name.as_str())
    }

    /// Who says which values of a document need a look.
    pub fn judge<'a>(&'a self, document: &'a DeskDocument) -> Judge<'a> {
        let judge = Judge::new(self.view.threshold, &self.rules, &document.concerns, self.view.trusts_scoreless);
        judge.checking(document.id, self.view.checked_percent).deciding(document.standing != Standing::Open)
    }

    /// What the row of a document says.
    pub fn status(&self, document: &DeskDocument) -> DocumentStatus {
        document.status(self.judge(document))
    }

    /// How many values of a document need a look.
    pub fn doubtful(&self, document: &DeskDocument) -> usize {
        document.doubtful(self.judge(document))
    }

    /// The document with this name.
    pub fn document(&self, id: DocumentId) -> Option<&DeskDocument> {
        let at = self.documents.binary_search_by_key(&id, |document| document.id).ok()?;
        self.documents.get(at)
    }

    /// The documents that are decided about, read again, exported or removed: the selected ones, or else the open one.
    /// What changes, shows or copies what a document says means the open one alone.
    pub fn meant_documents(&self) -> Vec<DocumentId> {
        if self.selected_documents.is_empty() {
            return self.open.map(|open| open.document).into_iter().collect();
        }
        self.selected_documents.iter().copied().collect()
    }

    /// Whether these documents, and there are some, are all decided so: deciding so once more takes it back.
    pub fn are_all(&self, ids: &[DocumentId], standing: Standing) -> bool {
        !ids.is_empty() && ids.iter().filter_map(|id| self.document(*id)).all(|document| document.standing == standing)
    }

    /// The document that is shown.
    pub fn open_document(&self) -> Option<&DeskDocument> {
        self.document(self.open?.document)
    }
}
