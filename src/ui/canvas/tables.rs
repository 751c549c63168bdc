//! Draws tables as grids with their cells.

use super::fields::{Emphasis, box_ink};
use super::ink::Ink;
use super::overlay::{Mark, Overlay};
use super::transform::UiFromPage;
use crate::desk::Judge;
use crate::ui::theme::{LIGHT, TABLE, faded};
use egui::{Color32, Rect};

/// Cells lower than this, in points, are not drawn one by one.
const CELLS_FROM: f32 = 4.0;

/// Draws one table's frame.
pub(super) fn table_ink(ink: &mut Ink, overlay: &Overlay, at: usize, ui_from_page: UiFromPage, emphasis: Emphasis) {
    let rect = ui_from_page.rect(overlay.table(at).rect);
    if !ink.sees(rect.expand(6.0)) {
        return;
    }
    let rect = ink.snap(rect.expand(1.0));
    let width = if emphasis.selected { 2.0 } else { 1.5 };
    if emphasis.selected {
        let halo = ink.line_width(3.0);
        ink.framed(rect.expand(halo), 6.0, Color32::TRANSPARENT, halo, faded(TABLE, 0.30));
    }
    let tint = if emphasis.selected || emphasis.hovered { 0.06 } else { 0.0 };
    ink.framed(rect, 3.0, faded(TABLE, tint), ink.line_width(width), TABLE);
}

/// Draws one cell; a doubtful one is dashed.
pub(super) fn cell_ink(
    ink: &mut Ink,
    overlay: &Overlay,
    (table, at): (usize, usize),
    ui_from_page: UiFromPage,
    judge: Judge<'_>,
    emphasis: Emphasis,
) {
    let Some(rect) = overlay.rect(Mark::Cell(table, at)) else { return };
    let rect = ui_from_page.rect(rect);
    if rect.height() < CELLS_FROM || !ink.sees(rect.expand(4.0)) {
        return;
    }
    let (of, cell) = (overlay.table(table), overlay.cell(table, at));
    let doubtful = judge.cell_needs_look(of, cell);
    let rect = ink.snap(rect);
    // Neighbours draw the line between them on the same pixels.
    let line = ink.line_width(1.0);
    let lined = Rect::from_min_max(rect.min, rect.max + egui::Vec2::splat(line));
    if emphasis.selected {
        box_ink(ink, rect, TABLE, cell.score, judge.cell_threshold(of, cell), doubtful, emphasis);
    } else if doubtful {
        ink.fill(rect, faded(LIGHT.warning, if emphasis.hovered { 0.14 } else { 0.06 }));
        ink.dashes(lined, line, LIGHT.warning);
    } else {
        let header = cell.row <= of.header_rows;
        let tint = if emphasis.hovered {
            0.14
        } else if header {
            0.08
        } else {
            0.02
        };
        ink.fill(rect, faded(TABLE, tint));
        ink.outline(lined, line, faded(TABLE, if emphasis.hovered { 0.8 } else { 0.32 }));
    }
}
