//! Tables from crossing rules: rules → grid lines → faces → cells. Cells that white space parts further are
//! `lattice_split`'s work.

use super::draft::{Draft, Entry, Evidence};
use super::figures::is_drawn_line;
use super::lattice_split::{split_bands, split_merged};
use super::sheet::{Bounds, Piece, Stroke};

/// Rules cross, and lie on one grid line, within this.
const NEAR: f32 = 3.0;

/// Horizontal and vertical rules that cross each other, directly or by others.
pub(super) struct Crossing {
    across: Vec<Stroke>,
    down: Vec<Stroke>,
}

impl Crossing {
    /// Roughly how many faces it has; the larger is read first.
    pub(super) fn extent(&self) -> usize {
        self.across.len() * self.down.len()
    }
}

/// A table read from crossing rules, with what decides whether it is believed.
pub(super) struct Lattice<'a> {
    pub(super) draft: Draft<'a>,
    /// Between its outermost rules; titles around the table included.
    pub(super) frame: Bounds,
    /// All pieces between its outer rules.
    pub(super) inside: Vec<&'a Piece>,
    /// The share of the pieces, 0 to 1, in the fullest cell; a page frame has nearly all in one.
    pub(super) fullest: f32,
    /// How many faces the grid lines make.
    pub(super) faces: usize,
}

/// A cell of the lattice: the places it covers, both ends included, and what stands there.
#[derive(Clone, Debug, Default)]
pub(super) struct Face<'a> {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) bottom: usize,
    pub(super) right: usize,
    pub(super) pieces: Vec<&'a Piece>,
}

/// Sorts items into sets that were joined.
struct Sets(Vec<usize>);

impl Sets {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut item: usize) -> usize {
        while self.0[item] != item {
            self.0[item] = self.0[self.0[item]];
            item = self.0[item];
        }
        item
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// The number of each item's set, from 0, in the order of first appearance.
    fn numbers(&mut self) -> Vec<usize> {
        let mut number = vec![usize::MAX; self.0.len()];
        let mut next = 0;
        (0..self.0.len())
            .map(|item| {
                let root = self.root(item);
                if number[root] == usize::MAX {
                    number[root] = next;
                    next += 1;
                }
                number[root]
            })
            .collect()
    }
}

/// The groups of at least two horizontal and two vertical rules that cross.
pub(super) fn crossings(across: &[Stroke], down: &[Stroke]) -> Vec<Crossing> {
    let mut sets = Sets::new(across.len() + down.len());
    for (i, h) in across.iter().enumerate() {
        for (j, v) in down.iter().enumerate() {
            let meets = (h.from - NEAR..=h.to + NEAR).contains(&v.at) && (v.from - NEAR..=v.to + NEAR).contains(&h.at);
            if meets {
                sets.join(i, across.len() + j);
            }
        }
    }
    let numbers = sets.numbers();
    let count = numbers.iter().max().map_or(0, |n| n + 1);
    let mut crossings: Vec<Crossing> = (0..count).map(|_| Crossing { across: Vec::new(), down: Vec::new() }).collect();
    for (i, &number) in numbers.iter().enumerate() {
        match across.get(i) {
            Some(h) => crossings[number].across.push(*h),
            None => crossings[number].down.push(down[i - across.len()]),
        }
    }
    crossings.retain(|c| c.across.len() >= 2 && c.down.len() >= 2);
    crossings
}

/// Reads the table that the rules draw; `None` where they draw none.
pub(super) fn read<'a>(crossing: &Crossing, pieces: &'a [Piece]) -> Option<Lattice<'a>> {
    let (xs, ys) = grid_lines(crossing)?;
    let (cols, rows) = (xs.len() - 1, ys.len() - 1);
    if cols < 2 {
        return None;
    }
    let frame = Bounds::new(xs[0], ys[0], xs[cols], ys[rows]);
    let inside: Vec<&Piece> = pieces
        .iter()
        .filter(|p| {
            let (x, y) = (p.bounds.center_x(), p.bounds.center_y());
            (frame.left - 2.0..=frame.right + 2.0).contains(&x)
                && (frame.top - 2.0..=frame.bottom + 2.0).contains(&y)
                && !is_drawn_line(&p.text, false)
        })
        .collect();
    if inside.is_empty() {
        return None;
    }
    let faces = split_merged(faces(crossing, &xs, &ys, &inside), &xs);
    let most = faces.iter().map(|f| f.pieces.len()).max().unwrap_or(0);
    let fullest = most as f32 / inside.len() as f32;
    let draft = draft(&faces, &xs, &ys)?;
    Some(Lattice { draft, frame, inside, fullest, faces: rows * cols })
}

