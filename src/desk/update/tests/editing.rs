//! What persons change, and that all of it can be taken back.

use super::{Bench, page};
use crate::desk::job::{Event, Job};
use crate::desk::library::{Act, Change};
use crate::desk::{Action, Command, DocumentStatus, Rule, Target};
use crate::document::{FieldId, Page, PageRect, PageText, Problem, Score, Standing, Word};

fn field(at: u32) -> Target {
    Target::Field { page: 0, id: FieldId(format!("0.{at}")) }
}

fn shown(bench: &Bench) -> crate::desk::DocumentId {
    bench.core.state.open.unwrap().document
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
    let before = bench.core.state.doubtful(bench.document(id));
    let doubtful = bench.document(id).pages[&0].fields.iter().position(|f| f.score < Score::new(0.8)).unwrap();
    let target = Target::Field { page: 0, id: bench.document(id).pages[&0].fields[doubtful].id.clone() };
    bench.command(Command::SetText(shown(&bench), target.clone(), " 9.50 ".into()));
    assert_eq!(texts(&bench, id)[doubtful], "9.50");
    assert_eq!(bench.core.state.doubtful(bench.document(id)), before - 1);
    let saved: Vec<&Change> = bench.changes().collect();
    assert!(matches!(saved[0], Change::Page(saved, page) if *saved == id && page.fields[doubtful].confirmed));
    assert!(saved.iter().any(|change| matches!(change, Change::Trail(_, trail) if matches!(trail.act, Act::Made(_)))));
    bench.jobs.clear();
    bench.command(Command::SetText(shown(&bench), target, "9.50".into()));
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
    assert_eq!(bench.core.state.doubtful(bench.document(id)), 0);
    assert_eq!(bench.core.state.status(bench.document(id)), DocumentStatus::Done);
}

