//! Proofdesk turns documents into data that a person can be sure of.
//!
//! The code map, from the ground up; a layer imports only what stands above it in this list:
//!
//! | module | what lives there |
//! |---|---|
//! | [`document`] | what a document is: places, words, fields, tables, scores. Pure data |
//! | [`parts`] | where the run-time parts are |
//! | [`pages`] | files → pages: the only place that knows PDF and image formats |
//! | [`api`] | the wire contract, used by client and server |
//! | [`client`] | one short method an endpoint of an OCR service |
//! | [`engine`] | pixels → words, tables, fields |
//! | [`server`] | the contract served from `engine` |
//! | [`desk`] | the program without a screen: state, commands, jobs |
//! | [`ui`] | egui only |

pub mod api;
pub mod client;
pub mod desk;
pub mod document;
pub mod engine;
pub mod pages;
pub mod parts;
pub mod server;
pub mod ui;
