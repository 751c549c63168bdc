//! A candidate → the features that a model weighs: what it says, what stands around it, where it is, how it compares.
//!
//! A feature is a hash; it is there or not. Their meaning is fixed: trained weights are kept under these hashes.

use super::candidates::{Candidate, Document, Kind};
use super::paper::Segment;
use super::text::{Token, bare, hashed, mixed, shape};
use crate::document::PageRect;

/// No token stands there.
const EDGE: u32 = hashed("^");

/// What a feature is told apart by.
trait Part {
    fn part(self) -> u32;
}

impl Part for u32 {
    fn part(self) -> u32 {
        self
    }
}

impl Part for usize {
    fn part(self) -> u32 {
        self as u32
    }
}

impl Part for bool {
    fn part(self) -> u32 {
        self.into()
    }
}

macro_rules! add {
    ($out:expr, $name:literal $(, $part:expr)*) => {
        $out.push([$(Part::part($part)),*].iter().fold(const { hashed($name) }, |hash: u32, part: &u32| mixed(hash, *part)))
    };
}

/// Puts the features of a candidate into `out`, each once.
pub(super) fn features(document: &Document, candidate: &Candidate, out: &mut Vec<u32>) {
    out.clear();
    around(document, candidate, out);
    said(document, candidate, out);
    placed(document, candidate, out);
    compared(candidate, out);
    out.sort_unstable();
    out.dedup();
}

/// The last tokens that stand left of a candidate, the nearest last: of its own segment, then of the one before.
pub(super) fn left_of<'a>(document: &'a Document, candidate: &Candidate) -> Vec<&'a Token> {
    let segment = document.first(candidate);
    let own = segment.tokens.iter().filter(|t| t.end <= candidate.start);
    let before = document.leaf(candidate).beside(candidate.chain[0] as usize, true);
    let before = before.map(|n| &document.leaf(candidate).segments[n]);
    let mut left: Vec<&Token> = before.into_iter().flat_map(|s| last(s.tokens.iter(), 4)).chain(own).collect();
    left.drain(..left.len().saturating_sub(4));
    left
}

/// The tokens right above a candidate.
pub(super) fn over<'a>(document: &'a Document, candidate: &Candidate) -> Vec<&'a Token> {
    let first = document.first(candidate);
    let end = if candidate.chain.len() == 1 { candidate.end } else { first.text.len() };
    let rect = first.rect_of(candidate.start, end);
    rect.map_or(Vec::new(), |rect| document.leaf(candidate).over(first.row, rect))
}

fn last<'a>(tokens: impl Iterator<Item = &'a Token>, most: usize) -> Vec<&'a Token> {
    let mut tokens: Vec<&Token> = tokens.collect();
    tokens.drain(..tokens.len().saturating_sub(most));
    tokens
}

/// One hash of several tokens in order.
fn chained<'a>(tokens: impl IntoIterator<Item = &'a &'a Token>) -> u32 {
    tokens.into_iter().fold(EDGE, |hash, token| mixed(hash, token.hash))
}

/// In which of the steps a value falls.
fn step(value: f32, steps: &[f32]) -> usize {
    steps.iter().filter(|step| value >= **step).count()
}

