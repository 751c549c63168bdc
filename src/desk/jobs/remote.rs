//! Documents that another service reads: sent once, asked for until they are read, looked for where an answer was lost.

use super::Context;
use super::read::{form, progress, telling};
use crate::api::convert::{files_from_reply, page_from_moderated};
use crate::api::{FileId, FileStatus, ModelId, ModeratedPage, ModeratedReply, PredictionReply};
use crate::client::{Client, ClientError, TransportFault};
use crate::desk::clock::now_ms;
use crate::desk::job::{Event, Lost, Post, Remote, Sent, TaskId};
use crate::document::{Page, Problem};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long to wait after a service asked for a pause without saying how long, the first time and after; its advice.
const PAUSES: [Duration; 3] = [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(2)];
/// So often a service may ask for a pause before a person decides.
const MOST_PAUSES: usize = 20;
/// The first pause between two questions whether a document is read.
const FIRST_POLL: Duration = Duration::from_secs(1);
/// The longest.
const LAST_POLL: Duration = Duration::from_secs(30);
/// So many questions in a row may get no answer.
const MOST_FAULTS: u32 = 10;
/// When a lost document is looked for: what was received may take a moment to be listed.
const LOOKS: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15)];
const MS_A_DAY: i64 = 24 * 60 * 60 * 1000;

/// Sends a document as soon as its plan allows and that it goes is kept.
pub(super) async fn post(context: Context, task: TaskId, post: Post) {
    let result = posted(&context, task, post).await;
    context.tell(Event::Posted(task, result)).await;
}

async fn posted(context: &Context, task: TaskId, post: Post) -> Result<Sent, Lost> {
    let mut pauses = 0;
    loop {
        let error = match posted_once(context, task, &post).await {
            Ok(reply) => return sent(&reply, post.later),
            Err(error) => error,
        };
        let asked = match &error {
            // After any other refusal it may be there all the same.
            ClientError::Refused(refusal) if refusal.status == 429 && pauses < MOST_PAUSES => refusal.retry_after,
            _ => return Err(Lost { may_be_there: may_be_there(&error), problem: error.problem() }),
        };
        let wait = asked.unwrap_or(PAUSES[pauses.min(PAUSES.len() - 1)]);
        pauses += 1;
        context.service.pace(&post.remote, |pace, now| pace.pause(wait, now));
    }
}

/// Pages that were taken out of a plan's minute. They are given back where they do not go.
struct Taken<'a> {
    context: &'a Context,
    post: &'a Post,
    is_gone: bool,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.is_gone {
            self.context.service.pace(&self.post.remote, |pace, _| pace.give_back(self.post.page_count));
        }
    }
}

async fn posted_once(context: &Context, task: TaskId, post: &Post) -> Result<PredictionReply, ClientError> {
    let mut wait = context.service.pace(&post.remote, |pace, now| pace.take(post.page_count, now)).unwrap_or_default();
    let mut taken = Taken { context, post, is_gone: false };
    while !wait.is_zero() {
        context.tell(Event::Paced(task, SystemTime::now() + wait)).await;
        sleep(wait).await;
        // Meanwhile the service may have asked another document for a pause.
        wait = context.service.pace(&post.remote, |pace, now| pace.pause_left(now)).unwrap_or_default();
    }
    let Some(client) = context.service.other(post.remote.connection) else { return Err(gone()) };
    let (written, kept) = oneshot::channel();
    context.going().insert(task, written);
    context.tell(Event::Posting(task, now_ms())).await;
    // Where nothing can be kept, nobody says so, and it goes all the same.
    let _ = kept.await;
    let model = ModelId::from(post.remote.model.as_str());
    let (uploads, mut options) = form(post.order.clone());
    options.metadata = Some(post.token.clone());
    let (on_progress, told) = progress();
    let request = async {
        if post.later {
            client.predict_files_later(&model, &uploads, &options, &on_progress).await
        } else {
            client.predict_files(&model, &uploads, &options, &on_progress).await
        }
    };
    // A stop from here on comes too late.
    taken.is_gone = true;
    let reply = telling(context, task, told, request).await;
    taken.is_gone = reply.as_ref().err().is_none_or(may_be_there);
    reply
}

/// Whether a service may have a document although it did not say so.
pub(super) fn may_be_there(error: &ClientError) -> bool {
    match error {
        ClientError::Transport { may_have_arrived, .. } => *may_have_arrived,
        ClientError::Refused(refusal) => refusal.status >= 500,
        ClientError::Unreadable { .. } | ClientError::AnswerTooLarge { .. } => true,
        ClientError::Address { .. } | ClientError::File { .. } | ClientError::Moved { .. } => false,
    }
}

fn sent(reply: &PredictionReply, later: bool) -> Result<Sent, Lost> {
    let files = files_from_reply(reply);
    let Some(file) = files.into_iter().next() else {
        let problem = Problem::new("The service took the document and did not say under which name; it is looked for");
        return Err(Lost { problem, may_be_there: true });
    };
    if later && file.problem.is_none() {
        if file.id.as_str().is_empty() {
            let problem = Problem::new("The service did not name the document");
            return Err(Lost { problem, may_be_there: true });
        }
        return Ok(Sent { file: file.id.as_str().to_owned(), pages: None, problem: None });
    }
    Ok(Sent { file: file.id.as_str().to_owned(), pages: Some(file.pages), problem: file.problem })
}