/// The x of the vertical and the y of the horizontal grid lines; an outer one too where rules run on past the last crossing.
fn grid_lines(crossing: &Crossing) -> Option<(Vec<f32>, Vec<f32>)> {
    let mut xs = clusters(crossing.down.iter().map(|v| v.at));
    let mut ys = clusters(crossing.across.iter().map(|h| h.at));
    let reach = |strokes: &[Stroke]| {
        let from = strokes.iter().map(|s| s.from).fold(f32::INFINITY, f32::min);
        let to = strokes.iter().map(|s| s.to).fold(f32::NEG_INFINITY, f32::max);
        (from, to)
    };
    add_outer(&mut xs, reach(&crossing.across), 12.0);
    add_outer(&mut ys, reach(&crossing.down), 7.0);
    (xs.len() >= 2 && ys.len() >= 2).then_some((xs, ys))
}

/// Adds `from` before and `to` after the lines where they lie further out than `margin`.
fn add_outer(lines: &mut Vec<f32>, (from, to): (f32, f32), margin: f32) {
    if lines.first().is_some_and(|first| from < first - margin) {
        lines.insert(0, from);
    }
    if lines.last().is_some_and(|last| to > last + margin) {
        lines.push(to);
    }
}

/// The means of values that lie within `NEAR` of the next.
fn clusters(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.chunk_by(|a, b| b - a <= NEAR).map(|near| near.iter().sum::<f32>() / near.len() as f32).collect()
}

/// Whether strokes at `at` cover at least 0.6 of `from..to`.
fn covered(strokes: &[Stroke], at: f32, from: f32, to: f32) -> bool {
    let near = strokes.iter().filter(|s| (s.at - at).abs() <= NEAR);
    near.map(|s| s.overlap(from, to).max(0.0)).sum::<f32>() >= 0.6 * (to - from)
}

/// Joins the grid's places over missing edges; each piece goes to the face of its centre.
fn faces<'a>(crossing: &Crossing, xs: &[f32], ys: &[f32], inside: &[&'a Piece]) -> Vec<Face<'a>> {
    let (cols, rows) = (xs.len() - 1, ys.len() - 1);
    let mut sets = Sets::new(rows * cols);
    for row in 0..rows {
        for col in 0..cols {
            let place = row * cols + col;
            if col + 1 < cols && !covered(&crossing.down, xs[col + 1], ys[row], ys[row + 1]) {
                sets.join(place, place + 1);
            }
            if row + 1 < rows && !covered(&crossing.across, ys[row + 1], xs[col], xs[col + 1]) {
                sets.join(place, place + cols);
            }
        }
    }
    let numbers = sets.numbers();
    let mut faces: Vec<Option<Face<'a>>> = vec![None; numbers.iter().max().map_or(0, |n| n + 1)];
    for (place, &number) in numbers.iter().enumerate() {
        let (row, col) = (place / cols, place % cols);
        let face = faces[number].get_or_insert(Face { top: row, left: col, bottom: row, right: col, pieces: vec![] });
        face.bottom = face.bottom.max(row);
        face.left = face.left.min(col);
        face.right = face.right.max(col);
    }
    let place_of = |edges: &[f32], at: f32| edges.partition_point(|e| *e <= at).clamp(1, edges.len() - 1) - 1;
    for piece in inside {
        let (row, col) = (place_of(ys, piece.bounds.center_y()), place_of(xs, piece.bounds.center_x()));
        if let Some(face) = &mut faces[numbers[row * cols + col]] {
            face.pieces.push(piece);
        }
    }
    faces.into_iter().flatten().collect()
}

