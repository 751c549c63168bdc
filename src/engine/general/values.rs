//! Where the value of a key stands and how far it reaches.

use super::spans::Span;
use super::typed::{Kind, is_unit, kind_of};
use crate::engine::sheet::lines::joined;
use crate::engine::sheet::{Bounds, Piece};

/// A value of more lines is a text.
const MOST_LINES: usize = 14;

/// The span right of `i` on its line; a little higher or lower too, as what is written on a blank often stands.
pub(super) fn beside(spans: &[Span], i: usize) -> Option<usize> {
    let from = spans[i].bounds;
    let right = |j: &usize| {
        let b = spans[*j].bounds;
        *j != i
            && spans[*j].row.abs_diff(spans[i].row) <= 1
            && b.left > from.right - 0.5 * spans[i].size
            && b.overlap_y(from) > 0.3 * b.height().min(from.height())
    };
    let near = i.saturating_sub(40)..(i + 40).min(spans.len());
    near.filter(right).min_by(|a, b| spans[*a].bounds.left.total_cmp(&spans[*b].bounds.left))
}

/// The span below `i`, close and under it or a little indented.
pub(super) fn below(spans: &[Span], i: usize) -> Option<usize> {
    let from = spans[i].bounds;
    let under = |j: &usize| {
        let (b, size) = (spans[*j].bounds, spans[*j].size);
        let indent = b.left - from.left;
        spans[*j].row > spans[i].row
            && spans[*j].row <= spans[i].row + 3
            && b.top - from.bottom < 1.6 * size
            && b.top > from.center_y()
            && (-1.5 * size..8.0 * size).contains(&indent)
            && b.left < from.right + 4.0 * size
    };
    (i + 1..spans.len()).take(60).find(under)
}

/// The value that begins with span `first`: what follows closely on the line, then the lines that continue it.
pub(super) fn value_from<'a>(spans: &[Span<'a>], first: usize, key_left: f32) -> Vec<&'a Piece> {
    let mut value = spans[first].pieces.clone();
    let mut bounds = spans[first].bounds;
    let mut last = first;
    while let Some(next) = beside(spans, last) {
        let (span, size) = (&spans[next], spans[last].size);
        let gap = span.bounds.left - spans[last].bounds.right;
        let same_blank = span.rule.is_some() && span.rule == spans[first].rule;
        let unit = is_unit(&span.text()) && gap < 4.0 * size;
        if span.key || span.before_blank || spans[last].walled || !(same_blank || unit || gap < 1.5 * size) {
            break;
        }
        value.extend(&span.pieces);
        bounds = bounds.union(span.bounds);
        last = next;
    }
    if kind_of(&joined(&value)) == Kind::Text {
        value.extend(continued(spans, first, bounds, key_left));
    }
    value
}

/// The lines below a value that continue it: they begin where it begins, or are centred under it, with no key left of
/// them, and stand close.
fn continued<'a>(spans: &[Span<'a>], first: usize, value: Bounds, key_left: f32) -> Vec<&'a Piece> {
    let mut more = Vec::new();
    let (start, size) = (spans[first].row, spans[first].size);
    let mut bottom = spans[first].bounds.bottom;
    let mut width = value;
    for line in spans[first..].chunk_by(|a, b| a.row == b.row).skip_while(|line| line[0].row <= start).take(MOST_LINES)
    {
        let begins = |s: &Span| (s.bounds.left - value.left).abs() < 1.2 * size;
        let centred = |s: &Span| (s.bounds.center_x() - value.center_x()).abs() < 1.2 * size;
        let wraps = |s: &Span| {
            (s.bounds.left - key_left).abs() < 1.2 * size
                && s.text().starts_with(char::is_lowercase)
                && s.bounds.right < value.right + size
        };
        let Some(at) = line.iter().position(|s| begins(s) || centred(s) || wraps(s)) else {
            if line[0].bounds.top - bottom > 0.9 * size {
                break;
            }
            continue;
        };
        let span = &line[at];
        let named = line[..at].iter().any(|s| s.bounds.right > key_left - size);
        if span.key || span.before_blank || named || span.bounds.top - bottom > 0.9 * size {
            break;
        }
        let mut right = f32::NEG_INFINITY;
        for span in &line[at..] {
            if right.is_finite() && span.bounds.left - right > 1.5 * size {
                break;
            }
            more.extend(&span.pieces);
            right = span.bounds.right;
        }
        width = width.union(span.bounds);
        bottom = span.bounds.bottom;
    }
    more
}
