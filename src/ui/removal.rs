//! Before documents leave the desk with what persons made of them, that is asked.

use super::controls::{Look, PushButton, palette};
use super::dialogs::modal;
use super::theme;
use crate::desk::{Command, Commands, Removal, State};
use egui::{Context, RichText, Ui};

/// Asks whether these are to go; Escape says no.
pub(super) fn removal_ui(ctx: &Context, state: &State, removal: &Removal, commands: &Commands) {
    let mut answer = None;
    let title = match &removal.documents[..] {
        [_] => "Remove this document?".to_owned(),
        all => format!("Remove {} documents?", all.len()),
    };
    let stays = modal(ctx, &title, 440.0, |ui| answer = question_ui(ui, state, removal));
    if let Some(yes) = answer.or((!stays).then_some(false)) {
        commands.push(Command::AnswerRemoval(yes));
    }
}

fn question_ui(ui: &mut Ui, state: &State, removal: &Removal) -> Option<bool> {
    let palette = palette(ui);
    let line = |words: String| RichText::new(words).font(theme::regular(theme::BODY)).color(palette.text);
    ui.label(line(loss(state, removal)));
    ui.add_space(4.0);
    let stays = match removal.documents.len() {
        1 => "The file itself stays where it is.",
        _ => "The files themselves stay where they are.",
    };
    ui.label(RichText::new(stays).font(theme::regular(theme::SMALL)).color(palette.secondary));
    ui.add_space(12.0);
    let mut answer = None;
    // Where work would be lost, Enter alone does not lose it.
    let is_safe = removal.changed == 0;
    let looks = |is_first: bool| if is_first { Look::Primary } else { Look::Plain };
    ui.horizontal(|ui| {
        let keep = ui.add(PushButton::new("Keep").look(looks(!is_safe)));
        let remove = ui.add(PushButton::new("Remove").look(looks(is_safe)));
        if ui.memory(|memory| memory.focused().is_none()) {
            if is_safe { remove.request_focus() } else { keep.request_focus() }
        }
        if remove.clicked() || keep.clicked() {
            answer = Some(remove.clicked());
        }
    });
    answer
}

/// What is lost, in a sentence.
fn loss(state: &State, removal: &Removal) -> String {
    match (&removal.documents[..], removal.changed) {
        ([one], _) => {
            let name = state.document(*one).map_or("It", |document| document.name.as_str());
            format!("{name} was worked on: its values, what was decided about it and its history go with it.")
        }
        (_, 0) => "What was read of them goes with them; nobody has changed anything yet.".to_owned(),
        (_, 1) => "One of them was worked on: its values, what was decided about it and its history go with it.".into(),
        (_, changed) => format!(
            "{changed} of them were worked on: their values, what was decided about them and their history go with them."
        ),
    }
}
