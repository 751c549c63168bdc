//! What may be a value: typed stretches of text, each with what is known of it among its like.

use super::codes;
use super::paper::{Leaf, Paper, Segment};
use super::sums::{Explained, explained};
use super::text::{Token, bare, hashed_wide};
use super::vocabulary::Vocabulary;
use crate::document::PageRect;
use crate::document::{amounts, dates};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

/// A text of more words than this within a segment is not offered.
const MOST_WORDS: usize = 9;
/// A value of more lines than this is not offered.
const MOST_LINES: usize = 7;
/// Lines with a gap of more than this many heights between them are not one value.
const LINE_GAP: f32 = 1.5;
/// Money of more digits than this has marks between them.
const MOST_DIGITS: usize = 8;
/// More candidates of one kind than this are not looked at in one document.
const MOST: usize = 20_000;

/// How candidates are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A day.
    Date,
    /// Money, with and without its currency.
    Amount,
    /// Any figure, with and without its unit.
    Number,
    /// A number or code that names something.
    Code,
    /// Words of one segment.
    Span,
    /// Segments below each other, or whole rows.
    Merge,
}

impl Kind {
    /// Whether values of this kind are the same where they are typed the same, however they are written.
    pub(super) fn typed(self) -> bool {
        matches!(self, Self::Date | Self::Amount | Self::Number)
    }
}

/// Something that may be a value.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) kind: Kind,
    /// The leaf it stands on.
    pub(super) page: usize,
    /// Its segments, one for all but merges.
    pub(super) chain: Chain,
    /// Its first byte in the first segment, and the byte behind it in the last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The same for candidates whose letters and digits are equal.
    pub(super) value: u64,
    /// The same for candidates that mean the same: the day, the amount, else `value`.
    pub(super) key: u64,
    /// Its number among all of its kind in the document, and how many there are.
    pub(super) order: u32,
    pub(super) of: u32,
    /// How many of its kind mean the same, and how many of those stand before it.
    pub(super) repeats: u32,
    pub(super) before: u32,
    /// Its rank among the amounts (largest first) or days (earliest first), and from the other end.
    pub(super) rank: u32,
    pub(super) rank_back: u32,
    /// Its share of the largest amount.
    pub(super) share: f32,
    /// What the other amounts say of it.
    pub(super) explained: Explained,
    /// Whether another day follows it with a dash or `to` between, or stands before it so.
    pub(super) opens: bool,
    pub(super) closes: bool,
}

/// The numbers of a candidate's segments, never none.
#[derive(Clone, Debug)]
pub(super) enum Chain {
    One([u32; 1]),
    Many(Box<[u32]>),
}

impl std::ops::Deref for Chain {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::One(one) => one,
            Self::Many(many) => many,
        }
    }
}

impl Chain {
    fn of(segments: &[usize]) -> Self {
        match segments {
            [one] => Self::One([*one as u32]),
            many => Self::Many(many.iter().map(|n| *n as u32).collect()),
        }
    }
}

/// A document with its candidates, each kind made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) paper: Paper,
    made: [OnceLock<Vec<Candidate>>; 6],
    vocabulary: OnceLock<Vocabulary>,
}

impl Document {
    pub(super) fn of(paper: Paper) -> Self {
        Self { paper, ..Self::default() }
    }

    /// Its longer words.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| {
            let segments = self.paper.leaves.iter().flat_map(|leaf| &leaf.segments);
            Vocabulary::of(
                segments.flat_map(|s| s.words.iter().map(|word| (&s.text[word.start..word.end], word.score))),
            )
        })
    }

    /// The candidates of a kind, in reading order.
    pub(super) fn candidates(&self, kind: Kind) -> &[Candidate] {
        self.made[kind as usize].get_or_init(|| make(&self.paper, kind))
    }

    /// The candidates of several kinds.
    pub(super) fn all(&self, kinds: &[Kind]) -> Vec<&Candidate> {
        kinds.iter().flat_map(|kind| self.candidates(*kind)).collect()
    }

    pub(super) fn leaf(&self, candidate: &Candidate) -> &Leaf {
        self.paper.leaf(candidate)
    }

    pub(super) fn first(&self, candidate: &Candidate) -> &Segment {
        self.paper.first(candidate)
    }

    pub(super) fn last(&self, candidate: &Candidate) -> &Segment {
        self.paper.last(candidate)
    }

    /// Each segment of a candidate with its bytes there.
    pub(super) fn parts<'a>(&'a self, candidate: &'a Candidate) -> impl Iterator<Item = (&'a Segment, Range<usize>)> {
        self.paper.parts(candidate)
    }

    /// What it says, lines joined by `joint`.
    pub(super) fn text(&self, candidate: &Candidate, joint: &str) -> String {
        self.paper.text(candidate, joint)
    }

    /// The tokens that lie within it.
    pub(super) fn tokens<'a>(&'a self, candidate: &'a Candidate) -> impl Iterator<Item = &'a Token> {
        self.parts(candidate).flat_map(|(segment, bytes)| {
            segment.tokens.iter().filter(move |token| token.start >= bytes.start && token.end <= bytes.end)
        })
    }

    /// Where it stands on the upright page, a rectangle a segment.
    pub(super) fn rects(&self, candidate: &Candidate) -> Vec<PageRect> {
        self.parts(candidate).filter_map(|(segment, bytes)| segment.rect_of(bytes.start, bytes.end)).collect()
    }

    /// The scores of its words.
    pub(super) fn scores(&self, candidate: &Candidate) -> Vec<f32> {
        self.parts(candidate).flat_map(|(segment, bytes)| segment.scores(bytes.start, bytes.end)).collect()
    }
}

