"""The fake provider's endpoints beside chat: whoever asks, by whatever path; what it refuses; what it remembers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest

from edgequake_async.testing import FakeProvider, error, text

LINES = [
    {"custom_id": "chat", "body": {"model": "m", "messages": [{"role": "user", "content": "hi"}]}},
    {"custom_id": "wrong", "body": {"model": "m", "messages": []}},
]


@pytest.mark.parametrize("prefix", ["/v1", "/openai/v1", "/openai/deployments/d", ""])
def test_any_prefix_leads_there(fake: FakeProvider, prefix: str) -> None:
    reply = httpx.post(f"{fake.host_url}{prefix}/images/generations?api-version=1", json={"prompt": "a", "n": 2})
    assert len(reply.json()["data"]) == 2
    stored = httpx.post(
        f"{fake.host_url}{prefix}/files", files={"file": ("a.txt", b"abc")}, data={"purpose": "user_data"}
    ).json()
    assert httpx.get(f"{fake.host_url}{prefix}/files/{stored['id']}/content").content == b"abc"
    assert httpx.get(f"{fake.host_url}/v1/files/{stored['id']}").json() == stored


def test_what_is_not_there(fake: FakeProvider) -> None:
    def status(method: str, path: str, **sent: Any) -> int:
        reply = httpx.request(method, f"{fake.base_url}{path}", **sent)
        assert reply.json()["error"]["message"]
        return reply.status_code

    assert status("GET", "/files/none") == 404
    assert status("GET", "/images/nonsense") == 404
    assert status("GET", "/images/generations") == 405
    assert status("DELETE", "/batches") == 405
    assert status("POST", "/moderations", json={}) == 400
    assert status("POST", "/audio/transcriptions", json={"model": "m"}) == 400


def test_it_remembers_for_itself_alone(fake: FakeProvider) -> None:
    with FakeProvider() as other, openai.OpenAI(base_url=fake.base_url, api_key="k") as client:
        stored = client.files.create(file=b"abc", purpose="batch")
        assert [file.id for file in client.files.list()] == [stored.id]
        fake.clear()
        assert client.files.retrieve(stored.id) == stored
        assert httpx.get(f"{other.base_url}/files").json()["data"] == []


def test_a_batch_answers_each_line(fake: FakeProvider) -> None:
    with openai.OpenAI(base_url=fake.base_url, api_key="k") as client:
        content = "\n".join(map(json.dumps, LINES)).encode()
        stored = client.files.create(file=content, purpose="batch")
        batch = client.batches.create(input_file_id=stored.id, endpoint="/v1/chat/completions", completion_window="24h")
        while batch.status != "completed":
            batch = client.batches.retrieve(batch.id)
        counts = batch.request_counts
        assert counts is not None
        assert (counts.total, counts.completed, counts.failed) == (2, 1, 1)
        assert json.loads(client.files.content(str(batch.output_file_id)).content)["custom_id"] == "chat"
        assert json.loads(client.files.content(str(batch.error_file_id)).content)["custom_id"] == "wrong"


def test_scripts_and_keys() -> None:
    with FakeProvider(require_key=True) as fake, openai.OpenAI(base_url=fake.base_url, api_key="k") as client:
        with pytest.raises(openai.AuthenticationError):
            client.moderations.create(input="a")
        mine = client.with_options(api_key=fake.api_key, max_retries=0)
        fake.script(error(429, "slow down"), text("a chat"))
        with pytest.raises(openai.RateLimitError, match="slow down"):
            mine.moderations.create(input="a")
        with pytest.raises(openai.InternalServerError, match="not by a text"):
            mine.moderations.create(input="a")
        assert mine.moderations.create(input="a").results
