"""From keyword arguments to what crosses into the engine: JSON bytes and a target. Reads the caller's objects, never
changes them, and says which argument is wrong before a byte is sent.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel

from . import _eq_core, alias, config, registry
from ._error_mapping import to_exception
from .arguments import LOCAL, NOT_FOR_HANDLERS, OF_AZURE, UNSUPPORTED, as_mapping, as_text, local_names, refuse
from .entra import refuse_credentials
from .exceptions import BadRequestError
from .params import adapt, allowed_params, joined, without
from .ranking import to_request
from .redirects import PROXY, asked_model, goes_to_proxy
from .structured import fit, read_response_format
from .terms import CallInfo, call_info, find_target, own_headers
from .types.message import audio_as_sent
from .unserialisable import lone_surrogate, to_body

__all__ = ["Call", "handler_params", "list_messages", "prepare", "resolve", "resolve_call", "serialise"]

# Null in what an answer's message dumps, and a list where it is sent:
# https://platform.openai.com/docs/api-reference/chat/create
_CALLS = ("tool_calls", "function_call")
_PATHS = {
    "chat": "/chat/completions",
    "messages": "/messages",
    "completions": "/completions",
    "embeddings": "/embeddings",
    "rerank": "/rerank",
    "responses": "/responses",
}


class Call(NamedTuple):
    """A call that is ready to cross. ``headers`` are its own, which no other call may share."""

    target: _eq_core.Target
    body: bytes
    info: CallInfo
    headers: tuple[tuple[str, str], ...]


def resolve(model: str, provider: str | None = None) -> tuple[str, str]:
    """The provider and the model that a model string names: ``"groq/llama-3"`` -> ``("groq", "llama-3")``.

    Raises:
        BadRequestError: the model is empty, or names no provider that we know.
    """
    try:
        return registry.resolve(model, provider)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], model) from None
    except UnicodeEncodeError as error:
        raise BadRequestError(f"model: {lone_surrogate(error)}", model, "") from None


def resolve_call(params: Mapping[str, Any]) -> tuple[str, str]:
    """The provider that a call goes to, and what it calls the model.

    Raises:
        BadRequestError: the model is no string, or names no provider that we know.
    """
    model, named = params["model"], params.get("custom_llm_provider")
    if not isinstance(model, str):
        raise BadRequestError(f"model: must be a string, not {type(model).__name__}", "", "")
    if config.is_rerouting() or params.get("use_litellm_proxy"):
        model = asked_model(params)
        if goes_to_proxy(params):
            named, model = PROXY, model.removeprefix(f"{PROXY}/")
    return resolve(model, None if named is None else as_text("custom_llm_provider", named, model))


def prepare(route: str, params: dict[str, Any]) -> Call:
    """Check and split the keyword arguments of a call.

    Args:
        route: ``"chat"``, ``"completions"``, ``"embeddings"``, ``"messages"``, ``"rerank"`` or ``"responses"``.
        params: every argument of the call; ``None`` means not given. Consumed.

    Raises:
        BadRequestError: an argument has the wrong type or cannot be sent as JSON; the message names it.
        AuthenticationError: the provider needs a key and none was found.
        UnsupportedParamsError: an argument asks for something that this version or the provider does not do.
    """
    alias.rename()
    provider, name = resolve_call(params)
    model, get = params["model"], params.get
    for unsupported in UNSUPPORTED:
        if get(unsupported):
            refuse(params, provider, model)
    body: dict[str, Any] = {"model": name}
    # A provider with a protocol of its own takes its own parameters after the translation, not among OpenAI's.
    row = config.row(provider)
    is_native = bool(row["protocol"]) and _translates(route, provider, name)
    if route in ("chat", "messages"):
        body["messages"] = list_messages(params["messages"], model)
    local = local_names(route, provider)
    if provider in OF_AZURE:
        refuse_credentials(provider, params)
    if route == "rerank":
        body.update(to_request(provider, params))
    for key, value in params.items():
        if value is not None and key not in local:
            body[key] = value
    response_format = None if route == "messages" else get("response_format")
    if response_format is not None:
        body["response_format"] = read_response_format(response_format, model)
    if (dropped := get("additional_drop_params")) is not None:
        if not isinstance(dropped, (list, tuple, set, frozenset)):
            kind = type(dropped).__name__
            raise BadRequestError(f"additional_drop_params: must be a list of names, not {kind}", model, "")
        for unwanted in dropped:
            body.pop(unwanted, None)
    if route == "chat" and config.is_rerouting():
        # Imported where it is needed: it brings the list of models.
        from .prompted_functions import tell

        tell(body, provider)
    if route not in ("messages", "responses"):
        adapt(body, route, provider, params)
    if row["refuses"] and route == "chat":
        body["messages"] = [without(message, row["refuses"]) for message in body["messages"]]
    if row["joins_texts"] and route == "chat":
        body["messages"] = [joined(message) for message in body["messages"]]
    is_claude = route == "chat" and row["protocol"] == "anthropic"
    if is_claude and isinstance(user := get("metadata"), Mapping) and user.get("user_id"):
        # Claude's own parameter has litellm's name for something else: https://docs.anthropic.com/en/api/messages
        body.setdefault("user", user["user_id"])
    way = fit(body, provider, allowed_params(params)) if response_format is not None else None
    if (extra_body := get("extra_body")) is not None:
        body.update({"extra_body": extra_body} if is_native else as_mapping("extra_body", extra_body, model))
    to = ("POST", _path(route, row, params))
    target, info = find_target(route, to, provider, name, bool(get("stream")), params)
    if way is not None:
        info = call_info(info.provider, info.model, info.api_base, way)
    return Call(target, serialise(body, model, is_native), info, own_headers(provider, params))


def handler_params(params: Mapping[str, Any], provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a call to a provider in Python: those meant for it, and those that no provider is sent.

    Raises:
        BadRequestError, UnsupportedParamsError: as ``prepare``.
    """
    model = params["model"]
    if any(params.get(name) for name in NOT_FOR_HANDLERS):
        refuse(params, provider, model, NOT_FOR_HANDLERS)
    given = {key: value for key, value in params.items() if value is not None}
    optional = {key: value for key, value in given.items() if key not in LOCAL}
    if (response_format := given.get("response_format")) is not None:
        optional["response_format"] = read_response_format(response_format, model)
    if (extra_body := given.get("extra_body")) is not None:
        optional["extra_body"] = as_mapping("extra_body", extra_body, model)
    for unwanted in given.get("additional_drop_params") or ():
        optional.pop(unwanted, None)
    local = LOCAL - {"model", "messages", "response_format", "extra_body", "additional_drop_params"}
    return optional, {key: value for key, value in given.items() if key in local}


