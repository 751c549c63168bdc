//! What texts have in common: how they are compared, cut into tokens and hashed. Knows letters only, no places.

use super::lexicon::{Concepts, concepts_of};

/// The letters and digits of a text in upper case: two texts are the same value where these are equal.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The digits of a text, in order.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Mixes `part` into `hash`. Stable over versions: trained weights are kept under these hashes.
pub(super) const fn mixed(hash: u32, part: u32) -> u32 {
    let mut mixed = (hash ^ part).wrapping_mul(0x9E37_79B1);
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x85EB_CA77);
    mixed ^ (mixed >> 13)
}

/// The hash of a text.
pub(super) const fn hashed(text: &str) -> u32 {
    let (bytes, mut hash, mut n) = (text.as_bytes(), 0x811C_9DC5_u32, 0);
    while n < bytes.len() {
        hash = (hash ^ bytes[n] as u32).wrapping_mul(0x0100_0193);
        n += 1;
    }
    hash
}

/// The 64-bit hash of a text, for telling values apart.
pub(super) fn hashed_wide(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// A run of letters, a run of digits or a telling sign within a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    /// The byte where it begins.
    pub(super) start: usize,
    /// The byte behind its end.
    pub(super) end: usize,
    /// The same for tokens that say the same: letters in lower case, digits by their number.
    pub(super) hash: u32,
    /// The same for words that begin alike, so that a misread end does not matter.
    pub(super) stem: u32,
    /// What it means, where the lexicon knows it.
    pub(super) concepts: Concepts,
    /// Whether it is a run of digits.
    pub(super) digits: bool,
}

/// The tokens of a text in order. Digits that were read for letters (`T0TAL`) count as letters.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut run = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let end = at + letter.len_utf8();
        if letter.is_alphanumeric() {
            if letters.peek().is_some_and(|(_, next)| next.is_alphanumeric()) {
                continue;
            }
            push_run(&mut tokens, text, run, end);
        } else if "#$&@%€£".contains(letter) {
            tokens.push(token(&text[at..end], at));
        }
        run = end;
    }
    tokens
}

/// A run of letters and digits as tokens.
fn push_run(tokens: &mut Vec<Token>, text: &str, start: usize, end: usize) {
    let run = &text[start..end];
    if let Some(word) = misread(run) {
        tokens.push(Token { start, end, ..token(&word, start) });
        return;
    }
    let mut from = 0;
    for part in run.split_inclusive_by(|a, b| a.is_numeric() == b.is_numeric()) {
        tokens.push(token(part, start + from));
        from += part.len();
    }
}

/// The word that a run of letters with a few look-alike digits most likely is.
fn misread(run: &str) -> Option<String> {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let letters = run.chars().filter(|c| c.is_alphabetic()).count();
    let alike = |c: char| match c {
        '0' => Some('o'),
        '1' => Some('i'),
        '5' => Some('s'),
        '8' => Some('b'),
        other if other.is_ascii_digit() => None,
        other => Some(other),
    };
    (digits > 0 && letters >= 3 && letters >= 3 * digits).then(|| run.chars().map(alike).collect()).flatten()
}

fn token(text: &str, start: usize) -> Token {
    let digits = text.starts_with(char::is_numeric);
    let lower = text.to_lowercase();
    let hash = if digits { 0xD161_0000 + lower.chars().count().min(7) as u32 } else { hashed(&lower) };
    let stem = if digits {
        hash
    } else {
        let end = lower.char_indices().nth(4).map_or(lower.len(), |(at, _)| at);
        mixed(0x57E4, hashed(&lower[..end]))
    };
    Token { start, end: start + text.len(), hash, stem, concepts: concepts_of(&lower), digits }
}

/// Splitting a text between two letters that do not belong together.
trait SplitBetween {
    fn split_inclusive_by(&self, together: impl Fn(char, char) -> bool) -> Vec<&str>;
}

impl SplitBetween for str {
    fn split_inclusive_by(&self, together: impl Fn(char, char) -> bool) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut from = 0;
        for ((_, a), (at, b)) in self.char_indices().zip(self.char_indices().skip(1)) {
            if !together(a, b) {
                parts.push(&self[from..at]);
                from = at;
            }
        }
        if from < self.len() {
            parts.push(&self[from..]);
        }
        parts
    }
}

/// The outline of a text: capitals `A`, letters `a`, digits `0`, all else as it is; `folded` joins what repeats.
pub(super) fn shape(text: &str, folded: bool) -> String {
    let mut shape = String::with_capacity(text.len());
    for letter in text.chars() {
        let outline = match letter {
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '0',
            c => c,
        };
        if !(folded && shape.ends_with(outline)) {
            shape.push(outline);
        }
    }
    shape
}

/// How alike two texts are, 0 to 1: one less the edits that make one of the other a letter, where letters that
/// readers mix up cost less than others.
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    if a.len().abs_diff(b.len()) * 2 > longest {
        return 0.0;
    }
    let mut row: Vec<f32> = (0..=b.len()).map(|n| n as f32).collect();
    for (i, &letter) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = (i + 1) as f32;
        for (j, &other) in b.iter().enumerate() {
            let changed = corner + confusion(letter, other);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1.0).min(row[j] + 1.0);
        }
    }
    1.0 - row[b.len()] / longest as f32
}

/// Stands for a letter that was read as a sign.
pub(super) const UNREAD: char = '\u{1}';

/// What it costs to read one letter for the other: 0 for the same, 1 for any other.
fn confusion(a: char, b: char) -> f32 {
    const ALIKE: [&str; 10] = ["O0QD", "I1L|!T", "S5", "B8", "Z2", "G6C", "UV", "MN", "EF", "OU"];
    if a == b {
        0.0
    } else if a == UNREAD || ALIKE.iter().any(|group| group.contains(a) && group.contains(b)) {
        0.4
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u32> {
        tokens(text).iter().map(|t| t.hash).collect()
    }

    #[test]
    fn values_are_compared_by_letters_and_digits() {
        assert_eq!(bare("No. 7-a, Straße"), "NO7ASTRASSE");
        assert_eq!(bare(" .,"), "");
    }

    #[test]
    fn digits_count_by_their_number_and_words_by_their_letters() {
        assert_eq!(hashes("Total: 9.50"), hashes("TOTAL 1-23"));
        assert_ne!(hashes("Total 9.50"), hashes("Total 19.50"));
        assert_eq!(
            tokens("Inv#A12 5%").iter().map(|t| t.start..t.end).collect::<Vec<_>>(),
            [0..3, 3..4, 4..5, 5..7, 8..9, 9..10]
        );
    }

    #[test]
    fn digits_read_for_letters_are_letters() {
        assert_eq!(hashes("T0TAL"), hashes("total"));
        assert_eq!(tokens("A12").len(), 2);
    }

    #[test]
    fn a_misread_end_leaves_the_stem() {
        assert_eq!(tokens("invoice")[0].stem, tokens("invoce")[0].stem);
    }

    #[test]
    fn shapes_fold_what_repeats() {
        assert_eq!(shape("AB-12a", false), "AA-00a");
        assert_eq!(shape("AB-12a", true), "A-0a");
    }

    #[test]
    fn letters_that_look_alike_are_nearly_equal() {
        assert!(likeness("KUALA LUMPUR", "KUALA LUMPUR") > 0.999);
        assert!(likeness("0RANGE", "ORANGE") > likeness("XRANGE", "ORANGE"));
        assert!(likeness("A", "ABCDEF") < 0.01);
    }
}
