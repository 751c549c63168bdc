//! Rows, columns and cells of the selected table.

use super::Core;
use crate::desk::{Reshape, Target};
use crate::document::{Axis, Cell, CellRange, Edit, Page, PageRect, Score, Step, Table};

/// So many lines and columns are pasted at once: a page holds no larger table.
const MOST_PASTED: (usize, usize) = (500, 60);

impl Core {
    /// Goes from cell to cell of the selected table; where it `extends`, the way becomes a range.
    pub(super) fn step_cell(&mut self, down: i32, right: i32, extends: bool) {
        let (page, id, row, col, table) = match self.selected_table() {
            Some((Target::Cell { page, id, row, col }, table)) => (page, id, row, col, table),
            // From the table as a whole into it.
            Some((Target::Table { page, id }, table)) => {
                let first = table.cells.iter().map(|cell| (cell.row, cell.col)).min();
                return self.select(first.map(|(row, col)| Target::Cell { page, id, row, col }));
            }
            _ => return,
        };
        let (rows, cols) = (table.rows(), table.cols());
        let from = if extends { self.state.range_end.unwrap_or((row, col)) } else { (row, col) };
        let step = |at: u32, by: i32, count: u32| at.saturating_add_signed(by).clamp(1, count.max(1));
        // Out of a cell that spans goes to the first beyond it.
        let (mut to, start) =
            ((step(from.0, down, rows), step(from.1, right, cols)), table.cell(from.0, from.1).cloned());
        while !extends
            && to != from
            && let Some(start) = &start
            && table.cell(to.0, to.1).is_some_and(|cell| cell.id == start.id)
        {
            let next = (step(to.0, down, rows), step(to.1, right, cols));
            if next == to {
                break;
            }
            to = next;
        }
        if extends {
            self.state.range_end = Some(to).filter(|to| *to != (row, col));
        } else {
            let (row, col) = table.cell(to.0, to.1).map_or(to, |cell| (cell.row, cell.col));
            self.select(Some(Target::Cell { page, id, row, col }));
        }
    }

    /// Changes rows and columns of the selected table.
    pub(super) fn reshape(&mut self, mut reshape: Reshape) {
        if let Reshape::Paste(rows) = &mut reshape
            && (rows.len() > MOST_PASTED.0 || rows.iter().any(|row| row.len() > MOST_PASTED.1))
        {
            rows.truncate(MOST_PASTED.0);
            for row in rows.iter_mut() {
                row.truncate(MOST_PASTED.1);
            }
            let (rows, cols) = MOST_PASTED;
            self.info(format!("Only the first {rows} lines and {cols} columns were pasted"), None);
        }
        let Some((target, before)) = self.selected_table() else { return };
        let Some(document) = self.state.open_document() else { return };
        let (document, page) = (document.id, target.page());
        let at = self
            .state
            .open_document()
            .and_then(|document| document.pages.get(&page)?.tables.iter().position(|table| table.id == before.id));
        let Some(at) = at else { return };
        let mut after = before.clone();
        let range = self.state.cell_range().map(|(_, _, range)| range);
        // What is pasted stands there, and a new row or column is empty; the others say what they said.
        let is_new = matches!(reshape, Reshape::Before(_) | Reshape::Behind(_));
        let is_about_headings = matches!(reshape, Reshape::HeadWith | Reshape::HeadLess);
        let keeps_texts = is_new || is_about_headings || matches!(reshape, Reshape::Paste(_));
        let place = reshaped(&mut after, reshape, range);
        if let Some(known) = self.state.open_document().and_then(|document| document.pages.get(&page))
            && !keeps_texts
        {
            reflow(known, &before, &mut after);
        }
        for cell in after.cells.iter_mut().filter(|cell| is_new && before.cells.iter().all(|old| old.id != cell.id)) {
            // Once its place is set it says what stands there.
            cell.confirmed = false;
        }
        if after == before {
            if is_about_headings {
                self.refuse("The table has no other rows of headings to make of this");
            }
            return;
        }
        let (id, edit) = (after.id.clone(), (Some(before.into()), Some(after.clone().into())));
        self.make(document, Some(Step(vec![Edit::Table { page, at, before: edit.0, after: edit.1 }])));
        if let Some((row, col)) = place {
            let (row, col) = (row.clamp(1, after.rows().max(1)), col.clamp(1, after.cols().max(1)));
            let cell = after.cell(row, col).map(|cell| (cell.row, cell.col));
            self.select(cell.map(|(row, col)| Target::Cell { page, id, row, col }));
        }
    }