/// Asks for a document until it is read; has it read once more before, where `again`.
pub(super) async fn poll(context: Context, task: TaskId, from: Remote, file: String, again: bool) {
    let result = match context.service.other(from.connection) {
        Some(client) => polled(&context, task, &client, &from, &FileId::from(file.as_str()), again).await,
        None => Err(lost(&gone())),
    };
    context.tell(Event::Polled(task, result)).await;
}

async fn polled(
    context: &Context,
    task: TaskId,
    client: &Client,
    from: &Remote,
    file: &FileId,
    again: bool,
) -> Result<Vec<Page>, Lost> {
    let model = ModelId::from(from.model.as_str());
    if again {
        // A service that cannot try again says what it has.
        if let Err(error) = client.retry_files(&model, std::slice::from_ref(file)).await
            && !matches!(error.status(), Some(400..=499))
        {
            return Err(lost(&error));
        }
    }
    let (mut pause, mut faults) = (FIRST_POLL, 0);
    let mut told = BTreeSet::new();
    loop {
        sleep(pause).await;
        pause = (pause * 3 / 2).min(LAST_POLL);
        let reply = match client.file_result(&model, file).await {
            Ok(reply) => reply,
            Err(error) => {
                faults += 1;
                match &error {
                    ClientError::Refused(refusal) if refusal.status == 429 => {
                        let wait = refusal.retry_after.unwrap_or(PAUSES[0]);
                        sleep(wait).await;
                    }
                    _ if may_pass(&error) && faults < MOST_FAULTS => pause = LAST_POLL.min(pause * 2),
                    _ => return Err(lost(&error)),
                }
                continue;
            }
        };
        faults = 0;
        let (ready, waits) = come(&reply);
        if !waits {
            return Ok(ready);
        }
        let new: Vec<Page> = ready.into_iter().filter(|page| told.insert(page.number)).collect();
        if !new.is_empty() {
            // Where pages come, more will soon.
            pause = FIRST_POLL;
            context.tell(Event::SomeCame(task, new)).await;
        }
    }
}

/// Whether the same question may be answered later.
pub(super) fn may_pass(error: &ClientError) -> bool {
    match error {
        ClientError::Transport { fault, .. } => *fault != TransportFault::Certificate,
        ClientError::Refused(refusal) => refusal.status >= 500,
        _ => false,
    }
}

fn lost(error: &ClientError) -> Lost {
    Lost { problem: error.problem(), may_be_there: error.status() != Some(404) }
}

/// The pages that are read or cannot be, and whether others wait. A file none of whose pages is known yet waits.
fn come(reply: &ModeratedReply) -> (Vec<Page>, bool) {
    let all = || reply.moderated_images.iter().chain(&reply.unmoderated_images);
    let waits = |page: &ModeratedPage| page.status == Some(FileStatus::Pending);
    let ready = all().filter(|page| !waits(page)).map(page_of).collect();
    (ready, all().next().is_none() || all().any(waits))
}

pub(super) fn page_of(wire: &ModeratedPage) -> Page {
    let mut page = page_from_moderated(wire);
    if wire.status == Some(FileStatus::Failure) && wire.boxes().is_empty() {
        let said = wire.extra.get("message").and_then(|message| message.as_str()).filter(|said| !said.is_empty());
        let sentence = said.unwrap_or("The service could not read this page; read the document again");
        page.problem = Some(Problem::new(sentence));
    }
    page
}

/// Looks for a document by what was sent along with it, in the days around that time.
pub(super) async fn look_for(context: Context, task: TaskId, at: Remote, token: String, sent_ms: i64) {
    let result = match context.service.other(at.connection) {
        Some(client) => looked_for(&client, &at, &token, sent_ms).await,
        None => Err(gone()),
    };
    let result = result.map_err(|error| {
        let is_not_offered = matches!(error.status(), Some(404 | 405 | 501));
        Lost { problem: error.problem(), may_be_there: !is_not_offered }
    });
    context.tell(Event::LookedFor(task, result)).await;
}

async fn looked_for(client: &Client, at: &Remote, token: &str, sent_ms: i64) -> Result<Option<String>, ClientError> {
    let model = ModelId::from(at.model.as_str());
    // A service's clock, or this one, may be on the other side of midnight.
    let day = |ms: i64| u32::try_from(ms.div_euclid(MS_A_DAY)).unwrap_or(0);
    let (first, last) = (day(sent_ms).saturating_sub(1), day(now_ms()) + 1);
    for wait in LOOKS {
        sleep(wait).await;
        let reply = patiently(|| client.day_results(&model, first, last)).await?;
        let mut all = reply.moderated_images.iter().chain(&reply.unmoderated_images);
        let ours = all.find(|page| page.request_metadata.as_deref() == Some(token));
        if let Some(page) = ours.filter(|page| !page.request_file_id.as_str().is_empty()) {
            return Ok(Some(page.request_file_id.as_str().to_owned()));
        }
    }
    Ok(None)
}

/// Asks again, with growing pauses, while the service does not answer or asks for a pause.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, ClientError>
where
    F: Future<Output = Result<T, ClientError>>,
{
    let (mut pause, mut faults) = (FIRST_POLL, 0);
    loop {
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        faults += 1;
        let is_busy = error.status() == Some(429);
        if faults >= MOST_FAULTS || !(is_busy || may_pass(&error)) {
            return Err(error);
        }
        let asked = if let ClientError::Refused(refusal) = &error { refusal.retry_after } else { None };
        sleep(asked.unwrap_or(if is_busy { PAUSES[0] } else { pause })).await;
        pause = (pause * 2).min(LAST_POLL);
    }
}

fn gone() -> ClientError {
    ClientError::Address { why: "the account is not connected" }
}
