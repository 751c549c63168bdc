//! The service that reads: the embedded server is started, and spoken to like any other.

use super::Context;
use crate::api::{GENERAL, ModelId};
use crate::client::Client;
use crate::desk::job::Event;
use crate::document::Problem;
use crate::engine::Engine;
use crate::pages::Pages;
use crate::parts::Parts;
use crate::server::{Running, Server, ServerOptions, StartError};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// As the window shows the embedded server.
const NAME: &str = "This computer";

/// The service that documents are read by, once there is one.
#[derive(Clone, Default)]
pub(super) struct Service(Arc<Mutex<Option<Embedded>>>);

/// The server of this very process.
struct Embedded {
    client: Client,
    running: Running,
    /// Where its uploads are, if not in the data folder.
    _folder: Option<TempDir>,
}

impl Service {
    fn embedded(&self) -> MutexGuard<'_, Option<Embedded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who speaks to it.
    pub(super) fn client(&self) -> Option<Client> {
        self.embedded().as_ref().map(|embedded| embedded.client.clone())
    }

    /// The model that reads.
    pub(super) fn model() -> ModelId {
        ModelId::from(GENERAL)
    }

    /// Stops it; waits at most so long.
    pub(super) async fn stop(&self, patience: Duration) {
        let embedded = self.embedded().take();
        if let Some(Embedded { running, .. }) = embedded
            && tokio::time::timeout(patience, running.shutdown()).await.is_err()
        {
            tracing::warn!("the embedded server did not stop in time");
        }
    }
}

/// Starts the embedded server with a key of its own, and asks it for its model.
pub(super) async fn connect(context: Context, parts: Parts, pages: Pages) {
    let event = match start(&context, parts, pages).await {
        Ok(embedded) => {
            *context.service.embedded() = Some(embedded);
            Event::Connected { name: NAME.to_owned(), model: GENERAL.to_owned() }
        }
        Err(problem) => Event::NotConnected(problem),
    };
    context.tell(event).await;
}

async fn start(context: &Context, parts: Parts, pages: Pages) -> Result<Embedded, Problem> {
    let engine = tokio::task::spawn_blocking(move || Engine::load(&parts)).await;
    let engine = engine.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    let (running, folder) = listen(context.data.clone(), pages, Arc::new(engine)).await?;
    let client = Client::new(running.base_url(), running.key().clone()).map_err(|error| error.problem())?;
    client.model(&Service::model()).await.map_err(|error| error.problem())?;
    Ok(Embedded { client, running, _folder: folder })
}

/// Uploads go into the data folder; where that cannot be written, into one that goes with the program.
async fn listen(data: PathBuf, pages: Pages, engine: Arc<Engine>) -> Result<(Running, Option<TempDir>), Problem> {
    match Server::start(ServerOptions::new(data.join("server")), pages.clone(), Arc::clone(&engine)).await {
        Ok(running) => Ok((running, None)),
        Err(StartError::Data { .. }) => {
            let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
            let running = Server::start(ServerOptions::new(folder.path()), pages, engine).await;
            running.map(|running| (running, Some(folder))).map_err(|error| failed(&error))
        }
        Err(error) => Err(failed(&error)),
    }
}

fn failed(error: &dyn std::error::Error) -> Problem {
    Problem::new(format!("The reader of this computer did not start: {error}"))
}
