//! Statuses, shapes of bodies, and recorded examples for what a status alone does not say.

use super::*;

fn refused(status: u16, body: &str) -> Error {
    error_from_response("p", status, &[], Bytes::copy_from_slice(body.as_bytes()))
}

fn in_band(body: &str) -> Option<Error> {
    error_in_body("p", 200, &[], Bytes::copy_from_slice(body.as_bytes()))
}

#[test]
fn the_status_decides() {
    let upstream = Kind::Timeout(TimeoutKind::Upstream);
    let expected = [
        (302, Kind::ResponseValidation),
        (400, Kind::BadRequest),
        (401, Kind::Authentication),
        (402, Kind::PaymentRequired),
        (403, Kind::PermissionDenied),
        (404, Kind::NotFound),
        (408, upstream),
        (409, Kind::BadRequest),
        (413, Kind::BadRequest),
        (422, Kind::UnprocessableEntity),
        (429, Kind::RateLimit),
        (499, Kind::BadRequest),
        (500, Kind::InternalServer),
        (501, Kind::InternalServer),
        (502, Kind::BadGateway),
        (503, Kind::ServiceUnavailable),
        (504, upstream),
        (529, Kind::ServiceUnavailable),
        (599, Kind::InternalServer),
    ];
    for (status, kind) in expected {
        let error = refused(status, r#"{"error":{"message":"m","type":"invalid_request_error","code":"c"}}"#);
        assert_eq!((error.kind(), error.details().status), (kind, Some(status)));
    }
}

#[test]
fn every_shape_of_body_gives_its_fields() {
    let fields = |body: &str| {
        let details = refused(400, body).into_details();
        (details.message, details.code, details.error_type, details.param)
    };
    let some = |text: &str| Some(text.to_owned());
    let cases: [(&str, &str, Option<&str>, Option<&str>); 17] = [
        (r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#, "m", Some("c"), Some("t")),
        (
            r#"{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}"#,
            "m",
            Some("400"),
            Some("INVALID_ARGUMENT"),
        ),
        (r#"[{"error":{"code":400,"message":"m"}}]"#, "m", Some("400"), None),
        (
            r#"{"code":"Some requested entity","error":"The model was deprecated"}"#,
            "The model was deprecated",
            Some("Some requested entity"),
            None,
        ),
        (r#"{"error":"Template error","error_type":"template_error"}"#, "Template error", None, Some("template_error")),
        (r#"{"error":["a is wrong","b is wrong"]}"#, "a is wrong; b is wrong", None, None),
        (r#"{"error":[{"message":"a"},{"msg":"b"}]}"#, "a; b", None, None),
        (
            r#"{"code":"1500","message":"m","object":"error","type":"invalid_model"}"#,
            "m",
            Some("1500"),
            Some("invalid_model"),
        ),
        (r#"{"message":"No API key","request_id":"x"}"#, "No API key", None, None),
        (r#"{"detail":"Invalid API Key"}"#, "Invalid API Key", None, None),
        (
            r#"{"detail":[{"type":"missing","loc":["body","messages",0],"msg":"Field required"}]}"#,
            "body.messages.0: Field required",
            None,
            None,
        ),
        (r#"{"message":{"detail":[{"loc":["a"],"msg":"b"}]}}"#, "a: b", None, None),
        (r#"{"errors":[{"message":"m","code":7003}],"success":false}"#, "m", None, None),
        (r#"{"error":null}"#, r#"HTTP 400 Bad Request: {"error":null}"#, None, None),
        ("", "HTTP 400 Bad Request", None, None),
        (" \n", "HTTP 400 Bad Request", None, None),
        ("upstream connect error", "upstream connect error", None, None),
    ];
    for (body, message, code, error_type) in cases {
        let expected = (message.to_owned(), code.map(str::to_owned), error_type.map(str::to_owned), None);
        assert_eq!(fields(body), expected, "{body}");
    }
    assert_eq!(fields(r#"{"error":{"message":"m","param":"temperature"}}"#).3, some("temperature"));
}

#[test]
fn bodies_that_are_no_json_are_shown_as_far_as_they_help() {
    assert_eq!(refused(503, "<html><h1>503</h1></html>").details().message, "HTTP 503 Service Unavailable");
    assert_eq!(refused(529, "<html>").details().message, "HTTP 529");
    assert_eq!(refused(500, &"\u{e9}".repeat(900)).details().message, "\u{e9}".repeat(500));
    let latin = error_from_response("p", 500, &[], Bytes::from_static(b"d\xe9faut"));
    assert_eq!(latin.details().message, "d\u{fffd}faut");
    assert_eq!(latin.details().body, b"d\xe9faut".as_slice());
}

#[test]
fn headers_give_request_id_and_wait() {
    let headers = [("CF-Ray", "ray"), ("Retry-After", "3"), ("X-Request-Id", "req")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let error = error_from_response("groq", 429, &headers, Bytes::new());
    let details = error.details();
    assert_eq!(details.request_id.as_deref(), Some("req"));
    assert_eq!(details.retry_after, Some(std::time::Duration::from_secs(3)));
    assert_eq!((details.provider.as_str(), details.headers.as_slice()), ("groq", headers.as_slice()));
    let error = error_from_response("groq", 429, headers.get(..1).unwrap_or_default(), Bytes::new());
    assert_eq!(error.details().request_id.as_deref(), Some("ray"));
}

/// Recorded: a prompt that is too long, by code where there is one, by phrase where there is none.
#[test]
fn a_prompt_that_is_too_long_is_told_apart() {
    let recorded = [
        // openai, exchange 1d81a020ff1c0df4
        r#"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}"#,
        // llama.cpp, exchange 7b490fe93919da14
        r#"{"error":{"code":400,"message":"request (2009 tokens) exceeds the available context size (512 tokens), try increasing it","n_ctx":512,"type":"exceed_context_size_error"}}"#,
        // perplexity, exchange 5c0954d7df04c2ad
        r#"{"error":{"message":"The total length of all messages is too long.","type":"too_many_prompt_tokens","code":400}}"#,
        // openrouter, exchange e0fe027f7143e546
        r#"{"error":{"message":"This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens","code":400}}"#,
        // ollama, exchange 3fe39be5ae3a658c
        r#"{"error":{"message":"prompt too long; exceeded max context length by 1119046 tokens","type":"invalid_request_error","param":null,"code":null}}"#,
        // anthropic and xai, as quoted where the phrases are
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 211180 tokens > 200000 maximum"}}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again"}}"#,
        r#"{"error":"This model's maximum prompt length is 131072 but the request contains 136973 tokens."}"#,
    ];
    for body in recorded {
        assert_eq!(refused(400, body).kind(), Kind::ContextWindowExceeded, "{body}");
        assert_ne!(refused(413, "{}").kind(), Kind::ContextWindowExceeded);
    }
    assert_eq!(refused(429, recorded[0]).kind(), Kind::RateLimit);
}

#[test]
fn a_policy_refusal_is_told_apart_by_code() {
    for code in ["content_policy_violation", "content_filter"] {
        let error = refused(400, &format!(r#"{{"error":{{"message":"m","code":"{code}","type":null}}}}"#));
        assert_eq!(error.kind(), Kind::ContentPolicyViolation);
    }
    assert_eq!(refused(400, r#"{"error":{"message":"content_filter is unknown"}}"#).kind(), Kind::BadRequest);
}

#[test]
fn a_success_that_reports_a_failure_is_one() {
    let cases = [
        (r#"{"error":{"code":502,"message":"Provider returned error"}}"#, Kind::BadGateway, Some(502)),
        (r#"{"error":{"code":"429","message":"m"}}"#, Kind::RateLimit, Some(429)),
        (
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}"#,
            Kind::BadRequest,
            Some(400),
        ),
        (r#"{"error":{"message":"m","type":"rate_limit_error"}}"#, Kind::RateLimit, Some(200)),
        (
            r#"{"error":{"message":"m","type":"authentication_error","code":"invalid_request_error"}}"#,
            Kind::Authentication,
            Some(200),
        ),
        (
            r#"{"error":{"message":"m","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            Kind::Authentication,
            Some(200),
        ),
        (r#"{"error":{"message":"m","type":"overloaded_error"}}"#, Kind::ServiceUnavailable, Some(200)),
        (r#"{"error":"it broke"}"#, Kind::InternalServer, Some(200)),
        (r#"{"error":["it broke"]}"#, Kind::InternalServer, Some(200)),
        (r#"{"error":{}}"#, Kind::InternalServer, Some(200)),
        (r#"{"object":"error","message":"m","type":"BadRequestError","code":400}"#, Kind::BadRequest, Some(400)),
    ];
    for (body, kind, status) in cases {
        let error = in_band(body).expect(body);
        assert_eq!((error.kind(), error.details().status), (kind, status), "{body}");
        assert_eq!(error.details().body, body);
        assert!(!error.details().message.is_empty());
    }
}

#[test]
fn a_success_is_no_failure() {
    let bodies = [
        r#"{"choices":[]}"#,
        r#"{"choices":[],"error":null}"#,
        r#"{"choices":[],"error":""}"#,
        r#"{"choices":[],"error":{}}"#,
        r#"{"data":[],"error":[]}"#,
        r#"{"choices":[{"error":{"code":502,"message":"m"},"finish_reason":"error"}]}"#,
        r#"{"choices":[],"error":false}"#,
        "[]",
        "no json",
        "",
    ];
    for body in bodies {
        assert!(in_band(body).is_none(), "{body}");
    }
}

#[test]
fn a_body_may_say_how_long_to_wait() {
    let told = |body: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let error = error_from_response("zaguan", 429, &headers, Bytes::copy_from_slice(body.as_bytes()));
        error.details().retry_after.map(|wait| wait.as_millis())
    };
    let beside = r#"{"error": {"message": "m", "retry_after": 1.5}}"#;
    assert_eq!(told(beside, &[]), Some(1500));
    assert_eq!(told(beside, &[("retry-after", "2")]), Some(2000));
    assert_eq!(told(r#"{"error": {"message": "m", "details": {"retry_after": "3"}}}"#, &[]), Some(3000));
    assert_eq!(told(r#"{"message": "m", "retry_after": 4}"#, &[]), Some(4000));
    assert_eq!(told(r#"{"error": {"message": "m", "retry_after": -1}}"#, &[]), None);
    assert_eq!(told(r#"{"error": {"message": "m", "retry_after": null}}"#, &[]), None);
}
