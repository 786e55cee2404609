"""Token counts. The three usual ones are 0 where not sent; every other counter is there when the provider sent it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel

from .base import AS_SENT, OpenAIObject, adopt, constructor

__all__ = ["CompletionTokensDetailsWrapper", "PromptTokensDetails", "PromptTokensDetailsWrapper", "Usage"]

_Count = Annotated[int, AS_SENT]


class PromptTokensDetailsWrapper(OpenAIObject):
    """Kinds of prompt tokens; a kind that the provider does not count is missing."""

    if TYPE_CHECKING:
        cached_tokens: int | None = None
        audio_tokens: int | None = None
        text_tokens: int | None = None
        image_tokens: int | None = None
        cache_write_tokens: int | None = None
        cache_creation_tokens: int | None = None


# OpenAI's class of that name is the base of litellm's; here it is one.
PromptTokensDetails = PromptTokensDetailsWrapper


class CompletionTokensDetailsWrapper(OpenAIObject):
    """Kinds of completion tokens; a kind that the provider does not count is missing."""

    if TYPE_CHECKING:
        reasoning_tokens: int | None = None
        accepted_prediction_tokens: int | None = None
        rejected_prediction_tokens: int | None = None
        audio_tokens: int | None = None
        text_tokens: int | None = None
        image_tokens: int | None = None


# Counters that providers put beside the details, and the detail that litellm shows them as; the last one given wins.
_PROMPT_DETAILS = {
    "prompt_cache_hit_tokens": "cached_tokens",
    "cache_read_input_tokens": "cached_tokens",
    "cache_creation_input_tokens": "cache_creation_tokens",
}


class Usage(OpenAIObject):
    """What a call cost in tokens.

    Attributes:
        prompt_tokens, completion_tokens, total_tokens: 0 where not sent; null (Databricks, in chunks) stays None.
        prompt_tokens_details, completion_tokens_details: None where unknown.
        cost: price, where the provider says it (OpenRouter: US dollars).
    """

    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0
    total_tokens: _Count = 0

    optional_fields = MappingProxyType(
        {
            "completion_tokens_details": CompletionTokensDetailsWrapper,
            "prompt_tokens_details": PromptTokensDetailsWrapper,
        }
    )

    if TYPE_CHECKING:
        cost: float | None = None
        cache_creation_input_tokens: int | None = None
        cache_read_input_tokens: int | None = None

    @constructor
    def __init__(
        self,
        /,
        prompt_tokens: int | None = None,
        completion_tokens: int | None = None,
        total_tokens: int | None = None,
        reasoning_tokens: int | None = None,
        prompt_tokens_details: Any = None,
        completion_tokens_details: Any = None,
        **params: Any,
    ) -> None:
        prompt = {detail: params[name] for name, detail in _PROMPT_DETAILS.items() if params.get(name) is not None}
        completion = {} if reasoning_tokens is None else {"reasoning_tokens": reasoning_tokens}
        details = {
            "prompt_tokens_details": _with(PromptTokensDetailsWrapper, prompt_tokens_details, prompt),
            "completion_tokens_details": _with(CompletionTokensDetailsWrapper, completion_tokens_details, completion),
        }
        super().__init__(
            prompt_tokens=prompt_tokens or 0,
            completion_tokens=completion_tokens or 0,
            total_tokens=total_tokens or 0,
            **params,
            **{name: value for name, value in details.items() if value is not None},
        )

    # Not declared as fields: parsing two more models costs a fifth of a whole response (0.9 of 5.6 us).
    @property
    def prompt_tokens_details(self) -> PromptTokensDetailsWrapper | None:
        return cast("PromptTokensDetailsWrapper | None", self._find_extra("prompt_tokens_details", None))

    @prompt_tokens_details.setter
    def prompt_tokens_details(self, value: Any) -> None:
        self._set_extra("prompt_tokens_details", value)

    @property
    def completion_tokens_details(self) -> CompletionTokensDetailsWrapper | None:
        return cast("CompletionTokensDetailsWrapper | None", self._find_extra("completion_tokens_details", None))

    @completion_tokens_details.setter
    def completion_tokens_details(self, value: Any) -> None:
        self._set_extra("completion_tokens_details", value)


def _with(cls: type[OpenAIObject], details: Any, counters: dict[str, int]) -> Any:
    if not counters:
        return None if details is None else adopt(cls, details)
    known = details.model_dump(exclude_unset=True) if isinstance(details, BaseModel) else details or {}
    return cls.model_validate({**known, **counters})
