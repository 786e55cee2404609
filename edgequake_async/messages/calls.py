"""The async core of the Messages API: natively where the provider has it, else through a chat completion."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, cast

from pydantic_core import from_json

import edgequake_async

from .. import _eq_core, config, mock, sync
from .._error_mapping import to_exception
from ..event_streams import NativeEvents, one_by_one
from ..exceptions import BadRequestError
from ..loops import enter
from ..reply import ReplySource
from ..request import list_messages, prepare, resolve_call
from ..types.llms.anthropic_messages.anthropic_response import AnthropicMessagesResponse
from .bridge_request import Asked, to_chat
from .bridge_streams import AsyncBridge, SyncBridge, whole
from .events import AnthropicEvent, MessageReply
from .moved import without_notes
from .reader import EventReader
from .streaming import AnthropicMessagesStream, SyncAnthropicMessagesStream

__all__ = ["message", "message_sync"]


async def message(params: dict[str, Any]) -> AnthropicMessagesResponse | AnthropicMessagesStream:
    """A message; see ``anthropic_messages``. ``params`` has every argument, ``None`` for those not given."""
    asked = _bridged(params)
    if asked is not None:
        # Looked up now: programs and tracers replace the function.
        answer: Any = await edgequake_async.acompletion(**asked.chat)
        return AnthropicMessagesStream(AsyncBridge(answer, asked)) if params["stream"] else _typed(whole(answer, asked))
    native = await _native(params)
    return AnthropicMessagesStream(native) if isinstance(native, NativeEvents) else _typed(native)


def message_sync(params: dict[str, Any]) -> AnthropicMessagesResponse | SyncAnthropicMessagesStream:
    """``message`` for sync callers."""
    asked = _bridged(params)
    if asked is not None:
        answer: Any = edgequake_async.completion(**asked.chat)
        if not params["stream"]:
            return _typed(whole(answer, asked))
        bridge = SyncBridge(answer, asked)
        return SyncAnthropicMessagesStream(bridge, bridge.events())
    native = sync.run(_native, params)
    if not isinstance(native, NativeEvents):
        return _typed(native)
    return SyncAnthropicMessagesStream(native, one_by_one(native))


def _typed(reply: MessageReply) -> AnthropicMessagesResponse:
    return cast("AnthropicMessagesResponse", reply)


async def _native(params: dict[str, Any]) -> MessageReply | NativeEvents[AnthropicEvent]:
    port = await enter()
    if "azure_ad_token_provider" in params:
        from ..entra import fetch_token

        await fetch_token(params, resolve_call(params)[0])
    # Absent and false are the same, and not every service knows the word.
    messages = without_notes(list_messages(params["messages"], params["model"]))
    given = {**params, **_betas(params), "messages": messages, "stream": params["stream"] or None}
    target, body, info, headers = prepare("messages", given)
    try:
        if params["stream"]:
            reader = EventReader(info.provider, info.model)
            opened = await _eq_core.open_stream(port, target, body, reader.decode, reader.fail, "events", headers)
            return NativeEvents(opened.take(), info)
        reply = await _eq_core.request(port, target, body, headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    try:
        document = from_json(reply.body)
        if not isinstance(document, dict):
            raise ValueError(f"the JSON is no object but {type(document).__name__}")  # noqa: TRY004
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    answer = MessageReply(document)
    answer._source = ReplySource(reply, info)
    return answer


def _betas(params: Mapping[str, Any]) -> dict[str, Any]:
    """Bedrock reads in the body what Anthropic reads in a header
    (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html)."""
    headers = params.get("extra_headers")
    if not isinstance(headers, Mapping) or resolve_call(params)[0] != "bedrock":
        return {}
    named = next((value for name, value in headers.items() if str(name).lower() == "anthropic-beta"), None)
    if not isinstance(named, str):
        return {}
    others = {name: value for name, value in headers.items() if str(name).lower() != "anthropic-beta"}
    betas = [*(params.get("anthropic_beta") or ()), *(each.strip() for each in named.split(",") if each.strip())]
    return {"extra_headers": others, "anthropic_beta": betas}


def _bridged(params: dict[str, Any]) -> Asked | None:
    """The chat completion to ask for, where the provider does not have the API for the model.

    Raises:
        BadRequestError: an argument has the wrong type.
        UnsupportedParamsError: a chat cannot say what is asked for.
    """
    if not isinstance(params["model"], str):
        raise BadRequestError(f"model: must be a string, not {type(params['model']).__name__}", "", "")
    if config.handlers():
        from ..custom_calls import find

        if custom := find(params):
            return to_chat(params, custom.info.provider, custom.info.model)
    provider, name = resolve_call(params)
    is_mock = any(params.get(argument) for argument in mock.NAMES)
    return None if not is_mock and _serves("messages", provider, name) else to_chat(params, provider, name)


_serves = functools.lru_cache(maxsize=1024)(_eq_core.serves)
