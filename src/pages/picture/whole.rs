//! Whether a picture's file ends before its picture does: a download or a copy that broke off.

use crate::pages::FileKind;
use std::path::Path;
use std::{fs, io};

/// Whether the end that its format asks for is missing. TIFF and BMP have no such end, and what a file says of its length
/// is often wrong there.
pub(super) fn breaks_off(path: &Path, kind: FileKind) -> io::Result<bool> {
    if matches!(kind, FileKind::Bmp | FileKind::Tiff | FileKind::Pdf) {
        return Ok(false);
    }
    let bytes = fs::read(path)?;
    Ok(match kind {
        FileKind::Jpeg => !has_end_of_image(&bytes),
        FileKind::Png => !has(tail(&bytes), b"IEND"),
        // Some programs write zeros or a line end behind the trailer.
        FileKind::Gif => bytes.iter().rfind(|byte| **byte != 0 && !byte.is_ascii_whitespace()) != Some(&b';'),
        FileKind::WebP => size_at(&bytes, 4).is_some_and(|size| size + 7 > bytes.len()),
        FileKind::Bmp | FileKind::Tiff | FileKind::Pdf => false,
    })
}

/// Whether a JPEG's marker EOI follows its first scan; a little picture in its metadata has one of its own before that.
/// Where something else than segments stands, readers are patient, and nothing is said of it.
fn has_end_of_image(bytes: &[u8]) -> bool {
    const SCAN: u8 = 0xda;
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match *marker {
            // These stand alone.
            0x01 | 0xd0..=0xd9 => at += 2,
            SCAN => return has(&bytes[at..], &[0xff, 0xd9]),
            // Any number of these may stand before a marker.
            0xff => at += 1,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    // At the end of the file no scan has come.
    at + 4 <= bytes.len()
}

/// What may stand behind the end of a picture is no longer than that.
fn tail(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.len().saturating_sub(64 << 10)..]
}

/// Looks from the end on, where it mostly is.
fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).rev().any(|window| window == wanted)
}

/// How long the file is to be, as it says at `at`.
fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    let size = bytes.get(at..at + 4)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*size)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat};

    #[test]
    fn a_picture_that_is_cut_off_is_told_from_a_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let picture =
            DynamicImage::ImageRgb8(image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 7])));
        let kinds = [
            (FileKind::Png, ImageFormat::Png),
            (FileKind::Jpeg, ImageFormat::Jpeg),
            (FileKind::Gif, ImageFormat::Gif),
            (FileKind::WebP, ImageFormat::WebP),
        ];
        for (kind, format) in kinds {
            let path = folder.path().join("picture");
            picture.save_with_format(&path, format).unwrap();
            assert!(!breaks_off(&path, kind).unwrap(), "{kind:?}");
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
            assert!(breaks_off(&path, kind).unwrap(), "{kind:?}");
        }
    }

    #[test]
    fn the_end_of_a_little_picture_in_the_metadata_is_none() {
        let little = [&[0xff, 0xe1, 0, 6][..], &[0xff, 0xd9, 0, 0]].concat();
        let until_scan = [&[0xff, 0xd8][..], &little, &[0xff, 0xda, 0, 2, 1, 2, 3]].concat();
        assert!(!has_end_of_image(&until_scan));
        assert!(has_end_of_image(&[&until_scan[..], &[0xff, 0xd9]].concat()));
        assert!(!has_end_of_image(b"") && !has_end_of_image(&until_scan[..10]), "it ends before its first scan");
        assert!(has_end_of_image(&[&[0xff, 0xd8, 7, 7], &little[..]].concat()), "nobody knows what that is");
    }
}
