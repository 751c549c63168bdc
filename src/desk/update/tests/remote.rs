//! Documents are read elsewhere: sent once, whatever happens.

use super::{Bench, page};
use crate::desk::job::{Difference, Event, Job, Lost, Opened, Post, Push, PushFault, Sent, Stamp, TaskId};
use crate::desk::library::{Change, KeptReading, Loaded, LoadedDocument, Record};
use crate::desk::{
    Account, Action, Command, ConnectionId, Delivery, DocumentId, ModelInfo, Origin, ReadState, SyncState,
};
use crate::document::{Problem, Standing};
use crate::pages::FileKind;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(super) const CLOUD: ConnectionId = ConnectionId(1);

pub(super) fn invoices() -> Event {
    let model = ModelInfo {
        id: "m-1".into(),
        name: "invoices".into(),
        state: crate::api::ModelState::Hosted,
        ..ModelInfo::default()
    };
    Event::Reached(CLOUD, Ok(vec![model]))
}

pub(super) fn account() -> Account {
    Account { name: "Cloud".into(), base_url: "https://ocr.example/api/v2".into(), ..Account::default() }
}

/// A desk that has what comes read by another service.
pub(super) fn with_cloud() -> Bench {
    let mut bench = Bench::new();
    bench.command(Command::SaveAccount(Box::new(account()), Some("key".into())));
    bench.event(invoices());
    bench
}

pub(super) fn take_post(bench: &mut Bench) -> Option<(TaskId, Post)> {
    bench.take(|job| if let Job::Post(task, post) = job { Some((*task, Post::clone(post))) } else { None })
}

pub(super) fn take_poll(bench: &mut Bench) -> Option<(TaskId, String, bool)> {
    bench.take(|job| match job {
        Job::Poll(task, asking) => Some((*task, asking.file.clone(), asking.again)),
        _ => None,
    })
}

pub(super) fn take_look(bench: &mut Bench) -> Option<(TaskId, String, i64)> {
    bench.take(|job| match job {
        Job::LookFor(task, _, token, at) => Some((*task, token.clone(), *at)),
        _ => None,
    })
}

/// Lets a document go; answers what was kept of it before it went.
pub(super) fn let_go(bench: &mut Bench, task: TaskId) -> Origin {
    bench.jobs.clear();
    bench.event(Event::Posting(task, 1000));
    let go = bench.jobs.iter().position(|job| *job == Job::Go(task)).unwrap();
    let kept = bench.jobs[..go].iter().find_map(|job| match job {
        Job::Save(Change::Document(record)) => Some(record.origin.clone()),
        _ => None,
    });
    kept.expect("that it goes is kept before it goes")
}

/// Sends the next document, whose answer is lost.
pub(super) fn lose_answer(bench: &mut Bench) -> Post {
    let (task, post) = take_post(bench).unwrap();
    let_go(bench, task);
    bench.event(Event::Posted(task, Err(lost(true))));
    post
}

pub(super) fn lost(may_be_there: bool) -> Lost {
    Lost { problem: Problem::new("broke off"), may_be_there }
}

#[test]
fn a_service_that_asks_for_a_pause_is_said_and_a_push_goes_later_by_itself() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Ok(Sent { file: "f".into(), pages: Some(vec![page(0)]), problem: None })));
    bench.act(Action::Approve);
    let take_push = |bench: &mut Bench| bench.take(|job| if let Job::Push(task, _) = job { Some(*task) } else { None });
    let task = take_push(&mut bench).unwrap();
    let until = SystemTime::UNIX_EPOCH + Duration::from_secs(30);
    bench.event(Event::Pausing(CLOUD, until));
    assert_eq!(bench.core.state.pauses.get(&CLOUD), Some(&until));
    bench.event(Event::Pushed(task, Err(PushFault::Later)));
    assert!(bench.told().iter().all(|said| !said.contains("pause")), "it is no problem: {:?}", bench.told());
    let task = take_push(&mut bench).expect("it is tried on");
    bench.event(Event::Pushed(task, Ok(())));
    assert_eq!(bench.document(id).sync, SyncState::Sent);
}

