//! Files → pages: count, size, pixels at any scale, the text layer and the ruling lines.
//!
//! The only place that knows PDF or image formats. PDFium and the image decoders run in worker processes of this
//! same binary (`pages-worker`), never in the window's or the server's own.

mod text_layer;

pub use text_layer::{Rule, TextLayer};
