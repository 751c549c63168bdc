//! A line of letters → its words, each with its own rectangle and score.

use super::decode::Letter;
use super::recognise::Line;
use crate::document::{Score, Word};

/// The model rarely chooses the space, but it sees it: from this probability on there is one.
const SPACE: f32 = 0.06;

/// The words of `line`, in the order they are read; `line` numbers are for `order` to give.
pub(super) fn words(line: &Line) -> Vec<Word> {
    let pitch = pitch(&line.letters, line.quad.height() / line.quad.length().max(1e-3));
    line.letters
        .chunk_by(|_, next| next.space_before <= SPACE)
        .map(|letters| {
            let from = letters.first().map_or(0.0, |l| l.at - pitch / 2.0).max(0.0);
            let to = letters.last().map_or(1.0, |l| l.at + pitch / 2.0).min(1.0);
            Word {
                text: letters.iter().map(|l| l.char).collect(),
                rect: line.quad.part(from, to).bounds(),
                score: score(letters),
                ..Word::default()
            }
        })
        .collect()
}

/// The distance of two neighbouring letters as a share of the line, half of `height` (a share as well) where no word
/// has two letters.
fn pitch(letters: &[Letter], height: f32) -> f32 {
    let mut pitches: Vec<f32> =
        letters.windows(2).filter(|pair| pair[1].space_before <= SPACE).map(|pair| pair[1].at - pair[0].at).collect();
    pitches.sort_unstable_by(f32::total_cmp);
    pitches.get(pitches.len() / 2).copied().unwrap_or(height / 2.0)
}

/// The probability that all letters are right.
fn score(letters: &[Letter]) -> Score {
    Score::new(letters.iter().map(|l| l.probability).product())
}

#[cfg(test)]
mod tests {
    use super::super::quad::Quad;
    use super::*;
    use crate::document::PageRect;

    fn line(text: &str) -> Line {
        let count = text.chars().count() as f32;
        let mut letters = Vec::new();
        let mut space_before = 0.0;
        for (n, char) in text.chars().enumerate() {
            if char == ' ' {
                space_before = 0.3;
            } else {
                letters.push(Letter {
                    char,
                    probability: 0.9,
                    at: (n as f32 + 0.5) / count,
                    space_before,
                    plain: None,
                });
                space_before = 0.01;
            }
        }
        Line { quad: Quad::upright(PageRect::new(100.0, 50.0, 100.0 + 10.0 * count, 70.0)), letters }
    }

    #[test]
    fn words_part_where_the_model_saw_a_space() {
        let words = words(&line("Total 9.50"));
        assert_eq!(words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["Total", "9.50"]);
        assert!(words[0].rect.iou(PageRect::new(100.0, 50.0, 150.0, 70.0)) > 0.95);
        assert!(words[1].rect.iou(PageRect::new(160.0, 50.0, 200.0, 70.0)) > 0.95);
        assert!((words[1].score.get() - 0.9f32.powi(4)).abs() < 1e-5);
    }

    #[test]
    fn a_single_letter_has_a_width() {
        let words = words(&line("1"));
        assert_eq!(words.len(), 1);
        assert!(words[0].rect.width() > 5.0);
        assert!(super::words(&line("")).is_empty());
    }
}
