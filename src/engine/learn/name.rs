//! A label's name → what its values look like and where they stand, before anything was learnt.

use super::ValueKind;
use super::candidates::{Candidate, Document, Kind};
use super::features::{begins, ends, left_of, over};
use super::lexicon::Concepts;
use super::text::{Token, tokens};

/// A label's name, understood as far as the lexicon goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    tokens: Vec<Token>,
    concepts: Concepts,
}

impl Name {
    pub(super) fn of(label: &str) -> Self {
        let mut spaced = String::new();
        for (n, letter) in label.chars().enumerate() {
            // `invoiceDate` are two words.
            if n > 0 && letter.is_uppercase() && spaced.ends_with(char::is_lowercase) {
                spaced.push(' ');
            }
            spaced.push(if letter == '_' { ' ' } else { letter });
        }
        let tokens = tokens(&spaced);
        let mut concepts = tokens.iter().fold(Concepts::NONE, |all, token| all.or(token.concepts));
        // `delivered_on` and `geliefert_am` are days.
        let words: Vec<&str> = spaced.split_whitespace().collect();
        if words.len() > 1 && words.last().is_some_and(|last| ["on", "am", "le"].contains(last)) {
            concepts = concepts.or(Concepts::DATE);
        }
        Self { tokens, concepts }
    }

    /// The kind that the name asks for.
    pub(super) fn kind(&self) -> ValueKind {
        let has = |concepts: Concepts| self.concepts.meets(concepts);
        let money = Concepts::AMOUNT.or(Concepts::TOTAL).or(Concepts::GROSS).or(Concepts::NET).or(Concepts::TAX);
        if has(Concepts::ADDRESS) {
            ValueKind::Address
        } else if has(Concepts::DATE) {
            ValueKind::Date
        } else if has(Concepts::NUMBER) {
            ValueKind::Id
        } else if has(money) {
            ValueKind::Amount
        } else if has(Concepts::FROM.or(Concepts::TO).or(Concepts::DEADLINE)) {
            ValueKind::Date
        } else if has(Concepts::QUANTITY) {
            ValueKind::Number
        } else if has(Concepts::INVOICE.or(Concepts::CONTRACT)) && !has(Concepts::NAME) {
            ValueKind::Id
        } else {
            ValueKind::Text
        }
    }

    /// How well a candidate suits the name; only differences within a document mean something.
    pub(super) fn suits(&self, kind: ValueKind, document: &Document, candidate: &Candidate) -> f32 {
        let mut z = self.keyed(document, candidate);
        if candidate.page > 0 {
            z -= 0.4;
        }
        z + match candidate.kind {
            Kind::Amount | Kind::Number => self.figure(document, candidate),
            Kind::Date => self.day(candidate),
            Kind::Code => 0.15 * document.text(candidate, " ").len().min(8) as f32,
            Kind::Span | Kind::Merge if kind == ValueKind::Address => address(document, candidate),
            Kind::Span | Kind::Merge => self.words(document, candidate),
        }
    }

    /// How far what stands left of and above a candidate says the name.
    fn keyed(&self, document: &Document, candidate: &Candidate) -> f32 {
        let left = left_of(document, candidate);
        let first = document.first(candidate);
        let above = first.above.first().map(|n| &document.leaf(candidate).segments[*n].tokens);
        let over = over(document, candidate);
        let ends = Concepts::FROM.or(Concepts::TO);
        let said = |near: &mut dyn Iterator<Item = &Token>, token: &Token, same: f32, alike: f32| -> f32 {
            let related = related(token.concepts);
            near.map(|t| {
                if t.hash == token.hash {
                    same
                } else if t.concepts.meets(related) {
                    alike
                } else {
                    0.0
                }
            })
            .fold(0.0, f32::max)
        };
        self.tokens
            .iter()
            .map(|token| {
                let beside = said(&mut left.iter().copied(), token, 2.0, 1.5);
                if beside > 0.0 {
                    return beside;
                }
                let right_above = said(&mut over.iter().copied(), token, 1.5, 1.2);
                // Which end of a time a column holds is said right above it, not beside that.
                if right_above > 0.0 || token.concepts.meets(ends) {
                    return right_above;
                }
                said(&mut above.into_iter().flatten(), token, 1.2, 0.8)
            })
            .sum()
    }

