//! How documents are read: what was chosen when they were added holds for them alone, and comes back with them.

use super::remote::{CLOUD, let_go, take_post, with_cloud};
use super::{Bench, page};
use crate::desk::job::{Event, Found, Got, Job, Sent};
use crate::desk::{
    Action, Command, ConnectionId, DocumentStatus, Import, Imported, ReadOptions, ReadState, Way, metadata,
};
use std::path::PathBuf;

fn options() -> ReadOptions {
    ReadOptions { pages: vec![1, 3], language: "de".into(), metadata: "order 4711".into() }
}

fn with_options(command: Command) -> Command {
    Command::With(Box::new(options()), Box::new(command))
}

#[test]
fn what_was_chosen_holds_for_what_is_picked_then_and_for_nothing_else() {
    let mut bench = Bench::new();
    bench.command(with_options(Command::Do(Action::AddFiles)));
    let picked = bench.take(|job| if let Job::PickFiles(_, options) = job { Some(options.clone()) } else { None });
    assert_eq!(picked, Some(options()));
    bench.act(Action::AddFolder);
    assert!(bench.jobs.contains(&Job::PickFolder(None, ReadOptions::default())));
    // While the person chooses, something else is dropped.
    bench.add(&["dropped.pdf"]);
    bench.event(Event::Picked(vec!["picked.pdf".into()], options()));
    let task = bench.take_find();
    bench.add(&["dropped later.pdf"]);
    let path = PathBuf::from("picked.pdf");
    bench.event(Event::Found(task, vec![Found { path: path.clone(), identity: path }]));
    let chosen: Vec<_> = bench.core.state.documents.iter().map(|d| (d.name.as_str(), d.options == options())).collect();
    assert_eq!(chosen, [("dropped.pdf", false), ("dropped later.pdf", false), ("picked.pdf", true)]);
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 1);
    let (task, name) = bench.take_open().unwrap();
    assert_eq!(name, "dropped later.pdf");
    bench.opened(task, 1);
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 5);
    let order = loop {
        let (task, order) = bench.take_read().unwrap();
        if order.name == "picked.pdf" {
            break order;
        }
        bench.answer(task, vec![page(0)]);
    };
    assert_eq!((order.pages, order.language.as_str()), (Some(vec![1, 3]), "de"));
    assert_eq!(order.metadata, "order 4711");
}

#[test]
fn what_was_chosen_goes_to_the_service_with_files_and_addresses() {
    let mut bench = with_cloud();
    bench.command(with_options(Command::SendText("https://paper.example/a.pdf".into())));
    let (_, post) = take_post(&mut bench).unwrap();
    assert_eq!((post.order.pages, post.page_count), (Some(vec![1, 3]), 2));
    assert_eq!((post.order.language.as_str(), post.order.metadata.as_str()), ("de", "order 4711"));
    let metadata = metadata::sent(&post.token, &post.order.metadata);
    assert!(metadata::is_of(&metadata, &post.token));
}

#[test]
fn a_document_without_the_pages_that_were_chosen_is_not_read_before_a_person_says_so() {
    let mut bench = with_cloud();
    bench.event(Event::Picked(vec!["a.pdf".into()], ReadOptions { pages: vec![7], ..ReadOptions::default() }));
    let task = bench.take_find();
    bench.event(Event::Found(task, vec![Found { path: "a.pdf".into(), identity: "a.pdf".into() }]));
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 2);
    assert_eq!(take_post(&mut bench), None);
    let document = &bench.core.state.documents[0];
    let ReadState::Failed(problem) = &document.reading else { panic!("{:?}", document.reading) };
    assert!(problem.message.starts_with("It has 2 pages and none"), "{problem:?}");
    let id = document.id;
    bench.command(Command::Retry(vec![id]));
    assert_eq!(take_post(&mut bench).unwrap().1.page_count, 2);
}

#[test]
fn a_persons_words_come_back_with_what_is_imported() {
    let mut bench = with_cloud();
    bench.command(Command::Import(CLOUD, Import::File("f".into())));
    let task = bench.take(|job| if let Job::Import(task, ..) = job { Some(*task) } else { None }).unwrap();
    let from = Imported { connection: CLOUD, model: "m-1".into(), file: "f".into(), page: String::new() };
    let got = Got { from, name: "f.pdf".into(), metadata: "order 7".into(), ..Got::default() };
    bench.event(Event::Imported(task, Ok(vec![got])));
    assert_eq!(bench.core.state.documents[0].options.metadata, "order 7");
}

#[test]
fn how_a_service_was_asked_is_known_of_each_document_and_kept() {
    let mut bench = with_cloud();
    let short = bench.add_open("short.pdf", 2);
    let (task, _) = take_post(&mut bench).unwrap();
    assert_eq!(bench.document(short).reader.way, Some(Way::AtOnce));
    assert_eq!(let_go(&mut bench, task).way, Some(Way::AtOnce), "after a restart too");
    let pages = Some(vec![page(0), page(1)]);
    bench.event(Event::Posted(task, Ok(Sent { file: "f".into(), pages, problem: None })));
    assert_eq!(bench.document(short).reader.way, Some(Way::AtOnce));
    let long = bench.add_open("long.pdf", 4);
    assert_eq!(bench.document(long).reader.way, Some(Way::Later));
    bench.command(Command::ChooseConnection(ConnectionId::THIS_COMPUTER));
    let here = bench.add_open("here.pdf", 4);
    assert_eq!(bench.document(here).reader.way, None);
    assert!(matches!(bench.core.state.status(bench.document(here)), DocumentStatus::Reading(..)));
}
