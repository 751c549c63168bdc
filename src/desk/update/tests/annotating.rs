//! Annotations of other programs come on documents and go from them.

use super::{Bench, SIZE, page};
use crate::api::{BoundingBox, LabelledBox};
use crate::desk::annotations::Annotated;
use crate::desk::job::{Event, Job};
use crate::desk::{Action, AnnotationFormat, Command, DocumentId, ExportColumns, ExportOf, ExportWhat};
use crate::document::{Field, PageRect, PageSize, PageText, Score, Word};

fn object(name: &str, text: Option<&str>, bounds: [f64; 4]) -> LabelledBox {
    let [xmin, ymin, xmax, ymax] = bounds;
    LabelledBox {
        name: name.into(),
        ocr_text: text.map(str::to_owned),
        bndbox: BoundingBox { xmin, ymin, xmax, ymax, ..BoundingBox::default() },
        ..LabelledBox::default()
    }
}

/// A desk with a read document whose page has three values and the words `Total 7.00` at the bottom.
fn read() -> (Bench, DocumentId) {
    let mut bench = Bench::new();
    let id = bench.add_open("slip.jpg", 1);
    let (task, _) = bench.take_read().unwrap();
    let word = |text: &str, x: f32| Word {
        text: text.into(),
        rect: PageRect::new(x, 1000.0, x + 80.0, 1030.0),
        score: Score::CERTAIN,
        ..Word::default()
    };
    let text = PageText { size: SIZE, words: vec![word("Total", 100.0), word("7.00", 200.0)], ..PageText::default() };
    let mut read = page(0);
    read.text = Some(text.into());
    bench.answer(task, vec![read]);
    (bench, id)
}

fn fields(bench: &Bench, id: DocumentId) -> Vec<Field> {
    bench.document(id).pages[&0].fields.clone()
}

#[test]
fn annotations_replace_what_the_model_said_and_leave_what_a_person_said() {
    let (mut bench, id) = read();
    bench.act(Action::NextField);
    bench.act(Action::Accept);
    let before = fields(&bench, id);
    // Boxes are of an image of half the size; one value has no box, one no text, one nothing.
    let objects = vec![
        object("amount", None, [95.0, 495.0, 145.0, 520.0]),
        object("amount", Some("7,00"), [0.0; 4]),
        object("shop", Some("Ada & Co"), [5.0, 5.0, 50.0, 20.0]),
        object("nothing", None, [0.0; 4]),
    ];
    let size = Some(PageSize::new(SIZE.width / 2, SIZE.height / 2));
    let annotated = vec![
        Annotated { filename: "/data/upload/0a1b2c3d-slip.jpg".into(), size, objects },
        Annotated { filename: "other.jpg".into(), ..Annotated::default() },
    ];
    bench.event(Event::AnnotationsRead(annotated, Vec::new()));
    let after = fields(&bench, id);
    let said: Vec<(&str, &str)> = after.iter().map(|field| (field.label.as_str(), field.text.as_str())).collect();
    assert_eq!(said, [("amount", ""), ("amount", "7.00"), ("amount", "7,00"), ("shop", "Ada & Co")]);
    assert!(after.iter().all(|field| field.confirmed));
    assert_eq!(after[2].rect, Some(PageRect::new(200.0, 1000.0, 280.0, 1030.0)), "found by its text");
    assert_eq!(after[3].rect, Some(PageRect::new(10.0, 10.0, 100.0, 40.0)));
    let told = bench.told();
    assert!(told.contains(&"1 document got 3 values of annotations"), "{told:?}");
    assert!(told.iter().any(|said| said.starts_with("other.jpg of the annotations: not on the desk")), "{told:?}");
    bench.act(Action::Undo);
    assert_eq!(fields(&bench, id), before, "one step");
}

#[test]
fn the_same_annotations_twice_add_nothing() {
    let (mut bench, id) = read();
    let annotated = || {
        let objects = vec![object("shop", Some("Ada"), [10.0, 10.0, 100.0, 40.0])];
        vec![Annotated { filename: "slip.png".into(), size: None, objects }]
    };
    bench.event(Event::AnnotationsRead(annotated(), Vec::new()));
    let once = fields(&bench, id);
    bench.event(Event::AnnotationsRead(annotated(), Vec::new()));
    assert_eq!(fields(&bench, id), once);
}

#[test]
fn dropped_annotations_are_read_and_no_documents() {
    let (mut bench, _) = read();
    bench.jobs.clear();
    bench.command(Command::AddPaths(vec!["/d/a.json".into(), "/d/b.XML".into(), "/d/c.pdf".into()]));
    assert!(bench.jobs.contains(&Job::ReadAnnotations(vec!["/d/a.json".into(), "/d/b.XML".into()])));
    assert!(
        bench
            .jobs
            .iter()
            .any(|job| matches!(job, Job::Find(_, paths) if *paths == vec![std::path::PathBuf::from("/d/c.pdf")]))
    );
}

