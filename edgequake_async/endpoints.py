"""The endpoints beside chat (pictures, sound, moderation, files, batches): what all calls of them share.

They are spoken as OpenAI speaks them, by providers that are known to have them (the table's ``endpoints``); to others
nothing is sent. Keys, addresses, limits, retries and errors are those of a chat.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from . import _eq_core, alias, config
from ._error_mapping import to_exception
from .arguments import OF_AZURE, UNSUPPORTED, as_mapping, local_names, refuse
from .entra import fetch_token, refuse_credentials
from .exceptions import BadRequestError, UnsupportedParamsError
from .form import Part, fields_of
from .loops import enter
from .redirects import PROXY, goes_to_proxy
from .reply import ReplySource
from .request import resolve, resolve_call, serialise
from .terms import CallInfo, find_target, own_headers
from .types.base import Response
from .types.binary import HttpxBinaryResponseContent
from .types.tolerant import read
from .uploads import uploaded

__all__ = ["Endpoint", "ask", "ask_raw", "fetch", "save"]

_Answer = TypeVar("_Answer", bound=Response)

_BODILESS = ("GET", "DELETE")


class Endpoint(NamedTuple):
    """What is asked, and how.

    Attributes:
        kind: what the table's ``endpoints`` call it.
        method: of HTTP.
        path: at OpenAI, ``{}`` for the object's id.
        id: the argument that is the id.
        files: the arguments that are files, the first one needed; with any, the body is a form.
        many: those of them that may be several.
        sent: arguments that are sent, though in a chat they are litellm's own.
        accept: what the reply may be; "" for JSON.
    """

    kind: str
    method: str
    path: str
    id: str = ""
    files: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    accept: str = ""


class _Ready(NamedTuple):
    target: _eq_core.Target
    body: bytes | list[Part] | None
    info: CallInfo
    headers: tuple[tuple[str, str], ...]


class _Source(ReplySource):
    """Of a reply whose price is not known here: tokens of pictures, seconds of sound, batches at half price."""

    def hidden_params(self, response: Any) -> dict[str, Any]:
        return {**self.plain_params(), "response_cost": None}


async def ask(endpoint: Endpoint, answer: type[_Answer], params: dict[str, Any]) -> _Answer:
    """One call whose reply is a JSON object.

    Args:
        endpoint: a row.
        answer: what the object is read as.
        params: every argument of the call; None means not given. Consumed.

    Raises:
        UnsupportedParamsError: the provider does not have the endpoint, or an argument is one that is not done here.
        EQError: as of a chat.
    """
    target, reply, info = await _sent(endpoint, params)
    try:
        response = read(answer, reply.body)
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(_Source(reply, info))
    return response


async def ask_raw(endpoint: Endpoint, params: dict[str, Any]) -> tuple[_eq_core.Reply, ReplySource]:
    """One call whose reply is what the caller makes of it; see ``ask``."""
    _, reply, info = await _sent(endpoint, params)
    return reply, _Source(reply, info)


async def fetch(endpoint: Endpoint, params: dict[str, Any]) -> HttpxBinaryResponseContent:
    """One call whose reply is a file of modest size, kept in memory; see ``ask``."""
    reply, source = await ask_raw(endpoint, params)
    return HttpxBinaryResponseContent(reply.body, reply.status, source)


async def save(endpoint: Endpoint, params: dict[str, Any]) -> HttpxBinaryResponseContent:
    """One call whose reply is a file of any size and content, written to disk as it arrives; see ``ask``.

    It goes to a folder that nobody else may read; where there is no place for such, into memory.
    """
    port = await enter()
    target, body, info, headers = await _prepare(endpoint, params)
    folder = _folder()
    try:
        if folder is None:
            reply = await _eq_core.request(port, target, body, headers, None, True)
            return HttpxBinaryResponseContent(reply.body, reply.status, _Source(reply, info))
        reply = await _eq_core.download(port, target, body, folder / "content", headers, None, True)
    except BaseException as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, _eq_core.EngineError):
            raise to_exception(error.args[0], info.model) from None
        raise
    return HttpxBinaryResponseContent(folder / "content", reply.status, _Source(reply, info))


def _folder() -> Path | None:
    """A new folder for one file; made here, for a thread would cost as much as the two system calls (30 us)."""
    try:
        return Path(tempfile.mkdtemp(prefix="edgequake-"))
    except OSError:
        return None


async def _sent(endpoint: Endpoint, params: dict[str, Any]) -> tuple[_eq_core.Target, _eq_core.Reply, CallInfo]:
    port = await enter()
    target, body, info, headers = await _prepare(endpoint, params)
    try:
        return target, await _eq_core.request(port, target, body, headers), info
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None


async def _prepare(endpoint: Endpoint, params: dict[str, Any]) -> _Ready:
    alias.rename()
    _refuse_handlers(endpoint, params)
    provider, name = _resolved(params)
    model = params["model"]
    if any(params.get(unsupported) for unsupported in (*UNSUPPORTED, "stream")):
        refuse(params, provider, model, (*UNSUPPORTED, "stream"))
    row = config.row(provider)
    if endpoint.kind not in row["endpoints"]:
        raise UnsupportedParamsError(f"{provider} has no {endpoint.kind} endpoint", provider, model)
    if "azure_ad_token_provider" in params:
        await fetch_token(params, provider)
    if provider in OF_AZURE:
        refuse_credentials(provider, params)
    local = local_names("beside", provider) - endpoint.sent
    own = {"model": name} if name else {}
    asked = own | {key: value for key, value in params.items() if value is not None and key not in local}
    path = _path(endpoint, asked, model)
    for unwanted in _names(params.get("additional_drop_params"), model):
        asked.pop(unwanted, None)
    extra, query = params.get("extra_body"), dict(as_mapping("extra_query", params.get("extra_query") or {}, model))
    if endpoint.method not in _BODILESS:
        asked.update(as_mapping("extra_body", extra or {}, model))
    elif extra:
        raise BadRequestError("extra_body: this call has no body; extra_query goes into its URL", model, provider)
    else:
        asked, query = {}, asked | query
    if query:
        path += f"?{_encoded(query, model)}"
    to, once = (endpoint.method, path), bool(endpoint.id or query)
    target, info = find_target("beside", to, provider, name, False, params, once=once)
    body: bytes | list[Part] | None
    body = await _form(endpoint, asked, model) if endpoint.files else serialise(asked, model) if asked else None
    return _Ready(target, body, info, own_headers(provider, params) + _accept(endpoint, params))


def _refuse_handlers(endpoint: Endpoint, params: Mapping[str, Any]) -> None:
    if not config.handlers() or not isinstance(params.get("model"), str):
        return
    from .custom_calls import find

    if custom := find(params):
        why = f"{custom.info.provider}: a handler in Python has no {endpoint.kind}"
        raise UnsupportedParamsError(why, custom.info.provider, custom.info.model)


def _resolved(params: dict[str, Any]) -> tuple[str, str]:
    """The provider and the model, "" where the call has none: files and batches belong to the provider."""
    model, named = params.get("model"), params.get("custom_llm_provider")
    for argument, value in (("model", model), ("custom_llm_provider", named)):
        if value is not None and not isinstance(value, str):
            raise BadRequestError(f"{argument}: must be a string, not {type(value).__name__}", "", "")
    params["model"] = model or ""
    if model is None:
        return resolve("any", PROXY if goes_to_proxy(params) else named or "openai")[0], ""
    return resolve_call(params)


def _path(endpoint: Endpoint, asked: dict[str, Any], model: str) -> str:
    if not endpoint.id:
        return endpoint.path
    id = asked.pop(endpoint.id, None)
    if not isinstance(id, str) or not id.strip(" .") or not id.isprintable():
        raise BadRequestError(f"{endpoint.id}: must be the id of one, not {id!r:.80}", model, "")
    return endpoint.path.format(quote(id, safe=""))


def _names(names: Any, model: str) -> list[str]:
    if names is not None and not isinstance(names, (list, tuple, set, frozenset)):
        raise BadRequestError(f"additional_drop_params: must be a list of names, not {type(names).__name__}", model, "")
    return list(names or ())


async def _form(endpoint: Endpoint, asked: Mapping[str, Any], model: str) -> list[Part]:
    """Fields first, then files. Several files are ``name[]`` each, as OpenAI has it."""
    if asked.get(endpoint.files[0]) in (None, []):
        raise BadRequestError(f"{endpoint.files[0]}: must be given", model, "")
    try:
        parts = fields_of({name: value for name, value in asked.items() if name not in endpoint.files})
    except ValueError as error:
        raise BadRequestError(str(error), model, "") from None
    for name in endpoint.files:
        given = asked.get(name)
        if isinstance(given, list) and name in endpoint.many:
            parts += [await uploaded(f"{name}[]", file, model) for file in given]
        elif given is not None:
            parts.append(await uploaded(name, given, model))
    return parts


def _encoded(query: Mapping[str, Any], model: str) -> str:
    try:
        texts = [(name, content) for name, _, _, content in fields_of(query) if isinstance(content, bytes)]
    except ValueError as error:
        raise BadRequestError(str(error), model, "") from None
    return urlencode(texts)


def _accept(endpoint: Endpoint, params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    given = (config.get("headers"), params.get("headers"), params.get("extra_headers"))
    if not endpoint.accept or any(str(name).lower() == "accept" for headers in given if headers for name in headers):
        return ()
    return (("Accept", endpoint.accept),)