impl Paper {
    fn leaf(&self, candidate: &Candidate) -> &Leaf {
        &self.leaves[candidate.page]
    }

    fn first(&self, candidate: &Candidate) -> &Segment {
        &self.leaf(candidate).segments[candidate.chain[0] as usize]
    }

    fn last(&self, candidate: &Candidate) -> &Segment {
        &self.leaf(candidate).segments[candidate.chain[candidate.chain.len() - 1] as usize]
    }

    fn parts<'a>(&'a self, candidate: &'a Candidate) -> impl Iterator<Item = (&'a Segment, Range<usize>)> {
        let (leaf, last) = (self.leaf(candidate), candidate.chain.len() - 1);
        candidate.chain.iter().enumerate().map(move |(n, number)| {
            let segment = &leaf.segments[*number as usize];
            let start = if n == 0 { candidate.start } else { 0 };
            let end = if n == last { candidate.end } else { segment.text.len() };
            (segment, start..end)
        })
    }

    fn text(&self, candidate: &Candidate, joint: &str) -> String {
        let mut text = String::new();
        let mut row = None;
        for (segment, bytes) in self.parts(candidate) {
            match row {
                Some(row) if row == segment.row => text.push(' '),
                Some(_) => text.push_str(joint),
                None => {}
            }
            row = Some(segment.row);
            text.push_str(&segment.text[bytes]);
        }
        text
    }
}

fn make(paper: &Paper, kind: Kind) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let pages = paper.leaves.len();
    for (page, leaf) in paper.leaves.iter().enumerate() {
        // The first and last pages are searched for everything, those between for what stands by itself.
        let thorough = page < 2 || page + 2 >= pages;
        for number in 0..leaf.segments.len() {
            if candidates.len() > MOST {
                break;
            }
            let mut push = |chain: &[usize], start: usize, end: usize| {
                candidates.push(blank(kind, page, Chain::of(chain), start, end));
            };
            let text = leaf.segments[number].text.as_str();
            match kind {
                Kind::Date => dates::find(text).iter().for_each(|f| push(&[number], f.start, f.end)),
                Kind::Amount | Kind::Number => {
                    let is_meant = |f: &&amounts::Found| {
                        // The number of something beside a currency is no money.
                        let is_plain = text[f.start..f.end].bytes().all(|b| b.is_ascii_digit());
                        kind == Kind::Number || (f.money && !(is_plain && f.end - f.start > MOST_DIGITS))
                    };
                    for f in amounts::find(text).iter().filter(is_meant) {
                        push(&[number], f.start, f.end);
                        if let Some(start) = f.prefixed {
                            push(&[number], start, f.end);
                        }
                        if let Some(end) = f.suffixed.or_else(|| percent(text, f.end)) {
                            push(&[number], f.start, end);
                        }
                    }
                }
                Kind::Code => codes::find(text).iter().for_each(|f| push(&[number], f.start, f.end)),
                Kind::Span => spans(text, thorough).iter().for_each(|s| push(&[number], s.start, s.end)),
                Kind::Merge => {
                    for chain in chains(leaf, number, thorough) {
                        let end = chain.last().map_or(0, |last| leaf.segments[*last].text.len());
                        push(&chain, 0, end);
                    }
                }
            }
        }
    }
    value(paper, &mut candidates);
    compare(paper, kind, &mut candidates);
    candidates
}

