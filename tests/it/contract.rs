//! The embedded server, over a socket and in this process: what it serves has the shape of what was recorded of the real service.

use crate::service::{Form, assert_refused};
use crate::ways::{Asked, Way, both_ways};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::PathBuf;

const LABEL: &str = "/OCR/Model/general/LabelFile/";

both_ways!(
    a_prediction_has_the_shape_of_a_recorded_one,
    pages_of_several_files_come_flattened_and_named_apart,
    every_alias_is_served,
    absolute_targets_and_chunked_bodies_are_understood,
    parts_are_read_as_clients_write_them,
    wanted_pages_count_from_one,
    what_cannot_be_read_says_why_and_the_rest_succeeds,
    a_locked_file_opens_with_its_password,
    full_text_comes_under_both_names,
    models_have_the_shape_of_recorded_ones,
    errors_have_the_shape_of_a_recorded_one,
);

/// A recording; `None`, with the reason said, where the folder of recordings is not there.
fn recording(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire").join(name);
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// Fails where `ours` lacks a key of `theirs` or has another type there.
fn assert_shaped(theirs: &Value, ours: &Value, at: &str) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, value) in theirs.iter().filter(|(key, _)| !key.starts_with('_')) {
                let own = ours.get(key).unwrap_or_else(|| panic!("{at}/{key} is missing"));
                // Addresses of files come with the store; the words stand where the recording has null.
                if !["signed_urls", "raw_ocr_api_response"].contains(&key.as_str()) {
                    assert_shaped(value, own, &format!("{at}/{key}"));
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            if let (Some(theirs), Some(ours)) = (theirs.first(), ours.first()) {
                assert_shaped(theirs, ours, &format!("{at}/0"));
            }
        }
        _ => assert_eq!(std::mem::discriminant(theirs), std::mem::discriminant(ours), "{at}: {theirs} and {ours}"),
    }
}

fn texts(reply: &Value) -> Vec<String> {
    let pages = reply["result"].as_array().unwrap().iter();
    pages.map(|page| format!("{} {}", page["input"].as_str().unwrap(), page["page"])).collect()
}

async fn a_prediction_has_the_shape_of_a_recorded_one(way: Way) {
    let service = way.service().await;
    let (status, reply) = service.post(LABEL, Form::new().file("a.pdf", "FAKE")).await;
    assert_eq!(status, 200, "{reply}");
    let page = &reply["result"][0];
    let [field, placeless, table] = [0, 1, 2].map(|n| page["prediction"][n].clone());
    assert_eq!((field["type"].as_str(), table["type"].as_str()), (Some("field"), Some("table")));
    let corners = |of: &Value| ["xmin", "ymin", "xmax", "ymax"].map(|corner| of[corner].as_i64().unwrap());
    assert_eq!(corners(&field), [100, 200, 301, 241], "outward, in whole pixels");
    assert_eq!(corners(&placeless), [0, 0, 0, 0]);
    assert_eq!(page["size"], json!({"width": 2550, "height": 3300}));
    assert_eq!(page["processing_type"], "", "as the specification lists it");
    let words = &page["raw_ocr_api_response"]["results"][0];
    assert_eq!(words["raw_text"], "Page 0\nend");
    assert_eq!((words["turn"].as_i64(), words["source"].as_str()), (Some(0), Some("read")));
    assert_eq!(words["words"][1]["text"], "0");

    if let Some(recorded) = recording("sync_predict_fields_2024-01.recorded.json") {
        assert_shaped(&recorded, &reply, "");
    }
    if let Some(recorded) = recording("sync_predict_table_2023-06.recorded.json") {
        assert_shaped(&recorded["result"][0]["prediction"][0], &table, "table");
    }
}

