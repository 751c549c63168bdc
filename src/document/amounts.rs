//! Money and figures in texts: where they stand and how much they are.

/// A figure that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where the figure alone begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Where its currency begins, where one stands in front of it.
    pub prefixed: Option<usize>,
    /// Where its currency ends, where one stands behind it.
    pub suffixed: Option<usize>,
    /// Whether it is money by its look: a currency, two decimals or groups of thousands.
    pub money: bool,
}

/// All figures of a text, from left to right; they do not overlap.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let digit = at + offset;
        let (end, money) = figure_end(text, digit);
        let before = text[..digit].chars().next_back();
        let joined = before.is_some_and(|b| b.is_ascii_digit() || "/.:".contains(b) || b.is_alphabetic());
        let signed = matches!(before, Some('-' | '(' | '−'));
        let start = if signed { digit - before.map_or(0, char::len_utf8) } else { digit };
        let prefixed = currency_before(text, start);
        let glued_sign = signed && text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        if (!joined || prefixed.is_some()) && !(glued_sign && prefixed.is_none()) && ends_at(text, end) {
            let suffixed = currency_after(text, end);
            let money = money || prefixed.is_some() || suffixed.is_some();
            found.push(Found { start, end, prefixed, suffixed, money });
        }
        at = end.max(digit + 1);
    }
    found
}

/// Whether the whole text is one figure, with its currency perhaps.
pub fn whole(text: &str) -> Option<Found> {
    let text = text.trim();
    find(text).into_iter().find(|f| {
        f.prefixed.unwrap_or(f.start) == 0
            && f.suffixed.unwrap_or(f.end) >= text.trim_end_matches([')', '-', '%']).len()
    })
}

/// How much the figure in a text is, in hundredths; `None` where there is none.
pub fn hundredths(text: &str) -> Option<i64> {
    let Found { start, end, .. } = *find(text).first()?;
    let figure: Vec<char> = text[start..end].chars().filter(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
    let negative = text[start..end].starts_with(['-', '(', '−']);
    let separator = figure.iter().rposition(|c| !c.is_ascii_digit());
    let decimals = separator.map_or(0, |at| figure.len() - at - 1);
    let has_decimals = matches!(decimals, 1 | 2) || (decimals > 3 && separator.is_some());
    let (whole, part) = figure.split_at(separator.filter(|_| has_decimals).unwrap_or(figure.len()));
    let number = |letters: &[char]| {
        let digits: String = letters.iter().filter(|c| c.is_ascii_digit()).take(15).collect();
        if digits.is_empty() { Some(0) } else { digits.parse::<i64>().ok() }
    };
    let cents: String = part.iter().filter(|c| c.is_ascii_digit()).chain(&['0', '0']).take(2).collect();
    let value = number(whole)?.checked_mul(100)? + cents.parse::<i64>().ok()?;
    Some(if negative { -value } else { value })
}

/// Whether both texts are the same amount.
pub fn same_amount(a: &str, b: &str) -> bool {
    matches!((hundredths(a), hundredths(b)), (Some(a), Some(b)) if a == b)
}

/// The end of the figure whose first digit stands at `at`, and whether it looks like money.
fn figure_end(text: &str, at: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = at + run(at);
    let mut grouped = false;
    if end - at <= 3 {
        while let Some(&separator) = bytes.get(end).filter(|b| b", .'".contains(b)) {
            // A group is three digits; a space before it must be followed by more groups or decimals to count.
            if run(end + 1) != 3 || (separator == b' ' && !followed_by_decimals(bytes, end + 4)) {
                break;
            }
            end += 4;
            grouped = separator != b'.' || grouped;
        }
    }
    let mut decimals = end;
    if bytes.get(decimals) == Some(&b' ') {
        decimals += 1;
    }
    if bytes.get(decimals).is_some_and(|b| b",.".contains(b)) {
        decimals += 1;
        if bytes.get(decimals) == Some(&b' ') {
            decimals += 1;
        }
        if run(decimals) == 2 {
            return (decimals + 2, true);
        }
        // One decimal or more than two: a figure, not money; only without spaces.
        if decimals == end + 1 && run(decimals) > 0 && run(decimals) != 3 {
            return (decimals + run(decimals), false);
        }
    }
    (end, grouped)
}

fn followed_by_decimals(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|b| b", .".contains(b)) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
}