fn blank(kind: Kind, page: usize, chain: Chain, start: usize, end: usize) -> Candidate {
    Candidate {
        kind,
        page,
        chain,
        start,
        end,
        value: 0,
        key: 0,
        order: 0,
        of: 0,
        repeats: 0,
        before: 0,
        rank: 0,
        rank_back: 0,
        share: 0.0,
        explained: Explained::default(),
        opens: false,
        closes: false,
    }
}

/// The end of a per cent sign behind byte `at`.
fn percent(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let sign = rest.trim_start();
    (sign.starts_with('%') && rest.len() - sign.len() <= 1).then(|| at + rest.len() - sign.len() + 1)
}

/// The stretches of up to nine words of a segment, without signs at their edges; only the whole segment and what
/// follows its colons where it is not searched thoroughly.
fn spans(text: &str, thorough: bool) -> Vec<Range<usize>> {
    const EDGES: [char; 6] = [' ', ':', ';', ',', '|', '*'];
    let pieces = pieces(text);
    let mut spans = Vec::new();
    let mut seen = HashSet::new();
    for i in 0..pieces.len() {
        let after_colon = i == 0 || text[pieces[i - 1].clone()].ends_with(':');
        for j in i..pieces.len().min(i + MOST_WORDS) {
            let alone = after_colon && j + 1 == pieces.len();
            if !(thorough || alone) {
                continue;
            }
            let (start, end) = (pieces[i].start, pieces[j].end);
            let within = text[start..end].trim_start_matches(EDGES);
            let start = end - within.len();
            let end = start + within.trim_end_matches(EDGES).len();
            let said = &text[start..end.max(start)];
            if said.len() >= 2 && said.contains(char::is_alphabetic) && seen.insert((start, end)) {
                spans.push(start..end);
            }
        }
    }
    spans
}

/// Words, each with the colon that ends it.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        if letter.is_whitespace() {
            pieces.extend(start.take().map(|from| from..at));
        } else if letter == ':' {
            pieces.push(start.take().unwrap_or(at)..at + 1);
        } else if start.is_none() {
            start = Some(at);
        }
    }
    pieces
}

/// The merges that begin with segment `first`: down its column, and whole rows where it begins one.
fn chains(leaf: &Leaf, first: usize, thorough: bool) -> Vec<Vec<usize>> {
    let mut chains = Vec::new();
    let mut column = vec![first];
    while column.len() < MOST_LINES {
        let last = &leaf.segments[column[column.len() - 1]];
        let Some(&next) = last.below.first() else { break };
        if leaf.segments[next].rect.top() - last.rect.bottom() >= LINE_GAP * leaf.height {
            break;
        }
        column.push(next);
        chains.push(column.clone());
    }
    let segment = &leaf.segments[first];
    if segment.place > 0 || !thorough {
        return chains;
    }
    let mut rows: Vec<usize> = Vec::new();
    let mut one_each = true;
    for row in leaf.rows.iter().skip(segment.row).take(MOST_LINES) {
        if let Some(last) = rows.last() {
            let gap = leaf.segments[row.start].rect.top() - leaf.segments[*last].rect.bottom();
            if gap >= 2.0 * LINE_GAP * leaf.height {
                break;
            }
        }
        one_each &= row.len() == 1;
        rows.extend(row.clone());
        if !one_each && rows.len() > 1 {
            chains.push(rows.clone());
        }
    }
    chains
}

/// Says what each candidate's value is.
fn value(paper: &Paper, candidates: &mut [Candidate]) {
    for candidate in candidates {
        let text = paper.text(candidate, " ");
        candidate.value = hashed_wide(&bare(&text));
        candidate.key = match candidate.kind {
            Kind::Date => dates::days(&text)
                .first()
                .map(|day| (u64::from(day.year) << 16) | (u64::from(day.month) << 8) | u64::from(day.of_month)),
            Kind::Amount | Kind::Number => amounts::hundredths(&text).map(|value| value as u64),
            _ => None,
        }
        .unwrap_or(candidate.value);
    }
}

