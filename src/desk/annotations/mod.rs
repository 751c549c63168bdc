//! Annotations as other programs keep them: the contract's JSON, Pascal VOC XML, Label Studio JSON. Only formats are
//! known here; who matches them with the documents of the desk is `update/annotate`.

mod contract;
mod label_studio;
mod voc;

use crate::api::{BoundingBox, LabelledBox};
use crate::document::{PageSize, Problem};

/// In which form annotations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationFormat {
    /// The `data` of `UploadFile`: one JSON file.
    Contract,
    /// An XML file a page.
    Voc,
    /// One JSON file of tasks.
    LabelStudio,
}

/// The annotations of one document, or of a page of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Annotated {
    /// The document's file name, as the annotations name it.
    pub(super) filename: String,
    /// The size of the page image that boxes are of, where it is said.
    pub(super) size: Option<PageSize>,
    /// What is annotated.
    pub(super) objects: Vec<LabelledBox>,
}

/// A document whose annotations are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct AnnotatedDocument {
    /// Its file name.
    pub(super) name: String,
    /// The sizes of the page images that boxes are of, by page number.
    pub(super) sizes: Vec<(u32, PageSize)>,
    /// What is annotated.
    pub(super) objects: Vec<LabelledBox>,
}

/// A file of annotations.
pub(super) struct AnnotationFile {
    /// Its name.
    pub(super) name: String,
    /// Its contents.
    pub(super) bytes: Vec<u8>,
}

/// Reads a file of annotations, whichever of the formats it is in.
pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Vec<Annotated>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(name, &error))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return voc::parse(text).map(|one| vec![one]).map_err(|error| unreadable(name, &error));
    }
    let json: serde_json::Value = serde_json::from_str(text).map_err(|error| unreadable(name, &error))?;
    let parsed = if label_studio::is_it(&json) { label_studio::parse(&json) } else { contract::parse(json) };
    parsed.ok_or_else(|| unreadable(name, &"neither annotations of the Nanonets API nor of Label Studio"))
}

fn unreadable(name: &str, details: &dyn std::fmt::Display) -> Problem {
    Problem {
        message: format!(
            "{name} holds no annotations that can be read; give JSON of the Nanonets API or of Label Studio, or VOC XML"
        ),
        details: details.to_string(),
    }
}

/// The files of an export: one, or of VOC one a page.
pub(super) fn files(documents: &[AnnotatedDocument], format: AnnotationFormat) -> Result<Vec<AnnotationFile>, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem {
        message: "The annotations could not be made; tell us about it".to_owned(),
        details: error.to_string(),
    };
    match format {
        AnnotationFormat::Contract => {
            let bytes = contract::text(documents).map_err(|error| failed(&error))?;
            Ok(vec![AnnotationFile { name: "annotations.json".to_owned(), bytes }])
        }
        AnnotationFormat::LabelStudio => {
            let bytes = label_studio::text(documents).map_err(|error| failed(&error))?;
            Ok(vec![AnnotationFile { name: "label-studio.json".to_owned(), bytes }])
        }
        AnnotationFormat::Voc => voc::files(documents).map_err(|error| failed(&error)),
    }
}

impl AnnotatedDocument {
    /// The objects of a page.
    fn of_page(&self, page: u32) -> impl Iterator<Item = &LabelledBox> {
        self.objects.iter().filter(move |object| object.page.unwrap_or(0) == page)
    }
}

/// Whether a box says where something stands.
pub(super) fn has_place(bounds: &BoundingBox) -> bool {
    bounds.xmin < bounds.xmax && bounds.ymin < bounds.ymax
}

#[cfg(test)]
mod tests;
