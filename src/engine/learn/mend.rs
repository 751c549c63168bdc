//! Misread letters put right: a value that is nearly one of the examples', a word that is nearly one of theirs, one that
//! the same document says elsewhere, or one that many addresses and names of companies have.

use super::lexicon::{Concepts, words_of as lexicon_words};
use super::text::{UNREAD, bare, digits, likeness};
use super::vocabulary::Vocabulary;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A value less like a known one than this is another value …
const SAME_VALUE: f32 = 0.84;
/// … and than this where its digits differ.
const SAME_BUT_DIGITS: f32 = 0.96;
/// A word less like a known one than this is another word.
const SAME_WORD: f32 = 0.84;
/// A longer word that was read worse than this …
const BADLY_READ: f32 = 0.8;
/// … is another word only where it is less like a known one than this.
const SAME_WORD_BADLY_READ: f32 = 0.79;
/// Two pieces with a sign between them are a known word only where they are as like it as this.
const SAME_JOINED: f32 = 0.9;
/// Shorter words are not mended: too many are alike.
const SHORTEST: usize = 3;
/// Words with fewer letters than this are mended only where they were read badly, and not with the page's own.
const SHORT: usize = 5;
/// A word that was read as surely as this says what is printed …
const SURELY_READ: f32 = 0.97;
/// … and a short one as this.
const SHORT_SURELY_READ: f32 = 0.9;
/// A word that another place of the document says was read better there by this.
const BETTER_READ: f32 = 0.05;

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

    /// `text` with each doubtfully read word that is nearly another one put right; `scores` are those of its words.
    pub(super) fn words(&self, text: &str, scores: &[f32], own: &[&str], page: &Vocabulary) -> String {
        let own = words_said(own);
        let mut mended = String::with_capacity(text.len());
        let mut done = 0;
        let parts = words_of(text);
        for (n, &(start, word)) in parts.iter().enumerate() {
            if start < done {
                continue;
            }
            let score = score_at(text, start, scores);
            if let Some((next, other)) = parts.get(n + 1).copied()
                && let Some(right) = self.joined(word, &text[start + word.len()..next], other, &own)
            {
                mended.push_str(&text[done..start]);
                mended.push_str(&right);
                done = next + other.len();
                continue;
            }
            if let Some(right) = self.word(word, score, &own, page) {
                mended.push_str(&text[done..start]);
                mended.push_str(&right);
                done = start + word.len();
            }
        }
        mended.push_str(&text[done..]);
        mended
    }

    /// The scores of those words of `text` that are known by nothing else: letters do not come together as a known
    /// word by misreading.
    pub(super) fn doubts(&self, text: &str, scores: &[f32], own: &[&str]) -> Vec<f32> {
        let own = words_said(own);
        let known = |part: &str| {
            let mut words = words_of(part).into_iter().map(|(_, word)| bare(word)).peekable();
            words.peek().is_some() && words.all(|word| word.chars().count() >= SHORTEST && self.has(&word, &own))
        };
        text.split_whitespace().zip(scores).filter(|(part, _)| !known(part)).map(|(_, score)| *score).collect()
    }

    /// Whether examples or the lexicon have a word.
    fn has(&self, plain: &str, own: &BTreeSet<String>) -> bool {
        let at = self.words.binary_search_by(|(known, _, _)| known.as_str().cmp(plain));
        at.is_ok_and(|at| self.words[at].2 > u32::from(own.contains(plain))) || lexicon_has(plain)
    }

    /// The known word that two words are, with a letter between them that was read as a sign.
    fn joined(&self, word: &str, between: &str, other: &str, own: &BTreeSet<String>) -> Option<String> {
        let sign = between.trim_end();
        if sign.chars().count() != 1 || between.len() - sign.len() > 1 || sign.starts_with(char::is_whitespace) {
            return None;
        }
        let (first, second) = (bare(word), bare(other));
        let is_word = |plain: &str| plain.chars().all(char::is_alphabetic) && !self.has(plain, own);
        if first.is_empty() || second.is_empty() || !is_word(&first) || !is_word(&second) {
            return None;
        }
        let plain = format!("{first}{UNREAD}{second}");
        let letters = plain.chars().count();
        let examples = self.words.iter().filter(|(known, _, count)| *count > u32::from(own.contains(known)));
        let examples = examples.map(|(known, text, _)| (known.as_str(), Some(text.as_str())));
        examples
            .chain(LEXICON.iter().map(|known| (known.as_str(), None)))
            .filter(|(known, _)| known.chars().count() == letters && letters >= SHORT)
            .map(|(known, text)| (likeness(&plain, known), known, text))
            .filter(|(like, ..)| *like >= SAME_JOINED)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, known, text)| text.map_or_else(|| as_written(known, word), str::to_owned))
    }

    /// The word that `word` most likely is; none where it is known itself or was read surely.
    fn word(&self, word: &str, score: Option<f32>, own: &BTreeSet<String>, page: &Vocabulary) -> Option<String> {
        let plain = bare(word);
        let letters = plain.chars().count();
        let sure = score.is_some_and(|s| s >= if letters < SHORT { SHORT_SURELY_READ } else { SURELY_READ });
        let badly = letters >= SHORT && score.is_some_and(|score| score < BADLY_READ);
        let enough = if badly { SAME_WORD_BADLY_READ } else { SAME_WORD };
        let figures = plain.chars().filter(char::is_ascii_digit).count();
        if sure || letters < SHORTEST || figures * 2 > letters || self.has(&plain, own) {
            return None;
        }
        let examples = self.words.iter().filter(|(known, _, count)| *count > u32::from(own.contains(known)));
        let examples = examples.map(|(known, text, count)| (known.as_str(), Some(text.as_str()), 1 + count));
        let read = score.unwrap_or(1.0) + BETTER_READ;
        let elsewhere = page.words().filter(|(_, _, best)| letters >= SHORT && *best >= read);
        let elsewhere = elsewhere.map(|(known, text, _)| (known, Some(text), 1));
        let common = LEXICON.iter().map(|known| (known.as_str(), None, 0));
        examples
            .chain(elsewhere)
            .chain(common)
            .filter(|(known, ..)| known.chars().count().abs_diff(letters) <= 1 && known.len() >= SHORTEST)
            .map(|(known, text, count)| (likeness(&plain, known), count, known, text))
            .filter(|(like, ..)| *like >= enough)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(b.2.cmp(a.2)))
            .map(|(_, _, known, text)| text.map_or_else(|| as_written(known, word), str::to_owned))
    }
}

