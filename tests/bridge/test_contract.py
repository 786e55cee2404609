"""What the bridge relies on in pyo3-async-runtimes, pinned with a loop that is nothing but these lists.

The crate calls ``create_future``, ``add_done_callback``, ``cancelled``, and ``set_result`` or ``set_exception``
(through ``call_soon_threadsafe``), nothing else; and only ``drain`` settles a future, on the thread that calls it. An
update of the crate that wants more, or that delivers by another way, fails here first.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async import _eq_core

USED = {"add_done_callback", "cancelled", "set_result", "set_exception"}


class RecordingFuture:
    """A future with exactly the four methods; everything that is asked of it is written down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.settled: list[tuple[str, Any, int]] = []
        self.is_cancelled = False
        self.callbacks: list[Callable[[RecordingFuture], object]] = []

    def __getattribute__(self, name: str) -> Any:
        if name in USED:
            self.asked.append(name)
        elif name not in {"asked", "settled", "is_cancelled", "callbacks", "cancel", "__dict__", "__class__"}:
            raise AssertionError(f"the bridge asked a future for {name}")
        return super().__getattribute__(name)

    def add_done_callback(self, callback: Callable[[RecordingFuture], object]) -> None:
        self.callbacks.append(callback)

    def cancelled(self) -> bool:
        return self.is_cancelled

    def set_result(self, value: Any) -> None:
        self.settled.append(("result", value, threading.get_ident()))

    def set_exception(self, error: BaseException) -> None:
        self.settled.append(("exception", error, threading.get_ident()))

    def cancel(self) -> None:
        self.is_cancelled = True
        for callback in self.callbacks:
            callback(self)


def never() -> Any:
    raise AssertionError("a checkpoint belongs to streams")


def wait_for_bell(port: _eq_core.Port, timeout: float = 30.0) -> None:
    readable, _, _ = select.select([port.fileno()], [], [], timeout)
    assert readable, f"the bell did not ring within {timeout} s"


def bell_rings(port: _eq_core.Port) -> bool:
    return bool(select.select([port.fileno()], [], [], 0)[0])


@pytest.fixture
def port() -> _eq_core.Port:
    return _eq_core.Port(RecordingFuture, never)


@pytest.mark.parametrize(
    ("ending", "settles"),
    [("value", "result"), ("error", "exception"), ("panic", "exception"), ("panic_in_conversion", "exception")],
)
def test_only_the_drain_settles_and_only_these_methods_are_used(port: _eq_core.Port, ending: str, settles: str) -> None:
    drain = port.drain()
    future: Any = _eq_core.probe(port, ending)
    assert type(future) is RecordingFuture
    assert future.asked == ["add_done_callback"]
    wait_for_bell(port)
    assert future.settled == []
    drain()
    assert [(how, thread) for how, _, thread in future.settled] == [(settles, threading.get_ident())]
    assert set(future.asked) == {"add_done_callback", "cancelled", f"set_{settles}"}
    assert future.asked.count(f"set_{settles}") == 1
    assert not bell_rings(port)


def test_the_thread_that_drains_delivers(port: _eq_core.Port) -> None:
    drain = port.drain()
    future: Any = _eq_core.probe(port, "value")
    wait_for_bell(port)
    thread = threading.Thread(target=drain)
    thread.start()
    thread.join()
    assert len(future.settled) == 1
    assert future.settled[0][2] not in {threading.get_ident(), threading.main_thread().ident}


def test_cancelling_drops_the_future_at_once_and_delivers_nothing(port: _eq_core.Port) -> None:
    drain = port.drain()
    future: Any = _eq_core.probe(port, "value", 3600.0)
    assert not bell_rings(port)
    future.cancel()
    # The crate hands over a cancelled future's end like any other: it rings an hour early.
    wait_for_bell(port)
    drain()
    assert future.settled == []


def test_one_ring_serves_many_results_and_a_drain_is_bounded(port: _eq_core.Port) -> None:
    drain = port.drain()
    futures: list[Any] = [_eq_core.probe(port, "value") for _ in range(500)]
    settled: list[int] = []
    while sum(settled) < len(futures):
        before = sum(settled)
        wait_for_bell(port)
        drain()
        settled.append(sum(len(future.settled) for future in futures) - before)
    assert all(len(future.settled) == 1 for future in futures)
    assert max(settled) <= 64


def test_a_closed_port_drops_what_waits_and_what_comes(port: _eq_core.Port) -> None:
    drain = port.drain()
    waiting: Any = _eq_core.probe(port, "value")
    wait_for_bell(port)
    coming: Any = _eq_core.probe(port, "value", 0.05)
    port.close()
    drain()
    other = _eq_core.Port(RecordingFuture, never)
    other_drain = other.drain()
    later: Any = _eq_core.probe(other, "value", 0.5)
    wait_for_bell(other)
    other_drain()
    drain()
    assert (waiting.settled, coming.settled) == ([], [])
    assert len(later.settled) == 1


def test_dropping_the_drain_closes_the_port(port: _eq_core.Port) -> None:
    drain = port.drain()
    future: Any = _eq_core.probe(port, "value")
    wait_for_bell(port)
    del drain
    port.drain()()
    assert future.settled == []


def test_a_future_that_refuses_its_result_harms_no_other(
    port: _eq_core.Port, capfd: pytest.CaptureFixture[str]
) -> None:
    drain = port.drain()
    first: Any = _eq_core.probe(port, "value")
    wait_for_bell(port)
    second: Any = _eq_core.probe(port, "value", 0.05)
    first.settled = None  # appending to it raises
    drain()
    wait_for_bell(port)
    drain()
    assert [how for how, _, _ in second.settled] == ["result"]
    capfd.readouterr()


def test_the_port_takes_what_the_crate_passes(port: _eq_core.Port) -> None:
    got: list[tuple[object, ...]] = []
    loop: Any = port
    loop.call_soon_threadsafe(lambda *args: got.append(args), 1, 2, context=None)
    assert got == [(1, 2)]
    assert type(loop.create_future()) is RecordingFuture
