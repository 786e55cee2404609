"""Every way in which an awaitable of the bridge can end, on each event loop: a value, an error, a panic, a cancel."""

from __future__ import annotations

import anyio
import pytest

from edgequake_async import _eq_core, acompletion
from edgequake_async._error_mapping import to_exception
from edgequake_async.exceptions import InternalError
from edgequake_async.loops import current_port
from edgequake_async.testing import FakeProvider, hang

pytestmark = pytest.mark.anyio

PANICS = {"panic": "probe: panic in a future", "panic_in_conversion": "probe: panic in a conversion"}


async def probe(ending: str, delay: float = 0.0) -> object:
    """A probe that must end: a hang is a failure, not a test run that never finishes."""
    with anyio.fail_after(30):
        return await _eq_core.probe(current_port(), ending, delay)


@pytest.mark.parametrize("delay", [0.0, 0.05])
async def test_a_value_is_returned(delay: float) -> None:
    assert await probe("value", delay) == 42


@pytest.mark.parametrize("delay", [0.0, 0.05])
async def test_an_error_is_raised_with_its_fields(delay: float) -> None:
    with pytest.raises(_eq_core.EngineError) as raised:
        await probe("error", delay)
    error = to_exception(raised.value.args[0], "fake")
    assert isinstance(error, InternalError)
    assert "probe: error" in str(error)


@pytest.mark.parametrize("delay", [0.0, 0.05])
@pytest.mark.parametrize("ending", list(PANICS))
async def test_a_panic_is_an_internal_error_that_says_where(ending: str, delay: float) -> None:
    with pytest.raises(_eq_core.EngineError) as raised:
        await probe(ending, delay)
    error = to_exception(raised.value.args[0], "fake")
    assert isinstance(error, InternalError)
    assert PANICS[ending] in str(error)
    assert "probe.rs:" in str(error)


@pytest.mark.parametrize("ending", list(PANICS))
async def test_the_runtime_survives_panics(ending: str) -> None:
    for _ in range(100):
        with pytest.raises(_eq_core.EngineError):
            await probe(ending)
    assert await probe("value") == 42


async def test_five_thousand_at_once() -> None:
    ended = {"value": 0, "error": 0, "panic": 0, "panic_in_conversion": 0}

    async def one(ending: str) -> None:
        try:
            assert await _eq_core.probe(current_port(), ending) == 42
        except _eq_core.EngineError:
            assert ending != "value"
        ended[ending] += 1

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for number in range(5000):
                group.start_soon(one, list(ended)[number % 4])
    assert ended == dict.fromkeys(ended, 1250)


async def test_waiting_longer_than_others_delays_nobody() -> None:
    with anyio.move_on_after(30) as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(probe, "value", 20.0)
            assert await probe("value") == 42
            group.cancel_scope.cancel()
    assert not scope.cancelled_caught


async def test_cancelling_drops_the_rust_future(fake: FakeProvider, target: dict[str, object]) -> None:
    fake.script(hang())

    async def ask() -> None:
        await acompletion(messages=[{"role": "user", "content": "hi"}], **target)

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.to_thread.run_sync(fake.wait_for_request)
            group.cancel_scope.cancel()
        abort = await anyio.to_thread.run_sync(fake.wait_for_abort)
    assert abort.request is fake.requests[0]


async def test_cancelling_a_thousand_leaves_a_working_loop() -> None:
    with anyio.fail_after(60):
        for _ in range(10):
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    for number in range(100):
                        # Some are cancelled before they end, some while their results are being delivered.
                        group.start_soon(probe, "value", number % 3 * 0.001)
                    await probe("value", 0.001)
                    scope.cancel()
        assert await probe("value") == 42
