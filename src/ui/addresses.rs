//! The dialog that adds documents from the web: addresses, one a line, and who fetches them.

use super::controls::{Look, PushButton, palette};
use super::keys::shortcut_name;
use super::read_with::OptionsForm;
use super::theme;
use crate::desk::{Command, Commands, Key, ReadOptions, Shortcut, State};
use egui::{RichText, Ui};

/// Addresses, as they are typed.
#[derive(Debug, Default)]
pub(super) struct AddressesView {
    typed: String,
    /// The chosen service is to fetch them.
    is_theirs: bool,
    /// How to read them, where that was asked for.
    options: Option<OptionsForm>,
}

/// Asks for addresses; answers whether they were given.
pub(super) fn addresses_ui(ui: &mut Ui, state: &State, view: &mut AddressesView, commands: &Commands) -> bool {
    let palette = palette(ui);
    // Before the text takes it as a new line.
    let enters = ui.input_mut(|i| i.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
    let edit = egui::TextEdit::multiline(&mut view.typed)
        .hint_text("https://example.com/invoice.pdf\nOne address a line")
        .margin(egui::Margin::symmetric(10, 8))
        .desired_rows(if view.options.is_some() { 4 } else { 8 })
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Addresses");
    if ui.memory(|m| m.focused().is_none()) {
        response.request_focus();
    }
    ui.add_space(8.0);
    if let Some(account) = state.account(state.chosen) {
        let label = format!("{} fetches them itself", account.name);
        ui.checkbox(&mut view.is_theirs, label);
    } else {
        view.is_theirs = false;
    }
    let mut has_options = view.options.is_some();
    if ui.checkbox(&mut has_options, "With options").changed() {
        view.options = has_options.then(OptionsForm::default);
    }
    let options = match &mut view.options {
        None => Ok(ReadOptions::default()),
        Some(form) => {
            ui.add_space(4.0);
            form.ui(ui, "All; or some, as in 1-3, 7");
            form.options(None)
        }
    };
    ui.add_space(6.0);
    let (note, color) = match (&options, view.is_theirs) {
        (Err(why), _) => (why.as_str(), palette.error),
        (Ok(_), true) => ("They stay where they are: the service must be able to reach them", palette.secondary),
        (Ok(_), false) => ("This computer fetches them. Whole paths of files on it do as well", palette.secondary),
    };
    ui.add(egui::Label::new(RichText::new(note).font(theme::regular(theme::SMALL)).color(color)).wrap());
    ui.add_space(12.0);
    let can_add = !view.typed.trim().is_empty() && options.is_ok();
    let keys = shortcut_name(Shortcut { command: true, shift: false, alt: false, key: Key::Enter });
    let button = PushButton::new("Add them").look(Look::Primary).keys(Some(keys));
    let clicked = ui.add_enabled(can_add, button).clicked();
    let (Ok(options), true) = (options, can_add && (clicked || enters)) else { return false };
    let typed = std::mem::take(&mut view.typed);
    let add = if view.is_theirs { Command::SendText(typed) } else { Command::AddText(typed) };
    commands.push(match view.options {
        Some(_) => Command::With(Box::new(options), Box::new(add)),
        None => add,
    });
    true
}
