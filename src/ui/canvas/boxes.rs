//! Boxes that hands draw, move and size, and the lines of a table that they drag. Decides in page pixels; what becomes of
//! it is the desk's.

use crate::desk::Target;
use crate::document::{Axis, FieldId, Page, PagePoint, PageRect, PageSize, Table};
use egui::CursorIcon;

/// What the next drag draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tool {
    /// Nothing: it selects text or moves the page.
    #[default]
    None,
    /// The box of a new value.
    Field,
    /// A new table.
    Table,
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// The box of a new value, which needs a label.
    Field(u32, PageRect),
    /// The same, and it was one click on a word: a second may follow.
    Word(u32, PageRect),
    /// It did: the line that the word stands on.
    Line(u32, PageRect),
    /// A table.
    Table(u32, PageRect),
}

/// Which sides of a box follow the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grip {
    left: bool,
    right: bool,
    top: bool,
    bottom: bool,
}

impl Grip {
    /// All of it.
    pub(super) const WHOLE: Self = Self { left: true, right: true, top: true, bottom: true };

    /// What of a box lies at `point`, within `slack` pixels of its edges; `None` where it is not meant.
    pub(super) fn at(rect: PageRect, point: PagePoint, slack: f32) -> Option<Self> {
        if !rect.grown(slack).contains(point) {
            return None;
        }
        // Of a small box at least the middle half moves it.
        let (wide, high) = (slack.min(rect.width() / 4.0), slack.min(rect.height() / 4.0));
        let grip = Self {
            left: point.x < rect.left() + wide,
            right: point.x > rect.right() - wide,
            top: point.y < rect.top() + high,
            bottom: point.y > rect.bottom() - high,
        };
        let is_inside = !(grip.left || grip.right || grip.top || grip.bottom);
        Some(if is_inside { Self::WHOLE } else { grip })
    }

    /// The pointer's shape on a page that is not turned.
    pub(super) fn cursor(self) -> CursorIcon {
        match self {
            Self::WHOLE => CursorIcon::Move,
            Self { left: true, top: true, .. } | Self { right: true, bottom: true, .. } => CursorIcon::ResizeNwSe,
            Self { right: true, top: true, .. } | Self { left: true, bottom: true, .. } => CursorIcon::ResizeNeSw,
            Self { left: true, .. } | Self { right: true, .. } => CursorIcon::ResizeHorizontal,
            _ => CursorIcon::ResizeVertical,
        }
    }

    /// The box after the hand went from one point to another. It stays on the page and keeps some size.
    pub(super) fn dragged(self, rect: PageRect, from: PagePoint, to: PagePoint, page: PageSize) -> PageRect {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let (width, height) = (page.width as f32, page.height as f32);
        if self == Self::WHOLE {
            let dx = dx.clamp(-rect.left(), (width - rect.right()).max(-rect.left()));
            let dy = dy.clamp(-rect.top(), (height - rect.bottom()).max(-rect.top()));
            return PageRect::new(rect.left() + dx, rect.top() + dy, rect.right() + dx, rect.bottom() + dy);
        }
        let moved = |is_held: bool, at: f32, by: f32, end: f32| if is_held { (at + by).clamp(0.0, end) } else { at };
        PageRect::new(
            moved(self.left, rect.left(), dx, width),
            moved(self.top, rect.top(), dy, height),
            moved(self.right, rect.right(), dx, width),
            moved(self.bottom, rect.bottom(), dy, height),
        )
    }
}

/// What a hand drags.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    /// A new box is drawn.
    New(Tool),
    /// The box of a field.
    Field(Target, Grip, PageRect),
    /// The line behind a row or column of a table.
    Line(FieldId, Axis, u32),
}

/// A drag on a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drag {
    /// The page, from 0.
    pub(super) page: u32,
    /// What is dragged.
    pub(super) held: Held,
    /// Where it began.
    pub(super) from: PagePoint,
    /// Where it is.
    pub(super) to: PagePoint,
}

impl Drag {
    /// The box as it would be now; of a line none.
    pub(super) fn rect(&self, page: PageSize) -> Option<PageRect> {
        match &self.held {
            Held::New(_) => PageRect::new(self.from.x, self.from.y, self.to.x, self.to.y).intersection(page.rect()),
            Held::Field(_, grip, rect) => Some(grip.dragged(*rect, self.from, self.to, page)),
            Held::Line(..) => None,
        }
    }
}

