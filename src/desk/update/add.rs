//! Documents come on the desk and go from it.

use super::{Core, Paper, Task};
use crate::desk::job::{Found, Job, TaskId};
use crate::desk::library::Change;
use crate::desk::pasted::{Pasted, named_in};
use crate::desk::{DeskDocument, DocumentId, FileState, Open, Origin, ReadOptions, ReadState, Removal};
use crate::document::{Problem, Standing};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A search for files, and what it has brought so far.
#[derive(Debug, Default)]
pub(super) struct Finding {
    /// What was named.
    name: String,
    added: Vec<DocumentId>,
    known: Vec<DocumentId>,
    /// It has brought several batches: worth showing.
    batches: u32,
    /// The first of what it brings is shown.
    opens: bool,
    /// How what it brings is read.
    options: ReadOptions,
    /// What it brings comes together.
    batch: u64,
}

impl Finding {
    /// Whether it takes long enough to be shown.
    pub(super) const fn is_slow(&self) -> bool {
        self.batches > 0
    }

    /// Whether nothing was named.
    const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.known.is_empty()
    }

    /// As the list of what runs shows it.
    pub(super) fn label(&self) -> String {
        format!("Looking through {}: {} found", self.name, self.added.len() + self.known.len())
    }
}

impl Core {
    /// Does `work`; what comes on the desk of it is read with these options.
    pub(super) fn with(&mut self, options: ReadOptions, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.options, options);
        work(self);
        self.options = before;
    }

    /// What comes on the desk from now on comes together.
    pub(super) const fn begin_batch(&mut self) {
        self.batch += 1;
    }

    /// Looks for what `paths` name.
    pub(super) fn add_paths(&mut self, paths: Vec<PathBuf>) {
        self.begin_batch();
        self.look_for(paths);
    }

    fn look_for(&mut self, paths: Vec<PathBuf>) {
        // What is annotated elsewhere is no document: it comes on those that are here.
        let is_annotation = |path: &PathBuf| {
            let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
            end.eq_ignore_ascii_case("json") || end.eq_ignore_ascii_case("xml")
        };
        let (annotations, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(is_annotation);
        if !annotations.is_empty() {
            self.jobs.push(Job::ReadAnnotations(annotations));
        }
        let Some(first) = paths.first() else { return };
        if let Some(folder) = first.parent().filter(|folder| folder.is_absolute()) {
            self.folder = Some(folder.to_path_buf());
        }
        let finding = Finding {
            name: shown_name(first),
            opens: self.is_handing_over,
            options: self.options.clone(),
            batch: self.batch,
            ..Finding::default()
        };
        self.start(Task::Find(finding), |task| Job::Find(task, paths));
    }

    /// Adds what a text names.
    pub(super) fn add_text(&mut self, text: &str) {
        self.begin_batch();
        let named = named_in(text);
        if named.is_empty() {
            self.info("That text names no file; paste a whole path or an address that begins with https://", None);
            return;
        }
        let mut paths = Vec::new();
        let mut finding = Finding { opens: self.is_handing_over, ..Finding::default() };
        for one in named {
            match one {
                Pasted::Path(path) => paths.push(path),
                Pasted::Address(address) => self.add_address(address, &mut finding),
            }
        }
        self.tell_added(&finding);
        self.look_for(paths);
    }

    /// Adds what a text names; addresses are fetched by the chosen service itself.
    pub(super) fn send_text(&mut self, text: &str) {
        if self.state.chosen.is_this_computer() {
            return self.add_text(text);
        }
        self.begin_batch();
        let (mut paths, mut finding) = (Vec::new(), Finding::default());
        for one in named_in(text) {
            match one {
                Pasted::Path(path) => paths.push(path),
                Pasted::Address(address) => self.add_theirs(address, &mut finding),
            }
        }
        if finding.is_empty() && paths.is_empty() {
            return self.info("That names no address; one begins with https://", None);
        }
        self.tell_added(&finding);
        self.look_for(paths);
    }

    /// Adds a document that its service fetches itself. At another service it is another document.
    fn add_theirs(&mut self, address: String, finding: &mut Finding) {
        let identity = PathBuf::from(format!("theirs:{}/{address}", self.state.chosen.0));
        if let Some(id) = self.identities.get(&identity) {
            finding.known.push(*id);
            return;
        }
        let name = name_in_address(&address);
        let paper = Paper { identity, address: Some(address), is_theirs: true, ..Paper::default() };
        let id = self.add(PathBuf::new(), name, paper);
        if let Some((document, _)) = self.pair(id) {
            document.file = FileState::Elsewhere;
        }
        finding.added.push(id);
    }

    fn add_address(&mut self, address: String, finding: &mut Finding) {
        let identity = PathBuf::from(&address);
        if let Some(id) = self.identities.get(&identity) {
            finding.known.push(*id);
            return;
        }
        let name = name_in_address(&address);
        let paper = Paper { identity, address: Some(address), ..Paper::default() };
        finding.added.push(self.add(PathBuf::new(), name, paper));
    }

    /// Puts a document on the desk; it is read by the chosen service, or where it comes from.
    pub(super) fn add(&mut self, path: PathBuf, name: String, paper: Paper) -> DocumentId {
        let origin = if paper.origin == Origin::default() { self.chosen_origin() } else { paper.origin.clone() };
        self.last_document += 1;
        let id = DocumentId(self.last_document);
        let (options, batch) = (self.options.clone(), self.batch);
        self.state.documents.push(DeskDocument { id, path, name, options, batch, ..DeskDocument::default() });
        self.identities.insert(paper.identity.clone(), id);
        self.papers.insert(id, Paper { chunk: 1, origin, ..paper });
        self.changed.insert(id);
        if self.state.open.is_none() {
            self.open(id);
        }
        id
    }

    /// Some of the files that a search was for.
    pub(super) fn found(&mut self, task: TaskId, files: Vec<Found>) {
        let Some(Task::Find(mut finding)) = self.tasks.remove(&task) else { return };
        let options = finding.options.clone();
        let last = std::mem::replace(&mut self.batch, finding.batch);
        self.with(options, |core| {
            for Found { path, identity } in files {
                if let Some(id) = core.identities.get(&identity) {
                    finding.known.push(*id);
                    continue;
                }
                let name = shown_name(&path);
                finding.added.push(core.add(path, name, Paper { identity, ..Paper::default() }));
            }
        });
        self.batch = last;
        finding.batches += 1;
        self.tasks.insert(task, Task::Find(finding));
    }

    /// A search is over.
    pub(super) fn found_all(&mut self, task: TaskId, problems: Vec<Problem>) {
        let Some(Task::Find(finding)) = self.tasks.remove(&task) else { return };
        for problem in problems {
            self.problem(problem, None);
        }
        self.tell_added(&finding);
    }

    /// Shows what was added where that is one document or was handed over by another start, and says what was there already.
    fn tell_added(&mut self, finding: &Finding) {
        if let (true, Some(first)) = (finding.opens, finding.added.first()) {
            self.open(*first);
        }
        match (&finding.added[..], &finding.known[..]) {
            ([only], []) => self.open(*only),
            ([], [only]) => {
                self.open(*only);
                let name = self.state.document(*only).map_or_else(String::new, |d| d.name.clone());
                self.info(format!("{name} is on the desk already"), Some(*only));
            }
            (_, []) => {}
            ([], known) => {
                let first = known[0];
                self.open(first);
                self.info(format!("All {} documents are on the desk already", known.len()), None);
            }
            (added, known) => {
                let all = added.len() + known.len();
                self.info(format!("{} of the {all} documents were on the desk already", known.len()), None);
            }
        }
    }

    /// Takes documents off the desk: at once one that nobody worked on, else after a person has said so.
    pub(super) fn ask_to_remove(&mut self, ids: Vec<DocumentId>) {
        let is_touched = |id: &DocumentId| {
            self.known(*id).is_some_and(|(document, paper)| {
                // What the library still has to bring may have been worked on.
                !paper.is_whole()
                    || !paper.history.is_empty()
                    || document.standing != Standing::Open
                    || !document.taught.is_empty()
            })
        };
        let changed = ids.iter().filter(|id| is_touched(id)).count();
        match ids.len() {
            0 => {}
            1 if changed == 0 => {
                let name = self.state.document(ids[0]).map(|document| document.name.clone()).unwrap_or_default();
                self.remove(ids);
                self.info(format!("{name} is off the desk"), None);
            }
            _ => self.state.removal = Some(Removal { documents: ids, changed }),
        }
    }

    /// Takes documents off the desk. Where the one that is shown goes, its neighbour comes.
    pub(super) fn remove(&mut self, ids: impl IntoIterator<Item = DocumentId>) {
        let gone: BTreeSet<DocumentId> = ids.into_iter().filter(|id| self.papers.contains_key(id)).collect();
        let shown = self.state.open.map(|open| open.document).filter(|id| gone.contains(id));
        let at = shown.and_then(|id| self.state.documents.iter().position(|d| d.id == id));
        let neighbour = at.and_then(|at| {
            let (before, after) = self.state.documents.split_at(at);
            let stays = |d: &&DeskDocument| !gone.contains(&d.id);
            after.iter().find(stays).or_else(|| before.iter().rev().find(stays)).map(|d| d.id)
        });
        let (leaving, staying): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.state.documents).into_iter().partition(|d| gone.contains(&d.id));
        self.state.documents = staying;
        self.state.selected_documents.retain(|id| !gone.contains(id));
        if let Some((documents, _)) = &mut self.together {
            documents.retain(|id| !gone.contains(id));
        }
        for document in leaving {
            self.free_copies(document.id);
            self.let_go(document);
        }
        if shown.is_some() {
            self.state.open = None;
            self.state.selection = None;
            if let Some(neighbour) = neighbour {
                self.open(neighbour);
            }
        }
    }

    /// The first copy of a document that leaves is read itself, in the stead of the others too.
    fn free_copies(&mut self, gone: DocumentId) {
        let is_copy = |document: &DeskDocument| document.reading == ReadState::SameAs(gone);
        let mut first = None;
        for document in self.state.documents.iter_mut().filter(|document| is_copy(document)) {
            document.reading = first.map_or(ReadState::Queued, ReadState::SameAs);
            first.get_or_insert(document.id);
            self.changed.insert(document.id);
        }
    }

    /// Stops what runs for a document that is off the desk, and forgets it.
    fn let_go(&mut self, document: DeskDocument) {
        let Some(mut paper) = self.papers.remove(&document.id) else { return };
        self.to_push.remove(&document.id);
        self.state.checked.values -= paper.checked.values;
        self.state.checked.wrong -= paper.checked.wrong;
        self.forget_corrections(std::mem::take(&mut paper.corrected));
        for task in [paper.task, paper.words_task].into_iter().flatten() {
            self.stop(task);
        }
        self.identities.remove(&paper.identity);
        self.stale_batches.extend(self.batches.forget(document.id));
        if paper.is_fetched() && !document.path.as_os_str().is_empty() {
            self.jobs.push(Job::Discard(document.path));
        }
        self.changed.remove(&document.id);
        self.change(Change::Forget(document.id));
    }

    /// Shows a document, at the page where it was left.
    pub(super) fn open(&mut self, id: DocumentId) {
        let Some(paper) = self.papers.get(&id) else { return };
        if self.state.open.is_some_and(|open| open.document == id) {
            return;
        }
        self.state.open = Some(Open { document: id, page: paper.seen });
        self.state.selection = None;
        self.state.selected_documents.clear();
    }
}

/// The last part of a path; all of it where it has none.
pub(super) fn shown_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Without percent-encoding.
fn decoded(part: &str) -> String {
    // A form's fields are encoded in the same way, but for the sign that stands for a space there.
    let field = format!("name={}", part.replace('+', "%2B"));
    let name = url::form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned());
    name.unwrap_or_else(|| part.to_owned())
}

/// The last part of an address's path, or its host.
fn name_in_address(address: &str) -> String {
    let Ok(url) = url::Url::parse(address) else { return address.to_owned() };
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    match last {
        // A path's parts are percent-encoded; as a file address they are decoded.
        Some(part) => decoded(part),
        None => url.host_str().unwrap_or(address).to_owned(),
    }
}
