//! What persons change of tables, and that it can be taken back.

use super::editing::with_words;
use super::{Bench, cell, page};
use crate::desk::job::{Event, Job};
use crate::desk::{Action, Command, Reshape, Target};
use crate::document::{Axis, Cell, FieldId, Page, PageRect, PageText, Score, Standing, Table, Word};

/// A document of one page with a table of two rows and two columns.
fn with_table(bench: &mut Bench) -> crate::desk::DocumentId {
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let cells = vec![cell(1, 1), cell(1, 2), cell(2, 1), cell(2, 2)];
    let rect = PageRect::new(100.0, 20.0, 300.0, 60.0);
    let table = Table { id: FieldId("t".into()), rect, cells, ..Table::default() };
    bench.answer(task, vec![Page { size: super::SIZE, tables: vec![table], ..page(0) }]);
    bench.command(Command::Select(Some(cell_at(1, 1))));
    id
}

fn cell_at(row: u32, col: u32) -> Target {
    Target::Cell { page: 0, id: FieldId("t".into()), row, col }
}

fn grid(bench: &Bench) -> Vec<Vec<String>> {
    let table = &bench.core.state.documents[0].pages[&0].tables[0];
    let text = |row, col| table.cell(row, col).map_or_else(String::new, |cell| cell.text.clone());
    (1..=table.rows()).map(|row| (1..=table.cols()).map(|col| text(row, col)).collect()).collect()
}

#[test]
fn rows_columns_and_cells_are_changed_where_the_hand_is_and_all_of_it_is_taken_back() {
    let mut bench = Bench::new();
    with_table(&mut bench);
    let before = grid(&bench);
    bench.act(Action::InsertRowBelow);
    assert_eq!(grid(&bench), [["11", "12"], ["", ""], ["21", "22"]]);
    assert_eq!(bench.core.state.selection, Some(cell_at(2, 1)), "the new row is in hand");
    bench.command(Command::Reshape(Reshape::Paste(vec![vec!["a".into(), "b".into()]])));
    bench.act(Action::MoveRowUp);
    assert_eq!(grid(&bench), [["a", "b"], ["11", "12"], ["21", "22"]]);
    bench.command(Command::StepCell(0, 1, true));
    bench.act(Action::MergeCells);
    assert_eq!(grid(&bench)[0], ["a b", "a b"]);
    bench.act(Action::SplitCell);
    bench.act(Action::DeleteColumns);
    assert_eq!(grid(&bench), [["b"], ["12"], ["22"]].map(|row| row.map(|text| if text == "b" { "" } else { text })));
    bench.command(Command::Reshape(Reshape::MoveEdge(Axis::Rows, 1, 25.0)));
    for _ in 0..7 {
        bench.act(Action::Undo);
    }
    assert_eq!(grid(&bench), before);
    assert!(bench.told().iter().all(|said| !said.contains("nothing to undo")));
}

#[test]
fn a_new_row_is_empty_and_the_others_say_what_they_said() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let word = |text: &str, row: u32, col: u32| {
        let rect = cell(row, col).rect;
        let rect = PageRect::new(rect.left() + 5.0, rect.top() + 11.0, rect.right() - 5.0, rect.bottom() - 1.0);
        Word { text: text.into(), rect, score: Score::CERTAIN, ..Word::default() }
    };
    let cells = vec![cell(1, 1), cell(1, 2), cell(2, 1), cell(2, 2)];
    let words = cells.iter().map(|cell| word(&cell.text, cell.row, cell.col)).collect();
    let rect = PageRect::new(100.0, 20.0, 300.0, 60.0);
    let table = Table { id: FieldId("t".into()), rect, cells, ..Table::default() };
    let text = PageText { size: super::SIZE, words, ..PageText::default() };
    bench.answer(task, vec![Page { size: super::SIZE, tables: vec![table], text: Some(text.into()), ..page(0) }]);
    bench.command(Command::SetText(id, cell_at(1, 2), "typed".into()));
    bench.command(Command::Select(Some(cell_at(1, 2))));
    bench.act(Action::InsertRowBelow);
    assert_eq!(grid(&bench), [["11", "typed"], ["", ""], ["21", "22"]]);
    bench.command(Command::Select(Some(cell_at(1, 1))));
    bench.act(Action::InsertColumnRight);
    bench.act(Action::InsertRowAbove);
    assert_eq!(grid(&bench)[1], ["11", "", "typed"]);
    let in_hand = bench.core.state.selection.clone();
    bench.act(Action::Undo);
    assert_eq!(bench.core.state.selection, in_hand, "the cell in hand stays there");
}