/// What stands left, above, right and below.
fn around(document: &Document, candidate: &Candidate, out: &mut Vec<u32>) {
    let leaf = document.leaf(candidate);
    let (first, last_segment) = (document.first(candidate), document.last(candidate));
    let (number, last_number) = (candidate.chain[0] as usize, candidate.chain[candidate.chain.len() - 1] as usize);
    let within: Vec<&Token> = last(first.tokens.iter().filter(|t| t.end <= candidate.start), 4);
    let before: Vec<&Token> =
        leaf.beside(number, true).map(|n| last(leaf.segments[n].tokens.iter(), 4)).unwrap_or_default();
    let mut left: Vec<&Token> = before.iter().chain(&within).copied().collect();
    left.drain(..left.len().saturating_sub(4));
    add!(out, "l1", within.last().map_or(EDGE, |t| t.hash));
    add!(out, "l2", chained(&within[within.len().saturating_sub(2)..]));
    add!(out, "L1", left.last().map_or(EDGE, |t| t.hash));
    add!(out, "L2", chained(&left[left.len().saturating_sub(2)..]));
    add!(out, "L3", chained(&left[left.len().saturating_sub(3)..]));
    for token in &left {
        add!(out, "LB", token.hash);
        if !token.digits {
            add!(out, "Ls", token.stem);
        }
        for concept in token.concepts.each() {
            add!(out, "Lc", concept);
        }
    }
    if !before.is_empty() {
        add!(out, "P", chained(&before));
        for token in &before {
            add!(out, "PB", token.hash);
        }
    }
    add!(out, "lp", first.text[..candidate.start].trim_end().chars().next_back().map_or(EDGE, |c| c as u32));
    for (n, above) in first.above.iter().enumerate() {
        let tokens = &leaf.segments[*above].tokens;
        let tokens: Vec<&Token> = tokens.iter().take(6).collect();
        add!(out, "U", n, chained(&tokens[..tokens.len().min(3)]));
        for token in &tokens {
            add!(out, "UB", n, token.hash);
            if n == 0 && !token.digits {
                add!(out, "Us", token.stem);
            }
            for concept in token.concepts.each() {
                add!(out, "Uc", n, concept);
            }
        }
        if n == 0 {
            add!(out, "UL", tokens.last().map_or(EDGE, |t| t.hash));
        }
    }
    if first.above.is_empty() {
        add!(out, "U", EDGE);
    }
    for token in over(document, candidate) {
        add!(out, "OB", token.hash);
        for concept in token.concepts.each() {
            add!(out, "Oc", concept);
        }
    }
    let mut right: Vec<&Token> = last_segment.tokens.iter().filter(|t| t.start >= candidate.end).take(3).collect();
    if right.is_empty() {
        right =
            leaf.beside(last_number, false).map_or(Vec::new(), |n| leaf.segments[n].tokens.iter().take(3).collect());
    }
    add!(out, "R1", right.first().map_or(EDGE, |t| t.hash));
    add!(out, "R2", chained(&right[..right.len().min(2)]));
    add!(out, "rp", last_segment.text[candidate.end..].trim_start().chars().next().map_or(EDGE, |c| c as u32));
    match last_segment.below.first() {
        Some(below) => {
            let tokens: Vec<&Token> = leaf.segments[*below].tokens.iter().take(4).collect();
            add!(out, "D1", chained(&tokens[..tokens.len().min(2)]));
            for token in &tokens {
                add!(out, "DB", token.hash);
                for concept in token.concepts.each() {
                    add!(out, "Dc", concept);
                }
            }
        }
        None => add!(out, "D1", EDGE),
    }
    if !left.is_empty() {
        let ends = u32::from(candidate.page == 0) * 2 + u32::from(candidate.page + 1 == document.paper.leaves.len());
        add!(out, "LP", chained(&left[left.len().saturating_sub(2)..]), ends);
    }
    if candidate.kind == Kind::Date {
        let sides = u32::from(candidate.opens) * 2 + u32::from(candidate.closes);
        add!(out, "rg", sides);
        add!(out, "rgL", sides, chained(&left[left.len().saturating_sub(2)..]));
    }
}

