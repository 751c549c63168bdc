//! The controls that panels are made of: buttons, key caps, badges, tabs, text that is cut where it does not fit.

use super::icons::Icon;
use super::theme::{self, Palette};
use egui::{
    Align2, Color32, FontId, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};
use std::sync::Arc;

/// The colours of the theme in use.
pub(super) fn palette(ui: &Ui) -> &'static Palette {
    theme::palette(ui.visuals())
}

/// How much a button wants to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// The one main action.
    Primary,
    /// An action with an edge.
    #[default]
    Plain,
}

/// A button with a label, and where it helps a sign before and a key behind it.
#[derive(Debug)]
#[must_use = "a button is shown by `ui.add`"]
pub(super) struct PushButton<'a> {
    label: &'a str,
    icon: Option<Icon>,
    keys: Option<String>,
    look: Look,
    width: Option<f32>,
    height: f32,
}

impl<'a> PushButton<'a> {
    /// A button with an edge.
    pub(super) fn new(label: &'a str) -> Self {
        Self { label, icon: None, keys: None, look: Look::Plain, width: None, height: theme::BUTTON }
    }

    /// How much it wants to be pressed.
    pub(super) fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// A sign before the label.
    pub(super) fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The key that does the same, behind the label.
    pub(super) fn keys(mut self, keys: Option<String>) -> Self {
        self.keys = keys;
        self
    }

    /// A width of its own, in points.
    pub(super) fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// A height of its own, in points.
    pub(super) fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    fn colors(&self, palette: &Palette, response: &Response) -> (Color32, Color32, Color32) {
        let over = response.hovered() || response.has_focus();
        let down = response.is_pointer_button_down_on();
        match self.look {
            Look::Primary => {
                (if over { palette.accent_hover } else { palette.accent }, Color32::TRANSPARENT, palette.on_accent)
            }
            Look::Plain => {
                let fill = if down {
                    palette.pressed
                } else if over {
                    palette.hover
                } else {
                    palette.pane
                };
                (fill, palette.edge, palette.text)
            }
        }
    }
}

impl egui::Widget for PushButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let font = if self.look == Look::Primary { theme::medium(theme::BODY) } else { theme::regular(theme::BODY) };
        let text = ui.painter().layout_no_wrap(self.label.to_owned(), font, Color32::PLACEHOLDER);
        let caps = self.keys.as_ref().map(|keys| key_cap_galley(ui, keys));
        let icon_width = if self.icon.is_some() { 14.0 + 6.0 } else { 0.0 };
        let caps_width = caps.as_ref().map_or(0.0, |c| 8.0 + key_cap_size(c).x);
        let pad = if caps.is_some() { 9.0 } else { 12.0 };
        let content = icon_width + text.size().x + caps_width;
        let size = vec2(self.width.unwrap_or(content + 12.0 + pad), self.height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.label));
        if ui.is_rect_visible(rect) {
            let (fill, edge, color) = self.colors(palette, &response);
            let painter = ui.painter();
            painter.rect(rect, theme::RADIUS, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
            focus_ring(ui, &response, rect);
            let mut x = if self.width.is_some() { rect.center().x - content / 2.0 } else { rect.left() + 12.0 };
            if let Some(icon) = self.icon {
                let place = Rect::from_min_size(egui::pos2(x, rect.top()), vec2(14.0, rect.height()));
                icon.paint(painter, place, 14.0, color);
                x += icon_width;
            }
            let text_width = text.size().x;
            paint_line(ui, egui::pos2(x, rect.center().y), text, color);
            if let Some(caps) = caps {
                let edge = if self.look == Look::Primary { color.gamma_multiply(0.55) } else { palette.edge };
                let ink = if self.look == Look::Primary { color } else { palette.secondary };
                paint_key_cap(ui, egui::pos2(x + text_width + 8.0, rect.center().y), caps, ink, edge);
            }
        }
        response
    }
}

/// A square button with a sign; `label` is its name and what the pointer says.
pub(super) fn icon_button_ui(ui: &mut Ui, icon: Icon, label: &str) -> Response {
    sized_icon_button_ui(ui, icon, label, 28.0)
}

