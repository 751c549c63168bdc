//! Several documents of the list selected at once: with Ctrl or Shift and a click, or by keys. What is asked of the
//! document is asked of all of them then; the bar below the list says so.

use super::DocumentsView;
use crate::desk::{Action, Command, Commands, DocumentId, State};
use crate::document::{Standing, grouped};
use crate::ui::controls::{PushButton, palette, sized_icon_button_ui};
use crate::ui::icons::Icon;
use crate::ui::menu::items_ui;
use crate::ui::summary::Summary;
use crate::ui::theme;
use egui::{Modifiers, Ui};
use std::collections::BTreeSet;

/// How high the bar is.
const BAR: f32 = 44.0;

/// What can be asked of all of them.
const ACTIONS: &[Action] =
    &[Action::Approve, Action::Reject, Action::AcceptSure, Action::Export, Action::Retry, Action::RemoveDocument];

impl DocumentsView {
    /// What a click on a document asks for.
    pub(super) fn clicked(
        &mut self,
        state: &State,
        listed: &[DocumentId],
        id: DocumentId,
        modifiers: Modifiers,
    ) -> Command {
        let open = state.open.map(|open| open.document);
        if modifiers.shift {
            let begun = self.anchor.filter(|_| !state.selected_documents.is_empty());
            let from = begun.or(open).filter(|from| listed.contains(from)).unwrap_or(id);
            (self.anchor, self.end) = (Some(from), Some(id));
            return Command::SelectDocuments(between(listed, from, id));
        }
        (self.anchor, self.end) = (Some(id), Some(id));
        if modifiers.command { Command::SelectDocuments(toggled(state, listed, id)) } else { Command::Open(id) }
    }

    /// The next document is selected too, or the one before; going back lets the last one go.
    pub(in crate::ui) fn extend(&mut self, state: &State, summary: &Summary, forward: bool) -> Option<Command> {
        let listed = self.listed(state, summary);
        let selected = &state.selected_documents;
        let open = state.open.map(|open| open.document);
        let end = self.end.filter(|end| selected.contains(end)).or(open);
        let anchor = self.anchor.filter(|anchor| selected.contains(anchor)).or(open);
        let next = neighbour(&listed, end, forward)?;
        (self.anchor, self.end, self.reveals) = (anchor, Some(next), Some(next));
        Some(Command::SelectDocuments(between(&listed, anchor.unwrap_or(next), next)))
    }

    /// Every document that is listed is selected.
    pub(in crate::ui) fn select_all(&mut self, state: &State, summary: &Summary) -> Command {
        let listed = self.listed(state, summary);
        (self.anchor, self.end) = (listed.first().copied(), listed.last().copied());
        Command::SelectDocuments(listed.into_iter().collect())
    }
}

/// The document of the list after this one, or before it; at the ends there is none. Where this one is not listed, the
/// next in the order of the desk.
pub(in crate::ui) fn neighbour(listed: &[DocumentId], from: Option<DocumentId>, forward: bool) -> Option<DocumentId> {
    let Some(from) = from else { return if forward { listed.first() } else { listed.last() }.copied() };
    if forward {
        listed.iter().find(|id| **id > from).copied()
    } else {
        listed.iter().rev().find(|id| **id < from).copied()
    }
}

/// The documents of the list from one to another, both among them.
fn between(listed: &[DocumentId], one: DocumentId, other: DocumentId) -> BTreeSet<DocumentId> {
    let range = one.min(other)..=one.max(other);
    listed.iter().copied().filter(|id| range.contains(id)).collect()
}

/// What is selected with this one beside it, or without it where it was. The open document is the first of several where
/// the list shows it.
fn toggled(state: &State, listed: &[DocumentId], id: DocumentId) -> BTreeSet<DocumentId> {
    let open = state.open.map(|open| open.document);
    let mut selected = state.selected_documents.clone();
    if selected.is_empty() {
        selected.extend(open.filter(|open| listed.contains(open)));
    }
    if !selected.remove(&id) {
        selected.insert(id);
    }
    if selected.len() == 1 && selected.first().copied() == open {
        selected.clear();
    }
    selected
}

