//! What is asked of a file and what it answers; and how large a page image is. No decoding.

use crate::document::PageSize;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Dots per inch of a PDF page's pixel space.
pub const DPI: f64 = 300.0;
/// The longest side of a page image, in pixels. A larger page is one of fewer dots per inch.
pub const MAX_SIDE: u32 = 10_000;
/// The most pixels of a page image (A2 at 300 DPI has 34.8 million). A larger page is one of fewer dots per inch.
pub const MAX_PIXELS: u64 = 40_000_000;

/// A file on the disk, with what opens it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageFile {
    /// Where it is.
    pub path: PathBuf,
    /// The password of an encrypted PDF.
    pub password: Option<String>,
}

impl PageFile {
    /// A file that needs no password.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), password: None }
    }
}

impl std::fmt::Debug for PageFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("PageFile").field("path", &self.path).field("password", &password).finish()
    }
}

/// What a file is, by its contents; its name plays no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF, of any number of pages.
    Tiff,
    /// WebP; of an animation the first picture.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// GIF; of an animation the first picture.
    Gif,
}

/// What is known of a file without drawing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileInfo {
    /// What it is.
    pub kind: FileKind,
    /// The size of each page's image: a PDF page at 300 DPI, a picture as it is, upright; not larger than
    /// [`MAX_SIDE`] and [`MAX_PIXELS`]. At least one page.
    pub pages: Vec<PageSize>,
    /// A picture's file ends before its picture does: what is missing is blank.
    pub breaks_off: bool,
}

/// How a page is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Render {
    /// The size that the whole page is scaled to; any size, also one that distorts.
    pub size: PageSize,
    /// The part of the scaled page that is wanted; `None` for all of it.
    pub region: Option<PixelRegion>,
}

impl Render {
    /// The whole page in `size`.
    pub const fn whole(size: PageSize) -> Self {
        Self { size, region: None }
    }

    /// The part that is wanted, within the page; empty where the region lies outside.
    pub(super) fn wanted(self) -> PixelRegion {
        let region =
            self.region.unwrap_or(PixelRegion { x: 0, y: 0, width: self.size.width, height: self.size.height });
        let (x, y) = (region.x.min(self.size.width), region.y.min(self.size.height));
        PixelRegion {
            x,
            y,
            width: region.width.min(self.size.width - x),
            height: region.height.min(self.size.height - y),
        }
    }
}

/// A part of a page image, in its pixels; origin top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelRegion {
    /// The left edge.
    pub x: u32,
    /// The top edge.
    pub y: u32,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// The size of the image of a page that is `width` × `height` pixels large at full resolution: that, or
/// scaled down evenly to [`MAX_SIDE`] and [`MAX_PIXELS`]. Never 0.
pub(super) fn capped(width: f64, height: f64) -> PageSize {
    let (width, height) = (width.max(1.0), height.max(1.0));
    let side = f64::from(MAX_SIDE) / width.max(height);
    let area = (MAX_PIXELS as f64 / (width * height)).sqrt();
    let scale = side.min(area).min(1.0);
    // Rounding up both sides must not exceed the cap.
    let pixels = |v: f64| if scale < 1.0 { (v * scale).floor() } else { v.round() };
    PageSize::new(pixels(width).max(1.0) as u32, pixels(height).max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_is_2550_by_3300() {
        assert_eq!(capped(612.0 * DPI / 72.0, 792.0 * DPI / 72.0), PageSize::new(2550, 3300));
    }

    #[test]
    fn a_wall_of_a_page_is_capped_and_keeps_its_shape() {
        let size = capped(35_000.0, 35_000.0);
        assert_eq!(size, PageSize::new(6324, 6324));
        let strip = capped(100_000.0, 1000.0);
        assert_eq!(strip, PageSize::new(10_000, 100));
        assert_eq!(capped(1e9, 0.001), PageSize::new(10_000, 1));
    }

    #[test]
    fn a_region_never_leaves_the_page() {
        let region = PixelRegion { x: 90, y: 0, width: 50, height: u32::MAX };
        let render = Render { size: PageSize::new(100, 80), region: Some(region) };
        assert_eq!(render.wanted(), PixelRegion { x: 90, y: 0, width: 10, height: 80 });
    }

    #[test]
    fn a_password_is_not_in_the_debug_text() {
        let file = PageFile { path: "a.pdf".into(), password: Some("open sesame".into()) };
        assert!(!format!("{file:?}").contains("sesame"));
    }
}
