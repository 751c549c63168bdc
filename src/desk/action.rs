//! The one list of everything a person can ask for without naming a thing: menu, palette, keys and buttons all use it.

use super::shortcut::{Key, Shortcut, alt, ctrl, ctrl_shift, plain, shift};
use serde::{Deserialize, Serialize};

/// An action: it has a name, an explanation and mostly a key, and works on what is open or selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Action {
    /// Pick files to add.
    AddFiles,
    /// Pick a folder to add.
    AddFolder,
    /// Add the paths or addresses that the clipboard holds.
    PastePaths,
    /// Write addresses to add, one a line.
    AddAddresses,
    /// Choose pages, language and words of one's own for what is added next.
    AddWith,
    /// Put on the desk what a service has read already.
    ImportDocuments,
    /// Take the open document off the desk, or the selected ones.
    RemoveDocument,
    /// Take every document off the desk.
    RemoveAll,
    /// Delete the open document at the service elsewhere that has it.
    DeleteThere,
    /// Read the open document again, or the selected ones.
    Retry,
    /// Read the open document again: some pages only, or with a hint.
    RetryWith,
    /// Read every document that failed again.
    RetryAllFailed,
    /// Stop everything that runs.
    CancelAll,
    /// Read no further document until it is asked for again.
    PauseReading,
    /// Choose who reads: the services, their keys and models.
    Connections,
    /// Make, teach and compare models.
    Models,
    /// Show what was asked of services.
    ShowRequests,
    /// Open the settings.
    Settings,
    /// Open the next document.
    NextDocument,
    /// Open the document before.
    PreviousDocument,
    /// Select the next document of the list too, or let the last one go.
    SelectNextDocument,
    /// Select the one before too, or let the last one go.
    SelectPreviousDocument,
    /// Select every document of the list.
    SelectAllDocuments,
    /// Go a page on.
    NextPage,
    /// Go a page back.
    PreviousPage,
    /// Go to the first page.
    FirstPage,
    /// Go to the last page.
    LastPage,
    /// Select the next field or table.
    NextField,
    /// Select the field or table before.
    PreviousField,
    /// Select the next value that needs a look.
    NextProblem,
    /// Say that the selected value is right, and go to the next that needs a look.
    Accept,
    /// Take what was said when the page was read again in place of the selected value or table.
    TakeReread,
    /// Write into the selected value.
    EditValue,
    /// Take the selected value out of the document.
    DeleteValue,
    /// Take the last change of the open document back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// Say that all of the open document is right, or of the selected ones, or take that back.
    Approve,
    /// Say that the open document is of no use, or the selected ones, or take that back.
    Reject,
    /// Confirm all values of the open document that need no look, or of the selected ones.
    AcceptSure,
    /// Confirm all values of the listed documents that need no look.
    AcceptSureListed,
    /// Say that the selected value is not on the document.
    NotThere,
    /// Approve every document that has nothing to look at, of the selected ones where there are some.
    ApproveSure,
    /// Type the values that are missing, one after the other.
    FillMissing,
    /// Draw the box of a new value.
    DrawField,
    /// Make one value of the selected ones.
    JoinValues,
    /// Draw a table over a part of the page and have it read.
    DrawTable,
    /// Say what the selected value or column is.
    ChangeLabel,
    /// Say what is expected of the values of each label.
    Rules,
    /// Show who changed what in the open document.
    History,
    /// Put a row in above the selected cell.
    InsertRowAbove,
    /// Put a row in below it.
    InsertRowBelow,
    /// Put a column in left of it.
    InsertColumnLeft,
    /// Put a column in right of it.
    InsertColumnRight,
    /// Take the rows of the selected cells out.
    DeleteRows,
    /// Take their columns out.
    DeleteColumns,
    /// Move their rows up.
    MoveRowUp,
    /// Move their rows down.
    MoveRowDown,
    /// Move their columns to the left.
    MoveColumnLeft,
    /// Move their columns to the right.
    MoveColumnRight,
    /// Make one cell of the selected ones.
    MergeCells,
    /// Part the selected cell.
    SplitCell,
    /// Say what the column of the selected cell is called.
    NameColumn,
    /// The rows down to the selected one are the headings of its table.
    HeadWithRow,
    /// The headings of the selected table are a row of values.
    HeadLess,
    /// Let the selected table go on from the one of the page before, or no more.
    JoinTable,
    /// Write values, tables, annotations or searchable PDFs to files.
    Export,
    /// Take over annotations that another program made.
    ImportAnnotations,
    /// Find documents by what they say.
    Find,
    /// Go through values worst first, over all documents, or document by document.
    ToggleWorstFirst,
    /// Select nothing: first no value, then no further documents.
    ClearSelection,
    /// Zoom in at the centre.
    ZoomIn,
    /// Zoom out at the centre.
    ZoomOut,
    /// Fit the page's width.
    FitWidth,
    /// Fit the whole page.
    FitPage,
    /// One page pixel is one screen pixel.
    ActualSize,
    /// Turn the view clockwise.
    RotateView,
    /// Switch between continuous pages and a single page.
    ToggleContinuous,
    /// Show or hide the words' boxes.
    ToggleWords,
    /// Show or hide the fields' boxes.
    ToggleFields,
    /// Show or hide the tables' grids.
    ToggleTables,
    /// Copy the selected text or value.
    Copy,
    /// Copy all values and tables of the open document.
    CopyDocument,
    /// Copy all text of the page.
    CopyPageText,
    /// Select all text of the page.
    SelectAllText,
    /// Show or hide the list of documents.
    ToggleDocuments,
    /// Show or hide the fields.
    ToggleInspector,
    /// Show or hide the page thumbnails.
    ToggleThumbnails,
    /// Switch between light and dark.
    ToggleTheme,
    /// Give the keyboard to the first control, or take it back to the page.
    FocusControls,
    /// Open the command palette.
    CommandPalette,
    /// Open the sheet of all keys.
    KeySheet,
    /// Open the list of problems.
    ShowProblems,
    /// Make all text of the window larger.
    LargerText,
    /// Make it smaller.
    SmallerText,
    /// Say which version this is and whose work it holds.
    About,
    /// End the program.
    Quit,
}

