"""Chat requests in OpenAI's form beside what Anthropic gets of them, written by hand."""

from __future__ import annotations

import base64
from typing import Any

from pydantic import BaseModel

Json = dict[str, Any]

OLD, NEW, NEWEST = "claude-sonnet-4-20250514", "claude-sonnet-4-5-20250929", "claude-opus-4-6"
HELLO: list[Json] = [{"role": "user", "content": "Hello"}]
SAID = [{"role": "user", "content": "Hello"}]
PIXEL = base64.b64encode(b"\x89PNG").decode()
PDF = base64.b64encode(b"%PDF-1.4").decode()
EPHEMERAL = {"type": "ephemeral", "ttl": "1h"}
SCHEMA: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION: Json = {"name": "weather", "description": "Tells the weather.", "parameters": SCHEMA}
TOOL: Json = {"type": "function", "function": FUNCTION}
THEIRS: Json = {"name": "weather", "description": "Tells the weather.", "input_schema": SCHEMA}
CALL: Json = {
    "id": "toolu_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Ulm"}'},
}
USED: Json = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Ulm"}}
THOUGHT: Json = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
HIDDEN: Json = {"type": "redacted_thinking", "data": "b3BhcXVl"}
SEEING: Json = {"type": "text", "text": "Let me see."}
QUESTION: Json = {"type": "text", "text": "See?"}
DATA_URL = f"data:image/png;base64,{PIXEL}"
PICTURE: Json = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
LINKED: Json = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.jpg"}}
FACTS: Json = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "Facts."},
    "citations": {"enabled": True},
    "cache_control": EPHEMERAL,
}


class City(BaseModel):
    """A place."""

    city: str


STRICT: Json = {**City.model_json_schema(), "additionalProperties": False}


def user(*parts: Any) -> list[Json]:
    return [{"role": "user", "content": list(parts)}]


def shown(url: str, **more: str) -> Json:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def answer(call: str, content: Any, **more: Any) -> Json:
    return {"role": "tool", "tool_call_id": call, "content": content, **more}


def result(call: str, content: Any, **more: Any) -> Json:
    return {"type": "tool_result", "tool_use_id": call, "content": content, **more}


