"""The instruments themselves: the upstreams serve what they promise, a probe refuses lost data, ratios are right."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import bodies
import probes
import pytest
import report
import servers
import upstream
import witnessing
from questions import QUESTIONS, Question, named
from run import child
from venvs import rivals


@pytest.fixture(scope="module")
def timed() -> Iterator[str]:
    with servers.timed(sys.executable) as base:
        yield base


def post(base: str, path: str, body: Any = b"{}", **options: Any) -> tuple[int, str, bytes]:
    with closing(http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
        connection.request("POST", path, body, **options)
        response = connection.getresponse()
        return response.status, response.headers.get("Content-Type", ""), response.read()


@pytest.mark.parametrize("route", bodies.CANNED)
def test_both_upstreams_serve_the_canned_bodies(timed: str, route: str) -> None:
    kind, path, build = bodies.CANNED[route]
    expected = (200, kind, build())
    assert post(timed, f"/{route}/{path}") == expected
    if shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") is None:
        pytest.skip("nginx is not installed")
    with servers.canned(sys.executable) as (base, served):
        assert served.startswith("nginx")
        assert post(base, f"/{route}/{path}") == expected


def test_the_slow_route_takes_its_300_ms(timed: str) -> None:
    start = time.perf_counter()
    status, _, body = post(timed, "/slow/v1/chat/completions")
    assert (status, body) == (200, bodies.unary())
    assert time.perf_counter() - start >= 0.29


def test_the_first_chunk_carries_the_servers_own_delay(timed: str) -> None:
    start = time.perf_counter_ns()
    _, kind, body = post(timed, "/first/v1/chat/completions")
    events = body.decode().split("\n\n")
    own = int(json.loads(events[0].removeprefix("data: "))["choices"][0]["delta"]["content"])
    assert kind == "text/event-stream"
    assert events[-2] == "data: [DONE]"
    assert 15_000_000 < own < time.perf_counter_ns() - start


def test_requests_the_upstream_cannot_time_are_refused(timed: str) -> None:
    assert post(timed, "/nowhere/v1/chat/completions")[0] == 404
    assert post(timed, "/slow/v1/chat/completions", iter([b"{}"]), encode_chunked=True)[0] == 411


def test_every_process_of_the_upstream_ends_with_its_stdin() -> None:
    with servers.timed(sys.executable, processes=2) as base:
        assert post(base, "/unary/v1/chat/completions")[0] == 200
    with pytest.raises(ConnectionError):
        post(base, "/unary/v1/chat/completions")


def task(base: str, probe: str, **options: Any) -> dict[str, Any]:
    return {"adapter": "aiohttp_raw", "probe": probe, "base": base, "options": options}


def test_a_child_measures_and_refuses_lost_data(timed: str) -> None:
    pytest.importorskip("aiohttp")
    out, _, status = child(sys.executable, "child.py", task(f"{timed}/burst", "stream", calls=4, in_flight=2), 60)
    figures = json.loads(out)
    assert status == 0
    assert figures["chunks"] == bodies.CHUNKS
    assert figures["cpu_us"] > 0
    _, err, status = child(sys.executable, "child.py", task(f"{timed}/first", "stream", calls=1, in_flight=1), 60)
    assert status == 1
    assert "lost data" in err


def test_the_ceiling_is_what_bare_sockets_get_of_a_slow_server(timed: str) -> None:
    bare = {**task(f"{timed}/brisk", "load", calls=40, in_flight=20), "adapter": "sockets_raw"}
    figures = json.loads(child(sys.executable, "child.py", bare, 60)[0])
    assert figures["failed"] == 0
    assert 20 < figures["per_second"] <= 20 / upstream.BRISK_SECONDS


def test_calls_that_fail_are_counted_and_are_no_answers(timed: str) -> None:
    class Wavering:
        """Fails every second call."""

        calls = 0

        def connect(self, base: str) -> None: ...

        async def unary(self, client: None) -> str:
            self.calls += 1
            if self.calls % 2:
                raise ConnectionError("refused")
            return " " * bodies.ANSWER_CHARACTERS

    figures = asyncio.run(probes.load(Wavering(), timed, calls=10, in_flight=1))
    assert figures["failed"] == 5
    nowhere = {**task(f"{timed}/nowhere", "load", calls=2, in_flight=1), "adapter": "aiohttp_raw"}
    _, err, status = child(sys.executable, "child.py", nowhere, 60)
    assert status == 1
    assert "404" in err


def test_importing_counts_what_it_loads() -> None:
    out, _, _ = child(sys.executable, "importing.py", {"module": "http.client"}, 60)
    figures = json.loads(out)
    assert figures["modules"] > 5
    assert (figures["threads"], figures["sockets"]) == (0, 0)


def test_a_child_that_hangs_is_killed(timed: str) -> None:
    pytest.importorskip("aiohttp")
    _, _, status = child(sys.executable, "child.py", task(f"{timed}/paced", "stream", calls=1, in_flight=1), 3)
    assert status is None


def test_ratios_are_medians_over_ours_and_over_the_cheapest_floor() -> None:
    question = Question("x", "X", "unary", "unary", ("ours", "rival", "raw"), {"cpu_us": "CPU us"})
    figures = {"ours": [20.0, 30.0, 40.0], "rival": [60.0, 60.0, 90.0], "raw": [15.0], "broken": []}
    results = {name: [{"cpu_us": value} for value in values] for name, values in figures.items()}
    text = report.table(question, results, {"broken": ["exit status 1: boom"]}, {"raw"}, 3, False)
    assert "| ours | 20 | 30 | 40 | 1.00 | 2.00 |" in text
    assert "| rival | 60 | 60 | 90 | 2.00 | 4.00 |" in text
    assert text.index("raw (floor)") < text.index("| ours") < text.index("| rival")
    assert "broken: 1 failed run(s): exit status 1: boom" in text


def test_a_share_of_the_ceiling_is_that_of_the_best_floor() -> None:
    columns = {"cpu_us": "CPU us", "per_second": "answers/s"}
    question = Question("x", "X", "load", "brisk", ("mine", "raw", "slower"), columns, ceiling="per_second")
    figures = {"mine": (10.0, 180.0), "raw": (5.0, 200.0), "slower": (4.0, 150.0)}
    results = {name: [{"cpu_us": cpu, "per_second": rate}] for name, (cpu, rate) in figures.items()}
    text = report.table(question, results, {}, {"raw", "slower"}, 1, False)
    assert "| mine | 10 | 10 | 10 | 1.00 | 2.50 | 180 | 90% |" in text
    assert "| raw (floor) | 5 | 5 | 5 | 0.50 | 1.25 | 200 | 100% |" in text


def test_a_question_is_found_by_its_name_or_its_first_word() -> None:
    assert [question.name for question in named("embeddings")] == ["embeddings"]
    assert [question.name for question in named("zaguan")][:2] == ["zaguan-50", "zaguan-100"]
    assert not named("zag")


def test_every_question_names_known_rivals() -> None:
    assert {name for question in QUESTIONS for name in question.rivals} <= set(rivals())
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)


def test_witnesses_differ_by_kind_and_the_recording_says_who_is_right() -> None:
    def told(finish: str, arguments: str, error: dict[str, str] | None = None) -> dict[str, Any]:
        choice = {"content": "", "reasoning": "", "calls": [["id", "f", arguments]], "finish": finish}
        return {"id": "x", "error": error, "choices": {"0": choice}, "usage": {"prompt": 3}}

    ours, theirs = told("tool_calls", '{"a": 1}'), told("stop", '{"a":1}')
    [found] = witnessing.differences(ours, theirs, ours)
    assert (found.kind, found.agrees(found.ours), found.agrees(found.theirs)) == ("finish reason", True, False)
    assert "| finish reason | 1 | 1 | 0 | x |" in witnessing.table([found])
    broken = told("stop", "", {"class": "APIError", "said": "no"})
    assert [each.kind for each in witnessing.differences(ours, broken, ours)] == ["crash"]
    assert [each.kind for each in witnessing.differences(ours, broken, broken)] == ["error class"]
    assert witnessing.differences(broken, broken, ours) == []
