//! A region of text → a draft of a table by white space: lines → rows of cells → header and body.

use super::columns::{Columns, columns};
use super::draft::{Draft, Entry, Evidence};
use super::figures::{is_drawn_line, is_figure};
use super::header;
use super::lines::{Chunk, Line, chunks, joined, lines_of};
use super::sheet::{Bounds, Piece, Stroke};
use super::wrap;
use std::collections::BTreeMap;

/// How many lines from the top may hold a heading over several columns.
const HEADING_LINES: usize = 12;

/// One line of a region, its words in their columns.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) cells: BTreeMap<usize, Vec<&'a Piece>>,
    /// The last column of each cell that reaches over several, by its first.
    pub(super) spans: BTreeMap<usize, usize>,
    pub(super) top: f32,
    pub(super) bottom: f32,
    /// The font size of its line.
    pub(super) size: f32,
}

impl<'a> Row<'a> {
    pub(super) fn text(&self, column: usize) -> String {
        self.cells.get(&column).map_or_else(String::new, |pieces| joined(pieces))
    }

    /// Whether the cell that begins at `column` reaches over several.
    pub(super) fn is_spanner(&self, column: usize) -> bool {
        self.spans.get(&column).is_some_and(|last| *last > column)
    }

    fn add(&mut self, column: usize, pieces: &[&'a Piece]) {
        self.cells.entry(column).or_default().extend(pieces);
    }

    fn add_over(&mut self, first: usize, last: usize, pieces: &[&'a Piece]) {
        self.add(first, pieces);
        self.spans.insert(first, last);
    }
}

/// The region's columns, rows and horizontal rules: what header and body are made from.
pub(super) struct Region<'a> {
    pub(super) columns: Columns,
    pub(super) rows: Vec<Row<'a>>,
    /// The horizontal rules that reach into it, from top to bottom.
    pub(super) rules: Vec<Stroke>,
}

impl Region<'_> {
    /// Whether a rule lies between two heights; within `reach`, over more than half of it.
    pub(super) fn ruled_between(&self, top: f32, bottom: f32, reach: Option<(f32, f32)>) -> bool {
        self.rules
            .iter()
            .filter(|rule| (top - 1.0..=bottom + 1.0).contains(&rule.at))
            .any(|rule| reach.is_none_or(|(left, right)| rule.overlap(left, right) > 0.5 * (right - left)))
    }
}

/// Reads the words of a region as a table; `None` where white space parts no columns.
pub(super) fn read<'a>(
    pieces: impl IntoIterator<Item = &'a Piece>,
    across: &[Stroke],
    bounds: Bounds,
    evidence: Evidence,
) -> Option<Draft<'a>> {
    let lines = lines_of(pieces.into_iter().filter(|p| !is_drawn_line(&p.text, true)));
    if lines.len() < 2 {
        return None;
    }
    let columns = columns(&lines)?;
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(lines.len());
    for line in &lines {
        let may_head = rows.len() < HEADING_LINES;
        rows.push(row(line, &columns, across, may_head));
    }
    let mut rules: Vec<Stroke> =
        across.iter().filter(|r| r.length() > 8.0 && r.from < bounds.right && r.to > bounds.left).copied().collect();
    rules.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut region = Region { columns, rows, rules };

    let header_lines = header::lines(&region);
    header::centre_spanners(&mut region, header_lines);
    let levels = header::levels(&region, header_lines);
    let body = wrap::joined_rows(&region, header_lines);
    Some(draft(&region.columns, &levels, &body, bounds, evidence))
}

