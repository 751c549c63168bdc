//! Pictures made for the test: large ones, and ways to store a page that are rare today.

use super::pages;
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use proofdesk::pages::{FileKind, MAX_PIXELS, MAX_SIDE, PageError, PageFile, Render};
use std::path::PathBuf;

/// A picture with a diagonal, in a file.
fn png(folder: &tempfile::TempDir, width: u32, height: u32) -> PathBuf {
    let path = folder.path().join("picture.png");
    let gray: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| if x * height < y * width { 0 } else { 255 })).collect();
    let file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    image::codecs::png::PngEncoder::new(file).write_image(&gray, width, height, ExtendedColorType::L8).unwrap();
    path
}

#[test]
fn a_large_picture_is_a_smaller_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = PageFile::new(png(&folder, 11_000, 4_000));
    let pages = pages();
    let info = pages.open(&file).unwrap();
    assert_eq!(info.kind, FileKind::Png);
    assert!(info.pages[0].width <= MAX_SIDE && info.pages[0].width > 9_900, "{:?}", info.pages[0]);
    assert!(u64::from(info.pages[0].width) * u64::from(info.pages[0].height) <= MAX_PIXELS);
    let image = pages.render(&file, 0, &Render::whole(info.pages[0])).unwrap();
    assert_eq!(image.get_pixel(image.width() - 1, 0).0, [255; 3]);
    assert_eq!(image.get_pixel(0, image.height() - 1).0, [0; 3]);
}

#[test]
fn an_absurd_picture_is_refused_before_it_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wall.png");
    // A header that promises 100,000 × 100,000 pixels.
    let mut bytes = std::fs::read(png(&folder, 1, 1)).unwrap();
    bytes[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    let error = pages().open(&PageFile::new(path)).unwrap_err();
    assert!(matches!(&error, PageError::TooLarge(size) if size.contains("100000")), "{error:?}");
}

/// The checksum of a PNG chunk (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    })
}

/// A TIFF file of 16 × 8 dots in one strip; `entries` are tag and value, as short numbers.
fn tiff(entries: &[(u16, u16)], strip: &[u8], tables: &[(u16, Vec<u16>)]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    let all = [(256, 16), (257, 8), (273, 0), (278, 8), (279, strip.len() as u16)];
    let count = all.len() + entries.len() + tables.len();
    let data_at = 8 + 2 + count * 12 + 4;
    let mut data = strip.to_vec();
    let mut rows: Vec<(u16, u16, u32, u32)> = all
        .iter()
        .chain(entries)
        .map(|(tag, value)| (*tag, 3, 1, if *tag == 273 { data_at as u32 } else { u32::from(*value) }))
        .collect();
    for (tag, values) in tables {
        data.resize(data.len().next_multiple_of(2), 0);
        rows.push((*tag, 3, values.len() as u32, (data_at + data.len()) as u32));
        data.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }
    rows.sort_unstable();
    file.extend((count as u16).to_le_bytes());
    for (tag, kind, number, value) in rows {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(number.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(data);
    file
}

fn decoded(bytes: &[u8]) -> RgbImage {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.tif");
    std::fs::write(&path, bytes).unwrap();
    let file = PageFile::new(path);
    let pages = pages();
    let size = pages.open(&file).unwrap().pages[0];
    pages.render(&file, 0, &Render::whole(size)).unwrap()
}

/// The left half black, the right half white, in eight rows.
fn assert_halves(image: &RgbImage) {
    assert_eq!((image.width(), image.height()), (16, 8));
    for (x, _, pixel) in image.enumerate_pixels() {
        assert_eq!(pixel.0, [if x < 8 { 0 } else { 255 }; 3], "{x}");
    }
}

#[test]
fn a_page_may_be_stored_in_many_ways() {
    // Bits, 1 is white; 0 is white; the first bit of a byte is its lowest.
    let rows = [0x00, 0xff].repeat(8);
    assert_halves(&decoded(&tiff(&[(258, 1), (262, 1)], &rows, &[])));
    assert_halves(&decoded(&tiff(&[(258, 1), (262, 0)], &[0xff, 0x00].repeat(8), &[])));
    // Numbers of colours: 0 is white, 1 is black.
    let map = vec![0xffff, 0, 0xffff, 0, 0xffff, 0];
    assert_halves(&decoded(&tiff(&[(258, 1), (262, 3)], &[0xff, 0x00].repeat(8), &[(320, map)])));
    // Facsimile in rows that begin on a byte: 0 white, 8 black, 8 white; 0 is white.
    let fax = [0b0011_0101, 0b0001_0110, 0b0110_0000].repeat(8);
    assert_halves(&decoded(&tiff(&[(258, 1), (262, 0), (259, 2)], &fax, &[])));
    let reversed: Vec<u8> = fax.iter().map(|b| b.reverse_bits()).collect();
    assert_halves(&decoded(&tiff(&[(258, 1), (262, 0), (259, 2), (266, 2)], &reversed, &[])));
}

#[test]
fn a_fax_of_few_lines_has_square_dots() {
    let mut bytes =
        tiff(&[(258, 1), (262, 1)], &[0x00, 0xff].repeat(8), &[(282, vec![204, 0, 1, 0]), (283, vec![102, 0, 1, 0])]);
    // Both resolutions are one fraction of two long numbers, not four short ones.
    for tag in [282_u16, 283] {
        let at = bytes.windows(4).position(|w| w == [tag.to_le_bytes()[0], tag.to_le_bytes()[1], 3, 0]).unwrap();
        bytes[at + 2] = 5;
        bytes[at + 4] = 1;
    }
    let image = decoded(&bytes);
    assert_eq!((image.width(), image.height()), (16, 16));
}

#[test]
fn what_is_left_of_a_page_is_shown() {
    // Two of eight rows are there.
    let mut bytes = tiff(&[(258, 1), (262, 1)], &[0x00, 0xff].repeat(8), &[]);
    bytes.truncate(bytes.len() - 12);
    let image = decoded(&bytes);
    assert_eq!(image.get_pixel(0, 1).0, [0; 3]);
    assert_eq!(image.get_pixel(0, 7).0, [255; 3]);
}
