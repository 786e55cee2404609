"""How calls end: cancelled, forgotten, closed early or read by two tasks, CoreX sees it and the hooks are told."""

from __future__ import annotations

import gc
import json
import threading
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, Reply, drop_after, hang, raw, slow_head, sse
from edgequake_async.zaguan import AsyncZaguanClient

from .ways import ClientWay
from .wire import ANTHROPIC_EVENTS, CHAT, MESSAGES, chunk, completion, event

AUDIO = {"content-type": "audio/mpeg"}
SPEECH = {"model": "openai/tts-1", "input": "Hello", "voice": "alloy"}
BEGUN = hang(pieces=1, reply=sse([chunk("a"), chunk("b")]))
LARGE = hang(100_000, reply=raw(200, AUDIO, b"sound" * 100_000))


class Noting:
    """A hook that keeps what it is told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.events: list[Any] = []

    def on_request_start(self, told: Any) -> None:
        self._note("start", told)

    def on_request_end(self, told: Any) -> None:
        self._note("end", told)

    def on_request_error(self, told: Any) -> None:
        self._note("error", told)

    def _note(self, name: str, told: Any) -> None:
        self.names.append(name)
        self.events.append(told)


async def _read(stream: zaguan.AsyncStream[Any]) -> None:
    # In a block, because anyio's task group keeps the frames of a task that it cancels on asyncio until the next gc.
    async with stream:
        async for _ in stream:
            pass


# What is under way when it is cancelled: the answer, and the call, which gets a folder of its own.
Call = Callable[[AsyncZaguanClient, Path], Awaitable[Any]]
CALLS: dict[str, tuple[Reply, Call]] = {
    "chat": (hang(), lambda client, _: client.chat(**CHAT)),
    "chat, body": (hang(40, reply=raw(200, (), completion())), lambda client, _: client.chat(**CHAT)),
    "messages": (hang(), lambda client, _: client.messages(**MESSAGES)),
    "opening": (slow_head(60), lambda client, _: client.chat_stream(**CHAT).open()),
    "reading": (BEGUN, lambda client, _: _read(client.chat_stream(**CHAT))),
    "events": (
        hang(pieces=1, reply=sse([event(ANTHROPIC_EVENTS[0])])),
        lambda c, _: _read(c.messages_stream(**MESSAGES)),
    ),
    "lines": (hang(9, reply=raw(200, (), b'{"a": 1}\n{')), lambda c, _: _read(c.get_messages_batch_results("b"))),
    "bytes": (LARGE, lambda client, _: _read(client.stream_speech(SPEECH))),
    "upload": (hang(), lambda client, _: client.upload_file(("a.bin", bytes(1_000_000)), "batch")),
    "upload of a path": (hang(), lambda client, folder: client.upload_file(_file(folder), "batch")),
    "download": (LARGE, lambda client, folder: client.create_speech(SPEECH, folder / "speech.mp3")),
    "in memory": (LARGE, lambda client, _: client.get_file_content("file-1")),
    "credits": (hang(), lambda client, _: client.get_credits_balance()),
    "history": (hang(), lambda client, _: client.iter_credits_history().__anext__()),
}


def _file(folder: Path) -> Path:
    path = folder / "a.bin"
    path.write_bytes(bytes(1_000_000))
    return path


@pytest.mark.anyio
@pytest.mark.parametrize("kind", CALLS)
async def test_cancelling_closes_the_connection(fake: FakeProvider, tmp_path: Path, kind: str) -> None:
    reply, call = CALLS[kind]
    fake.script(reply)
    hook = Noting()
    async with AsyncZaguanClient(fake.host_url, fake.api_key, hooks=[hook]) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call, client, tmp_path)
            await anyio.to_thread.run_sync(fake.wait_for_request)
            tasks.cancel_scope.cancel()
        assert (await anyio.to_thread.run_sync(fake.wait_for_abort)).request is fake.requests[0]
        await anyio.to_thread.run_sync(fake.wait_for, lambda: fake.connections.open == 0)
        assert hook.names == ["start", "error"]
        assert hook.events[-1].error_type in {"CancelledError", "Cancelled"}
        assert hook.events[-1].request_id == fake.requests[0].headers["x-request-id"]
        assert (await client.chat(**CHAT)).choices[0].message.content


@pytest.mark.anyio
async def test_a_deadline_on_a_loop_over_a_stream_closes_it(fake: FakeProvider) -> None:
    fake.script(BEGUN)
    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        with anyio.move_on_after(0.3):
            async for _ in client.chat_stream(**CHAT):
                pass
        await anyio.to_thread.run_sync(fake.wait_for_abort)


@pytest.mark.anyio
async def test_a_read_under_a_deadline_may_be_repeated(fake: FakeProvider) -> None:
    """Cancelling one wait loses nothing, and hooks see one call that ends once."""
    whole = sse([chunk("a"), chunk("b"), chunk("c", "stop"), "[DONE]"], gap=0.15)
    fake.script(whole)
    hook = Noting()
    heard = ""
    async with AsyncZaguanClient(fake.host_url, fake.api_key, hooks=hook) as client:
        stream = client.chat_stream(**CHAT)
        await stream
        for _ in range(200):
            with anyio.move_on_after(0.04):
                try:
                    heard += (await stream.__anext__()).choices[0].delta.content or ""
                except StopAsyncIteration:
                    break
    assert heard == "abc"
    assert hook.names == ["start", "end"]


@pytest.mark.parametrize("hooked", [False, True], ids=["unwatched", "watched"])
@pytest.mark.parametrize("way", ["begun", "unopened", "broken", "whole"])
def test_a_stream_may_be_forgotten(client_way: ClientWay, fake: FakeProvider, way: str, hooked: bool) -> None:
    whole = sse([chunk("a"), chunk("b", "stop"), "[DONE]"])
    fake.script({"broken": drop_after(pieces=1, reply=sse([chunk("a"), chunk("b")])), "whole": whole}.get(way, BEGUN))
    hook = Noting()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with client_way.open(fake, hooks=[hook] if hooked else []) as client:
            stream = client.chat_stream(**CHAT)
            if way != "unopened":
                assert next(stream).choices[0].delta.content == "a"
            del stream
            gc.collect()
            if way == "begun":
                fake.wait_for_abort()
            elif way == "unopened":
                assert fake.requests == []
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    # A stream that was left ended well as far as its reader went.
    assert hook.names == ([] if not hooked or way == "unopened" else ["start", "end"])


@pytest.mark.anyio
async def test_two_tasks_open_a_stream_once(fake: FakeProvider) -> None:
    fake.script(slow_head(0.3, reply=sse([chunk("a", "stop"), "[DONE]"])))
    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        stream = client.chat_stream(**CHAT)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.open)
            await anyio.to_thread.run_sync(fake.wait_for_request)
            with pytest.raises(RuntimeError, match="another task"):
                await stream.__anext__()
        assert [chunk.choices[0].delta.content async for chunk in stream] == ["a"]
    assert len(fake.requests) == 1


@pytest.mark.anyio
async def test_a_refused_stream_may_be_opened_again_under_its_id(fake: FakeProvider) -> None:
    fake.script(raw(503, (), {}), sse([chunk("a", "stop"), "[DONE]"]))
    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        stream = client.chat_stream(**CHAT)
        with pytest.raises(zaguan.ServerError):
            await stream
        assert [chunk.choices[0].delta.content async for chunk in await stream] == ["a"]
    assert len({request.headers["x-request-id"] for request in fake.requests}) == 1


@pytest.mark.anyio
async def test_closing_while_it_opens_ends_it(fake: FakeProvider) -> None:
    fake.script(slow_head(0.3, reply=hang(pieces=1, reply=sse([chunk("a"), chunk("b")]))))

    async def read() -> None:
        async for _ in stream:
            pass

    async with AsyncZaguanClient(fake.host_url, fake.api_key) as client:
        stream = client.chat_stream(**CHAT)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await anyio.to_thread.run_sync(fake.wait_for_request)
            await stream.aclose()
        await anyio.to_thread.run_sync(fake.wait_for, lambda: fake.connections.open == 0)


def test_one_client_serves_loops_and_threads(fake: FakeProvider) -> None:
    """Each thread has a loop of its own, two of them trio's; the client, its hooks and the pool are shared."""
    metrics = zaguan.MetricsCollector()
    client = AsyncZaguanClient(fake.host_url, fake.api_key, hooks=metrics)
    answers: list[str] = []

    async def talk() -> None:
        for _ in range(5):
            answers.append((await client.chat(**CHAT)).choices[0].message.content)
            answers.append("".join([c.choices[0].delta.content or "" async for c in client.chat_stream(**CHAT)]))

    threads = [
        threading.Thread(target=anyio.run, args=(talk,), kwargs={"backend": backend})
        for backend in ("asyncio", "trio") * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 40
    assert set(answers) == {"You said: Say it."}
    assert (metrics.total_requests, metrics.successful_requests) == (40, 40)


USAGE = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7, "output_tokens_details": {"reasoning_tokens": 2}}