#[test]
fn arrows_go_from_cell_to_cell_and_stop_at_the_edge() {
    let mut bench = Bench::new();
    with_table(&mut bench);
    bench.command(Command::StepCell(1, 0, false));
    bench.command(Command::StepCell(0, 1, false));
    assert_eq!(bench.core.state.selection, Some(cell_at(2, 2)));
    bench.command(Command::StepCell(1, 0, false));
    assert_eq!(bench.core.state.selection, Some(cell_at(2, 2)));
    bench.command(Command::StepCell(-1, 0, true));
    assert_eq!(bench.core.state.range_end, Some((1, 2)));
    bench.command(Command::StepCell(0, -1, false));
    assert_eq!((bench.core.state.selection.clone(), bench.core.state.range_end), (Some(cell_at(2, 1)), None));
}

#[test]
fn a_table_that_is_drawn_has_the_lines_that_stand_there() {
    let mut bench = Bench::new();
    let id = with_words(&mut bench);
    bench.command(Command::AddTable(0, PageRect::new(50.0, 380.0, 300.0, 460.0), String::new()));
    let task = bench.take(|job| if let Job::ReadBox(task, _) = job { Some(*task) } else { None }).unwrap();
    let word = |text: &str, line: u32| {
        let top = 400.0 + line as f32 * 30.0;
        Word { text: text.into(), line, rect: PageRect::new(60.0, top, 120.0, top + 20.0), ..Word::default() }
    };
    let text = PageText { words: vec![word("first", 0), word("second", 1)], ..PageText::default() };
    bench.event(Event::BoxRead(task, Ok(Page { text: Some(text.into()), ..Page::default() })));
    let table = bench.document(id).pages[&0].tables.last().unwrap();
    let texts: Vec<&str> = table.cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!((texts, table.check()), (vec!["first", "second"], Ok(())));
    assert_eq!(bench.core.state.selection, Some(Target::Table { page: 0, id: table.id.clone() }));
}

#[test]
fn what_stands_in_a_row_goes_with_the_line_that_is_dragged() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let word = |text: &str, line: u32| {
        let top = 100.0 + line as f32 * 40.0;
        Word { text: text.into(), line, rect: PageRect::new(110.0, top + 10.0, 180.0, top + 30.0), ..Word::default() }
    };
    let words = vec![word("one", 0), word("two", 1), word("three", 2)];
    let rect = PageRect::new(100.0, 100.0, 300.0, 214.0);
    let cell = Cell {
        id: "c".into(),
        row: 1,
        col: 1,
        row_span: 1,
        col_span: 1,
        text: "one two three".into(),
        rect,
        ..Cell::default()
    };
    let table = Table { id: FieldId("t".into()), rect, cells: vec![cell], ..Table::default() };
    let text = PageText { size: super::SIZE, words, ..PageText::default() };
    bench.answer(task, vec![Page { size: super::SIZE, tables: vec![table], text: Some(text.into()), ..page(0) }]);
    bench.command(Command::Select(Some(cell_at(1, 1))));
    bench.act(Action::InsertRowBelow);
    assert_eq!(grid(&bench), [["one two three"], [""]], "a row at the end takes more of the page");
    bench.act(Action::Undo);
    bench.command(Command::Select(Some(cell_at(1, 1))));
    bench.act(Action::InsertRowAbove);
    assert_eq!(grid(&bench), [[""], ["one two three"]], "a new row is empty, until a person says where it stands");
    bench.command(Command::Reshape(Reshape::MoveEdge(Axis::Rows, 1, 180.0)));
    assert_eq!(grid(&bench), [["one two"], ["three"]]);
    bench.command(Command::SetText(bench.core.state.open.unwrap().document, cell_at(2, 1), "typed".into()));
    bench.command(Command::Reshape(Reshape::MoveEdge(Axis::Rows, 1, 140.0)));
    assert_eq!(grid(&bench), [["one"], ["typed"]], "what a person typed stays");
    for _ in 0..4 {
        bench.act(Action::Undo);
    }
    assert_eq!(grid(&bench), [["one two three"]]);
    assert_eq!(bench.document(id).pages[&0].tables[0].cells.len(), 1);
}

