//! Annotations of other programs come on the documents of the desk, and go from them.

use super::Core;
use crate::api::convert::{annotations, cells_from_wire};
use crate::api::{BoxKind, LabelledBox};
use crate::desk::annotations::{Annotated, AnnotatedDocument, AnnotationFormat, has_place};
use crate::desk::job::Job;
use crate::desk::{DeskDocument, DocumentId};
use crate::document::{Edit, Field, FieldId, Page, PageRect, PageSize, Problem, Score, Standing, Step, Table, counted};
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
        let (mut absent, mut several) = (Vec::new(), Vec::new());
        for annotated in all {
            match self.named(&annotated.filename).as_slice() {
                [only] => by_document.entry(*only).or_default().push(annotated),
                [] => absent.push(base(&annotated.filename).to_owned()),
                _ => several.push(base(&annotated.filename).to_owned()),
            }
        }
        let (mut documents, mut values) = (0, 0);
        let (mut unread, mut textless) = (Vec::new(), Vec::new());
        for (id, annotated) in by_document {
            let Some((document, _)) = self.known(id) else { continue };
            let arriving = Arriving::of(document, &annotated);
            if arriving.is_unread {
                unread.push(document.name.clone());
            }
            if arriving.is_textless {
                textless.push(document.name.clone());
            }
            let count = arriving.fields.len() + arriving.tables.len();
            if count == 0 {
                continue;
            }
            let step = self.annotating(id, arriving);
            documents += 1;
            values += count;
            self.make(id, Some(step));
        }
        self.tell_annotated(documents, values);
        for (names, why) in [
            (absent, "not on the desk: add them first, then import again"),
            (several, "on the desk more than once: take the others off it, then import again"),
            (unread, "not read as far as it is annotated: wait until it is, then import again"),
            (textless, "annotated without text where no word is known: draw those values yourself"),
        ] {
            self.tell_left_out(&names, why);
        }
    }

    fn tell_annotated(&mut self, documents: usize, values: usize) {
        if documents > 0 {
            self.info(
                format!("{} got {} of annotations", counted(documents, "document"), counted(values, "value")),
                None,
            );
        }
    }

    fn tell_left_out(&mut self, names: &[String], why: &str) {
        if names.is_empty() {
            return;
        }
        let more = names.len().saturating_sub(NAMED);
        let mut named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        if more > 0 {
            named = format!("{named} and {more} more");
        }
        self.problem(Problem::new(format!("{named} of the annotations: {why}")), None);
    }

    /// The documents that annotations mean by a file name: those of this name, else of its stem.
    fn named(&self, filename: &str) -> Vec<DocumentId> {
        let name = base(filename);
        let of = |is_it: &dyn Fn(&str) -> bool| -> Vec<DocumentId> {
            self.state.documents.iter().filter(|document| is_it(&document.name)).map(|d| d.id).collect()
        };
        let plain = uploaded_name(name);
        let ways: [&dyn Fn(&str) -> bool; 4] =
            [&|known| known == name, &|known| known == plain, &|known| stem(known) == stem(name), &|known| {
                stem(known) == stem(plain)
            }];
        ways.into_iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What changes in a document: the model's values of the labels that come go, what is annotated comes. What a person
    /// said stays.
    fn annotating(&mut self, id: DocumentId, arriving: Arriving) -> Step {
        let Arriving { mut fields, mut tables, .. } = arriving;
        for (_, field) in &mut fields {
            field.id = FieldId(self.annotation_name());
        }
        for (_, table) in &mut tables {
            table.id = FieldId(self.annotation_name());
            for (number, cell) in table.cells.iter_mut().enumerate() {
                cell.id = format!("{}-{number}", table.id.0);
            }
        }
        let Some((document, _)) = self.known(id) else { return Step(Vec::new()) };
        let (mut edits, mut ends) = (Vec::new(), BTreeMap::new());
        let came: BTreeSet<String> = fields.iter().map(|(_, field)| field.label.clone()).collect();
        let table_came: BTreeSet<&str> = tables.iter().map(|(_, table)| table.label.as_str()).collect();
        // Also what is annotated under another label at the same place.
        let places: Vec<(u32, PageRect, String)> =
            fields.iter().filter_map(|(page, field)| Some((*page, field.rect?, field.text.clone()))).collect();
        let goes = |page: u32, field: &Field| {
            let is_there = |(of, rect, text): &(u32, PageRect, String)| {
                *of == page && *text == field.text && field.rect.is_some_and(|known| known.iou(*rect) > 0.5)
            };
            !field.confirmed && (came.contains(field.label.as_str()) || places.iter().any(is_there))
        };
        for page in document.pages.values() {
            let mut end = (page.fields.len(), page.tables.len());
            // From the last on, so that each is still where it was.
            for (at, field) in page.fields.iter().enumerate().rev() {
                if goes(page.number, field) {
                    let before = Some(field.clone().into());
                    edits.push(Edit::Field { page: page.number, at, before, after: None });
                    end.0 -= 1;
                }
            }
            for (at, table) in page.tables.iter().enumerate().rev() {
                if table_came.contains(table.label.as_str()) && !table.cells.iter().any(|cell| cell.confirmed) {
                    let before = Some(table.clone().into());
                    edits.push(Edit::Table { page: page.number, at, before, after: None });
                    end.1 -= 1;
                }
            }
            ends.insert(page.number, end);
        }
        // A person's own value stands; what came is said beside it.
        let mut asked: BTreeSet<&FieldId> = BTreeSet::new();
        for (number, field) in fields {
            if let Some((page, at, known)) =
                contradicted(document, number, &field).filter(|found| asked.insert(&found.2.id))
            {
                let after = Field { reread: Some(field.text), ..known.clone() };
                let gone = document
                    .pages
                    .get(&page)
                    .map_or(0, |page| page.fields.iter().take(at).filter(|other| goes(page.number, other)).count());
                let (before, after) = (Some(known.clone().into()), Some(after.into()));
                edits.push(Edit::Field { page, at: at - gone, before, after });
                continue;
            }
            let page = number;
            let Some((at, _)) = ends.get_mut(&page) else { continue };
            edits.push(Edit::Field { page, at: *at, before: None, after: Some(field.into()) });
            *at += 1;
        }
        for (page, table) in tables {
            let Some((_, at)) = ends.get_mut(&page) else { continue };
            edits.push(Edit::Table { page, at: *at, before: None, after: Some(table.into()) });
            *at += 1;
        }
        Step(edits)
    }

    /// A name that nothing of this start has or had.
    fn annotation_name(&mut self) -> String {
        self.last_annotation += 1;
        format!("{}{}-annotated-{}", FieldId::OWN, self.start_name, self.last_annotation)
    }

    /// Has what is reviewed written as annotations: all of approved documents, of others what a person made or confirmed.
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
        let is_table = |object: &LabelledBox| object.kind == Some(BoxKind::Table);
        let tables = documents.iter().flat_map(|document| &document.objects).filter(|object| is_table(object)).count();
        let without_tables = match format {
            AnnotationFormat::Contract => None,
            AnnotationFormat::Voc => Some("Pascal VOC"),
            AnnotationFormat::LabelStudio => Some("Label Studio"),
        };
        if let Some(name) = without_tables.filter(|_| tables > 0) {
            self.info(format!("{} left out: {name} has no tables", counted(tables, "table")), None);
        }
        self.jobs.push(Job::ExportAnnotations(documents, format));
    }
}

