//! The window: egui only. It reads `&State`, sends `Command`s, and never waits.
//!
//! One panel a file; `canvas` is the page view. What only the screen knows (scroll offsets, an open dialog, a half-typed
//! password) lives here and nowhere else.

pub mod canvas;
pub mod images;
pub mod labels;
pub mod theme;
