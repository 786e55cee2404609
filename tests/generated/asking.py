"""Made answers over a socket: served as bytes, asked for whole or streamed."""

from __future__ import annotations

import json
from typing import Any

import edgequake_async
from edgequake_async.testing import FakeProvider, raw

from .cutting import body, events
from .forms import Form, Json, Speaker

HELLO: Json = {"role": "user", "content": "Hello"}
_TYPES = {"ollama_chat": "application/x-ndjson"}


async def whole(fake: FakeProvider, form: Form, made: Json, messages: Any = (HELLO,)) -> Any:
    """What an answer becomes that is asked for at once."""
    fake.script(raw(body=made))
    return await _ask(fake, form, messages)


async def chunks(fake: FakeProvider, form: Form, made: Json, speaker: Speaker) -> list[Any]:
    """The chunks that an answer becomes."""
    return await told(fake, form, events(form, made, speaker), speaker)


async def told(fake: FakeProvider, form: Form, said: list[Json], speaker: Speaker) -> list[Any]:
    """The chunks that events become."""
    headers = {"content-type": _TYPES.get(form.prefix, "text/event-stream")}
    fake.script(raw(200, headers, speaker.torn(body(form, said)), chunked=True))
    return [chunk async for chunk in await _ask(fake, form, [HELLO], stream=True)]


async def _ask(fake: FakeProvider, form: Form, messages: Any, **more: Any) -> Any:
    return await edgequake_async.acompletion(
        model=f"{form.prefix}/m",
        messages=list(messages),
        api_base=fake.base_url if form.prefix == "openai" else fake.host_url,
        api_key="generated-key-0123456789",
        num_retries=0,
        **more,
    )


def plain(response: Any) -> Json:
    """A response or a chunk as JSON, without what was not sent."""
    said: Json = response.model_dump(exclude_unset=True)
    return said


def opened(value: Any) -> list[Any]:
    """What the arguments of calls say, which are texts of JSON."""
    if isinstance(value, list):
        return [each for item in value for each in opened(item)]
    if not isinstance(value, dict):
        return []
    told = value.get("arguments")
    own = [json.loads(told)] if isinstance(told, str) and told.startswith("{") and told.endswith("}") else []
    return [*own, *opened([*value.values()])]


def folded(pieces: list[Any]) -> Any:
    """Many documents as one: texts that stand at the same place are joined, all else is beside each other."""
    first = pieces[0]
    if all(isinstance(each, dict) for each in pieces):
        names = dict.fromkeys(name for each in pieces for name in each)
        return {name: folded([each[name] for each in pieces if name in each]) for name in names}
    if all(isinstance(each, list) for each in pieces):
        places: dict[Any, list[Any]] = {}
        for each in pieces:
            for at, item in enumerate(each):
                place = item.get("index", at) if isinstance(item, dict) else at
                places.setdefault(place, []).append(item)
        return [folded(items) for items in places.values()]
    if all(isinstance(each, str) for each in pieces):
        return "".join(pieces)
    kept = [each for each in pieces if each is not None]
    return kept if len(kept) == len(pieces) else (folded(kept) if kept else first)
