use serde_json::{Value, json};

use super::family::{Family, family};
use super::*;
use crate::error::Kind;
use crate::protocol::Options;

const BASE: &str = "https://us-central1-aiplatform.googleapis.com/v1";

fn ask(model: &str, route: Route, stream: bool) -> Ask {
    let options = Options::new([("vertex_project".to_owned(), "p".to_owned())]);
    let (provider, model) = ("vertex_ai".to_owned(), model.to_owned());
    Ask { route, provider, model, stream, options, ..Ask::default() }
}

fn told(options: &[(&str, &str)]) -> Ask {
    let options = options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    Ask { options: Options::new(options), ..Ask::default() }
}

fn object(value: Value) -> Object {
    value.as_object().cloned().unwrap()
}

#[test]
fn models_are_whose_they_say_or_look_like() {
    let cases = [
        ("gemini-2.5-flash", Family::Gemini("gemini-2.5-flash")),
        ("google/gemini-2.5-flash", Family::Gemini("gemini-2.5-flash")),
        ("publishers/google/models/gemini-2.5-pro", Family::Gemini("gemini-2.5-pro")),
        ("text-embedding-005", Family::Gemini("text-embedding-005")),
        ("4965075652664360960", Family::Tuned("4965075652664360960")),
        ("gemini/4965075652664360960", Family::Tuned("4965075652664360960")),
        ("claude-sonnet-4-5@20250929", Family::Claude("claude-sonnet-4-5@20250929")),
        ("anthropic/claude-opus-4-6", Family::Claude("claude-opus-4-6")),
        ("publishers/anthropic/models/claude-opus-4-6", Family::Claude("claude-opus-4-6")),
        ("mistral-small-2503", Family::Raw { maker: "mistralai", name: "mistral-small-2503" }),
        ("codestral@2405", Family::Raw { maker: "mistralai", name: "codestral@2405" }),
        ("jamba-1.5-mini@001", Family::Raw { maker: "ai21", name: "jamba-1.5-mini@001" }),
        ("meta/llama-4-scout-17b-16e-instruct-maas", Family::Open("meta/llama-4-scout-17b-16e-instruct-maas")),
        ("google/gemma-4-26b-a4b-it-maas", Family::Open("google/gemma-4-26b-a4b-it-maas")),
    ];
    for (model, expected) in cases {
        assert_eq!(family(model).unwrap(), expected, "{model}");
    }
    assert_eq!(family("openai/123").unwrap_err().kind(), Kind::BadRequest);
}

