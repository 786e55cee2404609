"""Tools: let the model call Python functions until it has an answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from _provider import where

import edgequake_async as eq

MAX_ROUNDS = 5


async def get_weather(city: str) -> dict[str, Any]:
    return {"city": city, "celsius": {"Paris": 18, "Rome": 27}.get(city), "sky": "clear"}


FUNCTIONS = {"get_weather": get_weather}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]


async def call(wanted: eq.ChatCompletionMessageToolCall) -> dict[str, Any]:
    """Run one tool call; what goes wrong is told to the model, which may do better."""
    name = wanted.function.name
    try:
        result = await FUNCTIONS[name](**json.loads(wanted.function.arguments))
    except (KeyError, TypeError, ValueError) as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    print(f"{name}({wanted.function.arguments}) -> {result}")
    return {"role": "tool", "tool_call_id": wanted.id, "content": json.dumps(result)}


async def answer(question: str) -> str | None:
    messages: list[Any] = [{"role": "user", "content": question}]
    for _ in range(MAX_ROUNDS):
        response = await eq.acompletion(messages=messages, tools=TOOLS, **where())
        message = response.choices[0].message
        if not message.tool_calls:
            return message.content
        # The model's own message goes back as it is, followed by one result per call.
        messages += [message, *await asyncio.gather(*(call(wanted) for wanted in message.tool_calls))]
    raise RuntimeError(f"no answer after {MAX_ROUNDS} rounds")


if __name__ == "__main__":
    print(asyncio.run(answer('Call get_weather {"city": "Paris"} and get_weather {"city": "Rome"}: which is warmer?')))
