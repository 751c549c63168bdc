//! The models that this server has.

use super::refusal::Refusal;
use crate::api::{GENERAL, Model, ModelId, ModelState, Models};
use axum::Json;
use axum::extract::Path;
use serde_json::Number;

/// `GET /OCR/Model/`.
pub(super) async fn list() -> Json<Models> {
    Json(Models(vec![general()]))
}

/// `GET /OCR/Model/{model}`.
pub(super) async fn one(Path(model): Path<String>) -> Result<Json<Model>, Refusal> {
    known(&model).map(|()| Json(general()))
}

/// Whether there is such a model.
pub(super) fn known(model: &str) -> Result<(), Refusal> {
    if model == GENERAL { Ok(()) } else { Err(Refusal::no_model(model)) }
}

/// The model that reads any document. It is not trained, so it knows no labels of its own and counts no accuracy.
fn general() -> Model {
    Model {
        model_id: ModelId::from(GENERAL),
        model_type: "ocr".to_owned(),
        state: ModelState::Hosted,
        status: Some("Model hosted".to_owned()),
        accuracy: Some(Number::from(0)),
        ..Model::default()
    }
}
