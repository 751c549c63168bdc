//! The bar at the top: who reads, add documents, from which score on a value needs a look, the menu.

use super::connections::connection_menu_ui;
use super::controls::{PushButton, elided, focus_ring, icon_button_ui, paint_line, palette, slider_ui};
use super::icons::{self, Icon};
use super::keys::action_keys;
use super::menu;
use super::summary::Summary;
use super::theme;
use crate::desk::{Action, Command, Commands, Reach, State};
use crate::document::grouped;
use egui::{Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

/// Shows the bar; `icon` is the program's own.
pub(super) fn top_bar_ui(
    ui: &mut Ui,
    state: &State,
    summary: &Summary,
    icon: &egui::TextureHandle,
    commands: &Commands,
) {
    let wide = ui.available_width() >= 900.0;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.add(egui::Image::new((icon.id(), Vec2::splat(24.0))).alt_text("Proofdesk"));
        ui.add_space(2.0);
        connection_ui(ui, state, commands);
        let keys = if wide { action_keys(Action::AddFiles) } else { None };
        if ui.add(PushButton::new("Add documents").icon(Icon::Plus).keys(keys)).clicked() {
            commands.act(Action::AddFiles);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            menu::menu_button_ui(ui, state, commands);
            if !state.documents.is_empty() {
                panel_button_ui(ui, Icon::PanelRight, Action::ToggleInspector, commands);
                panel_button_ui(ui, Icon::PanelLeft, Action::ToggleDocuments, commands);
            }
            if summary.values > 0 {
                ui.add_space(12.0);
                threshold_ui(ui, state, summary, wide, commands);
            }
        });
    });
}

fn panel_button_ui(ui: &mut Ui, icon: Icon, action: Action, commands: &Commands) {
    let label = match action_keys(action) {
        Some(keys) => format!("{} ({keys})", action.label()),
        None => action.label().to_owned(),
    };
    if icon_button_ui(ui, icon, &label).clicked() {
        commands.act(action);
    }
}

/// A chip that says who reads: a dot, a name, the model. It opens the menu of connections.
fn connection_ui(ui: &mut Ui, state: &State, commands: &Commands) {
    let palette = palette(ui);
    let name = state.connection_name(state.chosen);
    let (reach, model) = (state.chosen_reach(), state.model_name(state.chosen));
    let (model, color, hover) = match reach {
        Reach::Asking if state.chosen.is_this_computer() => {
            ("starting", palette.secondary, "The reader on this computer starts".to_owned())
        }
        Reach::Asking => ("is asked", palette.secondary, format!("{name} is asked for its models")),
        Reach::Ready if model.is_empty() => {
            ("choose a model", palette.warning, format!("Choose with which model {name} reads"))
        }
        Reach::Ready => (model, palette.secondary, format!("{name} reads with the model {model}")),
        Reach::NeedsKey => ("needs its key", palette.warning, format!("{name} needs its API key")),
        Reach::Failed(problem) => ("not reading", palette.error, problem.message.clone()),
    };
    let name_text = elided(ui, name, theme::medium(theme::BODY), 180.0);
    let model_text = elided(ui, model, theme::regular(theme::SMALL), 140.0);
    let size = vec2(26.0 + name_text.size().x + 8.0 + model_text.size().x + 26.0, theme::BUTTON);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}, {model}")));
    let fill = if response.hovered() || response.has_focus() { palette.pressed } else { palette.hover };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    focus_ring(ui, &response, rect);
    let sign = Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), Vec2::splat(11.0));
    match reach {
        Reach::Asking => icons::spinner(ui, sign, palette.accent),
        Reach::Ready => {
            ui.painter().circle_filled(sign.center(), 4.0, palette.good);
        }
        Reach::NeedsKey => Icon::Lock.paint(ui.painter(), sign, 11.0, palette.warning),
        Reach::Failed(_) => Icon::Close.paint(ui.painter(), sign, 11.0, palette.error),
    }
    let left = rect.left() + 26.0;
    let model_left = left + name_text.size().x + 8.0;
    paint_line(ui, pos2(left, rect.center().y), name_text, palette.text);
    paint_line(ui, pos2(model_left, rect.center().y), model_text, color);
    let arrow = Rect::from_center_size(pos2(rect.right() - 13.0, rect.center().y), Vec2::splat(11.0));
    Icon::Down.paint(ui.painter(), arrow, 11.0, palette.secondary);
    let response = response.on_hover_text(hover);
    egui::Popup::menu(&response).accessible_name("Who reads").show(|ui| connection_menu_ui(ui, state, commands));
}

/// From which score on a value needs a look, and how many do. Laid out from right to left.
fn threshold_ui(ui: &mut Ui, state: &State, summary: &Summary, wide: bool, commands: &Commands) {
    let palette = palette(ui);
    let threshold = state.view.threshold;
    let small = |text: String| egui::RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    ui.label(small(format!("of {}", grouped(summary.values))));
    ui.add_space(-4.0);
    let color = if summary.doubtful > 0 { palette.warning } else { palette.secondary };
    ui.label(egui::RichText::new(grouped(summary.doubtful)).font(theme::semibold(theme::SMALL)).color(color));
    let mut value = threshold.get();
    let slider = slider_ui(ui, "Look at scores below", &mut value, (1.0, 0.01), if wide { 128.0 } else { 88.0 });
    if slider.on_hover_text("Values below this score need a look").changed() {
        commands.push(Command::SetThreshold((value * 100.0).round() / 100.0));
    }
    ui.label(egui::RichText::new(threshold.to_string()).font(theme::semibold(theme::SMALL)).color(palette.text));
    if wide {
        ui.add_space(-4.0);
        ui.label(small("Look at scores below".into()));
    }
}
