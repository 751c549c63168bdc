//! Characters of a text layer → words with boxes and lines. Knows geometry and letters, not PDFium.

use crate::document::{PagePoint, PageRect, Score, Turn, Word};

/// A gap wider than this share of the font size ends a word, where no space character does.
const WORD_GAP: f32 = 0.14;
/// A letter that begins by more than this share of the font size before the one before it ends is not of its word:
/// the text of one column runs into the next.
const WORD_OVERLAP: f32 = 0.3;
/// Characters stand on one line if they overlap across it by this share of the lower one.
const LINE_OVERLAP: f32 = 0.5;
/// Steps back along a line by more than this share of the font size begin a new one.
const STEP_BACK: f32 = 0.5;
/// Baselines that differ by more than this share of the font size make a digit a superscript of its own.
const SUPERSCRIPT: f32 = 0.2;

/// One character as it stands on the page image, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The character.
    pub(super) letter: char,
    /// From the start of its advance to the end, from the font's descent to its ascent.
    pub(super) cell: PageRect,
    /// What is inked, or `cell` where the font does not say.
    pub(super) ink: PageRect,
    /// Where it stands on the baseline.
    pub(super) base: PagePoint,
    /// The way the text runs, of length 1.
    pub(super) along: (f32, f32),
    /// The font size.
    pub(super) size: f32,
}

impl Glyph {
    /// Whether the text runs along an edge of the page: only then do boxes tell gaps.
    fn is_straight(&self) -> bool {
        self.along.0.abs().max(self.along.1.abs()) > 0.998
    }

    /// From where to where it reaches along the text.
    fn span(&self) -> (f32, f32) {
        project(self.cell, self.along)
    }

    /// From where to where it reaches across the text, downwards.
    fn height(&self) -> (f32, f32) {
        project(self.cell, (-self.along.1, self.along.0))
    }

    /// How far down the text its baseline lies.
    fn baseline(&self) -> f32 {
        self.base.y * self.along.0 - self.base.x * self.along.1
    }

    /// What sets it upright.
    fn turn(&self) -> Turn {
        let (x, y) = self.along;
        match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
            (true, true, _) => Turn::None,
            (true, false, _) => Turn::Half,
            (false, _, false) => Turn::Quarter,
            (false, _, true) => Turn::ThreeQuarters,
        }
    }

    fn is_accent(&self) -> bool {
        matches!(self.letter, '^' | '`' | '¨' | '¯' | '´' | '¸' | '\u{2b0}'..='\u{36f}')
    }

    fn is_right_to_left(&self) -> bool {
        matches!(self.letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
    }
}

fn project(rect: PageRect, (x, y): (f32, f32)) -> (f32, f32) {
    let corners = [
        (rect.left(), rect.top()),
        (rect.right(), rect.top()),
        (rect.left(), rect.bottom()),
        (rect.right(), rect.bottom()),
    ];
    let places = corners.map(|(px, py)| px * x + py * y);
    (places.into_iter().fold(f32::INFINITY, f32::min), places.into_iter().fold(f32::NEG_INFINITY, f32::max))
}

/// Words in the making.
#[derive(Default)]
pub(super) struct Words {
    /// The words that are done.
    pub(super) done: Vec<Word>,
    /// What sets each of them upright.
    pub(super) turns: Vec<Turn>,
    current: Option<Word>,
    last: Option<Glyph>,
    turn: Turn,
    line: u32,
}

/// How a character follows the one before.
#[derive(Debug, PartialEq)]
enum Step {
    SameWord,
    SameLine,
    NewLine,
}

impl Words {
    /// Takes the next character that is no space.
    pub(super) fn push(&mut self, glyph: Glyph) {
        match self.last.as_ref().map(|last| step(last, &glyph)) {
            None | Some(Step::SameWord) => {}
            Some(Step::SameLine) => self.space(),
            Some(Step::NewLine) => {
                self.space();
                self.line += 1;
            }
        }
        self.last = Some(glyph);
        match &mut self.current {
            Some(word) => {
                word.text.push(glyph.letter);
                word.rect = word.rect.union(glyph.ink);
                word.font_size = word.font_size.max(glyph.size);
            }
            none => {
                self.turn = glyph.turn();
                *none = Some(Word {
                    text: std::iter::once(glyph.letter).collect(),
                    rect: glyph.ink,
                    score: Score::CERTAIN,
                    line: self.line,
                    font_size: glyph.size,
                });
            }
        }
    }

    /// Ends the word.
    pub(super) fn space(&mut self) {
        if let Some(word) = self.current.take() {
            self.done.push(word);
            self.turns.push(self.turn);
        }
    }
}

