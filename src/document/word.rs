//! The words of a page.

use super::{PageRect, PageSize, Score, Turn};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;

/// One word as it stands on the page, without spaces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its letters; short ones take no memory of their own.
    pub text: CompactString,
    /// Where it stands, in pixels of the page image as submitted (not of the upright one).
    pub rect: PageRect,
    /// The probability that all of it is read right.
    pub score: Score,
    /// The number of its text line on the page, from 0, in reading order.
    pub line: u32,
    /// Its font size in pixels of the page image, where the file's text layer says it; 0 where it was read from pixels.
    #[serde(default)]
    pub font_size: f32,
}

/// Where the words of a page come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextSource {
    /// The file's own text layer.
    Layer,
    /// Read from the pixels.
    #[default]
    Read,
}

/// All words of a page, in reading order, to work with; a desk keeps them as [`super::KeptText`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageText {
    /// The page image that the rectangles are of.
    pub size: PageSize,
    /// The words, in reading order; words of one line follow each other.
    pub words: Vec<Word>,
    /// Where they come from.
    pub source: TextSource,
    /// What sets the page upright. Rectangles stay in the page as submitted.
    pub turn: Turn,
}

impl PageText {
    /// The words as lines of text, words joined by a space, lines by a line feed.
    pub fn text(&self) -> String {
        lines(&self.words)
    }

    /// The same words as they stand on the upright page: rectangles turned, `turn` none.
    #[must_use]
    pub fn upright(&self) -> Self {
        Self {
            size: self.turn.size(self.size),
            words: self
                .words
                .iter()
                .map(|word| Word { rect: self.turn.rect(word.rect, self.size), ..word.clone() })
                .collect(),
            source: self.source,
            turn: Turn::None,
        }
    }
}

/// Words of a line joined by a space, lines by a line feed.
pub(super) fn lines<W: Borrow<Word>>(words: impl IntoIterator<Item = W>) -> String {
    let mut text = String::new();
    let mut line = None;
    for word in words {
        let word = word.borrow();
        match line {
            Some(last) if last == word.line => text.push(' '),
            Some(_) => text.push('\n'),
            None => {}
        }
        text.push_str(&word.text);
        line = Some(word.line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, line: u32) -> Word {
        Word { text: text.into(), line, ..Word::default() }
    }

    #[test]
    fn text_keeps_words_of_a_line_together() {
        let page = PageText { words: vec![word("Total", 0), word("9.50", 0), word("Thank", 1)], ..PageText::default() };
        assert_eq!(page.text(), "Total 9.50\nThank");
    }
}