    /// A large amount that is said more than once and that others explain; not one whose key says that it is another.
    fn figure(&self, document: &Document, candidate: &Candidate) -> f32 {
        let weight = |yes: bool, z: f32| if yes { z } else { 0.0 };
        let left = left_of(document, candidate).iter().fold(Concepts::NONE, |all, token| all.or(token.concepts));
        let another = |concepts: Concepts| left.meets(concepts) && !self.concepts.meets(concepts);
        let explained = candidate.explained;
        2.0 * candidate.share.clamp(0.0, 1.0) + 0.3 * candidate.repeats.min(4) as f32 - weight(candidate.key == 0, 1.0)
            + weight(explained.rounded, 1.2)
            - weight(explained.unrounded, 1.2)
            + weight(explained.sum, 0.5)
            + weight(explained.difference, 0.5)
            - weight(another(Concepts::CASH), 0.8)
    }

    fn day(&self, candidate: &Candidate) -> f32 {
        let mut z = -0.15 * candidate.order.min(8) as f32;
        if self.concepts.meets(Concepts::FROM) {
            z += if candidate.opens { 1.5 } else { 0.0 } - if candidate.closes { 3.0 } else { 0.0 };
        }
        if self.concepts.meets(Concepts::TO) {
            z += if candidate.closes { 1.5 } else { -1.0 };
        }
        z
    }

    /// A text of a few words that fill their segment.
    fn words(&self, document: &Document, candidate: &Candidate) -> f32 {
        let whole = |yes: bool| if yes { 1.0 } else { -1.0 };
        let mut z = whole(begins(document.first(candidate), candidate.start))
            + whole(ends(document.last(candidate), candidate.end));
        let tokens: Vec<&Token> = document.tokens(candidate).collect();
        // What says keys itself is a key, the more so with a colon behind it.
        let key = tokens.iter().filter(|t| t.concepts.meets(Concepts::KEYS)).count();
        z -= 1.5 * key.min(2) as f32;
        if document.last(candidate).text[candidate.end..].trim_start().starts_with(':') {
            z -= 2.0;
        }
        z -= 0.3 * tokens.len().saturating_sub(6) as f32;
        if candidate.kind == Kind::Merge {
            z -= 1.0;
        }
        if self.concepts.meets(Concepts::SELLER.or(Concepts::NAME)) {
            let says = |concept: Concepts| tokens.iter().any(|t| t.concepts.meets(concept));
            let leaf = document.leaf(candidate);
            z -= 4.0 * document.first(candidate).rect.center().y / leaf.depth;
            z += if says(Concepts::LEGAL) { 2.0 } else { 0.0 };
            z -= if says(Concepts::CONTACT.or(Concepts::REGISTER)) { 2.0 } else { 0.0 };
            z -= if says(Concepts::STREET) { 1.5 } else { 0.0 };
        }
        z
    }
}

/// Streets and postcodes, near the top, and nothing that other lines of a letterhead say.
fn address(document: &Document, candidate: &Candidate) -> f32 {
    let leaf = document.leaf(candidate);
    let tokens: Vec<&Token> = document.tokens(candidate).collect();
    let count = |concept: Concepts| tokens.iter().filter(|t| t.concepts.meets(concept)).count() as f32;
    let postcodes = tokens.iter().filter(|t| t.digits && t.end - t.start == 5).count() as f32;
    let letters = document.parts(candidate).map(|(_, bytes)| bytes.len()).sum::<usize>();
    let spread = if candidate.kind == Kind::Span { -2.0 } else { 0.0 };
    spread + 0.8 * (count(Concepts::STREET) + count(Concepts::PLACE) + postcodes).min(5.0)
        - 3.0 * count(Concepts::CONTACT.or(Concepts::REGISTER).or(Concepts::INVOICE))
        - 1.5 * count(Concepts::LEGAL)
        - 3.0 * document.first(candidate).rect.center().y / leaf.depth
        - 0.02 * letters.saturating_sub(90) as f32
}

