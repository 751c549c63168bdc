//! The words of a page as a desk keeps them: a desk holds millions, and mostly only looks through them.

use super::{PageRect, PageSize, PageText, Score, TextSource, Turn, Word};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// All words of a page, in reading order, in a quarter of the memory that [`PageText`] takes. Nothing is lost: what comes
/// out is bit for bit what went in.
///
/// One byte string holds them, word after word: what kind of numbers follow, the letters, the line where it is another one,
/// the place as steps from the word before (whole pixels, or `f32` where they are none), the score in ten-thousandths
/// where it is such a number.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "PageText", into = "PageText")]
pub struct KeptText {
    /// The page image that the rectangles are of.
    pub size: PageSize,
    /// Where the words come from.
    pub source: TextSource,
    /// What sets the page upright. Rectangles stay in the page as submitted.
    pub turn: Turn,
    count: u32,
    bytes: Box<[u8]>,
}

/// Another line than that of the word before.
const LINE: u8 = 1;
/// The place is four `f32`.
const RAW_PLACE: u8 = 2;
/// The score is an `f32`.
const RAW_SCORE: u8 = 4;
/// Its score is 1, and not written.
const CERTAIN: u8 = 8;
/// It has a font size, an `f32`.
const FONT: u8 = 16;

/// Scores are mostly whole numbers of these.
const SCORE_PARTS: f64 = 10_000.0;

/// Without what the document says.
impl std::fmt::Debug for KeptText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptText").field("size", &self.size).field("words", &self.count).finish_non_exhaustive()
    }
}

impl KeptText {
    /// How many words there are.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is no word.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The words, in reading order.
    pub const fn words(&self) -> Words<'_> {
        Words { rest: &self.bytes, line: 0, left: 0, top: 0 }
    }

    /// The words as lines of text, words joined by a space, lines by a line feed.
    pub fn text(&self) -> String {
        super::word::lines(self.words())
    }

    /// The words laid out, to work with.
    pub fn unpacked(&self) -> PageText {
        let mut words = Vec::with_capacity(self.len());
        words.extend(self.words());
        PageText { size: self.size, words, source: self.source, turn: self.turn }
    }
}

impl From<&PageText> for KeptText {
    fn from(text: &PageText) -> Self {
        let (mut bytes, mut line, mut left, mut top) = (Vec::with_capacity(text.words.len() * 16), 0, 0, 0);
        for word in &text.words {
            let place = whole(word.rect);
            let score = parts(word.score);
            let flags = [
                (LINE, word.line != line),
                (RAW_PLACE, place.is_none()),
                (RAW_SCORE, score.is_none()),
                (CERTAIN, word.score == Score::CERTAIN),
                (FONT, word.font_size.to_bits() != 0),
            ];
            bytes.push(flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag).sum());
            put(&mut bytes, word.text.len() as u64);
            bytes.extend_from_slice(word.text.as_bytes());
            if word.line != line {
                put(&mut bytes, u64::from(word.line));
            }
            if let Some([x, y, width, height]) = place {
                put(&mut bytes, zigzag(x - left));
                put(&mut bytes, zigzag(y - top));
                put(&mut bytes, width as u64);
                put(&mut bytes, height as u64);
                (left, top) = (x, y);
            } else {
                let edges = [word.rect.left(), word.rect.top(), word.rect.right(), word.rect.bottom()];
                bytes.extend(edges.into_iter().flat_map(f32::to_le_bytes));
            }
            match score {
                _ if word.score == Score::CERTAIN => {}
                Some(parts) => put(&mut bytes, parts),
                None => bytes.extend(word.score.get().to_le_bytes()),
            }
            if word.font_size.to_bits() != 0 {
                bytes.extend(word.font_size.to_le_bytes());
            }
            line = word.line;
        }
        let (size, source, turn) = (text.size, text.source, text.turn);
        Self { size, source, turn, count: text.words.len() as u32, bytes: bytes.into_boxed_slice() }
    }
}

impl From<PageText> for KeptText {
    fn from(text: PageText) -> Self {
        Self::from(&text)
    }
}

impl From<KeptText> for PageText {
    fn from(kept: KeptText) -> Self {
        kept.unpacked()
    }
}

/// The words of a [`KeptText`], one after the other.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    rest: &'a [u8],
    line: u32,
    left: i64,
    top: i64,
}

