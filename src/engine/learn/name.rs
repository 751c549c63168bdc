//! A label's name → what its values look like and where they stand, before anything was learnt.

use super::ValueKind;
use super::candidates::{Candidate, Document, Kind};
use super::features::{left_of, over};
use super::lexicon::Concepts;
use super::shapes::Shape;
use super::suits::{address, shaped};
use super::text::{Token, tokens};
use crate::document::amounts;

/// A label's name, understood as far as the lexicon goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    pub(super) tokens: Vec<Token>,
    pub(super) concepts: Concepts,
    /// What its values look like beyond their kind.
    shape: Option<Shape>,
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
        let small = spaced.to_lowercase();
        let shape = Shape::of_name(small.split_whitespace()).filter(|shape| {
            let of_address = matches!(shape, Shape::Street | Shape::City | Shape::Postcode);
            !(of_address && concepts.meets(Concepts::ADDRESS))
        });
        Self { tokens, concepts, shape }
    }

    /// Whether nothing but the words themselves says what its values are.
    fn is_strange(&self) -> bool {
        self.concepts == Concepts::NONE && self.shape.is_none()
    }

    /// The kinds of candidates for values of a kind.
    pub(super) fn kinds(&self, kind: ValueKind) -> Vec<Kind> {
        match kind {
            ValueKind::Date => vec![Kind::Date],
            ValueKind::Amount => vec![Kind::Amount],
            ValueKind::Number => vec![Kind::Number],
            ValueKind::Id => vec![Kind::Code],
            ValueKind::Address => vec![Kind::Span, Kind::Merge],
            // What stands beside a name that means nothing to us may be anything.
            ValueKind::Unsaid | ValueKind::Text if self.is_strange() => vec![Kind::Span, Kind::Code],
            ValueKind::Unsaid | ValueKind::Text | ValueKind::Table => vec![Kind::Span],
        }
    }

    /// The kind that the name asks for.
    pub(super) fn kind(&self) -> ValueKind {
        let has = |concepts: Concepts| self.concepts.meets(concepts);
        let money = Concepts::AMOUNT.or(Concepts::TOTAL).or(Concepts::GROSS).or(Concepts::NET).or(Concepts::TAX);
        if let Some(shape) = self.shape {
            if shape.is_number() { ValueKind::Id } else { ValueKind::Text }
        } else if has(Concepts::ADDRESS) {
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
        if let Some(shape) = self.shape.filter(|_| kind != ValueKind::Address) {
            return z + shaped(shape, document, candidate) + self.party(document, candidate);
        }
        z + match candidate.kind {
            Kind::Code | Kind::Number if self.is_strange() => self.words(document, candidate),
            Kind::Amount | Kind::Number => self.figure(document, candidate),
            Kind::Date => self.day(document, candidate),
            Kind::Code => {
                let text = document.text(candidate, " ");
                let is_money = amounts::whole(&text).is_some_and(|found| found.money);
                0.15 * text.len().min(8) as f32 - if is_money { 1.5 } else { 0.0 }
            }
            Kind::Span | Kind::Merge if kind == ValueKind::Address => {
                address(document, candidate) + self.party(document, candidate)
            }
            Kind::Span | Kind::Merge => self.words(document, candidate),
        }
    }

    /// How much of the name is missing where some of it stands left of or above a candidate, 0 to 1; 0 where none does.
    pub(super) fn unnamed(&self, document: &Document, candidate: &Candidate) -> f32 {
        let keyed = self.keyed(document, candidate);
        if keyed <= 0.0 { 0.0 } else { 1.0 - (keyed / (2.0 * self.tokens.len().max(1) as f32)).min(1.0) }
    }

    /// How far what stands left of and above a candidate says the name.
    fn keyed(&self, document: &Document, candidate: &Candidate) -> f32 {
        let mut left = left_of(document, candidate);
        let first = document.first(candidate);
        if candidate.closes {
            // What stands left of a range is said of both its ends; the word between them says nothing.
            let before = |t: &&Token| t.end <= candidate.start && !t.digits;
            let mut words: Vec<&Token> = first.tokens.iter().filter(before).collect();
            words.pop_if(|last| last.concepts.meets(Concepts::TO));
            let leaf = document.leaf(candidate);
            let beside = leaf.beside(candidate.chain[0] as usize, true).map(|n| &leaf.segments[n].tokens);
            left = beside.into_iter().flatten().filter(|token| !token.digits).chain(words).collect();
            left.drain(..left.len().saturating_sub(4));
        }
        let above = first.above.first().map(|n| &document.leaf(candidate).segments[*n].tokens);
        // The words of a text are all below what stands above one of them.
        let over = match candidate.kind {
            Kind::Span | Kind::Merge => document.leaf(candidate).over(first.row, first.rect),
            _ => over(document, candidate),
        };
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
        // Of `net total` it is `net` that tells it from other totals.
        let part = Concepts::NET.or(Concepts::TAX);
        let is_part = self.concepts.meets(part);
        self.tokens
            .iter()
            .filter(|token| {
                !is_part || token.concepts.meets(part) || !token.concepts.meets(Concepts::TOTAL.or(Concepts::AMOUNT))
            })
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
}

/// What keys say for a label of these concepts besides its own words.
fn related(concepts: Concepts) -> Concepts {
    [
        (Concepts::TOTAL, Concepts::AMOUNT.or(Concepts::DUE)),
        (Concepts::AMOUNT, Concepts::TOTAL),
        (Concepts::GROSS, Concepts::TOTAL),
        (Concepts::PERIOD, Concepts::CONTRACT.or(Concepts::DATE)),
        (Concepts::CONTRACT, Concepts::INVOICE),
        (Concepts::DEADLINE, Concepts::TO),
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
    fn both_ends_of_a_range_have_the_name_that_stands_left_of_it() {
        let lines = [
            (100.0, 100.0, "Invoice Period 02/24/20 - 03/01/20"),
            (500.0, 100.0, "Flight"),
            (700.0, 100.0, "02/15/20 - 03/03/20"),
            (100.0, 140.0, "02/24/20 to 03/01/20"),
        ];
        assert_eq!(best("flight_to", Kind::Date, &lines), "03/03/20");
        assert_eq!(best("flight_from", Kind::Date, &lines), "02/15/20");
    }

    #[test]
    fn money_before_tax_is_not_what_is_to_be_paid() {
        let lines = [
            (100.0, 100.0, "Zwischensumme  252,10"),
            (100.0, 140.0, "Rechnungssumme ohne USt.  252,10"),
            (100.0, 180.0, "Umsatzsteuer 19 %  47,90"),
            (100.0, 220.0, "Bruttosumme  300,00"),
            (100.0, 260.0, "Kundennummer EUR 87654321012"),
        ];
        assert_eq!(best("total", Kind::Amount, &lines), "300,00");
        assert_eq!(best("net_total", Kind::Amount, &lines), "252,10");
        assert_eq!(best("tax_total", Kind::Amount, &lines), "47,90");
    }

    #[test]
    fn parties_are_told_by_what_stands_over_them() {
        let lines = [
            (100.0, 100.0, "Käufer:"),
            (100.0, 125.0, "Kunden AG"),
            (100.0, 150.0, "Kundenstraße 15"),
            (100.0, 175.0, "69876 Frankfurt"),
            (100.0, 300.0, "Verkäufer:"),
            (100.0, 325.0, "Lieferant GmbH"),
            (100.0, 350.0, "Lieferantenstraße 20"),
            (100.0, 375.0, "80333 München"),
        ];
        for (label, expected) in [
            ("seller_name", "Lieferant GmbH"),
            ("seller_city", "München"),
            ("seller_street", "Lieferantenstraße 20"),
            ("buyer_name", "Kunden AG"),
            ("buyer_city", "Frankfurt"),
        ] {
            assert_eq!(best(label, Kind::Span, &lines), expected, "{label}");
        }
        assert_eq!(best("seller_postcode", Kind::Code, &lines), "80333");
    }

    #[test]
    fn a_name_that_means_nothing_has_what_stands_beside_it() {
        let lines = [(100.0, 100.0, "Mileage:  48200"), (100.0, 140.0, "Plate:  B-XY 12"), (100.0, 180.0, "Plate")];
        assert_eq!(best("mileage", Kind::Code, &lines), "48200");
        assert_eq!(best("plate", Kind::Span, &lines), "B-XY 12");
    }

    #[test]
    fn names_and_kinds_that_do_not_go_together_are_no_trouble() {
        let document = Document::of(Paper::of(&[&page(&[(100.0, 100.0, "Straße 12"), (100.0, 125.0, "ü")])]));
        for label in ["iban", "email", "city", "postcode", "street", "total", "x", ""] {
            let name = Name::of(label);
            for kind in ValueKind::ALL {
                for candidates in
                    [Kind::Span, Kind::Merge, Kind::Code, Kind::Number].map(|kind| document.candidates(kind))
                {
                    assert!(candidates.iter().all(|c| name.suits(kind, &document, c).is_finite()));
                }
            }
        }
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
