"""mini-swe-agent: an agent in a shell by calls, by text and over the Responses API, what it cost, models that
a program registers, errors."""

from __future__ import annotations

import os
import tempfile

os.environ["MSWEA_SILENT_STARTUP"] = "1"
os.environ["MSWEA_GLOBAL_CONFIG_DIR"] = tempfile.mkdtemp()
os.environ["MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT"] = "2"

import json
from pathlib import Path

import litellm
from minisweagent.agents.default import DefaultAgent
from minisweagent.environments.local import LocalEnvironment
from minisweagent.exceptions import FormatError
from minisweagent.models.litellm_model import LitellmModel
from minisweagent.models.litellm_response_model import LitellmResponseModel
from minisweagent.models.litellm_textbased_model import LitellmTextbasedModel

import edgequake_async
from edgequake_async.testing import FakeProvider, ToolCall, error, raw, text

assert litellm is edgequake_async
DONE = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; cat answer.txt"


def bash(command: str) -> object:
    return text("On it.", tool_calls=[ToolCall("bash", {"command": command})])


def fenced(command: str) -> object:
    return text(f"On it.\n\n```mswea_bash_command\n{command}\n```")


def responded(command: str) -> object:
    """https://platform.openai.com/docs/api-reference/responses"""
    arguments = json.dumps({"command": command})
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "bash", "arguments": arguments}
    document = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1754000000,
        "status": "completed",
        "model": "gpt-4o",
        "output": [{**call, "status": "completed"}],
        "usage": {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110},
    }
    return raw(200, (), document)


with FakeProvider() as fake, tempfile.TemporaryDirectory() as folder:
    where = {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}

    fake.script(bash("echo forty-two > answer.txt"), bash(DONE))
    model = LitellmModel(model_name="openai/gpt-4o", model_kwargs=where)
    templates = {"system_template": "You work in a shell.", "instance_template": "{{ task }}"}
    agent = DefaultAgent(model, LocalEnvironment(cwd=folder), **templates, cost_limit=1.0, step_limit=5)
    result = agent.run("Write the answer down.")
    assert result["exit_status"] == "Submitted", result
    assert result["submission"].strip() == "forty-two", result
    assert agent.cost > 0
    first, second = (request.json for request in fake.requests)
    assert first["messages"][0]["content"] == "You work in a shell."
    assert first["tools"][0]["function"]["name"] == "bash"
    assert second["messages"][-1]["role"] == "tool"
    assert "<returncode>0</returncode>" in second["messages"][-1]["content"]

    for kind, said, path in (
        (LitellmTextbasedModel, fenced, "/v1/chat/completions"),
        (LitellmResponseModel, responded, "/v1/responses"),
    ):
        fake.clear()
        fake.script(said("echo forty-three > answer.txt"), said(DONE))
        agent = DefaultAgent(
            kind(model_name="openai/gpt-4o", model_kwargs=where),
            LocalEnvironment(cwd=folder),
            **templates,
            cost_limit=1.0,
            step_limit=5,
        )
        result = agent.run("Write the answer down.")
        assert (result["exit_status"], result["submission"].strip()) == ("Submitted", "forty-three"), result
        assert agent.cost > 0
        assert [request.path for request in fake.requests] == [path, path]
    assert fake.requests[1].json["input"][-2]["type"] == "function_call"
    assert "<returncode>0</returncode>" in fake.requests[1].json["input"][-1]["output"]

    registry = Path(folder, "models.json")
    priced = {"input_cost_per_token": 1.0, "output_cost_per_token": 0.0, "litellm_provider": "openai", "mode": "chat"}
    registry.write_text(json.dumps({"openai/mine": priced}))
    own = LitellmModel(model_name="openai/mine", model_kwargs=where, litellm_model_registry=registry)
    fake.clear()
    fake.script(bash("true"))
    told = own.query([{"role": "user", "content": "Go on."}])
    assert told["extra"]["cost"] == told["extra"]["response"]["usage"]["prompt_tokens"]

    fake.clear()
    fake.script(error(401, "Wrong key."))
    try:
        own.query([{"role": "user", "content": "Go on."}])
    except litellm.exceptions.AuthenticationError as problem:
        assert "Wrong key." in problem.message
        assert "mini-extra config set" in str(problem)
    else:
        raise AssertionError("no error")
    assert len(fake.requests) == 1

    # It asks once where asking again is of no use.
    for reply, wanted in (
        (error(403, "No."), litellm.exceptions.PermissionDeniedError),
        (error(404, "No."), litellm.exceptions.NotFoundError),
        (error(400, "No.", code="context_length_exceeded"), litellm.exceptions.ContextWindowExceededError),
    ):
        fake.clear()
        fake.script(reply, bash("true"))
        try:
            own.query([{"role": "user", "content": "Go on."}])
        except wanted:
            assert len(fake.requests) == 1
        else:
            raise AssertionError(f"no {wanted.__name__}")

    # An answer that it cannot use, which cost something all the same.
    fake.clear()
    fake.script(text("I would rather talk."))
    try:
        own.query([{"role": "user", "content": "Go on."}])
    except FormatError as problem:
        assert problem.messages[0]["extra"]["cost"] > 0
        assert problem.messages[0]["extra"]["response"]["object"] == "chat.completion"
    else:
        raise AssertionError("no error")

    # A model of which no price is known.
    fake.clear()
    fake.script(bash("true"), bash("true"))
    try:
        LitellmModel(model_name="openai/unpriced", model_kwargs=where).query([{"role": "user", "content": "Go on."}])
    except RuntimeError as problem:
        assert "isn't mapped yet" in str(problem)
    else:
        raise AssertionError("no error")
    free = LitellmModel(model_name="openai/unpriced", model_kwargs=where, cost_tracking="ignore_errors")
    assert free.query([{"role": "user", "content": "Go on."}])["extra"]["cost"] == 0
print("done")
