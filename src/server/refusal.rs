//! Every answer that is not a success, in the contract's shape.

use super::store::StoreError;
use crate::api::{ErrorBody, ErrorDetail};
use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// Why a request is refused: what is wrong, and what to do.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
    pub(super) advice: String,
    /// More reasons, each with a sentence.
    pub(super) more: Vec<(String, String)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), advice: advice.into(), more: Vec::new() }
    }

    /// 400: the request makes no sense.
    pub(super) fn bad_request(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason, advice)
    }

    /// 401: no key, or another one.
    pub(super) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "API key is wrong or missing",
            "Send the server's key as user name of HTTP Basic",
        )
    }

    /// 404: no such model.
    pub(super) fn no_model(model: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("No model {model:?}"), "GET /OCR/Model/ lists the models")
    }

    /// 413: more than a request may carry.
    pub(super) fn too_large(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, reason, "Send fewer or smaller files at a time")
    }

    /// 400: none of the addresses could be fetched; each says why.
    pub(super) fn nothing_fetched(failures: &[(String, String)]) -> Self {
        let mut refusal = Self::bad_request("None of the addresses could be fetched", "Send the files themselves");
        refusal.more = failures.to_vec();
        refusal
    }

    /// 503: the server stops.
    pub(super) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping", "Try again when it runs again")
    }

    /// 500: our own fault. What happened stands in the log, not in the answer.
    pub(super) fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server failed to answer",
            "Try again; its log says what happened",
        )
    }

    /// 507 where the disk is full, else 500.
    pub(super) fn disk(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What the store says no to.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let (status, advice) = match &error {
            StoreError::Missing { .. } => (StatusCode::NOT_FOUND, "Ask for one that is there"),
            StoreError::UnknownLabel(_) => (StatusCode::BAD_REQUEST, "Use the labels that the model was made with"),
            StoreError::NothingToLearn(_) => {
                (StatusCode::BAD_REQUEST, "Upload documents with annotations to UploadFile first")
            }
            StoreError::FixedModel(_) | StoreError::BusyModel(_) => {
                (StatusCode::CONFLICT, "Please check the current state of model")
            }
            StoreError::Unfinished(_) | StoreError::Approved(_) => {
                (StatusCode::CONFLICT, "Please check the current state of the file")
            }
            StoreError::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "Make room on the server's disk and try again"),
            _ => {
                tracing::error!(%error, "the store failed");
                return Self::broken();
            }
        };
        Self::new(status, capital(&error.to_string()), advice)
    }
}

/// An error's text as a sentence begins.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let message = self.status.canonical_reason().unwrap_or("Error");
        let mut body = ErrorBody::new(self.status.as_u16(), message, self.reason, self.advice);
        body.errors.extend(self.more.into_iter().map(|(reason, message)| ErrorDetail {
            reason,
            message,
            ..ErrorDetail::default()
        }));
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Proofdesk\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
