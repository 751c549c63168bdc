//! Layouts that were annotated: a page whose words lie as on an annotated page has the values at the same places.
//!
//! Pages are compared by the words that stand on both once. Scale and shift come from their places; where a part of a
//! page is moved (a longer list above a total), the words nearest to a value say where it went.

use super::paper::Leaf;
use super::text::{bare, hashed};
use crate::document::PageRect;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;

/// More words of a page are not remembered.
const MOST_WORDS: usize = 200;
/// Fewer words in common are no likeness.
const FEWEST_COMMON: usize = 4;
/// A smaller share of words in the same place is no likeness.
const LEAST_LIKE: f32 = 0.25;
/// So many of the nearest words say where a value went.
const NEAREST: usize = 5;
/// Words are in the same place within this share of the page's width.
const NEAR: f32 = 0.025;
/// Coordinates are kept in this many steps a page width.
const STEPS: f32 = 8192.0;

/// A word and the middle of its left edge, in page widths.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    word: u32,
    x: f32,
    y: f32,
}

/// The words of a page by which it is recognised: those with two letters that stand on it once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks(Vec<Mark>);

/// An annotated page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Layout {
    marks: Marks,
    /// The values: the number of the label, and the place in page widths.
    places: Vec<(u32, [f32; 4])>,
    /// The number of the example.
    example: u32,
}

/// Where a value of a label should be on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hint {
    pub(super) label: usize,
    pub(super) page: usize,
    pub(super) rect: PageRect,
    /// How alike the pages are, 0 to 1.
    pub(super) like: f32,
}

impl Marks {
    pub(super) fn of(leaf: &Leaf) -> Self {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let mut marks = Vec::new();
        for (segment, word) in leaf.segments.iter().flat_map(|s| s.words.iter().map(move |w| (s, w))) {
            let text = bare(&segment.text[word.start..word.end]);
            if text.chars().filter(|c| c.is_alphabetic()).count() >= 2 {
                let word_hash = hashed(&text);
                *counts.entry(word_hash).or_default() += 1;
                let (x, y) = (word.rect.left() / leaf.width, word.rect.center().y / leaf.width);
                marks.push(Mark { word: word_hash, x, y });
            }
        }
        marks.retain(|mark| counts.get(&mark.word) == Some(&1));
        marks.truncate(MOST_WORDS);
        marks.sort_by_key(|mark| mark.word);
        Self(marks)
    }

    /// The marks that both pages have, this page's first.
    fn common(&self, other: &Self) -> Vec<(Mark, Mark)> {
        let (mut i, mut j, mut common) = (0, 0, Vec::new());
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            match a.word.cmp(&b.word) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    common.push((*a, *b));
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        common
    }
}

impl Layout {
    /// The layout of a page with values at `places`, each with the number of its label.
    pub(super) fn of(example: usize, leaf: &Leaf, places: &[(usize, PageRect)]) -> Self {
        let places = places
            .iter()
            .map(|(label, r)| (*label as u32, [r.left(), r.top(), r.right(), r.bottom()].map(|v| v / leaf.width)));
        Self { marks: Marks::of(leaf), places: places.collect(), example: example as u32 }
    }

    /// How alike a page is, and where the values are on it if it is.
    fn seen_on(&self, marks: &Marks, leaf: &Leaf, page: usize) -> Option<Vec<Hint>> {
        let common = self.marks.common(marks);
        let fewer = self.marks.0.len().min(marks.0.len());
        if common.len() < FEWEST_COMMON || (common.len() as f32) < LEAST_LIKE * fewer as f32 {
            return None;
        }
        let scale = scale(&common);
        let shift = |(from, to): &(Mark, Mark)| (to.x - scale * from.x, to.y - scale * from.y);
        let near = |at: (f32, f32), of: &[(Mark, Mark)]| {
            let mut shifts: Vec<((f32, f32), f32)> = of
                .iter()
                .map(|pair| (shift(pair), (pair.0.x - at.0).powi(2) + 4.0 * (pair.0.y - at.1).powi(2)))
                .collect();
            shifts.sort_by(|a, b| a.1.total_cmp(&b.1));
            shifts.truncate(NEAREST);
            (median(shifts.iter().map(|s| s.0.0)), median(shifts.iter().map(|s| s.0.1)))
        };
        // A mark is in its place where its neighbours moved as it did.
        let placed: Vec<(Mark, Mark)> = common
            .iter()
            .filter(|pair| {
                let (own, around) = (shift(pair), near((pair.0.x, pair.0.y), &common));
                (own.0 - around.0).abs() < NEAR && (own.1 - around.1).abs() < NEAR
            })
            .copied()
            .collect();
        let like = placed.len() as f32 / fewer as f32;
        if placed.len() < FEWEST_COMMON || like < LEAST_LIKE {
            return None;
        }
        let hint = |(label, [left, top, right, bottom]): &(u32, [f32; 4])| {
            let moved = near((*left, f32::midpoint(*top, *bottom)), &placed);
            let x = |v: f32| (scale * v + moved.0) * leaf.width;
            let y = |v: f32| (scale * v + moved.1) * leaf.width;
            let rect = PageRect::new(x(*left), y(*top), x(*right), y(*bottom));
            Hint { label: *label as usize, page, rect, like }
        };
        Some(self.places.iter().map(hint).collect())
    }
}