/// The same, `side` points wide.
pub(super) fn sized_icon_button_ui(ui: &mut Ui, icon: Icon, label: &str, side: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
    if ui.is_rect_visible(rect) {
        let palette = palette(ui);
        let over = response.hovered() || response.has_focus();
        if over {
            let fill = if response.is_pointer_button_down_on() { palette.pressed } else { palette.hover };
            ui.painter().rect_filled(rect, theme::FIELD_RADIUS, fill);
        }
        focus_ring(ui, &response, rect);
        icon.paint(ui.painter(), rect, side * 0.5, if over { palette.text } else { palette.secondary });
    }
    response.on_hover_text(label)
}

/// Shows which control the keyboard is at.
pub(super) fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, palette(ui).accent);
        ui.painter().rect_stroke(rect, theme::RADIUS, stroke, StrokeKind::Inside);
    }
}

fn key_cap_galley(ui: &Ui, keys: &str) -> Arc<Galley> {
    ui.painter().layout_no_wrap(keys.to_owned(), theme::regular(11.0), Color32::PLACEHOLDER)
}

fn key_cap_size(galley: &Galley) -> Vec2 {
    vec2(galley.size().x + 10.0, 17.0)
}

/// Paints a key cap whose left edge is at `left`, in the middle of the line.
fn paint_key_cap(ui: &Ui, left: egui::Pos2, galley: Arc<Galley>, ink: Color32, edge: Color32) {
    let size = key_cap_size(&galley);
    let rect = Rect::from_min_size(egui::pos2(left.x, (left.y - size.y / 2.0).round()), size);
    ui.painter().rect_stroke(rect, theme::TAG_RADIUS, Stroke::new(1.0, edge), StrokeKind::Inside);
    paint_line(ui, egui::pos2(rect.left() + 5.0, rect.center().y), galley, ink);
}

/// A key as it stands on the keyboard.
pub(super) fn key_cap_ui(ui: &mut Ui, keys: &str) -> Response {
    let galley = key_cap_galley(ui, keys);
    let (rect, response) = ui.allocate_exact_size(key_cap_size(&galley), Sense::hover());
    let palette = palette(ui);
    paint_key_cap(ui, rect.left_center(), galley, palette.secondary, palette.edge);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, keys));
    response
}

/// A number on a quiet ground.
pub(super) fn badge_ui(ui: &mut Ui, count: usize) -> Response {
    let text = ui.painter().layout_no_wrap(count.to_string(), theme::medium(11.0), Color32::PLACEHOLDER);
    let size = vec2((text.size().x + 12.0).max(20.0), 18.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let palette = palette(ui);
    ui.painter().rect_filled(rect, 9.0, palette.hover);
    let left = rect.center().x - text.size().x / 2.0;
    paint_line(ui, egui::pos2(left, rect.center().y), text, palette.secondary);
    response
}

/// Text in one line, cut with `…` where it is wider than `width`; colour is given when it is painted.
pub(super) fn elided(ui: &Ui, text: &str, font: FontId, width: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(one_line(text), font, Color32::PLACEHOLDER);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// Line breaks as spaces, so that a value of several lines still is a row.
fn one_line(text: &str) -> String {
    if text.contains(['\n', '\r', '\t']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

/// Paints a line of text whose left edge is at `left.x`, its middle at `left.y`.
pub(super) fn paint_line(ui: &Ui, left: egui::Pos2, galley: Arc<Galley>, color: Color32) {
    let top = left.y - galley.size().y / 2.0;
    ui.painter().galley(egui::pos2(left.x, top), galley, color);
}

/// The sign of a label in lists, its middle at `at`: a square of its colour, parted by its bars.
pub(super) fn paint_look(ui: &Ui, at: egui::Pos2, look: theme::LabelLook) {
    const SIDE: f32 = 9.0;
    let parts = f32::from(look.bars) + 1.0;
    let gap = if look.bars < 2 { 2.0 } else { 1.5 };
    // Narrow parts would be hairlines: a sign with bars is a little wider.
    let width = ((SIDE - (parts - 1.0) * gap) / parts).max(2.0);
    let whole = parts * width + (parts - 1.0) * gap;
    for part in 0..=look.bars {
        let left = at.x - whole / 2.0 + f32::from(part) * (width + gap);
        let rect = egui::Rect::from_min_size(egui::pos2(left, at.y - SIDE / 2.0), egui::vec2(width, SIDE));
        ui.painter().rect_filled(rect, if look.bars == 0 { 2.0 } else { 0.5 }, look.color);
    }
}

/// Paints a line of text that ends at `right.x`.
pub(super) fn paint_line_right(ui: &Ui, right: egui::Pos2, galley: Arc<Galley>, color: Color32) {
    let left = right.x - galley.size().x;
    paint_line(ui, egui::pos2(left, right.y), galley, color);
}

/// A tab with a line below it where it is the chosen one.
pub(super) fn tab_ui(ui: &mut Ui, label: &str, chosen: bool) -> Response {
    let palette = palette(ui);
    let font = if chosen { theme::semibold(theme::BODY) } else { theme::regular(theme::BODY) };
    let text = ui.painter().layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x, 42.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, label));
    let color = if chosen || response.hovered() { palette.text } else { palette.secondary };
    paint_line(ui, rect.left_center(), text, color);
    if chosen {
        let line = Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - 2.0), rect.right_bottom());
        ui.painter().rect_filled(line, 1.0, palette.accent);
    }
    focus_ring(ui, &response, rect);
    response
}

