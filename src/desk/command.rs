//! What the window can ask of the desk.

use super::{Account, Action, ActivityId, ConnectionId, DocumentId, Import, ReadOptions, Target, Theme};
use std::cell::RefCell;
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
    /// Show this document.
    Open(DocumentId),
    /// Take these off the desk.
    Remove(Vec<DocumentId>),
    /// Read these again.
    Retry(Vec<DocumentId>),
    /// The password of an encrypted document.
    GivePassword(DocumentId, String),
    /// Select a field, table or cell; `None` selects nothing. The view glides there where `Command` comes from a list.
    Select(Option<Target>),
    /// The page that is mostly in view, from 0; sent by the canvas as it scrolls.
    SeePage(u32),
    /// What a person says a field or cell reads.
    SetText(Target, String),
    /// Go to a page, from 0.
    GoToPage(u32),
    /// Values below this score, 0 to 1, need a look.
    SetThreshold(f32),
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

/// Without passwords and without text, which may be a document's.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Do(action) => write!(f, "Do({action:?})"),
            Self::AddPaths(paths) => write!(f, "AddPaths({paths:?})"),
            Self::AddText(text) => write!(f, "AddText({} bytes)", text.len()),
            Self::SendText(text) => write!(f, "SendText({} bytes)", text.len()),
            Self::Open(id) => write!(f, "Open({id:?})"),
            Self::Remove(ids) => write!(f, "Remove({ids:?})"),
            Self::Retry(ids) => write!(f, "Retry({ids:?})"),
            Self::GivePassword(id, _) => write!(f, "GivePassword({id:?}, …)"),
            Self::Select(target) => write!(f, "Select({target:?})"),
            Self::SeePage(page) => write!(f, "SeePage({page})"),
            Self::SetText(target, text) => write!(f, "SetText({target:?}, {} bytes)", text.len()),
            Self::GoToPage(page) => write!(f, "GoToPage({page})"),
            Self::SetThreshold(threshold) => write!(f, "SetThreshold({threshold})"),
            Self::ChooseConnection(id) => write!(f, "ChooseConnection({id:?})"),
            Self::ChooseModel(id, model) => write!(f, "ChooseModel({id:?}, {model})"),
            Self::SaveAccount(account, _) => write!(f, "SaveAccount({:?}, …)", account.id),
            Self::RemoveAccount(id) => write!(f, "RemoveAccount({id:?})"),
            Self::TestAccount(account, _) => write!(f, "TestAccount({:?}, …)", account.id),
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
