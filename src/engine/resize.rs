//! A page's pixels at another scale, as the detection model wants them. Slanted parts are `crop`'s work.

use super::EngineError;
use super::cores::each;
use image::RgbImage;

/// A rectangle of whole pixels of a scaled page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Pixels from the scaled page's left edge.
    pub(super) left: usize,
    /// Pixels from the scaled page's top edge.
    pub(super) top: usize,
    /// Its width; may reach beyond the page.
    pub(super) width: usize,
    /// Its height; may reach beyond the page.
    pub(super) height: usize,
}

/// What one scaled pixel is made of: the first source pixel and the weights of it and its followers.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// The taps of the scaled pixels `from..from + count` where `scale` scaled pixels are one of `source`: linear between
/// pixels when it grows, a triangle as wide as two scaled pixels when it shrinks, so that thin strokes stay. Beyond the edge the edge's pixel goes on.
fn taps(from: usize, count: usize, scale: f32, source: usize) -> Vec<Taps> {
    let step = 1.0 / scale;
    let reach = step.max(1.0);
    let last = source.saturating_sub(1);
    (from..from + count)
        .map(|n| {
            let center = ((n as f32 + 0.5) * step - 0.5).clamp(0.0, last as f32);
            let first = (center - reach).ceil().max(0.0) as usize;
            let end = ((center + reach).floor() as usize).min(last);
            let mut weights: Vec<f32> = (first..=end).map(|j| 1.0 - (j as f32 - center).abs() / reach).collect();
            let sum: f32 = weights.iter().sum();
            for weight in &mut weights {
                *weight /= sum;
            }
            Taps { first, weights }
        })
        .collect()
}

/// The `part` of `image` at `scale`: blue, green and red planes (the order of the models' training), −1 (black) to 1.
pub(super) fn planes(image: &RgbImage, scale: f32, part: Part, threads: usize) -> Result<Vec<f32>, EngineError> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let columns = taps(part.left, part.width, scale, width);
    let rows = taps(part.top, part.height, scale, height);
    let band = part.height.div_ceil(threads.max(1)).max(1);
    let bands = each(part.height.div_ceil(band), threads, |n| {
        let rows = &rows[n * band..part.height.min((n + 1) * band)];
        Ok(scaled_rows(image, rows, &columns))
    })?;
    let mut planes = Vec::with_capacity(3 * part.width * part.height);
    for channel in [2, 1, 0] {
        for band in &bands {
            let plane = band.len() / 3;
            planes.extend_from_slice(&band[channel * plane..(channel + 1) * plane]);
        }
    }
    Ok(planes)
}

/// Scaled rows as red, green and blue planes.
fn scaled_rows(image: &RgbImage, rows: &[Taps], columns: &[Taps]) -> Vec<f32> {
    let (stride, out) = (image.width() as usize * 3, columns.len());
    let pixels = image.as_raw();
    let mut planes = vec![0.0; 3 * rows.len() * out];
    let (red, rest) = planes.split_at_mut(rows.len() * out);
    let (green, blue) = rest.split_at_mut(rows.len() * out);
    let mut sums = vec![0f32; stride];
    for (y, row) in rows.iter().enumerate() {
        sums.fill(0.0);
        for (source, weight) in pixels[row.first * stride..].chunks_exact(stride).zip(&row.weights) {
            for (sum, &value) in sums.iter_mut().zip(source) {
                *sum += weight * f32::from(value);
            }
        }
        for (x, column) in columns.iter().enumerate() {
            let mut color = [0f32; 3];
            for (pixel, weight) in sums[column.first * 3..].chunks_exact(3).zip(&column.weights) {
                for (c, value) in color.iter_mut().zip(pixel) {
                    *c += weight * value;
                }
            }
            let at = y * out + x;
            [red[at], green[at], blue[at]] = color.map(|c| c / 127.5 - 1.0);
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn whole(width: usize, height: usize) -> Part {
        Part { left: 0, top: 0, width, height }
    }

    #[test]
    fn the_same_scale_keeps_every_pixel() {
        let image = RgbImage::from_fn(5, 4, |x, y| Rgb([(x * 40) as u8, (y * 60) as u8, 255]));
        let planes = planes(&image, 1.0, whole(5, 4), 2).unwrap();
        for (x, y, pixel) in image.enumerate_pixels() {
            let at = (y * 5 + x) as usize;
            let have = [planes[40 + at], planes[20 + at], planes[at]].map(|v| ((v + 1.0) * 127.5).round() as u8);
            assert_eq!(have, pixel.0);
        }
    }

    #[test]
    fn a_thin_stroke_survives_shrinking() {
        let image = RgbImage::from_fn(400, 400, |x, _| Rgb([if x == 203 { 0 } else { 255 }; 3]));
        let planes = planes(&image, 0.25, whole(100, 100), 1).unwrap();
        let darkest = planes.iter().copied().fold(f32::INFINITY, f32::min);
        assert!((0.2..0.8).contains(&darkest), "{darkest}");
    }

    #[test]
    fn the_edge_goes_on_beyond_the_page() {
        let image = RgbImage::from_pixel(3, 3, Rgb([255; 3]));
        let planes = planes(&image, 2.0, whole(32, 32), 2).unwrap();
        assert_eq!(planes.len(), 3 * 32 * 32);
        assert!(planes.iter().all(|&v| (v - 1.0).abs() < 1e-5));
    }

    #[test]
    fn parts_join_to_the_whole_on_any_number_of_threads() {
        let image =
            RgbImage::from_fn(90, 70, |x, y| Rgb([(x * 7 % 256) as u8, (y * 11 % 256) as u8, (x * y % 256) as u8]));
        let all = planes(&image, 0.6, whole(54, 42), 3).unwrap();
        let lower = planes(&image, 0.6, Part { left: 10, top: 20, width: 44, height: 22 }, 1).unwrap();
        for c in 0..3 {
            for y in 0..22 {
                let want = &all[c * 54 * 42 + (y + 20) * 54 + 10..][..44];
                let have = &lower[c * 44 * 22 + y * 44..][..44];
                assert_eq!(want, have);
            }
        }
    }
}
