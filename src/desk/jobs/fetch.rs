//! Fetching documents from the web into the data folder.

use super::Context;
use super::files::FETCHED;
use crate::client::{Fetch, Fetched, OnFetched, fetch};
use crate::desk::folder::make_private;
use crate::desk::job::{Event, TaskId};
use crate::document::Problem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// How often the progress is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Fetches the document at `address` into a folder of its own.
pub(super) async fn run(context: Context, task: TaskId, address: String) {
    let result = fetching(&context, task, |progress| into_folder(&context, address, progress)).await;
    context.tell(Event::Fetched(task, result)).await;
}

/// Waits for what fetches, and meanwhile tells how much has come.
pub(super) async fn fetching<T, F: Future<Output = T>>(
    context: &Context,
    task: TaskId,
    begin: impl FnOnce(OnFetched) -> F,
) -> T {
    let (progress, told) = watch::channel((0, None));
    let progress: OnFetched = Arc::new(move |bytes, total| {
        progress.send_replace((bytes, total));
    });
    tokio::select! {
        result = begin(progress) => result,
        never = tell_progress(context, task, told) => match never {},
    }
}

async fn into_folder(context: &Context, address: String, progress: OnFetched) -> Result<PathBuf, Problem> {
    let folder = NewFolder::make(context)?;
    let fetched = fetch(&address, folder.path(), &Fetch::default(), &progress).await;
    let Fetched { path } = fetched.map_err(|error| error.problem())?;
    folder.keep();
    Ok(path)
}

/// A new folder for what is fetched. It goes again unless it is kept, also when the job is stopped.
pub(super) struct NewFolder(Option<PathBuf>);

impl NewFolder {
    /// Makes one in the data folder.
    pub(super) fn make(context: &Context) -> Result<Self, Problem> {
        let no_room = |error: std::io::Error| Problem {
            message: "The document cannot be kept in the data folder; save it with a browser and add the file".into(),
            details: error.to_string(),
        };
        let all = context.data.join(FETCHED);
        make_private(&all).map_err(no_room)?;
        let folder = all.join(Uuid::new_v4().to_string());
        make_private(&folder).map_err(no_room)?;
        Ok(Self(Some(folder)))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// It holds a document now.
    pub(super) fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for NewFolder {
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
