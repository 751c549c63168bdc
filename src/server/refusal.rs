//! Every answer that is not a success, in the contract's shape.

use crate::api::ErrorBody;
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
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), advice: advice.into() }
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

    /// 501: an operation of the contract that this server does not offer.
    pub(super) fn not_offered(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("This server does not offer {what}"),
            "Send files to LabelFile, or ask another server",
        )
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
    pub(super) fn disk(error: &std::io::Error) -> Self {
        tracing::error!(%error, "an upload could not be stored");
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "There is no room left on the server's disk",
                "Make room on it and try again",
            ),
            _ => Self::broken(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let message = self.status.canonical_reason().unwrap_or("Error");
        let body = ErrorBody::new(self.status.as_u16(), message, self.reason, self.advice);
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Proofdesk\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
