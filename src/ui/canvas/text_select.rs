//! Selecting the words of pages in reading order, as in a PDF viewer. Pure.

use super::pick::distance;
use crate::document::{KeptText, PagePoint, PageRect, PageText};
use std::ops::RangeInclusive;

/// A word of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextSpot {
    /// Its page, from 0.
    pub page: u32,
    /// Its place among the page's words.
    pub word: usize,
}

/// Words in reading order, from where a person began to where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSelection {
    /// What was clicked first: a word, a line.
    origin: RangeInclusive<TextSpot>,
    /// What the pointer is at now.
    end: RangeInclusive<TextSpot>,
}

impl TextSelection {
    /// The selection of `spots`.
    pub fn new(spots: RangeInclusive<TextSpot>) -> Self {
        Self { origin: spots.clone(), end: spots }
    }

    /// Reaches to `spots` from where it began.
    pub fn extend(&mut self, spots: RangeInclusive<TextSpot>) {
        self.end = spots;
    }

    /// The first and the last word.
    pub fn ends(&self) -> (TextSpot, TextSpot) {
        (*self.origin.start().min(self.end.start()), *self.origin.end().max(self.end.end()))
    }

    /// The words of `page` that are selected; `None` where none is.
    pub fn on_page(&self, page: u32, words: usize) -> Option<RangeInclusive<usize>> {
        let (first, last) = self.ends();
        if page < first.page || page > last.page || words == 0 {
            return None;
        }
        let start = if page == first.page { first.word } else { 0 };
        let end = if page == last.page { last.word.min(words - 1) } else { words - 1 };
        (start <= end).then_some(start..=end)
    }

    /// The text, with the line breaks of the page. `text` answers for each page.
    pub fn text<'a>(&self, text: impl Fn(u32) -> Option<&'a KeptText>) -> String {
        let (first, last) = self.ends();
        let mut pages = Vec::new();
        for page in first.page..=last.page {
            if let Some(text) = text(page)
                && let Some(range) = self.on_page(page, text.len())
            {
                let words = text.words().skip(*range.start()).take(range.count()).collect();
                pages.push(PageText { words, ..PageText::default() }.text());
            }
        }
        pages.join("\n")
    }
}

/// The words of a page by place.
#[derive(Clone, Debug, Default)]
pub struct TextIndex {
    /// Each word on the upright page.
    upright: Vec<PageRect>,
    lines: Vec<Line>,
    text_size: crate::document::PageSize,
    turn: crate::document::Turn,
}

#[derive(Clone, Debug)]
struct Line {
    words: RangeInclusive<usize>,
    /// On the upright page.
    rect: PageRect,
}

impl TextIndex {
    /// Finds the words of `text`.
    pub fn new(text: &PageText) -> Self {
        let upright: Vec<PageRect> = text.words.iter().map(|w| text.turn.rect(w.rect, text.size)).collect();
        let mut lines: Vec<Line> = Vec::new();
        for (word, rect) in upright.iter().enumerate() {
            match lines.last_mut() {
                Some(line) if text.words[*line.words.end()].line == text.words[word].line => {
                    line.words = *line.words.start()..=word;
                    line.rect = line.rect.union(*rect);
                }
                _ => lines.push(Line { words: word..=word, rect: *rect }),
            }
        }
        Self { upright, lines, text_size: text.size, turn: text.turn }
    }

    /// The word nearest to `point` (of the page as submitted), as a reader's eye follows lines; `None` without words.
    pub fn nearest(&self, point: PagePoint) -> Option<usize> {
        let point = self.turn.point(point, self.text_size);
        let side = |line: &Line| (line.rect.left() - point.x).max(point.x - line.rect.right()).max(0.0);
        let above = |line: &Line| {
            let slack = line.rect.height() * 0.25;
            (line.rect.top() - slack - point.y).max(point.y - line.rect.bottom() - slack).max(0.0)
        };
        let width = self.turn.size(self.text_size).width as f32;
        // A line at the pointer's height wins over one that is nearer above, unless it is in another column.
        let beside = self
            .lines
            .iter()
            .filter(|line| above(line) == 0.0 && side(line) < width * 0.25)
            .min_by(|a, b| side(a).total_cmp(&side(b)));
        let line = beside.or_else(|| {
            self.lines.iter().min_by(|a, b| (side(a) + above(a) * 4.0).total_cmp(&(side(b) + above(b) * 4.0)))
        })?;
        line.words
            .clone()
            .min_by(|a, b| distance(self.upright[*a], point).total_cmp(&distance(self.upright[*b], point)))
    }

    /// The word that a press at `point` means: under it, or so near that it is meant.
    pub fn at(&self, point: PagePoint) -> Option<usize> {
        let word = self.nearest(point)?;
        let rect = self.upright[word];
        let slack = rect.height().min(rect.width()) * 0.5;
        (distance(rect, self.turn.point(point, self.text_size)) <= slack).then_some(word)
    }

