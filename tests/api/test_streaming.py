"""Streams as programs see them: every chunk in order, as it was sent, in time, and one error at most."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw, sse, stream, text

from .events import DONE, END, EVENTS, chunk, cut, event
from .ways import USER, Way


def test_an_error_ends_the_stream_for_good(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(sse([chunk("a"), {"error": {"message": "no"}}, chunk("b")]))
    if way.backend is None:
        stream_ = eq.completion(**ask, stream=True)
        assert next(stream_).choices[0].delta.content == "a"
        with pytest.raises(eq.EQError):
            next(stream_)
        with pytest.raises(StopIteration):
            next(stream_)
    else:
        way.run(_reads_to_the_error_and_on, ask=ask)


async def _reads_to_the_error_and_on(ask: dict[str, Any]) -> None:
    stream_ = await eq.acompletion(**ask, stream=True)
    assert (await stream_.__anext__()).choices[0].delta.content == "a"
    with pytest.raises(eq.EQError):
        await stream_.__anext__()
    with pytest.raises(StopAsyncIteration):
        await stream_.__anext__()


CHUNKS: dict[str, tuple[list[dict[str, Any]], list[Any]]] = {
    "finish reason in a content chunk": ([chunk("all", "stop")], [("all", "stop")]),
    "finish reason twice": ([chunk("a", "stop"), chunk("", "stop")], [("a", "stop"), ("", "stop")]),
    "unknown finish reason": ([chunk("a", "tired")], [("a", "tired")]),
    "no object, created, model, id": (
        [{"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}],
        [("a", "stop")],
    ),
    "null id": ([{**chunk("a", "stop"), "id": None, "created": None, "model": None}], [("a", "stop")]),
    "null delta": ([chunk("a"), {"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}], None),
    "no delta": ([chunk("a"), {"choices": [{"index": 0, "finish_reason": "stop"}]}], None),
    "null content": ([chunk(None), chunk("a", "stop")], [(None, None), ("a", "stop")]),
    "role on every chunk": (
        [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}]}],
        [("a", "stop")],
    ),
}


@pytest.mark.parametrize("case", CHUNKS)
def test_odd_chunks(way: Way, fake: FakeProvider, ask: dict[str, Any], case: str) -> None:
    events, expected = CHUNKS[case]
    fake.script(sse([*events, "[DONE]"]))
    seen = [(each.choices[0].delta.content, each.choices[0].finish_reason) for each in way.stream(**ask)]
    assert seen == (expected or [("a", None), (None, "stop")])


def test_usage_chunk_without_choices(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    prompt_filter = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}
    without = {"id": "c1", "usage": usage}
    fake.script(sse([prompt_filter, chunk("a"), chunk(None, "stop"), without, "[DONE]"]))
    chunks = way.stream(**ask)
    assert chunks[0].prompt_filter_results == [{"prompt_index": 0}]
    assert [len(each.choices) for each in chunks] == [1, 1, 1, 1]
    assert [hasattr(each, "usage") and each.usage is not None for each in chunks] == [False, False, False, True]
    assert chunks[-1].usage.total_tokens == 7
    assert chunks[-1].choices[0].delta.content is None
    assert eq.stream_chunk_builder(chunks).usage.completion_tokens == 4


def test_several_choices_interleaved(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    pieces = [(0, "a"), (1, "x"), (1, "y"), (0, "b"), (2, "k"), (0, "c"), (2, "l"), (1, "z")]
    events = [{"choices": [{"index": index, "delta": {"content": piece}}]} for index, piece in pieces]
    ends = [{"choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]} for index in (2, 0, 1)]
    fake.script(sse([*events, *ends, "[DONE]"]))
    whole = eq.stream_chunk_builder(way.stream(**ask, n=3))
    assert [(choice.index, choice.message.content) for choice in whole.choices] == [(0, "abc"), (1, "xyz"), (2, "kl")]


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning(way: Way, fake: FakeProvider, ask: dict[str, Any], field: str) -> None:
    thoughts = [{"choices": [{"index": 0, "delta": {field: piece}}]} for piece in ("Hm", "m.")]
    fake.script(sse([*thoughts, chunk("Yes.", "stop"), "[DONE]"]))
    chunks = way.stream(**ask)
    assert [getattr(each.choices[0].delta, "reasoning_content", None) for each in chunks] == ["Hm", "m.", None]
    assert not hasattr(chunks[-1].choices[0].delta, "reasoning_content")
    message = eq.stream_chunk_builder(chunks).choices[0].message
    assert (message.reasoning_content, message.content) == ("Hmm.", "Yes.")


def test_unknown_fields_and_logprobs_are_kept(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    logprobs = {"content": [{"token": "a", "logprob": -0.5, "bytes": None, "top_logprobs": []}], "refusal": None}
    odd = {
        "id": "c1",
        "provider": "somebody",
        "citations": ["https://example.org"],
        "choices": [
            {
                "index": 0,
                "delta": {"content": "a", "refusal": None, "mood": {"calm": 1}},
                "logprobs": logprobs,
                "native_finish_reason": "eos",
                "finish_reason": "stop",
            }
        ],
        "seed": 2**70,
    }
    fake.script(sse([odd, "[DONE]"]))
    (seen,) = way.stream(**ask)
    assert json.loads(seen.model_dump_json(exclude_unset=True)) == odd
    assert seen.choices[0].delta.mood == {"calm": 1}
    assert seen.choices[0].logprobs.content[0].logprob == -0.5


def test_default_stream_is_what_the_server_said(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(text("Over the hills and far away."))
    outcome = way.watch(**ask, stream=True, stream_options={"include_usage": True})
    assert outcome.text == "Over the hills and far away."
    assert outcome.chunks[-1].usage.completion_tokens > 0
    assert isinstance(outcome.response, eq.CustomStreamWrapper)
    assert outcome.response.model == "fake"
    assert outcome.response.custom_llm_provider == "openai"
    assert outcome.response._response_headers["x-request-id"] == "req_fake00000001"
    assert fake.requests[0].headers["accept"] == "text/event-stream"


def test_a_large_chunk(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    large = "ü" * 2_000_000
    fake.script(sse([chunk(large), chunk("tail", "stop"), "[DONE]"]))
    assert way.watch(**ask, stream=True).text == f"{large}tail"


def test_ten_thousand_chunks_in_order(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    body = b"".join(event(f"{number},") for number in range(10_000)) + END + DONE
    fake.script(raw(200, EVENTS, cut(body, 60_000), chunked=True))
    assert way.watch(**ask, stream=True).text == "".join(f"{number}," for number in range(10_000))


@pytest.mark.anyio
async def test_a_slow_consumer_holds_the_server_back(ask: dict[str, Any]) -> None:
    """64 MB of chunks: the server must stall long before, with only the sockets' and the stream's buffers filled."""
    piece = event("x" * 10_000)

    def endless() -> Iterator[bytes]:
        for _ in range(6_400):
            yield piece

    with FakeProvider(send_buffer=1 << 16) as fake:
        fake.script(raw(200, EVENTS, endless(), chunked=True))
        response = await eq.acompletion(**{**ask, "api_base": fake.base_url}, stream=True)
        await response.__anext__()
        record = fake.requests[0]
        with anyio.fail_after(20):
            written = -1
            while not record.held_back or record.bytes_written != written:
                written = record.bytes_written
                await anyio.sleep(0.2)
        assert written < 16_000_000
        for _ in range(2_000):
            await response.__anext__()
        assert record.bytes_written > written
        await response.aclose()


@pytest.mark.anyio
async def test_ready_chunks_do_not_starve_other_tasks(fake: FakeProvider, ask: dict[str, Any]) -> None:
    body = b"".join(event("x") for _ in range(4_000)) + END + DONE
    fake.script(raw(200, EVENTS, body))
    turns = 0
    longest = 0.0

    async def tick() -> None:
        nonlocal turns, longest
        last = time.monotonic()
        while True:
            await anyio.sleep(0)
            now = time.monotonic()
            longest, last, turns = max(longest, now - last), now, turns + 1

    response = await eq.acompletion(**ask, stream=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        count = 0
        async for _ in response:
            count += 1
        tasks.cancel_scope.cancel()
    assert count == 4_001
    assert turns > 60
    assert longest < 0.25


@pytest.mark.anyio
async def test_two_streams_of_one_task_do_not_mix(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.on_request(lambda record: stream([record.json["messages"][0]["content"]] * 50))
    left, right = [
        await eq.acompletion(**{**ask, "messages": [{"role": "user", "content": word}]}, stream=True)
        for word in ("left", "right")
    ]
    for _ in range(50):
        assert (await left.__anext__()).choices[0].delta.content == "left"
        assert (await right.__anext__()).choices[0].delta.content == "right"
    assert fake.requests[0].json["messages"] != USER
