"""The endpoints beside chat as their tests see them: a call of each, and the same call by the openai package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import openai

from edgequake_async.testing import Received
from edgequake_async.testing.corex.multipart import form

PNG = b"\x89PNG\r\n\x1a\n and no more"
SOUND = b"RIFF....WAVEfmt and no more"
LINE = json.dumps({"custom_id": "1", "body": {"model": "m", "messages": [{"role": "user", "content": "hi"}]}})


class Call(NamedTuple):
    """A call: the function, the method of the openai client, the arguments of both, and those that differ."""

    name: str
    sdk: str
    arguments: Mapping[str, Any]
    ours: Mapping[str, Any] = {}
    theirs: Mapping[str, Any] = {}
    kind: str = ""

    @property
    def mine(self) -> dict[str, Any]:
        """The arguments of our function."""
        return {**self.arguments, **self.ours}


_OPENAI = {"model": "openai/m"}
_M = {"model": "m"}
CALLS = [
    Call("image_generation", "images.generate", {"prompt": "a cat"}, _OPENAI, _M, "images"),
    Call("image_edit", "images.edit", {"prompt": "a hat", "image": ("a.png", PNG)}, _OPENAI, _M, "image_edits"),
    Call(
        "transcription",
        "audio.transcriptions.create",
        {"file": ("a.wav", SOUND, "audio/wav")},
        _OPENAI,
        _M,
        "transcriptions",
    ),
    Call("speech", "audio.speech.create", {"input": "one two", "voice": "alloy"}, _OPENAI, _M, "speech"),
    Call("moderation", "moderations.create", {"input": "I hate it"}, _OPENAI, _M, "moderations"),
    Call(
        "create_file",
        "files.create",
        {"file": ("a.jsonl", LINE.encode(), "application/jsonl"), "purpose": "batch"},
        kind="files",
    ),
    Call("file_list", "files.list", {"purpose": "batch"}, kind="files"),
    Call("file_retrieve", "files.retrieve", {"file_id": "file-fake00000001"}, kind="files"),
    Call("file_content", "files.content", {"file_id": "file-fake00000001"}, kind="files"),
    Call("file_delete", "files.delete", {"file_id": "file-fake00000001"}, kind="files"),
    Call(
        "create_batch",
        "batches.create",
        {
            "completion_window": "24h",
            "endpoint": "/v1/chat/completions",
            "input_file_id": "file-fake00000001",
            "metadata": {"who": "me"},
        },
        kind="batches",
    ),
    Call("list_batches", "batches.list", {"limit": 2, "after": "batch_x"}, kind="batches"),
    Call("retrieve_batch", "batches.retrieve", {"batch_id": "batch_fake00000001"}, kind="batches"),
    Call("cancel_batch", "batches.cancel", {"batch_id": "batch_fake00000001"}, kind="batches"),
]
BY_NAME = {call.name: call for call in CALLS}


def by_sdk(client: openai.OpenAI, call: Call, **more: Any) -> Any:
    """The call by the openai package."""
    method: Any = client
    for name in call.sdk.split("."):
        method = getattr(method, name)
    return method(**{**call.arguments, **call.theirs, **more})


def sent(request: Received) -> Any:
    """What a request asks for: method, path, query, and its body as JSON, or as the texts and the files of a form."""
    body: Any = None
    if "multipart" in request.headers.get("content-type", ""):
        whole = form(request)
        body = (whole.texts, whole.files)
    elif request.body:
        body = request.json
    return request.method, request.path, request.query, body