/// The width of a slider in a form, in points.
pub(super) const SLIDER: f32 = 136.0;
/// The width of the names before what is typed in a form, in points.
pub(super) const NAMES: f32 = 132.0;

/// A line of a form: a name, and what is typed.
pub(super) fn line_edit_ui(ui: &mut Ui, name: &str, hint: &str, typed: &mut String, is_secret: bool) -> egui::Response {
    ui.horizontal(|ui| {
        ui.set_height(40.0);
        ui.allocate_ui_with_layout(vec2(NAMES, 34.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(NAMES);
            ui.label(egui::RichText::new(name).color(palette(ui).secondary));
        });
        let edit = egui::TextEdit::singleline(typed)
            .password(is_secret)
            .hint_text(hint)
            .margin(egui::Margin::symmetric(10, 7))
            .desired_width(ui.available_width());
        ui.add(edit).accessible_name(name)
    })
    .inner
}

/// What is said below the lines of a form.
pub(super) fn form_note_ui(ui: &mut Ui, note: &str, color: Color32) {
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        let note = egui::RichText::new(note).font(theme::regular(theme::SMALL)).color(color);
        ui.add(egui::Label::new(note).wrap());
    });
}

/// The button that ends a form, which Enter presses too; whether it was pressed.
pub(super) fn form_button_ui(ui: &mut Ui, label: &str, is_enabled: bool) -> bool {
    ui.add_space(12.0);
    let clicked = ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        ui.add_enabled(is_enabled, PushButton::new(label).look(Look::Primary).width(120.0)).clicked()
    });
    is_enabled && (clicked.inner || ui.input(|i| i.key_pressed(egui::Key::Enter)))
}

/// A row of a form: its name, then what is chosen.
pub(super) fn named_ui(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_height(36.0);
        ui.allocate_ui_with_layout(vec2(NAMES, 30.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(NAMES);
            ui.label(egui::RichText::new(name).color(palette(ui).secondary));
        });
        add(ui);
    });
}

/// A choice among a few, on a quiet ground where it is the chosen one.
pub(super) fn choice_ui(ui: &mut Ui, label: &str, chosen: bool) -> Response {
    let palette = palette(ui);
    let font = if chosen { theme::medium(theme::SMALL) } else { theme::regular(theme::SMALL) };
    let text = ui.painter().layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 14.0, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, label));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 6.0, if chosen { palette.pressed } else { palette.hover });
    }
    focus_ring(ui, &response, rect);
    let left = rect.center().x - text.size().x / 2.0;
    let color = if chosen { palette.text } else { palette.secondary };
    paint_line(ui, egui::pos2(left, rect.center().y), text, color);
    response
}

