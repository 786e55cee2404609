"""``anthropic_messages`` over a chat, in three protocols: judged by the anthropic SDK; what a chat cannot say."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import anthropic.types
import pytest
from pydantic import TypeAdapter

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, ToolCall, error, sse, stream, text

from .messages_ways import TOOL, USER, ask, judged, put_together, watch
from .ways import WAYS, Way
from .web import PNG

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
MODELS = {"groq/fake-reasoner": "/v1", "gemini/fake-reasoner": "/v1beta", "cohere/fake-reasoner": "/v2"}
MESSAGE: TypeAdapter[Any] = TypeAdapter(anthropic.types.MessageParam)
PICTURE = base64.b64encode(PNG).decode()


@pytest.fixture(params=MODELS)
def bridged(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A provider without the Messages API."""
    with FakeProvider() as fake:
        yield fake, {"model": request.param, "api_base": fake.host_url + MODELS[request.param], "api_key": "k-12345678"}


@pytest.fixture
def target(fake: FakeProvider) -> dict[str, Any]:
    """One that speaks OpenAI's protocol."""
    return {"model": "hosted_vllm/fake", "api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"tools": [TOOL], "tool_choice": {"type": "any"}},
        {"thinking": {"type": "enabled", "budget_tokens": 2048}, "max_tokens": 4000},
        {"system": "Be brief.", "stop_sequences": ["END"], "temperature": 0.5, "top_p": 0.5},
    ],
)
def test_bridged_answers_are_what_the_sdk_reads(way: Way, bridged: Any, options: dict[str, Any]) -> None:
    _, target = bridged
    whole = judged(ask(way, **target, **options))
    streamed = put_together(watch(way, **target, **options))
    assert [block.type for block in streamed.content] == [block.type for block in whole.content]
    for ours, theirs in zip(streamed.content, whole.content, strict=True):
        said = {"id", "signature"}
        assert ours.model_dump(exclude=said) == theirs.model_dump(exclude=said)
    assert (streamed.stop_reason, streamed.usage.input_tokens) == (whole.stop_reason, whole.usage.input_tokens)
    assert whole.usage.output_tokens > 0
    kinds = {block.type for block in whole.content}
    assert ("tool_use" in kinds) == ("tools" in options)
    assert whole.stop_reason == ("tool_use" if "tools" in options else "end_turn")
    assert "thinking" in kinds or "thinking" not in options


def test_the_content_goes_back_in(way: Way, bridged: Any) -> None:
    fake, target = bridged
    asked = {"tools": [TOOL], "thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000}
    first = ask(way, **target, **asked, tool_choice={"type": "any"})
    (call,) = [block for block in first["content"] if block["type"] == "tool_use"]
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": [{"type": "text", "text": "sunny"}]}
    said = [{"role": "assistant", "content": first["content"]}, {"role": "user", "content": [result]}]
    for message in said:
        MESSAGE.validate_python(message)
    second = judged(ask(way, **target, **asked, messages=[*USER, *said]))
    assert second.stop_reason == "end_turn"
    sent = fake.requests[-1].body.decode()
    assert "sunny" in sent
    assert "weather" in sent
    # Gemini's signatures, which it wants back.
    assert ("thoughtSignature" in sent) == target["model"].startswith("gemini/")


REQUEST: dict[str, Any] = {
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "metadata": {"user_id": "u"},
    "stop_sequences": ["END"],
    "thinking": {"type": "enabled", "budget_tokens": 2048},
    "tool_choice": {"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
    "tools": [{**TOOL, "type": "custom", "cache_control": {"type": "ephemeral"}}],
    "top_k": 5,
    "service_tier": "standard_only",
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
                {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "T"}, "title": "N"},
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                    "title": "a.pdf",
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": ""},
                {"type": "text", "text": "So."},
                {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Zürich"}},
                {"type": "tool_use", "id": "call_2", "name": "weather", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_1",
                    "content": [
                        {"type": "text", "text": "See"},
                        {"type": "text", "text": "this:"},
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
                    ],
                },
                {"type": "tool_result", "tool_use_id": "call_2", "content": "No such city.", "is_error": True},
                {"type": "text", "text": "And now?"},
            ],
        },
    ],
}
PART = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}


