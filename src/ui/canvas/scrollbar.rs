//! The slim bars at the edges of the view: where one is in a long document, and a way through it.

use super::camera::{Look, Viewport};
use super::layout::{World, WorldRect};
use crate::ui::theme::{faded, palette};
use egui::{Rect, Sense, Ui, pos2, vec2};

/// The width of a bar that the pointer is at, in points.
const WIDTH: f32 = 8.0;
const SHORTEST: f32 = 36.0;

/// Draws the bars that are needed; answers the look that one was dragged to.
pub(super) fn scrollbars_ui(
    ui: &mut Ui,
    look: Look,
    content: WorldRect,
    viewport: Viewport,
    busy: bool,
) -> Option<Look> {
    let vertical = bar_ui(ui, look, content, viewport, busy, true);
    let horizontal = bar_ui(ui, look, content, viewport, busy, false);
    vertical.or(horizontal)
}

fn bar_ui(ui: &mut Ui, look: Look, content: WorldRect, viewport: Viewport, busy: bool, vertical: bool) -> Option<Look> {
    let rect = viewport.rect;
    let (low, high, at, view) = if vertical {
        (content.min.y, content.max.y, look.center.y, f64::from(viewport.inner.height()) / look.zoom)
    } else {
        (content.min.x, content.max.x, look.center.x, f64::from(viewport.inner.width()) / look.zoom)
    };
    if high - low <= view * 1.001 {
        return None;
    }
    let track = if vertical {
        Rect::from_min_max(pos2(rect.right() - WIDTH - 3.0, rect.top() + 4.0), rect.max - vec2(3.0, 14.0))
    } else {
        Rect::from_min_max(pos2(rect.left() + 4.0, rect.bottom() - WIDTH - 3.0), rect.max - vec2(14.0, 3.0))
    };
    let length = if vertical { track.height() } else { track.width() };
    let thumb = ((f64::from(length) * view / (high - low)) as f32).clamp(SHORTEST.min(length), length);
    let share = ((at - view / 2.0 - low) / (high - low - view)).clamp(0.0, 1.0) as f32;
    let start = share * (length - thumb);
    let handle = if vertical {
        Rect::from_min_size(track.min + vec2(0.0, start), vec2(WIDTH, thumb))
    } else {
        Rect::from_min_size(track.min + vec2(start, 0.0), vec2(thumb, WIDTH))
    };
    let id = ui.scope_id().with(("scroll bar", vertical));
    let response = ui.interact(handle.expand(3.0), id, Sense::DRAG);
    let held = response.dragged() || response.hovered();
    let strength = ui.ctx().animate_bool(id, held || busy);
    let palette = palette(ui.visuals());
    let thin = if held { WIDTH } else { 5.0 };
    let drawn = if vertical {
        Rect::from_min_max(pos2(handle.right() - thin, handle.top()), handle.max)
    } else {
        Rect::from_min_max(pos2(handle.left(), handle.bottom() - thin), handle.max)
    };
    ui.painter().rect_filled(drawn, thin / 2.0, faded(palette.secondary, 0.35 + 0.4 * strength));
    if !response.dragged() {
        return None;
    }
    let moved = if vertical { response.drag_delta().y } else { response.drag_delta().x };
    let by = f64::from(moved) / f64::from((length - thumb).max(1.0)) * (high - low - view);
    let center = if vertical {
        World::new(look.center.x, look.center.y + by)
    } else {
        World::new(look.center.x + by, look.center.y)
    };
    Some(Look { center, ..look })
}
