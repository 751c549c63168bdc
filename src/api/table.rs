//! A cell of a predicted table.

use super::{BoxId, BoxStatus, Extra, LabelId, lenient};
use serde::{Deserialize, Serialize};

/// A cell. Header cells are not among them: the column's meaning stands in `label`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableCell {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub id: Option<BoxId>,
    /// The first row it covers, from 1; 0 occurs in corrected data.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub row: i64,
    /// The first column it covers, from 1.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub col: i64,
    /// How many rows it covers; 0 occurs.
    #[serde(default = "one", deserialize_with = "lenient::integer")]
    pub row_span: i64,
    /// How many columns it covers; 0 occurs.
    #[serde(default = "one", deserialize_with = "lenient::integer")]
    pub col_span: i64,
    /// The column's meaning.
    #[serde(default, deserialize_with = "lenient::text")]
    pub label: String,
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
    /// The probability that it is right, 0 to 1.
    #[serde(default, deserialize_with = "lenient::number")]
    pub score: f64,
    /// What it says.
    #[serde(default, deserialize_with = "lenient::text")]
    pub text: String,
    /// The row's meaning.
    #[serde(default, deserialize_with = "lenient::text")]
    pub row_label: String,
    /// Who had the last word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_status: Option<BoxStatus>,
    /// Mostly empty.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    /// What the service's own validation objects to; empty where it does not.
    #[serde(default, deserialize_with = "lenient::text")]
    pub failed_validation: String,
    /// The label's name.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub label_id: Option<LabelId>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

const fn one() -> i64 {
    1
}
