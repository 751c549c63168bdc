//! What persons change, and that all of it can be taken back.

use super::{Bench, page};
use crate::desk::job::Job;
use crate::desk::library::{Act, Change};
use crate::desk::{Action, Command, DocumentStatus, Target};
use crate::document::{FieldId, Score, Standing};

fn field(at: u32) -> Target {
    Target::Field { page: 0, id: FieldId(format!("0.{at}")) }
}

fn texts(bench: &Bench, id: crate::desk::DocumentId) -> Vec<String> {
    bench.document(id).pages[&0].fields.iter().map(|field| field.text.clone()).collect()
}

/// A desk with one document that is read and shown.
fn read() -> (Bench, crate::desk::DocumentId) {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.command(Command::Open(id));
    bench.jobs.clear();
    (bench, id)
}

#[test]
fn what_is_written_is_kept_with_its_trail_and_needs_no_look_any_more() {
    let (mut bench, id) = read();
    let before = bench.document(id).doubtful(Score::new(0.8));
    let doubtful = bench.document(id).pages[&0].fields.iter().position(|f| f.score < Score::new(0.8)).unwrap();
    let target = Target::Field { page: 0, id: bench.document(id).pages[&0].fields[doubtful].id.clone() };
    bench.command(Command::SetText(target.clone(), " 9.50 ".into()));
    assert_eq!(texts(&bench, id)[doubtful], "9.50");
    assert_eq!(bench.document(id).doubtful(Score::new(0.8)), before - 1);
    let saved: Vec<&Change> = bench.changes().collect();
    assert!(matches!(saved[0], Change::Page(saved, page) if *saved == id && page.fields[doubtful].confirmed));
    assert!(saved.iter().any(|change| matches!(change, Change::Trail(_, trail) if matches!(trail.act, Act::Made(_)))));
    bench.jobs.clear();
    bench.command(Command::SetText(target, "9.50".into()));
    assert!(bench.changes().next().is_none(), "what changes nothing is no step");
}

#[test]
fn accepting_goes_on_to_the_next_value_that_needs_a_look_until_there_is_none() {
    let (mut bench, id) = read();
    bench.act(Action::NextProblem);
    let mut seen = Vec::new();
    while let Some(target) = bench.core.state.selection.clone() {
        if seen.contains(&target) {
            break;
        }
        seen.push(target);
        bench.act(Action::Accept);
    }
    assert_eq!(bench.document(id).doubtful(Score::new(0.8)), 0);
    assert_eq!(bench.document(id).status(Score::new(0.8)), DocumentStatus::Done);
}

#[test]
fn everything_is_undone_to_the_start_and_done_again_to_the_end() {
    let (mut bench, id) = read();
    let start = (bench.document(id).pages.clone(), bench.document(id).standing);
    bench.command(Command::SetText(field(1), "one".into()));
    bench.command(Command::Select(Some(field(2))));
    bench.act(Action::DeleteValue);
    bench.command(Command::SetText(field(1), "two".into()));
    bench.act(Action::Approve);
    let end = (bench.document(id).pages.clone(), bench.document(id).standing);
    assert_eq!(end.1, Standing::Approved);
    assert!(bench.document(id).pages[&0].fields.iter().all(|f| f.id.0 != "0.2"));
    for _ in 0..4 {
        bench.act(Action::Undo);
    }
    assert_eq!((bench.document(id).pages.clone(), bench.document(id).standing), start);
    bench.act(Action::Undo);
    assert_eq!(bench.told(), ["There is nothing to undo in this document"]);
    for _ in 0..4 {
        bench.act(Action::Redo);
    }
    assert_eq!((bench.document(id).pages.clone(), bench.document(id).standing), end);
}

#[test]
fn reading_again_leaves_what_a_person_set() {
    let (mut bench, id) = read();
    bench.command(Command::SetText(field(1), "mine".into()));
    bench.act(Action::Retry);
    bench.jobs.retain(|job| !matches!(job, Job::Check(_)));
    bench.read_all();
    assert_eq!(texts(&bench, id).iter().filter(|text| *text == "mine").count(), 1);
    let count = page(0).fields.len();
    assert_eq!(texts(&bench, id).len(), count, "it stands in place of the model's");
}

#[test]
fn what_was_deleted_stays_away_when_the_document_is_read_again_and_comes_back_when_that_is_undone() {
    let (mut bench, id) = read();
    let count = page(0).fields.len();
    bench.command(Command::Select(Some(field(2))));
    bench.act(Action::DeleteValue);
    bench.act(Action::Retry);
    bench.read_all();
    assert_eq!(bench.document(id).pages[&0].fields.len(), count - 1);
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages[&0].fields.len(), count);
    bench.act(Action::Retry);
    bench.read_all();
    assert_eq!(bench.document(id).pages[&0].fields.len(), count, "what was undone is not deleted");
}

#[test]
fn what_was_rejected_is_not_exported() {
    let (mut bench, _) = read();
    let other = bench.add_open("b.pdf", 1);
    bench.read_all();
    bench.command(Command::Open(other));
    bench.act(Action::Reject);
    bench.jobs.clear();
    bench.act(Action::ExportValues);
    let names = bench.jobs.iter().find_map(|job| match job {
        Job::Export(order) => Some(order.documents.iter().map(|d| d.name.clone()).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(names.unwrap(), ["a.pdf"]);
}
