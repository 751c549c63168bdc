//! Documents come and go.

use super::{Bench, SIZE, STAMP, failing, page};
use crate::desk::job::{Difference, Event, Found, Job, Opened};
use crate::desk::library::Change;
use crate::desk::{Action, Command, FileState, ReadState};
use crate::document::Problem;
use crate::pages::FileKind;
use crate::pages::PageError;

#[test]
fn rows_come_in_the_order_of_the_files_and_the_first_is_shown() {
    let mut bench = Bench::new();
    bench.add(&["b.pdf", "a.pdf", "c.png"]);
    assert_eq!(bench.names(), ["b.pdf", "a.pdf", "c.png"]);
    assert_eq!(bench.shown(), Some(("b.pdf", 0)));
}

#[test]
fn one_file_that_is_added_is_shown_and_many_do_not_disturb() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf", "b.pdf"]);
    bench.add(&["c.pdf"]);
    assert_eq!(bench.shown(), Some(("c.pdf", 0)));
    bench.add(&["d.pdf", "e.pdf"]);
    assert_eq!(bench.shown(), Some(("c.pdf", 0)));
}

#[test]
fn the_same_file_twice_is_one_row_and_is_shown() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf", "b.pdf", "a.pdf"]);
    assert_eq!(bench.names(), ["a.pdf", "b.pdf"]);
    assert_eq!(bench.told(), ["1 of the 3 documents were on the desk already"]);
    bench.add(&["b.pdf"]);
    assert_eq!(bench.names(), ["a.pdf", "b.pdf"]);
    assert_eq!(bench.shown(), Some(("b.pdf", 0)));
    assert_eq!(bench.told()[1], "b.pdf is on the desk already");
}

#[test]
fn a_link_to_a_file_on_the_desk_is_that_file() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf"]);
    bench.command(Command::AddPaths(vec!["link.pdf".into()]));
    let task = bench.take_find();
    bench.event(Event::Found(task, vec![Found { path: "link.pdf".into(), identity: "a.pdf".into() }]));
    bench.event(Event::FoundAll(task, Vec::new()));
    assert_eq!(bench.names(), ["a.pdf"]);
}

#[test]
fn a_removed_file_can_be_added_again() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf"]);
    bench.act(Action::RemoveDocument);
    assert_eq!((bench.names().len(), bench.shown()), (0, None));
    bench.add(&["a.pdf"]);
    assert_eq!(bench.names(), ["a.pdf"]);
}

#[test]
fn work_and_many_documents_leave_the_desk_only_when_a_person_says_so() {
    let mut bench = Bench::new();
    bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.act(Action::Approve);
    bench.act(Action::RemoveDocument);
    let asked = |bench: &Bench| bench.core.state.removal.as_ref().map(|removal| removal.changed);
    assert_eq!((bench.names().len(), asked(&bench)), (1, Some(1)));
    bench.command(Command::AnswerRemoval(false));
    assert_eq!((bench.names().len(), asked(&bench)), (1, None));
    bench.act(Action::RemoveDocument);
    bench.command(Command::AnswerRemoval(true));
    assert_eq!((bench.names().len(), asked(&bench)), (0, None));
    bench.add(&["b.pdf", "c.pdf"]);
    bench.act(Action::RemoveAll);
    assert_eq!((bench.names().len(), asked(&bench)), (2, Some(0)));
}

#[test]
fn where_the_shown_document_goes_its_neighbour_comes() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf", "b.pdf", "c.pdf"]);
    let ids: Vec<_> = bench.core.state.documents.iter().map(|d| d.id).collect();
    bench.command(Command::Open(ids[1]));
    bench.act(Action::RemoveDocument);
    assert_eq!(bench.shown(), Some(("c.pdf", 0)));
    bench.act(Action::RemoveDocument);
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
    bench.act(Action::RemoveAll);
    assert_eq!(bench.shown(), None);
    assert_eq!(bench.changes().filter(|change| matches!(change, Change::Forget(_))).count(), 3);
}

#[test]
fn what_runs_for_a_removed_document_is_stopped_and_heard_no_more() {
    let mut bench = Bench::new();
    bench.add_open("a.pdf", 9);
    let (task, _) = bench.take_read().unwrap();
    bench.act(Action::RemoveAll);
    assert_eq!(bench.stops(), [task]);
    bench.answer(task, vec![failing(0, "x")]);
    assert_eq!(bench.told(), ["a.pdf is off the desk"]);
    assert!(bench.core.state.activities.is_empty());
}

