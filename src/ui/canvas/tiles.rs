//! Which images a page is put together from at which scale. Pure.
//!
//! A page is drawn sharp when an image pixel is a screen pixel, so images are made for the very scale of the view once
//! it stands still; while it moves, what is there is stretched.

use crate::document::{PageRect, PageSize};
use crate::pages::PixelRegion;

/// The side of a tile in pixels.
pub const TILE: u32 = 768;

/// A page of at most so many pixels is one image: 6 MB on the graphics card, and a renderer walks it once.
const WHOLE_PIXELS: u64 = 1_600_000;

/// The longer side of the preview that lies under the tiles, in pixels.
const PREVIEW_SIDE: f64 = 640.0;

/// At most so many image pixels a page pixel (1200 DPI of a PDF); beyond it they are stretched.
const MAX_SCALE: f64 = 4.0;

/// A page at one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// The size of the whole page in pixels of this level.
    pub whole: PageSize,
}

impl Level {
    /// A page of `size` page pixels at `scale` image pixels a page pixel.
    pub fn of(size: PageSize, scale: f64) -> Self {
        let scale = scale.clamp(1e-4, MAX_SCALE);
        let side = |pixels: u32| (f64::from(pixels) * scale).round().max(1.0) as u32;
        Self { whole: PageSize::new(side(size.width), side(size.height)) }
    }

    /// The small one of the whole page that is there first.
    pub fn preview(size: PageSize) -> Self {
        Self::of(size, PREVIEW_SIDE / f64::from(size.width.max(size.height).max(1)))
    }

    /// Image pixels a page pixel of a page of `size`.
    pub fn scale(self, size: PageSize) -> f64 {
        f64::from(self.whole.width) / f64::from(size.width.max(1))
    }

    /// Whether the page is one image.
    pub fn is_whole(self) -> bool {
        u64::from(self.whole.width) * u64::from(self.whole.height) <= WHOLE_PIXELS
            && self.whole.width.max(self.whole.height) <= 2048
    }

    /// Whether a preview under it is worth its time.
    pub fn needs_preview(self) -> bool {
        f64::from(self.whole.width.max(self.whole.height)) > PREVIEW_SIDE * 1.5
    }

    /// The images that show `visible` (page pixels of a page of `size`), nearest to its middle first; `None` is the
    /// whole page.
    pub fn images(self, visible: PageRect, size: PageSize) -> Vec<Option<PixelRegion>> {
        let Some(visible) = visible.clamped(size) else { return Vec::new() };
        if self.is_whole() {
            return vec![None];
        }
        let (sx, sy) =
            (self.whole.width as f32 / size.width.max(1) as f32, self.whole.height as f32 / size.height.max(1) as f32);
        let span = |low: f32, high: f32, all: u32| {
            let last = all.div_ceil(TILE) - 1;
            let first = (low.max(0.0) as u32 / TILE).min(last);
            first..=((high.max(0.0).ceil() as u32).saturating_sub(1) / TILE).clamp(first, last)
        };
        let mut tiles: Vec<PixelRegion> = span(visible.top() * sy, visible.bottom() * sy, self.whole.height)
            .flat_map(|row| {
                span(visible.left() * sx, visible.right() * sx, self.whole.width).map(move |col| (col, row))
            })
            .map(|(col, row)| self.tile(col, row))
            .collect();
        let (mx, my) = (visible.center().x * sx, visible.center().y * sy);
        tiles.sort_by_key(|t| {
            let (dx, dy) = (t.x as f32 + t.width as f32 / 2.0 - mx, t.y as f32 + t.height as f32 / 2.0 - my);
            (dx * dx + dy * dy) as u64
        });
        tiles.into_iter().map(Some).collect()
    }

    fn tile(self, col: u32, row: u32) -> PixelRegion {
        let (x, y) = (col * TILE, row * TILE);
        PixelRegion { x, y, width: TILE.min(self.whole.width - x), height: TILE.min(self.whole.height - y) }
    }

