//! The list of pages of a TIFF file, and what each says of itself. No pixels.
//!
//! The format is "TIFF Revision 6.0" (Adobe, 1992) and its 64-bit sister `BigTIFF`.

use super::patched::Patched;
use super::reads_as_numbers;
use crate::document::PageSize;
use crate::pages::PageError;
use image::metadata::Orientation;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// `PhotometricInterpretation`: 0 is white.
pub(super) const WHITE_IS_ZERO: u16 = 0;
/// `PhotometricInterpretation`: 0 is black.
pub(super) const BLACK_IS_ZERO: u16 = 1;
/// `PhotometricInterpretation`: numbers of colours.
pub(super) const PALETTE: u16 = 3;
/// `PhotometricInterpretation`: where another picture is seen.
pub(super) const TRANSPARENCY_MASK: u16 = 4;

/// Dots that are less than so many times as high as wide, or the other way round, count as square.
const SQUARE: f64 = 1.25;
/// Dots that are more out of shape than this are a mistake.
const ABSURD: f64 = 8.0;
/// More pages than this are not listed.
const MAX_PAGES: usize = 10_000;
/// More entries than this are no directory.
const MAX_ENTRIES: u64 = 4096;
/// More strips than this are no page.
const MAX_VALUES: u64 = 1 << 20;

const NEW_SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
const ORIENTATION: u16 = 274;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_BYTE_COUNTS: u16 = 279;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const T4_OPTIONS: u16 = 292;
const PREDICTOR: u16 = 317;
const COLOR_MAP: u16 = 320;
const EXTRA_SAMPLES: u16 = 338;

/// One page of a TIFF file as it says of itself.
#[derive(Clone, Debug, Default)]
pub(in crate::pages::picture) struct Directory {
    /// Where it stands in the file.
    at: u64,
    /// Where its `PhotometricInterpretation` is written.
    photometric_at: Option<u64>,
    pub(super) photometric: u16,
    stored: PageSize,
    /// The height of a dot, in its width.
    dot_height: f64,
    orientation: u16,
    compression: u16,
    predictor: u16,
    fill_order: u16,
    pub(super) t4_options: u32,
    pub(super) rows_per_strip: u32,
    /// What the samples beyond the colour are: 1 and 2 are transparency.
    pub(super) extra_samples: Vec<u64>,
    /// Red, green and blue of each number, 16 bits each: all reds first.
    pub(super) color_map: Vec<u64>,
    /// Where each strip is and how long; known of facsimile and of bits in reverse order only.
    pub(super) strips: Vec<(u64, u64)>,
}

impl Directory {
    /// The size as stored.
    pub(super) fn stored_size(&self) -> PageSize {
        self.stored
    }

    /// The size of the page at full resolution, with square dots, not yet upright. A fax has 204 dots an inch across
    /// and often only 98 down.
    pub(in crate::pages::picture) fn full_size(&self) -> PageSize {
        let PageSize { width, height } = self.stored;
        let stretched = |side: u32, by: f64| (f64::from(side) * by).round() as u32;
        match self.dot_height {
            high if (SQUARE..ABSURD).contains(&high) => PageSize::new(width, stretched(height, high)),
            high if (1.0 / ABSURD..1.0 / SQUARE).contains(&high) => PageSize::new(stretched(width, 1.0 / high), height),
            _ => self.stored,
        }
    }

    /// What sets it upright.
    pub(in crate::pages::picture) fn orientation(&self) -> Orientation {
        Orientation::from_exif(self.orientation.min(255) as u8).unwrap_or(Orientation::NoTransforms)
    }

    /// Whether it is facsimile after ITU-T T.4: of one or two dimensions, or with rows that begin on a byte.
    pub(super) fn is_group_3(&self) -> bool {
        matches!(self.compression, 2 | 3)
    }

    /// Whether the rows of its facsimile begin on a byte and have no marks at their ends.
    pub(super) fn is_modified_huffman(&self) -> bool {
        self.compression == 2
    }