/// What is reviewed of a document.
fn annotated(document: &DeskDocument) -> AnnotatedDocument {
    let is_approved = document.standing == Standing::Approved;
    let of_page = |page: &Arc<Page>| {
        let mut page = Page::clone(page);
        page.fields.retain(|field| is_approved || field.confirmed || field.id.is_own());
        let is_theirs = |table: &Table| table.id.is_own() || table.cells.iter().any(|cell| cell.confirmed);
        page.tables.retain(|table| is_approved || is_theirs(table));
        annotations(&page, page.size, |_| true)
    };
    AnnotatedDocument {
        name: document.name.clone(),
        sizes: document.pages.values().map(|page| (page.number, page.size)).collect(),
        objects: document.pages.values().flat_map(of_page).collect(),
    }
}

/// What of annotations can come on a document.
#[derive(Default)]
struct Arriving {
    fields: Vec<(u32, Field)>,
    tables: Vec<(u32, Table)>,
    /// Something is annotated on a page that is not read.
    is_unread: bool,
    /// Something is annotated without text where no word is known.
    is_textless: bool,
}

impl Arriving {
    fn of(document: &DeskDocument, annotated: &[Annotated]) -> Self {
        let mut all = Self::default();
        for (size, object) in annotated.iter().flat_map(|one| one.objects.iter().map(|object| (one.size, object))) {
            // What is annotated without a page is on the first.
            let Some(page) = document.pages.get(&object.page.unwrap_or(0)) else {
                all.is_unread = true;
                continue;
            };
            // The size is that of the first page.
            let size = size.filter(|_| page.number == 0).unwrap_or(page.size);
            if object.kind == Some(BoxKind::Table) || object.cells.is_some() {
                all.tables.extend(
                    table(page, size, object).filter(|table| !has_table(page, table)).map(|t| (page.number, t)),
                );
                continue;
            }
            match field(document, page, size, object) {
                Some((number, field)) if !says(document, &field) => all.fields.push((number, field)),
                Some(_) => {}
                None => all.is_textless |= has_place(&object.bndbox),
            }
        }
        all
    }
}

