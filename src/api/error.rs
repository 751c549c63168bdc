//! The body of every answer that is not a success.

use super::{Extra, lenient};
use serde::{Deserialize, Serialize};

/// Why the service refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The refusal in short: `Conflict`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    /// The HTTP status again.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub code: i64,
    /// The reasons.
    #[serde(default, deserialize_with = "lenient::list")]
    pub errors: Vec<ErrorDetail>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// What is wrong.
    #[serde(default, deserialize_with = "lenient::text")]
    pub reason: String,
    /// What to do.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ErrorBody {
    /// A refusal with one reason. `message` is the status in words.
    pub fn new(code: u16, message: &str, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        let detail = ErrorDetail { reason: reason.into(), message: advice.into(), extra: Extra::new() };
        Self { message: message.to_owned(), code: i64::from(code), errors: vec![detail], extra: Extra::new() }
    }

    /// The most telling of its sentences: the first reason with its message, else the message.
    pub fn sentence(&self) -> String {
        let telling = self.errors.iter().find(|e| !e.reason.is_empty() || !e.message.is_empty());
        match telling {
            Some(e) if e.message.is_empty() => e.reason.clone(),
            Some(e) if e.reason.is_empty() => e.message.clone(),
            Some(e) => format!("{}: {}", e.reason, e.message),
            None => self.message.clone(),
        }
    }
}
