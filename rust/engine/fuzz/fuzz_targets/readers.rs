//! Any events, read as each protocol's.

#![no_main]

#[path = "../../tests/splits/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|input: &[u8]| readers::check(input));