#[test]
fn a_document_is_deleted_at_its_service_and_stays_here() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let take_delete = |bench: &mut Bench| {
        bench.take(|job| if let Job::DeleteThere(task, _, file) = job { Some((*task, file.clone())) } else { None })
    };
    bench.command(Command::DeleteThere(id));
    assert_eq!(take_delete(&mut bench), None, "it is not there yet");
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Ok(Sent { file: "f".into(), pages: Some(vec![page(0)]), problem: None })));
    assert!(bench.document(id).reader.has_it);
    bench.command(Command::DeleteThere(id));
    let (task, file) = take_delete(&mut bench).unwrap();
    assert_eq!(file, "f");
    bench.event(Event::DeletedThere(task, Err(Problem::new("not today"))));
    assert!(bench.document(id).reader.has_it && bench.told().contains(&"not today"));
    bench.command(Command::DeleteThere(id));
    let (task, _) = take_delete(&mut bench).unwrap();
    bench.event(Event::DeletedThere(task, Ok(())));
    let document = bench.document(id);
    assert_eq!((document.reader.has_it, document.pages.len(), &document.reading), (false, 1, &ReadState::Done));
    assert_eq!(take_post(&mut bench), None, "it is not sent again by itself");
    bench.act(Action::Approve);
    assert!(!bench.jobs.iter().any(|job| matches!(job, Job::Push(..))), "nobody is to be told");
    bench.command(Command::Retry(vec![id]));
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn a_short_document_is_read_at_once_and_a_long_one_later() {
    let mut bench = with_cloud();
    let id = bench.add_open("short.pdf", 3);
    let (task, post) = take_post(&mut bench).unwrap();
    assert_eq!((post.later, post.page_count, post.remote.model.as_str()), (false, 3, "m-1"));
    assert_eq!(let_go(&mut bench, task).delivery, Delivery::Sent);
    let sent = Sent { file: "f-1".into(), pages: Some(vec![page(0), page(1), page(2)]), problem: None };
    bench.event(Event::Posted(task, Ok(sent)));
    assert_eq!(bench.document(id).reading, ReadState::Done);

    let id = bench.add_open("long.pdf", 4);
    let (task, post) = take_post(&mut bench).unwrap();
    assert!(post.later);
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Ok(Sent { file: "f-2".into(), ..Sent::default() })));
    let (task, file, again) = take_poll(&mut bench).unwrap();
    assert_eq!((file.as_str(), again), ("f-2", false));
    bench.event(Event::SomeCame(task, vec![page(0)]));
    assert_eq!(bench.document(id).reading, ReadState::Reading { done: 1, total: 4 });
    bench.event(Event::Polled(task, Ok((0..4).map(page).collect())));
    assert_eq!(bench.document(id).reading, ReadState::Done);
}

#[test]
fn documents_stay_with_who_read_them_when_they_came() {
    let mut bench = with_cloud();
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    bench.add_open("here.pdf", 1);
    assert!(bench.take_read().is_some());
    bench.command(Command::ChooseConnection(CLOUD));
    bench.add_open("there.pdf", 1);
    assert_eq!(take_post(&mut bench).unwrap().1.order.name, "there.pdf");
    assert_eq!((bench.take_read(), take_post(&mut bench)), (None, None));
}

#[test]
fn a_lost_answer_is_looked_for_and_the_document_is_not_sent_again() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let post = lose_answer(&mut bench);
    assert_eq!(take_post(&mut bench), None);
    let (task, token, at) = take_look(&mut bench).unwrap();
    assert_eq!((token, at), (post.token, 1000));
    bench.event(Event::LookedFor(task, Ok(Some("f-9".into()))));
    let (task, file, _) = take_poll(&mut bench).unwrap();
    assert_eq!(file, "f-9");
    bench.event(Event::Polled(task, Ok(vec![page(0)])));
    assert_eq!(bench.document(id).reading, ReadState::Done);
}

#[test]
fn what_is_not_at_the_service_is_sent_again_with_another_token() {
    let mut bench = with_cloud();
    bench.add_open("a.pdf", 1);
    let first = lose_answer(&mut bench);
    let (task, _, _) = take_look(&mut bench).unwrap();
    bench.event(Event::LookedFor(task, Ok(None)));
    let (_, second) = take_post(&mut bench).unwrap();
    assert_ne!(first.token, second.token);
}