/// A page with a table of these rows below these headings.
fn table_page(number: u32, headings: [&str; 2], rows: &[[&str; 2]]) -> Page {
    let mut cells = Vec::new();
    for (row, texts) in (1_u32..).zip(rows) {
        for (col, text) in (1_u32..).zip(texts) {
            let label = headings[col as usize - 1].to_owned();
            cells.push(Cell { label, text: (*text).into(), ..super::cell(row, col) });
        }
    }
    let id = FieldId(format!("t{number}"));
    let table = Table { id, rect: PageRect::new(0.0, 0.0, 300.0, 100.0), cells, ..Table::default() };
    Page { number, tables: vec![table], ..page(number) }
}

#[test]
fn a_table_goes_on_from_the_page_before_without_its_repeated_headings() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 3);
    let (task, _) = bench.take_read().unwrap();
    let pages = vec![
        table_page(0, ["Item", "Price"], &[["Paper", "9.50"]]),
        table_page(1, ["", ""], &[["Item", "Price"], ["Ink", "3.00"]]),
        page(2),
    ];
    bench.answer(task, pages);
    let before = bench.document(id).pages.clone();
    let select = |bench: &mut Bench, page: u32| {
        bench.command(Command::Select(Some(Target::Table { page, id: FieldId(format!("t{page}")) })));
    };
    select(&mut bench, 0);
    bench.act(Action::JoinTable);
    assert_eq!(bench.told().last(), Some(&"The first page has none before it whose table could go on"));
    select(&mut bench, 1);
    bench.act(Action::JoinTable);
    let joined = &bench.document(id).pages[&1].tables[0];
    assert!(joined.continues);
    assert_eq!((joined.rows(), joined.labels()), (1, vec!["Item".to_owned(), "Price".to_owned()]));
    assert_eq!(joined.cell(1, 1).unwrap().text, "Ink");
    bench.act(Action::JoinTable);
    assert!(!bench.document(id).pages[&1].tables[0].continues);
    bench.act(Action::Undo);
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages, before);
}

#[test]
fn a_table_that_was_read_with_another_grid_is_asked_about_and_either_answer_is_one_step() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let first = table_page(0, ["Item", "Price"], &[["Paper", "9.50"]]);
    bench.answer(task, vec![first]);
    let target = Target::Table { page: 0, id: FieldId("t0".into()) };
    bench.command(Command::Select(Some(Target::Cell { page: 0, id: FieldId("t0".into()), row: 1, col: 1 })));
    bench.act(Action::InsertRowBelow);
    bench.act(Action::Retry);
    let (task, _) = bench.take_read().unwrap();
    let again = table_page(0, ["Item", "Price"], &[["Paper", "9.50"], ["Ink", "3.00"], ["Pen", "1.00"]]);
    bench.answer(task, vec![again.clone()]);
    assert!(bench.told().iter().any(|said| said.contains("yours stands until you choose")), "{:?}", bench.told());
    let table = |bench: &Bench| bench.document(id).pages[&0].tables[0].clone();
    let asked = bench.document(id).pages.clone();
    let judge = |bench: &Bench| bench.core.state.judge(bench.document(id)).table_needs_look(&table(bench));
    assert!(judge(&bench) && table(&bench).rows() == 2);

    bench.command(Command::Select(Some(target.clone())));
    bench.act(Action::Accept);
    assert_eq!((table(&bench).rows(), table(&bench).reread, judge(&bench)), (2, None, false));
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages, asked);

    bench.command(Command::Select(Some(target)));
    bench.act(Action::TakeReread);
    let taken = table(&bench);
    assert_eq!((taken.cells.clone(), taken.reread), (again.tables[0].cells.clone(), None));
    bench.act(Action::Undo);
    assert_eq!(bench.document(id).pages, asked);
    bench.act(Action::Redo);
    assert_eq!(table(&bench).cells, taken.cells);
}

