//! The card of the value in hand: label, score, the magnified crop of its pixels, the text, which can be written into,
//! the reason in words.

use super::controls::{
    Look, PushButton, elided, paint_line, paint_line_right, paint_look, palette, sized_icon_button_ui,
};
use super::icons::Icon;
use super::images::PageImages;
use super::keys::action_keys;
use super::theme::{self, LabelLook};
use super::value::{Reason, Selected};
use crate::desk::{Action, Command, Commands, DeskDocument, DocumentId, State, Target};
use crate::document::{Field, PageRect, Score};
use egui::{Color32, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

const CROP_HEIGHT: f32 = 44.0;
const MOST_CROP_HEIGHT: f32 = 112.0;

/// What is being written into the value in hand.
#[derive(Debug, Default)]
pub(super) struct ValueEdit {
    /// A person writes: each value that is selected is ready to be typed into.
    writes: bool,
    /// For so many frames a value that a key brings is to be ready to be typed into.
    awaits: u8,
    /// What was typed before the value was in hand: it begins the new text.
    begins_with: Option<String>,
    /// Whose text it is.
    of: Option<(DocumentId, Target)>,
    text: String,
    before: String,
}

impl ValueEdit {
    /// From now on values are written into.
    pub(super) const fn start(&mut self) {
        self.writes = true;
    }

    /// From now on values are written into; the first is replaced by `text`.
    pub(super) fn start_with(&mut self, text: String) {
        self.writes = true;
        self.of = None;
        self.begins_with = Some(text);
    }

    /// Whether nothing is written into.
    pub(super) const fn is_idle(&self) -> bool {
        !self.writes
    }

    /// Whether the value in hand is as it was.
    pub(super) fn is_fresh(&self) -> bool {
        self.of.is_some() && self.text == self.before
    }

    /// What is typed, where it is another text than the value's.
    fn typed(&self) -> Option<&str> {
        (self.writes && self.of.is_some() && self.text.trim() != self.before).then_some(self.text.as_str())
    }

    /// A key may bring the next value in hand.
    pub(super) const fn await_next(&mut self) {
        self.awaits = 3;
    }

    /// A frame begins in which another value is in hand: a field is ready where that is wanted. A cell is only looked
    /// at, so that Enter leads on to what needs a look and not down the column.
    pub(super) fn arrive(&mut self, at: &Target, types_at_once: bool, commands: &Commands) {
        if self.awaits == 0 {
            return;
        }
        self.awaits = 0;
        if matches!(at, Target::Field { .. }) {
            self.writes |= types_at_once;
        } else {
            self.leave(commands);
        }
    }

    /// A frame ends.
    pub(super) const fn end_frame(&mut self) {
        self.awaits = self.awaits.saturating_sub(1);
    }

    /// Values are only looked at; what was written is reported.
    pub(super) fn leave(&mut self, commands: &Commands) {
        self.commit(commands);
        self.stop();
    }

    /// Values are only looked at; what was written is forgotten.
    fn stop(&mut self) {
        *self = Self { awaits: self.awaits, ..Self::default() };
    }

    /// Takes up another value; whether it is another one than before. What was written into the one before is reported.
    fn take_up(&mut self, of: (DocumentId, Target), text: &str, commands: &Commands) -> bool {
        let is_new = self.of.as_ref() != Some(&of);
        if is_new {
            self.commit(commands);
            self.of = Some(of);
            text.clone_into(&mut self.before);
            self.text = self.begins_with.take().unwrap_or_else(|| text.to_owned());
        } else if self.before != text && self.is_fresh() {
            // It was changed otherwise: taken back, or read again.
            text.clone_into(&mut self.before);
            text.clone_into(&mut self.text);
        }
        is_new
    }

    /// Reports what was written, where it is something else.
    fn commit(&mut self, commands: &Commands) {
        if let Some((document, target)) = self.of.take()
            && self.text.trim() != self.before
        {
            commands.push(Command::SetText(document, target, std::mem::take(&mut self.text)));
        }
    }
}

/// Shows the selected value; `look` is its label's.
#[expect(clippy::too_many_arguments, reason = "a panel: what to read, what only the screen knows, where to report")]
pub(super) fn value_card_ui(
    ui: &mut Ui,
    state: &State,
    document: &DeskDocument,
    value: Selected<'_>,
    look: LabelLook,
    edit: &mut ValueEdit,
    images: &mut PageImages,
    commands: &Commands,
) -> egui::Response {
    let palette = palette(ui);
    let judge = state.judge(document);
    let reason = value.reason(judge);
    let frame = egui::Frame::new()
        .fill(palette.accent_soft)
        .stroke(Stroke::new(1.5, palette.accent))
        .corner_radius(theme::CARD_RADIUS)
        .inner_margin(egui::Margin { left: 11, right: 11, top: 8, bottom: 11 });
    let inner = frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.spacing_mut().interact_size.y = 16.0;
        head_ui(ui, &value, look, value.threshold(judge));
        if let Some(rect) = value.pixels() {
            crop_ui(ui, document, value.page().number, rect, images);
        }
        text_ui(ui, state, &value, edit, commands);
        normal_ui(ui, state, &value, edit);
        suggestions_ui(ui, state, &value, commands);
        match (edit.typed(), &value) {
            // What was against it is not against what is typed.
            (Some(text), Selected::Field(_, field)) => objections_ui(ui, state, document, field, text),
            (Some(_), _) => {}
            (None, _) => reason_ui(ui, &reason, commands),
        }
        actions_ui(ui, &value, commands);
    });
    inner.response
}

