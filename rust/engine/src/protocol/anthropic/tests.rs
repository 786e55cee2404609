//! Requests by their expected bodies, replies and events by what they say.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::chunk::Meaning;
use crate::error::Kind;
use crate::sse::Event;

fn ask(model: &str) -> Ask {
    Ask { provider: "anthropic".into(), model: model.into(), ..Ask::default() }
}

fn object(value: Value) -> Object {
    value.as_object().cloned().unwrap()
}

fn request(model: &str, body: Value) -> Value {
    let mut whole = object(json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]}));
    whole.extend(object(body));
    Anthropic.request(&ask(model), whole).unwrap()
}

fn refused(body: Value) -> (Kind, String) {
    let mut whole = object(json!({"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": "Hi"}]}));
    whole.extend(object(body));
    let error = Anthropic.request(&ask("claude-sonnet-4-5"), whole).unwrap_err();
    (error.kind(), error.details().message.clone())
}

#[test]
fn system_and_results_of_tools_find_their_place() {
    let call = json!({"id": "t1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}});
    let other = json!({"id": "t2", "type": "function", "function": {"name": "g", "arguments": ""}});
    let said = request(
        "claude-sonnet-4-5",
        json!({"messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Go"},
            {"role": "assistant", "content": null, "tool_calls": [call, other]},
            {"role": "tool", "tool_call_id": "t1", "content": "one"},
            {"role": "tool", "tool_call_id": "t2", "content": [{"type": "text", "text": "two"}]},
            {"role": "user", "content": "And?"},
            {"role": "developer", "content": [{"type": "text", "text": "Really.", "cache_control": {"type": "ephemeral"}}]},
        ]}),
    );
    assert_eq!(
        said["system"],
        json!([
            {"type": "text", "text": "Be brief."},
            {"type": "text", "text": "Really.", "cache_control": {"type": "ephemeral"}},
        ])
    );
    assert_eq!(
        said["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "Go"}]},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
                {"type": "tool_use", "id": "t2", "name": "g", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "one"},
                {"type": "tool_result", "tool_use_id": "t2", "content": [{"type": "text", "text": "two"}]},
                {"type": "text", "text": "And?"},
            ]},
        ])
    );
}

#[test]
fn pictures_and_documents() {
    let parts = json!([
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}, "cache_control": {"type": "ephemeral"}},
        {"type": "image_url", "image_url": "https://example.com/a.png"},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,QUJD", "filename": "a.pdf"}},
        {"type": "file", "file": {"file_id": "file_1"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}},
    ]);
    let said = request("claude-sonnet-4-5", json!({"messages": [{"role": "user", "content": parts}]}));
    assert_eq!(
        said["messages"][0]["content"],
        json!([
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"},
             "cache_control": {"type": "ephemeral"}},
            {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "QUJD"},
             "title": "a.pdf"},
            {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}},
        ])
    );
}

#[test]
fn parameters_by_their_names() {
    let said = request(
        "claude-opus-4-1",
        json!({"stop": "END", "user": "u", "temperature": 0.5, "n": 1, "top_k": 3, "extra_body": {"container": "c"}}),
    );
    assert_eq!(said["max_tokens"], 32_000);
    assert_eq!(said["stop_sequences"], json!(["END"]));
    assert_eq!(said["metadata"], json!({"user_id": "u"}));
    assert_eq!((&said["top_k"], &said["container"], &said["temperature"]), (&json!(3), &json!("c"), &json!(0.5)));
    assert!(said.get("n").is_none() && said.get("stream").is_none());
    assert_eq!(request("claude-3-haiku", json!({"max_completion_tokens": 7}))["max_tokens"], 7);
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    let (kind, message) = refused(json!({"seed": 1, "n": 2, "logprobs": true}));
    assert_eq!(kind, Kind::UnsupportedParams);
    assert!(message.contains("does not support parameters: ['seed', 'n', 'logprobs']"), "{message}");
    let whole = json!({"messages": [{"role": "user", "content": "Hi"}], "seed": 1, "logit_bias": {"1": 2}});
    let mut lenient = ask("claude-sonnet-4-5");
    (lenient.drop_params, lenient.allowed_params) = (true, vec!["seed".into()]);
    let said = Anthropic.request(&lenient, object(whole)).unwrap();
    assert_eq!((said.get("seed"), said.get("logit_bias")), (Some(&json!(1)), None));
    for (body, place) in [
        (json!({"messages": "x"}), "messages"),
        (json!({"messages": [{"role": "narrator"}]}), "messages[0]['role']"),
        (json!({"messages": [{"role": "tool", "content": "x"}]}), "messages[0]['tool_call_id']"),
        (json!({"tools": [{"type": "function", "function": {}}]}), "tools[0]['function']['name']"),
        (json!({"tool_choice": "sometimes"}), "tool_choice"),
    ] {
        let (kind, message) = refused(body);
        assert_eq!(kind, Kind::BadRequest);
        assert!(message.starts_with(place), "{message}");
    }
}