/// Where values should be on a page by the most alike of the layouts; those of example `but` do not count.
pub(super) fn hints(layouts: &[Layout], leaf: &Leaf, page: usize, but: Option<usize>) -> Vec<Hint> {
    const MOST_ALIKE: usize = 3;
    let marks = Marks::of(leaf);
    let others = layouts.iter().filter(|layout| but != Some(layout.example as usize));
    let mut seen: Vec<Vec<Hint>> = others.filter_map(|layout| layout.seen_on(&marks, leaf, page)).collect();
    seen.retain(|hints| !hints.is_empty());
    seen.sort_by(|a, b| b[0].like.total_cmp(&a[0].like));
    seen.into_iter().take(MOST_ALIKE).flatten().collect()
}

/// How well a place is the one that a hint means, 0 to 1: at its height, and beginning or ending where it does.
pub(super) fn agreement(hint: &Hint, rect: PageRect) -> f32 {
    let height = hint.rect.height().min(rect.height()).max(1.0);
    let shared = hint.rect.bottom().min(rect.bottom()) - hint.rect.top().max(rect.top());
    let across = (shared / hint.rect.height().max(rect.height()).max(1.0)).clamp(0.0, 1.0);
    let edge = |a: f32, b: f32| (1.0 - (a - b).abs() / (1.5 * height)).max(0.0);
    let edges = 0.6 * edge(hint.rect.left(), rect.left()).max(edge(hint.rect.right(), rect.right()))
        + 0.4 * edge(hint.rect.left(), rect.left()).min(edge(hint.rect.right(), rect.right()));
    across * edges
}

