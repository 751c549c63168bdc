//! The menu of everything, and which actions make sense now.

use super::controls::{elided, focus_ring, icon_button_ui, paint_line, paint_line_right, palette};
use super::icons::Icon;
use super::keys::action_keys;
use super::theme;
use crate::desk::{Action, Command, Commands, DeskDocument, DocumentId, DocumentStatus, State, Target, Theme};
use crate::document::{Standing, counted};
use egui::containers::menu::SubMenu;
use egui::{Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::borrow::Cow;

/// The groups of the menu and of the sheet of keys; every action stands in exactly one.
pub(super) const GROUPS: &[(&str, &[Action])] = &[
    (
        "Documents",
        &[
            Action::AddFiles,
            Action::AddFolder,
            Action::PastePaths,
            Action::AddAddresses,
            Action::AddWith,
            Action::ImportDocuments,
            Action::Retry,
            Action::RetryWith,
            Action::RetryAllFailed,
            Action::CancelAll,
            Action::PauseReading,
            Action::RemoveDocument,
            Action::RemoveAll,
            Action::DeleteThere,
        ],
    ),
    (
        "Review",
        &[
            Action::Accept,
            Action::TakeReread,
            Action::EditValue,
            Action::DeleteValue,
            Action::NotThere,
            Action::ChangeLabel,
            Action::FillMissing,
            Action::DrawField,
            Action::JoinValues,
            Action::AcceptSure,
            Action::AcceptSureListed,
            Action::Undo,
            Action::Redo,
            Action::Approve,
            Action::Reject,
            Action::ApproveSure,
            Action::History,
            Action::Rules,
            Action::Export,
            Action::ImportAnnotations,
        ],
    ),
    (
        "Table",
        &[
            Action::DrawTable,
            Action::InsertRowAbove,
            Action::InsertRowBelow,
            Action::InsertColumnLeft,
            Action::InsertColumnRight,
            Action::DeleteRows,
            Action::DeleteColumns,
            Action::MoveRowUp,
            Action::MoveRowDown,
            Action::MoveColumnLeft,
            Action::MoveColumnRight,
            Action::MergeCells,
            Action::SplitCell,
            Action::NameColumn,
            Action::HeadWithRow,
            Action::HeadLess,
            Action::JoinTable,
        ],
    ),
    (
        "Go to",
        &[
            Action::Find,
            Action::NextProblem,
            Action::ToggleWorstFirst,
            Action::NextField,
            Action::PreviousField,
            Action::ClearSelection,
            Action::NextDocument,
            Action::PreviousDocument,
            Action::SelectNextDocument,
            Action::SelectPreviousDocument,
            Action::SelectAllDocuments,
            Action::NextPage,
            Action::PreviousPage,
            Action::FirstPage,
            Action::LastPage,
        ],
    ),
    (
        "View",
        &[
            Action::ZoomIn,
            Action::ZoomOut,
            Action::FitWidth,
            Action::FitPage,
            Action::ActualSize,
            Action::RotateView,
            Action::ToggleContinuous,
            Action::ToggleFields,
            Action::ToggleTables,
            Action::ToggleWords,
        ],
    ),
    ("Text", &[Action::Copy, Action::CopyDocument, Action::CopyPageText, Action::SelectAllText]),
    (
        "Window",
        &[
            Action::ToggleDocuments,
            Action::ToggleInspector,
            Action::ToggleThumbnails,
            Action::FocusControls,
            Action::Connections,
            Action::Models,
            Action::ShowRequests,
            Action::Settings,
            Action::LargerText,
            Action::SmallerText,
            Action::ToggleTheme,
        ],
    ),
    ("Help", &[Action::CommandPalette, Action::KeySheet, Action::ShowProblems, Action::About, Action::Quit]),
];

/// Whether `action` would do anything now.
pub(super) fn is_possible(action: Action, state: &State) -> bool {
    let is_idle = |document: &DeskDocument| {
        !matches!(
            state.status(document),
            DocumentStatus::NeedsPassword
                | DocumentStatus::Uploading(_)
                | DocumentStatus::Paced(_)
                | DocumentStatus::Reading(..)
        )
    };
    match action {
        Action::RemoveAll
        | Action::ApproveSure
        | Action::AcceptSureListed
        | Action::NextDocument
        | Action::PreviousDocument
        | Action::SelectNextDocument
        | Action::SelectPreviousDocument
        | Action::SelectAllDocuments
        | Action::Find
        | Action::Export
        | Action::ImportAnnotations => !state.documents.is_empty(),
        Action::Retry => state.meant_documents().iter().any(|id| state.document(*id).is_some_and(is_idle)),
        Action::RetryWith => state.open_document().is_some_and(is_idle),
        Action::RetryAllFailed => state.documents.iter().any(|d| matches!(state.status(d), DocumentStatus::Failed(_))),
        Action::DeleteThere => state.open_document().is_some_and(|document| document.reader.has_it),
        Action::CancelAll => !state.activities.is_empty(),
        Action::EditValue => matches!(state.selection, Some(Target::Field { .. } | Target::Cell { .. })),
        Action::DeleteValue | Action::ChangeLabel => state.selection.is_some(),
        Action::ClearSelection => state.selection.is_some() || !state.selected_documents.is_empty(),
        Action::RemoveDocument | Action::AcceptSure | Action::Approve | Action::Reject => {
            !state.meant_documents().is_empty()
        }
        Action::JoinValues => !state.marked.is_empty(),
        Action::NotThere => matches!(state.selection, Some(Target::Field { .. })),
        Action::InsertRowAbove
        | Action::InsertRowBelow
        | Action::InsertColumnLeft
        | Action::InsertColumnRight
        | Action::DeleteRows
        | Action::DeleteColumns
        | Action::MoveRowUp
        | Action::MoveRowDown
        | Action::MoveColumnLeft
        | Action::MoveColumnRight
        | Action::MergeCells
        | Action::SplitCell
        | Action::NameColumn
        | Action::HeadWithRow
        | Action::HeadLess => matches!(state.selection, Some(Target::Cell { .. })),
        Action::JoinTable => {
            matches!(state.selection, Some(Target::Table { .. } | Target::Cell { .. }))
        }
        Action::FillMissing => state.open.is_some_and(|open| {
            let page = state.document(open.document).and_then(|document| document.pages.get(&open.page));
            page.is_some_and(|page| page.problem.is_none())
        }),
        Action::DrawField | Action::DrawTable => state
            .open
            .is_some_and(|open| state.document(open.document).is_some_and(|d| d.pages.contains_key(&open.page))),
        Action::History
        | Action::NextPage
        | Action::PreviousPage
        | Action::FirstPage
        | Action::LastPage
        | Action::NextField
        | Action::PreviousField
        | Action::NextProblem
        | Action::Accept
        | Action::TakeReread
        | Action::Undo
        | Action::Redo
        | Action::ZoomIn
        | Action::ZoomOut
        | Action::FitWidth
        | Action::FitPage
        | Action::ActualSize
        | Action::RotateView
        | Action::Copy
        | Action::CopyDocument
        | Action::CopyPageText
        | Action::SelectAllText => state.open.is_some(),
        Action::AddFiles
        | Action::AddFolder
        | Action::PastePaths
        | Action::AddAddresses
        | Action::AddWith
        | Action::ImportDocuments
        | Action::PauseReading
        | Action::Connections
        | Action::Models
        | Action::Rules
        | Action::ShowRequests
        | Action::Settings
        | Action::LargerText
        | Action::SmallerText
        | Action::ToggleContinuous
        | Action::ToggleWorstFirst
        | Action::ToggleWords
        | Action::ToggleFields
        | Action::ToggleTables
        | Action::ToggleDocuments
        | Action::ToggleInspector
        | Action::ToggleThumbnails
        | Action::ToggleTheme
        | Action::FocusControls
        | Action::CommandPalette
        | Action::KeySheet
        | Action::ShowProblems
        | Action::About
        | Action::Quit => true,
    }
}

/// Whether `action` switches something that is on now; `None` where it switches nothing.
pub(super) const fn is_on(action: Action, state: &State) -> Option<bool> {
    let view = &state.view;
    Some(match action {
        Action::PauseReading => state.is_paused,
        Action::ToggleContinuous => view.continuous,
        Action::ToggleWorstFirst => view.worst_first,
        Action::ToggleWords => view.words,
        Action::ToggleFields => view.fields,
        Action::ToggleTables => view.tables,
        Action::ToggleDocuments => view.documents_panel,
        Action::ToggleInspector => view.inspector_panel,
        Action::ToggleThumbnails => view.thumbnails,
        Action::ToggleTheme => matches!(view.theme, Theme::Dark),
        _ => return None,
    })
}

/// What an action is called while it is about the documents `meant`.
pub(super) fn label_of(action: Action, state: &State, meant: &[DocumentId]) -> Cow<'static, str> {
    let documents = || match meant.len() {
        0 | 1 => "document".to_owned(),
        count => counted(count, "document"),
    };
    let is_one = meant.len() < 2;
    let label = match action {
        Action::Approve if state.are_all(meant, Standing::Approved) => format!("Unapprove {}", documents()),
        Action::Approve => format!("Approve {}", documents()),
        Action::Reject if state.are_all(meant, Standing::Rejected) => format!("Unreject {}", documents()),
        Action::Reject => format!("Reject {}", documents()),
        Action::RemoveDocument => format!("Remove {}", documents()),
        Action::Retry if !is_one => format!("Read {} again", documents()),
        Action::Export if !is_one => format!("Export {}…", documents()),
        _ => return Cow::Borrowed(action.label()),
    };
    Cow::Owned(label)
}

