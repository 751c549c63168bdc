//! Draws what hands hold: the box or line that follows the pointer, the grips of the selected field, a range of cells.

use super::boxes::Held;
use super::fields::around;
use super::ink::Ink;
use super::input::{Gesture, VisiblePage};
use super::overlay::{Mark, Overlay};
use crate::desk::State;
use crate::document::{Axis, PageRect};
use crate::ui::theme::{self, palette};
use egui::{Color32, Rect, Ui};

/// What hands hold: the box or line that follows the pointer, the grips of the selected field, the selected cells.
pub(super) fn draw_hands(
    ink: &mut Ink,
    ui: &Ui,
    gesture: &Gesture,
    state: &State,
    overlay: &Overlay,
    visible: &VisiblePage,
) {
    let accent = palette(ui.visuals()).accent;
    let page = visible.page;
    for target in state.marked.iter().filter(|target| target.page() == page) {
        if let Some(rect) = overlay.mark(target).and_then(|mark| overlay.rect(mark)) {
            let width = ink.line_width(2.0);
            let rect = ink.snap(around(visible.ui_from_page.rect(rect)));
            ink.framed(rect, 3.0, theme::faded(accent, 0.14), width, accent);
        }
    }
    if let Some((of, id, range)) = state.cell_range()
        && of == page
        && state.range_end.is_some()
        && let Some(table) = overlay.page.tables.iter().find(|table| table.id == *id)
    {
        for cell in table.cells.iter().filter(|c| range.rows.contains(&c.row) && range.cols.contains(&c.col)) {
            ink.fill(visible.ui_from_page.rect(cell.rect), theme::faded(accent, 0.18));
        }
    }
    if let Gesture::Box(drag) = gesture
        && drag.page == page
    {
        let width = ink.line_width(2.0);
        match (&drag.held, drag.rect(visible.ui_from_page.size())) {
            (Held::Line(id, axis, _), _) => {
                let Some(table) = overlay.page.tables.iter().find(|table| table.id == *id) else { return };
                let line = match axis {
                    Axis::Rows => PageRect::new(table.rect.left(), drag.to.y, table.rect.right(), drag.to.y),
                    Axis::Columns => PageRect::new(drag.to.x, table.rect.top(), drag.to.x, table.rect.bottom()),
                };
                ink.fill(visible.ui_from_page.rect(line).expand(width / 2.0), accent);
            }
            (_, Some(rect)) => {
                let rect = ink.snap(visible.ui_from_page.rect(rect));
                ink.framed(rect, 3.0, theme::faded(accent, 0.12), width, accent);
            }
            _ => {}
        }
        return;
    }
    let selected = state.selection.as_ref().filter(|_| state.marked.is_empty());
    if let Some(Mark::Field(at)) = selected.and_then(|target| overlay.mark(target))
        && let Some(rect) = overlay.field(at).rect
        && state.view.fields
    {
        grips_ink(ink, around(visible.ui_from_page.rect(rect)), accent);
    }
}

/// Small squares at the corners and edges of a box, where there is room for them.
fn grips_ink(ink: &mut Ink, rect: Rect, color: Color32) {
    const SIDE: f32 = 6.0;
    let middles = [rect.center_top(), rect.center_bottom(), rect.left_center(), rect.right_center()];
    let corners = [rect.left_top(), rect.right_top(), rect.left_bottom(), rect.right_bottom()];
    let line = ink.line_width(1.0);
    for (number, at) in corners.into_iter().chain(middles).enumerate() {
        let has_room = match number {
            0..4 => true,
            4 | 5 => rect.width() > 5.0 * SIDE,
            _ => rect.height() > 4.0 * SIDE,
        };
        if has_room {
            let square = ink.snap(Rect::from_center_size(at, egui::Vec2::splat(SIDE)));
            ink.fill(square, Color32::WHITE);
            ink.outline(square, line, color);
        }
    }
}
