"""Batches and files from end to end, and the pages in which they are listed."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, raw

from .beside import LINE
from .ways import Way

JSON = {"content-type": "application/json"}


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}


def test_a_batch_from_end_to_end(way: Way, at: dict[str, Any]) -> None:
    stored = way.call("create_file", file=("a.jsonl", LINE.encode()), purpose="batch", **at)
    assert isinstance(stored, eq.OpenAIFileObject)
    assert (stored.filename, stored.bytes, stored["purpose"]) == ("a.jsonl", len(LINE), "batch")
    asked = {"completion_window": "24h", "endpoint": "/v1/chat/completions", "metadata": {"who": "me"}}
    batch = way.call("create_batch", input_file_id=stored.id, **asked, **at)
    assert isinstance(batch, eq.LiteLLMBatch)
    assert (batch.status, batch.metadata, batch.output_file_id) == ("validating", {"who": "me"}, None)
    assert way.call("retrieve_batch", batch_id=batch.id, **at).request_counts.total == 1
    batch = way.call("retrieve_batch", batch_id=batch.id, **at)
    assert (batch.status, batch.request_counts.completed) == ("completed", 1)
    answer = way.call("file_content", file_id=batch.output_file_id, **at).json()
    assert answer["response"]["body"]["choices"][0]["message"]["content"] == "You said: hi"
    with pytest.raises(eq.EQError, match="completed"):
        way.call("cancel_batch", batch_id=batch.id, **at)
    assert way.call("file_delete", file_id=stored.id, **at).deleted is True
    with pytest.raises(eq.NotFoundError):
        way.call("file_retrieve", file_id=stored.id, **at)


def test_why_a_batch_failed(way: Way, at: dict[str, Any]) -> None:
    stored = way.call("create_file", file=("a.jsonl", b"no JSON"), purpose="batch", **at)
    batch = way.call("create_batch", completion_window="24h", endpoint="/v1/embeddings", input_file_id=stored.id, **at)
    batch = way.call("retrieve_batch", batch_id=batch.id, **at)
    assert batch.status == "failed"
    assert (batch.errors.data[0].line, batch["errors"]["data"][0]["code"]) == (1, "invalid_line")


async def walked(**arguments: Any) -> list[str]:
    return [item.id async for item in await eq.afile_list(**arguments)]


def test_pages_are_walked_through(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    made = [eq.create_file(file=(f"{n}.txt", b"x"), purpose="user_data", **at).id for n in range(5)]
    fake.clear()
    asked = {"limit": 2, "purpose": "user_data", "extra_headers": {"x-a": "1"}, **at}
    found = [item.id for item in eq.file_list(**asked)] if way.backend is None else way.run(walked, **asked)
    assert found == made[::-1]
    assert [request.query.get("after") for request in fake.requests] == [None, made[3], made[1]]
    assert {request.query["purpose"] for request in fake.requests} == {"user_data"}
    assert {request.headers["x-a"] for request in fake.requests} == {"1"}
    page = way.call("file_list", **asked)
    assert [item.id for item in page.data] == made[:2:-1]
    assert page.has_next_page()


def test_a_page_tells_nobody_the_key(fake: FakeProvider, at: dict[str, Any]) -> None:
    for n in range(2):
        eq.create_file(file=(f"{n}.txt", b"x"), purpose="user_data", **at)
    page = eq.file_list(limit=1, **at)
    pickled = pickle.dumps(page)
    assert fake.api_key.encode() not in pickled
    again = pickle.loads(pickled)
    assert again == page
    assert page.has_next_page()
    # It does not know any more where it came from.
    assert not again.has_next_page()


@pytest.mark.parametrize("page", [{"data": []}, {"data": [{"id": "a"}]}, {"data": [], "has_more": True}])
def test_a_page_that_says_of_no_other_is_the_last(fake: FakeProvider, at: dict[str, Any], page: Any) -> None:
    fake.script(raw(200, JSON, json.dumps(page)))
    listed = eq.list_batches(**at)
    assert [batch.id for batch in listed] == [each["id"] for each in page["data"]]
    assert not listed.has_next_page()
    assert len(fake.requests) == 1


def test_an_id_stays_one_segment(fake: FakeProvider, at: dict[str, Any]) -> None:
    fake.script(raw(200, JSON, "{}"))
    eq.file_retrieve("../batches/a b?c=d#e", **at)
    assert fake.requests[-1].target == "/v1/files/..%2Fbatches%2Fa%20b%3Fc%3Dd%23e"
    for wrong in ("", " ", ".", "..", None, 5, "a\nb"):
        with pytest.raises(eq.BadRequestError, match="file_id: must be the id of one"):
            eq.file_retrieve(wrong, **at)  # type: ignore[arg-type]
    assert len(fake.requests) == 1
