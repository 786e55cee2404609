"""Chat on the fake CoreX: keys, ids, models, streams, and what a gateway adds to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from edgequake_async.testing import FakeCoreX, error, stream, text

CHAT = "/v1/chat/completions"
HELLO: list[Any] = [{"role": "user", "content": "hello there"}]
Ask = Callable[..., Any]


def chat(ask: Ask, model: str = "openai/gpt-4o-mini", **fields: Any) -> Any:
    return ask("POST", CHAT, {"model": model, "messages": HELLO, **fields})


@pytest.mark.parametrize("path", ["/health", "/v1/models", "/v1/credits/balance", "/v1/nowhere"])
@pytest.mark.parametrize("key", ["", "Bearer wrong", "Basic fake-key-0123456789abcdef"])
def test_every_path_wants_the_key(ask: Ask, path: str, key: str) -> None:
    told = ask("GET", path, authorization=key)
    assert told.status == 401
    assert told.json["error"]["type"] == "authentication_error"


def test_the_anthropic_path_refuses_in_its_own_shape_and_takes_no_x_api_key(corex: FakeCoreX, ask: Ask) -> None:
    told = ask("POST", "/v1/messages", {}, authorization="", x_api_key=corex.api_key)
    assert told.status == 401
    assert told.json["type"] == "error"
    assert told.json["error"]["type"] == "authentication_error"


def test_a_chat_is_answered_with_promptshield_and_its_request_id(corex: FakeCoreX, ask: Ask) -> None:
    told = ask("POST", CHAT, {"model": "openai/gpt-4o", "messages": HELLO}, x_request_id="mine")
    assert told.head.headers["x-request-id"] == "mine"
    document = told.json
    assert document["choices"][0]["message"]["content"] == "You said: hello there"
    assert document["promptshield"] == {
        "credits_used": 2,
        "credits_remaining": 998,
        "credits_total": 1000,
        "credits_percent": 99.8,
        "reset_date": corex.credits.reset_date,
        "warning": None,
    }
    corex.credits.on = False
    told = chat(ask)
    assert "promptshield" not in told.json
    assert told.head.headers["x-request-id"] == "req_fake00000002"


def test_a_stream_ends_with_usage_and_promptshield(ask: Ask) -> None:
    *chunks, last, done = chat(ask, stream=True).events
    assert done == "[DONE]"
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks) == "You said: hello there"
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["usage"]["total_tokens"] > 0
    assert last["promptshield"]["credits_remaining"] == 999
    *_, finishing, last, done = chat(ask, stream=True, stream_options={"include_usage": True}).events
    assert (finishing["usage"], last["choices"]) == (None, [])
    assert last["promptshield"]["credits_remaining"] == 998


@pytest.mark.parametrize("model", ["openai/no-such-model", "no-such-model", "gpt-4o-mini/x"])
def test_unknown_models_are_not_found(ask: Ask, model: str) -> None:
    told = chat(ask, model)
    assert (told.status, told.json["error"]["code"]) == (404, "model_not_found")


def test_a_model_may_be_named_without_its_provider(corex: FakeCoreX, ask: Ask) -> None:
    assert chat(ask, "gpt-4o-mini").json["model"] == "gpt-4o-mini"
    assert corex.credits.entries[0].model == "openai/gpt-4o-mini"


def test_virtual_models_lead_to_the_first_provider_that_is_up(corex: FakeCoreX, ask: Ask) -> None:
    assert chat(ask, "zaguanai/fast").json["metadata"]["routed_to"] == "openai/gpt-4o-mini"
    assert "metadata" not in chat(ask).json
    corex.down.add("openai")
    routed = chat(ask, virtual_model_id="zaguanai/fast").json["metadata"]
    assert routed == {"virtual_model_id": "zaguanai/fast", "routed_to": "google/gemini-2.0-flash"}
    told = chat(ask)
    assert (told.status, told.json["error"]["code"]) == (503, "provider_unavailable")
    told = chat(ask, virtual_model_id="no-such")
    assert (told.status, told.json["error"]["param"]) == (404, "virtual_model_id")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": HELLO}, "model"),
        ({"model": "", "messages": HELLO}, "model"),
        ({"model": 5, "messages": HELLO}, "model"),
        ({"model": "openai/gpt-4o"}, "messages"),
        ({"model": "openai/gpt-4o", "messages": []}, "messages"),
        ({"model": "openai/gpt-4o", "messages": HELLO, "temperature": 9}, "temperature"),
        ({"model": "openai/gpt-4o", "messages": HELLO, "stream": "yes"}, "stream"),
        ({"model": "openai/gpt-4o", "messages": HELLO, "provider_specific_params": []}, "provider_specific_params"),
        ([], None),
        (b"{", None),
    ],
)
def test_bad_requests_name_the_field(corex: FakeCoreX, ask: Ask, body: Any, param: str | None) -> None:
    told = ask("POST", CHAT, body)
    assert (told.status, told.json["error"]["param"]) == (400, param)
    assert told.json["error"]["type"] == "invalid_request_error"
    assert corex.credits.used == 0


@pytest.mark.parametrize(
    ("model", "fields", "counted"),
    [
        ("openai/o3-mini", {"reasoning_effort": "low"}, True),
        ("google/gemini-2.5-pro", {"provider_specific_params": {"thinking_budget": 100}}, True),
        ("alibaba/qwen-plus", {"provider_specific_params": {"enable_thinking": True}}, True),
        ("openai/o3-mini", {"reasoning_effort": "none"}, False),
        ("openai/gpt-4o", {"reasoning_effort": "high"}, False),
    ],
)
def test_reasoning_is_given_where_asked_and_able(ask: Ask, model: str, fields: Any, counted: bool) -> None:
    document = chat(ask, model, **fields).json
    assert ("reasoning_content" in document["choices"][0]["message"]) is counted
    assert (document["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0) is counted


def test_think_tags_are_counted_for_deepseek_and_not_for_perplexity(ask: Ask) -> None:
    said = "<think>The user wants: hello there</think>\n\nYou said: hello there"
    deep = chat(ask, "deepseek/deepseek-reasoner", thinking=True).json
    sonar = chat(ask, "perplexity/sonar-reasoning").json
    for document, n_counted in ((deep, 5), (sonar, 0)):
        assert document["choices"][0]["message"]["content"] == said
        assert document["usage"]["completion_tokens_details"]["reasoning_tokens"] == n_counted
    assert sonar["choices"][0]["message"]["citations"][0] == {"url": "https://example.com/one", "title": "One"}
    bare = chat(ask, "perplexity/sonar-reasoning", provider_specific_params={"return_citations": False}).json
    assert "citations" not in bare["choices"][0]["message"]
    assert chat(ask, "perplexity/sonar-reasoning", stream=True).events[-2]["citations"]


def test_scripts_and_handlers_come_first_and_keep_the_request_id(corex: FakeCoreX, ask: Ask) -> None:
    corex.script(text("scripted"), stream(["a", "b"]), error(429, "slow", headers={"x-request-id": "theirs"}))
    told = ask("POST", CHAT, {"model": "no-such", "messages": HELLO}, x_request_id="mine")
    assert told.json["choices"][0]["message"]["content"] == "scripted"
    assert told.head.headers.get_all("x-request-id") == ["mine"]
    assert chat(ask).events[-1] == "[DONE]"
    told = chat(ask)
    assert (told.status, told.json["error"]["type"]) == (429, "rate_limit_exceeded")
    assert told.head.headers.get_all("x-request-id") == ["theirs"]
    assert corex.credits.used == 0


@pytest.mark.parametrize("path", ["/v1/v1/models", "/models", "/v1/models/openai/gpt-4o", "/v1/health", "/"])
def test_paths_are_exact(ask: Ask, path: str) -> None:
    assert ask("GET", path).status == 404


def test_other_methods_are_not_allowed(ask: Ask) -> None:
    assert ask("GET", CHAT).status == 405
    assert ask("POST", "/v1/models", {}).status == 405


def test_the_openai_sdk_chats(corex: FakeCoreX) -> None:
    with openai.OpenAI(base_url=corex.base_url, api_key=corex.api_key, max_retries=0) as client:
        tool: Any = {"type": "function", "function": {"name": "hello", "parameters": {"type": "object"}}}
        answer = client.chat.completions.create(model="xai/grok-4", messages=HELLO, tools=[tool])
        assert answer.choices[0].finish_reason == "tool_calls"
        with client.chat.completions.stream(model="xai/grok-4", messages=HELLO) as events:
            assert events.get_final_completion().choices[0].message.content == "You said: hello there"
        assert client.models.list().data[0].id == "openai/gpt-4o-mini"
        assert client.models.retrieve("fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct").id
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="nothing", messages=HELLO)
        corex.credits.used = corex.credits.total
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(model="xai/grok-4", messages=HELLO)
        assert caught.value.status_code == 402
