//! Documents are read.

use super::{Bench, SIZE, connected, failing, is_reading, page};
use crate::desk::job::{Answer, Event, Job, Unreached};
use crate::desk::{Action, Command, ConnectionId, DocumentStatus, Reach, ReadState};
use crate::document::{Page, PageText, Problem};
use std::time::Duration;

const FAST: Duration = Duration::from_millis(200);

#[test]
fn a_short_document_is_read_whole() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 3);
    let (task, order) = bench.take_read().unwrap();
    assert_eq!((order.pages, order.name.as_str()), (None, "a.pdf"));
    assert!(is_reading(bench.document(id), 0, 3));
    assert_eq!(bench.core.state.activities[0].label, "Reading a.pdf");
    bench.answer(task, vec![page(0), page(1), page(2)]);
    assert_eq!(bench.core.state.status(bench.document(id)), DocumentStatus::ToLookAt(3));
    assert!(bench.core.state.activities.is_empty());
}

#[test]
fn a_long_document_comes_page_by_page_what_is_in_view_first() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 12);
    let (task, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![0]));
    bench.command(Command::SeePage(9));
    bench.answer_after(task, vec![page(0)], FAST);
    assert!(is_reading(bench.document(id), 1, 12));
    assert_eq!(bench.document(id).pages.len(), 1);
    let (task, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![9, 10]));
    bench.answer_after(task, vec![page(9), page(10)], FAST);
    let (task, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![1, 2, 3, 11]), "then from the first");
    bench.answer_after(task, vec![page(1), page(2), page(3), page(11)], Duration::from_secs(20));
    let (_, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![4, 5]), "slow pages come in small numbers");
    assert_eq!(bench.core.state.activities[0].progress, Some(7.0 / 12.0));
}

#[test]
fn two_documents_are_read_at_once_the_shown_one_first_and_what_is_begun_is_ended() {
    let mut bench = Bench::without_service();
    for name in ["a.pdf", "b.pdf", "c.pdf", "d.pdf"] {
        bench.add_open(name, 9);
    }
    let last = bench.core.state.documents[3].id;
    bench.command(Command::Open(last));
    assert_eq!(bench.take_read(), None);
    bench.event(connected());
    let (d, order) = bench.take_read().unwrap();
    assert_eq!(order.name, "d.pdf");
    let (a, order) = bench.take_read().unwrap();
    assert_eq!(order.name, "a.pdf");
    assert_eq!(bench.take_read(), None);
    bench.answer(a, vec![page(0)]);
    let (a, order) = bench.take_read().unwrap();
    assert_eq!(order.name, "a.pdf", "it is begun");
    let third = bench.core.state.documents[2].id;
    bench.command(Command::Open(third));
    assert_eq!(bench.take_read().unwrap().1.name, "c.pdf", "what is shown does not wait");
    assert_eq!(bench.core.state.activities.len(), 3);
    bench.answer(d, vec![page(0)]);
    assert_eq!(bench.take_read(), None, "two run");
    bench.answer(a, vec![page(1)]);
    assert_eq!(bench.take_read().unwrap().1.name, "a.pdf");
}

#[test]
fn the_upload_of_a_large_file_shows() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    bench.event(Event::Sent(task, 40, 100));
    assert_eq!(bench.core.state.status(bench.document(id)), DocumentStatus::Uploading(0.4));
    assert_eq!(bench.core.state.activities[0].label, "Sending a.pdf");
    bench.event(Event::Sent(task, 100, 100));
    assert!(is_reading(bench.document(id), 0, 1));
    bench.answer(task, vec![page(0)]);
    bench.event(Event::Sent(task, 100, 100));
    assert_eq!(bench.document(id).reading, ReadState::Done);
}

#[test]
fn a_file_that_the_service_cannot_read_has_failed_with_its_sentence() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let problem = Some(Problem::new("This file is damaged"));
    bench.event(Event::Read(task, Ok(Answer { problem, ..Answer::default() })));
    assert_eq!(bench.document(id).reading, ReadState::Failed(Problem::new("This file is damaged")));
    assert_eq!(bench.told(), ["This file is damaged"]);
}

#[test]
fn one_bad_page_is_a_page_with_a_problem_and_all_bad_pages_are_a_failure() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 2);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![page(0), failing(1, "too large")]);
    assert_eq!(bench.document(id).reading, ReadState::Done);
    let bad = bench.add_open("b.pdf", 2);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![failing(0, "too dark"), failing(1, "too large")]);
    assert_eq!(bench.document(bad).reading, ReadState::Failed(Problem::new("too dark")));
}

#[test]
fn a_page_that_the_service_forgets_is_not_asked_for_forever() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 2);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![page(1), page(7)]);
    assert_eq!(bench.document(id).reading, ReadState::Done);
    assert!(bench.document(id).pages[&0].problem.is_some());
    assert_eq!(bench.document(id).pages.len(), 2, "a page that the file does not have is none");
}

#[test]
fn a_page_of_unsaid_size_has_the_files() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![Page::default()]);
    assert_eq!(bench.document(id).pages[&0].size, SIZE);
}

