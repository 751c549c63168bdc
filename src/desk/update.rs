//! What a command or an event changes, and what is to be done about it. Pure: no disk, no network, no clock.

mod add;
mod annotate;
mod boxes;
mod cancel;
mod connections;
mod decide;
mod edit;
mod export;
mod import;
mod models;
mod navigate;
mod opening;
mod order;
mod paper;
mod push;
mod reading;
mod remote;
mod restore;
mod review;
mod tables;
mod tell;

use super::batches::Batches;
use super::job::{Event, Job, Remote, TaskId};
use super::library::{Change, Session};
use super::{
    Action, Command, ConnectionId, DocumentId, Effect, NoticeKind, ReadOptions, Reshape, Saving, State, Theme,
};
use crate::document::{Axis, Standing, counted};
use add::Finding;
use paper::Paper;
pub(super) use push::Unsent;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// The state with what only the desk needs to know.
#[derive(Debug, Default)]
pub(super) struct Core {
    /// What the window shows. Documents stand in the order of their ids.
    pub(super) state: State,
    papers: BTreeMap<DocumentId, Paper>,
    /// Whose file or address this is, so that none comes on the desk twice.
    identities: HashMap<PathBuf, DocumentId>,
    tasks: BTreeMap<TaskId, Task>,
    effects: Vec<Effect>,
    jobs: Vec<Job>,
    /// What was asked for before the library was open.
    early: Option<Vec<Command>>,
    /// How many files are opened, and how many read, at once.
    parallel: usize,
    /// Files can be opened: no run-time part is missing.
    can_open: bool,
    last_task: u64,
    last_document: u64,
    last_notice: u64,
    last_token: u64,
    last_annotation: u64,
    last_connection: u64,
    /// How often in a row an account did not answer.
    silences: BTreeMap<ConnectionId, u32>,
    /// Names this start of the program among all others.
    start_name: String,
    /// What waits until the library has written what is new.
    after_saving: Vec<Job>,
    /// Documents whose service has not been told everything.
    to_push: BTreeSet<DocumentId>,
    /// Models of this computer whose documents were approved: they are to learn from them at once.
    to_teach: BTreeSet<String>,
    /// Documents whose values have changed.
    stale: BTreeSet<DocumentId>,
    /// A rule was changed.
    has_new_rules: bool,
    /// Batches of which something else is to be said.
    stale_batches: BTreeSet<u64>,
    /// Labels of which more is known, or other rules.
    stale_labels: BTreeSet<String>,
    /// Labels that a value had and has no more.
    left_labels: BTreeSet<String>,
    /// Some values of each label.
    samples: BTreeMap<String, Vec<String>>,
    /// Documents to save.
    changed: BTreeSet<DocumentId>,
    kept_session: Session,
    /// So many changes were handed to the library, from the start on.
    saves: u64,
    /// The folder that files were last added from.
    folder: Option<PathBuf>,
    /// What is asked for now comes from another start of the program: the person wants to see it.
    is_handing_over: bool,
    /// How what comes on the desk now is read.
    options: ReadOptions,
    /// The batch of what comes on the desk now; the last one otherwise.
    batch: u64,
    /// What documents that came together have in common.
    batches: Batches,
    /// The documents that a search lists, in their order, where there is one.
    listed: Option<Vec<DocumentId>>,
    /// The documents that the last change was about, where these were several, and whether it was taken back.
    together: Option<(Vec<DocumentId>, bool)>,
}

/// What a running job is for.
#[derive(Debug)]
enum Task {
    /// Looks for files.
    Find(Finding),
    /// Fetches a document; bytes so far and in all.
    Fetch(DocumentId, u64, Option<u64>),
    /// Gets what a service has.
    Import(Remote),
    /// Writes searchable PDFs; so many of so many are written.
    ExportPdfs(usize, usize),
    /// Opens a document's file.
    Open(DocumentId),
    /// Reads a document: the pages that were asked for, from 0.
    Read(DocumentId, Vec<u32>),
    /// Fetches the words of pages of a document.
    Words(DocumentId, Vec<u32>),
    /// Reads what stands in a box of a document.
    ReadBox(DocumentId, boxes::Waiting),
    /// Sends a document to another service.
    Post(DocumentId),
    /// Asks another service for it.
    Poll(DocumentId),
    /// Looks for it there.
    LookFor(DocumentId),
    /// Tells another service what persons changed of it.
    Push(DocumentId, Unsent),
    /// Deletes a document at its service.
    DeleteThere(DocumentId),
    /// Teaches a model.
    Teach(Remote),
}

