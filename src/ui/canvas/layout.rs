//! Where pages stand in the world that the view scrolls over. Pure.
//!
//! The world counts in page pixels, as `f64`: a thousand pages are millions of pixels high, more than an `f32` can
//! tell apart.

use crate::document::{PageSize, Turn};
use std::sync::Arc;

/// A place or a distance in the world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct World {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl World {
    /// The place `x` to the right and `y` down.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// A rectangle of the world.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorldRect {
    /// Top left.
    pub min: World,
    /// Bottom right.
    pub max: World,
}

impl WorldRect {
    /// Its width.
    pub fn width(self) -> f64 {
        self.max.x - self.min.x
    }

    /// Its height.
    pub fn height(self) -> f64 {
        self.max.y - self.min.y
    }

    /// The part of it that lies in `other`, as a share of its area, 0 to 1.
    pub fn share_in(self, other: Self) -> f64 {
        let width = self.max.x.min(other.max.x) - self.min.x.max(other.min.x);
        let height = self.max.y.min(other.max.y) - self.min.y.max(other.min.y);
        let area = self.width() * self.height();
        if width <= 0.0 || height <= 0.0 || area <= 0.0 { 0.0 } else { width * height / area }
    }
}

/// The pages of a document, one below the other or one alone.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    sizes: Arc<Vec<PageSize>>,
    turn: Turn,
    /// The page that stands alone; `None` where all follow each other.
    alone: Option<u32>,
    /// The top of each page.
    tops: Vec<f64>,
    bounds: WorldRect,
}

impl Layout {
    /// Pages of `sizes`, all turned by `turn`; only `alone` where that is given.
    pub fn new(sizes: Arc<Vec<PageSize>>, turn: Turn, alone: Option<u32>) -> Self {
        let mut layout = Self { sizes, turn, alone, tops: Vec::new(), bounds: WorldRect::default() };
        let width = layout.shown().map(|page| layout.page_size(page).0).fold(0.0, f64::max);
        let gap = (width * 0.02).round().max(1.0);
        let mut top = 0.0;
        for page in 0..layout.sizes.len() as u32 {
            layout.tops.push(top);
            if layout.alone.is_none() {
                top += layout.page_size(page).1 + gap;
            }
        }
        let bottom = match layout.alone {
            Some(page) => layout.page_size(page).1,
            None => (top - gap).max(0.0),
        };
        layout.bounds = WorldRect { min: World::new(-width / 2.0, 0.0), max: World::new(width / 2.0, bottom) };
        layout
    }

    /// Whether `Layout::new` would make this very layout.
    pub fn is_of(&self, sizes: &Arc<Vec<PageSize>>, turn: Turn, alone: Option<u32>) -> bool {
        Arc::ptr_eq(&self.sizes, sizes) && self.turn == turn && self.alone == alone
    }

    /// The size of each page as it is in the file.
    pub fn sizes(&self) -> Arc<Vec<PageSize>> {
        Arc::clone(&self.sizes)
    }

    /// The number of pages of the document.
    pub fn page_count(&self) -> u32 {
        self.sizes.len() as u32
    }

    /// The size of a page as it is in the file.
    pub fn size(&self, page: u32) -> PageSize {
        self.sizes.get(page as usize).copied().unwrap_or_default()
    }

    /// How the view turns the pages.
    pub const fn turn(&self) -> Turn {
        self.turn
    }

    /// The page that stands alone.
    pub const fn alone(&self) -> Option<u32> {
        self.alone
    }

    /// What holds all pages.
    pub const fn bounds(&self) -> WorldRect {
        self.bounds
    }

    /// Where a page stands, turned; an empty place where there is no such page.
    pub fn page(&self, page: u32) -> WorldRect {
        let top = self.tops.get(page as usize).copied().unwrap_or(self.bounds.max.y);
        let (width, height) = self.page_size(page);
        WorldRect { min: World::new(-width / 2.0, top), max: World::new(width / 2.0, top + height) }
    }

    /// The pages that lie at least partly in `area`, in order.
    pub fn pages_in(&self, area: WorldRect) -> impl Iterator<Item = u32> + '_ {
        let range = if let Some(page) = self.alone {
            page..page + 1
        } else {
            let first = self.tops.partition_point(|top| *top <= area.min.y).saturating_sub(1) as u32;
            let end = self.tops.partition_point(|top| *top < area.max.y) as u32;
            first..end
        };
        range.filter(move |page| self.page(*page).share_in(area) > 0.0)
    }

    fn shown(&self) -> std::ops::Range<u32> {
        match self.alone {
            Some(page) => page..page + 1,
            None => 0..self.page_count(),
        }
    }

    fn page_size(&self, page: u32) -> (f64, f64) {
        let size = self.turn.size(self.size(page));
        (f64::from(size.width), f64::from(size.height))
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these numbers come out exactly")]
mod tests {
    use super::*;

    fn thousand() -> Layout {
        Layout::new(Arc::new(vec![PageSize::new(2480, 3508); 1000]), Turn::None, None)
    }

    #[test]
    fn a_thousand_pages_stand_below_each_other_to_the_pixel() {
        let layout = thousand();
        for page in 1..1000 {
            let gap = layout.page(page).min.y - layout.page(page - 1).max.y;
            assert!((gap - 50.0).abs() < 1e-6, "{gap} before page {page}");
        }
        assert!((layout.bounds().max.y - layout.page(999).max.y).abs() < 1e-6);
    }

    #[test]
    fn only_pages_in_view_are_looked_at() {
        let layout = thousand();
        let page = layout.page(500);
        let view = WorldRect { min: World::new(-100.0, page.min.y - 100.0), max: World::new(100.0, page.max.y + 10.0) };
        assert_eq!(layout.pages_in(view).collect::<Vec<_>>(), [499, 500]);
        let above = WorldRect { min: World::new(-100.0, -900.0), max: World::new(100.0, -10.0) };
        assert_eq!(layout.pages_in(above).count(), 0);
    }

    #[test]
    fn a_turned_page_lies_on_its_side() {
        let sizes = Arc::new(vec![PageSize::new(100, 200), PageSize::new(50, 60)]);
        let layout = Layout::new(Arc::clone(&sizes), Turn::Quarter, None);
        assert_eq!((layout.page(0).width(), layout.page(0).height()), (200.0, 100.0));
        assert_eq!(layout.page(1).min.x, -30.0);
        assert!(layout.is_of(&sizes, Turn::Quarter, None) && !layout.is_of(&sizes, Turn::None, None));
    }

    #[test]
    fn a_page_alone_stands_at_the_top() {
        let sizes = Arc::new(vec![PageSize::new(900, 200), PageSize::new(50, 60)]);
        let layout = Layout::new(sizes, Turn::None, Some(1));
        assert_eq!(layout.bounds(), layout.page(1));
        assert_eq!(layout.page(1).min.y, 0.0);
        assert_eq!(layout.pages_in(layout.bounds()).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn no_pages_make_an_empty_world() {
        let layout = Layout::new(Arc::default(), Turn::None, None);
        assert_eq!(layout.pages_in(layout.bounds()).count(), 0);
        assert_eq!(layout.bounds().height(), 0.0);
    }
}