#[test]
fn text_brings_paths_and_addresses() {
    let mut bench = Bench::new();
    bench.command(Command::AddText("https://a.example/b%20c.pdf\n/x/y.pdf\nhttps://a.example/b%20c.pdf".into()));
    assert_eq!(bench.names(), ["b c.pdf"]);
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Find(_, paths) if paths == &["/x/y.pdf".to_owned()])));
    assert!(bench.jobs.iter().any(|job| matches!(job, Job::Fetch(_, url) if url == "https://a.example/b%20c.pdf")));
    bench.command(Command::AddText("Dear Sir".into()));
    assert!(bench.told().last().unwrap().starts_with("That text names no file"));
}

#[test]
fn a_fetched_document_is_opened_under_its_own_name() {
    let mut bench = Bench::new();
    bench.command(Command::AddText("https://a.example/download".into()));
    let fetch = |job: &Job| if let Job::Fetch(task, _) = job { Some(*task) } else { None };
    let task = bench.take(fetch).unwrap();
    bench.event(Event::Fetching(task, 50, Some(200)));
    let activity = &bench.core.state.activities[0];
    assert_eq!((activity.label.as_str(), activity.progress), ("Fetching download", Some(0.25)));
    bench.event(Event::Fetched(task, Ok("/data/fetched/1/Bill.pdf".into())));
    assert_eq!(bench.names(), ["Bill.pdf"]);
    assert_eq!(bench.take_open().unwrap().1, "/data/fetched/1/Bill.pdf");
    bench.act(Action::RemoveDocument);
    assert!(bench.jobs.contains(&Job::Discard("/data/fetched/1/Bill.pdf".into())));
}

#[test]
fn a_fetch_that_fails_or_is_stopped_can_be_tried_again() {
    let mut bench = Bench::new();
    bench.command(Command::AddText("https://a.example/a.pdf".into()));
    let fetch = |job: &Job| if let Job::Fetch(task, _) = job { Some(*task) } else { None };
    let task = bench.take(fetch).unwrap();
    bench.event(Event::Fetched(task, Err(Problem::new("a.example cannot be reached"))));
    assert_eq!(bench.told(), ["a.example cannot be reached"]);
    bench.act(Action::Retry);
    let task = bench.take(fetch).unwrap();
    let activity = bench.core.state.activities[0].id;
    bench.command(Command::Cancel(activity));
    assert_eq!(bench.stops(), [task]);
    assert!(matches!(bench.core.state.documents[0].file, FileState::Failed(_)));
    // It came a moment too late: nobody wants it.
    bench.event(Event::Fetched(task, Ok("/data/fetched/1/a.pdf".into())));
    assert!(bench.jobs.contains(&Job::Discard("/data/fetched/1/a.pdf".into())));
    bench.act(Action::Retry);
    assert!(bench.take(fetch).is_some());
}

#[test]
fn files_are_opened_two_at_once_and_the_shown_one_does_not_wait() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]);
    let first = bench.take_open().unwrap();
    assert_eq!(first.1, "a.pdf");
    assert_eq!(bench.take_open().unwrap().1, "b.pdf");
    assert_eq!(bench.take_open(), None);
    let last = bench.core.state.documents[4].id;
    bench.command(Command::Open(last));
    assert_eq!(bench.take_open().unwrap().1, "e.pdf");
    bench.opened(first.0, 1);
    assert_eq!(bench.take_open(), None, "two run");
}

#[test]
fn a_file_that_cannot_be_opened_says_why_once_and_stops_no_other() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf", "b.pdf"]);
    let (task, _) = bench.take_open().unwrap();
    bench.event(Event::Opened(task, Err(PageError::Empty)));
    let FileState::Failed(problem) = &bench.core.state.documents[0].file else { panic!() };
    assert_eq!(problem.message, "This file is empty; choose another copy of it");
    assert_eq!(bench.told().len(), 1);
    let (task, name) = bench.take_open().unwrap();
    bench.opened(task, 1);
    assert_eq!((name.as_str(), bench.take_read().unwrap().1.name.as_str()), ("b.pdf", "b.pdf"));
    bench.act(Action::RetryAllFailed);
    assert_eq!(bench.take_open().unwrap().1, "a.pdf");
}

