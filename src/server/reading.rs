//! What the server reads files with. Knows nothing of requests.

use crate::document::{Page, PageSize, Problem};
use image::RgbImage;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// A file to read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Where it is; its name says nothing about what it is.
    pub path: &'a Path,
    /// The password of an encrypted PDF.
    pub password: Option<&'a str>,
}

/// What is wanted of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Its words alone.
    Words,
    /// Its words, and the fields and tables of the model `general`.
    Fields,
}

/// Why a page was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Nobody waits for it any more.
    Cancelled,
    /// It cannot be read.
    Problem(Problem),
    /// It was not read this time, through no fault of its own as far as one can tell; another attempt may read it.
    Passing(Problem),
}

impl ReadError {
    /// What a person is told; `None` where nobody waits for it.
    pub fn told(self) -> Option<Problem> {
        match self {
            Self::Cancelled => None,
            Self::Problem(problem) | Self::Passing(problem) => Some(problem),
        }
    }
}

/// Reads files. Its methods block and are called from several threads at once.
pub trait Reader: Send + Sync + 'static {
    /// The size of each page in pixels; at least one.
    fn open(&self, file: Source<'_>) -> Result<Vec<PageSize>, ReadError>;

    /// Reads page `number` (from 0) of `size` pixels. Looks at `cancel` where it takes long.
    fn read(
        &self,
        file: Source<'_>,
        number: u32,
        size: PageSize,
        wanted: Wanted,
        cancel: &CancellationToken,
    ) -> Result<Page, ReadError>;

    /// Draws page `number` (from 0), scaled to `size` pixels.
    fn draw(&self, file: Source<'_>, number: u32, size: PageSize) -> Result<RgbImage, Problem>;
}