/// A document whose page has a table with a cell that is unsure.
fn with_a_doubtful_cell() -> (Bench, crate::desk::DocumentId) {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let mut answer = table_page(0, ["Item", "Price"], &[["Paper", "9.50"], ["Ink", "3.OO"]]);
    answer.fields.clear();
    answer.tables[0].score = Score::new(0.99);
    for cell in &mut answer.tables[0].cells {
        cell.score = Score::new(if cell.text == "3.OO" { 0.4 } else { 0.95 });
    }
    bench.answer(task, vec![answer]);
    (bench, id)
}

#[test]
fn a_doubtful_cell_is_walked_to_and_holds_an_approval_of_all_back() {
    let (mut bench, id) = with_a_doubtful_cell();
    assert_eq!(bench.core.state.doubtful(bench.document(id)), 1);
    bench.act(Action::ApproveSure);
    assert_eq!(bench.document(id).standing, Standing::Open);
    bench.act(Action::NextProblem);
    let cell = Target::Cell { page: 0, id: FieldId("t0".into()), row: 2, col: 2 };
    assert_eq!(bench.core.state.selection, Some(cell));
    bench.act(Action::Accept);
    assert!(bench.document(id).pages[&0].tables[0].cell(2, 2).unwrap().confirmed);
    assert_eq!(bench.core.state.doubtful(bench.document(id)), 0);
    bench.act(Action::ApproveSure);
    assert_eq!(bench.document(id).standing, Standing::Approved);
}

#[test]
fn a_table_is_accepted_with_all_its_cells_and_all_sure_ones_in_one_step() {
    let (mut bench, id) = with_a_doubtful_cell();
    let confirmed =
        |bench: &Bench| bench.document(id).pages[&0].tables[0].cells.iter().filter(|cell| cell.confirmed).count();
    bench.act(Action::AcceptSure);
    assert_eq!((confirmed(&bench), bench.told().last()), (3, Some(&"3 values accepted")));
    bench.act(Action::Undo);
    assert_eq!(confirmed(&bench), 0);
    bench.command(Command::Select(Some(Target::Table { page: 0, id: FieldId("t0".into()) })));
    bench.act(Action::Accept);
    assert_eq!((confirmed(&bench), bench.document(id).pages[&0].tables[0].score), (4, Score::CERTAIN));
}

#[test]
fn a_table_that_may_have_other_rows_is_one_thing_to_look_at() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let mut answer = table_page(0, ["Item", "Price"], &[["Paper", "9.50"]]);
    answer.fields.clear();
    answer.tables[0].score = Score::new(0.3);
    bench.answer(task, vec![answer]);
    assert_eq!(bench.core.state.doubtful(bench.document(id)), 1);
    bench.act(Action::NextProblem);
    assert!(matches!(bench.core.state.selection, Some(Target::Table { .. })));
    bench.act(Action::Accept);
    assert_eq!(bench.core.state.doubtful(bench.document(id)), 0);
}

#[test]
fn cells_are_emptied_like_those_of_a_spreadsheet_and_undo_shows_the_cell() {
    let (mut bench, id) = with_a_doubtful_cell();
    let cell = |row, col| Some(Target::Cell { page: 0, id: FieldId("t0".into()), row, col });
    let texts = |bench: &Bench| {
        let table = &bench.document(id).pages[&0].tables[0];
        table.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()
    };
    bench.command(Command::Select(cell(1, 1)));
    bench.command(Command::StepCell(1, 0, true));
    bench.act(Action::DeleteValue);
    assert_eq!(texts(&bench), ["", "9.50", "", "3.OO"]);
    bench.act(Action::Undo);
    assert_eq!(texts(&bench), ["Paper", "9.50", "Ink", "3.OO"]);
    bench.command(Command::SetText(id, cell(2, 2).unwrap(), "3.00".into()));
    bench.command(Command::Select(None));
    bench.act(Action::Undo);
    assert_eq!(bench.core.state.selection, cell(2, 2));
}

#[test]
fn arrows_lead_from_a_table_into_it() {
    let (mut bench, _) = with_a_doubtful_cell();
    bench.command(Command::Select(Some(Target::Table { page: 0, id: FieldId("t0".into()) })));
    bench.command(Command::StepCell(1, 0, false));
    let first = Target::Cell { page: 0, id: FieldId("t0".into()), row: 1, col: 1 };
    assert_eq!(bench.core.state.selection, Some(first));
}
