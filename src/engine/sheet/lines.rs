//! Pieces → text lines, lines → chunks. Knows nothing of rules or columns.

use super::{Bounds, Piece, median};

/// How many lines back a piece looks for its own.
const LOOK_BACK: usize = 4;

/// Pieces that stand on one line, from left to right.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Line<'a> {
    pub(in crate::engine) pieces: Vec<&'a Piece>,
    pub(in crate::engine) top: f32,
    pub(in crate::engine) bottom: f32,
    /// The median font size.
    pub(in crate::engine) size: f32,
}

impl<'a> Line<'a> {
    pub(in crate::engine) fn center_y(&self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    /// The words of the line joined while the gap between them is less than `k` font sizes.
    pub(in crate::engine) fn chunks(&self, k: f32) -> Vec<Chunk<'a>> {
        chunks(&self.pieces, k)
    }

    /// Whether it stands in the column of the page between `left` and `right`, and which of its pieces do.
    pub(in crate::engine) fn within(&self, left: f32, right: f32) -> Vec<&'a Piece> {
        self.pieces.iter().copied().filter(|p| (left..=right).contains(&p.bounds.center_x())).collect()
    }
}

/// Words that belong together by their distance.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Chunk<'a> {
    pub(in crate::engine) pieces: Vec<&'a Piece>,
    pub(in crate::engine) bounds: Bounds,
}

impl Chunk<'_> {
    pub(in crate::engine) fn text(&self) -> String {
        joined(&self.pieces)
    }
}

/// The pieces' texts with spaces between, in the order given.
pub(in crate::engine) fn joined(pieces: &[&Piece]) -> String {
    pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The pieces' texts in reading order.
pub(in crate::engine) fn text_of(pieces: &[&Piece]) -> String {
    lines_of(pieces.iter().copied()).iter().map(|l| joined(&l.pieces)).collect::<Vec<_>>().join(" ")
}

/// Groups pieces whose heights overlap by more than 0.55 of the smaller one into lines, from top to bottom.
///
/// Raised and lowered small letters belong to their line but must not stretch it, or it would swallow its neighbours.
pub(in crate::engine) fn lines_of<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<Line<'a>> {
    let mut pieces: Vec<&Piece> = pieces.into_iter().collect();
    pieces.sort_by(|a, b| {
        a.bounds.center_y().total_cmp(&b.bounds.center_y()).then(a.bounds.left.total_cmp(&b.bounds.left))
    });
    let mut lines: Vec<Line<'a>> = Vec::new();
    for piece in pieces {
        let (top, bottom) = (piece.bounds.top, piece.bounds.bottom);
        let back = lines.len().saturating_sub(LOOK_BACK);
        let own = lines[back..].iter_mut().rev().find(|line| {
            line.bottom.min(bottom) - line.top.max(top) > 0.55 * (line.bottom - line.top).min(bottom - top)
        });
        match own {
            Some(line) => {
                line.pieces.push(piece);
                if (0.8 * line.size..=1.3 * line.size).contains(&piece.size) {
                    line.top = line.top.min(top);
                }
                if piece.size <= 1.1 * line.size {
                    line.bottom = line.bottom.max(bottom);
                }
            }
            None => lines.push(Line { pieces: vec![piece], top, bottom, size: piece.size }),
        }
    }
    for line in &mut lines {
        line.pieces.sort_by(|a, b| a.bounds.left.total_cmp(&b.bounds.left));
        line.size = median(line.pieces.iter().map(|p| p.size), 0.0);
    }
    lines.sort_by(|a, b| a.top.total_cmp(&b.top));
    lines
}

/// Joins pieces of one line while the gap between them is less than `k` font sizes.
pub(in crate::engine) fn chunks<'a>(pieces: &[&'a Piece], k: f32) -> Vec<Chunk<'a>> {
    let mut pieces = pieces.to_vec();
    pieces.sort_by(|a, b| a.bounds.left.total_cmp(&b.bounds.left));
    let mut chunks: Vec<Chunk<'a>> = Vec::new();
    for piece in pieces {
        match chunks.last_mut() {
            Some(chunk)
                if chunk
                    .pieces
                    .last()
                    .is_some_and(|last| piece.bounds.left - last.bounds.right < k * piece.size.max(4.0)) =>
            {
                chunk.bounds = chunk.bounds.union(piece.bounds);
                chunk.pieces.push(piece);
            }
            _ => chunks.push(Chunk { bounds: piece.bounds, pieces: vec![piece] }),
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::piece;
    use super::*;

    #[test]
    fn a_footnote_mark_belongs_to_its_line_and_does_not_stretch_it() {
        let mark = Piece { size: 6.0, ..piece("a", 41.0, 98.0, 44.0, 112.2) };
        let pieces = [piece("Total", 10.0, 100.0, 40.0, 110.0), mark, piece("below", 10.0, 112.0, 40.0, 122.0)];
        let lines = lines_of(&pieces);
        assert_eq!(lines.len(), 2);
        assert_eq!(joined(&lines[0].pieces), "Total a");
        assert!(lines[0].top > 99.0, "{lines:?}");
    }

    #[test]
    fn chunks_break_at_wide_gaps() {
        let pieces = [
            piece("Net", 10.0, 0.0, 25.0, 10.0),
            piece("amount", 28.0, 0.0, 60.0, 10.0),
            piece("9.50", 90.0, 0.0, 110.0, 10.0),
        ];
        let lines = lines_of(&pieces);
        let chunks = lines[0].chunks(1.0);
        assert_eq!(chunks.iter().map(Chunk::text).collect::<Vec<_>>(), ["Net amount", "9.50"]);
    }
}
