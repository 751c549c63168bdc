//! What lies under the pointer, and which of it a click means. Pure.

use crate::document::{PagePoint, PageRect, PageSize};

/// Rectangles of a page that are found by place.
#[derive(Clone, Debug, Default)]
pub struct RectGrid {
    rects: Vec<PageRect>,
    cell: (f32, f32),
    cols: u32,
    rows: u32,
    /// Where each cell's items begin in `items`; one more at the end.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl RectGrid {
    /// Finds `rects` on a page of `size`. What lies beyond the page is found at its edge.
    pub fn new(rects: Vec<PageRect>, size: PageSize) -> Self {
        let side = ((rects.len() as f32).sqrt().ceil() as u32).clamp(1, 64);
        let cell = ((size.width.max(1) as f32 / side as f32), (size.height.max(1) as f32 / side as f32));
        let mut grid = Self { rects, cell, cols: side, rows: side, starts: Vec::new(), items: Vec::new() };
        let mut counts = vec![0u32; (side * side) as usize + 1];
        for rect in &grid.rects {
            grid.each_cell(*rect, |cell| counts[cell + 1] += 1);
        }
        for cell in 1..counts.len() {
            counts[cell] += counts[cell - 1];
        }
        let mut items = vec![0; counts.last().copied().unwrap_or(0) as usize];
        let mut next = counts.clone();
        for (item, rect) in grid.rects.iter().enumerate() {
            grid.each_cell(*rect, |cell| {
                items[next[cell] as usize] = item as u32;
                next[cell] += 1;
            });
        }
        grid.starts = counts;
        grid.items = items;
        grid
    }

    /// The rectangles, in the order they were given.
    pub fn rects(&self) -> &[PageRect] {
        &self.rects
    }

    /// Calls `visit` once with each rectangle's number that touches `area`, until it answers false; whether it never did.
    pub fn touching(&self, area: PageRect, mut visit: impl FnMut(usize) -> bool) -> bool {
        if self.rects.is_empty() {
            return true;
        }
        let (c0, r0, c1, r1) = self.span(area);
        for row in r0..=r1 {
            for col in c0..=c1 {
                let cell = (row * self.cols + col) as usize;
                for item in &self.items[self.starts[cell] as usize..self.starts[cell + 1] as usize] {
                    let rect = self.rects[*item as usize];
                    let touches = rect.left() <= area.right()
                        && rect.right() >= area.left()
                        && rect.top() <= area.bottom()
                        && rect.bottom() >= area.top();
                    // A rectangle lies in many cells; it counts in the first that both share.
                    let (rc, rr, ..) = self.span(rect);
                    if touches && (col, row) == (rc.max(c0), rr.max(r0)) && !visit(*item as usize) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// What a pointer at `point` may mean: the rectangles around it, smallest first; where there are none, the nearest
    /// within `slack` pixels.
    pub fn at(&self, point: PagePoint, slack: f32) -> Vec<usize> {
        let mut inside = Vec::new();
        let mut nearest: Option<(f32, usize)> = None;
        let area = PageRect::new(point.x, point.y, point.x, point.y).grown(slack);
        self.touching(area, |item| {
            let rect = self.rects[item];
            if rect.contains(point) {
                inside.push(item);
            } else {
                let far = distance(rect, point);
                if far <= slack && nearest.is_none_or(|(best, _)| far < best) {
                    nearest = Some((far, item));
                }
            }
            true
        });
        if inside.is_empty() {
            inside.extend(nearest.map(|(_, item)| item));
        }
        inside.sort_by(|a, b| self.rects[*a].area().total_cmp(&self.rects[*b].area()).then(b.cmp(a)));
        inside
    }

    fn span(&self, rect: PageRect) -> (u32, u32, u32, u32) {
        let col = |x: f32| ((x / self.cell.0).max(0.0) as u32).min(self.cols - 1);
        let row = |y: f32| ((y / self.cell.1).max(0.0) as u32).min(self.rows - 1);
        (col(rect.left()), row(rect.top()), col(rect.right()), row(rect.bottom()))
    }

    fn each_cell(&self, rect: PageRect, mut visit: impl FnMut(usize)) {
        let (c0, r0, c1, r1) = self.span(rect);
        for row in r0..=r1 {
            for col in c0..=c1 {
                visit((row * self.cols + col) as usize);
            }
        }
    }
}

/// How far `point` is outside `rect`, in pixels; 0 inside.
pub fn distance(rect: PageRect, point: PagePoint) -> f32 {
    let dx = (rect.left() - point.x).max(point.x - rect.right()).max(0.0);
    let dy = (rect.top() - point.y).max(point.y - rect.bottom()).max(0.0);
    dx.hypot(dy)
}

/// Which of `hits` (smallest first) a click means: the first, or the one after what is selected, so that clicks again
/// and again reach all that overlap.
pub fn click_choice<T: PartialEq + Clone>(hits: &[T], selected: Option<&T>) -> Option<T> {
    let next = selected.and_then(|s| hits.iter().position(|h| h == s)).map_or(0, |at| (at + 1) % hits.len());
    hits.get(next).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: PageSize = PageSize::new(1000, 1400);

    #[test]
    fn the_smallest_under_the_pointer_comes_first() {
        let grid = RectGrid::new(
            vec![
                PageRect::new(0.0, 0.0, 900.0, 900.0),
                PageRect::new(100.0, 100.0, 200.0, 120.0),
                PageRect::new(90.0, 90.0, 400.0, 200.0),
            ],
            SIZE,
        );
        assert_eq!(grid.at(PagePoint::new(150.0, 110.0), 4.0), [1, 2, 0]);
        assert_eq!(grid.at(PagePoint::new(903.0, 500.0), 4.0), [0], "a near miss is a hit");
        assert_eq!(grid.at(PagePoint::new(906.0, 500.0), 4.0), [0; 0]);
    }

    #[test]
    fn clicks_again_reach_all_that_overlap() {
        let hits = ["cell", "table", "page"];
        assert_eq!(click_choice(&hits, None), Some("cell"));
        assert_eq!(click_choice(&hits, Some(&"cell")), Some("table"));
        assert_eq!(click_choice(&hits, Some(&"page")), Some("cell"));
        assert_eq!(click_choice(&hits, Some(&"elsewhere")), Some("cell"));
        assert_eq!(click_choice::<&str>(&[], Some(&"cell")), None);
    }

    proptest! {
        #[test]
        fn the_grid_finds_what_a_walk_over_all_finds(
            boxes in proptest::collection::vec((-50.0..1100f32, -50.0..1500f32, 0.0..400f32, 0.0..300f32), 0..60),
            x in -50.0..1100f32, y in -50.0..1500f32, w in 0.0..900f32, h in 0.0..900f32,
        ) {
            let rects: Vec<PageRect> = boxes.iter().map(|(x, y, w, h)| PageRect::new(*x, *y, x + w, y + h)).collect();
            let grid = RectGrid::new(rects.clone(), SIZE);
            let area = PageRect::new(x, y, x + w, y + h);
            let mut found = Vec::new();
            grid.touching(area, |item| { found.push(item); true });
            found.sort_unstable();
            let walked: Vec<usize> = (0..rects.len())
                .filter(|i| {
                    let r = rects[*i];
                    r.left() <= area.right() && r.right() >= area.left() && r.top() <= area.bottom() && r.bottom() >= area.top()
                })
                .collect();
            prop_assert_eq!(found, walked);
        }
    }
}
