"""Tools: offered, chosen, called, streamed, answered; the older functions."""

from __future__ import annotations

from typing import Any

from . import HELLO, PROVIDERS, add, answer, chat

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a place.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
BARE = {"type": "function", "function": {"name": "now"}}
ASKED = [{"role": "user", "content": 'Call get_weather {"city": "Paris"}'}]
TWICE = [{"role": "user", "content": 'Call get_weather {"city": "Paris"} and get_weather {"city": "Rome"}'}]
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}},
    {"id": "call_2", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Rome"}'}},
]
ANSWERED = [
    {"role": "user", "content": "The weather, please."},
    {"role": "assistant", "content": None, "tool_calls": CALLS},
    {"role": "tool", "tool_call_id": "call_1", "content": "Sunny"},
    {"role": "tool", "tool_call_id": "call_2", "content": "Rain"},
]
NAMED = {"type": "function", "function": {"name": "get_weather"}}

for provider in PROVIDERS:
    chat(f"{provider}/tool_call", messages=ASKED, tools=[WEATHER])
    chat(f"{provider}/tool_call_stream", messages=ASKED, tools=[WEATHER], stream=True)
    chat(f"{provider}/two_tool_calls", messages=TWICE, tools=[WEATHER, BARE])
    chat(f"{provider}/tool_results", messages=ANSWERED, tools=[WEATHER])
    for choice in ("auto", "none", "required", NAMED):
        word = choice if isinstance(choice, str) else "named"
        chat(f"{provider}/tool_choice_{word}", messages=ASKED, tools=[WEATHER], tool_choice=choice)
chat("openai/tool_results_without_tools", messages=ANSWERED)
chat("anthropic/tool_results_without_tools", messages=ANSWERED)
chat("openai/strict_tool", messages=ASKED, tools=[{**WEATHER, "function": {**WEATHER["function"], "strict": True}}])
chat("openai/parallel_tool_calls", messages=ASKED, tools=[WEATHER], parallel_tool_calls=False)
chat("anthropic/parallel_tool_calls", messages=ASKED, tools=[WEATHER], parallel_tool_calls=False)
chat("openai/functions", functions=[WEATHER["function"]], function_call="auto")
chat("openai/broken_arguments", answer("text", None, tool_calls=[("get_weather", '{"city": ')]), tools=[WEATHER])
chat("anthropic/cache_control", messages=[
    {"role": "system", "content": [{"type": "text", "text": "Long.", "cache_control": {"type": "ephemeral"}}]},
    *HELLO,
])  # fmt: skip


def _loop(name: str) -> None:
    """A call, its result, and an answer, with the reply's own message sent back."""
    where = PROVIDERS[name.partition("/")[0]]

    def run(client: Any, host: str) -> Any:
        target = where.arguments(host)
        first = client.completion(messages=ASKED, tools=[WEATHER], **target)
        message = first.choices[0].message
        results = [
            {"role": "tool", "tool_call_id": call.id, "name": call.function.name, "content": "Sunny"}
            for call in message.tool_calls
        ]
        return client.completion(messages=[*ASKED, message, *results], tools=[WEATHER], **target)

    add(name, run)


for provider in PROVIDERS:
    _loop(f"{provider}/tool_loop")
