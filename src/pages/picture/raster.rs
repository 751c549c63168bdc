//! PNG, JPEG, WebP, BMP and GIF: header, and pixels as a page on white.

use super::MAX_BYTES;
use super::sheet::Sheet;
use crate::document::PageSize;
use crate::pages::{FileKind, PageError};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The size as stored, and what sets it upright.
pub(super) fn header(path: &Path, kind: FileKind) -> Result<(PageSize, Orientation), PageError> {
    let mut decoder = decoder(path, kind)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(PageError::Corrupt("the picture has no width or height".into()));
    }
    let working = match kind {
        // The coefficients of all three components are kept until the last scan.
        FileKind::Jpeg if is_progressive(path)? => decoder.total_bytes().saturating_mul(3),
        // A frame and the screen it is drawn on.
        FileKind::Gif => decoder.total_bytes().saturating_mul(2),
        _ => decoder.total_bytes(),
    };
    if working > MAX_BYTES.saturating_mul(if kind == FileKind::Jpeg { 2 } else { 1 })
        || decoder.total_bytes() > MAX_BYTES
    {
        return Err(PageError::TooLarge(format!("{width} × {height} pixels")));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((PageSize::new(width, height), orientation))
}

/// The pixels as stored, averaged down to `size`. Of a picture that breaks off, what was there; the rest is white.
pub(super) fn decode(path: &Path, kind: FileKind, size: PageSize) -> Result<RgbImage, PageError> {
    let decoder = decoder(path, kind)?;
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let bytes = decoder.total_bytes();
    if bytes > MAX_BYTES {
        return Err(PageError::TooLarge(format!("{width} × {height} pixels")));
    }
    let mut pixels = vec![255; bytes as usize];
    if let Err(failure) = decoder.read_image_boxed(&mut pixels) {
        // Samples of two bytes are put in order only after the last.
        let samples = u32::from(color.bytes_per_pixel()) / u32::from(color.channel_count().max(1));
        if samples != 1 || pixels.iter().all(|b| *b == 255) {
            return Err(error(&failure));
        }
        tracing::warn!("a picture breaks off: {failure}");
    }
    let stride = width as usize * usize::from(color.bytes_per_pixel());
    let mut sheet = Sheet::new(PageSize::new(width, height), size);
    let mut row = vec![0; width as usize * 3];
    for source in pixels.chunks_exact(stride) {
        rgb_on_white(color, source, &mut row)?;
        sheet.push(&row);
    }
    sheet.finish().ok_or(PageError::Corrupt("the picture has no rows".into()))
}

fn decoder(path: &Path, kind: FileKind) -> Result<Box<dyn ImageDecoder>, PageError> {
    let format = match kind {
        FileKind::Png => ImageFormat::Png,
        FileKind::Jpeg => ImageFormat::Jpeg,
        FileKind::WebP => ImageFormat::WebP,
        FileKind::Bmp => ImageFormat::Bmp,
        FileKind::Gif => ImageFormat::Gif,
        FileKind::Tiff | FileKind::Pdf => return Err(PageError::Unsupported("no single picture".into())),
    };
    let mut reader = ImageReader::with_format(BufReader::new(File::open(path)?), format);
    reader.no_limits();
    reader.into_decoder().map(|d| Box::new(d) as Box<dyn ImageDecoder>).map_err(|e| error(&e))
}

/// Whether a JPEG is stored in several scans: its frame header says so.
fn is_progressive(path: &Path) -> Result<bool, PageError> {
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(2))?;
    let mut marker = [0; 4];
    while file.read_exact(&mut marker).is_ok() && marker[0] == 0xff {
        let length = u16::from_be_bytes([marker[2], marker[3]]);
        match marker[1] {
            0xc2 | 0xc6 | 0xca | 0xce => return Ok(true),
            0xc0..=0xcf if !matches!(marker[1], 0xc4 | 0xc8 | 0xcc) => return Ok(false),
            0xff => file.seek_relative(-3)?,
            0xda => break,
            _ => file.seek_relative(i64::from(length) - 2)?,
        }
    }
    Ok(false)
}

/// Makes a row of 8-bit RGB of it; what is transparent shows the white paper.
fn rgb_on_white(color: ColorType, source: &[u8], row: &mut [u8]) -> Result<(), PageError> {
    let out = row.as_chunks_mut::<3>().0.iter_mut();
    let over = |value: u8, alpha: u8| {
        ((u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255) as u8
    };
    let two = |b: [u8; 2]| (u32::from(u16::from_ne_bytes(b)) * 255 / 65_535) as u8;
    match color {
        ColorType::L8 => source.iter().zip(out).for_each(|(v, o)| *o = [*v; 3]),
        ColorType::Rgb8 => row.copy_from_slice(source),
        ColorType::La8 => source.as_chunks::<2>().0.iter().zip(out).for_each(|(p, o)| *o = [over(p[0], p[1]); 3]),
        ColorType::Rgba8 => source
            .as_chunks::<4>()
            .0
            .iter()
            .zip(out)
            .for_each(|(p, o)| *o = [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]),
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let narrow: Vec<u8> = source.as_chunks::<2>().0.iter().map(|b| two(*b)).collect();
            let same = match color {
                ColorType::L16 => ColorType::L8,
                ColorType::La16 => ColorType::La8,
                ColorType::Rgb16 => ColorType::Rgb8,
                _ => ColorType::Rgba8,
            };
            rgb_on_white(same, &narrow, row)?;
        }
        _ => return Err(PageError::Unsupported("a picture with samples of a rare kind".into())),
    }
    Ok(())
}

fn error(error: &ImageError) -> PageError {
    match error {
        ImageError::Unsupported(_) => PageError::Unsupported("a picture of a rare kind".into()),
        ImageError::Limits(_) => PageError::TooLarge("it needs too much memory".into()),
        ImageError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
            PageError::Corrupt("the picture breaks off".into())
        }
        ImageError::IoError(_) => PageError::Corrupt("the picture breaks off".into()),
        _ => PageError::Corrupt("it is not a valid picture".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_shows_white_paper() {
        let mut row = [0; 6];
        rgb_on_white(ColorType::Rgba8, &[9, 9, 9, 0, 10, 20, 30, 255], &mut row).unwrap();
        assert_eq!(row, [255, 255, 255, 10, 20, 30]);
        rgb_on_white(ColorType::La8, &[0, 128, 0, 255], &mut row).unwrap();
        assert_eq!(row, [127, 127, 127, 0, 0, 0]);
    }

    #[test]
    fn two_bytes_a_sample_become_one() {
        let mut row = [0; 6];
        let source: Vec<u8> = [0_u16, 65_535].iter().flat_map(|v| v.to_ne_bytes()).collect();
        rgb_on_white(ColorType::L16, &source, &mut row).unwrap();
        assert_eq!(row, [0, 0, 0, 255, 255, 255]);
    }
}
