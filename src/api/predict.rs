//! The reply to a prediction: one entry a page, with its fields and tables.

use super::{BoxId, Extra, FileId, LabelId, PageId, RawOcr, TableCell, lenient, open_enum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `message` says of what went well.
pub const SUCCESS: &str = "Success";

/// The answer to `LabelFile` and `LabelUrls`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictionReply {
    /// `Success`, or what went wrong.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    /// One entry a page, all files flattened; see [`PredictionReply::pages`] for older nested replies.
    #[serde(default, deserialize_with = "lenient::list")]
    pub result: Vec<PredictionPage>,
    /// Where page images and originals can be had, by the paths in `filepath`, `file_url` and `url`.
    #[serde(default, deserialize_with = "lenient::object")]
    pub signed_urls: SignedUrls,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PredictionReply {
    /// The entries of all pages, those of older replies too, which nest a list a file.
    pub fn pages(&self) -> impl Iterator<Item = &PredictionPage> {
        self.result.iter().flat_map(|entry| {
            let own = entry.result.is_empty().then_some(entry);
            own.into_iter().chain(&entry.result)
        })
    }
}

/// What is said about one page, or about a file that has none because it could not be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictionPage {
    /// `Success`, or why there is nothing.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    /// The submitted file's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub input: String,
    /// Fields and tables.
    #[serde(default, deserialize_with = "lenient::list")]
    pub prediction: Vec<Prediction>,
    /// The page's number within its file, from 0; missing where the file has no page.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The file it belongs to.
    #[serde(default)]
    pub request_file_id: FileId,
    /// The page's own name.
    #[serde(default)]
    pub id: PageId,
    /// Key of the page image in `signed_urls`.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub filepath: Option<String>,
    /// Key of the original in `signed_urls`.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// Degrees by which the service turned the page.
    #[serde(default, deserialize_with = "lenient::optional_number", skip_serializing_if = "Option::is_none")]
    pub rotation: Option<serde_json::Number>,
    /// What the client sent along, echoed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub request_metadata: String,
    /// Whether it was read at once or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_type: Option<ProcessingType>,
    /// `pending` in the acknowledgement of an asynchronous request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<super::FileStatus>,
    /// The page image that all boxes are of.
    #[serde(default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// The page's words, where the service sends them along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_ocr_api_response: Option<RawOcr>,
    /// The pages of a file, in older acknowledgements that nest.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub result: Vec<PredictionPage>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PredictionPage {
    /// Whether the message says that the page was read. No message is no complaint.
    pub fn succeeded(&self) -> bool {
        self.message.is_empty() || self.message.eq_ignore_ascii_case(SUCCESS)
    }
}

/// Width and height of a page image in pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageSize {
    /// Pixels from left to right.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub width: f64,
    /// Pixels from top to bottom.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub height: f64,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A field or a table on a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub id: Option<BoxId>,
    /// What it is, as the model names it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub label: String,
    /// The left edge in pixels; an all-zero box is a value without a place.
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
    /// The probability that it is right, 0 to 1; some services count to 100.
    #[serde(default, deserialize_with = "lenient::number")]
    pub score: f64,
    /// The value as it is read; `table` for a table.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ocr_text: String,
    /// Field or table.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<BoxKind>,
    /// Whether a person changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<BoxStatus>,
    /// Whether it passed the service's own validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_status: Option<ValidationStatus>,
    /// What the validation objects to.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub validation_message: Option<String>,
    /// The page's number within its file, from 0.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page_no: Option<u32>,
    /// The same, as older replies name it.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The label's name.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub label_id: Option<LabelId>,
    /// The cells of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<TableCell>>,
    /// How many of the first rows are header rows; an extension that others ignore.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub header_rows: Option<u32>,
    /// A box that a person drew, in corrections that are saved.
    #[serde(default, deserialize_with = "lenient::optional_bool", skip_serializing_if = "Option::is_none")]
    pub is_new: Option<bool>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Prediction {
    /// Whether it is a table: it says so, or says nothing and has cells.
    pub fn is_table(&self) -> bool {
        match &self.kind {
            Some(kind) => *kind == BoxKind::Table,
            None => self.cells.as_ref().is_some_and(|cells| !cells.is_empty()),
        }
    }
}

open_enum! {
    /// What a box is.
    BoxKind {
        /// A labelled value.
        Field = "field",
        /// A table with cells.
        Table = "table",
    }
}

open_enum! {
    /// Who had the last word on a box or a cell.
    BoxStatus {
        /// The model.
        CorrectlyPredicted = "correctly_predicted",
        /// A person.
        Moderated = "moderated",
    }
}

open_enum! {
    /// What the service's own validation says.
    ValidationStatus {
        /// It passed.
        Success = "success",
        /// It did not.
        Failed = "failed",
    }
}

open_enum! {
    /// Whether a page was read at once or later.
    ProcessingType {
        /// At once, as the specification writes it.
        Unsaid = "",
        /// At once, as recorded replies write it.
        Sync = "sync",
        /// Later.
        Async = "async",
    }
}

/// Addresses by the path they are for.
pub type SignedUrls = BTreeMap<String, SignedUrl>;

/// Addresses of one file that work for some hours without a key; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignedUrl {
    /// As submitted.
    #[serde(default, deserialize_with = "lenient::text")]
    pub original: String,
    /// A smaller rendering.
    #[serde(default, deserialize_with = "lenient::text")]
    pub original_compressed: String,
    /// 240 pixels wide.
    #[serde(default, deserialize_with = "lenient::text")]
    pub thumbnail: String,
    /// Turned by 90° counter-clockwise.
    #[serde(default, deserialize_with = "lenient::text")]
    pub acw_rotate_90: String,
    /// Turned by 180°.
    #[serde(default, deserialize_with = "lenient::text")]
    pub acw_rotate_180: String,
    /// Turned by 270° counter-clockwise.
    #[serde(default, deserialize_with = "lenient::text")]
    pub acw_rotate_270: String,
    /// As submitted, for months.
    #[serde(default, deserialize_with = "lenient::text")]
    pub original_with_long_expiry: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
