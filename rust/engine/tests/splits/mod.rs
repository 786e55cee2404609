//! The promise of the decoder that is easiest to break: however a stream is cut into pieces, its events are the same,
//! and they are those that a plain reading of the standard gives. Shared by the fuzz target and its stable stand-in.

#![allow(clippy::expect_used)]

use bytes::Bytes;
use edgequake_engine::sse::Decoder;

/// One event: its name and its data.
pub type Parts = (Option<String>, Vec<u8>);

/// Panics where the decoder disagrees with the standard or with itself. `random` chooses the cuts.
pub fn check(stream: &[u8], mut random: impl FnMut(usize) -> usize) {
    let expected = read_plainly(stream);
    assert_eq!(decode(std::iter::once(stream)), expected, "whole: {:?}", stream.escape_ascii().to_string());
    let bytes = decode(stream.chunks(1));
    assert_eq!(bytes, expected, "byte by byte: {:?}", stream.escape_ascii().to_string());
    let mut pieces = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(random(rest.len().min(12)).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    assert_eq!(decode(pieces.iter().copied()), expected, "cut as {pieces:?}");
}

fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Parts> {
    let mut decoder = Decoder::new(usize::MAX);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.feed(Bytes::copy_from_slice(piece)).expect("there is no limit");
        while let Some(event) = decoder.next_event().expect("there is no limit") {
            events.push(event);
        }
    }
    events.extend(decoder.finish().expect("there is no limit"));
    events.into_iter().map(|event| (event.name.map(String::from), event.data.to_vec())).collect()
}

/// The standard, one step at a time, on the whole stream.
fn read_plainly(stream: &[u8]) -> Vec<Parts> {
    let stream = stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream);
    let mut lines = vec![Vec::new()];
    let mut bytes = stream.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, lines.last_mut()) {
            (b'\r' | b'\n', _) => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                lines.push(Vec::new());
            }
            (_, Some(line)) => line.push(byte),
            (_, None) => unreachable!("there is always a line"),
        }
    }
    // Where the stream ends, so does its last event.
    lines.push(Vec::new());
    let (mut events, mut data, mut name) = (Vec::new(), None::<Vec<u8>>, None);
    for line in lines {
        if line.is_empty() {
            let name = name.take();
            events.extend(data.take().map(|data| (name, data)));
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                let mut lines = data.take().map_or_else(Vec::new, |lines| [lines, vec![b'\n']].concat());
                lines.extend_from_slice(value);
                data = Some(lines);
            }
            b"event" => name = Some(String::from_utf8_lossy(value).into_owned()).filter(|name| !name.is_empty()),
            _ => {}
        }
    }
    events
}
