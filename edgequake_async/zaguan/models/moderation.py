"""Moderation. Attributes have Python names; the wire's (``hate/threatening``, ``self-harm``) are aliases for dumps.

Promises that a category nobody knows yet counts like the others.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, SerializeAsAny

from ._base import Document, Flag, Number, OptionalDocument, RequestModel, Text, ZaguanModel

__all__ = [
    "ModerationCategories",
    "ModerationCategoryScores",
    "ModerationRequest",
    "ModerationResponse",
    "ModerationResult",
]

_WIRE_NAMES = {
    "hate_threatening": "hate/threatening",
    "harassment_threatening": "harassment/threatening",
    "illicit_violent": "illicit/violent",
    "self_harm": "self-harm",
    "self_harm_intent": "self-harm/intent",
    "self_harm_instructions": "self-harm/instructions",
    "sexual_minors": "sexual/minors",
    "violence_graphic": "violence/graphic",
}


class ModerationRequest(RequestModel):
    """A request to judge texts.

    Attributes:
        input: a text, texts, or a list of parts (``text``, ``image_url``) as plain dicts.
        model: zaguan-sdk's default, because CoreX routes by it.
    """

    input: str | list[str] | list[Document]
    model: str | None = "text-moderation-latest"


class _PerCategory(ZaguanModel):
    model_config = ConfigDict(alias_generator=lambda name: _WIRE_NAMES.get(name, name), populate_by_name=True)

    def by_wire_name(self) -> dict[str, Any]:
        """What was sent, by the names of the wire."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class ModerationCategories(_PerCategory):
    """Whether each category applies."""

    hate: Flag = None
    hate_threatening: Flag = None
    harassment: Flag = None
    harassment_threatening: Flag = None
    illicit: Flag = None
    illicit_violent: Flag = None
    self_harm: Flag = None
    self_harm_intent: Flag = None
    self_harm_instructions: Flag = None
    sexual: Flag = None
    sexual_minors: Flag = None
    violence: Flag = None
    violence_graphic: Flag = None


class ModerationCategoryScores(_PerCategory):
    """How sure the model is of each category, 0 to 1."""

    hate: Number = None
    hate_threatening: Number = None
    harassment: Number = None
    harassment_threatening: Number = None
    illicit: Number = None
    illicit_violent: Number = None
    self_harm: Number = None
    self_harm_intent: Number = None
    self_harm_instructions: Number = None
    sexual: Number = None
    sexual_minors: Number = None
    violence: Number = None
    violence_graphic: Number = None


class ModerationResult(ZaguanModel):
    """What one input was judged to be."""

    flagged: Flag = None
    categories: SerializeAsAny[ModerationCategories | None] = None
    category_scores: SerializeAsAny[ModerationCategoryScores | None] = None
    category_applied_input_types: OptionalDocument = None

    def is_safe(self) -> bool:
        """Whether the input is not flagged."""
        return not self.flagged

    def get_violated_categories(self) -> list[str]:
        """The categories that apply, by their names on the wire."""
        sent = self.categories.by_wire_name() if isinstance(self.categories, ModerationCategories) else {}
        return [name for name, applies in sent.items() if applies is True]


class ModerationResponse(ZaguanModel):
    """One result per input."""

    id: Text = None
    model: Text = None
    results: SerializeAsAny[list[ModerationResult]] = Field(default_factory=list)