#[test]
fn everything_is_undone_to_the_start_and_done_again_to_the_end() {
    let (mut bench, id) = read();
    let start = (bench.document(id).pages.clone(), bench.document(id).standing);
    bench.command(Command::SetText(shown(&bench), field(1), "one".into()));
    bench.command(Command::Select(Some(field(2))));
    bench.act(Action::DeleteValue);
    bench.command(Command::SetText(shown(&bench), field(1), "two".into()));
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
fn what_was_taken_back_is_neither_suggested_nor_a_label_any_more() {
    let (mut bench, id) = read();
    let made = |bench: &Bench| bench.core.state.corrections.get("amount").and_then(|made| made.get("IO.OO")).cloned();
    let target = Target::Field { page: 0, id: bench.document(id).pages[&0].fields[1].id.clone() };
    bench.command(Command::SetText(id, target.clone(), "IO.OO".into()));
    bench.command(Command::SetText(id, target.clone(), "10.00".into()));
    assert_eq!(made(&bench), Some(vec!["10.00".to_owned()]));
    bench.command(Command::Select(Some(target)));
    bench.command(Command::SetLabel("of mine".into()));
    assert!(bench.core.state.labels.contains_key("of mine"));
    bench.act(Action::Undo);
    bench.act(Action::Undo);
    assert_eq!(made(&bench), None);
    assert!(!bench.core.state.labels.contains_key("of mine"));
    bench.act(Action::Redo);
    assert_eq!(made(&bench), Some(vec!["10.00".to_owned()]));
}

#[test]
fn reading_again_leaves_what_a_person_set() {
    let (mut bench, id) = read();
    bench.command(Command::SetText(shown(&bench), field(1), "mine".into()));
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
    let columns = crate::desk::ExportColumns::default();
    bench.command(Command::Export(crate::desk::ExportWhat::Values, crate::desk::ExportOf::All, columns));
    let names = bench.jobs.iter().find_map(|job| match job {
        Job::Export(order) => Some(order.documents.iter().map(|d| d.name.clone()).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(names.unwrap(), ["a.pdf"]);
}

/// The only field of the first page, as a target.
fn first_field(bench: &Bench) -> Target {
    let field = &bench.core.state.documents[0].pages[&0].fields[0];
    Target::Field { page: 0, id: field.id.clone() }
}

/// A document of one page with words `One` and `two` side by side, and one field over the first.
pub(super) fn with_words(bench: &mut Bench) -> crate::desk::DocumentId {
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let word = |text: &str, x: f32| Word {
        text: text.into(),
        rect: PageRect::new(x, 100.0, x + 50.0, 120.0),
        score: Score::CERTAIN,
        ..Word::default()
    };
    let mut answer = page(0);
    answer.size = super::SIZE;
    let words = vec![word("One", 100.0), word("two", 160.0)];
    answer.text = Some(PageText { size: super::SIZE, words, ..PageText::default() }.into());
    bench.answer(task, vec![answer]);
    id
}

#[test]
fn a_box_that_is_moved_says_what_stands_below_it() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    let before = bench.document(id).pages[&0].clone();
    let target = first_field(&bench);
    bench.command(Command::SetRect(target, PageRect::new(95.0, 95.0, 215.0, 125.0)));
    let field = &bench.document(id).pages[&0].fields[0];
    assert_eq!((field.text.as_str(), field.confirmed), ("One two", true));
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages[&0], before, "one gesture is one step");
    bench.act(Action::Redo);
    assert_eq!(bench.document(id).pages[&0].fields[0].text, "One two");
}

#[test]
fn a_new_value_where_no_word_is_known_is_read_first() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    let rect = PageRect::new(100.0, 400.0, 200.0, 440.0);
    bench.command(Command::AddField(0, rect, "total".into()));
    let count = bench.document(id).pages[&0].fields.len();
    let task = bench.take(|job| if let Job::ReadBox(task, order) = job { Some((*task, order.region)) } else { None });
    let (task, region) = task.unwrap();
    assert!(region.x < 100 && region.y < 400 && region.width > 100 && region.height > 40, "with paper around it");
    let word = Word { text: "9.50".into(), rect: PageRect::new(110.0, 405.0, 190.0, 435.0), ..Word::default() };
    let text = PageText { words: vec![word], ..PageText::default() };
    bench.event(Event::BoxRead(task, Ok(Page { text: Some(text.into()), ..Page::default() })));
    let fields = &bench.document(id).pages[&0].fields;
    assert_eq!((fields.len(), fields[count].text.as_str(), fields[count].label.as_str()), (count + 1, "9.50", "total"));
    assert_eq!(bench.core.state.selection, Some(Target::Field { page: 0, id: fields[count].id.clone() }));
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages[&0].fields.len(), count);
}

#[test]
fn a_box_that_cannot_be_read_is_there_all_the_same() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    let count = bench.document(id).pages[&0].fields.len();
    bench.command(Command::AddField(0, PageRect::new(100.0, 400.0, 200.0, 440.0), "total".into()));
    let task = bench.take(|job| if let Job::ReadBox(task, _) = job { Some(*task) } else { None }).unwrap();
    bench.event(Event::BoxRead(task, Err(Problem::new("no reader"))));
    assert_eq!(bench.document(id).pages[&0].fields[count].text, "");
    assert!(bench.told().iter().any(|said| said.contains("no reader")));
}

#[test]
fn several_are_relabelled_deleted_and_accepted_at_once() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    bench.command(Command::AddField(0, PageRect::new(95.0, 95.0, 155.0, 125.0), "a".into()));
    bench.command(Command::AddField(0, PageRect::new(155.0, 95.0, 215.0, 125.0), "b".into()));
    let before = bench.document(id).pages[&0].clone();
    let targets: Vec<Target> =
        before.fields.iter().rev().take(2).map(|f| Target::Field { page: 0, id: f.id.clone() }).collect();
    bench.command(Command::Select(Some(targets[0].clone())));
    bench.command(Command::Mark(targets[1].clone()));
    assert_eq!(bench.core.state.selected().count(), 2);
    bench.command(Command::SetLabel("word".into()));
    assert_eq!(bench.document(id).pages[&0].fields.iter().filter(|f| f.label == "word").count(), 2);
    bench.act(Action::DeleteValue);
    assert_eq!(bench.document(id).pages[&0].fields.len(), before.fields.len() - 2);
    bench.act(Action::Undo);
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages[&0], before);
}

