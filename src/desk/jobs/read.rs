//! Having pages read by the service.

use super::Context;
use crate::api::convert::{files_from_reply, texts_from_file};
use crate::api::{FileId, ModelId};
use crate::client::{Client, ClientError, OnProgress, PredictOptions, Progress, Upload};
use crate::desk::job::{Answer, Event, ReadOrder, TaskId};
use crate::document::{PageSize, PageText, Problem};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A file of fewer bytes is sent before anybody could look.
const WORTH_SHOWING: u64 = 4 << 20;
/// How often the progress of sending is told.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Has pages read.
pub(super) async fn read(context: Context, task: TaskId, order: ReadOrder) {
    let result = match context.service.client() {
        Some(client) => answer(&context, task, &client, order).await.map_err(|error| error.problem()),
        None => Err(no_service()),
    };
    context.tell(Event::Read(task, result)).await;
}

async fn answer(context: &Context, task: TaskId, client: &Client, order: ReadOrder) -> Result<Answer, ClientError> {
    let start = Instant::now();
    let model = ModelId::from(order.model.as_str());
    let (uploads, options) = form(order);
    let (on_progress, told) = progress();
    let request = client.predict_files(&model, &uploads, &options, &on_progress);
    let reply = telling(context, task, told, request).await?;
    let files = files_from_reply(&reply);
    forget(client, &model, files.iter().map(|file| file.id.clone()).collect());
    let problem = files.iter().find_map(|file| file.problem.clone());
    let pages = files.into_iter().flat_map(|file| file.pages).collect();
    Ok(Answer { pages, problem, took: start.elapsed() })
}

/// Has this computer's service forget files that were read: the desk keeps what it was told itself, and what is taken off
/// the desk is to be gone.
pub(super) fn forget(client: &Client, model: &ModelId, files: Vec<FileId>) {
    if !client.address().is_this_computer() {
        return;
    }
    let (client, model) = (client.clone(), model.clone());
    tokio::spawn(async move {
        for file in files.into_iter().filter(|file| !file.as_str().is_empty()) {
            if let Err(error) = client.delete_file(&model, &file).await {
                tracing::debug!(%error, "the service still has a file that was read");
            }
        }
    });
}

/// Where the client says how much it has sent, and where that is seen.
pub(super) fn progress() -> (OnProgress, watch::Receiver<Progress>) {
    let (progress, told) = watch::channel(Progress { sent: 0, total: 0 });
    let on_progress: OnProgress = Arc::new(move |now| {
        progress.send_replace(now);
    });
    (on_progress, told)
}

/// Waits for the answer to `request`, and meanwhile tells how much is sent.
pub(super) async fn telling<T>(
    context: &Context,
    task: TaskId,
    told: watch::Receiver<Progress>,
    request: impl Future<Output = T>,
) -> T {
    tokio::select! {
        answer = request => answer,
        never = tell_progress(context, task, told) => match never {},
    }
}

/// Tells how much of a large file is sent, now and then.
async fn tell_progress(context: &Context, task: TaskId, told: watch::Receiver<Progress>) -> std::convert::Infallible {
    let mut before = 0;
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        let Progress { sent, total } = *told.borrow();
        if total >= WORTH_SHOWING && sent != before {
            before = sent;
            context.tell(Event::Sent(task, sent, total)).await;
        }
    }
}

/// Has the words of pages read.
pub(super) async fn words(context: Context, task: TaskId, order: ReadOrder, sizes: Arc<Vec<PageSize>>) {
    let result = match context.service.client() {
        Some(client) => texts(&client, order, &sizes).await.map_err(|error| error.problem()),
        None => Err(no_service()),
    };
    context.tell(Event::Words(task, result)).await;
}

async fn texts(client: &Client, order: ReadOrder, sizes: &[PageSize]) -> Result<Vec<(u32, PageText)>, ClientError> {
    let (uploads, options) = form(order);
    let nobody: OnProgress = Arc::new(|_| {});
    let reply = client.full_text(&uploads, &options, &nobody).await?;
    Ok(reply.files().iter().flat_map(|file| texts_from_file(file, sizes)).collect())
}

pub(super) fn form(order: ReadOrder) -> ([Upload; 1], PredictOptions) {
    let ReadOrder { file, name, pages, language, metadata, .. } = order;
    let pages = pages.unwrap_or_default();
    let said = |text: String| (!text.is_empty()).then_some(text);
    let options = PredictOptions { pages, language: said(language), password: file.password, metadata: said(metadata) };
    ([Upload { path: file.path, name }], options)
}

fn no_service() -> Problem {
    Problem::new("The reader of this computer does not run; restart Proofdesk")
}
