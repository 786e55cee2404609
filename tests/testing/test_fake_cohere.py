"""The cohere SDK takes the fake provider for Cohere; reranking is told as Jina and Voyage tell it, too."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import cohere
import httpx
import pytest

from edgequake_async.testing import FakeProvider, ToolCall, drop_after, error, stream, text

Post = Callable[..., Any]

HELLO: Any = [{"role": "user", "content": "hello there"}]
ADD: Any = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds.",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}
PLAN: Any = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "steps": {"type": "array", "items": {"type": "number"}}},
    "required": ["name", "steps"],
}
CATS = ["a dog", "the cat sat", "one cat"]


@pytest.fixture
def client(fake: FakeProvider) -> Iterator[cohere.ClientV2]:
    with httpx.Client() as http:
        yield cohere.ClientV2(fake.api_key, base_url=fake.host_url, httpx_client=http)


def ask(client: cohere.ClientV2, **fields: Any) -> Any:
    options: Any = {"max_retries": 0}
    return client.chat(**{"model": "command", "messages": HELLO, "request_options": options, **fields})


def streamed(client: cohere.ClientV2, **fields: Any) -> list[Any]:
    options: Any = {"max_retries": 0}
    return list(client.chat_stream(**{"model": "command", "messages": HELLO, "request_options": options, **fields}))


def kinds(events: list[Any]) -> list[str]:
    """The types of events, without repetitions."""
    named = [event.type for event in events]
    return [name for before, name in zip([None, *named], named, strict=False) if name != before]


def test_an_answer_and_its_stream(fake: FakeProvider, client: cohere.ClientV2) -> None:
    whole = ask(client)
    events = streamed(client)
    assert [part.model_dump(exclude_none=True) for part in whole.message.content] == [
        {"type": "text", "text": "You said: hello there"}
    ]
    assert kinds(events) == ["message-start", "content-start", "content-delta", "content-end", "message-end"]
    said = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert "".join(said) == "You said: hello there"
    assert (whole.finish_reason, events[-1].delta.finish_reason) == ("COMPLETE", "COMPLETE")
    assert events[-1].delta.usage == whole.usage
    assert min(whole.usage.tokens.input_tokens, whole.usage.tokens.output_tokens) > 0
    assert [record.path for record in fake.requests] == ["/v2/chat"] * 2


def test_a_stream_ends_with_done(fake: FakeProvider, post: Post) -> None:
    head, body = post("/v1/chat", {"model": "command", "messages": HELLO, "stream": True})
    assert head.getheader("content-type") == "text/event-stream"
    assert body.endswith(b"\n\ndata: [DONE]\n\n")
    assert body.startswith(b"event: message-start\ndata: {")
    fake.script(stream(["a"], done=False), stream(["a"], finish_reason=None))
    ends = [post("/v2/chat", {"model": "command", "messages": HELLO})[1].split(b"\n\n")[-2][:25] for _ in range(2)]
    assert ends == [b"event: message-end\ndata: ", b"data: [DONE]"]


def test_thoughts_and_calls(client: cohere.ClientV2) -> None:
    question = 'call add {"a": 7} and add please'
    asked: Any = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": question}]}],
        "tools": [ADD],
        "thinking": {"type": "enabled"},
    }
    whole, events = ask(client, **asked), streamed(client, **asked)
    told = [(call.function.name, json.loads(call.function.arguments)) for call in whole.message.tool_calls]
    assert told == [("add", {"a": 7}), ("add", {"a": 1})]
    assert [part.thinking for part in whole.message.content] == [f"The user wants: {question}"]
    assert (whole.finish_reason, events[-1].delta.finish_reason) == ("TOOL_CALL", "TOOL_CALL")
    one = ["tool-call-start", "tool-call-delta", "tool-call-end"]
    assert kinds(events)[1:-1] == ["content-start", "content-delta", "content-end", *one, *one]
    pieces = [event for event in events if event.type == "tool-call-delta"]
    for index, call in enumerate(whole.message.tool_calls):
        texts = [each.delta.message.tool_calls.function.arguments for each in pieces if each.index == index]
        assert "".join(texts) == call.function.arguments
    assert events[-1].delta.usage == whole.usage
    result = {"role": "tool", "tool_call_id": whole.message.tool_calls[0].id}
    for content in ("8", [{"type": "document", "document": {"data": {"sum": "8"}}}]):
        turns = [*HELLO, whole.message, {**result, "content": content}]
        assert ask(client, messages=turns, tools=[ADD]).message.content[0].text == "The tool answered: 8"


def test_tools_are_called_where_forced(client: cohere.ClientV2) -> None:
    (call,) = ask(client, tools=[ADD], tool_choice="REQUIRED").message.tool_calls
    assert call.function.arguments == '{"a": 1}'
    spoken = ask(client, messages=[{"role": "user", "content": "add"}], tools=[ADD], tool_choice="NONE")
    assert (spoken.message.tool_calls, spoken.finish_reason) == (None, "COMPLETE")


def test_structured_output_satisfies_the_schema(client: cohere.ClientV2) -> None:
    told = ask(client, response_format={"type": "json_object", "json_schema": PLAN}).message.content[0].text
    assert {name: type(value) for name, value in json.loads(told).items()} == {"name": str, "steps": list}
    assert ask(client, response_format={"type": "json_object"}).message.content[0].text == '{"answer": "answer"}'


def test_why_it_stopped_is_told(client: cohere.ClientV2) -> None:
    assert ask(client, stop_sequences=["zebra", "there"]).finish_reason == "STOP_SEQUENCE"
    assert ask(client, max_tokens=1).finish_reason == "MAX_TOKENS"


def test_embeddings_of_every_type_agree(client: cohere.ClientV2) -> None:
    types: Any = ["float", "int8", "uint8", "binary", "ubinary", "base64"]
    told = client.embed(
        model="embed", texts=["a cat"], input_type="search_query", embedding_types=types, output_dimension=16
    )
    found: Any = told.embeddings
    (floats,) = found.float_
    packed = array("f")
    packed.frombytes(base64.b64decode(found.base64[0]))
    assert packed.tolist() == floats
    assert found.int8 == [[round(value * 127) for value in floats]]
    assert found.uint8 == [[round(value * 127) + 128 for value in floats]]
    assert [format(byte, "08b") for byte in found.ubinary[0]] == [
        "".join("1" if value > 0 else "0" for value in floats[start : start + 8]) for start in (0, 8)
    ]
    assert [byte + 128 for byte in found.binary[0]] == found.ubinary[0]
    assert (told.texts, told.meta.billed_units.input_tokens) == (["a cat"], 2)
    pictures: Any = {"images": ["data:image/png;base64,eA=="], "input_type": "image"}
    assert len(client.embed(model="embed", **pictures).embeddings.float_[0]) == 1536


def test_reranking(client: cohere.ClientV2) -> None:
    told = client.rerank(model="rerank-v3.5", query="cat", documents=CATS, top_n=2)
    assert {row.index for row in told.results} == {1, 2}
    assert told.results[0].relevance_score >= told.results[1].relevance_score > 0
    with pytest.raises(cohere.BadRequestError, match="top_n"):
        client.rerank(model="rerank-v3.5", query="cat", documents=CATS, top_n=0)


@pytest.mark.parametrize(
    ("model", "fields", "rows", "documents"),
    [
        ("rerank-2.5", {"top_k": 2}, "data", []),
        ("rerank-2.5", {"top_k": 2, "return_documents": True}, "data", ["one cat", "the cat sat"]),
        ("jina-reranker-v2", {"top_n": 2}, "results", [{"text": "one cat"}, {"text": "the cat sat"}]),
        ("jina-reranker-v2", {"top_n": 2, "return_documents": False}, "results", []),
        ("rerank-english-v2.0", {"top_n": 2}, "results", []),
    ],
)
def test_reranking_is_told_as_the_maker_of_the_model_tells_it(
    post: Post, model: str, fields: Any, rows: str, documents: list[Any]
) -> None:
    _, body = post("/v1/rerank", {"model": model, "query": "one cat", "documents": CATS, **fields})
    told = json.loads(body)
    assert [row["index"] for row in told[rows]] == [2, 1]
    assert [row["document"] for row in told[rows] if "document" in row] == documents
    assert ("meta" in told, "usage" in told) == ((True, False) if "english" in model else (False, True))
    head, body = post("/v1/rerank", {"model": model, "query": "", "documents": CATS})
    assert (head.status, *json.loads(body)) == (400, *(["id", "message"] if "english" in model else ["detail"]))


def test_scripted_replies_have_coheres_shape(fake: FakeProvider, client: cohere.ClientV2) -> None:
    calls = [ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", '{"a": ')]
    fake.script(
        text("said", reasoning="thought", usage={"tokens": {"input_tokens": 1, "output_tokens": 2}}),
        text("I will add.", tool_calls=calls),
        text("I will add.", tool_calls=calls),
        stream(["a", 0.01, "b", {"message": {"content": {"text": "c"}}}], finish_reason="length"),
    )
    answer = ask(client)
    assert [part.type for part in answer.message.content] == ["thinking", "text"]
    assert answer.usage.tokens.output_tokens == 2
    called = ask(client).message
    assert (called.tool_plan, called.content) == ("I will add.", None)
    assert [(call.id[:8], call.function.arguments) for call in called.tool_calls] == [
        ("t1", '{"a": 2}'),
        ("add_fake", '{"a": '),
    ]
    events = streamed(client)
    assert kinds(events)[1] == "tool-plan-delta"
    plan = [event.delta.message.tool_plan for event in events if event.type == "tool-plan-delta"]
    assert "".join(plan) == "I will add."
    events = streamed(client)
    said = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert (said, events[-1].delta.finish_reason) == (["a", "b", "c"], "MAX_TOKENS")


@pytest.mark.parametrize("ask", [ask, streamed])
@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, cohere.BadRequestError),
        (401, cohere.UnauthorizedError),
        (404, cohere.NotFoundError),
        (422, cohere.UnprocessableEntityError),
        (429, cohere.TooManyRequestsError),
        (500, cohere.InternalServerError),
        (503, cohere.ServiceUnavailableError),
    ],
)
def test_errors_are_a_message(
    fake: FakeProvider, client: cohere.ClientV2, ask: Any, status: int, raised: type[Exception]
) -> None:
    fake.script(error(status, "told to"))
    with pytest.raises(raised) as caught:
        ask(client)
    told: Any = caught.value
    assert (told.body["message"], told.headers["x-debug-trace-id"]) == ("told to", "req_fake00000001")


def test_errors_inside_a_stream_and_faults(fake: FakeProvider, client: cohere.ClientV2) -> None:
    fake.script(stream(["a", error(500, "out of luck"), "never"]), drop_after())
    events = streamed(client)
    assert (events[-1].delta.finish_reason, events[-1].delta.error) == ("ERROR", "out of luck")
    assert [event.type for event in events].count("content-delta") == 1
    with pytest.raises(httpx.TransportError):
        ask(client)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": ""},
        {"messages": []},
        {"messages": [{"role": "developer", "content": "x"}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "a", "arguments": {}}}]}]},
        {"temperature": 1.5},
        {"p": 1},
        {"max_tokens": 0},
        {"stop_sequences": list("abcdef")},
        {"tool_choice": "REQUIRED"},
        {"tool_choice": "auto"},
        {"response_format": {"type": "json_schema"}},
        {"response_format": {"type": "json_object"}, "tools": [ADD]},
        {"response_format": {"type": "json_object", "json_schema": {"$ref": "#/nowhere"}}},
    ],
)
def test_bad_requests_are_refused(post: Post, changed: Any) -> None:
    head, body = post("/v2/chat", {"model": "command", "messages": HELLO, **changed})
    assert (head.status, list(json.loads(body))) == (400, ["id", "message"])


@pytest.mark.parametrize(
    "changed",
    [{"input_type": "other"}, {"texts": []}, {"images": ["x"]}, {"embedding_types": ["f"]}, {"output_dimension": 9}],
)
def test_bad_embedding_requests_are_refused(post: Post, changed: Any) -> None:
    head, body = post("/v2/embed", {"model": "embed", "texts": ["x"], "input_type": "search_query", **changed})
    assert (head.status, list(json.loads(body))) == (400, ["id", "message"])


def test_keys_are_checked_where_asked(post: Post) -> None:
    with FakeProvider(require_key=True) as fake, httpx.Client() as http:
        assert ask(cohere.ClientV2(fake.api_key, base_url=fake.host_url, httpx_client=http)).id
        wrong = cohere.ClientV2("other", base_url=fake.host_url, httpx_client=http)
        with pytest.raises(cohere.UnauthorizedError, match="Incorrect API key"):
            ask(wrong)
        with pytest.raises(cohere.UnauthorizedError, match="Incorrect API key"):
            wrong.rerank(model="rerank-v3.5", query="cat", documents=CATS)
