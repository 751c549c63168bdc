//! From a page to the screen and back. The only place where page pixels become points of the window.

use crate::document::{PagePoint, PageRect, PageSize, Turn};
use egui::{Pos2, Rect, pos2};

/// Where a page stands on the screen in this frame. Made anew each frame, never stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UiFromPage {
    /// Where the turned page stands, in points of the window.
    rect: Rect,
    /// The page image that page coordinates are pixels of.
    size: PageSize,
    /// How the view turns the page.
    turn: Turn,
    /// Points a page pixel, along the turned page's axes.
    scale: egui::Vec2,
}

impl UiFromPage {
    /// A page of `size` pixels, turned by `turn`, that fills `rect`. A size of 0 counts as 1.
    pub fn new(rect: Rect, size: PageSize, turn: Turn) -> Self {
        let size = PageSize::new(size.width.max(1), size.height.max(1));
        let turned = turn.size(size);
        let scale = egui::vec2(rect.width() / turned.width as f32, rect.height() / turned.height as f32);
        Self { rect, size, turn, scale }
    }

    /// The same place for coordinates in pixels of another image of this page.
    #[must_use]
    pub fn of_size(self, size: PageSize) -> Self {
        Self::new(self.rect, size, self.turn)
    }

    /// Where the whole page stands.
    pub const fn page_rect(self) -> Rect {
        self.rect
    }

    /// The page image that page coordinates are pixels of.
    pub const fn size(self) -> PageSize {
        self.size
    }

    /// How the view turns the page.
    pub const fn turn(self) -> Turn {
        self.turn
    }

    /// Points a page pixel, the mean of both axes.
    pub fn scale(self) -> f32 {
        f32::midpoint(self.scale.x, self.scale.y)
    }

    /// Where a point of the page stands.
    pub fn point(self, point: PagePoint) -> Pos2 {
        let turned = self.turn.point(point, self.size);
        pos2(self.rect.min.x + turned.x * self.scale.x, self.rect.min.y + turned.y * self.scale.y)
    }

    /// Where a rectangle of the page stands.
    pub fn rect(self, rect: PageRect) -> Rect {
        Rect::from_two_pos(self.point(rect.min()), self.point(rect.max()))
    }

    /// The point of the page that stands there; outside the page where `pos` is.
    pub fn page_point(self, pos: Pos2) -> PagePoint {
        let scale = self.scale.max(egui::Vec2::splat(f32::MIN_POSITIVE));
        let turned = PagePoint::new((pos.x - self.rect.min.x) / scale.x, (pos.y - self.rect.min.y) / scale.y);
        self.turn.inverse().point(turned, self.turn.size(self.size))
    }

    /// The part of the page (or beyond it) that stands there.
    pub fn page_rect_of(self, rect: Rect) -> PageRect {
        let (a, b) = (self.page_point(rect.min), self.page_point(rect.max));
        PageRect::new(a.x, a.y, b.x, b.y)
    }
}

/// `rect` with its edges on the pixels of the screen.
pub fn snapped(rect: Rect, pixels_per_point: f32) -> Rect {
    let snap = |v: f32| (v * pixels_per_point).round() / pixels_per_point;
    Rect::from_min_max(pos2(snap(rect.min.x), snap(rect.min.y)), pos2(snap(rect.max.x), snap(rect.max.y)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn page_of_ui_of_a_point_is_the_point(
            x in 0.0..1.0f32,
            y in 0.0..1.0f32,
            width in 1u32..20_000,
            height in 1u32..20_000,
            quarter in 0..4i32,
            zoom in 0.01..8.0f32,
            left in -3000.0..3000f32,
            top in -3000.0..3000f32,
        ) {
            let turn = Turn::from_degrees(quarter * 90);
            let size = PageSize::new(width, height);
            let turned = turn.size(size);
            let rect = Rect::from_min_size(
                pos2(left, top),
                egui::vec2(turned.width as f32 * zoom, turned.height as f32 * zoom),
            );
            let ui_from_page = UiFromPage::new(rect, size, turn);
            let point = PagePoint::new(x * width as f32, y * height as f32);
            let ui = ui_from_page.point(point);
            prop_assert!(rect.expand(0.5 + rect.size().max_elem() * 1e-4).contains(ui));
            let back = ui_from_page.page_point(ui);
            // Half a thousandth of a point on the screen, or what an f32 can hold.
            let slack = (0.0005 / zoom).max(ui.x.abs().max(ui.y.abs()) * 1e-6 / zoom).max(width.max(height) as f32 * 2e-6);
            prop_assert!((back.x - point.x).abs() <= slack && (back.y - point.y).abs() <= slack, "{point:?} {back:?}");
        }

        #[test]
        fn a_rectangle_comes_back(quarter in 0..4i32, a in 0.0..900f32, b in 0.0..900f32, c in 0.0..900f32, d in 0.0..900f32) {
            let place = Rect::from_min_size(pos2(10.0, 20.0), egui::vec2(400.0, 300.0));
            let ui_from_page = UiFromPage::new(place, PageSize::new(1000, 900), Turn::from_degrees(quarter * 90));
            let rect = PageRect::new(a, b, c, d);
            let back = ui_from_page.page_rect_of(ui_from_page.rect(rect));
            prop_assert!((back.left() - rect.left()).abs() < 0.01 && (back.bottom() - rect.bottom()).abs() < 0.01);
        }
    }

    #[test]
    fn a_quarter_turn_takes_the_top_left_to_the_top_right() {
        let place = Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(200.0, 100.0));
        let ui_from_page = UiFromPage::new(place, PageSize::new(100, 200), Turn::Quarter);
        assert_eq!(ui_from_page.point(PagePoint::new(0.0, 0.0)), pos2(200.0, 0.0));
        assert_eq!(ui_from_page.point(PagePoint::new(100.0, 0.0)), pos2(200.0, 100.0));
    }

    #[test]
    fn a_service_may_count_in_other_pixels() {
        let place = Rect::from_min_size(pos2(0.0, 0.0), egui::vec2(100.0, 200.0));
        let ui_from_page =
            UiFromPage::new(place, PageSize::new(1000, 2000), Turn::None).of_size(PageSize::new(500, 1000));
        assert_eq!(ui_from_page.point(PagePoint::new(250.0, 500.0)), pos2(50.0, 100.0));
    }
}
