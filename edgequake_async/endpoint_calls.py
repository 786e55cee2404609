"""The calls beside chat, each from its keyword arguments to what comes back: rows, and what is special about a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from .custom_errors import failure
from .endpoints import Endpoint, ask, ask_raw, fetch, save
from .exceptions import BadRequestError, UnsupportedParamsError
from .request import resolve
from .terms import CallInfo
from .types import (
    BatchPage,
    CursorPage,
    FileDeleted,
    FilePage,
    HttpxBinaryResponseContent,
    ImageResponse,
    LiteLLMBatch,
    OpenAIFileObject,
    OpenAIModerationResponse,
    TranscriptionResponse,
)
from .types.construct import construct
from .types.tolerant import read

__all__ = [
    "cancel_batch",
    "create_batch",
    "create_file",
    "delete_file",
    "edit",
    "generate",
    "list_batches",
    "list_files",
    "moderate",
    "read_file",
    "retrieve_batch",
    "retrieve_file",
    "speak",
    "transcribe",
]

_Page = TypeVar("_Page", bound=CursorPage)

_METADATA = frozenset({"metadata"})
_ANYTHING = "*/*"
_GENERATE = Endpoint("images", "POST", "/images/generations")
_EDIT = Endpoint("image_edits", "POST", "/images/edits", files=("image", "mask"), many=("image",))
_TRANSCRIBE = Endpoint("transcriptions", "POST", "/audio/transcriptions", files=("file",))
_SPEAK = Endpoint("speech", "POST", "/audio/speech", accept=_ANYTHING)
_MODERATE = Endpoint("moderations", "POST", "/moderations")
_CREATE_FILE = Endpoint("files", "POST", "/files", files=("file",))
_LIST_FILES = Endpoint("files", "GET", "/files")
_RETRIEVE_FILE = Endpoint("files", "GET", "/files/{}", id="file_id")
_DELETE_FILE = Endpoint("files", "DELETE", "/files/{}", id="file_id")
_READ_FILE = Endpoint("files", "GET", "/files/{}/content", id="file_id", accept=_ANYTHING)
_CREATE_BATCH = Endpoint("batches", "POST", "/batches", sent=_METADATA)
_LIST_BATCHES = Endpoint("batches", "GET", "/batches")
_RETRIEVE_BATCH = Endpoint("batches", "GET", "/batches/{}", id="batch_id")
_CANCEL_BATCH = Endpoint("batches", "POST", "/batches/{}/cancel", id="batch_id")
# https://platform.openai.com/docs/api-reference/audio/createTranscription: these are no JSON.
_TEXTS = ("text", "srt", "vtt")


async def generate(params: dict[str, Any]) -> ImageResponse:
    """``aimage_generation``."""
    if (given := params.pop("mock_response", None)) is not None:
        return _mocked(given, params)
    return await ask(_GENERATE, ImageResponse, params)


async def edit(params: dict[str, Any]) -> ImageResponse:
    """``aimage_edit``."""
    return await ask(_EDIT, ImageResponse, params)


async def transcribe(params: dict[str, Any]) -> TranscriptionResponse:
    """``atranscription``."""
    shape = params.get("response_format")
    if shape not in _TEXTS:
        return await ask(_TRANSCRIBE, TranscriptionResponse, params)
    reply, source = await ask_raw(_TRANSCRIBE, params)
    response = _text(reply.body, reply.header("content-type") or "")
    response.attach(source)
    return response


def _text(body: bytes, kind: str) -> TranscriptionResponse:
    """A transcript that is a text; some servers wrap it in JSON all the same."""
    if kind.partition(";")[0].strip().lower() == "application/json":
        try:
            return read(TranscriptionResponse, body)
        except ValueError:
            pass
    return TranscriptionResponse(body.decode("utf-8", "replace"))


async def speak(params: dict[str, Any]) -> HttpxBinaryResponseContent:
    """``aspeech``."""
    params.pop("aspeech", None)
    if (project := params.pop("project", None)) is not None:
        params["extra_headers"] = {"OpenAI-Project": project, **(params.get("extra_headers") or {})}
    return await fetch(_SPEAK, params)


async def moderate(params: dict[str, Any]) -> OpenAIModerationResponse:
    """``amoderation``."""
    return await ask(_MODERATE, OpenAIModerationResponse, params)


async def create_file(params: dict[str, Any]) -> OpenAIFileObject:
    """``acreate_file``."""
    return await ask(_CREATE_FILE, OpenAIFileObject, _of_provider(params))


async def list_files(params: dict[str, Any]) -> FilePage:
    """``afile_list``."""
    return await _listed(_LIST_FILES, FilePage, _of_provider(params))


async def retrieve_file(params: dict[str, Any]) -> OpenAIFileObject:
    """``afile_retrieve``."""
    return await ask(_RETRIEVE_FILE, OpenAIFileObject, _of_provider(params))


async def delete_file(params: dict[str, Any]) -> FileDeleted:
    """``afile_delete``."""
    return await ask(_DELETE_FILE, FileDeleted, _of_provider(params))


async def read_file(params: dict[str, Any]) -> HttpxBinaryResponseContent:
    """``afile_content``."""
    params.pop("chunk_size", None)
    return await save(_READ_FILE, _of_provider(params))


async def create_batch(params: dict[str, Any]) -> LiteLLMBatch:
    """``acreate_batch``."""
    return await ask(_CREATE_BATCH, LiteLLMBatch, _of_provider(params))


async def list_batches(params: dict[str, Any]) -> BatchPage:
    """``alist_batches``."""
    return await _listed(_LIST_BATCHES, BatchPage, _of_provider(params))


async def retrieve_batch(params: dict[str, Any]) -> LiteLLMBatch:
    """``aretrieve_batch``."""
    return await ask(_RETRIEVE_BATCH, LiteLLMBatch, _of_provider(params))


async def cancel_batch(params: dict[str, Any]) -> LiteLLMBatch:
    """``acancel_batch``."""
    return await ask(_CANCEL_BATCH, LiteLLMBatch, _of_provider(params))


def _of_provider(params: dict[str, Any]) -> dict[str, Any]:
    """``params``, which must name no model: what is asked belongs to the provider."""
    if params.get("model") is not None:
        why = "model: files and batches are a provider's; name it by custom_llm_provider"
        raise UnsupportedParamsError(why, "", str(params["model"]))
    return params


async def _listed(endpoint: Endpoint, page: type[_Page], params: dict[str, Any]) -> _Page:
    async def fetch_page(after: str | None = None) -> _Page:
        further = params if after is None else {**params, "after": after}
        found = await ask(endpoint, page, dict(further))
        found.follow(fetch_page)
        return found

    return await fetch_page()


def _mocked(given: Any, params: Mapping[str, Any]) -> ImageResponse:
    """litellm's ``mock_response`` for pictures: an address; here also an exception, a dict or an ``ImageResponse``."""
    model, named = params.get("model"), params.get("custom_llm_provider")
    provider, name = resolve(model, named) if model else (named or "openai", "")
    if isinstance(given, Exception):
        raise failure(given, CallInfo(provider, name, params.get("api_base") or ""))
    if isinstance(given, ImageResponse):
        return given
    if isinstance(given, Mapping):
        return construct(ImageResponse, dict(given))
    if not isinstance(given, str):
        kind = type(given).__name__
        why = f"mock_response: must be an address, an exception, a dict or an ImageResponse, not {kind}"
        raise BadRequestError(why, name, provider)
    return ImageResponse(data=[{"url": given}])