fn head_ui(ui: &mut Ui, value: &Selected<'_>, look: LabelLook, threshold: Score) {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let middle = rect.left_center();
    paint_look(ui, middle + vec2(5.0, 0.0), look);
    let score = value.score();
    let score_color = if score < threshold { palette.warning } else { palette.secondary };
    let score = elided(ui, &score.to_string(), theme::semibold(theme::BODY), 60.0);
    let width = rect.width() - 18.0 - score.size().x - 8.0;
    paint_line(
        ui,
        middle + vec2(18.0, 0.0),
        elided(ui, &value.title(), theme::semibold(theme::BODY), width),
        palette.text,
    );
    paint_line_right(ui, rect.right_center(), score, score_color);
}

fn crop_ui(ui: &mut Ui, document: &DeskDocument, page: u32, rect: PageRect, images: &mut PageImages) {
    // What has several lines is higher, so that all of it is to be read.
    let width = ui.available_width();
    let height = rect.height() / rect.width().max(1.0) * width * 1.2;
    let size = vec2(width, height.clamp(CROP_HEIGHT, MOST_CROP_HEIGHT));
    let (place, _) = ui.allocate_exact_size(size, Sense::hover());
    let palette = palette(ui);
    ui.painter().rect_filled(place, theme::FIELD_RADIUS, palette.hover);
    if let Some((texture, shown, value)) = images.crop(document, page, rect, size) {
        // The texture is as large as asked for, or smaller where the whole page is smaller than that.
        let place = Rect::from_center_size(place.center(), shown.min(size));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let shape = egui::epaint::RectShape::filled(place, theme::FIELD_RADIUS, Color32::WHITE);
        ui.painter().add(shape.with_texture(texture, uv));
        // What stands around the value steps back.
        let at = |share: egui::Pos2| place.min + share.to_vec2() * place.size();
        let value = Rect::from_min_max(at(value.min), at(value.max)).expand(3.0).intersect(place);
        let veil = Color32::from_white_alpha(150);
        for around in [
            place.with_max_y(value.top()),
            place.with_min_y(value.bottom()),
            value.with_min_x(place.left()).with_max_x(value.left()),
            value.with_min_x(value.right()).with_max_x(place.right()),
        ] {
            ui.painter().rect_filled(around, theme::FIELD_RADIUS, veil);
        }
    }
    ui.painter().rect_stroke(place, theme::FIELD_RADIUS, Stroke::new(1.0, palette.line), StrokeKind::Outside);
}