#[test]
fn paths_name_the_maker_and_the_method() {
    let cases = [
        ("gemini-2.5-flash", Route::Chat, false, "/publishers/google/models/gemini-2.5-flash:generateContent"),
        (
            "gemini-2.5-flash",
            Route::Chat,
            true,
            "/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        ),
        ("123", Route::Chat, false, "/endpoints/123:generateContent"),
        ("claude-opus-4-1@1", Route::Chat, false, "/publishers/anthropic/models/claude-opus-4-1@1:rawPredict"),
        ("claude-opus-4-1@1", Route::Chat, true, "/publishers/anthropic/models/claude-opus-4-1@1:streamRawPredict"),
        ("mistral-x", Route::Chat, true, "/publishers/mistralai/models/mistral-x:streamRawPredict"),
        ("meta/llama", Route::Chat, true, "/endpoints/openapi/chat/completions"),
        ("text-embedding-005", Route::Embeddings, false, "/publishers/google/models/text-embedding-005:predict"),
        (
            "gemini-embedding-001",
            Route::Embeddings,
            false,
            "/publishers/google/models/gemini-embedding-001:embedContent",
        ),
        ("x?y#z", Route::Chat, false, "/publishers/google/models/x%3Fy%23z:generateContent"),
    ];
    for (model, route, stream, expected) in cases {
        assert_eq!(Vertex.path(&ask(model, route, stream)).unwrap(), expected);
    }
    for (model, route) in [("claude-x", Route::Embeddings), ("gemini-x", Route::Rerank)] {
        assert_eq!(Vertex.path(&ask(model, route, false)).unwrap_err().kind(), Kind::UnsupportedParams);
    }
}

#[test]
fn each_location_has_its_host() {
    let cases = [
        ("us-central1", "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1"),
        ("global", "https://aiplatform.googleapis.com/v1/projects/p/locations/global"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu"),
        ("us", "https://aiplatform.us.rep.googleapis.com/v1/projects/p/locations/us"),
    ];
    for (location, expected) in cases {
        let ask = told(&[("vertex_project", "p"), ("vertex_location", location)]);
        let base = format!("https://{location}-aiplatform.googleapis.com/v1");
        assert_eq!(Vertex.base_url(&ask, &base).unwrap(), expected);
    }
}

#[test]
fn a_base_of_the_callers_is_kept() {
    let ask = told(&[("vertex_project", "p"), ("vertex_ai_location", "global")]);
    assert_eq!(Vertex.base_url(&ask, "http://h/v1beta1/").unwrap(), "http://h/v1beta1/projects/p/locations/global");
    let whole = "http://h/v1/projects/q/locations/l";
    assert_eq!(Vertex.base_url(&told(&[]), whole).unwrap(), whole);
}

#[test]
fn a_project_that_is_missing_or_none_is_a_bad_request() {
    for (options, name) in [
        (&[][..], "vertex_project: pass it"),
        (&[("vertex_project", "a/b")], "vertex_project: \"a/b\""),
        (&[("vertex_project", "p"), ("vertex_location", "x/../y")], "vertex_location: "),
    ] {
        let error = Vertex.base_url(&told(options), BASE).unwrap_err();
        assert_eq!(error.kind(), Kind::BadRequest);
        assert!(error.details().message.starts_with(name), "{error:?}");
    }
}

#[test]
fn claude_is_told_the_version_in_the_body_and_the_model_in_the_path() {
    let body = json!({"model": "claude-opus-4-6", "messages": [{"role": "user", "content": "Hi"}], "stream": true});
    let request = Vertex.request(&ask("claude-opus-4-6", Route::Chat, true), object(body)).unwrap();
    assert_eq!(request.get("anthropic_version"), Some(&json!("vertex-2023-10-16")));
    assert_eq!((request.get("model"), request.get("stream")), (None, Some(&json!(true))));
}

#[test]
fn older_embeddings_are_predictions() {
    let ask = ask("text-embedding-005", Route::Embeddings, false);
    let body = json!({"model": "x", "input": ["a", "b"], "dimensions": 2, "task_type": "RETRIEVAL_QUERY"});
    let request = Vertex.request(&ask, object(body)).unwrap();
    let each = |text: &str| json!({"content": text, "task_type": "RETRIEVAL_QUERY"});
    assert_eq!(request, json!({"instances": [each("a"), each("b")], "parameters": {"outputDimensionality": 2}}));
    let row = |count: Value| json!({"embeddings": {"values": [0.5], "statistics": {"token_count": count}}});
    let reply = Vertex.reply(&ask, json!({"predictions": [row(json!(2)), row(json!(3.0))]})).unwrap();
    assert_eq!(reply.pointer("/usage/prompt_tokens"), Some(&json!(5)));
    assert_eq!(reply.pointer("/data/1/embedding"), Some(&json!([0.5])));
    assert_eq!(Vertex.reply(&ask, json!({})).unwrap_err().kind(), Kind::ResponseValidation);
}

#[test]
fn newer_embeddings_take_one_input_or_a_batch() {
    let ask = ask("gemini-embedding-2", Route::Embeddings, false);
    let config = json!({"outputDimensionality": 2});
    let content = |text: &str| json!({"parts": [{"text": text}]});
    let one = Vertex.request(&ask, object(json!({"input": "a", "dimensions": 2}))).unwrap();
    assert_eq!(one, json!({"embedContentConfig": config, "content": content("a")}));
    assert_eq!(Vertex.path_of(&ask, &one), None);
    let two = Vertex.request(&ask, object(json!({"input": ["a", "b"], "dimensions": 2}))).unwrap();
    let each = |text: &str| json!({"embedContentConfig": config, "content": content(text)});
    assert_eq!(two, json!({"requests": [each("a"), each("b")]}));
    let path = Vertex.path_of(&ask, &two);
    assert_eq!(path.as_deref(), Some("/publishers/google/models/gemini-embedding-2:batchEmbedContents"));
}

#[test]
fn claude_takes_its_own_messages_as_they_are() {
    let asked = ask("claude-sonnet-4-5@20250929", Route::Messages, true);
    let body = json!({"model": "m", "max_tokens": 5, "stream": true, "a_new_one": 1});
    let expected = json!({"anthropic_version": ANTHROPIC_VERSION, "max_tokens": 5, "stream": true, "a_new_one": 1});
    assert_eq!(Vertex.request(&asked, object(body)).unwrap(), expected);
    assert!(Vertex.path(&asked).unwrap().ends_with("/models/claude-sonnet-4-5@20250929:streamRawPredict"));
    assert!(Vertex.path(&ask("gemini-2.5-flash", Route::Messages, false)).is_err());
}
