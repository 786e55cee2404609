#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};

use super::Cohere;
use crate::chunk::Meaning;
use crate::error::Kind;
use crate::protocol::{Ask, Protocol, Route};
use crate::sse::Event;

fn ask() -> Ask {
    Ask { provider: "cohere".into(), model: "command-a".into(), ..Ask::default() }
}

fn sent(body: Value) -> Value {
    let Value::Object(body) = body else { panic!() };
    Cohere.request(&ask(), body).unwrap()
}

fn refused(body: Value) -> (Kind, String) {
    let Value::Object(body) = body else { panic!() };
    let error = Cohere.request(&ask(), body).unwrap_err();
    (error.kind(), error.details().message.clone())
}

fn chunks(events: &[Value]) -> Vec<Value> {
    let mut reader = Cohere.reader(&ask());
    let mut told = Vec::new();
    for event in events {
        let event = Event { name: None, data: event.to_string().into() };
        for meaning in reader.read(&event).unwrap() {
            match meaning {
                Meaning::Chunk { json, .. } => told.push(serde_json::from_slice(&json).unwrap()),
                Meaning::Failure(error) => told.push(json!({"failed": error.details().message})),
                other => panic!("{other:?}"),
            }
        }
    }
    told
}

#[test]
fn the_base_url_is_that_of_v2_whatever_part_of_an_address_is_given() {
    for base in ["https://h", "https://h/", "https://h/v1", "https://h/v2/", "https://h/v2/chat", "https://h/v1/embed"]
    {
        assert_eq!(Cohere.base_url(&ask(), base).unwrap(), "https://h/v2", "{base}");
    }
    assert_eq!(Cohere.base_url(&ask(), "https://h/co/v2/rerank").unwrap(), "https://h/co/v2");
}

#[test]
fn parameters_have_other_names() {
    let body = json!({
        "messages": [{"role": "user", "content": "Hi"}], "top_p": 0.5, "top_k": 3, "max_completion_tokens": 9,
        "max_tokens": 8, "stop": "x", "seed": 1, "n": 1, "stream_options": {}, "parallel_tool_calls": true,
        "safety_mode": "NONE", "citation_options": {"mode": "OFF"}, "extra_body": {"priority": 1}
    });
    let expected = json!({
        "model": "command-a", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9, "p": 0.5, "k": 3,
        "seed": 1, "stop_sequences": ["x"], "safety_mode": "NONE", "citation_options": {"mode": "OFF"}, "priority": 1
    });
    assert_eq!(sent(body), expected);
    let (kind, message) = refused(json!({"messages": [], "n": 2, "user": "u", "top_logprobs": 1, "k": 1}));
    assert_eq!(kind, Kind::UnsupportedParams);
    assert!(message.contains("['n', 'user', 'top_logprobs']"), "{message}");
}

#[test]
fn thinking() {
    let thought = |given: Value| {
        let mut body = json!({"messages": []});
        body.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        sent(body)["thinking"].clone()
    };
    let budget = |tokens: u32| json!({"type": "enabled", "token_budget": tokens});
    assert_eq!(thought(json!({"reasoning_effort": "low"})), budget(1024));
    assert_eq!(thought(json!({"reasoning_effort": {"effort": "high"}})), budget(4096));
    assert_eq!(thought(json!({"reasoning_effort": "none"})), json!({"type": "disabled"}));
    assert_eq!(thought(json!({"reasoning_effort": "xhigh"})), json!({"type": "enabled"}));
    assert_eq!(
        thought(json!({"thinking": {"type": "enabled", "budget_tokens": 5}, "reasoning_effort": "low"})),
        budget(5)
    );
    assert_eq!(refused(json!({"messages": [], "reasoning_effort": "much"})).0, Kind::UnsupportedParams);
}

