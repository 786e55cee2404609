"""The anthropic SDK takes the fake provider for Anthropic, and so does this library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

import edgequake_async
from edgequake_async.exceptions import RateLimitError
from edgequake_async.testing import FakeProvider, ToolCall, drop_after, error, hang, sse, stream, text

HELLO: Any = [{"role": "user", "content": "hello there"}]
ADD: Any = {
    "name": "add",
    "description": "Adds.",
    "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
}
PLAN: Any = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "steps": {"type": "array", "items": {"type": "number"}}},
    "required": ["name", "steps"],
    "additionalProperties": False,
}


@pytest.fixture
def client(fake: FakeProvider) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=fake.host_url, api_key=fake.api_key, max_retries=0) as opened:
        yield opened


def ask(client: anthropic.Anthropic, **fields: Any) -> Any:
    return client.messages.create(**{"model": "claude", "max_tokens": 100, "messages": HELLO, **fields})


def test_a_message(client: anthropic.Anthropic) -> None:
    message = ask(client, system="be brief")
    assert [block.model_dump(exclude_none=True) for block in message.content] == [
        {"type": "text", "text": "You said: hello there"}
    ]
    assert (message.role, message.model, message.stop_reason) == ("assistant", "claude", "end_turn")
    assert message.usage.input_tokens > 0
    assert message._request_id.startswith("req_fake")


def test_a_stream_says_what_the_message_says(client: anthropic.Anthropic) -> None:
    asked = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "tools": [ADD]}
    question = [{"role": "user", "content": 'call add {"a": 7} please'}]
    whole = ask(client, messages=question, **asked)
    with client.messages.stream(model="claude", max_tokens=100, messages=question, **asked) as events:
        streamed = events.get_final_message()
    assert [block.type for block in streamed.content] == ["thinking", "tool_use"]
    call = streamed.content[1]
    assert (call.name, call.input, streamed.stop_reason) == ("add", {"a": 7}, "tool_use")
    said = [
        [block.model_dump(exclude={"id"}, exclude_none=True) for block in each.content] for each in (whole, streamed)
    ]
    assert said[0] == said[1]
    assert streamed.usage.output_tokens == whole.usage.output_tokens


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "add"}])
def test_tools_are_called_where_forced_and_answered(client: anthropic.Anthropic, choice: Any) -> None:
    (call,) = ask(client, tools=[ADD], tool_choice=choice).content
    assert (call.type, call.name, call.input) == ("tool_use", "add", {"a": 1})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": [{"type": "text", "text": "three"}]}
    turns = [*HELLO, {"role": "assistant", "content": [call.model_dump()]}, {"role": "user", "content": [result]}]
    assert ask(client, messages=turns, tools=[ADD]).content[0].text == "The tool answered: three"
    assert ask(client, tools=[ADD], tool_choice={"type": "none"}).stop_reason == "end_turn"


def test_structured_output_satisfies_the_schema(client: anthropic.Anthropic) -> None:
    message = ask(client, output_config={"format": {"type": "json_schema", "schema": PLAN}})
    assert message.content[0].text.startswith('{"name": ')


def test_why_it_stopped_is_told(client: anthropic.Anthropic) -> None:
    stopped = ask(client, stop_sequences=["zebra", "there"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "there")
    assert ask(client, max_tokens=1).stop_reason == "max_tokens"


def test_tokens_are_counted_as_the_message_counts_them(client: anthropic.Anthropic) -> None:
    counted = client.messages.count_tokens(model="claude", messages=HELLO, tools=[ADD], system="be brief")
    assert counted.input_tokens == ask(client, tools=[ADD], system="be brief").usage.input_tokens


def test_scripted_replies_have_anthropics_shape(fake: FakeProvider, client: anthropic.Anthropic) -> None:
    fake.script(
        text("said", reasoning="thought", usage={"input_tokens": 1, "output_tokens": 2}, model="other"),
        text(None, tool_calls=[ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", {"a": 3}, id="t2")]),
        stream(["a", 0.01, "b", {"type": "text_delta", "text": "c"}], finish_reason="length"),
        stream(["a", "b"]),
    )
    message = ask(client)
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert (message.model, message.usage.output_tokens) == ("other", 2)
    assert [(block.id, block.input) for block in ask(client).content] == [("t1", {"a": 2}), ("t2", {"a": 3})]
    for said, stopped in (("abc", "max_tokens"), ("ab", "end_turn")):
        with client.messages.stream(model="claude", max_tokens=9, messages=HELLO) as events:
            final = events.get_final_message()
        assert (final.content[0].text, final.stop_reason) == (said, stopped)


@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (400, "invalid_request_error", anthropic.BadRequestError),
        (401, "authentication_error", anthropic.AuthenticationError),
        (402, "billing_error", anthropic.APIStatusError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", anthropic.APIStatusError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (504, "timeout_error", anthropic.APIStatusError),
        (529, "overloaded_error", anthropic.APIStatusError),
    ],
)
def test_errors_have_the_type_of_their_status(
    fake: FakeProvider, client: anthropic.Anthropic, status: int, kind: str, raised: type[anthropic.APIStatusError]
) -> None:
    fake.script(error(status, "told to"))
    with pytest.raises(raised) as caught:
        ask(client)
    told: Any = caught.value.body
    assert (told["type"], told["error"]) == ("error", {"type": kind, "message": "told to"})
    assert caught.value.request_id == told["request_id"]


def test_faults(fake: FakeProvider, client: anthropic.Anthropic) -> None:
    broken = stream(["a", error(529, "busy"), "never"])
    fake.script(
        drop_after(),
        hang(),
        sse([b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n']),
        broken,
    )
    with pytest.raises(anthropic.APIConnectionError):
        ask(client)
    with pytest.raises(anthropic.APITimeoutError):
        ask(client.with_options(timeout=0.1))
    with pytest.raises(anthropic.APIStatusError):
        list(ask(client, stream=True))
    heard: list[Any] = []
    with pytest.raises(anthropic.APIStatusError, match="busy"):
        heard.extend(ask(client, stream=True))


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": 0},
        {"messages": []},
        {"messages": [{"role": "system", "content": "x"}]},
        {"extra_body": {"temperature": 2}},
        {"tool_choice": {"type": "any"}},
        {"output_config": {"format": {"type": "json_object"}}},
        {"extra_headers": {"anthropic-version": anthropic.Omit()}},
    ],
)
def test_bad_requests_are_refused(client: anthropic.Anthropic, fields: Any) -> None:
    with pytest.raises(anthropic.BadRequestError):
        ask(client, **fields)


def test_keys_are_checked_where_asked_and_other_paths_are_openais() -> None:
    with FakeProvider(require_key=True) as fake:
        for key in ({"api_key": fake.api_key}, {"auth_token": fake.api_key, "api_key": None}):
            with anthropic.Anthropic(base_url=fake.host_url, **key) as client:
                assert ask(client).content
        with anthropic.Anthropic(base_url=fake.host_url, api_key="other", max_retries=0) as client:
            with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
                ask(client)
            with pytest.raises(anthropic.APIStatusError) as caught:
                client.post("/v1/threads/t/messages", cast_to=object, body={})
        told: Any = caught.value.body
        assert told["error"]["param"] is None, "OpenAI's shape"


@pytest.mark.asyncio
async def test_this_library_takes_it_for_anthropic(fake: FakeProvider) -> None:
    target = {"model": "anthropic/claude-sonnet-4-5", "api_base": fake.base_url, "api_key": fake.api_key}
    response = await edgequake_async.acompletion(messages=HELLO, **target)
    assert response.choices[0].message.content == "You said: hello there"
    chunks = await edgequake_async.acompletion(messages=HELLO, stream=True, **target)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in chunks]) == "You said: hello there"
    assert [record.path for record in fake.requests] == ["/v1/messages"] * 2
    fake.script(error(429, "slow down"))
    with pytest.raises(RateLimitError, match="slow down"):
        await edgequake_async.acompletion(messages=HELLO, num_retries=0, **target)
