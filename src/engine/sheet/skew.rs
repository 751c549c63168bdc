//! How much a scan leans, told from the words of its lines, and where things stand when it is set straight.

use super::{Bounds, median};
use crate::document::{PagePoint, PageSize, TextSource, Word};

/// A lean that moves a line by less than this, in pixels a pixel, harms nothing.
const NEGLIGIBLE: f32 = 0.002;
/// A larger one is no lean of a page; something else went wrong.
const LARGEST: f32 = 0.15;

/// The lean of a page about its centre: pixels down for a pixel to the right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::engine) struct Skew {
    slope: f32,
    centre: PagePoint,
}

impl Skew {
    /// The lean that most lines of a read page share; none of a page whose words are the file's own.
    pub(super) fn of(words: &[Word], size: PageSize, source: TextSource) -> Self {
        let centre = size.rect().center();
        if source == TextSource::Layer {
            return Self { slope: 0.0, centre };
        }
        let slopes: Vec<f32> = words.chunk_by(follows).filter_map(slope).collect();
        let slope = if slopes.len() < 3 { 0.0 } else { median(slopes, 0.0) };
        let leans = (NEGLIGIBLE..LARGEST).contains(&slope.abs());
        Self { slope: if leans { slope } else { 0.0 }, centre }
    }

    /// A place on the page as it stands on the straight one; both in points of `unit` pixels.
    pub(super) fn straight_from_page(self, bounds: Bounds, unit: f32) -> Bounds {
        self.moved(bounds, unit, -1.0)
    }

    /// A place on the straight page as it stands on the page.
    pub(super) fn page_from_straight(self, bounds: Bounds, unit: f32) -> Bounds {
        self.moved(bounds, unit, 1.0)
    }

    /// A small turn about the centre, of the middle only: boxes stay upright and keep their size.
    fn moved(self, bounds: Bounds, unit: f32, sign: f32) -> Bounds {
        let down = sign * self.slope * (bounds.center_x() - self.centre.x / unit);
        let right = -sign * self.slope * (bounds.center_y() - self.centre.y / unit);
        Bounds::new(bounds.left + right, bounds.top + down, bounds.right + right, bounds.bottom + down)
    }
}

/// Whether `b` goes on where `a` ends.
fn follows(a: &Word, b: &Word) -> bool {
    let gap = b.rect.left() - a.rect.right();
    a.line == b.line && gap.abs() < 1.5 * a.rect.height()
}

/// The slope of a run of words that is long enough to tell.
fn slope(run: &[Word]) -> Option<f32> {
    let (first, last) = (run.first()?.rect, run.last()?.rect);
    let across = last.center().x - first.center().x;
    (across > 8.0 * first.height()).then(|| (last.center().y - first.center().y) / across)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageRect;

    fn page(slope: f32) -> Vec<Word> {
        (0..5u8)
            .flat_map(|line| {
                (0..10u8).map(move |n| {
                    let (x, y) = (50.0 * f32::from(n), 100.0 * f32::from(line) + 50.0 * f32::from(n) * slope);
                    Word { rect: PageRect::new(x, y, x + 45.0, y + 20.0), line: line.into(), ..Word::default() }
                })
            })
            .collect()
    }

    #[test]
    fn a_leaning_page_is_set_straight_and_back() {
        let skew = Skew::of(&page(0.03), PageSize::new(500, 500), TextSource::Read);
        assert!((skew.slope - 0.03).abs() < 0.001);
        let straight: Vec<f32> = page(0.03)
            .iter()
            .take(10)
            .map(|w| {
                skew.straight_from_page(Bounds::new(w.rect.left(), w.rect.top(), w.rect.right(), w.rect.bottom()), 1.0)
                    .top
            })
            .collect();
        assert!(straight.iter().all(|top| (top - straight[0]).abs() < 0.1), "{straight:?}");
        let place = Bounds::new(10.0, 20.0, 60.0, 40.0);
        let back = skew.page_from_straight(skew.straight_from_page(place, 1.0), 1.0);
        assert!((back.top - place.top).abs() < 0.5 && (back.left - place.left).abs() < 0.5);
    }

    #[test]
    fn a_straight_page_and_a_text_layer_stay_as_they_are() {
        let size = PageSize::new(500, 500);
        assert!(Skew::of(&page(0.0), size, TextSource::Read).slope.abs() < 1e-6);
        assert!(Skew::of(&page(0.03), size, TextSource::Layer).slope.abs() < 1e-6);
        assert!(Skew::of(&[], size, TextSource::Read).slope.abs() < 1e-6);
    }
}