/// A slider from 0 to `most` in steps of `step`: egui's for the pointer, the keyboard and screen readers, with a look of its
/// own.
pub(super) fn slider_ui(
    ui: &mut Ui,
    label: &str,
    value: &mut f32,
    (most, step): (f32, f64),
    width: f32,
) -> egui::Response {
    let palette = palette(ui);
    let is_enabled = ui.is_enabled();
    let slider = ui.scope(|ui| {
        ui.spacing_mut().slider_width = width;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.set_opacity(0.0);
        ui.add(egui::Slider::new(value, 0.0..=most).show_value(false).step_by(step))
    });
    let response = slider.inner.accessible_name(label);
    let rect = response.rect;
    // As egui places its handle.
    let radius = rect.height() / 2.5;
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * radius, 4.0));
    let handle = egui::pos2(egui::lerp(rail.x_range(), *value / most), rect.center().y);
    let color = if is_enabled { palette.warning } else { palette.edge };
    ui.painter().rect_filled(rail, 2.0, palette.line);
    ui.painter().rect_filled(rail.with_max_x(handle.x), 2.0, color);
    let over = response.hovered() || response.dragged() || response.has_focus();
    ui.painter().circle(handle, if over { 8.0 } else { 7.0 }, palette.pane, Stroke::new(2.0, color));
    response
}

/// A line that fills from the left; `share` is 0 to 1, `None` where nobody knows how far it is.
pub(super) fn progress_ui(ui: &mut Ui, share: Option<f32>, width: f32, label: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 4.0), Sense::hover());
    let palette = palette(ui);
    ui.painter().rect_filled(rect, 2.0, palette.line);
    let (from, to) = if let Some(share) = share {
        (0.0, share.clamp(0.0, 1.0))
    } else {
        ui.ctx().request_repaint_after_secs(1.0 / 30.0);
        let at = (ui.input(|i| i.time) as f32 * 0.6).fract() * 1.4 - 0.4;
        (at.max(0.0), (at + 0.4).min(1.0))
    };
    let bar = rect.with_min_x(rect.left() + from * width).with_max_x(rect.left() + to * width);
    ui.painter().rect_filled(bar, 2.0, palette.accent);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, label);
        info.value = share.map(f64::from);
        info
    });
    response
}

/// What a page without content shows: a sign, one sentence, an explanation.
pub(super) fn notice_head_ui(ui: &mut Ui, icon: Icon, color: Color32, ground: Color32, title: &str, explanation: &str) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(56.0), Sense::hover());
    ui.painter().rect_filled(rect, 16.0, ground);
    icon.paint(ui.painter(), rect, 26.0, color);
    ui.add_space(16.0);
    ui.label(egui::RichText::new(title).font(theme::semibold(theme::TITLE)).color(palette.text));
    if !explanation.is_empty() {
        ui.add_space(6.0);
        ui.label(egui::RichText::new(explanation).font(theme::regular(HINT)).color(palette.secondary));
    }
}

const HINT: f32 = 13.5;

/// Lays `add` out in the middle of what is left of `ui`, `width` points wide at most, its height known from the last frame.
pub(super) fn centered_ui<R>(ui: &mut Ui, salt: &str, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.make_persistent_id(salt);
    let full = ui.available_rect_before_wrap();
    let height = ui.data(|d| d.get_temp::<f32>(id));
    let width = width.min(full.width() - 48.0).max(80.0);
    let size = vec2(width, height.unwrap_or(200.0).min(full.height()));
    let place = Align2::CENTER_CENTER.align_size_within_rect(size, full);
    // Named, so that the keyboard does not stay at a place where now something else stands.
    let layout = egui::Layout::top_down(egui::Align::Center);
    let builder = egui::UiBuilder::new().id_salt(salt).max_rect(place).layout(layout);
    let inner = ui.scope_builder(builder, add);
    let new_height = inner.response.rect.height();
    if height.is_none_or(|h| (h - new_height).abs() > 0.5) {
        ui.data_mut(|d| d.insert_temp(id, new_height));
        ui.ctx().request_discard("the height of a page in the middle has changed");
    }
    inner.inner
}
