//! Why a file or a page could not be had: each message is one sentence for the person at the desk.

use serde::{Deserialize, Serialize};

/// Why a file or a page could not be had. Travels from the worker process as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum PageError {
    /// The PDF is encrypted; `wrong` where a password was given that does not open it.
    #[error("{}", if *.wrong { "That password does not open this PDF; enter another one" } else { "This PDF is locked; enter its password" })]
    NeedsPassword {
        /// Whether a password was given.
        wrong: bool,
    },
    /// The file has no bytes.
    #[error("This file is empty; choose another copy of it")]
    Empty,
    /// It opens, but there is no page in it.
    #[error("This document has no pages; choose another copy of it")]
    NoPages,
    /// No document, or one of a kind that is not read; says which kind it seems to be.
    #[error("This file is {0}, which Proofdesk does not read; save it as PDF, PNG, JPEG or TIFF and add it again")]
    Unsupported(String),
    /// The file says it is a document that is read, but its contents are not; the decoder's reason.
    #[error("This file is damaged ({0}); get another copy, or save it again in the program it came from")]
    Corrupt(String),
    /// The page is larger than any computer should be asked to hold; says how large.
    #[error("This page is too large ({0}); save it smaller and add it again")]
    TooLarge(String),
    /// The document has no such page; counted from 0.
    #[error("This document has no page {}; open it again, it may have changed", u64::from(*.0) + 1)]
    NoSuchPage(u32),
    /// The page took longer than the limit, in whole seconds.
    #[error(
        "This page took longer than {0} seconds, so it was given up; retry it, or save the file again in the program it came from"
    )]
    TimedOut(u64),
    /// The worker process died over this page: a fault in a decoder, or its memory limit.
    #[error(
        "This page broke the reader; the other pages are not affected, and saving the file again in the program it came from may help"
    )]
    Crashed,
    /// The file could not be read from the disk; the system's reason.
    #[error("This file could not be read ({0}); check that it is still there and that you may open it")]
    Io(String),
    /// PDFium is missing or does not load; says which and why.
    #[error("{0}; run `make parts` in Proofdesk's folder, or put the parts folder beside the program")]
    MissingPart(String),
    /// The worker process could not be started or spoken to; the system's reason.
    #[error("The page reader could not be started ({0}); restart Proofdesk")]
    NoWorker(String),
}

impl From<std::io::Error> for PageError {
    fn from(error: std::io::Error) -> Self {
        // "No such file or directory (os error 2)": the number says nothing to a person.
        let text = error.to_string();
        Self::Io(text.split(" (os error").next().unwrap_or_default().to_lowercase())
    }
}
