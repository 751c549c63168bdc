//! The contents of files, in a folder, each named by its sha256. Knows no database.
//!
//! A content is written under another name, made durable, and only then given its own: whatever stands under a hash is
//! whole.

use super::{Result, StoreError, WAITS_FOR_DISK};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The sha256 of a content; names it in the store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash that these 64 hexadecimal digits (lower case) are.
    pub fn parse(digits: &str) -> Option<Self> {
        let digits = digits.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| match digit {
                b'0'..=b'9' => Some(digit - b'0'),
                b'a'..=b'f' => Some(digit - b'a' + 10),
                _ => None,
            });
            *byte = (high? << 4) | low?;
        }
        Some(Self(hash))
    }
}

#[cfg(test)]
impl ContentHash {
    /// The hash of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A content that is being written. Dropped before it is part of a record, it is gone.
pub struct Incoming {
    file: NamedTempFile,
    hash: Sha256,
    bytes: u64,
}

/// A content that is whole and durable, but not yet part of any record. Dropped, it is gone.
pub struct Content {
    file: NamedTempFile,
    hash: ContentHash,
    bytes: u64,
}

impl Incoming {
    /// How much was written so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes what was written durable.
    pub fn finish(self) -> Result<Content> {
        if WAITS_FOR_DISK {
            self.file.as_file().sync_all()?;
        }
        let hash = ContentHash(self.hash.finalize().into());
        Ok(Content { file: self.file, hash, bytes: self.bytes })
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.as_file_mut().write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl Content {
    /// Its sha256.
    pub const fn hash(&self) -> ContentHash {
        self.hash
    }

    /// Its size.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where it is as long as it is not part of a record.
    pub fn path(&self) -> &Path {
        self.file.path()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content").field("hash", &self.hash).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// The two folders: contents by hash, and those that are still being written.
pub(super) struct Contents {
    whole: PathBuf,
    incoming: PathBuf,
}

impl Contents {
    /// Makes the folders and removes what was being written when the program last stopped.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let contents = Self { whole: folder.join("contents"), incoming: folder.join("incoming") };
        match std::fs::remove_dir_all(&contents.incoming) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        make_private(&contents.incoming)?;
        make_private(&contents.whole)?;
        sync_folder(folder)?;
        Ok(contents)
    }

    /// Begins a content.
    pub(super) fn incoming(&self) -> Result<Incoming> {
        Ok(Incoming { file: NamedTempFile::new_in(&self.incoming)?, hash: Sha256::new(), bytes: 0 })
    }

    /// Gives a content its name, durably. Nothing happens where it is there already.
    pub(super) fn publish(&self, content: Content) -> Result<()> {
        let path = self.path(content.hash);
        if std::fs::metadata(&path).is_ok_and(|there| there.len() == content.bytes) {
            return Ok(());
        }
        let Some(folder) = path.parent() else { return Ok(()) };
        if !folder.is_dir() {
            std::fs::create_dir_all(folder)?;
            sync_folder(&self.whole)?;
        }
        content.file.persist(&path)?;
        sync_folder(folder)
    }

    /// Where the content is, or would be.
    pub(super) fn path(&self, hash: ContentHash) -> PathBuf {
        let name = hash.to_string();
        self.whole.join(&name[..2]).join(name)
    }

    /// Where the content is.
    pub(super) fn existing(&self, hash: ContentHash) -> Result<PathBuf> {
        let path = self.path(hash);
        if path.is_file() { Ok(path) } else { Err(StoreError::missing("content", &hash)) }
    }

    /// Removes the content; it may be gone already.
    pub(super) fn remove(&self, hash: ContentHash) -> Result<()> {
        match std::fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Whether no content is there at all.
    pub(super) fn is_empty(&self) -> Result<bool> {
        let mut found = false;
        self.each(|_, _| {
            found = true;
            Ok(())
        })?;
        Ok(!found)
    }

    /// Removes every content that is not in `kept`. Answers how many there were.
    pub(super) fn remove_all_but(&self, kept: &HashSet<ContentHash>) -> Result<usize> {
        let mut removed = 0;
        self.each(|hash, path| {
            if !kept.contains(&hash) {
                std::fs::remove_file(path)?;
                removed += 1;
            }
            Ok(())
        })?;
        Ok(removed)
    }

    /// Visits every file that is named by a hash; others are not ours.
    fn each(&self, mut visit: impl FnMut(ContentHash, &Path) -> Result<()>) -> Result<()> {
        for folder in std::fs::read_dir(&self.whole)? {
            let folder = folder?.path();
            if !folder.is_dir() {
                continue;
            }
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                if let Some(hash) = entry.file_name().to_str().and_then(ContentHash::parse) {
                    visit(hash, &entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// Makes a folder, for this user alone: there are documents in it. One that is there already stays as it is.
pub(super) fn make_private(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// Makes the names in a folder durable, where the system has a way to say so.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<()> {
    if WAITS_FOR_DISK {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_stands_under_its_sha256() {
        let folder = tempfile::tempdir().unwrap();
        let contents = Contents::open(folder.path()).unwrap();
        let mut incoming = contents.incoming().unwrap();
        incoming.write_all(b"a").unwrap();
        incoming.write_all(b"bc").unwrap();
        assert_eq!(incoming.bytes(), 3);
        let content = incoming.finish().unwrap();
        let hash = content.hash();
        // FIPS 180-2, appendix B.1.
        assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(ContentHash::parse(&hash.to_string()), Some(hash));
        assert!(contents.existing(hash).is_err());
        contents.publish(content).unwrap();
        assert_eq!(std::fs::read(contents.existing(hash).unwrap()).unwrap(), b"abc");
        assert!(!contents.is_empty().unwrap());
        contents.remove(hash).unwrap();
        contents.remove(hash).unwrap();
        assert!(contents.is_empty().unwrap());
    }

    #[test]
    fn a_hash_is_64_small_hexadecimal_digits_and_nothing_else() {
        let digits = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(ContentHash::parse(digits).is_some());
        for wrong in ["", "../../etc/passwd", &digits[1..], &digits.to_uppercase(), &format!("{digits}0")] {
            assert!(ContentHash::parse(wrong).is_none(), "{wrong}");
        }
        assert!(ContentHash::parse(&"ü".repeat(32)).is_none());
    }

    #[test]
    fn what_was_never_finished_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let contents = Contents::open(folder.path()).unwrap();
        let mut dropped = contents.incoming().unwrap();
        dropped.write_all(b"half").unwrap();
        drop(dropped);
        // What a killed program leaves: nobody dropped it.
        std::fs::write(folder.path().join("incoming").join("left"), b"half").unwrap();
        let contents = Contents::open(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        assert!(contents.is_empty().unwrap());
    }
}
