//! Annotations of training documents: what may be in them, and how the engine learns from them.

use super::refusal::Refusal;
use super::store::{Lesson, ModelRecord};
use crate::api::convert::cells_from_wire;
use crate::api::{Annotation, BoundingBox, BoxKind, LabelledBox};
use crate::document::{PageRect, PageText};
use crate::engine::learn::{Example, Truth};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// The annotations of an upload, by the name of the file they belong to.
#[derive(Debug, Default)]
pub(super) struct Annotations(BTreeMap<String, Vec<LabelledBox>>);

impl Annotations {
    /// Reads `data`: a list of annotations, or a single one.
    pub(super) fn parse(data: Option<&str>) -> Result<Self, Refusal> {
        let Some(data) = data.map(str::trim).filter(|data| !data.is_empty()) else { return Ok(Self::default()) };
        let list: Vec<Annotation> = serde_json::from_str(data)
            .or_else(|_| serde_json::from_str(data).map(|one: Annotation| vec![one]))
            .map_err(|_| {
                Refusal::bad_request(
                    "data is not a JSON list of annotations",
                    "Send [{\"filename\": …, \"object\": [{\"name\": …, \"ocr_text\": …, \"bndbox\": {…}}]}]",
                )
            })?;
        Ok(Self::of(list))
    }

    /// Those of a list; a file that is named twice has all of them.
    pub(super) fn of(list: Vec<Annotation>) -> Self {
        let mut all = Self::default();
        for annotation in list {
            all.0.entry(annotation.filename).or_default().extend(annotation.object);
        }
        all
    }

    /// Checks what can be checked before a file is opened: that all are of one of `names`, and of the model's labels.
    pub(super) fn check(&self, names: &BTreeSet<&str>, model: &ModelRecord) -> Result<(), Refusal> {
        for (name, objects) in &self.0 {
            if !names.contains(name.as_str()) {
                return Err(Refusal::bad_request(
                    format!("data annotates {name:?}, which is not among the files"),
                    "Name each annotation's file as its file part is named",
                ));
            }
            for object in objects {
                check_object(object, model)?;
            }
        }
        Ok(())
    }

    /// Takes those of one file; of several files of one name each gets them.
    pub(super) fn of_file(&self, name: &str) -> Vec<LabelledBox> {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

fn check_object(object: &LabelledBox, model: &ModelRecord) -> Result<(), Refusal> {
    if !model.labels.iter().any(|label| label.name == object.name) {
        return Err(Refusal::bad_request(
            format!("The model has no label {:?}", object.name),
            "Use the labels that the model was made with",
        ));
    }
    let BoundingBox { xmin, ymin, xmax, ymax, .. } = object.bndbox;
    if !is_box([xmin, ymin, xmax, ymax]) {
        return Err(Refusal::bad_request(
            format!("The box of a {:?} is negative or inverted", object.name),
            "Boxes are pixels from the top left with xmin < xmax and ymin < ymax, or all zero",
        ));
    }
    Ok(())
}

/// Whether these corners are a box, or all zero: a value without a place.
pub(super) fn is_box([xmin, ymin, xmax, ymax]: [f64; 4]) -> bool {
    const FARTHEST: f64 = 1e6;
    let none = [xmin, ymin, xmax, ymax].iter().all(|corner| corner.abs() < f64::EPSILON);
    none || (xmin >= 0.0 && ymin >= 0.0 && xmin < xmax && ymin < ymax && xmax <= FARTHEST && ymax <= FARTHEST)
}

/// Checks the pages that annotations name against how many the document has.
pub(super) fn check_pages(objects: &[LabelledBox], pages: usize) -> Result<(), Refusal> {
    match objects.iter().filter_map(|object| object.page).find(|&page| page as usize >= pages) {
        Some(page) => Err(Refusal::bad_request(
            format!("An annotation names page {page} of a document of {pages}"),
            "Pages count from 0",
        )),
        None => Ok(()),
    }
}

/// How often each label is annotated.
pub(super) fn counts(objects: &[LabelledBox]) -> Vec<(String, u32)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for object in objects {
        *counts.entry(&object.name).or_default() += 1;
    }
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

/// A training document as it is kept, for the engine; the sentence says why it cannot be.
pub(super) fn example(lesson: &Lesson) -> Result<Example, String> {
    let objects: Vec<LabelledBox> = parsed(&lesson.annotation)?;
    let pages: Vec<PageText> = parsed(&lesson.words)?;
    let tables = if lesson.tables.is_empty() { Vec::new() } else { parsed(&lesson.tables)? };
    let truths = objects.into_iter().map(|object| truth(object, pages.len())).collect();
    Ok(Example { pages, truths, tables })
}

fn parsed<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn truth(object: LabelledBox, pages: usize) -> Truth {
    let BoundingBox { xmin, ymin, xmax, ymax, .. } = object.bndbox;
    let placed = xmin < xmax && ymin < ymax;
    let rects =
        if placed { vec![PageRect::new(xmin as f32, ymin as f32, xmax as f32, ymax as f32)] } else { Vec::new() };
    let is_table = object.kind == Some(BoxKind::Table);
    // A box without a page is of the first; so is everything in a document of one page.
    let page = object.page.or_else(|| (placed || pages == 1).then_some(0));
    Truth {
        label: object.name,
        text: object.ocr_text.filter(|text| !text.trim().is_empty() && !is_table),
        page,
        rects,
        cells: object.cells.map(|cells| cells_from_wire(&cells)).unwrap_or_default(),
    }
}
