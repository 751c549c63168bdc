//! Whatever persons do to a document, all of it can be taken back and made again, and every table stays a valid grid.

use super::{Bench, SIZE, cell, page};
use crate::desk::job::{Event, Job};
use crate::desk::{Action, Command, Reshape, Target};
use crate::document::{Axis, Field, FieldId, Page, PageRect, PageText, Problem, Score, Table, Word};
use proptest::prelude::*;

/// A gesture, with numbers that pick what it is about.
type Gesture = (u8, usize, u32, u32);

/// A document of one page with words, fields and a table.
fn document(bench: &mut Bench) -> crate::desk::DocumentId {
    let id = bench.add_open("a.pdf", 1);
    let (task, _) = bench.take_read().unwrap();
    let place = |n: u32| PageRect::new(50.0 + n as f32 * 60.0, 50.0, 100.0 + n as f32 * 60.0, 70.0);
    let word = |n: u32| Word { text: format!("word{n}").into(), rect: place(n), ..Word::default() };
    let field = |n: u32| Field {
        id: FieldId(format!("f{n}")),
        label: format!("label{}", n % 2),
        text: format!("word{n}"),
        rect: Some(place(n)),
        score: Score::new(0.3 * n as f32),
        ..Field::default()
    };
    let cells = (1..4).flat_map(|row| (1..4).map(move |col| cell(row, col))).collect();
    let rect = PageRect::new(100.0, 20.0, 400.0, 80.0);
    let table = Table { id: FieldId("t".into()), rect, cells, ..Table::default() };
    let text = PageText { size: SIZE, words: (0..4).map(word).collect(), ..PageText::default() };
    let fields = (0..4).map(field).collect();
    bench.answer(task, vec![Page { size: SIZE, fields, tables: vec![table], text: Some(text.into()), ..page(0) }]);
    id
}

fn do_one(bench: &mut Bench, (kind, pick, a, b): Gesture) {
    let id = bench.core.state.documents[0].id;
    let page = &bench.core.state.documents[0].pages[&0];
    let field = |pick: usize| {
        let count = page.fields.len().max(1);
        page.fields.get(pick % count).map(|field| Target::Field { page: 0, id: field.id.clone() })
    };
    let table = page.tables.first().map(|table| table.id.clone());
    let cell = table.map(|id| Target::Cell { page: 0, id, row: 1 + a % 4, col: 1 + b % 4 });
    let rect = PageRect::new(a as f32, b as f32, a as f32 + 90.0, b as f32 + 60.0);
    let axis = if pick.is_multiple_of(2) { Axis::Rows } else { Axis::Columns };
    let commands = match kind {
        0 => field(pick).map(|target| vec![Command::SetText(id, target, format!("typed {a}"))]),
        1 => field(pick).map(|target| vec![Command::SetRect(target, rect)]),
        2 => Some(vec![Command::AddField(0, rect, format!("label{}", a % 3))]),
        3 => field(pick).zip(field(pick + 1)).map(|(one, other)| {
            vec![Command::Select(Some(one)), Command::Mark(other), Command::SetLabel(format!("label{b}"))]
        }),
        4 => field(pick).map(|target| vec![Command::Select(Some(target)), Command::Do(Action::DeleteValue)]),
        5 => field(pick).map(|target| vec![Command::Select(Some(target)), Command::Do(Action::NotThere)]),
        6 => Some(vec![Command::Do(if a % 2 == 0 { Action::Approve } else { Action::AcceptSure })]),
        7 => Some(vec![Command::Do(if a % 3 == 0 { Action::Redo } else { Action::Undo })]),
        8 => cell.map(|target| vec![Command::SetText(id, target, format!("cell {a}"))]),
        9 => Some(vec![Command::AddTable(0, rect, String::new())]),
        _ => {
            let reshape = match pick % 9 {
                0 => Reshape::Before(axis),
                1 => Reshape::Behind(axis),
                2 => Reshape::Remove(axis),
                3 => Reshape::Back(axis),
                4 => Reshape::On(axis),
                5 => Reshape::Merge,
                6 => Reshape::Split,
                7 => Reshape::MoveEdge(axis, a % 4, b as f32),
                _ => Reshape::Paste(vec![vec!["x".into(), "y".into()]; 1 + (a % 3) as usize]),
            };
            let extend = Command::StepCell((b % 3) as i32 - 1, (a % 3) as i32 - 1, true);
            cell.map(|target| vec![Command::Select(Some(target)), extend, Command::Reshape(reshape)])
        }
    };
    for command in commands.into_iter().flatten() {
        bench.command(command);
    }
    // What is to be read is read, or not.
    while let Some(task) = bench.take(|job| if let Job::ReadBox(task, _) = job { Some(*task) } else { None }) {
        let read = if a % 2 == 0 { Ok(Page::default()) } else { Err(Problem::new("no")) };
        bench.event(Event::BoxRead(task, read));
    }
}

proptest! {
    #[test]
    fn all_of_it_is_taken_back_and_made_again(
        gestures in proptest::collection::vec((0u8..14, 0usize..40, 0u32..300, 0u32..300), 0..40),
    ) {
        let mut bench = Bench::new();
        let id = document(&mut bench);
        let now = |bench: &Bench| (bench.document(id).pages.clone(), bench.document(id).standing);
        let first = now(&bench);
        for gesture in gestures {
            do_one(&mut bench, gesture);
            for table in &bench.document(id).pages[&0].tables {
                prop_assert_eq!(table.check(), Ok(()));
            }
            let names: std::collections::BTreeSet<_> = bench.document(id).pages[&0].fields.iter().map(|f| &f.id).collect();
            prop_assert_eq!(names.len(), bench.document(id).pages[&0].fields.len(), "each field has a name of its own");
        }
        let last = now(&bench);
        let mut steps = 0;
        while bench.core.papers[&id].history.standing_edits().next().is_some() {
            bench.act(Action::Undo);
            steps += 1;
        }
        prop_assert_eq!(now(&bench), first);
        for _ in 0..steps {
            bench.act(Action::Redo);
        }
        prop_assert_eq!(now(&bench), last);
    }
}