#[test]
fn an_annotation_that_contradicts_a_person_is_said_beside_their_value() {
    let (mut bench, id) = read();
    bench.command(Command::AddField(0, PageRect::new(195.0, 995.0, 285.0, 1035.0), "total".into()));
    let count = fields(&bench, id).len();
    let objects = vec![object("total", Some("9.00"), [195.0, 995.0, 285.0, 1035.0])];
    let annotated = Annotated { filename: "slip.jpg".into(), size: None, objects };
    bench.event(Event::AnnotationsRead(vec![annotated], Vec::new()));
    let all = fields(&bench, id);
    let mine = all.iter().find(|field| field.label == "total").unwrap();
    assert_eq!((all.len(), mine.text.as_str(), mine.reread.as_deref()), (count, "7.00", Some("9.00")));
}

#[test]
fn what_is_reviewed_goes_out_as_annotations() {
    let (mut bench, id) = read();
    let export = |bench: &mut Bench| {
        bench.jobs.clear();
        let what = ExportWhat::Annotations(AnnotationFormat::Contract);
        bench.command(Command::Export(what, ExportOf::These(vec![id]), ExportColumns::default()));
        bench.take(|job| match job {
            Job::ExportAnnotations(documents, _) => Some(documents[0].objects.len()),
            _ => None,
        })
    };
    assert_eq!(export(&mut bench), None, "nobody looked at anything");
    bench.command(Command::AddField(0, PageRect::new(195.0, 995.0, 285.0, 1035.0), "total".into()));
    assert_eq!(export(&mut bench), Some(1));
    bench.act(Action::Approve);
    // Values without text say nothing.
    assert_eq!(export(&mut bench), Some(1));
}

/// A table of the wire with these texts, a row each, in which `x` is the left edge.
fn table_object(texts: &[&str], x: f64) -> LabelledBox {
    let cells = (1..).zip(texts).map(|(row, text)| crate::api::TableCell {
        row,
        col: 1,
        text: (*text).to_owned(),
        ..crate::api::TableCell::default()
    });
    LabelledBox {
        kind: Some(crate::api::BoxKind::Table),
        cells: Some(cells.collect()),
        ..object("table", None, [x, 10.0, x + 100.0, 100.0])
    }
}

#[test]
fn of_two_tables_of_one_label_the_one_that_is_annotated_as_it_was_read_stays_and_is_confirmed() {
    let (mut bench, id) = read();
    let annotated = |objects: Vec<LabelledBox>| vec![Annotated { filename: "slip.jpg".into(), size: None, objects }];
    let both = || vec![table_object(&["a", "b"], 10.0), table_object(&["c"], 300.0)];
    bench.event(Event::AnnotationsRead(annotated(both()), Vec::new()));
    // As if the model had read both.
    let pages = &mut bench.core.state.documents[0].pages;
    for table in &mut std::sync::Arc::make_mut(pages.get_mut(&0).unwrap()).tables {
        table.cells.iter_mut().for_each(|cell| cell.confirmed = false);
    }
    let mut changed = both();
    changed[1].cells.as_mut().unwrap()[0].text = "d".into();
    bench.event(Event::AnnotationsRead(annotated(changed), Vec::new()));
    let tables = &bench.document(id).pages[&0].tables;
    let texts: Vec<Vec<&str>> =
        tables.iter().map(|table| table.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
    assert_eq!(texts, [vec!["a", "b"], vec!["d"]]);
    assert!(tables.iter().flat_map(|table| &table.cells).all(|cell| cell.confirmed));
}

#[test]
fn what_is_annotated_under_another_label_takes_the_place_of_what_was_read_there() {
    let (mut bench, id) = read();
    let first = fields(&bench, id)[0].clone();
    let rect = first.rect.unwrap();
    let bounds = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f64::from);
    let mut page = (*bench.core.state.documents[0].pages[&0]).clone();
    page.fields[0].text = "7.00".into();
    bench.core.state.documents[0].pages.insert(0, page.into());
    let objects = vec![object("grand total", Some("7.00"), bounds)];
    bench.event(Event::AnnotationsRead(
        vec![Annotated { filename: "slip.jpg".into(), size: None, objects }],
        Vec::new(),
    ));
    let labels: Vec<String> = fields(&bench, id).into_iter().map(|field| field.label).collect();
    assert_eq!(labels, ["amount", "amount", "grand total"]);
}
