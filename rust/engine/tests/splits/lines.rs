//! What the cutter of lines promises: however a body is cut into pieces, its lines are those between its line feeds.
//! Shared by the fuzz target and its stable stand-in.

#![allow(clippy::expect_used)]

use edgequake_engine::framing::Lines;

/// Panics where the cutter disagrees with a plain reading. `random` chooses the cuts.
pub fn check(body: &[u8], mut random: impl FnMut(usize) -> usize) {
    let expected: Vec<Vec<u8>> = body.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    assert_eq!(cut(std::iter::once(body)), expected, "whole: {}", body.escape_ascii());
    assert_eq!(cut(body.chunks(1)), expected, "byte by byte: {}", body.escape_ascii());
    let mut pieces = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random(rest.len().min(12)).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(cut(pieces.iter().copied()), expected, "cut as {pieces:?}");
}

fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut lines = Lines::default();
    let mut found = Vec::new();
    for piece in pieces {
        lines.feed(piece);
        while let Some(line) = lines.next_line().expect("no line is that long") {
            found.push(line.to_vec());
        }
    }
    found.extend(lines.finish().map(|line| line.to_vec()));
    found
}
