//! What is asked of a service about its models.

use super::Context;
use super::pause::heeding;
use crate::api::{Category, Extra, Model, ModelId, ModelState, NewModel};
use crate::client::{Client, ClientError};
use crate::desk::job::{Event, ModelOrder, Remote, Told};
use crate::desk::{ConnectionId, LabelChange, LabelInfo, LabelKind, LabelScore, ModelInfo, NewLabel, VersionInfo};
use crate::document::Problem;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Asks it.
pub(super) async fn ask(context: Context, at: ConnectionId, order: ModelOrder) {
    let result = match context.service.of(at) {
        Some(client) => {
            let about = Remote { connection: at, model: order.model().to_owned() };
            heeding(&context, &about, || told(&client, &order)).await.map_err(|error| problem(&error))
        }
        None => Err(Problem::new("The service is not connected; choose it at the top left and try again")),
    };
    context.tell(Event::ModelTold(at, order, result)).await;
}

/// As [`ClientError::problem`], with what a service means that cannot do it at all.
fn problem(error: &ClientError) -> Problem {
    match error.status() {
        Some(405 | 501) => Problem { message: "This service does not offer that".to_owned(), ..error.problem() },
        _ => error.problem(),
    }
}

async fn told(client: &Client, order: &ModelOrder) -> Result<Told, ClientError> {
    let model = match order {
        ModelOrder::Create(name, labels) => client.create_model(&new_model(name, labels)).await?,
        ModelOrder::Change(model, name, change, labels) => {
            let body = change_body(name.as_deref(), change.as_ref(), labels);
            client.change_model(&ModelId::from(model.as_str()), &body).await?
        }
        ModelOrder::Delete(model) => {
            client.delete_model(&ModelId::from(model.as_str())).await?;
            return Ok(Told::Nothing);
        }
        ModelOrder::Look(model) => client.model(&ModelId::from(model.as_str())).await?,
        ModelOrder::RollBack(model, version) => client.roll_back(&ModelId::from(model.as_str()), *version).await?,
        ModelOrder::CancelTraining(model) => {
            let model = ModelId::from(model.as_str());
            client.cancel_training(&model).await?;
            client.model(&model).await?
        }
    };
    Ok(Told::Model(Box::new(info(&model))))
}

/// A new model as the wire asks for it. The contract knows names of labels alone; Proofdesk's own servers type them too.
fn new_model(name: &str, labels: &[NewLabel]) -> NewModel {
    let extra =
        Extra::from_iter([("name".to_owned(), Value::from(name)), ("labels".to_owned(), labels_to_wire(labels))]);
    NewModel {
        categories: labels.iter().map(|label| label.name.clone()).collect(),
        model_type: "ocr".to_owned(),
        extra,
    }
}

fn labels_to_wire(labels: &[NewLabel]) -> Value {
    labels.iter().map(label_to_wire).collect()
}

fn label_to_wire(label: &NewLabel) -> Value {
    let mut wire = json!({ "name": label.name, "type": label.kind.word() });
    if label.kind == LabelKind::Table {
        wire["columns"] = label.columns.clone().into();
    }
    wire
}

fn change_body(name: Option<&str>, change: Option<&LabelChange>, labels: &[NewLabel]) -> Value {
    let mut body = json!({ "categories": labels_to_wire(labels) });
    if let Some(name) = name {
        body["name"] = name.into();
    }
    if let Some(change) = change {
        body["changes"] = json!([match change {
            LabelChange::Rename(name, to) => json!({ "name": name, "new_name": to }),
            LabelChange::Retype(label) => label_to_wire(label),
            LabelChange::Remove(name) => json!({ "name": name, "delete": true }),
        }]);
    }
    body
}

