"""From keyword arguments to what crosses into the engine: JSON bytes and a target. Reads the caller's objects, never
changes them, and says which argument is wrong before a byte is sent.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel

from . import _eq_core, alias, config, registry
from ._error_mapping import to_exception
from .entra import CREDENTIALS, check_shown, refuse_credentials
from .exceptions import AuthenticationError, BadRequestError, UnsupportedParamsError
from .params import adapt, allowed_params, drops, joined, without
from .ranking import ARGUMENTS, to_request
from .redirects import PROXY, asked_model, goes_to_proxy
from .structured import fit, read_response_format
from .timeouts import read_timeout
from .unserialisable import lone_surrogate, to_body

__all__ = [
    "OF_AZURE",
    "UNSUPPORTED",
    "Call",
    "CallInfo",
    "as_mapping",
    "find_target",
    "handler_params",
    "list_messages",
    "local_names",
    "make_target",
    "own_headers",
    "prepare",
    "refuse",
    "resolve",
    "resolve_call",
    "serialise",
]

# They promise something that this version does not do for every call; ignoring them would be a lie.
UNSUPPORTED = (
    "fallbacks context_window_fallbacks context_window_fallback_dict content_policy_fallbacks mock_response "
    "mock_tool_calls mock_timeout model_list deployment_id client shared_session ensure_alternating_roles "
    "user_continue_message"
).split()
_NOT_FOR_HANDLERS = (*UNSUPPORTED, "enable_json_schema_validation", "max_image_size")
# Read here and not sent. From `metadata` on it is litellm's own bookkeeping, which programs pass along; `metadata`
# belongs to callbacks there (a provider that wants it gets it through extra_body).
LOCAL = frozenset(UNSUPPORTED).union(
    "model messages api_key api_base base_url api_version timeout request_timeout stream_timeout num_retries "
    "max_retries extra_headers headers extra_body custom_llm_provider organization ssl_verify drop_params "
    "additional_drop_params allowed_openai_params response_format max_image_size allow_private_media "
    "enable_json_schema_validation "
    "metadata litellm_metadata litellm_call_id litellm_session_id litellm_trace_id logger_fn verbose force_timeout "
    "retry_strategy cache caching ttl tags model_info input_cost_per_token output_cost_per_token "
    "input_cost_per_second output_cost_per_second no-log use_litellm_proxy api_type azure base_model "
    "azure_ad_token azure_ad_token_provider".split()
)
OF_AZURE = ("azure", "azure_ai")
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
# The Responses API and Anthropic's keep `metadata`. Of the former, `extra_query` goes into the URL; beside chat and in
# Anthropic's words, `response_format` is none of ours.
_LOCAL_OF = {
    "messages": LOCAL - {"metadata", "response_format"},
    "responses": LOCAL - {"metadata"} | {"extra_query"},
    "beside": LOCAL - {"response_format"} | {"extra_query", "stream"},
}
_ANTHROPIC_VERSION = {"anthropic-version": "2023-06-01"}


@dataclass(frozen=True)
class CallInfo:
    """What a response says of its call."""

    provider: str
    model: str
    api_base: str
    structured_output: str | None = None


class Call(NamedTuple):
    """A call that is ready to cross. ``headers`` are its own, which no other call may share."""

    target: _eq_core.Target
    body: bytes
    info: CallInfo
    headers: list[tuple[str, str]]


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
    return resolve(model, None if named is None else _text("custom_llm_provider", named, model))


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
        info = _info(info.provider, info.model, info.api_base, way)
    return Call(target, serialise(body, model, is_native), info, own_headers(provider, params))


def refuse(params: Mapping[str, Any], provider: str, model: str, refused: Sequence[str] = UNSUPPORTED) -> None:
    """Raise the UnsupportedParamsError that names those of ``refused`` that are given."""
    names = [name for name in refused if params.get(name)]
    raise UnsupportedParamsError(f"edgequake_async does not support parameters: {names}", provider, model)


def handler_params(params: Mapping[str, Any], provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a call to a provider in Python: those meant for it, and those that no provider is sent.

    Raises:
        BadRequestError, UnsupportedParamsError: as ``prepare``.
    """
    model = params["model"]
    if any(params.get(name) for name in _NOT_FOR_HANDLERS):
        refuse(params, provider, model, _NOT_FOR_HANDLERS)
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
            checked[index] = {name: said for name, said in message.items() if said is not None or name not in _CALLS}
    return checked


