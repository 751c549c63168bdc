//! Pixels → words, tables and fields: the reader of this computer.
//!
//! One step a file. No HTTP, no window, no file formats: pages come in as pixels or as a text layer.
//! Words come from two models (see [`Engine`]); everything else is arithmetic on the words and the pixels.

mod cores;
mod crop;
mod decode;
mod detect;
pub mod general;
pub mod learn;
mod map;
mod model;
mod on_demand;
mod onnx;
mod order;
mod quad;
mod reader;
mod recognise;
mod resize;
mod scripts;
mod session;
mod sheet;
mod tables;
pub mod text_layer;
mod turn;
mod words;

pub use reader::Engine;

/// Why a page was not read.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The caller gave up; nothing was kept.
    #[error("reading was cancelled")]
    Cancelled,
    /// A run-time part is there but of no use: another version, a broken file.
    #[error("{part} cannot be used ({reason}); fetch the parts again with `make parts`")]
    Part {
        /// What it is, in words.
        part: &'static str,
        /// What ONNX Runtime says.
        reason: String,
    },
    /// The computation failed, for want of memory most likely.
    #[error("the page could not be read: {0}")]
    Failed(String),
}
