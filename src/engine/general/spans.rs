//! Tokens → spans: what stands together on a line, cut where gaps, rules, blanks and colons part it.

use super::tokens::ends_key;
use super::typed::{Kind, kind_of};
use crate::engine::sheet::lines::{Line, joined, lines_of};
use crate::engine::sheet::{Bounds, Piece, Sheet, Stroke};

/// A gap of this many font sizes parts two spans.
const WIDE_GAP: f32 = 1.2;
/// A key of more words is a sentence.
const MOST_KEY_WORDS: usize = 12;

/// Words of a line that belong together.
#[derive(Clone, Debug)]
pub(super) struct Span<'a> {
    pub(super) pieces: Vec<&'a Piece>,
    pub(super) bounds: Bounds,
    /// The number of its line on the page, from 0.
    pub(super) row: usize,
    /// The font size of its line.
    pub(super) size: f32,
    /// It ends in a colon: what it names stands beside or below it.
    pub(super) key: bool,
    /// The rule it stands on: an underline, or a blank that was filled in.
    pub(super) rule: Option<Stroke>,
    /// An empty blank begins where it ends.
    pub(super) before_blank: bool,
    /// A vertical rule stands between it and what follows on its line.
    pub(super) walled: bool,
    /// What kind of value it would be.
    pub(super) kind: Kind,
}

impl<'a> Span<'a> {
    fn new(pieces: &[&'a Piece], line: &Line, row: usize) -> Option<Self> {
        let bounds = Bounds::around(pieces.iter().map(|p| p.bounds))?;
        Some(Self {
            pieces: pieces.to_vec(),
            bounds,
            row,
            size: line.size,
            key: false,
            rule: None,
            before_blank: false,
            walled: false,
            kind: kind_of(&joined(pieces)),
        })
    }

    pub(super) fn text(&self) -> String {
        joined(&self.pieces)
    }

    /// The number of letters in it.
    pub(super) fn letters(&self) -> usize {
        self.pieces.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphabetic()).count()
    }

    /// Whether it could name a value that stands beside it without a colon.
    pub(super) fn is_name(&self) -> bool {
        self.letters() >= 2 && self.pieces.len() <= 10 && matches!(self.kind, Kind::Text | Kind::Code)
    }
}

/// The spans of a page, row by row from the top, each row from left to right.
pub(super) fn spans<'a>(tokens: &'a [Piece], sheet: &Sheet) -> Vec<Span<'a>> {
    let written: Vec<Stroke> = tokens.iter().filter_map(|t| rule_under(t, &sheet.across)).collect();
    let empty: Vec<Stroke> = sheet.across.iter().filter(|rule| !written.contains(rule)).copied().collect();
    let lines = lines_of(tokens);
    lines.iter().enumerate().flat_map(|(row, line)| of_line(line, row, sheet, &empty)).collect()
}

/// A piece with what is known of its place on the line.
struct Placed<'a> {
    piece: &'a Piece,
    ends_key: bool,
    rule: Option<Stroke>,
}

/// `empty` are the rules that nothing stands on.
fn of_line<'a>(line: &Line<'a>, row: usize, sheet: &Sheet, empty: &[Stroke]) -> Vec<Span<'a>> {
    let placed = placed(line, sheet);
    let mut spans: Vec<Span<'a>> = Vec::new();
    for group in placed.chunk_by(|a, b| !a.ends_key && !parted(a, b, line, &sheet.down)) {
        let pieces: Vec<&Piece> = group.iter().map(|p| p.piece).collect();
        let key = group.last().is_some_and(|p| p.ends_key);
        let start = if key { key_start(&pieces) } else { Some(pieces.len()) };
        let (value, named) = pieces.split_at(start.unwrap_or(pieces.len()));
        let rule = |pieces: &[&Piece]| {
            group.iter().find(|p| pieces.iter().any(|q| std::ptr::eq(*q, p.piece))).and_then(|p| p.rule)
        };
        spans.extend(Span::new(value, line, row).map(|span| Span { rule: rule(value), ..span }));
        spans.extend(Span::new(named, line, row).map(|span| Span { key: true, rule: rule(named), ..span }));
    }
    for i in 0..spans.len() {
        let next = spans.get(i + 1).map_or(f32::INFINITY, |n| n.bounds.left);
        spans[i].before_blank = empty.iter().any(|rule| is_empty_blank(rule, &spans[i], next));
        let right = spans[i].bounds.right;
        let height = line.bottom - line.top;
        let wall =
            |v: &Stroke| (right - 1.0..=next + 1.0).contains(&v.at) && v.overlap(line.top, line.bottom) > 0.6 * height;
        spans[i].walled = next.is_finite() && sheet.down.iter().any(wall);
    }
    spans
}

