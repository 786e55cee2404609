"""smolagents: agents that call tools and that write code, whole and streamed, over LiteLLMModel."""

from __future__ import annotations

import importlib.metadata
import sys

# This file has the name of the package that it imports.
sys.path.pop(0)

import litellm
from PIL import Image
from smolagents import CodeAgent, LiteLLMModel, ToolCallingAgent, tool
from smolagents.models import ChatMessageStreamDelta

import edgequake_async
from edgequake_async.testing import FakeProvider, ToolCall, error, text

assert litellm is edgequake_async
assert importlib.metadata.version("litellm")


@tool
def add(a: int, b: int) -> int:
    """Add two numbers.

    Args:
        a: the first
        b: the second
    """
    return a + b


with FakeProvider() as fake:
    model = LiteLLMModel(model_id="openai/gpt-4o", api_base=fake.base_url, api_key=fake.api_key)

    fake.script(
        text(None, tool_calls=[ToolCall("add", {"a": 2, "b": 3})]),
        text(None, tool_calls=[ToolCall("final_answer", {"answer": "five"})]),
    )
    agent = ToolCallingAgent(tools=[add], model=model, verbosity_level=0)
    assert agent.run("What is 2 + 3?") == "five"
    assert "5" in str(fake.requests[1].json["messages"][-1]["content"])
    assert {tool["function"]["name"] for tool in fake.requests[0].json["tools"]} >= {"add", "final_answer"}

    fake.clear()
    fake.script(text("Thought: add them.\n<code>\nfinal_answer(add(a=2, b=3))\n</code>"))
    agent = CodeAgent(tools=[add], model=model, verbosity_level=0)
    assert agent.run("What is 2 + 3?") == 5

    fake.clear()
    fake.script(text("Thought: add them.\n<code>\nfinal_answer(add(a=4, b=3))\n</code>"))
    agent = CodeAgent(tools=[add], model=model, verbosity_level=0, stream_outputs=True)
    assert agent.run("What is 4 + 3?") == 7
    assert fake.requests[0].json["stream"] is True
    counts = agent.monitor.get_total_token_counts()
    assert counts.input_tokens > 100
    assert counts.output_tokens > 0

    fake.clear()
    fake.script(
        text("I add them.", tool_calls=[ToolCall("add", {"a": 5, "b": 3})]),
        text(None, tool_calls=[ToolCall("final_answer", {"answer": "eight"})]),
    )
    agent = ToolCallingAgent(tools=[add], model=model, verbosity_level=0, stream_outputs=True)
    events = list(agent.run("What is 5 + 3?", stream=True))
    deltas = [event.content or "" for event in events if isinstance(event, ChatMessageStreamDelta)]
    assert "".join(deltas) == "I add them."
    assert fake.requests[0].json["stream"] is True
    assert "8" in str(fake.requests[1].json["messages"][-1]["content"])

    fake.clear()
    fake.script(text('{"thought": "Add.", "code": "final_answer(add(a=6, b=3))"}'))
    agent = CodeAgent(tools=[add], model=model, verbosity_level=0, use_structured_outputs_internally=True)
    assert agent.run("What is 6 + 3?") == 9
    assert fake.requests[0].json["response_format"]["type"] == "json_schema"

    fake.clear()
    fake.script(text(None, tool_calls=[ToolCall("final_answer", {"answer": "seen"})]))
    agent = ToolCallingAgent(tools=[], model=model, verbosity_level=0)
    assert agent.run("What is this?", images=[Image.new("RGB", (2, 2))]) == "seen"
    parts = [part for message in fake.requests[0].json["messages"] for part in message["content"]]
    assert any(part["type"] == "image_url" for part in parts)

    fake.clear()
    fake.script(*[error(401, "Wrong key.")] * 8)
    try:
        model.generate([{"role": "user", "content": [{"type": "text", "text": "Hi"}]}])
    except litellm.AuthenticationError as problem:
        assert "Wrong key." in str(problem)
    else:
        raise AssertionError("no error")
print("done")
