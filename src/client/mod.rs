//! One short method an endpoint of an OCR service that speaks the contract of `api`: this computer's or any other.
//!
//! Base URL and key are data. Nothing here knows documents or windows, and nothing retries what may have been received.

mod address;
mod answer;
mod error;
mod exchange;
mod fetch;
mod form;
mod log;
mod operations;
mod pace;
mod profile;
mod retry;

pub use address::Address;
pub use error::{ClientError, Refusal, TransportFault};
pub use fetch::{Fetch, FetchError, Fetched, OnFetched, fetch};
pub use form::{OnProgress, Progress, Upload};
pub use log::{Request, RequestLog};
pub use pace::Pace;
pub use profile::OnLearnt;

use crate::api::paths::Operation;
use crate::api::{FullTextReply, Key, Model, ModelId, Models, PredictionReply};
use form::Body;
use profile::Profile;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Speaks to one service. Cheap to clone; clones share their connections.
///
/// Every method is a future of the tokio runtime it is polled on; dropping it cancels the request.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
    key: Key,
    patience: Patience,
    profile: Arc<Profile>,
    log: RequestLog,
}

/// How long the client waits, and for how much.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection: 10 s.
    pub connect: Duration,
    /// For the next byte of an upload or of an answer that has begun, and for the answer to a question without a
    /// body: a minute.
    pub silence: Duration,
    /// For an answer that has begun to come to its end, however little of it comes: two minutes. For what has come of it
    /// there is more time, see `bytes_a_second`.
    pub answer: Duration,
    /// How fast an answer has to come beyond that: 1 KiB/s. A byte a minute is no answer.
    pub bytes_a_second: u32,
    /// For the answer to an upload, once all is sent: an hour. A long document takes its time.
    pub reading: Duration,
    /// How often a question that changes nothing is asked: 3 times.
    pub attempts: u32,
    /// The pause before the second time, doubled each time: half a second.
    pub pause: Duration,
    /// The longest pause that a service may ask for (`Retry-After`) before the caller is told instead: a minute.
    pub longest_pause: Duration,
    /// The largest answer, in bytes: 1 GiB.
    pub answer_bytes: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_mins(1),
            answer: Duration::from_mins(2),
            bytes_a_second: 1024,
            reading: Duration::from_hours(1),
            attempts: 3,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_mins(1),
            answer_bytes: 1024 * 1024 * 1024,
        }
    }
}

impl Patience {
    /// How long an answer may take of which so many bytes have come.
    fn for_answer(&self, bytes: u64) -> Duration {
        self.answer + Duration::from_millis(bytes.saturating_mul(1000) / u64::from(self.bytes_a_second.max(1)))
    }
}

/// What a prediction request says beside its files.
#[derive(Clone, Default)]
pub struct PredictOptions {
    /// The wanted pages, from 0; empty is all.
    pub pages: Vec<u32>,
    /// Free text that comes back with every page.
    pub metadata: Option<String>,
    /// A hint: the language of the documents.
    pub language: Option<String>,
    /// The password of encrypted PDFs. Sent to this computer alone; other services cannot use it.
    pub password: Option<String>,
}

impl std::fmt::Debug for PredictOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("PredictOptions")
            .field("pages", &self.pages)
            .field("metadata", &self.metadata)
            .field("language", &self.language)
            .field("password", &password)
            .finish()
    }
}

impl Client {
    /// Speaks to the service at `base_url`, as in `https://app.nanonets.com/api/v2`. HTTPS is a must, except to this
    /// computer.
    pub fn new(base_url: &str, key: Key) -> Result<Self, ClientError> {
        Self::with_patience(base_url, key, Patience::default())
    }

    /// As [`Client::new`], with another patience.
    pub fn with_patience(base_url: &str, key: Key, patience: Patience) -> Result<Self, ClientError> {
        let address = Address::parse(base_url)?;
        let http = exchange::connections(&address, &patience)?;
        Ok(Self { http, address, key, patience, profile: Arc::default(), log: RequestLog::default() })
    }

    /// Notes its requests in `log`.
    #[must_use]
    pub fn logged(self, log: RequestLog) -> Self {
        Self { log, ..self }
    }

    /// Begins with the paths that worked before, and tells `on_learnt` when others do.
    #[must_use]
    pub fn knowing(self, paths: &BTreeSet<String>, on_learnt: OnLearnt) -> Self {
        Self { profile: Arc::new(Profile::new(paths, on_learnt)), ..self }
    }

    /// Where it sends.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Reads `files` at once with `model`; one entry a page, all files flattened.
    pub async fn predict_files(
        &self,
        model: &ModelId,
        files: &[Upload],
        options: &PredictOptions,
        progress: &OnProgress,
    ) -> Result<PredictionReply, ClientError> {
        let body = self.body(files, options);
        self.post(Operation::PredictFiles, &[("model", model.as_str())], &body, progress).await
    }

    /// The words of `files`.
    pub async fn full_text(
        &self,
        files: &[Upload],
        options: &PredictOptions,
        progress: &OnProgress,
    ) -> Result<FullTextReply, ClientError> {
        self.post(Operation::FullText, &[], &self.body(files, options), progress).await
    }

    /// The models of the account.
    pub async fn models(&self) -> Result<Vec<Model>, ClientError> {
        self.get::<Models>(Operation::Models, &[], &[]).await.map(|models| models.0)
    }

    /// One model.
    pub async fn model(&self, model: &ModelId) -> Result<Model, ClientError> {
        self.get(Operation::Model, &[("model", model.as_str())], &[]).await
    }

    fn body(&self, files: &[Upload], options: &PredictOptions) -> Body {
        let pages: Vec<String> = options.pages.iter().map(|page| (u64::from(*page) + 1).to_string()).collect();
        let password = options.password.clone().filter(|_| self.address.is_this_computer());
        let pages = (!pages.is_empty()).then(|| pages.join(","));
        let text =
            [("request_metadata", options.metadata.clone()), ("pages_to_process", pages), ("password", password)];
        Body {
            files: files.to_vec(),
            text: text.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            query: options.language.iter().map(|language| ("l", language.clone())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_sent_to_this_computer_alone() {
        let options =
            PredictOptions { password: Some("secret".into()), pages: vec![0, 4], ..PredictOptions::default() };
        let text = |url: &str| Client::new(url, Key::new("k").unwrap()).unwrap().body(&[], &options).text;
        let pages = ("pages_to_process", "1,5".to_owned());
        assert_eq!(text("http://127.0.0.1:1/api/v2"), [pages.clone(), ("password", "secret".to_owned())]);
        assert_eq!(text("https://app.nanonets.com/api/v2"), [pages]);
    }

    #[test]
    fn the_more_of_an_answer_has_come_the_longer_it_may_take() {
        let patience = Patience::default();
        assert_eq!(patience.for_answer(0), Duration::from_mins(2));
        assert_eq!(patience.for_answer(1 << 20), Duration::from_mins(2) + Duration::from_secs(1024));
        assert!(patience.for_answer(u64::MAX) > Duration::from_hours(24), "and nothing overflows");
    }

    #[test]
    fn neither_key_nor_password_is_shown() {
        let options = PredictOptions { password: Some("secret".into()), ..PredictOptions::default() };
        let client = Client::new("http://127.0.0.1:1/api/v2", Key::new("secret").unwrap()).unwrap();
        let shown = format!("{client:?} {options:?}");
        assert!(!shown.contains("secret"), "{shown}");
    }
}
