"""Plain conversations at every provider: whole, streamed, over many turns, sync and async."""

from __future__ import annotations

from typing import Any

from . import HELLO, PROVIDERS, add, answer, chat

TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the capital of France?"},
    {"role": "assistant", "content": "Paris."},
    {"role": "user", "content": "And of Italy?"},
]
PARTS = [{"role": "user", "content": [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]}]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        ],
    }
]
TWICE_SYSTEM = [{"role": "system", "content": "One."}, {"role": "system", "content": "Two."}, *HELLO]

for provider in PROVIDERS:
    chat(f"{provider}/plain")
    chat(f"{provider}/stream", stream=True)
    chat(f"{provider}/stream_usage", stream=True, stream_options={"include_usage": True})
    chat(f"{provider}/turns", messages=TURNS)
    chat(f"{provider}/parts", messages=PARTS)
for provider in ("openai", "anthropic", "gemini", "bedrock", "ollama", "mistral", "azure"):
    chat(f"{provider}/picture", messages=PICTURE)
for provider in ("openai", "anthropic", "gemini", "bedrock", "cohere"):
    chat(f"{provider}/two_system_messages", messages=TWICE_SYSTEM)
chat("openai/picture_url", messages=[{"role": "user", "content": [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
]}])  # fmt: skip
chat("openai/cut_short", answer("text", "One two", finish_reason="length"))
chat("openai/filtered", answer("text", "", finish_reason="content_filter"))
chat("openai/unknown_finish_reason", answer("text", "Hm.", finish_reason="eos"))
chat("openai/refusal", answer("text", None, refusal="I would rather not."))
chat("openai/model_of_the_reply", answer("text", "Hi.", model="gpt-4o-2024-08-06"))
chat(
    "openai/cached_and_reasoning_tokens",
    answer(
        "text",
        "Hi.",
        usage={
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "total_tokens": 1200,
            "prompt_tokens_details": {"cached_tokens": 600, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 150, "audio_tokens": 0},
        },
    ),
)
# https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
chat(
    "anthropic/cached_tokens",
    answer(
        "raw",
        200,
        {},
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-5-20250929",
            "content": [{"type": "text", "text": "Hi."}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": 100,
                "cache_creation_input_tokens": 400,
                "cache_read_input_tokens": 1000,
                "output_tokens": 50,
            },
        },
    ),
)
chat("openai/no_usage", answer("text", "Hi.", usage={}))
chat("openai/stream_of_odd_pieces", answer("stream", ["Hé", "llo", " ", "\n", "wörld"]), stream=True)
chat("openai/stream_without_end", answer("stream", ["One"], finish_reason=None, done=False), stream=True)


def _asynchronous(name: str, **arguments: Any) -> None:
    where = PROVIDERS[name.partition("/")[0]]

    async def run(client: Any, host: str) -> Any:
        found = await client.acompletion(messages=HELLO, **where.arguments(host), **arguments)
        return iter([chunk async for chunk in found]) if arguments.get("stream") else found

    add(name, run)


_asynchronous("openai/async_plain")
_asynchronous("openai/async_stream", stream=True)
_asynchronous("anthropic/async_stream", stream=True)


def _again(client: Any, host: str) -> Any:
    """A reply's message is sent back as it is."""
    where = PROVIDERS["openai"].arguments(host)
    first = client.completion(messages=HELLO, **where)
    message = first.choices[0].message
    return client.completion(messages=[*HELLO, message, {"role": "user", "content": "Go on."}], **where)


def _again_dumped(client: Any, host: str) -> Any:
    where = PROVIDERS["openai"].arguments(host)
    first = client.completion(messages=HELLO, **where)
    message = first.choices[0].message.model_dump()
    return client.completion(messages=[*HELLO, message, {"role": "user", "content": "Go on."}], **where)


add("openai/message_sent_back", _again)
add("openai/message_dumped_and_sent_back", _again_dumped)


def _positional(client: Any, host: str) -> Any:
    where = PROVIDERS["openai"].arguments(host)
    return client.completion(where.pop("model"), HELLO, **where)


def _built(client: Any, host: str) -> Any:
    where = PROVIDERS["openai"].arguments(host)
    chunks = list(client.completion(messages=HELLO, stream=True, stream_options={"include_usage": True}, **where))
    return client.stream_chunk_builder(chunks, messages=HELLO)


add("openai/positional", _positional)
add("openai/stream_chunk_builder", _built)
