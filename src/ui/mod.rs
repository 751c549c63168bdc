//! The window: egui only. It reads `&State`, sends `Command`s, and never waits.
//!
//! One panel a file; `canvas` is the page view. What only the screen knows (scroll offsets, an open dialog, a half-typed
//! password) lives here and nowhere else.

mod addresses;
mod app;
mod app_icon;
mod bottom_line;
pub mod canvas;
mod center;
mod command_palette;
mod connections;
mod controls;
mod delete_there;
mod dialogs;
mod documents;
mod export;
mod find;
mod hands;
mod history;
mod icons;
pub mod images;
mod import;
mod inspector;
mod keys;
mod label_chooser;
pub mod labels;
mod menu;
mod missing;
mod models;
mod read_with;
mod removal;
mod rules;
#[cfg(test)]
mod samples;
mod settings;
mod shell;
mod summary;
mod table_grid;
#[cfg(test)]
mod tests;
pub mod theme;
mod toasts;
mod top_bar;
mod value;
mod value_card;

pub use app::{App, AppOptions, RunError, RunOptions, run};
