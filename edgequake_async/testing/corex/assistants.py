"""Assistants, threads and runs of the fake CoreX, in OpenAI's shapes.

A run goes one step further with each GET: queued, in progress, completed. The last step asks the model and
puts its answer into the thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..brain import Ask, Said, prompt_tokens, tokens
from ..fields import given, needed
from .call import Call, Json, Refused
from .chat import spoken
from .world import Routes, World

_ASSISTANT: dict[str, Any] = {
    "name": None,
    "description": None,
    "instructions": None,
    "tools": [],
    "tool_resources": {},
    "metadata": {},
    "temperature": 1.0,
    "top_p": 1.0,
    "response_format": "auto",
}
_OPEN = ("queued", "in_progress")


def _create_assistant(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    return world.shelf("asst_").add(object="assistant", model=body["model"], **_settings(body, _ASSISTANT))


def _list_assistants(world: World, call: Call) -> Json:
    return world.shelf("asst_").page(call.query)


def _get_assistant(world: World, call: Call) -> Json:
    return world.shelf("asst_").get(call.ids[0])


def _update_assistant(world: World, call: Call) -> Json:
    assistant = world.shelf("asst_").get(call.ids[0])
    body = call.document()
    if body.get("model") is not None:
        world.find(call, body)
    assistant.update({name: body[name] for name in ("model", *_ASSISTANT) if name in body})
    return assistant


def _delete_assistant(world: World, call: Call) -> Json:
    return world.shelf("asst_").drop(call.ids[0], "assistant.deleted")


def _create_thread(world: World, call: Call) -> Json:
    body = call.document() if call.record.body else {}
    messages = [_heard(item) for item in given(body, "messages", list, default=[])]
    fields = _settings(body, {"metadata": {}, "tool_resources": {}})
    thread = world.shelf("thread_").add(object="thread", **fields)
    for role, text in messages:
        _say(world, thread["id"], role, text)
    return thread


def _get_thread(world: World, call: Call) -> Json:
    return world.shelf("thread_").get(call.ids[0])


def _update_thread(world: World, call: Call) -> Json:
    thread = world.shelf("thread_").get(call.ids[0])
    body = call.document()
    thread.update({name: body[name] for name in ("metadata", "tool_resources") if name in body})
    return thread


def _delete_thread(world: World, call: Call) -> Json:
    return world.shelf("thread_").drop(call.ids[0], "thread.deleted")


def _create_message(world: World, call: Call) -> Json:
    thread = world.shelf("thread_").get(call.ids[0])
    return _say(world, thread["id"], *_heard(call.document()))


def _list_messages(world: World, call: Call) -> Json:
    thread = world.shelf("thread_").get(call.ids[0])
    return world.shelf("msg_").page(call.query, lambda message: message["thread_id"] == thread["id"])


def _create_run(world: World, call: Call) -> Json:
    thread = world.shelf("thread_").get(call.ids[0])
    body = call.document()
    assistant = world.shelf("asst_").get(needed(body, "assistant_id", str))
    for item in given(body, "additional_messages", list, default=[]):
        _say(world, thread["id"], *_heard(item))
    own = {name: body.get(name) or assistant[name] for name in ("model", "instructions", "tools")}
    world.find(call, own)
    world.charge(call)
    return world.shelf("run_").add(
        object="thread.run",
        thread_id=thread["id"],
        assistant_id=assistant["id"],
        status="queued",
        required_action=None,
        last_error=None,
        started_at=None,
        completed_at=None,
        cancelled_at=None,
        failed_at=None,
        metadata=given(body, "metadata", dict, default={}),
        usage=None,
        **own,
    )


def _list_runs(world: World, call: Call) -> Json:
    thread = world.shelf("thread_").get(call.ids[0])
    return world.shelf("run_").page(call.query, lambda run: run["thread_id"] == thread["id"])


def _get_run(world: World, call: Call) -> Json:
    run = _run(world, call)
    if run["status"] == "queued":
        run.update(status="in_progress", started_at=run["created_at"] + 1)
    elif run["status"] == "in_progress":
        _answer(world, run)
    elif run["status"] == "cancelling":
        run.update(status="cancelled", cancelled_at=run["created_at"] + 2)
    return run


def _cancel_run(world: World, call: Call) -> Json:
    run = _run(world, call)
    if run["status"] not in _OPEN:
        raise Refused(400, f"The run is {run['status']} and cannot be cancelled.", code="run_finished")
    run["status"] = "cancelling"
    return run


def _run(world: World, call: Call) -> Json:
    thread, id = call.ids
    world.shelf("thread_").get(thread)
    run = world.shelf("run_").get(id)
    if run["thread_id"] != thread:
        raise Refused(404, f"The run '{id}' is not of the thread '{thread}'.", code="not_found")
    return run


def _answer(world: World, run: Json) -> None:
    said = [Said(role, text) for role, text in world.kept.get(run["thread_id"], [])]
    (turn,) = spoken(Ask(said))
    _say(world, run["thread_id"], "assistant", turn.content or "", run)
    n_prompt, n_completion = prompt_tokens(said), len(tokens(turn.content))
    counted = {"prompt_tokens": n_prompt, "completion_tokens": n_completion, "total_tokens": n_prompt + n_completion}
    run.update(status="completed", completed_at=run["created_at"] + 2, usage=counted)


def _say(world: World, thread: str, role: str, text: str, run: Mapping[str, Any] | None = None) -> Json:
    world.kept.setdefault(thread, []).append((role, text))
    run = run or {}
    return world.shelf("msg_").add(
        object="thread.message",
        thread_id=thread,
        role=role,
        content=[{"type": "text", "text": {"value": text, "annotations": []}}],
        assistant_id=run.get("assistant_id"),
        run_id=run.get("id"),
        attachments=[],
        metadata={},
    )


def _heard(item: Any) -> tuple[str, str]:
    if not isinstance(item, Mapping) or item.get("role") not in ("user", "assistant"):
        raise Refused(400, "Invalid 'role': expected user or assistant.", param="role", code="invalid_value")
    content = needed(item, "content", str, list)
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return item["role"], content


def _settings(body: Mapping[str, Any], defaults: Mapping[str, Any]) -> Json:
    return {name: default if body.get(name) is None else body[name] for name, default in defaults.items()}


ROUTES: Routes = {
    ("POST", "/v1/assistants"): _create_assistant,
    ("GET", "/v1/assistants"): _list_assistants,
    ("GET", "/v1/assistants/{}"): _get_assistant,
    ("POST", "/v1/assistants/{}"): _update_assistant,
    ("DELETE", "/v1/assistants/{}"): _delete_assistant,
    ("POST", "/v1/threads"): _create_thread,
    ("GET", "/v1/threads/{}"): _get_thread,
    ("POST", "/v1/threads/{}"): _update_thread,
    ("DELETE", "/v1/threads/{}"): _delete_thread,
    ("POST", "/v1/threads/{}/messages"): _create_message,
    ("GET", "/v1/threads/{}/messages"): _list_messages,
    ("POST", "/v1/threads/{}/runs"): _create_run,
    ("GET", "/v1/threads/{}/runs"): _list_runs,
    ("GET", "/v1/threads/{}/runs/{}"): _get_run,
    ("POST", "/v1/threads/{}/runs/{}/cancel"): _cancel_run,
}
