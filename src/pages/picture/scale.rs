//! A part of a picture at any scale. A pixel is the same whatever part it is drawn with, so tiles meet without a seam.

use crate::document::PageSize;
use crate::pages::PixelRegion;
use image::RgbImage;

/// The share of the source pixels `first..first + weights.len()` in one pixel of the scaled picture.
struct Share {
    first: usize,
    weights: Vec<f32>,
}

/// The part `wanted` of `source` scaled to `size`: the mean of the pixels where it becomes smaller, blended between
/// the nearest two where it becomes larger.
pub(super) fn region(source: &RgbImage, size: PageSize, wanted: PixelRegion) -> RgbImage {
    if wanted.width == 0 || wanted.height == 0 {
        return RgbImage::new(wanted.width, wanted.height);
    }
    let columns = shares(source.width(), size.width, wanted.x, wanted.width);
    let rows = shares(source.height(), size.height, wanted.y, wanted.height);
    let stride = source.width() as usize * 3;
    let mut scaled = RgbImage::new(wanted.width, wanted.height);
    // The source is first reduced to one row, then across: the sums of a row are used by all its pixels.
    let left = columns.first().map_or(0, |c| c.first * 3);
    let right = columns.last().map_or(0, |c| (c.first + c.weights.len()) * 3);
    let mut sums = vec![0.0_f32; right - left];
    for (share, out) in rows.iter().zip(scaled.chunks_exact_mut(wanted.width as usize * 3)) {
        sums.fill(0.0);
        for (at, weight) in share.weights.iter().enumerate() {
            let from = (share.first + at) * stride;
            for (sum, value) in sums.iter_mut().zip(&source.as_raw()[from + left..from + right]) {
                *sum += f32::from(*value) * weight;
            }
        }
        for (column, pixel) in columns.iter().zip(out.as_chunks_mut::<3>().0) {
            let mut mean = [0.5_f32; 3];
            let start = column.first * 3 - left;
            for (weight, value) in column.weights.iter().zip(sums[start..].as_chunks::<3>().0) {
                for channel in 0..3 {
                    mean[channel] += value[channel] * weight;
                }
            }
            *pixel = mean.map(|v| v as u8);
        }
    }
    scaled
}

/// The shares of `count` scaled pixels from `start` on, where `source` pixels become `size`.
fn shares(source: u32, size: u32, start: u32, count: u32) -> Vec<Share> {
    let step = f64::from(source) / f64::from(size);
    (start..start + count)
        .map(|at| {
            if step > 1.0 {
                let (from, to) = (f64::from(at) * step, f64::from(at + 1) * step);
                let (first, last) = (from as u32, (to.ceil() as u32).min(source));
                let covered = |p: u32| f64::from(p + 1).min(to) - f64::from(p).max(from);
                let weights = (first..last).map(|p| (covered(p) / step) as f32).collect();
                Share { first: first as usize, weights }
            } else {
                let middle = ((f64::from(at) + 0.5) * step - 0.5).clamp(0.0, f64::from(source - 1));
                let first = middle as u32;
                let right = (middle - f64::from(first)) as f32;
                let weights = if first + 1 < source { vec![1.0 - right, right] } else { vec![1.0] };
                Share { first: first as usize, weights }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn noise(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 37 + y * 91) as u8, (x * y) as u8, (x ^ y) as u8]))
    }

    #[test]
    fn tiles_meet_without_a_seam() {
        let source = noise(61, 47);
        for size in [PageSize::new(19, 31), PageSize::new(61, 47), PageSize::new(200, 130), PageSize::new(33, 90)] {
            let whole = region(&source, size, PixelRegion { x: 0, y: 0, width: size.width, height: size.height });
            for y in (0..size.height).step_by(16) {
                for x in (0..size.width).step_by(16) {
                    let part = PixelRegion { x, y, width: 16.min(size.width - x), height: 16.min(size.height - y) };
                    let cut = image::imageops::crop_imm(&whole, x, y, part.width, part.height).to_image();
                    assert_eq!(region(&source, size, part), cut, "{size:?} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let source = noise(20, 30);
        assert_eq!(region(&source, PageSize::new(20, 30), PixelRegion { x: 0, y: 0, width: 20, height: 30 }), source);
    }

    #[test]
    fn a_flat_colour_stays_flat() {
        let source = RgbImage::from_pixel(97, 31, Rgb([255, 1, 128]));
        for (width, height) in [(7, 3), (96, 30), (500, 44)] {
            let whole = PixelRegion { x: 0, y: 0, width, height };
            let scaled = region(&source, PageSize::new(width, height), whole);
            assert!(scaled.pixels().all(|p| *p == Rgb([255, 1, 128])), "{width}");
        }
    }
}
