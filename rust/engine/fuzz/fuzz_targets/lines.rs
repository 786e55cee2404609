//! Any bytes, cut anywhere: the first half of the input says where.

#![no_main]

#[path = "../../tests/splits/lines.rs"]
mod lines;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let (cuts, body) = input.split_at(input.len() / 2);
    let mut cuts = cuts.iter().cycle();
    lines::check(body, |limit| cuts.next().map_or(limit, |cut| 1 + usize::from(*cut) % limit));
});
