"""mini-swe-agent: an agent that works in a shell, what it cost, models that a program registers, errors."""

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
from minisweagent.models.litellm_model import LitellmModel

import edgequake_async
from edgequake_async.testing import FakeProvider, ToolCall, error, text

assert litellm is edgequake_async
DONE = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; cat answer.txt"


def bash(command: str) -> object:
    return text("On it.", tool_calls=[ToolCall("bash", {"command": command})])


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
print("done")
