//! A draft → a table whose grid is valid: every place is covered by exactly one cell.
//!
//! How headers are told: a header of one row, each heading over one column, is not among the cells; it stands in each
//! cell's `label`. A header of several levels, or with a heading over several columns, would lose its shape that way:
//! all its levels are ordinary first rows, `Table::header_rows` counts them, labels stay empty, and `Table::labels`
//! joins the headings over each column.

use super::draft::{Draft, Entry, Evidence};
use super::figures::is_figure;
use super::lines::text_of;
use super::sheet::{Bounds, Sheet};
use crate::document::{Cell, Score, Table};

/// A header of more rows is none.
const MOST_HEADER_ROWS: usize = 5;

/// The table of a draft; `None` where nothing is left of it.
pub(super) fn table(mut draft: Draft, sheet: &Sheet) -> Option<Table> {
    if draft.rows() == 0 || draft.cols() == 0 {
        return None;
    }
    rise(&mut draft.row_edges);
    rise(&mut draft.col_edges);
    draft.entries = laid_out(std::mem::take(&mut draft.entries), draft.rows(), draft.cols());
    if draft.header_rows == 0 {
        draft.header_rows = guessed_header_rows(&draft);
    }
    let mut labels = vec![String::new(); draft.cols()];
    if let Some(headings) = single_header(&draft) {
        labels = headings;
        let mut kept = vec![true; draft.rows()];
        kept[0] = false;
        draft.keep(&kept, &vec![true; labels.len()]);
    }
    let structure = structure_score(draft.evidence);
    let cells = draft.entries.iter().map(|entry| cell(entry, &draft, &labels, structure, sheet)).collect();
    Some(Table {
        label: "table".into(),
        rect: sheet.page_from_bounds(draft.bounds),
        score: structure,
        cells,
        header_rows: draft.header_rows as u32,
        ..Table::default()
    })
}

/// How often a table found by this evidence has these rows and columns.
fn structure_score(evidence: Evidence) -> Score {
    Score::new(match evidence {
        Evidence::Lattice => 0.95,
        Evidence::OpenLattice => 0.85,
        Evidence::Rules => 0.9,
        Evidence::Stream => 0.75,
    })
}

/// Makes edges rise where text overlaps across them.
fn rise(edges: &mut [f32]) {
    let mut last = f32::NEG_INFINITY;
    for edge in edges {
        *edge = edge.max(last);
        last = *edge;
    }
}

/// Places entries so that each place is covered once: first places first, then spans as far as they are free, then
/// empty entries where nothing stands. Row-major.
fn laid_out(entries: Vec<Entry>, rows: usize, cols: usize) -> Vec<Entry> {
    let mut owner: Vec<Option<usize>> = vec![None; rows * cols];
    let mut placed: Vec<Entry> = Vec::with_capacity(entries.len());
    let (filled, empty): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| !e.pieces.is_empty());
    for entry in filled.into_iter().chain(empty).filter(|e| e.row < rows && e.col < cols) {
        if let Some(first) = owner[entry.row * cols + entry.col] {
            placed[first].pieces.extend(entry.pieces);
        } else {
            owner[entry.row * cols + entry.col] = Some(placed.len());
            placed.push(entry);
        }
    }
    for (i, entry) in placed.iter_mut().enumerate() {
        let row_span = entry.row_span.clamp(1, rows - entry.row);
        let col_span = entry.col_span.clamp(1, cols - entry.col);
        let (row, col) = (entry.row, entry.col);
        let places = |(row_span, col_span): (usize, usize)| {
            (row..row + row_span).flat_map(move |r| (col..col + col_span).map(move |c| r * cols + c))
        };
        let is_free = |span: &(usize, usize)| places(*span).all(|place| owner[place].is_none_or(|o| o == i));
        let spans = [(row_span, col_span), (1, col_span), (row_span, 1)];
        let (row_span, col_span) = spans.into_iter().find(is_free).unwrap_or((1, 1));
        places((row_span, col_span)).for_each(|place| owner[place] = Some(i));
        (entry.row_span, entry.col_span) = (row_span, col_span);
    }
    for place in (0..rows * cols).filter(|p| owner[*p].is_none()) {
        let (row, col) = (place / cols, place % cols);
        placed.push(Entry { row, col, row_span: 1, col_span: 1, pieces: Vec::new() });
    }
    placed.sort_by_key(|e| (e.row, e.col));
    placed
}

/// How many rows from the top look like headings where only rules tell the rows: no figures there, figures or at least
/// three columns below.
fn guessed_header_rows(draft: &Draft) -> usize {
    let texts = draft.texts();
    let (rows, cols) = (draft.rows(), draft.cols());
    let mut header = 0;
    loop {
        let row = &texts[header];
        let filled = row.iter().filter(|t| !t.is_empty()).count();
        let of_row = |e: &&Entry| (e.row..e.row + e.row_span).contains(&header);
        let entries: Vec<&Entry> = draft.entries.iter().filter(of_row).collect();
        let reaches_on = entries.iter().any(|e| e.col_span > 1 || e.row + e.row_span > header + 1);
        if row.iter().any(|t| is_figure(t)) || (header == 0 && filled < 2) {
            return 0;
        }
        header += 1;
        if header >= rows || header > MOST_HEADER_ROWS {
            return 0;
        }
        if !reaches_on {
            let headings = filled + usize::from(row[0].is_empty());
            let below: Vec<&String> = texts[header..].iter().flatten().filter(|t| !t.is_empty()).collect();
            let figures = below.iter().filter(|t| is_figure(t)).count();
            let enough = figures * 4 >= below.len() || (cols >= 3 && rows >= 3);
            return if enough && (header > 1 || headings >= cols) { header } else { 0 };
        }
    }
}

