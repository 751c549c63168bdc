//! What was recorded of real services parses, and a round trip keeps what it did not understand.

use super::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A recording; `None`, with the reason said, where the folder of recordings is not there.
fn recording(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/wire").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// Fails where `after` lacks something of `before`. Numbers that came as text may come back as numbers, ids that came
/// as numbers as text, and a missing value may come back as its default.
fn assert_kept(before: &Value, after: &Value, at: &str) {
    match (before, after) {
        (Value::Object(b), Value::Object(a)) => {
            for (key, value) in b {
                let Some(kept) = a.get(key) else {
                    assert!(value.is_null(), "{at}/{key} was lost");
                    continue;
                };
                assert_kept(value, kept, &format!("{at}/{key}"));
            }
        }
        (Value::Array(b), Value::Array(a)) => {
            assert_eq!(b.len(), a.len(), "{at}");
            for (i, (b, a)) in b.iter().zip(a).enumerate() {
                assert_kept(b, a, &format!("{at}/{i}"));
            }
        }
        (Value::String(b), Value::Number(a)) => assert_eq!(*b, a.to_string(), "{at}"),
        (Value::Number(b), Value::String(a)) => assert_eq!(b.to_string(), *a, "{at}"),
        (Value::Number(b), Value::Number(a)) => assert_eq!(b.as_f64(), a.as_f64(), "{at}"),
        (Value::Object(b), Value::Array(a)) if at.ends_with("/object") => {
            assert_kept(&Value::Object(b.clone()), &a[0], at);
        }
        _ => assert_eq!(before, after, "{at}"),
    }
}

fn survives<T: Serialize + DeserializeOwned>(before: &Value, name: &str) -> T {
    let text = before.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value: T = serde_path_to_error::deserialize(&mut reader).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_kept(before, &serde_json::to_value(&value).unwrap(), name);
    value
}

#[test]
fn recorded_predictions_survive_a_round_trip() {
    let Some(fields) = recording("sync_predict_fields_2024-01.recorded.json") else { return };
    let reply: PredictionReply = survives(&fields, "fields");
    assert_eq!(reply.result[0].prediction[1].label, "Certification_Scope");
    assert_eq!(reply.result[0].processing_type, Some(ProcessingType::Sync));
    assert!(reply.result[0].raw_ocr_api_response.as_ref().unwrap().words().is_none());
    assert_eq!(reply.signed_urls.len(), 2);

    let Some(table) = recording("sync_predict_table_2023-06.recorded.json") else { return };
    let reply: PredictionReply = survives(&table, "table");
    let table = &reply.result[0].prediction[0];
    assert!(table.is_table());
    assert_eq!(table.cells.as_ref().unwrap()[0].text, "10");
    assert!((table.xmin - -2.0).abs() < f64::EPSILON);
}

#[test]
fn flat_and_nested_acknowledgements_give_the_same_pages() {
    let Some(flat) = recording("async_ack.flat_as_clients_read_it.json") else { return };
    let Some(nested) = recording("async_ack.documented_nested_2021_2024.json") else { return };
    let flat: PredictionReply = survives(&flat, "flat");
    let nested: PredictionReply = survives(&nested, "nested");
    let ids = |reply: &PredictionReply| reply.pages().map(|p| p.request_file_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&flat), ids(&nested));
    assert_eq!(ids(&flat), [FileId::from("00000000-0000-0000-0000-000000000000")]);
}

#[test]
fn recorded_results_survive_a_round_trip() {
    let Some(by_file) = recording("get_predictions_by_file_unmoderated_2022-11.recorded.json") else { return };
    let reply: ModeratedReply = survives(&by_file, "by file");
    let page = &reply.unmoderated_images[0];
    assert_eq!((page.is_moderated, page.status.clone()), (Some(false), Some(FileStatus::Success)));
    assert_eq!(page.boxes().len(), 4);

    for name in ["moderated", "not_moderated"] {
        let Some(callback) = recording(&format!("validation_callback_page_{name}_2022-11.recorded.json")) else {
            return;
        };
        let page: ModeratedPage = survives(&callback, name);
        assert_eq!(page.boxes().len(), 10);
        let size = page.size.as_ref().unwrap();
        assert_eq!((size.width, size.height), (2550.0, 3300.0), "sizes also come as text");
    }
}

