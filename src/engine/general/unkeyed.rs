//! Typed values that no key names with a colon: dates, e-mail addresses, account numbers within a line of text.

use super::pairs::{Evidence, Pair, pair};
use super::spans::Span;
use super::typed::{Kind, kind_of};
use crate::engine::sheet::Piece;
use crate::engine::sheet::lines::joined;

/// A value of a kind that is told from its letters alone takes at most so many pieces: `DE88 2008 0000 0970 3757 00`.
const MOST_PIECES: usize = 6;
/// So many words before a value may name it: `Date of delivery 2019-06-10`.
const MOST_NAME_WORDS: usize = 4;

/// The typed values of all spans, with the words right before them as their names where there are any.
pub(super) fn typed<'a>(spans: &[Span<'a>]) -> Vec<Pair<'a>> {
    spans.iter().filter(|span| !span.key).flat_map(in_span).collect()
}

fn in_span<'a>(span: &Span<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let mut start = 0;
    while start < span.pieces.len() {
        let longest = (1..=MOST_PIECES.min(span.pieces.len() - start)).rev();
        let value = longest.map(|n| &span.pieces[start..start + n]).find(|v| stands_alone(v));
        let Some(value) = value else {
            start += 1;
            continue;
        };
        let named = name_before(&span.pieces[..start]);
        let evidence = if named.is_empty() { Evidence::Typed(kind_of(&joined(value))) } else { Evidence::Named };
        pairs.push(pair(evidence, named, value.to_vec()));
        start += value.len();
    }
    pairs
}

/// Whether the letters alone say what it is, so that it is worth a field without a key.
fn stands_alone(value: &[&Piece]) -> bool {
    let text = joined(value);
    // `May 1995` may be a date, `5/6` a share: three parts or a month with a day are needed where nothing names it.
    let date = || text.chars().filter(char::is_ascii_digit).count() >= 3;
    match kind_of(&text) {
        Kind::Email | Kind::Url | Kind::Iban | Kind::VatId => true,
        Kind::Date => date(),
        _ => false,
    }
}

/// The words right before a value that name it: letters, no figures, no end of a sentence.
fn name_before<'p, 'a>(before: &'p [&'a Piece]) -> &'p [&'a Piece] {
    let is_name = |piece: &&&Piece| {
        piece.text.chars().all(|c| c.is_alphabetic() || "-/'’.#".contains(c))
            && piece.text.contains(char::is_alphabetic)
            && !(piece.text.ends_with('.') && piece.text.chars().count() > 5)
    };
    let words = before.iter().rev().take_while(is_name).count();
    if words > MOST_NAME_WORDS {
        // The middle of a sentence names nothing.
        return &[];
    }
    &before[before.len() - words..]
}

#[cfg(test)]
mod tests {
    use super::super::spans::spans;
    use super::super::tokens::tokens;
    use super::*;
    use crate::document::{PageRect, PageSize, PageText, Score, TextSource, Word};
    use crate::engine::sheet::Sheet;

    /// Label words and value of everything typed in one line of words.
    fn found(line: &str) -> Vec<(String, String)> {
        let mut x = 0.0;
        let words = line.split(' ').map(|text| {
            let left = x;
            x += text.chars().count() as f32 * 20.0 + 14.0;
            let rect = PageRect::new(left, 100.0, x - 14.0, 140.0);
            Word { text: text.into(), rect, score: Score::CERTAIN, ..Word::default() }
        });
        let text = PageText {
            size: PageSize::new(2480, 3508),
            words: words.collect(),
            source: TextSource::Layer,
            ..PageText::default()
        };
        let sheet = Sheet::of(&text, &[]);
        let tokens = tokens(&sheet.pieces);
        let spans = spans(&tokens, &sheet);
        typed(&spans).iter().map(|pair| (joined(&pair.key), joined(&pair.value))).collect()
    }

    #[test]
    fn a_date_is_named_by_the_words_before_it() {
        assert_eq!(found("Date of delivery 2019-06-10"), [("Date of delivery".into(), "2019-06-10".into())]);
        assert_eq!(found("2019-06-10"), [(String::new(), "2019-06-10".into())]);
    }

    #[test]
    fn a_sentence_names_nothing_but_its_date_stands() {
        let line = "we have seen that it was delivered on 10.06.2019 at last";
        assert_eq!(found(line), [(String::new(), "10.06.2019".into())]);
    }

    #[test]
    fn addresses_and_account_numbers_are_found_whole() {
        assert_eq!(found("IBAN DE89 3704 0044 0532 0130 00"), [("IBAN".into(), "DE89 3704 0044 0532 0130 00".into())]);
        assert_eq!(found("info@example.com"), [(String::new(), "info@example.com".into())]);
    }

    #[test]
    fn plain_words_and_figures_are_nothing() {
        assert_eq!(found("Page 3 of 12 and 99.50"), []);
    }
}
