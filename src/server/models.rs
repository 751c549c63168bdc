//! The models that this server has: listing, making, changing and deleting them, and going back to an earlier training.

use super::answer::{blocking, json};
use super::form::small_body;
use super::refusal::Refusal;
use super::running::Shared;
use super::store::{Holdings, LabelChange, ModelRecord, NewLabel, NewModel, Store, StoreError, VersionRecord};
use crate::api::{Category, Extra, Model, ModelId, ModelState, Models, SUCCESS};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Number, Value, json};
use std::sync::Arc;

/// More labels than this are no model but a mistake.
const MOST_LABELS: usize = 20_000;
/// A table has at most so many columns.
const MOST_COLUMNS: usize = 100;
/// The longest name of a label or model, in letters.
const LONGEST_NAME: usize = 200;

/// `GET /OCR/Model/`.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Result<Response, Refusal> {
    let store = shared.store.clone();
    json(move || {
        let models = store.models()?;
        Ok(Models(models.iter().map(|model| to_wire(model, &[])).collect()))
    })
    .await
}

/// `GET /OCR/Model/{model}`. What it holds and how far its training is are extensions.
pub(super) async fn one(State(shared): State<Arc<Shared>>, Path(model): Path<String>) -> Result<Response, Refusal> {
    let id = ModelId::from(model);
    let share = shared.trainings.share(&id);
    let store = shared.store.clone();
    json(move || {
        let mut model = said(&store, &id)?;
        if let Some(share) = share {
            model.extra.insert("progress".to_owned(), share.into());
        }
        Ok(model)
    })
    .await
}

/// `POST /OCR/Model/`.
pub(super) async fn create(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Refusal> {
    let body = small_body(request, &shared.limits).await?;
    let store = shared.store.clone();
    json(move || {
        let asked = object(&body)?;
        // Typed labels are an extension; of a name that comes twice the first counts.
        let mut labels = labels(&asked, "labels")?;
        labels.extend(self::labels(&asked, "categories")?);
        if labels.is_empty() {
            return Err(Refusal::bad_request(
                "The model has no labels",
                "Name its labels, as in {\"categories\": [\"total\", \"date\"]}",
            ));
        }
        let name = name(&asked)?.unwrap_or_default();
        let kind = asked.get("model_type").and_then(Value::as_str).filter(|kind| !kind.is_empty()).unwrap_or("ocr");
        let new = NewModel { name, kind: kind.to_owned(), labels, whole: true, by: "api".to_owned() };
        Ok(to_wire(&store.create_model(&new)?, &[]))
    })
    .await
}

/// `PATCH /OCR/Model/{model}`: another name, other labels, more labels. An extension.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let body = small_body(request, &shared.limits).await?;
    let store = shared.store.clone();
    json(move || {
        let asked = object(&body)?;
        let id = ModelId::from(model);
        store.change_model(&id, name(&asked)?.as_deref(), &changes(&asked)?, &labels(&asked, "categories")?, "api")?;
        said(&store, &id)
    })
    .await
}

/// `DELETE /OCR/Model/{model}`: the model with everything that came to it. An extension.
pub(super) async fn delete(State(shared): State<Arc<Shared>>, Path(model): Path<String>) -> Result<Response, Refusal> {
    json(move || {
        let id = ModelId::from(model);
        for file in shared.store.delete_model(&id, "api")? {
            shared.queue.interrupt(&file);
        }
        shared.queue.interrupt_training(&id);
        Ok(json!({ "message": SUCCESS }))
    })
    .await
}

/// `POST /OCR/Model/{model}/Rollback` `{"version": 1}`: predicts with an earlier training. An extension.
pub(super) async fn roll_back(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let body = small_body(request, &shared.limits).await?;
    let store = shared.store.clone();
    json(move || {
        let version = object(&body)?.get("version").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let version = version.ok_or_else(|| {
            Refusal::bad_request("The body names no version", "Send {\"version\": 1}, one of the model's versions")
        })?;
        let id = ModelId::from(model);
        store.roll_back(&id, version, "api")?;
        said(&store, &id)
    })
    .await
}

/// The model of this name.
pub(super) async fn known(shared: &Arc<Shared>, model: String) -> Result<ModelRecord, Refusal> {
    let store = shared.store.clone();
    blocking(move || {
        store.model(&ModelId::from(model.as_str())).map_err(|error| match error {
            StoreError::Missing { .. } => Refusal::no_model(&model),
            other => other.into(),
        })
    })
    .await
}

fn said(store: &Store, id: &ModelId) -> Result<Model, Refusal> {
    let record = store.model(id).map_err(|error| match error {
        StoreError::Missing { .. } => Refusal::no_model(id.as_str()),
        other => other.into(),
    })?;
    let mut model = to_wire(&record, &store.versions(id)?);
    let Holdings { documents, files } = store.holdings(id)?;
    model.extra.insert("documents".to_owned(), documents.into());
    model.extra.insert("files".to_owned(), files.into());
    Ok(model)
}

/// A model as replies say it. Its name, the report of its last training and its versions are extensions.
pub(super) fn to_wire(model: &ModelRecord, versions: &[VersionRecord]) -> Model {
    let mut extra = Extra::new();
    extra.insert("name".to_owned(), model.name.clone().into());
    extra.insert("version".to_owned(), model.version.into());
    if let Some(report) = &model.report {
        extra.insert("report".to_owned(), parsed(report));
    }
    if !model.note.is_empty() {
        extra.insert("note".to_owned(), model.note.clone().into());
    }
    if !versions.is_empty() {
        let versions = versions.iter().map(|version| {
            json!({
                "version": version.number,
                "accuracy": version.accuracy,
                "documents": version.documents,
                "made_ms": version.made_ms,
                "report": parsed(&version.report),
            })
        });
        extra.insert("versions".to_owned(), versions.collect());
    }
    Model {
        model_id: model.id.clone(),
        model_type: model.kind.clone(),
        state: model.state,
        status: Some(state_words(model.state).to_owned()),
        accuracy: Some(accuracy(model)),
        categories: categories(model),
        extra,
    }
}

