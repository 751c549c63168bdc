//! The server's life: it starts, it answers, it stops.

use super::auth::Lock;
use super::extractors::Extractors;
use super::guard::guarded;
use super::queue::{Queue, QueueOptions};
use super::reading::Reader;
use super::results::Links;
use super::router::router;
use super::schedule::Schedule;
use super::signed::Signer;
use super::store::Store;
use super::this_computer::ThisComputer;
use super::trainings::Trainings;
use super::work::Work;
use super::{Limits, ServerOptions, StartError};
use crate::api::{GENERAL, Key, ModelId, paths};
use crate::engine::Engine;
use crate::pages::Pages;
use axum::Router;
use std::future::IntoFuture;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long connections may take to end after everything was cancelled.
const FAREWELL: Duration = Duration::from_secs(5);

/// The embedded server.
#[derive(Debug)]
pub struct Server;

/// A server that answers. It stops when this is dropped or [`Running::shutdown`] is called.
pub struct Running {
    base_url: String,
    router: Router,
    key: Key,
    stopping: CancellationToken,
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// What every request needs.
pub(super) struct Shared {
    pub(super) store: Arc<Store>,
    pub(super) queue: Queue,
    pub(super) trainings: Arc<Trainings>,
    pub(super) reader: Arc<dyn Reader>,
    pub(super) schedule: Schedule,
    pub(super) signer: Signer,
    /// Scheme, host and port.
    pub(super) origin: String,
    pub(super) allow_private_urls: bool,
    pub(super) limits: Limits,
    pub(super) lock: Lock,
    pub(super) stopping: CancellationToken,
}

impl Shared {
    /// What makes the addresses of files and page images.
    pub(super) fn links(&self) -> Links {
        Links { signer: self.signer.clone(), origin: self.origin.clone() }
    }
}

impl Server {
    /// Starts a server that reads with this computer's own engine, on the current tokio runtime.
    pub async fn start(options: ServerOptions, pages: Pages, engine: Arc<Engine>) -> Result<Running, StartError> {
        Self::start_with(options, Arc::new(ThisComputer::new(pages, engine))).await
    }

    /// Starts a server that reads with `reader`, on the current tokio runtime.
    pub async fn start_with(options: ServerOptions, reader: Arc<dyn Reader>) -> Result<Running, StartError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(StartError::NotLoopback(address));
        }
        let key = match options.key {
            Some(key) => key,
            None => Key::random().map_err(StartError::Key)?,
        };
        let listener = TcpListener::bind(address).await.map_err(|source| match source.kind() {
            ErrorKind::AddrInUse => StartError::PortInUse(address),
            _ => StartError::Listen { address, source },
        })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen { address, source })?;
        let (data, threads, forgets) = (options.data.clone(), options.limits.pages_at_once.max(1), options.forgets);
        let store = tokio::task::spawn_blocking(move || {
            let store = Store::open(&data)?;
            store.ensure_fixed_model(&ModelId::from(GENERAL), "ocr")?;
            if forgets {
                store.delete_waited_for("proofdesk")?;
            }
            Ok(Arc::new(store))
        });
        let store = store.await.unwrap_or_else(|error| Err(std::io::Error::other(error).into()));
        let store = store.map_err(|source| StartError::Data { folder: options.data, source })?;
        let trainings = Arc::<Trainings>::default();
        let work = Work {
            store: store.clone(),
            reader: reader.clone(),
            extractors: Extractors::default(),
            trainings: trainings.clone(),
            threads,
        };
        let runtime = tokio::runtime::Handle::current();
        let queue = Queue::start(
            store.clone(),
            QueueOptions { readers: threads, ..QueueOptions::default() },
            move |task, cancel| {
                let _runtime = runtime.enter();
                work.run(task, cancel)
            },
        )
        .map_err(StartError::Threads)?;
        let stopping = CancellationToken::new();
        let shared = Arc::new(Shared {
            signer: Signer::new(store.signing_key()),
            store,
            queue,
            trainings,
            schedule: Schedule::new(reader.clone(), threads),
            reader,
            origin: format!("http://{address}"),
            allow_private_urls: options.allow_private_urls,
            limits: options.limits,
            lock: Lock::new(&key),
            stopping: stopping.clone(),
        });
        let app = guarded(router(), &shared).with_state(shared.clone());
        let serve = axum::serve(listener, app.clone()).with_graceful_shutdown(stopping.clone().cancelled_owned());
        let task = tokio::spawn(until_stopped(serve.into_future(), stopping.clone()));
        let base_url = format!("http://{address}{}", paths::BASE);
        tracing::info!(%base_url, "the embedded server listens");
        Ok(Running { base_url, router: app, key, stopping, shared, task: Some(task) })
    }
}

/// Serves until it is told to stop, then gives what is left of the connections a moment.
async fn until_stopped(serve: impl Future<Output = std::io::Result<()>>, stopping: CancellationToken) {
    tokio::pin!(serve);
    let ended = tokio::select! {
        ended = &mut serve => ended,
        () = stopping.cancelled() => tokio::time::timeout(FAREWELL, serve).await.unwrap_or(Ok(())),
    };
    if let Err(error) = ended {
        tracing::error!(%error, "the embedded server ended");
    }
}

impl Running {
    /// Where it answers, ending in `/api/v2`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key it asks for.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What answers at the socket, for who asks within this process; it asks for the key just the same.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Stops: takes no new request, answers those that run with 503, and returns when all connections have ended and what
    /// was being read waits in the store for the next start.
    pub async fn shutdown(mut self) {
        self.stopping.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the embedded server did not stop cleanly");
        }
        let shared = self.shared.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || shared.queue.stop()).await {
            tracing::error!(%error, "the queue did not stop cleanly");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
