//! A document as the extractor sees it: upright pages of segments, in rows, each knowing its neighbours.
//!
//! A segment is a stretch of words without a gap of more than three quarters of their height; a row is all segments
//! at one height. Decides nothing about values.

use super::text::{Token, tokens};
use crate::document::{PageRect, PageSize, PageText, Turn, Word};

/// A gap between words that is wider than this many heights parts segments.
const GAP: f32 = 0.75;
/// How many rows away a neighbour above or below may be.
const NEAR_ROWS: usize = 4;

/// A document of several pages.
#[derive(Clone, Debug, Default)]
pub(super) struct Paper {
    pub(super) leaves: Vec<Leaf>,
}

/// One page, upright.
#[derive(Clone, Debug, Default)]
pub(super) struct Leaf {
    /// All segments, row by row from the top, from left to right.
    pub(super) segments: Vec<Segment>,
    /// The numbers of the segments of each row.
    pub(super) rows: Vec<std::ops::Range<usize>>,
    /// The middle height of the segments in pixels, at least 1.
    pub(super) height: f32,
    /// The size of the upright page, grown to hold all words.
    pub(super) width: f32,
    pub(super) depth: f32,
    /// The page's size as submitted and what set it upright.
    size: PageSize,
    turn: Turn,
}

/// A stretch of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// Its words, joined by a space.
    pub(super) text: String,
    pub(super) tokens: Vec<Token>,
    pub(super) words: Vec<Placed>,
    pub(super) rect: PageRect,
    /// The number of its row and its place in it.
    pub(super) row: usize,
    pub(super) place: usize,
    /// The nearest segments above and below that share some of its width, nearest first.
    pub(super) above: Vec<usize>,
    pub(super) below: Vec<usize>,
}

/// A word within a segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    /// Its bytes in the segment's text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rect: PageRect,
    pub(super) score: f32,
}

impl Paper {
    pub(super) fn of(pages: &[&PageText]) -> Self {
        Self { leaves: pages.iter().map(|page| Leaf::of(page)).collect() }
    }
}

impl Leaf {
    pub(super) fn of(page: &PageText) -> Self {
        let mut words: Vec<Word> = page.upright().words;
        words.retain(|word| !word.text.trim().is_empty());
        let size = page.turn.size(page.size);
        let around = PageRect::around(words.iter().map(|word| word.rect)).unwrap_or_default();
        let mut leaf = Self {
            width: around.right().max(size.width as f32).max(1.0),
            depth: around.bottom().max(size.height as f32).max(1.0),
            size: page.size,
            turn: page.turn,
            height: 1.0,
            ..Self::default()
        };
        leaf.arrange(rows_of_words(words).into_iter().map(segments_of_row).collect());
        leaf.height = median(leaf.segments.iter().map(|segment| segment.rect.height())).max(1.0);
        leaf
    }

    /// Numbers the segments of rows, top to bottom, and tells each its neighbours.
    fn arrange(&mut self, rows: Vec<Vec<Segment>>) {
        for (number, row) in rows.into_iter().enumerate() {
            let start = self.segments.len();
            for (place, segment) in row.into_iter().enumerate() {
                self.segments.push(Segment { row: number, place, ..segment });
            }
            self.rows.push(start..self.segments.len());
        }
        for n in 0..self.segments.len() {
            self.segments[n].above = self.near(n, (0..self.segments[n].row).rev());
            self.segments[n].below = self.near(n, self.segments[n].row + 1..self.rows.len());
        }
    }

    /// The nearest two segments in `rows` that share some of the width of segment `n`.
    fn near(&self, n: usize, rows: impl Iterator<Item = usize>) -> Vec<usize> {
        let rect = self.segments[n].rect;
        let shares = |&other: &usize| {
            let other = self.segments[other].rect;
            other.right().min(rect.right()) > other.left().max(rect.left())
        };
        let offset = |other: &usize| (self.segments[*other].rect.left() - rect.left()).abs();
        rows.take(NEAR_ROWS)
            .filter_map(|row| self.rows[row].clone().filter(shares).min_by(|a, b| offset(a).total_cmp(&offset(b))))
            .take(2)
            .collect()
    }

    /// `rect` of the upright page on the page as submitted.
    pub(super) fn submitted(&self, rect: PageRect) -> PageRect {
        self.turn.inverse().rect(rect, self.turn.size(self.size))
    }

    /// `rect` of the page as submitted on the upright page.
    pub(super) fn upright(&self, rect: PageRect) -> PageRect {
        self.turn.rect(rect, self.size)
    }