/// What it says itself.
fn said(document: &Document, candidate: &Candidate, out: &mut Vec<u32>) {
    let tokens: Vec<&Token> = document.tokens(candidate).take(40).collect();
    let mut concepts = [0_usize; u64::BITS as usize];
    for token in &tokens {
        add!(out, "V", token.hash);
        token.concepts.each().for_each(|c| concepts[c as usize] += 1);
    }
    for pair in tokens.windows(2).take(30) {
        add!(out, "V2", chained(pair));
    }
    for (concept, count) in concepts.iter().enumerate().filter(|(_, count)| **count > 0) {
        add!(out, "Vc", concept);
        add!(out, "Vn", concept, step(*count as f32, &[2.0, 3.0, 5.0]));
    }
    if let (Some(first), Some(last)) = (tokens.first(), tokens.last()) {
        add!(out, "VF", first.hash);
        add!(out, "VL", last.hash);
        first.concepts.each().for_each(|c| add!(out, "Fc", c));
        last.concepts.each().for_each(|c| add!(out, "Ec", c));
    }
    let text = document.text(candidate, " ");
    let outline = shape(&text, false);
    if matches!(candidate.kind, Kind::Span | Kind::Merge) {
        add!(out, "VV", hashed(&bare(&text)));
        let mut ends = outline.chars();
        add!(out, "S0", ends.next().map_or(EDGE, |c| c as u32), ends.next_back().map_or(EDGE, |c| c as u32));
        add!(out, "nw", tokens.len().min(12));
        let capitals = text.chars().filter(|c| c.is_uppercase()).count() * 4;
        let letters = text.chars().filter(|c| c.is_alphabetic()).count().max(1);
        add!(out, "caps", capitals / letters);
    } else {
        let folded: String = shape(&text, true).chars().take(24).collect();
        let start: String = outline.chars().take(20).collect();
        add!(out, "S", hashed(&folded));
        add!(out, "SL", hashed(&start));
        add!(out, "nl", text.chars().count().min(40));
    }
    add!(out, "vl", text.chars().next_back().filter(|c| !c.is_alphanumeric()).map_or(EDGE, |c| c as u32));
    let starts = begins(document.first(candidate), candidate.start);
    let ends = ends(document.last(candidate), candidate.end);
    add!(out, "st", starts);
    add!(out, "en", ends);
    add!(out, "se", starts, ends);
    add!(out, "ns", candidate.chain.len());
}

/// Whether nothing is said in a segment before byte `start`.
pub(super) fn begins(segment: &Segment, start: usize) -> bool {
    segment.text[..start].chars().all(|c| " :;,|*".contains(c))
}

/// Whether nothing is said in a segment behind byte `end`.
pub(super) fn ends(segment: &Segment, end: usize) -> bool {
    segment.text[end..].chars().all(|c| " :;,|*".contains(c))
}

/// Where it stands.
fn placed(document: &Document, candidate: &Candidate, out: &mut Vec<u32>) {
    let leaf = document.leaf(candidate);
    let (first, last) = (document.first(candidate), document.last(candidate));
    let pages = document.paper.leaves.len();
    let left = first.rect_of(candidate.start, candidate.start + 1).map_or(first.rect.left(), PageRect::left);
    add!(out, "y", (10.0 * first.rect.center().y / leaf.depth) as usize);
    add!(out, "x", (6.0 * left / leaf.width) as usize);
    add!(out, "pg", candidate.page.min(2));
    add!(out, "pl", (pages - 1 - candidate.page).min(2));
    add!(out, "pgl", u32::from(candidate.page == 0), u32::from(candidate.page + 1 == pages));
    add!(out, "r", first.row.min(12));
    add!(out, "h", step(first.rect.height() / leaf.height, &[0.7, 0.9, 1.1, 1.4, 1.8]));
    if candidate.kind == Kind::Merge {
        last.tokens.iter().take(8).for_each(|t| add!(out, "ZB", t.hash));
        first.tokens.iter().take(8).for_each(|t| add!(out, "AB", t.hash));
        last.tokens.iter().flat_map(|t| t.concepts.each()).for_each(|c| add!(out, "Zc", c));
        first.tokens.iter().flat_map(|t| t.concepts.each()).for_each(|c| add!(out, "Ac", c));
        let gap = |above: &Segment, below: &Segment| (below.rect.top() - above.rect.bottom()) / leaf.height;
        if let Some(above) = first.above.first() {
            add!(out, "ux", step(gap(&leaf.segments[*above], first), &[0.3, 0.8, 1.5]));
        }
        if let Some(below) = last.below.first() {
            add!(out, "dx", step(gap(last, &leaf.segments[*below]), &[0.3, 0.8, 1.5]));
        }
        let chain: Vec<&Segment> = candidate.chain.iter().map(|n| &leaf.segments[*n as usize]).collect();
        let rows = chain.chunk_by(|a, b| a.row == b.row).count();
        add!(out, "row", chain.len() > rows);
        add!(out, "lines", rows);
        let widest = chain.windows(2).map(|pair| gap(pair[0], pair[1])).fold(0.0, f32::max);
        add!(out, "mg", step(widest, &[0.3, 0.8, 1.2]));
    }
}