impl Words<'_> {
    fn word(&mut self) -> Option<Word> {
        let (flags, rest) = self.rest.split_first()?;
        self.rest = rest;
        let length = self.number()? as usize;
        let (letters, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let text = CompactString::from_utf8(letters).ok()?;
        if flags & LINE != 0 {
            self.line = self.number()? as u32;
        }
        let rect = if flags & RAW_PLACE == 0 {
            self.left += unzigzag(self.number()?);
            self.top += unzigzag(self.number()?);
            let (right, bottom) = (self.left + self.number()? as i64, self.top + self.number()? as i64);
            PageRect::new(self.left as f32, self.top as f32, right as f32, bottom as f32)
        } else {
            PageRect::new(self.float()?, self.float()?, self.float()?, self.float()?)
        };
        let score = match flags {
            _ if flags & CERTAIN != 0 => Score::CERTAIN,
            _ if flags & RAW_SCORE != 0 => Score::new(self.float()?),
            _ => score_of(self.number()?),
        };
        let font_size = if flags & FONT == 0 { 0.0 } else { self.float()? };
        Some(Word { text, rect, score, line: self.line, font_size })
    }

    /// Seven bits a byte, the lowest first; the highest bit of a byte says that more follow.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn float(&mut self) -> Option<f32> {
        let (bytes, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(f32::from_le_bytes(*bytes))
    }
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        self.word()
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Left, top, width and height of a place in whole pixels; `None` where an edge is none.
fn whole(rect: PageRect) -> Option<[i64; 4]> {
    let edge = |edge: f32| (edge as u32 <= 1 << 24 && (edge as u32 as f32).to_bits() == edge.to_bits()).then_some(edge);
    let [left, top, right, bottom] = [edge(rect.left())?, edge(rect.top())?, edge(rect.right())?, edge(rect.bottom())?];
    let [left, top, right, bottom] = [left, top, right, bottom].map(|edge| edge as i64);
    (right >= left && bottom >= top).then_some([left, top, right - left, bottom - top])
}

/// A score in its parts; `None` where it is none of those numbers.
fn parts(score: Score) -> Option<u64> {
    let parts = (f64::from(score.get()) * SCORE_PARTS).round() as u64;
    (score_of(parts).get().to_bits() == score.get().to_bits()).then_some(parts)
}

fn score_of(parts: u64) -> Score {
    Score::new((parts as f64 / SCORE_PARTS) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word() -> impl Strategy<Value = Word> {
        let edge = || prop_oneof![(0..9000u32).prop_map(|edge| edge as f32), -10.0..9000f32];
        let score = prop_oneof![Just(1.0), (0..=10_000u32).prop_map(|n| (f64::from(n) / 10_000.0) as f32), 0.0..=1f32];
        let font = prop_oneof![Just(0.0), 1.0..90f32];
        let parts = (".{0,40}", [edge(), edge(), edge(), edge()], score, 0..2000u32, font);
        parts.prop_map(|(text, [x0, y0, x1, y1], score, line, font_size)| Word {
            text: text.into(),
            rect: PageRect::new(x0, y0, x1, y1),
            score: Score::new(score),
            line,
            font_size,
        })
    }

    proptest! {
        #[test]
        fn what_comes_out_is_what_went_in(words in proptest::collection::vec(word(), 0..60)) {
            let size = PageSize::new(2480, 3508);
            let text = PageText { size, words, source: TextSource::Layer, turn: Turn::Quarter };
            let kept = KeptText::from(&text);
            prop_assert_eq!(kept.len(), text.words.len());
            prop_assert_eq!(kept.text(), text.text());
            let json = serde_json::to_string(&kept).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&text).unwrap(), "the library's form is as it was");
            prop_assert_eq!(&serde_json::from_str::<KeptText>(&json).unwrap(), &kept);
            prop_assert_eq!(kept.unpacked(), text);
        }
    }

    #[test]
    fn words_as_they_are_read_take_a_quarter_of_the_memory() {
        let word = |n: u32| Word {
            text: "Invoice".into(),
            rect: PageRect::new(100.0 + n as f32 * 90.0, 300.0, 170.0 + n as f32 * 90.0, 331.0),
            score: Score::new(0.97),
            line: n / 8,
            font_size: 0.0,
        };
        let text = PageText { words: (0..1000).map(word).collect(), ..PageText::default() };
        let kept = KeptText::from(&text).bytes.len();
        assert!(kept * 3 < 1000 * size_of::<Word>(), "{kept} bytes");
    }

    #[test]
    fn what_is_cut_off_ends_and_breaks_nothing() {
        let text = PageText { words: vec![Word { text: "Total".into(), ..Word::default() }; 3], ..PageText::default() };
        let whole = KeptText::from(&text);
        for end in 0..whole.bytes.len() {
            let cut = KeptText { bytes: whole.bytes[..end].into(), ..whole.clone() };
            assert!(cut.words().count() < 3);
        }
    }
}
