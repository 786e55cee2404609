//! Requests and replies in small; the corpus in `tests/corpus` has them at large.

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::chunk::Meaning;
use crate::sse::Event;

fn ask(model: &str) -> Ask {
    Ask { provider: "gemini".into(), model: model.into(), ..Ask::default() }
}

fn sent(model: &str, body: Value) -> Value {
    let Value::Object(body) = body else { panic!("an object") };
    Gemini.request(&ask(model), body).unwrap()
}

fn refused(body: Value) -> (Kind, String) {
    let Value::Object(body) = body else { panic!("an object") };
    let error = Gemini.request(&ask("gemini-2.5-flash"), body).unwrap_err();
    (error.kind(), error.details().message.clone())
}

fn hello() -> Value {
    json!([{"role": "user", "content": "Hello"}])
}

/// The chunks of a stream, the last of them the one that the end of the body brings.
fn chunks(events: &[Value]) -> Vec<Value> {
    let mut reader = Gemini.reader(&ask("gemini-2.5-flash"));
    let mut said = Vec::new();
    for event in events {
        let event = Event { name: None, data: Bytes::from(event.to_string()) };
        said.extend(reader.read(&event).unwrap());
    }
    said.extend(reader.end().unwrap());
    let chunk = |meaning| match meaning {
        Meaning::Chunk { json, .. } => serde_json::from_slice(&json).unwrap(),
        other => panic!("{other:?}"),
    };
    said.into_iter().map(chunk).collect()
}

fn message(reply: Value) -> Value {
    Gemini.reply(&ask("gemini-2.5-flash"), reply).unwrap()["choices"][0]["message"].clone()
}

#[test]
fn paths() {
    let path = |model: &str, stream, route| Gemini.path(&Ask { stream, route, ..ask(model) }).unwrap();
    assert_eq!(path("gemini-2.5-pro", false, Route::Chat), "/models/gemini-2.5-pro:generateContent");
    assert_eq!(path("models/x", true, Route::Chat), "/models/x:streamGenerateContent?alt=sse");
    assert_eq!(path("tunedModels/a b", false, Route::Chat), "/tunedModels/a%20b:generateContent");
    assert_eq!(
        path("gemini-embedding-001", false, Route::Embeddings),
        "/models/gemini-embedding-001:batchEmbedContents"
    );
}

#[test]
fn parameters_find_their_places() {
    let body = json!({
        "model": "x", "stream": true, "stream_options": {"include_usage": true}, "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "temperature": 0.5, "max_tokens": 10, "stop": "END", "n": 2, "top_k": 3, "seed": 1, "reasoning_effort": "low",
        "tools": [{"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object"}}},
                  {"googleSearch": {}}],
        "tool_choice": {"type": "function", "function": {"name": "f"}}, "safety_settings": [],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "extra_body": {"cachedContent": "c", "generationConfig": {"imageConfig": {"aspectRatio": "1:1"}}}
    });
    let expected = json!({
        "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"type": "object"}}]},
                  {"googleSearch": {}}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
        "generationConfig": {
            "temperature": 0.5, "maxOutputTokens": 10, "stopSequences": ["END"], "candidateCount": 2, "topK": 3, "seed": 1,
            "thinkingConfig": {"thinkingBudget": 1024, "includeThoughts": true},
            "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
            "imageConfig": {"aspectRatio": "1:1"}},
        "safety_settings": [], "cachedContent": "c"
    });
    assert_eq!(sent("gemini-2.5-flash", body), expected);
    let thinking = |model, body: Value| {
        let mut body = body;
        body["messages"] = hello();
        sent(model, body)["generationConfig"]["thinkingConfig"].clone()
    };
    let effort = |model, effort: &str| thinking(model, json!({"reasoning_effort": effort}));
    assert_eq!(effort("gemini-3-flash-preview", "none"), json!({"thinkingLevel": "MINIMAL", "includeThoughts": false}));
    assert_eq!(effort("gemini-3-pro-preview", "medium"), json!({"thinkingLevel": "HIGH", "includeThoughts": true}));
    assert_eq!(effort("gemini-2.5-flash", "none"), json!({"thinkingBudget": 0, "includeThoughts": false}));
    assert_eq!(effort("gemini-2.5-pro", "none"), json!({"thinkingBudget": 128, "includeThoughts": false}));
    assert_eq!(effort("gemini-3.1-pro-preview", "minimal"), json!({"thinkingLevel": "LOW", "includeThoughts": true}));
    assert_eq!(effort("gemini-3.1-pro-preview", "medium"), json!({"thinkingLevel": "MEDIUM", "includeThoughts": true}));
    assert_eq!(effort("gemini-3.6-flash", "minimal"), json!({"thinkingLevel": "MINIMAL", "includeThoughts": true}));
    assert_eq!(effort("gemini-3.7-flash", "minimal"), json!({"thinkingLevel": "LOW", "includeThoughts": true}));
    for (effort_named, budget) in [("minimal", 1024), ("low", 1024), ("medium", 8192), ("high", 24576)] {
        let expected = json!({"thinkingBudget": budget, "includeThoughts": true});
        assert_eq!(effort("gemini-2.5-flash", effort_named), expected);
    }
    let budget = json!({"thinking": {"type": "enabled", "budget_tokens": 5}});
    assert_eq!(thinking("gemini-2.5-flash", budget), json!({"thinkingBudget": 5, "includeThoughts": true}));
}

