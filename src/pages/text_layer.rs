//! What a page of a file says of itself, beside its pixels: words and vector lines.

use crate::document::{PageRect, PageSize, Turn, Word};
use serde::{Deserialize, Serialize};

/// A ruling line: a vector line, a thin filled rectangle or the edge of a stroked one; horizontal or vertical.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its extent in page pixels; the shorter side is its thickness.
    pub rect: PageRect,
}

impl Rule {
    /// Whether it runs from left to right.
    pub fn is_horizontal(self) -> bool {
        self.rect.width() >= self.rect.height()
    }
}

/// The text layer of one page with what decides whether it can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextLayer {
    /// The page image that all rectangles are of.
    pub size: PageSize,
    /// Words in the order of the file; `line` counts runs with one baseline, `score` is 1, `font_size` is set.
    pub words: Vec<Word>,
    /// What sets each word upright on the page image; as long as `words`, or empty where all stand upright.
    #[serde(default)]
    pub turns: Vec<Turn>,
    /// The share of the characters, 0 to 1, that are drawn invisibly (text render mode 3) or off the page.
    pub hidden: f32,
    /// The share of the characters, 0 to 1, that have no proper Unicode value (U+FFFD, private use, control).
    pub unmapped: f32,
    /// The share of the page's area, 0 to 1, that raster images cover.
    pub image_cover: f32,
    /// Ruling lines of the page's vector graphics.
    pub rules: Vec<Rule>,
}
