//! The embedded server: the contract of `api`, answered by this computer's own engine, on loopback alone.
//!
//! One request's way: `guard` (who asks, and what must never happen) → `router` → `form` (uploads stream to disk) →
//! `schedule` (pages in parallel, fair between requests) → `reading` (pages and engine) → `reply`.

mod auth;
mod body;
mod file_name;
mod form;
mod guard;
mod models;
mod options;
mod predict;
pub mod queue;
mod reading;
mod refusal;
mod router;
mod running;
mod schedule;
mod selection;
pub mod signed;
pub mod store;
mod this_computer;
mod uploads;

pub use options::{Limits, ServerOptions, StartError};
pub use reading::{ReadError, Reader, Source, Wanted};
pub use running::{Running, Server};
