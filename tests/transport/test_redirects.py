"""Redirects keep method and body, and a key never travels to another origin."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_async import acompletion
from edgequake_async.exceptions import EQError
from edgequake_async.testing import FakeProvider, raw

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_on_the_same_origin_keeps_everything(
    fake: FakeProvider, target: dict[str, Any], status: int
) -> None:
    fake.script(raw(status, {"location": "/elsewhere/v1/chat/completions"}))
    fake.on_request(lambda record: raw(200, {}, {"choices": [], "model": "moved"}) if "else" in record.path else None)
    response = await acompletion(messages=ASK, **target)
    assert response.model == "moved"
    first, second = fake.requests
    assert second.path == "/elsewhere/v1/chat/completions"
    assert second.method == "POST"
    assert second.body == first.body
    assert second.headers["authorization"] == first.headers["authorization"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_another_origin_never_sees_the_key(fake: FakeProvider, target: dict[str, Any], status: int) -> None:
    with FakeProvider() as other:
        fake.on_request(lambda record: raw(status, {"location": f"{other.base_url}/chat/completions"}))
        try:
            await acompletion(messages=ASK, extra_headers={"x-api-key": target["api_key"]}, **target)
        except EQError as error:
            assert target["api_key"] not in str(error)  # noqa: PT017 (it may fail or follow; it may not tell)
        for record in other.requests:
            assert target["api_key"] not in repr(record.headers)


async def test_a_circle_ends(fake: FakeProvider, target: dict[str, Any]) -> None:
    fake.on_request(lambda record: raw(307, {"location": record.target}))
    with pytest.raises(EQError):
        await acompletion(messages=ASK, **target)
    assert len(fake.requests) <= 21
