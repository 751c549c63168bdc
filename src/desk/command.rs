//! What the window can ask of the desk.

use super::{
    Account, Action, ActivityId, ConnectionId, DocumentId, ExportColumns, ExportOf, ExportWhat, Import, KeyMap,
    ModelCommand, ReadOptions, Rule, Target, Theme,
};
use crate::document::{Axis, PageRect, Standing};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// One thing asked of the desk. Widgets push these and never act themselves.
#[derive(Clone, PartialEq)]
pub enum Command {
    /// Something from the list of actions.
    Do(Action),
    /// Put these files and what these folders hold on the desk and read them. Sent by dialog, drop, paste, start.
    AddPaths(Vec<PathBuf>),
    /// Text that was pasted or dropped: paths and addresses, one a line.
    AddText(String),
    /// Text with addresses, one a line, that the chosen service is to fetch itself.
    SendText(String),
    /// Do this; what comes on the desk of it is read with these options.
    With(Box<ReadOptions>, Box<Command>),
    /// Show this document.
    Open(DocumentId),
    /// Select these in the list of documents, and no others.
    SelectDocuments(BTreeSet<DocumentId>),
    /// Say this of these documents; where all of them are so already, nothing is said of them any more.
    Decide(Vec<DocumentId>, Standing),
    /// Take these off the desk; where that loses work, a person is asked.
    Remove(Vec<DocumentId>),
    /// Take off the desk what was asked about, or leave it there.
    AnswerRemoval(bool),
    /// Delete this document at the service that has it; it stays on the desk.
    DeleteThere(DocumentId),
    /// Tell the services of these what persons changed, where that failed.
    PushAgain(Vec<DocumentId>),
    /// Read these again.
    Retry(Vec<DocumentId>),
    /// The password of an encrypted document.
    GivePassword(DocumentId, String),
    /// Select a field, table or cell; `None` selects nothing. The view glides there where `Command` comes from a list.
    Select(Option<Target>),
    /// The page that is mostly in view, from 0; sent by the canvas as it scrolls.
    SeePage(u32),
    /// What a person says a field or cell of a document reads.
    SetText(DocumentId, Target, String),
    /// Select a field beside what is selected, or let it go again.
    Mark(Target),
    /// Go from cell to cell of the selected table: rows down, columns to the right; `true` makes a range of the way.
    StepCell(i32, i32, bool),
    /// Where a field stands.
    SetRect(Target, PageRect),
    /// A new field on a page (from 0), at this place, with this label.
    AddField(u32, PageRect, String),
    /// A new table on a page (from 0), at this place, with this label; empty is `table`.
    AddTable(u32, PageRect, String),
    /// A new value with this label that reads so; its place on the open document is looked for.
    TypeValue(String, String),
    /// What the selected fields, table or column are.
    SetLabel(String),
    /// Change rows and columns of the selected table.
    Reshape(Reshape),
    /// Say that the open document has no value of this label.
    SayAbsent(String),
    /// Who reviews.
    SetReviewer(String),
    /// Go to a page, from 0.
    GoToPage(u32),
    /// Values below this score, 0 to 1, need a look.
    SetThreshold(f32),
    /// What is expected of the values of a label; `None` is nothing.
    SetRule(String, Option<Box<Rule>>),
    /// Have so many percent of the sure values checked too.
    CheckSure(u8),
    /// The keys that the person chose.
    SetKeys(Box<KeyMap>),
    /// Take values of a service that gives no scores as sure.
    TrustScoreless(bool),
    /// Have what comes on the desk now read by this service.
    ChooseConnection(ConnectionId),
    /// Have what comes on the desk now read by this service, with this model.
    ChooseModel(ConnectionId, String),
    /// Add an account or change the one of its id, with a new key where one was typed.
    SaveAccount(Box<Account>, Option<String>),
    /// Take an account off the desk, with its key.
    RemoveAccount(ConnectionId),
    /// Ask whether an account would work.
    TestAccount(Box<Account>, Option<String>),
    /// Do something with the models of a service.
    Model(ConnectionId, Box<ModelCommand>),
    /// Export this of these documents, with these columns beside values.
    Export(ExportWhat, ExportOf, ExportColumns),
    /// Take over the annotations in these files.
    ImportAnnotations(Vec<PathBuf>),
    /// Whether models of this computer learn from every approval at once.
    LearnAtOnce(bool),
    /// Select the next field too, or the one before; going back lets go of the last.
    ExtendSelection(bool),
    /// The person said what name stands in the history, or that the system's does.
    NameAsked,
    /// Values that a key brings are ready to be typed into, or are not.
    TypeAtOnce(bool),
    /// A value of this label is typed next, on the open document.
    TypeLabel(String),
    /// A search lists these documents, in their order: the way from one value that needs a look to the next leads through
    /// them only. `None` where nothing is looked for.
    Listed(Option<Vec<DocumentId>>),
    /// Confirm all values of these documents that need no look, a step each.
    AcceptSure(Vec<DocumentId>),
    /// Put on the desk what the chosen model of this service has read already.
    Import(ConnectionId, Import),
    /// Read a document again, with these options from now on.
    ReadWith(DocumentId, ReadOptions),
    /// Light, dark, or as the system is.
    SetTheme(Theme),
    /// Stop one thing that runs.
    Cancel(ActivityId),
    /// Stop fetching and reading these, or take them out of the queue; what was read of them stays.
    CancelDocuments(Vec<DocumentId>),
    /// A notice was read: the one with this number.
    Dismiss(u64),
    /// Fetch the words of the open document, where its service did not send them along.
    NeedWords,
    /// Copy this text to the clipboard.
    CopyText(String),
}

