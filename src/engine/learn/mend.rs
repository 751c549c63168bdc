//! Misread letters put right with what the examples say: a value that is nearly a known one, a word that is nearly one
//! of a known value.

use super::text::{bare, digits, likeness};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A value less like a known one than this is another value …
const SAME_VALUE: f32 = 0.84;
/// … and than this where its digits differ.
const SAME_BUT_DIGITS: f32 = 0.96;
/// A word less like a known one than this is another word.
const SAME_WORD: f32 = 0.84;
/// Shorter words are not mended: too many are alike.
const SHORTEST: usize = 4;
/// A word that was read as surely as this says what is printed.
const SURELY_READ: f32 = 0.97;

/// What the values of examples say, each with how many examples say it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Known {
    /// Values as they are compared, sorted, with one way to write each.
    values: Vec<(String, String, u32)>,
    /// Words of the values as they are compared, sorted.
    words: Vec<(String, String, u32)>,
    /// Whether values and words are mended with them: measured on documents not trained on.
    pub(super) mends_values: bool,
    pub(super) mends_words: bool,
}

impl Known {
    /// What examples say, each given as the texts of its values.
    pub(super) fn of<'a>(examples: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut values: BTreeMap<String, (String, u32)> = BTreeMap::new();
        let mut words: BTreeMap<String, (String, u32)> = BTreeMap::new();
        for texts in examples {
            for (counts, said) in [
                (&mut values, texts.iter().map(|t| t.trim()).collect::<BTreeSet<&str>>()),
                (&mut words, texts.iter().flat_map(|t| words_of(t)).map(|(_, word)| word).collect()),
            ] {
                let mut seen = BTreeSet::new();
                for text in said {
                    let plain = bare(text);
                    if !plain.is_empty() && seen.insert(plain.clone()) {
                        counts.entry(plain).or_insert((text.to_owned(), 0)).1 += 1;
                    }
                }
            }
        }
        let listed = |counts: BTreeMap<String, (String, u32)>| {
            counts.into_iter().map(|(plain, (text, count))| (plain, text, count)).collect()
        };
        Self { values: listed(values), words: listed(words), mends_values: true, mends_words: true }
    }

    /// Whether an example says `text`; `own` are the texts of the document itself if it is one of the examples.
    pub(super) fn says(&self, text: &str, own: &[&str]) -> bool {
        let plain = bare(text);
        let at = self.values.binary_search_by(|(known, _, _)| known.cmp(&plain));
        at.is_ok_and(|at| self.values[at].2 > u32::from(own.iter().any(|own| bare(own) == plain)))
    }

    /// The known value that `text` most likely is, misread.
    pub(super) fn value(&self, text: &str, own: &[&str]) -> Option<&str> {
        let plain = bare(text);
        let figures = digits(&plain);
        let own: BTreeSet<String> = own.iter().map(|own| bare(own)).collect();
        let letters = plain.chars().count();
        self.values
            .iter()
            .filter(|(known, _, count)| {
                *count > u32::from(own.contains(known)) && known.chars().count().abs_diff(letters) * 8 <= letters + 8
            })
            .map(|(known, text, _)| (likeness(&plain, known), known, text))
            .filter(|(like, known, _)| *like >= if digits(known) == figures { SAME_VALUE } else { SAME_BUT_DIGITS })
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, _, text)| text.as_str())
    }

    /// `text` with each doubtfully read word that is nearly a known one put right; `scores` are those of its words.
    pub(super) fn words(&self, text: &str, scores: &[f32], own: &[&str]) -> String {
        let own: BTreeSet<String> = own.iter().flat_map(|own| words_of(own)).map(|(_, word)| bare(word)).collect();
        let mut mended = String::with_capacity(text.len());
        let mut done = 0;
        for (start, word) in words_of(text) {
            // Scores belong to what stands between spaces.
            let number = text[..start].split_whitespace().count()
                - usize::from(!text[..start].is_empty() && !text[..start].ends_with(char::is_whitespace));
            let sure = scores.get(number).is_some_and(|score| *score >= SURELY_READ);
            if let Some(right) = (!sure).then(|| self.word(word, &own)).flatten() {
                mended.push_str(&text[done..start]);
                mended.push_str(right);
                done = start + word.len();
            }
        }
        mended.push_str(&text[done..]);
        mended
    }

    /// The known word that `word` most likely is; none where it is known itself.
    fn word(&self, word: &str, own: &BTreeSet<String>) -> Option<&str> {
        let plain = bare(word);
        let letters = plain.chars().count();
        if letters < SHORTEST || plain.chars().filter(char::is_ascii_digit).count() * 2 > letters {
            return None;
        }
        let others = |(known, _, count): &&(String, String, u32)| *count > u32::from(own.contains(known));
        if self.words.binary_search_by(|(known, _, _)| known.cmp(&plain)).is_ok_and(|at| others(&&self.words[at])) {
            return None;
        }
        self.words
            .iter()
            .filter(others)
            .filter(|(known, _, _)| known.chars().count().abs_diff(letters) <= 1 && known.len() >= SHORTEST)
            .map(|(known, text, count)| (likeness(&plain, known), *count, known, text))
            .filter(|(like, ..)| *like >= SAME_WORD)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(b.2.cmp(a.2)))
            .map(|(.., text)| text.as_str())
    }
}

/// The runs of letters and digits of a text, each with the byte where it begins.
fn words_of(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if letter.is_alphanumeric() => start = Some(at),
            Some(from) if !letter.is_alphanumeric() => {
                words.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known::of([vec!["LIAN HING STATIONERY SDN BHD"], vec!["9, JALAN SUBANG, KUALA LUMPUR"]].into_iter())
    }

    #[test]
    fn a_value_that_is_nearly_known_is_the_known_one() {
        assert_eq!(known().value("LAN HING STATIONERY SDN BHD", &[]), Some("LIAN HING STATIONERY SDN BHD"));
        assert_eq!(known().value("SOMETHING ELSE SDN BHD", &[]), None);
        assert_eq!(known().value("8, JALAN SUBANG, KUALA LUMPUR", &[]), None, "digits say something");
    }

    #[test]
    fn an_example_does_not_mend_itself() {
        let own = ["LIAN HING STATIONERY SDN BHD"];
        assert_eq!(known().value("LAN HING STATIONERY SDN BHD", &own), None);
        assert!(!known().says(own[0], &own) && known().says(own[0], &[]));
    }

    #[test]
    fn doubtful_words_are_put_right_and_sure_ones_stay() {
        let mended = known().words("7, JALAN MANIS, KUALA LUNPUR", &[0.9; 5], &[]);
        assert_eq!(mended, "7, JALAN MANIS, KUALA LUMPUR");
        assert_eq!(known().words("7, LUNPUR", &[0.99, 0.99], &[]), "7, LUNPUR");
    }

    #[test]
    fn nothing_known_mends_nothing() {
        let none = Known::default();
        assert_eq!(none.words("ÄÖ x, 12", &[], &[]), "ÄÖ x, 12");
        assert_eq!(none.value("", &[]), None);
    }
}
