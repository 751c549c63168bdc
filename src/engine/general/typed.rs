//! What kind of value a text is: a date, an amount, an e-mail address … Knows letters only, no places.

/// The kind of a value, as far as its letters tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Date,
    /// Money: with a currency, or with two decimals.
    Amount,
    /// Any other number, with a unit or per cent perhaps.
    Number,
    Email,
    Url,
    Phone,
    Iban,
    VatId,
    /// Letters and digits mixed without spaces, as numbers of documents are.
    Code,
    Text,
}

impl Kind {
    /// The label of a value that nothing else names.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Number => "number",
            Self::Email => "email",
            Self::Url => "url",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::VatId => "vat_id",
            Self::Code => "code",
            Self::Text => "text",
        }
    }

    /// Whether it is a figure: something that stands right of its name without a colon.
    pub(super) fn is_figure(self) -> bool {
        matches!(self, Self::Date | Self::Amount | Self::Number)
    }
}

/// Whether a text is of a kind.
type Test = fn(&str) -> bool;

/// The kind of a whole value.
pub(super) fn kind_of(text: &str) -> Kind {
    let text = text.trim().trim_matches(['_', '|']).trim_end_matches([',', ';']).trim();
    let tests: [(Kind, Test); 9] = [
        (Kind::Email, is_email),
        (Kind::Url, is_url),
        (Kind::Iban, is_iban),
        (Kind::VatId, is_vat_id),
        (Kind::Date, is_date),
        (Kind::Amount, is_amount),
        (Kind::Phone, is_phone),
        (Kind::Number, is_number),
        (Kind::Code, is_code),
    ];
    tests.into_iter().find(|(_, is)| is(text)).map_or(Kind::Text, |(kind, _)| kind)
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty() && host.contains('.') && is_host(host) && !name.contains(char::is_whitespace)
}

fn is_host(host: &str) -> bool {
    let mut parts = host.split('.').rev();
    let top = parts.next().is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic));
    top && host.split('.').all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || c == '-'))
}

fn is_url(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.contains(char::is_whitespace) {
        return false;
    }
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    match rest {
        Some(rest) => !rest.is_empty(),
        None => lower.starts_with("www.") && is_host(lower.split('/').next().unwrap_or_default()),
    }
}

/// An IBAN is known by its check digits: moved behind, letters as 10 to 35, the number is 1 modulo 97 (ISO 13616).
fn is_iban(text: &str) -> bool {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let country = code.len() >= 15
        && code.len() <= 34
        && code.is_ascii()
        && code[..2].chars().all(|c| c.is_ascii_uppercase())
        && code[2..4].chars().all(|c| c.is_ascii_digit());
    if !country {
        return false;
    }
    let moved = code[4..].chars().chain(code[..4].chars());
    let remainder = moved
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, value| if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 });
    remainder == 1 && code.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The VAT identification numbers of the European Union: a country, then 8 to 12 places most of which are digits.
fn is_vat_id(text: &str) -> bool {
    const COUNTRIES: [&str; 30] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI", "CHE",
    ];
    let code: String = text.chars().filter(|c| !c.is_whitespace() && !".-".contains(*c)).collect();
    let Some(rest) = COUNTRIES.iter().find_map(|country| code.strip_prefix(country)) else { return false };
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    (8..=12).contains(&rest.len()) && rest.chars().all(|c| c.is_ascii_alphanumeric()) && digits + 2 >= rest.len()
}

/// A day: three numbers, or a month's name with a day or a year.
pub(super) fn is_date(text: &str) -> bool {
    numeric_date(text) || named_date(text)
}

/// `31.12.2018`, `9/3/92`, `2018-12-31`, also with spaces after the separators.
fn numeric_date(text: &str) -> bool {
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(separator) = tight.chars().find(|c| !c.is_ascii_digit()) else { return false };
    if !"./-".contains(separator) {
        return false;
    }
    let parts: Vec<&str> = tight.trim_end_matches('.').split(separator).collect();
    let [a, b, c] = parts[..] else { return false };
    let number = |part: &str| -> Option<u32> { (part.len() <= 4).then(|| part.parse().ok()).flatten() };
    let (Some(first), Some(second), Some(third)) = (number(a), number(b), number(c)) else { return false };
    let year_first = a.len() == 4 && (1900..2100).contains(&first);
    let (day, month) = if year_first { (third, second) } else { (first, second) };
    let year = year_first || (c.len() == 4 && (1900..2100).contains(&third)) || c.len() == 2;
    year && (1..=31).contains(&day) && (1..=31).contains(&month) && (day <= 12 || month <= 12)
}