def list_messages(messages: Any, model: str) -> list[Any]:
    """The messages of a call.

    Raises:
        BadRequestError: they are none.
    """
    if isinstance(messages, (str, bytes, Mapping, BaseModel)) or not hasattr(messages, "__iter__"):
        raise BadRequestError(f"messages: must be a list of messages, not {type(messages).__name__}", model, "")
    checked = list(messages)
    if not checked:
        raise BadRequestError("messages: must not be empty", model, "")
    for index, message in enumerate(checked):
        if not isinstance(message, (Mapping, BaseModel)):
            kind = type(message).__name__
            raise BadRequestError(f"messages[{index}]: must be a dict or a Message, not {kind}", model, "")
        if not isinstance(message, Mapping) or message.get("role") != "assistant":
            continue
        if any(message.get(name, message) is None for name in _CALLS):
            message = {name: said for name, said in message.items() if said is not None or name not in _CALLS}
        if isinstance(audio := message.get("audio"), Mapping):
            message = {**message, "audio": audio_as_sent(audio)}
        checked[index] = message
    return checked


def serialise(body: dict[str, Any], model: str, is_native: bool = False) -> bytes:
    """A body as JSON, or the BadRequestError that names what cannot be sent."""
    try:
        return to_body(body, native=is_native)
    except ValueError as error:
        raise BadRequestError(str(error), model, "") from None


def _path(route: str, row: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    path: str = row["paths"].get(route) or _PATHS[route]
    query = params.get("extra_query") if route == "responses" else None
    return f"{path}?{urlencode(as_mapping('extra_query', query, params['model']), doseq=True)}" if query else path


_translates = functools.lru_cache(maxsize=512)(_eq_core.translates)
