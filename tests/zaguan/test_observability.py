"""Events, the hooks that come with the package, and that no hook can break a call."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator, KeysView
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from edgequake_async.zaguan.observability import (
    CompositeHook,
    ErrorEvent,
    LoggingHook,
    MetricsCollector,
    ObservabilityHook,
    RequestEvent,
    ResponseEvent,
    RetryEvent,
    fire,
)

START = RequestEvent("r1", "POST", "https://host/v1/chat/completions", "openai/gpt")
END = ResponseEvent("r1", 200, 12.345, "openai/gpt", 3, 4, 7, 2, 0.5)
FAILED = ErrorEvent("r1", "RateLimitError", "wait", 429, 2)
AGAIN = RetryEvent("r1", 1, 3, 250.0, "ServerError", "down", 503)
LOGGER = "edgequake_async.zaguan.observability"


class Recorder:
    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    def on_request_start(self, event: RequestEvent) -> None:
        self.seen.append(("start", event))

    def on_request_end(self, event: ResponseEvent) -> None:
        self.seen.append(("end", event))

    def on_request_error(self, event: ErrorEvent) -> None:
        self.seen.append(("error", event))


class Broken(Recorder):
    def on_request_end(self, event: ResponseEvent) -> None:
        raise RuntimeError("the hook is broken")


@pytest.mark.parametrize("event", [START, END, FAILED, AGAIN], ids=lambda event: type(event).__name__)
def test_events_have_a_time_in_utc(event: Any) -> None:
    assert event.timestamp.utcoffset() == timedelta(0)
    assert abs(datetime.now(timezone.utc) - event.timestamp) < timedelta(hours=1)
    fields = {name: value for name, value in vars(event).items() if name != "timestamp"}
    assert type(event)(**fields, timestamp=None).timestamp.utcoffset() == timedelta(0)
    given = datetime(2026, 1, 2, tzinfo=timezone.utc)
    assert type(event)(**fields, timestamp=given).timestamp is given
    with pytest.raises(AttributeError):
        event.timestamp = given


def test_fire_reaches_the_hooks_that_listen(caplog: pytest.LogCaptureFixture) -> None:
    first, last = Recorder(), Recorder()
    hooks = [first, Broken(), object(), last]
    fire(hooks, "on_request_start", START)
    fire(hooks, "on_request_end", END)
    fire(hooks, "on_request_retry", AGAIN)
    assert first.seen == last.seen == [("start", START), ("end", END)]
    [record] = caplog.records
    assert (record.name, record.levelname) == (LOGGER, "ERROR")
    assert record.getMessage() == "on_request_end of Broken raised"
    assert record.exc_info is not None


def test_what_ends_a_program_goes_through() -> None:
    class Leaving:
        def on_request_start(self, event: RequestEvent) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fire([Leaving()], "on_request_start", START)


def test_a_composite_is_a_hook_of_hooks() -> None:
    recorder, metrics = Recorder(), MetricsCollector()
    hook = CompositeHook([Broken(), recorder, CompositeHook((metrics,))])
    hook.on_request_start(START)
    hook.on_request_retry(AGAIN)
    hook.on_request_end(END)
    hook.on_request_error(FAILED)
    assert recorder.seen == [("start", START), ("end", END), ("error", FAILED)]
    assert (metrics.total_requests, metrics.total_retries) == (1, 1)
    assert (metrics.successful_requests, metrics.failed_requests) == (1, 1)


@pytest.mark.parametrize("hook", [LoggingHook(), MetricsCollector(), CompositeHook([]), Recorder()])
def test_all_are_hooks(hook: object) -> None:
    assert isinstance(hook, ObservabilityHook)
    assert not isinstance(object(), ObservabilityHook)


@pytest.mark.parametrize(
    ("verbose", "expected"),
    [
        (
            False,
            [
                ("INFO", "Request r1: status 200 after 12.35 ms"),
                ("WARNING", "Request r1: RateLimitError"),
                ("WARNING", "Request r1: ServerError, retry 1 of 3 in 250 ms"),
            ],
        ),
        (
            True,
            [
                ("INFO", "Request r1: POST https://host/v1/chat/completions model=openai/gpt"),
                (
                    "INFO",
                    "Request r1: status 200 after 12.35 ms model=openai/gpt prompt_tokens=3 completion_tokens=4"
                    " total_tokens=7 reasoning_tokens=2 cost=0.5",
                ),
                ("WARNING", "Request r1: RateLimitError status_code=429 retry_attempt=2 error_message=wait"),
                (
                    "WARNING",
                    "Request r1: ServerError, retry 1 of 3 in 250 ms status_code=503 error_message=down",
                ),
            ],
        ),
    ],
)
def test_what_is_logged(caplog: pytest.LogCaptureFixture, verbose: bool, expected: list[tuple[str, str]]) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    hook = LoggingHook(verbose=verbose)
    hook.on_request_start(START)
    hook.on_request_end(END)
    hook.on_request_error(FAILED)
    hook.on_request_retry(AGAIN)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == expected
    assert {record.name for record in caplog.records} == {LOGGER}


def test_a_percent_sign_from_outside_is_text(caplog: pytest.LogCaptureFixture) -> None:
    LoggingHook(verbose=True).on_request_error(ErrorEvent("100%s", "ServerError", "at 100%d"))
    assert [record.getMessage() for record in caplog.records] == ["Request 100%s: ServerError error_message=at 100%d"]


def test_metrics_add_up() -> None:
    metrics = MetricsCollector()
    assert (metrics.average_latency_ms, metrics.success_rate) == (0.0, 0.0)
    for _ in range(4):
        metrics.on_request_start(START)
    metrics.on_request_end(END)
    metrics.on_request_end(ResponseEvent("r2", 200, 7.655))
    metrics.on_request_end(ResponseEvent("r3", 200, 10.0, "openai/gpt", total_tokens=1))
    metrics.on_request_error(FAILED)
    metrics.on_request_retry(AGAIN)
    metrics.on_request_retry(AGAIN)
    assert metrics.get_summary() == {
        "total_requests": 4,
        "successful_requests": 3,
        "failed_requests": 1,
        "total_retries": 2,
        "success_rate": 0.75,
        "average_latency_ms": pytest.approx(10.0),
        "total_latency_ms": pytest.approx(30.0),
        "total_tokens": 8,
        "total_prompt_tokens": 3,
        "total_completion_tokens": 4,
        "total_reasoning_tokens": 2,
        "total_cost": 0.5,
        "requests_by_model": {"openai/gpt": 2},
        "errors_by_type": {"RateLimitError": 1},
    }


def test_a_summary_is_of_one_moment() -> None:
    metrics = MetricsCollector()
    metrics.on_request_end(END)
    summary = metrics.get_summary()
    metrics.on_request_end(END)
    metrics.on_request_error(FAILED)
    assert (summary["requests_by_model"], summary["errors_by_type"]) == ({"openai/gpt": 1}, {})


def test_metrics_are_shared_by_threads() -> None:
    metrics = MetricsCollector()

    def work() -> None:
        for _ in range(2_000):
            fire([metrics], "on_request_start", START)
            fire([metrics], "on_request_end", END)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (metrics.total_requests, metrics.total_tokens, metrics.requests_by_model) == (
        8_000,
        56_000,
        {"openai/gpt": 8_000},
    )


class Forgotten:
    """As a forgotten stream does, tells the hook of its end when the garbage collector finds it."""

    def __init__(self, hook: MetricsCollector) -> None:
        self.hook = hook
        self.itself = self

    def __del__(self) -> None:
        self.hook.on_request_end(ResponseEvent("r", 200, 1.0))


class Collecting(dict[str, int]):
    """Runs the garbage collector when it is copied, as any allocation may."""

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> KeysView[str]:
        gc.collect()
        return super().keys()


def test_a_collector_may_be_told_in_the_middle_of_its_summary() -> None:
    metrics = MetricsCollector()
    metrics.requests_by_model = Collecting()
    Forgotten(metrics)
    thread = threading.Thread(target=metrics.get_summary, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert metrics.successful_requests == 1
