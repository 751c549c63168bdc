//! The reader of this computer: pages from `pages`, words, fields and tables from `engine`.

use super::reading::{ReadError, Reader, Source, Wanted};
use crate::document::{Page, PageSize, PageText, Problem};
use crate::engine::{Engine, EngineError, general, text_layer};
use crate::pages::{PageError, PageFile, Pages, Render, Rule};
use image::RgbImage;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Reads with this computer's own engine.
pub struct ThisComputer {
    pages: Pages,
    engine: Arc<Engine>,
}

impl ThisComputer {
    /// Draws with `pages` and reads with `engine`.
    pub const fn new(pages: Pages, engine: Arc<Engine>) -> Self {
        Self { pages, engine }
    }

    /// The words of a page: its text layer's where that can be trusted, else those of its pixels, which come along.
    fn words(
        &self,
        file: &PageFile,
        number: u32,
        size: PageSize,
        cancel: &CancellationToken,
    ) -> Result<(PageText, Vec<Rule>, Option<RgbImage>), ReadError> {
        // A page whose text layer cannot be had may still be drawn.
        let layer = self.pages.text_layer(file, number).unwrap_or_else(|error| {
            tracing::debug!(%error, number, "no text layer");
            crate::pages::TextLayer::default()
        });
        if cancel.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        if let Some(text) = text_layer::page_text(&layer) {
            return Ok((text, layer.rules, None));
        }
        let image = self.pages.render(file, number, &Render::whole(size)).map_err(|e| page_problem(&e))?;
        let text = self.engine.read(&image, cancel).map_err(|e| engine_problem(&e))?;
        Ok((text, layer.rules, Some(image)))
    }
}

impl Reader for ThisComputer {
    fn open(&self, file: Source<'_>) -> Result<Vec<PageSize>, ReadError> {
        self.pages.open(&page_file(file)).map(|info| info.pages).map_err(|error| page_problem(&error))
    }

    fn read(
        &self,
        file: Source<'_>,
        number: u32,
        size: PageSize,
        wanted: Wanted,
        cancel: &CancellationToken,
    ) -> Result<Page, ReadError> {
        let (text, rules, image) = self.words(&page_file(file), number, size, cancel)?;
        let general = match wanted {
            Wanted::Fields => general::predict(&text, &rules, image.as_ref()),
            Wanted::Words => general::General::default(),
        };
        let size = text.size;
        Ok(Page {
            number,
            size,
            fields: general.fields,
            tables: general.tables,
            text: Some(text.into()),
            problem: None,
        })
    }

    fn draw(&self, file: Source<'_>, number: u32, size: PageSize) -> Result<RgbImage, Problem> {
        let drawn = self.pages.render(&page_file(file), number, &Render::whole(size));
        drawn.map_err(|error| Problem::new(error.to_string()))
    }
}

fn page_file(file: Source<'_>) -> PageFile {
    PageFile { path: file.path.to_path_buf(), password: file.password.map(str::to_owned) }
}

fn page_problem(error: &PageError) -> ReadError {
    let problem = Problem::new(error.to_string());
    match error {
        PageError::Crashed | PageError::Io(_) | PageError::NoWorker(_) => ReadError::Passing(problem),
        _ => ReadError::Problem(problem),
    }
}

fn engine_problem(error: &EngineError) -> ReadError {
    match error {
        EngineError::Cancelled => ReadError::Cancelled,
        EngineError::Failed(_) => ReadError::Passing(Problem::new(sentence(&error.to_string()))),
        EngineError::Part { .. } => ReadError::Problem(Problem::new(sentence(&error.to_string()))),
    }
}

/// An error's text as a sentence begins.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
