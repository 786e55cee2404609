"""Other models where one fails: ``fallbacks=`` and ``context_window_fallbacks=`` of a call, in litellm's forms.

    await acompletion("openai/gpt-4o", messages, fallbacks=["anthropic/claude-sonnet-4-5", {"model": "groq/gpt-oss"}])

Each model is asked once, with its own retries, in order; the last failure is raised, the earlier ones are its context.
A stream that has begun is not begun again with another model. Key and address of the call belong to its own
provider: a fallback at another provider gets its own, from its dict or the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import config
from .exceptions import BadRequestError, ContentPolicyViolationError, ContextWindowExceededError, EQError
from .request import resolve_call

if TYPE_CHECKING:
    from .streaming import AsyncStreamWrapper
    from .types import ModelResponse

__all__ = ["NAMES", "chat"]

# What names the models to ask after a failure of which class.
_BY_CLASS: Mapping[str, type[EQError]] = {
    "context_window_fallbacks": ContextWindowExceededError,
    "context_window_fallback_dict": ContextWindowExceededError,
    "content_policy_fallbacks": ContentPolicyViolationError,
}
NAMES = ("fallbacks", *_BY_CLASS)
_OF_THE_PROVIDER = ("api_key", "api_base", "base_url", "api_version", "custom_llm_provider", "organization")


async def chat(params: dict[str, Any]) -> ModelResponse | AsyncStreamWrapper:
    """A chat completion of the first model that gives one.

    Raises:
        EQError: what the last model failed with.
        BadRequestError: a fallback is neither a model nor a dict.
    """
    from .calls import chat as ask

    model = params["model"]
    special = {name: _mapped(name, params.pop(name, None), model) for name in _BY_CLASS}
    others = params.get("fallbacks")
    others = config.get("model_fallbacks") if others is None else others
    # None at all, rather than none of the call's own: each of these is asked on its own.
    params["fallbacks"] = ()
    waiting = [_asked(params, each) for each in _listed("fallbacks", others, model)]
    attempt, before = params, None
    while True:
        try:
            return await ask(dict(attempt))
        except EQError as error:
            if before is not None:
                error.__context__, error.__suppress_context__ = before, False
            before = error
            named = (special[name].pop(attempt["model"], ()) for name, cls in _BY_CLASS.items() if type(error) is cls)
            waiting = [_asked(params, each) for models in named for each in models] + waiting
            if not waiting:
                raise
            attempt = waiting.pop(0)


def _asked(params: Mapping[str, Any], fallback: str | Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call to a fallback."""
    own = {"model": fallback} if isinstance(fallback, str) else dict(fallback)
    own.setdefault("model", params["model"])
    inherited = dict(params)
    if _provider(params) != _provider(own):
        inherited.update(dict.fromkeys(name for name in _OF_THE_PROVIDER if name in inherited))
    return {**inherited, **own}


def _provider(params: Mapping[str, Any]) -> str:
    named, model = params.get("custom_llm_provider"), params["model"]
    try:
        return resolve_call(params)[0]
    except BadRequestError:
        # One that is written in Python, or one that the call itself refuses.
        return str(named or str(model).partition("/")[0])


def _listed(name: str, value: Any, model: str) -> Iterator[str | Mapping[str, Any]]:
    items = [] if value is None else [value] if isinstance(value, (str, Mapping)) else list(value)
    for item in items:
        if not isinstance(item, (str, Mapping)):
            raise BadRequestError(f"{name}: must be models or dicts, not {type(item).__name__}", model, "")
        yield item


def _mapped(name: str, value: Any, model: str) -> dict[str, list[str | Mapping[str, Any]]]:
    """``[{"model": ["other", ...]}, ...]`` or ``{"model": "other"}``."""
    found: dict[str, list[str | Mapping[str, Any]]] = {}
    for item in [] if value is None else [value] if isinstance(value, Mapping) else value:
        if not isinstance(item, Mapping):
            raise BadRequestError(f"{name}: must be dicts of models, not {type(item).__name__}", model, "")
        for failed, others in item.items():
            found.setdefault(failed, []).extend(_listed(name, others, model))
    return found
