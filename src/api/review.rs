//! Results that are fetched later, with what persons corrected.

use super::{Extra, FileId, ImageSize, ModelId, PageId, Prediction, SignedUrls, lenient, open_enum};
use serde::{Deserialize, Serialize};

/// The pages of a file, of a page or of a window of days, approved ones apart from the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModeratedReply {
    /// How many pages are approved.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub moderated_images_count: i64,
    /// How many are not.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub unmoderated_images_count: i64,
    /// The approved pages.
    #[serde(default, deserialize_with = "lenient::list")]
    pub moderated_images: Vec<ModeratedPage>,
    /// The others.
    #[serde(default, deserialize_with = "lenient::list")]
    pub unmoderated_images: Vec<ModeratedPage>,
    /// Where page images and originals can be had.
    #[serde(default, deserialize_with = "lenient::object")]
    pub signed_urls: SignedUrls,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page's result as the older path answers it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageReply {
    /// `Success`, or what went wrong.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    /// The page, in a list of one.
    #[serde(default, deserialize_with = "lenient::list")]
    pub result: Vec<ModeratedPage>,
    /// Where its image can be had.
    #[serde(default, deserialize_with = "lenient::object")]
    pub signed_urls: SignedUrls,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A page with the model's word and the final one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModeratedPage {
    /// The model that read it.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub model_id: Option<ModelId>,
    /// The day it was submitted, in days since 1970.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub day_since_epoch: Option<u32>,
    /// Whether it is approved.
    #[serde(default, deserialize_with = "lenient::optional_bool", skip_serializing_if = "Option::is_none")]
    pub is_moderated: Option<bool>,
    /// The page's name.
    #[serde(default)]
    pub id: PageId,
    /// Key of the page image in `signed_urls`, or its address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub url: String,
    /// The model's word.
    #[serde(default, deserialize_with = "lenient::list")]
    pub predicted_boxes: Vec<Prediction>,
    /// The final word; empty until somebody touched the page.
    #[serde(default, deserialize_with = "lenient::list")]
    pub moderated_boxes: Vec<Prediction>,
    /// The page image that all boxes are of.
    #[serde(default, deserialize_with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
    /// The page's number within its file, from 0.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The file it belongs to.
    #[serde(default)]
    pub request_file_id: FileId,
    /// The submitted file's name.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub original_file_name: Option<String>,
    /// Key of the original in `signed_urls`.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// What the client sent along, echoed.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub request_metadata: Option<String>,
    /// Whether it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<FileStatus>,
    /// Who approved it.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ModeratedPage {
    /// The boxes that count: the final word where there is one, else the model's.
    pub fn boxes(&self) -> &[Prediction] {
        if self.moderated_boxes.is_empty() { &self.predicted_boxes } else { &self.moderated_boxes }
    }
}

open_enum! {
    /// How far a file is.
    FileStatus {
        /// It is read.
        Success = "success",
        /// It waits or is being read.
        Pending = "pending",
        /// It could not be read.
        Failure = "failure",
    }
}
