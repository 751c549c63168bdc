//! What persons decide about files that were read: approve, correct, delete, have read again.

use super::answer::json;
use super::form::small_body;
use super::lessons::is_box;
use super::refusal::Refusal;
use super::results::{file_of, moderated_pages, page_reply};
use super::running::Shared;
use super::store::{Store, StoreError};
use crate::api::{BoxId, FileId, ModeratedPage, PageReply, Prediction, SUCCESS};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// More rows or columns than this no table has.
const MOST_CELLS: i64 = 100_000;

/// `POST …/Verify/{file}`.
pub(super) async fn verify(
    State(shared): State<Arc<Shared>>,
    Path((model, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    decided(shared, model, file, |store, file| store.approve(file, "api").map(drop)).await
}

/// `POST …/UnVerify/{file}`.
pub(super) async fn unverify(
    State(shared): State<Arc<Shared>>,
    Path((model, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    decided(shared, model, file, |store, file| store.unapprove(file, "api").map(drop)).await
}

async fn decided(
    shared: Arc<Shared>,
    model: String,
    file: String,
    decide: fn(&Store, &FileId) -> Result<(), StoreError>,
) -> Result<Response, Refusal> {
    let (store, links) = (shared.store.clone(), shared.links());
    json(move || {
        let record = file_of(&store, &model, &file)?;
        decide(&store, &record.id)?;
        page_reply(&store, &links, &store.file(&record.id)?, None)
    })
    .await
}

/// `PATCH …/ImageLevelInference`: the page as a person leaves it; `moderated_boxes` is complete.
pub(super) async fn save_page(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let body = small_body(request, &shared.limits).await?;
    let (store, links) = (shared.store.clone(), shared.links());
    json(move || {
        let body: Value = serde_json::from_slice(&body).map_err(|_| no_page("The body is no JSON object"))?;
        if !body.get("moderated_boxes").is_some_and(Value::is_array) {
            return Err(no_page("The page has no moderated_boxes"));
        }
        let page: ModeratedPage = serde_json::from_value(body).map_err(|_| no_page("The body is no page object"))?;
        if page.id.as_str().is_empty() {
            return Err(no_page("The page object has no id"));
        }
        let record = match store.page(&page.id) {
            Err(StoreError::Missing { .. }) => {
                let file = store.file_of_first_page(&page.id)?;
                return Err(StoreError::Unfinished(file.id.to_string()).into());
            }
            record => record?,
        };
        let file = file_of(&store, &model, record.file.as_str())?;
        let mut boxes = page.moderated_boxes;
        let labels = store.model(&file.model)?;
        for one in &mut boxes {
            if !labels.fixed && !one.is_table() && !labels.labels.iter().any(|label| label.name == one.label) {
                return Err(StoreError::UnknownLabel(one.label.clone()).into());
            }
            check(one)?;
        }
        let boxes = serde_json::to_string(&boxes).map_err(|_| Refusal::broken())?;
        store.save_corrections(&page.id, &boxes, "api")?;
        let mut reply = PageReply { message: SUCCESS.to_owned(), ..PageReply::default() };
        reply.result = moderated_pages(&store, &links, &file, Some(&page.id), &mut reply.signed_urls)?;
        Ok(reply)
    })
    .await
}

/// Checks a corrected box, and names it and its cells where they are new. Row 0 and spans of 0 occur in what clients send
/// back, and stay.
fn check(one: &mut Prediction) -> Result<(), Refusal> {
    let cells = one.cells.iter().flatten().map(|cell| [cell.xmin, cell.ymin, cell.xmax, cell.ymax]);
    if !cells.chain([[one.xmin, one.ymin, one.xmax, one.ymax]]).all(is_box) {
        return Err(Refusal::bad_request(
            format!("The box of a {:?} is negative or inverted", one.label),
            "Boxes are pixels from the top left with xmin < xmax and ymin < ymax, or all zero",
        ));
    }
    name(&mut one.id);
    let mut taken = HashSet::new();
    for cell in one.cells.iter_mut().flatten() {
        let (row, col) = (cell.row, cell.col);
        if [row, col, cell.row_span, cell.col_span].iter().any(|count| !(0..=MOST_CELLS).contains(count)) {
            return Err(Refusal::bad_request(
                format!("A cell of the table {:?} is at no place of a grid: row {row}, column {col}", one.label),
                "Rows, columns and spans are whole numbers from 1",
            ));
        }
        if !taken.insert((row, col)) {
            return Err(Refusal::bad_request(
                format!("Two cells of the table {:?} are at row {row}, column {col}", one.label),
                "Send each cell once",
            ));
        }
        name(&mut cell.id);
    }
    Ok(())
}

/// Gives a box or a cell that is new a name.
fn name(id: &mut Option<BoxId>) {
    if id.as_ref().is_none_or(|id| id.0.is_empty()) {
        *id = Some(BoxId(Uuid::new_v4().to_string()));
    }
}

fn no_page(reason: &str) -> Refusal {
    Refusal::bad_request(reason, "Send the whole page object, with its id and its complete moderated_boxes")
}

/// `DELETE …/InferenceRequestFiles/{file}`.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((model, file)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    json(move || {
        let record = file_of(&shared.store, &model, &file)?;
        shared.store.delete_file(&record.id, "api")?;
        shared.queue.interrupt(&record.id);
        Ok(json!({ "message": SUCCESS }))
    })
    .await
}

/// `POST …/RetryPrediction` `{"file_ids": […]}`.
pub(super) async fn retry(
    State(shared): State<Arc<Shared>>,
    Path(model): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let body = small_body(request, &shared.limits).await?;
    let store = shared.store.clone();
    json(move || {
        let refused = || Refusal::bad_request("The body names no files", "Send {\"file_ids\": [\"…\"]}");
        let body: Value = serde_json::from_slice(&body).map_err(|_| refused())?;
        let ids = body.get("file_ids").and_then(Value::as_array).ok_or_else(refused)?;
        let ids: Vec<&str> = ids.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(refused)?;
        // All are checked before the first is touched.
        let files = ids.iter().map(|id| file_of(&store, &model, id)).collect::<Result<Vec<_>, _>>()?;
        if let Some(approved) = files.iter().find(|file| file.approval.is_some()) {
            return Err(StoreError::Approved(approved.id.to_string()).into());
        }
        for file in &files {
            store.retry(&file.id, "api")?;
        }
        let result: Vec<Value> =
            files.iter().map(|file| json!({ "request_file_id": file.id, "status": "pending" })).collect();
        Ok(json!({ "message": SUCCESS, "result": result }))
    })
    .await
}
