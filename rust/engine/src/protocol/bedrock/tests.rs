//! Events by what they say, and failures by what they are; requests and whole replies are tested from Python.

use base64::Engine as _;
use bytes::Bytes;

use super::*;
use crate::protocol::Options;

fn read(events: &[(&str, Value)]) -> Vec<Value> {
    let ask = Ask { provider: "bedrock".into(), model: "converse/amazon.nova-lite-v1:0".into(), ..Ask::default() };
    let mut reader = Bedrock.reader(&ask);
    let mut meanings = Vec::new();
    for (name, told) in events {
        let event = Event { name: Some((*name).into()), data: Bytes::from(told.to_string()) };
        meanings.extend(reader.read(&event).unwrap());
    }
    meanings.extend(reader.end().unwrap());
    let said = meanings.into_iter().map(|meaning| match meaning {
        Meaning::Chunk { json, .. } => serde_json::from_slice(&json).unwrap(),
        Meaning::Done => "done".into(),
        Meaning::Failure(error) => error.to_string().into(),
        Meaning::Last { .. } | Meaning::Nothing => Value::Null,
    });
    said.collect()
}

#[test]
fn a_stream_waits_for_its_metadata() {
    let start =
        ("contentBlockStart", json!({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}}));
    let mut events = vec![
        ("messageStart", json!({"role": "assistant", "p": "abc"})),
        ("contentBlockDelta", json!({"contentBlockIndex": 0, "delta": {"text": "Hi"}})),
        ("contentBlockStop", json!({"contentBlockIndex": 0})),
        start,
        ("contentBlockStop", json!({"contentBlockIndex": 1})),
        ("messageStop", json!({"stopReason": "tool_use", "p": "ab"})),
    ];
    let finish = |chunks: &[Value]| {
        let last = chunks.iter().rev().find(|chunk| chunk.is_object()).cloned().unwrap_or_default();
        (last["choices"][0]["finish_reason"].clone(), last["usage"]["prompt_tokens"].clone(), last["p"].clone())
    };
    // The body ends without: the reason is told all the same.
    let chunks = read(&events);
    assert_eq!(finish(&chunks), ("tool_calls".into(), Value::Null, Value::Null));
    assert_eq!(chunks[3]["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"], "{}");
    assert_eq!(chunks[0]["model"], "amazon.nova-lite-v1:0");
    let usage = json!({"inputTokens": 2, "cacheReadInputTokens": 3, "cacheWriteInputTokens": 4, "outputTokens": 1, "totalTokens": 10});
    events.push(("metadata", json!({"usage": usage, "metrics": {"latencyMs": 1}})));
    let chunks = read(&events);
    assert_eq!(finish(&chunks), ("tool_calls".into(), 9.into(), Value::Null));
    assert_eq!(chunks.last(), Some(&json!("done")));
    // Cut before it said why it ended: no reason is made up.
    assert_eq!(finish(&read(&events[..5])), (Value::Null, Value::Null, Value::Null));
}

#[test]
fn failures_inside_a_stream_have_their_kind() {
    for (kind, expected) in [
        ("throttlingException", "RateLimitError: no"),
        ("modelTimeoutException", "Timeout: no"),
        ("serviceUnavailableException", "ServiceUnavailableError: no"),
        ("validationException", "BadRequestError: no"),
        ("somethingNewException", "InternalServerError: no"),
    ] {
        assert_eq!(read(&[(&format!("{FAILURE}{kind}"), json!({"message": "no"}))]), [json!(expected)]);
    }
    let long = json!({"message": "The model returned the following errors: prompt is too long: 9 tokens > 8 maximum"});
    let said = read(&[(&format!("{FAILURE}validationException"), long)]);
    assert!(said[0].as_str().unwrap().starts_with("ContextWindowExceededError"), "{said:?}");
}

#[test]
fn claude_takes_its_own_messages_as_they_are() {
    let ask = |model: &str, stream| Ask {
        route: Route::Messages,
        provider: "bedrock".into(),
        model: model.into(),
        stream,
        ..Ask::default()
    };
    for model in ["eu.anthropic.claude-sonnet-4-5-v1:0", "invoke/eu.anthropic.claude-sonnet-4-5-v1:0"] {
        let path = Bedrock.path(&ask(model, true)).unwrap();
        assert_eq!(path, "/model/eu.anthropic.claude-sonnet-4-5-v1%3A0/invoke-with-response-stream");
    }
    // An inference profile may be anybody's, unless the caller says that it takes this.
    let profile = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x";
    assert!(Bedrock.path(&ask(profile, false)).is_err());
    assert!(Bedrock.path(&ask(&format!("invoke/{profile}"), false)).is_ok());
    assert!(Bedrock.path(&ask("amazon.nova-lite-v1:0", false)).is_err());
    let claude = ask("anthropic.claude-3-haiku-20240307-v1:0", true);
    let body = json!({"model": "m", "stream": true, "max_tokens": 5}).as_object().cloned().unwrap();
    let expected = json!({"max_tokens": 5, "anthropic_version": "bedrock-2023-05-31"});
    assert_eq!(Bedrock.request(&claude, body).unwrap(), expected);
    let mut reader = Bedrock.reader(&claude);
    let frame = |said: &str| json!({"bytes": base64::engine::general_purpose::STANDARD.encode(said), "p": "ab"});
    let mut read = |said: &str| {
        let event = Event { name: Some("chunk".into()), data: Bytes::from(frame(said).to_string()) };
        format!("{:?}", reader.read(&event).unwrap())
    };
    assert!(read(r#"{"type":"ping"}"#).starts_with("[Chunk"));
    assert!(read(r#"{"type":"message_stop"}"#).starts_with("[Last"));
    assert!(read(r#"{"type":"error","error":{"type":"overloaded_error"}}"#).starts_with("[Failure"));
}

#[test]
fn reranking_has_a_host_of_its_own() {
    let base_of = |model: &str, base: &str, options: &[(&str, &str)]| {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let options = Options::new(options);
        let ask = Ask { route: Route::Rerank, model: model.to_owned(), options, ..Ask::default() };
        Bedrock.base_url(&ask, base).unwrap()
    };
    let usual = "https://bedrock-runtime.us-west-2.amazonaws.com";
    assert_eq!(base_of("m", usual, &[]), "https://bedrock-agent-runtime.us-west-2.amazonaws.com");
    assert_eq!(base_of("invoke/m", usual, &[]), usual);
    let vpc = "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com";
    let expected = "https://vpce-1.bedrock-agent-runtime.us-west-2.vpce.amazonaws.com";
    assert_eq!(base_of("m", usual, &[("aws_bedrock_runtime_endpoint", vpc)]), expected);
    assert_eq!(base_of("m", expected, &[]), expected);
    assert_eq!(base_of("m", "http://localhost:1", &[("aws_bedrock_runtime_endpoint", vpc)]), "http://localhost:1");
}
