//! The words of a page, as the full-text reply and our own predictions carry them.

use super::{Extra, ImageSize, lenient, open_enum};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// What travels as `raw_ocr_api_response` of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RawOcr {
    /// The words, as our own server sends them.
    Words(WordResults),
    /// Anything else; mostly `{"results": null}`: the words are to be asked for.
    Other(Value),
}

impl RawOcr {
    /// The words of the page, where they were sent along.
    pub fn words(&self) -> Option<&PageWords> {
        match self {
            Self::Words(words) => words.results.first(),
            Self::Other(_) => None,
        }
    }
}

/// The words of one page, in a list of one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WordResults {
    /// One entry: the page's.
    pub results: Vec<PageWords>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The words of one page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageWords {
    /// The page's number within its file, from 0.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// All text of the page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub raw_text: String,
    /// The words with their places, in reading order.
    pub words: Vec<WireWord>,
    /// Clockwise degrees that set the page upright: 0, 90, 180, 270. An extension.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// Where the words come from. An extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<WordSource>,
    /// The page image that all boxes are of. An extension of the full-text reply.
    #[serde(default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// Why the page has no words, where it could not be read. An extension.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// Where words come from.
    WordSource {
        /// The file's own text layer.
        Layer = "layer",
        /// The pixels.
        Read = "read",
    }
}

/// A word with its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WireWord {
    /// Its letters.
    #[serde(default, deserialize_with = "lenient::text")]
    pub text: String,
    /// The left edge in pixels.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub xmin: f64,
    /// The top edge in pixels.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub ymin: f64,
    /// The right edge in pixels.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub xmax: f64,
    /// The bottom edge in pixels.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub ymax: f64,
    /// The probability that it is read right, 0 to 1. An extension of the full-text reply.
    #[serde(default, deserialize_with = "lenient::optional_number", skip_serializing_if = "Option::is_none")]
    pub score: Option<Number>,
    /// The number of its text line on the page, from 0. An extension of the full-text reply.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
