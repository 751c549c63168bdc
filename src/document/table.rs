//! A table: a valid grid of cells. Editing it is `edit`'s work.

use super::{FieldId, PageRect, Score};
use serde::{Deserialize, Serialize};

/// One cell; it covers `row_span` × `col_span` places of the grid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its name within the document.
    pub id: String,
    /// The first row it covers, from 1.
    pub row: u32,
    /// The first column it covers, from 1.
    pub col: u32,
    /// How many rows it covers, ≥ 1.
    pub row_span: u32,
    /// How many columns it covers, ≥ 1.
    pub col_span: u32,
    /// The column's meaning: the text of its header, empty where it has none.
    pub label: String,
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub rect: PageRect,
    /// The probability that its text is right and in the right place of the grid.
    pub score: Score,
    /// A person has made it so, or said that it is right.
    #[serde(default)]
    pub confirmed: bool,
    /// What the model said when the page was read again, where a person had said something else.
    #[serde(default)]
    pub reread: Option<Box<str>>,
}

/// A table on a page.
///
/// The grid is valid (`Table::check`) where our own engine made it; a service may send anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name within the document.
    pub id: FieldId,
    /// What it is: `table`, `line_items`.
    pub label: String,
    /// Where it stands.
    pub rect: PageRect,
    /// The probability that this is a table with these rows and columns.
    pub score: Score,
    /// The cells, row-major. A single header row is not among them: it stands in each cell's `label`.
    pub cells: Vec<Cell>,
    /// How many of the first rows are header rows (of a header with several levels), mostly 0.
    pub header_rows: u32,
    /// It goes on where the last table of the page before ended: both are one table over pages.
    #[serde(default)]
    pub continues: bool,
    /// What the model said when the page was read again, where it has other rows or columns than a person had made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reread: Option<Box<Table>>,
}

/// Why cells are no grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// A row, column or span of 0.
    #[error("cell {0} has a row, column or span of 0")]
    Zero(usize),
    /// Two cells cover the same place.
    #[error("cells {0} and {1} overlap")]
    Overlap(usize, usize),
}

impl Table {
    /// The number of rows.
    pub fn rows(&self) -> u32 {
        self.cells.iter().map(|c| (c.row + c.row_span.max(1)).saturating_sub(1)).max().unwrap_or(0)
    }

    /// The number of columns.
    pub fn cols(&self) -> u32 {
        self.cells.iter().map(|c| (c.col + c.col_span.max(1)).saturating_sub(1)).max().unwrap_or(0)
    }

    /// How many of its cells say something.
    pub fn values(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.text.trim().is_empty()).count()
    }

    /// The cell that covers `row`, `col` (from 1).
    pub fn cell(&self, row: u32, col: u32) -> Option<&Cell> {
        self.cells.iter().find(|c| {
            (c.row..c.row + c.row_span.max(1)).contains(&row) && (c.col..c.col + c.col_span.max(1)).contains(&col)
        })
    }

    /// The header of each column, empty strings where there is none: its cells' label, or, where the header has rows
    /// of its own, the headings over the column from the top, joined by ` / `.
    pub fn labels(&self) -> Vec<String> {
        let mut labels = vec![String::new(); self.cols() as usize];
        for cell in self.cells.iter().filter(|c| c.col >= 1 && c.col_span <= 1 && !c.label.is_empty()) {
            labels[cell.col as usize - 1].clone_from(&cell.label);
        }
        for cell in self.cells.iter().filter(|c| c.col >= 1 && c.row <= self.header_rows && !c.text.is_empty()) {
            for label in labels.iter_mut().skip(cell.col as usize - 1).take(cell.col_span.max(1) as usize) {
                if !label.is_empty() {
                    label.push_str(" / ");
                }
                label.push_str(&cell.text);
            }
        }
        labels
    }

    /// This table with the rows, columns and cells that were read again, of which nobody has looked at the texts; `None`
    /// where none were.
    pub fn as_reread(&self) -> Option<Self> {
        let read = self.reread.as_deref()?;
        let (id, label) = (self.id.clone(), self.label.clone());
        // That these are its rows and columns, a person says.
        Some(Self { id, label, score: Score::CERTAIN, continues: self.continues, reread: None, ..read.clone() })
    }

    /// Checks that every place is covered by at most one cell.
    pub fn check(&self) -> Result<(), GridError> {
        let mut owner = std::collections::HashMap::new();
        for (i, cell) in self.cells.iter().enumerate() {
            if cell.row == 0 || cell.col == 0 || cell.row_span == 0 || cell.col_span == 0 {
                return Err(GridError::Zero(i));
            }
            for row in cell.row..cell.row + cell.row_span {
                for col in cell.col..cell.col + cell.col_span {
                    if let Some(other) = owner.insert((row, col), i) {
                        return Err(GridError::Overlap(other, i));
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: u32, col: u32, row_span: u32, col_span: u32) -> Cell {
        Cell { row, col, row_span, col_span, ..Cell::default() }
    }

    #[test]
    fn a_spanning_cell_is_found_at_every_place_it_covers() {
        let table = Table { cells: vec![cell(1, 1, 1, 2), cell(2, 1, 1, 1), cell(2, 2, 1, 1)], ..Table::default() };
        assert_eq!((table.rows(), table.cols()), (2, 2));
        assert_eq!(table.cell(1, 2), Some(&table.cells[0]));
        assert_eq!(table.check(), Ok(()));
    }

    #[test]
    fn overlapping_cells_are_no_grid() {
        let table = Table { cells: vec![cell(1, 1, 2, 2), cell(2, 2, 1, 1)], ..Table::default() };
        assert_eq!(table.check(), Err(GridError::Overlap(0, 1)));
        let zero = Table { cells: vec![cell(0, 1, 1, 1)], ..Table::default() };
        assert_eq!(zero.check(), Err(GridError::Zero(0)));
    }
}
