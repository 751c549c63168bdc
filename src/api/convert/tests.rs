//! What services got wrong is repaired; what our own server says comes back as it went.

use super::*;
use crate::api::{PredictionPage, PredictionReply, RawOcr, WordResults};
use crate::document::{Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Score, Table, TextSource, Turn, Word};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(entry: Value) -> Page {
    page_from_wire(&serde_json::from_value::<PredictionPage>(entry).unwrap())
}

#[test]
fn scores_to_100_are_divided_and_boxes_without_a_place_have_none() {
    let page = read(json!({
        "page": 2, "size": {"width": "100", "height": 50},
        "prediction": [
            {"label": "a", "xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4, "score": 93},
            {"label": "b", "xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0, "score": 0.5},
            {"label": "c", "xmin": -2, "ymin": 5, "xmax": 487, "ymax": 20, "score": -1},
            {"label": "d", "xmin": -20, "ymin": -5, "xmax": -1, "ymax": -2},
            {"label": "e", "validation_status": "failed", "validation_message": "no date"},
        ],
    }));
    assert_eq!((page.number, page.size), (2, PageSize::new(100, 50)));
    let scores: Vec<_> = page.fields.iter().map(|f| f.score).collect();
    assert_eq!(scores[..3], [Score::new(0.93), Score::new(0.5), Score::new(0.0)]);
    let rects: Vec<_> = page.fields.iter().map(|f| f.rect).collect();
    assert_eq!(rects[0], Some(PageRect::new(1.0, 2.0, 3.0, 4.0)));
    assert_eq!(rects[1], None);
    assert_eq!(rects[2], Some(PageRect::new(0.0, 5.0, 100.0, 20.0)), "what lies on the page is kept");
    assert_eq!(rects[3], None);
    assert_eq!(page.fields[4].objection.as_deref(), Some("no date"));
}

#[test]
fn every_box_has_a_name_of_its_own() {
    let page = read(json!({"prediction": [{"label": "a"}, {"id": "x"}, {"id": "x"}, {"id": 0}, {"id": "x-2"}]}));
    let mut ids: Vec<_> = page.fields.iter().map(|f| f.id.0.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn a_box_without_a_type_is_a_table_if_it_has_cells() {
    let page =
        read(json!({"prediction": [{"label": "t", "cells": [{"row": 1, "col": 1}]}, {"label": "f", "cells": []}]}));
    assert_eq!((page.tables.len(), page.fields.len()), (1, 1));
    assert_eq!(page.tables[0].cells[0].row_span, 1, "a missing span is one");
}

#[test]
fn row_0_moves_the_table_and_span_0_is_one() {
    let page = read(json!({"prediction": [{"type": "table", "cells": [
        {"row": 0, "col": 1, "row_span": 0, "col_span": 0, "text": "head", "xmin": 5, "ymin": 5, "xmax": 9, "ymax": 9},
        {"row": 1, "col": 1, "row_span": 1, "col_span": 1, "text": "a"},
        {"row": 1, "col": 2, "row_span": 1, "col_span": -3, "text": "b"},
    ]}]}));
    let table = &page.tables[0];
    assert_eq!(table.check(), Ok(()));
    let places: Vec<_> = table.cells.iter().map(|c| (c.row, c.col, c.row_span, c.col_span)).collect();
    assert_eq!(places, [(1, 1, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1)]);
    assert_eq!(table.rect, PageRect::new(5.0, 5.0, 9.0, 9.0), "a table without a place lies around its cells");
}

#[test]
fn absurd_rows_are_renumbered() {
    let page = read(json!({"prediction": [{"type": "table", "cells": [
        {"row": 4_294_967_295_u32, "col": 1}, {"row": 3, "col": 9e18}, {"row": -7, "col": 1, "col_span": 1e300},
    ]}]}));
    let table = &page.tables[0];
    let rows: Vec<_> = table.cells.iter().map(|c| c.row).collect();
    assert_eq!(rows, [3, 2, 1]);
    assert!(table.rows() <= 3 && table.cols() <= 10_001);
}

#[test]
fn a_file_that_could_not_be_read_says_why() {
    let reply: PredictionReply = serde_json::from_value(json!({"message": "Success", "result": [
        {"message": "Success", "input": "a.pdf", "request_file_id": "1", "page": 0, "prediction": []},
        {"message": "The file is empty.", "input": "b.pdf", "request_file_id": "2", "prediction": []},
        {"message": "Success", "input": "a.pdf", "request_file_id": "1", "page": 1, "prediction": []},
        {"message": "The page is broken.", "input": "a.pdf", "request_file_id": "1", "page": 2, "prediction": []},
    ]}))
    .unwrap();
    let files = files_from_reply(&reply);
    assert_eq!(files.iter().map(|f| f.pages.len()).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(files[1].problem.as_ref().unwrap().message, "The file is empty.");
    assert_eq!(files[0].problem, None);
    assert_eq!(files[0].pages[1].problem, None);
    assert_eq!(files[0].pages[2].problem.as_ref().unwrap().message, "The page is broken.");
}

#[test]
fn corrected_boxes_are_preferred_where_there_are_any() {
    let page = |moderated: Value| {
        let wire = json!({"page": 4, "predicted_boxes": [{"label": "model"}], "moderated_boxes": moderated});
        page_from_moderated(&serde_json::from_value(wire).unwrap())
    };
    assert_eq!(page(json!([])).fields[0].label, "model");
    let corrected = page(json!([{"label": "person"}]));
    assert_eq!((corrected.fields[0].label.as_str(), corrected.number), ("person", 4));
}

#[test]
fn words_without_lines_get_them_from_their_places() {
    let word = |text: &str, x: i32, y: i32| json!({"text": text, "xmin": x, "ymin": y, "xmax": x + 8, "ymax": y + 10});
    let wire = json!({"words": [word("a", 0, 0), word("b", 10, 1), word("c", 0, 20), word("d", 10, 21)]});
    let text = text_from_wire(&serde_json::from_value(wire).unwrap(), PageSize::new(100, 100));
    assert_eq!(text.text(), "a b\nc d");
    assert_eq!((text.size, text.words[0].score), (PageSize::new(100, 100), Score::CERTAIN));
}

fn sample() -> Page {
    let size = PageSize::new(2550, 3300);
    let cell = |row, col, text: &str| Cell {
        confirmed: false,
        reread: None,
        id: format!("c{row}{col}"),
        row,
        col,
        row_span: 1,
        col_span: 1,
        label: "Amount".into(),
        text: text.into(),
        rect: PageRect::new(100.0 * col as f32, 50.0 * row as f32, 100.0 * (col + 1) as f32, 50.0 * (row + 1) as f32),
        score: Score::new(0.75),
    };
    let word = Word {
        text: "9.50".into(),
        rect: PageRect::new(1.0, 2.0, 30.0, 12.0),
        score: Score::new(0.5),
        ..Word::default()
    };
    Page {
        number: 3,
        size,
        fields: vec![
            Field {
                confirmed: false,
                id: FieldId("f".into()),
                label: "total".into(),
                text: "9.50".into(),
                rect: Some(PageRect::new(1.0, 2.0, 30.0, 12.0)),
                score: Score::new(0.5),
                reread: None,
                objection: Some("too small".into()),
            },
            Field { id: FieldId("g".into()), label: "currency".into(), text: "EUR".into(), ..Field::default() },
        ],
        tables: vec![Table {
            id: FieldId("t".into()),
            label: "table".into(),
            rect: PageRect::new(100.0, 50.0, 300.0, 150.0),
            score: Score::CERTAIN,
            cells: vec![cell(1, 1, "a"), cell(1, 2, "b"), cell(2, 1, "c"), cell(2, 2, "d")],
            header_rows: 1,
            continues: false,
            reread: None,
        }],
        text: Some(PageText { size, words: vec![word], source: TextSource::Layer, turn: Turn::Quarter }.into()),
        problem: None,
    }
}

fn entry(page: &Page) -> PredictionPage {
    let words = page.text.as_ref().map(|text| words_to_wire(&text.unpacked(), page.number));
    PredictionPage {
        message: "Success".into(),
        page: Some(page.number),
        size: Some(size_to_wire(page.size)),
        prediction: predictions(page),
        raw_ocr_api_response: words
            .map(|words| RawOcr::Words(WordResults { results: vec![words], ..WordResults::default() })),
        ..PredictionPage::default()
    }
}

#[test]
fn what_our_server_says_comes_back_as_it_went() {
    let page = sample();
    let text = serde_json::to_string(&entry(&page)).unwrap();
    assert_eq!(page_from_wire(&serde_json::from_str(&text).unwrap()), page);
}

#[test]
fn headings_with_rows_of_their_own_name_the_columns_of_an_annotated_table() {
    let mut page = sample();
    for cell in &mut page.tables[0].cells {
        cell.label.clear();
    }
    let objects = annotations(&page, page.size, |label| label == "table");
    let cells = cells_from_wire(objects[0].cells.as_deref().unwrap());
    let said: Vec<_> = cells.iter().map(|cell| (cell.row, cell.col, cell.label.as_str(), cell.text.as_str())).collect();
    assert_eq!(said, [(1, 1, "a", "c"), (1, 2, "b", "d")]);
    page.tables[0].header_rows = 2;
    assert_eq!(annotations(&page, page.size, |_| true).len(), 2, "a table of headings alone says nothing");
}

fn no_fractions(value: &Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let is_pixel =
                    ["xmin", "ymin", "xmax", "ymax", "width", "height", "page", "row"].contains(&key.as_str());
                assert!(!is_pixel || value.is_i64() || value.is_u64(), "{key} is {value}");
                no_fractions(value);
            }
        }
        Value::Array(list) => list.iter().for_each(no_fractions),
        _ => {}
    }
}

/// Any JSON, mostly with the names that replies have.
fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-10.0..10.0f64).prop_map(Value::from),
        Just(json!(1e300)),
        "[0-9.e-]{0,4}".prop_map(Value::from),
        Just(json!("table")),
    ];
    let name = proptest::sample::select(vec![
        "result",
        "prediction",
        "cells",
        "row",
        "col",
        "row_span",
        "xmin",
        "ymin",
        "xmax",
        "ymax",
        "score",
        "type",
        "id",
        "size",
        "width",
        "height",
        "page",
        "page_no",
        "message",
        "raw_ocr_api_response",
        "results",
        "words",
        "turn",
        "signed_urls",
        "header_rows",
        "line",
        "text",
        "strange",
    ]);
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_service_sends_is_refused_or_becomes_documents(value in json_values()) {
        let reply = json!({"result": [{"prediction": [value.clone(), {"type": "table", "cells": [value.clone()]}]}, value]});
        if let Ok(reply) = serde_json::from_value::<PredictionReply>(reply) {
            for file in files_from_reply(&reply) {
                for page in file.pages {
                    for table in &page.tables {
                        prop_assert!(table.cells.iter().all(|c| c.row > 0 && c.col > 0 && c.row_span > 0 && c.col_span > 0));
                        prop_assert!(table.rows() < 100_000 && table.labels().len() < 100_000);
                    }
                    // What was understood can be said again, in whole pixels on the page.
                    no_fractions(&serde_json::to_value(predictions(&page)).unwrap());
                }
            }
            let again = serde_json::to_value(&reply).unwrap();
            let back: PredictionReply = serde_json::from_value(again.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(&back).unwrap(), again);
        }
    }

    #[test]
    fn boxes_are_sent_as_whole_pixels_that_hold_them(x in -5.0..2600f32, y in -5.0..3400f32, w in 0.0..500f32, h in 0.0..500f32) {
        let mut page = sample();
        let rect = PageRect::new(x, y, x + w, y + h);
        page.fields[0].rect = Some(rect);
        page.tables[0].cells[0].rect = rect;
        let wire = serde_json::to_value(entry(&page)).unwrap();
        no_fractions(&wire);
        let back = read(wire).fields[0].rect.unwrap();
        prop_assert!(back.width() >= 1.0 && back.height() >= 1.0);
        prop_assert_eq!(back.clamped(page.size), Some(back));
        if let Some(visible) = rect.clamped(page.size) {
            prop_assert_eq!(back.union(visible), back);
        }
    }
}