fn text_ui(ui: &mut Ui, state: &State, value: &Selected<'_>, edit: &mut ValueEdit, commands: &Commands) {
    let palette = palette(ui);
    if let Selected::Table(_, table) = value {
        ui.label(egui::RichText::new(super::value::table_size(table)).color(palette.text));
        return;
    }
    let text = value.text();
    let edge = if edit.writes { palette.accent } else { palette.edge };
    let frame = egui::Frame::new()
        .fill(palette.pane)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(theme::FIELD_RADIUS)
        .inner_margin(egui::Margin { left: 10, right: 4, top: 4, bottom: 4 });
    frame.show(ui, |ui| {
        ui.horizontal_top(|ui| {
            let width = ui.available_width() - 34.0;
            ui.allocate_ui_with_layout(vec2(width, 26.0), egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.set_min_size(vec2(width, 26.0));
                egui::ScrollArea::vertical().max_height(110.0).auto_shrink([false, true]).show(ui, |ui| {
                    ui.add_space(5.0);
                    if let (true, Some(of)) = (edit.writes, state.open.map(|o| o.document).zip(state.selection.clone()))
                    {
                        write_ui(ui, of, &text, edit, commands);
                    } else if text.is_empty() {
                        ui.label(egui::RichText::new("Empty").color(palette.secondary));
                    } else {
                        let shown = egui::RichText::new(&text).font(theme::regular(HAND)).color(palette.text);
                        ui.add(egui::Label::new(shown).selectable(true).wrap());
                    }
                });
            });
            if sized_icon_button_ui(ui, Icon::Copy, "Copy value", 26.0).clicked() {
                commands.push(Command::CopyText(text.clone()));
            }
        });
    });
}

/// What else the value may be, each taken by a click.
fn suggestions_ui(ui: &mut Ui, state: &State, value: &Selected<'_>, commands: &Commands) {
    let (Some(target), Some(document)) = (state.selection.clone(), state.open.map(|open| open.document)) else {
        return;
    };
    let suggestions = match value {
        Selected::Field(_, field) if field.confirmed && field.reread.is_none() => return,
        Selected::Field(page, field) => Selected::suggestions(state, page, field),
        Selected::Cell(_, _, cell) => cell.reread.iter().map(ToString::to_string).collect(),
        Selected::Table(..) => return,
    };
    if suggestions.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let text = egui::RichText::new("Or").font(theme::regular(theme::SMALL)).color(palette(ui).secondary);
        ui.label(text);
        for suggestion in suggestions {
            let short: String = suggestion.chars().take(32).collect();
            let button = ui.add(PushButton::new(&short)).accessible_name(format!("Take {suggestion}"));
            if button.clicked() {
                commands.push(Command::SetText(document, target.clone(), suggestion));
            }
        }
    });
}

/// What comes after a value was written.
enum Next {
    /// This is done.
    Do(Action),
    /// The cell so many rows down and columns to the right is taken in hand.
    Cell(i32, i32),
}

fn needs_look(state: &State, field: &Field) -> bool {
    state.open_document().is_some_and(|document| state.judge(document).needs_look(field))
}

/// The value as everybody reads it, as it is typed; or that it is none.
fn normal_ui(ui: &mut Ui, state: &State, value: &Selected<'_>, edit: &ValueEdit) {
    let Selected::Field(_, field) = value else { return };
    let Some(known) = state.labels.get(&field.label) else { return };
    let text = if edit.writes { &edit.text } else { &field.text };
    let palette = palette(ui);
    let (words, color) = match Selected::normal(text, known) {
        None => return,
        Some(Ok(normal)) => (format!("= {normal}"), palette.secondary),
        // Of what stands there already it is said why it needs a look.
        Some(Err(_)) if *text == field.text && needs_look(state, field) => return,
        Some(Err(why)) => (why.to_owned(), palette.warning),
    };
    ui.label(egui::RichText::new(words).font(theme::regular(theme::SMALL)).color(color));
}