/// Whether a person said the same already.
fn says(document: &DeskDocument, field: &Field) -> bool {
    let mut fields = document.pages.values().flat_map(|page| &page.fields);
    fields.any(|known| known.confirmed && known.label == field.label && known.text == field.text)
}

/// A person's value that says something else than an annotation of the same label and place: its page, its place among the
/// page's fields, and itself.
fn contradicted<'a>(document: &'a DeskDocument, page: u32, field: &Field) -> Option<(u32, usize, &'a Field)> {
    let all =
        document.pages.values().flat_map(|page| page.fields.iter().enumerate().map(|(at, f)| (page.number, at, f)));
    let mut theirs = all.filter(|(_, _, known)| known.confirmed && known.label == field.label);
    theirs.find(|(of, _, known)| match (known.rect, field.rect) {
        (Some(known), Some(rect)) => *of == page && known.iou(rect) > 0.3,
        _ => true,
    })
}

/// Whether a person said the same table already.
fn has_table(page: &Page, table: &Table) -> bool {
    let cells = |table: &Table| table.cells.iter().map(|c| (c.row, c.col, c.text.clone())).collect::<Vec<_>>();
    let is_said = |known: &Table| known.cells.iter().any(|cell| cell.confirmed);
    page.tables.iter().any(|known| known.label == table.label && is_said(known) && cells(known) == cells(table))
}

/// The file's own name: Label Studio and others write paths and addresses.
fn base(filename: &str) -> &str {
    let is_address = filename.contains("://");
    let path = if is_address { filename.split(['?', '#']).next().unwrap_or(filename) } else { filename };
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name without the eight digits that Label Studio puts before what is uploaded; a date is none.
fn uploaded_name(name: &str) -> &str {
    match name.split_once('-') {
        Some((digits, rest))
            if digits.len() == 8
                && digits.bytes().all(|b| b.is_ascii_hexdigit())
                && digits.bytes().any(|b| b.is_ascii_alphabetic()) =>
        {
            rest
        }
        _ => name,
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Where a box stands on a page of the desk; `None` where it has no place or lies beside the page.
fn placed(page: &Page, size: PageSize, object: &LabelledBox) -> Option<PageRect> {
    let bounds = &object.bndbox;
    let rect = PageRect::new(bounds.xmin as f32, bounds.ymin as f32, bounds.xmax as f32, bounds.ymax as f32);
    let rect = rect.rescaled(size, page.size);
    has_place(bounds).then(|| rect.intersection(page.size.rect())).flatten()
}

/// A value; `None` where nobody says what it reads.
fn field(document: &DeskDocument, page: &Page, size: PageSize, object: &LabelledBox) -> Option<(u32, Field)> {
    let mut place = placed(page, size, object).map(|rect| (page.number, rect));
    let words = |rect: PageRect| page.words_in(rect).map(|word| word.text.to_string()).collect::<Vec<_>>().join(" ");
    let said = object.ocr_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let text =
        said.map(str::to_owned).or_else(|| place.map(|(_, rect)| words(rect))).filter(|text| !text.is_empty())?;
    if place.is_none() {
        place = exact_place(document, page.number, &text);
    }
    let (number, rect) = place.map_or((page.number, None), |(number, rect)| (number, Some(rect)));
    let label = object.name.clone();
    Some((number, Field { label, text, rect, score: Score::CERTAIN, confirmed: true, ..Field::default() }))
}

/// Where a text stands as it is written, on this page or else on another.
pub(super) fn exact_place(document: &DeskDocument, page: u32, text: &str) -> Option<(u32, PageRect)> {
    let pages =
        document.pages.get(&page).into_iter().chain(document.pages.values().filter(|other| other.number != page));
    pages.into_iter().find_map(|page| {
        let words = page.text.as_ref()?.unpacked();
        Some((page.number, words.places_of(text).first()?.rescaled(words.size, page.size)))
    })
}

fn table(page: &Page, size: PageSize, object: &LabelledBox) -> Option<Table> {
    let rect = placed(page, size, object)?;
    let mut cells = cells_from_wire(object.cells.as_deref()?);
    for cell in &mut cells {
        cell.rect = cell.rect.rescaled(size, page.size);
        cell.score = Score::CERTAIN;
        cell.confirmed = true;
    }
    let label = object.name.clone();
    (!cells.is_empty()).then(|| Table { label, rect, score: Score::CERTAIN, cells, ..Table::default() })
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
            ("1234567f-a.pdf", "a.pdf"),
            ("20240101-scan.pdf", "20240101-scan.pdf"),
            ("Invoice #12.pdf", "Invoice #12.pdf"),
            ("my-slip.jpg", "my-slip.jpg"),
        ] {
            assert_eq!(uploaded_name(base(written)), name);
        }
    }
}
