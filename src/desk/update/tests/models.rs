//! Models are made, taught, watched and deleted.

use super::{Bench, page};
use crate::api::{GENERAL, ModelState};
use crate::desk::job::{Event, Job, Lost, ModelOrder, TaskId, TeachOrder, Told};
use crate::desk::library::Change;
use crate::desk::{
    Action, Command, ConnectionId, DocumentId, LabelInfo, LabelKind, Lesson, ModelCommand, ModelInfo, NewLabel,
    VersionInfo,
};
use crate::document::{Page, PageRect, PageText, Problem, Word};

const HERE: ConnectionId = ConnectionId::THIS_COMPUTER;

fn receipts(state: ModelState) -> ModelInfo {
    let labels = vec![LabelInfo { name: "amount".into(), kind: LabelKind::Amount, ..LabelInfo::default() }];
    ModelInfo { id: "m".into(), name: "Receipts".into(), state, labels, can_change: true, ..ModelInfo::default() }
}

fn ask(bench: &mut Bench, command: ModelCommand) {
    bench.command(Command::Model(HERE, Box::new(command)));
}

fn take_order(bench: &mut Bench) -> ModelOrder {
    bench.take(|job| if let Job::Model(_, order) = job { Some(ModelOrder::clone(order)) } else { None }).unwrap()
}

fn take_teach(bench: &mut Bench) -> Option<(TaskId, TeachOrder)> {
    bench.take(|job| if let Job::Teach(task, order) = job { Some((*task, TeachOrder::clone(order))) } else { None })
}

/// A desk with the model, which reads, and so many documents that it has read.
fn with_model(documents: usize) -> Bench {
    let mut bench = Bench::new();
    ask(&mut bench, ModelCommand::Create("Receipts".into(), vec![NewLabel::new("amount", LabelKind::Amount)]));
    let order = take_order(&mut bench);
    bench.event(Event::ModelTold(HERE, order, Ok(Told::Model(Box::new(receipts(ModelState::Created))))));
    for n in 0..documents {
        bench.add_open(&format!("{n}.pdf"), 1);
        let (task, order) = bench.take_read().unwrap();
        assert_eq!(order.model, "m", "what is made reads from now on");
        bench.answer(task, vec![read_page()]);
    }
    bench
}

/// A page with three values.
fn read_page() -> Page {
    let mut page = page(0);
    for (n, field) in page.fields.iter_mut().enumerate() {
        field.text = format!("{n}.00");
    }
    page
}

fn approve(bench: &mut Bench, n: usize) -> DocumentId {
    let id = bench.core.state.documents[n].id;
    bench.command(Command::Open(id));
    bench.act(Action::Approve);
    id
}

fn lesson(bench: &Bench, n: usize) -> Lesson {
    bench.core.state.documents[n].lesson(HERE, &receipts(ModelState::Created), false)
}

