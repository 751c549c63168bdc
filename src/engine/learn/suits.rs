//! How well a candidate suits what a label's name asks for, kind by kind, before anything was learnt.

use super::candidates::{Candidate, Document, Kind};
use super::features::{begins, ends, left_of};
use super::lexicon::Concepts;
use super::name::Name;
use super::paper::{Leaf, Segment};
use super::shapes::Shape;
use super::text::Token;
use std::borrow::Cow;
use std::ops::Range;

/// A line of more words is a sentence.
const SENTENCE: usize = 10;

impl Name {
    /// A large amount that is said more than once and that others explain; not one whose key says that it is another.
    pub(super) fn figure(&self, document: &Document, candidate: &Candidate) -> f32 {
        let weight = |yes: bool, z: f32| if yes { z } else { 0.0 };
        let left = left_of(document, candidate).iter().fold(Concepts::NONE, |all, token| all.or(token.concepts));
        let another = |concepts: Concepts| left.meets(concepts) && !self.concepts.meets(concepts);
        let explained = candidate.explained;
        // Tax is what is left between what is to be paid and what it was before.
        if self.concepts.meets(Concepts::TAX) {
            return weight(explained.difference, 1.0) - 2.0 * candidate.share.clamp(0.0, 1.0);
        }
        2.0 * candidate.share.clamp(0.0, 1.0)
            - weight(another(Concepts::BEFORE) && !self.concepts.meets(Concepts::NET), 1.5)
            - weight(another(Concepts::QUANTITY), 0.8)
            + 0.3 * candidate.repeats.min(4) as f32
            - weight(candidate.key == 0, 1.0)
            + weight(explained.rounded, 1.2)
            - weight(explained.unrounded, 1.2)
            + weight(explained.sum, 0.5)
            + weight(explained.difference, 0.5)
            - weight(another(Concepts::CASH), 0.8)
    }

    /// The first day, or the end of a time that is asked for; the last day for something only where that is.
    pub(super) fn day(&self, document: &Document, candidate: &Candidate) -> f32 {
        let mut z = -0.15 * candidate.order.min(8) as f32;
        let is_deadline = left_of(document, candidate).iter().any(|token| token.concepts.meets(Concepts::DEADLINE));
        if is_deadline && !self.concepts.meets(Concepts::DEADLINE) {
            z -= 1.5;
        }
        if self.concepts.meets(Concepts::FROM) {
            z += if candidate.opens { 1.5 } else { 0.0 } - if candidate.closes { 3.0 } else { 0.0 };
        }
        if self.concepts.meets(Concepts::TO) {
            z += if candidate.closes { 1.5 } else { -1.0 };
        }
        z
    }

    /// Who sells stands at the top; who buys in a block of lines at the left below.
    pub(super) fn party(&self, document: &Document, candidate: &Candidate) -> f32 {
        let (leaf, segment) = (document.leaf(candidate), document.first(candidate));
        let depth = segment.rect.center().y / leaf.depth;
        let (buys, sells) = (self.concepts.meets(Concepts::CUSTOMER), self.concepts.meets(Concepts::SELLER));
        if let Some(party) = captioned(leaf, segment).filter(|_| buys || sells) {
            let is_other = !party.meets(self.concepts);
            return if is_other { -4.0 } else { 2.5 };
        }
        if !buys || sells {
            return -4.0 * depth;
        }
        let near = |n: &usize| {
            let other = &leaf.segments[*n].rect;
            let gap = (other.top() - segment.rect.bottom()).max(segment.rect.top() - other.bottom());
            gap < leaf.height && (other.left() - segment.rect.left()).abs() < leaf.height
        };
        let is_block = segment.above.iter().chain(&segment.below).any(near);
        let is_left = segment.rect.left() < 0.45 * leaf.width;
        (if is_block && is_left { 2.0 } else { 0.0 }) - 6.0 * (depth - 0.2).abs()
    }

