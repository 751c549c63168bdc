//! Answers that take the disk or time: built and written off the asynchronous threads.

use super::refusal::Refusal;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Does what blocks.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "answering panicked");
        Err(Refusal::broken())
    })
}

/// Builds and writes a JSON reply, which for many pages takes long, where no other request waits for it.
pub(super) async fn json<T: Serialize>(
    reply: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    json_with(StatusCode::OK, reply).await
}

/// The same with another status.
pub(super) async fn json_with<T: Serialize>(
    status: StatusCode,
    reply: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let bytes = blocking(move || {
        serde_json::to_vec(&reply()?).map_err(|error| {
            tracing::error!(%error, "a reply could not be written");
            Refusal::broken()
        })
    })
    .await?;
    Ok((status, [(CONTENT_TYPE, "application/json")], Body::from(bytes)).into_response())
}
