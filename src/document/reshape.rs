//! Changing the rows and columns of a table. Whatever is done, the cells stay a valid grid.

use super::{Cell, PageRect, Score, Table};
use std::ops::RangeInclusive;

/// Along which side of a table something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Rows, from the top.
    Rows,
    /// Columns, from the left.
    Columns,
}

/// Rows and columns of a table, both from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellRange {
    /// The rows.
    pub rows: RangeInclusive<u32>,
    /// The columns.
    pub cols: RangeInclusive<u32>,
}

impl CellRange {
    /// What lies between two cells, each a row and a column.
    pub fn between(a: (u32, u32), b: (u32, u32)) -> Self {
        Self { rows: a.0.min(b.0)..=a.0.max(b.0), cols: a.1.min(b.1)..=a.1.max(b.1) }
    }

    fn touches(&self, cell: &Cell) -> bool {
        let meets =
            |range: &RangeInclusive<u32>, (first, last): (u32, u32)| *range.start() <= last && first <= *range.end();
        meets(&self.rows, span(cell, Axis::Rows)) && meets(&self.cols, span(cell, Axis::Columns))
    }

    /// Grown by the cells that reach beyond it, until none does.
    fn grown(mut self, cells: &[Cell]) -> Self {
        loop {
            let before = self.clone();
            for cell in cells.iter().filter(|cell| before.touches(cell)) {
                let ((top, bottom), (left, right)) = (span(cell, Axis::Rows), span(cell, Axis::Columns));
                self.rows = top.min(*self.rows.start())..=bottom.max(*self.rows.end());
                self.cols = left.min(*self.cols.start())..=right.max(*self.cols.end());
            }
            if self == before {
                return self;
            }
        }
    }
}

/// The first and the last row or column that a cell covers.
fn span(cell: &Cell, axis: Axis) -> (u32, u32) {
    match axis {
        Axis::Rows => (cell.row, cell.row + cell.row_span.max(1) - 1),
        Axis::Columns => (cell.col, cell.col + cell.col_span.max(1) - 1),
    }
}

fn set_span(cell: &mut Cell, axis: Axis, (first, last): (u32, u32)) {
    match axis {
        Axis::Rows => (cell.row, cell.row_span) = (first, last - first + 1),
        Axis::Columns => (cell.col, cell.col_span) = (first, last - first + 1),
    }
}

fn sides(rect: PageRect, axis: Axis) -> (f32, f32) {
    match axis {
        Axis::Rows => (rect.top(), rect.bottom()),
        Axis::Columns => (rect.left(), rect.right()),
    }
}

fn with_sides(rect: PageRect, axis: Axis, (low, high): (f32, f32)) -> PageRect {
    match axis {
        Axis::Rows => PageRect::new(rect.left(), low, rect.right(), high),
        Axis::Columns => PageRect::new(low, rect.top(), high, rect.bottom()),
    }
}

impl Table {
    /// How many rows or columns there are.
    pub fn count(&self, axis: Axis) -> u32 {
        match axis {
            Axis::Rows => self.rows(),
            Axis::Columns => self.cols(),
        }
    }

    /// Where rows or columns meet, with both outer edges: one more than there are, never falling.
    pub fn edges(&self, axis: Axis) -> Vec<f32> {
        let count = self.count(axis) as usize;
        let (low, high) = sides(self.rect, axis);
        let mut ends = vec![f32::NAN; count + 1];
        let mut starts = vec![f32::NAN; count + 1];
        for cell in self.cells.iter().filter(|cell| cell.rect.area() > 0.0) {
            let ((first, last), (near, far)) = (span(cell, axis), sides(cell.rect, axis));
            starts[first as usize - 1] = starts[first as usize - 1].min(near);
            ends[last as usize] = ends[last as usize].max(far);
        }
        let mut edges: Vec<f32> = (0..=count)
            .map(|at| match (ends[at], starts[at]) {
                _ if at == 0 => low,
                _ if at == count => high,
                (end, start) if end.is_nan() => start,
                (end, start) if start.is_nan() => end,
                (end, start) => f32::midpoint(end, start),
            })
            .collect();
        // Where nothing says, they lie evenly.
        for at in 1..count {
            if edges[at].is_nan() {
                let next = (at + 1..=count).find(|next| !edges[*next].is_nan()).unwrap_or(count);
                edges[at] = edges[at - 1] + (edges[next] - edges[at - 1]) / (next - at + 1) as f32;
            }
            edges[at] = edges[at].clamp(edges[at - 1], high.max(edges[at - 1]));
        }
        edges
    }