/// The line between rows or columns of a table that lies at `point`, within `slack` pixels.
pub(super) fn line_at(table: &Table, point: PagePoint, slack: f32) -> Option<(Axis, u32)> {
    if !table.rect.contains(point) {
        return None;
    }
    let near = |axis: Axis, at: f32| {
        let edges = table.edges(axis);
        let inner = edges.iter().enumerate().skip(1).take(edges.len().saturating_sub(2));
        let distances = inner.map(|(number, edge)| (number as u32, (edge - at).abs()));
        distances.filter(|(_, far)| *far <= slack).min_by(|a, b| a.1.total_cmp(&b.1))
    };
    match (near(Axis::Rows, point.y), near(Axis::Columns, point.x)) {
        (Some((row, far)), Some((_, other))) if far <= other => Some((Axis::Rows, row)),
        (_, Some((col, _))) => Some((Axis::Columns, col)),
        (Some((row, _)), None) => Some((Axis::Rows, row)),
        (None, None) => None,
    }
}

/// A box as a person means it: around the words that it holds, where there are any and it may snap to them.
pub(super) fn meant(page: &Page, rect: PageRect, snaps: bool) -> PageRect {
    const ROOM: f32 = 3.0;
    match page.snapped(rect).filter(|_| snaps) {
        Some(around) => around.grown(ROOM),
        None => rect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Cell;

    const PAGE: PageSize = PageSize::new(1000, 1000);
    fn rect() -> PageRect {
        PageRect::new(100.0, 100.0, 300.0, 140.0)
    }

    #[test]
    fn a_corner_sizes_an_edge_moves_one_side_and_the_middle_moves_all() {
        let grip = |x, y| Grip::at(rect(), PagePoint::new(x, y), 8.0);
        let after = |x, y, to: (f32, f32)| {
            let from = PagePoint::new(x, y);
            grip(x, y).unwrap().dragged(rect(), from, PagePoint::new(to.0, to.1), PAGE)
        };
        assert_eq!(grip(80.0, 120.0), None);
        assert_eq!(after(101.0, 101.0, (51.0, 81.0)), PageRect::new(50.0, 80.0, 300.0, 140.0));
        assert_eq!(after(299.0, 120.0, (349.0, 500.0)), PageRect::new(100.0, 100.0, 350.0, 140.0));
        assert_eq!(after(200.0, 120.0, (250.0, 130.0)), PageRect::new(150.0, 110.0, 350.0, 150.0));
        assert_eq!(
            after(200.0, 120.0, (-900.0, 120.0)),
            PageRect::new(0.0, 100.0, 200.0, 140.0),
            "it stays on the page"
        );
        assert_eq!(
            after(101.0, 120.0, (401.0, 120.0)),
            PageRect::new(300.0, 100.0, 400.0, 140.0),
            "sides may change places"
        );
    }

    #[test]
    fn a_small_box_can_still_be_moved() {
        let small = PageRect::new(100.0, 100.0, 108.0, 104.0);
        assert_eq!(Grip::at(small, PagePoint::new(104.0, 102.0), 20.0), Some(Grip::WHOLE));
    }

    #[test]
    fn the_nearest_line_of_a_table_is_meant() {
        let cell = |row: u32, col: u32| Cell {
            row,
            col,
            row_span: 1,
            col_span: 1,
            rect: PageRect::new(
                col as f32 * 100.0,
                row as f32 * 20.0,
                col as f32 * 100.0 + 100.0,
                row as f32 * 20.0 + 20.0,
            ),
            ..Cell::default()
        };
        let cells = vec![cell(1, 1), cell(1, 2), cell(2, 1), cell(2, 2)];
        let table = Table { rect: PageRect::new(100.0, 20.0, 300.0, 60.0), cells, ..Table::default() };
        let at = |x, y| line_at(&table, PagePoint::new(x, y), 4.0);
        assert_eq!(at(150.0, 42.0), Some((Axis::Rows, 1)));
        assert_eq!(at(199.0, 30.0), Some((Axis::Columns, 1)));
        assert_eq!(at(150.0, 30.0), None);
        assert_eq!(at(101.0, 30.0), None, "the outer edges are the table's own");
    }
}