    /// The nearest segment with two letters or digits in a row before (`back`) or behind segment `n` in its row.
    pub(super) fn beside(&self, n: usize, back: bool) -> Option<usize> {
        let row = self.rows[self.segments[n].row].clone();
        let says = |other: &usize| says_something(&self.segments[*other].text);
        if back { (row.start..n).rev().find(says) } else { (n + 1..row.end).find(says) }
    }
}

impl Leaf {
    /// The tokens of the words that stand right above `rect`, in the nearest of the rows before `row` that has any.
    pub(super) fn over(&self, row: usize, rect: PageRect) -> Vec<&Token> {
        let above = |word: &Placed| {
            let shared = word.rect.right().min(rect.right()) - word.rect.left().max(rect.left());
            shared > 0.2 * word.rect.width().min(rect.width())
        };
        for row in self.rows[..row].iter().rev().take(NEAR_ROWS) {
            let tokens: Vec<&Token> = row
                .clone()
                .flat_map(|n| {
                    let segment = &self.segments[n];
                    let words = segment.words.iter().filter(|word| above(word));
                    words.flat_map(|word| segment.tokens.iter().filter(|t| t.start >= word.start && t.end <= word.end))
                })
                .take(6)
                .collect();
            if !tokens.is_empty() {
                return tokens;
            }
        }
        Vec::new()
    }
}

impl Segment {
    /// The rectangle of the bytes from `start` to `end`; words that are cut count by their letters.
    pub(super) fn rect_of(&self, start: usize, end: usize) -> Option<PageRect> {
        PageRect::around(self.words.iter().filter(|word| word.start < end && word.end > start).map(|word| {
            let length = (word.end - word.start).max(1) as f32;
            let left = start.saturating_sub(word.start) as f32 / length;
            let right = (end.min(word.end) - word.start) as f32 / length;
            let at = |share: f32| word.rect.left() + share * word.rect.width();
            PageRect::new(at(left), word.rect.top(), at(right), word.rect.bottom())
        }))
    }

    /// The scores of the words from byte `start` to `end`.
    pub(super) fn scores(&self, start: usize, end: usize) -> impl Iterator<Item = f32> {
        self.words.iter().filter(move |word| word.start < end && word.end > start).map(|word| word.score)
    }
}

/// Two letters or digits side by side.
fn says_something(text: &str) -> bool {
    let mut before = false;
    text.chars().any(|c| {
        let both = before && c.is_alphanumeric();
        before = c.is_alphanumeric();
        both
    })
}

/// Words at one height, from left to right. Words of one line of the reader stay together whatever their own boxes say:
/// a dash is low and flat.
fn rows_of_words(mut words: Vec<Word>) -> Vec<Vec<Word>> {
    struct Row {
        center: f32,
        height: f32,
        words: Vec<Word>,
    }
    words.sort_by_key(|word| word.line);
    let lines = words.chunk_by(|a, b| a.line == b.line).map(|line| {
        let height = line.iter().map(|word| word.rect.height()).fold(0.0, f32::max);
        let tall = || line.iter().filter(|word| word.rect.height() >= 0.6 * height);
        let center = tall().map(|word| word.rect.center().y).sum::<f32>() / tall().count().max(1) as f32;
        Row { center, height, words: line.to_vec() }
    });
    let mut lines: Vec<Row> = lines.collect();
    lines.sort_by(|a, b| a.center.total_cmp(&b.center));
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if (line.center - row.center).abs() < 0.5 * line.height.min(row.height).max(3.0) => {
                row.words.extend(line.words);
            }
            _ => rows.push(line),
        }
    }
    rows.into_iter()
        .map(|mut row| {
            row.words.sort_by(|a, b| a.rect.left().total_cmp(&b.rect.left()));
            row.words
        })
        .collect()
}

/// The segments of a row of words.
fn segments_of_row(row: Vec<Word>) -> Vec<Segment> {
    let mut segments: Vec<Vec<Word>> = Vec::new();
    for word in row {
        match segments.last_mut() {
            Some(segment)
                if segment.last().is_some_and(|last| {
                    let height = last.rect.height().max(word.rect.height()).max(1.0);
                    word.rect.left() - last.rect.right() <= GAP * height
                }) =>
            {
                segment.push(word);
            }
            _ => segments.push(vec![word]),
        }
    }
    segments.iter().map(|words| segment(words)).collect()
}