/// The words that are common in addresses and names of companies, as they are compared, sorted.
static LEXICON: LazyLock<Vec<String>> = LazyLock::new(|| {
    let concepts = Concepts::STREET.or(Concepts::PLACE).or(Concepts::LEGAL).or(Concepts::TRADE);
    let mut words: Vec<String> = lexicon_words(concepts).map(bare).collect();
    words.sort();
    words.dedup();
    words
});

fn lexicon_has(plain: &str) -> bool {
    LEXICON.binary_search_by(|known| known.as_str().cmp(plain)).is_ok()
}

/// `known`, in capitals, in small letters or with the first one large, as `word` is.
fn as_written(known: &str, word: &str) -> String {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let (first, small) = (letters.next(), letters.filter(|c| c.is_lowercase()).count());
    if small * 2 < word.chars().count() {
        return known.to_owned();
    }
    let lower = known.to_lowercase();
    let mut rest = lower.chars();
    match (first.filter(|c| c.is_uppercase()), rest.next()) {
        (Some(_), Some(start)) => start.to_uppercase().chain(rest).collect(),
        _ => lower,
    }
}

/// The words of texts, as they are compared.
fn words_said(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().flat_map(|text| words_of(text)).map(|(_, word)| bare(word)).collect()
}

/// The score of the word that begins at byte `start`; scores belong to what stands between spaces.
fn score_at(text: &str, start: usize, scores: &[f32]) -> Option<f32> {
    let before = &text[..start];
    let glued = !before.is_empty() && !before.ends_with(char::is_whitespace);
    scores.get(before.split_whitespace().count() - usize::from(glued)).copied()
}

/// The runs of letters and digits of a text, each with the byte where it begins.
pub(super) fn words_of(text: &str) -> Vec<(usize, &str)> {
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
        let none = Vocabulary::default();
        let mended = known().words("7, JALAN MANIS, KUALA LUNPUR", &[0.9; 5], &[], &none);
        assert_eq!(mended, "7, JALAN MANIS, KUALA LUMPUR");
        assert_eq!(known().words("7, LUNPUR", &[0.99, 0.99], &[], &none), "7, LUNPUR");
    }

    #[test]
    fn words_of_addresses_need_no_example_and_are_written_as_what_they_replace() {
        let (none, known) = (Vocabulary::default(), Known::default());
        assert_eq!(known.words("L0T 7, Jln Manis", &[0.7; 4], &[], &none), "LOT 7, Jln Manis");
        assert_eq!(known.words("7, JIn Manis, Kuala Lumpvr", &[0.7; 5], &[], &none), "7, JLN Manis, Kuala Lumpur");
        assert_eq!(known.words("7, JIn Manis", &[0.95; 3], &[], &none), "7, JIn Manis", "a short word, read well");
    }

    #[test]
    fn a_word_that_was_read_badly_may_be_less_like_a_known_one() {
        let known = Known::of([vec!["SHAH ALAM, DARUL EHSAN"]].into_iter());
        let words = |score| known.words("SELANGOR DIARUL", &[0.9, score], &[], &Vocabulary::default());
        assert_eq!(words(0.7), "SELANGOR DARUL");
        assert_eq!(words(0.9), "SELANGOR DIARUL");
    }

    #[test]
    fn a_letter_that_was_read_as_a_sign_does_not_part_a_word() {
        let words = |text: &str| Known::default().words(text, &[0.99; 6], &[], &Vocabulary::default());
        assert_eq!(words("NO.12,JA:AN SS4"), "NO.12,JALAN SS4");
        assert_eq!(words("JAYA SE_ ANGOR KL"), "JAYA SELANGOR KL");
        assert_eq!(words("TEL: LOT, NO:12, JALAN-KUALA"), "TEL: LOT, NO:12, JALAN-KUALA", "signs between words");
    }

    #[test]
    fn what_the_document_says_elsewhere_puts_a_word_right() {
        let page = Vocabulary::of([("SENTOSA,", 0.8), ("8", 0.9)].into_iter());
        let words = |score: f32| Known::default().words("SERI SENTDSA 8", &[0.9, score, 0.9], &[], &page);
        assert_eq!(words(0.5), "SERI SENTOSA 8");
        assert_eq!(words(0.78), "SERI SENTDSA 8", "not read better there");
    }

    #[test]
    fn known_words_are_not_doubted() {
        assert_eq!(known().doubts("NO 7 JALAN XYZ, KUALA", &[0.5, 0.6, 0.7, 0.8, 0.9], &[]), [0.5, 0.6, 0.8]);
    }

    #[test]
    fn nothing_known_mends_nothing() {
        let none = Known::default();
        assert_eq!(none.words("ÄÖ x, 12", &[], &[], &Vocabulary::default()), "ÄÖ x, 12");
        assert_eq!(none.value("", &[]), None);
    }
}
