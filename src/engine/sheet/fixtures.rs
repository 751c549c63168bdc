//! Hand-made pieces and rules for the unit tests of `tables`.

use super::{Bounds, Piece, Stroke};

/// A word of size 10.
pub(in crate::engine) fn piece(text: &str, left: f32, top: f32, right: f32, bottom: f32) -> Piece {
    let bounds = Bounds::new(left, top, right, bottom);
    Piece { text: text.into(), bounds, shown: bounds, size: 10.0, score: 1.0 }
}

/// A line of words that stand at the given x, each letter 5 wide, 10 high.
pub(in crate::engine) fn row(y: f32, words: &[(f32, &str)]) -> Vec<Piece> {
    let word = |(x, text): &(f32, &str)| piece(text, *x, y, x + 5.0 * text.chars().count() as f32, y + 10.0);
    words.iter().map(word).collect()
}

pub(in crate::engine) fn row_rule(from: f32, to: f32, y: f32) -> Stroke {
    Stroke { from, to, at: y }
}

pub(in crate::engine) fn column_rule(from: f32, to: f32, x: f32) -> Stroke {
    Stroke { from, to, at: x }
}
