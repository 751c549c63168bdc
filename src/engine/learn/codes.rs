//! Numbers and codes that name things: where they stand in a text.

use crate::document::dates;

/// A code that was found: the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// All codes of a text: runs of letters, digits and `-_/.#` with two digits or more that are no date; also without
/// what follows the last `/` or `.`, and runs of such words together (`DE88 2008 0000`).
pub(super) fn find(text: &str) -> Vec<Found> {
    let words = words(text);
    let mut found = Vec::new();
    for word in &words {
        let code = &text[word.start..word.end];
        if count_digits(code) < 2 || dates::is_date(code) {
            continue;
        }
        found.push(*word);
        if let Some(cut) = code.rfind(['/', '.']).filter(|cut| code[..*cut].ends_with(|c: char| c.is_ascii_digit())) {
            found.push(Found { start: word.start, end: word.start + cut });
        }
    }
    for run in words.chunk_by(|a, b| b.start == a.end + 1 && is_part(text, *a) && is_part(text, *b)) {
        if (2..=9).contains(&run.len()) {
            found.push(Found { start: run[0].start, end: run[run.len() - 1].end });
        }
    }
    found
}

/// Whether a text is a code as a whole: no spaces, two digits or more.
pub(super) fn is_code(text: &str) -> bool {
    let text = text.trim();
    words(text).first().is_some_and(|w| w.start == 0 && w.end == text.len()) && count_digits(text) >= 2
}

/// The runs of letters, digits and signs of codes, without signs at their ends.
fn words(text: &str) -> Vec<Found> {
    let in_code = |c: char| c.is_alphanumeric() || "-_/.#".contains(c);
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if letter.is_alphanumeric() => start = Some(at),
            Some(from) if !in_code(letter) => {
                let end = from + text[from..at].trim_end_matches(['-', '_', '/', '.', '#']).len();
                words.push(Found { start: from, end });
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn count_digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// Whether a word may be a part of a code in groups.
fn is_part(text: &str, found: Found) -> bool {
    let word = &text[found.start..found.end];
    count_digits(word) > 0 && !dates::is_date(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find(text).iter().map(|f| &text[f.start..f.end]).collect()
    }

    #[test]
    fn codes_are_found_with_and_without_their_last_part() {
        assert_eq!(texts("Inv RE-20140519/499."), ["RE-20140519/499", "RE-20140519"]);
        assert_eq!(texts("Contract: 1456957-2"), ["1456957-2"]);
        assert_eq!(texts("on 27/03/2018 A1"), Vec::<&str>::new());
    }

    #[test]
    fn a_code_in_groups_is_one_code_too() {
        assert_eq!(texts("IBAN DE88 2008 0000"), ["DE88", "2008", "0000", "DE88 2008 0000"]);
    }

    #[test]
    fn a_code_has_no_spaces() {
        assert!(is_code("KT20020037") && is_code("281409"));
        assert!(!is_code("America 2020") && !is_code("A1"));
    }
}
