//! The line at the bottom: what runs, how far it is, how to stop it; and the three keys that matter now.

use super::controls::{elided, key_cap_ui, paint_line, palette, progress_ui, sized_icon_button_ui};
use super::documents::seconds_words;
use super::icons::Icon;
use super::keys::action_keys;
use super::theme;
use super::value::Selected;
use crate::desk::{Action, Command, Commands, FileState, NoticeKind, Saving, State, Target};
use crate::document::counted;
use egui::{Sense, Ui, vec2};

/// Shows the line.
pub(super) fn bottom_line_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    ui.horizontal_centered(|ui| {
        let keys = keys_now(state);
        paused_ui(ui, state, commands);
        running_ui(ui, state, commands);
        pauses_ui(ui, state);
        problems_ui(ui, state, commands);
        saving_ui(ui, state);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (cap, what) in keys.iter().rev() {
                ui.label(egui::RichText::new(*what).font(theme::regular(theme::SMALL)).color(palette(ui).secondary));
                key_cap_ui(ui, cap);
                ui.add_space(10.0);
            }
        });
    });
}

fn running_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    let small = |text: &str| egui::RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    let Some(activity) = state.activities.first() else {
        ui.label(small(&resting_words(state)));
        return;
    };
    let text = elided(ui, &activity.label, theme::regular(theme::SMALL), 300.0);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x, 18.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &activity.label));
    paint_line(ui, rect.left_center(), text, palette.secondary);
    ui.add_space(4.0);
    progress_ui(ui, activity.progress, 120.0, &activity.label);
    let more = state.activities.len() - 1;
    let label = if more == 0 { "Cancel" } else { "Cancel the first" };
    if sized_icon_button_ui(ui, Icon::Close, label, 22.0).clicked() {
        commands.push(Command::Cancel(activity.id));
    }
    let waiting = waiting(state);
    let words = match (more, waiting) {
        (0, 0) => String::new(),
        (0, waiting) => format!("{waiting} waiting"),
        (more, 0) => format!("and {more} more"),
        (more, waiting) => format!("and {more} more, {waiting} waiting"),
    };
    if !words.is_empty() {
        ui.label(small(&words));
        link_ui(ui, "Cancel all", Action::CancelAll, commands);
    }
}

/// Says that reading is paused, and goes on with it.
fn paused_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    if state.is_paused {
        let text = egui::RichText::new("Reading is paused").font(theme::medium(theme::SMALL));
        ui.label(text.color(palette(ui).warning));
        link_ui(ui, "Go on", Action::PauseReading, commands);
        ui.add_space(6.0);
    }
}

/// Which services asked for a pause, and how long it still is.
fn pauses_ui(ui: &mut Ui, state: &State) {
    let now = std::time::SystemTime::now();
    for (id, until) in state.pauses.iter().filter(|(_, until)| **until > now) {
        let words = format!("{} asks for a pause: {}", state.connection_name(*id), seconds_words(*until));
        let text = egui::RichText::new(words).font(theme::regular(theme::SMALL)).color(palette(ui).warning);
        ui.add_space(6.0);
        ui.label(text);
        // It counts down.
        ui.ctx().request_repaint_after_secs(1.0);
    }
}

/// Words that ask for an action.
fn link_ui(ui: &mut Ui, words: &str, action: Action, commands: &Commands) {
    let text = egui::RichText::new(words).font(theme::regular(theme::SMALL)).color(palette(ui).secondary);
    let link = ui.add(egui::Label::new(text.underline()).sense(Sense::click()));
    let link = link.on_hover_cursor(egui::CursorIcon::PointingHand);
    link.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    if link.clicked() {
        commands.act(action);
    }
}

/// How many problems are in the list, which a click opens.
fn problems_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let count = state.notices.iter().filter(|notice| notice.kind == NoticeKind::Problem).count();
    if count == 0 {
        return;
    }
    let palette = palette(ui);
    let label = counted(count, "problem");
    let text = elided(ui, &label, theme::regular(theme::SMALL), 120.0);
    ui.add_space(6.0);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 30.0, 22.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &label));
    if response.hovered() {
        ui.painter().rect_filled(rect, 6.0, palette.hover);
    }
    let sign = egui::Rect::from_center_size(rect.left_center() + vec2(13.0, 0.0), egui::Vec2::splat(12.0));
    Icon::Warning.paint(ui.painter(), sign, 12.0, palette.error);
    paint_line(ui, rect.left_center() + vec2(23.0, 0.0), text, palette.secondary);
    if response.clicked() {
        commands.act(Action::ShowProblems);
    }
}