    /// Puts an empty row or column before the one with this number; behind the last where it is one more. Half of its
    /// neighbour's place on the page becomes its own.
    pub fn insert(&mut self, axis: Axis, at: u32) {
        let count = self.count(axis);
        let at = at.clamp(1, count + 1);
        let edges = self.edges(axis);
        // The place of the one before it is cut in two; before the first, that of the first; behind the last, more is taken.
        let (low, high) = match at {
            _ if count == 0 => sides(self.rect, axis),
            1 => (edges[0], f32::midpoint(edges[0], edges[1])),
            _ if at == count + 1 => (edges[count as usize], 2.0 * edges[count as usize] - edges[count as usize - 1]),
            _ => (f32::midpoint(edges[at as usize - 2], edges[at as usize - 1]), edges[at as usize - 1]),
        };
        for cell in &mut self.cells {
            let ((first, last), (near, far)) = (span(cell, axis), sides(cell.rect, axis));
            if first >= at {
                set_span(cell, axis, (first + 1, last + 1));
                if at == 1 && first == 1 && cell.rect.area() > 0.0 {
                    cell.rect = with_sides(cell.rect, axis, (near.max(high), far.max(high)));
                }
            } else if last >= at {
                set_span(cell, axis, (first, last + 1));
            } else if last + 1 == at && at <= count && cell.rect.area() > 0.0 {
                cell.rect = with_sides(cell.rect, axis, (near.min(low), far.min(low)));
            }
        }
        if at == count + 1 && count > 0 {
            let (near, far) = sides(self.rect, axis);
            self.rect = with_sides(self.rect, axis, (near, far.max(high)));
        }
        if axis == Axis::Rows && at <= self.header_rows {
            self.header_rows += 1;
        }
        let size = match axis {
            Axis::Rows => (count + 1, self.cols()),
            Axis::Columns => (self.rows(), count + 1),
        };
        self.fill_holes(size);
    }

    /// Takes rows or columns out, with what stands in them alone.
    pub fn remove(&mut self, axis: Axis, which: RangeInclusive<u32>) {
        let (from, to) = (*which.start().max(&1), *which.end().min(&self.count(axis)));
        if from > to {
            return;
        }
        let gone = to - from + 1;
        self.cells.retain(|cell| {
            let (first, last) = span(cell, axis);
            !(from <= first && last <= to)
        });
        let moved = |place: u32| if place > to { place - gone } else { place.min(from) };
        for cell in &mut self.cells {
            let (first, last) = span(cell, axis);
            let inside = last.min(to).saturating_sub(first.max(from)) + 1;
            let overlap = if first <= to && from <= last { inside } else { 0 };
            let first = moved(first);
            set_span(cell, axis, (first, first + (last - span(cell, axis).0) - overlap));
        }
        if axis == Axis::Rows {
            let headers = self.header_rows;
            self.header_rows = headers - headers.min(to).saturating_sub(from.min(headers + 1) - 1).min(headers);
        }
        self.sort();
    }

    /// Moves a row or column to another place. Cells that span it are parted before.
    pub fn shift(&mut self, axis: Axis, from: u32, to: u32) {
        let count = self.count(axis);
        if from == to || !(1..=count).contains(&from) || !(1..=count).contains(&to) {
            return;
        }
        let (low, high) = (from.min(to), from.max(to));
        let crossing: Vec<(u32, u32)> = self
            .cells
            .iter()
            .filter(|cell| {
                let (first, last) = span(cell, axis);
                first != last && first <= high && low <= last
            })
            .map(|cell| (cell.row, cell.col))
            .collect();
        for (row, col) in crossing {
            self.split(row, col);
        }
        let place = |at: u32| match at {
            at if at == from => to,
            at if from < to && (from + 1..=to).contains(&at) => at - 1,
            at if to < from && (to..from).contains(&at) => at + 1,
            at => at,
        };
        for cell in &mut self.cells {
            let (first, last) = span(cell, axis);
            if first == last {
                set_span(cell, axis, (place(first), place(first)));
            }
        }
        self.sort();
    }

