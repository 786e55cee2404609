"""The sync client: each method is the async client's own, run in the sync shim's loop while the caller waits.

Works in scripts, in threads side by side, and inside a running loop, as in a notebook. Ctrl-C cancels the call that
waits.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial, wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from ..sync import run
from ..timeouts import TimeoutTypes
from ._streams import AsyncStream, SyncStream
from .client import AsyncZaguanClient
from .models import AudioSpeechRequest
from .observability import ObservabilityHook
from .retry import RetryConfig

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ZaguanClient"]

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def _call(
    method: Callable[Concatenate[AsyncZaguanClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[ZaguanClient, P], T]:
    """An async method, for sync callers."""

    def call(self: ZaguanClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return run(partial(method, self._client, *args, **kwargs))

    return _dressed(call, method)


def _streamed(
    method: Callable[Concatenate[AsyncZaguanClient, P], AsyncStream[T]],
) -> Callable[Concatenate[ZaguanClient, P], SyncStream[T]]:
    """A method that returns a stream, for sync callers."""

    def call(self: ZaguanClient, /, *args: P.args, **kwargs: P.kwargs) -> SyncStream[T]:
        return SyncStream.of(method(self._client, *args, **kwargs))

    return _dressed(call, method)


def _each(
    method: Callable[Concatenate[AsyncZaguanClient, P], AsyncIterator[T]],
) -> Callable[Concatenate[ZaguanClient, P], Iterator[T]]:
    """A method that returns an async iterator, for sync callers."""

    def call(self: ZaguanClient, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return _Items(method(self._client, *args, **kwargs))

    return _dressed(call, method)


class _Items(Iterator[T]):
    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items

    def __next__(self) -> T:
        try:
            return run(self._following)
        except StopAsyncIteration:
            raise StopIteration from None

    async def _following(self) -> T:
        return await self._items.__anext__()


# What async callers get, and sync callers in its place.
_RETURNS = {"AsyncStream": "SyncStream", "AsyncIterator": "Iterator"}


def _dressed(call: F, method: Callable[..., Any]) -> F:
    """``call`` under the name, text and signature of ``method``."""
    wraps(method)(call)
    signature = inspect.signature(method)
    returns = str(signature.return_annotation)
    for name, ours in _RETURNS.items():
        returns = returns.replace(name, ours)
    about = vars(call)
    del about["__wrapped__"]  # else tools take the shim for the async method behind it
    about["__signature__"] = signature.replace(return_annotation=returns)
    call.__annotations__ = {**method.__annotations__, "return": returns}
    return call


class ZaguanClient:
    """CoreX for sync callers: ``with ZaguanClient(base_url, api_key) as client: ...``.

    Arguments, methods and errors are those of ``AsyncZaguanClient``; what is a coroutine there is called here, and
    streams are plain iterators with ``close``.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: TimeoutTypes | None = 30.0,
        http_client: None = None,
        *,
        retry: RetryConfig | None = None,
        hooks: ObservabilityHook | Sequence[ObservabilityHook] = (),
        headers: Mapping[str, str] | None = None,
        verify: bool | str | os.PathLike[str] = True,
    ) -> None:
        self._client = AsyncZaguanClient(
            base_url, api_key, timeout, http_client, retry=retry, hooks=hooks, headers=headers, verify=verify
        )

    @property
    def base_url(self) -> str:
        """The gateway's host, without ``/v1``."""
        return self._client.base_url

    @property
    def api_key(self) -> str:
        """The bearer key."""
        return self._client.api_key

    @property
    def timeout(self) -> TimeoutTypes | None:
        """Seconds of a call, or the four limits by name; None is no limit."""
        return self._client.timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._client).replace("AsyncZaguanClient", "ZaguanClient")

    def close(self) -> None:
        """End the use of the client; later calls are RuntimeErrors. Connections are the process's and stay."""
        self._client._closed = True  # not by way of the shim, which this would start at exit

    chat = _call(AsyncZaguanClient.chat)
    chat_stream = _streamed(AsyncZaguanClient.chat_stream)
    chat_simple = _call(AsyncZaguanClient.chat_simple)
    chat_with_system = _call(AsyncZaguanClient.chat_with_system)
    create_response = _call(AsyncZaguanClient.create_response)
    create_response_stream = _streamed(AsyncZaguanClient.create_response_stream)
    messages = _call(AsyncZaguanClient.messages)
    messages_stream = _streamed(AsyncZaguanClient.messages_stream)
    count_tokens = _call(AsyncZaguanClient.count_tokens)
    create_messages_batch = _call(AsyncZaguanClient.create_messages_batch)
    get_messages_batch = _call(AsyncZaguanClient.get_messages_batch)
    list_messages_batches = _call(AsyncZaguanClient.list_messages_batches)
    cancel_messages_batch = _call(AsyncZaguanClient.cancel_messages_batch)
    get_messages_batch_results = _streamed(AsyncZaguanClient.get_messages_batch_results)
    iter_messages_batch_results = _streamed(AsyncZaguanClient.iter_messages_batch_results)
    create_embeddings = _call(AsyncZaguanClient.create_embeddings)
    create_transcription = _call(AsyncZaguanClient.create_transcription)
    create_translation = _call(AsyncZaguanClient.create_translation)
    stream_speech = _streamed(AsyncZaguanClient.stream_speech)
    create_image = _call(AsyncZaguanClient.create_image)
    edit_image = _call(AsyncZaguanClient.edit_image)
    create_image_variation = _call(AsyncZaguanClient.create_image_variation)
    create_moderation = _call(AsyncZaguanClient.create_moderation)
    rerank = _call(AsyncZaguanClient.rerank)
    classify = _call(AsyncZaguanClient.classify)
    list_models = _call(AsyncZaguanClient.list_models)
    get_model = _call(AsyncZaguanClient.get_model)
    delete_model = _call(AsyncZaguanClient.delete_model)
    get_capabilities = _call(AsyncZaguanClient.get_capabilities)
    get_model_capabilities = _call(AsyncZaguanClient.get_model_capabilities)
    supports_vision = _call(AsyncZaguanClient.supports_vision)
    supports_tools = _call(AsyncZaguanClient.supports_tools)
    supports_reasoning = _call(AsyncZaguanClient.supports_reasoning)
    list_virtual_models = _call(AsyncZaguanClient.list_virtual_models)
    get_virtual_model = _call(AsyncZaguanClient.get_virtual_model)
    get_providers_status = _call(AsyncZaguanClient.get_providers_status)
    get_circuit_breaker_status = _call(AsyncZaguanClient.get_circuit_breaker_status)
    health_check = _call(AsyncZaguanClient.health_check)
    get_credits_balance = _call(AsyncZaguanClient.get_credits_balance)
    get_credits_history = _call(AsyncZaguanClient.get_credits_history)
    iter_credits_history = _each(AsyncZaguanClient.iter_credits_history)
    get_credits_stats = _call(AsyncZaguanClient.get_credits_stats)
    upload_file = _call(AsyncZaguanClient.upload_file)
    list_files = _call(AsyncZaguanClient.list_files)
    get_file = _call(AsyncZaguanClient.get_file)
    delete_file = _call(AsyncZaguanClient.delete_file)
    get_file_content = _call(AsyncZaguanClient.get_file_content)
    download_file = _call(AsyncZaguanClient.download_file)
    create_batch = _call(AsyncZaguanClient.create_batch)
    get_batch = _call(AsyncZaguanClient.get_batch)
    list_batches = _call(AsyncZaguanClient.list_batches)
    cancel_batch = _call(AsyncZaguanClient.cancel_batch)
    create_fine_tuning_job = _call(AsyncZaguanClient.create_fine_tuning_job)
    list_fine_tuning_jobs = _call(AsyncZaguanClient.list_fine_tuning_jobs)
    get_fine_tuning_job = _call(AsyncZaguanClient.get_fine_tuning_job)
    cancel_fine_tuning_job = _call(AsyncZaguanClient.cancel_fine_tuning_job)
    list_fine_tuning_events = _call(AsyncZaguanClient.list_fine_tuning_events)
    create_assistant = _call(AsyncZaguanClient.create_assistant)
    get_assistant = _call(AsyncZaguanClient.get_assistant)
    update_assistant = _call(AsyncZaguanClient.update_assistant)
    delete_assistant = _call(AsyncZaguanClient.delete_assistant)
    list_assistants = _call(AsyncZaguanClient.list_assistants)
    create_thread = _call(AsyncZaguanClient.create_thread)
    get_thread = _call(AsyncZaguanClient.get_thread)
    update_thread = _call(AsyncZaguanClient.update_thread)
    delete_thread = _call(AsyncZaguanClient.delete_thread)
    create_run = _call(AsyncZaguanClient.create_run)
    get_run = _call(AsyncZaguanClient.get_run)
    cancel_run = _call(AsyncZaguanClient.cancel_run)

    # Not one line, because a ParamSpec keeps no overloads.
    @overload
    def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None = None,
        output_path: None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> bytes: ...
    @overload
    def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None,
        output_path: str | os.PathLike[str],
        request_id: str | None = None,
        **fields: Any,
    ) -> None: ...
    @overload
    def create_speech(
        self,
        request: None = None,
        *,
        output_path: str | os.PathLike[str],
        request_id: str | None = None,
        **fields: Any,
    ) -> None: ...
    def create_speech(
        self,
        request: AudioSpeechRequest | Mapping[str, Any] | None = None,
        output_path: str | os.PathLike[str] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> bytes | None:
        """``AsyncZaguanClient.create_speech``, for sync callers."""
        return run(partial(self._client.create_speech, request, output_path, request_id, **fields))
