"""``amoderation`` and its sync shim ``moderation``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .types import OpenAIModerationResponse

    Input = str | Sequence[str] | Sequence[Mapping[str, Any]]

__all__ = ["amoderation", "moderation"]


async def amoderation(
    input: Input,
    model: str | None = None,
    api_key: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> OpenAIModerationResponse:
    """Say whether texts or pictures are harmful (https://platform.openai.com/docs/api-reference/moderations/create).

    Args:
        input: a text, texts, or parts of a message with texts and pictures.
        model: ``"provider/model"``; without one, OpenAI's own default.
        **kwargs: as in ``acompletion``; unknown names are sent to the provider.

    Returns:
        An ``OpenAIModerationResponse``, one of its ``results`` for each input.

    Raises:
        UnsupportedParamsError: the provider does not moderate.
        EQError: every other failure, as in ``acompletion``.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import moderate

    return await moderate(params)


def moderation(
    input: Input,
    model: str | None = None,
    api_key: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> OpenAIModerationResponse:
    """``amoderation`` for code without an event loop; see there. Inside a running loop it blocks that loop."""
    params = locals()
    params.update(params.pop("kwargs"))
    from .endpoint_calls import moderate
    from .sync import run

    return run(moderate, params)
