//! The contract's own form: `[{"filename", "object": [{"name", "ocr_text", "bndbox"}]}]`, as sent to `UploadFile` and
//! answered by `Annotations`.

use super::{Annotated, AnnotatedDocument};
use crate::api::{Annotation, Extra, ImageSize, UploadAck};
use crate::document::PageSize;
use serde_json::{Value, json};

/// `None` where it is something else.
pub(super) fn parse(json: Value) -> Option<Vec<Annotated>> {
    let list = match json {
        Value::Object(ref object) if object.contains_key("Data") => {
            let ack: UploadAck = serde_json::from_value(json).ok()?;
            let size = |size: Option<ImageSize>| size.map(|size| PageSize::new(size.width as u32, size.height as u32));
            let files = ack.data.into_iter();
            return Some(
                files.map(|f| Annotated { filename: f.filename, size: size(f.size), objects: f.object }).collect(),
            );
        }
        Value::Object(_) => Value::Array(vec![json]),
        other => other,
    };
    let list: Vec<Annotation> = serde_json::from_value(list).ok()?;
    if list.iter().any(|annotation| annotation.filename.is_empty()) {
        return None;
    }
    let of = |annotation: Annotation| {
        let side = |key: &str| annotation.extra.get("size")?.get(key)?.as_f64().map(|side| side as u32);
        let size = side("width").zip(side("height")).map(|(width, height)| PageSize::new(width, height));
        Annotated { filename: annotation.filename, size, objects: annotation.object }
    };
    Some(list.into_iter().map(of).collect())
}

pub(super) fn text(documents: &[AnnotatedDocument]) -> serde_json::Result<Vec<u8>> {
    let annotation = |document: &AnnotatedDocument| {
        let size = document.sizes.first().map(|(_, size)| json!({ "width": size.width, "height": size.height }));
        Annotation {
            filename: document.name.clone(),
            object: document.objects.clone(),
            extra: Extra::from_iter(size.map(|size| ("size".to_owned(), size))),
        }
    };
    serde_json::to_vec_pretty(&documents.iter().map(annotation).collect::<Vec<_>>())
}