    /// The words of the line that `word` is in.
    pub fn line_of(&self, word: usize) -> RangeInclusive<usize> {
        self.lines.iter().find(|line| line.words.contains(&word)).map_or(word..=word, |line| line.words.clone())
    }

    /// One rectangle a line for the words in `range`, on the page as submitted.
    pub fn highlight(&self, range: &RangeInclusive<usize>) -> Vec<PageRect> {
        let back = self.turn.inverse();
        let upright_size = self.turn.size(self.text_size);
        self.lines
            .iter()
            .filter_map(|line| {
                let start = *line.words.start().max(range.start());
                let end = *line.words.end().min(range.end());
                if start > end {
                    return None;
                }
                let rect = PageRect::around(self.upright[start..=end].iter().copied())?;
                Some(back.rect(rect, upright_size))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PageSize, Turn, Word};

    /// Two columns of two lines; 100 × 20 a word.
    fn page() -> PageText {
        let word = |text: &str, x: f32, y: f32, line: u32| Word {
            text: text.into(),
            rect: PageRect::new(x, y, x + 100.0, y + 20.0),
            line,
            ..Word::default()
        };
        PageText {
            size: PageSize::new(1000, 800),
            words: vec![
                word("Sold", 50.0, 100.0, 0),
                word("to", 160.0, 100.0, 0),
                word("Acme", 50.0, 130.0, 1),
                word("Total", 700.0, 100.0, 2),
                word("9.50", 810.0, 100.0, 2),
                word("EUR", 700.0, 130.0, 3),
            ],
            ..PageText::default()
        }
    }

    fn spot(page: u32, word: usize) -> RangeInclusive<TextSpot> {
        TextSpot { page, word }..=TextSpot { page, word }
    }

    #[test]
    fn a_drag_takes_words_in_reading_order_whichever_way() {
        let kept = KeptText::from(page());
        let mut selection = TextSelection::new(spot(0, 4));
        selection.extend(spot(0, 1));
        assert_eq!(selection.text(|_| Some(&kept)), "to\nAcme\nTotal 9.50");
        assert_eq!(selection.on_page(0, 6), Some(1..=4));
        assert_eq!(selection.on_page(1, 6), None);
    }

    #[test]
    fn a_line_stays_whole_while_it_is_extended() {
        let index = TextIndex::new(&page());
        let line = index.line_of(1);
        assert_eq!(line, 0..=1);
        let spots =
            |r: RangeInclusive<usize>| TextSpot { page: 0, word: *r.start() }..=TextSpot { page: 0, word: *r.end() };
        let mut selection = TextSelection::new(spots(line));
        selection.extend(spots(index.line_of(2)));
        assert_eq!(selection.on_page(0, 6), Some(0..=2));
    }

    #[test]
    fn it_reaches_over_pages() {
        let kept = KeptText::from(page());
        let mut selection = TextSelection::new(spot(0, 5));
        selection.extend(spot(2, 0));
        assert_eq!(selection.on_page(1, 6), Some(0..=5));
        assert_eq!(selection.text(|p| (p != 1).then_some(&kept)), "EUR\nSold");
        assert_eq!(selection.on_page(1, 0), None);
    }

    #[test]
    fn the_line_at_the_pointers_height_is_meant() {
        let index = TextIndex::new(&page());
        assert_eq!(index.nearest(PagePoint::new(300.0, 110.0)), Some(1), "right of a line: its last word");
        assert_eq!(index.nearest(PagePoint::new(260.0, 140.0)), Some(2), "right of a short line, below a longer one");
        assert_eq!(index.nearest(PagePoint::new(690.0, 160.0)), Some(5));
        assert_eq!(index.nearest(PagePoint::new(10.0, 700.0)), Some(2));
        assert_eq!(TextIndex::default().nearest(PagePoint::new(1.0, 1.0)), None);
    }

    #[test]
    fn a_press_far_from_words_means_none() {
        let index = TextIndex::new(&page());
        assert_eq!(index.at(PagePoint::new(60.0, 105.0)), Some(0));
        assert_eq!(index.at(PagePoint::new(60.0, 92.0)), Some(0));
        assert_eq!(index.at(PagePoint::new(400.0, 110.0)), None);
    }

    #[test]
    fn a_page_that_lies_on_its_side_is_selected_along_its_own_lines() {
        let upright = page();
        let turn = Turn::Quarter;
        let submitted = PageText {
            size: turn.inverse().size(upright.size),
            words: upright
                .words
                .iter()
                .map(|w| Word { rect: turn.inverse().rect(w.rect, upright.size), ..w.clone() })
                .collect(),
            turn,
            ..PageText::default()
        };
        let index = TextIndex::new(&submitted);
        let right_of_first_line = turn.inverse().point(PagePoint::new(300.0, 110.0), upright.size);
        assert_eq!(index.nearest(right_of_first_line), Some(1));
        let lines = index.highlight(&(0..=1));
        assert_eq!(lines, [submitted.words[0].rect.union(submitted.words[1].rect)]);
    }
}
