//! Before a document is deleted at a service elsewhere, that is asked: nobody can take it back.

use super::controls::{Look, PushButton, palette};
use super::theme;
use crate::desk::{Command, Commands, DocumentId, State};
use egui::{RichText, Ui};

/// Asks whether it is to go there; answers whether that was said.
pub(super) fn delete_there_ui(ui: &mut Ui, state: &State, id: DocumentId, commands: &Commands) -> bool {
    let palette = palette(ui);
    let Some(document) = state.document(id) else { return true };
    let service = state.connection_name(document.reader.connection);
    let words =
        format!("{} goes from {service} for good, with what was read and corrected of it there.", document.name);
    ui.add(egui::Label::new(RichText::new(words).color(palette.text)).wrap());
    ui.add_space(4.0);
    let note = "It stays on this desk with its values. Read again, it is sent again.";
    ui.add(egui::Label::new(RichText::new(note).font(theme::regular(theme::SMALL)).color(palette.secondary)).wrap());
    ui.add_space(14.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        let keep = ui.add(PushButton::new("Keep it there").look(Look::Primary));
        if ui.memory(|memory| memory.focused().is_none()) {
            keep.request_focus();
        }
        let delete = ui.add(PushButton::new("Delete it there"));
        if delete.clicked() {
            commands.push(Command::DeleteThere(id));
        }
        is_done = keep.clicked() || delete.clicked();
    });
    is_done
}
