//! Rows of spans → keys with their values.

use super::spans::{Row, Span};
use super::typed::Kind;
use crate::engine::sheet::lines::joined;
use crate::engine::sheet::{Bounds, Piece};

/// What a pair was found by; decides how sure we are of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// A colon, and the value right of it.
    Colon,
    /// A colon, and the value below it.
    ColonBelow,
    /// A value on a blank, its name left of it.
    Blank,
    /// A name and a figure on one line.
    Figure,
    /// `No. 123` within a line.
    Number,
}

impl Evidence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Colon => "colon",
            Self::ColonBelow => "below",
            Self::Blank => "blank",
            Self::Figure => "figure",
            Self::Number => "number",
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Pair<'a> {
    pub(super) evidence: Evidence,
    pub(super) key: Vec<&'a Piece>,
    /// In reading order.
    pub(super) value: Vec<&'a Piece>,
    pub(super) certainty: f32,
}

/// All pairs that the rows suggest; the same words may be in several.
pub(super) fn candidates<'a>(rows: &[Row<'a>]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (r, row) in rows.iter().enumerate() {
        for (s, span) in row.spans.iter().enumerate() {
            if span.key {
                pairs.extend(beside(rows, r, s).or_else(|| below(rows, r, s)));
            } else {
                pairs.extend(on_blank(rows, r, s).or_else(|| figure(row, s)));
            }
            pairs.extend(numbered(span));
        }
    }
    pairs
}

fn pair<'a>(evidence: Evidence, key: &Span<'a>, value: Vec<&'a Piece>) -> Pair<'a> {
    let certainty = match evidence {
        Evidence::Colon => 0.7,
        Evidence::ColonBelow => 0.4,
        Evidence::Blank => 0.6,
        Evidence::Figure => 0.55,
        Evidence::Number => 0.5,
    };
    Pair { evidence, key: key.pieces.clone(), value, certainty }
}

/// The value right of a key that ends in a colon, with the lines that continue it.
fn beside<'a>(rows: &[Row<'a>], r: usize, s: usize) -> Option<Pair<'a>> {
    let row = &rows[r];
    let (key, first) = (&row.spans[s], row.spans.get(s + 1)?);
    if first.key || first.bounds.left - key.bounds.right > 25.0 * row.size {
        return None;
    }
    Some(pair(Evidence::Colon, key, value_from(rows, r, s + 1, key.bounds.left)))
}

/// The value from a span on: what follows closely on the line, then the lines that continue it.
fn value_from<'a>(rows: &[Row<'a>], r: usize, s: usize, key_left: f32) -> Vec<&'a Piece> {
    let row = &rows[r];
    let first = &row.spans[s];
    let mut value = first.pieces.clone();
    let mut bounds = first.bounds;
    for next in row.spans[s + 1..].iter().take_while(|n| !n.key) {
        let same_blank = first.blank.is_some() && first.blank == next.blank;
        if !same_blank && next.bounds.left - bounds.right > 1.8 * row.size {
            break;
        }
        value.extend(&next.pieces);
        bounds = bounds.union(next.bounds);
    }
    let kind = super::typed::kind_of(&joined(&value));
    if matches!(kind, Kind::Text | Kind::Code) {
        value.extend(continued(rows, r, bounds, key_left));
    }
    value
}

/// The lines below a value that begin where it begins, with nothing left of them, while they stand close.
fn continued<'a>(rows: &[Row<'a>], r: usize, value: Bounds, key_left: f32) -> Vec<&'a Piece> {
    let mut more = Vec::new();
    let mut bottom = rows[r].bottom;
    for row in rows[r + 1..].iter().take(12) {
        let near = |span: &&Span| (span.bounds.left - value.left).abs() < 1.2 * row.size;
        let Some(at) = row.spans.iter().position(|s| near(&s)) else {
            if row.top - bottom > 0.9 * row.size {
                break;
            }
            continue;
        };
        let span = &row.spans[at];
        let left = row.spans[..at].iter().any(|s| s.bounds.right > key_left - row.size);
        if span.key || left || row.top - bottom > 0.9 * row.size {
            break;
        }
        more.extend(&span.pieces);
        bottom = row.bottom;
    }
    more
}

/// The value below a key that has none beside it.
fn below<'a>(rows: &[Row<'a>], r: usize, s: usize) -> Option<Pair<'a>> {
    let key = &rows[r].spans[s];
    for (n, row) in rows.iter().enumerate().skip(r + 1).take(3) {
        if row.top - rows[r].bottom > 1.6 * row.size {
            return None;
        }
        let under = |span: &Span| {
            let indent = span.bounds.left - key.bounds.left;
            (-1.5 * row.size..8.0 * row.size).contains(&indent) && span.bounds.left < key.bounds.right + 4.0 * row.size
        };
        let Some(at) = row.spans.iter().position(under) else { continue };
        if row.spans[at].key {
            return None;
        }
        let value = value_from(rows, n, at, row.spans[at].bounds.left);
        return Some(pair(Evidence::ColonBelow, key, value));
    }
    None
}

/// What is written on a blank, named by what stands left of the blank.
fn on_blank<'a>(rows: &[Row<'a>], r: usize, s: usize) -> Option<Pair<'a>> {
    let row = &rows[r];
    let (name, value) = (&row.spans[s], row.spans.get(s + 1)?);
    let blank = value.blank?;
    let near = blank.from - name.bounds.right < 3.0 * row.size;
    (!value.key && name.blank.is_none() && near && name.letters() >= 2)
        .then(|| pair(Evidence::Blank, name, value_from(rows, r, s + 1, name.bounds.left)))
}

/// A name and a figure beside it, nothing else behind.
fn figure<'a>(row: &Row<'a>, s: usize) -> Option<Pair<'a>> {
    let (name, value) = (&row.spans[s], row.spans.get(s + 1)?);
    let alone = row.spans.get(s + 2).is_none_or(|next| !next.kind().is_figure());
    let figure = !value.key && value.kind().is_figure();
    (figure && alone && name.letters() >= 2 && name.pieces.len() <= 8 && !name.kind().is_figure())
        .then(|| pair(Evidence::Figure, name, value.pieces.clone()))
}

/// `Invoice No. 123`: the word that announces a number, what stands before it, and the number.
fn numbered<'a>(span: &Span<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (i, two) in span.pieces.windows(2).enumerate() {
        if announces_number(&two[0].text) && two[1].text.chars().any(|c| c.is_ascii_digit()) {
            let key = &span.pieces[i.saturating_sub(2)..=i];
            let named = Span { pieces: key.to_vec(), ..span.clone() };
            pairs.push(pair(Evidence::Number, &named, vec![two[1]]));
        }
    }
    pairs
}

fn announces_number(text: &str) -> bool {
    let lower = text.to_lowercase();
    let word = lower.trim_end_matches(['.', ':']);
    matches!(word, "#" | "no" | "nr" | "n°" | "nº" | "№" | "num" | "number" | "nummer" | "numéro" | "id")
        || word.ends_with("nummer")
        || word.ends_with("-nr")
        || word.ends_with('#')
}