#[test]
fn tools_and_their_choice() {
    let tool = |name: &str| json!({"type": "function", "function": {"name": name, "strict": true}});
    let told = |name: &str| json!({"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}});
    let asked = |choice: Value| sent(json!({"messages": [], "tools": [tool("f"), tool("g")], "tool_choice": choice}));
    let both = asked(json!("auto"));
    assert_eq!((&both["tools"], &both["strict_tools"]), (&json!([told("f"), told("g")]), &json!(true)));
    assert_eq!(both.get("tool_choice"), None);
    assert_eq!(asked(json!("none"))["tool_choice"], "NONE");
    assert_eq!(asked(json!("required"))["tool_choice"], "REQUIRED");
    let named = asked(json!({"type": "function", "function": {"name": "g"}}));
    assert_eq!((&named["tools"], &named["tool_choice"]), (&json!([told("g")]), &json!("REQUIRED")));
    for wrong in [json!("some"), json!({"type": "function", "function": {"name": "h"}}), json!({})] {
        assert_eq!(refused(json!({"messages": [], "tools": [tool("f")], "tool_choice": wrong})).0, Kind::BadRequest);
    }
    assert_eq!(refused(json!({"messages": [], "tools": [{"type": "web_search"}]})).0, Kind::BadRequest);
    let unparallel = json!({"messages": [], "tools": [tool("f")], "parallel_tool_calls": false});
    assert_eq!(refused(unparallel).0, Kind::UnsupportedParams);
}

#[test]
fn structured_output() {
    let schema = json!({"type": "object", "properties": {"a": {}}});
    let format =
        |format: Value| sent(json!({"messages": [], "response_format": format})).get("response_format").cloned();
    assert_eq!(format(json!({"type": "text"})), None);
    assert_eq!(format(json!({"type": "json_object"})), Some(json!({"type": "json_object"})));
    let own = Some(json!({"type": "json_object", "json_schema": schema}));
    assert_eq!(format(json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})), own);
    assert_eq!(format(json!({"type": "json_object", "json_schema": schema})), own);
    assert_eq!(refused(json!({"messages": [], "response_format": {"type": "xml"}})).0, Kind::BadRequest);
}

#[test]
fn a_message_goes_back_as_it_came_until_it_is_changed() {
    let call = json!({"id": "f_1", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let citation = json!({"start": 0, "end": 3, "text": "Ada", "sources": [{"type": "tool", "id": "f_1:0"}]});
    for message in [
        json!({"role": "assistant", "tool_plan": "I will.", "tool_calls": [call]}),
        json!({"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Ada."}],
               "citations": [citation]}),
    ] {
        let reply = json!({"id": "i", "message": message, "finish_reason": "COMPLETE"});
        let ours = Cohere.reply(&ask(), reply).unwrap()["choices"][0]["message"].clone();
        assert_eq!(sent(json!({"messages": [ours]}))["messages"], json!([message]));
        let mut changed = ours;
        changed["content"] = "Bob".into();
        let back = sent(json!({"messages": [changed]}))["messages"][0].clone();
        assert_eq!((&back["content"], back.get("citations")), (&json!("Bob"), None));
    }
    // What other providers keep there is not Cohere's.
    let foreign = json!({"role": "assistant", "content": "Hi", "provider_specific_fields": {
        "content": [{"type": "text", "text": "Hi"}], "citations": [["u"]]},
        "thinking_blocks": [{"type": "thinking", "thinking": "t", "signature": "s"}]});
    assert_eq!(sent(json!({"messages": [foreign]}))["messages"], json!([{"role": "assistant", "content": "Hi"}]));
}

#[test]
fn messages_that_cannot_be_said_are_refused_by_place() {
    for (message, place) in [
        (json!({"role": "critic", "content": "x"}), "messages[0]['role']"),
        (json!({"role": "tool", "content": "x"}), "messages[0]['tool_call_id']"),
        (json!({"role": "user", "content": [{"type": "file", "file": {}}]}), "messages[0]['content'][0]"),
        (json!({"role": "user", "content": 1}), "messages[0]['content']"),
    ] {
        let (kind, message) = refused(json!({"messages": [message]}));
        assert_eq!(kind, Kind::BadRequest);
        assert!(message.starts_with(place), "{message}");
    }
}

#[test]
fn a_reply() {
    let reply = json!({"id": "i", "finish_reason": "MAX_TOKENS", "message": {"role": "assistant", "content": [
        {"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Hi"}]},
        "usage": {"billed_units": {"input_tokens": 1.0}, "cached_tokens": 2.0,
            "tokens": {"input_tokens": 5.0, "output_tokens": 3, "image_tokens": 4, "reasoning_tokens": 1}},
        "logprobs": [{"text": "Hi", "token_ids": [1, 2], "logprobs": [-0.5, -0.25]}]});
    let made = Cohere.reply(&ask(), reply).unwrap();
    let choice = &made["choices"][0];
    assert_eq!(choice["finish_reason"], "length");
    assert_eq!(choice["provider_specific_fields"], json!({"finish_reason": "MAX_TOKENS"}));
    assert_eq!(choice["message"]["content"], "Hi");
    assert_eq!(choice["message"]["reasoning_content"], "Hm.");
    let token = &choice["logprobs"]["content"][0];
    assert_eq!(
        (&token["token"], &token["logprob"], &token["token_ids"]),
        (&json!("Hi"), &json!(-0.75), &json!([1, 2]))
    );
    let usage = &made["usage"];
    assert_eq!(
        (&usage["prompt_tokens"], &usage["completion_tokens"], &usage["total_tokens"]),
        (&json!(9), &json!(3), &json!(12))
    );
    assert_eq!(usage["prompt_tokens_details"], json!({"cached_tokens": 2, "image_tokens": 4}));
    assert_eq!(usage["completion_tokens_details"], json!({"reasoning_tokens": 1}));
    let failed = json!({"id": "i", "message": {"role": "assistant"}, "finish_reason": "ERROR"});
    assert_eq!(Cohere.reply(&ask(), failed).unwrap_err().kind(), Kind::InternalServer);
    for wrong in [json!("x"), json!({"id": "i"})] {
        assert_eq!(Cohere.reply(&ask(), wrong).unwrap_err().kind(), Kind::ResponseValidation);
    }
}