/// A model of the wire, as a person chooses and trains it. What the contract does not say is said by Proofdesk's own
/// servers.
pub(super) fn info(model: &Model) -> ModelInfo {
    let id = model.model_id.as_str().to_owned();
    let said = |key: &str| model.extra.get(key);
    let count = |key: &str| said(key).and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
    let name = said("name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let version = count("version");
    let versions = said("versions").and_then(Value::as_array).into_iter().flatten().map(version_info).collect();
    let failed = (model.state == ModelState::Error).then(|| model.status.clone()).flatten();
    let accuracy = model.accuracy.as_ref().and_then(serde_json::Number::as_f64).map(|share| share as f32);
    ModelInfo {
        name: name.unwrap_or(&id).to_owned(),
        id,
        state: model.state,
        labels: model.categories.iter().map(label_info).collect(),
        // Nothing measured is said as nothing right.
        accuracy: accuracy.filter(|share| *share > 0.0).map(|share| if share > 1.0 { share / 100.0 } else { share }),
        note: said("note").and_then(Value::as_str).map(str::to_owned).or(failed).unwrap_or_default(),
        version: version.unwrap_or(0),
        versions,
        documents: count("documents"),
        files: count("files"),
        progress: said("progress").and_then(Value::as_f64).map(|share| share as f32),
        can_change: version.is_some(),
    }
}

fn label_info(category: &Category) -> LabelInfo {
    let kind = category.extra.get("type").and_then(Value::as_str).unwrap_or_default();
    let columns = category.extra.get("columns").and_then(Value::as_array);
    LabelInfo {
        name: category.name.clone(),
        kind: LabelKind::of_word(kind),
        columns: columns.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        count: u32::try_from(category.count).unwrap_or(0),
    }
}

fn version_info(wire: &Value) -> VersionInfo {
    let count = |key: &str| wire[key].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    let report = &wire["report"];
    let files = |which: &str| -> Arc<BTreeSet<String>> {
        let files = report[which].as_array().into_iter().flatten();
        Arc::new(files.filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let parts = report["parts"].as_object().into_iter().flatten();
    VersionInfo {
        number: count("version"),
        f1: report.get("f1").unwrap_or(&wire["accuracy"]).as_f64().map(|share| share as f32),
        documents: count("documents"),
        made_ms: wire["made_ms"].as_i64().unwrap_or(0),
        labels: report["labels"].as_array().into_iter().flatten().map(label_score).collect(),
        wrong: files("wrong"),
        contradicting: files("contradicting"),
        parts: Arc::new(
            parts.filter_map(|(file, part)| Some((file.clone(), u8::try_from(part.as_u64()?).ok()?))).collect(),
        ),
    }
}

fn label_score(wire: &Value) -> LabelScore {
    let share = |key: &str| wire[key].as_f64().unwrap_or(0.0) as f32;
    LabelScore {
        label: wire["label"].as_str().unwrap_or_default().to_owned(),
        truths: wire["truths"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
        cells: wire["cells"] == true,
        precision: share("precision"),
        recall: share("recall"),
        f1: share("f1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_of_the_contract_and_one_of_our_own_are_read() {
        let cloud: Model = serde_json::from_value(json!({
            "model_id": "m", "model_type": "ocr", "state": 5, "accuracy": 92.5,
            "categories": [{ "name": "total", "count": 12 }],
        }))
        .unwrap();
        let read = info(&cloud);
        assert_eq!((read.name.as_str(), read.state, read.accuracy), ("m", ModelState::Hosted, Some(0.925)));
        assert_eq!((read.labels[0].count, read.can_change, read.versions.len()), (12, false, 0));
        let own: Model = serde_json::from_value(json!({
            "model_id": "m", "name": "Receipts", "state": 4, "version": 2, "accuracy": 0.5, "progress": 0.25, "documents": 7,
            "categories": [{ "name": "total", "count": 1, "type": "amount" }],
            "versions": [{ "version": 1, "documents": 5, "made_ms": 9, "accuracy": 0.4, "report": {
                "f1": 0.4, "wrong": ["f"], "contradicting": ["g"], "labels": [{ "label": "total", "cells": true, "truths": 5, "precision": 0.5, "recall": 0.25, "f1": 0.3 }],
            } }],
        }))
        .unwrap();
        let read = info(&own);
        assert_eq!((read.name.as_str(), read.progress, read.documents), ("Receipts", Some(0.25), Some(7)));
        assert_eq!(read.labels[0].kind, LabelKind::Amount);
        assert_eq!((read.versions[0].wrong.contains("f"), read.versions[0].labels[0].recall), (true, 0.25));
        assert!(read.versions[0].labels[0].cells, "of a table");
        assert!(read.versions[0].contradicting.contains("g") && !read.versions[0].contradicting.contains("f"));
        assert!(read.is_busy() && read.can_change);
    }

    #[test]
    fn a_change_of_a_label_is_said_as_the_server_reads_it() {
        let body = change_body(Some("New"), Some(&LabelChange::Rename("a".into(), "b".into())), &[]);
        assert_eq!(body, json!({ "name": "New", "categories": [], "changes": [{ "name": "a", "new_name": "b" }] }));
        let body = change_body(None, None, &[NewLabel::new("due", LabelKind::Date)]);
        assert_eq!(body, json!({ "categories": [{ "name": "due", "type": "date" }] }));
        let lines = NewLabel { columns: vec!["sum".into()], ..NewLabel::new("lines", LabelKind::Table) };
        let body = change_body(None, Some(&LabelChange::Retype(lines)), &[]);
        assert_eq!(body["changes"], json!([{ "name": "lines", "type": "table", "columns": ["sum"] }]));
    }
}
