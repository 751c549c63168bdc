//! Pictures: PNG, JPEG, WebP, BMP and GIF through `image`, TIFF through `tiff`. Runs in a worker process only.

mod raster;
mod scale;
mod sheet;
mod tiff;
mod whole;

use super::file::capped;
use super::{FileInfo, FileKind, MAX_PIXELS, PageError, Render, TextLayer};
use crate::document::PageSize;
use image::RgbImage;
use image::metadata::Orientation;
use std::path::{Path, PathBuf};

/// The most bytes of a decoded picture, before it is scaled to a page: 100 million pixels of a photograph.
const MAX_BYTES: u64 = 320 << 20;

/// A decoded page of up to so many bytes is kept while other files are asked for: 16 million pixels.
const MAX_RESTING: usize = 48 << 20;

/// An open picture.
pub(super) struct PictureFile {
    path: PathBuf,
    kind: FileKind,
    pages: Vec<Page>,
    /// The page that was last drawn, upright, in the size of its image.
    last: Option<(u32, RgbImage)>,
}

/// What is known of a page before it is decoded.
struct Page {
    /// The size of its image, upright.
    size: PageSize,
    /// What sets it upright.
    orientation: Orientation,
    /// Where a TIFF file has it.
    directory: Option<tiff::Directory>,
}

impl PictureFile {
    /// Reads the headers.
    pub(super) fn open(path: &Path, kind: FileKind) -> Result<Self, PageError> {
        let pages = if kind == FileKind::Tiff {
            let page = |directory: tiff::Directory| {
                let orientation = directory.orientation();
                Page { size: upright(directory.full_size(), orientation), orientation, directory: Some(directory) }
            };
            tiff::directories(path)?.into_iter().map(page).collect()
        } else {
            let (size, orientation) = raster::header(path, kind)?;
            vec![Page { size: upright(size, orientation), orientation, directory: None }]
        };
        Ok(Self { path: path.to_owned(), kind, pages, last: None })
    }

    /// The sizes of all pages.
    pub(super) fn info(&self) -> FileInfo {
        let pages = self.pages.iter().map(|p| p.size).collect();
        let breaks_off = whole::breaks_off(&self.path, self.kind).unwrap_or(false);
        FileInfo { kind: self.kind, pages, breaks_off }
    }

    /// The pixels of a page, on white.
    pub(super) fn render(&mut self, page: u32, render: Render) -> Result<RgbImage, PageError> {
        let wanted = render.wanted();
        if u64::from(wanted.width) * u64::from(wanted.height) > MAX_PIXELS {
            return Err(PageError::TooLarge(format!("{} × {} pixels were asked for", wanted.width, wanted.height)));
        }
        if self.last.as_ref().is_none_or(|(last, _)| *last != page) {
            // Two decoded pages would not fit.
            self.last = None;
            self.last = Some((page, self.decode(page)?));
        }
        let (_, pixels) = self.last.as_ref().ok_or(PageError::NoSuchPage(page))?;
        if (pixels.width(), pixels.height()) == (render.size.width, render.size.height) {
            Ok(image::imageops::crop_imm(pixels, wanted.x, wanted.y, wanted.width, wanted.height).to_image())
        } else {
            Ok(scale::region(pixels, render.size, wanted))
        }
    }

    /// Lets go a large decoded page: several of them would not fit.
    pub(super) fn rest(&mut self) {
        if self.last.as_ref().is_some_and(|(_, pixels)| pixels.as_raw().len() > MAX_RESTING) {
            self.last = None;
        }
    }

    /// An empty layer: a picture has no words of its own.
    pub(super) fn text_layer(&self, page: u32) -> Result<TextLayer, PageError> {
        let size = self.pages.get(page as usize).ok_or(PageError::NoSuchPage(page))?.size;
        Ok(TextLayer { size, image_cover: 1.0, ..TextLayer::default() })
    }

    /// The whole page, upright.
    fn decode(&self, number: u32) -> Result<RgbImage, PageError> {
        let page = self.pages.get(number as usize).ok_or(PageError::NoSuchPage(number))?;
        let size = lying(page.size, page.orientation);
        let mut pixels = if let Some(directory) = &page.directory {
            tiff::decode(&self.path, directory, size)?
        } else {
            raster::decode(&self.path, self.kind, size)?
        };
        if (pixels.width(), pixels.height()) != (size.width, size.height) {
            // Its dots are not square.
            pixels = scale::region(&pixels, size, Render::whole(size).wanted());
        }
        let mut image = image::DynamicImage::ImageRgb8(pixels);
        image.apply_orientation(page.orientation);
        Ok(image.into_rgb8())
    }
}

/// The size of the page of a picture that is stored in `size`.
fn upright(size: PageSize, orientation: Orientation) -> PageSize {
    let size = lying(size, orientation);
    capped(f64::from(size.width), f64::from(size.height))
}

/// The size that becomes `size` when it is set upright; and the other way round.
fn lying(size: PageSize, orientation: Orientation) -> PageSize {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            PageSize::new(size.height, size.width)
        }
        _ => size,
    }
}
