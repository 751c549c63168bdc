//! Where on the page text is, as the detection model sees it: a probability for each pixel of the scaled page.

use super::EngineError;
use super::cores::{Cores, Pool};
use super::model::{Model, Tensor};
use super::resize::{Part, planes};
use image::RgbImage;
use tokio_util::sync::CancellationToken;

/// The model halves its input five times: sides are multiples of this.
const STEP: usize = 32;
/// The largest side of what the model sees at once; longer pages are seen in tiles, so that memory stays bounded.
const TILE: usize = 1600;
/// How far tiles overlap; of an overlap each tile gives the half that is nearer to its middle.
const OVERLAP: usize = 128;

/// Text probabilities over a scaled page.
pub(super) struct Map {
    /// Its width in its own pixels.
    pub(super) width: usize,
    /// Its height in its own pixels.
    pub(super) height: usize,
    /// 0 to 1 for each pixel, row by row.
    pub(super) values: Vec<f32>,
    /// How many of its pixels a page pixel is.
    pub(super) scale: f32,
}

/// The detection networks: each uses `threads` cores.
pub(super) struct Detectors<M> {
    /// The networks.
    pub(super) pool: Pool<M>,
    /// How many cores one of them computes on.
    pub(super) threads: usize,
}

/// One direction of a tiling: where a tile starts, how long it is, and the part of it that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    length: usize,
    from: usize,
    to: usize,
}

/// Covers `length` pixels by spans of at most [`TILE`].
fn spans(length: usize) -> Vec<Span> {
    let count = if length <= TILE { 1 } else { (length - OVERLAP).div_ceil(TILE - OVERLAP) };
    let size = (length + (count - 1) * OVERLAP).div_ceil(count).next_multiple_of(STEP);
    let start = |n: usize| if count == 1 { 0 } else { (length.saturating_sub(size)) * n / (count - 1) };
    let border = |n: usize| match n {
        0 => 0,
        n if n == count => length,
        n => usize::midpoint(start(n), start(n - 1) + size),
    };
    (0..count).map(|n| Span { start: start(n), length: size, from: border(n), to: border(n + 1) }).collect()
}

impl<M: Model> Detectors<M> {
    /// The text probabilities of `image` at `scale`.
    pub(super) fn map(
        &self,
        image: &RgbImage,
        scale: f32,
        cores: &Cores,
        cancel: &CancellationToken,
    ) -> Result<Map, EngineError> {
        let side = |pixels: u32| ((pixels as f32 * scale).round() as usize).max(1);
        let (width, height) = (side(image.width()), side(image.height()));
        let mut values = vec![0.0; width * height];
        for rows in spans(height) {
            for columns in spans(width) {
                if cancel.is_cancelled() {
                    return Err(EngineError::Cancelled);
                }
                let _lease = cores.lease(self.threads);
                let part = Part { left: columns.start, top: rows.start, width: columns.length, height: rows.length };
                let pixels = planes(image, scale, part, self.threads)?;
                let shape = [1, 3, part.height, part.width];
                self.pool.take().run(Tensor { shape: &shape, values: &pixels }, &mut |map| {
                    for y in rows.from..rows.to {
                        let seen = (y - rows.start) * part.width;
                        let Some(seen) =
                            map.values.get(seen + columns.from - columns.start..seen + columns.to - columns.start)
                        else {
                            return;
                        };
                        values[y * width + columns.from..y * width + columns.to].copy_from_slice(seen);
                    }
                })?;
            }
        }
        Ok(Map { width, height, values, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Fake;
    use super::*;
    use image::Rgb;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tiles_cover_any_length_once(length in 1..60_000usize) {
            let spans = spans(length);
            prop_assert_eq!(spans[0].from, 0);
            prop_assert_eq!(spans[spans.len() - 1].to, length);
            for pair in spans.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for span in spans {
                prop_assert!(span.length.is_multiple_of(STEP) && span.length <= TILE);
                prop_assert!(span.start <= span.from && span.to <= span.start + span.length && span.from < span.to);
                // What counts is seen with some of its surroundings.
                prop_assert!(span.start == 0 || span.from - span.start >= OVERLAP / 2 - STEP);
            }
        }
    }

    #[test]
    fn a_long_page_is_seen_in_tiles_without_seams() {
        // A model that answers with the red plane: the map must be the page itself.
        let red = Fake {
            answer: |input: Tensor<'_>| {
                let plane = input.shape[2] * input.shape[3];
                (vec![1, 1, input.shape[2], input.shape[3]], input.values[2 * plane..].to_vec())
            },
        };
        let image = RgbImage::from_fn(40, 5000, |x, y| Rgb([((x + y) % 251) as u8, 0, 0]));
        let detectors = Detectors { pool: Pool::new(vec![red]), threads: 1 };
        let map = detectors.map(&image, 1.0, &Cores::new(1), &CancellationToken::new()).unwrap();
        assert_eq!((map.width, map.height), (40, 5000));
        for (pixel, value) in image.pixels().zip(&map.values) {
            assert!((f32::from(pixel.0[0]) / 127.5 - 1.0 - value).abs() < 1e-3);
        }
    }
}