#[test]
fn approved_documents_are_sent_once_and_again_only_when_they_change() {
    let mut bench = with_model(3);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    assert_eq!(take_teach(&mut bench), None);
    assert!(bench.told().last().unwrap().contains("nothing to learn from yet"));
    let (first, second) = (approve(&mut bench, 0), approve(&mut bench, 1));
    assert_eq!([0, 1, 2].map(|n| lesson(&bench, n)), [Lesson::New, Lesson::New, Lesson::Unreviewed]);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    assert!(order.trains);
    assert_eq!(order.lessons.iter().map(|lesson| lesson.document).collect::<Vec<_>>(), [first, second]);
    assert_eq!(order.lessons[0].objects.len(), 3, "every value of its labels");
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    assert_eq!(take_teach(&mut bench), None, "it is being trained");

    // That it goes is kept before anybody knows whether it arrived.
    bench.event(Event::Teaching(task, vec![first]));
    let kept = bench.changes().any(|change| matches!(change, Change::Document(record) if record.taught.len() == 1));
    assert!(kept);
    bench.event(Event::Taught(task, first, Ok((order.lessons[0].digest.clone(), "f1".into()))));
    bench.event(Event::Taught(task, second, Err(Lost { problem: Problem::new("No room"), may_be_there: false })));
    bench.event(Event::Trained(task, Ok(Box::new(receipts(ModelState::Hosted)))));
    assert_eq!([0, 1].map(|n| lesson(&bench, n)), [Lesson::Taught, Lesson::New]);
    let failed = &bench.core.state.trainings[&(HERE, "m".to_owned())].failed;
    assert_eq!(failed.keys().collect::<Vec<_>>(), [&second]);

    bench.command(Command::Open(first));
    bench.act(Action::NextField);
    bench.act(Action::DeleteValue);
    assert_eq!(lesson(&bench, 0), Lesson::Changed);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (_, order) = take_teach(&mut bench).unwrap();
    assert_eq!(order.lessons.iter().map(|lesson| lesson.objects.len()).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn what_was_sent_before_the_program_ended_may_be_there() {
    let mut bench = with_model(1);
    let id = approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    assert!(!order.lessons[0].may_be_there);
    bench.event(Event::Teaching(task, vec![id]));
    ask(&mut bench, ModelCommand::CancelTraining("m".into()));
    assert!(bench.stops().contains(&task));
    assert_eq!(lesson(&bench, 0), Lesson::Sent);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    assert!(take_teach(&mut bench).unwrap().1.lessons[0].may_be_there);
}

#[test]
fn a_renamed_label_takes_its_values_on_the_desk_along() {
    let mut bench = with_model(2);
    let id = approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    bench.event(Event::Taught(task, id, Ok((order.lessons[0].digest.clone(), "f".into()))));
    bench.event(Event::Trained(task, Ok(Box::new(receipts(ModelState::Hosted)))));
    let rule = crate::desk::Rule { required: true, ..crate::desk::Rule::default() };
    bench.command(Command::SetRule("amount".into(), Some(Box::new(rule.clone()))));
    let change = crate::desk::LabelChange::Rename("amount".into(), "sum".into());
    ask(&mut bench, ModelCommand::ChangeLabel("m".into(), change));
    let order = take_order(&mut bench);
    let mut renamed = receipts(ModelState::Hosted);
    renamed.labels[0].name = "sum".into();
    bench.event(Event::ModelTold(HERE, order, Ok(Told::Model(Box::new(renamed.clone())))));
    for document in &bench.core.state.documents {
        assert!(document.pages[&0].fields.iter().all(|field| field.label == "sum"));
        assert!(document.concerns.missing.is_empty(), "the rule asks for no label that nothing has any more");
    }
    assert_eq!(bench.core.state.rules, [("sum".to_owned(), rule)].into());
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (_, order) = take_teach(&mut bench).unwrap();
    assert_eq!((order.lessons.len(), order.lessons[0].objects.len(), order.forgets.len()), (1, 3, 0));
    assert_eq!(order.lessons[0].replaces, "f");
}

#[test]
fn what_the_library_still_has_to_bring_is_neither_taught_nor_forgotten() {
    let mut bench = with_model(1);
    let id = approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    bench.event(Event::Taught(task, id, Ok((order.lessons[0].digest.clone(), "f".into()))));
    bench.event(Event::Trained(task, Ok(Box::new(receipts(ModelState::Hosted)))));
    bench.core.state.documents[0].pages.clear();
    assert_eq!(lesson(&bench, 0), Lesson::Unread);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    assert_eq!(take_teach(&mut bench).map(|(_, order)| order.forgets), None, "there is nothing new");
}

#[test]
fn a_document_that_is_taken_back_is_forgotten_with_the_next_training() {
    let mut bench = with_model(2);
    let (first, _) = (approve(&mut bench, 0), approve(&mut bench, 1));
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    for (n, lesson) in order.lessons.into_iter().enumerate() {
        bench.event(Event::Taught(task, lesson.document, Ok((lesson.digest, format!("f{n}")))));
    }
    bench.event(Event::Trained(task, Ok(Box::new(receipts(ModelState::Hosted)))));
    approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    assert_eq!((order.lessons.len(), order.forgets), (0, vec![(first, "f0".to_owned())]));
    bench.event(Event::Forgot(task, first));
    assert!(bench.document(first).taught.is_empty());
}

#[test]
fn a_training_is_watched_and_what_it_came_to_is_told() {
    let mut bench = with_model(1);
    approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, _) = take_teach(&mut bench).unwrap();
    let half = ModelInfo { progress: Some(0.5), ..receipts(ModelState::Training) };
    bench.event(Event::Training(task, Box::new(half)));
    let activity = bench.core.state.activities.last().unwrap();
    assert_eq!((activity.label.as_str(), activity.progress), ("Training Receipts", Some(0.5)));
    let version = |number, f1| {
        let labels = vec![crate::desk::LabelScore { recall: 1.0, ..Default::default() }];
        VersionInfo { number, f1: Some(f1), documents: 5, labels, ..VersionInfo::default() }
    };
    let done =
        ModelInfo { versions: vec![version(1, 0.5), version(2, 0.75)], version: 2, ..receipts(ModelState::Hosted) };
    bench.event(Event::Trained(task, Ok(Box::new(done))));
    assert_eq!(bench.told().last(), Some(&"Receipts learnt from 5 documents: F1 0.75, before 0.50"));
    assert!(bench.core.state.activities.is_empty());

    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, _) = take_teach(&mut bench).unwrap();
    let failed = ModelInfo { note: "one class".into(), ..receipts(ModelState::Hosted) };
    bench.event(Event::Trained(task, Ok(Box::new(failed))));
    assert_eq!(bench.told().last(), Some(&"Receipts was not trained: one class"));
    let model = &bench.core.state.models[&HERE][1];
    assert_eq!(model.versions.len(), 2, "what is known of earlier ones stays");
}

