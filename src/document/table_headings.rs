//! Which rows of a table are its headings, and what its columns are called.

use super::{Axis, PageRect, Score, Table};
use std::collections::HashMap;

impl Table {
    /// Says what a column is called.
    pub fn set_label(&mut self, col: u32, label: &str) {
        let header_rows = self.header_rows;
        let is_heading = |cell: &super::Cell| cell.col == col && cell.col_span <= 1 && cell.row <= header_rows;
        let lowest = self.cells.iter().filter(|cell| is_heading(cell)).map(|cell| cell.row).max();
        for cell in self.cells.iter_mut().filter(|cell| cell.col == col) {
            match lowest {
                // The header has rows of its own: it stands in the lowest, below what spans several columns.
                Some(lowest) => {
                    cell.label.clear();
                    if is_heading(cell) {
                        cell.text = if cell.row == lowest { label.to_owned() } else { String::new() };
                        cell.score = Score::CERTAIN;
                        cell.confirmed = true;
                    }
                }
                None => label.clone_into(&mut cell.label),
            }
        }
    }

    /// The rows from the first to this one are its headings; what its columns were called before is forgotten. The last row
    /// stays a row of values.
    pub fn head_with(&mut self, row: u32) {
        if row == 0 || row >= self.rows() {
            return;
        }
        // What reaches further down is a heading as a whole.
        let reached = self.cells.iter().filter(|cell| cell.row <= row).map(|cell| cell.row + cell.row_span.max(1) - 1);
        let row = reached.max().unwrap_or(row).max(row);
        if row >= self.rows() {
            return;
        }
        self.header_rows = row;
        for cell in &mut self.cells {
            cell.label.clear();
        }
    }

    /// Its headings are values: rows of headings are rows like others, and what the columns are only called becomes a first
    /// row, right above the table.
    pub fn head_less(&mut self) {
        let labels = self.labels();
        for cell in &mut self.cells {
            cell.label.clear();
        }
        if std::mem::take(&mut self.header_rows) > 0 || labels.iter().all(String::is_empty) {
            return;
        }
        let (top, score) = (self.rect.top(), self.score);
        let height = self.edges(Axis::Rows).windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(0.0);
        // A new row takes the upper half of the first one: that gets its place back.
        let places: HashMap<String, PageRect> = self.cells.iter().map(|cell| (cell.id.clone(), cell.rect)).collect();
        self.insert(Axis::Rows, 1);
        let above = (top - height).max(0.0);
        for cell in &mut self.cells {
            if let Some(place) = places.get(&cell.id).filter(|_| cell.row > 1) {
                cell.rect = *place;
            } else if cell.row == 1 {
                cell.text = labels.get(cell.col as usize - 1).cloned().unwrap_or_default();
                // It was read with the table; nobody has looked at it as a value.
                (cell.score, cell.confirmed) = (score, false);
                cell.rect = PageRect::new(cell.rect.left(), above, cell.rect.right(), top);
            }
        }
        self.rect = PageRect::new(self.rect.left(), above, self.rect.right(), self.rect.bottom());
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;

    /// Two rows and two columns whose first row is called a heading by their cells.
    fn table() -> Table {
        let cell = |row: u32, col: u32, text: &str| {
            let (x, y) = (col as f32 * 100.0, 100.0 + row as f32 * 20.0);
            let label = ["Item", "Price"][col as usize - 1].to_owned();
            let rect = PageRect::new(x, y, x + 100.0, y + 20.0);
            let id = format!("{row}.{col}");
            Cell { id, row, col, row_span: 1, col_span: 1, label, text: text.into(), rect, ..Cell::default() }
        };
        let cells = vec![cell(1, 1, "Ink"), cell(1, 2, "3.00"), cell(2, 1, "Glue"), cell(2, 2, "4.00")];
        let rect = PageRect::around(cells.iter().map(|cell| cell.rect)).unwrap();
        Table { rect, cells, ..Table::default() }
    }

    #[test]
    fn headings_become_the_first_row_right_above_the_others() {
        let (mut headless, before) = (table(), table());
        headless.head_less();
        assert_eq!((headless.rows(), headless.check()), (3, Ok(())));
        assert_eq!(headless.labels(), ["", ""]);
        let said: Vec<&str> = (1..=2).map(|col| headless.cell(1, col).unwrap().text.as_str()).collect();
        assert_eq!(said, ["Item", "Price"]);
        assert!(headless.cells.iter().all(|cell| !cell.confirmed));
        assert_eq!(headless.cell(1, 1).unwrap().rect, PageRect::new(100.0, 100.0, 200.0, 120.0));
        for (row, col) in [(1, 1), (2, 2)] {
            assert_eq!(headless.cell(row + 1, col).unwrap().rect, before.cell(row, col).unwrap().rect);
        }
        headless.head_with(1);
        assert_eq!((headless.labels(), headless.header_rows), (before.labels(), 1));
        headless.head_less();
        assert_eq!((headless.rows(), headless.labels()), (3, vec![String::new(), String::new()]));
    }

    #[test]
    fn a_table_keeps_a_row_of_values() {
        let mut table = table();
        table.head_with(2);
        assert_eq!(table.header_rows, 0);
        table.head_with(1);
        assert_eq!((table.header_rows, table.labels()), (1, vec!["Ink".to_owned(), "3.00".to_owned()]));
    }
}
