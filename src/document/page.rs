//! What is known of one page.

use super::{Field, KeptText, PageRect, PageSize, Table, Word};
use serde::{Deserialize, Serialize};

/// Something that went wrong, for the person at the desk: one sentence that says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sentence.
    pub message: String,
    /// What helps support more than the person; may be empty.
    pub details: String,
}

impl Problem {
    /// A problem of one sentence without details.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: String::new() }
    }
}

/// What a service said about one page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its number within the file, from 0.
    pub number: u32,
    /// The page image that all rectangles are of.
    pub size: PageSize,
    /// The labelled values.
    pub fields: Vec<Field>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The words, where the service sent them along.
    pub text: Option<KeptText>,
    /// Why there is nothing, where the page could not be read.
    pub problem: Option<Problem>,
}

impl Page {
    /// How many values it has: fields, and cells that say something.
    pub fn values(&self) -> usize {
        self.fields.len() + self.tables.iter().map(Table::values).sum::<usize>()
    }

    /// The words whose middle lies in `rect`, which is in pixels of this page.
    pub fn words_in(&self, rect: PageRect) -> impl Iterator<Item = Word> {
        let text = self.text.as_ref();
        let rect = text.map_or(rect, |text| rect.rescaled(self.size, text.size));
        text.into_iter().flat_map(KeptText::words).filter(move |word| rect.contains(word.rect.center()))
    }

    /// The rectangle around the words that lie in `rect`; `None` where there is none.
    pub fn snapped(&self, rect: PageRect) -> Option<PageRect> {
        let around = PageRect::around(self.words_in(rect).map(|word| word.rect))?;
        Some(self.text.as_ref().map_or(around, |text| around.rescaled(text.size, self.size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageText;

    #[test]
    fn a_box_snaps_to_the_words_in_it_whatever_image_they_are_of() {
        let word = |x: f32| Word { rect: PageRect::new(x, 10.0, x + 10.0, 20.0), ..Word::default() };
        let text =
            PageText { size: PageSize::new(100, 100), words: vec![word(10.0), word(30.0)], ..PageText::default() };
        let page = Page { size: PageSize::new(200, 200), text: Some(text.into()), ..Page::default() };
        let drawn = PageRect::new(20.0, 16.0, 60.0, 36.0);
        assert_eq!(page.snapped(drawn), Some(PageRect::new(20.0, 20.0, 40.0, 40.0)));
        assert_eq!(page.words_in(PageRect::new(0.0, 0.0, 200.0, 200.0)).count(), 2);
        assert_eq!(page.snapped(PageRect::new(100.0, 100.0, 200.0, 200.0)), None);
    }
}
