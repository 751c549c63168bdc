//! An annotated value → the candidates that are it. Values without a place are found by their text.

use super::Truth;
use super::candidates::{Candidate, Document, Kind};
use super::text::{bare, hashed_wide, likeness};
use crate::document::PageRect;
use crate::document::{amounts, dates};

/// A text that is less like the annotated one than this is another text, not the same misread.
const MISREAD: f32 = 0.85;
/// A candidate that shares less of its area with the annotated place than this stands elsewhere.
const AT_PLACE: f32 = 0.5;

/// Which of `candidates` are `truth`; none where the value is no candidate.
pub(super) fn matching(document: &Document, candidates: &[&Candidate], truth: &Truth) -> Vec<bool> {
    let text = truth.text.as_deref().map(bare).filter(|text| !text.is_empty());
    let Some(text) = text else { return at_place(document, candidates, truth) };
    let value = hashed_wide(&text);
    let mut found: Vec<bool> = candidates.iter().map(|c| c.value == value).collect();
    if !found.contains(&true) {
        let said = truth.text.as_deref().unwrap_or_default();
        found = candidates.iter().map(|c| means(document, c, said)).collect();
    }
    if !found.contains(&true) {
        found = misread(document, candidates, truth, &text);
    }
    found
}

/// Which of `found` stand where the value was annotated; all of them where none does or the place is unknown.
pub(super) fn placed(document: &Document, candidates: &[&Candidate], truth: &Truth, found: &[bool]) -> Vec<bool> {
    let there: Vec<bool> =
        candidates.iter().zip(found).map(|(c, found)| *found && overlap(document, c, truth) > 0.3).collect();
    if there.contains(&true) { there } else { found.to_vec() }
}

/// Whether a candidate means what `said` says, in another format.
fn means(document: &Document, candidate: &Candidate, said: &str) -> bool {
    match candidate.kind {
        Kind::Date => dates::same_day(&document.text(candidate, " "), said),
        Kind::Amount | Kind::Number => amounts::same_amount(&document.text(candidate, " "), said),
        _ => false,
    }
}

/// The candidates whose text is most like the annotated one, letters misread; at its place where that is known.
fn misread(document: &Document, candidates: &[&Candidate], truth: &Truth, text: &str) -> Vec<bool> {
    let letters = text.chars().count();
    let alike = |candidate: &Candidate| {
        if candidate.kind.typed() && truth.rects.is_empty() {
            return 0.0;
        }
        let length = document.parts(candidate).map(|(_, bytes)| bytes.len()).sum::<usize>();
        if length < letters * 8 / 10 || length > letters * 2 + 8 {
            return 0.0;
        }
        let at_place = if truth.rects.is_empty() { 0.0 } else { overlap(document, candidate, truth) };
        let least = if at_place > AT_PLACE { 0.6 } else { MISREAD };
        let like = likeness(&bare(&document.text(candidate, " ")), text);
        if like >= least { like + 0.2 * at_place } else { 0.0 }
    };
    let alike: Vec<f32> = candidates.iter().map(|c| alike(c)).collect();
    let most = alike.iter().copied().fold(0.0, f32::max);
    alike.iter().map(|like| most > 0.0 && *like >= most - 1e-4).collect()
}

/// The candidate that covers the annotated place best.
fn at_place(document: &Document, candidates: &[&Candidate], truth: &Truth) -> Vec<bool> {
    let shares: Vec<f32> = candidates.iter().map(|c| overlap(document, c, truth)).collect();
    let most = shares.iter().copied().fold(0.0, f32::max);
    shares.iter().map(|share| most > AT_PLACE && *share >= most - 1e-4).collect()
}

/// How much of a candidate's place and the annotated one is common to both, 0 to 1.
fn overlap(document: &Document, candidate: &Candidate, truth: &Truth) -> f32 {
    if truth.page.is_some_and(|page| page as usize != candidate.page) {
        return 0.0;
    }
    let leaf = document.leaf(candidate);
    let Some(there) = PageRect::around(truth.rects.iter().map(|rect| leaf.upright(*rect))) else { return 0.0 };
    PageRect::around(document.rects(candidate)).map_or(0.0, |here| here.iou(there))
}

#[cfg(test)]
mod tests {
    use super::super::paper::Paper;
    use super::super::paper::fixtures::page;
    use super::*;

    fn document() -> Document {
        Document::of(Paper::of(&[&page(&[
            (100.0, 100.0, "ACME TRAD1NG LTD"),
            (100.0, 140.0, "Date  27/03/2018"),
            (100.0, 180.0, "Total  9.50"),
            (100.0, 220.0, "Cash  9.50"),
        ])]))
    }

    fn found(kind: Kind, truth: &Truth) -> Vec<String> {
        let document = document();
        let candidates = document.all(&[kind]);
        let found = matching(&document, &candidates, truth);
        candidates.iter().zip(found).filter(|(_, is)| *is).map(|(c, _)| document.text(c, " ")).collect()
    }

    fn truth(text: &str) -> Truth {
        Truth { text: Some(text.into()), ..Truth::default() }
    }

    #[test]
    fn every_place_that_says_the_value_is_it() {
        assert_eq!(found(Kind::Amount, &truth("9.50")), ["9.50", "9.50"]);
    }

    #[test]
    fn another_format_is_the_same_value() {
        assert_eq!(found(Kind::Date, &truth("27 MAR 2018")), ["27/03/2018"]);
        assert_eq!(found(Kind::Amount, &truth("RM9.5")), ["9.50", "9.50"]);
    }

    #[test]
    fn a_misread_text_is_found_all_the_same() {
        assert_eq!(found(Kind::Span, &truth("ACME TRADING LTD")), ["ACME TRAD1NG LTD"]);
        assert!(found(Kind::Span, &truth("QUITE ANOTHER SHOP")).is_empty());
    }

    #[test]
    fn a_place_without_text_is_what_stands_there() {
        let place = PageRect::new(170.0, 180.0, 245.0, 200.0);
        let truth = Truth { rects: vec![place], page: Some(0), ..Truth::default() };
        let document = document();
        let candidates = document.all(&[Kind::Amount]);
        let found = matching(&document, &candidates, &truth);
        assert_eq!(found.iter().filter(|f| **f).count(), 0, "it stands right of there");
        let truth = Truth { rects: vec![PageRect::new(195.0, 178.0, 250.0, 202.0)], ..truth };
        assert_eq!(matching(&document, &candidates, &truth), [true, false]);
    }

    #[test]
    fn a_place_off_the_page_is_no_place() {
        let truth = Truth { rects: vec![PageRect::new(-900.0, -900.0, -800.0, -800.0)], ..truth("9.50") };
        assert_eq!(found(Kind::Amount, &truth).len(), 2);
    }
}