#[test]
fn what_cannot_be_said_is_refused() {
    let (kind, message) = refused(json!({"messages": hello(), "logit_bias": {"1": 1}, "user": "u"}));
    assert_eq!(kind, Kind::UnsupportedParams);
    assert!(message.contains("['logit_bias', 'user']"), "{message}");
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let body = json!({"messages": hello(), "tools": tools, "parallel_tool_calls": false});
    assert_eq!(refused(body).0, Kind::UnsupportedParams);
    for (body, place) in [
        (json!({"messages": [{"role": "king", "content": ""}]}), "messages[0]"),
        (json!({"messages": [{"role": "tool", "tool_call_id": "x", "content": ""}]}), "messages[0]"),
        (json!({"messages": [{"role": "user", "content": [{"type": "hologram"}]}]}), "messages[0].content[0]"),
        (
            json!({"messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]}),
            "messages[0].content[0]",
        ),
        (
            json!({"messages": [{"role": "assistant", "tool_calls": [
            {"function": {"name": "f", "arguments": "{"}}]}]}),
            "messages[0].tool_calls[0].function.arguments",
        ),
        (json!({"messages": hello(), "tools": [{"type": "computer_use"}]}), "tools[0]"),
        (json!({"messages": hello(), "tool_choice": "often"}), "tool_choice"),
        (json!({"messages": hello(), "reasoning_effort": "heroic"}), "reasoning_effort"),
        (json!({"messages": hello(), "response_format": "json"}), "response_format"),
        (json!({}), "messages"),
    ] {
        let (kind, message) = refused(body);
        assert_eq!(kind, Kind::BadRequest);
        assert!(message.starts_with(&format!("{place}: ")), "{message}");
    }
}

#[test]
fn turns() {
    let call = |id: &str| json!({"id": id, "type": "function", "function": {"name": id, "arguments": "{\"a\": 1}"}});
    let body = json!({"messages": [
        {"role": "user", "content": [
            {"type": "text", "text": "See"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "file", "file": {"file_id": "https://host/a.pdf?x=1"}},
            {"type": "input_audio", "input_audio": {"data": "BBBB", "format": "wav"}}]},
        {"role": "assistant", "content": null, "tool_calls": [call("one"), call("call_eq_two")]},
        {"role": "tool", "tool_call_id": "one", "content": "{\"ok\": true}"},
        {"role": "tool", "tool_call_id": "call_eq_two", "content": "plain"}
    ]});
    let expected = json!([
        {"role": "user", "parts": [
            {"text": "See"},
            {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
            {"fileData": {"mimeType": "application/pdf", "fileUri": "https://host/a.pdf?x=1"}},
            {"inlineData": {"mimeType": "audio/wav", "data": "BBBB"}}]},
        {"role": "model", "parts": [
            {"functionCall": {"id": "one", "name": "one", "args": {"a": 1}}},
            {"functionCall": {"name": "call_eq_two", "args": {"a": 1}}}]},
        {"role": "user", "parts": [
            {"functionResponse": {"id": "one", "name": "one", "response": {"ok": true}}},
            {"functionResponse": {"name": "call_eq_two", "response": {"output": "plain"}}}]}
    ]);
    assert_eq!(sent("gemini-2.5-flash", body.clone())["contents"], expected);
    // Calls that another model made bear the mark that lets Gemini 3 take them, the first of those at once.
    let parts = sent("gemini-3-pro-preview", body)["contents"][1]["parts"].clone();
    assert!(parts[0]["thoughtSignature"].is_string());
    assert_eq!(parts[1].get("thoughtSignature"), None);
}

#[test]
fn a_message_goes_back_as_the_parts_that_it_came_from() {
    let signed = |part: Value| {
        let mut part = part;
        part["thoughtSignature"] = "c2ln".into();
        part
    };
    for parts in [
        json!([{"text": "Hello"}]),
        json!([signed(json!({"text": "Hello"}))]),
        json!([{"text": "Hello"}, signed(json!({"text": ""}))]),
        json!([signed(json!({"functionCall": {"name": "f", "args": {"a": 1}}})), {"functionCall": {"name": "g", "args": {}}}]),
        json!([{"functionCall": {"id": "x", "name": "f", "args": {}}}, {"text": "after"}]),
        json!([{"executableCode": {"language": "PYTHON", "code": "1"}}, {"codeExecutionResult": {"outcome": "OUTCOME_OK"}}]),
        json!([{"text": "a picture"}, signed(json!({"inlineData": {"mimeType": "image/png", "data": "AAAA"}}))]),
        json!([signed(json!({"text": "thought", "thought": true})), {"text": "Hello"}]),
    ] {
        let message = message(json!({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}));
        let back = sent("gemini-2.5-flash", json!({"messages": [message]}));
        assert_eq!(back["contents"][0]["parts"], parts);
    }
    // One that the program changed says what it says now; another provider's signatures are not Gemini's.
    let parts = json!([{"text": "Hello"}, signed(json!({"text": ""}))]);
    let mut changed = message(json!({"candidates": [{"content": {"parts": parts}}]}));
    changed["content"] = "Bye".into();
    let back = sent("gemini-2.5-flash", json!({"messages": [changed]}));
    assert_eq!(back["contents"][0]["parts"][0]["text"], "Bye");
    let foreign = json!({"role": "assistant", "content": "Hello", "thinking_blocks": [
        {"type": "thinking", "thinking": "t", "signature": "another's"}]});
    let back = sent("gemini-2.5-flash", json!({"messages": [foreign]}));
    assert_eq!(back["contents"][0]["parts"], json!([{"text": "Hello"}]));
}

#[test]
fn a_reply() {
    let reply = json!({
        "candidates": [{"content": {"role": "model", "parts": [
            {"text": "Hm.", "thought": true}, {"functionCall": {"name": "f", "args": {"a": 1}}}]},
            "finishReason": "STOP", "avgLogprobs": -0.5}],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 3, "thoughtsTokenCount": 2, "totalTokenCount": 10,
            "cachedContentTokenCount": 4, "trafficType": "ON_DEMAND"},
        "modelVersion": "gemini-2.5-flash", "responseId": "r", "createTime": "2026-05-27T16:53:45.443719Z"
    });
    let mut made = Gemini.reply(&ask("x"), reply).unwrap();
    let id = made["choices"][0]["message"]["tool_calls"][0]["id"].take();
    assert!(id.as_str().unwrap().starts_with("call_eq_"));
    let expected = json!({
        "id": "r", "object": "chat.completion", "created": 1_779_900_825, "model": "gemini-2.5-flash",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": null, "reasoning_content": "Hm.",
            "thinking_blocks": [{"type": "thinking", "thinking": "Hm."}],
            "tool_calls": [{"id": null, "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            "finish_reason": "tool_calls",
            "provider_specific_fields": {"avgLogprobs": -0.5, "finish_reason": "STOP"}}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10,
            "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2},
            "trafficType": "ON_DEMAND"}
    });
    assert_eq!(made, expected);
    for wrong in [json!("x"), json!([1])] {
        assert_eq!(Gemini.reply(&ask("x"), wrong).unwrap_err().kind(), Kind::ResponseValidation);
    }
    let failed = json!([{"error": {"code": 429, "message": "Slow down", "status": "RESOURCE_EXHAUSTED"}}]);
    assert_eq!(Gemini.reply(&ask("x"), failed).unwrap_err().kind(), Kind::RateLimit);
}

#[test]
fn a_blocked_prompt_is_filtered() {
    let blocked = json!({"promptFeedback": {"blockReason": "OTHER"}});
    let made = Gemini.reply(&ask("x"), blocked.clone()).unwrap();
    assert_eq!(made["choices"][0]["finish_reason"], "content_filter");
    assert_eq!(made["promptFeedback"], blocked["promptFeedback"]);
    let streamed = chunks(&[blocked]);
    assert_eq!(streamed.last().unwrap()["choices"][0]["finish_reason"], "content_filter");
}

#[test]
fn a_stream_ends_once_with_all_that_is_known_at_the_end() {
    let event = |text: &str, reason: Value| {
        json!({"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": reason}],
               "usageMetadata": {"promptTokenCount": 1}, "modelVersion": "m", "responseId": "r"})
    };
    let chunks = chunks(&[event("a", json!("STOP")), event("b", Value::Null), event("", json!("STOP"))]);
    let said: Vec<&Value> = chunks.iter().map(|chunk| &chunk["choices"][0]).collect();
    assert_eq!(said[0]["delta"], json!({"content": "a", "role": "assistant"}));
    assert_eq!(said[1]["delta"], json!({"content": "b"}));
    assert_eq!(said[2]["finish_reason"], "stop");
    assert_eq!(chunks.len(), 3);
    assert!(chunks[0].get("usage").is_none() && chunks[2]["usage"]["prompt_tokens"] == 1);
}