/// `August 3, 2014`, `18. April 2014`, `3 août 2014`, `Sept. 1982`.
fn named_date(text: &str) -> bool {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || ".,/-".contains(c)).filter(|w| !w.is_empty()).collect();
    if !(2..=4).contains(&words.len()) {
        return false;
    }
    let named = words.iter().filter(|w| is_month(w)).count();
    let numbers = words.iter().filter_map(|w| ordinal(w));
    let good = numbers.clone().all(|n| (1..=31).contains(&n) || (1900..2100).contains(&n) || n < 100);
    let linking =
        words.iter().filter(|w| matches!(w.to_lowercase().as_str(), "de" | "of" | "the" | "le" | "den")).count();
    let weekday = words.iter().filter(|w| is_weekday(w)).count();
    named == 1 && numbers.count() + named + linking + weekday == words.len() && good && words.len() > named + weekday
}

/// The number of `3`, `3rd`, `21st`.
fn ordinal(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_alphabetic());
    let ending = &lower[digits.len()..];
    (digits.len() <= 4 && matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er"))
        .then(|| digits.parse().ok())
        .flatten()
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 62] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "sept",
        "januar",
        "februar",
        "märz",
        "maerz",
        "mai",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "januari",
        "februari",
        "maart",
        "mei",
        "augustus",
        "janvier",
        "février",
        "mars",
        "avril",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "gennaio",
        "febbraio",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "settembre",
        "ottobre",
        "dicembre",
        "fevereiro",
        "março",
        "maio",
    ];
    let lower = word.to_lowercase();
    let short = lower.chars().count() == 3;
    MONTHS.iter().any(|month| *month == lower || (short && month.starts_with(&lower)))
}

fn is_weekday(word: &str) -> bool {
    let lower = word.to_lowercase();
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    ]
    .contains(&lower.as_str())
}

/// Currencies by sign or code, before or after the figure.
const CURRENCIES: [&str; 30] = [
    "$", "€", "£", "¥", "₹", "usd", "eur", "gbp", "chf", "inr", "jpy", "cad", "aud", "sek", "nok", "dkk", "pln", "czk",
    "huf", "rm", "rs", "rs.", "kr", "kr.", "us$", "sfr", "fr.", "zł", "r$", "myr",
];

/// Whether a text is a currency's sign or code.
pub(super) fn is_currency(text: &str) -> bool {
    CURRENCIES.contains(&text.to_lowercase().as_str())
}

/// The text without a currency before or after it, and whether it had one.
fn without_currency(text: &str) -> (&str, bool) {
    let text = text.trim();
    let signed = text.trim_start_matches(['-', '+', '–', '(']).trim_start();
    let lower = signed.to_lowercase();
    if lower.len() == signed.len() {
        let mut found: Vec<&&str> = CURRENCIES.iter().filter(|c| lower.starts_with(**c)).collect();
        found.sort_by_key(|c| std::cmp::Reverse(c.len()));
        if let Some(currency) = found.first() {
            return (signed[currency.len()..].trim().trim_end_matches(')'), true);
        }
        let mut found: Vec<&&str> = CURRENCIES.iter().filter(|c| lower.ends_with(**c)).collect();
        found.sort_by_key(|c| std::cmp::Reverse(c.len()));
        if let Some(currency) = found.first() {
            return (signed[..signed.len() - currency.len()].trim(), true);
        }
    }
    (text, false)
}

/// Money: a figure with a currency, or one with two decimals.
pub(super) fn is_amount(text: &str) -> bool {
    let (figure, currency) = without_currency(text);
    let figure = figure.trim().trim_end_matches("CR").trim_end_matches("DR").trim().trim_end_matches('-');
    let figure = figure.trim_start_matches(['(', '-', '–', '+', '*']).trim_end_matches([')', '*']).trim();
    if !is_grouped_number(figure) {
        return false;
    }
    currency || decimals(figure) == Some(2)
}

