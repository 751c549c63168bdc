//! What the recognition model says of a line → its letters, each with a probability and a place (CTC, Graves 2006).

use super::EngineError;
use super::model::Tensor;

/// The characters that the model tells apart: class 0 is no character, then these, then the space.
pub(super) struct Alphabet {
    characters: Vec<char>,
    /// The classes of ASCII characters.
    plain: Vec<usize>,
}

/// One character of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    /// The character; never white space.
    pub(super) char: char,
    /// The probability that it is this one, 0 to 1.
    pub(super) probability: f32,
    /// Where its middle is, as a share of what the model saw, 0 to 1.
    pub(super) at: f32,
    /// The probability of a space between the character before and this one, 0 to 1.
    pub(super) space_before: f32,
    /// Of one that is not ASCII: which ASCII character it is most likely instead, and how likely.
    pub(super) plain: Option<(char, f32)>,
}

impl Alphabet {
    /// From the model's own list: one character a line.
    pub(super) fn new(list: &str) -> Self {
        let characters: Vec<char> = list.lines().map(|line| line.chars().next().unwrap_or(' ')).collect();
        let plain = (1..).zip(&characters).filter(|(_, c)| c.is_ascii_graphic()).map(|(class, _)| class).collect();
        Self { characters, plain }
    }

    /// How many classes the model must have.
    pub(super) fn classes(&self) -> usize {
        self.characters.len() + 2
    }

    fn class(&self, class: usize) -> char {
        class.checked_sub(1).and_then(|n| self.characters.get(n)).copied().unwrap_or(' ')
    }

    /// The likeliest ASCII character of a step, where `char` is none itself.
    fn plain_instead_of(&self, char: char, row: &[f32]) -> Option<(char, f32)> {
        if char.is_ascii() {
            return None;
        }
        let best = self.plain.iter().copied().max_by(|a, b| row[*a].total_cmp(&row[*b]))?;
        Some((self.class(best), row[best]))
    }
}

/// The most probable class at each step, runs of one class joined, blanks and spaces left out. `output` is
/// 1 × steps × classes.
pub(super) fn letters(output: Tensor<'_>, alphabet: &Alphabet) -> Result<Vec<Letter>, EngineError> {
    let [_, steps, classes] = output.shape else {
        return Err(EngineError::Failed(format!(
            "the recognition model answered with {} dimensions",
            output.shape.len()
        )));
    };
    if *classes != alphabet.classes() {
        let reason = format!("it has {classes} classes for {} characters", alphabet.classes());
        return Err(EngineError::Part { part: "the recognition model", reason });
    }
    let mut letters: Vec<Letter> = Vec::new();
    let (mut previous, mut run_start, mut space) = (0, 0, 0f32);
    for (step, row) in output.values.chunks_exact(*classes).enumerate().take(*steps) {
        let (class, probability) = largest(row);
        let char = alphabet.class(class);
        let middle = |from: usize| (from + step + 1) as f32 / (2 * steps) as f32;
        if class != 0 && char.is_whitespace() {
            space = 1.0;
        } else if class != 0 && class != previous {
            run_start = step;
            let plain = alphabet.plain_instead_of(char, row);
            letters.push(Letter { char, probability, at: middle(step), space_before: space, plain });
            space = 0.0;
        } else if class != 0
            && let Some(letter) = letters.last_mut()
        {
            letter.probability = letter.probability.max(probability);
            letter.at = middle(run_start);
            if let Some((plain, likely)) = alphabet.plain_instead_of(char, row)
                && letter.plain.is_none_or(|(_, before)| before < likely)
            {
                letter.plain = Some((plain, likely));
            }
        }
        if !char.is_whitespace() || class == 0 {
            space = space.max(row[classes - 1]);
        }
        previous = class;
    }
    Ok(letters)
}

