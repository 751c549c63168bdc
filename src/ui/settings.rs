//! The dialog of settings: what is set once, and the ways to what has a dialog of its own.

use super::controls::{PushButton, SLIDER, choice_ui, line_edit_ui, named_ui, palette, slider_ui};
use super::keys::action_keys;
use super::rules::check_at_random_ui;
use super::theme;
use crate::desk::{Action, Command, Commands, State, Theme};
use egui::{RichText, Ui};

/// The settings as they are typed.
#[derive(Debug)]
pub(super) struct SettingsView {
    reviewer: String,
}

impl SettingsView {
    pub(super) fn of(state: &State) -> Self {
        Self { reviewer: state.reviewer.clone() }
    }
}

/// Shows them; whether another dialog was asked for.
pub(super) fn settings_ui(ui: &mut Ui, state: &State, view: &mut SettingsView, commands: &Commands) -> bool {
    head_ui(ui, "You");
    let before = view.reviewer.clone();
    line_edit_ui(
        ui,
        "Your name",
        "As it stands in the history; the system's name otherwise",
        &mut view.reviewer,
        false,
    );
    if view.reviewer != before {
        commands.push(Command::SetReviewer(view.reviewer.clone()));
    }
    head_ui(ui, "Looks");
    theme_ui(ui, state, commands);
    text_size_ui(ui, state, commands);
    head_ui(ui, "Review");
    threshold_ui(ui, state, commands);
    check_at_random_ui(ui, state, commands);
    named_ui(ui, "Type", |ui| {
        let mut types = state.view.types_at_once;
        if ui.checkbox(&mut types, "A value that a key brings is ready to be typed into; Esc leaves it").changed() {
            commands.push(Command::TypeAtOnce(types));
        }
    });
    named_ui(ui, "Learn", |ui| {
        let mut learns = state.view.learns_at_once;
        if ui.checkbox(&mut learns, "Models of this computer learn from every approval at once").changed() {
            commands.push(Command::LearnAtOnce(learns));
        }
    });
    head_ui(ui, "More");
    ui.add_space(2.0);
    let mut is_left = false;
    ui.horizontal_wrapped(|ui| {
        for action in [Action::Connections, Action::Models, Action::Rules, Action::KeySheet, Action::ShowRequests] {
            let button = PushButton::new(action.label()).keys(action_keys(action));
            if ui.add(button).clicked() {
                commands.push(Command::Do(action));
                is_left = true;
            }
        }
    });
    is_left
}

fn head_ui(ui: &mut Ui, head: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(head).font(theme::semibold(theme::SMALL)).color(palette(ui).text));
}

fn theme_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    named_ui(ui, "Theme", |ui| {
        for (theme, name) in [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")] {
            if choice_ui(ui, name, state.view.theme == theme).clicked() {
                commands.push(Command::SetTheme(theme));
            }
        }
    });
}

fn text_size_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    named_ui(ui, "Size of text", |ui| {
        for (action, sign) in [(Action::SmallerText, "−"), (Action::LargerText, "+")] {
            if action == Action::LargerText {
                ui.label(format!("{} %", state.view.text_percent));
            }
            if ui.add(PushButton::new(sign).width(34.0)).accessible_name(action.label()).clicked() {
                commands.push(Command::Do(action));
            }
        }
    });
}

fn threshold_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    named_ui(ui, "Look at scores", |ui| {
        let mut threshold = state.view.threshold.get();
        if slider_ui(ui, "Look at scores below", &mut threshold, (1.0, 0.01), SLIDER).changed() {
            commands.push(Command::SetThreshold((threshold * 100.0).round() / 100.0));
        }
        ui.label(format!("below {}", state.view.threshold));
    });
}