    /// Makes one cell of a range, grown by the cells that reach beyond it. Its text is theirs, in their order.
    pub fn merge(&mut self, range: &CellRange) {
        let within = |range: &RangeInclusive<u32>, count: u32| *range.start().max(&1)..=*range.end().min(&count);
        let range = CellRange { rows: within(&range.rows, self.rows()), cols: within(&range.cols, self.cols()) };
        if range.rows.is_empty() || range.cols.is_empty() {
            return;
        }
        let range = range.grown(&self.cells);
        let (inside, outside): (Vec<Cell>, Vec<Cell>) =
            std::mem::take(&mut self.cells).into_iter().partition(|cell| range.touches(cell));
        self.cells = outside;
        let texts: Vec<&str> = inside.iter().map(|cell| cell.text.trim()).filter(|text| !text.is_empty()).collect();
        if let Some(first) = inside.first() {
            let rect = PageRect::around(inside.iter().map(|cell| cell.rect).filter(|rect| rect.area() > 0.0));
            let merged = Cell {
                row: *range.rows.start(),
                col: *range.cols.start(),
                row_span: range.rows.end() - range.rows.start() + 1,
                col_span: range.cols.end() - range.cols.start() + 1,
                text: texts.join(" "),
                rect: rect.unwrap_or_default(),
                score: Score::CERTAIN,
                confirmed: true,
                ..first.clone()
            };
            self.cells.push(merged);
        }
        self.sort();
    }

    /// Parts the cell that covers a place into one for each place; its text stays in the first.
    pub fn split(&mut self, row: u32, col: u32) {
        let covers = |cell: &Cell| {
            CellRange { rows: row..=row, cols: col..=col }.touches(cell) && (cell.row_span > 1 || cell.col_span > 1)
        };
        let Some(at) = self.cells.iter().position(covers) else { return };
        let (ys, xs) = (self.edges(Axis::Rows), self.edges(Axis::Columns));
        let whole = self.cells.remove(at);
        for row in whole.row..whole.row + whole.row_span {
            for col in whole.col..whole.col + whole.col_span {
                let is_first = (row, col) == (whole.row, whole.col);
                let (r, c) = (row as usize, col as usize);
                self.cells.push(Cell {
                    id: if is_first { whole.id.clone() } else { String::new() },
                    row,
                    col,
                    row_span: 1,
                    col_span: 1,
                    text: if is_first { whole.text.clone() } else { String::new() },
                    rect: PageRect::new(xs[c - 1], ys[r - 1], xs[c], ys[r]),
                    score: if is_first { whole.score } else { Score::CERTAIN },
                    confirmed: !is_first || whole.confirmed,
                    reread: None,
                    label: whole.label.clone(),
                });
            }
        }
        self.name_cells();
        self.sort();
    }

    /// Moves the line between one row or column and the next to another place on the page. It stays between its
    /// neighbours.
    pub fn move_edge(&mut self, axis: Axis, before: u32, to: f32) {
        let edges = self.edges(axis);
        let at = before as usize;
        if at == 0 || at + 1 >= edges.len() {
            return;
        }
        let to = to.clamp(edges[at - 1] + 1.0, (edges[at + 1] - 1.0).max(edges[at - 1] + 1.0));
        for cell in self.cells.iter_mut().filter(|cell| cell.rect.area() > 0.0) {
            let ((first, last), (near, far)) = (span(cell, axis), sides(cell.rect, axis));
            if last == before {
                cell.rect = with_sides(cell.rect, axis, (near.min(to), to));
            } else if first == before + 1 {
                cell.rect = with_sides(cell.rect, axis, (to, far.max(to)));
            }
        }
    }