#[test]
fn after_a_failure_reading_goes_on_where_it_was() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 5);
    let (task, _) = bench.take_read().unwrap();
    bench.answer_after(task, vec![page(0)], FAST);
    let (task, _) = bench.take_read().unwrap();
    bench.answer_after(task, vec![failing(1, "broke"), page(2)], FAST);
    let (task, _) = bench.take_read().unwrap();
    bench.event(Event::Read(task, Err(Problem::new("The connection broke off"))));
    assert_eq!(bench.document(id).reading, ReadState::Failed(Problem::new("The connection broke off")));
    assert_eq!(bench.document(id).pages.len(), 3);
    bench.act(Action::RetryAllFailed);
    let (_, order) = bench.take_read().unwrap();
    assert_eq!(order.pages, Some(vec![1]), "what failed is read again, what is read is not");
    assert!(is_reading(bench.document(id), 2, 5));
}

#[test]
fn a_read_document_is_read_again_from_the_start_and_shows_the_old_until_the_new_comes() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.act(Action::Retry);
    assert!(is_reading(bench.document(id), 0, 1));
    assert_eq!(bench.document(id).pages.len(), 1);
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Check(_))), "the file may have changed");
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![failing(0, "x")]);
    assert!(bench.document(id).pages[&0].problem.is_some());
}

#[test]
fn cancelling_one_lets_the_others_run() {
    let mut bench = Bench::new();
    let first = bench.add_open("a.pdf", 9);
    let second = bench.add_open("b.pdf", 9);
    let third = bench.add_open("c.pdf", 9);
    bench.command(Command::Open(first));
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![page(0)]);
    let of_a = |job: &Job| match job {
        Job::Read(task, order) if order.name == "a.pdf" => Some(*task),
        _ => None,
    };
    let running = bench.take(of_a).unwrap();
    let activity = bench.core.state.activities.iter().find(|a| a.label == "Reading a.pdf").unwrap().id;
    bench.command(Command::Cancel(activity));
    assert_eq!(bench.stops(), [running]);
    assert_eq!(bench.document(first).reading, ReadState::Cancelled);
    assert_eq!(bench.document(first).pages.len(), 1, "what was read stays");
    assert!(is_reading(bench.document(second), 0, 9) && is_reading(bench.document(third), 0, 9));
    bench.answer(running, vec![page(1)]);
    assert_eq!(bench.document(first).pages.len(), 1, "what comes afterwards is not heard");
}

#[test]
fn cancelling_all_empties_the_queue_and_a_retry_goes_on() {
    let mut bench = Bench::new();
    let ids: Vec<_> = ["a.pdf", "b.pdf", "c.pdf"].map(|name| bench.add_open(name, 5)).into();
    bench.act(Action::CancelAll);
    assert!(ids.iter().all(|id| bench.document(*id).reading == ReadState::Cancelled));
    assert_eq!(bench.stops().len(), 3);
    assert!(bench.core.state.activities.is_empty());
    bench.jobs.clear();
    bench.command(Command::Retry(ids.clone()));
    assert_eq!(bench.take_read().unwrap().1.name, "c.pdf", "it is shown");
}

#[test]
fn a_file_that_is_being_opened_when_all_is_cancelled_is_still_opened() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf"]);
    bench.act(Action::CancelAll);
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 1);
    assert_eq!(bench.document(bench.core.state.documents[0].id).page_count(), Some(1));
    assert_eq!(bench.take_read(), None);
}

#[test]
fn words_are_asked_for_once_where_they_did_not_come_along() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 3);
    bench.read_all();
    bench.command(Command::NeedWords);
    bench.command(Command::NeedWords);
    let words = |job: &Job| match job {
        Job::Words(task, order, sizes) => Some((*task, order.pages.clone(), sizes.len())),
        _ => None,
    };
    let (task, pages, sizes) = bench.take(words).unwrap();
    assert_eq!((pages, sizes), (Some(vec![0]), 3));
    assert_eq!(bench.take(words), None);
    bench.event(Event::Words(task, Ok(vec![(0, PageText::default())])));
    assert!(bench.document(id).pages[&0].text.is_some());
    bench.command(Command::NeedWords);
    assert_eq!(bench.take(words), None, "the page in view has its words");
}

#[test]
fn words_that_cannot_be_had_are_not_asked_for_in_every_frame() {
    let mut bench = Bench::new();
    bench.add_open("a.pdf", 1);
    bench.read_all();
    let words = |job: &Job| if let Job::Words(task, ..) = job { Some(*task) } else { None };
    bench.command(Command::NeedWords);
    let task = bench.take(words).unwrap();
    bench.event(Event::Words(task, Err(Problem::new("no connection"))));
    bench.command(Command::NeedWords);
    assert_eq!((bench.take(words), bench.told()), (None, vec!["no connection"]));
}

#[test]
fn a_service_that_did_not_start_is_started_again_by_a_retry() {
    let mut bench = Bench::without_service();
    let id = bench.add_open("a.pdf", 1);
    bench.event(Event::Reached(ConnectionId::THIS_COMPUTER, Err(Unreached::Problem(Problem::new("no port")))));
    assert_eq!(bench.core.state.chosen_reach(), &Reach::Failed(Problem::new("no port")));
    assert_eq!(bench.document(id).reading, ReadState::Queued, "it waits for the service");
    bench.act(Action::Retry);
    assert!(bench.jobs.contains(&Job::Connect));
    assert_eq!(bench.core.state.chosen_reach(), &Reach::Asking);
}