#[test]
fn a_label_that_is_required_is_missed_until_somebody_says_that_it_is_not_there() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    let rule = Rule { required: true, ..Rule::default() };
    bench.command(Command::SetRule("iban".into(), Some(Box::new(rule))));
    assert_eq!(bench.document(id).concerns.missing, ["iban"]);
    bench.command(Command::SayAbsent("iban".into()));
    assert!(bench.document(id).concerns.missing.is_empty());
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).concerns.missing, ["iban"]);
    bench.command(Command::SetRule("iban".into(), None));
    assert!(bench.document(id).concerns.missing.is_empty());
}

#[test]
fn documents_without_anything_to_look_at_are_approved_at_once_and_one_by_one_taken_back() {
    let mut bench = Bench::new();
    let first = with_words(&mut bench);
    let all = bench.document(first).pages[&0].fields.len();
    bench.act(Action::ApproveSure);
    assert_eq!(bench.document(first).standing, Standing::Open, "it has values to look at");
    bench.command(Command::SetThreshold(0.0));
    bench.act(Action::AcceptSure);
    assert_eq!(bench.document(first).pages[&0].fields.iter().filter(|f| f.confirmed).count(), all);
    bench.act(Action::ApproveSure);
    assert_eq!(bench.document(first).standing, Standing::Approved);
    bench.act(Action::Undo);
    assert_eq!(bench.document(first).standing, Standing::Open);
    bench.act(Action::Undo);
    assert!(bench.document(first).pages[&0].fields.iter().all(|f| !f.confirmed), "all of them in one step");
}

#[test]
fn what_was_read_again_is_taken_by_a_key() {
    let (mut bench, id) = read();
    let target = first_field(&bench);
    bench.command(Command::SetText(id, target.clone(), "mine".into()));
    bench.act(Action::Retry);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![page(0)]);
    bench.command(Command::Select(Some(target.clone())));
    bench.act(Action::TakeReread);
    let field = |bench: &Bench| {
        let Target::Field { id: name, .. } = &target else { panic!("no field") };
        bench.document(id).pages[&0].fields.iter().find(|field| field.id == *name).cloned().unwrap()
    };
    let said = page(0).fields[0].text.clone();
    assert_eq!((field(&bench).text, field(&bench).reread), (said.clone(), None));
    bench.act(Action::Undo);
    assert_eq!((field(&bench).text, field(&bench).reread), ("mine".into(), Some(said)));
}

#[test]
fn several_values_are_selected_one_after_the_other_and_let_go_on_the_way_back() {
    let (mut bench, _) = read();
    bench.act(Action::NextField);
    bench.command(Command::ExtendSelection(true));
    bench.command(Command::ExtendSelection(true));
    assert_eq!(bench.core.state.selected().count(), 3);
    bench.command(Command::ExtendSelection(false));
    assert_eq!(bench.core.state.selected().count(), 2);
    bench.act(Action::Accept);
    let confirmed = bench.core.state.open_document().unwrap().pages[&0].fields.iter().filter(|f| f.confirmed).count();
    assert_eq!(confirmed, 2);
}

#[test]
fn the_page_of_the_next_doubt_is_known_ahead() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 5);
    bench.read_all();
    assert_eq!(bench.core.state.upcoming, Some((id, 1)));
    bench.act(Action::LastPage);
    assert_eq!(bench.core.state.upcoming, None);
}

