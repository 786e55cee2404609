"""The sync shim: in scripts, in threads, inside a running loop; side by side, and gone when its caller goes."""

from __future__ import annotations

import gc
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, hang, slow_head, stream

SOON = 1.0
STUCK = hang(pieces=1, reply=stream(["one", "two"]))


@pytest.mark.anyio
async def test_inside_a_running_loop(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """As a notebook does: the loop's own thread calls, and the loop goes on afterwards."""
    assert eq.completion(**ask).choices[0].message.content == "You said: Say it."
    assert [chunk.choices[0].delta.content for chunk in eq.completion(**ask, stream=True)]
    await anyio.sleep(0)
    assert (await eq.acompletion(**ask)).choices[0].message.content == "You said: Say it."


@pytest.mark.anyio
async def test_from_worker_threads_of_a_loop(fake: FakeProvider, ask: dict[str, Any]) -> None:
    answers: list[str] = []

    async def call() -> None:
        response = await anyio.to_thread.run_sync(lambda: eq.completion(**ask))
        answers.append(response.choices[0].message.content)

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(call)
    assert answers == ["You said: Say it."] * 8


def test_threads_run_side_by_side(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Eight calls of 0.5 s each end together, and none keeps this thread from running."""
    fake.script(*[slow_head(0.5)] * 8)
    turns = 0
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(eq.completion, **ask) for _ in range(8)]
        while not all(call.done() for call in calls):
            turns += 1
            time.sleep(0.01)
    assert time.monotonic() - started < 2.0
    assert turns > 10
    assert {call.result().choices[0].message.content for call in calls} == {"You said: Say it."}


def test_many_threads_keep_their_answers(fake: FakeProvider, target: dict[str, Any]) -> None:
    def call(number: int) -> str:
        messages = [{"role": "user", "content": f"thread {number}"}]
        if number % 2:
            return "".join(
                chunk.choices[0].delta.content or ""
                for chunk in eq.completion(**target, messages=messages, stream=True)
            )
        content: str = eq.completion(**target, messages=messages).choices[0].message.content
        return content

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(call, range(200))) == [f"You said: thread {number}" for number in range(200)]


def leave_by_close(chunks: Any) -> None:
    chunks.close()


def leave_by_block(chunks: Any) -> None:
    with chunks:
        pass


def leave_by_exception(chunks: Any) -> None:
    with pytest.raises(ZeroDivisionError), chunks:
        raise ZeroDivisionError


@pytest.mark.parametrize("leave", [leave_by_close, leave_by_block, leave_by_exception])
def test_closing_a_stream_closes_the_connection(leave: Any, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    chunks = eq.completion(**ask, stream=True)
    next(chunks)
    left = time.monotonic()
    leave(chunks)
    assert fake.wait_for_abort().at - left < SOON
    del chunks


@pytest.mark.parametrize("read", [True, False], ids=["after break", "unread"])
def test_dropping_a_stream_closes_the_connection(read: bool, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    chunks = eq.completion(**ask, stream=True)
    if read:
        for _ in chunks:
            break
    left = time.monotonic()
    del chunks
    assert fake.wait_for_abort().at - left < SOON


def test_a_generator_over_a_stream_closes_it(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)

    def words() -> Any:
        for chunk in eq.completion(**ask, stream=True):
            yield chunk.choices[0].delta.content

    spoken = words()
    assert next(spoken) == "one"
    left = time.monotonic()
    spoken.close()
    gc.collect()
    assert fake.wait_for_abort().at - left < SOON


def test_closing_from_another_thread_ends_the_loop(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    chunks = eq.completion(**ask, stream=True)
    seen: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for chunk in chunks:
            seen.put(chunk.choices[0].delta.content)
        seen.put(None)

    reader = threading.Thread(target=read)
    reader.start()
    assert seen.get(timeout=5) == "one"
    chunks.close()
    assert seen.get(timeout=5) is None
    reader.join(5)
    assert not reader.is_alive()


def test_closed_streams_stay_closed(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(STUCK)
    chunks = eq.completion(**ask, stream=True)
    next(chunks)
    chunks.close()
    chunks.close()
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(chunks)


def test_an_error_has_the_callers_line(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """The traceback leads from the caller's own call, though another thread's loop ran it."""
    fake.script(error(404, "No such model."))
    with pytest.raises(eq.NotFoundError) as caught:
        eq.completion(**ask)
    assert caught.traceback[0].path.name == "test_sync.py"


def test_an_error_is_freed_with_its_last_reference(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """Not only by the next garbage collection: its traceback may hold a stream, and so a connection."""
    fake.script(error(404))
    gc.disable()
    try:
        with pytest.raises(eq.NotFoundError) as caught:
            eq.completion(**ask)
        freed = weakref.ref(caught.value)
        del caught
        assert freed() is None
    finally:
        gc.enable()


# In a child, which can be given up: without the refusal it would wait for ever.
NESTED = """
import sys
from collections.abc import Mapping
import edgequake_async as eq

asked = dict(model="openai/m", api_base=sys.argv[1], api_key="k")

class Nosy(Mapping):
    # Messages are read on the shim's thread, so one that calls the shim while it is read calls it from there.
    def __getitem__(self, name):
        return {"role": "user", "content": "x"}[name]
    def __iter__(self):
        try:
            eq.completion(messages=[{"role": "user", "content": "x"}], **asked)
        except RuntimeError as problem:
            print(problem)
        return iter(("role", "content"))
    def __len__(self):
        return 2

eq.completion(messages=[Nosy()], **asked)
"""


def test_the_shim_refuses_to_wait_for_itself(fake: FakeProvider) -> None:
    command = [sys.executable, "-c", NESTED, fake.base_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")
    assert "await the async function" in done.stdout


INTERRUPTED = """
import sys, time
import edgequake_async as eq
asked = dict(model="openai/m", messages=[{"role": "user", "content": "x"}], api_base=sys.argv[1], api_key="k")
try:
    if sys.argv[2] == "unary":
        eq.completion(**asked)
    else:
        for chunk in eq.completion(**asked, stream=True):
            pass
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("mode", ["unary", "stream"])
def test_ctrl_c_ends_the_wait_and_the_request(fake: FakeProvider, mode: str) -> None:
    fake.script(hang() if mode == "unary" else STUCK)
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, fake.base_url, mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            fake.wait_for_request(timeout=20)
            # The request is on the wire a moment before the main thread waits for its answer.
            time.sleep(0.2)
            pressed = time.monotonic()
            child.send_signal(signal.SIGINT)
            # The child lives on, so it is the call that lets go of the connection and not the end of the process.
            assert fake.wait_for_abort().at - pressed < SOON
            out, err = child.communicate("", timeout=20)
        finally:
            child.kill()
    assert (child.returncode, err) == (0, "")
    assert float(out) - pressed < SOON