def test_what_a_chat_is_asked(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    before = json.dumps(REQUEST)
    assert judged(ask(way, **target, **REQUEST))
    function = {"name": "weather", "description": "The weather", "parameters": TOOL["input_schema"]}
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Zürich"}'}}
    assert fake.requests[0].json == {
        "model": "fake",
        "max_tokens": 100,
        "stop": ["END"],
        "top_k": 5,
        "user": "u",
        "reasoning_effort": "medium",
        "service_tier": "default",
        "stream": False,
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "parallel_tool_calls": False,
        "messages": [
            {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    PART,
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                    {"type": "text", "text": "N:\nT"},
                    {
                        "type": "file",
                        "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": "So.",
                "reasoning_content": "Hm.",
                "tool_calls": [
                    call,
                    {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "See\nthis:"},
            {"role": "tool", "tool_call_id": "call_2", "content": "The tool failed:\nNo such city."},
            {"role": "user", "content": [PART, {"type": "text", "text": "And now?"}]},
        ],
    }
    assert json.dumps(REQUEST) == before


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, {"reasoning_effort": "low"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 32_000}}, {"reasoning_effort": "high"}),
        ({"thinking": {"type": "disabled"}}, {}),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, {"reasoning_effort": "high"}),
        ({"tool_choice": {"type": "none"}, "tools": [TOOL]}, {"tool_choice": "none"}),
        ({"service_tier": "auto"}, {}),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
                }
            },
        ),
    ],
)
def test_words_that_a_chat_has_for_it(
    target: dict[str, Any], fake: FakeProvider, given: dict[str, Any], sent: dict[str, Any]
) -> None:
    ask(WAY, **target, **given)
    body = fake.requests[0].json
    assert {name: body[name] for name in body.keys() - {"model", "max_tokens", "messages", "stream", "tools"}} == sent


def test_hints_reach_those_who_take_them(fake: FakeProvider) -> None:
    target = {"model": "openrouter/m", "api_base": fake.base_url, "api_key": fake.api_key}
    ask(WAY, **target, system=REQUEST["system"])
    assert fake.requests[0].json["messages"][0] == {"role": "system", "content": REQUEST["system"]}


def test_what_a_chat_cannot_say_is_refused_by_name(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    refused = {
        "tools": [{"type": "web_search_20250305", "name": "web_search"}],
        "tool_choice": {"type": "odd"},
        "container": {"id": "c"},
        "mcp_servers": [{"name": "m"}],
        "messages": [
            {"role": "user", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]},
            {"role": "assistant", "content": [{"type": "server_tool_use", "id": "s", "name": "n", "input": {}}]},
            {"role": "robot", "content": "x"},
        ],
    }
    droppable = {
        "metadata": {"user_id": "u", "more": 1},
        "output_config": {"effort": "low", "task_budget": 1},
        "system": [{"type": "text", "text": "x", "citations": {"enabled": True}}],
    }
    with pytest.raises(eq.UnsupportedParamsError) as caught:
        ask(way, **target, **refused, **droppable)
    for name in (
        "tools[0].type 'web_search_20250305'",
        "tool_choice.type 'odd'",
        "container",
        "mcp_servers",
        "messages[0].content[0].type 'image' by file",
        "messages[1].content[0].type 'server_tool_use'",
        "messages[2].role 'robot'",
        "metadata.more",
        "output_config.task_budget",
        "system[0].citations",
    ):
        assert name in str(caught.value)
    with pytest.raises(eq.UnsupportedParamsError) as caught:
        ask(way, **target, **refused, **droppable, drop_params=True)
    assert "metadata.more" not in str(caught.value)
    assert fake.requests == []
    assert judged(ask(way, **target, **droppable, drop_params=True))
    with pytest.raises(eq.BadRequestError, match=r"tools\[0\]: must be a dict"):
        ask(way, **target, tools=["x"])


def test_thoughts_of_another_provider_are_named(target: dict[str, Any], fake: FakeProvider) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCg=="}
    messages = [*USER, {"role": "assistant", "content": [thought, {"type": "text", "text": "So."}]}, *USER]
    with pytest.raises(eq.UnsupportedParamsError, match=r"messages\[1\].content\[0\] signed by another provider"):
        ask(WAY, **target, messages=messages)
    ask(WAY, **target, messages=messages, drop_params=True)
    assert fake.requests[0].json["messages"][1] == {"role": "assistant", "content": "So."}


@pytest.mark.parametrize(
    ("reason", "calls", "ours"),
    [
        ("stop", [], "end_turn"),
        ("length", [], "max_tokens"),
        ("content_filter", [], "refusal"),
        ("tool_calls", [ToolCall("weather")], "tool_use"),
        ("stop", [ToolCall("weather")], "tool_use"),
        ("a_new_reason", [], "a_new_reason"),
    ],
)
def test_why_it_ended(
    target: dict[str, Any], fake: FakeProvider, reason: str, calls: list[ToolCall], ours: str
) -> None:
    fake.on_request(lambda _: text("So.", tool_calls=calls, finish_reason=reason))
    assert ask(WAY, **target)["stop_reason"] == ours
    assert watch(WAY, **target).events[-2]["delta"] == {"stop_reason": ours, "stop_sequence": None}