/// How it stands among its like.
fn compared(candidate: &Candidate, out: &mut Vec<u32>) {
    let through = candidate.order as f32 / candidate.of.max(1) as f32;
    add!(out, "rep", step(candidate.repeats as f32, &[2.0, 3.0, 5.0, 9.0]));
    add!(out, "occ", step(candidate.before as f32, &[1.0, 2.0, 4.0]));
    match candidate.kind {
        Kind::Amount | Kind::Number => {
            add!(out, "rk", candidate.rank.min(5));
            add!(out, "rkrep", candidate.rank.min(4), candidate.repeats.min(4));
            add!(out, "z", candidate.key == 0);
            summed(candidate, out);
            add!(out, "last", step(through, &[0.3, 0.6, 0.8, 0.95]));
        }
        Kind::Date => {
            add!(out, "dr", candidate.rank.min(4));
            add!(out, "drl", candidate.rank_back.min(4));
            add!(out, "di", candidate.order.min(6));
        }
        _ => add!(out, "ci", step(through, &[0.02, 0.05, 0.1, 0.2, 0.4, 0.7])),
    }
}

/// How the other amounts of the document explain it.
fn summed(candidate: &Candidate, out: &mut Vec<u32>) {
    let explained = candidate.explained;
    let rounding = u32::from(explained.rounded) * 2 + u32::from(explained.unrounded);
    let parts = u32::from(explained.sum) * 2 + u32::from(explained.difference);
    add!(out, "rnd", rounding);
    add!(out, "rndrk", rounding, candidate.rank.min(3));
    add!(out, "add", parts);
    add!(out, "addrk", parts, candidate.rank.min(3));
}

#[cfg(test)]
mod tests {
    use super::super::paper::Paper;
    use super::super::paper::fixtures::page;
    use super::super::text::tokens;
    use super::*;

    /// A document of one page with `lines`, and the features of the candidate of a kind that says `text`.
    fn of(lines: &[(f32, f32, &str)], kind: Kind, text: &str) -> Vec<u32> {
        let page = page(lines);
        let document = Document::of(Paper::of(&[&page]));
        let candidates = document.candidates(kind);
        let candidate = candidates.iter().find(|c| document.text(c, " ") == text);
        let mut out = Vec::new();
        features(&document, candidate.unwrap_or_else(|| panic!("{text} is no candidate")), &mut out);
        out
    }

    fn word(text: &str) -> u32 {
        tokens(text)[0].hash
    }

    /// Whether a feature of this name and these parts is there.
    macro_rules! has {
        ($features:expr, $name:literal $(, $part:expr)*) => {{
            let mut one: Vec<u32> = Vec::new();
            add!(one, $name $(, $part)*);
            $features.contains(&one[0])
        }};
    }

    const RECEIPT: [(f32, f32, &str); 5] = [
        (100.0, 100.0, "Acme Trading Ltd"),
        (100.0, 200.0, "Date:  27/03/2018"),
        (100.0, 300.0, "Total  RM 31.00"),
        (100.0, 330.0, "Cash  RM 50.00"),
        (100.0, 360.0, "Change  RM 19.00"),
    ];

