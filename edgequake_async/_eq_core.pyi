"""The Rust extension. Private: its shape follows the package's needs and no one else's."""

from collections.abc import Awaitable, Callable, Sequence
from os import PathLike
from typing import Any, final

__version__: str
debug_build: bool

class EngineError(Exception):
    """``args[0]`` is a dict of all that is known of the failure."""

@final
class Port:
    """One event loop's doorway: a queue of results and the bell that the loop watches."""

    def __new__(cls, create_future: Callable[[], Any], checkpoint: Callable[[], Awaitable[Any]]) -> Port: ...
    def drain(self) -> Callable[[], None]:
        """What the loop calls when ``fileno()`` is readable; the port closes when it is dropped."""
    def fileno(self) -> int: ...
    def close(self) -> None: ...

@final
class Target:
    """Where a call goes and under which terms.

    ``path`` goes under ``api_base``, percent-encoded, with a query where it has one. ``retries`` is how often, or (how
    often, first delay, longest delay, factor, jitter, statuses), in seconds. ``ask`` is (route, model, streamed,
    drop_params, allowed_openai_params, options) for a provider with a protocol of its own, which knows its own path.
    """

    def __new__(
        cls,
        method: str,
        path: str,
        provider: str,
        api_base: str,
        api_key: str | None,
        headers: tuple[tuple[str, str], ...],
        timeouts: tuple[float | None, float | None, float | None, float | None],
        retries: int | tuple[int, float, float, float, float, tuple[int, ...]],
        verify: bool,
        ca_file: str | None,
        ask: tuple[str, str, bool, bool, tuple[str, ...], tuple[tuple[str, str], ...]] | None = None,
    ) -> Target: ...
    def invalid(self, reply: Reply, why: str) -> dict[str, Any]:
        """What is known of a reply whose body is not what the protocol says, keys hidden."""

@final
class Head:
    """The headers of a reply."""

    def pairs(self) -> list[tuple[str, str]]: ...

@final
class Reply:
    """A whole reply."""

    @property
    def body(self) -> bytes: ...
    @property
    def status(self) -> int: ...
    @property
    def head(self) -> Head: ...
    def header(self, name: str) -> str | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def elapsed(self) -> float:
        """Seconds from the call to the last byte."""

@final
class EmbeddingReply:
    """An embeddings reply, its numbers packed where their shape is known."""

    @property
    def reply(self) -> Reply: ...
    @property
    def packed(self) -> tuple[bytes, bytes, str, list[tuple[int, int]]] | None:
        """(envelope, numbers, struct format of a number, [(offset, length)]), in numbers."""

@final
class OpenedStream:
    """A stream on its way to its owner."""

    def take(self) -> Stream:
        """The stream; once."""

@final
class Stream:
    """A stream of decoded chunks."""

    def __aiter__(self) -> Stream: ...
    def __anext__(self) -> Awaitable[Any]: ...
    def take(self, limit: int) -> list[Any]:
        """Up to ``limit`` chunks that are there now; raises StopAsyncIteration at the end."""
    def wait(self) -> Awaitable[None]: ...
    def abort(self) -> None: ...
    @property
    def status(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def head(self) -> Head: ...
    def header(self, name: str) -> str | None: ...

# Nothing (None), a JSON document, or the parts of a form: (name, file name, content type, bytes or the path of a file).
Body = bytes | None | list[tuple[str, str | None, str | None, bytes | PathLike[str]]]
# Called by the loop with the failure, how many requests were sent, and the seconds until the next.
OnRetry = Callable[[dict[str, Any], int, float], object]

def request(
    port: Port,
    target: Target,
    body: Body,
    headers: Sequence[tuple[str, str]] = ...,
    on_retry: OnRetry | None = None,
    verbatim: bool = False,
) -> Awaitable[Reply]:
    """``verbatim``: the reply is somebody's file, so whatever it holds, it is no error."""

def download(
    port: Port,
    target: Target,
    body: Body,
    path: str | PathLike[str],
    headers: Sequence[tuple[str, str]] = ...,
    on_retry: OnRetry | None = None,
    verbatim: bool = False,
) -> Awaitable[Reply]:
    """The body goes to the file, which appears whole or not at all; the reply's own is empty."""

def embed(
    port: Port, target: Target, body: bytes, base64_is_float32: bool, headers: Sequence[tuple[str, str]] = ...
) -> Awaitable[EmbeddingReply]: ...
def open_stream(
    port: Port,
    target: Target,
    body: Body,
    decode: Callable[[bytes], Any],
    fail: Callable[[dict[str, Any]], BaseException],
    wire: str = "chat",
    headers: Sequence[tuple[str, str]] = ...,
    on_retry: OnRetry | None = None,
    verbatim: bool = False,
) -> Awaitable[OpenedStream]:
    """``wire`` is ``chat``, ``events`` (typed), ``lines`` or ``bytes``."""

def resolve(model: str, provider: str | None = None) -> tuple[str, str]: ...
def serves(endpoint: str, provider: str, model: str) -> bool:
    """Whether a provider serves a model at an endpoint: ``messages``, ... ."""

def translates(route: str, provider: str, model: str) -> bool:
    """Whether what is asked of a model crosses to its provider in other words than OpenAI's."""

def environment(names: Sequence[str]) -> list[str | None]:
    """The values of environment variables; None for those that are not set."""

def told_by_model(provider: str, model: str) -> tuple[str, str] | None:
    """The option that a model's name tells, and its value, such as a region."""

def structured_output(provider: str, model: str, schema: bool) -> str: ...
def media_type(content: bytes) -> str | None: ...
def providers() -> list[dict[str, Any]]: ...
def param_rules() -> list[dict[str, Any]]: ...
def param_effects(provider: str, model: str, route: str) -> list[tuple[str, tuple[str, Any]]]:
    """(parameter, (``lacks``, ``only``, ``named`` or ``implied``, value))."""

def supported_params(provider: str, model: str, route: str) -> list[str] | None: ...
def unsupported_params(provider: str, model: str, names: list[str]) -> dict[str, Any]: ...
def count_tokens(name: str, texts: list[str]) -> int:
    """In the vocabulary of that name; each text by itself. Long ones without the interpreter."""

def count_tokens_async(port: Port, name: str, texts: list[str]) -> Awaitable[int]: ...
def encode_tokens(name: str, text: str) -> list[int]: ...
def decode_tokens(name: str, tokens: list[int]) -> bytes:
    """``KeyError``: the vocabulary does not have one of them."""

def probe(port: Port, ending: str, delay: float = 0.0) -> Awaitable[Any]: ...
