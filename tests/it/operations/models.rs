//! Models of one's own labels: made, changed, deleted; taught and trained.

use super::text;
use crate::service::{Event, Form, LONG, Service, assert_refused};
use crate::ways::{Way, both_ways};
use serde_json::{Value, json};

both_ways!(
    a_model_is_made_changed_and_deleted,
    a_table_label_has_columns,
    who_waits_for_a_model_that_is_deleted_is_told_so_and_its_reading_stops,
    a_model_is_trained_and_says_its_labels,
    a_label_whose_values_are_tables_is_measured_cell_by_cell,
    a_model_that_is_being_trained_is_not_trained_again,
);

async fn a_model_is_made_changed_and_deleted(way: Way) {
    let service = way.service().await;
    let asked = json!({"categories": ["total", {"name": "date", "type": "date"}, "total"], "model_type": "ocr",
        "name": "Receipts"});
    let (status, model) = service.json("POST", "/ObjectDetection/Model/", &asked).await;
    assert_eq!((status, &model["state"], &model["name"]), (200, &json!(0), &json!("Receipts")), "{model}");
    assert_eq!(model["categories"].as_array().unwrap().len(), 2, "a label that comes twice is one");
    assert_eq!(model["categories"][1]["type"], "date");
    let path = format!("/OCR/Model/{}", text(&model["model_id"]));
    let (_, listed) = service.ask("GET", "/OCR/Model/", None).await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let change = json!({"name": "Slips", "categories": ["company"]});
    let (_, changed) = service.json("PATCH", &path, &change).await;
    assert_eq!((&changed["name"], changed["categories"].as_array().unwrap().len()), (&json!("Slips"), 3));
    assert_eq!(service.ask("DELETE", &path, None).await.0, 200);
    assert_refused(&service.ask("GET", &path, None).await, 404);
    assert_refused(&service.ask("DELETE", "/OCR/Model/general", None).await, 409);
    for bad in
        [json!({}), json!({"categories": []}), json!({"categories": "total"}), json!({"categories": [1]}), json!([1])]
    {
        assert_refused(&service.json("POST", "/OCR/Model/", &bad).await, 400);
    }
}

async fn a_table_label_has_columns(way: Way) {
    let service = way.service().await;
    let lines = |columns: Value| json!({"name": "lines", "type": "table", "columns": columns});
    let asked = json!({"categories": [lines(json!(["article", " sum ", "sum"])), "total"]});
    let (_, model) = service.json("POST", "/OCR/Model/", &asked).await;
    assert_eq!(model["categories"][0]["columns"], json!(["article", "sum"]), "{model}");
    assert!(model["categories"][1].get("columns").is_none());
    let path = format!("/OCR/Model/{}", text(&model["model_id"]));
    let change = |columns: Value| json!({"changes": [lines(columns)]});
    let (_, changed) = service.json("PATCH", &path, &change(json!(["price"]))).await;
    assert_eq!(changed["categories"][0]["columns"], json!(["price"]));
    let retype = json!({"changes": [{"name": "lines", "type": "table"}]});
    let (_, same) = service.json("PATCH", &path, &retype).await;
    assert_eq!(same["categories"][0]["columns"], json!(["price"]), "nothing was said of them");
    for bad in [json!("price"), json!([1]), json!([" "]), json!(vec!["x"; 101])] {
        assert_refused(&service.json("PATCH", &path, &change(bad)).await, 400);
    }
}

async fn who_waits_for_a_model_that_is_deleted_is_told_so_and_its_reading_stops(way: Way) {
    let mut service = way.service().await;
    let (_, model) = service.json("POST", "/OCR/Model/", &json!({"categories": ["total"]})).await;
    let path = format!("/OCR/Model/{}", text(&model["model_id"]));
    let label = format!("{path}/LabelFile/");
    let mut events = service.take_events();
    let delete = async {
        assert_eq!(events.recv().await, Some(Event::Reading("FAKE slow".into(), 0)));
        assert_eq!(service.ask("DELETE", &path, None).await.0, 200);
        assert_eq!(events.recv().await, Some(Event::Cancelled));
    };
    let waiting = service.post(&label, Form::new().file("a.pdf", "FAKE slow"));
    let (answer, ()) = tokio::time::timeout(LONG, async { tokio::join!(waiting, delete) }).await.unwrap();
    assert_refused(&answer, 404);
    assert_eq!(service.stored(), 0);
}

