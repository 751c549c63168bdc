//! What the name of a label asks its values to look like beyond their kind: `iban`, `email`, `seller_city`.
//!
//! Written by hand; no data was used. What a name asks for is only believed before anything was learnt.

use super::lexicon::{Concepts, concepts_of};

/// A look that values have which can be told without knowing any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The number of a bank account, ISO 13616.
    Iban,
    /// The code of a bank, ISO 9362.
    Bic,
    Email,
    /// The address of a site.
    Web,
    Phone,
    Postcode,
    City,
    /// A street with a house number.
    Street,
    /// A code of ISO 4217.
    Currency,
}

const NAMES: &[(Shape, &[&str])] = &[
    (Shape::Iban, &["iban"]),
    (Shape::Bic, &["bic", "swift"]),
    (Shape::Email, &["email", "mail"]),
    (Shape::Web, &["website", "web", "url", "homepage", "www"]),
    (Shape::Phone, &["phone", "telephone", "tel", "telefon", "telefoon", "fax", "mobile"]),
    (Shape::Postcode, &["postcode", "zip", "zipcode", "postal", "plz", "postleitzahl"]),
    (Shape::City, &["city", "town", "ort", "stadt", "ville", "plaats", "ciudad"]),
    (Shape::Street, &["street", "strasse", "straße", "rue", "straat", "calle"]),
    (Shape::Currency, &["currency", "währung", "devise", "valuta", "moneda"]),
];

/// Countries whose banks have the codes that bills show most.
const COUNTRIES: &[&str] = &[
    "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CN", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR",
    "HU", "IE", "IN", "IT", "JP", "LI", "LT", "LU", "LV", "MT", "MY", "NL", "NO", "PL", "PT", "RO", "SE", "SG", "SI",
    "SK", "TR", "US", "ZA",
];

const CURRENCIES: &[&str] = &[
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "INR", "JPY", "MXN", "MYR", "NOK",
    "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR",
];

/// Endings of words that are streets.
const STREETS: &[&str] =
    &["strasse", "straße", "str.", "str", "weg", "gasse", "platz", "allee", "straat", "laan", "ring"];

impl Shape {
    /// The look that one of the words of a name asks for, in lower case.
    pub(super) fn of_name<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Self> {
        words.find_map(|word| NAMES.iter().find(|(_, names)| names.contains(&word)).map(|(shape, _)| *shape))
    }

    /// Whether its values are numbers.
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Phone | Self::Postcode)
    }

    /// Whether a text has the look; `before` and `behind` are what stands around it in its line.
    pub(super) fn fits(self, text: &str, before: &str, behind: &str) -> bool {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match self {
            Self::Iban => is_iban(text),
            Self::Bic => is_bic(text),
            Self::Email => text.contains('@') && text.contains('.') && !text.contains(char::is_whitespace),
            Self::Web => {
                let text = text.to_lowercase();
                !text.contains(char::is_whitespace)
                    && !text.contains('@')
                    && (text.starts_with("www.") || text.starts_with("http"))
            }
            Self::Phone => digits >= 7 && text.chars().all(|c| c.is_ascii_digit() || " +()-/.".contains(c)),
            Self::Postcode => (4..=6).contains(&digits) && digits == text.len() && starts_with_place(behind),
            Self::City => !text.contains(|c: char| c.is_ascii_digit()) && follows_postcode(before) && is_parted(behind),
            Self::Street => is_street(text) && is_parted(behind) && (before.trim().is_empty() || ends_parted(before)),
            Self::Currency => CURRENCIES.contains(&text),
        }
    }
}

/// The check digits of an IBAN, ISO 7064 MOD 97-10.
fn is_iban(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let country = letters.iter().take(2).all(char::is_ascii_uppercase);
    let check = letters.iter().skip(2).take(2).all(char::is_ascii_digit);
    if !(15..=34).contains(&letters.len()) || !country || !check {
        return false;
    }
    let rest = letters.iter().cycle().skip(4).take(letters.len()).try_fold(0_u32, |rest, letter| {
        let value = letter.to_digit(36)?;
        Some((if value < 10 { rest * 10 } else { rest * 100 } + value) % 97)
    });
    rest == Some(1)
}

