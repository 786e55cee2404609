"""The anthropic SDK takes the fake provider for Vertex AI."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from edgequake_async.testing import FakeProvider, ToolCall, error, text

Post = Callable[..., Any]


def test_messages_streams_counts_and_errors(fake: FakeProvider) -> None:
    options: Any = {"region": "L", "project_id": "P", "access_token": fake.api_key, "max_retries": 0}
    asked: Any = {"model": "claude", "max_tokens": 100, "messages": [{"role": "user", "content": "hello there"}]}
    with anthropic.AnthropicVertex(base_url=f"{fake.host_url}/v1", **options) as client:
        whole = client.messages.create(**asked)
        with client.messages.stream(**asked) as events:
            streamed = events.get_final_message()
        assert [message.content[0].text for message in (whole, streamed)] == ["You said: hello there"] * 2
        assert (whole.model, whole.usage) == ("claude", streamed.usage)
        counted = client.messages.count_tokens(model="claude", messages=asked["messages"])
        assert counted.input_tokens == whole.usage.input_tokens
        place = "/v1/projects/P/locations/L/publishers/anthropic/models"
        assert [record.path for record in fake.requests] == [
            f"{place}/claude:rawPredict",
            f"{place}/claude:streamRawPredict",
            f"{place}/count-tokens:rawPredict",
        ]
        fake.script(text(None, tool_calls=[ToolCall("add", {"a": 2})]), error(429, "quota"), error(529, "busy"))
        assert client.messages.create(**asked).content[0].input == {"a": 2}
        with pytest.raises(anthropic.RateLimitError) as quota:
            client.messages.create(**asked)
        assert quota.value.body == {"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED"}}
        with pytest.raises(anthropic.APIStatusError) as busy:
            client.messages.create(**asked)
        assert busy.value.body["error"] == {"type": "overloaded_error", "message": "busy"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"anthropic_version": None}, "anthropic_version: Field required"),
        ({"model": "claude"}, "model: Extra inputs are not permitted"),
    ],
)
def test_the_model_is_in_the_path_and_the_version_in_the_body(post: Post, changed: Any, message: str) -> None:
    place = "/v1/projects/P/locations/L/publishers/anthropic/models/claude:rawPredict"
    asked = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    head, body = post(place, {**asked, **changed})
    assert (head.status, json.loads(body)["error"]["message"]) == (400, message)