/// Whether a rule is a blank with nothing on it, right of `span` and left of what begins at `next`.
fn is_empty_blank(rule: &Stroke, span: &Span, next: f32) -> bool {
    let b = span.bounds;
    let near = (-0.8 * span.size..3.0 * span.size).contains(&(rule.from - b.right));
    near && rule.to < next + span.size
        && rule.length() > 2.0 * span.size
        && (b.center_y()..=b.bottom + 0.5 * b.height()).contains(&rule.at)
}

/// The line's pieces. A lone colon is taken up by the piece before it; one within what was written on a blank ends no key.
fn placed<'a>(line: &Line<'a>, sheet: &Sheet) -> Vec<Placed<'a>> {
    let mut placed: Vec<Placed<'a>> = Vec::new();
    for piece in &line.pieces {
        if ends_key(&piece.text) && !piece.text.contains(char::is_alphanumeric) {
            if let Some(last) = placed.last_mut()
                && piece.bounds.left - last.piece.bounds.right < 15.0 * line.size
            {
                last.ends_key = true;
            }
            continue;
        }
        placed.push(Placed { piece, ends_key: ends_key(&piece.text), rule: rule_under(piece, &sheet.across) });
    }
    for i in 1..placed.len() {
        let on_blank = placed[i].rule.is_some_and(|rule| {
            let before = placed[..i].iter().rposition(|p| p.ends_key);
            before.is_some_and(|k| placed[k].rule != Some(rule) && rule.from > placed[k].piece.bounds.right - line.size)
        });
        placed[i].ends_key &= !on_blank;
    }
    placed
}

/// The rule that a piece stands on.
fn rule_under(piece: &Piece, across: &[Stroke]) -> Option<Stroke> {
    let b = piece.bounds;
    across
        .iter()
        .filter(|rule| {
            rule.length() > 1.5 * piece.size
                && rule.from - 0.5 * piece.size <= b.center_x()
                && b.center_x() <= rule.to + 0.5 * piece.size
                && (b.bottom - 0.4 * b.height()..=b.bottom + 0.4 * b.height()).contains(&rule.at)
        })
        .min_by(|x, y| (x.at - b.bottom).abs().total_cmp(&(y.at - b.bottom).abs()))
        .copied()
}

/// Whether something stands between two neighbours: a wide gap, a vertical rule, the beginning or end of a rule below.
fn parted(a: &Placed, b: &Placed, line: &Line, down: &[Stroke]) -> bool {
    let (left, right) = (a.piece.bounds.right, b.piece.bounds.left);
    let gap = right - left;
    let height = line.bottom - line.top;
    let ruled = gap > -line.size
        && down
            .iter()
            .any(|v| (left - 1.0..=right + 1.0).contains(&v.at) && v.overlap(line.top, line.bottom) > 0.6 * height);
    let slack = 0.8 * line.size;
    let blank = match (a.rule, b.rule) {
        (a, Some(rule)) if a != Some(rule) => rule.from >= left - slack,
        (Some(rule), b) if b != Some(rule) => rule.to <= right + slack,
        _ => false,
    };
    gap >= WIDE_GAP * line.size || ruled || blank
}

/// Where the key that ends a group of pieces begins; `None` where it is a sentence.
fn key_start(pieces: &[&Piece]) -> Option<usize> {
    let before = &pieces[..pieces.len() - 1];
    let start = before.iter().rposition(|p| ends_value(&p.text)).map_or(0, |last| last + 1);
    (pieces.len() - start <= MOST_KEY_WORDS).then_some(start)
}

/// Whether a word belongs to what stands before a key rather than to it: a separator, a figure, the end of a sentence.
fn ends_value(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let sentence = text.ends_with([',', ';']) || (text.ends_with('.') && letters > 5);
    (letters == 0 && digits == 0 && !text.contains(['#', '&', '№', '$', '%'])) || digits >= 4 || sentence
}
