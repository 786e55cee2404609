"""``anthropic_messages`` at providers that have Anthropic's API: what is sent, and what comes back, unchanged."""

from __future__ import annotations

import base64
import json
import pickle
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, raw, sse, stream, text

from .messages_ways import TOOL, USER, ask, judged, put_together, seen, watch
from .ways import WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
CLAUDE = "claude-sonnet-4-5"


@pytest.fixture
def target(fake: FakeProvider) -> dict[str, Any]:
    return {
        "model": f"anthropic/{CLAUDE}",
        "api_base": fake.host_url,
        "api_key": fake.api_key,
        "num_retries": 0,
    }


REQUEST: dict[str, Any] = {
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "metadata": {"user_id": "u"},
    "stop_sequences": ["END"],
    "temperature": 0.5,
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "tools": [TOOL, {"type": "web_search_20250305", "name": "web_search", "max_uses": 1}],
    "top_k": 5,
    "service_tier": "auto",
}


def test_what_was_given_is_what_is_sent(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    message = ask(way, **target, **REQUEST, extra_headers={"anthropic-beta": "a-beta"}, extra_body={"a_new_one": 1})
    assert judged(message).content
    [request] = fake.requests
    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == fake.api_key
    assert (request.headers["anthropic-version"], request.headers["anthropic-beta"]) == ("2023-06-01", "a-beta")
    sent = request.json
    assert sent.pop("a_new_one") == 1
    assert sent == {"model": CLAUDE, "max_tokens": 100, "messages": USER, **REQUEST}


def test_the_answer_is_what_came(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    told = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": CLAUDE,
        "content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}}],
        "stop_reason": "a_new_reason",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 100},
        "a_new_member": {"x": [1, 2.5, None]},
    }
    fake.script(raw(200, {"request-id": "req_1"}, told))
    message = ask(way, **target)
    assert message == told
    assert json.loads(json.dumps(message)) == told
    assert pickle.loads(pickle.dumps(message))._hidden_params == message._hidden_params
    assert message._response_headers["request-id"] == "req_1"
    hidden = message._hidden_params
    assert (hidden["custom_llm_provider"], hidden["litellm_model_name"]) == ("anthropic", CLAUDE)
    # $3 and $15 a million, a tenth of it for what the cache had.
    assert hidden["response_cost"] == pytest.approx((10 * 3 + 100 * 0.3 + 5 * 15) / 1e6)


@pytest.mark.parametrize("options", [{}, {"tools": [TOOL], "tool_choice": {"type": "any"}}])
def test_a_stream_is_what_came(way: Way, target: dict[str, Any], fake: FakeProvider, options: dict[str, Any]) -> None:
    whole = judged(ask(way, **target, **options))
    streamed = put_together(watch(way, **target, **options))
    assert [block.type for block in streamed.content] == [block.type for block in whole.content]
    assert streamed.stop_reason == whole.stop_reason
    assert [request.json.get("stream") for request in fake.requests] == [None, True]


def test_bytes_may_be_sent_on(target: dict[str, Any], fake: FakeProvider) -> None:
    said = b'{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a\xe2\x80\xa8b"}}'
    lines = [b"event: content_block_delta\ndata: " + said + b"\n\n", b'data: {"type": "message_stop"}\n\n']
    fake.script(sse([b": comment\n\n", *lines]))
    events = [seen(event) for event in eq.anthropic.messages.create(5, USER, stream=True, **target)]
    assert [event["type"] for event in events] == ["content_block_delta", "message_stop"]
    fake.script(sse(lines))
    (event, _) = list(eq.anthropic.messages.create(5, USER, stream=True, **target))
    assert pickle.loads(pickle.dumps(event)).data == json.loads(said)
    fake.script(sse(lines))
    assert b"".join(eq.anthropic.messages.create(5, USER, stream=True, **target)) == (
        lines[0] + b'event: message_stop\ndata: {"type": "message_stop"}\n\n'
    )


def test_failures_are_those_of_every_call(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(429, "Slow down."), error(529, "Overloaded."), raw(200, {}, b"[1]"), error(401, "No."))
    with pytest.raises(eq.RateLimitError, match="Slow down"):
        ask(way, **target)
    assert isinstance(watch(way, **target).error, eq.InternalServerError | eq.ServiceUnavailableError)
    with pytest.raises(eq.APIResponseValidationError):
        ask(way, **target)
    with pytest.raises(eq.AuthenticationError):
        ask(way, **target)
    with pytest.raises(eq.BadRequestError, match="messages: must not be empty"):
        ask(way, **target, messages=[])
    with pytest.raises(eq.UnsupportedParamsError, match="client"):
        ask(way, **target, client=object())


def test_a_stream_that_breaks_off(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(stream(["Hel", "lo"], finish_reason=None, done=False), stream(["Hel", error(529, "Overloaded.")]))
    for kind in (eq.APIConnectionError, eq.EQError):
        outcome = watch(way, **target)
        assert isinstance(outcome.error, kind)
        assert outcome.error.generated_content in ("Hello", "Hel")
        assert outcome.events[-1]["type"] == "content_block_delta"


def test_leaving_a_stream_closes_the_connection(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["Hello"] * 10_000, gap=0.01))

    async def leave() -> None:
        async with await eq.anthropic_messages(5, USER, stream=True, **target) as events:
            async for _ in events:
                break

    WAY.run(leave)
    assert fake.wait_for_abort()