/// Says how each candidate stands among the others.
fn compare(paper: &Paper, kind: Kind, candidates: &mut [Candidate]) {
    let of = candidates.len() as u32;
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for candidate in candidates.iter() {
        *counts.entry(candidate.key).or_default() += 1;
    }
    let mut ranked: Vec<u64> = counts.keys().copied().collect();
    match kind {
        Kind::Amount | Kind::Number => ranked.sort_by_key(|key| std::cmp::Reverse(*key as i64)),
        _ => ranked.sort_unstable(),
    }
    let ranks: HashMap<u64, u32> = ranked.iter().zip(0..).map(|(key, rank)| (*key, rank)).collect();
    let explained: HashMap<u64, Explained> = if matches!(kind, Kind::Amount | Kind::Number) {
        let amounts: Vec<i64> = ranked.iter().map(|key| *key as i64).collect();
        ranked.iter().copied().zip(explained(&amounts)).collect()
    } else {
        HashMap::new()
    };
    let largest = ranked.first().map_or(1.0, |key| *key as i64 as f32).max(1.0);
    let mut seen: HashMap<u64, u32> = HashMap::new();
    for (order, candidate) in (0..).zip(candidates.iter_mut()) {
        candidate.order = order;
        candidate.of = of;
        candidate.repeats = counts.get(&candidate.key).copied().unwrap_or(1);
        let before = seen.entry(candidate.key).or_default();
        candidate.before = *before;
        *before += 1;
        if kind.typed() {
            candidate.rank = ranks.get(&candidate.key).copied().unwrap_or(0);
            candidate.rank_back = (ranked.len() as u32).saturating_sub(1 + candidate.rank);
            candidate.explained = explained.get(&candidate.key).copied().unwrap_or_default();
            candidate.share = candidate.key as i64 as f32 / largest;
        }
        if kind == Kind::Date {
            let text = &paper.first(candidate).text;
            candidate.closes = ends_with_joint(&text[..candidate.start]);
            candidate.opens = starts_with_joint(&text[candidate.end..]);
        }
    }
}

/// A digit and a dash or `to` before another day.
fn ends_with_joint(left: &str) -> bool {
    let left = left.trim_end().to_lowercase();
    let before = ["-", "–", "to", "thru", "through", "bis"].iter().find_map(|joint| left.strip_suffix(joint));
    before.is_some_and(|before| before.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

/// A dash or `to` and a digit behind a day.
fn starts_with_joint(right: &str) -> bool {
    let right = right.trim_start().to_lowercase();
    let after = ["-", "–", "to", "thru", "through", "bis"].iter().find_map(|joint| right.strip_prefix(joint));
    after.is_some_and(|after| after.trim_start().starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::super::paper::fixtures::page;
    use super::*;

    fn document() -> Document {
        let page = page(&[
            (100.0, 100.0, "Acme Trading Ltd"),
            (100.0, 125.0, "12 High Street,"),
            (100.0, 150.0, "London"),
            (100.0, 300.0, "Flight: 04/24/20 - 04/30/20"),
            (100.0, 350.0, "Total:  RM 31.00"),
            (100.0, 400.0, "Cash  RM 50.00"),
            (100.0, 450.0, "Order 1456957-2  5 %"),
        ]);
        Document::of(Paper::of(&[&page]))
    }

    fn texts(document: &Document, kind: Kind) -> Vec<String> {
        document.candidates(kind).iter().map(|c| document.text(c, " ")).collect()
    }

    #[test]
    fn each_kind_offers_what_looks_like_it() {
        let document = document();
        assert_eq!(texts(&document, Kind::Date), ["04/24/20", "04/30/20"]);
        assert_eq!(texts(&document, Kind::Amount), ["31.00", "RM 31.00", "50.00", "RM 50.00"]);
        assert_eq!(texts(&document, Kind::Code)[..1], ["12"]);
        assert!(texts(&document, Kind::Code).contains(&"1456957-2".to_owned()));
        assert!(texts(&document, Kind::Number).contains(&"5 %".to_owned()));
        assert!(texts(&document, Kind::Span).contains(&"High Street".to_owned()));
        assert!(texts(&document, Kind::Merge).contains(&"12 High Street, London".to_owned()));
    }

    #[test]
    fn a_value_of_lines_has_a_place_a_line() {
        let document = document();
        let merged = document.candidates(Kind::Merge).iter().find(|c| document.text(c, "\n").ends_with("\nLondon"));
        assert_eq!(document.rects(merged.unwrap()).len(), merged.unwrap().chain.len());
    }

    #[test]
    fn amounts_and_days_know_their_rank() {
        let document = document();
        let amounts = document.candidates(Kind::Amount);
        assert_eq!((amounts[0].rank, amounts[2].rank, amounts[0].repeats), (1, 0, 2));
        let days = document.candidates(Kind::Date);
        assert!(days[0].opens && !days[0].closes && days[1].closes && !days[1].opens);
        assert_eq!((days[0].rank, days[1].rank), (0, 1));
    }

    #[test]
    fn middle_pages_offer_what_stands_by_itself() {
        assert_eq!(spans("Name: Anna Berg", false), [0..15, 6..15]);
        assert_eq!(spans("a b", true).len(), 1);
    }
}