#[test]
fn the_other_recordings_survive_a_round_trip() {
    let Some(refused) = recording("error_409_train_wrong_state.recorded.json") else { return };
    let body: ErrorBody = survives(&refused, "409");
    assert_eq!(body.code, 409);
    assert_eq!(body.sentence(), "Model is not ready: Please check the current state of model");
    let reply: FullTextReply = survives(&recording("fulltext.documented.json").unwrap(), "full text");
    assert_eq!(reply.files()[0].page_data[0].words[0].text, "text of word 1");
    let model: Model = survives(&recording("model_object.observed_fields.json").unwrap(), "model");
    assert_eq!((model.state, model.categories.len()), (ModelState::Hosted, 1));
    let model: Model = survives(&recording("model_object.documented.json").unwrap(), "model");
    assert_eq!(model.state, ModelState::Created);
    let page: ModeratedPage = survives(&recording("patch_update_fields.request.documented.json").unwrap(), "patch");
    assert_eq!(page.moderated_boxes[1].is_new, Some(true));
    let ack: UploadAck = survives(&recording("upload_ack.documented.json").unwrap(), "upload");
    assert_eq!(ack.data[0].object[0].ocr_text.as_deref(), Some("text inside the bounding box"));
}

#[test]
fn training_data_is_read_in_all_its_forms() {
    let Some(examples) = recording("training_data_field.examples.json") else { return };
    for (name, example) in examples.as_object().unwrap() {
        if name.starts_with("UploadUrls") {
            let urls: UploadUrls = survives(example, name);
            assert_eq!(urls.data[0].object.len(), 2);
            let mut as_text = example.clone();
            as_text["data"] = Value::String(example["data"].to_string());
            assert_eq!(serde_json::from_value::<UploadUrls>(as_text).unwrap(), urls);
        } else {
            let list: Vec<Annotation> = survives(example, name);
            assert_eq!(list[0].object.len(), 1);
        }
    }
    let none: Annotation = serde_json::from_value(json!({"filename": "0.jpg", "object": {}})).unwrap();
    assert!(none.object.is_empty());
}

#[test]
fn a_reply_of_nothing_is_read_and_unknown_words_are_kept() {
    for nothing in [json!({"result": null, "signed_urls": null}), json!({"signed_urls": []}), json!({})] {
        let reply: PredictionReply = serde_json::from_value(nothing).unwrap();
        assert!(reply.result.is_empty() && reply.signed_urls.is_empty());
    }
    let odd = json!({
        "message": "Success", "signed_urls": {}, "weather": [1, {"a": null}],
        "result": [{"message": "Success", "input": "a", "page": 0, "request_file_id": 7, "id": "p", "request_metadata": "",
                    "prediction": [{"id": 3, "label": "x", "xmin": "1", "ymin": 2.4, "xmax": 3, "ymax": 4, "score": "0.5",
                                    "ocr_text": 12, "type": "barcode", "status": "guessed", "new": {"deep": true}}]}],
    });
    let reply: PredictionReply = serde_json::from_value(odd.clone()).unwrap();
    let one = &reply.result[0].prediction[0];
    assert_eq!(one.kind, Some(BoxKind::Other("barcode".into())));
    assert_eq!((one.ocr_text.as_str(), one.score, one.id.clone()), ("12", 0.5, Some(BoxId::from("3"))));
    let after = serde_json::to_value(&reply).unwrap();
    assert_eq!(after["weather"], odd["weather"]);
    assert_eq!(after["result"][0]["prediction"][0]["new"], json!({"deep": true}));
    assert_eq!(after["result"][0]["prediction"][0]["status"], "guessed");
    assert_eq!(after["result"][0]["prediction"][0]["ymin"], json!(2), "a box has no fractions on the wire");
}

#[test]
fn a_wrong_type_is_named_by_its_path() {
    let text = r#"{"result": [{"prediction": [{"label": ["a list"]}]}]}"#;
    let mut reader = serde_json::Deserializer::from_str(text);
    let error = serde_path_to_error::deserialize::<_, PredictionReply>(&mut reader).unwrap_err();
    assert_eq!(error.path().to_string(), "result[0].prediction[0].label");
}

#[test]
fn models_come_as_a_list_or_inside_of_an_object() {
    let list = json!([{"model_id": "a", "state": "5"}]);
    for wire in [list.clone(), json!({"models": list}), json!({"Data": list})] {
        let models: Models = serde_json::from_value(wire).unwrap();
        assert_eq!((models.0[0].model_id.as_str(), models.0[0].state), ("a", ModelState::Hosted));
    }
    assert!(serde_json::from_value::<Models>(json!({"message": "x"})).is_err());
}
