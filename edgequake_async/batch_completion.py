"""``batch_completion``: one model, many conversations, answered side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .completion import Messages
    from .exceptions import EQError
    from .types import ModelResponse

__all__ = ["batch_completion"]


def batch_completion(
    model: str,
    messages: Sequence[Messages] = (),
    functions: list[Any] | None = None,
    function_call: str | Mapping[str, Any] | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stop: str | Sequence[str] | None = None,
    max_tokens: int | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: Mapping[Any, float] | None = None,
    user: str | None = None,
    deployment_id: str | None = None,
    request_timeout: float | None = None,
    timeout: Any = 600,
    max_workers: int | None = 100,
    **kwargs: Any,
) -> list[ModelResponse | EQError]:
    """Ask a model about many conversations at once.

    Args:
        model: as in ``completion``.
        messages: the conversations, each a list of messages.
        max_workers: how many calls are under way at a time.
        **kwargs: as in ``completion``, for every call.

    Returns:
        The answers in the order of the conversations; where a call failed, its exception in place of the answer.

    Raises:
        BadRequestError: ``stream`` or ``max_workers`` is what it cannot be.
    """
    params = locals()
    params.update(params.pop("kwargs"))
    limit = params.pop("max_workers")
    from .exceptions import BadRequestError
    from .sync import run

    if params.pop("stream"):
        raise BadRequestError("stream: batch_completion returns whole answers", model, "")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise BadRequestError(f"max_workers: must be a positive number, not {limit!r}", model, "")
    return run(_all, params.pop("messages"), params, limit or 100)


async def _all(conversations: Sequence[Any], params: Mapping[str, Any], limit: int) -> list[Any]:
    import anyio

    # Looked up late: programs replace it to watch calls.
    import edgequake_async

    from .exceptions import EQError

    answers: list[Any] = [None] * len(conversations)
    turn = anyio.CapacityLimiter(limit)

    async def ask(index: int, messages: Any) -> None:
        async with turn:
            try:
                answers[index] = await edgequake_async.acompletion(messages=messages, **params)
            except EQError as error:
                answers[index] = error

    async with anyio.create_task_group() as group:
        for index, messages in enumerate(conversations):
            group.start_soon(ask, index, messages)
    return answers