    /// A text of a few words that fill their segment.
    pub(super) fn words(&self, document: &Document, candidate: &Candidate) -> f32 {
        let whole = |yes: bool| if yes { 1.0 } else { -1.0 };
        let mut z = whole(begins(document.first(candidate), candidate.start))
            + whole(ends(document.last(candidate), candidate.end));
        let tokens: Vec<&Token> = document.tokens(candidate).collect();
        // What says nothing but the name is the name.
        z -= if tokens.iter().all(|t| self.tokens.iter().any(|own| own.hash == t.hash)) { 4.0 } else { 0.0 };
        // What says keys itself is a key, the more so with a colon behind it.
        let says = |concept: Concepts| tokens.iter().any(|t| t.concepts.meets(concept));
        let key = tokens.iter().filter(|t| t.concepts.meets(Concepts::KEYS)).count();
        // A company may be called so.
        let is_company = tokens.last().is_some_and(|t| t.concepts.meets(Concepts::LEGAL));
        z -= if is_company { 0.5 } else { 1.5 } * key.min(2) as f32;
        // Words of a sentence are no value.
        z -= if document.first(candidate).words.len() > SENTENCE { 2.0 } else { 0.0 };
        if document.last(candidate).text[candidate.end..].trim_start().starts_with(':') {
            z -= 2.0;
        }
        z -= 0.3 * tokens.len().saturating_sub(6) as f32;
        if candidate.kind == Kind::Merge {
            z -= 1.0;
        }
        if self.concepts.meets(Concepts::SELLER.or(Concepts::NAME)) {
            z += self.party(document, candidate);
            z += if says(Concepts::LEGAL) { 2.0 } else { 0.0 };
            z -= if tokens.iter().all(|t| t.concepts.meets(Concepts::LEGAL)) { 4.0 } else { 0.0 };
            let is_small = |(segment, bytes): (&Segment, Range<usize>)| {
                !segment.text[bytes].contains(|c: char| c.is_uppercase() || c.is_ascii_digit())
            };
            z -= if document.parts(candidate).all(is_small) { 2.0 } else { 0.0 };
            z -= if says(Concepts::CONTACT.or(Concepts::REGISTER)) { 2.0 } else { 0.0 };
            z -= if says(Concepts::STREET) { 1.5 } else { 0.0 };
        }
        z
    }
}

/// The party whose name stands over the lines that a segment is one of: `Verkäufer:`, `Customer`.
fn captioned(leaf: &Leaf, segment: &Segment) -> Option<Concepts> {
    /// So many lines up it is looked for.
    const LINES: usize = 8;
    /// Lines with a gap of more than this many heights between them do not belong together.
    const GAP: f32 = 2.5;
    let parties = Concepts::SELLER.or(Concepts::CUSTOMER);
    let mut last = segment;
    for _ in 0..LINES {
        let next = last.above.first().map(|n| &leaf.segments[*n])?;
        if last.rect.top() - next.rect.bottom() > GAP * leaf.height {
            return None;
        }
        let all = next.tokens.iter().fold(Concepts::NONE, |all, token| all.or(token.concepts));
        if all.meets(parties) && !all.meets(Concepts::LEGAL.or(Concepts::NUMBER)) && next.words.len() <= 3 {
            return Some(all);
        }
        last = next;
    }
    None
}

/// Whether a candidate has a look, as far as its line shows.
pub(super) fn shaped(shape: Shape, document: &Document, candidate: &Candidate) -> f32 {
    if candidate.chain.len() > 1 {
        return -4.0;
    }
    let (leaf, segment) = (document.leaf(candidate), document.first(candidate));
    let beside = |left: bool| {
        let near = leaf.beside(candidate.chain[0] as usize, left).map(|n| leaf.segments[n].text.as_str());
        near.unwrap_or_default()
    };
    let text = &segment.text;
    let (before, behind) = (&text[..candidate.start], Cow::Borrowed(&text[candidate.end..]));
    // A postcode and its place may stand some way from each other.
    let before = if shape == Shape::City && before.trim().is_empty() { beside(true) } else { before };
    let is_end = shape == Shape::Postcode && behind.trim().is_empty();
    let behind = if is_end { Cow::Owned(format!(" {}", beside(false))) } else { behind };
    if shape.fits(&text[candidate.start..candidate.end], before, &behind) { 4.0 } else { -4.0 }
}

/// Streets and postcodes, near the top, and nothing that other lines of a letterhead say.
pub(super) fn address(document: &Document, candidate: &Candidate) -> f32 {
    let tokens: Vec<&Token> = document.tokens(candidate).collect();
    let count = |concept: Concepts| tokens.iter().filter(|t| t.concepts.meets(concept)).count() as f32;
    let postcodes = tokens.iter().filter(|t| t.digits && t.end - t.start == 5).count() as f32;
    let letters = document.parts(candidate).map(|(_, bytes)| bytes.len()).sum::<usize>();
    let spread = if candidate.kind == Kind::Span { -2.0 } else { 0.0 };
    spread + 0.8 * (count(Concepts::STREET) + count(Concepts::PLACE) + postcodes).min(5.0)
        - 3.0 * count(Concepts::CONTACT.or(Concepts::REGISTER).or(Concepts::INVOICE))
        - 1.5 * count(Concepts::LEGAL)
        - 0.02 * letters.saturating_sub(90) as f32
}
