"""What every method of the clients is made of: one request to CoreX through the engine, its terms, errors and hooks.

The engine pools connections for the whole process, so a client is cheap to make and holds nothing that must be closed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from .. import _eq_core, config
from ..exceptions import BadRequestError
from ..form import Part
from ..loops import enter
from ..terms import make_target
from ..timeouts import TimeoutTypes, read_timeout
from ..types.tolerant import read
from ..unserialisable import to_body
from ._options import NOT_GIVEN, CallOptions, check_headers, merged, request_id
from ._reader import Reader
from ._streams import AsyncStream
from ._watch import Watch
from .models._base import ZaguanModel
from .observability import ObservabilityHook
from .retry import RetryConfig

__all__ = ["BaseClient", "from_json"]

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def from_json(parse: Callable[[Any], T]) -> Callable[[bytes], T]:
    """What reads a document, as what reads the bytes of one."""

    def parse_bytes(data: bytes) -> T:
        try:
            document = json.loads(data)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None
        return parse(document)

    return parse_bytes


class _Ready(NamedTuple):
    """A call that is ready to cross."""

    target: _eq_core.Target
    body: bytes | list[Part] | None
    headers: list[tuple[str, str]]
    watch: Watch


class BaseClient:
    """A CoreX account: where it is, its key, and the terms of its calls.

    Args:
        base_url: the host, with or without ``/v1``. Else ``ZAGUAN_BASE_URL``, the configuration file, CoreX's own.
        api_key: else ``ZAGUAN_API_KEY`` or the configuration file.
        timeout: seconds for a whole call, and for each wait of a stream; or ``Timeouts`` with the four limits by name;
            None is no limit.
        http_client: must be None. Connections are the engine's, pooled for the process.
        retry: which failures are sent again; None, as CoreX's specification asks, is none.
        hooks: told of every request, answer, error and retry.
        headers: sent with every request.
        verify: whether certificates are verified, or the path of a PEM file with those to trust.

    Attributes:
        base_url: the host, without ``/v1``.
        timeout: as given.

    Raises:
        ValueError: no base URL or no key, or one that is blank; a timeout that is none.
        TypeError: an ``http_client``; headers that are no texts.
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
        if http_client is not None:
            raise TypeError(
                "http_client: connections belong to the engine; timeout, retry, headers and verify say the rest"
            )
        base = config.base_for("zaguan") if base_url is None else base_url
        key = config.key_for("zaguan") if api_key is None else api_key
        if not isinstance(base, str) or not base.strip():
            raise ValueError("base_url cannot be empty: pass it or set ZAGUAN_BASE_URL")
        if not isinstance(key, str) or not key.strip():
            raise ValueError("api_key cannot be empty: pass it or set ZAGUAN_API_KEY")
        self.base_url = base.strip().rstrip("/").removesuffix("/v1").rstrip("/")
        self.api_key = key
        self.timeout = timeout
        self._retry = retry
        self._hooks: tuple[ObservabilityHook, ...] = tuple(hooks) if isinstance(hooks, Sequence) else (hooks,)
        self._headers = dict(headers or {})
        check_headers(self._headers)
        self._verify = (verify, None) if isinstance(verify, bool) else (True, os.fspath(verify))
        self._closed = False
        self._make_target("GET", "", CallOptions(), stream=False)  # what is wrong with the terms is said at once

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.base_url}>"

    async def _send(self, reply: type[M], method: str, path: str, call: CallOptions, **terms: Any) -> M:
        """Send a request and read the JSON object that answers it; see ``_send_raw``.

        Raises:
            InvalidResponseError: the answer is no JSON object.
        """
        return await self._send_parsed(lambda data: read(reply, data), method, path, call, **terms)

    async def _send_parsed(
        self,
        parse: Callable[[bytes], T],
        method: str,
        path: str,
        call: CallOptions,
        *,
        verbatim: bool = False,
        **terms: Any,
    ) -> T:
        """Send a request and return what ``parse`` makes of the body that answers it; see ``_send_raw``.

        Args:
            parse: raises ValueError where the body is not what the protocol says.

        Raises:
            InvalidResponseError: ``parse`` said so.
        """
        port = await enter()
        if "form" in terms:
            terms["form"] = await terms["form"].parts()
        target, body, headers, watch = self._prepare(method, path, call, stream=False, **terms)
        with watch:
            answered = await _eq_core.request(port, target, body, headers, watch.on_retry, verbatim)
            try:
                parsed = parse(answered.body)
            except ValueError as error:
                raise _eq_core.EngineError(target.invalid(answered, str(error))) from None
            if isinstance(parsed, ZaguanModel):
                vars(parsed)["_request_id"] = answered.header("x-request-id") or watch.request_id
            watch.ended(answered.status, getattr(parsed, "usage", None))
        return parsed

    async def _send_raw(self, method: str, path: str, call: CallOptions, **terms: Any) -> bytes:
        """Send a request and return the body that answers it.

        Args:
            method: of HTTP.
            path: below ``/v1``, percent-encoded.
            call: the call's own terms.
            **terms: ``body`` (a model or a mapping, sent as JSON), ``form``, ``query``, ``model``
                (for hooks), ``root`` (the path is below the host), ``verbatim`` (the answer is
                somebody's file: whatever it says, it is no error).

        Raises:
            ZaguanError: the call failed.
        """
        return await self._send_parsed(bytes, method, path, call, **terms)

    async def _download(
        self,
        method: str,
        path: str,
        call: CallOptions,
        to: str | os.PathLike[str],
        *,
        verbatim: bool = False,
        **terms: Any,
    ) -> None:
        """Send a request and write what answers it to a file, which appears whole or not at all; see ``_send_raw``.

        Raises:
            ZaguanError: the call failed, or the file cannot be written.
        """
        port = await enter()
        if "form" in terms:
            terms["form"] = await terms["form"].parts()
        target, body, headers, watch = self._prepare(method, path, call, stream=False, **terms)
        with watch:
            answered = await _eq_core.download(port, target, body, to, headers, watch.on_retry, verbatim)
            watch.ended(answered.status)

    def _stream(
        self,
        item: type[T] | None,
        wire: str,
        method: str,
        path: str,
        call: CallOptions,
        *,
        verbatim: bool = False,
        **terms: Any,
    ) -> AsyncStream[T]:
        """A request that is answered by a stream; sent when the stream is first read from. See ``_send_raw``.

        Args:
            item: the model of an item; None for text (lines) or bytes.
            wire: ``chat``, ``events``, ``lines`` or ``bytes``.
        """
        call = replace(call, request_id=request_id(call, self._headers))
        reader: Reader[T] = Reader(item, wire, call.request_id)

        async def open_stream() -> tuple[_eq_core.Stream, Watch]:
            port = await enter()
            target, body, headers, watch = self._prepare(method, path, call, stream=True, **terms)
            with watch:
                opened = await _eq_core.open_stream(
                    port, target, body, reader.decode, reader.fail, wire, headers, watch.on_retry, verbatim
                )
            return opened.take(), watch

        return AsyncStream(open_stream, reader)

    def _prepare(
        self,
        method: str,
        path: str,
        call: CallOptions,
        *,
        stream: bool,
        body: BaseModel | Mapping[str, Any] | None = None,
        form: list[Part] | None = None,
        query: Mapping[str, str] | None = None,
        model: str | None = None,
        root: bool = False,
    ) -> _Ready:
        if self._closed:
            raise RuntimeError("the client is closed")
        url = f"{self.base_url}{'' if root else '/v1'}{path}"
        target = self._make_target(
            method, f"{path}?{urlencode(query)}" if query else path, call, stream=stream, root=root
        )
        sent = form if body is None else to_body(body)
        watch = Watch(self._hooks, request_id(call, self._headers), method, url, model, self._retries(call))
        return _Ready(target, sent, [("X-Request-Id", watch.request_id)], watch)

    def _make_target(
        self, method: str, path: str, call: CallOptions, *, stream: bool, root: bool = False
    ) -> _eq_core.Target:
        retry = self._retries(call)
        timeout = self.timeout if call.timeout is NOT_GIVEN else call.timeout
        try:
            return make_target(
                method,
                path,
                "zaguan",
                self.base_url if root else f"{self.base_url}/v1",
                self.api_key,
                merged(self._headers, call.headers),
                read_timeout(timeout, stream=stream, model=""),
                0 if retry is None else _terms(retry),
                *self._verify,
            )
        except BadRequestError as error:
            raise ValueError(error.args[0]) from None
        except _eq_core.EngineError as error:
            raise ValueError(error.args[0]["message"]) from None

    def _retries(self, call: CallOptions) -> RetryConfig | None:
        return self._retry if call.retry is NOT_GIVEN else call.retry


def _terms(retry: RetryConfig) -> tuple[int, float, float, float, float, tuple[int, ...]]:
    return (
        retry.max_retries,
        retry.initial_delay,
        retry.max_delay,
        retry.exponential_base,
        0.5 if retry.jitter else 0.0,
        retry.retry_on_status_codes,
    )
