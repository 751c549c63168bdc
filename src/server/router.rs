//! Which operation of the contract is answered by whom.

use super::refusal::Refusal;
use super::running::Shared;
use super::{decisions, models, predict, results, served, training, window};
use crate::api::paths::{BASE, Method, Operation, ROUTES};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// All operations at all of their paths; anything else is refused in the contract's shape.
pub(super) fn router() -> Router<Arc<Shared>> {
    let mut at_path: BTreeMap<String, MethodRouter<Arc<Shared>>> = BTreeMap::new();
    let mut taken = HashSet::new();
    for route in ROUTES {
        let filter = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        for path in route.served_paths() {
            // An alias that differs in its query alone (`?async=true`) belongs to the operation whose path it is.
            if !taken.insert((path.clone(), route.method)) {
                continue;
            }
            let methods = at_path.remove(&path).unwrap_or_default();
            at_path.insert(path, methods.merge(answer(route.operation, filter)));
        }
    }
    let mut router = Router::new().route("/uploadedfiles/{*rest}", get(served::signed));
    for (path, methods) in at_path {
        router = router.route(&format!("{BASE}{path}"), methods);
    }
    router.fallback(no_path).method_not_allowed_fallback(no_method)
}

fn answer(operation: Operation, filter: MethodFilter) -> MethodRouter<Arc<Shared>> {
    match operation {
        Operation::PredictFiles | Operation::PredictUrls => on(filter, predict::now),
        Operation::PredictFilesAsync | Operation::PredictUrlsAsync => on(filter, predict::later),
        Operation::FileResult => on(filter, results::of_file),
        Operation::PageResult => on(filter, results::of_page),
        Operation::DayResults => on(filter, window::of_days),
        Operation::UploadFiles | Operation::UploadUrls => on(filter, training::upload),
        Operation::Train => on(filter, training::train),
        Operation::Annotations => on(filter, training::annotations),
        Operation::RemoveTraining => on(filter, training::remove),
        Operation::CreateModel => on(filter, models::create),
        Operation::Models => on(filter, models::list),
        Operation::Model => on(filter, models::one),
        Operation::ChangeModel => on(filter, models::change),
        Operation::DeleteModel => on(filter, models::delete),
        Operation::RollBack => on(filter, models::roll_back),
        Operation::CancelTraining => on(filter, training::cancel),
        Operation::Verify => on(filter, decisions::verify),
        Operation::Unverify => on(filter, decisions::unverify),
        Operation::SavePage => on(filter, decisions::save_page),
        Operation::DeleteFile => on(filter, decisions::delete),
        Operation::RetryFiles => on(filter, decisions::retry),
        Operation::FullText => on(filter, predict::full_text),
    }
}

async fn no_path() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "There is nothing at this path", "Paths begin with /api/v2/OCR/Model/")
}

async fn no_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This path does not take this method",
        "Use the method that the contract names",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_the_contract_do_not_collide() {
        // Building panics where two do.
        let _ = router();
    }
}