/// What is done to rows and columns of the selected table, at the selected cells.
#[derive(Clone, Debug, PartialEq)]
pub enum Reshape {
    /// A new one before them.
    Before(Axis),
    /// A new one behind them.
    Behind(Axis),
    /// They go.
    Remove(Axis),
    /// They change places with the one before them.
    Back(Axis),
    /// They change places with the one behind them.
    On(Axis),
    /// They become one cell.
    Merge,
    /// The cell is parted again.
    Split,
    /// The rows down to the last of them are headings.
    HeadWith,
    /// The headings become a row of values.
    HeadLess,
    /// The line behind a row or column (from 1) goes to another place on the page, in page pixels.
    MoveEdge(Axis, u32, f32),
    /// Text is written into the cells from the first one on, row by row.
    Paste(Vec<Vec<String>>),
}

/// Without passwords and without text, which may be a document's.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Do(action) => write!(f, "Do({action:?})"),
            Self::AddPaths(paths) => write!(f, "AddPaths({paths:?})"),
            Self::AddText(text) => write!(f, "AddText({} bytes)", text.len()),
            Self::SendText(text) => write!(f, "SendText({} bytes)", text.len()),
            Self::With(_, command) => write!(f, "With(…, {command:?})"),
            Self::Open(id) => write!(f, "Open({id:?})"),
            Self::SelectDocuments(ids) => write!(f, "SelectDocuments({ids:?})"),
            Self::Decide(ids, standing) => write!(f, "Decide({ids:?}, {standing:?})"),
            Self::Remove(ids) => write!(f, "Remove({ids:?})"),
            Self::AnswerRemoval(yes) => write!(f, "AnswerRemoval({yes})"),
            Self::DeleteThere(id) => write!(f, "DeleteThere({id:?})"),
            Self::PushAgain(ids) => write!(f, "PushAgain({ids:?})"),
            Self::Retry(ids) => write!(f, "Retry({ids:?})"),
            Self::GivePassword(id, _) => write!(f, "GivePassword({id:?}, …)"),
            Self::Select(target) => write!(f, "Select({target:?})"),
            Self::SeePage(page) => write!(f, "SeePage({page})"),
            Self::SetText(id, target, text) => write!(f, "SetText({id:?}, {target:?}, {} bytes)", text.len()),
            Self::Mark(target) => write!(f, "Mark({target:?})"),
            Self::StepCell(down, right, extends) => write!(f, "StepCell({down}, {right}, {extends})"),
            Self::SetRect(target, rect) => write!(f, "SetRect({target:?}, {rect:?})"),
            Self::AddField(page, rect, label) => write!(f, "AddField({page}, {rect:?}, {label})"),
            Self::AddTable(page, rect, label) => write!(f, "AddTable({page}, {rect:?}, {label})"),
            Self::TypeValue(label, text) => write!(f, "TypeValue({label}, {} bytes)", text.len()),
            Self::SetLabel(label) => write!(f, "SetLabel({label})"),
            Self::Reshape(Reshape::Paste(rows)) => write!(f, "Reshape(Paste({} rows))", rows.len()),
            Self::Reshape(reshape) => write!(f, "Reshape({reshape:?})"),
            Self::SayAbsent(label) => write!(f, "SayAbsent({label})"),
            Self::SetReviewer(_) => write!(f, "SetReviewer(…)"),
            Self::GoToPage(page) => write!(f, "GoToPage({page})"),
            Self::SetThreshold(threshold) => write!(f, "SetThreshold({threshold})"),
            Self::SetRule(label, rule) => write!(f, "SetRule({label}, {rule:?})"),
            Self::CheckSure(percent) => write!(f, "CheckSure({percent})"),
            Self::SetKeys(keys) => write!(f, "SetKeys({keys:?})"),
            Self::TrustScoreless(trusts) => write!(f, "TrustScoreless({trusts})"),
            Self::ChooseConnection(id) => write!(f, "ChooseConnection({id:?})"),
            Self::ChooseModel(id, model) => write!(f, "ChooseModel({id:?}, {model})"),
            Self::SaveAccount(account, _) => write!(f, "SaveAccount({:?}, …)", account.id),
            Self::RemoveAccount(id) => write!(f, "RemoveAccount({id:?})"),
            Self::TestAccount(account, _) => write!(f, "TestAccount({:?}, …)", account.id),
            Self::Model(id, command) => write!(f, "Model({id:?}, {command:?})"),
            Self::Export(what, of, columns) => write!(f, "Export({what:?}, {of:?}, {columns:?})"),
            Self::ImportAnnotations(paths) => write!(f, "ImportAnnotations({paths:?})"),
            Self::LearnAtOnce(learns) => write!(f, "LearnAtOnce({learns})"),
            Self::ExtendSelection(forward) => write!(f, "ExtendSelection({forward})"),
            Self::NameAsked => write!(f, "NameAsked"),
            Self::TypeAtOnce(types) => write!(f, "TypeAtOnce({types})"),
            Self::TypeLabel(label) => write!(f, "TypeLabel({label})"),
            Self::Listed(ids) => write!(f, "Listed({:?})", ids.as_ref().map(Vec::len)),
            Self::AcceptSure(ids) => write!(f, "AcceptSure({ids:?})"),
            Self::Import(id, what) => write!(f, "Import({id:?}, {what:?})"),
            Self::ReadWith(id, options) => write!(f, "ReadWith({id:?}, {options:?})"),
            Self::SetTheme(theme) => write!(f, "SetTheme({theme:?})"),
            Self::Cancel(activity) => write!(f, "Cancel({activity:?})"),
            Self::CancelDocuments(ids) => write!(f, "CancelDocuments({ids:?})"),
            Self::Dismiss(number) => write!(f, "Dismiss({number})"),
            Self::NeedWords => write!(f, "NeedWords"),
            Self::CopyText(text) => write!(f, "CopyText({} bytes)", text.len()),
        }
    }
}

/// How the view was asked to zoom; kept in the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ZoomTo {
    /// The page's width fills the view.
    Width,
    /// The whole page is in view.
    Page,
    /// Screen pixels a page pixel at 100 %.
    Scale(f32),
}

/// Where widgets push commands; drained by the app shell after each frame.
#[derive(Debug, Default)]
pub struct Commands(RefCell<Vec<Command>>);

impl Commands {
    /// Asks for `command` at the end of this frame.
    pub fn push(&self, command: Command) {
        self.0.borrow_mut().push(command);
    }

    /// Asks for an action.
    pub fn act(&self, action: Action) {
        self.push(Command::Do(action));
    }

    /// Everything that was asked for since the last time, in order.
    pub fn take(&self) -> Vec<Command> {
        self.0.take()
    }
}