#[test]
fn what_is_read_unsurely_in_a_drawn_box_is_to_be_looked_at() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    let target = first_field(&bench);
    let rect = PageRect::new(100.0, 400.0, 200.0, 440.0);
    let reading = |bench: &mut Bench, target: &Target, score: f32| {
        bench.command(Command::SetRect(target.clone(), rect));
        let task = bench.take(|job| if let Job::ReadBox(task, _) = job { Some(*task) } else { None }).unwrap();
        let rect = PageRect::new(110.0, 405.0, 190.0, 435.0);
        let word = Word { text: "9.50".into(), rect, score: Score::new(score), ..Word::default() };
        let words = if score > 0.0 { vec![word] } else { Vec::new() };
        let text = PageText { words, ..PageText::default() };
        bench.event(Event::BoxRead(task, Ok(Page { text: Some(text.into()), ..Page::default() })));
        let field = &bench.document(id).pages[&0].fields[0];
        (field.text.clone(), field.confirmed, field.score)
    };
    assert_eq!(reading(&mut bench, &target, 0.3), ("9.50".into(), false, Score::new(0.3)));
    bench.act(Action::Undo);
    let before = bench.document(id).pages[&0].fields[0].text.clone();
    assert_ne!(before, "9.50");
    assert_eq!(reading(&mut bench, &target, 0.0), (before, false, Score::new(0.0)), "its text stays");
}

#[test]
fn an_approved_document_that_says_something_else_when_read_again_is_open_again() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.read_all();
    bench.act(Action::Approve);
    let before = bench.document(id).pages[&0].fields.clone();
    let again = |bench: &mut Bench, answer: Page| {
        bench.act(Action::Retry);
        let (task, _) = bench.take_read().unwrap();
        bench.answer(task, vec![answer]);
    };
    again(&mut bench, page(0));
    assert_eq!((bench.document(id).standing, &bench.document(id).pages[&0].fields), (Standing::Approved, &before));
    let mut other = page(0);
    other.fields[0].text = "something else".into();
    again(&mut bench, other);
    let field = &bench.document(id).pages[&0].fields.iter().find(|field| field.reread.is_some()).unwrap();
    assert_eq!((field.text.as_str(), field.reread.as_deref()), (before[0].text.as_str(), Some("something else")));
    assert_eq!(bench.document(id).standing, Standing::Open);
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).standing, Standing::Approved);
}

#[test]
fn what_is_still_being_read_cannot_be_approved() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.act(Action::Approve);
    assert_eq!(bench.document(id).standing, Standing::Open);
    assert!(bench.told().last().unwrap().contains("still being read"), "{:?}", bench.told());
    bench.read_all();
    bench.act(Action::Approve);
    assert_eq!(bench.document(id).standing, Standing::Approved);
}

#[test]
fn where_no_value_needs_a_look_what_is_missing_does() {
    let (mut bench, id) = read();
    let rule = Rule { required: true, ..Rule::default() };
    bench.command(Command::SetRule("iban".into(), Some(Box::new(rule))));
    bench.command(Command::SetThreshold(0.0));
    bench.act(Action::NextProblem);
    assert!(bench.told().last().unwrap().contains("Nothing was found for Iban"), "{:?}", bench.told());
    assert_eq!(bench.core.state.open.unwrap().document, id);
}

#[test]
fn nobody_need_look_at_what_was_decided() {
    let (mut bench, id) = read();
    let doubtful = |bench: &Bench| bench.core.state.doubtful(bench.document(id));
    let before = doubtful(&bench);
    assert!(before > 0);
    bench.act(Action::Approve);
    assert_eq!(doubtful(&bench), 0);
    bench.act(Action::NextProblem);
    assert_eq!(bench.told().last(), Some(&"No value needs a look"));
    bench.act(Action::Approve);
    assert_eq!(doubtful(&bench), before, "taken back, they are open again");
}
