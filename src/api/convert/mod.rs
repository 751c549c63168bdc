//! Wire ↔ document: the only place that knows both, and the only place that repairs what a service got wrong.

mod annotations;
mod from_wire;
mod grid;
mod to_wire;

pub use annotations::annotations;
pub use from_wire::{
    ReadFile, cells_from_wire, files_from_reply, page_from_moderated, page_from_wire, text_from_wire, texts_from_file,
};
pub use to_wire::{predictions, size_to_wire, words_to_wire};

#[cfg(test)]
mod tests;