#[test]
fn sources_are_placed_in_characters() {
    let candidate = json!({"content": {"parts": [{"text": "Größe: 5"}]}, "groundingMetadata": {
        "groundingChunks": [{"web": {"uri": "https://host", "title": "T"}}],
        "groundingSupports": [{"segment": {"startIndex": 9, "endIndex": 10}, "groundingChunkIndices": [0, 7]}]}});
    let made = message(json!({"candidates": [candidate]}));
    let cited = json!({"start_index": 7, "end_index": 8, "url": "https://host", "title": "T"});
    assert_eq!(made["annotations"], json!([{"type": "url_citation", "url_citation": cited}]));
}

#[test]
fn embeddings() {
    let ask = Ask { route: Route::Embeddings, ..ask("gemini-embedding-001") };
    let Value::Object(body) = json!({"input": ["a", "b"], "dimensions": 2, "taskType": "CLUSTERING"}) else { panic!() };
    let one = |text: &str| {
        json!({"model": "models/gemini-embedding-001", "outputDimensionality": 2, "taskType": "CLUSTERING",
               "content": {"parts": [{"text": text}]}})
    };
    assert_eq!(Gemini.request(&ask, body).unwrap(), json!({"requests": [one("a"), one("b")]}));
    let made = Gemini.reply(&ask, json!({"embeddings": [{"values": [0.5, 1.0]}]})).unwrap();
    assert_eq!(made["data"], json!([{"object": "embedding", "index": 0, "embedding": [0.5, 1.0]}]));
}
