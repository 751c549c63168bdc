//! What is known of one page.

use super::{Field, PageSize, PageText, Table};
use serde::{Deserialize, Serialize};

/// Something that went wrong, for the person at the desk: one sentence that says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The sentence.
    pub message: String,
    /// What helps support more than the person; may be empty.
    pub details: String,
}

impl Problem {
    /// A problem of one sentence without details.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: String::new() }
    }
}

/// What a service said about one page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Its number within the file, from 0.
    pub number: u32,
    /// The page image that all rectangles are of.
    pub size: PageSize,
    /// The labelled values.
    pub fields: Vec<Field>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The words, where the service sent them along.
    pub text: Option<PageText>,
    /// Why there is nothing, where the page could not be read.
    pub problem: Option<Problem>,
}
