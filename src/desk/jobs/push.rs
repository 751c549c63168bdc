//! What persons changed goes back to the service that read it: corrected pages whole, then whether the file is approved.

use super::Context;
use crate::api::convert::predictions;
use crate::api::{FileId, ModelId, ModeratedPage, PageId, Prediction};
use crate::client::{Client, ClientError};
use crate::desk::job::{Event, Push, PushFault, TaskId};
use crate::document::{Page, Problem, Standing};
use std::collections::HashMap;

/// Sends it. To send it twice does no harm: a page is replaced by what it is to be.
pub(super) async fn push(context: Context, task: TaskId, push: Push) {
    let result = match context.service.of(push.remote.connection) {
        Some(client) => pushed(&client, &push).await,
        None => Err(PushFault::Later),
    };
    context.tell(Event::Pushed(task, result)).await;
}

async fn pushed(client: &Client, push: &Push) -> Result<(), PushFault> {
    let (model, file) = (ModelId::from(push.remote.model.as_str()), FileId::from(push.file.as_str()));
    if !push.pages.is_empty() {
        let reply = if push.page.is_empty() {
            client.file_result(&model, &file).await
        } else {
            client.page_result(&model, &file, &PageId(push.page.clone())).await
        };
        let reply = reply.map_err(|error| fault(&error))?;
        let mut there: Vec<ModeratedPage> =
            reply.moderated_images.into_iter().chain(reply.unmoderated_images).collect();
        there.sort_by_key(|page| page.page.unwrap_or(0));
        let numbered = there.iter().all(|page| page.page.is_some()) && !push.is_imported;
        for page in &push.pages {
            // What was imported is numbered without gaps, in the order of the service's pages.
            let at = if numbered {
                there.iter().position(|there| there.page == Some(page.number))
            } else {
                Some(page.number as usize)
            };
            let Some(wire) = at.and_then(|at| there.get(at)) else {
                let sentence = format!("The service does not have page {} of it any more", page.number + 1);
                return Err(PushFault::Failed(Problem::new(sentence)));
            };
            client.save_page(&model, &corrected(wire, page)).await.map_err(|error| fault(&error))?;
        }
    }
    match push.standing {
        Some(Standing::Approved) => client.verify(&model, &file).await.map_err(|error| fault(&error)),
        Some(Standing::Open) => client.unverify(&model, &file).await.map_err(|error| fault(&error)),
        // The contract has no word for a file that is of no use; it must not stay approved. One that never was may be
        // refused.
        Some(Standing::Rejected) => match client.unverify(&model, &file).await {
            Err(error) if !matches!(error.status(), Some(400..=499)) => Err(fault(&error)),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

fn fault(error: &ClientError) -> PushFault {
    match error.status() {
        // It does not offer it.
        Some(404 | 405 | 501) => PushFault::NotOffered,
        _ => PushFault::Failed(error.problem()),
    }
}

/// The service's page with what a person made of it. What the service says beside that stays; a box that is not there any
/// more is deleted by being left out, a new one is said to be new.
fn corrected(wire: &ModeratedPage, page: &Page) -> ModeratedPage {
    let known: HashMap<&str, &Prediction> =
        wire.boxes().iter().filter_map(|one| Some((one.id.as_ref()?.0.as_str(), one))).collect();
    let moderated_boxes = predictions(page)
        .into_iter()
        .map(|own| {
            let before = own.id.as_ref().and_then(|id| known.get(id.0.as_str()));
            match before {
                Some(before) => Prediction {
                    label_id: before.label_id.clone().filter(|_| before.label == own.label),
                    extra: before.extra.clone(),
                    ..own
                },
                // Names are the service's to give.
                None => Prediction { id: None, label_id: None, is_new: Some(true), ..own },
            }
        })
        .collect();
    ModeratedPage { moderated_boxes, ..wire.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Field, FieldId, PageRect, PageSize, Score};

    #[test]
    fn a_corrected_page_keeps_what_the_service_says_beside_it() {
        let wire: ModeratedPage = serde_json::from_value(serde_json::json!({
            "id": "p", "page": 0, "season": "autumn",
            "predicted_boxes": [
                { "id": "a", "label": "total", "ocr_text": "1", "label_id": "l", "lookup_edited": false },
                { "id": "b", "label": "date", "ocr_text": "2" },
            ],
        }))
        .unwrap();
        let field = |id: &str, label: &str, text: &str| Field {
            id: FieldId(id.into()),
            label: label.into(),
            text: text.into(),
            rect: Some(PageRect::new(1.0, 2.0, 30.0, 40.0)),
            score: Score::CERTAIN,
            confirmed: true,
            ..Field::default()
        };
        let fields = vec![field("a", "total", "10"), field("own-1", "iban", "DE")];
        let page = Page { size: PageSize::new(100, 100), fields, ..Page::default() };
        let after = serde_json::to_value(corrected(&wire, &page)).unwrap();
        assert_eq!(after["season"], "autumn");
        assert_eq!(after["predicted_boxes"].as_array().unwrap().len(), 2, "the model's word stays");
        let boxes = after["moderated_boxes"].as_array().unwrap();
        assert_eq!(boxes.len(), 2, "the date is deleted");
        assert_eq!(
            (&boxes[0]["id"], &boxes[0]["ocr_text"], &boxes[0]["label_id"], &boxes[0]["lookup_edited"]),
            (&"a".into(), &"10".into(), &"l".into(), &false.into())
        );
        assert_eq!((&boxes[1]["is_new"], boxes[1].get("id")), (&true.into(), None));
        assert_eq!(boxes[1]["status"], "moderated");
    }
}
