//! Reading what was uploaded: predictions and full text.

use super::form::Form;
use super::models::known;
use super::reading::{ReadError, Wanted};
use super::refusal::Refusal;
use super::running::Shared;
use super::schedule::{FileRead, Order};
use super::selection::Selection;
use crate::api::convert::{predictions, size_to_wire, words_to_wire};
use crate::api::{
    FileId, FullTextFile, FullTextReply, PageId, PageWords, PredictionPage, PredictionReply, ProcessingType, RawOcr,
    SUCCESS, WordResults,
};
use crate::document::{Page, PageText};
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// What a request may say beside its form; the form's word counts where both say something.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "async")]
    later: Option<String>,
    pages_to_process: Option<String>,
    request_metadata: Option<String>,
}

/// `POST /OCR/Model/{model}/LabelFile/`.
pub(super) async fn files(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    known(&model)?;
    refuse_later(asked.later.as_deref())?;
    let form = Form::receive(request, &shared).await?;
    refuse_later(form.text("async"))?;
    let metadata = form.text("request_metadata").map(str::to_owned).or(asked.request_metadata).unwrap_or_default();
    let read = read(&shared, form, asked.pages_to_process, Wanted::Fields).await?;
    json(move || PredictionReply {
        message: summary(&read),
        result: read.iter().flat_map(|file| entries(file, &metadata)).collect(),
        ..PredictionReply::default()
    })
    .await
}

/// `POST /OCR/FullText`.
pub(super) async fn full_text(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    let form = Form::receive(request, &shared).await?;
    let read = read(&shared, form, asked.pages_to_process, Wanted::Words).await?;
    json(move || {
        let results: Vec<FullTextFile> = read.iter().map(text_of).collect();
        FullTextReply { message: summary(&read), result: results.clone(), results, ..FullTextReply::default() }
    })
    .await
}

async fn read(
    shared: &Shared,
    form: Form,
    pages_asked: Option<String>,
    wanted: Wanted,
) -> Result<Vec<FileRead>, Refusal> {
    let pages = form.text("pages_to_process").map(str::to_owned).or(pages_asked).unwrap_or_default();
    let order = Order { pages: Selection::parse(&pages)?, password: form.text("password").map(str::to_owned), wanted };
    if form.files.is_empty() {
        if form.text("urls").is_some() {
            return Err(Refusal::not_offered("fetching addresses"));
        }
        return Err(Refusal::bad_request("There is no file in the form", "Send each file as a part named file"));
    }
    let read = tokio::select! {
        read = shared.schedule.read(form.files, &order) => read,
        () = shared.stopping.cancelled() => Err(ReadError::Cancelled),
    };
    let mut files = read.map_err(|error| match error {
        ReadError::Cancelled => Refusal::stopping(),
        ReadError::Problem(_) => Refusal::broken(),
    })?;
    for page in files.iter_mut().flat_map(|file| file.pages.as_deref_mut().unwrap_or_default()) {
        name_boxes(page);
    }
    Ok(files)
}

/// Gives everything on a page a name that nothing else has, on any page of any file.
fn name_boxes(page: &mut Page) {
    let name = || Uuid::new_v4().to_string();
    for field in &mut page.fields {
        field.id.0 = name();
    }
    for table in &mut page.tables {
        table.id.0 = name();
        for cell in &mut table.cells {
            cell.id = name();
        }
    }
}

/// Refuses to answer at once what was to be answered later.
fn refuse_later(later: Option<&str>) -> Result<(), Refusal> {
    match later {
        Some(word) if word.eq_ignore_ascii_case("true") || word == "1" => {
            Err(Refusal::not_offered("asynchronous predictions"))
        }
        _ => Ok(()),
    }
}

/// The message over all files.
fn summary(files: &[FileRead]) -> String {
    let failed = files.iter().filter(|file| file.pages.is_err()).count();
    match failed {
        0 => SUCCESS.to_owned(),
        _ => format!("{failed} of {} files could not be read", files.len()),
    }
}

/// An entry a page; one without a page where the file could not be read.
fn entries(file: &FileRead, metadata: &str) -> Vec<PredictionPage> {
    let id = FileId(Uuid::new_v4().to_string());
    let entry = |message: &str| PredictionPage {
        message: message.to_owned(),
        input: file.name.clone(),
        request_file_id: id.clone(),
        id: PageId(Uuid::new_v4().to_string()),
        filepath: Some(String::new()),
        file_url: Some(String::new()),
        rotation: Some(serde_json::Number::from(0)),
        request_metadata: metadata.to_owned(),
        processing_type: Some(ProcessingType::Unsaid),
        ..PredictionPage::default()
    };
    match &file.pages {
        Err(problem) => vec![entry(&problem.message)],
        Ok(pages) => pages
            .iter()
            .map(|page| PredictionPage {
                prediction: predictions(page),
                page: Some(page.number),
                size: Some(size_to_wire(page.size)),
                raw_ocr_api_response: Some(raw_ocr(page)),
                ..entry(page.problem.as_ref().map_or(SUCCESS, |problem| &problem.message))
            })
            .collect(),
    }
}

fn raw_ocr(page: &Page) -> RawOcr {
    match &page.text {
        Some(text) => {
            RawOcr::Words(WordResults { results: vec![words_to_wire(text, page.number)], ..WordResults::default() })
        }
        None => RawOcr::Other(serde_json::json!({ "results": null })),
    }
}

fn text_of(file: &FileRead) -> FullTextFile {
    let words = |page: &Page| PageWords {
        message: page.problem.as_ref().map(|problem| problem.message.clone()),
        ..words_to_wire(page.text.as_ref().unwrap_or(&PageText { size: page.size, ..PageText::default() }), page.number)
    };
    FullTextFile {
        filename: file.name.clone(),
        page_data: file.pages.as_deref().unwrap_or_default().iter().map(words).collect(),
        message: file.pages.as_ref().err().map(|problem| problem.message.clone()),
        ..FullTextFile::default()
    }
}

/// Builds and writes a reply, which for many pages takes long, where no other request waits for it.
async fn json<T: Serialize>(reply: impl FnOnce() -> T + Send + 'static) -> Result<Response, Refusal> {
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&reply())).await;
    match written {
        Ok(Ok(bytes)) => Ok(([(CONTENT_TYPE, "application/json")], Body::from(bytes)).into_response()),
        Ok(Err(error)) => {
            tracing::error!(%error, "a reply could not be written");
            Err(Refusal::broken())
        }
        Err(error) => {
            tracing::error!(%error, "writing a reply panicked");
            Err(Refusal::broken())
        }
    }
}
