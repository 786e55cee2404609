"""What CoreX offers: models, their capabilities, virtual models, the state of providers.

Promises one reading of every envelope that Zaguan's SDKs expect. CoreX documents no schema for virtual models and for
the state of providers: their fields are there as sent.
"""

from __future__ import annotations

from typing import Annotated, Any

from ...types.base import AS_SENT
from ...types.construct import construct
from ._base import Count, Document, Documents, Flag, ListPage, Number, OptionalDocument, Text, ZaguanModel, entries_of

__all__ = [
    "CircuitBreakerStatus",
    "ModelCapabilities",
    "ModelInfo",
    "ModelList",
    "ProvidersStatus",
    "VirtualModel",
    "read_capabilities",
]


class ModelInfo(ZaguanModel):
    """A model that the account may use. ``id`` is what a request names, such as ``openai/gpt-4o``."""

    id: Text = None
    object: Text = None
    created: Count = None
    owned_by: Text = None
    description: Text = None
    metadata: OptionalDocument = None
    permission: Documents = None


class ModelList(ListPage[ModelInfo]):
    """The models."""


class ModelCapabilities(ZaguanModel):
    """What a model can do. A flag that was not sent is None: unknown, not absent.

    Attributes:
        max_context_tokens, max_output_tokens: limits.
        input_cost_per_1m, output_cost_per_1m, reasoning_cost_per_1m: US dollars for a million tokens (the Go SDK).
    """

    model_id: Text = None
    provider: Text = None
    supports_vision: Flag = None
    supports_tools: Flag = None
    supports_reasoning: Flag = None
    supports_streaming: Flag = None
    supports_system_messages: Flag = None
    max_context_tokens: Count = None
    max_output_tokens: Count = None
    input_cost_per_1m: Number = None
    output_cost_per_1m: Number = None
    reasoning_cost_per_1m: Number = None
    features: Annotated[list[str] | None, AS_SENT] = None
    modalities: Annotated[list[str] | None, AS_SENT] = None
    provider_specific: OptionalDocument = None

    # The TypeScript SDK reads `_in` and `_out`, the Go SDK `_input` and `_output`.
    @property
    def supports_audio_in(self) -> bool | None:
        """Whether the model hears, under either name that it may be sent as."""
        found: bool | None = self._first_of("supports_audio_in", "supports_audio_input")
        return found

    @property
    def supports_audio_out(self) -> bool | None:
        """Whether the model speaks, under either name that it may be sent as."""
        found: bool | None = self._first_of("supports_audio_out", "supports_audio_output")
        return found

    @property
    def supports_audio_input(self) -> bool | None:
        """The same as ``supports_audio_in``."""
        return self.supports_audio_in

    @property
    def supports_audio_output(self) -> bool | None:
        """The same as ``supports_audio_out``."""
        return self.supports_audio_out


def read_capabilities(document: Any) -> list[ModelCapabilities]:
    """The capabilities in ``document``, a parsed JSON answer; entries that are no objects are left out.

    Zaguan's SDKs disagree on the envelope, so all are read: a list, and an object that has under ``capabilities``,
    ``models`` or ``data`` a list or a map from model id to capabilities.

    Raises:
        ValueError: the document is none of these.
    """
    entries = entries_of(document, "capabilities", "models", "data")
    if isinstance(entries, dict):
        entries = [{"model_id": name, **entry} for name, entry in entries.items() if isinstance(entry, dict)]
    return [construct(ModelCapabilities, _named(entry)) for entry in entries if isinstance(entry, dict)]


def _named(entry: Document) -> Document:
    return entry if "model_id" in entry or "id" not in entry else {"model_id": entry["id"], **entry}


class VirtualModel(ZaguanModel):
    """A model of the account that stands for others."""

    id: Text = None
    object: Text = None


class ProvidersStatus(ZaguanModel):
    """How the providers behind CoreX are."""


class CircuitBreakerStatus(ZaguanModel):
    """Which providers CoreX has stopped asking for now."""
