//! What the numbers of a TIFF page mean: samples of any depth and colour → RGB on white.

use super::directory::{Directory, PALETTE, WHITE_IS_ZERO};
use super::error;
use super::patched::Patched;
use crate::pages::PageError;
use tiff::ColorType;
use tiff::decoder::Decoder;
use tiff::tags::{SampleFormat, Tag};

/// How a row of samples becomes pixels.
pub(super) struct Samples {
    color: Color,
    bits: u8,
    float: bool,
    /// Samples of a pixel that are stored, extra ones among them.
    count: usize,
    /// Whether each sample has a plane of its own.
    planar: bool,
    /// Which sample is transparency, and whether the colour is multiplied with it already.
    alpha: Option<(usize, bool)>,
}

enum Color {
    Gray { inverted: bool },
    Palette(Vec<[u8; 3]>),
    Rgb,
    Cmyk,
    YCbCr,
}

impl Samples {
    /// As the decoder and the directory say.
    pub(super) fn of(decoder: &mut Decoder<Patched>, directory: &Directory) -> Result<Self, PageError> {
        let kind = decoder.colortype().map_err(|e| error(&e))?;
        let (color, own) = match kind {
            ColorType::Gray(_) | ColorType::GrayA(_) | ColorType::Multiband { .. }
                if directory.photometric == PALETTE =>
            {
                (Color::Palette(palette(&directory.color_map)), 1)
            }
            ColorType::Gray(_) | ColorType::GrayA(_) | ColorType::Multiband { .. } => {
                (Color::Gray { inverted: directory.photometric == WHITE_IS_ZERO }, 1)
            }
            ColorType::RGB(_) | ColorType::RGBA(_) => (Color::Rgb, 3),
            ColorType::CMYK(_) | ColorType::CMYKA(_) => (Color::Cmyk, 4),
            ColorType::YCbCr(8) => (Color::YCbCr, 3),
            _ => return Err(rare()),
        };
        let layout = decoder.image_coding_unit_layout(tiff::decoder::TiffCodingUnit(0)).map_err(|e| error(&e))?;
        let float = match layout.sample_format {
            SampleFormat::Uint => false,
            SampleFormat::IEEEFP => true,
            _ => return Err(rare()),
        };
        let count = usize::from(kind.num_samples());
        let alpha = match directory.extra_samples.first() {
            Some(1) if count > own => Some((own, true)),
            Some(2) if count > own => Some((own, false)),
            _ => None,
        };
        let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() == Some(2);
        Ok(Self { color, bits: kind.bit_depth(), float, count, planar, alpha })
    }

    /// The byte that a part of the page which cannot be read is filled with: white, where there is such a byte.
    pub(super) fn blank(&self) -> u8 {
        match self.color {
            Color::Gray { inverted: false } | Color::Rgb | Color::YCbCr => 255,
            Color::Gray { inverted: true } | Color::Cmyk | Color::Palette(_) => 0,
        }
    }