async fn pages_of_several_files_come_flattened_and_named_apart(way: Way) {
    let service = way.service().await;
    let form = Form::new()
        .text("request_metadata", "order 66 ü")
        .file("b.pdf", "FAKE pages=3")
        .file("a.pdf", "FAKE")
        .file("b.pdf", "FAKE pages=2");
    let (status, reply) = service.post(LABEL, form).await;
    assert_eq!((status, reply["message"].as_str()), (200, Some("Success")));
    assert_eq!(texts(&reply), ["b.pdf 0", "b.pdf 1", "b.pdf 2", "a.pdf 0", "b.pdf 0", "b.pdf 1"]);
    let pages = reply["result"].as_array().unwrap();
    let names = |key: &str| pages.iter().map(|page| page[key].as_str().unwrap()).collect::<HashSet<_>>().len();
    assert_eq!((names("request_file_id"), names("id")), (3, 6));
    let mut boxes = HashSet::new();
    for page in pages {
        assert_eq!(page["request_metadata"], "order 66 ü");
        assert_eq!(page["prediction"][0]["ocr_text"], page["page"].to_string());
        for one in page["prediction"].as_array().unwrap() {
            assert_eq!(one["page_no"], page["page"]);
            assert!(boxes.insert(one["id"].to_string()), "every box has a name of its own");
        }
    }
    assert_eq!(service.stored(), 3, "what was submitted is kept, once each");
}

async fn every_alias_is_served(way: Way) {
    let service = way.service().await;
    for path in [
        "/OCR/Model/general/LabelFile/",
        "/OCR/Model/general/LabelFile",
        "/ObjectDetection/Model/general/LabelFile/",
        "/ObjectDetection/Model/general/LabelFile?async=false&l=de&modelId=x",
        "/OCR/FullText",
        "/OCR/FullText/",
    ] {
        let form = Form::new().text("modelId", "ignored").file("a.pdf", "FAKE");
        let (status, reply) = service.post(path, form).await;
        assert_eq!((status, reply["message"].as_str()), (200, Some("Success")), "{path}: {reply}");
    }
    for path in ["/OCR/Model/", "/OCR/Model", "/ObjectDetection/Model/", "/OCR/Model/general", "/OCR/Model/general/"] {
        let (status, reply) = service.ask("GET", path, None).await;
        let model = if reply.is_array() { &reply[0] } else { &reply };
        assert_eq!((status, model["model_id"].as_str(), model["state"].as_i64()), (200, Some("general"), Some(5)));
    }
}

async fn absolute_targets_and_chunked_bodies_are_understood(way: Way) {
    let service = way.service().await;
    let (kind, body) = Form::new().file("a.pdf", "FAKE").finished();
    let target = format!("{}/OCR/Model/general/LabelFile/", service.url);
    let asked = Asked::new("POST", &target).with_key().header("Content-Type", &kind).body(body).in_pieces(7);
    let (status, reply) = service.answer(asked).await.json();
    assert_eq!((status, reply["result"][0]["input"].as_str()), (200, Some("a.pdf")), "{reply}");
}

