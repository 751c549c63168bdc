//! Repairs the rows, columns and spans of a service's cells, so that they can stand in a table.

use crate::api::TableCell;

/// No table of a real document has more rows or columns; what goes beyond is renumbered.
const LARGEST: i64 = 10_000;
/// Nor more places for cells.
const LARGEST_AREA: u64 = 1_000_000;

/// Where a cell stands in the grid: from 1, spans ≥ 1.
pub(super) struct Place {
    pub(super) row: u32,
    pub(super) col: u32,
    pub(super) rows: u32,
    pub(super) cols: u32,
}

/// The cells with rows and columns from 1 and spans of at least 1, in the order they came. Where a row or column 0
/// occurs, the whole table counts from 0 and moves by one. Absurdly large numbers are replaced by their rank, and no cell
/// spans beyond the last row or column that one begins in.
pub(super) fn repaired(cells: &[TableCell]) -> Vec<(Place, &TableCell)> {
    let numbers = |of: fn(&TableCell) -> i64| cells.iter().map(of).collect::<Vec<_>>();
    let (row, col) = (numbers(|cell| cell.row), numbers(|cell| cell.col));
    let (mut rows, mut cols) = (counted_from_one(&row), counted_from_one(&col));
    let last = |numbers: &[u32]| numbers.iter().copied().max().unwrap_or(1);
    if u64::from(last(&rows)) * u64::from(last(&cols)) > LARGEST_AREA {
        (rows, cols) = (ranks(&row), ranks(&col));
    }
    let (last_row, last_col) = (last(&rows), last(&cols));
    let span = |span: i64, from: u32, last: u32| span.clamp(1, i64::from(last - from) + 1) as u32;
    let places = rows.into_iter().zip(cols);
    places
        .zip(cells)
        .map(|((row, col), cell)| {
            let rows = span(cell.row_span, row, last_row);
            let place = Place { row, col, rows, cols: span(cell.col_span, col, last_col) };
            (place, cell)
        })
        .collect()
}

/// The rank of each number among all, from 1.
fn ranks(numbers: &[i64]) -> Vec<u32> {
    let mut ranks = numbers.to_vec();
    ranks.sort_unstable();
    ranks.dedup();
    numbers.iter().map(|n| ranks.binary_search(n).map_or(1, |rank| rank as u32 + 1)).collect()
}

fn counted_from_one(numbers: &[i64]) -> Vec<u32> {
    let (Some(&least), Some(&most)) = (numbers.iter().min(), numbers.iter().max()) else { return Vec::new() };
    if least < 0 || most >= LARGEST {
        return ranks(numbers);
    }
    let shift = i64::from(least == 0);
    numbers.iter().map(|n| (n + shift) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired_places(cells: &[(i64, i64, i64, i64)]) -> Vec<(u32, u32, u32, u32)> {
        let cell = |&(row, col, row_span, col_span): &(i64, i64, i64, i64)| TableCell {
            row,
            col,
            row_span,
            col_span,
            ..TableCell::default()
        };
        let cells: Vec<TableCell> = cells.iter().map(cell).collect();
        repaired(&cells).into_iter().map(|(place, _)| (place.row, place.col, place.rows, place.cols)).collect()
    }

    #[test]
    fn no_table_is_larger_than_what_it_holds() {
        let diagonal = [(1, 1, 1, 1), (9_999, 9_999, 1, 1)];
        assert_eq!(repaired_places(&diagonal), [(1, 1, 1, 1), (2, 2, 1, 1)]);
        let spanning = [(1, 1, 10_000, 2), (1, 2, 1, 10_000), (2, 1, 1, 1)];
        assert_eq!(repaired_places(&spanning), [(1, 1, 2, 2), (1, 2, 1, 1), (2, 1, 1, 1)]);
    }
}
