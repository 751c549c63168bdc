//! Letters of scripts that a page is not written in: to a network that knows them all, a row of asterisks looks like
//! Chinese and a speck over a letter like an accent.

use super::decode::Letter;
use super::recognise::Line;
use std::collections::BTreeSet;

/// A letter that is read as surely as this is what it says.
const SURE: f32 = 0.95;
/// So many different sure letters show that a page has a script: in one line for ideographs, on the page for any other.
const SHOWN: usize = 2;
/// A letter that is less likely ASCII than this is dirt.
const DIRT: f32 = 0.1;

/// What letters that are not ASCII belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    /// Chinese, Japanese and Korean, with their own punctuation: never alone among other letters.
    Ideographs,
    /// Letters with accents, Greek, Cyrillic and all others.
    Other,
}

impl Script {
    /// `None` of what any page may have: ASCII, and signs such as € and °.
    fn of(char: char) -> Option<Self> {
        match char {
            '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' => {
                Some(Self::Ideographs)
            }
            '\u{20000}'..='\u{3FFFF}' => Some(Self::Ideographs),
            _ if char.is_ascii() || !char.is_alphabetic() => None,
            _ => Some(Self::Other),
        }
    }
}

/// Reads letters of scripts that the page shows nowhere surely as the ASCII characters they most likely are; those that
/// are none are dirt and left out.
pub(super) fn keep_to_scripts(lines: &mut [Line]) {
    let has_ideographs = lines.iter().any(|line| shown(&line.letters, Script::Ideographs));
    let has_others = shown(lines.iter().flat_map(|line| &line.letters), Script::Other);
    let stays = |letter: &Letter| match Script::of(letter.char) {
        None => true,
        Some(Script::Ideographs) => has_ideographs,
        Some(Script::Other) => has_others || letter.probability >= SURE,
    };
    for line in lines {
        let mut space = 0_f32;
        line.letters.retain_mut(|letter| {
            if let Some((plain, likely)) = letter.plain.filter(|_| !stays(letter)) {
                (letter.char, letter.probability) = (plain, likely);
                if likely < DIRT {
                    space = space.max(letter.space_before);
                    return false;
                }
            }
            letter.space_before = letter.space_before.max(std::mem::take(&mut space));
            true
        });
    }
}

/// Whether letters show that what they stand in has a script.
fn shown<'a>(letters: impl IntoIterator<Item = &'a Letter>, script: Script) -> bool {
    let sure = letters.into_iter().filter(|l| l.probability >= SURE && Script::of(l.char) == Some(script));
    sure.map(|letter| letter.char).collect::<BTreeSet<char>>().len() >= SHOWN
}

#[cfg(test)]
mod tests {
    use super::super::quad::Quad;
    use super::*;
    use crate::document::PageRect;

    /// A line whose letters are as sure as this, and most likely an asterisk otherwise, with the chance `plain`.
    fn line(text: &str, probability: f32, plain: f32) -> Line {
        let letter = |char: char| Letter {
            char,
            probability,
            at: 0.5,
            space_before: 0.01,
            plain: (!char.is_ascii()).then_some(('*', plain)),
        };
        Line { quad: Quad::upright(PageRect::default()), letters: text.chars().map(letter).collect() }
    }

    fn kept(mut lines: Vec<Line>) -> Vec<String> {
        keep_to_scripts(&mut lines);
        lines.iter().map(|line| line.letters.iter().map(|l| l.char).collect()).collect()
    }

    #[test]
    fn asterisks_that_look_like_chinese_are_asterisks() {
        assert_eq!(kept(vec![line("TOTAL", 0.99, 0.0), line("家家*求", 0.9, 0.3)]), ["TOTAL", "****"]);
        assert_eq!(kept(vec![line("家家家家", 0.99, 0.3)]), ["****"], "one sign again and again is no text");
    }

    #[test]
    fn a_page_that_has_chinese_keeps_it() {
        assert_eq!(kept(vec![line("発票", 0.99, 0.001), line("番号", 0.6, 0.3)]), ["発票", "番号"]);
    }

    #[test]
    fn an_accent_stays_where_the_page_has_accents_or_it_is_sure() {
        assert_eq!(kept(vec![line("É", 0.8, 0.2)]), ["*"]);
        assert_eq!(kept(vec![line("É", 0.97, 0.02)]), ["É"]);
        assert_eq!(kept(vec![line("é", 0.97, 0.02), line("È", 0.99, 0.0), line("ç", 0.6, 0.2)]), ["é", "È", "ç"]);
        assert_eq!(kept(vec![line("5 €", 0.6, 0.3)]), ["5 €"], "any page may have signs");
    }

    #[test]
    fn dirt_is_left_out_and_the_space_before_it_stays() {
        let mut lines = vec![line("a事b", 0.8, 0.01)];
        lines[0].letters[1].space_before = 0.7;
        keep_to_scripts(&mut lines);
        let letters: Vec<(char, f32)> = lines[0].letters.iter().map(|l| (l.char, l.space_before)).collect();
        assert_eq!(letters, [('a', 0.01), ('b', 0.7)]);
    }
}
