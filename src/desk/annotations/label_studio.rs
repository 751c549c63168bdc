//! Label Studio: tasks with results, places in percent of the image, what a value says in a result of its own with the
//! same id (its template for OCR).

use super::{Annotated, AnnotatedDocument, has_place};
use crate::api::{BoundingBox, LabelledBox};
use crate::document::PageSize;
use serde_json::{Value, json};

/// Whether this is a list of tasks.
pub(super) fn is_it(json: &Value) -> bool {
    let first = json.as_array().and_then(|list| list.first());
    first.is_some_and(|task| {
        task.get("data").is_some() && (task.get("annotations").is_some() || task.get("completions").is_some())
    })
}

pub(super) fn parse(json: &Value) -> Option<Vec<Annotated>> {
    Some(json.as_array()?.iter().filter_map(of_task).collect())
}

/// A task; `None` where it names no file.
fn of_task(task: &Value) -> Option<Annotated> {
    let data = task.get("data")?.as_object()?;
    let file = ["ocr", "image", "pdf", "captioning"].iter().find_map(|key| data.get(*key)?.as_str());
    let file = file.or_else(|| data.values().find_map(Value::as_str))?;
    let page = data.get("page").and_then(Value::as_u64).and_then(|page| u32::try_from(page).ok());
    let annotations = task.get("annotations").or_else(|| task.get("completions"))?.as_array()?;
    // The last one that was not called off is what its author ended with.
    let annotation =
        annotations.iter().rev().find(|one| one.get("was_cancelled").and_then(Value::as_bool) != Some(true));
    let empty = Vec::new();
    let results = annotation.and_then(|one| one.get("result")?.as_array()).unwrap_or(&empty);
    let mut size = None;
    let mut objects = Vec::new();
    for result in results {
        let Some(value) = result.get("value") else { continue };
        let Some(name) = label_of(value) else { continue };
        let side = |key: &str| result.get(key).and_then(Value::as_f64).filter(|side| *side >= 1.0);
        let Some((width, height)) = side("original_width").zip(side("original_height")) else { continue };
        let Some([x0, y0, x1, y1]) = bounds_of(value) else { continue };
        size = Some(PageSize::new(width as u32, height as u32));
        let id = result.get("id");
        let text = results.iter().filter(|other| other.get("id") == id && id.is_some()).find_map(text_of);
        let (across, down) = (width / 100.0, height / 100.0);
        objects.push(LabelledBox {
            name: name.to_owned(),
            ocr_text: text,
            bndbox: BoundingBox {
                xmin: x0 * across,
                ymin: y0 * down,
                xmax: x1 * across,
                ymax: y1 * down,
                ..BoundingBox::default()
            },
            page,
            ..LabelledBox::default()
        });
    }
    Some(Annotated { filename: file.to_owned(), size, objects })
}

/// The first label of a rectangle, an ellipse or a polygon, whichever control it was made with.
fn label_of(value: &Value) -> Option<&str> {
    ["rectanglelabels", "labels", "polygonlabels", "ellipselabels", "hypertextlabels"]
        .iter()
        .find_map(|key| value.get(*key)?.as_array()?.first()?.as_str())
}

fn text_of(result: &Value) -> Option<String> {
    let text = result.get("value")?.get("text")?;
    match text {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            (!lines.is_empty()).then(|| lines.join(" "))
        }
        _ => None,
    }
}

/// Left, top, right and bottom in percent; of what is turned, the box around it.
fn bounds_of(value: &Value) -> Option<[f64; 4]> {
    let number = |key: &str| value.get(key).and_then(Value::as_f64);
    let corners: Vec<(f64, f64)> = if let Some(points) = value.get("points").and_then(Value::as_array) {
        points.iter().filter_map(|point| Some((point.get(0)?.as_f64()?, point.get(1)?.as_f64()?))).collect()
    } else {
        let (x, y, width, height) = (number("x")?, number("y")?, number("width")?, number("height")?);
        // It is turned about its left top corner, clockwise.
        let (sin, cos) = number("rotation").unwrap_or(0.0).to_radians().sin_cos();
        [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)]
            .map(|(dx, dy)| (x + dx * cos - dy * sin, y + dx * sin + dy * cos))
            .to_vec()
    };
    let fold =
        |pick: fn(f64, f64) -> f64, first: f64, of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(first, pick);
    let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
    let bounds = [
        fold(f64::min, min, |c| c.0),
        fold(f64::min, min, |c| c.1),
        fold(f64::max, max, |c| c.0),
        fold(f64::max, max, |c| c.1),
    ];
    bounds.iter().all(|corner| corner.is_finite()).then_some(bounds)
}

/// A task a page.
pub(super) fn text(documents: &[AnnotatedDocument]) -> serde_json::Result<Vec<u8>> {
    let mut tasks = Vec::new();
    for document in documents {
        for (page, size) in &document.sizes {
            let mut results = Vec::new();
            // It knows neither tables nor values without a place.
            let objects = document.of_page(*page).filter(|object| object.cells.is_none() && has_place(&object.bndbox));
            for object in objects {
                let BoundingBox { xmin, ymin, xmax, ymax, .. } = object.bndbox;
                let percent = |pixels: f64, of: u32| pixels * 100.0 / f64::from(of.max(1));
                let place = json!({
                    "x": percent(xmin, size.width), "y": percent(ymin, size.height),
                    "width": percent(xmax - xmin, size.width), "height": percent(ymax - ymin, size.height), "rotation": 0,
                });
                let id = format!("{}-{page}-{}", tasks.len(), results.len());
                let result = |kind: &str, from: &str, key: &str, said: Value| {
                    let mut value = place.clone();
                    value[key] = said;
                    json!({ "id": id, "type": kind, "from_name": from, "to_name": "image", "image_rotation": 0,
                        "original_width": size.width, "original_height": size.height, "value": value })
                };
                results.push(result("rectanglelabels", "label", "rectanglelabels", json!([object.name])));
                if let Some(said) = &object.ocr_text {
                    results.push(result("textarea", "transcription", "text", json!([said])));
                }
            }
            if !results.is_empty() {
                tasks.push(json!({
                    "data": { "ocr": document.name, "page": page }, "annotations": [{ "result": results }],
                }));
            }
        }
    }
    serde_json::to_vec_pretty(&tasks)
}
