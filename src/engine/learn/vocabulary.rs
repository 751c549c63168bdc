//! The words of a document as they are compared, each with how well it was read where it was read best.

use super::mend::words_of;
use super::text::bare;
use std::collections::BTreeMap;

/// Words with fewer letters than this are not listed: too many are alike.
const SHORTEST: usize = 5;

/// The longer words of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary(BTreeMap<String, (String, f32)>);

impl Vocabulary {
    /// Of words, each with its score.
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a str, f32)>) -> Self {
        let mut best: BTreeMap<String, (String, f32)> = BTreeMap::new();
        for (text, score) in words {
            for (_, word) in words_of(text) {
                let plain = bare(word);
                if plain.chars().count() < SHORTEST || plain.contains(|c: char| c.is_ascii_digit()) {
                    continue;
                }
                let entry = best.entry(plain).or_insert_with(|| (word.to_owned(), score));
                entry.1 = entry.1.max(score);
            }
        }
        Self(best)
    }

    /// Each word as it is compared, one way to write it, and its best score.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &str, f32)> {
        self.0.iter().map(|(plain, (text, score))| (plain.as_str(), text.as_str(), *score))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_where_it_was_read_best() {
        let words = Vocabulary::of([("Sentosa,", 0.5), ("SENTOSA", 0.8), ("KL", 0.9), ("46000", 0.9)].into_iter());
        assert_eq!(words.words().collect::<Vec<_>>(), [("SENTOSA", "Sentosa", 0.8)]);
    }
}