impl Action {
    /// Every action, in the order of the menu and the sheet of keys.
    pub const ALL: &[Self] = &[
        Self::AddFiles,
        Self::AddFolder,
        Self::PastePaths,
        Self::AddAddresses,
        Self::AddWith,
        Self::ImportDocuments,
        Self::RemoveDocument,
        Self::RemoveAll,
        Self::DeleteThere,
        Self::Retry,
        Self::RetryWith,
        Self::RetryAllFailed,
        Self::CancelAll,
        Self::PauseReading,
        Self::Connections,
        Self::Models,
        Self::ShowRequests,
        Self::Settings,
        Self::Quit,
        Self::NextDocument,
        Self::PreviousDocument,
        Self::SelectNextDocument,
        Self::SelectPreviousDocument,
        Self::SelectAllDocuments,
        Self::NextPage,
        Self::PreviousPage,
        Self::FirstPage,
        Self::LastPage,
        Self::NextField,
        Self::PreviousField,
        Self::NextProblem,
        Self::Accept,
        Self::TakeReread,
        Self::EditValue,
        Self::DeleteValue,
        Self::Undo,
        Self::Redo,
        Self::Approve,
        Self::Reject,
        Self::AcceptSure,
        Self::AcceptSureListed,
        Self::NotThere,
        Self::ApproveSure,
        Self::FillMissing,
        Self::DrawField,
        Self::JoinValues,
        Self::DrawTable,
        Self::ChangeLabel,
        Self::Rules,
        Self::History,
        Self::InsertRowAbove,
        Self::InsertRowBelow,
        Self::InsertColumnLeft,
        Self::InsertColumnRight,
        Self::DeleteRows,
        Self::DeleteColumns,
        Self::MoveRowUp,
        Self::MoveRowDown,
        Self::MoveColumnLeft,
        Self::MoveColumnRight,
        Self::MergeCells,
        Self::SplitCell,
        Self::NameColumn,
        Self::HeadWithRow,
        Self::HeadLess,
        Self::JoinTable,
        Self::Export,
        Self::ImportAnnotations,
        Self::Find,
        Self::ToggleWorstFirst,
        Self::ClearSelection,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::FitWidth,
        Self::FitPage,
        Self::ActualSize,
        Self::RotateView,
        Self::ToggleContinuous,
        Self::ToggleFields,
        Self::ToggleTables,
        Self::ToggleWords,
        Self::Copy,
        Self::CopyDocument,
        Self::CopyPageText,
        Self::SelectAllText,
        Self::ToggleDocuments,
        Self::ToggleInspector,
        Self::ToggleThumbnails,
        Self::ToggleTheme,
        Self::LargerText,
        Self::SmallerText,
        Self::FocusControls,
        Self::CommandPalette,
        Self::KeySheet,
        Self::ShowProblems,
        Self::About,
    ];

