//! What every protocol's reader promises of any input: chunks or an error, and the same for a whole reply (of Gemini also
//! the array that a stream without `alt=sse` is). Shared by the fuzz target and its stable stand-in.

#![allow(clippy::expect_used)]

use bytes::Bytes;
use edgequake_engine::protocol::{self, Ask, Route};
use edgequake_engine::sse::Event;

/// Protocols, each with a model of its.
const PROTOCOLS: [(&str, &str); 9] = [
    ("anthropic", "claude-sonnet-4-5"),
    ("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("bedrock", "invoke/anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("cohere", "command-a-03-2025"),
    ("gemini", "gemini-3-pro"),
    ("mistral", "magistral-medium"),
    ("ollama", "qwen3"),
    ("vertex", "gemini-2.5-flash"),
    ("watsonx", "ibm/granite"),
];

/// Panics where a reader does. Each line is an event, its name before the first space.
pub fn check(input: &[u8]) {
    for (name, model) in PROTOCOLS {
        let protocol = protocol::find(name).expect("the table names protocols that there are");
        let ask =
            Ask { route: Route::Chat, provider: name.into(), model: model.into(), stream: true, ..Ask::default() };
        let mut reader = protocol.reader(&ask);
        for line in input.split(|&byte| byte == b'\n') {
            let (name, data) = match line.iter().position(|&byte| byte == b' ') {
                Some(at) => line.split_at(at),
                None => (&[][..], line),
            };
            let name = str::from_utf8(name).ok().filter(|name| !name.is_empty()).map(Box::from);
            let event = Event { name, data: Bytes::copy_from_slice(data) };
            let read = reader.text(&event).map_or_else(|| reader.read(&event).map(drop), |chunk| chunk.map(drop));
            if read.is_err() {
                break;
            }
        }
        let _ = reader.end();
        if let Some(plain) = protocol.plain(&ask, input) {
            plain.written(input.len()).expect("what was read can be written");
        }
        if let Ok(document) = serde_json::from_slice(input) {
            let _ = protocol.reply(&ask, document);
        }
    }
}
