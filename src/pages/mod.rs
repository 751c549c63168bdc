//! Files → pages: count, size, pixels at any scale, the text layer and the ruling lines.
//!
//! The only place that knows PDF or image formats. PDFium and the image decoders run in worker processes of this
//! same binary (`pages-worker`), never in the window's or the server's own: `pool` holds them on the side of the
//! program, `worker` is what runs inside, `message` is what they say to each other.
//!
//! A page's pixel space is its image as rendered: a PDF page at 300 DPI, a picture as it is, scaled down to at most
//! [`MAX_SIDE`] and [`MAX_PIXELS`].

mod binder;
mod cage;
mod error;
mod file;
mod message;
mod pdf;
mod picture;
mod pool;
mod process;
mod sniff;
mod text_layer;
mod worker;

pub use binder::Binder;
pub use error::PageError;
pub use file::{DPI, FileInfo, FileKind, MAX_PIXELS, MAX_SIDE, PageFile, PixelRegion, Render};
pub use pool::Pages;
pub use text_layer::{Rule, TextLayer};
pub use worker::worker_main;