/// Sorts the words of a line into columns.
fn row<'a>(line: &Line<'a>, columns: &Columns, across: &[Stroke], may_head: bool) -> Row<'a> {
    let mut row =
        Row { cells: BTreeMap::new(), spans: BTreeMap::new(), top: line.top, bottom: line.bottom, size: line.size };
    let chunks = line.chunks(0.55);
    let alone = chunks.len() == 1;
    for chunk in &chunks {
        let reached = columns.reached(chunk.bounds);
        let Some(&(first, _)) = reached.first() else { continue };
        let figures = chunk.pieces.iter().skip(1).any(|p| is_figure(&p.text));
        if alone && first == 0 && reached.len() > 1 && columns.len() > 2 && !figures {
            // The heading of a section of rows.
            row.add(0, &chunk.pieces);
        } else if let Some((from, to)) = may_head.then(|| underlined(chunk, line.size, columns, across)).flatten() {
            row.add_over(from, to, &chunk.pieces);
        } else if reached.len() > 1 {
            cut(chunk, &reached, columns, &mut row);
        } else {
            row.add(first, &chunk.pieces);
        }
    }
    row
}

/// The columns that a heading stands over, as the rule just below it says: one that encloses the chunk but is no
/// rule of the whole table.
fn underlined(chunk: &Chunk, size: f32, columns: &Columns, across: &[Stroke]) -> Option<(usize, usize)> {
    let b = chunk.bounds;
    let rule = across
        .iter()
        .filter(|rule| {
            rule.from <= b.left + 3.0
                && rule.to >= b.right - 3.0
                && (b.bottom - 3.0..=b.bottom + 0.9 * size).contains(&rule.at)
                && (rule.length() < 0.9 * columns.width()
                    || rule.from > columns.left(0) + 0.5 * (columns.right(0) - columns.left(0)))
        })
        .min_by(|a, b| a.length().total_cmp(&b.length()))?;
    let mut covered = (0..columns.len()).filter(|&k| {
        let (left, right) = (columns.left(k), columns.right(k));
        rule.overlap(left, right) > 0.4 * rule.length().min(right - left)
    });
    let first = covered.next()?;
    covered.next_back().map(|last| (first, last))
}

/// Cuts a chunk over several columns at the word gaps that touch a column gap; each part goes where most of it stands.
fn cut<'a>(chunk: &Chunk<'a>, reached: &[(usize, f32)], columns: &Columns, row: &mut Row<'a>) {
    let inner: Vec<(f32, f32)> = reached[1..].iter().map(|(k, _)| columns.gaps[k - 1]).collect();
    let parts: Vec<&[&Piece]> = chunk
        .pieces
        .chunk_by(|a, b| {
            let touches = inner.iter().any(|(lo, hi)| b.bounds.left + 1.0 >= *lo && a.bounds.right - 1.0 <= *hi);
            !(touches && b.bounds.left - a.bounds.right > 0.2 * b.size)
        })
        .collect();
    for part in &parts {
        let Some(whole) = chunks(part, 99.0).into_iter().next() else { continue };
        let hits = columns.reached(whole.bounds);
        let total: f32 = hits.iter().map(|(_, overlap)| overlap).sum();
        let weighty: Vec<(usize, f32)> = hits.iter().filter(|(_, o)| *o > 0.12 * total && *o > 3.0).copied().collect();
        let weighty = if weighty.is_empty() { hits } else { weighty };
        let most = weighty.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
        match (weighty.as_slice(), most) {
            ([(first, _), .., (last, _)], _) if parts.len() == 1 => row.add_over(*first, *last, part),
            (_, Some((most, _))) => row.add(most, part),
            _ => {}
        }
    }
}

/// Header levels and body rows → one grid.
fn draft<'a>(
    columns: &Columns,
    levels: &[header::Level<'a>],
    body: &[Row<'a>],
    bounds: Bounds,
    evidence: Evidence,
) -> Draft<'a> {
    let mut entries = Vec::new();
    let mut bands: Vec<(f32, f32)> = Vec::new();
    for (row, level) in levels.iter().enumerate() {
        for heading in &level.headings {
            entries.push(Entry {
                row,
                col: heading.first,
                row_span: heading.depth,
                col_span: heading.last - heading.first + 1,
                pieces: heading.pieces.clone(),
            });
        }
        bands.push((level.top, level.bottom));
    }
    for row in body {
        for (&col, pieces) in &row.cells {
            let last = row.spans.get(&col).copied().unwrap_or(col).max(col);
            entries.push(Entry {
                row: bands.len(),
                col,
                row_span: 1,
                col_span: last - col + 1,
                pieces: pieces.clone(),
            });
        }
        bands.push((row.top, row.bottom));
    }
    let mut draft = Draft {
        evidence,
        bounds,
        entries,
        row_edges: row_edges(&bands),
        col_edges: columns.edges.clone(),
        header_rows: levels.len(),
    };
    let mut filled = vec![false; draft.rows()];
    draft.entries.iter().filter(|e| !e.pieces.is_empty()).for_each(|e| filled[e.row] = true);
    let all = vec![true; draft.cols()];
    draft.keep(&filled, &all);
    draft
}