/// Faces → a draft: rows of several text lines split, titles around the table and empty rows and columns taken out.
fn draft<'a>(faces: &[Face<'a>], xs: &[f32], ys: &[f32]) -> Option<Draft<'a>> {
    let (cols, rows) = (xs.len() - 1, ys.len() - 1);
    let cuts = split_bands(faces, rows);
    let mut base = Vec::with_capacity(rows + 1);
    let mut row_edges = Vec::new();
    for row in 0..rows {
        base.push(row_edges.len());
        row_edges.push(ys[row]);
        row_edges.extend(&cuts[row]);
    }
    base.push(row_edges.len());
    row_edges.push(ys[rows]);

    let mut entries = Vec::new();
    for face in faces {
        let entry = Entry {
            row: base[face.top],
            col: face.left,
            row_span: base[face.bottom + 1] - base[face.top],
            col_span: face.right - face.left + 1,
            pieces: face.pieces.clone(),
        };
        if face.top == face.bottom && !cuts[face.top].is_empty() {
            entries.extend((0..entry.row_span).map(|line| {
                let of_line =
                    |p: &&&Piece| cuts[face.top].iter().filter(|cut| p.bounds.center_y() > **cut).count() == line;
                let pieces = face.pieces.iter().filter(of_line).copied().collect();
                Entry { row: entry.row + line, row_span: 1, pieces, ..entry.clone() }
            }));
        } else {
            entries.push(entry);
        }
    }
    let mut draft = Draft {
        evidence: Evidence::Lattice,
        bounds: Bounds::new(xs[0], ys[0], xs[cols], ys[rows]),
        entries,
        row_edges,
        col_edges: xs.to_vec(),
        header_rows: 0,
    };
    let title = |row: usize| {
        cuts[row].is_empty()
            && faces.iter().any(|f| f.top == row && f.bottom == row && f.left == 0 && f.right + 1 == cols)
    };
    let mut kept = vec![true; draft.rows()];
    for row in (0..rows).take_while(|row| title(*row)).chain((0..rows).rev().take_while(|row| title(*row))) {
        kept[base[row]] = false;
    }
    draft.keep(&kept, &vec![true; cols]);
    draft.drop_empty();
    let filled = draft.entries.iter().filter(|e| !e.pieces.is_empty()).count();
    let (rows, cols) = (draft.rows(), draft.cols());
    (filled >= 4 && cols >= 2 && (rows >= 2 || cols >= 3)).then_some(draft)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{column_rule, piece, row_rule};
    use super::*;

    /// A ruled grid of 2 columns and 3 rows, 100 × 20 each; the first row's divider is missing.
    fn crossing() -> Crossing {
        let across = [0.0, 20.0, 40.0, 60.0].map(|y| row_rule(0.0, 200.0, y));
        let down = [column_rule(0.0, 60.0, 0.0), column_rule(20.0, 60.0, 100.0), column_rule(0.0, 60.0, 200.0)];
        crossings(&across, &down).remove(0)
    }

    #[test]
    fn rules_that_do_not_cross_are_no_lattice() {
        assert!(
            crossings(&[row_rule(0.0, 90.0, 0.0), row_rule(0.0, 90.0, 50.0)], &[column_rule(60.0, 90.0, 10.0)])
                .is_empty()
        );
    }

    #[test]
    fn a_missing_edge_joins_its_faces_and_a_title_over_all_columns_goes() {
        let pieces = [
            piece("Prices", 80.0, 5.0, 120.0, 15.0),
            piece("Tea", 5.0, 25.0, 40.0, 35.0),
            piece("2.50", 105.0, 25.0, 140.0, 35.0),
            piece("Coffee", 5.0, 45.0, 60.0, 55.0),
            piece("3.20", 105.0, 45.0, 140.0, 55.0),
        ];
        let lattice = read(&crossing(), &pieces).expect("a table");
        assert_eq!(lattice.draft.texts(), [["Tea", "2.50"], ["Coffee", "3.20"]]);
        assert_eq!(lattice.draft.bounds, Bounds::new(0.0, 20.0, 200.0, 60.0));
        assert_eq!(lattice.faces, 6);
    }

    #[test]
    fn a_form_with_three_filled_cells_is_no_table() {
        let pieces = [
            piece("Tea", 5.0, 25.0, 40.0, 35.0),
            piece("2.50", 105.0, 25.0, 140.0, 35.0),
            piece("Coffee", 5.0, 45.0, 60.0, 55.0),
        ];
        assert!(read(&crossing(), &pieces).is_none());
    }

    #[test]
    fn rules_that_run_on_open_an_outer_column() {
        let across = [0.0, 20.0, 40.0].map(|y| row_rule(-50.0, 200.0, y));
        let down = [column_rule(0.0, 40.0, 0.0), column_rule(0.0, 40.0, 100.0)];
        let (xs, ys) = grid_lines(&crossings(&across, &down)[0]).expect("lines");
        assert_eq!(xs, [-50.0, 0.0, 100.0, 200.0]);
        assert_eq!(ys, [0.0, 20.0, 40.0]);
    }
}