    /// The selected table goes on from the last one of the page before, or does so no more. A row that says the headings
    /// again goes.
    pub(super) fn join_table(&mut self) {
        let Some((target, before)) = self.selected_table() else { return };
        let Some(document) = self.state.open_document() else { return };
        let (id, page) = (document.id, target.page());
        let Some(at) = document.pages.get(&page).and_then(|known| known.tables.iter().position(|t| t.id == before.id))
        else {
            return;
        };
        let mut after = Table { continues: !before.continues, ..before.clone() };
        if after.continues {
            let known = document.pages.get(&page).into_iter().flat_map(|known| &known.tables);
            if known.into_iter().any(|other| other.id != before.id && other.rect.bottom() <= before.rect.top()) {
                return self.refuse("Only the first table of a page can go on from the page before");
            }
            if page == 0 {
                return self.refuse("The first page has none before it whose table could go on");
            }
            let before_it = document.pages.get(&(page - 1)).into_iter().flat_map(|page| &page.tables);
            let first = before_it.max_by(|a, b| a.rect.top().total_cmp(&b.rect.top()));
            let Some(first) = first else { return self.refuse("The page before has no table to join with") };
            if first.cols() != before.cols() {
                let (wanted, has) = (first.cols(), before.cols());
                let sentence = format!(
                    "The table before has {wanted} columns and this one {has}; give both the same number, then join them"
                );
                return self.refuse(sentence);
            }
            let labels = first.labels();
            let says = |row: u32, col: usize| before.cell(row, col as u32 + 1).map(|cell| cell.text.trim());
            let repeats =
                labels.iter().enumerate().all(|(col, label)| says(1, col).unwrap_or_default() == label.trim());
            if before.header_rows > 0 && before.header_rows < before.rows() {
                after.remove(Axis::Rows, 1..=before.header_rows);
            } else if repeats && before.rows() > 1 && labels.iter().any(|label| !label.is_empty()) {
                after.remove(Axis::Rows, 1..=1);
            }
            for (col, label) in (1_u32..).zip(&labels) {
                after.set_label(col, label);
            }
            after.header_rows = 0;
        }
        self.make(
            id,
            Some(Step(vec![Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) }])),
        );
    }

    /// What is selected of a table, and the table.
    fn selected_table(&self) -> Option<(Target, Table)> {
        let target = self.state.selection.clone()?;
        let (Target::Cell { page, id, .. } | Target::Table { page, id }) = &target else { return None };
        let table = self.state.open_document()?.pages.get(page)?.tables.iter().find(|table| table.id == *id)?.clone();
        Some((target, table))
    }
}

/// Cells whose place has changed, and new ones, say what stands there now. What a person typed stays.
fn reflow(page: &Page, before: &Table, after: &mut Table) {
    let words = |rect: PageRect| page.words_in(rect).map(|word| word.text.to_string()).collect::<Vec<_>>();
    let read = |cell: &mut Cell| {
        cell.text = words(cell.rect).join(" ");
        let scores = page.words_in(cell.rect).map(|word| word.score);
        cell.score = scores.min_by(|a, b| a.get().total_cmp(&b.get())).unwrap_or(Score::CERTAIN);
        cell.confirmed = false;
    };
    for cell in &mut after.cells {
        match before.cells.iter().find(|old| old.id == cell.id) {
            Some(old) if old.rect == cell.rect => {}
            Some(old) if (old.row_span, old.col_span) != (cell.row_span, cell.col_span) && old.text != cell.text => {}
            Some(old) => {
                let (there, said) = (words(old.rect), old.text.split_whitespace().collect::<Vec<_>>());
                // Half of its place may have become a new row's.
                let is_part =
                    !old.confirmed && !there.is_empty() && said.windows(there.len()).any(|part| part == there);
                let is_read = is_part || said == there;
                let is_new = old.text.is_empty() && !old.confirmed;
                if is_new || (is_read && !old.text.is_empty()) {
                    read(cell);
                }
            }
            None if cell.text.is_empty() => read(cell),
            None => {}
        }
    }
}

/// Does it to a table at the selected cells; the row and column to select afterwards.
fn reshaped(table: &mut Table, reshape: Reshape, range: Option<CellRange>) -> Option<(u32, u32)> {
    if let Reshape::MoveEdge(axis, before, to) = reshape {
        table.move_edge(axis, before, to);
        return None;
    }
    let range = range?;
    let ((top, bottom), (left, right)) =
        ((*range.rows.start(), *range.rows.end()), (*range.cols.start(), *range.cols.end()));
    let along = |axis: Axis| if axis == Axis::Rows { (top, bottom) } else { (left, right) };
    let moved = |axis: Axis, by: i32| match axis {
        Axis::Rows => (top.saturating_add_signed(by), left),
        Axis::Columns => (top, left.saturating_add_signed(by)),
    };
    match reshape {
        Reshape::Before(axis) => {
            table.insert(axis, along(axis).0);
            Some((top, left))
        }
        Reshape::Behind(axis) => {
            let (first, last) = along(axis);
            table.insert(axis, last + 1);
            Some(moved(axis, (last - first) as i32 + 1))
        }
        Reshape::Remove(axis) => {
            let (first, last) = along(axis);
            // A table without rows or columns would be none: that is deleted as a whole.
            if last - first + 1 < table.count(axis) {
                table.remove(axis, first..=last);
            }
            Some((top, left))
        }
        Reshape::Back(axis) => {
            let (first, last) = along(axis);
            if first > 1 {
                table.shift(axis, first - 1, last);
            }
            Some(moved(axis, if first > 1 { -1 } else { 0 }))
        }
        Reshape::On(axis) => {
            let (first, last) = along(axis);
            let moves = last < table.count(axis);
            if moves {
                table.shift(axis, last + 1, first);
            }
            Some(moved(axis, i32::from(moves)))
        }
        Reshape::Merge => {
            table.merge(&range);
            Some((top, left))
        }
        Reshape::Split => {
            table.split(top, left);
            Some((top, left))
        }
        Reshape::HeadWith => {
            table.head_with(bottom);
            Some((top, left))
        }
        Reshape::HeadLess => {
            table.head_less();
            Some((1, left))
        }
        Reshape::Paste(rows) => {
            table.paste((top, left), &rows);
            Some((top, left))
        }
        Reshape::MoveEdge(..) => None,
    }
}