fn segment(words: &[Word]) -> Segment {
    let mut segment = Segment::default();
    for word in words {
        if !segment.text.is_empty() {
            segment.text.push(' ');
        }
        let start = segment.text.len();
        segment.text.push_str(word.text.trim());
        segment.words.push(Placed { start, end: segment.text.len(), rect: word.rect, score: word.score.get() });
    }
    segment.tokens = tokens(&segment.text);
    segment.rect = PageRect::around(words.iter().map(|word| word.rect)).unwrap_or_default();
    segment
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(1.0)
}

#[cfg(test)]
pub(super) mod fixtures {
    use super::*;
    use crate::document::{Score, TextSource};

    /// A page of lines: each its left edge, its top edge and its words, ten pixels a letter and twenty high; two
    /// spaces make a gap of five letters.
    pub(in crate::engine::learn) fn page(lines: &[(f32, f32, &str)]) -> PageText {
        let mut words = Vec::new();
        for (line, (left, top, text)) in (0..).zip(lines) {
            let mut x = *left;
            for part in text.split(' ') {
                let width = 10.0 * part.chars().count() as f32;
                if !part.is_empty() {
                    let rect = PageRect::new(x, *top, x + width, top + 20.0);
                    words.push(Word { text: part.into(), rect, score: Score::new(0.99), line, ..Word::default() });
                }
                x += if part.is_empty() { 50.0 } else { width + 10.0 };
            }
        }
        PageText { size: PageSize::new(1000, 1400), words, source: TextSource::Read, turn: Turn::None }
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::page;
    use super::*;

    fn leaf() -> Leaf {
        Leaf::of(&page(&[
            (100.0, 100.0, "Invoice no:  4711"),
            (100.0, 140.0, "Date :"),
            (400.0, 142.0, "27/03/2018"),
            (100.0, 180.0, "A much longer line that reaches far to the right"),
        ]))
    }

    #[test]
    fn words_make_segments_and_segments_make_rows() {
        let leaf = leaf();
        let texts: Vec<&str> = leaf.segments.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts[..4], ["Invoice no:", "4711", "Date :", "27/03/2018"]);
        assert_eq!(leaf.rows, [0..2, 2..4, 4..5]);
        assert!((leaf.height - 20.0).abs() < 0.1);
    }

    #[test]
    fn neighbours_share_some_width() {
        let leaf = leaf();
        assert_eq!(leaf.segments[4].above, [2, 0]);
        assert_eq!(leaf.segments[0].below, [2, 4]);
        assert_eq!(leaf.beside(3, true), Some(2));
        assert_eq!(leaf.beside(2, true), None);
    }

    #[test]
    fn what_stands_right_above_is_told_from_what_stands_in_the_same_segment() {
        let leaf = Leaf::of(&page(&[(100.0, 100.0, "Start Stop"), (100.0, 130.0, "04/20"), (165.0, 130.0, "05/21")]));
        let over = |n: usize| leaf.over(1, leaf.segments[1].words[n].rect).iter().map(|t| t.hash).collect::<Vec<_>>();
        assert_eq!(over(0), [tokens("start")[0].hash]);
        assert_eq!(over(1), [tokens("stop")[0].hash]);
    }

    #[test]
    fn a_part_of_a_word_has_a_part_of_its_place() {
        let leaf = leaf();
        let rect = leaf.segments[3].rect_of(0, 5).unwrap();
        assert!((rect.left() - 400.0).abs() < 0.1 && (rect.right() - 450.0).abs() < 0.1);
        assert_eq!(leaf.segments[3].rect_of(90, 95), None);
    }

    #[test]
    fn a_turned_page_is_seen_upright_and_its_places_turn_back() {
        let upright = page(&[(100.0, 100.0, "Total 9.50")]);
        let turned = PageText {
            words: upright
                .words
                .iter()
                .map(|w| Word { rect: Turn::Quarter.rect(w.rect, upright.size), ..w.clone() })
                .collect(),
            size: Turn::Quarter.size(upright.size),
            turn: Turn::ThreeQuarters,
            ..upright.clone()
        };
        let leaf = Leaf::of(&turned);
        assert_eq!(leaf.segments[0].text, "Total 9.50");
        let back = leaf.submitted(leaf.segments[0].words[0].rect);
        assert!((back.left() - turned.words[0].rect.left()).abs() < 0.1);
        assert!((leaf.upright(back).left() - 100.0).abs() < 0.1);
    }

    #[test]
    fn a_page_without_words_has_no_segments() {
        assert!(Leaf::of(&PageText::default()).segments.is_empty());
    }
}
