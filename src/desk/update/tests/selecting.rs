//! Several documents selected: what is asked of the document is asked of all of them.

use super::Bench;
use crate::desk::{Action, Command, DocumentId, ReadState};
use crate::document::Standing;

/// A desk with five documents of which the first four are read; the first is shown.
fn desk() -> (Bench, Vec<DocumentId>) {
    let mut bench = Bench::new();
    let mut ids: Vec<DocumentId> =
        ["a.pdf", "b.pdf", "c.pdf", "d.pdf"].iter().map(|name| bench.add_open(name, 1)).collect();
    bench.read_all();
    ids.push(bench.add_open("e.pdf", 1));
    bench.command(Command::Open(ids[0]));
    bench.jobs.retain(|job| matches!(job, crate::desk::job::Job::Read(..)));
    (bench, ids)
}

fn select(bench: &mut Bench, ids: &[DocumentId]) {
    bench.command(Command::SelectDocuments(ids.iter().copied().collect()));
}

fn standings(bench: &Bench) -> Vec<Standing> {
    bench.core.state.documents.iter().map(|document| document.standing).collect()
}

#[test]
fn a_decision_is_about_all_of_them_each_in_a_step_of_its_own() {
    use Standing::{Approved, Open, Rejected};
    let (mut bench, ids) = desk();
    select(&mut bench, &ids[1..3]);
    bench.act(Action::Approve);
    assert_eq!(standings(&bench), [Open, Approved, Approved, Open, Open]);
    assert_eq!(bench.told().last(), Some(&"2 documents approved; 2 values in them needed a look"));
    bench.act(Action::Approve);
    assert_eq!(
        standings(&bench),
        [Approved, Approved, Approved, Open, Open],
        "the selection is done: the open one is meant"
    );
    select(&mut bench, &ids[2..]);
    bench.act(Action::Approve);
    assert_eq!(standings(&bench), [Approved, Approved, Approved, Approved, Open]);
    let said = "1 document approved; one value in them needed a look; e.pdf is still being read";
    assert_eq!(bench.told().last(), Some(&said));
    assert_eq!(bench.core.state.meant_documents(), [ids[4]], "what cannot be approved yet stays selected");
    bench.act(Action::Approve);
    assert_eq!(bench.told().last(), Some(&"e.pdf is still being read; approve it when all of it is there"));
    select(&mut bench, &ids[1..4]);
    bench.act(Action::Approve);
    assert_eq!(standings(&bench), [Approved, Open, Open, Open, Open], "all of them were approved: it is taken back");
    assert_eq!(bench.told().last(), Some(&"3 documents undecided again"));
    select(&mut bench, &ids[3..]);
    bench.command(Command::Decide(vec![ids[0], ids[4]], Rejected));
    assert_eq!(standings(&bench), [Rejected, Open, Open, Open, Rejected]);
    assert_eq!(bench.core.state.meant_documents(), [ids[3]], "the others stay selected");
    bench.command(Command::Open(ids[2]));
    bench.act(Action::Undo);
    assert_eq!(standings(&bench), [Approved, Open, Open, Open, Open]);
    for expected in [Approved, Open] {
        bench.act(Action::Undo);
        assert_eq!(bench.document(ids[2]).standing, expected);
    }
}

#[test]
fn what_was_done_to_several_is_taken_back_and_made_again_in_all_of_them() {
    use Standing::{Approved, Open};
    let (mut bench, ids) = desk();
    bench.act(Action::Approve);
    assert_eq!(bench.told().last(), Some(&"a.pdf approved; one value in it needed a look"));
    select(&mut bench, &ids[1..4]);
    bench.act(Action::Approve);
    bench.act(Action::Undo);
    assert_eq!(standings(&bench)[..4], [Approved, Open, Open, Open]);
    assert_eq!(bench.told().last(), Some(&"The last change was taken back in 3 documents"));
    bench.act(Action::Redo);
    assert_eq!(standings(&bench)[..4], [Approved; 4]);
    bench.act(Action::Undo);
    bench.act(Action::Undo);
    assert_eq!(standings(&bench)[..4], [Open; 4], "then it is the open one's turn");
    select(&mut bench, &ids[1..3]);
    bench.act(Action::Reject);
    bench.command(Command::Open(ids[0]));
    bench.command(Command::Remove(ids[1..3].to_vec()));
    bench.command(Command::AnswerRemoval(true));
    bench.act(Action::Undo);
    assert_eq!(bench.told().last(), Some(&"There is nothing to undo in this document"), "they are off the desk");
}

#[test]
fn what_was_accepted_in_several_is_taken_back_without_leaving_the_open_one() {
    let (mut bench, ids) = desk();
    bench.command(Command::SetThreshold(0.0));
    select(&mut bench, &ids[1..3]);
    bench.act(Action::AcceptSure);
    bench.act(Action::Undo);
    let is_confirmed = |id: &DocumentId| bench.document(*id).pages[&0].fields.iter().any(|field| field.confirmed);
    assert!(!ids.iter().take(4).any(is_confirmed));
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
}

#[test]
fn what_is_sure_is_accepted_and_approved_among_them_alone() {
    let (mut bench, ids) = desk();
    bench.command(Command::SetThreshold(0.0));
    select(&mut bench, &ids[1..3]);
    bench.act(Action::AcceptSure);
    bench.act(Action::ApproveSure);
    assert_eq!(bench.told().last(), Some(&"2 documents approved"));
    let confirmed: Vec<bool> = ids[..4]
        .iter()
        .map(|id| bench.document(*id).pages.values().flat_map(|page| &page.fields).all(|field| field.confirmed))
        .collect();
    assert_eq!(confirmed, [false, true, true, false]);
    assert_eq!(standings(&bench)[..4], [Standing::Open, Standing::Approved, Standing::Approved, Standing::Open]);
    assert!(bench.core.state.selected_documents.is_empty());
}

#[test]
fn they_are_read_again_and_removed_together() {
    let (mut bench, ids) = desk();
    select(&mut bench, &ids[1..3]);
    bench.act(Action::Retry);
    let again = |id: &DocumentId| matches!(bench.document(*id).reading, ReadState::Queued | ReadState::Reading { .. });
    assert_eq!(ids[..4].iter().map(again).collect::<Vec<_>>(), [false, true, true, false]);
    bench.act(Action::RemoveDocument);
    bench.command(Command::AnswerRemoval(true));
    assert_eq!(bench.names(), ["a.pdf", "d.pdf", "e.pdf"]);
    assert!(bench.core.state.selected_documents.is_empty(), "what is gone is not selected");
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
}

#[test]
fn another_document_or_esc_ends_the_selection() {
    let (mut bench, ids) = desk();
    select(&mut bench, &[ids[1], ids[2], DocumentId(99)]);
    assert_eq!(bench.core.state.meant_documents(), ids[1..3], "only what is on the desk");
    bench.act(Action::NextProblem);
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
    bench.act(Action::ClearSelection);
    assert_eq!(bench.core.state.meant_documents().len(), 2, "first the value is let go");
    bench.act(Action::ClearSelection);
    assert_eq!(bench.core.state.meant_documents(), [ids[0]]);
    for command in [Command::Open(ids[0]), Command::Open(ids[3]), Command::Do(Action::NextDocument)] {
        select(&mut bench, &ids[1..3]);
        bench.command(command);
        assert!(bench.core.state.selected_documents.is_empty());
    }
}
