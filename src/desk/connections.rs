//! The services that documents can be read by: this computer, and any number of accounts elsewhere. Their keys are not
//! here: they are in the system's keyring, and in `jobs` while the program runs.

use crate::client::Address;
use crate::document::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Names a connection, also over restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnectionId(pub u64);

impl ConnectionId {
    /// The embedded server; the first and always there.
    pub const THIS_COMPUTER: Self = Self(0);

    /// Whether it is the embedded server.
    pub fn is_this_computer(self) -> bool {
        self == Self::THIS_COMPUTER
    }
}

/// An account of an OCR service: everything but its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Its name here.
    pub id: ConnectionId,
    /// As shown.
    pub name: String,
    /// Where the service is, as in `https://app.nanonets.com/api/v2`.
    pub base_url: String,
    /// The models that were added by their id, because the service does not list them.
    pub added_models: Vec<String>,
    /// The model that reads; empty until one is chosen.
    pub model: String,
    /// How many pages a minute the account's plan allows each model; `None` is any number.
    pub pages_a_minute: Option<u32>,
    /// The paths that its service answers at, where services differ.
    pub paths: BTreeSet<String>,
}

impl Account {
    /// The host of its address; `None` where that is none of a service.
    pub fn host(&self) -> Option<String> {
        Address::parse(&self.base_url).ok().map(|address| address.host().to_owned())
    }
}

/// How a service is just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reach {
    /// It is asked.
    #[default]
    Asking,
    /// It answers.
    Ready,
    /// Its key is not known: the system has no keyring, or nothing in it.
    NeedsKey,
    /// It does not answer; why, and what to do.
    Failed(Problem),
}

/// What a test of a connection came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tested {
    /// None was made.
    #[default]
    Not,
    /// The service is asked.
    Asking,
    /// It answers; what it said, in a sentence.
    Passed(String),
    /// It does not; why, and what to do.
    Failed(Problem),
}

/// What to get of what a model of a service has read already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// All files that it got from one day to another, both included, in days since 1970 (UTC).
    Days(u32, u32),
    /// One file, by the service's name for it.
    File(String),
    /// One page of a file, by the service's names for both; the file's may be empty.
    Page(String, String),
}

/// A document that came from a service, with what that had read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Imported {
    /// The service.
    pub connection: ConnectionId,
    /// The model.
    pub model: String,
    /// The service's name for the file.
    pub file: String,
    /// The service's name for the only page that is wanted; empty where all are.
    pub page: String,
}

/// What a service is told about a document beside its contents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// The pages to read, from 0, in order; empty is all.
    pub pages: Vec<u32>,
    /// The language of the document, as a hint; empty is none.
    pub language: String,
    /// A person's own words for it: they come back with what was read.
    pub metadata: String,
}

/// Where a document is read, and how far its way there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The service.
    pub connection: ConnectionId,
    /// The model.
    pub model: String,
    /// The first word of what is sent along as `request_metadata`: by it a file is found whose answer was lost. One for
    /// each sending.
    pub token: String,
    /// Whether it was sent to be read at once or later.
    pub way: Option<Way>,
    /// How far it is.
    pub delivery: Delivery,
    /// When it was sent, in milliseconds since 1970 (UTC); 0 is never.
    pub sent_ms: i64,
}

/// How a service elsewhere was asked to read a document. The desk chooses it by the document's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// While one waits.
    AtOnce,
    /// Later; it is asked for until it is read.
    Later,
}

/// How far a document's way to its service is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Nothing was sent.
    #[default]
    Unsent,
    /// It was sent, and no answer has come: the service may have it or not.
    Sent,
    /// The service has it, under this name.
    There(String),
}