    #[test]
    fn what_stands_left_is_known_word_by_word_and_by_what_it_means() {
        let total = of(&RECEIPT, Kind::Amount, "RM 31.00");
        assert!(has!(total, "L1", word("Total")) && has!(total, "LB", word("TOTAL")));
        assert!(!has!(total, "LB", word("Cash")));
        let concept = tokens("Total")[0].concepts.each().next().unwrap();
        assert!(has!(total, "Lc", concept) && !has!(of(&RECEIPT, Kind::Amount, "RM 50.00"), "Lc", concept));
        assert!(has!(of(&RECEIPT, Kind::Amount, "31.00"), "l1", word("RM")), "within the segment");
    }

    #[test]
    fn what_stands_above_and_below_is_known() {
        let cash = of(&RECEIPT, Kind::Amount, "RM 50.00");
        assert!(has!(cash, "UB", 0_usize, word("RM")) && has!(cash, "DB", word("RM")));
        let name = of(&RECEIPT, Kind::Span, "Acme Trading Ltd");
        assert!(has!(name, "U", EDGE) && has!(name, "L1", EDGE), "nothing is above the first line or left of it");
        assert!(has!(name, "DB", word("Date")));
    }

    #[test]
    fn what_a_value_says_and_how_it_is_written_is_known() {
        let name = of(&RECEIPT, Kind::Span, "Acme Trading Ltd");
        assert!(has!(name, "V", word("acme")) && has!(name, "VF", word("Acme")) && has!(name, "VL", word("Ltd")));
        assert!(has!(name, "VV", hashed("ACMETRADINGLTD")) && has!(name, "nw", 3_usize));
        assert!(has!(name, "st", true) && has!(name, "en", true), "it is all that its segment says");
        assert!(has!(of(&RECEIPT, Kind::Span, "Trading"), "st", false));
        let shape = |text: &str| of(&[(100.0, 100.0, text)], Kind::Date, text);
        let shapes = [shape("27/03/2018"), shape("01/12/2020")].map(|f| has!(f, "S", hashed("0/0/0")));
        assert_eq!(shapes, [true, true], "days that are written alike have the same shape");
    }

    #[test]
    fn where_a_value_stands_is_known() {
        let first = of(&RECEIPT, Kind::Span, "Acme Trading Ltd");
        assert!(has!(first, "r", 0_usize) && has!(first, "y", 0_usize) && has!(first, "pgl", 1_u32, 1_u32));
        assert!(has!(of(&RECEIPT, Kind::Amount, "RM 19.00"), "r", 4_usize));
    }

    #[test]
    fn a_value_knows_its_rank_and_which_sums_hold() {
        let [total, cash, change] = ["RM 31.00", "RM 50.00", "RM 19.00"].map(|text| of(&RECEIPT, Kind::Amount, text));
        assert!(has!(cash, "rk", 0_usize) && has!(total, "rk", 1_usize) && has!(change, "rk", 2_usize));
        assert!(has!(total, "add", 1_u32) && has!(cash, "add", 2_u32), "50.00 − 19.00 = 31.00");
        let day = of(&RECEIPT, Kind::Date, "27/03/2018");
        assert!(has!(day, "dr", 0_usize) && has!(day, "rg", 0_u32), "the only day, and no end of a range");
        let range = [(100.0, 100.0, "01/02/2020 - 05/02/2020")];
        assert!(has!(of(&range, Kind::Date, "01/02/2020"), "rg", 2_u32));
        assert!(has!(of(&range, Kind::Date, "05/02/2020"), "rg", 1_u32));
    }

    #[test]
    fn lines_of_a_value_know_their_first_and_last_words() {
        let lines = [(100.0, 100.0, "12 High Street,"), (100.0, 125.0, "London"), (100.0, 300.0, "Total")];
        let address = of(&lines, Kind::Merge, "12 High Street, London");
        assert!(has!(address, "AB", word("High")) && has!(address, "ZB", word("London")));
        assert!(has!(address, "lines", 2_usize) && has!(address, "ns", 2_usize));
    }

    #[test]
    fn each_feature_is_there_once() {
        let found = of(&RECEIPT, Kind::Span, "Acme Trading Ltd");
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