/// The button at the right of the top bar with the menu below it.
pub(super) fn menu_button_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let button = icon_button_ui(ui, Icon::Menu, "Menu");
    egui::Popup::menu(&button).accessible_name("Menu").show(|ui| {
        ui.set_width(216.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, actions) in GROUPS {
            if *name == "Help" {
                line_ui(ui);
                items_ui(ui, actions, state, commands);
            } else {
                let group = MenuRow { opens: true, ..MenuRow::new(name) }.ui(ui);
                SubMenu::new().show(ui, &group, |ui| {
                    ui.set_width(272.0);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    items_ui(ui, actions, state, commands);
                    if actions.contains(&Action::ToggleTheme) {
                        themes_ui(ui, state, commands);
                    }
                });
            }
        }
    });
}

/// The actions of a group by its name, as where something was clicked that they are for.
pub(super) fn group_ui(ui: &mut Ui, name: &str, state: &State, commands: &Commands) {
    ui.set_width(256.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (_, actions) in GROUPS.iter().filter(|(group, _)| *group == name) {
        items_ui(ui, actions, state, commands);
    }
}

/// These actions, a row each.
pub(super) fn items_ui(ui: &mut Ui, actions: &[Action], state: &State, commands: &Commands) {
    let indented = actions.iter().any(|action| is_on(*action, state).is_some());
    let meant = state.meant_documents();
    for action in actions {
        let label = label_of(*action, state, &meant);
        if matches!(action, Action::RemoveDocument | Action::ToggleContinuous | Action::ToggleTheme | Action::Quit) {
            line_ui(ui);
        }
        // The theme is switched, not shown or hidden: a tick would say nothing.
        let on = if *action == Action::ToggleTheme { None } else { is_on(*action, state) };
        let row = MenuRow { on, indented, keys: action_keys(*action), ..MenuRow::new(&label) };
        if ui.add_enabled_ui(is_possible(*action, state), |ui| row.ui(ui)).inner.clicked() {
            commands.act(*action);
            ui.close();
        }
    }
}

/// Light, dark, or as the system is.
fn themes_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    for (theme, name) in [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")] {
        let row = MenuRow { on: Some(state.view.theme == theme), ..MenuRow::new(name) };
        if row.ui(ui).clicked() {
            commands.push(Command::SetTheme(theme));
            ui.close();
        }
    }
}

