//! Events as providers send them, and as they might.

use super::*;

fn meaning(data: &str) -> Meaning {
    named(None, data)
}

fn named(name: Option<&str>, data: &str) -> Meaning {
    read(Event { name: name.map(Into::into), data: Bytes::copy_from_slice(data.as_bytes()) })
}

fn chunk(data: &str) -> bool {
    match meaning(data) {
        Meaning::Chunk { json, finished } => {
            assert_eq!(json, data);
            finished
        }
        other => panic!("{data} is no chunk: {other:?}"),
    }
}

fn failed(name: Option<&str>, data: &str) -> Error {
    match named(name, data) {
        Meaning::Failure(error) => *error,
        other => panic!("{data} is no failure: {other:?}"),
    }
}

#[test]
fn the_end_and_nothing() {
    for data in ["[DONE]", " [DONE]", "[DONE] ", "[DONE]\n"] {
        assert!(matches!(meaning(data), Meaning::Done), "{data:?}");
    }
    for data in ["", " ", "\n"] {
        assert!(matches!(meaning(data), Meaning::Nothing), "{data:?}");
    }
    assert!(!chunk(r#"{"choices":[{"delta":{"content":"[DONE]"}}]}"#));
}

#[test]
fn a_chunk_is_finished_when_a_choice_says_so() {
    assert!(chunk(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#));
    assert!(chunk(r#"{"choices":[{"finish_reason":null},{"finish_reason" : "length"}]}"#));
    assert!(chunk(r#"{"choices":[{"finish_reason":"error","error":{"code":502,"message":"m"}}]}"#));
    for data in [
        r#"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"content":"x"},"finish_reason": null }]}"#,
        r#"{"choices":[{"finish_reason":""}]}"#,
        r#"{"choices":[],"usage":{"total_tokens":3}}"#,
        r#"{"usage":{"total_tokens":3}}"#,
        r#"{"choices":[{"delta":{"content":"\"finish_reason\":\"stop\""},"finish_reason":null}]}"#,
        r#"{"meta":{"finish_reason":"stop"},"choices":[{"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"content":"finish_reason"}}]}"#,
        r#"{"choices":[{"delta":{"x\"finish_reason":"stop"}}]}"#,
    ] {
        assert!(!chunk(data), "{data}");
    }
}

#[test]
fn a_failure_is_a_top_level_error() {
    // Recorded from OpenRouter, exchange 2082a38dd9b58c3f.
    let data = r#"{"id":"gen-1","error":{"code":400,"message":"Token limit reached"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}"#;
    let error = failed(None, data);
    let details = error.details();
    assert_eq!((error.kind(), details.status), (Kind::BadRequest, Some(400)));
    assert_eq!((details.message.as_str(), details.code.as_deref()), ("Token limit reached", Some("400")));
    assert_eq!(details.body, data);
    assert_eq!(failed(None, r#"{"error":"it broke"}"#).details().message, "it broke");
    assert_eq!(failed(None, r#"{"error":["a","b"]}"#).details().message, "a; b");
    assert_eq!(failed(None, r#"{"object":"error","message":"m","code":503}"#).kind(), Kind::ServiceUnavailable);
}

#[test]
fn an_event_named_error_is_a_failure_whatever_it_holds() {
    // Recorded from Groq, exchange 6f2f0d4df4fcbbc8.
    let data = r#"{"error":{"message":"tool call validation failed","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}"#;
    let error = failed(Some("error"), data);
    assert_eq!((error.kind(), error.details().status), (Kind::BadRequest, Some(400)));
    assert_eq!(error.details().error_type.as_deref(), Some("invalid_request_error"));
    assert_eq!(failed(Some("error"), "it broke").details().message, "it broke");
    assert_eq!(failed(Some("error"), r#"{"message":"it broke"}"#).details().message, "it broke");
}

#[test]
fn the_word_error_elsewhere_is_no_failure() {
    for data in [
        r#"{"choices":[{"delta":{"content":"\"error\""}}],"error":null}"#,
        r#"{"choices":[{"delta":{"content":"error"},"error":{"code":502}}]}"#,
        r#"{"choices":[{"delta":{"role":"error"}}]}"#,
        r#"{"choices":[],"error":"" }"#,
        r#"{"choices":[],"error"#,
    ] {
        assert!(!chunk(data), "{data}");
    }
}

#[test]
fn a_whole_reply_becomes_one_chunk() {
    let reply = r#" {"id":"c","object":"chat.completion","seed":18446744073709551616,"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"index":7,"id":"b"}]},"finish_reason":"tool_calls","logprobs":null}],"usage":{"total_tokens":1e1}}"#;
    let expected = r#"{"id":"c","object":"chat.completion.chunk","seed":18446744073709551616,"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"index":0},{"index":7,"id":"b"}]},"finish_reason":"tool_calls","logprobs":null}],"usage":{"total_tokens":1e1}}"#;
    assert_eq!(whole_reply_as_chunk(reply.as_bytes()).unwrap(), expected);
    let plain = r#"{"choices":[{"message":{"content":"hi","tool_calls":null}}]}"#;
    let expected = r#"{"choices":[{"delta":{"content":"hi","tool_calls":null}}],"object":"chat.completion.chunk"}"#;
    assert_eq!(whole_reply_as_chunk(format!("\u{feff}{plain}").as_bytes()).unwrap(), expected);
}

#[test]
fn a_document_that_is_no_reply_is_an_error() {
    let kind = |body: &str| whole_reply_as_chunk(body.as_bytes()).unwrap_err().kind();
    assert_eq!(kind(r#"{"error":{"code":429,"message":"m"}}"#), Kind::RateLimit);
    for body in [
        "",
        "<html></html>",
        "{}",
        "[]",
        r#"{"choices":null}"#,
        r#"{"choices":[1]}"#,
        r#"{"choices":[{"#,
        r#"{"choices":[]} x"#,
    ] {
        assert_eq!(kind(body), Kind::ResponseValidation, "{body}");
    }
}
