//! A model is taught: documents go into its training set, it is trained, and how that goes is told until it is over.

use super::Context;
use super::models::info;
use super::pause::heeding;
use super::remote::{may_be_there, may_pass};
use crate::api::{Annotation, FileId, ModelId, UploadAck, UploadUrls, UploadedFile};
use crate::client::{Client, ClientError, OnProgress, Upload};
use crate::desk::ModelInfo;
use crate::desk::job::{Event, LessonOrder, Lost, Remote, TaskId, TeachOrder};
use crate::document::Problem;
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// So many documents are sent at once.
const AT_ONCE: usize = 2;
/// How often this computer is asked how far a training is.
const POLL_HERE: Duration = Duration::from_millis(250);
/// The first pause between two questions to another service.
const FIRST_POLL: Duration = Duration::from_secs(2);
/// The longest.
const LAST_POLL: Duration = Duration::from_secs(30);
/// So many questions in a row may get no answer.
const MOST_FAULTS: u32 = 10;

/// Teaches it.
pub(super) async fn teach(context: Context, task: TaskId, order: TeachOrder) {
    let result = match context.service.of(order.remote.connection) {
        Some(client) => taught(&context, task, &client, order).await,
        None => Err(Problem::new("The service is not connected; choose it at the top left and try again")),
    };
    context.tell(Event::Trained(task, result.map(Box::new))).await;
}

async fn taught(context: &Context, task: TaskId, client: &Client, order: TeachOrder) -> Result<ModelInfo, Problem> {
    let (model, at) = (ModelId::from(order.remote.model.as_str()), &order.remote);
    for (document, file) in order.forgets {
        let name = FileId::from(file.as_str());
        let forgotten = heeding(context, at, || client.remove_training(&model, &name)).await;
        // A service that cannot take one out keeps it; one that is gone already is gone.
        if forgotten.is_ok() || forgotten.is_err_and(|error| error.status() == Some(404)) {
            context.tell(Event::Forgot(task, document)).await;
        }
    }
    let there = if order.lessons.iter().any(|lesson| lesson.may_be_there) {
        // Where that cannot be said, nothing is sent: it might be sent twice.
        heeding(context, at, || client.training_set(&model)).await.map_err(|error| error.problem())?.data
    } else {
        Vec::new()
    };
    if !order.lessons.is_empty() {
        let (written, kept) = oneshot::channel();
        context.going().insert(task, written);
        let documents = order.lessons.iter().map(|lesson| lesson.document).collect();
        context.tell(Event::Teaching(task, documents)).await;
        // Where nothing can be kept, nobody says so, and they go all the same.
        let _ = kept.await;
    }
    let (mut sent, mut failed) = (0, 0);
    let lessons = futures_util::stream::iter(order.lessons).map(|lesson| {
        let there = &there;
        async move {
            let (document, digest) = (lesson.document, lesson.digest.clone());
            let result = send(context, at, client, lesson, there).await;
            (document, result.map(|file| (digest, file)))
        }
    });
    let mut lessons = std::pin::pin!(lessons.buffer_unordered(AT_ONCE));
    let mut last_problem = None;
    while let Some((document, result)) = lessons.next().await {
        match &result {
            Ok(_) => sent += 1,
            Err(lost) => {
                failed += 1;
                last_problem = Some(lost.problem.clone());
            }
        }
        context.tell(Event::Taught(task, document, result)).await;
    }
    if let (0, 1.., Some(problem)) = (sent, failed, last_problem) {
        return Err(Problem {
            message: "No document could be sent to learn from, so nothing was trained".to_owned(),
            details: problem.message,
        });
    }
    if order.trains {
        context.tell(Event::TrainingAsked(task)).await;
        heeding(context, at, || client.train(&model)).await.map_err(|error| error.problem())?;
    }
    watched(context, task, client, at).await
}

