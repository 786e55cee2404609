//! The fuzz targets of `fuzz/` on a stable compiler: streams from a seeded generator, cut at random.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "splits/frames.rs"]
mod frames;
#[path = "splits/lines.rs"]
mod lines;
#[path = "splits/readers.rs"]
mod readers;
mod splits;

use std::time::{Duration, Instant};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};

/// What event streams are made of, and what resembles it.
const TOKENS: [&[u8]; 24] = [
    b"data:",
    b"data: ",
    b"data",
    b"event:",
    b"event: error",
    b"id: 7",
    b"retry:",
    b":",
    b": keep-alive",
    b" ",
    b"\n",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"{\"a\":1}",
    b"[DONE]",
    b"x",
    b"\xEF\xBB\xBF",
    b"\xE2\x80\xA8",
    b"\xC2\x85",
    b"\xF0\x9F\x98\x80",
    b"\0\xFF",
];

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as usize % limit
    }
}

/// So many rounds; or, where `EDGEQUAKE_FUZZ_SECONDS` is set, as many as fit into that time.
fn rounds(usual: usize) -> impl Iterator<Item = ()> {
    let seconds = std::env::var("EDGEQUAKE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut done = 0;
    std::iter::from_fn(move || {
        done += 1;
        end.map_or(done <= usual, |end| Instant::now() < end).then_some(())
    })
}

#[test]
fn however_a_stream_is_cut_its_events_are_the_same() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in rounds(20_000) {
        let mut stream = Vec::new();
        for _ in 0..random.below(40) {
            stream.extend_from_slice(TOKENS[random.below(TOKENS.len())]);
        }
        splits::check(&stream, |limit| random.below(limit + 1));
    }
}

#[test]
fn noise_is_cut_like_anything_else() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in rounds(20_000) {
        let stream: Vec<u8> = (0..random.below(60)).map(|_| b"data: \n\r:\xEF\xBB\xBFev"[random.below(14)]).collect();
        splits::check(&stream, |limit| random.below(limit + 1));
    }
}

/// Frames with headers of every kind that has a length, as their encoder writes them.
fn framed(random: &mut Random) -> Vec<u8> {
    let mut message = Message::new((0..random.below(40)).map(|at| at as u8).collect::<Vec<u8>>());
    let names = [":event-type", ":message-type", ":exception-type", ":error-code", ":error-message", "x"];
    for _ in 0..random.below(4) {
        let name = names[random.below(names.len())];
        let value = match random.below(4) {
            0 => HeaderValue::Bool(true),
            1 => HeaderValue::Int64(7),
            2 => HeaderValue::ByteArray(vec![0; random.below(9)].into()),
            _ => HeaderValue::String("error".to_owned().into()),
        };
        message = message.add_header(Header::new(name, value));
    }
    let mut frame = Vec::new();
    write_message_to(&message, &mut frame).unwrap();
    frame
}

#[test]
fn however_frames_are_cut_their_events_are_the_same() {
    let mut random = Random(0x0f1e_2d3c_4b5a_6978);
    for _ in rounds(5_000) {
        let frames: Vec<Vec<u8>> = (0..random.below(5)).map(|_| framed(&mut random)).collect();
        let (events, error) = frames::check(&frames.concat(), |limit| random.below(limit + 1));
        assert_eq!((events.len(), error), (frames.len(), None));
    }
}

#[test]
fn a_damaged_frame_is_an_error_or_never_whole() {
    let mut random = Random(0x1122_3344_5566_7788);
    for _ in 0..20_000 {
        let mut frame = framed(&mut random);
        let at = random.below(frame.len());
        frame[at] ^= 1 << random.below(8);
        let (events, error) = frames::check(&frame, |limit| random.below(limit + 1));
        // A length that has grown waits for what never comes.
        assert!(events.is_empty() && (error.is_some() || at < 4), "byte {at} of {}", frame.escape_ascii());
    }
}

#[test]
fn noise_is_no_panic() {
    let mut random = Random(0x8877_6655_4433_2211);
    for _ in 0..20_000 {
        let mut noise: Vec<u8> = (0..random.below(60)).map(|_| random.below(256) as u8).collect();
        // A plausible length, so that more than the length is looked at.
        if let Some(length) = noise.first_chunk_mut() {
            *length = (random.below(64) as u32).to_be_bytes();
        }
        frames::check(&noise, |limit| random.below(limit + 1));
    }
}

#[test]
fn however_lines_are_cut_they_are_the_same() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in rounds(20_000) {
        let body: Vec<u8> = (0..random.below(60)).map(|_| b"{}\"a:1,\n\n\r\xE2\x80\xA8"[random.below(13)]).collect();
        lines::check(&body, |limit| random.below(limit + 1));
    }
}

/// Members and values that events of all protocols have, in places where they have them and where they do not.
const WORDS: [&str; 44] = [
    "type",
    "text",
    "delta",
    "index",
    "message",
    "content",
    "content_block",
    "input_json_delta",
    "partial_json",
    "message_start",
    "message_delta",
    "stop_reason",
    "usage",
    "candidates",
    "parts",
    "functionCall",
    "args",
    "thoughtSignature",
    "finishReason",
    "usageMetadata",
    "choices",
    "tool_calls",
    "function",
    "arguments",
    "done",
    "done_reason",
    "thinking",
    "contentBlockIndex",
    "contentBlockDelta",
    "toolUse",
    "input",
    "reasoningContent",
    "metadata",
    "messageStop",
    "stopReason",
    "tool-call-delta",
    "tool_plan",
    "citations",
    "id",
    "name",
    "model",
    "error",
    "bytes",
    "data",
];

fn value(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 => "null".into(),
        1 => "true".into(),
        2 => ["0", "-1", "7", "1e99", "18446744073709551615", "0.5"][random.below(6)].into(),
        3 | 4 => format!("\"{}\"", WORDS[random.below(WORDS.len())]),
        5 | 6 => {
            let items: Vec<_> = (0..random.below(4)).map(|_| value(random, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let members = (0..random.below(6))
                .map(|_| format!("\"{}\":{}", WORDS[random.below(WORDS.len())], value(random, depth - 1)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

#[test]
fn whatever_events_say_they_are_read_or_refused() {
    let mut random = Random(0x9e6c_63d0_676a_9a99);
    for _ in rounds(4_000) {
        let events: Vec<_> = (0..1 + random.below(6))
            .map(|_| format!("{} {}", WORDS[random.below(WORDS.len())], value(&mut random, 4)))
            .collect();
        readers::check(events.join("\n").as_bytes());
        readers::check(value(&mut random, 5).as_bytes());
    }
}