/// Says how many are selected, how many of them are not at the `places` that are listed, and what can be asked of them.
pub(super) fn bar_ui(ui: &mut Ui, state: &State, places: &[usize], commands: &Commands) {
    if state.selected_documents.is_empty() {
        return;
    }
    let is_selected = |place: &&usize| {
        state.documents.get(**place).is_some_and(|document| state.selected_documents.contains(&document.id))
    };
    let hidden = state.selected_documents.len() - places.iter().filter(is_selected).count();
    let palette = palette(ui);
    let frame = egui::Frame::new().fill(palette.accent_soft).inner_margin(egui::Margin::symmetric(14, 0));
    egui::Panel::bottom("selected documents").exact_size(BAR).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let count = format!("{} selected", grouped(state.selected_documents.len()));
            if hidden == 0 {
                ui.label(egui::RichText::new(count).font(theme::semibold(theme::BODY)).color(palette.text));
            } else {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.add_space(5.0);
                    ui.label(egui::RichText::new(count).font(theme::semibold(theme::BODY)).color(palette.text));
                    let hidden = format!("{} not listed", grouped(hidden));
                    ui.label(egui::RichText::new(hidden).font(theme::regular(theme::SMALL)).color(palette.warning));
                });
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if sized_icon_button_ui(ui, Icon::Close, "Select none of them", 24.0).clicked() {
                    commands.push(Command::SelectDocuments(BTreeSet::new()));
                }
                let button = sized_icon_button_ui(ui, Icon::Menu, "What to do with the selected documents", 24.0);
                egui::Popup::menu(&button).accessible_name("Selected documents").show(|ui| {
                    ui.set_width(252.0);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    items_ui(ui, ACTIONS, state, commands);
                });
                let approve =
                    if state.are_all(&state.meant_documents(), Standing::Approved) { "Unapprove" } else { "Approve" };
                if ui.add(PushButton::new(approve).height(28.0)).clicked() {
                    commands.act(Action::Approve);
                }
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Open;
    use crate::ui::samples;

    fn ids(numbers: &[u64]) -> BTreeSet<DocumentId> {
        numbers.iter().copied().map(DocumentId).collect()
    }

    #[test]
    fn clicks_select_as_in_any_list() {
        let mut state = samples::busy_desk();
        let listed: Vec<DocumentId> = (1..=8).map(DocumentId).collect();
        let mut view = DocumentsView::default();
        let mut click = |state: &mut State, id: u64, modifiers: Modifiers| {
            match view.clicked(state, &listed, DocumentId(id), modifiers) {
                Command::SelectDocuments(selected) => state.selected_documents = selected,
                command => assert_eq!(command, Command::Open(DocumentId(id))),
            }
            state.selected_documents.clone()
        };
        assert_eq!(click(&mut state, 3, Modifiers::COMMAND), ids(&[1, 3]), "the open one and this");
        assert_eq!(click(&mut state, 6, Modifiers::COMMAND), ids(&[1, 3, 6]));
        assert_eq!(click(&mut state, 1, Modifiers::COMMAND), ids(&[3, 6]), "the open one may be let go");
        assert_eq!(click(&mut state, 4, Modifiers::SHIFT), ids(&[1, 2, 3, 4]), "from where the last click was");
        assert_eq!(click(&mut state, 2, Modifiers::SHIFT), ids(&[1, 2]));
        assert_eq!(click(&mut state, 2, Modifiers::COMMAND), ids(&[]), "the open one alone is no selection");
        click(&mut state, 5, Modifiers::NONE);
        let open = state.open.unwrap();
        state.open = Some(Open { document: DocumentId(6), ..open });
        assert_eq!(click(&mut state, 8, Modifiers::SHIFT), ids(&[6, 7, 8]), "a key opened another one since");
        assert_eq!(click(&mut state, 4, Modifiers::SHIFT), ids(&[4, 5, 6]));
    }

    #[test]
    fn what_the_list_does_not_show_is_not_selected_with_a_click() {
        let state = samples::busy_desk();
        let listed = [2, 4, 6].map(DocumentId);
        for (modifiers, expected) in [(Modifiers::COMMAND, ids(&[4])), (Modifiers::SHIFT, ids(&[4]))] {
            let asked = DocumentsView::default().clicked(&state, &listed, DocumentId(4), modifiers);
            assert_eq!(asked, Command::SelectDocuments(expected), "the first one is open");
        }
    }

    #[test]
    fn keys_select_further_documents_and_let_them_go_again() {
        let mut state = samples::busy_desk();
        let summary = Summary::of(&state);
        let mut view = DocumentsView::default();
        let mut extend = |state: &mut State, forward: bool| {
            if let Some(Command::SelectDocuments(selected)) = view.extend(state, &summary, forward) {
                state.selected_documents = selected;
            }
            state.selected_documents.clone()
        };
        assert_eq!(extend(&mut state, false), ids(&[]), "there is none before the first");
        assert_eq!(extend(&mut state, true), ids(&[1, 2]));
        assert_eq!(extend(&mut state, true), ids(&[1, 2, 3]));
        assert_eq!(extend(&mut state, false), ids(&[1, 2]));
        let all = view.select_all(&state, &summary);
        assert_eq!(all, Command::SelectDocuments(ids(&[1, 2, 3, 4, 5, 6, 7, 8])));
    }
}
