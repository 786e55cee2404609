"""Nothing on stderr that the program did not write: strict interpreters, closed loops, the courier's thread."""

from __future__ import annotations

import pytest

from edgequake_async.testing import FakeProvider, text

from .running import run


@pytest.mark.parametrize("flags", [["-W", "error"], ["-X", "dev", "-W", "error"]], ids=["warnings", "dev"])
@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_no_warning_under_strict_settings(fake: FakeProvider, backend: str, flags: list[str]) -> None:
    ended = run("usual", backend, fake.base_url, flags=flags, env={"PYTHONTRACEMALLOC": "5"})
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("kind", ["asyncio", "uvloop", "trio", "courier"])
def test_a_closed_loop_with_calls_in_flight_is_silent(kind: str) -> None:
    ended = run("closed_loop", kind)
    assert (ended.code, ended.out, ended.err) == (0, "42\n", "")


def test_the_courier_serves_loops_without_add_reader_and_is_gone_at_exit(fake: FakeProvider) -> None:
    fake.on_request(lambda record: None if record.json.get("stream") else text("pong"))
    ended = run("courier", fake.base_url)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "before: False\nanswers: {'pong'}\nstreamed: True\ncourier: True\nat exit: False\n"
