//! Integration tests: one binary, a module a part of the program.

// A test fails by panicking, and says on the terminal why it has nothing to test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod layering;
mod pages;
