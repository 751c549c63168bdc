//! What the program and a worker process say to each other: a length, JSON, and then pixels where there are any.

use super::{FileInfo, PageError, Render, TextLayer};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ffi::OsString;
use std::io::{self, Read, Write};

/// The longest JSON that is read; a page with more words than that is none.
const MAX_JSON: usize = 256 << 20;
/// The most pixel bytes that are read.
const MAX_BYTES: usize = 256 << 20;

/// The byte that a worker sends when it takes up a question, before it answers.
const TAKEN: [u8; 1] = [6];

/// Tells that the question is taken up.
pub(super) fn write_taken(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&TAKEN)?;
    out.flush()
}

/// Waits until the question is taken up.
pub(super) fn read_taken(input: &mut impl Read) -> io::Result<()> {
    let mut byte = [0];
    input.read_exact(&mut byte)?;
    if byte == TAKEN { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// One question to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    /// The absolute path.
    pub(super) path: OsString,
    /// The password, if one was given.
    pub(super) password: Option<String>,
    /// What is wanted.
    pub(super) ask: Ask,
}

/// What is wanted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Ask {
    /// Its kind and the size of its pages.
    Open,
    /// The pixels of a page.
    Render {
        /// From 0.
        page: u32,
        /// How it is drawn.
        render: Render,
    },
    /// The words and rules of a page.
    TextLayer {
        /// From 0.
        page: u32,
    },
}

impl Ask {
    /// Whether both are the same work: of the same page, at any scale.
    pub(super) fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Open, Self::Open) => true,
            (Self::Render { page: a, .. }, Self::Render { page: b, .. })
            | (Self::TextLayer { page: a }, Self::TextLayer { page: b }) => a == b,
            _ => false,
        }
    }
}

/// The answer of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Reply {
    /// To `Open`.
    Opened(FileInfo),
    /// To `Render`; `width × height × 3` bytes follow.
    Pixels {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// To `TextLayer`.
    Text(Box<TextLayer>),
    /// To any of them.
    Failed(PageError),
}

/// Writes one message: the lengths of `head` as JSON and of `bytes`, then both.
pub(super) fn write(out: &mut impl Write, head: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let json = serde_json::to_vec(head)?;
    out.write_all(&(json.len() as u64).to_le_bytes())?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(&json)?;
    out.write_all(bytes)?;
    out.flush()
}

/// Reads one message.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<(T, Vec<u8>)> {
    let mut lengths = [0; 16];
    input.read_exact(&mut lengths)?;
    let length = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&lengths[at..at + 8]);
        u64::from_le_bytes(bytes) as usize
    };
    let (json, bytes) = (length(0), length(8));
    if json > MAX_JSON || bytes > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message that is too long"));
    }
    let head = serde_json::from_slice(&read_exactly(input, json)?)?;
    Ok((head, read_exactly(input, bytes)?))
}

/// Reads into memory that is not cleared before: a page image has 25 MB.
fn read_exactly(input: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    if input.take(length as u64).read_to_end(&mut bytes)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageSize;

    #[test]
    fn a_message_comes_back_with_its_bytes() {
        let request = Request {
            path: "a b.pdf".into(),
            password: Some("ü".into()),
            ask: Ask::Render { page: 3, render: Render::whole(PageSize::new(2, 1)) },
        };
        let mut pipe = Vec::new();
        write(&mut pipe, &request, b"").unwrap();
        write(&mut pipe, &Reply::Pixels { width: 2, height: 1 }, b"abcdef").unwrap();
        let mut pipe = pipe.as_slice();
        assert_eq!(read::<Request>(&mut pipe).unwrap().0, request);
        assert_eq!(read::<Reply>(&mut pipe).unwrap(), (Reply::Pixels { width: 2, height: 1 }, b"abcdef".to_vec()));
        assert!(read::<Reply>(&mut pipe).is_err());
    }

    #[test]
    fn a_length_out_of_bounds_is_refused_before_it_is_allocated() {
        let mut pipe = [255_u8; 16].as_slice();
        assert_eq!(read::<Reply>(&mut pipe).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