/// A figure may end here: no digit, fraction, time or further part follows.
fn ends_at(text: &str, end: usize) -> bool {
    let mut rest = text[end..].chars();
    match (rest.next(), rest.next()) {
        (Some('/' | ':'), _) => false,
        (Some('.' | ',' | '-'), Some(next)) => !next.is_ascii_digit(),
        (Some(c), _) => !c.is_ascii_digit(),
        (None, _) => true,
    }
}

const CURRENCIES: [&str; 17] =
    ["RM", "USD", "MYR", "EUR", "GBP", "CHF", "SGD", "INR", "CAD", "AUD", "US$", "Rs", "kr", "$", "€", "£", "¥"];

/// Where the currency in front of `at` begins.
fn currency_before(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].strip_suffix(' ').unwrap_or(&text[..at]);
    CURRENCIES.iter().find_map(|currency| {
        let start = before.len().checked_sub(currency.len()).filter(|start| before.is_char_boundary(*start))?;
        let is_it = before[start..].eq_ignore_ascii_case(currency);
        let word = currency.starts_with(char::is_alphabetic);
        let within_word = word && before[..start].chars().next_back().is_some_and(char::is_alphabetic);
        (is_it && !within_word).then_some(start)
    })
}

/// Currencies that stand behind their figures; the others belong to the next figure.
const BEHIND: [&str; 10] = ["EUR", "GBP", "CHF", "SGD", "CAD", "AUD", "USD", "kr", "€", "£"];

/// Where the currency behind `at` ends.
fn currency_after(text: &str, at: usize) -> Option<usize> {
    let space = usize::from(text[at..].starts_with(' '));
    let after = &text[at + space..];
    BEHIND.iter().find_map(|currency| {
        let is_it = after.get(..currency.len())?.eq_ignore_ascii_case(currency);
        let goes_on = after[currency.len()..].starts_with(|c: char| c.is_alphanumeric());
        // A dollar sign behind a space belongs to the next figure.
        let next = space > 0 && after[currency.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
        (is_it && !goes_on && !next).then_some(at + space + currency.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Vec<&str> {
        find(text).iter().filter(|f| f.money).map(|f| &text[f.start..f.end]).collect()
    }

    #[test]
    fn money_is_told_by_currency_decimals_or_groups() {
        for (text, amounts) in [
            ("TOTAL RM 31.00", vec!["31.00"]),
            ("$12,405.00 net", vec!["12,405.00"]),
            ("1.234,56 €", vec!["1.234,56"]),
            ("9 .50", vec!["9 .50"]),
            ("$165", vec!["165"]),
            ("RM9", vec!["9"]),
            ("-12.50", vec!["-12.50"]),
            ("200,000", vec!["200,000"]),
            ("1 234,50", vec!["1 234,50"]),
            ("5 items", vec![]),
            ("12:30", vec![]),
            ("27/03/2018", vec![]),
            ("2 x 4.50", vec!["4.50"]),
        ] {
            assert_eq!(money(text), amounts, "{text}");
        }
    }

    #[test]
    fn a_currency_belongs_to_its_figure() {
        let found = find("RM 9.50")[0];
        assert_eq!((found.prefixed, found.suffixed), (Some(0), None));
        let found = find("9,50 EUR")[0];
        assert_eq!((found.prefixed, found.suffixed), (None, Some(8)));
        assert!(find("FARM 9")[0].prefixed.is_none());
    }

    #[test]
    fn amounts_are_the_same_in_any_format() {
        for (text, value) in [
            ("RM 9.50", 950),
            ("9,50", 950),
            ("1.234,56", 123_456),
            ("$12,405.00", 1_240_500),
            ("200,000", 20_000_000),
            ("252.1", 25_210),
            ("300", 30_000),
            ("-8.79", -879),
        ] {
            assert_eq!(hundredths(text), Some(value), "{text}");
        }
        assert_eq!(hundredths("none"), None);
        assert!(same_amount("252.1", "252,10 €") && !same_amount("1", "2"));
    }

    #[test]
    fn a_whole_text_may_be_one_figure() {
        assert!(whole("RM 9.50").is_some_and(|f| f.money));
        assert!(whole("5").is_some_and(|f| !f.money));
        assert!(whole("5 apples and 6").is_none());
    }
}
