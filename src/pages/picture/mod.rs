//! Pictures through the `image` decoders. Runs in a worker process only.

use super::file::capped;
use super::{FileInfo, FileKind, PageError, Render, TextLayer};
use crate::document::PageSize;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, RgbImage};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The most bytes of a decoded picture.
const MAX_BYTES: u64 = 400 << 20;

/// An open picture.
pub(super) struct PictureFile {
    path: PathBuf,
    kind: FileKind,
    size: PageSize,
    pixels: Option<RgbImage>,
}

impl PictureFile {
    /// Reads the header.
    pub(super) fn open(path: &Path, kind: FileKind) -> Result<Self, PageError> {
        let mut decoder = decoder(path, kind)?;
        let (width, height) = decoder.dimensions();
        if decoder.total_bytes() > MAX_BYTES {
            return Err(PageError::TooLarge(format!("{width} × {height} pixels")));
        }
        let upright = match decoder.orientation().unwrap_or(Orientation::NoTransforms) {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (height, width),
            _ => (width, height),
        };
        let size = capped(f64::from(upright.0), f64::from(upright.1));
        Ok(Self { path: path.to_owned(), kind, size, pixels: None })
    }

    pub(super) fn info(&self) -> FileInfo {
        FileInfo { kind: self.kind, pages: vec![self.size] }
    }

    pub(super) fn render(&mut self, page: u32, render: Render) -> Result<RgbImage, PageError> {
        if page > 0 {
            return Err(PageError::NoSuchPage(page));
        }
        let pixels =
            if let Some(pixels) = &self.pixels { pixels } else { self.pixels.insert(decode(&self.path, self.kind)?) };
        let wanted = render.wanted();
        let scaled;
        let whole = if (pixels.width(), pixels.height()) == (render.size.width, render.size.height) {
            pixels
        } else {
            scaled = image::imageops::resize(
                pixels,
                render.size.width,
                render.size.height,
                image::imageops::FilterType::Triangle,
            );
            &scaled
        };
        Ok(image::imageops::crop_imm(whole, wanted.x, wanted.y, wanted.width, wanted.height).to_image())
    }

    pub(super) fn text_layer(&self, page: u32) -> Result<TextLayer, PageError> {
        if page > 0 {
            return Err(PageError::NoSuchPage(page));
        }
        Ok(TextLayer { size: self.size, image_cover: 1.0, ..TextLayer::default() })
    }
}

fn decoder(path: &Path, kind: FileKind) -> Result<Box<dyn ImageDecoder>, PageError> {
    let format = match kind {
        FileKind::Png => ImageFormat::Png,
        FileKind::Jpeg => ImageFormat::Jpeg,
        FileKind::Tiff => ImageFormat::Tiff,
        FileKind::WebP => ImageFormat::WebP,
        FileKind::Bmp => ImageFormat::Bmp,
        FileKind::Gif => ImageFormat::Gif,
        FileKind::Pdf => return Err(PageError::Unsupported("no picture".into())),
    };
    let mut reader = ImageReader::with_format(BufReader::new(File::open(path)?), format);
    reader.no_limits();
    reader.into_decoder().map(|d| Box::new(d) as Box<dyn ImageDecoder>).map_err(|e| error(&e))
}

fn decode(path: &Path, kind: FileKind) -> Result<RgbImage, PageError> {
    let mut decoder = decoder(path, kind)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| error(&e))?;
    image.apply_orientation(orientation);
    Ok(image.into_rgb8())
}

fn error(error: &ImageError) -> PageError {
    match error {
        ImageError::Unsupported(_) => PageError::Unsupported("a picture of a rare kind".into()),
        ImageError::Limits(_) => PageError::TooLarge("more memory than there is".into()),
        ImageError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => PageError::Corrupt(e.to_string()),
        _ => PageError::Corrupt("it is not a valid picture".into()),
    }
}
