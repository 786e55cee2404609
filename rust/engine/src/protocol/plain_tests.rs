//! Plain answers say what trees of them say: for one answer of each protocol, and for every answer that differs from it in
//! one member.

use serde_json::{Value, json};

use super::{Ask, Protocol, Route, find};

fn answers() -> [(&'static str, &'static str, Value); 5] {
    let text = "\"Nine\"\n\u{e9}";
    let anthropic = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "max_tokens",
        "stop_sequence": null, "content": [{"type": "text", "text": text}], "container": null,
        "usage": {"input_tokens": 3, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 0, "output_tokens": 9,
            "cache_creation": {"ephemeral_5m_input_tokens": 0}, "service_tier": "standard"},
    });
    let gemini = json!({
        "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4, "totalTokenCount": 12, "thoughtsTokenCount": 5,
            "cachedContentTokenCount": 2, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3}]},
        "modelVersion": "gemini", "responseId": "r1", "createTime": "2026-05-27T16:53:45.443719Z",
    });
    let bedrock = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn",
        "metrics": {"latencyMs": 551},
        "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 9, "cacheReadInputTokens": 2,
            "cacheWriteInputTokens": 0, "cacheReadInputTokenCount": 2, "serverToolUsage": {}},
    });
    let cohere = json!({
        "id": "c1", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": [{"type": "text", "text": text}]},
        "usage": {"billed_units": {"input_tokens": 3.0}, "cached_tokens": 1,
            "tokens": {"input_tokens": 3.0, "output_tokens": 4.0, "image_tokens": 2}},
    });
    let ollama = json!({
        "model": "llama3.2", "created_at": "2026-01-12T10:07:29.142Z", "message": {"role": "assistant", "content": text},
        "done": true, "done_reason": "stop", "prompt_eval_count": 29, "eval_count": 35, "total_duration": 48,
        "remote_host": "https://ollama.com:443",
    });
    [
        ("anthropic", "claude-sonnet-4-5", anthropic),
        ("gemini", "gemini-2.5-flash", gemini),
        ("bedrock", "amazon.nova-lite-v1:0", bedrock),
        ("cohere", "command-a", cohere),
        ("ollama", "llama3.2", ollama),
    ]
}

/// Every answer that differs from this one in one member: another value, none, or one more.
pub fn others(answer: &Value) -> Vec<Value> {
    let values =
        [json!(null), json!(7), json!(0), json!(1.5), json!(""), json!("ERROR"), json!([]), json!({}), json!([{}])];
    let mut found: Vec<Value> = values.to_vec();
    match answer {
        Value::Object(members) => {
            for (name, value) in members {
                for other in others(value) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), other);
                    found.push(Value::Object(changed));
                }
                let mut shorter = members.clone();
                shorter.shift_remove(name);
                found.push(Value::Object(shorter));
            }
            for (name, value) in [
                ("unheard_of", json!({"a": [1, null]})),
                ("unheard_of", json!(null)),
                ("error", json!("the model failed")),
                ("citations", json!([{"url": "https://example.com", "title": "t"}])),
                ("thought", json!(true)),
                ("output_tokens_details", json!({"thinking_tokens": 6})),
                ("logprobs", json!([{"text": "a", "logprobs": [-1.0]}])),
                ("choices", json!([])),
            ] {
                let mut longer = members.clone();
                longer.insert(name.into(), value);
                found.push(Value::Object(longer));
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                found.extend(others(item).into_iter().map(|other| {
                    let mut changed = items.clone();
                    changed[at] = other;
                    Value::Array(changed)
                }));
            }
            found.push(items.iter().chain(items).cloned().collect());
        }
        _ => {}
    }
    found
}

/// What is made anew for each answer is left out.
fn comparable(mut completion: Value, given: &Value) -> Value {
    if let Some(completion) = completion.as_object_mut() {
        if completion["id"].as_str().is_some_and(|id| id.starts_with("chatcmpl-")) {
            completion.insert("id".into(), "made".into());
        }
        if given.get("createTime").or(given.get("created_at")).is_none_or(|stamp| !stamp.is_string()) {
            completion.insert("created".into(), 0.into());
        }
    }
    completion
}

/// Whether the answer is plain; if so it is what its tree is.
fn is_plain(protocol: &dyn Protocol, ask: &Ask, answer: &Value) -> bool {
    let body = serde_json::to_vec(answer).unwrap();
    let Some(plain) = protocol.plain(ask, &body) else {
        return false;
    };
    let plain: Value = serde_json::from_slice(&plain.written(body.len()).unwrap()).unwrap();
    let tree = protocol.reply(ask, answer.clone()).unwrap();
    assert_eq!(comparable(plain, answer), comparable(tree, answer), "{answer}");
    true
}

#[test]
fn plain_answers_are_what_their_trees_are() {
    for (name, model, answer) in answers() {
        let protocol = find(name).unwrap();
        let ask = Ask { route: Route::Chat, provider: name.into(), model: model.into(), ..Ask::default() };
        assert!(is_plain(protocol, &ask, &answer), "{name}: the usual answer is plain");
        let others = others(&answer);
        let plain = others.iter().filter(|other| is_plain(protocol, &ask, other)).count();
        assert!(plain > 20 && plain < others.len() - 20, "{name}: {plain} of {} are plain", others.len());
    }
}
