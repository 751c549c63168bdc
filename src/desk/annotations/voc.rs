//! Pascal VOC: an XML file a page. What a value says stands in `ocr_text`, as the Nanonets tools write it; others do not
//! say it.

use super::{Annotated, AnnotatedDocument, AnnotationFile};
use crate::api::{BoundingBox, LabelledBox};
use crate::document::PageSize;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

#[derive(Serialize, Deserialize)]
#[serde(rename = "annotation")]
struct Voc {
    filename: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
    #[serde(default)]
    object: Vec<Object>,
}

#[derive(Serialize, Deserialize)]
struct Size {
    #[serde(default)]
    width: f64,
    #[serde(default)]
    height: f64,
    #[serde(default)]
    depth: u32,
}

#[derive(Serialize, Deserialize)]
struct Object {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ocr_text: Option<String>,
    /// From 0. An extension, for documents of several pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    bndbox: Bounds,
}

#[derive(Serialize, Deserialize)]
struct Bounds {
    xmin: f64,
    ymin: f64,
    xmax: f64,
    ymax: f64,
}

pub(super) fn parse(text: &str) -> Result<Annotated, quick_xml::DeError> {
    let voc: Voc = quick_xml::de::from_str(text)?;
    let object = |object: Object| {
        let Bounds { xmin, ymin, xmax, ymax } = object.bndbox;
        LabelledBox {
            name: object.name,
            ocr_text: object.ocr_text.filter(|text| !text.is_empty()),
            bndbox: BoundingBox { xmin, ymin, xmax, ymax, ..BoundingBox::default() },
            page: object.page,
            ..LabelledBox::default()
        }
    };
    let size = voc.size.map(|size| PageSize::new(size.width as u32, size.height as u32));
    Ok(Annotated {
        filename: voc.filename,
        size: size.filter(|size| size.width > 0 && size.height > 0),
        objects: voc.object.into_iter().map(object).collect(),
    })
}

/// A file a page that has something annotated; tables have no place in it.
pub(super) fn files(documents: &[AnnotatedDocument]) -> Result<Vec<AnnotationFile>, quick_xml::SeError> {
    let (mut files, mut taken) = (Vec::new(), HashSet::new());
    for document in documents {
        let several = document.sizes.len() > 1;
        for (page, size) in &document.sizes {
            let objects: Vec<Object> = document
                .of_page(*page)
                .filter(|object| object.cells.is_none())
                .map(|object| {
                    let BoundingBox { xmin, ymin, xmax, ymax, .. } = object.bndbox;
                    Object {
                        name: object.name.clone(),
                        ocr_text: object.ocr_text.clone(),
                        page: several.then_some(*page),
                        bndbox: Bounds { xmin, ymin, xmax, ymax },
                    }
                })
                .collect();
            if objects.is_empty() {
                continue;
            }
            let size = Size { width: size.width.into(), height: size.height.into(), depth: 3 };
            let voc = Voc { filename: document.name.clone(), size: Some(size), object: objects };
            let mut xml = String::new();
            let mut serializer = quick_xml::se::Serializer::new(&mut xml);
            serializer.indent(' ', 2);
            voc.serialize(serializer)?;
            xml.push('\n');
            // A service may call a document by a path.
            let name = document.name.rsplit(['/', '\\']).next().unwrap_or_default();
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim_start_matches('.');
            let stem = if stem.is_empty() { "document" } else { stem };
            let page = if several { format!(" page {}", page + 1) } else { String::new() };
            let mut name = format!("{stem}{page}.xml");
            let mut again = 2;
            while !taken.insert(name.to_lowercase()) {
                name = format!("{stem}{page} ({again}).xml");
                again += 1;
            }
            files.push(AnnotationFile { name, bytes: xml.into_bytes() });
        }
    }
    Ok(files)
}
