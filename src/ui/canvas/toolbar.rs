//! The bar that floats over the page: zoom, fit, page.

use super::PageView;
use crate::desk::{Action, Command, Commands};
use crate::ui::theme::{self, palette};
use egui::{Button, Frame, Margin, Rect, RichText, Ui, UiBuilder, Vec2, vec2};

/// The height of the bar, in points.
pub(super) const HEIGHT: f32 = 40.0;
/// The room between the bar and the lower edge of the view.
pub(super) const MARGIN: f32 = 14.0;

/// What the bar remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct ToolbarView {
    /// As wide as it was in the frame before; 0 before the first.
    width: f32,
    /// The page number as it is typed.
    typed: Option<String>,
}

/// Draws the bar at the lower edge of `rect` and asks the view for what it is told.
pub(super) fn toolbar_ui(ui: &mut Ui, rect: Rect, view: &mut PageView, commands: &Commands) {
    let known = view.toolbar.width;
    let width = if known > 0.0 { known } else { 340.0 };
    let bar = Rect::from_min_size(
        egui::pos2((rect.center().x - width / 2.0).round(), rect.bottom() - MARGIN - HEIGHT),
        vec2(width, HEIGHT),
    );
    let palette = palette(ui.visuals());
    let builder = UiBuilder::new()
        .max_rect(Rect::from_min_size(bar.min, vec2(rect.width(), HEIGHT)))
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let mut builder = builder;
    if known == 0.0 {
        builder = builder.invisible();
    }
    let shown = ui.scope_builder(builder, |ui| {
        Frame::new()
            .fill(palette.pane)
            .stroke(egui::Stroke::new(1.0, palette.line))
            .corner_radius(theme::CARD_RADIUS)
            .shadow(egui::Shadow { offset: [0, 4], blur: 16, spread: 0, color: palette.shadow })
            .inner_margin(Margin::symmetric(5, 4))
            .show(ui, |ui| {
                // What floats over the page takes the pointer, also between its buttons.
                ui.interact(bar, ui.scope_id().with("bar"), egui::Sense::CLICK | egui::Sense::DRAG);
                ui.spacing_mut().item_spacing = vec2(2.0, 0.0);
                ui.set_height(HEIGHT - 10.0);
                zoom_ui(ui, view);
                separator_ui(ui);
                pages_ui(ui, view, commands);
            })
            .response
            .rect
            .width()
    });
    let width = shown.inner.ceil();
    if (view.toolbar.width - width).abs() > 0.5 {
        view.toolbar.width = width;
        ui.ctx().request_repaint();
    }
}

fn zoom_ui(ui: &mut Ui, view: &mut PageView) {
    if quiet_button(ui, "−", "Zoom out").clicked() {
        view.act(Action::ZoomOut);
    }
    let percent = RichText::new(format!("{} %", view.zoom_percent().round())).color(palette(ui.visuals()).text);
    let button = ui.add(Button::new(percent).frame(false).min_size(vec2(58.0, 28.0)));
    let button = named(button, "Zoom");
    egui::Popup::menu(&button).show(|ui| {
        for action in [Action::FitWidth, Action::FitPage, Action::ActualSize] {
            if ui.button(action.label()).clicked() {
                view.act(action);
            }
        }
        ui.separator();
        for percent in [25, 50, 75, 150, 200, 400] {
            if ui.button(format!("{percent} %")).clicked() {
                view.zoom_to(f64::from(percent) / 100.0);
            }
        }
    });
    if quiet_button(ui, "+", "Zoom in").clicked() {
        view.act(Action::ZoomIn);
    }
    if quiet_button(ui, "Fit", "Fit page").clicked() {
        view.act(if view.fits_page() { Action::FitWidth } else { Action::FitPage });
    }
}

fn pages_ui(ui: &mut Ui, view: &mut PageView, commands: &Commands) {
    let (page, count) = (view.page(), view.page_count());
    if ui.add_enabled_ui(page > 0, |ui| quiet_button(ui, "‹", "Previous page")).inner.clicked() {
        view.act(Action::PreviousPage);
    }
    ui.label("Page");
    let mut typed = view.toolbar.typed.take().unwrap_or_else(|| (page + 1).to_string());
    let digits = count.max(1).to_string().len() as f32;
    let edit = egui::TextEdit::singleline(&mut typed)
        .desired_width(digits * 8.0 + 4.0)
        .align(egui::Align2::CENTER_CENTER)
        .margin(vec2(3.0, 3.0))
        .frame(Frame::new());
    let edit = ui.add(edit);
    let edit = named_input(edit, "Page number");
    if edit.has_focus() {
        view.toolbar.typed = Some(typed.clone());
    }
    if edit.lost_focus()
        && ui.input(|i| i.key_pressed(egui::Key::Enter))
        && let Ok(number) = typed.trim().parse::<u32>()
    {
        commands.push(Command::GoToPage(number.clamp(1, count.max(1)) - 1));
    }
    ui.label(format!("of {count}"));
    if ui.add_enabled_ui(page + 1 < count, |ui| quiet_button(ui, "›", "Next page")).inner.clicked() {
        view.act(Action::NextPage);
    }
}

fn separator_ui(ui: &mut Ui) {
    ui.add_space(6.0);
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 18.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0.0, palette(ui.visuals()).line);
    ui.add_space(6.0);
}

/// A button without a frame whose sign is explained by `name`.
fn quiet_button(ui: &mut Ui, sign: &str, name: &str) -> egui::Response {
    let size = Vec2::new(if sign.chars().count() > 1 { 40.0 } else { 30.0 }, 28.0);
    let button = ui.add(Button::new(sign).frame_when_inactive(false).min_size(size));
    named(button, name).on_hover_text(name)
}

fn named(response: egui::Response, name: &str) -> egui::Response {
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, response.enabled(), name));
    response
}

fn named_input(response: egui::Response, name: &str) -> egui::Response {
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, name));
    response
}
