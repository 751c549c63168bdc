//! PDF files through PDFium. Runs in a worker process only.

mod layer;
mod place;
mod rules;
mod words;

use super::file::{DPI, capped};
use super::{FileInfo, FileKind, MAX_PIXELS, PageError, PixelRegion, Render, TextLayer};
use crate::document::PageSize;
use image::RgbImage;
use pdfium_render::prelude::{
    PdfBitmap, PdfBitmapFormat, PdfDocument, PdfPage, PdfPageAnnotationType, PdfRenderConfig, Pdfium, PdfiumError,
    PdfiumInternalError,
};
use std::path::{Path, PathBuf};

/// Up to this many bytes a file is held in memory; of a larger one PDFium reads what it needs from the disk.
const IN_MEMORY: u64 = 32 << 20;
/// US Letter, the size of a page that does not say its own.
const LETTER: (f64, f64) = (612.0, 792.0);
/// The longest side that a page may be scaled to when a part of it is drawn, in pixels.
const MAX_SCALED: u32 = 1 << 20;

/// So many annotations of a page are looked at for text.
const MAX_ANNOTATIONS: usize = 2000;
/// A part of a page is drawn with so many pixels more to its left and top. PDFium draws letters of up to 50 pixels as
/// little pictures, and puts those that begin left of or above what is drawn one pixel off: a seam between tiles.
const MARGIN: u32 = 64;

/// An open PDF file.
pub(super) struct PdfFile<'a> {
    /// The page that was last used: its contents stay parsed and its pictures decoded, for the next tile of it.
    /// Stands before `document`, to be closed before it.
    last: Option<(u32, PdfPage<'a>)>,
    document: PdfDocument<'a>,
    /// The same file once more, for pages whose annotations are made part of their contents. It is never drawn.
    flattened: Option<PdfDocument<'a>>,
    source: Source<'a>,
}

/// What opens a file.
struct Source<'a> {
    pdfium: &'a Pdfium,
    path: PathBuf,
    length: u64,
    password: Option<String>,
}

impl<'a> Source<'a> {
    fn open(&self) -> Result<PdfDocument<'a>, PageError> {
        let password = self.password.as_deref();
        if password.is_some_and(|p| p.contains('\0')) {
            return Err(PageError::NeedsPassword { wrong: true });
        }
        let loaded = if self.length <= IN_MEMORY {
            self.pdfium.load_pdf_from_byte_vec(std::fs::read(&self.path)?, password)
        } else {
            self.pdfium.load_pdf_from_file(&self.path, password)
        };
        loaded.map_err(|error| match error {
            PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::PasswordError) => {
                PageError::NeedsPassword { wrong: password.is_some() }
            }
            PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::SecurityError) => {
                PageError::Unsupported("a PDF with an unknown kind of lock".into())
            }
            PdfiumError::IoError(error) => error.into(),
            _ => PageError::Corrupt("it is not a valid PDF".into()),
        })
    }
}

impl<'a> PdfFile<'a> {
    /// Opens a file of `length` bytes.
    pub(super) fn open(
        pdfium: &'a Pdfium,
        path: &Path,
        length: u64,
        password: Option<&str>,
    ) -> Result<Self, PageError> {
        let source = Source { pdfium, path: path.to_owned(), length, password: password.map(str::to_owned) };
        let document = source.open()?;
        if document.pages().is_empty() {
            return Err(PageError::NoPages);
        }
        Ok(Self { last: None, document, flattened: None, source })
    }

    /// The sizes of all pages, without loading one.
    pub(super) fn info(&self) -> FileInfo {
        let pages = (0..self.document.pages().len()).map(|page| self.size(page as u32)).collect();
        FileInfo { kind: FileKind::Pdf, pages, breaks_off: false }
    }

    /// The size of a page at 300 DPI.
    fn size(&self, page: u32) -> PageSize {
        let (width, height) = match self.document.pages().page_size(page as i32) {
            Ok(size) if size.width().value > 0.0 && size.height().value > 0.0 => {
                (f64::from(size.width().value), f64::from(size.height().value))
            }
            _ => LETTER,
        };
        capped(width * DPI / 72.0, height * DPI / 72.0)
    }

