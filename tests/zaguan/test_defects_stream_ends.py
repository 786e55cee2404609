"""What comes of a stream, and where it ends: zaguan-sdk 0.2.0's defects there, each by the bytes that show it."""

from __future__ import annotations

import gc
import json

import anyio
import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, drop_after, hang, raw, sse

from .ways import STREAMS, ClientWay, watch
from .wire import ANTHROPIC_EVENTS, CHAT, USAGE, chunk, completion, event

FRAGMENTS = [
    chunk(role="assistant", reasoning_content="Two "),
    chunk(reasoning_content="calls."),
    chunk(tool_calls=[{"index": 0, "id": "a", "type": "function", "function": {"name": "add", "arguments": ""}}]),
    chunk(tool_calls=[{"index": 0, "function": {"arguments": '{"x": '}}]),
    chunk(tool_calls=[{"index": 1, "id": "b", "type": "function", "function": {"name": "sub", "arguments": '{"y"'}}]),
    chunk(tool_calls=[{"index": 1, "function": {"arguments": ": 2}"}}, {"index": 0, "function": {"arguments": "1}"}}]),
    chunk(finish="tool_calls"),
    {**chunk(), "choices": [], "usage": USAGE},
    "[DONE]",
]


def test_d15_fragments_of_tool_calls_are_merged(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse(FRAGMENTS))
    together = zaguan.StreamAccumulator()
    with client_way.open(fake) as client:
        for item in client.chat_stream(**CHAT):
            together.add_chunk(item)
    calls = [
        {"index": 0, "id": "a", "type": "function", "function": {"name": "add", "arguments": '{"x": 1}'}},
        {"index": 1, "id": "b", "type": "function", "function": {"name": "sub", "arguments": '{"y": 2}'}},
    ]
    message = together.get_message()
    wanted = ("id", "type", "function")
    assert [{name: call[name] for name in wanted} for call in message.tool_calls] == [
        {name: call[name] for name in wanted} for call in calls
    ]
    assert together.get_reasoning() == "Two calls."
    assert together.usage.total_tokens == 7
    assert together.finish_reason == "tool_calls"


def test_d15_choices_are_kept_apart(client_way: ClientWay, fake: FakeProvider) -> None:
    said = [chunk("A1", index=0), chunk("B1", index=1), chunk("A2", index=0), chunk("B2", index=1)]
    fake.script(sse([*said, chunk(finish="stop"), chunk(finish="length", index=1), "[DONE]"]))
    together = zaguan.StreamAccumulator()
    with client_way.open(fake) as client:
        for item in client.chat_stream(**CHAT):
            together.add_chunk(item)
    assert [together.get_content(index) for index in (0, 1)] == ["A1A2", "B1B2"]
    response = together.get_response()
    assert [(choice.message.content, choice.finish_reason) for choice in response.choices] == [
        ("A1A2", "stop"),
        ("B1B2", "length"),
    ]


LAST_WORDS = {
    "chat": [chunk("hi"), chunk(finish="stop"), "[DONE]"],
    "messages": [event(document) for document in ANTHROPIC_EVENTS],
}


@pytest.mark.parametrize("kind", LAST_WORDS)
def test_d16_the_end_is_the_end_though_the_server_keeps_the_line_open(
    client_way: ClientWay, fake: FakeProvider, kind: str
) -> None:
    words = LAST_WORDS[kind]
    fake.script(hang(pieces=len(words), reply=sse(words)))
    with client_way.open(fake, timeout=20.0) as client:
        items, error = watch(lambda: STREAMS[kind](client))
        assert error is None
        assert items
        # The line is given up rather than kept waiting on.
        fake.wait_for_abort()