def as_mapping(argument: str, value: Any, model: str) -> Mapping[str, Any]:
    """``value``, or the BadRequestError that it is no dict."""
    if not isinstance(value, Mapping):
        raise BadRequestError(f"{argument}: must be a dict, not {type(value).__name__}", model, "")
    return value


def serialise(body: dict[str, Any], model: str, is_native: bool = False) -> bytes:
    """A body as JSON, or the BadRequestError that names what cannot be sent."""
    try:
        return to_body(body, native=is_native)
    except ValueError as error:
        raise BadRequestError(str(error), model, "") from None


def find_target(
    route: str,
    to: tuple[str, str],
    provider: str,
    name: str,
    stream: bool,
    params: Mapping[str, Any],
    *,
    once: bool = False,
) -> tuple[_eq_core.Target, CallInfo]:
    """Where a call goes and under which terms, ``to`` a method of HTTP and a path under the base URL.

    ``once``: the path is this call's own and no other will ask for the same target.

    Raises:
        BadRequestError, AuthenticationError: as ``prepare``.
    """
    get = params.get
    model = params["model"]
    row = config.row(provider)
    options = config.options_for(provider, _told(provider, name, params)) if row["options"] else config.EMPTY
    allows = get("allow_private_media")
    if config.get("allow_private_media") if allows is None else allows:
        options = {**options, "allow_private_media": True}
    given_base = get("api_base") or get("base_url")
    if given_base:
        base = config.with_suffix(provider, _text("api_base", given_base, model))
    else:
        base = config.base_for(provider, options)
    given_key = get("api_key")
    if given_key:
        key: str | None = _text("api_key", given_key, model)
    else:
        key = _found_key(route, provider, name, params)
    if not base and row["auth"]:
        # What authorises the call knows more places to look in (a profile of AWS), and fills in the blank.
        base = row["base_url"]
    if not base:
        names = " or ".join(config.base_variables(provider))
        why = f"provider {provider!r} has no default; pass api_base or set {names}"
        raise BadRequestError(f"api_base: {why}", model, provider)
    if key is None and row["key_required"] and base == config.default_base(provider, options):
        names = " or ".join(row["key_vars"])
        raise AuthenticationError(f"No API key for {provider}: pass api_key or set {names}", provider, model)
    headers = _headers(route, provider, row, params)
    if key is None and provider in OF_AZURE:
        check_shown(provider, model, row["key_vars"], options, headers)
    timeout = get("timeout")
    if stream and get("stream_timeout") is not None:
        timeout = get("stream_timeout")
    if timeout is None:
        timeout = get("request_timeout")
    if timeout is None:
        timeout = config.get("request_timeout")
    verify = get("ssl_verify")
    terms = (
        *to,
        provider,
        base,
        key,
        headers,
        read_timeout(timeout, stream=stream, model=model),
        _retries(params),
        *_verify(config.get("ssl_verify") if verify is None else verify, model),
        _asked(route, row, name, stream, params, options),
    )
    try:
        return (_eq_core.Target if once else make_target)(*terms), _info(provider, name, base)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], model) from None


def _found_key(route: str, provider: str, name: str, params: Mapping[str, Any]) -> str | None:
    """The key that lies around, where the call brings none."""
    # A token that the call itself gives wins.
    if provider in OF_AZURE and params.get("azure_ad_token"):
        return None
    # Its host takes no keys (https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-reference.html).
    if provider == "bedrock" and route == "rerank" and "invoke/" not in name:
        return None
    return config.key_for(provider)


