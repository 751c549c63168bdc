//! In which order a person goes through the values of a page.

use crate::desk::Judge;
use crate::desk::Target;
use crate::document::{Page, PageRect};

/// A field, a table or a doubtful cell of a page, as a person comes to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    /// What it is.
    pub(super) target: Target,
    /// It needs a look.
    pub(super) is_doubtful: bool,
}

/// A table counts as a line of at most this height at its top, in page pixels, so that what stands beside it is not
/// taken for one line.
const TABLE_LINE: f32 = 40.0;

/// The fields and tables of a page in the order of lines, and from left to right within a line, as they stand on the
/// upright page; those without a place come last. The doubtful cells of a table follow it, row by row.
pub(super) fn stops(page: &Page, judge: Judge<'_>) -> Vec<Stop> {
    let turn = page.text.as_ref().map(|text| text.turn).unwrap_or_default();
    let number = page.number;
    let mut placed: Vec<(PageRect, Stop)> = Vec::new();
    let cells_of = |target: &Target| {
        let Target::Table { id, .. } = target else { return Vec::new() };
        let tables = page.tables.iter().filter(|table| table.id == *id);
        let cells = tables.flat_map(|table| judge.doubtful_cells(table));
        let target = |row, col| Target::Cell { page: number, id: id.clone(), row, col };
        cells.map(|cell| Stop { target: target(cell.row, cell.col), is_doubtful: true }).collect()
    };
    let mut placeless = Vec::new();
    for field in &page.fields {
        let target = Target::Field { page: number, id: field.id.clone() };
        let stop = Stop { target, is_doubtful: judge.needs_look(field) };
        match field.rect {
            Some(rect) => placed.push((turn.rect(rect, page.size), stop)),
            None => placeless.push(stop),
        }
    }
    for table in &page.tables {
        let target = Target::Table { page: number, id: table.id.clone() };
        let rect = turn.rect(table.rect, page.size);
        let line = PageRect::new(rect.left(), rect.top(), rect.right(), rect.bottom().min(rect.top() + TABLE_LINE));
        placed.push((line, Stop { target, is_doubtful: judge.table_needs_look(table) }));
    }
    let in_lines = in_lines(placed).flat_map(|stop| {
        let cells = cells_of(&stop.target);
        std::iter::once(stop).chain(cells)
    });
    in_lines.chain(placeless).collect()
}

fn in_lines(mut placed: Vec<(PageRect, Stop)>) -> impl Iterator<Item = Stop> {
    placed.sort_by(|(a, _), (b, _)| a.top().total_cmp(&b.top()));
    let mut lines: Vec<Vec<(PageRect, Stop)>> = Vec::new();
    for (rect, stop) in placed {
        match lines.last_mut() {
            // The middle of what stands in a line lies within the height of the line's first.
            Some(line) if rect.center().y <= line[0].0.bottom() => line.push((rect, stop)),
            _ => lines.push(vec![(rect, stop)]),
        }
    }
    for line in &mut lines {
        line.sort_by(|(a, _), (b, _)| a.left().total_cmp(&b.left()));
    }
    lines.into_iter().flatten().map(|(_, stop)| stop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Concerns, Rules};
    use crate::document::{Field, FieldId, PageSize, PageText, Score, Table, Turn};

    fn field(id: &str, rect: Option<(f32, f32)>) -> Field {
        let rect = rect.map(|(x, y)| PageRect::new(x, y, x + 100.0, y + 20.0));
        Field { id: FieldId(id.into()), rect, score: Score::CERTAIN, ..Field::default() }
    }

    fn ids(page: &Page) -> Vec<String> {
        let id = |target: &Target| match target {
            Target::Field { id, .. } | Target::Table { id, .. } | Target::Cell { id, .. } => id.0.clone(),
        };
        let (rules, concerns) = (Rules::new(), Concerns::default());
        let judge = Judge::new(Score::new(0.8), &rules, &concerns, false);
        stops(page, judge).iter().map(|stop| id(&stop.target)).collect()
    }

    #[test]
    fn lines_go_down_and_within_a_line_to_the_right() {
        let fields = vec![
            field("no place", None),
            field("total", Some((500.0, 900.0))),
            field("date", Some((500.0, 96.0))),
            field("number", Some((10.0, 104.0))),
            field("name", Some((10.0, 10.0))),
        ];
        let table =
            Table { id: FieldId("items".into()), rect: PageRect::new(10.0, 300.0, 600.0, 1000.0), ..Table::default() };
        let page = Page { size: PageSize::new(700, 1200), fields, tables: vec![table], ..Page::default() };
        assert_eq!(ids(&page), ["name", "number", "date", "items", "total", "no place"]);
    }

    #[test]
    fn on_a_page_that_lies_on_its_side_lines_are_those_of_the_upright_one() {
        let size = PageSize::new(1000, 700);
        // Turned clockwise, what is at the left bottom comes to the left top.
        let fields = vec![
            Field { rect: Some(PageRect::new(10.0, 10.0, 30.0, 110.0)), ..field("second", None) },
            Field { rect: Some(PageRect::new(10.0, 500.0, 30.0, 600.0)), ..field("first", None) },
        ];
        let text = PageText { size, turn: Turn::Quarter, ..PageText::default() };
        let page = Page { size, fields, text: Some(text.into()), ..Page::default() };
        assert_eq!(ids(&page), ["first", "second"]);
    }
}
