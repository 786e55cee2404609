use serde_json::{Value, json};

use super::stream::Reader;
use super::{KEPT, Mistral};
use crate::chunk::Meaning;
use crate::protocol::{Ask, EventReader, Protocol};
use crate::sse::Event;

fn ask() -> Ask {
    Ask { provider: "mistral".into(), model: "magistral-medium-latest".into(), ..Ask::default() }
}

fn parts() -> Value {
    json!([
        {"type": "thinking", "thinking": [{"type": "text", "text": "Two and"}, {"type": "text", "text": " two."}],
         "closed": true},
        {"type": "text", "text": "Fo"},
        {"type": "reference", "reference_ids": [1]},
        {"type": "text", "text": "ur"},
    ])
}

fn sent(message: Value) -> Value {
    let body = json!({"messages": [message]});
    let Value::Object(body) = body else { unreachable!() };
    Mistral.request(&ask(), body).unwrap()["messages"][0].clone()
}

#[test]
fn parts_become_text_and_thoughts_and_go_back_as_they_came() {
    let reply = json!({"choices": [{"message": {"role": "assistant", "content": parts(), "tool_calls": null}}]});
    let message = Mistral.reply(&ask(), reply).unwrap()["choices"][0]["message"].clone();
    assert_eq!(message["content"], "Four");
    assert_eq!(message["reasoning_content"], "Two and two.");
    assert_eq!(message["thinking_blocks"], json!([{"type": "thinking", "thinking": "Two and two."}]));
    assert_eq!(sent(message.clone()), json!({"role": "assistant", "content": parts(), "tool_calls": null}));
    let mut changed = message;
    changed["content"] = "Five".into();
    assert_eq!(sent(changed), json!({"role": "assistant", "content": "Five", "tool_calls": null}));
}

#[test]
fn ids_of_calls_are_nine_letters_or_digits() {
    let called = |id: &str| {
        let call = json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
        sent(json!({"role": "assistant", "content": "", "tool_calls": [call]}))["tool_calls"][0]["id"].clone()
    };
    let answered = |id: &str| sent(json!({"role": "tool", "tool_call_id": id, "content": "1"}))["tool_call_id"].clone();
    assert_eq!(called("wVug6SNgl"), "wVug6SNgl");
    let ids = ["call_PTLP8xhu3uwZk4l3nlnrrJha", "call_PTLP8xhu3uwZk4l3nlnrrJhb", "turn1_0", "wVug6SNg!", ""];
    for id in ids {
        let made = called(id);
        let made = made.as_str().unwrap();
        assert!(made.len() == 9 && made.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");
        assert_eq!(answered(id), made);
    }
    assert_ne!(called(ids[0]), called(ids[1]));
}

#[test]
fn what_other_providers_answered_is_sent_without_what_mistral_refuses() {
    let message = json!({
        "role": "assistant", "content": "Hi", "reasoning_content": "Hm", "prefix": true,
        "provider_specific_fields": {"content": [{"type": "text", "text": "Hi"}]},
        "tool_calls": [{"id": "wVug6SNgl", "provider_specific_fields": {"x": 1}}],
    });
    let plain = json!({"role": "assistant", "content": "Hi", "prefix": true, "tool_calls": [{"id": "wVug6SNgl"}]});
    assert_eq!(sent(message), plain);
}

fn read(reader: &mut Reader, data: &Value) -> Value {
    let event = Event { name: None, data: serde_json::to_vec(data).unwrap().into() };
    let mut meanings = reader.read(&event).unwrap();
    let Some(Meaning::Chunk { json, .. }) = meanings.pop() else { unreachable!() };
    serde_json::from_slice::<Value>(&json).unwrap()["choices"][0]["delta"].clone()
}

#[test]
fn a_streamed_answer_keeps_its_parts_for_the_last_chunk() {
    let mut reader = Reader::default();
    let mut told = |delta: Value, reason: Value| {
        read(&mut reader, &json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
    };
    assert_eq!(told(json!({"role": "assistant", "content": ""}), Value::Null)["content"], "");
    let thinking = |thought: &str| json!({"type": "thinking", "thinking": [{"type": "text", "text": thought}]});
    let delta = told(json!({"content": [thinking("Two")]}), Value::Null);
    assert_eq!((&delta["content"], &delta["reasoning_content"]), (&json!(""), &json!("Two")));
    let mut closing = thinking(" two.");
    closing["closed"] = true.into();
    let delta = told(json!({"content": [closing, {"type": "text", "text": "Fo"}]}), Value::Null);
    assert_eq!((&delta["content"], &delta["reasoning_content"]), (&json!("Fo"), &json!(" two.")));
    let delta = told(json!({"content": "ur"}), "stop".into());
    let mut whole = thinking("Two two.");
    whole["closed"] = true.into();
    let kept = json!([whole, {"type": "text", "text": "Four"}]);
    assert_eq!(delta, json!({"content": "ur", "provider_specific_fields": {KEPT: kept}}));
}

#[test]
fn text_before_the_first_part_is_kept_and_a_signed_thought_is_whole() {
    let mut reader = Reader::default();
    let mut told = |delta: Value, reason: Value| {
        read(&mut reader, &json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}))
    };
    told(json!({"role": "assistant", "content": ""}), Value::Null);
    told(json!({"content": "Fo"}), Value::Null);
    told(json!({"content": null}), Value::Null);
    told(json!({"content": "ur"}), Value::Null);
    let thought =
        |said: &str| json!({"type": "thinking", "thinking": [{"type": "text", "text": said}], "signature": "s"});
    told(json!({"content": [{"type": "reference", "reference_ids": [1]}, thought("A")]}), Value::Null);
    let delta = told(json!({"content": [thought("B")]}), "stop".into());
    let reference = json!({"type": "reference", "reference_ids": [1]});
    let kept = json!([{"type": "text", "text": "Four"}, reference, thought("A"), thought("B")]);
    assert_eq!(delta["provider_specific_fields"][KEPT], kept);
}
