"""The async core of the Responses API: natively where the provider has it, else through a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import edgequake_async

from .. import _eq_core, config, sync
from .._error_mapping import to_exception
from ..event_streams import one_by_one
from ..exceptions import BadRequestError
from ..loops import enter
from ..reply import ReplySource
from ..request import prepare, resolve_call
from ..structured import read_response_format
from ..types import ResponsesAPIResponse
from ..types.tolerant import read
from .bridge_request import Asked, flat_format, to_chat
from .bridge_streams import AsyncBridge, SyncBridge, whole
from .reader import EventReader, ResponseEvents
from .streaming_iterator import ResponsesAPIStreamingIterator, SyncResponsesAPIStreamingIterator

__all__ = ["respond", "respond_sync"]


async def respond(params: dict[str, Any]) -> ResponsesAPIResponse | ResponsesAPIStreamingIterator:
    """A response; see ``aresponses``. ``params`` has every argument, ``None`` for those not given."""
    asked = _bridged(params)
    if asked is not None:
        # Looked up now: programs and tracers replace the function.
        answer = await edgequake_async.acompletion(**asked.chat)
        return ResponsesAPIStreamingIterator(AsyncBridge(answer, asked)) if params["stream"] else whole(answer, asked)
    native = await _native(params)
    return ResponsesAPIStreamingIterator(native) if isinstance(native, ResponseEvents) else native


def respond_sync(params: dict[str, Any]) -> ResponsesAPIResponse | SyncResponsesAPIStreamingIterator:
    """``respond`` for sync callers."""
    asked = _bridged(params)
    if asked is not None:
        answer = edgequake_async.completion(**asked.chat)
        if not params["stream"]:
            return whole(answer, asked)
        bridge = SyncBridge(answer, asked)
        return SyncResponsesAPIStreamingIterator(bridge, bridge.events())
    native = sync.run(_native, params)
    if not isinstance(native, ResponseEvents):
        return native
    return SyncResponsesAPIStreamingIterator(native, one_by_one(native))


async def _native(params: dict[str, Any]) -> ResponsesAPIResponse | ResponseEvents:
    port = await enter()
    target, body, info, headers = prepare("responses", {**params, **_text(params), "text_format": None})
    try:
        if params["stream"]:
            reader = EventReader(info.provider, info.model)
            opened = await _eq_core.open_stream(port, target, body, reader.decode, reader.fail, "events", headers)
            return ResponseEvents(opened.take(), info, reader)
        reply = await _eq_core.request(port, target, body, headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    try:
        response = read(ResponsesAPIResponse, reply.body)
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(ReplySource(reply, info))
    return response


def _bridged(params: dict[str, Any]) -> Asked | None:
    """The chat completion to ask for, where the provider has no Responses API.

    Raises:
        BadRequestError: an argument has the wrong type.
        UnsupportedParamsError: a chat cannot say what is asked for.
    """
    model, asked = params["model"], params["input"]
    if not isinstance(model, str):
        raise BadRequestError(f"model: must be a string, not {type(model).__name__}", "", "")
    if not isinstance(asked, str) and (isinstance(asked, (bytes, Mapping)) or not hasattr(asked, "__iter__")):
        raise BadRequestError(f"input: must be a text or a list of items, not {type(asked).__name__}", model, "")
    if config.handlers():
        from ..custom_calls import find

        if custom := find({**params, "messages": []}):
            return to_chat(params, custom.info.provider, custom.info.model)
    provider, name = resolve_call(params)
    return None if "responses" in config.row(provider).get("endpoints", ()) else to_chat(params, provider, name)


def _text(params: dict[str, Any]) -> dict[str, Any]:
    """``text`` with ``text_format`` in it."""
    if (wanted := params.get("text_format")) is None:
        return {}
    model, text = params["model"], params.get("text") or {}
    if text.get("format") is not None:
        raise BadRequestError("text_format: text['format'] is given too", model, "")
    return {"text": {**text, "format": flat_format(read_response_format(wanted, model))}}
