//! The wire contract of the Nanonets OCR API v2, used by client and server alike. Nothing here sends or serves.
//!
//! Types are plain serde structs. What a service leaves out is an `Option` or a default, what it says in words we do not
//! know is kept in `Other`, and fields we do not know are kept in `extra`, so that a round trip loses nothing.

pub mod convert;
mod error;
mod fulltext;
mod ids;
mod key;
mod lenient;
mod model;
pub mod paths;
mod predict;
mod review;
mod table;
mod training;
mod words;

pub use error::{ErrorBody, ErrorDetail};
pub use fulltext::{FullTextFile, FullTextReply};
pub use ids::{BoxId, FileId, LabelId, ModelId, PageId};
pub use key::{InvalidKey, Key};
pub use model::{Category, GENERAL, Model, ModelState, Models, NewModel};
pub use predict::{
    BoxKind, BoxStatus, ImageSize, Prediction, PredictionPage, PredictionReply, ProcessingType, SUCCESS, SignedUrl,
    SignedUrls, ValidationStatus,
};
pub use review::{FileStatus, ModeratedPage, ModeratedReply, PageReply};
pub use table::TableCell;
pub use training::{Annotation, BoundingBox, LabelledBox, UploadAck, UploadMeta, UploadUrls, UploadedFile};
pub use words::{PageWords, RawOcr, WireWord, WordResults, WordSource};

/// Fields of an object that this version does not know; they survive a round trip.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// Declares an enum of the words that a field is known to say; any other word is kept in `Other`.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$case_doc])* $case,)+
            /// A word this version does not know.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$case => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$case,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from(super::lenient::text(deserializer)?.as_str()))
            }
        }
    };
}
use open_enum;

#[cfg(test)]
mod tests;
