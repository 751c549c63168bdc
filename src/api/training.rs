//! Training data: annotations that are uploaded, and what the service acknowledges.

use super::{Extra, ImageSize, TableCell, lenient};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The annotation of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// The name of the file part, or the address, it belongs to.
    #[serde(default, deserialize_with = "lenient::text")]
    pub filename: String,
    /// The annotated values; a single one may come without a list, `{}` is none.
    #[serde(default, deserialize_with = "one_or_many")]
    pub object: Vec<LabelledBox>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An annotated value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledBox {
    /// Its label.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// What it says, where the annotator said so.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub ocr_text: Option<String>,
    /// Where it stands.
    #[serde(default)]
    pub bndbox: BoundingBox,
    /// The page, from 0. An extension.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// `table` where it is one. An extension.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<super::BoxKind>,
    /// The cells of a table. An extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<TableCell>>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A box in pixels of the page image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// The left edge.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub xmin: f64,
    /// The top edge.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub ymin: f64,
    /// The right edge.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub xmax: f64,
    /// The bottom edge.
    #[serde(default, deserialize_with = "lenient::number", serialize_with = "lenient::whole")]
    pub ymax: f64,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Training documents by address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UploadUrls {
    /// Where the documents are.
    #[serde(default, deserialize_with = "lenient::list")]
    pub urls: Vec<String>,
    /// Their annotations; may come as JSON text.
    #[serde(default, deserialize_with = "also_as_text")]
    pub data: Vec<Annotation>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What the service says after an upload of training documents, and of a training set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UploadAck {
    /// The model.
    #[serde(rename = "Meta", default)]
    pub meta: UploadMeta,
    /// The documents.
    #[serde(rename = "Data", default, deserialize_with = "lenient::list")]
    pub data: Vec<UploadedFile>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The model as upload acknowledgements describe it. Their keys are capitalised; clients read them in lower case too,
/// so ours come both ways (`extra`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UploadMeta {
    /// Its name.
    #[serde(rename = "ModelID", default)]
    pub model_id: super::ModelId,
    /// `ocr`.
    #[serde(rename = "ModelType", default, deserialize_with = "lenient::text")]
    pub model_type: String,
    /// How far it is.
    #[serde(rename = "State", default)]
    pub state: super::ModelState,
    /// Its labels, with how often each is annotated.
    #[serde(rename = "Categories", default, deserialize_with = "lenient::list")]
    pub categories: Vec<super::Category>,
    /// Its accuracy.
    #[serde(
        rename = "Accuracy",
        default,
        deserialize_with = "lenient::optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub accuracy: Option<serde_json::Number>,
    /// How far it is, in words.
    #[serde(rename = "Status", default, deserialize_with = "lenient::text")]
    pub status: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A training document with its annotation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UploadedFile {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub filename: String,
    /// Its page image.
    #[serde(default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// The annotated values.
    #[serde(default, deserialize_with = "one_or_many")]
    pub object: Vec<LabelledBox>,
    /// Its name on the wire.
    #[serde(default)]
    pub id: super::FileId,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LabelledBox>, D::Error> {
    let list = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(Vec::new()),
        Value::Object(object) if object.is_empty() => return Ok(Vec::new()),
        object @ Value::Object(_) => Value::Array(vec![object]),
        other => other,
    };
    serde_json::from_value(list).map_err(serde::de::Error::custom)
}

fn also_as_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Annotation>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        Value::String(text) => serde_json::from_str(&text).map_err(serde::de::Error::custom),
        other => serde_json::from_value(other).map_err(serde::de::Error::custom),
    }
}
