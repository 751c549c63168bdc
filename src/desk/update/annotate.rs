//! Annotations of other programs come on the documents of the desk, and go from them.

use super::Core;
use crate::api::convert::{annotations, cells_from_wire};
use crate::api::{BoxKind, LabelledBox};
use crate::desk::annotations::{Annotated, AnnotatedDocument, AnnotationFormat, has_place};
use crate::desk::job::Job;
use crate::desk::{DeskDocument, DocumentId};
use crate::document::{Edit, Field, FieldId, Page, PageRect, PageSize, Problem, Score, Standing, Step, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many files that are not on the desk are named.
const NAMED: usize = 3;

impl Core {
    /// Files of annotations were read: each document that they name gets what they say, in one step.
    pub(super) fn annotations_read(&mut self, all: Vec<Annotated>, problems: Vec<Problem>) {
        for problem in problems {
            self.problem(problem, None);
        }
        if all.is_empty() {
            return;
        }
        let mut by_document: BTreeMap<DocumentId, Vec<Annotated>> = BTreeMap::new();
        let mut absent: Vec<String> = Vec::new();
        for annotated in all {
            match self.named(&annotated.filename) {
                Some(id) => by_document.entry(id).or_default().push(annotated),
                None => absent.push(base(&annotated.filename).to_owned()),
            }
        }
        let (mut documents, mut values, mut unread) = (0, 0, Vec::new());
        for (id, annotated) in by_document {
            let Some(document) = self.state.document(id) else { continue };
            if document.pages.is_empty() {
                unread.push(document.name.clone());
                continue;
            }
            let (step, count) = self.annotating(document, &annotated);
            documents += 1;
            values += count;
            self.make(id, (!step.0.is_empty()).then_some(step));
        }
        self.tell_annotated(documents, values, &absent, &unread);
    }

    fn tell_annotated(&mut self, documents: usize, values: usize, absent: &[String], unread: &[String]) {
        let counted = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
        if documents > 0 {
            self.info(
                format!("{} got {} of annotations", counted(documents, "document"), counted(values, "value")),
                None,
            );
        }
        for (names, why) in [(absent, "not on the desk: add them first"), (unread, "not read yet: wait until they are")]
        {
            if !names.is_empty() {
                let more = names.len().saturating_sub(NAMED);
                let mut named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
                if more > 0 {
                    named = format!("{named} and {more} more");
                }
                self.problem(Problem::new(format!("{named} of the annotations: {why}, then import again")), None);
            }
        }
    }

    /// The document that annotations mean by a file name: of this name, else the only one of its stem.
    fn named(&self, filename: &str) -> Option<DocumentId> {
        let name = base(filename);
        let of = |is_it: &dyn Fn(&str) -> bool| {
            let mut found = self.state.documents.iter().filter(|document| is_it(&document.name)).map(|d| d.id);
            found.next().filter(|_| found.next().is_none())
        };
        let plain = uploaded_name(name);
        of(&|known| known == name)
            .or_else(|| of(&|known| known == plain))
            .or_else(|| of(&|known| stem(known) == stem(name)))
            .or_else(|| of(&|known| stem(known) == stem(plain)))
    }

    /// What is to change in a document: the model's values of the annotated labels go, what is annotated comes. What a
    /// person said stays, and how many values came.
    fn annotating(&self, document: &DeskDocument, annotated: &[Annotated]) -> (Step, usize) {
        let objects = || annotated.iter().flat_map(|one| one.objects.iter().map(|object| (one.size, object)));
        let labels: BTreeSet<&str> = objects().map(|(_, object)| object.name.as_str()).collect();
        let mut edits = Vec::new();
        for page in document.pages.values() {
            // From the last on, so that each is still where it was.
            for (at, field) in page.fields.iter().enumerate().rev() {
                if labels.contains(field.label.as_str()) && !field.confirmed {
                    let before = Some(field.clone().into());
                    edits.push(Edit::Field { page: page.number, at, before, after: None });
                }
            }
        }
        let said = |label: &str, text: &str| {
            let fields = document.pages.values().flat_map(|page| &page.fields);
            fields.into_iter().any(|field| field.confirmed && field.label == label && field.text == text)
        };
        let mut ends: BTreeMap<u32, (usize, usize)> = document
            .pages
            .values()
            .map(|page| {
                let gone = page.fields.iter().filter(|f| labels.contains(f.label.as_str()) && !f.confirmed).count();
                (page.number, (page.fields.len() - gone, page.tables.len()))
            })
            .collect();
        let mut count = 0;
        for (size, object) in objects() {
            let name = FieldId(format!("{}.{count}", self.new_id(document)));
            let is_table = object.kind == Some(BoxKind::Table) || object.cells.is_some();
            if is_table {
                let Some((page, table)) = table(document, size, object, name) else { continue };
                let Some((_, at)) = ends.get_mut(&page) else { continue };
                edits.push(Edit::Table { page, at: *at, before: None, after: Some(table.into()) });
                *at += 1;
            } else {
                let Some((page, field)) = field(document, size, object, name) else { continue };
                if said(&field.label, &field.text) {
                    continue;
                }
                let Some((at, _)) = ends.get_mut(&page) else { continue };
                edits.push(Edit::Field { page, at: *at, before: None, after: Some(field.into()) });
                *at += 1;
            }
            count += 1;
        }
        (Step(edits), count)
    }

    /// Has what is reviewed written as annotations: all of approved documents, of others what a person set or confirmed.
    pub(super) fn export_annotations(&mut self, documents: &[DocumentId], format: AnnotationFormat) {
        let documents: Vec<AnnotatedDocument> = documents
            .iter()
            .filter_map(|id| self.state.document(*id))
            .map(annotated)
            .filter(|document| !document.objects.is_empty())
            .collect();
        if documents.is_empty() {
            return self.info("Nothing is reviewed yet that could be annotated", None);
        }
        self.jobs.push(Job::ExportAnnotations(documents, format));
    }
}

/// What is reviewed of a document.
fn annotated(document: &DeskDocument) -> AnnotatedDocument {
    let is_approved = document.standing == Standing::Approved;
    let of_page = |page: &Arc<Page>| {
        let mut page = Page::clone(page);
        page.fields.retain(|field| is_approved || field.confirmed);
        page.tables.retain(|table| is_approved || table.cells.iter().any(|cell| cell.confirmed));
        annotations(&page, page.size, |_| true)
    };
    AnnotatedDocument {
        name: document.name.clone(),
        sizes: document.pages.values().map(|page| (page.number, page.size)).collect(),
        objects: document.pages.values().flat_map(of_page).collect(),
    }
}

/// The file's own name: Label Studio and others write paths and addresses.
fn base(filename: &str) -> &str {
    let name = filename.rsplit(['/', '\\']).next().unwrap_or(filename);
    name.split(['?', '#']).next().unwrap_or(name)
}

/// The name without the eight digits that Label Studio puts before what is uploaded.
fn uploaded_name(name: &str) -> &str {
    match name.split_once('-') {
        Some((digits, rest)) if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => rest,
        _ => name,
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Where a box stands on a page of the desk; `None` where it has no place or lies beside the page.
fn placed(page: &Page, size: Option<PageSize>, object: &LabelledBox) -> Option<PageRect> {
    let bounds = &object.bndbox;
    let rect = PageRect::new(bounds.xmin as f32, bounds.ymin as f32, bounds.xmax as f32, bounds.ymax as f32);
    let rect = rect.rescaled(size.unwrap_or(page.size), page.size);
    has_place(bounds).then(|| rect.intersection(page.size.rect())).flatten()
}

fn field(document: &DeskDocument, size: Option<PageSize>, object: &LabelledBox, id: FieldId) -> Option<(u32, Field)> {
    let number = object.page.unwrap_or(0);
    let page = document.pages.get(&number).or_else(|| document.pages.values().next())?;
    let mut place = placed(page, size, object).map(|rect| (page.number, rect));
    let words = |page: &Page, rect: PageRect| {
        let words: Vec<&str> = page.words_in(rect).map(|word| word.text.as_str()).collect();
        words.join(" ")
    };
    let said = object.ocr_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text = said.map_or_else(|| place.map_or_else(String::new, |(_, rect)| words(page, rect)), str::to_owned);
    if place.is_none() && !text.is_empty() {
        let pages = std::iter::once(page).chain(document.pages.values());
        place = pages.into_iter().find_map(|page| {
            let words = page.text.as_ref()?;
            Some((page.number, words.places_of(&text).first()?.rescaled(words.size, page.size)))
        });
    }
    if text.is_empty() && place.is_none() {
        return None;
    }
    let (number, rect) = place.map_or((page.number, None), |(number, rect)| (number, Some(rect)));
    let label = object.name.clone();
    Some((number, Field { id, label, text, rect, score: Score::CERTAIN, confirmed: true, ..Field::default() }))
}

fn table(document: &DeskDocument, size: Option<PageSize>, object: &LabelledBox, id: FieldId) -> Option<(u32, Table)> {
    let page = document.pages.get(&object.page.unwrap_or(0))?;
    let rect = placed(page, size, object)?;
    let mut cells = cells_from_wire(object.cells.as_deref()?);
    for (number, cell) in cells.iter_mut().enumerate() {
        cell.rect = cell.rect.rescaled(size.unwrap_or(page.size), page.size);
        cell.score = Score::CERTAIN;
        cell.confirmed = true;
        if cell.id.is_empty() {
            cell.id = format!("{}-{number}", id.0);
        }
    }
    let label = object.name.clone();
    (!cells.is_empty())
        .then(|| (page.number, Table { id, label, rect, score: Score::CERTAIN, cells, ..Table::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_programs_are_the_files_own() {
        for (written, name) in [
            ("0.jpg", "0.jpg"),
            ("/data/upload/1/0a1b2c3d-slip.jpg", "slip.jpg"),
            ("C:\\scans\\slip.jpg", "slip.jpg"),
            ("https://x.example/a/slip.jpg?sig=1", "slip.jpg"),
            ("12345678-a.pdf", "a.pdf"),
            ("my-slip.jpg", "my-slip.jpg"),
        ] {
            assert_eq!(uploaded_name(base(written)), name);
        }
    }
}
