//! Submitting documents: predictions now or later, of files or of what stands at addresses, and full text.

use super::addresses::{Fetched, fetch_all};
use super::answer::{blocking, json, json_with};
use super::form::{Form, Upload};
use super::models::known;
use super::queue::Queue;
use super::reading::{ReadError, Wanted};
use super::refusal::Refusal;
use super::results::{self, Links};
use super::running::Shared;
use super::schedule::{FileRead, Order};
use super::selection::Selection;
use super::store::{FileRecord, Lane, NewFile, Password, Status, Store};
use crate::api::convert::words_to_wire;
use crate::api::{
    FileId, FileStatus, FullTextFile, FullTextReply, PageWords, PredictionPage, PredictionReply, ProcessingType,
    SUCCESS,
};
use crate::document::{KeptText, Page, PageText};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

/// What a request may say beside its form; the form's word counts where both say something.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "async")]
    later: Option<String>,
    pages_to_process: Option<String>,
    request_metadata: Option<String>,
    /// The language hint.
    l: Option<String>,
}

/// `POST /OCR/Model/{model}/LabelFile/` and `…/LabelUrls/`.
pub(super) async fn now(
    shared: State<Arc<Shared>>,
    model: Path<String>,
    asked: Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    submit(shared, model, asked, request, false).await
}

/// `POST /OCR/Model/{model}/LabelFile/Async/` and `…/LabelUrls/Async/`.
pub(super) async fn later(
    shared: State<Arc<Shared>>,
    model: Path<String>,
    asked: Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    submit(shared, model, asked, request, true).await
}

async fn submit(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
    later: bool,
) -> Result<Response, Refusal> {
    let model = known(&shared, model).await?.id;
    let form = Form::receive(request, &shared).await?;
    let said = |name: &str, asked: &Option<String>| {
        form.text(name).map(str::to_owned).or_else(|| asked.clone()).unwrap_or_default()
    };
    let wanted = said("pages_to_process", &asked.pages_to_process);
    Selection::parse(&wanted)?;
    let later = later || is_yes(&said("async", &asked.later));
    let lane = if later { Lane::Async } else { Lane::Sync };
    let (metadata, language) = (said("request_metadata", &asked.request_metadata), said("language", &asked.l));
    let password = form.text("password").map(str::to_owned);
    let Gathered { files, failures } = gather(&shared, form).await?;
    let new = move |upload: Upload| NewFile {
        content: upload.content,
        name: upload.name,
        metadata: metadata.clone(),
        pages_wanted: wanted.clone(),
        language: language.clone(),
        password: password.clone().map(Password),
        lane,
        by: "api".to_owned(),
    };
    let (waits, of) = (shared.clone(), model.clone());
    // A client may leave at any moment, also before this is over: what it waits for is noted where it is put.
    let (files, waiting) = blocking(move || {
        let files = waits.store.put_files(&of, files.into_iter().map(new).collect())?;
        let ids = if later { Vec::new() } else { files.iter().map(|file| file.id.clone()).collect() };
        Ok((files, Waiting { shared: waits, ids }))
    })
    .await?;
    let status = if failures.is_empty() { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    if later {
        let links = shared.links();
        return json_with(status, move || Ok(accepted(&files, failures, &links))).await;
    }
    let ids: Vec<FileId> = files.into_iter().map(|file| file.id).collect();
    wait(&shared, waiting).await?;
    let (store, links) = (shared.store.clone(), shared.links());
    json_with(status, move || results::prediction_reply(&store, &links, &ids, failures)).await
}

/// The files of a request, those at addresses too.
pub(super) struct Gathered {
    pub(super) files: Vec<Upload>,
    /// What could not be fetched, and why.
    pub(super) failures: Vec<(String, String)>,
}

/// Fetches what a form names by address. Where nothing at all is left to be read, that is refused.
pub(super) async fn gather(shared: &Shared, form: Form) -> Result<Gathered, Refusal> {
    let Form { mut files, urls, .. } = form;
    if files.is_empty() && urls.is_empty() {
        return Err(Refusal::bad_request(
            "There is no file in the form",
            "Send each file as a part named file, or addresses as urls",
        ));
    }
    let mut failures = Vec::new();
    for (address, fetched) in fetch_all(shared, urls).await? {
        match fetched {
            Fetched::File(content) => files.push(Upload { name: address, content }),
            Fetched::Failed(why) => failures.push((address, why)),
        }
    }
    if files.is_empty() {
        return Err(Refusal::nothing_fetched(&failures));
    }
    Ok(Gathered { files, failures })
}

fn is_yes(word: &str) -> bool {
    word.eq_ignore_ascii_case("true") || word == "1"
}

/// Waits until files are read. A client that leaves takes back what it waits for.
async fn wait(shared: &Arc<Shared>, mut waiting: Waiting) -> Result<(), Refusal> {
    for id in &waiting.ids {
        let ended = tokio::select! {
            ended = shared.queue.finished(id) => ended?,
            () = shared.stopping.cancelled() => None,
        };
        if ended.is_none() {
            return Err(Refusal::stopping());
        }
    }
    waiting.ids.clear();
    Ok(())
}

/// Files whose client waits. Nobody knows their names but the answer that is never sent where this is dropped before.
struct Waiting {
    shared: Arc<Shared>,
    ids: Vec<FileId>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.ids.is_empty() {
            return;
        }
        let (shared, ids) = (self.shared.clone(), std::mem::take(&mut self.ids));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn_blocking(move || {
                for id in ids {
                    take_back(&shared.store, &shared.queue, &id);
                }
            });
        }
    }
}