def test_retries_and_limits_are_the_callers(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(503, "Busy.", headers={"retry-after": "0"}), text("Said."))
    assert ask(way, **{**target, "num_retries": 1})["content"] == [{"type": "text", "text": "Said."}]
    fake.script(text("Late.", delay=30))
    with pytest.raises(eq.Timeout):
        ask(way, **target, timeout=0.05)


def test_claude_at_vertex(fake: FakeProvider) -> None:
    place = {"api_base": f"{fake.host_url}/v1", "vertex_project": "P", "vertex_location": "L", "num_retries": 0}
    call = {"model": f"vertex_ai/{CLAUDE}@20250929", "api_key": fake.api_key, **place}
    assert judged(ask(WAY, **call, **REQUEST))
    put_together(watch(WAY, **call))
    path = f"/v1/projects/P/locations/L/publishers/anthropic/models/{CLAUDE}@20250929"
    assert [request.path for request in fake.requests] == [f"{path}:rawPredict", f"{path}:streamRawPredict"]
    version = {"anthropic_version": "vertex-2023-10-16"}
    assert fake.requests[0].json == {**version, "max_tokens": 100, "messages": USER, **REQUEST}
    assert fake.requests[1].json == {**version, "max_tokens": 100, "messages": USER, "stream": True}


def test_claude_at_bedrock(fake: FakeProvider, bedrock: dict[str, Any]) -> None:
    call = {**bedrock, "model": "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "api_key": fake.api_key}
    assert judged(ask(WAY, **call, top_k=5, extra_headers={"Anthropic-Beta": "a, b", "x-own": "1"}))
    streamed = put_together(watch(WAY, **call))
    assert streamed.content
    model = "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0"
    paths = [request.target for request in fake.requests]
    assert paths == [f"{model}/invoke", f"{model}/invoke-with-response-stream"]
    sent = {"max_tokens": 100, "messages": USER, "anthropic_version": "bedrock-2023-05-31"}
    # Betas are a header of Anthropic's own, and a member of the body here.
    assert [request.json for request in fake.requests] == [{**sent, "top_k": 5, "anthropic_beta": ["a", "b"]}, sent]
    assert "anthropic-beta" not in fake.requests[0].headers
    assert fake.requests[0].headers["x-own"] == "1"


def test_claude_at_azure(fake: FakeProvider) -> None:
    call = {"model": f"azure_ai/{CLAUDE}", "api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}
    assert judged(ask(WAY, **call))
    put_together(watch(WAY, **call))
    assert [request.path for request in fake.requests] == ["/anthropic/v1/messages"] * 2
    assert fake.requests[0].headers["x-api-key"] == fake.api_key

    async def token() -> str:
        return fake.api_key

    assert judged(ask(WAY, **{**call, "api_key": None}, azure_ad_token_provider=token))
    assert fake.requests[-1].headers["authorization"] == f"Bearer {fake.api_key}"


@pytest.mark.parametrize("provider", ["zaguan", "litellm_proxy"])
def test_gateways_that_have_it(fake: FakeProvider, provider: str) -> None:
    model = f"anthropic/{CLAUDE}"
    call = {"model": f"{provider}/{model}", "api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    assert judged(ask(WAY, **call))
    put_together(watch(WAY, **call))
    for request in fake.requests:
        assert (request.path, request.json["model"]) == ("/v1/messages", model)
        assert request.headers["authorization"] == f"Bearer {fake.api_key}"
        assert request.headers["anthropic-version"] == "2023-06-01"
        assert ("x-request-id" in request.headers) == (provider == "zaguan")


def test_what_another_provider_left_in_a_conversation_stays_behind(target: dict[str, Any], fake: FakeProvider) -> None:
    from edgequake_async.responses.thoughts import sealed

    call = {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Paris"}}
    theirs = {"type": "thinking", "thinking": "Hm.", "signature": base64.b64encode(b"anthropic").decode()}
    blocks = [
        {"type": "thinking", "thinking": "Hm.", "signature": sealed([{"type": "thinking", "thinking": "Hm."}])},
        {"type": "thinking", "thinking": "Hm.", "signature": ""},
        theirs,
        {"type": "text", "text": "So.", "annotations": [{"type": "url_citation"}]},
        {**call, "provider_specific_fields": {"thought_signature": "s"}},
    ]
    result = {"type": "tool_result", "tool_use_id": "call_1", "content": "sunny"}
    messages = [*USER, {"role": "assistant", "content": blocks}, {"role": "user", "content": [result]}]
    before = json.dumps(messages)
    fake.script(text("Said."))
    ask(WAY, **target, messages=messages, tools=[TOOL])
    assert fake.requests[0].json["messages"][1]["content"] == [theirs, {"type": "text", "text": "So."}, call]
    assert json.dumps(messages) == before


def test_the_names_are_litellms() -> None:
    import inspect

    from edgequake_async import anthropic_interface, messages

    assert eq.anthropic is anthropic_interface
    assert eq.anthropic.messages.acreate is eq.anthropic.acreate is eq.anthropic_messages is messages.anthropic_messages
    assert inspect.iscoroutinefunction(eq.anthropic_messages)
    assert list(inspect.signature(eq.anthropic_messages).parameters)[:6] == (
        "max_tokens messages model metadata stop_sequences stream".split()
    )
