//! Tokens → rows of spans: what stands together on a line, cut where gaps, rules, blanks and colons part it.

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
    /// It ends in a colon: what it names stands beside or below it.
    pub(super) key: bool,
    /// The rule it was written on, where that is a blank to fill in and no underline.
    pub(super) blank: Option<Stroke>,
}

impl<'a> Span<'a> {
    fn new(pieces: &[&'a Piece], key: bool) -> Option<Self> {
        let bounds = Bounds::around(pieces.iter().map(|p| p.bounds))?;
        Some(Self { pieces: pieces.to_vec(), bounds, key, blank: None })
    }

    pub(super) fn text(&self) -> String {
        joined(&self.pieces)
    }

    pub(super) fn kind(&self) -> Kind {
        kind_of(&self.text())
    }

    /// The number of letters in it.
    pub(super) fn letters(&self) -> usize {
        self.pieces.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphabetic()).count()
    }
}

/// A line's spans from left to right.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) spans: Vec<Span<'a>>,
    pub(super) top: f32,
    pub(super) bottom: f32,
    pub(super) size: f32,
}

/// The rows of a page, from top to bottom.
pub(super) fn rows<'a>(tokens: &'a [Piece], sheet: &Sheet) -> Vec<Row<'a>> {
    lines_of(tokens)
        .iter()
        .map(|line| Row { spans: spans(line, sheet), top: line.top, bottom: line.bottom, size: line.size })
        .filter(|row| !row.spans.is_empty())
        .collect()
}

/// A piece with what is known of its place on the line.
struct Placed<'a> {
    piece: &'a Piece,
    ends_key: bool,
    rule: Option<Stroke>,
}

fn spans<'a>(line: &Line<'a>, sheet: &Sheet) -> Vec<Span<'a>> {
    let placed = placed(line, sheet);
    let groups = placed.chunk_by(|a, b| !a.ends_key && !parted(a, b, line, &sheet.down));
    let mut spans: Vec<Span<'a>> = Vec::new();
    for group in groups {
        let pieces: Vec<&Piece> = group.iter().map(|p| p.piece).collect();
        let ends_key = group.last().is_some_and(|p| p.ends_key);
        let start = if ends_key { key_start(&pieces) } else { Some(pieces.len()) };
        match start {
            Some(start) => {
                spans.extend(Span::new(&pieces[..start], false));
                spans.extend(Span::new(&pieces[start..], ends_key));
            }
            None => spans.extend(Span::new(&pieces, false)),
        }
        let rule = group.iter().find_map(|p| p.rule);
        if let (Some(rule), [.., last]) = (rule, &mut spans[..]) {
            let b = last.bounds;
            let underline = rule.from > b.left - line.size && rule.to < b.right + line.size;
            last.blank = (!last.key && !underline).then_some(rule);
        }
    }
    // A value that fills its blank from end to end looks underlined; the key that ends where the blank begins tells.
    for i in 1..spans.len() {
        let rule = placed.iter().find(|p| std::ptr::eq(p.piece, spans[i].pieces[0])).and_then(|p| p.rule);
        let before = spans[i - 1].bounds.right;
        if let Some(rule) = rule
            && !spans[i].key
            && spans[i - 1].blank.is_none()
            && (rule.from - before).abs() < 1.5 * line.size
        {
            spans[i].blank = Some(rule);
        }
    }
    spans
}

/// The line's pieces; lone colons are taken up by the piece before them.
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
    placed
}

/// The rule that a piece stands on.
fn rule_under(piece: &Piece, across: &[Stroke]) -> Option<Stroke> {
    let b = piece.bounds;
    let height = b.height();
    across
        .iter()
        .filter(|rule| {
            rule.length() > 2.0 * piece.size
                && rule.from - 0.5 * piece.size <= b.center_x()
                && b.center_x() <= rule.to + 0.5 * piece.size
                && (b.bottom - 0.4 * height..=b.bottom + 0.4 * height).contains(&rule.at)
        })
        .min_by(|x, y| (x.at - b.bottom).abs().total_cmp(&(y.at - b.bottom).abs()))
        .copied()
}

/// Whether something stands between two neighbours: a wide gap, a vertical rule, the beginning or end of a blank.
fn parted(a: &Placed, b: &Placed, line: &Line, down: &[Stroke]) -> bool {
    let (left, right) = (a.piece.bounds.right, b.piece.bounds.left);
    let gap = right - left;
    let wide = gap >= WIDE_GAP * line.size;
    let ruled = gap > -line.size
        && down.iter().any(|v| {
            (left - 1.0..=right + 1.0).contains(&v.at)
                && v.overlap(line.top, line.bottom) > 0.6 * (line.bottom - line.top)
        });
    let slack = 0.8 * line.size;
    let blank = match (a.rule, b.rule) {
        (a, Some(rule)) if a != Some(rule) => rule.from >= left - slack,
        (Some(rule), b) if b != Some(rule) => rule.to <= right + slack,
        _ => false,
    };
    wide || ruled || blank
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
