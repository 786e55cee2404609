use serde_json::{Value, json};

use super::Ollama;
use crate::protocol::{Ask, Protocol, Route};

fn ask(model: &str) -> Ask {
    Ask { provider: "ollama".into(), model: model.into(), ..Ask::default() }
}

fn request(model: &str, body: Value) -> Value {
    let Value::Object(body) = body else { panic!("no object") };
    Ollama.request(&ask(model), body).unwrap()
}

fn refusal(body: Value) -> String {
    let Value::Object(body) = body else { panic!("no object") };
    Ollama.request(&ask("m"), body).unwrap_err().details().message.clone()
}

#[test]
fn a_base_names_the_host_or_either_api() {
    for base in ["http://h:1", "http://h:1/v1", "http://h:1/v1/", "http://h:1/api"] {
        assert_eq!(Ollama.base_url(&ask("m"), base).unwrap(), "http://h:1");
    }
    assert_eq!(Ollama.base_url(&ask("m"), "http://h/proxy/").unwrap(), "http://h/proxy/");
    let rerank = Ask { route: Route::Rerank, ..ask("m") };
    assert!(Ollama.path(&rerank).is_err());
}

#[test]
fn every_wish_to_think_becomes_think() {
    let cases = [
        ("qwen3", json!({"reasoning_effort": "low"}), json!(true)),
        ("qwen3", json!({"reasoning_effort": "none"}), json!(false)),
        ("gpt-oss:20b", json!({"reasoning_effort": "minimal"}), json!("low")),
        ("someone/gpt-oss:20b", json!({"reasoning_effort": "xhigh"}), json!("high")),
        ("qwen3", json!({"thinking": {"type": "enabled", "budget_tokens": 9}}), json!(true)),
        ("qwen3", json!({"thinking": {"type": "disabled"}, "reasoning_effort": "high"}), json!(false)),
        ("qwen3", json!({"think": "max", "reasoning_effort": "low"}), json!("max")),
    ];
    for (model, mut given, think) in cases {
        given["messages"] = json!([]);
        assert_eq!(request(model, given)["think"], think);
    }
    assert!(refusal(json!({"messages": [], "reasoning_effort": "lots"})).contains("reasoning_effort"));
    assert_eq!(request("m", json!({"messages": []})).get("think"), None);
}

#[test]
fn options_that_are_said_twice() {
    let given = json!({
        "messages": [], "max_tokens": 1, "max_completion_tokens": 2, "num_ctx": 3, "top_k": 4,
        "options": {"top_k": 5}, "extra_body": {"options": {"num_ctx": 6}, "keep_alive": 0},
    });
    let made = request("m", given);
    assert_eq!(made["options"], json!({"num_predict": 2, "num_ctx": 6, "top_k": 5}));
    assert_eq!(made["keep_alive"], 0);
    assert!(refusal(json!({"messages": [], "options": 1})).starts_with("options"));
}

#[test]
fn a_call_that_must_be_made_cannot_be_said() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    for choice in [json!("required"), json!({"type": "function", "function": {"name": "f"}})] {
        assert!(refusal(json!({"messages": [], "tools": tools, "tool_choice": choice})).contains("'tool_choice'"));
    }
    assert!(refusal(json!({"messages": [], "tools": tools, "parallel_tool_calls": false})).contains("parallel"));
    assert!(refusal(json!({"messages": [], "tools": [{"type": "web_search"}]})).starts_with("tools[0]"));
    let none = request("m", json!({"messages": [], "tools": tools, "tool_choice": "none"}));
    assert_eq!((none.get("tools"), none.get("tool_choice")), (None, None));
    let auto = request("m", json!({"messages": [], "tools": tools, "tool_choice": "auto"}));
    assert_eq!((auto.get("tools"), auto.get("tool_choice")), (Some(&tools), None));
    let given = json!({"messages": [], "tools": tools, "tool_choice": "required"});
    let Value::Object(given) = given else { panic!("no object") };
    let left = Ollama.request(&Ask { drop_params: true, ..ask("m") }, given).unwrap();
    assert_eq!((left.get("tools"), left.get("tool_choice")), (Some(&tools), None));
}

#[test]
fn a_reply_that_is_none_is_said_to_be_none() {
    for reply in [json!([]), json!({}), json!({"message": 1})] {
        assert!(Ollama.reply(&ask("m"), reply.clone()).is_err());
        assert!(Ollama.reply(&Ask { route: Route::Embeddings, ..ask("m") }, reply).is_err());
    }
}