# name: (model, what acompletion is given, what Anthropic gets besides the model). Messages not given are HELLO.
REQUESTS: dict[str, tuple[str, Json, Json]] = {
    "the least": (OLD, {}, {}),
    "a limit": (OLD, {"max_tokens": 7}, {"max_tokens": 7}),
    "a limit by its newer name": (OLD, {"max_completion_tokens": 7, "max_tokens": None}, {"max_tokens": 7}),
    "sampling": (OLD, {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}),
    "one stop": (OLD, {"stop": "END"}, {"stop_sequences": ["END"]}),
    "stops": (OLD, {"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}),
    "a user": (OLD, {"user": "u-1"}, {"metadata": {"user_id": "u-1"}}),
    "a user by its newer name": (OLD, {"safety_identifier": "u-1"}, {"metadata": {"user_id": "u-1"}}),
    "an answer that said nothing": (
        OLD,
        {"messages": [*HELLO, {"role": "assistant", "content": ""}, *HELLO]},
        {"messages": [*SAID, *SAID]},
    ),
    "a stream": (OLD, {"stream": True, "stream_options": {"include_usage": True}}, {"stream": True}),
    "one choice": (OLD, {"n": 1}, {}),
    "Anthropic's own": (
        OLD,
        {
            "top_k": 5,
            "service_tier": "auto",
            "extra_body": {"container": "c"},
            "allowed_openai_params": ["service_tier"],
        },
        {"top_k": 5, "service_tier": "auto", "container": "c"},
    ),
    "a system prompt": (
        OLD,
        {"messages": [{"role": "system", "content": "Be brief."}, *HELLO]},
        {"system": [{"type": "text", "text": "Be brief."}]},
    ),
    "system prompts, cached": (
        OLD,
        {
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "One.", "cache_control": EPHEMERAL}]},
                {"role": "developer", "content": "Two.", "cache_control": {"type": "ephemeral"}},
                *HELLO,
            ]
        },
        {
            "system": [
                {"type": "text", "text": "One.", "cache_control": EPHEMERAL},
                {"type": "text", "text": "Two.", "cache_control": {"type": "ephemeral"}},
            ]
        },
    ),
    "tools": (OLD, {"tools": [TOOL]}, {"tools": [THEIRS]}),
    "a strict tool, cached": (
        NEW,
        {"tools": [{"type": "function", "function": {**FUNCTION, "strict": True}, "cache_control": EPHEMERAL}]},
        {"tools": [{**THEIRS, "strict": True, "cache_control": EPHEMERAL}]},
    ),
    "a tool without parameters": (
        OLD,
        {"tools": [{"type": "function", "function": {"name": "now"}}]},
        {"tools": [{"name": "now", "input_schema": {"type": "object", "properties": {}}}]},
    ),
    "a tool of Anthropic's": (
        OLD,
        {"tools": [TOOL, {"type": "web_search_20250305", "name": "web_search", "max_uses": 2}]},
        {"tools": [THEIRS, {"type": "web_search_20250305", "name": "web_search", "max_uses": 2}]},
    ),
    "a free choice": (
        OLD,
        {"tools": [TOOL], "tool_choice": "auto"},
        {"tools": [THEIRS], "tool_choice": {"type": "auto"}},
    ),
    "a forced choice": (
        OLD,
        {"tools": [TOOL], "tool_choice": "required"},
        {"tools": [THEIRS], "tool_choice": {"type": "any"}},
    ),
    "no choice": (OLD, {"tools": [TOOL], "tool_choice": "none"}, {"tools": [THEIRS], "tool_choice": {"type": "none"}}),
    "a named choice": (
        OLD,
        {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "weather"}}},
        {"tools": [THEIRS], "tool_choice": {"type": "tool", "name": "weather"}},
    ),
    "a choice in Anthropic's words": (
        OLD,
        {"tools": [TOOL], "tool_choice": {"type": "any", "disable_parallel_tool_use": True}},
        {"tools": [THEIRS], "tool_choice": {"type": "any", "disable_parallel_tool_use": True}},
    ),
    "one call at a time": (
        OLD,
        {"tools": [TOOL], "parallel_tool_calls": False},
        {"tools": [THEIRS], "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
    ),
    "one forced call": (
        OLD,
        {"tools": [TOOL], "tool_choice": "required", "parallel_tool_calls": False},
        {"tools": [THEIRS], "tool_choice": {"type": "any", "disable_parallel_tool_use": True}},
    ),
    "calls in parallel": (OLD, {"tools": [TOOL], "parallel_tool_calls": True}, {"tools": [THEIRS]}),
    "images": (
        OLD,
        {"messages": user(QUESTION, shown(DATA_URL), shown("https://example.com/a.jpg", detail="high"))},
        {"messages": user(QUESTION, PICTURE, LINKED)},
    ),
    "an image, cached": (
        OLD,
        {"messages": user({**shown("https://example.com/a.jpg"), "cache_control": EPHEMERAL})},
        {"messages": user({**LINKED, "cache_control": EPHEMERAL})},
    ),
    "a PDF": (
        OLD,
        {
            "messages": user(
                {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{PDF}", "filename": "a.pdf"}},
                {"type": "text", "text": "Sum it up."},
            )
        },
        {
            "messages": user(
                {
                    "type": "document",
                    "title": "a.pdf",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                },
                {"type": "text", "text": "Sum it up."},
            )
        },
    ),
    "a document of Anthropic's": (OLD, {"messages": user(FACTS)}, {"messages": user(FACTS)}),
    "thinking": (
        OLD,
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
    ),
    "an effort, as a budget": (
        OLD,
        {"reasoning_effort": "low", "max_tokens": 4096},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096},
    ),
    "an effort, by its name": (
        NEWEST,
        {"reasoning_effort": "high"},
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
    ),
    "no effort": (OLD, {"reasoning_effort": "none"}, {}),
    "a schema": (
        NEW,
        {"response_format": {"type": "json_schema", "json_schema": {"name": "c", "schema": STRICT, "strict": True}}},
        {"output_config": {"format": {"type": "json_schema", "schema": STRICT}}},
    ),
    "a pydantic class": (
        NEW,
        {"response_format": City},
        {"output_config": {"format": {"type": "json_schema", "schema": STRICT}}},
    ),
    "a text": (NEW, {"response_format": {"type": "text"}}, {}),
    "a call and its result": (
        OLD,
        {
            "messages": [
                *HELLO,
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                answer("toolu_1", "Rain."),
            ],
            "tools": [TOOL],
        },
        {
            "messages": [
                *SAID,
                {"role": "assistant", "content": [USED]},
                {"role": "user", "content": [result("toolu_1", "Rain.")]},
            ],
            "tools": [THEIRS],
        },
    ),
    "results in parallel, one a picture, and words after them": (
        OLD,
        {
            "messages": [
                *HELLO,
                {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL, {**CALL, "id": "toolu_2"}]},
                answer("toolu_1", "Rain.", cache_control=EPHEMERAL),
                answer("toolu_2", [shown(DATA_URL)]),
                {"role": "user", "content": "And?"},
            ],
            "tools": [TOOL],
        },
        {
            "messages": [
                *SAID,
                {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "Let me see."}, USED, {**USED, "id": "toolu_2"}],
                },
                {
                    "role": "user",
                    "content": [
                        result("toolu_1", "Rain.", cache_control=EPHEMERAL),
                        result("toolu_2", [PICTURE]),
                        {"type": "text", "text": "And?"},
                    ],
                },
            ],
            "tools": [THEIRS],
        },
    ),
    "thoughts sent back": (
        OLD,
        {
            "messages": [
                *HELLO,
                {
                    "role": "assistant",
                    "content": None,
                    "reasoning_content": "Hm.",
                    "thinking_blocks": [THOUGHT, HIDDEN],
                    "tool_calls": [{**CALL, "function": {"name": "weather", "arguments": ""}}],
                },
                answer("toolu_1", "Rain."),
            ],
            "tools": [TOOL],
            "thinking": {"type": "enabled", "budget_tokens": 1024},
        },
        {
            "messages": [
                *SAID,
                {"role": "assistant", "content": [THOUGHT, HIDDEN, {**USED, "input": {}}]},
                {"role": "user", "content": [result("toolu_1", "Rain.")]},
            ],
            "tools": [THEIRS],
            "thinking": {"type": "enabled", "budget_tokens": 1024},
        },
    ),
}
