"""Every endpoint of the fake CoreX exists, wants its key, and refuses nonsense without failing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from edgequake_async.testing import FakeCoreX

Ask = Callable[..., Any]
POSTS = """
    chat/completions messages messages/count_tokens messages/batches messages/batches/x/cancel embeddings
    audio/transcriptions audio/translations audio/speech images/generations images/edits images/variations moderations
    rerank classify batches batches/x/cancel assistants assistants/x threads threads/x threads/x/messages threads/x/runs
    threads/x/runs/y/cancel fine_tuning/jobs fine_tuning/jobs/x/cancel files responses
""".split()
GETS = """
    models models/x capabilities credits/balance credits/history credits/stats messages/batches messages/batches/x
    messages/batches/x/results batches batches/x assistants assistants/x threads/x threads/x/messages threads/x/runs
    threads/x/runs/y fine_tuning/jobs fine_tuning/jobs/x fine_tuning/jobs/x/events files files/x files/x/content
    virtual-models virtual-models/x providers/status circuit-breaker/status responses/x
""".split()
DELETES = "models/x assistants/x threads/x files/x responses/x".split()
ENDPOINTS = [(method, f"/v1/{path}") for method in ("POST",) for path in POSTS]
ENDPOINTS += [("GET", f"/v1/{path}") for path in GETS] + [("DELETE", f"/v1/{path}") for path in DELETES]
ODD: tuple[Any, ...] = (None, -1, 1.5, True, "\ud800", [None], [[]], {"type": "x"}, [{}])
FORMS = "files audio/transcriptions audio/translations images/edits images/variations".split()
READING = [("POST", f"/v1/{path}") for path in POSTS if path not in FORMS and "/x" not in path]
FIELDS = """
    messages input inputs examples documents query prompt voice n speed dimensions encoding_format response_format tools
    tool_choice stop stop_sequences max_tokens temperature thinking system text reasoning metadata requests
    provider_specific_params virtual_model_id instructions previous_response_id input_file_id endpoint training_file
    assistant_id name content role top_n model stream stream_options reasoning_effort hyperparameters suffix
""".split()
WHOLE: dict[str, Any] = {
    "model": "openai/gpt-4o-mini",
    "messages": [{"role": "user", "content": "hi"}],
    "max_tokens": 5,
    "input": "hi",
    "inputs": ["hi"],
    "examples": [{"text": "hi", "label": "x"}],
    "documents": ["hi"],
    "query": "hi",
    "prompt": "hi",
    "voice": "alloy",
    "requests": [{"custom_id": "x", "params": {"model": "openai/gpt-4o-mini"}}],
    "role": "user",
    "content": "hi",
}


@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), *ENDPOINTS])
def test_every_endpoint_is_there_and_wants_the_key(ask: Ask, method: str, path: str) -> None:
    assert ask(method, path, {}, authorization="Bearer wrong").status == 401
    told = ask(method, path, {})
    assert told.status in (200, 400, 404)
    assert b"Invalid URL" not in told.body


@pytest.mark.parametrize(("method", "path"), READING)
def test_nonsense_is_refused_and_never_fails(ask: Ask, method: str, path: str) -> None:
    bodies: list[Any] = [b"", b"\xff", b"[]", b'"x"', b"1"]
    bodies += [{**WHOLE, field: value} for field in FIELDS for value in ODD]
    told = [(body, ask(method, path, body)) for body in bodies]
    assert [(body, answer.body) for body, answer in told if answer.status >= 500] == []


@pytest.mark.parametrize("path", GETS)
def test_odd_queries_never_fail(ask: Ask, path: str) -> None:
    for name in "limit after before order after_id cursor page page_size period group_by start_date status".split():
        for value in ("", "x", "-1", "%00", "\u0661".encode().hex(), "%D9%A1", "9" * 30):
            assert ask("GET", f"/v1/{path}?{name}={value}").status < 500


def test_many_callers_at_once_pay_once_each(corex: FakeCoreX, ask: Ask) -> None:
    def chat(number: int) -> int:
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "x" * 70_000}]}
        return int(ask("POST", "/v1/chat/completions", body, x_request_id=f"r{number % 20}").status)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(chat, range(60))) == {200}
    assert (corex.credits.used, len(corex.credits.entries)) == (20, 20)