def test_a_refusal_is_said(target: dict[str, Any], fake: FakeProvider) -> None:
    fake.on_request(lambda _: text(None, refusal="I cannot."))
    whole, streamed = judged(ask(WAY, **target)), put_together(watch(WAY, **target))
    for message in (whole, streamed):
        assert [block.model_dump()["text"] for block in message.content] == ["I cannot."]
        assert message.stop_reason == "refusal"


def test_what_the_cache_had_is_counted_apart(target: dict[str, Any], fake: FakeProvider) -> None:
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 3,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    fake.on_request(lambda _: text("So.", usage=usage))
    counts = {
        "input_tokens": 6,
        "output_tokens": 3,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 4,
    }
    assert ask(WAY, **target)["usage"] == counts
    assert watch(WAY, **target).events[-2]["usage"] == counts
    assert fake.requests[1].json["stream_options"] == {"include_usage": True}


def _piece(index: int, arguments: str, name: str | None = None) -> dict[str, Any]:
    function = {"arguments": arguments} if name is None else {"name": name, "arguments": arguments}
    begun = {} if name is None else {"id": f"call_{index}", "type": "function"}
    call = {"index": index, **begun, "function": function}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}]}


def test_calls_whose_pieces_are_mixed_lose_none(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    pieces = [_piece(0, "", "a"), _piece(1, '{"x"', "b"), _piece(0, '{"y":'), _piece(1, ":1}"), _piece(0, "2}")]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}
    fake.script(sse([*pieces, end, "[DONE]"]))
    message = put_together(watch(way, **target))
    assert [(block.name, block.input) for block in message.content if block.type == "tool_use"] == [
        ("a", {"y": 2}),
        ("b", {"x": 1}),
    ]


def test_calls_that_follow_each_other_are_closed_in_turn(target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(text("So.", tool_calls=[ToolCall("a", {"x": 1}), ToolCall("b", {"y": 2})]))
    told = [event for event in watch(WAY, **target).events if event["type"].startswith("content_block_s")]
    assert [(event["type"].rpartition("_")[2], event["index"]) for event in told] == [
        (kind, index) for index in range(3) for kind in ("start", "stop")
    ]


def test_failures_come_after_what_preceded_them(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(error(429, "Slow down."), stream(["Hel", error(500, "Broken.")]))
    with pytest.raises(eq.RateLimitError):
        ask(way, **target)
    outcome = watch(way, **target)
    assert isinstance(outcome.error, eq.InternalServerError)
    assert outcome.error.generated_content == "Hel"
    assert [event["type"] for event in outcome.events][-1] == "content_block_delta"


def test_leaving_a_stream_closes_the_connection(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.script(stream(["Hello"] * 10_000, gap=0.01))
    with eq.anthropic.messages.create(5, USER, stream=True, **target) as events:
        next(events)
    fake.wait_for_abort()


def test_mocks_and_handlers_answer_too(way: Way) -> None:
    mocked = ask(way, model="anthropic/claude-sonnet-4-5", mock_response="Mocked.")
    assert judged(mocked).content[0].model_dump()["text"] == "Mocked."

    class Echo(eq.CustomLLM):
        def completion(self, *args: Any, **kwargs: Any) -> eq.ModelResponse:
            return eq.ModelResponse(choices=[eq.Choices(message=eq.Message(content=kwargs["messages"][0]["content"]))])

    eq.custom_provider_map = [{"provider": "echo", "custom_handler": Echo()}]
    try:
        assert ask(way, model="echo/x")["content"] == [{"type": "text", "text": "Say it."}]
    finally:
        del eq.custom_provider_map


def test_what_is_known_of_the_call(way: Way, target: dict[str, Any], fake: FakeProvider) -> None:
    fake.script(text("So.", headers={"x-own": "1"}), text("So.", headers={"x-own": "2"}))
    message = ask(way, **target)
    assert message._hidden_params["custom_llm_provider"] == "hosted_vllm"
    assert message._response_headers["x-own"] == "1"

    async def headers() -> str:
        events = await eq.anthropic_messages(5, USER, stream=True, **target)
        async with events:
            return str(events._response_headers["x-own"])

    assert WAY.run(headers) == "2"