    /// The part of a page of `size` that `region` shows, in page pixels.
    pub fn page_rect(self, region: Option<PixelRegion>, size: PageSize) -> PageRect {
        let Some(r) = region else { return size.rect() };
        let (sx, sy) =
            (size.width as f32 / self.whole.width.max(1) as f32, size.height as f32 / self.whole.height.max(1) as f32);
        PageRect::new(r.x as f32 * sx, r.y as f32 * sy, (r.x + r.width) as f32 * sx, (r.y + r.height) as f32 * sy)
    }
}

/// Decides when the view has come to rest, so that a zoom does not ask for images of every scale it passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settling {
    seen: f64,
    since: f64,
    settled: f64,
}

/// A scale must stand for so many seconds before images are made for it.
const REST_SECS: f64 = 0.08;

impl Settling {
    /// The scale to make images for while the view is at `scale` at time `now`, and whether that is final.
    pub fn scale(&mut self, scale: f64, now: f64) -> (f64, bool) {
        if (scale / self.seen - 1.0).abs() > 1e-6 || self.seen == 0.0 {
            self.seen = scale;
            self.since = now;
        }
        let far = self.settled == 0.0 || scale / self.settled > 1.8 || scale / self.settled < 0.5;
        if far || now - self.since >= REST_SECS {
            self.settled = scale;
        }
        let rested = self.settled.to_bits() == scale.to_bits();
        (self.settled, rested)
    }

    /// Takes `scale` for settled: it is where a glide will end, or a step that the person chose.
    pub const fn settle(&mut self, scale: f64, now: f64) {
        *self = Self { seen: scale, since: now, settled: scale };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A4: PageSize = PageSize::new(2480, 3508);

    #[test]
    fn a_page_that_fits_the_window_is_one_image_pixel_for_pixel() {
        let level = Level::of(A4, 0.3);
        assert_eq!(level.whole, PageSize::new(744, 1052));
        assert_eq!(level.images(A4.rect(), A4), [None]);
    }

    #[test]
    fn only_tiles_in_view_are_asked_for_the_middle_first() {
        let level = Level::of(A4, 2.0);
        let visible = PageRect::new(0.0, 0.0, 1000.0, 500.0);
        let tiles = level.images(visible, A4);
        assert_eq!(tiles.len(), 3 * 2);
        assert_eq!(tiles[0], Some(PixelRegion { x: 768, y: 0, width: 768, height: 768 }));
        assert!(level.images(PageRect::new(-50.0, -50.0, -1.0, -1.0), A4).is_empty());
    }

    #[test]
    fn images_never_exceed_the_largest_scale() {
        assert_eq!(Level::of(A4, 8.0), Level::of(A4, 4.0));
    }

    #[test]
    fn a_zoom_in_flight_makes_no_images_of_each_scale() {
        let mut settling = Settling::default();
        assert_eq!(settling.scale(1.0, 0.0), (1.0, true));
        for step in 1..=5 {
            let scale = 1.0 + f64::from(step) * 0.1;
            assert_eq!(settling.scale(scale, f64::from(step) * 0.016), (1.0, false));
        }
        assert_eq!(settling.scale(1.9, 0.1), (1.9, true), "too far from what there is: an image on the way");
        assert_eq!(settling.scale(2.0, 0.11), (1.9, false));
        assert_eq!(settling.scale(2.0, 0.2), (2.0, true), "at rest");
    }

    proptest! {
        #[test]
        fn tiles_cover_what_is_visible_and_stay_on_the_page(
            scale in 0.05..4f64, x in 0.0..2400f32, y in 0.0..3400f32, w in 1.0..2000f32, h in 1.0..2000f32,
        ) {
            let level = Level::of(A4, scale);
            let visible = PageRect::new(x, y, x + w, y + h).clamped(A4).unwrap();
            let images = level.images(visible, A4);
            let around = PageRect::around(images.iter().map(|r| level.page_rect(*r, A4))).unwrap();
            prop_assert!(around.grown(0.5).intersection(visible).unwrap().area() > visible.area() * 0.999);
            for region in images.iter().flatten() {
                prop_assert!(region.width > 0 && region.height > 0);
                prop_assert!(region.x + region.width <= level.whole.width && region.y + region.height <= level.whole.height);
            }
            let area: f32 = images.iter().map(|r| level.page_rect(*r, A4).area()).sum();
            prop_assert!((area - around.area()).abs() < around.area() * 0.01, "tiles do not overlap");
        }
    }
}