impl Core {
    /// A desk that waits for its library. `parallel` files are opened, and as many read, at once; none where it cannot
    /// open files. `start_name` is unlike that of any other start.
    pub(super) fn new(parallel: usize, can_open: bool, start_name: String) -> Self {
        Self { parallel: parallel.max(1), can_open, start_name, early: Some(Vec::new()), ..Self::default() }
    }

    /// Does what was asked for.
    pub(super) fn update(&mut self, command: Command) -> Vec<Job> {
        match &mut self.early {
            Some(early) => early.push(command),
            None => self.command(command),
        }
        self.settle()
    }

    /// Takes in what came of a job; what follows from it, [`Core::settle`] says.
    pub(super) fn take_in(&mut self, event: Event) {
        match event {
            Event::Loaded(loaded) => {
                self.restore(*loaded);
                for command in self.early.take().unwrap_or_default() {
                    self.command(command);
                }
            }
            Event::HistoryLoaded(id, history) => self.history_loaded(id, history),
            Event::PagesLoaded(id, pages) => self.pages_loaded(id, pages),
            Event::Reached(id, result) => self.reached(id, result),
            Event::MayReach(id) => self.may_reach(id),
            Event::PathsLearnt(id, url, paths) => self.paths_learnt(id, &url, paths),
            Event::Tested(result) => self.was_tested(result),
            Event::KeyNotKept(problem) => self.notice(NoticeKind::Info, problem, None),
            Event::Paced(task, until) => self.paced(task, until),
            Event::Pausing(id, until) => drop(self.state.pauses.insert(id, until)),
            Event::Posting(task, at_ms) => self.posting(task, at_ms),
            Event::Posted(task, result) => self.posted(task, result),
            Event::SomeCame(task, pages) => self.some_came(task, pages),
            Event::SomeRead(task, done, total) => self.some_read(task, done, total),
            Event::Polled(task, result) => self.polled(task, result),
            Event::DeletedThere(task, result) => self.deleted_there(task, result),
            Event::Pushed(task, result) => self.pushed(task, result),
            Event::ModelTold(at, order, result) => self.model_told(at, order, result),
            Event::Teaching(task, ids) => self.teaching(task, ids),
            Event::TrainingAsked(task) => self.training_asked(task),
            Event::Taught(task, id, result) => self.taught(task, id, result),
            Event::Forgot(task, id) => self.forgot(task, id),
            Event::Training(task, model) => self.training(task, *model),
            Event::Trained(task, result) => self.trained(task, result.map(|model| *model)),
            Event::LookedFor(task, result) => self.looked_for(task, result),
            Event::Imported(task, result) => self.imported(task, result),
            Event::Picked(paths, options) => self.with(options, |core| core.add_paths(paths)),
            Event::ExportingPdfs(task, done, total) => {
                if let Some(Task::ExportPdfs(so_far, in_all)) = self.tasks.get_mut(&task) {
                    (*so_far, *in_all) = (done, total);
                }
            }
            Event::PdfsExported(task, result) => self.pdfs_exported(task, result),
            Event::AnnotationsRead(all, problems) => self.annotations_read(all, problems),
            Event::TrailRead(id, entries) => self.state.trail = Some((id, entries)),
            Event::Exported(Ok((path, count))) => {
                let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                self.info(format!("{} exported to {name}", counted(count, "document")), None);
            }
            Event::Exported(Err(problem)) | Event::NotSaved(problem) | Event::NoDialog(problem) => {
                self.problem(problem, None);
            }
            Event::Mended(problem) => {
                self.write_again();
                self.problem(problem, None);
            }
            Event::Saved(count) => self.saved(count),
            Event::SavingFails(problem) => {
                self.state.saving = Saving::Fails(problem.clone());
                self.problem(problem, None);
            }
            Event::Found(task, files) => self.found(task, files),
            Event::FoundAll(task, problems) => self.found_all(task, problems),
            Event::Fetching(task, bytes, total) => self.fetching(task, bytes, total),
            Event::Fetched(task, result) => self.fetched(task, result),
            Event::Opened(task, result) => self.opened(task, result),
            Event::Changed(id, difference) => self.differs(id, difference),
            Event::Sent(task, sent, total) => self.sent(task, sent, total),
            Event::Read(task, result) => self.read(task, result),
            Event::BoxRead(task, result) => self.box_read(task, result),
            Event::Words(task, result) => self.words(task, result),
            Event::HandedOver(commands) => {
                self.is_handing_over = true;
                for command in commands {
                    match &mut self.early {
                        Some(early) => early.push(command),
                        None => self.command(command),
                    }
                }
                self.is_handing_over = false;
                self.effects.push(Effect::Raise);
            }
        }
    }

