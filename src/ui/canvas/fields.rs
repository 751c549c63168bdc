//! Draws the boxes of fields: quiet where the reader is sure, dashed where it is not, strong where it is selected.

use super::ink::Ink;
use super::overlay::{Mark, Overlay};
use super::transform::UiFromPage;
use crate::desk::Judge;
use crate::document::Score;
use crate::ui::theme::{LabelLook, faded};
use egui::{Color32, Rect};

/// What is special about a mark in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Emphasis {
    /// It is selected.
    pub(super) selected: bool,
    /// The pointer is over it.
    pub(super) hovered: bool,
}

/// The box around a value that stands at `rect`: with room for the eye, less where the text is small.
pub(super) fn around(rect: Rect) -> Rect {
    let room = (rect.height().min(rect.width()) * 0.25).clamp(1.0, 3.0);
    rect.expand(room)
}

/// Draws one field's box.
pub(super) fn field_ink(
    ink: &mut Ink,
    overlay: &Overlay,
    at: usize,
    ui_from_page: UiFromPage,
    judge: Judge<'_>,
    emphasis: Emphasis,
) {
    let Some(rect) = overlay.rect(Mark::Field(at)) else { return };
    let rect = ui_from_page.rect(rect);
    if !ink.sees(rect.expand(6.0)) {
        return;
    }
    let rect = ink.snap(around(rect));
    let field = overlay.field(at);
    let (threshold, doubtful) = (judge.threshold(&field.label), judge.needs_look(field));
    let look = overlay.looks[at];
    box_ink(ink, rect, look.color, field.score, threshold, doubtful, emphasis);
    bars_ink(ink, rect, look, if emphasis.selected { 4.0 } else { 0.0 });
}

/// Draws a label's bars before its box.
fn bars_ink(ink: &mut Ink, rect: Rect, look: LabelLook, halo: f32) {
    let (width, step) = (ink.line_width(2.0), ink.line_width(4.0));
    for bar in 1..=look.bars {
        let right = rect.left() - halo - f32::from(bar) * step + width;
        let bar = Rect::from_x_y_ranges(right - width..=right, rect.y_range());
        ink.fill(ink.snap(bar), look.color);
    }
}

/// Draws a box of `color` in the weight that `score` has; dashed where it is doubtful.
pub(super) fn box_ink(
    ink: &mut Ink,
    rect: Rect,
    color: Color32,
    score: Score,
    threshold: Score,
    doubtful: bool,
    emphasis: Emphasis,
) {
    let tint = if emphasis.hovered { 0.20 } else { 0.10 };
    if emphasis.selected {
        let halo = ink.line_width(3.0);
        ink.framed(rect.expand(halo), 6.0, Color32::TRANSPARENT, halo, faded(color, 0.30));
        ink.framed(rect, 3.0, faded(color, tint + 0.04), ink.line_width(2.0), color);
    } else if doubtful {
        // Around small text a thick line would hide it.
        let small = rect.height() < 13.0;
        let width = if emphasis.hovered && !small { 2.0 } else { 1.5 };
        ink.fill(rect, faded(color, tint + 0.02));
        ink.dashes(rect, ink.line_width(if small { 1.0 } else { width }), faded(color, if small { 0.8 } else { 1.0 }));
    } else {
        // The surer, the quieter.
        let sure = ((score.get() - threshold.get()) / (1.0 - threshold.get()).max(0.01)).clamp(0.0, 1.0);
        let strength = if emphasis.hovered { 1.0 } else { 0.95 - 0.25 * sure };
        ink.framed(rect, 3.0, faded(color, tint - 0.02), ink.line_width(1.0), faded(color, strength));
    }
}
