//! Draws words on demand, and the words that are selected.

use super::ink::Ink;
use super::overlay::Overlay;
use super::transform::UiFromPage;
use crate::document::Score;
use crate::ui::theme::{LIGHT, faded};
use std::ops::RangeInclusive;

/// Draws the boxes of the words in view; those below `threshold` dashed in the colour of warnings.
pub(super) fn words_ink(
    ink: &mut Ink,
    overlay: &Overlay,
    ui_from_text: UiFromPage,
    clip: egui::Rect,
    threshold: Score,
) {
    let Some(text) = &overlay.page_text else { return };
    let line = ink.line_width(1.0);
    let (sure, doubtful) = (faded(LIGHT.accent, 0.45), LIGHT.warning);
    overlay.words.touching(ui_from_text.page_rect_of(clip), |at| {
        let word = &text.words[at];
        let rect = ink.snap(ui_from_text.rect(word.rect).expand(0.5));
        if word.score < threshold {
            ink.fill(rect, faded(doubtful, 0.10));
            ink.dashes(rect, line, doubtful);
        } else {
            ink.outline(rect, line, sure);
        }
        true
    });
}

/// Marks the words in `range` as selected, one band a line.
pub(super) fn selection_ink(ink: &mut Ink, overlay: &Overlay, ui_from_text: UiFromPage, range: &RangeInclusive<usize>) {
    for band in overlay.text.highlight(range) {
        let rect = ink.snap(ui_from_text.rect(band).expand(1.0));
        ink.fill(rect, faded(LIGHT.accent, 0.28));
    }
}