/// Whether what was changed is on the disk. What is written in a blink is not said to be: that would only flicker.
fn saving_ui(ui: &mut Ui, state: &State) {
    if state.documents.is_empty() && state.saving == Saving::Saved {
        return;
    }
    let palette = palette(ui);
    let began = egui::Id::unique("saving since");
    let now = ui.input(|i| i.time);
    if state.saving != Saving::Saving {
        ui.data_mut(|data| data.remove::<f64>(began));
    }
    let (words, problem) = match &state.saving {
        Saving::Saved => ("Saved", None),
        Saving::Saving => {
            let since = ui.data_mut(|data| *data.get_temp_mut_or(began, now));
            ui.ctx().request_repaint_after_secs(BLINK);
            (if now - since > f64::from(BLINK) { "Saving…" } else { "Saved" }, None)
        }
        Saving::Fails(problem) => ("Not saved", Some(problem)),
        Saving::Unkept(problem) => ("Nothing is kept", Some(problem)),
    };
    ui.add_space(6.0);
    let Some(problem) = problem else {
        let text = elided(ui, words, theme::regular(theme::SMALL), 120.0);
        let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 16.0, 18.0), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, words));
        let sign = egui::Rect::from_center_size(rect.left_center() + vec2(5.0, 0.0), egui::Vec2::splat(11.0));
        if state.saving == Saving::Saved {
            Icon::Check.paint(ui.painter(), sign, 11.0, palette.secondary);
        }
        paint_line(ui, rect.left_center() + vec2(16.0, 0.0), text, palette.secondary);
        return;
    };
    let said = format!("{words}: {}", problem.message);
    let room = (ui.available_width() * 0.5).max(120.0);
    let text = elided(ui, &said, theme::medium(theme::SMALL), room);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 20.0, 18.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &said));
    let sign = egui::Rect::from_center_size(rect.left_center() + vec2(6.0, 0.0), egui::Vec2::splat(12.0));
    Icon::Warning.paint(ui.painter(), sign, 12.0, palette.error);
    paint_line(ui, rect.left_center() + vec2(18.0, 0.0), text, palette.error);
    response.on_hover_text(&problem.message);
}

/// What takes no longer is written in a blink, in seconds.
const BLINK: f32 = 0.5;

fn waiting(state: &State) -> usize {
    state.documents.iter().filter(|document| document.is_waiting()).count()
}

/// What the line says while nothing runs.
fn resting_words(state: &State) -> String {
    match state.documents.len() {
        0 => "Ready".into(),
        count => counted(count, "document"),
    }
}

/// The three keys that matter now, and what each does.
fn keys_now(state: &State) -> Vec<(String, &'static str)> {
    let key = |action: Action, what: &'static str| action_keys(action).map(|keys| (keys, what));
    let all = key(Action::KeySheet, "all keys");
    let found = match state.open_document() {
        None => [key(Action::AddFiles, "add documents"), Some(("Ctrl V".into(), "paste a path")), all],
        Some(document) if matches!(document.file, FileState::NeedsPassword { .. } | FileState::Failed(_)) => {
            [key(Action::NextDocument, "next document"), key(Action::CommandPalette, "all commands"), all]
        }
        Some(_) if matches!(Selected::of(state), Some(Selected::Table(_, table)) if table.reread.is_some()) => {
            [key(Action::Accept, "keep yours"), key(Action::TakeReread, "take the other"), all]
        }
        Some(_) if matches!(state.selection, Some(Target::Field { .. } | Target::Cell { .. })) => {
            [key(Action::Accept, "accept, next"), key(Action::EditValue, "edit"), all]
        }
        Some(document) if state.doubtful(document) > 0 => {
            [key(Action::NextProblem, "next to look at"), key(Action::NextField, "next field"), all]
        }
        Some(_) if state.selection.is_some() => [key(Action::NextField, "next field"), key(Action::Copy, "copy"), all],
        Some(_) => [key(Action::NextField, "next field"), key(Action::NextDocument, "next document"), all],
    };
    found.into_iter().flatten().collect()
}
