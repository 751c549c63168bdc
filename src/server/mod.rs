//! The embedded server: the contract of `api`, answered by this computer's own engine, on loopback alone.
//!
//! One request's way: `guard` (who asks, and what must never happen) → `router` → `form` (uploads stream to disk) → the
//! operation. What is submitted goes into the `store`; the `queue` has it read and learned from by `work`, whoever waits
//! or does not; `results` says what came of it. Full text and training documents are read on the way (`schedule`).

mod addresses;
mod answer;
mod auth;
mod body;
mod decisions;
mod extractors;
mod file_name;
mod form;
mod guard;
mod lessons;
mod models;
mod options;
mod predict;
pub mod queue;
mod reading;
mod refusal;
mod results;
mod router;
mod running;
mod schedule;
mod selection;
mod served;
pub mod signed;
pub mod store;
mod this_computer;
mod training;
mod trainings;
mod window;
mod work;

pub use options::{Limits, ServerOptions, StartError};
pub use reading::{ReadError, Reader, Source, Wanted};
pub use running::{Running, Server};
pub use this_computer::ThisComputer;
