//! Whether a page's own text layer says what a person sees on the page, and its words in reading order if so.

use super::order::order;
use super::quad::Quad;
use crate::document::{PageText, TextSource, Turn, Word};
use crate::pages::TextLayer;

/// More characters without a meaning than this: the font's encoding is broken, and what has one may be wrong too.
const UNMAPPED: f32 = 0.1;
/// More invisible characters than this: somebody else's OCR, or words that are not for the reader.
const HIDDEN: f32 = 0.1;
/// A raster image over more of the page than this is a scan …
const SCAN: f32 = 0.5;
/// … and fewer visible letters on it than this are a stamp, not the page's text.
const STAMP: usize = 200;

/// Whether the layer's words are the words of the page.
pub fn trusted(layer: &TextLayer) -> bool {
    let letters: usize = layer.words.iter().map(|word| word.text.chars().count()).sum();
    letters > 0
        && layer.unmapped <= UNMAPPED
        && layer.hidden <= HIDDEN
        && !(layer.image_cover > SCAN && letters < STAMP)
}

/// The layer's words in reading order; `None` where they cannot be trusted and the pixels must be read.
pub fn page_text(layer: &TextLayer) -> Option<PageText> {
    if !trusted(layer) {
        return None;
    }
    let mut lines: Vec<&[Word]> = layer.words.chunk_by(|a, b| a.line == b.line).collect();
    lines.retain(|line| !line.is_empty());
    let quads: Vec<Quad> = lines
        .iter()
        .filter_map(|line| crate::document::PageRect::around(line.iter().map(|word| word.rect)))
        .map(Quad::upright)
        .collect();
    let words = order(&quads, layer.size, Turn::None)
        .into_iter()
        .flat_map(|(n, line)| lines[n].iter().map(move |word| Word { line, ..word.clone() }))
        .collect();
    Some(PageText { size: layer.size, words, source: TextSource::Layer, turn: Turn::None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PageRect, PageSize, Score};

    fn word(text: &str, x: f32, y: f32, line: u32) -> Word {
        let rect = PageRect::new(x, y, x + 20.0 * text.len() as f32, y + 40.0);
        Word { text: text.into(), rect, score: Score::CERTAIN, line, ..Word::default() }
    }

    fn layer(words: Vec<Word>) -> TextLayer {
        TextLayer { size: PageSize::new(2480, 3508), words, ..TextLayer::default() }
    }

    #[test]
    fn words_come_in_reading_order_whatever_the_files() {
        let layer = layer(vec![
            word("footer", 200.0, 3000.0, 0),
            word("9.50", 1500.0, 1000.0, 1),
            word("Total", 200.0, 1003.0, 2),
            word("Invoice", 200.0, 200.0, 3),
        ]);
        assert_eq!(page_text(&layer).unwrap().text(), "Invoice\nTotal 9.50\nfooter");
    }

    #[test]
    fn a_layer_that_a_person_cannot_see_or_read_is_not_trusted() {
        let good = layer(vec![word("Invoice", 200.0, 200.0, 0)]);
        assert!(trusted(&good));
        assert!(!trusted(&TextLayer { hidden: 1.0, ..good.clone() }));
        assert!(!trusted(&TextLayer { unmapped: 0.4, ..good.clone() }));
        assert!(!trusted(&layer(vec![])));
        // A stamp on a scan.
        assert!(!trusted(&TextLayer { image_cover: 0.98, ..good.clone() }));
        // Print over a letterhead picture.
        let full = layer((0..60).map(|n| word("printed", 200.0, 60.0 * n as f32, n)).collect());
        assert!(trusted(&TextLayer { image_cover: 0.98, ..full }));
    }
}
