//! Fetching documents from the web into the data folder.

use super::Context;
use super::files::FETCHED;
use crate::client::{Fetch, Fetched, fetch};
use crate::desk::folder::make_private;
use crate::desk::job::{Event, TaskId};
use crate::document::Problem;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Fetches the document at `address` into a folder of its own.
pub(super) async fn run(context: Context, task: TaskId, address: String) {
    let (progress, told) = watch::channel((0, None));
    let fetching = into_folder(
        context.data.join(FETCHED),
        address,
        Arc::new(move |bytes, total| {
            progress.send_replace((bytes, total));
        }),
    );
    let result = tokio::select! {
        result = fetching => result,
        never = tell_progress(&context, task, told) => match never {},
    };
    context.tell(Event::Fetched(task, result)).await;
}

async fn into_folder(all: PathBuf, address: String, progress: crate::client::OnFetched) -> Result<PathBuf, Problem> {
    let no_room = |error: std::io::Error| Problem {
        message: "The document cannot be kept in the data folder; save it with a browser and add the file".into(),
        details: error.to_string(),
    };
    make_private(&all).map_err(no_room)?;
    let folder = all.join(Uuid::new_v4().to_string());
    make_private(&folder).map_err(no_room)?;
    // The folder goes again where nothing came into it, also when the job is stopped.
    let mut guard = FolderGuard(Some(folder.clone()));
    let Fetched { path } = fetch(&address, &folder, &Fetch::default(), &progress).await.map_err(|e| e.problem())?;
    guard.0 = None;
    Ok(path)
}

/// Removes a folder unless it is told not to.
struct FolderGuard(Option<PathBuf>);

impl Drop for FolderGuard {
    fn drop(&mut self) {
        if let Some(folder) = &self.0
            && let Err(error) = std::fs::remove_dir_all(folder)
        {
            tracing::warn!(%error, "the folder of a document that did not come could not be removed");
        }
    }
}

async fn tell_progress(
    context: &Context,
    task: TaskId,
    told: watch::Receiver<(u64, Option<u64>)>,
) -> std::convert::Infallible {
    let mut before = 0;
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        let (bytes, total) = *told.borrow();
        if bytes != before {
            before = bytes;
            context.tell(Event::Fetching(task, bytes, total)).await;
        }
    }
}