    /// Whether bytes are differences from their neighbours.
    pub(super) fn is_predicted(&self) -> bool {
        self.predictor > 1
    }

    /// Whether the first bit of a byte is its lowest.
    pub(super) fn is_reversed(&self) -> bool {
        self.fill_order == 2
    }

    /// Makes `file` begin with this page, in a form that the decoder reads.
    pub(super) fn patch_into(&self, file: &mut Patched) -> Result<(), PageError> {
        let format = Format::of(file)?;
        file.rewind()?;
        file.patch(format.first_directory_at(), &format.bytes(self.at, if format.big { 8 } else { 4 }));
        if let Some(at) = self.photometric_at.filter(|_| reads_as_numbers(self.photometric)) {
            file.patch(at, &format.bytes(u64::from(BLACK_IS_ZERO), 2));
        }
        if self.is_reversed() {
            for (at, length) in &self.strips {
                file.reverse_bits(*at, *length);
            }
        }
        Ok(())
    }
}

/// How numbers are written in a file.
#[derive(Clone, Copy, Debug, Default)]
struct Format {
    little: bool,
    big: bool,
}

impl Format {
    fn of(file: &mut impl Read) -> Result<Self, PageError> {
        let mut head = [0; 4];
        file.read_exact(&mut head).map_err(|_| damaged())?;
        Ok(Self { little: head[0] == b'I', big: head.contains(&43) })
    }

    fn first_directory_at(self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    fn number(self, bytes: &[u8]) -> u64 {
        let join = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
    }

    fn bytes(self, number: u64, length: usize) -> Vec<u8> {
        if self.little { number.to_le_bytes()[..length].to_vec() } else { number.to_be_bytes()[8 - length..].to_vec() }
    }
}

/// One entry of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where its value is written, or where the place of its value is.
    at: u64,
}

struct Lister {
    file: BufReader<File>,
    format: Format,
}

/// The pages of a file, at least one. Previews and masks of other pages are not pages.
pub(in crate::pages::picture) fn directories(path: &Path) -> Result<Vec<Directory>, PageError> {
    let mut file = BufReader::new(File::open(path)?);
    let format = Format::of(&mut file)?;
    let mut lister = Lister { file, format };
    let mut next = lister.number_at(format.first_directory_at(), if format.big { 8 } else { 4 }).ok_or_else(damaged)?;
    let (mut pages, mut parts) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    while next != 0 && seen.insert(next) && pages.len() < MAX_PAGES {
        let Some((entries, following)) = lister.entries(next) else { break };
        if let Some((directory, is_part)) = lister.directory(next, &entries) {
            if is_part { parts.push(directory) } else { pages.push(directory) }
        }
        next = following;
    }
    if pages.is_empty() {
        pages.extend(parts.into_iter().next());
    }
    if pages.is_empty() { Err(damaged()) } else { Ok(pages) }
}

impl Lister {
    fn bytes_at(&mut self, at: u64, length: usize) -> Option<Vec<u8>> {
        self.file.seek(SeekFrom::Start(at)).ok()?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(length as u64).read_to_end(&mut bytes).ok()?;
        (bytes.len() == length).then_some(bytes)
    }

    fn number_at(&mut self, at: u64, length: usize) -> Option<u64> {
        let bytes = self.bytes_at(at, length)?;
        Some(self.format.number(&bytes))
    }

    /// The entries of the directory at `at`, and where the next one is.
    fn entries(&mut self, at: u64) -> Option<(Vec<Entry>, u64)> {
        let (count_bytes, entry_bytes, word) = if self.format.big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number_at(at, count_bytes)?;
        if count == 0 || count > MAX_ENTRIES {
            return None;
        }
        let start = at.checked_add(count_bytes as u64)?;
        let bytes = self.bytes_at(start, count as usize * entry_bytes)?;
        let entries = bytes.chunks_exact(entry_bytes).enumerate().map(|(n, entry)| Entry {
            tag: self.format.number(&entry[..2]) as u16,
            kind: self.format.number(&entry[2..4]) as u16,
            count: self.format.number(&entry[4..4 + word]),
            at: start + (n * entry_bytes + 4 + word) as u64,
        });
        let entries = entries.collect();
        let next = self.number_at(start + bytes.len() as u64, word).unwrap_or(0);
        Some((entries, next))
    }

