"""When a call is sent again and after how long, and that the helpers do what the terms say."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from edgequake_async.zaguan.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BandAccessDeniedError,
    InsufficientCreditsError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ZaguanError,
)
from edgequake_async.zaguan.retry import RetryConfig, async_with_retry, with_retry

AT_ONCE = RetryConfig(max_retries=3, initial_delay=0.0)


class Flaky:
    """Fails as told, then answers."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        self.calls.append((args, kwargs))
        if len(self.calls) <= len(self.failures):
            raise self.failures[len(self.calls) - 1]
        return "answer"

    async def asynchronously(self, *args: Any, **kwargs: Any) -> str:
        return self(*args, **kwargs)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (APIConnectionError("refused"), True),
        (APIConnectionError("cut", status_code=200), False),
        (APITimeoutError("slow", timeout_kind="connect"), True),
        (APITimeoutError("slow", timeout_kind="first_token"), False),
        (APITimeoutError("slow", timeout_kind="idle"), False),
        (APITimeoutError("slow", timeout_kind="total"), False),
        (RateLimitError("wait"), True),
        (ServerError(503, "down"), True),
        (ServerError(501, "no"), False),
        (APIError(408, "slow"), True),
        (APIError(200, "failed inside a success"), False),
        (InvalidResponseError("no JSON", status_code=200), False),
        (ZaguanError("not sent"), False),
        (ValueError("mine"), False),
        (KeyboardInterrupt(), False),
        # Sending again cannot help, even with a status that may pass.
        (InsufficientCreditsError("empty", status_code=429), False),
        (BandAccessDeniedError("closed", status_code=503), False),
        (AuthenticationError(503, "who"), False),
        (PermissionDeniedError(503, "no"), False),
    ],
    ids=repr,
)
def test_what_may_pass_is_retried(error: BaseException, expected: bool) -> None:
    assert [RetryConfig().should_retry(error, attempt) for attempt in (0, 2, 3)] == [expected, expected, False]


def test_statuses_are_the_callers_choice() -> None:
    config = RetryConfig(retry_on_status_codes=[418])  # type: ignore[arg-type]
    assert config.should_retry(APIError(418, "teapot"), 0)
    assert not config.should_retry(ServerError(503, "down"), 0)
    assert not RetryConfig(max_retries=0).should_retry(ServerError(503, "down"), 0)


def test_delays_grow_to_the_longest_less_jitter() -> None:
    plain = RetryConfig(initial_delay=1, max_delay=10, exponential_base=3, jitter=False)
    assert [plain.calculate_delay(attempt) for attempt in range(4)] == [1, 3, 9, 10]
    assert plain.calculate_delay(100_000) == 10
    assert RetryConfig(exponential_base=1.5, jitter=False).calculate_delay(100_000) == 60
    assert RetryConfig(initial_delay=0).calculate_delay(3) == 0
    spread = {RetryConfig(initial_delay=8, jitter=True).calculate_delay(0) for _ in range(200)}
    assert 4 <= min(spread) < 5 < 7 < max(spread) <= 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_retries": -1},
        {"max_retries": 1.5},
        {"max_retries": True},
        {"initial_delay": -0.1},
        {"initial_delay": "1"},
        {"max_delay": float("inf")},
        {"max_delay": float("nan")},
        {"exponential_base": 0.5},
        {"retry_on_status_codes": (200,)},
        {"retry_on_status_codes": ("503",)},
    ],
    ids=repr,
)
def test_wrong_terms_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RetryConfig(**wrong)


def test_terms_are_values() -> None:
    config = RetryConfig(5, 0.5, 10.0, 3.0, False, (429,))
    assert config == pickle.loads(pickle.dumps(config)) == RetryConfig(**vars(config))
    assert len({config, RetryConfig(), RetryConfig()}) == 2
    with pytest.raises(AttributeError):
        config.max_retries = 6  # type: ignore[misc]


DOWN, LIMIT, KEY = ServerError(503, "down"), RateLimitError("wait", 0.0), AuthenticationError(401, "who")


@pytest.mark.parametrize(
    ("failures", "raised", "calls"),
    [
        ([], None, 1),
        ([DOWN, LIMIT], None, 3),
        ([APIConnectionError("refused")] * 3, None, 4),
        ([DOWN, DOWN, DOWN, LIMIT], LIMIT, 4),
        ([DOWN, KEY], KEY, 2),
        ([ValueError("mine")], ValueError, 1),
    ],
)
class TestHelpers:
    @staticmethod
    def check(flaky: Flaky, outcome: Callable[[], Any], raised: Any, calls: int) -> None:
        if raised is None:
            assert outcome() == "answer"
        else:
            with pytest.raises(raised if isinstance(raised, type) else type(raised)) as caught:
                outcome()
            assert caught.value is flaky.failures[calls - 1]
        assert flaky.calls == [((1,), {"two": 2})] * calls

    def test_a_function(self, failures: list[Exception], raised: Any, calls: int) -> None:
        flaky = Flaky(*failures)

        @with_retry(AT_ONCE)
        def ask(one: int, *, two: int) -> str:
            """Asks."""
            return flaky(one, two=two)

        self.check(flaky, lambda: ask(1, two=2), raised, calls)
        assert (ask.__name__, ask.__doc__) == ("ask", "Asks.")

    @pytest.mark.anyio
    async def test_a_coroutine_function(self, failures: list[Exception], raised: Any, calls: int) -> None:
        flaky = Flaky(*failures)

        @with_retry(AT_ONCE)
        async def ask(one: int, *, two: int) -> str:
            return flaky(one, two=two)

        assert ask.__name__ == "ask"
        await self.checked(flaky, ask(1, two=2), raised, calls)

    @pytest.mark.anyio
    async def test_async_with_retry(self, failures: list[Exception], raised: Any, calls: int) -> None:
        flaky = Flaky(*failures)
        await self.checked(flaky, async_with_retry(flaky.asynchronously, AT_ONCE, 1, two=2), raised, calls)

    async def checked(self, flaky: Flaky, answer: Any, raised: Any, calls: int) -> None:
        try:
            got: Any = await answer
        except Exception as error:
            got = error

        def outcome() -> Any:
            if isinstance(got, Exception):
                raise got
            return got

        self.check(flaky, outcome, raised, calls)


def test_the_server_says_how_long_to_wait() -> None:
    # The terms' own delay would be 30 s and more.
    patient = RetryConfig(initial_delay=60, max_delay=60)
    started = time.monotonic()
    flaky = Flaky(RateLimitError("wait", 0.2), RateLimitError("wait", 0.1), RateLimitError("come at once", 0.0))
    assert with_retry(patient)(flaky)() == "answer"
    assert 0.3 <= time.monotonic() - started < 20


@pytest.mark.anyio
async def test_the_server_says_how_long_to_wait_on_any_loop() -> None:
    patient = RetryConfig(initial_delay=60, max_delay=60)
    started = time.monotonic()
    flaky = Flaky(RateLimitError("wait", 0.2), RateLimitError("wait", 0.1))
    assert await async_with_retry(flaky.asynchronously, patient) == "answer"
    # A clock tick less, as timers of loops may fire one early.
    assert 0.28 <= time.monotonic() - started < 20


def test_terms_are_the_usual_ones_where_none_are_given() -> None:
    flaky = Flaky(*[RateLimitError("wait", 0.0)] * 9)
    with pytest.raises(RateLimitError):
        with_retry()(flaky)()
    assert len(flaky.calls) == 4
