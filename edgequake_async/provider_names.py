"""Which provider a model string means, what it is called, and whether its key is there; under litellm's names."""

from __future__ import annotations

import os
from enum import Enum, EnumMeta
from typing import TYPE_CHECKING, Any, TypedDict

from . import _eq_core, config

__all__ = ["LlmProviders", "get_llm_provider", "provider_list", "validate_environment"]


# A pair of keys, or one of the variables that say where others are:
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
_KEYS_OF_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_OF_AWS = (
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


class _Name(str, Enum):
    """A provider's name; equal to its text."""

    def __str__(self) -> str:
        return str(self.value)


if TYPE_CHECKING:

    class _Members(EnumMeta):
        def __getattr__(cls, name: str) -> LlmProviders: ...

    class LlmProviders(_Name, metaclass=_Members):
        """The providers of the table; the name of a member is the provider's in capitals."""

        _value_: str
else:
    LlmProviders = _Name(
        "LlmProviders",
        {row["name"].upper().replace("-", "_"): row["name"] for row in _eq_core.providers()},
        module=__name__,
    )

provider_list: list[LlmProviders] = list(LlmProviders)


class Environment(TypedDict):
    """Whether all that a call needs is there, and the names of the variables that are not."""

    keys_in_environment: bool
    missing_keys: list[str]


def get_llm_provider(
    model: str,
    custom_llm_provider: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
    litellm_params: Any = None,
) -> tuple[str, str, str | None, str | None]:
    """Which provider a model string means.

    Args:
        model: ``"provider/model"``, or a bare name.
        custom_llm_provider: wins over the string.
        api_base: given back.
        api_key: given back.
        litellm_params: has no effect.

    Returns:
        (model, provider, key, base URL). As in litellm, key and address of providers that speak OpenAI's protocol at an
        address of their own are those in force; of the others only those given.

    Raises:
        BadRequestError: the string names no provider that is known ("LLM Provider NOT provided").
    """
    from .request import resolve_call

    call = {"model": model, "custom_llm_provider": custom_llm_provider}
    if config.handlers():
        from .custom_calls import find

        if found := find(call):
            return found.info.model, found.info.provider, api_key, api_base
    provider, name = resolve_call(call)
    row = config.row(provider)
    if provider != "openai" and row["protocol"] in ("", "mistral"):
        api_key = api_key or config.key_for(provider)
        api_base = api_base or config.base_for(provider, config.options_for(provider, {})) or None
    return name, provider, api_key, api_base


def validate_environment(
    model: str | None = None, api_key: str | None = None, api_base: str | None = None, api_version: str | None = None
) -> Environment:
    """Whether what a call to a model needs is in the environment.

    Args:
        model: a model string; without one nothing is missing and nothing is there.
        api_key: a key that the call will be given.
        api_base: an address that the call will be given.
        api_version: has no effect.

    Returns:
        ``{"keys_in_environment": bool, "missing_keys": [names of variables]}``. Of variables any of which will do, the
        one with the provider's name is named, else the first.
    """
    from .exceptions import BadRequestError
    from .request import resolve

    try:
        provider, _ = resolve(model or "")
    except BadRequestError:
        return {"keys_in_environment": False, "missing_keys": []}
    row = config.row(provider)
    missing: list[str] = []
    if row["key_required"] and not api_key and not any(os.environ.get(name) for name in row["key_vars"]):
        usual = f"{provider.upper()}_API_KEY"
        missing.append(usual if usual in row["key_vars"] else row["key_vars"][0])
    if row["auth"] == "aws":
        # A region is found in more places than are looked into here.
        if not api_key and not any(os.environ.get(name) for name in (*row["key_vars"], *_OF_AWS)):
            missing += [name for name in _KEYS_OF_AWS if not os.environ.get(name)]
    elif not api_base and not config.base_for(provider, config.options_for(provider, {})):
        missing += row["base_vars"][:1]
    return {"keys_in_environment": not missing, "missing_keys": missing}
