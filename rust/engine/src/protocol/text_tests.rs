//! Events that go on with a text say what trees of them say: for one event of each protocol, and for every event that
//! differs from it in one member, and what a stream goes on to say after them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};

use super::plain_tests::others;
use super::{Ask, EventReader, Route, find};
use crate::chunk::Meaning;
use crate::error::Result;
use crate::sse::Event;

/// A named event.
type Named = (&'static str, Value);

/// A stream: what begins it, the event that goes on with a text, and what ends it.
struct Stream {
    protocol: &'static str,
    model: &'static str,
    first: Vec<Named>,
    goes_on: Vec<Named>,
    last: Vec<Named>,
}

fn streams() -> [Stream; 5] {
    let text = "\"Nine\"\n\u{e9}";
    let anthropic = Stream {
        protocol: "anthropic",
        model: "claude-sonnet-4-5",
        first: vec![
            (
                "",
                json!({"type": "message_start", "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 3}}}),
            ),
            ("", json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})),
        ],
        goes_on: vec![(
            "",
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        )],
        last: vec![
            ("", json!({"type": "content_block_stop", "index": 0})),
            ("", json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}})),
            ("", json!({"type": "message_stop"})),
        ],
    };
    let candidate = |text: &str, finish: Value| {
        let stamp = json!({"promptTokenCount": 3, "candidatesTokenCount": 4, "totalTokenCount": 7});
        json!({
            "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": finish, "index": 0}],
            "usageMetadata": stamp, "modelVersion": "gemini", "responseId": "r1",
        })
    };
    let mut gemini_text = candidate(text, Value::Null);
    gemini_text["candidates"][0].as_object_mut().unwrap().shift_remove("finishReason");
    let gemini = Stream {
        protocol: "gemini",
        model: "gemini-2.5-flash",
        first: vec![("", candidate("First ", Value::Null))],
        goes_on: vec![("", gemini_text)],
        last: vec![("", candidate("", json!("STOP")))],
    };
    let bedrock = Stream {
        protocol: "bedrock",
        model: "amazon.nova-lite-v1:0",
        first: vec![("messageStart", json!({"role": "assistant", "p": "ab"}))],
        goes_on: vec![("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": text}, "p": "abc"}))],
        last: vec![
            ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"citation": {"title": "t"}}})),
            ("contentBlockStop", json!({"contentBlockIndex": 0})),
            ("messageStop", json!({"stopReason": "end_turn"})),
            ("metadata", json!({"usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}})),
        ],
    };
    let content =
        |content: Value| json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": content}}});
    let begun = json!({"type": "thinking", "thinking": "", "text": ""});
    let cohere = Stream {
        protocol: "cohere",
        model: "command-a",
        first: vec![
            (
                "",
                json!({"id": "c", "type": "message-start", "delta": {"message": {"role": "assistant", "content": []}}}),
            ),
            ("", json!({"type": "content-start", "index": 0, "delta": {"message": {"content": begun}}})),
        ],
        goes_on: vec![("", content(json!({"text": text}))), ("", content(json!({"thinking": text})))],
        last: vec![
            ("", json!({"type": "content-end", "index": 0})),
            (
                "",
                json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 3}}}}),
            ),
        ],
    };
    let line = |message: Value| json!({"model": "llama3.2", "created_at": "2026-01-12T10:07:29.142Z", "message": message, "done": false});
    let ollama = Stream {
        protocol: "ollama",
        model: "llama3.2",
        first: vec![("", line(json!({"role": "assistant", "content": "First "})))],
        goes_on: vec![
            ("", line(json!({"role": "assistant", "content": text}))),
            ("", line(json!({"role": "assistant", "content": "", "thinking": text}))),
        ],
        last: vec![(
            "",
            json!({"model": "llama3.2", "message": {"role": "assistant", "content": ""}, "done": true, "eval_count": 4}),
        )],
    };
    [anthropic, gemini, bedrock, cohere, ollama]
}

/// What a meaning says, without what is made anew for each answer.
fn shown(meaning: Meaning) -> Value {
    match meaning {
        Meaning::Chunk { json, finished } => {
            let mut chunk: Value = serde_json::from_slice(&json).unwrap();
            let members = chunk.as_object_mut().unwrap();
            members.insert("created".into(), 0.into());
            if members.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("chatcmpl-")) {
                members.insert("id".into(), "made".into());
            }
            json!({"chunk": chunk.to_string(), "finished": finished})
        }
        Meaning::Failure(error) => error.to_string().into(),
        other => format!("{other:?}").into(),
    }
}

/// What a reader says of these events, and how many of them it read as a text. `by_tree`: it is not asked for texts.
fn read(mut reader: Box<dyn EventReader>, events: &[&Named], by_tree: bool) -> (Vec<Value>, usize) {
    let (mut said, mut texts) = (Vec::new(), 0);
    let mut note = |meanings: Result<Vec<Meaning>>| match meanings {
        Ok(meanings) => said.extend(meanings.into_iter().map(shown)),
        Err(error) => said.push(error.to_string().into()),
    };
    for (name, data) in events {
        let name = Some(*name).filter(|name| !name.is_empty()).map(Into::into);
        let event = Event { name, data: data.to_string().into() };
        let text = if by_tree { None } else { reader.text(&event) };
        texts += usize::from(text.is_some());
        note(text.map_or_else(|| reader.read(&event), |chunk| chunk.map(|chunk| vec![chunk])));
    }
    note(reader.end());
    (said, texts)
}

#[test]
fn events_that_go_on_with_a_text_say_what_their_trees_say() {
    for Stream { protocol: name, model, first, goes_on, last } in streams() {
        let protocol = find(name).unwrap();
        let ask =
            Ask { route: Route::Chat, provider: name.into(), model: model.into(), stream: true, ..Ask::default() };
        let is_text = |event: &Named| {
            let usual = goes_on.iter();
            let events: Vec<&Named> = first.iter().chain([event]).chain(usual).chain(&last).collect();
            let (said, texts) = read(protocol.reader(&ask), &events, false);
            let (by_tree, _) = read(protocol.reader(&ask), &events, true);
            assert_eq!(said, by_tree, "{name}: {event:?}");
            texts > goes_on.len()
        };
        for usual in &goes_on {
            assert!(is_text(usual), "{name}: {usual:?} is read as a text");
            let others: Vec<Named> = others(&usual.1).into_iter().map(|other| (usual.0, other)).collect();
            let texts = others.iter().filter(|other| is_text(other)).count();
            assert!(texts < others.len() - 10, "{name}: {texts} of {} are texts", others.len());
        }
    }
}