def test_hooks_are_told_the_tokens_of_streamed_responses(client_way: ClientWay, fake: FakeProvider) -> None:
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "r", "status": "in_progress", "usage": None}},
        {"type": "response.output_text.delta", "delta": '"usage": {"input_tokens": 99}'},
        {"type": "response.completed", "response": {"id": "r", "status": "completed", "usage": USAGE}},
    ]
    fake.script(sse([event(each) for each in events]))
    hook = Noting()
    with client_way.open(fake, hooks=[hook]) as client:
        assert len(list(client.create_response_stream(model="m", input="hi"))) == 3
    end = hook.events[-1]
    assert (end.prompt_tokens, end.completion_tokens, end.total_tokens, end.reasoning_tokens) == (3, 4, 7, 2)


def test_hooks_are_told_no_tokens_that_are_no_numbers(client_way: ClientWay, fake: FakeProvider) -> None:
    usage = {"prompt_tokens": "3", "completion_tokens": 4, "completion_tokens_details": {"reasoning_tokens": "many"}}
    fake.script(raw(200, (), json.dumps(completion(usage=usage))))
    metrics = zaguan.MetricsCollector()
    with client_way.open(fake, hooks=metrics) as client:
        client.chat(**CHAT)
    summary = metrics.get_summary()
    assert (summary["total_completion_tokens"], summary["total_tokens"], summary["total_reasoning_tokens"]) == (4, 4, 0)