    /// The whole numbers of an entry; `None` of other kinds, and of more than there can be.
    fn values(&mut self, entries: &[Entry], tag: u16) -> Option<Vec<u64>> {
        let entry = entries.iter().find(|e| e.tag == tag)?;
        let bytes = match entry.kind {
            1 | 7 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return None,
        };
        if entry.count > MAX_VALUES {
            return None;
        }
        let length = entry.count as usize * bytes;
        let word = if self.format.big { 8 } else { 4 };
        let at = if length <= word { entry.at } else { self.number_at(entry.at, word)? };
        let values = self.bytes_at(at, length)?;
        Some(values.chunks_exact(bytes).map(|v| self.format.number(v)).collect())
    }

    fn value(&mut self, entries: &[Entry], tag: u16) -> Option<u64> {
        self.values(entries, tag)?.first().copied()
    }

    /// A positive fraction.
    fn ratio(&mut self, entries: &[Entry], tag: u16) -> Option<f64> {
        let entry = entries.iter().find(|e| e.tag == tag && e.kind == 5)?;
        let at = if self.format.big { entry.at } else { self.number_at(entry.at, 4)? };
        let (over, under) = (self.number_at(at, 4)?, self.number_at(at + 4, 4)?);
        (over > 0 && under > 0).then_some(over as f64 / under as f64)
    }

    /// What the directory says; and whether it is a preview or a mask of another page.
    fn directory(&mut self, at: u64, entries: &[Entry]) -> Option<(Directory, bool)> {
        let mut value = |tag, otherwise| self.value(entries, tag).unwrap_or(otherwise);
        let (width, height) = (value(WIDTH, 0), value(HEIGHT, 0));
        let stored = PageSize::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?);
        if stored.width == 0 || stored.height == 0 {
            return None;
        }
        let is_part = value(NEW_SUBFILE_TYPE, 0) & 0b101 != 0;
        let mut directory = Directory {
            at,
            photometric_at: entries.iter().find(|e| e.tag == PHOTOMETRIC && e.kind == 3).map(|e| e.at),
            photometric: value(PHOTOMETRIC, u64::from(BLACK_IS_ZERO)) as u16,
            stored,
            orientation: value(ORIENTATION, 1) as u16,
            compression: value(COMPRESSION, 1) as u16,
            predictor: value(PREDICTOR, 1) as u16,
            fill_order: value(FILL_ORDER, 1) as u16,
            t4_options: value(T4_OPTIONS, 0) as u32,
            rows_per_strip: value(ROWS_PER_STRIP, u64::from(stored.height)).clamp(1, u64::from(stored.height)) as u32,
            ..Directory::default()
        };
        if let (Some(x), Some(y)) = (self.ratio(entries, X_RESOLUTION), self.ratio(entries, Y_RESOLUTION)) {
            directory.dot_height = x / y;
        }
        directory.extra_samples = self.values(entries, EXTRA_SAMPLES).unwrap_or_default();
        if directory.photometric == PALETTE {
            directory.color_map = self.values(entries, COLOR_MAP)?;
        }
        if directory.is_group_3() || directory.is_reversed() {
            let offsets = self.values(entries, STRIP_OFFSETS)?;
            let counts = self.values(entries, STRIP_BYTE_COUNTS)?;
            directory.strips = offsets.into_iter().zip(counts).collect();
        }
        Some((directory, is_part))
    }
}

fn damaged() -> PageError {
    PageError::Corrupt("it is not a valid TIFF picture".into())
}