/// Deletes a file that is still being read; one that is read already stays, so that a lost answer can be fetched.
fn take_back(store: &Store, queue: &Queue, id: &FileId) {
    let pending = store.file(id).is_ok_and(|file| file.status == Status::Pending);
    if pending && let Err(error) = store.delete_file(id, "api") {
        tracing::warn!(%error, "a file that nobody waits for could not be deleted");
    }
    queue.interrupt(id);
}

/// What is said of files that are read later.
fn accepted(files: &[FileRecord], failures: Vec<(String, String)>, links: &Links) -> PredictionReply {
    let mut signed_urls = crate::api::SignedUrls::new();
    let mut result: Vec<PredictionPage> = files
        .iter()
        .map(|file| {
            let (filepath, file_url) = links.of_page(&file.model, &file.first_page, file, &mut signed_urls);
            PredictionPage {
                message: SUCCESS.to_owned(),
                input: file.name.clone(),
                page: Some(0),
                request_file_id: file.id.clone(),
                id: file.first_page.clone(),
                filepath: Some(filepath),
                file_url: Some(file_url),
                rotation: Some(serde_json::Number::from(0)),
                request_metadata: file.metadata.clone(),
                processing_type: Some(ProcessingType::Async),
                status: Some(FileStatus::Pending),
                ..PredictionPage::default()
            }
        })
        .collect();
    let message = results::summary(failures.len(), files.len() + failures.len());
    result.extend(failures.into_iter().map(|failure| results::failed_entry(failure, ProcessingType::Async)));
    PredictionReply { message, result, signed_urls, ..PredictionReply::default() }
}

/// `POST /OCR/FullText`. Nothing of it is kept.
pub(super) async fn full_text(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    let form = Form::receive(request, &shared).await?;
    let pages = form.text("pages_to_process").map(str::to_owned).or(asked.pages_to_process).unwrap_or_default();
    let pages = Selection::parse(&pages)?;
    let order = Order { pages, password: form.text("password").map(str::to_owned), wanted: Wanted::Words };
    let Gathered { files, failures } = gather(&shared, form).await?;
    let read = read_unkept(&shared, files, &order).await?;
    json(move || {
        let mut results: Vec<FullTextFile> = read.iter().map(text_of).collect();
        results.extend(failures.into_iter().map(|(filename, why)| FullTextFile {
            filename,
            message: Some(why),
            ..FullTextFile::default()
        }));
        let failed = results.iter().filter(|file| file.message.is_some()).count();
        let message = results::summary(failed, results.len());
        Ok(FullTextReply { message, result: results.clone(), results, ..FullTextReply::default() })
    })
    .await
}

/// Reads files whose result is not kept.
pub(super) async fn read_unkept(shared: &Shared, files: Vec<Upload>, order: &Order) -> Result<Vec<FileRead>, Refusal> {
    let read = tokio::select! {
        read = shared.schedule.read(files, order) => read,
        () = shared.stopping.cancelled() => Err(ReadError::Cancelled),
    };
    read.map_err(|error| match error {
        ReadError::Cancelled => Refusal::stopping(),
        ReadError::Problem(_) | ReadError::Passing(_) => Refusal::broken(),
    })
}

fn text_of(file: &FileRead) -> FullTextFile {
    let words = |page: &Page| PageWords {
        message: page.problem.as_ref().map(|problem| problem.message.clone()),
        ..words_to_wire(
            &page.text.as_ref().map_or_else(|| PageText { size: page.size, ..PageText::default() }, KeptText::unpacked),
            page.number,
        )
    };
    FullTextFile {
        filename: file.name.clone(),
        page_data: file.pages.as_deref().unwrap_or_default().iter().map(words).collect(),
        message: file.pages.as_ref().err().map(|problem| problem.message.clone()),
        ..FullTextFile::default()
    }
}
