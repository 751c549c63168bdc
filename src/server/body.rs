//! Request bodies: bounded while they are read, and read to their end where an answer was given before it.

use axum::body::{BodyDataStream, Bytes};
use futures_util::{Stream, StreamExt};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

/// How much of a body nobody wants is read all the same, and for how long.
const UNWANTED_BYTES: u64 = 1024 * 1024 * 1024;
const UNWANTED_TIME: Duration = Duration::from_secs(20);

/// A body that is read to its end even if it is dropped before.
///
/// Many clients read the answer only after they have sent everything; to them a connection that closes early is a
/// broken pipe instead of a 401 or 413 that says why.
pub(super) struct Lingering(Option<BodyDataStream>);

impl Lingering {
    pub(super) fn new(body: BodyDataStream) -> Self {
        Self(Some(body))
    }
}

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let polled = body.poll_next_unpin(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let (Some(body), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(UNWANTED_TIME, discard(body)));
        }
    }
}

async fn discard(mut body: BodyDataStream) {
    let mut left = UNWANTED_BYTES;
    while let Some(Ok(chunk)) = body.next().await {
        left = left.saturating_sub(chunk.len() as u64);
        if left == 0 {
            return;
        }
    }
}

/// What has arrived of a body, and what of it the form has made sense of.
#[derive(Debug, Default)]
pub(super) struct Meter {
    arrived: AtomicU64,
    unclaimed: AtomicU64,
}

impl Meter {
    /// All bytes so far.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived.load(Ordering::Relaxed)
    }

    /// The form made sense of what arrived so far.
    pub(super) fn claim(&self) {
        self.unclaimed.store(0, Ordering::Relaxed);
    }
}

/// Why a body is not read on.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Excess {
    /// It is larger than it may be.
    #[error("the body is too large")]
    Bytes,
    /// No boundary and no header ended for too long: it is no form, and a parser would keep all of it in memory.
    #[error("the body is no form")]
    NoForm,
}

/// `body`, ended by an [`Excess`] where more than `most` bytes arrive, or more than `most_unclaimed` that the form
/// could make nothing of.
pub(super) fn metered(
    body: BodyDataStream,
    meter: Arc<Meter>,
    most: u64,
    most_unclaimed: u64,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send {
    body.map(move |chunk| {
        let bytes = chunk?;
        let size = bytes.len() as u64;
        if meter.arrived.fetch_add(size, Ordering::Relaxed) + size > most {
            return Err(axum::Error::new(Excess::Bytes));
        }
        if meter.unclaimed.fetch_add(size, Ordering::Relaxed) > most_unclaimed {
            return Err(axum::Error::new(Excess::NoForm));
        }
        Ok(bytes)
    })
}

/// The excess that is at the bottom of `error`, if one is.
pub(super) fn excess_of(error: &(dyn std::error::Error + 'static)) -> Option<Excess> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(excess) = error.downcast_ref::<Excess>() {
            return Some(*excess);
        }
        cause = error.source();
    }
    None
}
