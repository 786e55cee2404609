"""Where a call goes and under which terms (key, headers, limits, retries), by arguments, settings and the table."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _eq_core, config
from ._error_mapping import to_exception
from .arguments import OF_AZURE, as_mapping, as_text
from .entra import check_shown
from .exceptions import AuthenticationError, BadRequestError
from .params import allowed_params, drops
from .timeouts import read_timeout

__all__ = ["CallInfo", "call_info", "find_target", "make_target", "own_headers"]

_ANTHROPIC_VERSION = {"anthropic-version": "2023-06-01"}


@dataclass(frozen=True)
class CallInfo:
    """What a response says of its call."""

    provider: str
    model: str
    api_base: str
    structured_output: str | None = None


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
    asked = (route, to, provider, name, stream)
    generation = config.generation()
    if generation is None or once:
        return _settle(asked, params, once)
    arguments, variables = _sources(provider, generation)
    get = params.get
    told = [(argument, value.__class__, value) for argument in arguments if (value := get(argument)) is not None]
    if not _PLAIN.issuperset([kind for _, kind, _ in told]):
        told = [(argument, kind, _frozen(value)) for argument, kind, value in told]
        if any(value is None for _, _, value in told):
            return _settle(asked, params)
    environment = tuple(_eq_core.environment(variables))
    return _settled(asked, tuple(told), environment, generation)


# Route, method and path, provider, model, whether it is a stream.
_Call = tuple[str, tuple[str, str], str, str, bool]
# What cannot change while it is remembered. Its class is remembered with it, for True is 1 and no number of seconds.
_PLAIN = frozenset({bool, float, int, str})
# All that is read here of a call's arguments, besides its provider's options.
_ARGUMENTS = (
    "model api_key api_base base_url organization headers extra_headers timeout stream_timeout request_timeout "
    "ssl_verify num_retries max_retries drop_params allowed_openai_params allow_private_media azure_ad_token"
).split()


@functools.lru_cache(maxsize=512)
def _sources(provider: str, _generation: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments and the variables of the environment that say how a provider is called."""
    options = [name for name, _, _ in config.row(provider)["options"]]
    return tuple(dict.fromkeys([*_ARGUMENTS, *options])), config.variables_of(provider)


# The same few terms serve all calls: finding them takes 5 us, and making the target 8; remembered, both take 2.
@functools.lru_cache(maxsize=512)
def _settled(
    asked: _Call, told: tuple[tuple[str, type, Any], ...], _environment: tuple[str | None, ...], _generation: int
) -> tuple[_eq_core.Target, CallInfo]:
    params = {argument: value if kind in _PLAIN else kind(value) for argument, kind, value in told}
    return _settle(asked, {"model": None, **params})


def _frozen(value: Any) -> Any:
    """What to remember a value by; None of one that may change otherwise than a dict or a list of texts can."""
    if type(value) in _PLAIN:
        return value
    if type(value) is dict:
        texts, items = [*value, *value.values()], tuple(value.items())
    elif type(value) is list:
        texts, items = value, tuple(value)
    else:
        return None
    return items if all(type(text) is str for text in texts) else None


def _settle(asked: _Call, params: Mapping[str, Any], once: bool = False) -> tuple[_eq_core.Target, CallInfo]:
    route, to, provider, name, stream = asked
    get = params.get
    model = params["model"]
    row = config.row(provider)
    options = config.options_for(provider, _told(provider, name, params)) if row["options"] else config.EMPTY
    allows = get("allow_private_media")
    if config.get("allow_private_media") if allows is None else allows:
        options = {**options, "allow_private_media": True}
    given_base = get("api_base") or get("base_url")
    if given_base:
        base = config.with_suffix(provider, as_text("api_base", given_base, model))
    else:
        base = config.base_for(provider, options)
    given_key = get("api_key")
    if given_key:
        key: str | None = as_text("api_key", given_key, model)
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
        return (_eq_core.Target if once else make_target)(*terms), call_info(provider, name, base)
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


# The same few targets serve all calls: a look-up costs 0.5 us, making one 8 us.
make_target = functools.lru_cache(maxsize=512)(_eq_core.Target)
_told_by_model = functools.lru_cache(maxsize=512)(_eq_core.told_by_model)
call_info = functools.lru_cache(maxsize=512)(CallInfo)


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
            merged[name] = as_text(f"{argument}[{name!r}]", str(value), params["model"])
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
    return as_text(name, str(value) if hasattr(value, "__fspath__") else value, model)


def own_headers(provider: str, params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """CoreX charges once per ``X-Request-Id`` (its SDK specification), so that a retry must have that of the call."""
    if provider != "zaguan":
        return ()
    given = (config.get("headers"), params.get("headers"), params.get("extra_headers"))
    if any(str(name).lower() == "x-request-id" for headers in given if headers for name in headers):
        return ()
    return (("X-Request-Id", str(uuid.uuid4())),)


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