#[test]
fn a_password_is_asked_for_until_it_opens_the_file_and_goes_to_the_service() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf"]);
    let id = bench.core.state.documents[0].id;
    let (task, _) = bench.take_open().unwrap();
    bench.event(Event::Opened(task, Err(PageError::NeedsPassword { wrong: false })));
    assert_eq!(bench.document(id).file, FileState::NeedsPassword { wrong: false });
    assert_eq!(bench.told().len(), 0);
    bench.command(Command::GivePassword(id, "guess".into()));
    let (task, _) = bench.take_open().unwrap();
    bench.event(Event::Opened(task, Err(PageError::NeedsPassword { wrong: true })));
    assert_eq!(
        (&bench.document(id).file, &bench.document(id).password),
        (&FileState::NeedsPassword { wrong: true }, &None)
    );
    bench.command(Command::GivePassword(id, "sesame".into()));
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 1);
    assert_eq!(bench.take_read().unwrap().1.file.password.as_deref(), Some("sesame"));
    let kept = bench.changes().filter_map(|c| if let Change::Document(record) = c { Some(record) } else { None });
    assert!(kept.last().unwrap().sizes.is_none(), "it is opened, and so asked for, again after a restart");
}

#[test]
fn nobody_is_asked_twice_for_a_password_that_was_not_wanted() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.command(Command::GivePassword(id, "x".into()));
    assert_eq!(bench.document(id).password, None);
    assert!(matches!(bench.document(id).file, FileState::Ready(_)));
}

#[test]
fn the_first_of_what_another_start_hands_over_is_shown() {
    let mut bench = Bench::new();
    bench.add_open("a.pdf", 1);
    bench.event(Event::HandedOver(vec![Command::AddPaths(vec!["b.pdf".into(), "c.pdf".into()])]));
    let task = bench.take_find();
    let found = ["b.pdf", "c.pdf"].map(|name| Found { path: name.into(), identity: name.into() });
    bench.event(Event::Found(task, found.into()));
    bench.event(Event::FoundAll(task, Vec::new()));
    let shown = bench.core.state.open_document().unwrap();
    assert_eq!(shown.name, "b.pdf");
    bench.add(&["d.pdf", "e.pdf"]);
    assert_eq!(
        bench.core.state.open_document().unwrap().name,
        "b.pdf",
        "what is added to the desk at hand moves nothing"
    );
}

#[test]
fn a_file_with_other_contents_is_read_anew() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 2);
    bench.read_all();
    bench.event(Event::Changed(id, Difference::Rewritten));
    let (task, _) = bench.take_open().unwrap();
    let other = crate::desk::job::Stamp { bytes: 11, ..STAMP };
    bench.event(Event::Opened(
        task,
        Ok(Opened {
            kind: FileKind::Pdf,
            sizes: vec![SIZE; 3],
            stamp: Some(other),
            hash: None,
            breaks_off: false,
            at_ms: 1,
        }),
    ));
    assert!(bench.document(id).pages.is_empty());
    assert!(bench.changes().any(|change| *change == Change::ForgetPages(id)));
    assert_eq!(bench.told(), ["a.pdf has changed on the disk, so it is read again"]);
    assert_eq!(bench.take_read().unwrap().1.pages, None);
}

#[test]
fn a_file_that_was_only_touched_keeps_everything() {
    let mut bench = Bench::new();
    bench.add(&["a.pdf"]);
    for written in [1, 2] {
        let (task, _) = bench.take_open().unwrap();
        let stamp = Some(crate::desk::job::Stamp { written, ..STAMP });
        let (kind, sizes, hash) = (FileKind::Pdf, vec![SIZE; 2], Some("one".to_owned()));
        bench.event(Event::Opened(task, Ok(Opened { kind, sizes, stamp, hash, breaks_off: false, at_ms: 1 })));
        bench.read_all();
        let document = &bench.core.state.documents[0];
        assert!(document.pages.contains_key(&0) && document.reading == ReadState::Done, "{written}");
        bench.event(Event::Changed(bench.core.state.documents[0].id, Difference::Rewritten));
    }
    assert!(bench.told().is_empty(), "nothing has changed: {:?}", bench.told());
    assert!(!bench.changes().any(|change| matches!(change, Change::ForgetPages(_))));
}