/// Asks how far a training is until it is over.
async fn watched(context: &Context, task: TaskId, client: &Client, at: &Remote) -> Result<ModelInfo, Problem> {
    let (model, here) = (&ModelId::from(at.model.as_str()), at.connection.is_this_computer());
    let (mut pause, mut faults) = (if here { POLL_HERE } else { FIRST_POLL }, 0);
    loop {
        match heeding(context, at, || client.model(model)).await {
            Ok(now) => {
                faults = 0;
                let now = info(&now);
                if !now.is_busy() {
                    return Ok(now);
                }
                context.tell(Event::Training(task, Box::new(now))).await;
            }
            Err(error) => {
                faults += 1;
                if !may_pass(&error) || faults == MOST_FAULTS {
                    return Err(error.problem());
                }
            }
        }
        tokio::time::sleep(pause).await;
        if !here {
            pause = (pause * 3 / 2).min(LAST_POLL);
        }
    }
}

/// Puts one document into the training set; the service's name for it.
async fn send(
    context: &Context,
    at: &Remote,
    client: &Client,
    lesson: LessonOrder,
    there: &[UploadedFile],
) -> Result<String, Lost> {
    let (model, here) = (&ModelId::from(at.model.as_str()), at.connection.is_this_computer());
    if let Some(known) = there.iter().find(|file| lesson.may_be_there && is_same(file, &lesson)) {
        return Ok(known.id.as_str().to_owned());
    }
    let ack = heeding(context, at, || sent(client, model, &lesson, here)).await.map_err(|error| {
        let (mut problem, may_be_there) = (error.problem(), may_be_there(&error));
        if may_be_there {
            problem.message.push_str("; the next training looks whether it arrived");
        }
        Lost { problem, may_be_there }
    })?;
    if let Some(why) = ack.data.iter().filter(|file| file.id.as_str().is_empty()).find_map(message) {
        return Err(Lost { problem: Problem::new(why), may_be_there: false });
    }
    let file = ack.data.into_iter().map(|file| file.id.0).next_back().unwrap_or_default();
    if !lesson.replaces.is_empty() && lesson.replaces != file {
        // What was there before it was changed would contradict it. A service that cannot take one out keeps it.
        if let Err(error) = client.remove_training(model, &FileId::from(lesson.replaces.as_str())).await {
            tracing::info!(%error, "an earlier state of a document stays in a training set");
        }
    }
    Ok(file)
}

fn message(file: &UploadedFile) -> Option<String> {
    file.extra.get("message").and_then(|message| message.as_str()).map(str::to_owned)
}

/// By its name and what is annotated: a service may have given the document a page image of another size.
fn is_same(file: &UploadedFile, lesson: &LessonOrder) -> bool {
    let said = |objects: &[crate::api::LabelledBox]| {
        let mut said: Vec<(String, String)> =
            objects.iter().map(|object| (object.name.clone(), object.ocr_text.clone().unwrap_or_default())).collect();
        said.sort_unstable();
        said
    };
    let names = [Some(lesson.name.as_str()), lesson.address.as_deref()];
    names.contains(&Some(file.filename.as_str())) && said(&file.object) == said(&lesson.objects)
}

/// A document that came from the web is fetched from there by a service elsewhere; where it cannot, and everything else,
/// is uploaded.
async fn sent(client: &Client, model: &ModelId, lesson: &LessonOrder, here: bool) -> Result<UploadAck, ClientError> {
    let annotation = |filename: &str| Annotation {
        filename: filename.to_owned(),
        object: lesson.objects.clone(),
        ..Annotation::default()
    };
    if let Some(address) = lesson.address.as_ref().filter(|_| !here) {
        let upload =
            UploadUrls { urls: vec![address.clone()], data: vec![annotation(address)], ..UploadUrls::default() };
        match client.upload_training_urls(model, &upload).await {
            Ok(ack) if ack.data.iter().any(|file| !file.id.as_str().is_empty()) => return Ok(ack),
            // It could not be fetched there.
            Ok(_) => {}
            Err(error) if matches!(error.status(), Some(400..=499)) && error.status() != Some(429) => {}
            Err(error) => return Err(error),
        }
    }
    let nobody: OnProgress = Arc::new(|_| {});
    let upload = Upload { path: lesson.file.path.clone(), name: lesson.name.clone() };
    let password = lesson.file.password.as_deref();
    client.upload_training(model, &[upload], &[annotation(&lesson.name)], password, &nobody).await
}
