//! Integration tests: one binary, a module a part of the program.

mod layering;
