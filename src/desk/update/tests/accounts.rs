//! Accounts: added, changed, asked; their keys and what is known of their services.

use super::Bench;
use super::remote::{CLOUD, account, invoices, take_post, with_cloud};
use crate::desk::job::{Event, Job, Unreached};
use crate::desk::library::Change;
use crate::desk::{Account, Action, Command, ConnectionId, Reach, ReadState, Tested};
use crate::document::Problem;
use std::time::Duration;

/// How who reads is, its name and its model's.
fn chosen(bench: &Bench) -> (&Reach, &str, &str) {
    let state = &bench.core.state;
    (state.chosen_reach(), state.connection_name(state.chosen), state.model_name(state.chosen))
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
fn a_key_that_cannot_be_one_is_told_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.command(Command::SaveAccount(Box::new(account()), Some("two words".into())));
    assert_eq!(bench.core.state.accounts, []);
    assert!(bench.told()[0].starts_with("This is no API key"), "{:?}", bench.told());
    bench.command(Command::TestAccount(Box::new(account()), Some("two words".into())));
    assert!(matches!(bench.core.state.tested, Tested::Failed(_)));
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
fn a_service_that_does_not_answer_is_asked_again_by_itself_and_said_once() {
    let mut bench = with_cloud();
    let later = |bench: &mut Bench| {
        bench.take(|job| if let Job::ReachLater(CLOUD, wait) = job { Some(wait.as_secs()) } else { None })
    };
    let mut waits = Vec::new();
    for _ in 0..7 {
        bench.event(Event::Reached(CLOUD, Err(Unreached::ForNow(Problem::new("no network"), None))));
        waits.extend(later(&mut bench));
        bench.jobs.clear();
        bench.event(Event::MayReach(CLOUD));
        assert!(bench.jobs.iter().any(|job| matches!(job, Job::Reach(..))), "{:?}", bench.jobs);
    }
    assert_eq!(waits, [15, 30, 60, 120, 240, 240, 240]);
    assert_eq!(bench.told().iter().filter(|said| said.contains("no network")).count(), 1);
    let hour = Some(Duration::from_hours(1));
    bench.event(Event::Reached(CLOUD, Err(Unreached::ForNow(Problem::new("busy"), hour))));
    assert_eq!(later(&mut bench), Some(3600), "the service said for how long");
    bench.event(invoices());
    bench.jobs.clear();
    bench.event(Event::MayReach(CLOUD));
    assert!(bench.jobs.is_empty(), "it answers: {:?}", bench.jobs);
}
