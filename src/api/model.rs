//! Models: what a service can read.

use super::{Extra, LabelId, ModelId, lenient};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The model of the embedded server that reads any document: always hosted, never trained.
pub const GENERAL: &str = "general";

/// A model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Its name.
    #[serde(default)]
    pub model_id: ModelId,
    /// Always `ocr` here.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model_type: String,
    /// How far it is.
    #[serde(default)]
    pub state: ModelState,
    /// The same in words.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Its accuracy on held-out documents, as the service counts it.
    #[serde(default, deserialize_with = "lenient::optional_number", skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<serde_json::Number>,
    /// The labels it knows.
    #[serde(default, deserialize_with = "lenient::list")]
    pub categories: Vec<Category>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A label of a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// The label.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: String,
    /// How often it is annotated in the training set.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub count: i64,
    /// The label's name on the wire.
    #[serde(default, deserialize_with = "lenient::optional_text", skip_serializing_if = "Option::is_none")]
    pub id: Option<LabelId>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How far a model is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ModelState {
    /// Training failed.
    Error,
    /// It has nothing yet.
    #[default]
    Created,
    /// It has documents.
    Uploaded,
    /// They are annotated.
    Annotated,
    /// It waits to be trained.
    Queued,
    /// It is being trained.
    Training,
    /// It predicts.
    Hosted,
    /// It is being trained again and still predicts.
    Retraining,
    /// A number this version does not know.
    Other(i64),
}

impl ModelState {
    /// The number on the wire.
    pub const fn number(self) -> i64 {
        match self {
            Self::Error => -1,
            Self::Created => 0,
            Self::Uploaded => 1,
            Self::Annotated => 2,
            Self::Queued => 3,
            Self::Training => 4,
            Self::Hosted => 5,
            Self::Retraining => 6,
            Self::Other(number) => number,
        }
    }

    /// The state of this number.
    pub const fn from_number(number: i64) -> Self {
        match number {
            -1 => Self::Error,
            0 => Self::Created,
            1 => Self::Uploaded,
            2 => Self::Annotated,
            3 => Self::Queued,
            4 => Self::Training,
            5 => Self::Hosted,
            6 => Self::Retraining,
            other => Self::Other(other),
        }
    }
}

impl Serialize for ModelState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.number())
    }
}

impl<'de> Deserialize<'de> for ModelState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::integer(deserializer).map(Self::from_number)
    }
}

/// The models of a service: a plain list on the wire; a list inside of an object is read too.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Models(pub Vec<Model>);

impl<'de> Deserialize<'de> for Models {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = match Value::deserialize(deserializer)? {
            Value::Object(mut object) => ["models", "Models", "result", "results", "data", "Data"]
                .into_iter()
                .find_map(|name| object.remove(name))
                .ok_or_else(|| serde::de::Error::custom("no list of models"))?,
            other => other,
        };
        let models: Option<Vec<Model>> = serde_json::from_value(list).map_err(serde::de::Error::custom)?;
        Ok(Self(models.unwrap_or_default()))
    }
}

/// Asks for a new model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewModel {
    /// The labels it is to learn.
    #[serde(default, deserialize_with = "lenient::list")]
    pub categories: Vec<String>,
    /// `ocr`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model_type: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}
