"""What a moderation model finds in texts and pictures (https://platform.openai.com/docs/api-reference/moderations)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SerializeAsAny
from pydantic_core import core_schema

from .base import AS_SENT, OpenAIObject, Response, Text

__all__ = ["ModerationCategories", "OpenAIModerationResponse", "OpenAIModerationResult"]


class ModerationCategories(dict[str, Any]):
    """A dict by the names on the wire (``"self-harm/intent"``), which also answers to those that litellm and OpenAI's
    SDK have for them: ``categories["self_harm_intent"]``, ``categories.self_harm_intent``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.dict_schema())

    def __missing__(self, key: object) -> Any:
        found = next((name for name in self if _plain(name) == key), None)
        if found is None:
            raise KeyError(key)
        return self[found]

    def get(self, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}") from None


def _plain(name: object) -> object:
    return name.replace("/", "_").replace("-", "_") if isinstance(name, str) else name


class OpenAIModerationResult(OpenAIObject):
    """What was found in one input.

    Attributes:
        flagged: whether anything was; None where the provider does not say it.
        categories: whether each kind was found.
        category_scores: how sure the model is of each, 0 to 1.
        category_applied_input_types: what each was looked for in: ``["text", "image"]``.
    """

    flagged: Annotated[bool | None, AS_SENT] = None
    categories: ModerationCategories | None = None
    category_scores: ModerationCategories | None = None
    category_applied_input_types: ModerationCategories | None = None


class OpenAIModerationResponse(Response):
    """One result for each input, in their order."""

    id: Text = None
    model: Text = None
    results: SerializeAsAny[list[OpenAIModerationResult]] = Field(default_factory=list)