    /// Writes into the cells from one on to the right and down, row by row; what reaches beyond the table makes it larger.
    pub fn paste(&mut self, (row, col): (u32, u32), rows: &[Vec<String>]) {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0) as u32;
        while self.rows() + 1 < row + rows.len() as u32 {
            self.insert(Axis::Rows, self.rows() + 1);
        }
        while self.cols() + 1 < col + width {
            self.insert(Axis::Columns, self.cols() + 1);
        }
        for (down, texts) in (row..).zip(rows) {
            for (right, text) in (col..).zip(texts) {
                if let Some(cell) = self.cells.iter_mut().find(|cell| (cell.row, cell.col) == (down, right)) {
                    text.trim().clone_into(&mut cell.text);
                    cell.score = Score::CERTAIN;
                    cell.confirmed = true;
                }
            }
        }
    }

    /// Every place of a grid of so many rows and columns gets a cell, empty where there was none.
    fn fill_holes(&mut self, (rows, cols): (u32, u32)) {
        let (rows, cols) = (rows.max(1), cols.max(1));
        let mut covered = vec![false; (rows * cols) as usize];
        for cell in &self.cells {
            for row in cell.row..cell.row + cell.row_span.max(1) {
                for col in cell.col..cell.col + cell.col_span.max(1) {
                    covered[((row - 1) * cols + col - 1) as usize] = true;
                }
            }
        }
        let (mut ys, mut xs) = (self.edges(Axis::Rows), self.edges(Axis::Columns));
        // What is new at the end stands in no cell yet: it has the second half of what the last one and it have.
        for (edges, count) in [(&mut ys, rows), (&mut xs, cols)] {
            if let (true, [.., before, last]) = (edges.len() == count as usize, &mut edges[..]) {
                let end = *last;
                *last = f32::midpoint(*before, end);
                edges.push(end);
            }
        }
        let labels = self.labels();
        for row in 1..=rows {
            for col in 1..=cols {
                if covered[((row - 1) * cols + col - 1) as usize] {
                    continue;
                }
                let edge = |edges: &[f32], at: u32| edges.get(at as usize).copied().unwrap_or_default();
                self.cells.push(Cell {
                    row,
                    col,
                    row_span: 1,
                    col_span: 1,
                    label: labels.get(col as usize - 1).cloned().unwrap_or_default(),
                    rect: PageRect::new(edge(&xs, col - 1), edge(&ys, row - 1), edge(&xs, col), edge(&ys, row)),
                    score: Score::CERTAIN,
                    confirmed: true,
                    ..Cell::default()
                });
            }
        }
        self.name_cells();
        self.sort();
    }

    /// Cells without a name get one that no other has.
    fn name_cells(&mut self) {
        let mut next = self.cells.len();
        let mut known: std::collections::HashSet<String> = self.cells.iter().map(|cell| cell.id.clone()).collect();
        for cell in self.cells.iter_mut().filter(|cell| cell.id.is_empty()) {
            cell.id = loop {
                let name = format!("{}-new-{next}", self.id.0);
                next += 1;
                if known.insert(name.clone()) {
                    break name;
                }
            };
        }
    }

    fn sort(&mut self) {
        self.cells.sort_by_key(|cell| (cell.row, cell.col));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_below_a_header_with_rows_of_its_own_is_named_once() {
        let cell = |row, col, col_span, text: &str| Cell {
            id: format!("{row}.{col}"),
            row,
            col,
            row_span: 1,
            col_span,
            text: text.into(),
            ..Cell::default()
        };
        let cells = vec![
            cell(1, 1, 2, "Net"),
            cell(2, 1, 1, "Qty"),
            cell(2, 2, 1, "Prise"),
            cell(3, 1, 1, "2"),
            cell(3, 2, 1, "9"),
        ];
        let mut table = Table { cells, header_rows: 2, ..Table::default() };
        table.set_label(2, "Price");
        assert_eq!(table.labels(), ["Net / Qty", "Net / Price"]);
    }
    use crate::document::FieldId;
    use proptest::prelude::*;

    fn table(rows: u32, cols: u32) -> Table {
        let rect = PageRect::new(0.0, 0.0, cols as f32 * 100.0, rows as f32 * 20.0);
        let mut table = Table { id: FieldId("t".into()), rect, ..Table::default() };
        for row in 1..=rows {
            for col in 1..=cols {
                let (x, y) = ((col - 1) as f32 * 100.0, (row - 1) as f32 * 20.0);
                table.cells.push(Cell {
                    id: format!("{row}.{col}"),
                    row,
                    col,
                    row_span: 1,
                    col_span: 1,
                    text: format!("{row}{col}"),
                    rect: PageRect::new(x, y, x + 100.0, y + 20.0),
                    label: format!("L{col}"),
                    ..Cell::default()
                });
            }
        }
        table
    }

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        let text = |row, col| table.cell(row, col).map_or("", |cell| cell.text.as_str());
        (1..=table.rows()).map(|row| (1..=table.cols()).map(|col| text(row, col)).collect()).collect()
    }

    #[test]
    fn a_row_that_is_put_in_takes_half_of_the_place_before_it() {
        let mut table = table(2, 2);
        table.insert(Axis::Rows, 2);
        assert_eq!(texts(&table), [["11", "12"], ["", ""], ["21", "22"]]);
        assert_eq!(table.edges(Axis::Rows), [0.0, 10.0, 20.0, 40.0]);
        assert_eq!(table.cell(2, 2).unwrap().label, "L2");
        table.insert(Axis::Rows, 4);
        assert_eq!((table.rows(), table.rect.bottom()), (4, 60.0), "behind the last it grows");
        table.insert(Axis::Columns, 1);
        assert_eq!(table.edges(Axis::Columns), [0.0, 50.0, 100.0, 200.0]);
    }

    #[test]
    fn what_spans_grows_and_shrinks_with_what_it_spans() {
        let mut table = table(3, 3);
        table.merge(&CellRange::between((1, 1), (2, 2)));
        assert_eq!(table.cell(2, 2).unwrap().text, "11 12 21 22");
        table.insert(Axis::Columns, 2);
        assert_eq!((table.cell(1, 1).unwrap().col_span, table.cell(3, 2).unwrap().text.as_str()), (3, ""));
        table.remove(Axis::Rows, 1..=1);
        assert_eq!((table.cell(1, 1).unwrap().row_span, table.rows()), (1, 2));
        table.remove(Axis::Columns, 1..=3);
        assert_eq!(texts(&table), [["23"], ["33"]]);
    }

    #[test]
    fn a_merge_takes_in_what_reaches_beyond_it_and_a_split_gives_all_places_back() {
        let mut table = table(3, 3);
        table.merge(&CellRange::between((1, 2), (1, 3)));
        table.merge(&CellRange::between((1, 1), (2, 2)));
        assert_eq!((table.cells.len(), table.cell(2, 3).unwrap().col_span), (4, 3));
        table.split(2, 3);
        assert_eq!((table.cells.len(), table.cell(1, 1).unwrap().text.as_str()), (9, "11 12 13 21 22 23"));
        assert_eq!(table.cell(2, 2).unwrap().rect, PageRect::new(100.0, 20.0, 200.0, 40.0));
    }

    #[test]
    fn rows_and_columns_change_places() {
        let mut table = table(3, 2);
        table.shift(Axis::Rows, 1, 3);
        assert_eq!(texts(&table), [["21", "22"], ["31", "32"], ["11", "12"]]);
        table.shift(Axis::Columns, 2, 1);
        assert_eq!(texts(&table)[0], ["22", "21"]);
    }

    #[test]
    fn a_line_between_rows_stays_between_its_neighbours() {
        let mut table = table(3, 1);
        table.move_edge(Axis::Rows, 1, 27.0);
        assert_eq!(table.edges(Axis::Rows), [0.0, 27.0, 40.0, 60.0]);
        table.move_edge(Axis::Rows, 1, 900.0);
        assert!((table.edges(Axis::Rows)[1] - 39.0).abs() < 1e-3);
    }

    #[test]
    fn what_is_pasted_makes_room_for_itself() {
        let mut table = table(1, 1);
        table.paste((1, 1), &[vec!["a".into(), "b".into()], vec!["c".into()]]);
        assert_eq!(texts(&table), [["a", "b"], ["c", ""]]);
        table.set_label(2, "Price");
        assert_eq!(table.labels(), ["L1", "Price"]);
    }

    proptest! {
        #[test]
        fn whatever_is_done_the_grid_is_valid(
            rows in 1u32..6, cols in 1u32..6,
            deeds in proptest::collection::vec((0u8..10, 0u32..8, 0u32..8, 0u32..8, 0u32..8), 0..30),
        ) {
            let mut table = table(rows, cols);
            for (deed, a, b, c, d) in deeds {
                let axis = if d % 2 == 0 { Axis::Rows } else { Axis::Columns };
                match deed {
                    0 => table.insert(axis, a),
                    1 if table.count(axis) > 1 => table.remove(axis, a.min(b)..=a.max(b)),
                    2 => table.shift(axis, a, b),
                    3 => table.merge(&CellRange::between((a, b), (c, d))),
                    4 => table.split(a, b),
                    5 => table.move_edge(axis, a, b as f32 * 10.0),
                    6 => table.paste((a.max(1), b.max(1)), &vec![vec!["x".to_owned(); c as usize]; d as usize]),
                    7 => table.head_with(a),
                    8 => table.head_less(),
                    _ => table.set_label(a, "label"),
                }
                prop_assert_eq!(table.check(), Ok(()));
                let mut ids: Vec<&str> = table.cells.iter().map(|cell| cell.id.as_str()).collect();
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(ids.len(), table.cells.len(), "each cell has a name of its own");
                for axis in [Axis::Rows, Axis::Columns] {
                    prop_assert!(table.edges(axis).windows(2).all(|pair| pair[0] <= pair[1]));
                }
                if table.cells.len() > 600 {
                    break;
                }
            }
        }
    }
}