/// The text as it is being written: Enter accepts it and goes on, Tab goes on, Escape leaves it as it was.
fn write_ui(ui: &mut Ui, of: (DocumentId, Target), text: &str, edit: &mut ValueEdit, commands: &Commands) {
    let of_target = of.1.clone();
    let is_new = edit.take_up(of, text, commands);
    let id = ui.make_persistent_id("value in hand");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let pressed = |key, modifiers| has_focus && ui.input_mut(|i| i.consume_key(modifiers, key));
    let is_cell = matches!(of_target, Target::Cell { .. });
    let next = if pressed(egui::Key::Enter, egui::Modifiers::NONE) {
        Some(if is_cell { Next::Cell(1, 0) } else { Next::Do(Action::Accept) })
    } else if pressed(egui::Key::Tab, egui::Modifiers::SHIFT) {
        Some(if is_cell { Next::Cell(0, -1) } else { Next::Do(Action::PreviousField) })
    } else if pressed(egui::Key::Tab, egui::Modifiers::NONE) {
        Some(if is_cell { Next::Cell(0, 1) } else { Next::Do(Action::NextField) })
    } else {
        None
    };
    if is_new {
        ui.memory_mut(|memory| memory.request_focus(id));
        let mut state = egui::TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        let end = egui::text::CCursor::new(edit.text.chars().count());
        // What is there is replaced by what is typed; what was typed already goes on.
        let start = if edit.text == edit.before { egui::text::CCursor::new(0) } else { end };
        let all = egui::text::CCursorRange::two(start, end);
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), id);
    }
    let line_feed = egui::KeyboardShortcut::new(egui::Modifiers::SHIFT, egui::Key::Enter);
    let written = egui::TextEdit::multiline(&mut edit.text)
        .id(id)
        .font(theme::regular(HAND))
        .frame(egui::Frame::NONE)
        .margin(egui::Margin::ZERO)
        .desired_rows(1)
        .desired_width(f32::INFINITY)
        .return_key(line_feed)
        .lock_focus(true);
    let response = ui.add(written);
    let enabled = ui.is_enabled();
    response.widget_info(|| egui::WidgetInfo::text_edit(enabled, text, &edit.text, "Value"));
    if let Some(next) = next {
        edit.commit(commands);
        match next {
            Next::Do(action) => commands.act(action),
            // As in a spreadsheet, what is typed there replaces what it says, and arrows lead on.
            Next::Cell(down, right) => {
                edit.stop();
                ui.memory_mut(|memory| memory.surrender_focus(id));
                commands.push(Command::StepCell(down, right, false));
            }
        }
    } else if response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
        edit.stop();
    } else if response.lost_focus() && !is_new {
        edit.commit(commands);
        edit.stop();
    }
}

/// The value in hand is a little larger than what stands around it.
const HAND: f32 = 14.0;

/// What its label's rule has against what is typed; that it is no day or no figure is said above.
fn objections_ui(ui: &mut Ui, state: &State, document: &DeskDocument, field: &Field, text: &str) {
    let said = state.objections(document, field, text);
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|said| !said.starts_with("This is no")).collect();
    if !said.is_empty() {
        let words = egui::RichText::new(said.join(" · ")).font(theme::regular(theme::SMALL));
        ui.label(words.color(palette(ui).warning));
    }
}

fn reason_ui(ui: &mut Ui, reason: &Reason, commands: &Commands) {
    let palette = palette(ui);
    let color = if reason.is_doubt { palette.warning } else { palette.secondary };
    let words = |text: String| egui::RichText::new(text).font(theme::regular(theme::SMALL)).color(color);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let Some((text, label, target)) = &reason.other else {
            ui.label(words(reason.text.clone()));
            return;
        };
        ui.label(words(format!("{} · also found ", reason.text)));
        let link = egui::Label::new(words(text.clone()).underline()).sense(Sense::click());
        let link = ui.add(link).on_hover_cursor(egui::CursorIcon::PointingHand);
        let enabled = ui.is_enabled();
        link.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Link, enabled, format!("Go to {label}")));
        if link.clicked() {
            commands.push(Command::Select(Some(target.clone())));
        }
        ui.label(words(format!(" as {label}")));
    });
}

fn actions_ui(ui: &mut Ui, value: &Selected<'_>, commands: &Commands) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        let accept = PushButton::new("Accept").look(Look::Primary).keys(action_keys(Action::Accept));
        if ui.add(accept).clicked() {
            commands.act(Action::Accept);
        }
        if !matches!(value, Selected::Table(..))
            && ui.add(PushButton::new("Edit").keys(action_keys(Action::EditValue))).clicked()
        {
            commands.act(Action::EditValue);
        }
        if matches!(value, Selected::Field(..))
            && ui.add(PushButton::new("Label").keys(action_keys(Action::ChangeLabel))).clicked()
        {
            commands.act(Action::ChangeLabel);
        }
        // Beside the text of a field or a cell is a button to copy it.
        if matches!(value, Selected::Table(..))
            && ui.add(PushButton::new("Copy table").keys(action_keys(Action::Copy))).clicked()
        {
            commands.push(Command::CopyText(value.text()));
        }
    });
}
