//! Where a point of a PDF page lies in its image.

use crate::document::{PagePoint, PageRect, PageSize};
use pdfium_render::prelude::{PdfMatrix, PdfPage, PdfPageRenderRotation, PdfRect};

/// An affine map: `x' = a·x + c·y + e`, `y' = b·x + d·y + f`, as PDF writes its matrices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Map {
    pub(super) a: f32,
    pub(super) b: f32,
    pub(super) c: f32,
    pub(super) d: f32,
    pub(super) e: f32,
    pub(super) f: f32,
}

impl Map {
    /// Pixels of a page's image of `size` from points of the page: its visible box, turned as the page says.
    pub(super) fn pixels_from_points(page: &PdfPage, size: PageSize) -> Self {
        let visible = page.boundaries().bounding().map(|b| b.bounds).ok();
        let visible = visible.filter(|b| b.width().value > 0.0 && b.height().value > 0.0);
        let visible = visible.unwrap_or_else(|| PdfRect::new_from_values(0.0, 0.0, 792.0, 612.0));
        let (left, bottom) = (visible.left().value, visible.bottom().value);
        let (right, top) = (visible.right().value, visible.top().value);
        let (width, height) = (right - left, top - bottom);
        let (w, h) = (size.width as f32, size.height as f32);
        match page.rotation().unwrap_or(PdfPageRenderRotation::None) {
            PdfPageRenderRotation::None => Self::new(w / width, 0.0, 0.0, -h / height, left, top),
            PdfPageRenderRotation::Degrees90 => Self::new(0.0, h / width, w / height, 0.0, left, bottom),
            PdfPageRenderRotation::Degrees180 => Self::new(-w / width, 0.0, 0.0, h / height, right, bottom),
            PdfPageRenderRotation::Degrees270 => Self::new(0.0, -h / width, -w / height, 0.0, right, top),
        }
    }

    /// The map with this linear part that takes `x`, `y` to the origin.
    fn new(a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) -> Self {
        Self { a, b, c, d, e: -(a * x + c * y), f: -(b * x + d * y) }
    }

    /// A PDF matrix.
    pub(super) fn of(m: PdfMatrix) -> Self {
        Self { a: m.a(), b: m.b(), c: m.c(), d: m.d(), e: m.e(), f: m.f() }
    }

    /// This map after `first`.
    pub(super) fn after(self, first: Self) -> Self {
        let (ax, ay) = self.direction(first.a, first.b);
        let (cx, cy) = self.direction(first.c, first.d);
        let end = self.point(first.e, first.f);
        Self { a: ax, b: ay, c: cx, d: cy, e: end.x, f: end.y }
    }

    /// Where a point lies.
    pub(super) fn point(self, x: f32, y: f32) -> PagePoint {
        PagePoint::new(self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// Which way a vector points.
    pub(super) fn direction(self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.c * y, self.b * x + self.d * y)
    }

    /// The rectangle around a rectangle.
    pub(super) fn rect(self, rect: PdfRect) -> PageRect {
        let (left, bottom) = (rect.left().value, rect.bottom().value);
        let (right, top) = (rect.right().value, rect.top().value);
        self.around([(left, bottom), (right, bottom), (right, top), (left, top)])
    }

    /// The rectangle around points.
    pub(super) fn around(self, points: impl IntoIterator<Item = (f32, f32)>) -> PageRect {
        let places = points.into_iter().map(|(x, y)| self.point(x, y));
        PageRect::around(places.map(|p| PageRect::new(p.x, p.y, p.x, p.y))).unwrap_or_default()
    }

    /// How much longer lengths become, in the mean of all directions.
    pub(super) fn scale(self) -> f32 {
        (self.a * self.d - self.b * self.c).abs().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_apply_from_right_to_left() {
        let double = Map { a: 2.0, b: 0.0, c: 0.0, d: 2.0, e: 0.0, f: 0.0 };
        let right = Map { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 10.0, f: 0.0 };
        assert_eq!(double.after(right).point(1.0, 1.0), PagePoint::new(22.0, 2.0));
        assert_eq!(right.after(double).point(1.0, 1.0), PagePoint::new(12.0, 2.0));
        assert!((double.after(right).scale() - 2.0).abs() < 1e-6);
    }
}
