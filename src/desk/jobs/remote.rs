//! Documents that another service reads: sent once, asked for until they are read, looked for where an answer was lost.

use super::Context;
use super::pause::{Pauses, patiently};
use super::read::{form, progress, telling};
use crate::api::convert::files_from_reply;
use crate::api::{ModelId, PredictionReply};
use crate::client::{Client, ClientError, TransportFault};
use crate::desk::clock::now_ms;
use crate::desk::job::{Event, Lost, Post, Remote, Sent, TaskId};
use crate::desk::metadata;
use crate::document::Problem;
use std::time::{Duration, SystemTime};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// When a lost document is looked for: what was received may take a moment to be listed.
const LOOKS: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15)];
const MS_A_DAY: i64 = 24 * 60 * 60 * 1000;

/// Sends a document as soon as its plan allows and that it goes is kept.
pub(super) async fn post(context: Context, task: TaskId, post: Post) {
    let result = posted(&context, task, post).await;
    context.tell(Event::Posted(task, result)).await;
}

async fn posted(context: &Context, task: TaskId, post: Post) -> Result<Sent, Lost> {
    let mut pauses = Pauses::default();
    loop {
        let error = match posted_once(context, task, &post).await {
            Ok(reply) => return sent(&reply, post.later),
            Err(error) => error,
        };
        let Some(wait) = pauses.after(&error) else {
            // After any other refusal it may be there all the same.
            return Err(Lost { may_be_there: may_be_there(&error), problem: error.problem() });
        };
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
    options.metadata = Some(metadata::sent(&post.token, &post.order.metadata));
    let (on_progress, told) = progress();
    let request = async {
        match (post.address.as_ref().map(std::slice::from_ref), post.later) {
            (Some(address), true) => client.predict_urls_later(&model, address, &options).await,
            (Some(address), false) => client.predict_urls(&model, address, &options).await,
            (None, true) => client.predict_files_later(&model, &uploads, &options, &on_progress).await,
            (None, false) => client.predict_files(&model, &uploads, &options, &on_progress).await,
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

/// Whether the same question may be answered later.
pub(super) fn may_pass(error: &ClientError) -> bool {
    match error {
        ClientError::Transport { fault, .. } => *fault != TransportFault::Certificate,
        ClientError::Refused(refusal) => refusal.status >= 500,
        _ => false,
    }
}

/// Looks for a document by what was sent along with it, in the days around that time.
pub(super) async fn look_for(context: Context, task: TaskId, at: Remote, token: String, sent_ms: i64) {
    let result = match context.service.other(at.connection) {
        Some(client) => looked_for(&context, &client, &at, &token, sent_ms).await,
        None => Err(gone()),
    };
    let result = result.map_err(|error| {
        let is_not_offered = matches!(error.status(), Some(404 | 405 | 501));
        Lost { problem: error.problem(), may_be_there: !is_not_offered }
    });
    context.tell(Event::LookedFor(task, result)).await;
}

async fn looked_for(
    context: &Context,
    client: &Client,
    at: &Remote,
    token: &str,
    sent_ms: i64,
) -> Result<Option<String>, ClientError> {
    let model = ModelId::from(at.model.as_str());
    // A service's clock, or this one, may be on the other side of midnight.
    let day = |ms: i64| u32::try_from(ms.div_euclid(MS_A_DAY)).unwrap_or(0);
    let (first, last) = (day(sent_ms).saturating_sub(1), day(now_ms()) + 1);
    for wait in LOOKS {
        sleep(wait).await;
        let reply = patiently(context, at, || client.day_results(&model, first, last)).await?;
        let mut all = reply.moderated_images.iter().chain(&reply.unmoderated_images);
        let ours = all.find(|page| page.request_metadata.as_deref().is_some_and(|said| metadata::is_of(said, token)));
        if let Some(page) = ours.filter(|page| !page.request_file_id.as_str().is_empty()) {
            return Ok(Some(page.request_file_id.as_str().to_owned()));
        }
    }
    Ok(None)
}

pub(super) fn gone() -> ClientError {
    ClientError::Address { why: "the account is not connected" }
}
