//! Facsimile after ITU-T T.4 (Group 3), as TIFF holds it: one or two dimensions, with or without marks at the end of
//! a row. Group 4 is the `tiff` decoder's.

use super::directory::Directory;
use super::patched::Patched;
use crate::pages::PageError;
use fax::maps::{Mode, black, mode, white};
use fax::{BitReader, ByteReader};
use std::convert::Infallible;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The longest strip that is read.
const MAX_STRIP: u64 = 64 << 20;
/// Zeros after the last byte of a strip, so that its last code can be looked up.
const TAIL: usize = 4;
/// So many zero bits begin a mark at the end of a row, and no code.
const MARK_ZEROS: u8 = 11;

/// Decodes all strips; `push` takes each row as packed bits, 1 is black as the fax sees it.
pub(super) fn decode(path: &Path, directory: &Directory, mut push: impl FnMut(&[u8])) -> Result<(), PageError> {
    let mut file = Patched::open(path)?;
    let size = directory.stored_size();
    let width = u16::try_from(size.width).map_err(|_| PageError::TooLarge(format!("{} pixels wide", size.width)))?;
    let mut left = size.height;
    for (at, length) in &directory.strips {
        let rows = left.min(directory.rows_per_strip);
        file.seek(SeekFrom::Start(*at))?;
        let mut bytes = Vec::new();
        file.by_ref().take((*length).min(MAX_STRIP)).read_to_end(&mut bytes)?;
        if directory.is_reversed() {
            for byte in &mut bytes {
                *byte = byte.reverse_bits();
            }
        }
        let coding = Coding {
            byte_aligned: directory.is_modified_huffman(),
            marked: !directory.is_modified_huffman(),
            two_dimensions: !directory.is_modified_huffman() && directory.t4_options & 1 != 0,
        };
        let done = strip(bytes, width, rows, coding, &mut push);
        if done < rows {
            return Err(PageError::Corrupt("the picture breaks off".into()));
        }
        left -= rows;
        if left == 0 {
            return Ok(());
        }
    }
    Err(PageError::Corrupt("the picture breaks off".into()))
}

/// How a strip is written.
#[derive(Clone, Copy)]
struct Coding {
    /// Rows begin on a byte.
    byte_aligned: bool,
    /// Rows begin with a mark.
    marked: bool,
    /// A bit after the mark says whether the row is told by its difference from the one above.
    two_dimensions: bool,
}

/// Decodes up to `rows` rows and says how many there were.
fn strip(mut bytes: Vec<u8>, width: u16, rows: u32, coding: Coding, push: &mut impl FnMut(&[u8])) -> u32 {
    bytes.extend([0; TAIL]);
    let Ok(mut reader) = ByteReader::new(bytes.into_iter().map(Ok::<u8, Infallible>));
    let mut above: Vec<u16> = Vec::new();
    let mut packed = vec![0; usize::from(width).div_ceil(8)];
    for done in 0..rows {
        if coding.marked {
            skip_mark(&mut reader);
        }
        let one_dimension = !coding.two_dimensions || take_bit(&mut reader).unwrap_or(true);
        let row =
            if one_dimension { row_by_runs(&mut reader, width) } else { row_by_difference(&mut reader, &above, width) };
        let Some(row) = row else { return done };
        if coding.byte_aligned {
            let rest = reader.bits_to_byte_boundary();
            let _: Result<(), Infallible> = reader.consume(rest);
        }
        pack(&row, width, &mut packed);
        push(&packed);
        above = row;
    }
    rows
}

/// Steps over the mark at the begin of a row: eleven zeros or more and a one. Some writers leave it out.
fn skip_mark(reader: &mut impl BitReader) {
    if reader.peek(MARK_ZEROS) != Some(0) {
        return;
    }
    while reader.peek(1) == Some(0) {
        if reader.consume(1).is_err() {
            return;
        }
    }
    let _ = reader.consume(1);
}

fn take_bit(reader: &mut impl BitReader) -> Option<bool> {
    let bit = reader.peek(1)?;
    reader.consume(1).ok()?;
    Some(bit == 1)
}

/// The length of a run: codes of whole 64s, then the rest.
fn run(reader: &mut impl BitReader, is_black: bool) -> Option<u16> {
    let mut length = 0_u16;
    loop {
        let part = if is_black { black::decode(reader) } else { white::decode(reader) }?;
        length = length.checked_add(part)?;
        if part < 64 {
            return Some(length);
        }
    }
}

