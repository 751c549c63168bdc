//! Documents on the web that their service fetches itself: in the queue like files, sent once, whatever happens.

use super::remote::{CLOUD, account, invoices, let_go, lose_answer, lost, take_look, take_poll, take_post, with_cloud};
use super::{Bench, SIZE, page};
use crate::desk::job::{Event, Job, Sent, TaskId};
use crate::desk::library::{Change, KeptReading, Loaded, LoadedDocument, Record, Session};
use crate::desk::{Account, Action, Command, ConnectionId, Delivery, DocumentId, FileState, Imported, ReadState};
use crate::document::{Page, PageSize, Problem};
use std::time::SystemTime;

const ADDRESS: &str = "https://paper.example/a%20b.pdf";

/// A desk with one such document.
fn with_address() -> (Bench, DocumentId) {
    let mut bench = with_cloud();
    bench.command(Command::SendText(ADDRESS.into()));
    let id = bench.core.state.documents[0].id;
    (bench, id)
}

fn take_fetch(bench: &mut Bench) -> Option<(TaskId, Imported, Option<String>)> {
    bench.take(|job| match job {
        Job::FetchPages(task, what, address) => Some((*task, Imported::clone(what), address.clone())),
        _ => None,
    })
}

/// The service took it, under this name.
fn taken(task: TaskId, file: &str) -> Event {
    Event::Posted(task, Ok(Sent { file: file.into(), ..Sent::default() }))
}

/// What was kept of the document last.
fn kept(bench: &Bench) -> Record {
    let record =
        |change: &Change| if let Change::Document(record) = change { Some(Record::clone(record)) } else { None };
    bench.changes().filter_map(record).last().unwrap()
}

#[test]
fn an_address_is_a_document_that_is_sent_read_and_then_fetched() {
    let (mut bench, id) = with_address();
    assert_eq!((bench.names(), &bench.document(id).file), (vec!["a b.pdf"], &FileState::Elsewhere));
    assert!(kept(&bench).is_theirs, "it is in the queue after a crash too");
    let (task, post) = take_post(&mut bench).unwrap();
    assert_eq!((post.address.as_deref(), post.later, post.page_count), (Some(ADDRESS), true, 1));
    assert!(!post.token.is_empty());
    assert_eq!(let_go(&mut bench, task).delivery, Delivery::Sent);
    bench.event(taken(task, "f-1"));
    let (task, file, _) = take_poll(&mut bench).unwrap();
    assert_eq!((file.as_str(), take_fetch(&mut bench)), ("f-1", None), "nothing is fetched before it is read");
    bench.event(Event::SomeRead(task, 1, 3));
    assert_eq!(bench.document(id).reading, ReadState::Reading { done: 1, total: 3 });
    let read = |number| Page { size: PageSize::default(), ..page(number) };
    bench.event(Event::Polled(task, Ok(vec![read(0), read(1)])));
    let document = bench.document(id);
    assert_eq!((&document.reading, document.pages.len()), (&ReadState::Done, 2));
    let (task, what, address) = take_fetch(&mut bench).unwrap();
    let imported = Imported { connection: CLOUD, model: "m-1".into(), file: "f-1".into(), page: String::new() };
    assert_eq!((what, address.as_deref()), (imported, Some(ADDRESS)));
    bench.event(Event::Fetched(task, Ok("/d/pages.pdf".into())));
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 2);
    let document = bench.document(id);
    assert_eq!((document.page_count(), document.name.as_str()), (Some(2), "a b.pdf"));
    assert_eq!(document.pages[&1].size, SIZE, "where the service does not say how large it is");
    assert_eq!((take_post(&mut bench), take_poll(&mut bench)), (None, None), "it is read");
}

#[test]
fn a_picture_at_an_address_is_one_page_and_read_at_once() {
    let mut bench = with_cloud();
    bench.command(Command::SendText("https://paper.example/a.JPG?v=2\nhttps://paper.example/b?c=d.jpg".into()));
    let (task, post) = take_post(&mut bench).unwrap();
    assert!(!post.later);
    assert!(take_post(&mut bench).unwrap().1.later, "only the path says what it is");
    let_go(&mut bench, task);
    let sent = Sent { file: "f-1".into(), pages: Some(vec![page(0)]), problem: None };
    bench.event(Event::Posted(task, Ok(sent)));
    assert_eq!(take_poll(&mut bench), None);
    assert_eq!(take_fetch(&mut bench).unwrap().1.file, "f-1");
}

#[test]
fn an_address_whose_answer_is_lost_is_looked_for_and_sent_again_only_where_it_is_not_there() {
    let (mut bench, _) = with_address();
    let first = lose_answer(&mut bench);
    assert_eq!(take_post(&mut bench), None);
    let (task, token, _) = take_look(&mut bench).unwrap();
    assert_eq!(token, first.token);
    bench.event(Event::LookedFor(task, Ok(None)));
    let second = lose_answer(&mut bench);
    assert_ne!(second.token, first.token);
    assert_eq!(second.address.as_deref(), Some(ADDRESS));
    let (task, ..) = take_look(&mut bench).unwrap();
    bench.event(Event::LookedFor(task, Ok(Some("f-9".into()))));
    assert_eq!(take_poll(&mut bench).map(|(_, file, _)| file), Some("f-9".into()));
}

