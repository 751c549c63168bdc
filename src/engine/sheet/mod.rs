//! A page as tables and fields are read from it: pieces of text and straight strokes, in points. Decides nothing.
//!
//! Every length in `tables` and `general` is in points, so that one constant fits every page. What a point is on a page
//! (4.17 pixels of a PDF page at 300 DPI, about a ninth of the letters' size on a photograph) is settled once, by
//! [`Sheet::of`]. `lines` groups pieces, `figures` knows what a figure is, `strokes` joins rules, `picture` finds them
//! in pixels.

mod em;
pub(super) mod figures;
#[cfg(test)]
pub(super) mod fixtures;
pub(super) mod lines;
pub(super) mod picture;
mod skew;
mod strokes;

use crate::document::{PageRect, PageSize, PageText, TextSource, Word};
use crate::pages::Rule;
use skew::Skew;
use strokes::Strokes;

/// Pixels of a PDF page in a point: 300 DPI over 72 points an inch.
const PDF_UNIT: f32 = 300.0 / 72.0;

/// A rectangle on a sheet, in points; origin top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::engine) struct Bounds {
    pub(in crate::engine) left: f32,
    pub(in crate::engine) top: f32,
    pub(in crate::engine) right: f32,
    pub(in crate::engine) bottom: f32,
}

impl Bounds {
    pub(in crate::engine) fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    /// The smallest rectangle around all `bounds`; `None` of none.
    pub(in crate::engine) fn around(bounds: impl IntoIterator<Item = Bounds>) -> Option<Self> {
        bounds.into_iter().reduce(Self::union)
    }

    pub(in crate::engine) fn union(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    pub(in crate::engine) fn width(self) -> f32 {
        self.right - self.left
    }

    pub(in crate::engine) fn height(self) -> f32 {
        self.bottom - self.top
    }

    pub(in crate::engine) fn center_x(self) -> f32 {
        f32::midpoint(self.left, self.right)
    }

    pub(in crate::engine) fn center_y(self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    /// The shared width with `other`; negative where there is a gap between them.
    pub(in crate::engine) fn overlap_x(self, other: Self) -> f32 {
        self.right.min(other.right) - self.left.max(other.left)
    }

    /// The shared height with `other`; negative where there is a gap between them.
    pub(in crate::engine) fn overlap_y(self, other: Self) -> f32 {
        self.bottom.min(other.bottom) - self.top.max(other.top)
    }
}

/// A word, or a part of one where the reader fused two cells into one word.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::engine) struct Piece {
    /// Its em box: what lines are told from.
    pub(in crate::engine) bounds: Bounds,
    /// The word's own box, as the page shows it.
    pub(in crate::engine) shown: Bounds,
    /// Font size.
    pub(in crate::engine) size: f32,
    pub(in crate::engine) text: String,
    /// The probability that it is read right.
    pub(in crate::engine) score: f32,
}

/// A straight stroke along one axis: from `from` to `to` on it, standing `at` on the other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::engine) struct Stroke {
    pub(in crate::engine) from: f32,
    pub(in crate::engine) to: f32,
    pub(in crate::engine) at: f32,
}

impl Stroke {
    pub(in crate::engine) fn length(self) -> f32 {
        self.to - self.from
    }

    /// How much of `from..to` it covers; negative where it does not reach.
    pub(in crate::engine) fn overlap(self, from: f32, to: f32) -> f32 {
        self.to.min(to) - self.from.max(from)
    }
}

/// All that the table finder knows of a page.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Sheet {
    pub(in crate::engine) pieces: Vec<Piece>,
    /// Horizontal rules.
    pub(in crate::engine) across: Vec<Stroke>,
    /// Vertical rules.
    pub(in crate::engine) down: Vec<Stroke>,
    /// How the page leans; everything above stands on the straight one, `Piece::shown` apart.
    pub(in crate::engine) skew: Skew,
    /// Page pixels in a point.
    pub(in crate::engine) unit: f32,
}

impl Sheet {
    /// The words and ruling lines of an upright page.
    pub(in crate::engine) fn of(text: &PageText, rules: &[Rule]) -> Self {
        let unit = match text.source {
            TextSource::Layer => PDF_UNIT,
            TextSource::Read => (median(text.words.iter().map(|w| w.rect.height()), 12.0) * 0.75 / 9.0).max(0.1),
        };
        let bounds = Self::whole(text.size, unit);
        let skew = Skew::of(&text.words, text.size, text.source);
        let pieces: Vec<Piece> =
            text.words.iter().filter(|word| runs_across(word)).map(|word| Self::piece(word, skew, unit)).collect();
        let mut strokes = Strokes::default();
        for rule in rules {
            strokes.add(skew.straight_from_page(Self::bounds_from_page(rule.rect, unit), unit), bounds);
        }
        strokes.add_drawn(&pieces);
        let (across, down) = strokes.joined();
        Self { pieces, across, down, skew, unit }
    }

    fn piece(word: &Word, skew: Skew, unit: f32) -> Piece {
        let shown = Self::bounds_from_page(word.rect, unit);
        let mut bounds = skew.straight_from_page(shown, unit);
        let size = if word.font_size > 0.0 { word.font_size } else { 0.75 * word.rect.height() } / unit;
        if word.font_size > 0.0 {
            (bounds.top, bounds.bottom) = em::em_box(&word.text, bounds.top, bounds.bottom, size);
        }
        Piece { bounds, shown, size, text: word.text.to_string(), score: word.score.get() }
    }

    /// `rect` of the page on a sheet whose point has `unit` pixels.
    pub(in crate::engine) fn bounds_from_page(rect: PageRect, unit: f32) -> Bounds {
        Bounds::new(rect.left() / unit, rect.top() / unit, rect.right() / unit, rect.bottom() / unit)
    }

    /// The whole sheet of a page of `size`.
    pub(in crate::engine) fn whole(size: PageSize, unit: f32) -> Bounds {
        Self::bounds_from_page(size.rect(), unit)
    }

    /// `bounds` of the straight sheet on the page, in pixels.
    pub(in crate::engine) fn page_from_bounds(&self, bounds: Bounds) -> PageRect {
        self.page_from_shown(self.skew.page_from_straight(bounds, self.unit))
    }

    /// What is shown at `bounds`, in pixels of the page.
    pub(in crate::engine) fn page_from_shown(&self, bounds: Bounds) -> PageRect {
        PageRect::new(bounds.left, bounds.top, bounds.right, bounds.bottom).scaled(self.unit)
    }
}

/// Whether a word's letters stand side by side: what runs up or down a page belongs to no line of it.
fn runs_across(word: &Word) -> bool {
    let (width, height) = (word.rect.width(), word.rect.height());
    let letters = word.text.chars().count() as f32;
    let tall = if word.font_size > 0.0 { height > 2.0 * word.font_size } else { height > 2.5 * width };
    letters < 3.0 || !(tall && height > width)
}

/// The middle of `values`, the mean of the two middle ones of an even number; `default` of none.
pub(in crate::engine) fn median(values: impl IntoIterator<Item = f32>, default: f32) -> f32 {
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
