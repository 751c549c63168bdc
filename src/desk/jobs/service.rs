//! The services that read: the embedded server is started, and spoken to like any other.

use super::Context;
use super::secrets::Secrets;
use crate::api::Key;
use crate::client::{Client, ClientError, OnLearnt, Pace, Patience, RequestLog};
use crate::desk::job::{Event, Remote, Unreached};
use crate::desk::{Account, ConnectionId, ModelInfo};
use crate::document::Problem;
use crate::engine::Engine;
use crate::pages::Pages;
use crate::parts::Parts;
use crate::server::{Running, Server, ServerOptions, StartError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// The services that documents are read by, those that are there. Cheap to clone.
#[derive(Clone)]
pub(super) struct Service {
    embedded: Arc<Mutex<Option<Embedded>>>,
    others: Arc<Mutex<HashMap<ConnectionId, Other>>>,
    requests: RequestLog,
    pub(super) secrets: Secrets,
    events: Sender<Event>,
}

/// The server of this very process.
struct Embedded {
    client: Client,
    running: Running,
    /// Where its uploads are, if not in the data folder.
    _folder: Option<TempDir>,
}

/// A service elsewhere.
struct Other {
    client: Client,
    key: Key,
    pages_a_minute: Option<u32>,
    /// By model: what its plan still allows.
    paces: HashMap<String, Pace>,
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// None is there yet.
    pub(super) fn new(requests: RequestLog, secrets: Secrets, events: Sender<Event>) -> Self {
        Self { embedded: Arc::default(), others: Arc::default(), requests, secrets, events }
    }

    /// Who speaks to this computer's server.
    pub(super) fn client(&self) -> Option<Client> {
        locked(&self.embedded).as_ref().map(|embedded| embedded.client.clone())
    }

    /// Who speaks to another service.
    pub(super) fn other(&self, id: ConnectionId) -> Option<Client> {
        locked(&self.others).get(&id).map(|other| other.client.clone())
    }

    /// Who speaks to a service.
    pub(super) fn of(&self, id: ConnectionId) -> Option<Client> {
        if id.is_this_computer() { self.client() } else { self.other(id) }
    }

    /// The key of another service, as far as it is known.
    pub(super) fn known_key(&self, id: ConnectionId) -> Option<Key> {
        locked(&self.others).get(&id).map(|other| other.key.clone())
    }

    /// Speaks to an account with this key.
    pub(super) fn speak_to(&self, account: &Account, key: Key) -> Result<Client, ClientError> {
        // Pauses that a service asks for are the desk's: it shows them. An answer that does not end is not to take all
        // memory: some 5,000 pages fit.
        let patience =
            Patience { longest_pause: Duration::from_secs(5), answer_bytes: 256 << 20, ..Patience::default() };
        let client = Client::with_patience(&account.base_url, key, patience)?;
        Ok(client.logged(self.requests.clone()).knowing(&account.paths, self.keeping(account)))
    }

    /// Has the paths that work at an account's service kept with it.
    fn keeping(&self, account: &Account) -> OnLearnt {
        let (events, id, url) = (self.events.clone(), account.id, account.base_url.clone());
        Arc::new(move |paths| {
            let event = Event::PathsLearnt(id, url.clone(), paths);
            // Something else comes of what was asked, and wakes the window.
            if let Err(TrySendError::Full(event)) = events.try_send(event) {
                let events = events.clone();
                tokio::spawn(async move { events.send(event).await });
            }
        })
    }

    /// From now on an account is there.
    pub(super) fn put(&self, account: &Account, client: Client, key: Key) {
        let mut others = locked(&self.others);
        let paces = others.remove(&account.id).filter(|old| old.pages_a_minute == account.pages_a_minute);
        let paces = paces.map_or_else(HashMap::new, |old| old.paces);
        others.insert(account.id, Other { client, key, pages_a_minute: account.pages_a_minute, paces });
    }

    /// An account is there no more.
    pub(super) fn remove(&self, id: ConnectionId) {
        locked(&self.others).remove(&id);
    }

    /// Does `change` to what a model's plan still allows; `None` where the account is not there.
    pub(super) fn pace<T>(&self, at: &Remote, change: impl FnOnce(&mut Pace, Instant) -> T) -> Option<T> {
        let mut others = locked(&self.others);
        let other = others.get_mut(&at.connection)?;
        let now = Instant::now();
        let (rate, model) = (other.pages_a_minute, at.model.clone());
        Some(change(other.paces.entry(model).or_insert_with(|| Pace::new(rate, now)), now))
    }

    /// Stops this computer's server; waits at most so long.
    pub(super) async fn stop(&self, patience: Duration) {
        let embedded = locked(&self.embedded).take();
        if let Some(Embedded { running, .. }) = embedded
            && tokio::time::timeout(patience, running.shutdown()).await.is_err()
        {
            tracing::warn!("the embedded server did not stop in time");
        }
    }
}

/// Starts the embedded server with a key of its own, and asks it for its models.
pub(super) async fn connect(context: Context, parts: Parts, pages: Pages) {
    let result = match start(&context, parts, pages).await {
        Ok((embedded, models)) => {
            *locked(&context.service.embedded) = Some(embedded);
            Ok(models)
        }
        Err(problem) => Err(Unreached::Problem(problem)),
    };
    context.tell(Event::Reached(ConnectionId::THIS_COMPUTER, result)).await;
}

async fn start(context: &Context, parts: Parts, pages: Pages) -> Result<(Embedded, Vec<ModelInfo>), Problem> {
    let (running, folder) = listen(context, pages, Arc::new(Engine::new(parts))).await?;
    let client = Client::new(running.base_url(), running.key().clone()).map_err(|error| error.problem())?;
    let client = client.logged(context.service.requests.clone());
    let models = client.models().await.map_err(|error| error.problem())?;
    let models = models.iter().map(super::models::info).collect();
    Ok((Embedded { client, running, _folder: folder }, models))
}

/// Models and uploads are in the data folder. Where that cannot be used, documents are read all the same, with a folder
/// that goes with the program, and the person is told what is missing.
async fn listen(context: &Context, pages: Pages, engine: Arc<Engine>) -> Result<(Running, Option<TempDir>), Problem> {
    // What was read stands in the library, and what was not is asked for again.
    let options = ServerOptions { forgets: true, ..ServerOptions::new(context.data.join("server")) };
    let error = match Server::start(options, pages.clone(), Arc::clone(&engine)).await {
        Ok(running) => return Ok((running, None)),
        Err(StartError::Data { source, .. }) => source,
        Err(error) => return Err(failed(&error)),
    };
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let running = Server::start(ServerOptions::new(folder.path()), pages, engine).await.map_err(|e| failed(&e))?;
    let message = format!("The models of this computer are not at hand, and new ones go when Proofdesk ends: {error}");
    context.tell(Event::NotSaved(Problem::new(message))).await;
    Ok((running, Some(folder)))
}

fn failed(error: &dyn std::error::Error) -> Problem {
    Problem::new(format!("The reader of this computer did not start: {error}"))
}