/// The place and value of the largest of `values`; of a row of NaN the first.
fn largest(values: &[f32]) -> (usize, f32) {
    // Chunks of fixed length let the compiler compare many at once.
    let mut lanes = [f32::NEG_INFINITY; 16];
    let chunks = values.chunks_exact(16);
    let rest = chunks.remainder().iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = if value > *lane { value } else { *lane };
        }
    }
    let largest = lanes.into_iter().fold(rest, f32::max);
    (values.iter().position(|&v| v >= largest).unwrap_or(0), largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn abc() -> Alphabet {
        Alphabet::new("a\nb\nc")
    }

    /// Rows of probabilities: one class named, with its probability; the rest is blank. `_` is the space.
    fn output(steps: &[(char, f32)]) -> Vec<f32> {
        steps
            .iter()
            .flat_map(|&(char, p)| {
                let mut row = [1.0 - p, 0.0, 0.0, 0.0, 0.0];
                row[match char {
                    'a'..='c' => char as usize - 'a' as usize + 1,
                    '_' => 4,
                    _ => 0,
                }] = p;
                row
            })
            .collect()
    }

    fn decoded(steps: &[(char, f32)]) -> Vec<Letter> {
        letters(Tensor { shape: &[1, steps.len(), 5], values: &output(steps) }, &abc()).unwrap()
    }

    fn text(letters: &[Letter]) -> String {
        letters.iter().map(|l| l.char).collect()
    }

    #[test]
    fn runs_are_one_letter_and_a_blank_parts_equal_ones() {
        let letters = decoded(&[('a', 0.6), ('a', 0.9), ('-', 1.0), ('a', 0.8), ('b', 0.7)]);
        assert_eq!(text(&letters), "aab");
        assert!((letters[0].probability - 0.9).abs() < 1e-6 && (letters[0].at - 0.2).abs() < 1e-6);
    }

    #[test]
    fn a_space_is_known_to_the_letter_after_it() {
        let seen = decoded(&[('a', 0.9), ('_', 0.2), ('b', 0.9), ('_', 0.9), ('c', 0.9)]);
        assert_eq!(text(&seen), "abc");
        assert_eq!(seen.iter().map(|l| l.space_before).collect::<Vec<_>>(), [0.0, 0.2, 1.0]);
    }

    #[test]
    fn equal_letters_with_a_space_between_stay_two() {
        assert_eq!(text(&decoded(&[('a', 0.9), ('_', 0.9), ('a', 0.9)])), "aa");
    }

    #[test]
    fn a_letter_that_is_not_ascii_knows_what_it_is_otherwise() {
        let alphabet = Alphabet::new("家\n*\nb");
        let values = [0.1, 0.6, 0.2, 0.1, 0.0, 0.1, 0.5, 0.3, 0.1, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let letters = letters(Tensor { shape: &[1, 3, 5], values: &values }, &alphabet).unwrap();
        assert_eq!(text(&letters), "家b");
        assert_eq!(letters.iter().map(|l| l.plain).collect::<Vec<_>>(), [Some(('*', 0.3)), None]);
    }

    #[test]
    fn a_model_with_another_alphabet_is_refused() {
        let result = letters(Tensor { shape: &[1, 1, 4], values: &[0.0; 4] }, &abc());
        assert!(matches!(result, Err(EngineError::Part { .. })));
    }

    proptest! {
        #[test]
        fn the_largest_is_found_wherever_it_stands(values in prop::collection::vec(0.0..1f32, 1..100)) {
            let (at, value) = largest(&values);
            prop_assert!((values[at] - value).abs() < f32::EPSILON);
            prop_assert!(values.iter().all(|&v| v <= value));
        }

        #[test]
        fn letters_stand_in_order(classes in prop::collection::vec((0..5usize, 0.51..1f32), 1..40)) {
            let steps: Vec<(char, f32)> = classes.into_iter().map(|(c, p)| (['-', 'a', 'b', 'c', '_'][c], p)).collect();
            let letters = decoded(&steps);
            for pair in letters.windows(2) {
                prop_assert!(pair[0].at < pair[1].at);
            }
            for letter in letters {
                prop_assert!(letter.at > 0.0 && letter.at < 1.0 && letter.probability > 0.5);
            }
        }
    }
}
