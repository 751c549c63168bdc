//! A document that another service reads is asked for until it is read there, and its pages are put in their places.

use super::Context;
use super::pause::{Pauses, heeding, pause};
use super::remote::{gone, may_pass};
use crate::api::convert::page_from_moderated;
use crate::api::{FileId, FileStatus, ModelId, ModeratedPage, ModeratedReply, PageId};
use crate::client::{Client, ClientError};
use crate::desk::job::{Asking, Event, Lost, TaskId};
use crate::document::{Page, Problem};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// So many questions in a row may get no answer.
const MOST_FAULTS: u32 = 10;

/// How long a document is asked for.
#[derive(Clone, Copy, Debug)]
struct Waits {
    /// The first pause between two questions.
    first: Duration,
    /// The longest.
    last: Duration,
    /// After so long without another page that is read a person decides whether to go on.
    idle: Duration,
}

const WAITS: Waits =
    Waits { first: Duration::from_secs(1), last: Duration::from_secs(30), idle: Duration::from_hours(2) };

/// Asks for a document until it is read.
pub(super) async fn poll(context: Context, task: TaskId, asking: Asking) {
    let result = match context.service.other(asking.remote.connection) {
        Some(client) => polled(&context, task, &client, &asking, WAITS).await,
        None => Err(lost(&gone())),
    };
    context.tell(Event::Polled(task, result)).await;
}

async fn polled(
    context: &Context,
    task: TaskId,
    client: &Client,
    asking: &Asking,
    waits: Waits,
) -> Result<Vec<Page>, Lost> {
    let (model, file) = (ModelId::from(asking.remote.model.as_str()), FileId::from(asking.file.as_str()));
    if asking.again {
        let files = std::slice::from_ref(&file);
        let answer = heeding(context, &asking.remote, || client.retry_files(&model, files)).await;
        // A service that cannot try again says what it has.
        if let Err(error) = answer
            && !matches!(error.status(), Some(400..=428 | 430..=499))
        {
            return Err(lost(&error));
        }
    }
    let mut pauses = Pauses::default();
    let (mut wait, mut faults, mut news) = (waits.first, 0, Instant::now());
    let mut told = BTreeSet::new();
    loop {
        sleep(wait).await;
        if news.elapsed() >= waits.idle {
            return Err(unfinished(client, waits.idle));
        }
        wait = (wait * 3 / 2).min(waits.last);
        let reply = match asked(client, &model, &file, asking).await {
            Ok(reply) => reply,
            Err(error) => {
                faults += 1;
                match pauses.after(&error) {
                    Some(wait) => pause(context, &asking.remote, wait).await,
                    None if may_pass(&error) && faults < MOST_FAULTS => wait = waits.last.min(wait * 2),
                    None => return Err(lost(&error)),
                }
                continue;
            }
        };
        (faults, pauses) = (0, Pauses::default());
        let all = placed(&reply, asking.page_count);
        let is_read = |(_, wire): &&(u32, &ModeratedPage)| wire.status != Some(FileStatus::Pending);
        // A file none of whose pages is known yet waits.
        let is_over = !all.is_empty() && all.iter().filter(is_read).count() == all.len();
        if is_over {
            if asking.page_count.is_none() {
                // One page of the plan was taken when it was sent.
                let rest = (all.len() as u32).saturating_sub(1);
                context.service.pace(&asking.remote, |pace, now| pace.take(rest, now));
            }
            return Ok(all.iter().map(|(number, wire)| Page { number: *number, ..page_of(wire) }).collect());
        }
        let new: Vec<_> = all.iter().filter(is_read).filter(|(number, _)| told.insert(*number)).collect();
        if new.is_empty() {
            continue;
        }
        // Where pages come, more will soon.
        (wait, news) = (waits.first, Instant::now());
        let event = if asking.page_count.is_some() {
            Event::SomeCame(task, new.iter().map(|(number, wire)| Page { number: *number, ..page_of(wire) }).collect())
        } else {
            // Which page of the document it is shows only when all are known.
            Event::SomeRead(task, told.len() as u32, all.len() as u32)
        };
        context.tell(event).await;
    }
}

async fn asked(
    client: &Client,
    model: &ModelId,
    file: &FileId,
    asking: &Asking,
) -> Result<ModeratedReply, ClientError> {
    if asking.page.is_empty() {
        client.file_result(model, file).await
    } else {
        client.page_result(model, file, &PageId(asking.page.clone())).await
    }
}

/// The pages of a reply in order, each with its number in a file of so many pages. Where the reply has as many, or nobody
/// knows how many there are, they are all of them, in order, whatever the service calls them: of what it was not to read
/// there is no page here either. Otherwise its numbers count.
pub(super) fn placed(reply: &ModeratedReply, page_count: Option<u32>) -> Vec<(u32, &ModeratedPage)> {
    let mut wires: Vec<&ModeratedPage> = reply.moderated_images.iter().chain(&reply.unmoderated_images).collect();
    wires.sort_by_key(|wire| number_of(wire).unwrap_or(0));
    let has_all = page_count.is_none_or(|count| wires.len() as u32 == count);
    let are_numbered = wires.iter().all(|wire| number_of(wire).is_some());
    let number = |(at, wire): (u32, &'_ ModeratedPage)| match number_of(wire) {
        Some(number) if are_numbered && !has_all => number,
        _ => at,
    };
    (0..).zip(wires).map(|(at, wire)| (number((at, wire)), wire)).collect()
}