/// A line between groups of a menu.
pub(super) fn line_ui(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    ui.painter().hline(rect.x_range().shrink(4.0), rect.center().y, Stroke::new(1.0, palette(ui).line));
}

/// A row of a menu: a tick where it is on, its name, its key or an arrow.
pub(super) struct MenuRow<'a> {
    label: &'a str,
    keys: Option<String>,
    on: Option<bool>,
    /// It stands below rows that have a tick.
    indented: bool,
    opens: bool,
}

impl<'a> MenuRow<'a> {
    /// A row with this name.
    pub(super) const fn new(label: &'a str) -> Self {
        Self { label, keys: None, on: None, indented: false, opens: false }
    }

    /// With a tick where it is on.
    pub(super) const fn ticked(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }

    /// Shows it.
    pub(super) fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
        let (enabled, label) = (ui.is_enabled(), self.label);
        response.widget_info(|| match self.on {
            Some(on) => WidgetInfo::selected(Role::MenuItemCheckBox, enabled, on, label),
            None => WidgetInfo::labeled(Role::MenuItem, enabled, label),
        });
        let palette = palette(ui);
        if enabled && (response.hovered() || response.has_focus() || response.contains_pointer()) {
            ui.painter().rect_filled(rect, 6.0, palette.hover);
        }
        focus_ring(ui, &response, rect);
        if self.on == Some(true) {
            let place = Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), Vec2::splat(13.0));
            Icon::Check.paint(ui.painter(), place, 13.0, palette.accent);
        }
        let indent = if self.indented || self.on.is_some() { 28.0 } else { 10.0 };
        let keys = self.keys.as_ref().map(|keys| elided(ui, keys, theme::regular(theme::SMALL), 120.0));
        let end = keys.as_ref().map_or(10.0, |keys| keys.size().x + 12.0);
        let text = elided(ui, label, theme::regular(theme::BODY), rect.width() - indent - 10.0 - end);
        paint_line(ui, pos2(rect.left() + indent, rect.center().y), text, palette.text);
        if let Some(keys) = keys {
            paint_line_right(ui, pos2(rect.right() - 10.0, rect.center().y), keys, palette.secondary);
        }
        if self.opens {
            let place = Rect::from_center_size(pos2(rect.right() - 14.0, rect.center().y), Vec2::splat(12.0));
            Icon::Right.paint(ui.painter(), place, 12.0, palette.secondary);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_exactly_one_group() {
        let mut listed: Vec<Action> = GROUPS.iter().flat_map(|(_, actions)| *actions).copied().collect();
        listed.sort_unstable();
        let mut all = Action::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(listed, all);
    }

    #[test]
    fn nothing_on_the_desk_can_be_removed_or_zoomed() {
        let state = State::default();
        assert!(!is_possible(Action::RemoveDocument, &state));
        assert!(!is_possible(Action::ZoomIn, &state));
        assert!(is_possible(Action::AddFiles, &state));
    }

    #[test]
    fn a_decision_that_would_be_taken_back_says_so() {
        let mut state = crate::ui::samples::busy_desk();
        let meant = [DocumentId(1), DocumentId(2)];
        let labels = |state: &State, meant: &[DocumentId]| {
            [Action::Approve, Action::Reject, Action::Retry].map(|action| label_of(action, state, meant).into_owned())
        };
        assert_eq!(labels(&state, &meant), ["Approve 2 documents", "Reject 2 documents", "Read 2 documents again"]);
        state.documents[0].standing = Standing::Approved;
        assert_eq!(labels(&state, &meant)[0], "Approve 2 documents", "one of them is not");
        assert_eq!(labels(&state, &meant[..1]), ["Unapprove document", "Reject document", "Read again"]);
        state.documents[1].standing = Standing::Rejected;
        assert_eq!(labels(&state, &meant[1..])[1], "Unreject document");
        assert_eq!(labels(&state, &[])[0], "Approve document");
    }
}