#[test]
fn a_stream_with_every_kind_of_event() {
    let said = |kind: &str, message: Value| json!({"type": kind, "index": 0, "delta": {"message": message}});
    let call = json!({"id": "f_1", "type": "function", "function": {"name": "f", "arguments": ""}});
    let citation = json!({"start": 0, "end": 1, "text": "A", "sources": []});
    let told = chunks(&[
        json!({"type": "message-start", "id": "i", "delta": {"message": {"role": "assistant", "content": []}}}),
        json!({"type": "debug", "prompt": "p"}),
        said("content-start", json!({"content": {"type": "thinking", "thinking": ""}})),
        said("content-delta", json!({"content": {"thinking": "Hm"}})),
        json!({"type": "content-end", "index": 0}),
        said("tool-plan-delta", json!({"tool_plan": "I will"})),
        said("tool-call-start", json!({"tool_calls": call})),
        json!({"type": "tool-call-end", "index": 0}),
        said("citation-start", json!({"citations": citation})),
        json!({"type": "citation-end", "index": 0}),
        json!({"type": "yet-to-come"}),
        json!({"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": {"tokens": {"input_tokens": 1}}}}),
    ]);
    let mut started = call.clone();
    started["index"] = 0.into();
    let deltas: Vec<&Value> = told.iter().map(|chunk| &chunk["choices"][0]["delta"]).collect();
    let expected = [
        json!({"role": "assistant", "content": ""}),
        json!({"provider_specific_fields": {"prompt": "p"}}),
        json!({"reasoning_content": "Hm"}),
        json!({"provider_specific_fields": {"tool_plan": "I will"}}),
        json!({"tool_calls": [started]}),
        json!({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
        json!({"provider_specific_fields": {"citations": [citation]}}),
        json!({"provider_specific_fields": {"content_blocks": [{"type": "thinking", "thinking": "Hm"}]}}),
    ];
    assert_eq!(deltas, expected.iter().collect::<Vec<_>>());
    assert_eq!(told[7]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!((&told[7]["usage"]["prompt_tokens"], &told[7]["id"]), (&json!(1), &json!("i")));
    let failed = json!({"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "out of luck"}});
    assert_eq!(chunks(&[failed]), [json!({"failed": "out of luck"})]);
}

#[test]
fn embeddings() {
    let ask = Ask { route: Route::Embeddings, ..ask() };
    let embed = |body: Value| {
        let Value::Object(body) = body else { panic!() };
        Cohere.request(&ask, body)
    };
    let texts = json!({"model": "command-a", "input_type": "search_document", "texts": ["a"],
        "embedding_types": ["float"], "output_dimension": 8});
    assert_eq!(embed(json!({"input": "a", "encoding_format": "float", "dimensions": 8})).unwrap(), texts);
    let picture = "data:image/png;base64,AA==";
    let made = embed(json!({"input": [picture]})).unwrap();
    assert_eq!((&made["input_type"], &made["images"]), (&json!("image"), &json!([picture])));
    let made = embed(json!({"input": ["a", picture], "input_type": "search_query"})).unwrap();
    let part = json!({"type": "image_url", "image_url": {"url": picture}});
    assert_eq!(made["inputs"], json!([{"content": [{"type": "text", "text": "a"}]}, {"content": [part]}]));
    assert_eq!(embed(json!({"input": [[1, 2]]})).unwrap_err().kind(), Kind::BadRequest);
    let reply = json!({"id": "i", "embeddings": {"int8": [[1]], "float": [[0.5]]}, "texts": ["a"],
        "meta": {"billed_units": {"input_tokens": 7, "image_tokens": 1}}});
    let made = Cohere.reply(&ask, reply).unwrap();
    assert_eq!(made["data"], json!([{"object": "embedding", "index": 0, "embedding": [0.5], "int8": [1]}]));
    assert_eq!(made["usage"], json!({"prompt_tokens": 8, "total_tokens": 8}));
    assert_eq!(Cohere.reply(&ask, json!({"embeddings": {}})).unwrap_err().kind(), Kind::ResponseValidation);
}
