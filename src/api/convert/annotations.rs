//! Reviewed pages ↔ annotations of a training document.

use super::to_wire::{cell_to_wire, whole_pixels};
use crate::api::{BoundingBox, BoxKind, LabelledBox};
use crate::document::{Field, Page, PageSize, Table};

/// What a page says of the labels that `is_label` knows, in pixels of a page image of `size`. Values that are said to be
/// absent are left out.
pub fn annotations(page: &Page, size: PageSize, is_label: impl Fn(&str) -> bool) -> Vec<LabelledBox> {
    let fields = page.fields.iter().filter(|field| is_label(&field.label) && !field.text.trim().is_empty());
    let has_data = |table: &Table| table.cells.iter().any(|cell| cell.row > table.header_rows);
    let tables = page.tables.iter().filter(|table| is_label(&table.label) && has_data(table));
    fields.map(|field| of_field(field, page, size)).chain(tables.map(|table| of_table(table, page, size))).collect()
}

fn of_field(field: &Field, page: &Page, size: PageSize) -> LabelledBox {
    let rect = field.rect.map(|rect| whole_pixels(rect.rescaled(page.size, size), size));
    LabelledBox {
        name: field.label.clone(),
        ocr_text: Some(field.text.clone()),
        bndbox: bounds(rect.unwrap_or_default()),
        page: Some(page.number),
        ..LabelledBox::default()
    }
}

/// A table's data; headings that have rows of their own are the names of its columns.
fn of_table(table: &Table, page: &Page, size: PageSize) -> LabelledBox {
    let labels = table.labels();
    let data = table.cells.iter().filter(|cell| cell.row > table.header_rows).cloned();
    let cells = data.map(|mut cell| {
        cell.rect = cell.rect.rescaled(page.size, size);
        if table.header_rows > 0 {
            cell.row -= table.header_rows;
            cell.label = labels.get(cell.col.saturating_sub(1) as usize).cloned().unwrap_or_default();
        }
        cell_to_wire(&cell, size)
    });
    LabelledBox {
        name: table.label.clone(),
        ocr_text: None,
        bndbox: bounds(whole_pixels(table.rect.rescaled(page.size, size), size)),
        page: Some(page.number),
        kind: Some(BoxKind::Table),
        cells: Some(cells.collect()),
        ..LabelledBox::default()
    }
}

fn bounds([xmin, ymin, xmax, ymax]: [f64; 4]) -> BoundingBox {
    BoundingBox { xmin, ymin, xmax, ymax, ..BoundingBox::default() }
}