#[test]
fn where_nobody_can_say_whether_it_is_there_a_person_decides() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    lose_answer(&mut bench);
    let (task, _, _) = take_look(&mut bench).unwrap();
    bench.event(Event::LookedFor(task, Err(lost(false))));
    let ReadState::Failed(problem) = &bench.document(id).reading else { panic!("it waits for a person") };
    assert!(problem.message.contains("may be at the service or not"), "{problem:?}");
    assert_eq!(take_post(&mut bench), None);
    bench.act(Action::Retry);
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn where_the_service_cannot_be_asked_whether_it_is_there_it_is_asked_again_first() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    lose_answer(&mut bench);
    let (task, _, _) = take_look(&mut bench).unwrap();
    bench.event(Event::LookedFor(task, Err(lost(true))));
    let ReadState::Failed(problem) = &bench.document(id).reading else { panic!("it waits for a person") };
    assert!(problem.message.contains("does not say whether it has a.pdf"), "{problem:?}");
    bench.act(Action::RetryAllFailed);
    assert_eq!(take_post(&mut bench), None, "it may be there");
    assert!(take_look(&mut bench).is_some());
}

#[test]
fn a_service_that_never_answers_and_never_has_it_is_not_sent_it_for_ever() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    for round in 1..=3 {
        assert!(matches!(bench.document(id).reading, ReadState::Uploading { .. }), "{round}");
        lose_answer(&mut bench);
        let (task, _, _) = take_look(&mut bench).unwrap();
        bench.event(Event::LookedFor(task, Ok(None)));
    }
    assert_eq!(bench.document(id).reading, ReadState::Failed(Problem::new("broke off")));
    assert_eq!(take_post(&mut bench), None);
    bench.act(Action::Retry);
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn what_waits_for_its_turn_waits_on_where_reading_is_paused_meanwhile() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    bench.event(Event::Paced(task, SystemTime::UNIX_EPOCH));
    bench.act(Action::PauseReading);
    bench.event(Event::Posting(task, 1000));
    assert_eq!((bench.document(id).reading.clone(), bench.stops()), (ReadState::Queued, vec![task]));
    bench.act(Action::PauseReading);
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn a_refused_document_fails_and_is_sent_again_when_asked_for() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Err(lost(false))));
    assert_eq!(bench.document(id).reading, ReadState::Failed(Problem::new("broke off")));
    bench.act(Action::RetryAllFailed);
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn what_the_service_has_and_could_not_read_is_tried_there_once_more() {
    let mut bench = with_cloud();
    bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    let sent = Sent { file: "f-1".into(), pages: Some(Vec::new()), problem: Some(Problem::new("damaged")) };
    bench.event(Event::Posted(task, Ok(sent)));
    bench.act(Action::Retry);
    let (_, file, again) = take_poll(&mut bench).unwrap();
    assert_eq!((file.as_str(), again), ("f-1", true));
}

#[test]
fn a_service_that_asks_for_a_pause_is_shown_with_its_end() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    let until = SystemTime::UNIX_EPOCH + Duration::from_secs(30);
    let_go(&mut bench, task);
    bench.event(Event::Paced(task, until));
    assert!(
        bench.changes().any(|change| matches!(change, Change::Document(r) if r.origin.delivery == Delivery::Unsent))
    );
    assert_eq!(bench.document(id).reading, ReadState::Paced { until });
    assert_eq!(bench.core.state.activities[0].label, "Waiting to send a.pdf");
    bench.act(Action::CancelAll);
    assert_eq!((bench.document(id).reading.clone(), bench.stops()), (ReadState::Cancelled, vec![task]));
}

#[test]
fn while_reading_is_paused_nothing_new_begins() {
    let mut bench = with_cloud();
    bench.act(Action::PauseReading);
    bench.add_open("there.pdf", 1);
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    bench.add_open("here.pdf", 1);
    assert_eq!((take_post(&mut bench), bench.take_read()), (None, None));
    bench.act(Action::PauseReading);
    assert!(take_post(&mut bench).is_some() && bench.take_read().is_some());
}