/// Where the colour changes, from white, in a row of runs; `None` where there is no row.
fn row_by_runs(reader: &mut impl BitReader, width: u16) -> Option<Vec<u16>> {
    let mut changes = Vec::new();
    let (mut at, mut is_black) = (0_u16, false);
    while at < width {
        if reader.peek(MARK_ZEROS) == Some(0) {
            // The row ends early: what is left is white. The end of the page is a mark without a row.
            return if changes.is_empty() { None } else { Some(changes) };
        }
        at = at.checked_add(run(reader, is_black)?)?.min(width);
        changes.push(at);
        is_black = !is_black;
    }
    Some(changes)
}

/// Where the colour changes in a row told by its difference from the one above (T.4, 4.2).
fn row_by_difference(reader: &mut impl BitReader, above: &[u16], width: u16) -> Option<Vec<u16>> {
    let mut changes: Vec<u16> = Vec::new();
    let (mut at, mut is_black, mut is_start) = (0_u16, false, true);
    while at < width {
        // The first change above to the other colour that lies right of here, and the one after it.
        let parity = usize::from(is_black);
        let right = |n: &usize| above[*n] > at || (is_start && above[*n] == at);
        let b1_at = (parity..above.len()).step_by(2).find(right);
        let b1 = b1_at.map_or(width, |n| above[n]);
        let b2 = b1_at.and_then(|n| above.get(n + 1)).copied().unwrap_or(width);
        match mode::decode(reader)? {
            Mode::Pass => at = b2,
            Mode::Vertical(by) => {
                at = u16::try_from(i32::from(b1) + i32::from(by)).ok()?.min(width);
                changes.push(at);
                is_black = !is_black;
            }
            Mode::Horizontal => {
                for _ in 0..2 {
                    at = at.checked_add(run(reader, is_black)?)?.min(width);
                    changes.push(at);
                    is_black = !is_black;
                }
            }
            Mode::Extension | Mode::EOF => return None,
        }
        is_start = false;
    }
    Some(changes)
}

/// Packs a row into bits, 1 is black.
fn pack(changes: &[u16], width: u16, packed: &mut [u8]) {
    packed.fill(0);
    for pair in changes.chunks(2) {
        let &[from, ..] = pair else { continue };
        let to = pair.get(1).copied().unwrap_or(width);
        // Changes alternate: the run that begins with the first of a pair is black.
        for x in from..to.min(width) {
            packed[usize::from(x / 8)] |= 0x80 >> (x % 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Vec<u8> {
        let bits: Vec<u8> = text.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
        bits.chunks(8).map(|c| c.iter().enumerate().fold(0, |sum, (n, bit)| sum | bit << (7 - n))).collect()
    }

    fn rows(bytes: Vec<u8>, width: u16, count: u32, coding: Coding) -> Vec<Vec<u8>> {
        let mut rows = Vec::new();
        strip(bytes, width, count, coding, &mut |row: &[u8]| rows.push(row.to_vec()));
        rows
    }

    const MARKED: Coding = Coding { byte_aligned: false, marked: true, two_dimensions: false };

    #[test]
    fn rows_between_marks() {
        // A mark, 4 white, 4 black; a mark, 8 white.
        let strip = bits("000000000001 1011 011 000000000001 10011");
        assert_eq!(rows(strip, 8, 2, MARKED), [[0x0f], [0x00]]);
    }

    #[test]
    fn rows_that_begin_on_a_byte() {
        // 0 white, 8 black (a byte and a bit), padding; 8 white.
        let strip = bits("00110101 000101 00 10011 000");
        assert_eq!(
            rows(strip, 8, 2, Coding { byte_aligned: true, marked: false, two_dimensions: false }),
            [[0xff], [0x00]]
        );
    }

    #[test]
    fn a_row_told_by_the_one_above() {
        // A mark and 1: 2 white, 3 black, 3 white. A mark and 0: one further left, as above, and to the end.
        let strip = bits("000000000001 1 0111 10 1000 000000000001 0 010 1 1");
        let two = Coding { two_dimensions: true, ..MARKED };
        assert_eq!(rows(strip, 8, 2, two), [[0b0011_1000], [0b0111_1000]]);
    }

    #[test]
    fn what_breaks_off_ends_there() {
        assert_eq!(rows(bits("000000000001 1011 011"), 8, 5, MARKED).len(), 1);
        assert_eq!(rows(Vec::new(), 8, 5, MARKED).len(), 0);
    }
}
