"""Which of OpenAI's parameters a provider has: those that it lacks are refused by name, dropped or sent as the caller
says, and those that it calls otherwise are sent under its own name.

The rules are the engine's, one table for all providers, each with its source; ``docs/providers.md`` shows them. A
provider with a protocol of its own has none, because its translator knows what it can say.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Any

from . import _eq_core, config
from ._error_mapping import to_exception
from .exceptions import BadRequestError

__all__ = ["adapt", "get_supported_openai_params"]

_KINDS = {"chat_completion": "chat", "embeddings": "embeddings"}


# The same few models serve all calls: a look-up costs 0.1 us, asking the engine 3 us.
@functools.lru_cache(maxsize=1024)
def _effects(provider: str, model: str, route: str) -> dict[str, tuple[str, Any]]:
    return dict(_eq_core.param_effects(provider, model, route))


def adapt(body: dict[str, Any], route: str, provider: str, params: Mapping[str, Any]) -> None:
    """Make OpenAI's parameters in a request to a pass-through provider those that it has.

    Args:
        body: the request, changed in place; ``model`` in it is the model's own name.
        route: ``"chat"`` or ``"embeddings"``.
        provider: its name in the table.
        params: the call's arguments: ``drop_params`` and ``allowed_openai_params``.

    Raises:
        UnsupportedParamsError: the provider lacks parameters; the message lists them.
        BadRequestError: a parameter is given under two names with two values.
    """
    model = body["model"]
    effects = _effects(provider, model, route)
    found = [name for name in body if name in effects] if effects else None
    if not found:
        return
    allowed = allowed_params(params)
    refused = []
    for name in found:
        if name in allowed:
            continue
        (what, wanted), value = effects[name], body[name]
        if what == "named":
            if body.setdefault(wanted, value) != value:
                raise BadRequestError(f"{name}: {provider} calls it {wanted}, which is given too", model, provider)
            del body[name]
        elif what == "implied":
            if wanted is None or value == wanted:
                del body[name]
        elif what == "lacks" or value != wanted:
            refused.append(name)
    if not refused:
        return
    if not drops(params):
        raise to_exception(_eq_core.unsupported_params(provider, model, refused), model)
    for name in refused:
        del body[name]


def without(message: Any, fields: Collection[str]) -> Any:
    """An assistant's message without fields of other providers' answers; the message itself where it has none."""
    is_dict = isinstance(message, Mapping)
    said = message if is_dict else {**message.__dict__, **(message.__pydantic_extra__ or {})}
    if said.get("role") != "assistant" or all(said.get(name) is None for name in fields):
        return message
    if is_dict:
        return {name: value for name, value in said.items() if name not in fields}
    return message.model_copy(update=dict.fromkeys(fields))


def joined(message: Any) -> Any:
    """A message whose content is a list of texts with one text instead; any other message itself."""
    is_dict = isinstance(message, Mapping)
    parts = message.get("content") if is_dict else getattr(message, "content", None)
    if not isinstance(parts, list) or not all(
        isinstance(part, Mapping) and part.get("type") == "text" for part in parts
    ):
        return message
    content = {"content": "".join(str(part.get("text") or "") for part in parts)}
    return {**message, **content} if is_dict else message.model_copy(update=content)


def drops(params: Mapping[str, Any]) -> bool:
    """Whether what a provider lacks is dropped: the call's word, else the setting's."""
    drop = params.get("drop_params")
    return bool(config.get("drop_params") if drop is None else drop)


def allowed_params(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters that the caller wants sent as they are.

    Raises:
        BadRequestError: they are no list of names.
    """
    allowed = params.get("allowed_openai_params")
    if not allowed:
        return ()
    if isinstance(allowed, str) or not all(isinstance(name, str) for name in allowed):
        raise BadRequestError(f"allowed_openai_params: must be a list of names, not {allowed!r}", params["model"], "")
    return tuple(allowed)


def get_supported_openai_params(
    model: str,
    custom_llm_provider: str | None = None,
    request_type: str = "chat_completion",
    base_model: str | None = None,
) -> list[str] | None:
    """OpenAI's parameters that a call to this model may set.

    Args:
        model: as for ``completion``, with or without its provider.
        custom_llm_provider: the provider, where the model does not name it.
        request_type: ``"chat_completion"`` or ``"embeddings"``.
        base_model: the model behind a deployment whose name says nothing of it (Azure).

    Returns:
        Their names, sorted. None where the provider or the kind of request is unknown.
    """
    from .request import resolve

    route = _KINDS.get(request_type)
    try:
        provider, name = resolve(model, custom_llm_provider)
    except BadRequestError:
        return None
    return None if route is None else _eq_core.supported_params(provider, base_model or name, route)
