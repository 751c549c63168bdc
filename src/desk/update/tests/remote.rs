//! Documents are read elsewhere: sent once, whatever happens.

use super::{Bench, page};
use crate::desk::job::{Difference, Event, Job, Lost, Opened, Post, Push, PushFault, Sent, Stamp, TaskId, Unreached};
use crate::desk::library::{Change, KeptReading, Loaded, LoadedDocument, Record};
use crate::desk::{
    Account, Action, Command, ConnectionId, Delivery, DocumentId, ModelInfo, Origin, Reach, ReadState, SyncState,
    Tested,
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

/// How who reads is, its name and its model's.
fn chosen(bench: &Bench) -> (&Reach, &str, &str) {
    let state = &bench.core.state;
    (state.chosen_reach(), state.connection_name(state.chosen), state.model_name(state.chosen))
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
fn an_account_that_was_added_reads_with_its_only_model() {
    let mut bench = Bench::new();
    bench.command(Command::SaveAccount(Box::new(account()), Some("key".into())));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::KeepKey(CLOUD, _))));
    assert_eq!(bench.core.state.chosen_reach(), &Reach::Asking);
    bench.event(invoices());
    assert_eq!(chosen(&bench), (&Reach::Ready, "Cloud", "invoices"));
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    assert_eq!(chosen(&bench), (&Reach::Ready, "This computer", "general"));
}

#[test]
fn a_key_that_is_not_known_is_asked_for_and_documents_wait() {
    let mut bench = with_cloud();
    bench.event(Event::Reached(CLOUD, Err(Unreached::NeedsKey)));
    bench.add_open("a.pdf", 1);
    assert_eq!(bench.core.state.chosen_reach(), &Reach::NeedsKey);
    assert_eq!(take_post(&mut bench), None);
    bench.jobs.clear();
    let kept = Account { id: CLOUD, ..account() };
    bench.command(Command::SaveAccount(Box::new(kept), Some("typed".into())));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(_, Some(key)) if key.secret() == "typed")));
    bench.event(invoices());
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn paths_that_work_are_kept_with_the_account_while_it_is_the_same_service() {
    let mut bench = with_cloud();
    let paths = |name: &str| std::collections::BTreeSet::from([name.to_owned()]);
    let learnt = |url: &str, name: &str| Event::PathsLearnt(CLOUD, url.to_owned(), paths(name));
    bench.jobs.clear();
    bench.event(learnt("https://ocr.example/api/v2", "/a"));
    bench.event(learnt("https://other.example", "/b"));
    let kept = |bench: &Bench| {
        let session =
            |change: &Change| if let Change::Session(s) = change { Some(s.accounts[0].paths.clone()) } else { None };
        bench.changes().filter_map(session).last()
    };
    assert_eq!(kept(&bench), Some(paths("/a")), "a test of another address says nothing of this one");
    let known = bench.core.state.accounts[0].clone();
    let stale = Account { name: "Mine".into(), paths: std::collections::BTreeSet::new(), ..known.clone() };
    bench.command(Command::SaveAccount(Box::new(stale), None));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(account, _) if account.paths == paths("/a"))));
    let moved = Account { base_url: "https://eu.example/api/v2".into(), ..known };
    bench.command(Command::SaveAccount(Box::new(moved), None));
    assert!(bench.core.state.accounts[0].paths.is_empty());
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
fn a_key_that_cannot_be_one_is_told_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.command(Command::SaveAccount(Box::new(account()), Some("two words".into())));
    assert_eq!(bench.core.state.accounts, []);
    assert!(bench.told()[0].starts_with("This is no API key"), "{:?}", bench.told());
    bench.command(Command::TestAccount(Box::new(account()), Some("two words".into())));
    assert!(matches!(bench.core.state.tested, Tested::Failed(_)));
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
    let mut bench = Bench::with(Loaded { documents, session: Some(session), problem: None });
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(account, None) if account.id == CLOUD)));
    bench.event(invoices());
    assert_eq!(take_look(&mut bench).map(|(_, token, at)| (token, at)), Some(("t-7".into(), 5)));
    assert_eq!(take_poll(&mut bench).map(|(_, file, _)| file), Some("f-2".into()));
    assert_eq!(take_post(&mut bench), None);
}

#[test]
fn with_an_account_go_its_key_and_what_it_reads() {
    let mut bench = with_cloud();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = take_post(&mut bench).unwrap();
    bench.command(Command::RemoveAccount(CLOUD));
    assert_eq!((bench.document(id).reading.clone(), bench.stops()), (ReadState::Cancelled, vec![task]));
    assert!(bench.jobs.contains(&Job::ForgetKey(CLOUD)));
    assert_eq!(
        (bench.core.state.chosen, bench.core.state.reach.get(&CLOUD)),
        (ConnectionId::THIS_COMPUTER, None::<&Reach>)
    );
    bench.act(Action::Retry);
    assert!(bench.take_read().is_some(), "this computer reads it");
}

#[test]
fn a_service_that_documents_wait_for_is_asked_though_another_is_chosen() {
    let mut bench = with_cloud();
    bench.event(Event::Reached(CLOUD, Err(Unreached::Problem(Problem::new("no network")))));
    let id = bench.add_open("there.pdf", 1);
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    bench.jobs.clear();
    bench.command(Command::Retry(vec![id]));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(account, None) if account.id == CLOUD)));
    bench.event(Event::Reached(CLOUD, Err(Unreached::NeedsKey)));
    assert!(bench.told().last().unwrap().starts_with("Cloud needs its API key"), "{:?}", bench.told());
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
        Ok(Opened { kind: FileKind::Pdf, sizes: vec![super::SIZE; 4], stamp, hash: None, at_ms: 1 }),
    ));
    assert_eq!(take_poll(&mut bench), None, "what is there is the file as it was");
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn a_service_that_does_not_answer_is_asked_again_by_itself_and_said_once() {
    let mut bench = with_cloud();
    let later = |bench: &mut Bench| {
        bench.take(|job| if let Job::ReachLater(CLOUD, wait) = job { Some(wait.as_secs()) } else { None })
    };
    let mut waits = Vec::new();
    for _ in 0..7 {
        bench.event(Event::Reached(CLOUD, Err(Unreached::ForNow(Problem::new("no network")))));
        waits.extend(later(&mut bench));
        bench.jobs.clear();
        bench.event(Event::MayReach(CLOUD));
        assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(..))), "{:?}", bench.jobs);
    }
    assert_eq!(waits, [15, 30, 60, 120, 240, 240, 240]);
    assert_eq!(bench.told().iter().filter(|said| said.contains("no network")).count(), 1);
    bench.event(invoices());
    bench.jobs.clear();
    bench.event(Event::MayReach(CLOUD));
    assert!(bench.jobs.is_empty(), "it answers: {:?}", bench.jobs);
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