#[test]
fn an_address_that_the_service_cannot_fetch_fails_and_is_sent_again_when_asked_for() {
    let (mut bench, id) = with_address();
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    let problem = Problem::new("It is not there");
    bench.event(Event::Posted(task, Ok(Sent { problem: Some(problem.clone()), ..Sent::default() })));
    assert_eq!(bench.document(id).reading, ReadState::Failed(problem));
    bench.act(Action::RetryAllFailed);
    assert_eq!(take_post(&mut bench).unwrap().1.address.as_deref(), Some(ADDRESS));
}

#[test]
fn an_address_waits_for_its_turn_is_paused_and_stopped_like_a_file() {
    let (mut bench, id) = with_address();
    let (task, _) = take_post(&mut bench).unwrap();
    let until = SystemTime::UNIX_EPOCH;
    bench.event(Event::Paced(task, until));
    assert_eq!(bench.document(id).reading, ReadState::Paced { until });
    bench.act(Action::PauseReading);
    bench.event(Event::Posting(task, 1000));
    assert_eq!(take_post(&mut bench), None);
    assert_eq!(bench.document(id).reading, ReadState::Queued);
    bench.act(Action::PauseReading);
    let (task, _) = take_post(&mut bench).unwrap();
    bench.command(Command::CancelDocuments(vec![id]));
    assert!(bench.stops().contains(&task));
    assert_eq!(bench.document(id).reading, ReadState::Cancelled);
    bench.command(Command::Retry(vec![id]));
    assert!(take_post(&mut bench).is_some());
}

#[test]
fn the_same_address_is_on_the_desk_once_for_each_service_that_fetches_it() {
    let (mut bench, _) = with_address();
    bench.command(Command::SendText(format!("{ADDRESS}\nhttps://paper.example/c.pdf\n/d/e.pdf")));
    assert_eq!(bench.names(), ["a b.pdf", "c.pdf"]);
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Find(_, paths) if paths[0].ends_with("e.pdf"))));
    bench.command(Command::AddText(ADDRESS.into()));
    assert_eq!(bench.names().len(), 3, "this one is fetched here");
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    bench.command(Command::SendText("https://paper.example/f.pdf".into()));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Fetch(_, address) if address.ends_with("f.pdf"))));
}

#[test]
fn an_address_on_its_way_when_the_program_ended_goes_on_where_it_was() {
    let kept = |id: u64, delivery: Delivery, reading: KeptReading, imported: Option<Imported>| LoadedDocument {
        record: Record {
            id: DocumentId(id),
            identity: format!("theirs:{id}").into(),
            address: Some(format!("https://paper.example/{id}.pdf")),
            is_theirs: true,
            imported,
            reading,
            origin: crate::desk::Origin {
                connection: CLOUD,
                model: "m-1".into(),
                token: format!("t-{id}"),
                delivery,
                ..crate::desk::Origin::default()
            },
            ..Record::default()
        },
        seen: 0,
        stored: std::collections::BTreeSet::new(),
        history: crate::document::History::default(),
    };
    let there = |file: &str| Delivery::There(file.into());
    let documents = vec![
        kept(1, Delivery::Unsent, KeptReading::Queued, None),
        kept(2, Delivery::Sent, KeptReading::Queued, None),
        kept(3, there("f-3"), KeptReading::Queued, None),
        kept(
            4,
            there("f-4"),
            KeptReading::Done,
            Some(Imported { connection: CLOUD, file: "f-4".into(), ..Imported::default() }),
        ),
        kept(5, Delivery::Unsent, KeptReading::Cancelled, None),
    ];
    let session = Session { accounts: vec![Account { id: CLOUD, ..account() }], ..Session::default() };
    let mut bench = Bench::with(Loaded { documents, session: Some(session), ..Loaded::default() });
    assert_eq!(take_fetch(&mut bench), None, "without its key a service gives nothing");
    bench.event(invoices());
    assert_eq!(take_fetch(&mut bench).map(|(_, what, _)| what.file), Some("f-4".into()));
    let (_, post) = take_post(&mut bench).unwrap();
    assert_eq!(post.address.as_deref(), Some("https://paper.example/1.pdf"));
    assert_eq!(take_look(&mut bench).map(|(_, token, _)| token), Some("t-2".into()));
    assert_eq!(take_poll(&mut bench).map(|(_, file, _)| file), Some("f-3".into()));
    assert_eq!((take_post(&mut bench), take_look(&mut bench)), (None, None), "what was stopped stays so");
}

#[test]
fn where_its_service_is_gone_this_computer_fetches_an_address() {
    let (mut bench, id) = with_address();
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(Event::Posted(task, Err(lost(false))));
    bench.command(Command::RemoveAccount(CLOUD));
    bench.command(Command::Retry(vec![id]));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Fetch(_, address) if address == ADDRESS)));
    assert_eq!(bench.document(id).file, FileState::Opening);
}

#[test]
fn an_address_none_of_whose_pages_could_be_read_is_tried_there_once_more() {
    let (mut bench, id) = with_address();
    let (task, _) = take_post(&mut bench).unwrap();
    let_go(&mut bench, task);
    bench.event(taken(task, "f-1"));
    let (task, ..) = take_poll(&mut bench).unwrap();
    bench.event(Event::Polled(task, Ok(vec![super::failing(0, "It is no document")])));
    assert_eq!(bench.document(id).reading, ReadState::Failed(Problem::new("It is no document")));
    bench.command(Command::Retry(vec![id]));
    assert_eq!(take_poll(&mut bench).map(|(_, file, again)| (file, again)), Some(("f-1".into(), true)));
}