async fn a_model_is_trained_and_says_its_labels(way: Way) {
    let service = way.service().await;
    let (_, model) = service.json("POST", "/OCR/Model/", &json!({"categories": ["word"]})).await;
    let id = text(&model["model_id"]);
    let (train, upload) = (format!("/OCR/Model/{id}/Train/"), format!("/OCR/Model/{id}/UploadFile/"));
    assert_refused(&service.ask("POST", &train, None).await, 400);
    let object =
        |text: &str| json!({"name": "word", "ocr_text": text, "bndbox": {"xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0}});
    let data = |objects: Value| json!([{"filename": "a.pdf", "object": objects}]).to_string();
    for (what, file, data, status) in [
        ("no JSON", "FAKE", "{".to_owned(), 400),
        ("a file that is not there", "FAKE", json!([{"filename": "b.pdf", "object": []}]).to_string(), 400),
        ("an unknown label", "FAKE", data(json!([{"name": "nobody", "ocr_text": "x"}])), 400),
        (
            "an inverted box",
            "FAKE",
            data(json!([{"name": "word", "bndbox": {"xmin": 9, "ymin": 0, "xmax": 1, "ymax": 1}}])),
            400,
        ),
        (
            "a negative box",
            "FAKE",
            data(json!([{"name": "word", "bndbox": {"xmin": -1, "ymin": 0, "xmax": 1, "ymax": 1}}])),
            400,
        ),
        ("a page that is not there", "FAKE", data(json!([{"name": "word", "ocr_text": "x", "page": 99999}])), 400),
        ("no document", "nothing", data(json!([object("end")])), 400),
        ("a page that cannot be read", "FAKE pages=2 broken=1", data(json!([object("end")])), 400),
    ] {
        println!("{what}");
        let form = Form::new().file("a.pdf", file).text("data", &data);
        assert_refused(&service.post(&upload, form).await, status);
    }
    assert_eq!(service.stored(), 0, "nothing of it is stored");
    assert_refused(&service.post("/OCR/Model/general/UploadFile/", Form::new().file("a.pdf", "FAKE")).await, 409);

    let form = Form::new().file("a.pdf", "FAKE").text("data", &data(object("end")));
    let (status, ack) = service.post(&upload, form).await;
    assert_eq!(status, 200, "{ack}");
    assert_eq!((&ack["Meta"]["State"], &ack["Meta"]["Categories"][0]["count"]), (&json!(2), &json!(1)));
    assert_eq!((&ack["Meta"]["state"], &ack["Data"][0]["filename"]), (&json!(2), &json!("a.pdf")));
    assert_eq!(ack["Data"][0]["size"], json!({"width": 2550, "height": 3300}));
    let (_, set) = service.ask("GET", &format!("/ObjectDetection/Model/{id}/Annotations"), None).await;
    assert_eq!(set["Data"][0]["object"][0]["ocr_text"], "end");

    let (status, asked) = service.ask("POST", &train, None).await;
    assert_eq!((status, &asked["state"]), (200, &json!(3)), "{asked}");
    let model = trained(&service, id).await;
    assert_eq!((&model["version"], &model["versions"][0]["documents"]), (&json!(1), &json!(1)));
    let (_, reply) =
        service.post(&format!("/OCR/Model/{id}/LabelFile/"), Form::new().file("b.pdf", "FAKE pages=2")).await;
    assert_eq!(reply["message"], "Success", "{reply}");
    for page in reply["result"].as_array().unwrap() {
        assert!(page["prediction"].as_array().unwrap().iter().all(|said| said["label"] == "word"), "{page}");
    }
    // What a label is called changes what the model says and what it learned from.
    let change = json!({"changes": [{"name": "word", "new_name": "last_word"}], "categories": ["other"]});
    let (status, changed) = service.json("PATCH", &format!("/OCR/Model/{id}"), &change).await;
    assert_eq!((status, &changed["categories"][0]["name"]), (200, &json!("last_word")), "{changed}");
    assert_eq!((&changed["documents"], &changed["categories"][0]["count"]), (&json!(1), &json!(1)));
    let (_, set) = service.ask("GET", &format!("/ObjectDetection/Model/{id}/Annotations"), None).await;
    assert_eq!(set["Data"][0]["object"][0]["name"], "last_word");
    let (_, reply) = service.post(&format!("/OCR/Model/{id}/LabelFile/"), Form::new().file("c.pdf", "FAKE")).await;
    let said = reply["result"][0]["prediction"].as_array().unwrap();
    assert!(!said.is_empty() && said.iter().all(|said| said["label"] != "word"), "{reply}");
    let merge = json!({"changes": [{"name": "last_word", "new_name": "other"}]});
    let (_, merged) = service.json("PATCH", &format!("/OCR/Model/{id}"), &merge).await;
    assert_eq!(merged["categories"].as_array().unwrap().len(), 1, "{merged}");
    assert_eq!((&merged["categories"][0]["name"], &merged["categories"][0]["count"]), (&json!("other"), &json!(1)));
    for bad in [json!({"changes": [{"name": "nobody", "new_name": "x"}]}), json!({"changes": [{"name": "other"}]})] {
        assert_refused(&service.json("PATCH", &format!("/OCR/Model/{id}"), &bad).await, 400);
    }
    assert_refused(&service.ask("DELETE", &train, None).await, 409);
    let (status, back) = service.json("POST", &format!("/OCR/Model/{id}/Rollback"), &json!({"version": 1})).await;
    assert_eq!((status, &back["version"]), (200, &json!(1)), "{back}");
    assert_refused(&service.json("POST", &format!("/OCR/Model/{id}/Rollback"), &json!({"version": 7})).await, 404);
    let (_, gone) = service
        .json("PATCH", &format!("/OCR/Model/{id}"), &json!({"changes": [{"name": "other", "delete": true}]}))
        .await;
    assert_eq!(gone["categories"], json!([]));
    let (_, set) = service.ask("GET", &format!("/ObjectDetection/Model/{id}/Annotations"), None).await;
    assert_eq!(set["Data"][0]["object"], json!([]));
}

/// The model once its training is done.
async fn trained(service: &Service, id: &str) -> Value {
    loop {
        let (_, model) = service.ask("GET", &format!("/OCR/Model/{id}"), None).await;
        match model["state"].as_i64() {
            Some(5) => return model,
            Some(3 | 4) => tokio::task::yield_now().await,
            other => panic!("{other:?} {model}"),
        }
    }
}

async fn a_label_whose_values_are_tables_is_measured_cell_by_cell(way: Way) {
    let service = way.service().await;
    let (_, model) =
        service.json("POST", "/OCR/Model/", &json!({"categories": [{"name": "items", "type": "table"}]})).await;
    let id = text(&model["model_id"]);
    let cell = |col: u32, label: &str, text: &str| json!({"row": 1, "col": col, "label": label, "text": text, "xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0});
    for pages in 1..=3 {
        let name = format!("{pages}.pdf");
        let cells = [cell(1, "thing", "1/1"), cell(2, "part", "1/2")];
        let object = json!({"name": "items", "type": "table", "bndbox": {"xmin": 0, "ymin": 0, "xmax": 0, "ymax": 0},
            "cells": cells, "page": 0});
        let data = json!([{"filename": name, "object": [object]}]).to_string();
        let form = Form::new().file(&name, &format!("FAKE pages={pages}")).text("data", &data);
        let (status, ack) = service.post(&format!("/OCR/Model/{id}/UploadFile/"), form).await;
        assert_eq!(status, 200, "{ack}");
    }
    assert_eq!(service.ask("POST", &format!("/OCR/Model/{id}/Train/"), None).await.0, 200);
    let model = trained(&service, id).await;
    let row = &model["report"]["labels"][0];
    // Every page shows the table; one of each document is annotated.
    let counts = [&row["truths"], &row["said"], &row["right"]].map(Value::as_u64);
    assert_eq!((&row["cells"], counts), (&json!(true), [Some(6), Some(12), Some(6)]), "{model}");
    assert_eq!(model["report"]["f1"].as_f64().map(|f1| (f1 * 100.0).round()), Some(67.0), "the only label");
}

async fn a_model_that_is_being_trained_is_not_trained_again(way: Way) {
    let service = way.service().await;
    let (_, model) = service.json("POST", "/OCR/Model/", &json!({"categories": ["word"]})).await;
    let path = format!("/OCR/Model/{}", text(&model["model_id"]));
    let names: Vec<String> = (0..40).map(|number| format!("{number}.pdf")).collect();
    let object = json!([{"name": "word", "ocr_text": "end"}]);
    let data: Vec<_> = names.iter().map(|name| json!({"filename": name, "object": object})).collect();
    let form = names.iter().fold(Form::new(), |form, name| form.file(name, &format!("FAKE pages=3 {name}")));
    let (status, ack) = service.post(&format!("{path}/UploadFile/"), form.text("data", &json!(data).to_string())).await;
    assert_eq!(status, 200, "{ack}");
    for train in [format!("{path}/Train/"), path.replace("/OCR/", "/ObjectDetection/") + "/Train"] {
        // One that has ended before the next question is asked may be followed by another.
        let refused = loop {
            let answer = service.ask("POST", &train, None).await;
            if answer.0 != 200 {
                break answer;
            }
        };
        assert_refused(&refused, 409);
        assert!(text(&refused.1["errors"][0]["reason"]).contains("being trained"), "{}", refused.1);
        while matches!(service.ask("GET", &path, None).await.1["state"].as_i64(), Some(3 | 4 | 6)) {
            tokio::task::yield_now().await;
        }
    }
}
