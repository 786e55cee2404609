"""Batches of the fake CoreX, OpenAI's over files and Anthropic's over messages.

Work is done when it is looked at: each GET of an unfinished batch takes it one step further, and the last
step runs every request in it as if it had come alone. So a client that polls is done after two looks at an
OpenAI batch, after one at an Anthropic batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..fields import given, listed, needed
from ..framing import Answer
from ..openai_ask import Refusal
from ..openai_wire import compact
from ..records import Headers, Received
from .call import Call, Json, Refused, chosen
from .files import keep
from .world import Routes, World

_ENDPOINTS = ("/v1/chat/completions", "/v1/embeddings", "/v1/moderations", "/v1/responses")
_DAY = 86_400
_MADE_AT, _EXPIRES_AT = "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"
_COUNTS = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}


def _create(world: World, call: Call) -> Json:
    body = call.document()
    file = needed(body, "input_file_id", str)
    world.shelf("file-").get(file)
    endpoint = chosen(body, "endpoint", _ENDPOINTS, "")
    needed({"endpoint": endpoint}, "endpoint", str)
    window = needed(body, "completion_window", str)
    batch = world.shelf("batch_").add(
        object="batch",
        endpoint=endpoint,
        errors=None,
        input_file_id=file,
        completion_window=window,
        status="validating",
        output_file_id=None,
        error_file_id=None,
        request_counts={"total": 0, "completed": 0, "failed": 0},
        metadata=given(body, "metadata", dict),
        completed_at=None,
        cancelling_at=None,
        cancelled_at=None,
        failed_at=None,
        in_progress_at=None,
    )
    batch["expires_at"] = batch["created_at"] + _DAY
    return batch


def _list(world: World, call: Call) -> Json:
    return world.shelf("batch_").page(call.query)


def _get(world: World, call: Call) -> Json:
    batch = world.shelf("batch_").get(call.ids[0])
    if batch["status"] == "validating":
        _validate(world, batch)
    elif batch["status"] == "in_progress":
        _run(world, call, batch)
    elif batch["status"] == "cancelling":
        batch.update(status="cancelled", cancelled_at=batch["created_at"] + 2)
    return batch


def _cancel(world: World, call: Call) -> Json:
    batch = world.shelf("batch_").get(call.ids[0])
    if batch["status"] not in ("validating", "in_progress"):
        raise Refused(409, f"The batch is {batch['status']} and cannot be cancelled.", code="batch_finished")
    batch.update(status="cancelling", cancelling_at=batch["created_at"] + 1)
    return batch


def _validate(world: World, batch: Json) -> None:
    lines = world.kept.get(batch["input_file_id"], b"").splitlines()
    asked, errors = [], []
    for number, line in enumerate(lines, start=1):
        try:
            item = json.loads(line)
            asked.append((needed(item, "custom_id", str), needed(item, "body", dict)))
        except (ValueError, AttributeError, Refusal) as exc:
            errors.append({"code": "invalid_line", "line": number, "message": str(exc), "param": None})
    if errors or not asked:
        batch.update(status="failed", failed_at=batch["created_at"] + 1, errors={"object": "list", "data": errors})
        return
    world.kept[batch["id"]] = asked
    batch.update(status="in_progress", in_progress_at=batch["created_at"] + 1)
    batch["request_counts"]["total"] = len(asked)


def _run(world: World, call: Call, batch: Json) -> None:
    outputs: dict[bool, list[bytes]] = {True: [], False: []}
    for custom_id, body in world.kept[batch["id"]]:
        id = f"{batch['id']}/{custom_id}"
        status, document = _performed(world, call, batch["endpoint"], id, body)
        response = {"status_code": status, "request_id": id, "body": document}
        line = {"id": f"batch_req_{custom_id}", "custom_id": custom_id, "response": response, "error": None}
        outputs[status == 200].append(compact(line) + b"\n")
    for ok, name in ((True, "output"), (False, "error")):
        if outputs[ok]:
            file = keep(world, f"{batch['id']}_{name}.jsonl", "batch_output", b"".join(outputs[ok]))
            batch[f"{name}_file_id"] = file["id"]
    batch["request_counts"].update(completed=len(outputs[True]), failed=len(outputs[False]))
    batch.update(status="completed", completed_at=batch["created_at"] + 2)


def _performed(world: World, call: Call, path: str, id: str, body: Mapping[str, Any]) -> tuple[int, Any]:
    """Run one request of a batch under an id of its own, so that it is paid for once."""
    headers = Headers((("x-request-id", id), ("content-type", "application/json")))
    alone = {**body, "stream": False}
    return world.perform(Received(call.record.number, "POST", path, headers, compact(alone), 0))


def _create_messages(world: World, call: Call) -> Json:
    body = call.document()
    needed(body, "requests", list)
    asked = [(needed(item, "custom_id", str), needed(item, "params", dict)) for item in listed(body, "requests", dict)]
    names = [name for name, _ in asked]
    if len(set(names)) < len(names):
        raise Refused(400, "requests: a custom_id occurs twice", param="requests")
    batch = world.shelf("msgbatch_").add(
        type="message_batch",
        processing_status="in_progress",
        request_counts={**_COUNTS, "processing": len(asked)},
        created_at=_MADE_AT,
        expires_at=_EXPIRES_AT,
        ended_at=None,
        archived_at=None,
        cancel_initiated_at=None,
        results_url=None,
    )
    world.kept[batch["id"]] = asked
    return batch


def _list_messages(world: World, call: Call) -> Json | list[Any]:
    asked = {"after": call.query.get("after_id", ""), "before": call.query.get("before_id", "")}
    page = world.shelf("msgbatch_").page({**asked, "limit": call.query.get("limit", "20")})
    del page["object"]
    return list(page["data"]) if world.dialect == "typescript" else page


def _get_messages(world: World, call: Call) -> Json:
    batch = world.shelf("msgbatch_").get(call.ids[0])
    if batch["processing_status"] != "ended":
        _end(world, call, batch)
    return batch


def _cancel_messages(world: World, call: Call) -> Json:
    batch = world.shelf("msgbatch_").get(call.ids[0])
    if batch["processing_status"] == "in_progress":
        batch.update(processing_status="canceling", cancel_initiated_at=_MADE_AT)
    return batch


def _results(world: World, call: Call) -> Answer:
    batch = world.shelf("msgbatch_").get(call.ids[0])
    if batch["processing_status"] != "ended":
        raise Refused(404, f"The batch is {batch['processing_status']}: it has no results yet.")
    return call.file(world.kept[batch["id"]], "application/x-jsonl")


def _end(world: World, call: Call, batch: Json) -> None:
    counts, lines = dict(_COUNTS), []
    for custom_id, params in world.kept[batch["id"]]:
        result: Json = {"type": "canceled"}
        if batch["processing_status"] != "canceling":
            status, document = _performed(world, call, "/v1/messages", f"{batch['id']}/{custom_id}", params)
            result = {"type": "succeeded", "message": document}
            if status != 200:
                result = {"type": "errored", "error": document}
        counts[result["type"]] += 1
        lines.append(compact({"custom_id": custom_id, "result": result}) + b"\n")
    world.kept[batch["id"]] = b"".join(lines)
    url = f"{world.root}/v1/messages/batches/{batch['id']}/results"
    batch.update(processing_status="ended", ended_at=_MADE_AT, request_counts=counts, results_url=url)


ROUTES: Routes = {
    ("POST", "/v1/batches"): _create,
    ("GET", "/v1/batches"): _list,
    ("GET", "/v1/batches/{}"): _get,
    ("POST", "/v1/batches/{}/cancel"): _cancel,
    ("POST", "/v1/messages/batches"): _create_messages,
    ("GET", "/v1/messages/batches"): _list_messages,
    ("GET", "/v1/messages/batches/{}"): _get_messages,
    ("POST", "/v1/messages/batches/{}/cancel"): _cancel_messages,
    ("GET", "/v1/messages/batches/{}/results"): _results,
}