fn number_of(wire: &ModeratedPage) -> Option<u32> {
    wire.page.or_else(|| wire.boxes().iter().find_map(|one| one.page_no.or(one.page)))
}

/// A page as a service said it, and why it could not be read where that is so.
pub(super) fn page_of(wire: &ModeratedPage) -> Page {
    let mut page = page_from_moderated(wire);
    if wire.status == Some(FileStatus::Failure) && wire.boxes().is_empty() {
        let said = wire.extra.get("message").and_then(|message| message.as_str()).filter(|said| !said.is_empty());
        let sentence = said.unwrap_or("The service could not read this page; read the document again");
        page.problem = Some(Problem::new(sentence));
    }
    page
}

fn unfinished(client: &Client, idle: Duration) -> Lost {
    let (host, minutes) = (client.address().host(), idle.as_secs() / 60);
    let time = match minutes {
        0 => format!("{} s", idle.as_secs().max(1)),
        1..120 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    };
    let sentence = format!("{host} has read no further page of this for {time}; read it again to go on asking");
    Lost { problem: Problem::new(sentence), may_be_there: true }
}

fn lost(error: &ClientError) -> Lost {
    Lost { problem: error.problem(), may_be_there: error.status() != Some(404) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::jobs::tests::{bench, model};

    const QUICK: Waits =
        Waits { first: Duration::from_millis(1), last: Duration::from_millis(5), idle: Duration::from_millis(100) };

    fn asking(page_count: Option<u32>) -> Asking {
        Asking { remote: model(), file: "f".to_owned(), page_count, ..Asking::default() }
    }

    #[tokio::test]
    async fn a_document_that_is_never_finished_is_not_asked_for_without_end() {
        let pending = r#"{"unmoderated_images": [{"id": "a", "page": 0, "status": "pending"}]}"#;
        for never in ["{}", pending] {
            let bench = bench(move |_, _| (200, "", never.to_owned()));
            let answer = polled(&bench.context, TaskId(1), &bench.client, &asking(Some(1)), QUICK).await;
            let lost = answer.unwrap_err();
            assert!(lost.may_be_there, "it is asked for again where a person wants it");
            assert!(lost.problem.message.contains("no further page of this for 1 s"), "{:?}", lost.problem);
            assert!(bench.asked().len() > 2, "{:?}", bench.asked());
        }
    }

    #[tokio::test]
    async fn pages_are_told_as_they_come_and_a_pause_is_kept_and_said() {
        let page = |at: usize, status: &str| format!(r#"{{"id": "{at}", "page": {at}, "status": "{status}"}}"#);
        let says = move |number: usize, _: &str| {
            let pages = |a, b| format!(r#"{{"unmoderated_images": [{}, {}]}}"#, page(0, a), page(1, b));
            match number {
                0 => (
                    429,
                    "Retry-After: 6
",
                    String::new(),
                ),
                1 => (200, "", pages("success", "pending")),
                _ => (200, "", pages("success", "success")),
            }
        };
        for page_count in [Some(2), None] {
            let mut bench = bench(says);
            // The pause itself is not waited for: that it was asked for is told before.
            let order = asking(page_count);
            let first = tokio::select! {
                _ = polled(&bench.context, TaskId(1), &bench.client, &order, QUICK) => None,
                told = bench.events.recv() => told,
            };
            assert!(matches!(first, Some(Event::Pausing(..))), "{first:?}");
            let pages = polled(&bench.context, TaskId(1), &bench.client, &order, QUICK).await.unwrap();
            assert_eq!(pages.len(), 2);
            let mut told = bench.told();
            told.retain(|event| !matches!(event, Event::PathsLearnt(..)));
            match (page_count, &told[..]) {
                (Some(_), [Event::SomeCame(_, pages)]) => assert_eq!(pages[0].number, 0),
                (None, [Event::SomeRead(_, 1, 2)]) => {}
                _ => panic!("{told:?}"),
            }
        }
    }

    fn reply(pages: &[Option<u32>]) -> ModeratedReply {
        let page = |(at, page): (usize, &Option<u32>)| serde_json::json!({ "id": at.to_string(), "page": page });
        let pages: Vec<_> = pages.iter().enumerate().map(page).collect();
        serde_json::from_value(serde_json::json!({ "unmoderated_images": pages })).unwrap()
    }

    /// Of each page its number here and its name there.
    fn places(pages: &[Option<u32>], page_count: Option<u32>) -> Vec<(u32, u32)> {
        let reply = reply(pages);
        placed(&reply, page_count).iter().map(|(number, wire)| (*number, wire.id.0.parse().unwrap())).collect()
    }

    #[test]
    fn pages_come_to_their_places_whatever_the_service_calls_them() {
        let some = [Some(4), Some(1)];
        assert_eq!(places(&some, Some(2)), [(0, 1), (1, 0)], "those alone are here");
        assert_eq!(places(&some, Some(5)), [(1, 1), (4, 0)], "all are here, and some are read");
        assert_eq!(places(&some, None), [(0, 1), (1, 0)]);
        assert_eq!(places(&[Some(1), Some(2), Some(3)], Some(3)), [(0, 0), (1, 1), (2, 2)], "it counts from 1");
        assert_eq!(places(&[None, None], Some(5)), [(0, 0), (1, 1)], "it does not count at all");
    }
}
