//! TIFF files: every page of them, through the `tiff` decoder and, for facsimile, our own.

mod directory;
mod fax;
mod patched;
mod samples;

pub(super) use directory::{Directory, directories};

use super::MAX_BYTES;
use super::sheet::Sheet;
use crate::document::PageSize;
use crate::pages::PageError;
use directory::{PALETTE, TRANSPARENCY_MASK, WHITE_IS_ZERO};
use image::RgbImage;
use patched::Patched;
use samples::Samples;
use std::path::Path;
use tiff::TiffError;
use tiff::decoder::{ChunkType, Decoder, Limits};

/// The most pixels of a page as stored; a sheet of A0 at 600 dots per inch has 558 million.
const MAX_STORED: u64 = 600_000_000;

/// The pixels of a page as stored, averaged down to `size`. Of a page that breaks off, what was there.
pub(super) fn decode(path: &Path, directory: &Directory, size: PageSize) -> Result<RgbImage, PageError> {
    let stored = directory.stored_size();
    if u64::from(stored.width) * u64::from(stored.height) > MAX_STORED {
        return Err(PageError::TooLarge(format!("{} × {} pixels", stored.width, stored.height)));
    }
    let mut page = Page { sheet: Sheet::new(stored, size), row: vec![255; stored.width as usize * 3] };
    let outcome = if directory.is_group_3() {
        fax::decode(path, directory, |samples| page.push_bits(samples, directory))
    } else {
        chunks(path, directory, &mut page)
    };
    match (page.sheet.finish(), outcome) {
        (Some(image), Ok(())) => Ok(image),
        (Some(image), Err(failure)) if image.iter().any(|v| *v != 255) => {
            tracing::warn!("a page of a TIFF file breaks off: {failure}");
            Ok(image)
        }
        (_, Err(failure)) => Err(failure),
        (None, Ok(())) => Err(PageError::Corrupt("the picture has no rows".into())),
    }
}

/// The page in the making and the row it takes next.
struct Page {
    sheet: Sheet,
    row: Vec<u8>,
}

impl Page {
    /// Takes a row of packed bits, 1 is the second colour.
    fn push_bits(&mut self, bits: &[u8], directory: &Directory) {
        let zero = if directory.photometric == WHITE_IS_ZERO { 255 } else { 0 };
        for (x, pixel) in self.row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let bit = bits.get(x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0);
            *pixel = [if bit { 255 - zero } else { zero }; 3];
        }
        self.sheet.push(&self.row);
    }
}

/// Decodes strip by strip, or one row of tiles after the other: never the whole page at once.
fn chunks(path: &Path, directory: &Directory, page: &mut Page) -> Result<(), PageError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_BYTES as usize;
    limits.intermediate_buffer_size = MAX_BYTES as usize;
    limits.ifd_value_size = 16 << 20;
    let mut file = Patched::open(path)?;
    directory.patch_into(&mut file)?;
    let mut decoder = Decoder::new(file).map_err(|e| error(&e))?.with_limits(limits);
    let stored = directory.stored_size();
    let samples = Samples::of(&mut decoder, directory)?;
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(PageError::Corrupt("its parts have no size".into()));
    }
    let across = match decoder.get_chunk_type() {
        ChunkType::Strip => 1,
        ChunkType::Tile => stored.width.div_ceil(chunk_width),
    };
    let mut failure = None;
    let mut buffers: Vec<Vec<u8>> = (0..across).map(|_| Vec::new()).collect();
    let mut strides = vec![(0, 0); across as usize];
    for band in 0..stored.height.div_ceil(chunk_height) {
        for (column, buffer) in buffers.iter_mut().enumerate() {
            let unit = tiff::decoder::TiffCodingUnit(band * across + column as u32);
            let layout = decoder.image_coding_unit_layout(unit).map_err(|e| error(&e))?;
            let bytes = layout.complete_len.max(layout.len);
            if bytes as u64 * u64::from(across) > MAX_BYTES {
                return Err(PageError::TooLarge(format!("{} × {} pixels", stored.width, stored.height)));
            }
            buffer.clear();
            buffer.resize(bytes, samples.blank());
            let stride = layout.row_stride.map_or(bytes, usize::from);
            strides[column] = (stride, layout.plane_stride.map_or(bytes, usize::from));
            if let Err(reason) = decoder.read_coding_unit_bytes(unit, buffer) {
                // What is predicted from a neighbour makes no sense half done.
                if directory.is_predicted() {
                    buffer.fill(samples.blank());
                }
                failure = Some(error(&reason));
            }
        }
        if buffers.iter().all(|b| b.iter().all(|v| *v == samples.blank())) && failure.is_some() {
            break;
        }
        let rows = chunk_height.min(stored.height - band * chunk_height) as usize;
        for y in 0..rows {
            for (column, (buffer, (stride, plane))) in buffers.iter().zip(&strides).enumerate() {
                let left = column * chunk_width as usize;
                let width = (chunk_width as usize).min(stored.width as usize - left);
                samples.rgb(buffer, y * stride, *plane, width, &mut page.row[left * 3..(left + width) * 3]);
            }
            page.sheet.push(&page.row);
        }
    }
    failure.map_or(Ok(()), Err)
}

fn error(error: &TiffError) -> PageError {
    match error {
        TiffError::UnsupportedError(_) => PageError::Unsupported("a TIFF picture of a rare kind".into()),
        TiffError::LimitsExceeded => PageError::TooLarge("it needs too much memory".into()),
        TiffError::IoError(_) => PageError::Corrupt("the picture breaks off".into()),
        _ => PageError::Corrupt("it is not a valid TIFF picture".into()),
    }
}

/// Photometric interpretations that are read as plain numbers; `samples` knows what they mean.
fn reads_as_numbers(photometric: u16) -> bool {
    matches!(photometric, WHITE_IS_ZERO | PALETTE | TRANSPARENCY_MASK)
}
