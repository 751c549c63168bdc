//! Repairs the rows, columns and spans of a service's cells, so that they can stand in a table.

use crate::api::TableCell;

/// No table of a real document is larger; what goes beyond is renumbered.
const LARGEST: i64 = 10_000;

/// Where a cell stands in the grid: from 1, spans ≥ 1.
pub(super) struct Place {
    pub(super) row: u32,
    pub(super) col: u32,
    pub(super) rows: u32,
    pub(super) cols: u32,
}

/// The cells with rows and columns from 1 and spans of at least 1, in the order they came. Where a row or column 0
/// occurs, the whole table counts from 0 and moves by one. Absurdly large numbers are replaced by their rank.
pub(super) fn repaired(cells: &[TableCell]) -> Vec<(Place, &TableCell)> {
    let rows = counted_from_one(&cells.iter().map(|c| c.row).collect::<Vec<_>>());
    let cols = counted_from_one(&cells.iter().map(|c| c.col).collect::<Vec<_>>());
    let span = |span: i64| span.clamp(1, LARGEST) as u32;
    let places = rows.into_iter().zip(cols);
    places
        .zip(cells)
        .map(|((row, col), cell)| {
            let place = Place { row, col, rows: span(cell.row_span), cols: span(cell.col_span) };
            (place, cell)
        })
        .collect()
}

fn counted_from_one(numbers: &[i64]) -> Vec<u32> {
    let (Some(&least), Some(&most)) = (numbers.iter().min(), numbers.iter().max()) else { return Vec::new() };
    if least < 0 || most >= LARGEST {
        let mut ranks = numbers.to_vec();
        ranks.sort_unstable();
        ranks.dedup();
        return numbers.iter().map(|n| ranks.binary_search(n).map_or(1, |rank| rank as u32 + 1)).collect();
    }
    let shift = i64::from(least == 0);
    numbers.iter().map(|n| (n + shift) as u32).collect()
}
