//! The reply to a full-text request.

use super::{Extra, PageWords, lenient};
use serde::{Deserialize, Serialize};

/// The text of all files. Some services name the list `results`, others `result`; ours sends both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FullTextReply {
    /// `Success`, or what went wrong.
    #[serde(default, deserialize_with = "lenient::text", skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// One entry a file.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<FullTextFile>,
    /// The same again.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub result: Vec<FullTextFile>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl FullTextReply {
    /// One entry a file, by whichever name it came.
    pub fn files(&self) -> &[FullTextFile] {
        if self.results.is_empty() { &self.result } else { &self.results }
    }
}

/// The text of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FullTextFile {
    /// The submitted file's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub filename: String,
    /// The pages; none where the file could not be read.
    #[serde(default, deserialize_with = "lenient::list")]
    pub page_data: Vec<PageWords>,
    /// Why there is nothing. An extension.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