def _told(provider: str, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments, and the option that the model's name tells where they do not: ``bedrock/us-west-2/...``."""
    told = _told_by_model(provider, name)
    return params if told is None or params.get(told[0]) else {**params, told[0]: told[1]}


def _path(route: str, row: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    path: str = row["paths"].get(route) or _PATHS[route]
    query = params.get("extra_query") if route == "responses" else None
    return f"{path}?{urlencode(as_mapping('extra_query', query, params['model']), doseq=True)}" if query else path


# The same few targets serve all calls: a look-up costs 0.5 us, making one 8 us.
make_target = functools.lru_cache(maxsize=512)(_eq_core.Target)
_told_by_model = functools.lru_cache(maxsize=512)(_eq_core.told_by_model)
_translates = functools.lru_cache(maxsize=512)(_eq_core.translates)
_info = functools.lru_cache(maxsize=512)(CallInfo)


@functools.lru_cache(maxsize=512)
def local_names(route: str, provider: str) -> frozenset[str]:
    """What is read here and not sent. Options are of the table, which registered providers have none of."""
    local = _LOCAL_OF.get(route, LOCAL)
    local = local.union(option[0] for option in config.row(provider)["options"])
    if provider in OF_AZURE:
        local |= CREDENTIALS
    return local | ARGUMENTS if route == "rerank" else local


def _text(argument: str, value: Any, model: str) -> str:
    if not isinstance(value, str):
        # A key object of some other library (pydantic's SecretStr) is not guessed at, and never shown.
        raise BadRequestError(f"{argument}: must be a string, not {type(value).__name__}", model, "")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequestError(f"{argument}: {lone_surrogate(error)}", model, "") from None
    return value


def _headers(
    route: str, provider: str, row: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    merged: dict[str, str] = {}
    organization = params.get("organization") or config.get("organization")
    if organization and provider == "openai":
        merged["OpenAI-Organization"] = str(organization)
    for argument, headers in (
        ("headers", _ANTHROPIC_VERSION if route == "messages" and not row["protocol"] else None),
        ("headers", row.get("headers")),
        ("headers", config.get("headers")),
        ("headers", params.get("headers")),
        ("extra_headers", params.get("extra_headers")),
    ):
        if headers is None:
            continue
        for name, value in as_mapping(argument, headers, params["model"]).items():
            if not isinstance(name, str) or not isinstance(value, (str, int, float)):
                raise BadRequestError(
                    f"{argument}[{name!r}]: must be a string, not {type(value).__name__}", params["model"], ""
                )
            merged[name] = _text(f"{argument}[{name!r}]", str(value), params["model"])
    return tuple(merged.items())


_Asked = tuple[str, str, bool, bool, tuple[str, ...], tuple[tuple[str, str], ...]]


def _asked(
    route: str, row: Mapping[str, Any], name: str, stream: bool, params: Mapping[str, Any], options: Mapping[str, Any]
) -> _Asked | None:
    if not (row["protocol"] or row["auth"]):
        return None
    told = tuple([(option, _option(option, value, params["model"])) for option, value in options.items()])
    return route, name, stream, drops(params), allowed_params(params), told


def _option(name: str, value: Any, model: str) -> str:
    """An option as text; a document (a service account's) as JSON."""
    if type(value) is str and value.isascii():
        return value
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _text(name, str(value) if hasattr(value, "__fspath__") else value, model)


def own_headers(provider: str, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """CoreX charges once per ``X-Request-Id`` (its SDK specification), so that a retry must have that of the call."""
    if provider != "zaguan":
        return []
    given = (config.get("headers"), params.get("headers"), params.get("extra_headers"))
    if any(str(name).lower() == "x-request-id" for headers in given if headers for name in headers):
        return []
    return [("X-Request-Id", str(uuid.uuid4()))]


def _retries(params: Mapping[str, Any]) -> int:
    for name in ("num_retries", "max_retries"):
        if (value := params.get(name)) is not None:
            break
    else:
        name, value = "num_retries", config.get("num_retries")
        if value is None:
            return int(config.DEFAULTS["num_retries"])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1000:
        raise BadRequestError(f"{name}: must be a number from 0 to 1000, not {value!r}", params["model"], "")
    return value


def _verify(value: Any, model: str) -> tuple[bool, str | None]:
    if isinstance(value, bool):
        return value, None
    if isinstance(value, str) or hasattr(value, "__fspath__"):
        return True, str(value)
    kind = type(value).__name__
    raise BadRequestError(f"ssl_verify: must be a bool or the path of a PEM file, not {kind}", model, "")
