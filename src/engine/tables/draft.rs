//! A table as a step of the finder leaves it: entries on a grid, spans not yet checked. `grid` makes it valid.

use super::lines::text_of;
use super::sheet::{Bounds, Piece};

/// What a table was found by; decides how sure we are of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Evidence {
    /// Crossing rules.
    Lattice,
    /// Crossing rules around rows and columns that only white space parts.
    OpenLattice,
    /// Horizontal rules with equal ends.
    Rules,
    /// Alignment alone.
    Stream,
}

/// What stands at one place of the grid.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry<'a> {
    /// From 0.
    pub(super) row: usize,
    /// From 0.
    pub(super) col: usize,
    pub(super) row_span: usize,
    pub(super) col_span: usize,
    pub(super) pieces: Vec<&'a Piece>,
}

/// A table before its grid is checked.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    pub(super) evidence: Evidence,
    pub(super) bounds: Bounds,
    pub(super) entries: Vec<Entry<'a>>,
    /// Where rows begin and end: one more than there are rows, rising.
    pub(super) row_edges: Vec<f32>,
    /// Where columns begin and end: one more than there are columns, rising.
    pub(super) col_edges: Vec<f32>,
    /// How many of the first rows are header, as far as the finder knows; 0 where it does not.
    pub(super) header_rows: usize,
}

impl Draft<'_> {
    pub(super) fn rows(&self) -> usize {
        self.row_edges.len().saturating_sub(1)
    }

    pub(super) fn cols(&self) -> usize {
        self.col_edges.len().saturating_sub(1)
    }

    /// The texts by row and column; a spanning entry's text stands at its first place, the others are empty.
    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        let mut texts = vec![vec![String::new(); self.cols()]; self.rows()];
        for entry in &self.entries {
            if let Some(place) = texts.get_mut(entry.row).and_then(|row| row.get_mut(entry.col)) {
                *place = text_of(&entry.pieces);
            }
        }
        texts
    }

    /// The share of the places that say something, 0 to 1.
    pub(super) fn fill(&self) -> f32 {
        let filled = self.entries.iter().filter(|e| !e.pieces.is_empty()).count();
        filled as f32 / (self.rows() * self.cols()).max(1) as f32
    }

    /// Takes rows and columns out; entries that stood only there go too.
    pub(super) fn keep(&mut self, rows: &[bool], cols: &[bool]) {
        self.entries.retain_mut(|entry| {
            let row = kept(rows, entry.row, entry.row_span);
            let col = kept(cols, entry.col, entry.col_span);
            let (Some((row, row_span)), Some((col, col_span))) = (row, col) else { return false };
            (entry.row, entry.row_span, entry.col, entry.col_span) = (row, row_span, col, col_span);
            true
        });
        self.header_rows = rows.iter().take(self.header_rows).filter(|kept| **kept).count();
        retain_edges(&mut self.row_edges, rows);
        retain_edges(&mut self.col_edges, cols);
        if let ([left, .., right], [top, .., bottom]) = (&self.col_edges[..], &self.row_edges[..]) {
            self.bounds = Bounds::new(*left, *top, *right, *bottom);
        }
    }

    /// Takes out the rows and columns in which nothing stands.
    pub(super) fn drop_empty(&mut self) {
        let mut rows = vec![false; self.rows()];
        let mut cols = vec![false; self.cols()];
        for entry in self.entries.iter().filter(|e| !e.pieces.is_empty()) {
            rows[entry.row] = true;
            cols[entry.col] = true;
        }
        self.keep(&rows, &cols);
    }
}

/// Where `span` places from `start` come to stand when only those marked in `kept` stay: start and span, `None` if all go.
fn kept(kept: &[bool], start: usize, span: usize) -> Option<(usize, usize)> {
    let stays = kept.iter().skip(start).take(span).filter(|k| **k).count();
    (stays > 0).then(|| (kept.iter().take(start).filter(|k| **k).count(), stays))
}

/// The edges of what stays. What goes inside leaves its room to what stays before it, what goes at the start and the
/// end takes its room away.
fn retain_edges(edges: &mut Vec<f32>, kept: &[bool]) {
    let Some(last) = kept.iter().rposition(|k| *k) else {
        edges.clear();
        return;
    };
    let end = edges.get(last + 1).copied();
    let mut place = 0..;
    edges.retain(|_| place.next().is_some_and(|i| kept.get(i).copied().unwrap_or(false)));
    edges.extend(end);
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::piece;
    use super::*;

    #[test]
    fn what_goes_shortens_the_spans_across_it() {
        let word = piece("a", 0.0, 0.0, 5.0, 5.0);
        let entry = |row, col, row_span, col_span| Entry { row, col, row_span, col_span, pieces: vec![&word] };
        let mut draft = Draft {
            evidence: Evidence::Lattice,
            bounds: Bounds::default(),
            entries: vec![entry(0, 0, 1, 3), entry(1, 0, 1, 1), entry(1, 2, 1, 1)],
            row_edges: vec![0.0, 10.0, 20.0],
            col_edges: vec![0.0, 10.0, 20.0, 30.0],
            header_rows: 1,
        };
        draft.drop_empty();
        assert_eq!((draft.rows(), draft.cols()), (2, 2));
        assert_eq!((draft.entries[0].col_span, draft.entries[2].col), (2, 1));
        assert_eq!(draft.col_edges, [0.0, 20.0, 30.0]);
    }
}