    /// Its name in menus and the palette: sentence case, `…` where more input follows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AddFiles => "Add documents…",
            Self::AddFolder => "Add a folder…",
            Self::PastePaths => "Add from clipboard",
            Self::AddAddresses => "Add from the web…",
            Self::AddWith => "Add with options…",
            Self::ImportDocuments => "Get from a service…",
            Self::RemoveDocument => "Remove document",
            Self::RemoveAll => "Remove all documents",
            Self::Retry => "Read again",
            Self::RetryWith => "Read again with options…",
            Self::RetryAllFailed => "Read all failed again",
            Self::DeleteThere => "Delete at its service…",
            Self::CancelAll => "Cancel everything that runs",
            Self::PauseReading => "Pause reading",
            Self::Connections => "Connections and models…",
            Self::Models => "Models and training…",
            Self::ShowRequests => "Log of requests",
            Self::Settings => "Settings",
            Self::NextDocument => "Next document",
            Self::PreviousDocument => "Previous document",
            Self::SelectNextDocument => "Select next document too",
            Self::SelectPreviousDocument => "Select previous document too",
            Self::SelectAllDocuments => "Select all documents of the list",
            Self::NextPage => "Next page",
            Self::PreviousPage => "Previous page",
            Self::FirstPage => "First page",
            Self::LastPage => "Last page",
            Self::NextField => "Next field",
            Self::PreviousField => "Previous field",
            Self::NextProblem => "Next value to look at",
            Self::Accept => "Accept value",
            Self::TakeReread => "Take what was read again",
            Self::EditValue => "Edit value",
            Self::DeleteValue => "Delete value",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::Approve => "Approve document",
            Self::Reject => "Reject document",
            Self::AcceptSure => "Accept all sure values",
            Self::AcceptSureListed => "Accept all sure values of the list",
            Self::NotThere => "Not on this document",
            Self::ApproveSure => "Approve all without problems",
            Self::FillMissing => "Type missing values",
            Self::DrawField => "Draw a value",
            Self::JoinValues => "Join values",
            Self::DrawTable => "Draw a table",
            Self::ChangeLabel => "Change label…",
            Self::Rules => "Labels and rules…",
            Self::History => "History of the document",
            Self::InsertRowAbove => "Insert row above",
            Self::InsertRowBelow => "Insert row below",
            Self::InsertColumnLeft => "Insert column left",
            Self::InsertColumnRight => "Insert column right",
            Self::DeleteRows => "Delete row",
            Self::DeleteColumns => "Delete column",
            Self::MoveRowUp => "Move row up",
            Self::MoveRowDown => "Move row down",
            Self::MoveColumnLeft => "Move column left",
            Self::MoveColumnRight => "Move column right",
            Self::MergeCells => "Merge cells",
            Self::SplitCell => "Split cell",
            Self::NameColumn => "Name the column…",
            Self::HeadWithRow => "Rows down to here are headings",
            Self::HeadLess => "Headings are a row of values",
            Self::JoinTable => "Join with the table before",
            Self::Export => "Export…",
            Self::ImportAnnotations => "Import annotations…",
            Self::Find => "Find documents",
            Self::ToggleWorstFirst => "Worst values first",
            Self::ClearSelection => "Clear selection",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::FitWidth => "Fit width",
            Self::FitPage => "Fit page",
            Self::ActualSize => "Zoom to 100 %",
            Self::RotateView => "Rotate view",
            Self::ToggleContinuous => "Continuous pages",
            Self::ToggleWords => "Show words",
            Self::ToggleFields => "Show fields",
            Self::ToggleTables => "Show tables",
            Self::Copy => "Copy",
            Self::CopyDocument => "Copy all values",
            Self::CopyPageText => "Copy page text",
            Self::SelectAllText => "Select all text",
            Self::ToggleDocuments => "Show documents",
            Self::ToggleInspector => "Show inspector",
            Self::ToggleThumbnails => "Show page thumbnails",
            Self::ToggleTheme => "Switch light and dark",
            Self::LargerText => "Larger text",
            Self::SmallerText => "Smaller text",
            Self::FocusControls => "Keyboard to the controls",
            Self::CommandPalette => "All commands…",
            Self::KeySheet => "Keyboard shortcuts",
            Self::ShowProblems => "Show problems",
            Self::About => "About Proofdesk",
            Self::Quit => "Quit",
        }
    }

    /// The keys that ask for it by default; the first is the one that is shown.
    pub const fn shortcuts(self) -> &'static [Shortcut] {
        match self {
            Self::AddFiles => const { &[ctrl(Key::O)] },
            Self::AddFolder => const { &[ctrl_shift(Key::O)] },
            Self::AddAddresses => const { &[ctrl_shift(Key::U)] },
            Self::AddWith => const { &[alt(Key::O)] },
            Self::ImportDocuments => const { &[ctrl(Key::G)] },
            Self::Connections => const { &[ctrl_shift(Key::N)] },
            Self::Models => const { &[ctrl(Key::T)] },
            Self::RemoveDocument => const { &[ctrl(Key::Delete)] },
            Self::Retry => const { &[ctrl(Key::R)] },
            Self::NextDocument => const { &[ctrl(Key::ArrowDown)] },
            Self::Settings => const { &[ctrl(Key::Comma)] },
            Self::PreviousDocument => const { &[ctrl(Key::ArrowUp)] },
            Self::SelectNextDocument => const { &[ctrl_shift(Key::ArrowDown)] },
            Self::SelectPreviousDocument => const { &[ctrl_shift(Key::ArrowUp)] },
            Self::SelectAllDocuments => const { &[alt(Key::A)] },
            Self::NextPage => const { &[plain(Key::PageDown)] },
            Self::PreviousPage => const { &[plain(Key::PageUp)] },
            Self::FirstPage => const { &[plain(Key::Home)] },
            Self::LastPage => const { &[plain(Key::End)] },
            Self::NextField => const { &[plain(Key::Tab)] },
            Self::PreviousField => const { &[shift(Key::Tab)] },
            Self::NextProblem => const { &[plain(Key::F3)] },
            Self::Accept => const { &[plain(Key::Enter)] },
            Self::TakeReread => const { &[alt(Key::Enter)] },
            Self::EditValue => const { &[plain(Key::F2)] },
            Self::DeleteValue => const { &[plain(Key::Delete)] },
            Self::AcceptSure => const { &[ctrl_shift(Key::A)] },
            Self::NotThere => const { &[shift(Key::Delete)] },
            Self::FillMissing => const { &[plain(Key::M)] },
            Self::DrawField => const { &[plain(Key::N)] },
            Self::JoinValues => const { &[ctrl(Key::J)] },
            Self::DrawTable => const { &[shift(Key::N)] },
            Self::ChangeLabel => const { &[plain(Key::L)] },
            Self::Rules => const { &[ctrl(Key::L)] },
            Self::History => const { &[ctrl(Key::H)] },
            Self::MoveRowUp => const { &[alt(Key::ArrowUp)] },
            Self::MoveRowDown => const { &[alt(Key::ArrowDown)] },
            Self::MoveColumnLeft => const { &[alt(Key::ArrowLeft)] },
            Self::MoveColumnRight => const { &[alt(Key::ArrowRight)] },
            Self::MergeCells => const { &[ctrl(Key::M)] },
            Self::SplitCell => const { &[ctrl_shift(Key::M)] },
            Self::NameColumn => const { &[ctrl_shift(Key::L)] },
            Self::HeadWithRow => const { &[ctrl_shift(Key::H)] },
            Self::JoinTable => const { &[ctrl_shift(Key::J)] },
            Self::Export => const { &[ctrl(Key::E)] },
            Self::ImportAnnotations => const { &[ctrl_shift(Key::I)] },
            Self::Undo => const { &[ctrl(Key::Z)] },
            Self::Redo => const { &[ctrl_shift(Key::Z), ctrl(Key::Y)] },
            Self::Approve => const { &[ctrl(Key::Enter)] },
            Self::Reject => const { &[ctrl_shift(Key::Enter)] },
            Self::Find => const { &[ctrl(Key::F)] },
            Self::ClearSelection => const { &[plain(Key::Escape)] },
            Self::LargerText => const { &[alt(Key::Plus)] },
            Self::SmallerText => const { &[alt(Key::Minus)] },
            Self::ZoomIn => const { &[ctrl(Key::Plus), plain(Key::Plus)] },
            Self::ZoomOut => const { &[ctrl(Key::Minus), plain(Key::Minus)] },
            Self::FitWidth => const { &[ctrl(Key::Num2)] },
            Self::FitPage => const { &[ctrl(Key::Num0)] },
            Self::ActualSize => const { &[ctrl(Key::Num1)] },
            Self::RotateView => const { &[ctrl_shift(Key::R)] },
            Self::ToggleContinuous => const { &[ctrl_shift(Key::C)] },
            Self::ToggleWords => const { &[plain(Key::W)] },
            Self::ToggleFields => const { &[plain(Key::F)] },
            Self::ToggleTables => const { &[plain(Key::T)] },
            Self::Copy => const { &[ctrl(Key::C)] },
            Self::CopyDocument => const { &[alt(Key::C)] },
            Self::SelectAllText => const { &[ctrl(Key::A)] },
            Self::ToggleDocuments => const { &[ctrl(Key::B)] },
            Self::ToggleInspector => const { &[ctrl(Key::I)] },
            Self::ToggleThumbnails => const { &[ctrl_shift(Key::T)] },
            Self::ToggleTheme => const { &[ctrl_shift(Key::D)] },
            Self::FocusControls => const { &[plain(Key::F6)] },
            Self::CommandPalette => const { &[ctrl(Key::K), ctrl_shift(Key::P)] },
            Self::KeySheet => const { &[plain(Key::F1), plain(Key::Questionmark)] },
            Self::Quit => const { &[ctrl(Key::Q)] },
            Self::PastePaths
            | Self::AcceptSureListed
            | Self::ApproveSure
            | Self::HeadLess
            | Self::InsertRowAbove
            | Self::InsertRowBelow
            | Self::InsertColumnLeft
            | Self::InsertColumnRight
            | Self::DeleteRows
            | Self::DeleteColumns
            | Self::ToggleWorstFirst
            | Self::RetryWith
            | Self::RemoveAll
            | Self::DeleteThere
            | Self::RetryAllFailed
            | Self::CancelAll
            | Self::PauseReading
            | Self::ShowRequests
            | Self::CopyPageText
            | Self::ShowProblems
            | Self::About => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn no_key_asks_for_two_things() {
        let mut owners = BTreeMap::new();
        for action in Action::ALL {
            for shortcut in action.shortcuts() {
                assert_eq!(owners.insert(*shortcut, *action), None, "{shortcut:?} of {action:?} is taken");
            }
        }
    }

    #[test]
    fn every_action_is_listed_once_and_has_a_name_of_its_own() {
        let actions: std::collections::BTreeSet<_> = Action::ALL.iter().collect();
        let labels: std::collections::BTreeSet<_> = Action::ALL.iter().map(|a| a.label()).collect();
        assert_eq!(actions.len(), Action::ALL.len());
        assert_eq!(labels.len(), Action::ALL.len());
    }
}