fn parsed(report: &str) -> Value {
    serde_json::from_str(report).unwrap_or(Value::Null)
}

/// The accuracy of a model; 0 where none was measured.
pub(super) fn accuracy(model: &ModelRecord) -> Number {
    model.accuracy.and_then(Number::from_f64).unwrap_or_else(|| Number::from(0))
}

/// The labels of a model with their counts.
pub(super) fn categories(model: &ModelRecord) -> Vec<Category> {
    model
        .labels
        .iter()
        .map(|label| {
            let mut extra = Extra::new();
            if !label.kind.is_empty() {
                extra.insert("type".to_owned(), label.kind.clone().into());
            }
            if !label.columns.is_empty() {
                extra.insert("columns".to_owned(), label.columns.clone().into());
            }
            let count = i64::try_from(label.count).unwrap_or(i64::MAX);
            Category { name: label.name.clone(), count, id: Some(label.id.clone()), extra }
        })
        .collect()
}

/// A state in words.
pub(super) const fn state_words(state: ModelState) -> &'static str {
    match state {
        ModelState::Error => "Training failed",
        ModelState::Created => "Model created",
        ModelState::Uploaded => "Documents uploaded",
        ModelState::Annotated => "Documents annotated",
        ModelState::Queued => "Waiting to be trained",
        ModelState::Training => "Being trained",
        ModelState::Hosted => "Model hosted",
        ModelState::Retraining => "Being trained again",
        ModelState::Other(_) => "Unknown",
    }
}

fn object(body: &[u8]) -> Result<serde_json::Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad_request("The body is no JSON object", "Send a JSON object"))
}

/// The labels that are asked for: names, or objects with a name, a type and, of a table, its columns.
fn labels(asked: &serde_json::Map<String, Value>, key: &str) -> Result<Vec<NewLabel>, Refusal> {
    let refused =
        || Refusal::bad_request(format!("{key} is no list of labels"), "Send a list of names of at least a letter");
    let list = match asked.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(refused()),
    };
    if list.len() > MOST_LABELS {
        return Err(Refusal::bad_request(format!("There are more than {MOST_LABELS} labels"), "Send fewer"));
    }
    list.iter()
        .map(|label| {
            let (name, kind, columns) = match label {
                Value::String(name) => (name.as_str(), "", Vec::new()),
                Value::Object(asked) => {
                    let text = |key: &str| asked.get(key).and_then(Value::as_str).unwrap_or_default();
                    (text("name"), text("type"), columns(label)?.unwrap_or_default())
                }
                _ => return Err(refused()),
            };
            let name = name.trim();
            if name.is_empty() || name.chars().count() > LONGEST_NAME {
                return Err(refused());
            }
            Ok(NewLabel { name: name.to_owned(), kind: kind.to_owned(), columns })
        })
        .collect()
}

/// The columns that a label is to have, each once; `None` where nothing is said of them.
fn columns(label: &Value) -> Result<Option<Vec<String>>, Refusal> {
    let refused = || {
        let advice = format!("Send a list of at most {MOST_COLUMNS} names of at least a letter");
        Refusal::bad_request("columns is no list of columns", advice)
    };
    let list = match label.get("columns") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) if list.len() <= MOST_COLUMNS => list,
        Some(_) => return Err(refused()),
    };
    let mut columns: Vec<String> = Vec::new();
    for column in list {
        let name = column.as_str().map(str::trim).ok_or_else(refused)?;
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(refused());
        }
        if !columns.iter().any(|known| known == name) {
            columns.push(name.to_owned());
        }
    }
    Ok(Some(columns))
}

/// The changes of labels that are asked for: `{"name", "new_name"}`, `{"name", "type"}` or `{"name", "delete": true}`.
fn changes(asked: &serde_json::Map<String, Value>) -> Result<Vec<LabelChange>, Refusal> {
    let refused = || {
        let advice = "Send [{\"name\": …, \"new_name\": …}], with \"type\" or with \"delete\": true";
        Refusal::bad_request("changes is no list of changes of labels", advice)
    };
    let list = match asked.get("changes") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(refused()),
    };
    let mut changes = Vec::new();
    for change in list {
        let text = |key: &str| change.get(key).and_then(Value::as_str).map(str::trim);
        let name = text("name").ok_or_else(refused)?.to_owned();
        if change.get("delete").and_then(Value::as_bool) == Some(true) {
            changes.push(LabelChange::Remove { name });
            continue;
        }
        let (to, kind) = (text("new_name"), text("type"));
        if (to.is_none() && kind.is_none()) || to.is_some_and(|to| to.is_empty() || to.chars().count() > LONGEST_NAME) {
            return Err(refused());
        }
        if let Some(kind) = kind {
            let columns = columns(change)?;
            changes.push(LabelChange::Retype { name: name.clone(), kind: kind.to_owned(), columns });
        }
        if let Some(to) = to {
            changes.push(LabelChange::Rename { name, to: to.to_owned() });
        }
    }
    Ok(changes)
}

fn name(asked: &serde_json::Map<String, Value>) -> Result<Option<String>, Refusal> {
    match asked.get("name").and_then(Value::as_str).map(str::trim) {
        Some(name) if name.chars().count() > LONGEST_NAME => {
            Err(Refusal::bad_request("The model's name is too long", format!("At most {LONGEST_NAME} letters")))
        }
        name => Ok(name.map(str::to_owned)),
    }
}