@pytest.mark.parametrize("kind", LAST_WORDS)
def test_d16_a_finished_stream_hands_its_connection_back(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    with client_way.open(fake) as client:
        for _ in range(4):
            fake.script(sse(LAST_WORDS[kind]))
            assert watch(lambda: STREAMS[kind](client)).error is None
    assert len(fake.requests) == 4
    assert fake.connections.opened == 1


CUTS = {
    "chat without an end": ("chat", sse([chunk("Hel"), chunk("lo")])),
    "chat dropped": ("chat", drop_after(pieces=2, reply=sse([chunk("Hel"), chunk("lo"), chunk(finish="stop")]))),
    "messages without an end": ("messages", sse([event(document) for document in ANTHROPIC_EVENTS[:9]])),
    "messages dropped": ("messages", drop_after(pieces=9, reply=sse([event(each) for each in ANTHROPIC_EVENTS]))),
}


@pytest.mark.parametrize("case", CUTS)
def test_d16_a_stream_that_breaks_off_is_an_error_with_what_had_come(
    client_way: ClientWay, fake: FakeProvider, case: str
) -> None:
    kind, reply = CUTS[case]
    fake.script(reply)
    with client_way.open(fake) as client:
        items, error = watch(lambda: STREAMS[kind](client))
    assert items
    assert isinstance(error, zaguan.APIConnectionError)
    partial = error.partial
    assert (partial.choices[0].message.content if kind == "chat" else partial.content[1].text) == "Hello"


def test_d16_results_that_break_off_are_an_error(client_way: ClientWay, fake: FakeProvider) -> None:
    lines = [json.dumps({"custom_id": f"{n}", "result": {}}) + "\n" for n in range(3)]
    fake.script(drop_after(pieces=2, reply=raw(200, (), [line.encode() for line in lines], chunked=True)))
    with client_way.open(fake) as client:
        items, error = watch(lambda: client.get_messages_batch_results("msgbatch_1"))
    assert items == [line.strip() for line in lines[:2]]
    assert isinstance(error, zaguan.APIConnectionError)


def test_d16_a_finish_reason_is_an_end_as_well(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse([chunk("hi"), chunk(finish="stop")]))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert (outcome.text, outcome.error) == ("hi", None)


def test_d17_every_chunk_has_a_choice_with_a_delta(client_way: ClientWay, fake: FakeProvider) -> None:
    odd = [{"id": "1", "choices": []}, {"id": "2"}, {"choices": [{"index": 0}]}, {"choices": [{"delta": None}]}]
    fake.script(sse([chunk("hi"), *odd, chunk(finish="stop"), {**chunk(), "choices": [], "usage": USAGE}, "[DONE]"]))
    with client_way.open(fake) as client:
        outcome = watch(lambda: client.chat_stream(**CHAT))
    assert (outcome.text, outcome.error, len(outcome.items)) == ("hi", None, 7)
    assert outcome.items[-1].usage.total_tokens == 7


def test_d17_fields_may_be_given_as_keywords(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(raw(200, (), completion("hi")), sse([chunk("hi"), "[DONE]"]), raw(200, (), completion("hi")))
    with client_way.open(fake) as client:
        assert client.chat(**CHAT).choices[0].message.content == "hi"
        assert watch(lambda: client.chat_stream(**CHAT)).text == "hi"
        assert client.chat(CHAT).choices[0].message.content == "hi"
    assert [request.json for request in fake.requests] == [CHAT, {**CHAT, "stream": True}, CHAT]


ENDLESS = {
    "chat": hang(pieces=2, reply=sse([chunk("Hel"), chunk("lo"), "[DONE]"])),
    "messages": hang(pieces=8, reply=sse([event(document) for document in ANTHROPIC_EVENTS])),
    "batch results": hang(pieces=1, reply=raw(200, (), [b'{"custom_id": "1"}\n', b"{}\n"], chunked=True)),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_d22_a_closed_stream_closes_its_connection(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    fake.script(ENDLESS[kind])
    with client_way.open(fake) as client:
        stream = STREAMS[kind](client)
        next(iter(stream))
        stream.close()
        fake.wait_for_abort()
        assert len(list(stream)) <= 7, "what had arrived, and an end"
        stream.close()


@pytest.mark.parametrize("kind", STREAMS)
def test_d22_leaving_the_block_closes_the_connection(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    fake.script(ENDLESS[kind])
    with client_way.open(fake) as client:
        with STREAMS[kind](client) as stream:
            for _ in stream:
                break
        fake.wait_for_abort()


@pytest.mark.parametrize("kind", STREAMS)
def test_d22_a_forgotten_stream_closes_its_connection(client_way: ClientWay, fake: FakeProvider, kind: str) -> None:
    fake.script(ENDLESS[kind])
    with client_way.open(fake) as client:
        stream = STREAMS[kind](client)
        next(iter(stream))
        del stream
        gc.collect()
        fake.wait_for_abort()


@pytest.mark.anyio
async def test_d22_a_cancelled_reader_closes_its_connection(fake: FakeProvider) -> None:
    fake.script(ENDLESS["chat"])
    async with zaguan.AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        begun = anyio.Event()

        async def read() -> None:
            async for _ in client.chat_stream(**CHAT):
                begun.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await begun.wait()
            tasks.cancel_scope.cancel()
        await anyio.to_thread.run_sync(fake.wait_for_abort)


def test_d22_a_stream_that_nobody_reads_asks_for_nothing(client_way: ClientWay, fake: FakeProvider) -> None:
    with client_way.open(fake) as client:
        client.chat_stream(**CHAT).close()
        del client
    assert fake.requests == []


def test_d22_a_stream_knows_its_answer(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(sse([chunk("hi"), "[DONE]"], headers={"x-request-id": "srv-3", "x-served-by": "fi-01"}))
    with client_way.open(fake) as client:
        stream = client.chat_stream(**CHAT)
        assert [item.choices[0].delta.content for item in stream] == ["hi"]
        assert (stream.status_code, stream.request_id) == (200, "srv-3")
        assert stream.headers["x-served-by"] == "fi-01"