/// How much larger the second page's distances are, by those across: what is between lines may have grown.
fn scale(common: &[(Mark, Mark)]) -> f32 {
    const APART: f32 = 0.04;
    let pairs = |by: usize| (0..common.len()).map(move |n| (common[n], common[(n + by) % common.len()]));
    let ratios = (1..common.len().min(8)).flat_map(pairs).filter_map(|(a, b)| {
        let (from, to) = (a.0.x - b.0.x, a.1.x - b.1.x);
        (from.abs() > APART).then(|| to / from)
    });
    let scale = median(ratios);
    if (0.3..3.0).contains(&scale) { scale } else { 1.0 }
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

impl Serialize for Marks {
    /// Eight bytes a mark, as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let step = |v: f32| ((v * STEPS).clamp(0.0, 65_535.0) as u16).to_le_bytes();
        let bytes: Vec<u8> =
            self.0.iter().flat_map(|m| m.word.to_le_bytes().into_iter().chain(step(m.x)).chain(step(m.y))).collect();
        serializer.serialize_str(&BASE64.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = BASE64.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)?;
        let value = |low: u8, high: u8| f32::from(u16::from_le_bytes([low, high])) / STEPS;
        let mark = |b: &[u8]| match *b {
            [a, b, c, d, x0, x1, y0, y1] => {
                Ok(Mark { word: u32::from_le_bytes([a, b, c, d]), x: value(x0, x1), y: value(y0, y1) })
            }
            _ => Err(serde::de::Error::custom("marks break off")),
        };
        bytes.chunks(8).map(mark).collect::<Result<Vec<Mark>, D::Error>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::fixtures::page;
    use super::*;
    use crate::document::PageText;

    const LINES: [(f32, f32, &str); 7] = [
        (100.0, 100.0, "Acme Trading Limited"),
        (100.0, 150.0, "Invoice number"),
        (500.0, 150.0, "4711"),
        (100.0, 200.0, "Order date"),
        (500.0, 200.0, "27/03/2018"),
        (100.0, 600.0, "Grand total"),
        (500.0, 600.0, "31.00"),
    ];

    fn layout() -> Layout {
        let leaf = Leaf::of(&page(&LINES));
        let total = leaf.segments.last().unwrap().rect;
        Layout::of(0, &leaf, &[(3, total)])
    }

    /// The place of the last segment of a page, and where the layout says the total is.
    fn found(page: &PageText) -> Option<(Hint, PageRect)> {
        let leaf = Leaf::of(page);
        let hint = hints(&[layout()], &leaf, 0, None).first().copied()?;
        Some((hint, leaf.segments.last().unwrap().rect))
    }

    fn moved(page: &PageText, by: impl Fn(PageRect) -> PageRect) -> PageText {
        let mut page = page.clone();
        page.words.iter_mut().for_each(|word| word.rect = by(word.rect));
        page
    }

    #[test]
    fn the_same_layout_has_its_values_at_the_same_places() {
        let (hint, there) = found(&page(&LINES)).unwrap();
        assert_eq!((hint.label, hint.page), (3, 0));
        assert!(agreement(&hint, there) > 0.9 && hint.like > 0.9);
    }

    #[test]
    fn a_shifted_page_is_recognised() {
        let shifted = moved(&page(&LINES), |r| {
            PageRect::new(r.left() + 60.0, r.top() + 90.0, r.right() + 60.0, r.bottom() + 90.0)
        });
        let (hint, there) = found(&shifted).unwrap();
        assert!(agreement(&hint, there) > 0.9);
    }

    #[test]
    fn a_scaled_page_is_recognised() {
        let (hint, there) = found(&moved(&page(&LINES), |r| r.scaled(0.7))).unwrap();
        assert!(agreement(&hint, there) > 0.9);
    }

    #[test]
    fn a_page_whose_end_moved_is_recognised() {
        let lower = |r: PageRect| {
            if r.top() > 500.0 { PageRect::new(r.left(), r.top() + 200.0, r.right(), r.bottom() + 200.0) } else { r }
        };
        let mut lines = LINES.to_vec();
        lines.splice(5..5, [(100.0, 560.0, "Subtotal amount"), (100.0, 580.0, "Rounding cents")]);
        let annotated = Leaf::of(&page(&lines));
        let layout = Layout::of(0, &annotated, &[(3, annotated.segments.last().unwrap().rect)]);
        let leaf = Leaf::of(&moved(&page(&lines), lower));
        let hint = hints(&[layout], &leaf, 0, None)[0];
        assert!(agreement(&hint, leaf.segments.last().unwrap().rect) > 0.8);
    }

    #[test]
    fn a_noisily_read_page_is_recognised() {
        let mut noisy = page(&LINES);
        for (n, text) in [(0, "Acne"), (4, "nunber"), (6, "0rder")] {
            noisy.words[n].text = text.into();
        }
        let (hint, there) = found(&noisy).unwrap();
        assert!(agreement(&hint, there) > 0.9 && hint.like < 0.9);
    }

    #[test]
    fn another_page_is_not() {
        let other = page(&[
            (100.0, 100.0, "Something quite different"),
            (300.0, 200.0, "Grand hotel"),
            (50.0, 700.0, "Order here"),
        ]);
        assert_eq!(found(&other).map(|f| f.0), None);
        assert_eq!(hints(&[layout()], &Leaf::of(&page(&LINES)), 0, Some(0)), []);
    }

    #[test]
    fn a_layout_is_the_same_after_writing_and_reading() {
        let layout = layout();
        let read: Layout = serde_json::from_str(&serde_json::to_string(&layout).unwrap()).unwrap();
        assert_eq!((read.marks.0.len(), &read.places), (layout.marks.0.len(), &layout.places));
        assert!(serde_json::from_str::<Marks>("\"AAAA\"").is_err());
    }
}
