"""Files of the fake CoreX: kept as uploaded until deleted."""

from __future__ import annotations

from ..fields import needed
from ..framing import Answer
from .call import Call, Json
from .multipart import form
from .world import Routes, World


def keep(world: World, filename: str, purpose: str, content: bytes) -> Json:
    """Put a file on the shelf; gives its object."""
    file = world.shelf("file-").add(
        object="file",
        bytes=len(content),
        filename=filename,
        purpose=purpose,
        status="processed",
        expires_at=None,
        status_details=None,
    )
    world.kept[file["id"]] = content
    return file


def _upload(world: World, call: Call) -> Json:
    sent = form(call.record)
    upload = sent.file("file")
    return keep(world, upload.filename, needed(sent.fields, "purpose", str), upload.content)


def _list(world: World, call: Call) -> Json:
    purpose = call.query.get("purpose")
    return world.shelf("file-").page(call.query, lambda file: purpose in (None, file["purpose"]))


def _get(world: World, call: Call) -> Json:
    return world.shelf("file-").get(call.ids[0])


def _delete(world: World, call: Call) -> Json:
    return world.shelf("file-").drop(call.ids[0], "file")


def _content(world: World, call: Call) -> Answer:
    file = world.shelf("file-").get(call.ids[0])
    return call.file(world.kept[file["id"]], "application/octet-stream")


ROUTES: Routes = {
    ("POST", "/v1/files"): _upload,
    ("GET", "/v1/files"): _list,
    ("GET", "/v1/files/{}"): _get,
    ("DELETE", "/v1/files/{}"): _delete,
    ("GET", "/v1/files/{}/content"): _content,
}
