//! Words and ruling lines → tables, without a neural net.
//!
//! One step a file: `picture` (rules in pixels), `rules` (strokes joined), `lines` (text lines and chunks), `lattice` and `lattice_split` (tables of
//! crossing rules), `regions` (where other tables may stand), `columns`, `structure`, `header` and `wrap` (their grid),
//! `accept` (whether it is one), `find` (all of a page), `grid` (a valid grid with labels and scores). Knows nothing of
//! fields, HTTP or files.

mod accept;
mod columns;
mod draft;
mod figures;
mod find;
#[cfg(test)]
mod fixtures;
mod grid;
mod header;
mod lattice;
mod lattice_split;
mod lines;
pub(super) mod picture;
mod regions;
mod rules;
mod sheet;
mod structure;
mod wrap;

use crate::document::{PageText, Table, TextSource};
use crate::pages::Rule;
use rules::Strokes;
use sheet::{Piece, Sheet, median};

/// Pixels of a PDF page in a point: 300 DPI over 72 points an inch.
const PDF_UNIT: f32 = 300.0 / 72.0;

/// Finds the tables among the words and ruling lines of an upright page, from top to bottom.
///
/// Every grid is valid (`Table::check`); ids are left empty, whoever sends the tables names them.
pub fn find(text: &PageText, rules: &[Rule]) -> Vec<Table> {
    let sheet = sheet_of(text, rules);
    find::drafts(&sheet).into_iter().filter_map(|draft| grid::table(draft, &sheet)).collect()
}

fn sheet_of(text: &PageText, rules: &[Rule]) -> Sheet {
    let unit = match text.source {
        TextSource::Layer => PDF_UNIT,
        TextSource::Read => (median(text.words.iter().map(|w| w.rect.height()), 12.0) * 0.75 / 9.0).max(0.1),
    };
    let bounds = Sheet::whole(text.size, unit);
    let pieces: Vec<Piece> = text
        .words
        .iter()
        .map(|word| Piece {
            bounds: Sheet::bounds_from_page(word.rect, unit),
            size: if word.font_size > 0.0 { word.font_size } else { 0.85 * word.rect.height() } / unit,
            text: word.text.clone(),
            score: word.score.get(),
        })
        .collect();
    let mut strokes = Strokes::default();
    for rule in rules {
        strokes.add(Sheet::bounds_from_page(rule.rect, unit), bounds);
    }
    strokes.add_drawn(&pieces);
    let (across, down) = strokes.joined();
    Sheet { pieces, across, down, unit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PageRect, PageSize, Score, Word};
    use proptest::prelude::*;

    fn words() -> impl Strategy<Value = Vec<Word>> {
        let text = prop::sample::select(vec!["Total", "12.50", "n.a.", "______", "a", "2019", "from the", "", "–"]);
        let word =
            (0..12u8, 0..40u8, 1.0..300f32, 1.0..60f32, -9.0..9f32, text).prop_map(|(col, row, w, h, off, text)| {
                let (x, y) = (f32::from(col) * 200.0 + off, f32::from(row) * 50.0 + off / 2.0);
                Word {
                    text: text.into(),
                    rect: PageRect::new(x, y, x + w, y + h),
                    score: Score::new(0.9),
                    ..Word::default()
                }
            });
        prop::collection::vec(word, 0..200)
    }

    fn rules() -> impl Strategy<Value = Vec<Rule>> {
        let rule = (0..13u8, 0..41u8, 0..12u8, any::<bool>()).prop_map(|(col, row, length, across)| {
            let (x, y, length) =
                (f32::from(col) * 200.0 - 20.0, f32::from(row) * 50.0 - 5.0, f32::from(length) * 200.0);
            let rect = if across {
                PageRect::new(x, y, x + length, y + 2.0)
            } else {
                PageRect::new(x, y, x + 2.0, y + length)
            };
            Rule { rect }
        });
        prop::collection::vec(rule, 0..60)
    }

    proptest! {
        #[test]
        fn any_words_and_rules_make_valid_grids(words in words(), rules in rules(), layer in any::<bool>()) {
            let source = if layer { TextSource::Layer } else { TextSource::Read };
            let text = PageText { size: PageSize::new(2550, 3300), words, source, ..PageText::default() };
            for table in find(&text, &rules) {
                prop_assert_eq!(table.check(), Ok(()));
                let covered: u32 = table.cells.iter().map(|c| c.row_span * c.col_span).sum();
                prop_assert_eq!(covered, table.rows() * table.cols());
                prop_assert!(table.rows() > table.header_rows);
            }
        }
    }
}
