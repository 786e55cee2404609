"""openai-agents: a run, a streamed run, tools and a handoff over LitellmModel."""

from __future__ import annotations

import asyncio

import litellm
from agents import Agent, ModelSettings, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel

import edgequake_async
from edgequake_async.testing import FakeProvider, ToolCall, error, text

assert litellm is edgequake_async
set_tracing_disabled(True)


@function_tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def main(fake: FakeProvider) -> None:
    model = LitellmModel(model="openai/gpt-4o", base_url=fake.base_url, api_key=fake.api_key)
    settings = ModelSettings(include_usage=True, temperature=0.1)
    agent = Agent(name="Adder", instructions="Be brief.", model=model, tools=[add], model_settings=settings)

    fake.script(text(None, tool_calls=[ToolCall("add", {"a": 2, "b": 3})]), text("It is 5."))
    result = await Runner.run(agent, "What is 2 + 3?")
    assert result.final_output == "It is 5."
    assert result.context_wrapper.usage.requests == 2
    assert result.context_wrapper.usage.total_tokens > 10
    first, second = (request.json for request in fake.requests)
    assert first["messages"][0] == {"content": "Be brief.", "role": "system"}
    assert first["temperature"] == 0.1
    assert second["messages"][-1]["role"] == "tool"
    assert second["messages"][-1]["content"] == "5"

    fake.clear()
    fake.script(text(None, tool_calls=[ToolCall("add", {"a": 2, "b": 3})]), text("It is still 5."))
    streamed = Runner.run_streamed(agent, "What is 2 + 3?")
    said = [
        event.data.delta
        async for event in streamed.stream_events()
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
    ]
    assert "".join(said) == streamed.final_output == "It is still 5."
    assert len(said) > 1
    assert streamed.context_wrapper.usage.total_tokens > 10

    fake.clear()
    fake.script(text(None, tool_calls=[ToolCall("transfer_to_spanish", {})]), text("Hola."))
    spanish = Agent(name="Spanish", instructions="Speak Spanish.", model=model)
    triage = Agent(name="Triage", instructions="Hand off.", model=model, handoffs=[spanish])
    result = await Runner.run(triage, "Hola")
    assert (result.final_output, result.last_agent.name) == ("Hola.", "Spanish")

    fake.clear()
    fake.script(error(429, "Slow down."))
    impatient = Agent(name="Impatient", model=model, model_settings=ModelSettings(extra_args={"num_retries": 0}))
    try:
        await Runner.run(impatient, "Hi")
    except litellm.RateLimitError as problem:
        assert "Slow down." in str(problem)
    else:
        raise AssertionError("no error")


with FakeProvider() as provider:
    asyncio.run(main(provider))
print("done")
