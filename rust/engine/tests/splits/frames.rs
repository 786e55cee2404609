//! What the decoder of Amazon's frames promises: however a stream is cut, its events are the same, and any bytes are events
//! or an error. Shared by the fuzz target and its stable stand-in.

#![allow(clippy::expect_used)]

use edgequake_engine::aws_frames::Frames;

/// The events of a body, and the error that ended it.
pub type Read = (Vec<(Option<String>, Vec<u8>)>, Option<String>);

/// Panics where the decoder disagrees with itself. `random` chooses the cuts.
pub fn check(stream: &[u8], mut random: impl FnMut(usize) -> usize) -> Read {
    let expected = decode(std::iter::once(stream));
    assert_eq!(decode(stream.chunks(1)), expected, "byte by byte: {}", stream.escape_ascii());
    let mut pieces = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random(rest.len().min(40)).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(decode(pieces.iter().copied()), expected, "cut as {pieces:?}");
    expected
}

fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Read {
    let mut frames = Frames::default();
    let mut events = Vec::new();
    for piece in pieces {
        frames.feed(piece);
        loop {
            match frames.next_event() {
                Ok(Some(event)) => events.push((event.name.map(String::from), event.data.to_vec())),
                Ok(None) => break,
                Err(error) => return (events, Some(error.to_string())),
            }
        }
    }
    (events, None)
}
