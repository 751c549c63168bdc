//! Rectangles on the page → lines of letters: each line one call of the recognition model, many lines at once.

use super::EngineError;
use super::cores::{Cores, Pool, each};
use super::crop::{HEIGHT, crop, width};
use super::decode::{Alphabet, Letter, letters};
use super::model::{Model, Tensor};
use super::quad::Quad;
use image::RgbImage;
use tokio_util::sync::CancellationToken;

/// The recognition networks, each computing on one core, and what they tell apart.
pub(super) struct Recognisers<M> {
    /// The networks.
    pub(super) pool: Pool<M>,
    /// Their characters.
    pub(super) alphabet: Alphabet,
}

/// A line as it was read.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where it stands and in which direction it was read.
    pub(super) quad: Quad,
    /// Its letters; `at` is a share of the line's length.
    pub(super) letters: Vec<Letter>,
}

impl Line {
    /// The mean probability of its letters, 0 to 1; 0 without letters.
    pub(super) fn probability(&self) -> f32 {
        self.letters.iter().map(|l| l.probability).sum::<f32>() / (self.letters.len().max(1) as f32)
    }
}

impl<M: Model> Recognisers<M> {
    /// Reads the lines in `quads`, widest first so that no core is left with a long one at the end; answers in the
    /// order of `quads`.
    pub(super) fn lines(
        &self,
        image: &RgbImage,
        quads: &[Quad],
        cores: &Cores,
        cancel: &CancellationToken,
    ) -> Result<Vec<Line>, EngineError> {
        let mut widest_first: Vec<usize> = (0..quads.len()).collect();
        widest_first.sort_by_key(|&n| std::cmp::Reverse(width(quads[n])));
        let lines = each(quads.len(), cores.count(), |n| {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let _lease = cores.lease(1);
            self.line(image, quads[widest_first[n]])
        })?;
        let mut numbered: Vec<(usize, Line)> = widest_first.into_iter().zip(lines).collect();
        numbered.sort_unstable_by_key(|(n, _)| *n);
        Ok(numbered.into_iter().map(|(_, line)| line).collect())
    }

    fn line(&self, image: &RgbImage, quad: Quad) -> Result<Line, EngineError> {
        let crop = crop(image, quad);
        let shape = [1, 3, HEIGHT, crop.padded];
        let mut read = Ok(Vec::new());
        self.pool.take().run(Tensor { shape: &shape, values: &crop.planes }, &mut |output| {
            read = letters(output, &self.alphabet);
        })?;
        let mut letters = read?;
        for letter in &mut letters {
            letter.at = (letter.at * crop.padded as f32 / crop.width as f32).min(1.0);
        }
        Ok(Line { quad, letters })
    }
}
