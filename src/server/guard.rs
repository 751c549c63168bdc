//! What stands before every request: the key, and that nothing a request does can end the server or leave its client
//! without an answer in the contract's shape.

use super::body::Lingering;
use super::refusal::Refusal;
use super::running::Shared;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_TYPE, EXPECT};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

/// `router` behind the guards; the last one added is the first one asked.
pub(super) fn guarded(router: Router<Arc<Shared>>, shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    router
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(shaped))
        .layer(from_fn_with_state(shared.clone(), keyed))
        .layer(from_fn(caught))
        .layer(from_fn(lingering))
        .layer(from_fn(logged))
}

/// Refuses without the key, whatever is asked for; signed addresses carry their own permission.
async fn keyed(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let is_signed = request.uri().path().starts_with("/uploadedfiles/");
    if !is_signed && !shared.lock.opens(request.headers()) {
        return Refusal::unauthorized().into_response();
    }
    next.run(request).await
}

/// Puts what the framework refuses by itself (a path or query that is no UTF-8) into the contract's shape.
async fn shaped(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let (status, kind) = (response.status(), response.headers().get(CONTENT_TYPE));
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    Refusal::new(status, "The request makes no sense", "See the contract for what this path takes").into_response()
}

/// Turns a panic into an answer. The panic hook has logged where it was.
async fn caught(request: Request, next: Next) -> Response {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| {
        tracing::error!("a request panicked");
        Refusal::broken().into_response()
    })
}

/// Reads on what a refusal left unread; a client that asked first (`Expect`) does not send it.
async fn lingering(request: Request, next: Next) -> Response {
    if request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::from_stream(Lingering::new(body.into_data_stream())))).await
}

/// Says in the log what was asked and answered, never with what key or about what text.
async fn logged(request: Request, next: Next) -> Response {
    let (method, path, start) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let response = next.run(request).await;
    let (status, seconds) = (response.status().as_u16(), start.elapsed().as_secs_f32());
    tracing::info!(target: "proofdesk::requests", %method, path, status, seconds, "answered");
    response
}
