//! The results of a window of days. They are put together and sent piece by piece, so that a large window takes no more
//! memory than its largest file.

use super::answer::blocking;
use super::refusal::Refusal;
use super::results::{Links, moderated_pages};
use super::running::Shared;
use super::store::{FileRecord, Store, StoreError};
use crate::api::{ModelId, PageId, SignedUrls};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A first day below this is days back, not a day since 1970.
const DAYS_BACK: u32 = 10_000;
/// A piece has so many bytes at least, but for the last.
const PIECE: usize = 256 * 1024;

/// The window of days that is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Days {
    start_day_interval: Option<String>,
    current_batch_day: Option<String>,
}

/// `GET …/InferenceRequest/?start_day_interval&current_batch_day`.
pub(super) async fn of_days(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    Query(days): Query<Days>,
) -> Result<Response, Refusal> {
    let (store, links) = (shared.store.clone(), shared.links());
    let number = |text: Option<&String>, name: &str| {
        text.and_then(|text| text.trim().parse::<u32>().ok()).ok_or_else(|| {
            Refusal::bad_request(format!("{name} is no day"), "Write both as whole days, current_batch_day since 1970")
        })
    };
    let first = number(days.start_day_interval.as_ref(), "start_day_interval")?;
    let last = number(days.current_batch_day.as_ref(), "current_batch_day")?;
    let first = if first < DAYS_BACK { last.saturating_sub(first) } else { first };
    let (first, window) = blocking(move || {
        let model = ModelId::from(model.as_str());
        store.model(&model)?;
        let files = store.files_of_days(&model, first..=last)?;
        let mut window = Window::new(store, links, files);
        Ok((window.piece()?, window))
    })
    .await?;
    let body = if window.is_written() { Body::from(first) } else { Body::from_stream(pieces(first, window)) };
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// `first` and what comes after it. Each piece is made when the one before has gone; where one cannot be made, the
/// connection ends before the reply does.
fn pieces(first: Vec<u8>, window: Window) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((Some(first), window), |(first, mut window)| async move {
        let made = match first {
            Some(first) => Ok((first, window)),
            None => blocking(move || Ok((window.piece()?, window))).await,
        };
        let (piece, window) = made.map_err(|_| std::io::Error::other("the results could not be read to their end"))?;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), (None, window))))
    })
}

/// A reply that is being written.
struct Window {
    store: Arc<Store>,
    links: Links,
    /// The approved ones first.
    files: Vec<FileRecord>,
    /// The pages of each that were written, for their addresses.
    pages: Vec<Vec<PageId>>,
    /// How many of the files are approved.
    approved: usize,
    /// How many parts are written: first the pages of each file, then the addresses of each, then the end.
    written: usize,
    /// Whether something stands in the list or object that is being written.
    has_before: bool,
}

impl Window {
    fn new(store: Arc<Store>, links: Links, mut files: Vec<FileRecord>) -> Self {
        files.sort_by_key(|file| file.approval.is_none());
        let approved = files.iter().filter(|file| file.approval.is_some()).count();
        Self { store, links, pages: Vec::with_capacity(files.len()), approved, files, written: 0, has_before: false }
    }

    /// The next bytes; none at the end.
    fn piece(&mut self) -> Result<Vec<u8>, Refusal> {
        let mut piece = Vec::new();
        let end = 2 * self.files.len();
        while !self.is_written() && piece.len() < PIECE {
            if self.written == 0 {
                self.open(&mut piece, br#"{"moderated_images":["#);
            }
            if self.written == self.approved {
                self.open(&mut piece, br#"],"unmoderated_images":["#);
            }
            if self.written == self.files.len() {
                self.open(&mut piece, br#"],"signed_urls":{"#);
            }
            if self.written < self.files.len() {
                self.write_pages(&mut piece)?;
            } else if self.written < end {
                self.write_addresses(&mut piece)?;
            } else {
                let count = |files: &[Vec<PageId>]| files.iter().map(Vec::len).sum::<usize>();
                let (approved, others) = self.pages.split_at(self.approved);
                let (approved, others) = (count(approved), count(others));
                let counts = format!(r#"}},"moderated_images_count":{approved},"unmoderated_images_count":{others}}}"#);
                piece.extend_from_slice(counts.as_bytes());
            }
            self.written += 1;
        }
        Ok(piece)
    }

    const fn is_written(&self) -> bool {
        self.written > 2 * self.files.len()
    }

    fn open(&mut self, piece: &mut Vec<u8>, text: &[u8]) {
        piece.extend_from_slice(text);
        self.has_before = false;
    }

    fn comma(&mut self, piece: &mut Vec<u8>) {
        if std::mem::replace(&mut self.has_before, true) {
            piece.push(b',');
        }
    }

    fn write_pages(&mut self, piece: &mut Vec<u8>) -> Result<(), Refusal> {
        let file = &self.files[self.written];
        let now = match self.store.file(&file.id) {
            // It was deleted since the reply was begun.
            Err(StoreError::Missing { .. }) => {
                self.pages.push(Vec::new());
                return Ok(());
            }
            now => FileRecord { approval: file.approval.clone(), ..now? },
        };
        let pages = moderated_pages(&self.store, &self.links, &now, None, &mut SignedUrls::new())?;
        for page in &pages {
            self.comma(piece);
            json(piece, page)?;
        }
        self.pages.push(pages.into_iter().map(|page| page.id).collect());
        Ok(())
    }

    fn write_addresses(&mut self, piece: &mut Vec<u8>) -> Result<(), Refusal> {
        let number = self.written - self.files.len();
        let mut urls = SignedUrls::new();
        for page in &self.pages[number] {
            let file = &self.files[number];
            self.links.of_page(&file.model, page, file, &mut urls);
        }
        for (path, url) in &urls {
            self.comma(piece);
            json(piece, path)?;
            piece.push(b':');
            json(piece, url)?;
        }
        Ok(())
    }
}

fn json<T: Serialize>(piece: &mut Vec<u8>, value: &T) -> Result<(), Refusal> {
    serde_json::to_writer(piece, value).map_err(|error| {
        tracing::error!(%error, "a reply could not be written");
        Refusal::broken()
    })
}