/// What keys say for a label of these concepts besides its own words.
fn related(concepts: Concepts) -> Concepts {
    [
        (Concepts::TOTAL, Concepts::AMOUNT.or(Concepts::DUE)),
        (Concepts::AMOUNT, Concepts::TOTAL),
        (Concepts::GROSS, Concepts::TOTAL),
        (Concepts::PERIOD, Concepts::CONTRACT.or(Concepts::DATE)),
        (Concepts::CONTRACT, Concepts::INVOICE),
    ]
    .into_iter()
    .filter(|(of, _)| concepts.meets(*of))
    .fold(concepts, |all, (_, more)| all.or(more))
}

#[cfg(test)]
mod tests {
    use super::super::paper::Paper;
    use super::super::paper::fixtures::page;
    use super::*;

    /// What a name without training finds best among the candidates of a kind.
    fn best(label: &str, kind: Kind, lines: &[(f32, f32, &str)]) -> String {
        let document = Document::of(Paper::of(&[&page(lines)]));
        let name = Name::of(label);
        let suits = |c: &&Candidate| name.suits(name.kind(), &document, c);
        let best = document.candidates(kind).iter().max_by(|a, b| suits(a).total_cmp(&suits(b))).unwrap();
        document.text(best, " ")
    }

    #[test]
    fn names_ask_for_kinds() {
        for (name, kind) in [
            ("invoice_date", ValueKind::Date),
            ("flight_from", ValueKind::Date),
            ("gross_amount", ValueKind::Amount),
            ("vat_id", ValueKind::Id),
            ("contract_num", ValueKind::Id),
            ("seller_address", ValueKind::Address),
            ("company", ValueKind::Text),
            ("invoiceDate", ValueKind::Date),
            ("delivered_on", ValueKind::Date),
            ("geliefert am", ValueKind::Date),
            ("addon", ValueKind::Text),
            ("menge", ValueKind::Number),
        ] {
            assert_eq!(Name::of(name).kind(), kind, "{name}");
        }
    }

    #[test]
    fn a_value_beside_its_name_suits_best() {
        let lines = [
            (100.0, 100.0, "Due date:  30/04/2018"),
            (100.0, 140.0, "Invoice date:  27/03/2018"),
            (100.0, 180.0, "Rechnung Nr.  4711"),
            (100.0, 220.0, "Customer no  815"),
        ];
        assert_eq!(best("invoice_date", Kind::Date, &lines), "27/03/2018");
        assert_eq!(best("invoice_number", Kind::Code, &lines), "4711");
    }

    #[test]
    fn what_was_paid_in_cash_is_not_the_total_and_the_rounded_one_is() {
        let lines = [
            (100.0, 100.0, "Total:  48.16"),
            (100.0, 140.0, "Rounding  -0.01"),
            (100.0, 180.0, "TOTAL:  48.15"),
            (100.0, 220.0, "CASH:  50.00"),
            (100.0, 260.0, "CHANGE:  1.85"),
        ];
        assert_eq!(best("total", Kind::Amount, &lines), "48.15");
    }

    #[test]
    fn the_two_days_of_a_range_are_told_apart() {
        let lines = [(100.0, 100.0, "Flight:  04/24/20 - 04/30/20")];
        assert_eq!(best("flight_from", Kind::Date, &lines), "04/24/20");
        assert_eq!(best("flight_to", Kind::Date, &lines), "04/30/20");
    }

    #[test]
    fn an_address_has_streets_and_postcodes() {
        let lines = [
            (100.0, 100.0, "ACME TRADING SDN BHD"),
            (100.0, 125.0, "NO 7, JALAN MANIS,"),
            (100.0, 150.0, "56100 KUALA LUMPUR"),
            (100.0, 175.0, "TEL: 03-9171"),
        ];
        assert_eq!(best("address", Kind::Merge, &lines), "NO 7, JALAN MANIS, 56100 KUALA LUMPUR");
        assert_eq!(best("company", Kind::Span, &lines), "ACME TRADING SDN BHD");
    }
}