/// The edges of rows that stand at `bands`: half-way between one's bottom and the next one's top.
fn row_edges(bands: &[(f32, f32)]) -> Vec<f32> {
    let (Some(first), Some(last)) = (bands.first(), bands.last()) else { return Vec::new() };
    let between = bands.windows(2).map(|pair| f32::midpoint(pair[0].1, pair[1].0));
    std::iter::once(first.0 - 1.0).chain(between).chain(std::iter::once(last.1 + 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{row as words, row_rule};
    use super::*;

    fn texts(pieces: &[Piece], across: &[Stroke]) -> Vec<Vec<String>> {
        let bounds = Bounds::around(pieces.iter().map(|p| p.bounds)).expect("words");
        read(pieces, across, bounds, Evidence::Stream).expect("a table").texts()
    }

    fn body() -> Vec<Piece> {
        [
            words(40.0, &[(0.0, "Tea"), (100.0, "12"), (160.0, "3.50")]),
            words(54.0, &[(0.0, "Coffee"), (100.0, "7"), (160.0, "4.10")]),
            words(68.0, &[(0.0, "Milk"), (100.0, "31"), (160.0, "1.20")]),
        ]
        .concat()
    }

    #[test]
    fn aligned_words_are_a_grid() {
        assert_eq!(texts(&body(), &[]), [["Tea", "12", "3.50"], ["Coffee", "7", "4.10"], ["Milk", "31", "1.20"]]);
    }

    #[test]
    fn a_rule_below_a_heading_makes_it_stand_over_its_columns() {
        let header =
            [words(0.0, &[(120.0, "Sold")]), words(16.0, &[(0.0, "Drink"), (100.0, "Cups"), (160.0, "Price")])];
        let pieces = [header.concat(), body()].concat();
        let read = read(&pieces, &[row_rule(95.0, 190.0, 12.0)], Bounds::new(0.0, 0.0, 190.0, 78.0), Evidence::Rules);
        let draft = read.expect("a table");
        assert_eq!(draft.header_rows, 2);
        let sold = draft.entries.iter().find(|e| joined(&e.pieces) == "Sold").expect("the heading");
        assert_eq!((sold.row, sold.col, sold.col_span), (0, 1, 2));
        let drink = draft.entries.iter().find(|e| joined(&e.pieces) == "Drink").expect("the stub's heading");
        assert_eq!((drink.row, drink.row_span), (0, 2));
    }

    #[test]
    fn a_line_over_several_columns_without_figures_heads_a_section() {
        let section = words(82.0, &[(0.0, "Served"), (33.0, "in the"), (66.0, "evening"), (104.0, "only")]);
        let last = words(96.0, &[(0.0, "Punch"), (100.0, "3"), (160.0, "9.90")]);
        let pieces = [body(), section, last].concat();
        assert_eq!(texts(&pieces, &[])[3], ["Served in the evening only", "", ""]);
    }

    #[test]
    fn words_that_touch_across_a_gap_are_cut_at_it() {
        let line =
            |y: f32, figure: f32| words(y, &[(0.0, "Green"), (28.0, "Ceylon"), (61.0, "leaves"), (figure, "12")]);
        let pieces = [line(0.0, 100.0), line(14.0, 100.0), line(28.0, 100.0), line(42.0, 95.0)].concat();
        assert_eq!(texts(&pieces, &[])[3], ["Green Ceylon leaves", "12"]);
    }
}
