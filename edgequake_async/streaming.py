"""Streams of chunks: one async iterator over the native stream, and its sync shim.

``__anext__`` hands out the native awaitable, finished at once where a chunk is buffered. Leaving ``async with``,
``aclose``, cancelling the task, or dropping the last reference closes the connection to the provider.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic

from typing_extensions import TypeVar

from . import sync
from ._error_mapping import to_exception
from .chunk_builder import stream_chunk_builder
from .exceptions import APIResponseValidationError, EQError
from .reply import hidden_params
from .types import ModelResponse, ModelResponseStream, StreamingChoices
from .types.tolerant import read_chunk

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._eq_core import Stream
    from .terms import CallInfo

__all__ = ["AsyncStreamWrapper", "CustomStreamWrapper", "SyncStreamWrapper"]

# Text completions stream responses of their own; every other stream is of chunks.
ChunkT = TypeVar("ChunkT", default=ModelResponseStream)

# Chunks per crossing of the sync shim.
_BATCH = 256


class Reader:
    """Makes chunks of bytes, and exceptions of failures, remembering what arrived for the exception.

    Plain text is kept as text (the strings are the chunks' own), every other chunk whole. Nothing here refers to the
    wrapper, so dropping the wrapper closes the stream without waiting for the garbage collector.
    """

    __slots__ = ("_kept", "_model", "_provider")

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._kept: list[str | ModelResponseStream] = []

    def decode(self, data: bytes) -> ModelResponseStream:
        try:
            chunk = read_chunk(data)
        except ValueError as error:
            raise self.explain(
                APIResponseValidationError(
                    f"The stream holds a chunk that is no chunk: {error}", self._provider, self._model
                )
            ) from None
        self.keep(chunk)
        return chunk

    def keep(self, chunk: ModelResponseStream) -> None:
        choices = chunk.choices
        text = _plain_text(choices[0]) if len(choices) == 1 and self._kept else None
        self._kept.append(chunk if text is None else text)

    def fail(self, payload: dict[str, Any]) -> EQError:
        return self.explain(to_exception(payload, self._model))

    def explain(self, error: EQError) -> EQError:
        error.partial = self.whole()
        error.generated_content = _text(error.partial)
        return error

    def whole(self) -> ModelResponse | None:
        """What has arrived as one response; None where nothing has."""
        chunks = [
            {"choices": [{"index": 0, "delta": {"content": kept}}]} if isinstance(kept, str) else kept
            for kept in self._kept
        ]
        return stream_chunk_builder(chunks) if chunks else None


def _plain_text(choice: StreamingChoices) -> str | None:
    """The text of a choice that says nothing else."""
    delta = choice.delta
    text = delta.content
    if type(text) is not str or choice.finish_reason is not None or choice.index != 0:
        return None
    return None if delta.__pydantic_extra__ or delta.tool_calls is not None else text


def _text(partial: ModelResponse | None) -> str:
    """The text of the first choice; of a list of parts (Mistral), that of its text parts."""
    content: Any = partial.content if partial is not None else None
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


class CustomStreamWrapper:
    """What both streams have in common; ``isinstance`` with litellm's name holds for both.

    Attributes:
        model: the model, as the call named it without its provider.
        custom_llm_provider: the provider's name in the table.
    """

    def __init__(self, stream: Stream, info: CallInfo, check: Callable[[], None] | None = None) -> None:
        self._stream = stream
        self._info = info
        self._check = check
        self.model = info.model
        self.custom_llm_provider = info.provider

    @property
    def _response_headers(self) -> dict[str, str]:
        return dict(self._stream.head.pairs())

    @property
    def _hidden_params(self) -> dict[str, Any]:
        return hidden_params(self._info, self._stream.head.pairs())

    def _check_end(self) -> None:
        """Check, once, what a stream said that has come to its end."""
        check, self._check = self._check, None
        if check is not None:
            check()

    def _abandon(self) -> None:
        self._check = None
        self._stream.abort()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.custom_llm_provider}/{self.model}>"


class AsyncStreamWrapper(CustomStreamWrapper, Generic[ChunkT]):
    """An async iterator of chunks: ``async for chunk in await acompletion(..., stream=True)``.

    May be used with ``async with``, which closes it however the block is left. A failure is raised after the chunks
    that preceded it, with what had arrived in its ``partial`` and ``generated_content``.
    """

    def __init__(self, stream: Stream, info: CallInfo, check: Callable[[], None] | None = None) -> None:
        super().__init__(stream, info, check)
        self._anext: Callable[[], Awaitable[ChunkT]] = stream.__anext__

    async def _checked(self) -> ChunkT:
        """The next chunk; at the end of the stream what it said is checked."""
        try:
            chunk: ChunkT = await self._stream.__anext__()
            return chunk
        except StopAsyncIteration:
            self._check_end()
            raise

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[ChunkT]:
        return self._anext() if self._check is None else self._checked()

    async def aclose(self) -> None:
        """Close the connection to the provider. Chunks that are buffered stay readable; then the stream ends."""
        self._abandon()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._abandon()


class SyncStreamWrapper(CustomStreamWrapper, Generic[ChunkT]):
    """An iterator of chunks: ``for chunk in completion(..., stream=True)``.

    Crosses into the shim's loop once per batch of chunks that are there, not once per chunk. Abandoning the iterator,
    ``close`` or leaving ``with`` closes the connection to the provider.
    """

    def __init__(self, stream: Stream, info: CallInfo, check: Callable[[], None] | None = None) -> None:
        super().__init__(stream, info, check)
        self._ready: deque[ChunkT] = deque()

    @classmethod
    def of(cls, stream: AsyncStreamWrapper[ChunkT]) -> Self:
        """The same stream for sync code."""
        return cls(stream._stream, stream._info, stream._check)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ChunkT:
        if not self._ready:
            batch = sync.run(_next_batch, self._stream)
            if not batch:
                self._check_end()
                raise StopIteration
            self._ready.extend(batch)
        return self._ready.popleft()

    def close(self) -> None:
        """Close the connection to the provider. Chunks that are buffered stay readable; then the stream ends."""
        self._abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


async def _next_batch(stream: Stream) -> list[Any]:
    """The chunks that are there, waiting for the first; empty at the end of the stream."""
    try:
        while not (batch := stream.take(_BATCH)):
            await stream.wait()
    except StopAsyncIteration:
        return []
    return batch