#[test]
fn a_training_that_runs_elsewhere_is_watched_from_the_start() {
    let mut bench = Bench::new();
    bench.event(Event::Reached(HERE, Ok(vec![receipts(ModelState::Retraining)])));
    let (_, order) = take_teach(&mut bench).unwrap();
    assert!(!order.trains && order.lessons.is_empty());
    bench.event(Event::Reached(HERE, Ok(vec![receipts(ModelState::Retraining)])));
    assert_eq!(take_teach(&mut bench), None, "once");
}

#[test]
fn an_approval_is_learnt_from_at_once_where_that_is_wanted() {
    let mut bench = with_model(3);
    approve(&mut bench, 0);
    assert_eq!(take_teach(&mut bench), None);
    bench.command(Command::LearnAtOnce(true));
    approve(&mut bench, 1);
    let (task, order) = take_teach(&mut bench).unwrap();
    assert_eq!(order.lessons.len(), 2);
    approve(&mut bench, 2);
    assert_eq!(take_teach(&mut bench), None, "one after the other");
    bench.event(Event::Trained(task, Ok(Box::new(receipts(ModelState::Hosted)))));
    assert!(take_teach(&mut bench).is_some());
}

#[test]
fn with_a_model_goes_what_was_taught_and_documents_find_another_reader() {
    let mut bench = with_model(1);
    let id = approve(&mut bench, 0);
    ask(&mut bench, ModelCommand::Train("m".into(), false));
    let (task, order) = take_teach(&mut bench).unwrap();
    bench.event(Event::Taught(task, id, Ok((order.lessons[0].digest.clone(), "f".into()))));
    bench.add(&["waits.pdf"]);
    let waits = bench.core.state.documents[1].id;
    assert_eq!(bench.core.papers[&waits].origin.model, "m");
    ask(&mut bench, ModelCommand::Delete("m".into()));
    let order = take_order(&mut bench);
    bench.event(Event::ModelTold(HERE, order, Ok(Told::Nothing)));
    assert!(bench.stops().contains(&task));
    assert!(bench.document(id).taught.is_empty());
    assert_eq!(bench.core.papers[&id].origin.model, "m", "who read a document stays known");
    assert_eq!(bench.core.papers[&waits].origin.model, "", "whoever is chosen reads what waits");
    assert_eq!(bench.core.state.model_of(HERE), GENERAL);
    assert!(bench.core.state.models_of(HERE).iter().all(|model| model.id != "m"));
}