fn is_bic(text: &str) -> bool {
    let upper = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase());
    matches!(text.len(), 8 | 11)
        && text.is_ascii()
        && upper(&text[..6])
        && COUNTRIES.contains(&&text[4..6])
        && text[6..].bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A word that begins with a capital stands first.
fn starts_with_place(behind: &str) -> bool {
    behind.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// A postcode stands last: four to six digits, with the letters of some countries behind them.
fn follows_postcode(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    let is_code = |word: &str| (4..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    match words.next() {
        Some(word) if word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase()) => {
            words.next().is_some_and(is_code)
        }
        Some(word) => is_code(word.rsplit('-').next().unwrap_or(word)),
        None => false,
    }
}

/// Nothing follows, or a sign that parts the line.
fn is_parted(behind: &str) -> bool {
    behind.trim_start().chars().next().is_none_or(|c| ",;·|•-–/(".contains(c))
}

fn ends_parted(before: &str) -> bool {
    before.trim_end().ends_with([',', ';', '·', '|', '•', '-', '–', '/'])
}

fn is_street(text: &str) -> bool {
    let words = || text.split_whitespace();
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 5;
    let numbered = words().next().is_some_and(is_number) || words().next_back().is_some_and(is_number);
    let named = words().any(|word| {
        let word = word.to_lowercase();
        STREETS.iter().any(|street| word.ends_with(street)) || concepts_of(&word).meets(Concepts::STREET)
    });
    words().count() > 1 && numbered && named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_told_by_their_check_digits() {
        assert!(Shape::Iban.fits("DE88 2008 0000 0970 3757 00", "IBAN: ", ""));
        assert!(Shape::Iban.fits("NL50INGB0683251309", "", ""));
        for wrong in ["DE88 2008 0000 0970 3757 01", "BIC COBADEFXXX", "DE88", "", "DE88 2008 0000 0970 3757 0é"] {
            assert!(!Shape::Iban.fits(wrong, "", ""), "{wrong}");
        }
        assert!(Shape::Bic.fits("INGBNL2A", "", "") && Shape::Bic.fits("COBADEFFXXX", "", ""));
        assert!(!Shape::Bic.fits("Rotterdam", "", "") && !Shape::Bic.fits("RECHNUNG", "", ""));
    }

    #[test]
    fn parts_of_an_address_are_told_by_what_stands_around_them() {
        let line = "Lieferantenstraße 20 · 80333 München";
        let part = |shape: Shape, text: &str| {
            let at = line.find(text).unwrap();
            shape.fits(text, &line[..at], &line[at + text.len()..])
        };
        assert!(part(Shape::City, "München") && part(Shape::Postcode, "80333"));
        assert!(part(Shape::Street, "Lieferantenstraße 20"));
        assert!(
            !part(Shape::City, "20 · 80333 München") && !part(Shape::Street, "Lieferantenstraße 20 · 80333 München")
        );
        assert!(Shape::City.fits("Rotterdam", "3012 CN ", ""));
        assert!(Shape::Street.fits("12 High Street", "", ", London"));
        assert!(!Shape::Street.fits("GmbH 20", "", ""));
    }

    #[test]
    fn names_ask_for_shapes() {
        let of = |name: &str| Shape::of_name(name.split('_'));
        assert_eq!(of("seller_iban"), Some(Shape::Iban));
        assert_eq!(of("buyer_city"), Some(Shape::City));
        assert_eq!(of("postal_code"), Some(Shape::Postcode));
        assert_eq!(of("total"), None);
    }

    #[test]
    fn what_reaches_somebody_has_a_look() {
        assert!(Shape::Email.fits("a.berg@example.com", "", "") && !Shape::Email.fits("at @ home.", "", ""));
        assert!(Shape::Web.fits("www.example.com", "", "") && !Shape::Web.fits("a@www.example.com", "", ""));
        assert!(Shape::Phone.fits("+49 (0) 6227 12345-6", "", "") && !Shape::Phone.fits("12", "", ""));
        assert!(Shape::Currency.fits("EUR", "", "") && !Shape::Currency.fits("VAT", "", ""));
    }
}
