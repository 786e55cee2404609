"""openai-agents: runs, streamed runs, tools, typed output, handoffs and errors over LitellmModel, at OpenAI's protocol
and at Anthropic's."""

from __future__ import annotations

import asyncio
import os

import litellm
import pydantic
from agents import Agent, ModelSettings, RunConfig, Runner, function_tool, set_tracing_disabled
from agents.extensions.models.litellm_model import LitellmModel
from agents.extensions.models.litellm_provider import LitellmProvider

import edgequake_async
from edgequake_async.testing import FakeProvider, ToolCall, error, text

assert litellm is edgequake_async
set_tracing_disabled(True)


@function_tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


class Sum(pydantic.BaseModel):
    total: int


async def elsewhere(fake: FakeProvider) -> None:
    """Claude, with thoughts that go back beside the result of the call, whole and streamed."""
    model = LitellmModel(model="anthropic/claude-sonnet-4-5", base_url=fake.host_url, api_key=fake.api_key)
    settings = ModelSettings(include_usage=True, tool_choice="auto")
    agent = Agent(name="Adder", instructions="Be brief.", model=model, tools=[add], model_settings=settings)
    calling = text("Let me add.", tool_calls=[ToolCall("add", {"a": 2, "b": 3})], reasoning="2 and 3.")
    for streamed in (False, True):
        fake.clear()
        fake.script(calling, text("It is 5."))
        if streamed:
            result = Runner.run_streamed(agent, "What is 2 + 3?")
            kinds = {event.type async for event in result.stream_events()}
            assert kinds >= {"raw_response_event", "run_item_stream_event"}
        else:
            result = await Runner.run(agent, "What is 2 + 3?")
        assert result.final_output == "It is 5."
        assert result.context_wrapper.usage.requests == 2
        first, second = (request.json for request in fake.requests)
        assert {request.path for request in fake.requests} == {"/v1/messages"}
        assert first["system"][0]["text"] == "Be brief."
        assert second["messages"][-1]["content"][0]["type"] == "tool_result"
        assert second["messages"][-1]["content"][0]["content"] in ("5", [{"type": "text", "text": "5"}])


async def typed(fake: FakeProvider, model: LitellmModel) -> None:
    fake.clear()
    fake.script(text('{"total": 5}'))
    result = await Runner.run(Agent(name="Typed", model=model, output_type=Sum), "What is 2 + 3?")
    assert result.final_output == Sum(total=5)
    assert fake.requests[0].json["response_format"]["json_schema"]["schema"]["required"] == ["total"]


async def provided(fake: FakeProvider) -> None:
    """By the environment, where the model is a string."""
    fake.clear()
    os.environ.update(OPENAI_API_KEY=fake.api_key, OPENAI_BASE_URL=fake.base_url)
    config = RunConfig(model_provider=LitellmProvider())
    result = await Runner.run(Agent(name="Any", model="openai/gpt-4o"), "Hello", run_config=config)
    assert result.final_output == "You said: Hello"
    assert fake.requests[0].headers["authorization"] == f"Bearer {fake.api_key}"


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
    fake.script(text(None, tool_calls=[ToolCall("transfer_to_spanish", {})]), text("Hola."))
    streamed = Runner.run_streamed(triage, "Hola")
    agents = [event.new_agent.name async for event in streamed.stream_events() if hasattr(event, "new_agent")]
    assert (agents[-1], streamed.final_output) == ("Spanish", "Hola.")

    await typed(fake, model)
    await elsewhere(fake)
    await provided(fake)

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
