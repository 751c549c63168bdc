//! Results, as replies say them: of a file, of a page, with addresses of their images.

use super::answer::json;
use super::refusal::Refusal;
use super::running::Shared;
use super::signed::{Signer, Target, Variant};
use super::store::{FileRecord, PageRecord, Status, Store, StoreError};
use crate::api::convert::{size_to_wire, words_to_wire};
use crate::api::{
    FileId, FileStatus, ModelId, ModeratedPage, ModeratedReply, PageId, PageReply, Prediction, PredictionPage,
    PredictionReply, ProcessingType, RawOcr, SUCCESS, SignedUrl, SignedUrls, WordResults,
};
use crate::document::{PageSize, PageText};
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Makes the addresses of files and page images.
#[derive(Clone)]
pub(super) struct Links {
    pub(super) signer: Signer,
    /// Scheme, host and port.
    pub(super) origin: String,
}

impl Links {
    /// The path and the addresses of something.
    fn of(&self, target: &Target, into: &mut SignedUrls) -> String {
        let path = target.path();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        into.entry(path.clone()).or_insert_with(|| {
            let url = |variant| format!("{}/{path}?{}", self.origin, self.signer.query(&path, variant, now));
            SignedUrl {
                original: url(Variant::Original),
                original_compressed: url(Variant::OriginalCompressed),
                thumbnail: url(Variant::Thumbnail),
                acw_rotate_90: url(Variant::AcwRotate90),
                acw_rotate_180: url(Variant::AcwRotate180),
                acw_rotate_270: url(Variant::AcwRotate270),
                original_with_long_expiry: url(Variant::OriginalWithLongExpiry),
                ..SignedUrl::default()
            }
        });
        path
    }

    /// The paths of a page's image and of its file.
    pub(super) fn of_page(
        &self,
        model: &ModelId,
        page: &PageId,
        file: &FileRecord,
        into: &mut SignedUrls,
    ) -> (String, String) {
        let image = Target::PageImage { model: model.clone(), page: page.clone() };
        let original = Target::file(model.clone(), file.id.clone(), &file.name);
        (self.of(&image, into), self.of(&original, into))
    }
}

/// The message over all files.
pub(super) fn summary(failed: usize, all: usize) -> String {
    match failed {
        0 => SUCCESS.to_owned(),
        _ => format!("{failed} of {all} files could not be read"),
    }
}

/// An entry of a file that has none, because it could not be fetched: its address, and why.
pub(super) fn failed_entry((input, message): (String, String), processing: ProcessingType) -> PredictionPage {
    PredictionPage {
        message,
        input,
        filepath: Some(String::new()),
        file_url: Some(String::new()),
        rotation: Some(serde_json::Number::from(0)),
        processing_type: Some(processing),
        status: Some(FileStatus::Failure),
        ..PredictionPage::default()
    }
}

/// The answer to a prediction that was waited for: an entry a page, all files flattened; an entry without a page where
/// the file could not be read.
pub(super) fn prediction_reply(
    store: &Store,
    links: &Links,
    ids: &[FileId],
    failures: Vec<(String, String)>,
) -> Result<PredictionReply, Refusal> {
    let mut reply = PredictionReply::default();
    let mut failed = failures.len();
    for id in ids {
        let file = store.file(id)?;
        let pages = store.pages(id)?;
        let mut words: HashMap<PageId, String> = store.words(id)?.into_iter().collect();
        if pages.is_empty() {
            failed += 1;
            let (_, file_url) = links.of_page(&file.model, &file.first_page, &file, &mut reply.signed_urls);
            let entry = failed_entry((file.name.clone(), file.message.clone()), ProcessingType::Unsaid);
            reply.result.push(PredictionPage {
                request_file_id: file.id.clone(),
                id: file.first_page.clone(),
                file_url: Some(file_url),
                request_metadata: file.metadata.clone(),
                ..entry
            });
        }
        for page in &pages {
            let (filepath, file_url) = links.of_page(&file.model, &page.id, &file, &mut reply.signed_urls);
            let success = page.status == Status::Success;
            reply.result.push(PredictionPage {
                message: if success { SUCCESS.to_owned() } else { page.message.clone() },
                input: file.name.clone(),
                prediction: if success { boxes(page.boxes.as_deref())? } else { Vec::new() },
                page: Some(page.number),
                request_file_id: file.id.clone(),
                id: page.id.clone(),
                filepath: Some(filepath),
                file_url: Some(file_url),
                rotation: Some(serde_json::Number::from(0)),
                request_metadata: file.metadata.clone(),
                processing_type: Some(ProcessingType::Unsaid),
                size: Some(size_to_wire(PageSize::new(page.width, page.height))),
                raw_ocr_api_response: Some(raw_ocr(words.remove(&page.id).as_deref(), page.number)?),
                ..PredictionPage::default()
            });
        }
    }
    reply.message = summary(failed, ids.len() + failures.len());
    reply.result.extend(failures.into_iter().map(|failure| failed_entry(failure, ProcessingType::Unsaid)));
    Ok(reply)
}