    fn page(&mut self, number: u32) -> Result<&PdfPage<'a>, PageError> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != number) {
            self.last = None;
            if i64::from(number) >= i64::from(self.document.pages().len()) {
                return Err(PageError::NoSuchPage(number));
            }
            let page = self.document.pages().get(number as i32);
            let page = page.map_err(|_| PageError::Corrupt("this page of it is not valid".into()))?;
            self.last = Some((number, page));
        }
        self.last.as_ref().map(|(_, page)| page).ok_or(PageError::NoSuchPage(number))
    }

    /// The pixels of a page, on white.
    pub(super) fn render(&mut self, page: u32, render: Render) -> Result<RgbImage, PageError> {
        let wanted = render.wanted();
        let size = render.size;
        if u64::from(wanted.width) * u64::from(wanted.height) > MAX_PIXELS || size.width.max(size.height) > MAX_SCALED {
            return Err(PageError::TooLarge(format!("{} × {} pixels were asked for", size.width, size.height)));
        }
        if wanted.width == 0 || wanted.height == 0 {
            return Ok(RgbImage::new(wanted.width, wanted.height));
        }
        let page = self.page(page)?;
        let drawn = PixelRegion {
            x: wanted.x.saturating_sub(MARGIN),
            y: wanted.y.saturating_sub(MARGIN),
            width: wanted.width + wanted.x.min(MARGIN),
            height: wanted.height + wanted.y.min(MARGIN),
        };
        // PDFium's rows end on a multiple of four bytes.
        let stride = (drawn.width as usize * 3).next_multiple_of(4);
        let mut pixels = vec![255; stride * drawn.height as usize];
        let config = PdfRenderConfig::new()
            .set_fixed_size(size.width as i32, size.height as i32)
            .set_origin(-(drawn.x as i32), -(drawn.y as i32))
            .clear_before_rendering(false);
        let corrupt = |_| PageError::Corrupt("this page of it cannot be drawn".into());
        let format = PdfBitmapFormat::BGR;
        let mut bitmap =
            PdfBitmap::from_bytes(drawn.width as i32, drawn.height as i32, format, &mut pixels).map_err(corrupt)?;
        page.render_into_bitmap_with_config(&mut bitmap, &config).map_err(corrupt)?;
        drop(bitmap);
        let row = wanted.width as usize * 3;
        let (left, top) = ((wanted.x - drawn.x) as usize * 3, (wanted.y - drawn.y) as usize);
        if row != stride || top != 0 {
            for y in 0..wanted.height as usize {
                let from = (top + y) * stride + left;
                pixels.copy_within(from..from + row, y * row);
            }
            pixels.truncate(row * wanted.height as usize);
        }
        RgbImage::from_raw(wanted.width, wanted.height, pixels).ok_or(PageError::Crashed)
    }

    /// Lets go what only the next tile of the same page would need.
    pub(super) fn rest(&mut self) {
        self.last = None;
    }

    /// The words and rules of a page, in pixels of its image at 300 DPI: those of filled-in forms too.
    pub(super) fn text_layer(&mut self, number: u32) -> Result<TextLayer, PageError> {
        let size = self.size(number);
        let page = self.page(number)?;
        if !writes_in_annotations(page) {
            return Ok(layer::read(page, size));
        }
        let document = match self.flattened.take() {
            Some(document) => document,
            None => self.source.open()?,
        };
        let layer = match flattened(&document, number) {
            Some(page) => layer::read(&page, size),
            None => layer::read(self.page(number)?, size),
        };
        self.flattened = Some(document);
        Ok(layer)
    }
}

/// Whether annotations of the page may hold text that a person sees, which PDFium's text layer leaves out.
fn writes_in_annotations(page: &PdfPage) -> bool {
    let kinds = page.annotations().iter().take(MAX_ANNOTATIONS).map(|a| a.annotation_type());
    let mut kinds = kinds.filter(|kind| {
        use PdfPageAnnotationType::{FreeText, Stamp, Watermark, Widget};
        matches!(kind, FreeText | Stamp | Watermark | Widget)
    });
    kinds.next().is_some()
}

/// The page with its annotations made part of its contents; `None` where that fails.
fn flattened<'a>(document: &PdfDocument<'a>, number: u32) -> Option<PdfPage<'a>> {
    let mut page = document.pages().get(number as i32).ok()?;
    page.flatten().ok()?;
    // The parts of a page still look at it as it was before.
    drop(page);
    document.pages().get(number as i32).ok()
}