#[test]
fn a_document_that_was_on_its_way_when_the_program_ended_is_looked_for() {
    let kept = |id: u64, delivery: Delivery| LoadedDocument {
        record: Record {
            id: DocumentId(id),
            path: format!("/d/{id}.pdf").into(),
            identity: format!("/d/{id}.pdf").into(),
            name: format!("{id}.pdf"),
            sizes: Some(Arc::new(vec![super::SIZE])),
            stamp: Some(super::STAMP),
            reading: KeptReading::Queued,
            origin: Origin {
                connection: CLOUD,
                model: "m-1".into(),
                token: "t-7".into(),
                way: None,
                delivery,
                sent_ms: 5,
            },
            ..Record::default()
        },
        seen: 0,
        stored: std::collections::BTreeSet::new(),
        history: crate::document::History::default(),
    };
    let session = crate::desk::library::Session {
        accounts: vec![Account { id: CLOUD, ..account() }],
        ..crate::desk::library::Session::default()
    };
    let documents = vec![kept(1, Delivery::Sent), kept(2, Delivery::There("f-2".into()))];
    let mut bench = Bench::with(Loaded { documents, session: Some(session), ..Loaded::default() });
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(account, None) if account.id == CLOUD)));
    bench.event(invoices());
    assert_eq!(take_look(&mut bench).map(|(_, token, at)| (token, at)), Some(("t-7".into(), 5)));
    assert_eq!(take_poll(&mut bench).map(|(_, file, _)| file), Some("f-2".into()));
    assert_eq!(take_post(&mut bench), None);
}

#[test]
fn a_file_that_was_rewritten_on_its_way_is_sent_anew() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 4);
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Ok(Sent { file: "f-1".into(), ..Sent::default() })));
    assert!(take_poll(&mut bench).is_some());
    bench.event(Event::Changed(id, Difference::Rewritten));
    let (task, _) = bench.take_open().unwrap();
    let stamp = Some(Stamp { bytes: 11, written: 2 });
    bench.event(Event::Opened(
        task,
        Ok(Opened { kind: FileKind::Pdf, sizes: vec![super::SIZE; 4], stamp, hash: None, breaks_off: false, at_ms: 1 }),
    ));
    assert_eq!(take_poll(&mut bench), None, "what is there is the file as it was");
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn what_could_not_be_sent_back_is_kept_said_and_sent_again() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Ok(Sent { file: "f".into(), pages: Some(vec![page(0)]), problem: None })));
    bench.command(Command::Open(id));
    bench.act(Action::Approve);
    let take_push = |bench: &mut Bench| {
        bench.take(|job| if let Job::Push(task, push) = job { Some((*task, Push::clone(push))) } else { None })
    };
    let (task, push) = take_push(&mut bench).unwrap();
    assert_eq!((push.file.as_str(), push.standing), ("f", Some(Standing::Approved)));
    let unsent = |bench: &Bench| {
        bench
            .changes()
            .filter_map(|change| if let Change::Document(r) = change { Some(r.unsent.clone()) } else { None })
            .last()
    };
    assert!(unsent(&bench).unwrap().standing, "a kill while it is sent does not lose it");
    bench.event(Event::Pushed(task, Err(PushFault::Failed(Problem::new("no network")))));
    assert!(matches!(bench.document(id).sync, SyncState::Failed(_)) && take_push(&mut bench).is_none());
    assert!(bench.told().iter().any(|said| said.contains("no network")));
    bench.command(Command::PushAgain(vec![id]));
    let (task, _) = take_push(&mut bench).unwrap();
    bench.jobs.clear();
    bench.event(Event::Pushed(task, Ok(())));
    assert_eq!(bench.document(id).sync, SyncState::Sent);
    assert!(!unsent(&bench).unwrap().standing);
    bench.act(Action::Approve);
    let (task, _) = take_push(&mut bench).unwrap();
    bench.event(Event::Pushed(task, Err(PushFault::NotOffered)));
    assert_eq!(bench.document(id).sync, SyncState::NotOffered, "it stays here, and nobody is bothered");
}
