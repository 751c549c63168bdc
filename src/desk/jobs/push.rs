//! What persons changed goes back to the service that read it: corrected pages whole, then whether the file is approved.

use super::Context;
use super::pause::heeding;
use super::poll::placed;
use crate::api::convert::predictions;
use crate::api::{FileId, ModelId, ModeratedPage, PageId, Prediction};
use crate::client::{Client, ClientError};
use crate::desk::job::{Event, Push, PushFault, Remote, TaskId};
use crate::document::{Page, Problem, Standing};
use std::collections::HashMap;

/// Sends it. To send it twice does no harm: a page is replaced by what it is to be.
pub(super) async fn push(context: Context, task: TaskId, push: Push) {
    let result = match context.service.of(push.remote.connection) {
        Some(client) => pushed(&context, &client, &push).await,
        None => Err(PushFault::Later),
    };
    context.tell(Event::Pushed(task, result)).await;
}

async fn pushed(context: &Context, client: &Client, push: &Push) -> Result<(), PushFault> {
    let (model, file) = (ModelId::from(push.remote.model.as_str()), FileId::from(push.file.as_str()));
    let at = &push.remote;
    if !push.pages.is_empty() {
        let page = PageId(push.page.clone());
        let reply = heeding(context, at, || async {
            if push.page.is_empty() {
                client.file_result(&model, &file).await
            } else {
                client.page_result(&model, &file, &page).await
            }
        });
        let reply = reply.await.map_err(|error| fault(&error))?;
        let there = placed(&reply, push.page_count);
        for page in &push.pages {
            let Some((_, wire)) = there.iter().find(|(number, _)| *number == page.number) else {
                let sentence = format!("The service does not have page {} of it any more", page.number + 1);
                return Err(PushFault::Failed(Problem::new(sentence)));
            };
            let corrected = corrected(wire, page);
            heeding(context, at, || client.save_page(&model, &corrected)).await.map_err(|error| fault(&error))?;
        }
    }
    let Some(standing) = push.standing else { return Ok(()) };
    let answer = match standing {
        Standing::Approved => heeding(context, at, || client.verify(&model, &file)).await,
        Standing::Open | Standing::Rejected => heeding(context, at, || client.unverify(&model, &file)).await,
    };
    match answer {
        // The contract has no word for a file that is of no use; it must not stay approved. One that never was may be
        // refused.
        Err(error) if standing == Standing::Rejected && is_refused(&error) => Ok(()),
        answer => answer.map_err(|error| fault(&error)),
    }
}

/// Deletes a file.
pub(super) async fn delete_there(context: Context, task: TaskId, at: Remote, file: String) {
    let (model, file) = (ModelId::from(at.model.as_str()), FileId::from(file.as_str()));
    let result = match context.service.of(at.connection) {
        Some(client) => {
            let answer = heeding(&context, &at, || client.delete_file(&model, &file)).await;
            answer.map_err(|error| not_deleted(&error))
        }
        None => Err(Problem::new("The service is not connected; choose it at the top left and try again")),
    };
    context.tell(Event::DeletedThere(task, result)).await;
}

fn not_deleted(error: &ClientError) -> Problem {
    let problem = error.problem();
    let message = match error.status() {
        Some(405 | 501) => "The service deletes no files; ask who runs it".to_owned(),
        Some(404) => "The service has this file no more, or deletes no files; look there".to_owned(),
        _ => format!("It was not deleted at the service: {}", problem.message),
    };
    Problem { message, ..problem }
}

fn is_refused(error: &ClientError) -> bool {
    matches!(error.status(), Some(400..=428 | 430..=499))
}

fn fault(error: &ClientError) -> PushFault {
    match error.status() {
        // It does not offer it.
        Some(404 | 405 | 501) => PushFault::NotOffered,
        // It asks for one pause after the other; what is to be sent waits on.
        Some(429) => PushFault::Later,
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
    use crate::desk::jobs::tests::{bench, model};
    use std::sync::Arc;

    fn order(page_count: Option<u32>, pages: &[u32]) -> Push {
        let page = |number: &u32| Arc::new(Page { number: *number, ..Page::default() });
        Push {
            remote: model(),
            file: "f".to_owned(),
            page: String::new(),
            page_count,
            pages: pages.iter().map(page).collect(),
            standing: Some(Standing::Approved),
        }
    }

    #[tokio::test]
    async fn a_push_that_is_told_to_wait_waits_says_so_and_goes_once() {
        let page = r#"{"unmoderated_images": [{"id": "p", "page": 0}]}"#;
        // Of each question the first is refused.
        let says = move |number: usize, _: &str| match number {
            0 | 2 | 4 => (429, "Retry-After: 1\r\n", String::new()),
            1 => (200, "", page.to_owned()),
            _ => (200, "", "{}".to_owned()),
        };
        let mut bench = bench(says);
        let pushed = pushed(&bench.context, &bench.client, &order(Some(1), &[0])).await;
        assert_eq!(pushed, Ok(()));
        let asked = bench.asked();
        let of = |method: &str| asked.iter().filter(|line| line.starts_with(method)).count();
        assert_eq!((asked.len(), of("GET"), of("PATCH"), of("POST")), (6, 2, 2, 2), "{asked:?}");
        // The client itself waits for a second where it only asks.
        assert_eq!(bench.told().iter().filter(|event| matches!(event, Event::Pausing(..))).count(), 2);
    }

    #[tokio::test]
    async fn a_file_is_deleted_and_where_it_is_not_that_is_said() {
        for (status, said) in [(200, None), (404, Some("has this file no more")), (405, Some("deletes no files"))] {
            let mut bench = bench(move |_, _| (status, "", "{}".to_owned()));
            delete_there(bench.context.clone(), TaskId(3), model(), "f/1".to_owned()).await;
            assert_eq!(bench.asked(), ["DELETE /api/v2/Inferences/Model/m/InferenceRequestFiles/f%2F1"]);
            let told = bench.told();
            let [Event::DeletedThere(TaskId(3), result)] = &told[..] else { panic!("{told:?}") };
            match (result, said) {
                (Ok(()), None) => {}
                (Err(problem), Some(said)) => assert!(problem.message.contains(said), "{problem:?}"),
                _ => panic!("{status}: {result:?}"),
            }
        }
    }

    #[tokio::test]
    async fn corrections_go_to_the_page_that_they_are_of_whatever_it_is_called_there() {
        let pages = r#"{"unmoderated_images": [{"id": "fifth", "page": 4}, {"id": "second", "page": 1}]}"#;
        // The document has the two pages that were read; or all five, of which two were read.
        for (count, number) in [(Some(2), 1), (None, 1), (Some(5), 4)] {
            let bench = bench(move |_, line| {
                (200, "", if line.starts_with("GET") { pages.to_owned() } else { "{}".to_owned() })
            });
            let order = Push { standing: None, ..order(count, &[number]) };
            assert_eq!(pushed(&bench.context, &bench.client, &order).await, Ok(()));
            let body = bench.bodies().into_iter().find(|body| !body.is_empty()).unwrap();
            assert!(body.contains(r#""id":"fifth""#), "{count:?}: {body}");
        }
    }
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