/// What is kept of a page's boxes.
pub(super) fn boxes(json: Option<&str>) -> Result<Vec<Prediction>, Refusal> {
    json.map_or_else(|| Ok(Vec::new()), |json| serde_json::from_str(json).map_err(|error| spoilt(&error)))
}

fn raw_ocr(words: Option<&str>, number: u32) -> Result<RawOcr, Refusal> {
    let text: Option<PageText> = match words {
        Some(words) => serde_json::from_str(words).map_err(|error| spoilt(&error))?,
        None => None,
    };
    Ok(match text {
        Some(text) => {
            RawOcr::Words(WordResults { results: vec![words_to_wire(&text, number)], ..WordResults::default() })
        }
        None => RawOcr::Other(serde_json::json!({ "results": null })),
    })
}

fn spoilt(error: &serde_json::Error) -> Refusal {
    tracing::error!(%error, "the store holds what cannot be read");
    Refusal::broken()
}

/// The pages of files, approved ones apart from the others.
pub(super) fn moderated_reply(
    store: &Store,
    links: &Links,
    files: &[FileRecord],
    only: Option<&PageId>,
) -> Result<ModeratedReply, Refusal> {
    let mut reply = ModeratedReply::default();
    for file in files {
        for page in moderated_pages(store, links, file, only, &mut reply.signed_urls)? {
            if file.approval.is_some() {
                reply.moderated_images.push(page);
            } else {
                reply.unmoderated_images.push(page);
            }
        }
    }
    reply.moderated_images_count = reply.moderated_images.len() as i64;
    reply.unmoderated_images_count = reply.unmoderated_images.len() as i64;
    Ok(reply)
}

/// The pages of a file. One that was not opened yet, or could not be, is said as its first page.
pub(super) fn moderated_pages(
    store: &Store,
    links: &Links,
    file: &FileRecord,
    only: Option<&PageId>,
    signed_urls: &mut SignedUrls,
) -> Result<Vec<ModeratedPage>, Refusal> {
    let whole = store.model(&file.model)?.whole;
    let mut words: HashMap<PageId, String> = store.words(&file.id)?.into_iter().collect();
    let records = store.pages(&file.id)?;
    let mut pages = Vec::with_capacity(records.len().max(1));
    if records.is_empty() && only.is_none_or(|only| *only == file.first_page) {
        pages.push(moderated_page(file, &file.first_page, links, signed_urls));
    }
    for record in records.iter().filter(|record| only.is_none_or(|only| *only == record.id)) {
        let page = moderated_page(file, &record.id, links, signed_urls);
        // A model of labels speaks once all pages are read.
        let waits = file.status == Status::Pending && whole;
        let status = if waits { Status::Pending } else { record.status };
        let raw = raw_ocr(words.remove(&record.id).as_deref(), record.number)?;
        pages.push(ModeratedPage { page: Some(record.number), ..filled(page, record, status, raw)? });
    }
    Ok(pages)
}

fn filled(mut page: ModeratedPage, record: &PageRecord, status: Status, raw: RawOcr) -> Result<ModeratedPage, Refusal> {
    page.status = Some(status_word(status));
    if status == Status::Success {
        page.predicted_boxes = boxes(record.boxes.as_deref())?;
    }
    if let Some(corrections) = &record.corrections {
        page.moderated_boxes = boxes(Some(&corrections.boxes))?;
        page.extra.insert("corrected_by".to_owned(), corrections.saved_by.clone().into());
        page.extra.insert("version".to_owned(), corrections.version.into());
    }
    if !record.message.is_empty() {
        page.extra.insert("message".to_owned(), record.message.clone().into());
    }
    page.size = Some(size_to_wire(PageSize::new(record.width, record.height)));
    let raw = serde_json::to_value(raw).map_err(|error| spoilt(&error))?;
    page.extra.insert("raw_ocr_api_response".to_owned(), raw);
    Ok(page)
}

