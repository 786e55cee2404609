"""Providers written in Python: the class that a handler extends, the error it raises, the chunks it yields.

    class Echo(edgequake_async.CustomLLM):
        async def acompletion(self, *args, **kwargs):
            return edgequake_async.ModelResponse(...)

    edgequake_async.custom_provider_map = [{"provider": "echo", "custom_handler": Echo()}]

The methods and what they are called with are litellm's (https://docs.litellm.ai/docs/providers/custom_llm_server). A
handler that has only the sync or only the async one of a pair serves both kinds of callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from typing_extensions import Required, TypedDict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .types import EmbeddingResponse, ModelResponse, ModelResponseStream

__all__ = ["CustomLLM", "CustomLLMError", "GenericStreamingChunk", "has"]


class CustomLLMError(Exception):
    """What a handler raises where it fails as a server would; the caller gets the class of that status.

    Args:
        status_code: an HTTP status.
        message: what went wrong.
    """

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(status_code, message)
        self.status_code = status_code
        self.message = message

    def __str__(self) -> str:
        return self.message


class GenericStreamingChunk(TypedDict, total=False):
    """A piece of a streamed answer, as litellm's handlers yield it."""

    text: Required[str]
    tool_use: Mapping[str, Any] | None
    is_finished: Required[bool]
    finish_reason: Required[str | None]
    usage: Required[Mapping[str, Any] | None]
    index: int
    provider_specific_fields: Mapping[str, Any] | None


class CustomLLM:
    """A provider in Python. Override what it can do; what is not overridden is refused when it is asked for.

    The chat methods are called by keyword with ``model`` (without the provider), ``messages`` (dicts), ``api_base``,
    ``api_key``, ``headers``, ``timeout`` (as the caller gave it), ``optional_params`` (the other parameters of the
    call), ``litellm_params`` (those that are not sent to providers), ``model_response`` (an empty response to fill
    in), ``acompletion`` (whether the caller is async), ``logger_fn``, ``client``, ``custom_prompt_dict``,
    ``print_verbose``, ``logging_obj`` and ``encoding``, of which the last three do nothing here. The embedding methods
    have ``input`` in place of ``messages``.

    Timeouts and retries are the handler's: nothing here cuts a call short or makes it twice.
    """

    def completion(self, *args: Any, **kwargs: Any) -> ModelResponse | Mapping[str, Any]:
        """A whole answer."""
        raise NotImplementedError

    def streaming(self, *args: Any, **kwargs: Any) -> Iterator[ModelResponseStream | Mapping[str, object]]:
        """The pieces of a streamed answer."""
        raise NotImplementedError

    async def acompletion(self, *args: Any, **kwargs: Any) -> ModelResponse | Mapping[str, Any]:
        """A whole answer. Cancelled where its caller is."""
        raise NotImplementedError

    # No `async def`: an override is an async generator, whose call is not awaited.
    def astreaming(self, *args: Any, **kwargs: Any) -> AsyncIterator[ModelResponseStream | Mapping[str, object]]:
        """The pieces of a streamed answer. Closed where the stream is left."""
        raise NotImplementedError

    def embedding(self, *args: Any, **kwargs: Any) -> EmbeddingResponse | Mapping[str, Any]:
        """Vectors."""
        raise NotImplementedError

    async def aembedding(self, *args: Any, **kwargs: Any) -> EmbeddingResponse | Mapping[str, Any]:
        """Vectors. Cancelled where its caller is."""
        raise NotImplementedError


# Classes whose methods only say that there is none: ours, and litellm's where that is installed beside.
_BASES = {(__name__, "CustomLLM"), ("litellm.llms.custom_llm", "CustomLLM")}


def has(handler: Any, method: str) -> bool:
    """Whether a handler has a method of its own, of whatever class it is."""
    if method in getattr(handler, "__dict__", ()):
        return True
    owner = next((cls for cls in type(handler).__mro__ if method in vars(cls)), None)
    if owner is None:
        return callable(getattr(handler, method, None))
    return (owner.__module__, owner.__name__) not in _BASES