async fn parts_are_read_as_clients_write_them(way: Way) {
    let service = way.service().await;
    let form = Form::new()
        .part("name=\"request_metadata\"; filename=\"\"", "", b"from a client that names no file")
        .part("name=\"file\"; filename=\"untyped\"", "", b"FAKE")
        .part("name=\"file\"; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "", b"FAKE")
        .part("name=\"file\"", "", b"FAKE")
        .part("name=\"file\"; filename=\"/home/me/scan 1.pdf\"", "", b"FAKE")
        .part("name=\"file\"; filename=\"\"", "", b"")
        .text("base64_data", "data:application/pdf;base64,RkFL\r\nRSBwYWdlcz0y");
    let (status, reply) = service.post(LABEL, form).await;
    assert_eq!(status, 200, "{reply}");
    assert_eq!(
        texts(&reply),
        ["untyped 0", "résumé.pdf 0", "file 0", "scan 1.pdf 0", "base64_data 0", "base64_data 1"]
    );
    assert_eq!(reply["result"][0]["request_metadata"], "from a client that names no file");
}

async fn wanted_pages_count_from_one(way: Way) {
    let mut service = way.service().await;
    let (_, reply) = service.post(LABEL, Form::new().file("a", "FAKE pages=5").text("pages_to_process", "2,4-9")).await;
    assert_eq!(texts(&reply), ["a 1", "a 3", "a 4"]);
    for _ in 0..3 {
        service.event().await;
    }
    assert!(service.events.try_recv().is_err(), "the other pages are not read");
    let (status, reply) = service.post(&format!("{LABEL}?pages_to_process=9"), Form::new().file("a", "FAKE")).await;
    assert_eq!((status, reply["result"][0].get("page")), (200, None));
    assert!(reply["result"][0]["message"].as_str().unwrap().contains("none of the pages"));
    assert_refused(&service.post(LABEL, Form::new().file("a", "FAKE").text("pages_to_process", "0")).await, 400);
}

async fn what_cannot_be_read_says_why_and_the_rest_succeeds(way: Way) {
    let service = way.service().await;
    let form = Form::new()
        .file("notes.txt", "not a document")
        .file("b.pdf", "FAKE pages=3 broken=2")
        .file("bug.pdf", "FAKE panic")
        .file("a.pdf", "FAKE");
    let (status, reply) = service.post(LABEL, form).await;
    assert_eq!((status, reply["message"].as_str()), (200, Some("1 of 4 files could not be read")));
    let pages = reply["result"].as_array().unwrap();
    assert_eq!(pages.len(), 6);
    let unreadable = &pages[0];
    assert_eq!(unreadable["message"], "This file is no document that can be read");
    assert_eq!((unreadable["input"].as_str(), unreadable["prediction"].clone()), (Some("notes.txt"), json!([])));
    assert!(unreadable.get("page").is_none() && unreadable.get("size").is_none());
    let said: Vec<_> = pages[1..].iter().map(|page| page["message"].as_str().unwrap()).collect();
    assert_eq!([said[0], said[1], said[2], said[4]], ["Success", "This page is broken", "Success", "Success"]);
    assert!(said[3].contains("the reader failed"), "a panic is one page's problem: {}", said[3]);
    assert_eq!(pages[2]["prediction"], json!([]));
}

async fn a_locked_file_opens_with_its_password(way: Way) {
    let service = way.service().await;
    let file = || Form::new().file("a.pdf", "FAKE locked=sesame");
    let (_, reply) = service.post(LABEL, file()).await;
    assert_eq!(reply["result"][0]["message"], "This PDF is locked; enter its password");
    let (_, reply) = service.post(LABEL, file().text("password", "sesame")).await;
    assert_eq!(reply["message"], "Success");
}

async fn full_text_comes_under_both_names(way: Way) {
    let service = way.service().await;
    let form = Form::new().file("a.pdf", "FAKE pages=2").file("b.txt", "no document");
    let (status, reply) = service.post("/OCR/FullText", form).await;
    assert_eq!(status, 200);
    assert_eq!(reply["results"], reply["result"]);
    assert_eq!(reply["results"][0]["page_data"][1]["raw_text"], "Page 1\nend");
    assert_eq!(reply["results"][1]["page_data"], json!([]));
    assert_eq!(reply["results"][1]["message"], "This file is no document that can be read");
    if let Some(recorded) = recording("fulltext.documented.json") {
        assert_shaped(&recorded, &reply, "");
    }
}

async fn models_have_the_shape_of_recorded_ones(way: Way) {
    let service = way.service().await;
    let (_, model) = service.ask("GET", "/OCR/Model/general", None).await;
    if let Some(recorded) = recording("model_object.documented.json") {
        assert_shaped(&recorded, &model, "");
    }
    assert_refused(&service.ask("GET", "/OCR/Model/nobody", None).await, 404);
    assert_refused(&service.post("/OCR/Model/nobody/LabelFile/", Form::new().file("a", "FAKE")).await, 404);
}

async fn errors_have_the_shape_of_a_recorded_one(way: Way) {
    let service = way.service().await;
    let refused = service.post(LABEL, Form::new()).await;
    assert_refused(&refused, 400);
    if let Some(recorded) = recording("error_409_train_wrong_state.recorded.json") {
        assert_shaped(&recorded, &refused.1, "");
    }
}
