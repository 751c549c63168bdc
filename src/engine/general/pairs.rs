//! Spans → keys with their values.

use super::spans::Span;
use super::typed::{Kind, is_currency, is_unit, kind_of};
use super::values::{below, beside, value_from};
use crate::engine::sheet::Piece;
use crate::engine::sheet::lines::joined;

/// What a pair was found by; decides how sure we are of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// A colon, and the value right of it.
    Colon,
    /// A colon, and the value below it.
    Below,
    /// An underlined value or one on a blank, its name left of it.
    Blank,
    /// A name and a figure on one line.
    Figure,
    /// `No. 123` within a line.
    Number,
    /// Names and values that stand in two columns.
    Columns,
    /// The letters of the value alone say what it is; the words before it name it.
    Named,
    /// The letters of the value alone say what it is; nothing names it.
    Typed(Kind),
}

impl Evidence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Colon => "colon",
            Self::Below => "below",
            Self::Blank => "blank",
            Self::Figure => "figure",
            Self::Number => "number",
            Self::Columns => "columns",
            Self::Named => "named",
            Self::Typed(_) => "typed",
        }
    }

    /// How sure the pair is where its letters are read right, 0 to 1; `kind` is what the value's letters say it is.
    ///
    /// Shares of right pairs on scanned forms (FUNSD), divided by the share of rightly read letters there; what has
    /// no key is called by its kind alone, which its letters prove.
    fn certainty(self, kind: Kind) -> f32 {
        let plain = kind == Kind::Text;
        match self {
            Self::Colon => [0.9, 0.72][usize::from(plain)],
            Self::Figure => 0.58,
            Self::Columns => 0.52,
            Self::Blank | Self::Number => 0.6,
            Self::Named => 0.5,
            Self::Below => [0.5, 0.4][usize::from(plain)],
            Self::Typed(Kind::Date) => 0.9,
            Self::Typed(_) => 0.95,
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

pub(super) fn pair<'a>(evidence: Evidence, key: &[&'a Piece], value: Vec<&'a Piece>) -> Pair<'a> {
    let certainty = evidence.certainty(kind_of(&joined(&value)));
    Pair { evidence, key: key.to_vec(), value, certainty }
}

/// All pairs that the spans suggest; the same words may be in several.
pub(super) fn candidates<'a>(spans: &[Span<'a>]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let columns = in_columns(spans);
    for (i, span) in spans.iter().enumerate() {
        if span.key {
            pairs.extend(after_colon(spans, i));
        } else if let Some(value) = beside(spans, i) {
            let named = on_blank(spans, i, value).or_else(|| figure(spans, i, value));
            pairs.extend(named);
            if columns.contains(&(i, value)) {
                pairs.push(pair(Evidence::Columns, &span.pieces, value_from(spans, value, span.bounds.left)));
            }
        }
        pairs.extend(numbered(span));
    }
    pairs
}

/// What stands beside a colon, or below it where nothing stands beside.
fn after_colon<'a>(spans: &[Span<'a>], key: usize) -> Option<Pair<'a>> {
    let span = &spans[key];
    let free = |value: &usize| !spans[*value].key && !spans[*value].before_blank && !span.before_blank;
    let under = below(spans, key).filter(free);
    if let Some(value) = beside(spans, key) {
        let gap = spans[value].bounds.left - span.bounds.right;
        let limit = if spans[value].kind == Kind::Text { 25.0 } else { 120.0 };
        // What stands right below is nearer than what stands in another column of the page.
        let nearer = under.is_some_and(|u| {
            (spans[u].bounds.left - span.bounds.left).abs() < 0.6 * span.size
                && spans[u].bounds.top - span.bounds.bottom < 0.9 * span.size
        });
        if gap < limit * span.size && free(&value) && !(nearer && gap > 6.0 * span.size) {
            return Some(pair(Evidence::Colon, &span.pieces, value_from(spans, value, span.bounds.left)));
        }
    }
    let value = under?;
    Some(pair(Evidence::Below, &span.pieces, value_from(spans, value, spans[value].bounds.left)))
}

/// What is underlined or written on a blank, named by what stands left of it and is not.
fn on_blank<'a>(spans: &[Span<'a>], name: usize, value: usize) -> Option<Pair<'a>> {
    let (name, value_span) = (&spans[name], &spans[value]);
    let blank = value_span.rule?;
    let near = blank.from - name.bounds.right < 3.0 * name.size;
    let sentence = name.pieces.len() > 2
        && value_span.bounds.left - name.bounds.right < 0.6 * name.size
        && value_span.text().chars().next().is_some_and(char::is_lowercase);
    let plain = name.rule.is_none() && name.is_name() && !value_span.key && !value_span.before_blank;
    (plain && near && !sentence)
        .then(|| pair(Evidence::Blank, &name.pieces, value_from(spans, value, name.bounds.left)))
}

/// A name and a figure beside it, no second figure behind.
fn figure<'a>(spans: &[Span<'a>], name: usize, value: usize) -> Option<Pair<'a>> {
    let left = |of: usize| (0..of).rev().take(6).find(|l| beside(spans, *l) == Some(of));
    let name = match left(name) {
        Some(left) if is_currency(&spans[name].text()) => &spans[left],
        _ => &spans[name],
    };
    let next = beside(spans, value);
    let alone = next.is_none_or(|next| !spans[next].kind.is_figure());
    let span = &spans[value];
    if !alone || span.key || !span.kind.is_figure() || !name.is_name() || is_currency(&name.text()) {
        return None;
    }
    let mut pieces = span.pieces.clone();
    if let Some(unit) = next.map(|n| &spans[n])
        && is_unit(&unit.text())
        && unit.bounds.left - span.bounds.right < 4.0 * span.size
    {
        pieces.extend(&unit.pieces);
    }
    Some(pair(Evidence::Figure, &name.pieces, pieces))
}

/// Neighbours that stand in two columns: at least three rows, close together, with equal left edges.
fn in_columns(spans: &[Span]) -> Vec<(usize, usize)> {
    let candidates: Vec<(usize, usize)> = (0..spans.len())
        .filter(|&i| !spans[i].key && spans[i].is_name())
        .filter_map(|i| beside(spans, i).map(|v| (i, v)))
        .filter(|&(_, v)| !spans[v].key && !spans[v].before_blank && beside(spans, v).is_none())
        .filter(|&(i, v)| spans[v].bounds.left - spans[i].bounds.right < 18.0 * spans[i].size)
        .collect();
    let alike = |a: &(usize, usize), b: &(usize, usize)| {
        let size = spans[a.0].size;
        (spans[a.0].bounds.left - spans[b.0].bounds.left).abs() < 0.6 * size
            && (spans[a.1].bounds.left - spans[b.1].bounds.left).abs() < 0.6 * size
            && (spans[a.0].bounds.top - spans[b.0].bounds.top).abs() < 8.0 * size
    };
    candidates.iter().filter(|a| candidates.iter().filter(|b| alike(a, b)).count() >= 3).copied().collect()
}

/// `Invoice No. 123`: the word that announces a number, what stands before it, and the number.
fn numbered<'a>(span: &Span<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (i, two) in span.pieces.windows(2).enumerate() {
        let number = matches!(kind_of(&two[1].text), Kind::Code | Kind::Number)
            && two[1].text.chars().any(|c| c.is_ascii_digit());
        if announces_number(&two[0].text) && number && i > 0 {
            let key = &span.pieces[i.saturating_sub(2)..=i];
            pairs.push(pair(Evidence::Number, key, vec![two[1]]));
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
