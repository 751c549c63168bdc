//! A page as the table finder sees it: pieces of text and straight strokes, in points. Reads nothing and decides nothing.
//!
//! Every length in `tables` is in points, so that one constant fits every page. What a point is on a page (4.17 pixels
//! of a PDF page at 300 DPI, about a ninth of the letters' size on a photograph) is settled once, by `Sheet`.

use crate::document::{PageRect, PageSize};

/// A rectangle on a sheet, in points; origin top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Bounds {
    pub(super) fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    /// The smallest rectangle around all `bounds`; `None` of none.
    pub(super) fn around(bounds: impl IntoIterator<Item = Bounds>) -> Option<Self> {
        bounds.into_iter().reduce(Self::union)
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    pub(super) fn width(self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f32 {
        self.bottom - self.top
    }

    pub(super) fn center_x(self) -> f32 {
        f32::midpoint(self.left, self.right)
    }

    pub(super) fn center_y(self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    /// The shared width with `other`; negative where there is a gap between them.
    pub(super) fn overlap_x(self, other: Self) -> f32 {
        self.right.min(other.right) - self.left.max(other.left)
    }

    /// The shared height with `other`; negative where there is a gap between them.
    pub(super) fn overlap_y(self, other: Self) -> f32 {
        self.bottom.min(other.bottom) - self.top.max(other.top)
    }
}

/// A word, or a part of one where the reader fused two cells into one word.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Piece {
    pub(super) bounds: Bounds,
    /// Font size.
    pub(super) size: f32,
    pub(super) text: String,
    /// The probability that it is read right.
    pub(super) score: f32,
}

/// A straight stroke along one axis: from `from` to `to` on it, standing `at` on the other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stroke {
    pub(super) from: f32,
    pub(super) to: f32,
    pub(super) at: f32,
}

impl Stroke {
    pub(super) fn length(self) -> f32 {
        self.to - self.from
    }

    /// How much of `from..to` it covers; negative where it does not reach.
    pub(super) fn overlap(self, from: f32, to: f32) -> f32 {
        self.to.min(to) - self.from.max(from)
    }
}

/// All that the table finder knows of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) pieces: Vec<Piece>,
    /// Horizontal rules.
    pub(super) across: Vec<Stroke>,
    /// Vertical rules.
    pub(super) down: Vec<Stroke>,
    /// Page pixels in a point.
    pub(super) unit: f32,
}

impl Sheet {
    /// `rect` of the page on a sheet whose point has `unit` pixels.
    pub(super) fn bounds_from_page(rect: PageRect, unit: f32) -> Bounds {
        Bounds::new(rect.left() / unit, rect.top() / unit, rect.right() / unit, rect.bottom() / unit)
    }

    /// The whole sheet of a page of `size`.
    pub(super) fn whole(size: PageSize, unit: f32) -> Bounds {
        Self::bounds_from_page(size.rect(), unit)
    }

    /// `bounds` on the page, in pixels.
    pub(super) fn page_from_bounds(&self, bounds: Bounds) -> PageRect {
        PageRect::new(bounds.left, bounds.top, bounds.right, bounds.bottom).scaled(self.unit)
    }
}

/// The middle of `values`, the mean of the two middle ones of an even number; `default` of none.
pub(super) fn median(values: impl IntoIterator<Item = f32>, default: f32) -> f32 {
    let mut values: Vec<f32> = values.into_iter().collect();
    values.sort_by(f32::total_cmp);
    match values.len() {
        0 => default,
        n if n % 2 == 1 => values[n / 2],
        n => f32::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let medians = [median([3.0, 1.0], 0.0), median([5.0, 1.0, 2.0], 0.0), median([], 7.0)];
        assert_eq!(medians.map(|m| m as u8), [2, 2, 7]);
    }
}
