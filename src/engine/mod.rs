//! Pixels → words, tables and fields: the reader of this computer.
//!
//! One step a file. No HTTP, no window, no file formats: pages come in as pixels or as a text layer.