/// Digits with separators of thousands and decimals, spaces after separators allowed as readers put them.
fn is_grouped_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits > 0
        && digits <= 15
        && text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.chars().all(|c| c.is_ascii_digit() || ".,' ’".contains(c))
        && !text.ends_with([',', '\''])
}

/// How many digits stand after the last point or comma; `None` without one.
fn decimals(text: &str) -> Option<usize> {
    text.rfind(['.', ',']).map(|at| text[at + 1..].chars().filter(char::is_ascii_digit).count())
}

/// Ten digits or so in groups, with an area code in brackets, a plus, or separators.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "()+-–/.".contains(c));
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).count();
    let starts = text.starts_with(['+', '(', '0']) || text.chars().filter(|c| *c == '-').count() == 2;
    (7..=15).contains(&digits) && allowed && groups >= 2 && starts
}

/// Whether a text is a unit of measure.
pub(super) fn is_unit(text: &str) -> bool {
    const UNITS: [&str; 26] = [
        "%", "mm", "cm", "m", "km", "mg", "g", "kg", "l", "ml", "mg/cc", "gm/m2", "g/m2", "lb", "lbs", "oz", "in",
        "pcs", "stk", "std", "h", "days", "x", "kwh", "m2", "ft",
    ];
    UNITS.contains(&text.to_lowercase().trim_end_matches('.'))
}

/// A figure with a sign, per cent, or a short unit.
fn is_number(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+', '–', '(', '<', '>', '~', '±', '#']).trim();
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || "%/ )".contains(c));
    let unit = text[digits.len()..].trim().trim_end_matches(')').to_lowercase();
    (unit.is_empty() || is_unit(&unit)) && is_grouped_number(digits.trim())
}

/// One word of letters and digits, or of digits with dashes and slashes.
fn is_code(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let length = text.chars().count();
    (3..=40).contains(&length)
        && digits * 3 >= length
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-/._#".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_real_values() {
        for (kind, texts) in [
            (
                Kind::Date,
                vec![
                    "9/3/92",
                    "31.12.2018",
                    "2019-06-10",
                    "August 3 , 2014",
                    "18. April 2014",
                    "September 25, 1969",
                    "10/ 13/ 99",
                    "3 août 2014",
                    "12-7-87",
                ],
            ),
            (
                Kind::Amount,
                vec![
                    "$4.11",
                    "€ 399,00",
                    "1.163,40 €",
                    "4,759.20",
                    "Rs 1939",
                    "9.50",
                    "RM 9.50",
                    "-0,00",
                    "(12.50)",
                    "317.28-",
                    "$ 2,960,000.00",
                    "1 234,56 EUR",
                ],
            ),
            (Kind::Number, vec!["84 mm", "13.5 %", "60,000", "27", "3 Std", "0.0520"]),
            (Kind::Email, vec!["info@localhost.local", "a.b-c@example.co.uk"]),
            (Kind::Url, vec!["www.tabletcenter.nl", "http://localhost/", "https://x.org/a?b=c"]),
            (Kind::Phone, vec!["+49 932 431 0", "(555) 23 87 -0", "917-663-3056", "01 71 17 61 67"]),
            (Kind::Iban, vec!["NL50INGB0683251309", "DE88 2008 0000 0970 3757 00"]),
            (Kind::VatId, vec!["DE136695976", "NL810433941B01"]),
            (Kind::Code, vec!["RE-20140519/499", "E.30639", "L87654321012345"]),
            (Kind::Text, vec!["Kapuler Marketing Research", "may I", "", "A.", "Licensee", "march"]),
        ] {
            for text in texts {
                assert_eq!(kind_of(text), kind, "{text}");
            }
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in ["DE88 2008 0000 0970 3757 01", "32.13.2018", "1.2.3.4", "12/25", "@home", "www", "99/99/99"] {
            let kind = kind_of(text);
            assert!(!matches!(kind, Kind::Iban | Kind::Date | Kind::Email | Kind::Url), "{text}: {kind:?}");
        }
    }
}