/// What is known of a page before it was read.
fn moderated_page(file: &FileRecord, page: &PageId, links: &Links, signed_urls: &mut SignedUrls) -> ModeratedPage {
    let (path, file_url) = links.of_page(&file.model, page, file, signed_urls);
    // The specification wants an address, the recordings have the path; who has the path finds the address by it.
    let url = signed_urls.get(&path).map(|urls| urls.original.clone()).unwrap_or_default();
    let mut extra = crate::api::Extra::new();
    extra.insert("filepath".to_owned(), path.into());
    extra.insert("hour_of_day".to_owned(), (file.received_ms.rem_euclid(24 * 3_600_000) / 3_600_000).into());
    extra.insert("is_deleted".to_owned(), false.into());
    extra.insert("source".to_owned(), "api".into());
    extra.insert("rotation".to_owned(), 0.into());
    extra.insert("page_count".to_owned(), file.page_count.into());
    if !file.message.is_empty() {
        extra.insert("message".to_owned(), file.message.clone().into());
    }
    ModeratedPage {
        model_id: Some(file.model.clone()),
        day_since_epoch: Some(file.day),
        is_moderated: Some(file.approval.is_some()),
        id: page.clone(),
        url,
        page: Some(0),
        request_file_id: file.id.clone(),
        original_file_name: Some(file.name.clone()),
        file_url: Some(file_url),
        request_metadata: Some(file.metadata.clone()),
        status: Some(status_word(file.status)),
        verified_by: file.approval.as_ref().map(|approval| approval.by.clone()),
        extra,
        ..ModeratedPage::default()
    }
}

fn status_word(status: Status) -> FileStatus {
    match status {
        Status::Pending => FileStatus::Pending,
        Status::Success => FileStatus::Success,
        Status::Failure => FileStatus::Failure,
    }
}

/// A file of a model.
pub(super) fn file_of(store: &Store, model: &str, file: &str) -> Result<FileRecord, Refusal> {
    store.model(&ModelId::from(model))?;
    let record = store.file(&FileId::from(file))?;
    if record.model.as_str() == model { Ok(record) } else { Err(StoreError::missing("file", file).into()) }
}

/// The file of a page of a model. Before it is opened, its first page alone has a name.
fn file_of_page(store: &Store, model: &str, page: &PageId) -> Result<FileRecord, Refusal> {
    let file = match store.page(page) {
        Err(StoreError::Missing { .. }) => store.file_of_first_page(page)?.id,
        record => record?.file,
    };
    file_of(store, model, file.as_str())
}

/// `GET …/InferenceRequest/{file}`.
pub(super) async fn of_file(
    State(shared): State<Arc<Shared>>,
    Path((model, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (store, links) = (shared.store.clone(), shared.links());
    json(move || {
        let record = file_of(&store, &model, &file)?;
        moderated_reply(&store, &links, &[record], None)
    })
    .await
}

/// `GET …/InferenceRequest/{file}/page/{page}`, and `…/ImageLevelInferences/{page}` with a body of its own.
pub(super) async fn of_page(
    State(shared): State<Arc<Shared>>,
    Path(names): Path<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let (store, links) = (shared.store.clone(), shared.links());
    let name = |name: &str| names.get(name).cloned().unwrap_or_default();
    let (model, page, file) = (name("model"), PageId(name("page")), names.get("file").cloned());
    match file {
        Some(file) => {
            json(move || {
                let record = file_of(&store, &model, &file)?;
                let reply = moderated_reply(&store, &links, &[record], Some(&page))?;
                if reply.moderated_images.is_empty() && reply.unmoderated_images.is_empty() {
                    return Err(StoreError::missing("page", &page).into());
                }
                Ok(reply)
            })
            .await
        }
        None => {
            json(move || {
                let file = file_of_page(&store, &model, &page)?;
                page_reply(&store, &links, &file, Some(&page))
            })
            .await
        }
    }
}

/// The pages of a file (or one of them) in the older paths' shape.
pub(super) fn page_reply(
    store: &Store,
    links: &Links,
    file: &FileRecord,
    only: Option<&PageId>,
) -> Result<PageReply, Refusal> {
    let mut reply = PageReply { message: SUCCESS.to_owned(), ..PageReply::default() };
    reply.result = moderated_pages(store, links, file, only, &mut reply.signed_urls)?;
    Ok(reply)
}