/// The headings of a header of one row in which each stands over one column; `None` of any other header.
fn single_header(draft: &Draft) -> Option<Vec<String>> {
    let alone = draft.entries.iter().filter(|e| e.row == 0).all(|e| e.col_span == 1 && e.row_span == 1);
    (draft.header_rows == 1 && draft.rows() >= 2 && alone).then(|| draft.texts().swap_remove(0))
}

fn cell(entry: &Entry, draft: &Draft, labels: &[String], structure: Score, sheet: &Sheet) -> Cell {
    let bounds = Bounds::new(
        draft.col_edges[entry.col],
        draft.row_edges[entry.row],
        draft.col_edges[entry.col + entry.col_span],
        draft.row_edges[entry.row + entry.row_span],
    );
    let read = entry.pieces.iter().fold(Score::CERTAIN, |score, piece| score.and(Score::new(piece.score)));
    Cell {
        id: String::new(),
        row: entry.row as u32 + 1,
        col: entry.col as u32 + 1,
        row_span: entry.row_span as u32,
        col_span: entry.col_span as u32,
        label: labels.get(entry.col).cloned().unwrap_or_default(),
        text: text_of(&entry.pieces),
        rect: sheet.page_from_bounds(bounds),
        score: read.and(structure),
        confirmed: false,
        reread: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::piece;
    use super::super::sheet::Piece;
    use super::*;

    fn sheet() -> Sheet {
        Sheet { unit: 2.0, ..Sheet::default() }
    }

    fn draft(entries: Vec<Entry>, rows: usize, cols: usize, header_rows: usize) -> Draft {
        let edges = |n: usize| (0..=n).map(|i| 10.0 * i as f32).collect::<Vec<f32>>();
        let bounds = Bounds::new(0.0, 0.0, 10.0 * cols as f32, 10.0 * rows as f32);
        let (row_edges, col_edges) = (edges(rows), edges(cols));
        Draft { evidence: Evidence::Lattice, bounds, entries, row_edges, col_edges, header_rows }
    }

    fn entry(row: usize, col: usize, row_span: usize, col_span: usize, piece: &Piece) -> Entry<'_> {
        Entry { row, col, row_span, col_span, pieces: vec![piece] }
    }

    fn words(texts: &[&str]) -> Vec<Piece> {
        texts.iter().map(|t| Piece { score: 0.5, ..piece(t, 1.0, 1.0, 9.0, 9.0) }).collect()
    }

    #[test]
    fn a_single_header_row_becomes_labels_and_goes() {
        let p = words(&["Item", "Price", "Tea", "2.50"]);
        let entries = vec![
            entry(0, 0, 1, 1, &p[0]),
            entry(0, 1, 1, 1, &p[1]),
            entry(1, 0, 1, 1, &p[2]),
            entry(1, 1, 1, 1, &p[3]),
        ];
        let table = table(draft(entries, 2, 2, 1), &sheet()).expect("a table");
        assert_eq!((table.rows(), table.cols(), table.header_rows), (1, 2, 0));
        assert_eq!(table.labels(), ["Item", "Price"]);
        assert_eq!(table.cell(1, 2).map(|c| c.text.as_str()), Some("2.50"));
        assert_eq!(table.rect, crate::document::PageRect::new(0.0, 20.0, 40.0, 40.0));
    }

    #[test]
    fn a_header_of_two_levels_stays_and_labels_join_them() {
        let p = words(&["Sold", "Cups", "Price", "12", "2.50"]);
        let entries = vec![
            entry(0, 0, 1, 2, &p[0]),
            entry(1, 0, 1, 1, &p[1]),
            entry(1, 1, 1, 1, &p[2]),
            entry(2, 0, 1, 1, &p[3]),
            entry(2, 1, 1, 1, &p[4]),
        ];
        let table = table(draft(entries, 3, 2, 2), &sheet()).expect("a table");
        assert_eq!((table.rows(), table.header_rows), (3, 2));
        assert_eq!(table.labels(), ["Sold / Cups", "Sold / Price"]);
        assert!(table.cells.iter().all(|c| c.label.is_empty()));
    }

    #[test]
    fn overlapping_spans_shrink_and_empty_places_are_filled() {
        let p = words(&["a", "b", "c"]);
        let entries = vec![entry(0, 0, 2, 2, &p[0]), entry(1, 1, 1, 1, &p[1]), entry(1, 1, 5, 5, &p[2])];
        let table = table(draft(entries, 3, 3, 0), &sheet()).expect("a table");
        assert_eq!(table.check(), Ok(()));
        let covered: u32 = table.cells.iter().map(|c| c.row_span * c.col_span).sum();
        assert_eq!(covered, 9);
        assert_eq!(table.cell(2, 2).map(|c| c.text.as_str()), Some("b c"));
        assert_eq!(table.cell(1, 2).map(|c| c.col_span), Some(2));
    }

    #[test]
    fn a_cell_of_two_doubtful_words_is_more_doubtful() {
        let p = words(&["a", "b"]);
        let table = table(
            draft(vec![entry(0, 0, 1, 1, &p[0]), entry(0, 1, 1, 1, &p[0]), entry(0, 1, 1, 1, &p[1])], 1, 2, 0),
            &sheet(),
        );
        let cells = table.expect("a table").cells;
        assert!(cells[1].score < cells[0].score && cells[0].score.get() < 0.5);
    }
}
