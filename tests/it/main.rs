//! Integration tests: one binary, a module a part of the program.

// A test fails by panicking, and says on the terminal why it has nothing to test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod bad_requests;
mod canvas;
mod client;
mod command_line;
mod contract;
mod desk;
mod fetch;
mod layering;
mod operations;
mod pages;
mod real_reading;
mod service;
mod ways;
mod window;