#[test]
fn tools_and_which_of_them() {
    let tools = json!([
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"properties": {}}, "strict": true},
         "cache_control": {"type": "ephemeral"}},
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 2},
    ]);
    let said = request("claude-sonnet-4-5", json!({"tools": tools, "parallel_tool_calls": false}));
    assert_eq!(
        said["tools"][0],
        json!({"name": "f", "description": "d", "input_schema": {"properties": {}, "type": "object"}, "strict": true,
               "cache_control": {"type": "ephemeral"}})
    );
    assert_eq!(said["tools"][1], json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 2}));
    assert_eq!(said["tool_choice"], json!({"type": "auto", "disable_parallel_tool_use": true}));
    for (ours, theirs) in [
        (json!("required"), json!({"type": "any"})),
        (json!("none"), json!({"type": "none"})),
        (json!({"type": "function", "function": {"name": "f"}}), json!({"type": "tool", "name": "f"})),
    ] {
        let said = request("claude-sonnet-4-5", json!({"tools": tools, "tool_choice": ours}));
        assert_eq!(said["tool_choice"], theirs);
    }
}

#[test]
fn thinking_and_structure_by_what_the_model_can() {
    let effort = json!({"reasoning_effort": "medium"});
    assert_eq!(
        request("claude-sonnet-4-5", effort.clone())["thinking"],
        json!({"type": "enabled", "budget_tokens": 2048})
    );
    let said = request("claude-opus-4-6", effort);
    assert_eq!(
        (&said["thinking"], &said["output_config"]),
        (&json!({"type": "adaptive"}), &json!({"effort": "medium"}))
    );
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let format = json!({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}});
    let said = request("claude-sonnet-4-5", format.clone());
    assert_eq!(said["output_config"]["format"], json!({"type": "json_schema", "schema": schema}));
    let said = request("claude-3-5-haiku-latest", format);
    assert_eq!(said["tools"][0]["input_schema"], schema);
    assert_eq!(said["tool_choice"], json!({"type": "tool", "name": JSON_TOOL}));
}

fn reply(blocks: Value, stop: &str) -> Value {
    let usage =
        json!({"input_tokens": 3, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 7, "output_tokens": 2});
    let reply = json!({"id": "m", "type": "message", "role": "assistant", "model": "claude", "content": blocks,
        "stop_reason": stop, "stop_sequence": null, "usage": usage});
    Anthropic.reply(&ask("claude"), reply).unwrap()
}

