//! Going from place to place.

use super::{Bench, page};
use crate::desk::{Action, Command, Effect, Target};
use crate::document::{Cell, Field, FieldId, Page, PageRect, PageText, Score, Table, Word};

/// A desk with documents of so many pages, all read.
fn read(documents: &[(&str, usize)]) -> Bench {
    let mut bench = Bench::new();
    for (name, pages) in documents {
        bench.add_open(name, *pages);
        while let Some((task, order)) = bench.take_read() {
            let pages = order.pages.unwrap_or_else(|| (0..*pages as u32).collect());
            bench.answer(task, pages.into_iter().map(page).collect());
        }
    }
    let first = bench.core.state.documents[0].id;
    bench.command(Command::Open(first));
    bench
}

#[test]
fn fields_follow_each_other_over_pages_and_around() {
    let mut bench = read(&[("a.pdf", 2)]);
    let mut way = Vec::new();
    for _ in 0..7 {
        bench.act(Action::NextField);
        way.push(bench.selected().map(|(_, id)| id.to_owned()).unwrap());
    }
    assert_eq!(way, ["0.1", "0.2", "0.3", "1.1", "1.2", "1.3", "0.1"]);
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
    bench.act(Action::PreviousField);
    assert_eq!((bench.selected(), bench.shown()), (Some((1, "1.3")), Some(("a.pdf", 1))));
    bench.act(Action::ClearSelection);
    bench.act(Action::NextField);
    assert_eq!(bench.selected(), Some((1, "1.1")), "from the page in view");
    bench.act(Action::ClearSelection);
    bench.act(Action::PreviousField);
    assert_eq!(bench.selected(), Some((0, "0.3")));
}

#[test]
fn a_cell_is_left_for_what_follows_its_table() {
    let mut bench = Bench::new();
    bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let cells = vec![Cell { row: 1, col: 1, row_span: 1, col_span: 1, ..Cell::default() }];
    let rect = PageRect::new(10.0, 250.0, 500.0, 290.0);
    let table = Table { id: FieldId("items".into()), rect, cells, ..Table::default() };
    bench.answer(task, vec![Page { tables: vec![table], ..page(0) }]);
    let cell = Target::Cell { page: 0, id: FieldId("items".into()), row: 1, col: 1 };
    bench.command(Command::Select(Some(cell.clone())));
    bench.act(Action::NextField);
    assert_eq!(bench.selected(), Some((0, "0.3")));
    bench.command(Command::Select(Some(cell)));
    bench.act(Action::PreviousField);
    assert_eq!(bench.selected(), Some((0, "0.2")));
}

#[test]
fn problems_follow_each_other_over_documents_and_around() {
    let mut bench = read(&[("a.pdf", 2), ("b.pdf", 1), ("c.pdf", 1)]);
    let mut way = Vec::new();
    for _ in 0..5 {
        bench.act(Action::NextProblem);
        let (name, page) = bench.shown().unwrap();
        way.push((name.to_owned(), page, bench.selected().unwrap().1.to_owned()));
    }
    let stop = |name: &str, page: u32| (name.to_owned(), page, format!("{page}.2"));
    assert_eq!(way, [stop("a.pdf", 0), stop("a.pdf", 1), stop("b.pdf", 0), stop("c.pdf", 0), stop("a.pdf", 0)]);
}

#[test]
fn where_documents_are_searched_problems_are_those_of_what_was_found() {
    let mut bench = read(&[("a.pdf", 1), ("b.pdf", 1), ("c.pdf", 1)]);
    let found = vec![bench.core.state.documents[2].id];
    bench.command(Command::Listed(Some(found)));
    for _ in 0..2 {
        bench.act(Action::NextProblem);
        assert_eq!(bench.shown(), Some(("c.pdf", 0)));
    }
    bench.act(Action::ToggleWorstFirst);
    bench.act(Action::NextProblem);
    assert_eq!(bench.shown(), Some(("c.pdf", 0)));
    bench.act(Action::ToggleWorstFirst);
    bench.act(Action::Accept);
    assert_eq!(bench.told(), ["No value of the documents that were found needs a look"]);
    bench.command(Command::Listed(None));
    bench.act(Action::NextProblem);
    assert_eq!(bench.shown(), Some(("a.pdf", 0)), "the search has ended");
}

