//! A file that reads as if some of its bytes were others. The file itself is not changed.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// A file with patches over it.
pub(super) struct Patched {
    file: BufReader<File>,
    at: u64,
    patches: Vec<(u64, Vec<u8>)>,
    /// Where bits stand in the reverse order within their bytes.
    reversed: Vec<(u64, u64)>,
}

impl Patched {
    /// The file as it is.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::new(File::open(path)?);
        Ok(Self { file, at: 0, patches: Vec::new(), reversed: Vec::new() })
    }

    /// Reads as `bytes` from `at` on.
    pub(super) fn patch(&mut self, at: u64, bytes: &[u8]) {
        self.patches.push((at, bytes.to_vec()));
    }

    /// Reads with the bits of each of `length` bytes from `at` on in the reverse order.
    pub(super) fn reverse_bits(&mut self, at: u64, length: u64) {
        self.reversed.push((at, length));
    }
}

/// The part of `buffer`, which was read from `at` on, that lies in `length` bytes from `start` on; and how far
/// into them it begins.
fn overlap(buffer: &mut [u8], at: u64, start: u64, length: u64) -> Option<(&mut [u8], usize)> {
    let first = start.max(at);
    let end = start.saturating_add(length).min(at + buffer.len() as u64);
    (first < end).then(|| (&mut buffer[(first - at) as usize..(end - at) as usize], (first - start) as usize))
}

impl Read for Patched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let buffer = &mut buffer[..read];
        for (start, bytes) in &self.patches {
            if let Some((part, from)) = overlap(buffer, self.at, *start, bytes.len() as u64) {
                let length = part.len();
                part.copy_from_slice(&bytes[from..from + length]);
            }
        }
        for (start, length) in &self.reversed {
            if let Some((part, _)) = overlap(buffer, self.at, *start, *length) {
                for byte in part {
                    *byte = byte.reverse_bits();
                }
            }
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Patched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // Short steps stay in the buffer.
        if let SeekFrom::Start(target) = to
            && let Ok(step) = i64::try_from(i128::from(target) - i128::from(self.at))
        {
            self.file.seek_relative(step)?;
            self.at = target;
        } else {
            self.at = self.file.seek(to)?;
        }
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_show_wherever_reading_begins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, (0..100).collect::<Vec<u8>>()).unwrap();
        let mut file = Patched::open(&path).unwrap();
        file.patch(10, &[200, 201, 202]);
        file.reverse_bits(12, 2);
        for start in 0..20 {
            let mut bytes = [0; 5];
            file.seek(SeekFrom::Start(start)).unwrap();
            file.read_exact(&mut bytes).unwrap();
            let expected = (start as u8..).map(|n| match n {
                10 => 200,
                11 => 201,
                12 => 202_u8.reverse_bits(),
                13 => 13_u8.reverse_bits(),
                n => n,
            });
            assert_eq!(bytes.to_vec(), expected.take(5).collect::<Vec<u8>>());
        }
    }
}
