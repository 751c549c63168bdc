//! The training set of a model: documents come with annotations and are read at once, words and tables, so that training
//! never reads.

use super::answer::{blocking, json, json_with};
use super::form::Form;
use super::lessons::{Annotations, check_pages, counts};
use super::models::{self, known};
use super::predict::{Gathered, gather, read_unkept};
use super::reading::Wanted;
use super::refusal::Refusal;
use super::running::Shared;
use super::schedule::{FileRead, Order};
use super::selection::Selection;
use super::store::{ModelRecord, NewTraining, StoreError, TrainingRecord};
use crate::api::{Extra, FileId, ImageSize, LabelledBox, ModelId, SUCCESS, UploadAck, UploadMeta, UploadedFile};
use crate::document::{PageText, Problem, Table};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// `POST …/UploadFile/` and `POST …/UploadUrls/`.
pub(super) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let model = known(&shared, model).await?;
    if model.fixed {
        return Err(StoreError::FixedModel(model.id.to_string()).into());
    }
    let form = Form::receive(request, &shared).await?;
    let annotations = Annotations::parse(form.text("data"))?;
    let password = form.text("password").map(str::to_owned);
    let names: BTreeSet<&str> =
        form.files.iter().map(|file| file.name.as_str()).chain(form.urls.iter().map(String::as_str)).collect();
    annotations.check(&names, &model)?;
    let Gathered { files, failures } = gather(&shared, form).await?;
    let order = Order { pages: Selection::default(), password, wanted: Wanted::Fields };
    let read = read_unkept(&shared, files, &order).await?;
    let documents = read.into_iter().map(|file| document(file, &annotations)).collect::<Result<Vec<_>, _>>()?;
    let status = if failures.is_empty() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    let store = shared.store.clone();
    json_with(status, move || {
        let added = store.add_training(&model.id, documents, "api")?;
        let mut ack = acknowledged(&store.model(&model.id)?, &added)?;
        ack.data.extend(failures.into_iter().map(|(filename, why)| UploadedFile {
            filename,
            extra: Extra::from_iter([("message".to_owned(), Value::from(why))]),
            ..UploadedFile::default()
        }));
        Ok(ack)
    })
    .await
}

/// A document with its words and annotations, as it is kept. One that cannot be read is refused, and with it the upload.
fn document(file: FileRead, annotations: &Annotations) -> Result<NewTraining, Refusal> {
    let FileRead { name, pages, content } = file;
    let unreadable = |problem: &Problem| {
        Refusal::bad_request(format!("{name} cannot be learned from: {}", problem.message), "Leave it out, or mend it")
    };
    let pages = pages.map_err(|problem| unreadable(&problem))?;
    if let Some(problem) = pages.iter().find_map(|page| page.problem.as_ref()) {
        return Err(unreadable(problem));
    }
    let objects = annotations.of_file(&name);
    check_pages(&objects, pages.len())?;
    let size = pages.first().map(|page| page.size).unwrap_or_default();
    let labels = counts(&objects);
    let tables: Vec<&Vec<Table>> = pages.iter().map(|page| &page.tables).collect();
    let tables = serde_json::to_string(&tables);
    let words: Vec<PageText> = pages.into_iter().map(|page| page.text.unwrap_or_default().unpacked()).collect();
    let text = |json: serde_json::Result<String>| json.map_err(|_| Refusal::broken());
    Ok(NewTraining {
        content: content.ok_or_else(Refusal::broken)?,
        name,
        width: size.width,
        height: size.height,
        annotation: text(serde_json::to_string(&objects))?,
        words: text(serde_json::to_string(&words))?,
        tables: text(tables)?,
        labels,
    })
}

/// `GET …/Annotations`: the whole training set.
pub(super) async fn annotations(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
) -> Result<Response, Refusal> {
    let model = known(&shared, model).await?;
    let store = shared.store.clone();
    json(move || acknowledged(&model, &store.training_set(&model.id)?)).await
}

/// `DELETE …/Annotations/{file}`: takes a document out of the training set. An extension.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Path((model, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let store = shared.store.clone();
    json(move || {
        store.delete_training(&ModelId::from(model), &FileId::from(file), "api")?;
        Ok(json!({ "message": SUCCESS }))
    })
    .await
}

/// `POST …/Train/`.
pub(super) async fn train(State(shared): State<Arc<Shared>>, Path(model): Path<String>) -> Result<Response, Refusal> {
    let model = known(&shared, model).await?.id;
    let store = shared.store.clone();
    let record = blocking(move || Ok(store.ask_training(&model, "api")?)).await?;
    json(move || Ok(models::to_wire(&record, &[]))).await
}

/// `DELETE …/Train/`: ends the training without a result. An extension.
pub(super) async fn cancel(State(shared): State<Arc<Shared>>, Path(model): Path<String>) -> Result<Response, Refusal> {
    let model = known(&shared, model).await?.id;
    let (store, id) = (shared.store.clone(), model.clone());
    let record = blocking(move || Ok(store.cancel_training(&id, "api")?)).await?;
    shared.queue.interrupt_training(&model);
    json(move || Ok(models::to_wire(&record, &[]))).await
}

/// The model and documents of its training set, the model's keys in both spellings that clients read.
fn acknowledged(model: &ModelRecord, documents: &[TrainingRecord]) -> Result<UploadAck, Refusal> {
    let categories = models::categories(model);
    let (accuracy, status) = (models::accuracy(model), models::state_words(model.state));
    let lower = json!({
        "model_id": model.id,
        "model_type": model.kind,
        "state": model.state,
        "categories": categories,
        "accuracy": accuracy,
        "status": status,
    });
    let extra = match lower {
        Value::Object(lower) => lower,
        _ => Extra::new(),
    };
    Ok(UploadAck {
        meta: UploadMeta {
            model_id: model.id.clone(),
            model_type: model.kind.clone(),
            state: model.state,
            categories,
            accuracy: Some(accuracy),
            status: status.to_owned(),
            extra,
        },
        data: documents.iter().map(uploaded).collect::<Result<_, _>>()?,
        extra: Extra::new(),
    })
}

fn uploaded(record: &TrainingRecord) -> Result<UploadedFile, Refusal> {
    let object: Vec<LabelledBox> = serde_json::from_str(&record.annotation).map_err(|error| {
        tracing::error!(%error, "the store holds what cannot be read");
        Refusal::broken()
    })?;
    let (width, height) = (f64::from(record.width), f64::from(record.height));
    Ok(UploadedFile {
        filename: record.name.clone(),
        size: Some(ImageSize { width, height, ..ImageSize::default() }),
        object,
        id: record.id.clone(),
        extra: Extra::new(),
    })
}