    /// Takes in what came of a job, and says what is to be done now.
    #[cfg(test)]
    pub(super) fn apply(&mut self, event: Event) -> Vec<Job> {
        self.take_in(event);
        self.settle()
    }

    /// What only the window can do.
    pub(super) fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Do(action) => self.act(action),
            Command::AddPaths(paths) => self.add_paths(paths),
            Command::AddText(text) => self.add_text(&text),
            Command::SendText(text) => self.send_text(&text),
            Command::With(options, command) => self.with(*options, |core| core.command(*command)),
            Command::Open(id) => {
                self.state.selected_documents.clear();
                self.open(id);
            }
            Command::SelectDocuments(mut ids) => {
                ids.retain(|id| self.papers.contains_key(id));
                self.state.selected_documents = ids;
            }
            Command::Decide(ids, standing) => self.decide(&ids, standing),
            Command::Remove(ids) => self.ask_to_remove(ids),
            Command::AnswerRemoval(yes) => {
                let asked = self.state.removal.take().filter(|_| yes);
                self.remove(asked.into_iter().flat_map(|removal| removal.documents));
            }
            Command::DeleteThere(id) => self.delete_there(id),
            Command::PushAgain(ids) => self.push_again(ids),
            Command::Retry(ids) => self.retry(ids),
            Command::GivePassword(id, password) => self.unlock(id, password),
            Command::Select(target) => self.select(target),
            Command::SeePage(page) | Command::GoToPage(page) => self.see_page(page),
            Command::Mark(target) => self.mark(target),
            Command::StepCell(down, right, extends) => self.step_cell(down, right, extends),
            Command::SetRect(target, rect) => self.set_rect(&target, rect),
            Command::AddField(page, rect, label) => self.add_field(page, rect, label),
            Command::AddTable(page, rect, label) => self.add_table(page, rect, label),
            Command::TypeValue(label, text) => self.type_value(label, text),
            Command::SetLabel(label) => self.set_label(&label),
            Command::Reshape(reshape) => self.reshape(reshape),
            Command::SayAbsent(label) => self.say_label_absent(label),
            Command::SetReviewer(name) => name.trim().clone_into(&mut self.state.reviewer),
            Command::SetText(id, target, text) => self.set_text(id, &target, &text),
            Command::SetThreshold(threshold) => self.state.view.threshold = threshold.into(),
            Command::SetRule(label, rule) => self.set_rule(label, rule.map(|rule| *rule)),
            Command::CheckSure(percent) => {
                self.state.view.checked_percent = percent.min(100);
                self.stale.extend(self.papers.keys());
            }
            Command::SetKeys(keys) => self.state.view.keys = *keys,
            Command::TrustScoreless(trusts) => self.state.view.trusts_scoreless = trusts,
            Command::ChooseConnection(id) => self.choose_connection(id),
            Command::ChooseModel(id, model) => self.choose_model(id, &model),
            Command::SaveAccount(account, key) => self.save_account(*account, key.as_deref()),
            Command::RemoveAccount(id) => self.remove_account(id),
            Command::TestAccount(account, key) => self.test_account(*account, key.as_deref()),
            Command::Model(at, command) => self.model_command(at, *command),
            Command::Export(what, of, columns) => self.export(what, &of, columns),
            Command::ImportAnnotations(paths) => self.jobs.push(Job::ReadAnnotations(paths)),
            Command::ExtendSelection(forward) => self.extend_selection(forward),
            Command::NameAsked => self.state.view.name_asked = true,
            Command::TypeAtOnce(types) => self.state.view.types_at_once = types,
            Command::Listed(ids) => self.listed = ids,
            // The screen has taken that already.
            Command::TypeLabel(_) => {}
            Command::AcceptSure(ids) => self.accept_sure(&ids),
            Command::LearnAtOnce(learns) => self.state.view.learns_at_once = learns,
            Command::Import(id, what) => self.import(id, what),
            Command::ReadWith(id, options) => self.read_with(id, options),
            Command::SetTheme(theme) => self.state.view.theme = theme,
            Command::Cancel(activity) => self.cancel(activity),
            Command::CancelDocuments(ids) => self.cancel_documents(ids),
            Command::Dismiss(number) => self.state.notices.retain(|notice| notice.number != number),
            Command::NeedWords => self.need_words(),
            Command::CopyText(text) => self.effects.push(Effect::CopyText(text)),
        }
    }

    fn act(&mut self, action: Action) {
        let view = &mut self.state.view;
        match action {
            Action::AddFiles => self.jobs.push(Job::PickFiles(self.folder.clone(), self.options.clone())),
            Action::AddFolder => self.jobs.push(Job::PickFolder(self.folder.clone(), self.options.clone())),
            Action::RemoveDocument => self.ask_to_remove(self.state.meant_documents()),
            Action::RemoveAll => self.ask_to_remove(self.state.documents.iter().map(|d| d.id).collect()),
            Action::Retry => self.retry(self.state.meant_documents()),
            Action::RetryAllFailed => self.retry_failed(),
            Action::CancelAll => self.cancel_all(),
            Action::PauseReading => self.state.is_paused = !self.state.is_paused,
            Action::NextDocument => self.step_document(true),
            Action::PreviousDocument => self.step_document(false),
            Action::NextPage => self.step_page(1),
            Action::PreviousPage => self.step_page(-1),
            Action::FirstPage => self.see_page(0),
            Action::LastPage => self.see_page(u32::MAX),
            Action::NextField => self.step_field(true),
            Action::PreviousField => self.step_field(false),
            Action::NextProblem => self.next_problem(),
            Action::Accept => self.accept(),
            Action::TakeReread => self.take_reread(),
            Action::DeleteValue => self.delete_value(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Approve => self.decide(&self.state.meant_documents(), Standing::Approved),
            Action::Reject => self.decide(&self.state.meant_documents(), Standing::Rejected),
            Action::History => {
                self.state.trail = None;
                self.jobs.extend(self.state.open.map(|open| Job::ReadTrail(open.document)));
            }
            Action::AcceptSure => self.accept_sure(&self.state.meant_documents()),
            Action::ApproveSure => self.approve_sure(),
            Action::NotThere => self.say_absent(),
            Action::JoinValues => self.join_values(),
            Action::InsertRowAbove => self.reshape(Reshape::Before(Axis::Rows)),
            Action::InsertRowBelow => self.reshape(Reshape::Behind(Axis::Rows)),
            Action::InsertColumnLeft => self.reshape(Reshape::Before(Axis::Columns)),
            Action::InsertColumnRight => self.reshape(Reshape::Behind(Axis::Columns)),
            Action::DeleteRows => self.reshape(Reshape::Remove(Axis::Rows)),
            Action::DeleteColumns => self.reshape(Reshape::Remove(Axis::Columns)),
            Action::MoveRowUp => self.reshape(Reshape::Back(Axis::Rows)),
            Action::MoveRowDown => self.reshape(Reshape::On(Axis::Rows)),
            Action::MoveColumnLeft => self.reshape(Reshape::Back(Axis::Columns)),
            Action::MoveColumnRight => self.reshape(Reshape::On(Axis::Columns)),
            Action::MergeCells => self.reshape(Reshape::Merge),
            Action::SplitCell => self.reshape(Reshape::Split),
            Action::HeadWithRow => self.reshape(Reshape::HeadWith),
            Action::HeadLess => self.reshape(Reshape::HeadLess),
            Action::JoinTable => self.join_table(),
            Action::LargerText => view.text_percent = (view.text_percent + 10).min(200),
            Action::SmallerText => view.text_percent = view.text_percent.saturating_sub(10).max(70),
            Action::ImportAnnotations => self.jobs.push(Job::PickAnnotations(self.folder.clone())),
            Action::ClearSelection if self.state.selection.is_none() => self.state.selected_documents.clear(),
            Action::ClearSelection => self.select(None),
            Action::ToggleContinuous => view.continuous = !view.continuous,
            Action::ToggleWorstFirst => view.worst_first = !view.worst_first,
            Action::ToggleWords => view.words = !view.words,
            Action::ToggleFields => view.fields = !view.fields,
            Action::ToggleTables => view.tables = !view.tables,
            Action::ToggleDocuments => view.documents_panel = !view.documents_panel,
            Action::ToggleInspector => view.inspector_panel = !view.inspector_panel,
            Action::ToggleThumbnails => view.thumbnails = !view.thumbnails,
            // Only the window knows what the system's theme is; it sends `SetTheme` itself where that counts.
            Action::ToggleTheme => {
                view.theme = if view.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
            }
            Action::CopyPageText => self.copy_page_text(),
            Action::ShowProblems => self.effects.push(Effect::ShowProblems),
            Action::Quit => self.effects.push(Effect::Quit),
            // These are the window's own: its view, its dialogs, its clipboard.
            Action::PastePaths
            | Action::EditValue
            | Action::ZoomIn
            | Action::ZoomOut
            | Action::FitWidth
            | Action::FitPage
            | Action::ActualSize
            | Action::RotateView
            | Action::Copy
            | Action::SelectAllText
            | Action::FocusControls
            | Action::CommandPalette
            | Action::AddAddresses
            | Action::AddWith
            | Action::DeleteThere
            | Action::Find
            | Action::FillMissing
            | Action::DrawField
            | Action::DrawTable
            | Action::ChangeLabel
            | Action::NameColumn
            | Action::Rules
            | Action::ImportDocuments
            | Action::RetryWith
            | Action::Connections
            | Action::Models
            | Action::Export
            | Action::ShowRequests
            | Action::Settings
            | Action::AcceptSureListed
            | Action::SelectNextDocument
            | Action::SelectPreviousDocument
            | Action::SelectAllDocuments
            | Action::CopyDocument
            | Action::KeySheet
            | Action::About => {}
        }
    }

    /// After every change: starts what can be started, lists what runs, saves what is new.
    pub(super) fn settle(&mut self) -> Vec<Job> {
        if self.early.is_none() {
            self.start_openings();
            self.start_readings();
            self.start_remote();
            self.start_pushes();
            self.start_teachings();
            self.settle_review();
            self.look_ahead();
            self.list_activities();
            self.save();
            self.state.revision += 1;
            self.jobs.append(&mut self.after_saving);
        }
        std::mem::take(&mut self.jobs)
    }

    fn next_task(&mut self) -> TaskId {
        self.last_task += 1;
        TaskId(self.last_task)
    }

    fn start(&mut self, task: Task, job: impl FnOnce(TaskId) -> Job) -> TaskId {
        let id = self.next_task();
        self.tasks.insert(id, task);
        self.jobs.push(job(id));
        id
    }

    fn stop(&mut self, task: TaskId) {
        if self.tasks.remove(&task).is_some() {
            self.jobs.push(Job::Stop(task));
        }
    }

    fn change(&mut self, change: Change) {
        self.saves += 1;
        if self.state.saving == Saving::Saved {
            self.state.saving = Saving::Saving;
        }
        self.jobs.push(Job::Save(change));
    }

    fn keep(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.change(change);
        }
    }

    /// So many changes are on the disk.
    pub(super) fn saved(&mut self, count: u64) {
        if !matches!(self.state.saving, Saving::Unkept(_)) {
            self.state.saving = if count >= self.saves { Saving::Saved } else { Saving::Saving };
        }
    }
}

#[cfg(test)]
mod tests;