#[test]
fn a_reply_in_openais_words() {
    let thinking = json!({"type": "thinking", "thinking": "Hm.", "signature": "s=="});
    let blocks = json!([
        thinking,
        {"type": "text", "text": "Hello"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"b": 1, "a": 2}},
    ]);
    let said = reply(blocks, "tool_use");
    let choice = &said["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!(choice["provider_specific_fields"], json!({"finish_reason": "tool_use"}));
    let message = &choice["message"];
    assert_eq!((&message["content"], &message["reasoning_content"]), (&json!("Hello"), &json!("Hm.")));
    assert_eq!(message["thinking_blocks"], json!([thinking]));
    assert_eq!(message["tool_calls"][0]["function"], json!({"name": "f", "arguments": "{\"b\":1,\"a\":2}"}));
    assert!(message.get("provider_specific_fields").is_none());
    assert_eq!(said["usage"]["prompt_tokens"], 15);
    assert_eq!(said["usage"]["prompt_tokens_details"], json!({"cached_tokens": 5, "cache_creation_tokens": 7}));
    assert_eq!((&said["usage"]["total_tokens"], &said["usage"]["cache_read_input_tokens"]), (&json!(17), &json!(5)));
}

#[test]
fn what_only_anthropic_can_say_comes_back_as_it_was() {
    let blocks = json!([
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"encrypted_content": "e"}]},
        {"type": "text", "text": "It rains.", "citations": [
            {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "encrypted_index": "i"}]},
    ]);
    let mut message = reply(blocks.clone(), "end_turn")["choices"][0]["message"].clone();
    assert_eq!(message["annotations"][0]["url_citation"]["end_index"], 9);
    let again = json!({"messages": [{"role": "user", "content": "?"}, message, {"role": "user", "content": "!"}]});
    assert_eq!(request("claude-sonnet-4-5", again)["messages"][1]["content"], blocks);
    // Somebody changed what was said: then that is what counts.
    message["content"] = "It snows.".into();
    let again = json!({"messages": [{"role": "user", "content": "?"}, message]});
    let said = request("claude-sonnet-4-5", again);
    assert_eq!(said["messages"][1]["content"], json!([{"type": "text", "text": "It snows."}]));
}

fn stream(events: &[Value]) -> Vec<Value> {
    let mut reader = Anthropic.reader(&ask("claude"));
    let mut chunks = Vec::new();
    for event in events {
        let event = Event { name: None, data: Bytes::from(event.to_string()) };
        for meaning in reader.read(&event).unwrap() {
            match meaning {
                Meaning::Chunk { json, .. } => chunks.push(serde_json::from_slice(&json).unwrap()),
                Meaning::Done => chunks.push("done".into()),
                Meaning::Failure(error) => chunks.push(error.to_string().into()),
                Meaning::Last { .. } | Meaning::Nothing => {}
            }
        }
    }
    chunks
}

#[test]
fn a_stream_in_openais_words() {
    let start = json!({"type": "message_start", "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 3, "output_tokens": 1}}});
    let chunks = stream(&[
        start.clone(),
        json!({"type": "ping"}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": ""}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"a\":1}"}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ]);
    let deltas: Vec<&Value> = chunks.iter().filter_map(|chunk| chunk.pointer("/choices/0/delta")).collect();
    assert_eq!(
        deltas,
        [
            &json!({"role": "assistant", "content": ""}),
            &json!({"reasoning_content": "Hm", "thinking_blocks": [{"type": "thinking", "thinking": "Hm"}]}),
            &json!({"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "s"}]}),
            &json!({"tool_calls": [{"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": ""}}]}),
            &json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"a\":1}"}}]}),
            &json!({}),
        ]
    );
    let last = &chunks[chunks.len() - 2];
    assert_eq!(
        (&last["choices"][0]["finish_reason"], &last["usage"]["total_tokens"]),
        (&json!("tool_calls"), &json!(12))
    );
    assert_eq!(chunks.last(), Some(&json!("done")));
    let whole = json!({"type": "message", "id": "m", "model": "claude", "content": [{"type": "text", "text": "All"}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}});
    let chunks = stream(&[whole]);
    assert_eq!((&chunks[0]["choices"][0]["delta"]["content"], &chunks[1]), (&json!("All"), &json!("done")));
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(stream(&[start, error]).last(), Some(&json!("ServiceUnavailableError: Overloaded")));
}