#[test]
fn the_unreviewed_are_read_again_and_what_persons_said_stays() {
    let mut bench = with_model(3);
    approve(&mut bench, 0);
    bench.command(Command::Open(bench.core.state.documents[1].id));
    bench.act(Action::NextField);
    bench.act(Action::Accept);
    ask(&mut bench, ModelCommand::ReadUnreviewed("m".into()));
    assert_eq!(bench.told().last(), Some(&"2 documents are read again"));
    bench.read_all();
    let fields = |n: usize| bench.core.state.documents[n].pages[&0].fields.iter().filter(|f| f.confirmed).count();
    assert_eq!([0, 1, 2].map(fields), [0, 1, 0]);
}

#[test]
fn a_document_on_which_the_model_found_nothing_is_to_be_looked_at() {
    let mut bench = with_model(1);
    bench.add_open("blank.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    bench.answer(task, vec![Page { size: super::SIZE, ..Page::default() }]);
    let id = bench.core.state.documents[1].id;
    assert_eq!(bench.document(id).concerns.missing, ["amount"]);
    bench.act(Action::ApproveSure);
    assert_eq!(bench.document(id).standing, crate::document::Standing::Open);
    bench.command(Command::Open(id));
    bench.command(Command::SayAbsent("amount".into()));
    assert!(bench.document(id).concerns.missing.is_empty());
}

#[test]
fn a_typed_value_stands_where_the_page_says_it_and_joined_values_are_one() {
    let mut bench = with_model(1);
    let id = bench.core.state.documents[0].id;
    let word = |text: &str, x: f32, line| Word {
        text: text.into(),
        rect: PageRect::new(x, 500.0 + line as f32 * 40.0, x + 90.0, 530.0 + line as f32 * 40.0),
        line,
        ..Word::default()
    };
    let words = vec![word("Total", 10.0, 0), word("31.00", 110.0, 0), word("EUR", 210.0, 1)];
    let text = PageText { size: super::SIZE, words, ..PageText::default() };
    let known = std::sync::Arc::make_mut(bench.core.state.documents[0].pages.get_mut(&0).unwrap());
    known.text = Some(text.into());
    bench.command(Command::TypeValue("amount".into(), "31,00".into()));
    let last = |bench: &Bench| bench.document(id).pages[&0].fields.last().unwrap().clone();
    assert_eq!((last(&bench).text.as_str(), last(&bench).rect.unwrap().left()), ("31,00", 110.0));
    bench.command(Command::TypeValue("amount".into(), "99".into()));
    assert_eq!((last(&bench).rect, last(&bench).confirmed), (None, true));
    assert!(bench.told().last().unwrap().contains("without a place"));
    bench.act(Action::Undo);

    bench.command(Command::AddField(0, PageRect::new(200.0, 535.0, 310.0, 575.0), "unit".into()));
    let (unit, before) = (last(&bench), bench.document(id).pages.clone());
    let typed = bench.document(id).pages[&0].fields[3].clone();
    let target = |field: &crate::document::Field| crate::desk::Target::Field { page: 0, id: field.id.clone() };
    bench.command(Command::Select(Some(target(&unit))));
    bench.act(Action::JoinValues);
    assert!(bench.told().last().unwrap().contains("Select several values"));
    bench.command(Command::Mark(target(&typed)));
    bench.act(Action::JoinValues);
    let joined = last(&bench);
    assert_eq!((joined.label.as_str(), joined.text.as_str()), ("unit", "31,00 EUR"));
    assert_eq!(joined.rect, PageRect::around([typed.rect.unwrap(), unit.rect.unwrap()]));
    assert_eq!(bench.document(id).pages[&0].fields.len(), before[&0].fields.len() - 1);
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages, before);
}
