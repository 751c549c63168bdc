//! Words and ruling lines → tables, without a neural net.
//!
//! One step a file: `lattice` and `lattice_split` (tables of crossing rules), `regions` (where other tables may stand), `columns`, `structure`, `header` and `wrap` (their grid),
//! `accept` (whether it is one), `find` (all of a page), `grid` (a valid grid with labels and scores). Knows nothing of
//! fields, HTTP or files.

mod accept;
mod columns;
mod draft;
mod find;
mod grid;
mod header;
mod lattice;
mod lattice_split;
mod regions;
mod structure;
mod wrap;

#[cfg(test)]
use super::sheet::fixtures;
use super::sheet::{self, Sheet, figures, lines};
use crate::document::Table;

/// Finds the tables of a sheet, from top to bottom.
///
/// Every grid is valid (`Table::check`); ids are left empty, whoever sends the tables names them.
pub(super) fn find(sheet: &Sheet) -> Vec<Table> {
    find::drafts(sheet).into_iter().filter_map(|draft| grid::table(draft, sheet)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PageRect, PageSize, PageText, Score, TextSource, Word};
    use crate::pages::Rule;
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
            for table in find(&Sheet::of(&text, &rules)) {
                prop_assert_eq!(table.check(), Ok(()));
                let covered: u32 = table.cells.iter().map(|c| c.row_span * c.col_span).sum();
                prop_assert_eq!(covered, table.rows() * table.cols());
                prop_assert!(table.rows() > table.header_rows);
            }
        }
    }
}
