"""Recorded request bodies go through ``acompletion`` as keyword arguments and must reach the wire unchanged.

Nothing added, nothing dropped, no number spelt anew (1 is not 1.0), and the caller's objects untouched. What
OpenAI was sent must also satisfy the types of OpenAI's own SDK.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openai.types.chat import completion_create_params as params
from pydantic import TypeAdapter, ValidationError

import edgequake_async
from edgequake_async import _eq_core
from edgequake_async.exceptions import BadRequestError, EQError
from edgequake_async.params import adapt

from .judging import difference
from .recordings import Exchange, batches, chat, embeddings, needed
from .replay import RECORDED, Replay

pytestmark = needed

# Requests that are refused before they are sent, because no provider can answer them.
REFUSED = {
    "097a51aae88fe3ed": "messages is a string",
    "83bd7058d44b6e7a": "no messages at all",
    "ca0fed2ee8c274d5": "messages is empty",
}
# Requests to OpenAI that its SDK's own types do not allow; what the recorded client sent all the same.
OUTSIDE_THE_SDK_TYPES = {"77f6551625186b5b": "image_url is a string"}

# The table's names of providers, where the corpus has others.
NAMES = {
    "alibaba": "dashscope",
    "copilot": "github_copilot",
    "fireworks": "fireworks_ai",
    "together": "together_ai",
    "venice": "veniceai",
    "vercel-gateway": "vercel_ai_gateway",
}

# What acompletion reads itself. None means "not given" there, so a null that is meant goes the same way.
_LOCAL = frozenset({"metadata", "timeout"})

# Kept for the whole run: what pydantic validates lazily outlives the call, and it panics without its adapter.
_SHAPES: dict[bool, TypeAdapter[Any]] = {
    False: TypeAdapter(params.CompletionCreateParamsNonStreaming),
    True: TypeAdapter(params.CompletionCreateParamsStreaming),
}


def _asked() -> list[Exchange]:
    return [each for each in chat() if each.asked is not None]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "exchanges",
    [pytest.param(members, id=name) for name, members in batches(each for each in _asked() if each.id not in REFUSED)],
)
async def test_what_is_asked_is_what_is_sent(exchanges: list[Exchange], replay: Replay) -> None:
    calls = [_call(exchange, replay) for exchange in exchanges]
    untouched = copy.deepcopy(calls)
    await asyncio.gather(*map(_send, calls))
    assert calls == untouched, "a caller's object was changed"
    received = replay.received()
    wrong = []
    for exchange in exchanges:
        expected = {**_body(exchange), "model": exchange.model}
        if exchange.id not in received:
            wrong.append(f"{exchange.id} ({exchange.provider}): never arrived")
            continue
        sent = received[exchange.id].json
        if _spelling(sent) != _spelling(expected):
            found = list(difference(expected, sent)) or ["numbers are spelt differently"]
            wrong += [f"{exchange.id} ({exchange.provider}): {each}" for each in found]
        if exchange.provider == "openai" and exchange.id not in OUTSIDE_THE_SDK_TYPES:
            wrong += [f"{exchange.id}: the SDK's types refuse {each}" for each in _refusals(sent)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", REFUSED)
async def test_unanswerable_requests_are_refused_unsent(name: str, replay: Replay) -> None:
    [exchange] = [each for each in _asked() if each.id == name]
    with pytest.raises(BadRequestError, match="messages"):
        await edgequake_async.acompletion(**_call(exchange, replay))
    assert not replay.received()


def test_no_rule_refuses_what_a_provider_has_answered() -> None:
    names = {row["name"] for row in _eq_core.providers()}
    judged = 0
    for exchange in [*chat(), *embeddings()]:
        provider = NAMES.get(exchange.provider, exchange.provider)
        if exchange.status == 200 and exchange.asked is not None and provider in names:
            body = {key: value for key, value in exchange.asked.items() if value is not None}
            route = "embeddings" if "embeddings" in exchange.endpoint else "chat"
            adapt({**body, "model": exchange.model}, route, provider, {"model": exchange.model})
            judged += 1
    assert judged > 500


def test_the_table_of_exceptions_is_true() -> None:
    for exchange in _asked():
        if exchange.id in OUTSIDE_THE_SDK_TYPES:
            assert _refusals({**_body(exchange), "model": exchange.model}), exchange.id


def _body(exchange: Exchange) -> Mapping[str, Any]:
    assert exchange.asked is not None
    return exchange.asked


def _call(exchange: Exchange, replay: Replay) -> dict[str, Any]:
    body = dict(copy.deepcopy(_body(exchange)))
    aside = {key: body.pop(key) for key in list(body) if key in _LOCAL or body[key] is None}
    body["model"] = f"openai/{exchange.model}"
    if aside:
        body["extra_body"] = aside
    if exchange.status >= 400:
        # A parameter that the table says is lacking is sent all the same, as the recorded client did.
        body["allowed_openai_params"] = list(body)
    body["api_base"] = replay.base_url(exchange, RECORDED)
    return {**body, "api_key": "corpus-key-0123456789", "num_retries": 0}


async def _send(call: dict[str, Any]) -> None:
    try:
        response = await edgequake_async.acompletion(**call)
        if call.get("stream"):
            async for _ in response:
                pass
    except EQError:
        pass  # what the recorded answer was is another test's matter


def _spelling(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


def _refusals(body: Mapping[str, Any]) -> Iterator[str]:
    try:
        _exhaust(_SHAPES[bool(body.get("stream"))].validate_python(body))
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


def _exhaust(value: Any) -> None:
    """Iterables are validated by pydantic only as they are walked."""
    if isinstance(value, dict):
        value = value.values()
    if not isinstance(value, (str, bytes)) and hasattr(value, "__iter__"):
        for item in value:
            _exhaust(item)