#[test]
fn a_problem_before_the_page_in_view_is_not_passed_over() {
    let mut bench = read(&[("a.pdf", 2), ("b.pdf", 1)]);
    let id = bench.core.state.documents[0].id;
    std::sync::Arc::make_mut(bench.core.state.documents[0].pages.get_mut(&1).unwrap()).fields.clear();
    bench.command(Command::SeePage(1));
    bench.act(Action::NextProblem);
    assert_eq!((bench.core.state.open.unwrap().document, bench.selected()), (id, Some((0, "0.2"))));
}

#[test]
fn where_nothing_needs_a_look_it_is_said() {
    let mut bench = read(&[("a.pdf", 1)]);
    bench.command(Command::SetThreshold(0.1));
    bench.act(Action::NextProblem);
    assert_eq!((bench.selected(), bench.told()), (None, vec!["No value needs a look"]));
}

#[test]
fn the_only_problem_stays_selected() {
    let mut bench = read(&[("a.pdf", 1)]);
    bench.act(Action::NextProblem);
    bench.act(Action::NextProblem);
    assert_eq!(bench.selected(), Some((0, "0.2")));
}

#[test]
fn pages_end_at_the_ends_and_are_found_again() {
    let mut bench = read(&[("a.pdf", 3), ("b.pdf", 1)]);
    bench.act(Action::NextPage);
    bench.act(Action::NextPage);
    bench.act(Action::NextPage);
    assert_eq!(bench.shown(), Some(("a.pdf", 2)));
    bench.act(Action::NextDocument);
    assert_eq!(bench.shown(), Some(("b.pdf", 0)));
    bench.act(Action::NextDocument);
    assert_eq!(bench.shown(), Some(("b.pdf", 0)));
    bench.act(Action::PreviousDocument);
    assert_eq!(bench.shown(), Some(("a.pdf", 2)), "where it was left");
    bench.act(Action::FirstPage);
    bench.act(Action::PreviousPage);
    assert_eq!(bench.shown(), Some(("a.pdf", 0)));
    bench.act(Action::LastPage);
    bench.command(Command::GoToPage(77));
    assert_eq!(bench.shown(), Some(("a.pdf", 2)));
}

#[test]
fn selecting_goes_to_the_page_and_what_is_gone_is_not_selected() {
    let mut bench = read(&[("a.pdf", 2)]);
    bench.command(Command::Select(Some(Target::Field { page: 1, id: FieldId("1.2".into()) })));
    assert_eq!(bench.shown(), Some(("a.pdf", 1)));
    bench.act(Action::Retry);
    assert_eq!(bench.selected(), Some((1, "1.2")), "the old stands until the new comes");
    let (task, _) = bench.take_read().unwrap();
    let other = Field { id: FieldId("other".into()), score: Score::CERTAIN, ..Field::default() };
    bench.answer(task, vec![page(0), Page { fields: vec![other], ..page(1) }]);
    assert_eq!(bench.selected(), None);
}

#[test]
fn the_page_text_is_copied() {
    let mut bench = read(&[("a.pdf", 1)]);
    let words = vec![Word { text: "Total".into(), ..Word::default() }];
    let text = PageText { words, ..PageText::default() };
    std::sync::Arc::make_mut(bench.core.state.documents[0].pages.get_mut(&0).unwrap()).text = Some(text.into());
    bench.act(Action::CopyPageText);
    assert_eq!(bench.effects(), [Effect::CopyText("Total".into())]);
}