fn step(last: &Glyph, next: &Glyph) -> Step {
    let size = last.size.min(next.size);
    if last.along.0 * next.along.0 + last.along.1 * next.along.1 < 0.99 {
        return Step::NewLine;
    }
    let shift = (next.baseline() - last.baseline()).abs();
    if !next.is_straight() {
        return if shift > LINE_OVERLAP * size { Step::NewLine } else { Step::SameWord };
    }
    let (above, below) = (last.height(), next.height());
    let overlap = above.1.min(below.1) - above.0.max(below.0);
    let lower = (above.1 - above.0).min(below.1 - below.0);
    if overlap < LINE_OVERLAP * lower && shift > SUPERSCRIPT * size {
        return Step::NewLine;
    }
    let ((start, end), (next_start, next_end)) = (last.span(), next.span());
    let gap = if next.is_right_to_left() && next_start < start { start - next_end } else { next_start - end };
    let back = if next.is_right_to_left() { gap < -2.0 * size } else { next_start < start - STEP_BACK * size };
    if back {
        return Step::NewLine;
    }
    let superscript = shift > SUPERSCRIPT * size && next.letter.is_numeric();
    // Both letters of a ligature have its whole cell, and accents are drawn over their letters.
    let overlaps = gap < -WORD_OVERLAP * size && last.cell != next.cell && !last.is_accent() && !next.is_accent();
    if gap > WORD_GAP * size || superscript || overlaps { Step::SameLine } else { Step::SameWord }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten-pixel letters, six wide, whose baseline is at `y`; the text runs to the right.
    fn typeset(text: &str, x: f32, y: f32) -> Vec<Glyph> {
        let place = |(i, letter)| {
            let left = x + 6.0 * i as f32;
            Glyph {
                letter,
                cell: PageRect::new(left, y - 8.0, left + 6.0, y + 2.0),
                ink: PageRect::new(left + 1.0, y - 7.0, left + 5.0, y),
                base: PagePoint::new(left, y),
                along: (1.0, 0.0),
                size: 10.0,
            }
        };
        text.chars().enumerate().map(place).collect()
    }

    fn read(glyphs: impl IntoIterator<Item = Glyph>) -> Vec<(String, u32, Turn)> {
        let mut words = Words::default();
        for glyph in glyphs {
            if glyph.letter == ' ' { words.space() } else { words.push(glyph) }
        }
        words.space();
        words.done.into_iter().zip(words.turns).map(|(w, turn)| (w.text.to_string(), w.line, turn)).collect()
    }

    fn plain(words: &[(&str, u32)]) -> Vec<(String, u32, Turn)> {
        words.iter().map(|(text, line)| ((*text).to_owned(), *line, Turn::None)).collect()
    }

    #[test]
    fn spaces_and_gaps_end_words_and_baselines_end_lines() {
        let mut glyphs = typeset("Net 9", 0.0, 20.0);
        glyphs.extend(typeset("50", 200.0, 20.0));
        glyphs.extend(typeset("VAT", 0.0, 32.0));
        assert_eq!(read(glyphs), plain(&[("Net", 0), ("9", 0), ("50", 0), ("VAT", 1)]));
    }

    #[test]
    fn a_footnote_mark_is_not_a_digit_of_the_amount() {
        let mut glyphs = typeset("950", 0.0, 20.0);
        let mut mark = typeset("1", 18.0, 17.0)[0];
        mark.size = 6.0;
        mark.cell = PageRect::new(18.0, 11.0, 22.0, 18.0);
        glyphs.push(mark);
        assert_eq!(read(glyphs), plain(&[("950", 0), ("1", 0)]));
    }

    #[test]
    fn text_that_runs_up_the_page_is_a_word_that_a_quarter_turn_sets_upright() {
        let upright = typeset("ab c", 0.0, 20.0);
        let turned = upright.into_iter().map(|g| {
            let up = |r: PageRect| PageRect::new(r.top(), -r.left(), r.bottom(), -r.right());
            Glyph {
                cell: up(g.cell),
                ink: up(g.ink),
                base: PagePoint::new(g.base.y, -g.base.x),
                along: (0.0, -1.0),
                ..g
            }
        });
        assert_eq!(read(turned), [("ab".to_owned(), 0, Turn::Quarter), ("c".to_owned(), 0, Turn::Quarter)]);
    }

    #[test]
    fn a_column_that_runs_into_the_next_is_not_joined_to_it() {
        let mut glyphs = typeset("PM", 0.0, 20.0);
        glyphs.extend(typeset("MTW", 8.0, 20.0));
        assert_eq!(read(glyphs), plain(&[("PM", 0), ("MTW", 0)]));
        let mut accented = typeset("e", 0.0, 20.0);
        accented.extend(typeset("´", 0.5, 20.0));
        accented.extend(typeset("e", 6.0, 20.0));
        assert_eq!(read(accented), plain(&[("e´e", 0)]));
    }

    #[test]
    fn hebrew_runs_to_the_left_in_one_word() {
        let mut glyphs = typeset("םולש", 0.0, 20.0);
        glyphs.reverse();
        assert_eq!(read(glyphs), plain(&[("שלום", 0)]));
    }

    #[test]
    fn the_next_column_begins_a_line() {
        let mut glyphs = typeset("end", 200.0, 20.0);
        glyphs.extend(typeset("next", 0.0, 20.0));
        assert_eq!(read(glyphs), plain(&[("end", 0), ("next", 1)]));
    }
}
