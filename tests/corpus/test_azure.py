"""Every recorded call to Azure: asked for the same, we go to the recorded address, and read what came.

The recorded hosts are placeholders, and so are replaced by the fake provider's; what follows them is compared.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import edgequake_async
from edgequake_async.exceptions import EQError
from edgequake_async.testing import FakeProvider, raw

from .recordings import Exchange, everything, needed
from .replay import RECORDED, content_type, pieces

pytestmark = needed

_ROUTES = {
    "ai-inference.chat.completions": "/chat/completions",
    "chat.completions": "/chat/completions",
    "embeddings": "/embeddings",
    "messages": "/messages",
    "responses": "/responses",
}
# Recorded calls that went to an address where nothing is.
NOWHERE = {"d8bdfdd07d962fb7", "7d0cb5a5e62705a3"}


def recorded() -> list[Exchange]:
    """Every exchange that is judged here."""
    azure = [each for each in everything() if each.provider == "azure" and each.endpoint in _ROUTES and each.url]
    return [each for each in azure if each.id not in NOWHERE]


def asked(exchange: Exchange) -> dict[str, Any]:
    """How a user asks for the same: the resource, the deployment or model, the version."""
    where = urlsplit(exchange.url)
    version = parse_qs(where.query).get("api-version", [None])[0]
    path = where.path.replace("//", "/")
    model = exchange.model
    if "/openai/deployments/" in path:
        model = unquote(path.split("/openai/deployments/")[1].split("/")[0])
        # Some recorders left the query out.
        return {"model": f"azure/{model}", "base": "", "api_version": version or "any"}
    if exchange.endpoint == "messages":
        return {"model": f"azure_ai/{model}", "base": ""}
    if exchange.endpoint == "responses":
        # The resource is named; some recorders left the query out.
        dated = {"api_version": version or "any"} if path == "/openai/responses" else {}
        return {"model": f"azure/{model}", "base": "", **dated}
    base = path.removesuffix(_ROUTES[exchange.endpoint])
    return {"model": f"azure_ai/{model}" if "services.ai" in exchange.url else f"azure/{model}", "base": base}


@pytest.mark.asyncio
@pytest.mark.parametrize("exchange", [pytest.param(each, id=each.id) for each in recorded()])
async def test_the_recorded_address(exchange: Exchange) -> None:
    how = asked(exchange)
    body = list(pieces(exchange, RECORDED))
    headers = {**exchange.headers, "content-type": content_type(exchange)}
    error = None
    with FakeProvider() as fake:
        fake.on_request(lambda _: raw(exchange.status, headers, body, chunked=exchange.stream))
        target = {"api_base": fake.host_url + how.pop("base"), "api_key": "corpus-key-0123456789", "num_retries": 0}
        try:
            if exchange.endpoint == "embeddings":
                await edgequake_async.aembedding(input=["recorded"], **how, **target)
            elif exchange.endpoint == "responses":
                answer: Any = await edgequake_async.aresponses(
                    input="recorded", stream=exchange.stream or None, **how, **target
                )
                if exchange.stream:
                    assert [event async for event in answer]
            else:
                said = [{"role": "user", "content": "recorded"}]
                response: Any = await edgequake_async.acompletion(
                    messages=said, stream=exchange.stream or None, **how, **target
                )
                if exchange.stream:
                    assert [chunk async for chunk in response]
        except EQError as raised:
            error = raised
        (request,) = fake.requests
    where = urlsplit(exchange.url)
    assert unquote(request.path) == unquote(where.path.replace("//", "/"))
    assert request.query == {name: values[0] for name, values in parse_qs(where.query).items()} or how[
        "api_version"
    ] == ("any")
    assert (error.status_code if error else 200) == exchange.status
    if error:
        expected = {401: "AuthenticationError", 404: "NotFoundError"}[exchange.status]
        assert type(error).__name__ == expected


def test_no_recording_is_left_out() -> None:
    assert len(recorded()) == 88
