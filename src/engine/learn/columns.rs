//! Columns of cells: what they hold, and which cells of two columns say the same, row after row.

use super::text::{bare, tokens};
use crate::document::{Cell, Table, amounts, dates};

/// A text as it is compared with another: figures by how much they are, however they are written.
pub(super) fn compared(text: &str) -> String {
    match amounts::whole(text).and_then(|_| amounts::hundredths(text)) {
        Some(hundredths) => hundredths.to_string(),
        None => bare(text),
    }
}

/// Those that say something.
pub(super) fn said_by<'a>(cells: &[&'a Cell]) -> impl Iterator<Item = &'a Cell> {
    cells.iter().copied().filter(|cell| cell.text.contains(char::is_alphanumeric))
}

/// Of longer columns no more than so many cells are worth comparing: it takes their number squared.
pub(super) const MOST_CELLS: usize = 2000;

/// Which of `said` are in a longest sequence that both have in common.
pub(super) fn common(annotated: &[String], said: &[String]) -> Vec<bool> {
    let width = said.len() + 1;
    // The length of the longest one from each pair of places on.
    let mut longest = vec![0_u32; (annotated.len() + 1) * width];
    for a in (0..annotated.len()).rev() {
        for s in (0..said.len()).rev() {
            longest[a * width + s] = if annotated[a] == said[s] {
                longest[(a + 1) * width + s + 1] + 1
            } else {
                longest[(a + 1) * width + s].max(longest[a * width + s + 1])
            };
        }
    }
    let mut right = vec![false; said.len()];
    let (mut a, mut s) = (0, 0);
    while a < annotated.len() && s < said.len() {
        if annotated[a] == said[s] {
            right[s] = true;
            (a, s) = (a + 1, s + 1);
        } else if longest[(a + 1) * width + s] >= longest[a * width + s + 1] {
            a += 1;
        } else {
            s += 1;
        }
    }
    right
}

/// The cells of a table's column that are no headings, from the top.
pub(super) fn data(table: &Table, col: u32) -> impl Iterator<Item = &Cell> {
    let mut cells: Vec<&Cell> =
        table.cells.iter().filter(|cell| cell.col == col && cell.row > table.header_rows).collect();
    cells.sort_by_key(|cell| cell.row);
    cells.into_iter()
}

/// How many cells are days, money, other figures and words.
pub(super) fn kinds<'a>(cells: impl Iterator<Item = &'a Cell>) -> [f32; 4] {
    let mut counts = [0.0; 4];
    for kind in cells.filter_map(|cell| kind(&cell.text)) {
        counts[kind] += 1.0;
    }
    counts
}

/// What the cells of a table's column are, as shares of days, money, other figures and words.
pub(super) fn holds(table: &Table, col: u32) -> [f32; 4] {
    let counts = kinds(data(table, col));
    let all: f32 = counts.iter().sum();
    counts.map(|count| if all > 0.0 { count / all } else { 0.25 })
}

/// Whether a text is a day (0), money (1), another figure (2) or words (3); `None` where it says nothing.
fn kind(text: &str) -> Option<usize> {
    let text = text.trim();
    match text {
        "" => None,
        _ if dates::is_date(text) => Some(0),
        _ => Some(amounts::whole(text).map_or(3, |figure| if figure.money { 1 } else { 2 })),
    }
}

/// The words of a text, sorted.
pub(super) fn words(text: &str) -> Vec<u32> {
    let mut words: Vec<u32> = tokens(text).iter().map(|token| token.hash).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_the_same_however_they_are_written() {
        assert_eq!(compared("160,00 €"), compared("160.0000"));
        assert_eq!(compared("Ink, blue"), compared("INK BLUE"));
        assert_ne!(compared("16"), compared("1.6"));
    }

    #[test]
    fn rows_count_in_their_order() {
        let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(common(&text(&["a", "b", "c"]), &text(&["b", "x", "c", "a"])), [true, false, true, false]);
        assert!(common(&[], &[]).is_empty());
    }
}