    /// Makes `width` pixels of the row that begins at `start` of `chunk`, whose planes are `plane` bytes apart.
    pub(super) fn rgb(&self, chunk: &[u8], start: usize, plane: usize, width: usize, row: &mut [u8]) {
        let mut planes: [Vec<u8>; 5] = Default::default();
        let used = self.count.min(planes.len());
        let row_of = |at: usize| chunk.get(at..).unwrap_or_default();
        if self.planar {
            for (n, samples) in planes.iter_mut().enumerate().take(used) {
                self.unpack(row_of(start + n * plane), width, samples);
            }
        } else {
            let mut all = Vec::new();
            self.unpack(row_of(start), width * self.count, &mut all);
            if self.count == 1 {
                planes[0] = all;
            } else {
                for (n, samples) in planes.iter_mut().enumerate().take(used) {
                    samples.extend(all.iter().skip(n).step_by(self.count));
                }
            }
        }
        let sample = |n: usize, x: usize| planes[n].get(x).copied().unwrap_or(255);
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = match &self.color {
                Color::Gray { inverted } => [if *inverted { 255 - sample(0, x) } else { sample(0, x) }; 3],
                Color::Palette(colors) => colors.get(usize::from(sample(0, x))).copied().unwrap_or([255; 3]),
                Color::Rgb => [sample(0, x), sample(1, x), sample(2, x)],
                Color::Cmyk => {
                    let white = 255 - u32::from(sample(3, x));
                    [0, 1, 2].map(|n| ((255 - u32::from(sample(n, x))) * white / 255) as u8)
                }
                Color::YCbCr => rgb_of_ycbcr(sample(0, x), sample(1, x), sample(2, x)),
            };
            if let Some((n, multiplied)) = self.alpha {
                let alpha = u32::from(sample(n, x));
                *pixel = pixel.map(|v| {
                    let ink = if multiplied { u32::from(v) } else { u32::from(v) * alpha / 255 };
                    (ink + 255 - alpha).min(255) as u8
                });
            }
        }
    }

    /// Makes bytes of samples of any depth: 255 is the highest value, except that numbers of colours stay numbers.
    fn unpack(&self, bytes: &[u8], count: usize, samples: &mut Vec<u8>) {
        let bits = usize::from(self.bits);
        let is_number = matches!(self.color, Color::Palette(_));
        match (bits, self.float) {
            (8, false) => samples.extend(bytes.iter().take(count)),
            (1..8, false) => {
                let highest = (1_u32 << bits) - 1;
                samples.extend((0..count).map_while(|n| {
                    let (byte, bit) = (n * bits / 8, n * bits % 8);
                    let pair = u32::from(*bytes.get(byte)?) << 8 | u32::from(bytes.get(byte + 1).copied().unwrap_or(0));
                    let value = pair >> (16 - bits - bit) & highest;
                    Some(if is_number { value } else { value * 255 / highest } as u8)
                }));
            }
            (16, false) => {
                let narrow = |b: &[u8; 2]| u32::from(u16::from_ne_bytes(*b));
                let values = bytes.as_chunks::<2>().0.iter().take(count).map(narrow);
                samples.extend(values.map(|v| if is_number { v.min(255) } else { v * 255 / 65_535 } as u8));
            }
            (32, false) => {
                let values = bytes.as_chunks::<4>().0.iter().take(count);
                samples.extend(values.map(|b| (u32::from_ne_bytes(*b) >> 24) as u8));
            }
            (32, true) => {
                let values = bytes.as_chunks::<4>().0.iter().take(count);
                samples.extend(values.map(|b| (f32::from_ne_bytes(*b).clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
            }
            _ => {}
        }
    }
}

/// The colours of a map of 16-bit values, all reds first. Maps of 8-bit values exist too, against the book.
fn palette(map: &[u64]) -> Vec<[u8; 3]> {
    let count = map.len() / 3;
    let shift = if map.iter().all(|v| *v < 256) { 0 } else { 8 };
    (0..count).map(|n| [n, n + count, n + 2 * count].map(|at| (map[at] >> shift).min(255) as u8)).collect()
}

/// JFIF 1.02: full range, coefficients of ITU-R BT.601.
fn rgb_of_ycbcr(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|v| (v + 0.5).clamp(0.0, 255.0) as u8)
}

fn rare() -> PageError {
    PageError::Unsupported("a TIFF picture of a rare kind".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(samples: &Samples, bytes: &[u8], width: usize) -> Vec<u8> {
        let mut row = vec![0; width * 3];
        samples.rgb(bytes, 0, bytes.len() / samples.count, width, &mut row);
        row
    }

    fn gray(bits: u8, inverted: bool) -> Samples {
        Samples { color: Color::Gray { inverted }, bits, float: false, count: 1, planar: false, alpha: None }
    }

    #[test]
    fn samples_of_any_depth_reach_from_black_to_white() {
        assert_eq!(pixels(&gray(1, false), &[0b1010_0000], 3), [255, 255, 255, 0, 0, 0, 255, 255, 255]);
        assert_eq!(pixels(&gray(1, true), &[0b1010_0000], 2), [0, 0, 0, 255, 255, 255]);
        assert_eq!(pixels(&gray(4, false), &[0xf3], 2), [255, 255, 255, 51, 51, 51]);
        assert_eq!(pixels(&gray(3, false), &[0b0000_0011, 0b1000_0000], 3)[6..], [255, 255, 255]);
        assert_eq!(pixels(&gray(16, false), &0x8000_u16.to_ne_bytes(), 1), [127, 127, 127]);
        let float = Samples { float: true, ..gray(32, false) };
        assert_eq!(pixels(&float, &1.0_f32.to_ne_bytes(), 1), [255, 255, 255]);
    }

    #[test]
    fn planes_and_pixels_are_the_same_picture() {
        let rgb = |planar| Samples { color: Color::Rgb, bits: 8, float: false, count: 3, planar, alpha: None };
        assert_eq!(pixels(&rgb(false), &[1, 2, 3, 4, 5, 6], 2), [1, 2, 3, 4, 5, 6]);
        assert_eq!(pixels(&rgb(true), &[1, 4, 2, 5, 3, 6], 2), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn ink_on_white_paper() {
        let cmyk = Samples { color: Color::Cmyk, bits: 8, float: false, count: 4, planar: false, alpha: None };
        assert_eq!(pixels(&cmyk, &[0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255], 3), [255, 255, 255, 0, 255, 255, 0, 0, 0]);
        let clear =
            Samples { color: Color::Rgb, bits: 8, float: false, count: 4, planar: false, alpha: Some((3, false)) };
        assert_eq!(pixels(&clear, &[9, 9, 9, 0], 1), [255, 255, 255]);
    }

    #[test]
    fn a_map_of_colours_is_looked_up() {
        let colors = palette(&[0, 0xffff, 0, 0x8080, 0, 0]);
        assert_eq!(colors, [[0, 0, 0], [255, 128, 0]]);
        let samples = Samples { color: Color::Palette(colors), ..gray(1, false) };
        assert_eq!(pixels(&samples, &[0b0100_0000], 2), [0, 0, 0, 255, 128, 0]);
    }
}