#[test]
fn what_persons_set_is_kept_where_a_file_has_other_contents() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 2);
    bench.read_all();
    bench.command(Command::TypeValue("total".into(), "9.50".into()));
    bench.event(Event::Changed(id, Difference::Rewritten));
    let (task, _) = bench.take_open().unwrap();
    let other = crate::desk::job::Stamp { bytes: 11, ..STAMP };
    let opened = Opened {
        kind: FileKind::Pdf,
        sizes: vec![SIZE; 2],
        stamp: Some(other),
        hash: None,
        breaks_off: false,
        at_ms: 1,
    };
    bench.event(Event::Opened(task, Ok(opened)));
    bench.read_all();
    let fields = bench.document(id).pages.values().flat_map(|page| &page.fields);
    assert!(fields.into_iter().any(|field| field.confirmed && field.text == "9.50"));
    assert!(bench.told().iter().any(|told| told.contains("what you set is kept")), "{:?}", bench.told());
}

#[test]
fn a_file_that_is_gone_keeps_its_results() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.event(Event::Changed(id, Difference::Gone(Problem::new("This file is not where it was"))));
    assert!(matches!(bench.document(id).file, FileState::Failed(_)));
    assert_eq!((bench.document(id).pages.len(), &bench.document(id).reading), (1, &ReadState::Done));
    bench.act(Action::Retry);
    let (task, _) = bench.take_open().unwrap();
    bench.opened(task, 1);
    assert!(matches!(bench.document(id).file, FileState::Ready(_)));
}

#[test]
fn a_search_that_takes_long_is_shown_and_can_be_stopped() {
    let mut bench = Bench::new();
    bench.command(Command::AddPaths(vec!["/home/ada".into()]));
    let task = bench.take_find();
    assert!(bench.core.state.activities.is_empty());
    bench.event(Event::Found(task, vec![Found { path: "/home/ada/a.pdf".into(), identity: "a".into() }]));
    let activity = bench.core.state.activities.iter().find(|a| a.label == "Looking through ada: 1 found").unwrap().id;
    bench.command(Command::Cancel(activity));
    assert_eq!(bench.stops(), [task]);
    bench.event(Event::Found(task, vec![Found { path: "/home/ada/b.pdf".into(), identity: "b".into() }]));
    assert_eq!(bench.names(), ["a.pdf"]);
}

#[test]
fn thousands_of_files_at_once_are_all_taken() {
    let mut bench = Bench::new();
    let names: Vec<String> = (0..5000).map(|number| format!("{number}.pdf")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.add(&names);
    while let Some((task, _)) = bench.take_open() {
        bench.opened(task, 1);
        bench.jobs.retain(|job| matches!(job, Job::Open(..)));
    }
    assert_eq!(bench.core.state.documents.len(), 5000);
}

#[test]
fn what_is_odd_in_its_drop_is_said_until_persons_say_that_it_may_be() {
    let mut bench = Bench::new();
    let drop: Vec<String> = (0..20).map(|n| format!("{n}.pdf")).collect();
    bench.add(&drop.iter().map(String::as_str).collect::<Vec<_>>());
    bench.add(&["alone.pdf"]);
    let batches: Vec<u64> = bench.core.state.documents.iter().map(|document| document.batch).collect();
    assert!(batches[..20].iter().all(|batch| *batch == batches[0]) && batches[20] != batches[0]);
    while let Some((task, _)) = bench.take_open() {
        bench.opened(task, 1);
        let (task, order) = bench.take_read().unwrap();
        let buyer = match order.name.as_str() {
            "3.pdf" | "alone.pdf" => "Bob",
            "4.pdf" => "Cid",
            _ => "Ada",
        };
        let mut read = page(0);
        read.fields.truncate(1);
        read.fields[0].label = "buyer".into();
        read.fields[0].text = buyer.into();
        bench.answer(task, vec![read]);
    }
    let odd = |bench: &Bench| {
        let all = bench.core.state.documents.iter().filter(|document| !document.concerns.fields.is_empty());
        all.map(|document| document.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(odd(&bench), ["3.pdf", "4.pdf"]);
    let confirm = |bench: &mut Bench, at: usize| {
        let document = &bench.core.state.documents[at];
        let (id, field) = (document.id, document.pages[&0].fields[0].id.clone());
        let text = document.pages[&0].fields[0].text.clone();
        bench.command(Command::SetText(id, crate::desk::Target::Field { page: 0, id: field }, text));
    };
    confirm(&mut bench, 3);
    assert_eq!(odd(&bench), ["4.pdf"]);
    confirm(&mut bench, 4);
    bench.add(&["again.pdf"]);
    assert_eq!(odd(&bench), [""; 0]);
    let kept = bench.changes().filter_map(|change| match change {
        Change::Document(record) => Some(record.batch),
        _ => None,
    });
    assert!(kept.max().unwrap() > batches[20], "the next drop is another batch, also after a restart");
}
