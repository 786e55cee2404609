"""Requests in OpenAI's form and what Converse is to get for them, written by hand. A body without ``messages`` has the
usual one.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

HELLO = [{"role": "user", "content": "Hello"}]
SAID = [{"role": "user", "content": [{"text": "Hello"}]}]
OLD = "anthropic.claude-3-5-sonnet-20241022-v2:0"
NEW = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ADAPTIVE = "global.anthropic.claude-opus-4-6-v1"
NOVA = "us.amazon.nova-2-lite-v1:0"
LITE = "amazon.nova-lite-v1:0"
OSS = "openai.gpt-oss-120b-1:0"
R1 = "us.deepseek.r1-v1:0"
V3 = "deepseek.v3.2"
LLAMA = "us.meta.llama3-3-70b-instruct-v1:0"

CACHE = {"type": "ephemeral"}
POINT = {"cachePoint": {"type": "default"}}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "weather", "description": "Tells it.", "parameters": SCHEMA}}
SPEC = {"toolSpec": {"name": "weather", "description": "Tells it.", "inputSchema": {"json": SCHEMA}}}
CITY = {"type": "json_schema", "json_schema": {"name": "City", "schema": SCHEMA, "strict": True}}
CALL = {"id": "t1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bonn"}'}}
USED = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Bonn"}}}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
HIDDEN = {"type": "redacted_thinking", "data": "aGlkZGVu"}
PNG = "iVBORw0KGgo="


def user(*content: Any) -> list[Json]:
    return [{"role": "user", "content": list(content)}]


def answered(content: Any, **more: Any) -> list[Json]:
    """A call and its result."""
    made = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    return [*HELLO, made, {"role": "tool", "tool_call_id": "t1", "content": content, **more}]


def forced(choice: Json | None = None) -> Json:
    """The tool that stands for a structured answer."""
    spec = {"name": "json_tool_call", "description": "Answer by calling this tool with the answer."}
    config = {"tools": [{"toolSpec": {**spec, "inputSchema": {"json": SCHEMA}}}]}
    return {"toolConfig": {**config, **({"toolChoice": choice} if choice else {})}}


def file(name: str | None, data: str = "data:application/pdf;base64,JVBERg==") -> Json:
    return {"type": "file", "file": {"file_data": data, **({"filename": name} if name else {})}}


def document(name: str) -> Json:
    return {"document": {"format": "pdf", "source": {"bytes": "JVBERg=="}, "name": name}}


def image(url: str) -> Json:
    return {"type": "image_url", "image_url": {"url": url}}


NAMED = {"tool": {"name": "json_tool_call"}}
RESULT = {"toolUseId": "t1", "content": [{"text": "Rain."}]}
THINKS = {"thinking": {"type": "enabled", "budget_tokens": 2048}}

REQUESTS: dict[str, tuple[str, Json, Json]] = {
    "nothing but words": (OLD, {}, {}),
    "sampling": (
        OLD,
        {"max_tokens": 5, "temperature": 0.5, "top_p": 0.9, "stop": "END", "n": 1},
        {"inferenceConfig": {"maxTokens": 5, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]}},
    ),
    "the newer limit": (
        OLD,
        {"max_completion_tokens": 7, "stop": ["a", "b"]},
        {"inferenceConfig": {"maxTokens": 7, "stopSequences": ["a", "b"]}},
    ),
    "what is the model's own": (
        OLD,
        {"top_k": 5, "anthropic_beta": ["x"], "extra_body": {"thinking": {"type": "disabled"}}},
        {"additionalModelRequestFields": {"top_k": 5, "anthropic_beta": ["x"], "thinking": {"type": "disabled"}}},
    ),
    "Nova's own place for top_k": (
        LITE,
        {"top_k": 5},
        {"additionalModelRequestFields": {"inferenceConfig": {"topK": 5}}},
    ),
    "what is Converse's own": (
        LITE,
        {
            "guardrailConfig": {"guardrailIdentifier": "g1", "guardrailVersion": "1"},
            "performanceConfig": {"latency": "optimized"},
            "requestMetadata": {"team": "a"},
            "service_tier": "flex",
            "inferenceConfig": {"topP": 0.5},
            "temperature": 0,
            "additionalModelRequestFields": {"a": 1},
        },
        {
            "guardrailConfig": {"guardrailIdentifier": "g1", "guardrailVersion": "1"},
            "performanceConfig": {"latency": "optimized"},
            "requestMetadata": {"team": "a"},
            "serviceTier": {"type": "flex"},
            "inferenceConfig": {"temperature": 0, "topP": 0.5},
            "additionalModelRequestFields": {"a": 1},
        },
    ),
    "the usual tier": (OLD, {"service_tier": "auto", "stream_options": {"include_usage": True}, "stream": True}, {}),
    "system and where it is cached": (
        NEW,
        {
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "Be brief.", "cache_control": CACHE}]},
                {"role": "developer", "content": "Really.", "cache_control": {**CACHE, "ttl": "1h"}},
                *HELLO,
            ]
        },
        {
            "system": [
                {"text": "Be brief."},
                POINT,
                {"text": "Really."},
                {"cachePoint": {"type": "default", "ttl": "1h"}},
            ]
        },
    ),
    "words in a row": (
        OLD,
        {"messages": [*HELLO, *user({"type": "text", "text": "again"}, {"type": "text", "text": ""})]},
        {"messages": user({"text": "Hello"}, {"text": "again"})},
    ),
    "tools": (
        NEW,
        {"tools": [TOOL], "tool_choice": "auto"},
        {"toolConfig": {"tools": [SPEC], "toolChoice": {"auto": {}}}},
    ),
    "a tool that must be called": (
        LITE,
        {"tools": [TOOL], "tool_choice": "required"},
        {"toolConfig": {"tools": [SPEC], "toolChoice": {"any": {}}}},
    ),
    "the tool that must be called": (
        LITE,
        {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "weather"}}},
        {"toolConfig": {"tools": [SPEC], "toolChoice": {"tool": {"name": "weather"}}}},
    ),
    "no tool is to be called": (NEW, {"tools": [TOOL], "tool_choice": "none"}, {}),
    "tools without words, cached": (
        NEW,
        {"tools": [{"type": "function", "function": {"name": "f", "description": ""}, "cache_control": CACHE}]},
        {
            "toolConfig": {
                "tools": [
                    {"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object", "properties": {}}}}},
                    POINT,
                ]
            }
        },
    ),
    "one tool at a time": (
        NEW,
        {"tools": [TOOL], "parallel_tool_calls": False},
        {
            "toolConfig": {"tools": [SPEC]},
            "additionalModelRequestFields": {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        },
    ),
    "tools of others": (
        NEW,
        {"tools": [{"type": "computer_20250124", "name": "computer"}, {"systemTool": {"name": "s"}}]},
        {
            "toolConfig": {"tools": [{"systemTool": {"name": "s"}}]},
            "additionalModelRequestFields": {"tools": [{"type": "computer_20250124", "name": "computer"}]},
        },
    ),
    "results and words after them": (
        NEW,
        {"messages": [*answered("Rain."), *HELLO], "tools": [TOOL]},
        {
            "messages": [
                *SAID,
                {"role": "assistant", "content": [USED]},
                *user({"toolResult": RESULT}, *SAID[0]["content"]),
            ],
            "toolConfig": {"tools": [SPEC]},
        },
    ),
    "a result that failed, cached": (
        NEW,
        {
            "messages": answered([{"type": "text", "text": "Rain.", "cache_control": CACHE}], is_error=True),
            "tools": [TOOL],
        },
        {
            "messages": [
                *SAID,
                {"role": "assistant", "content": [USED]},
                *user({"toolResult": {**RESULT, "status": "error"}}, POINT),
            ],
            "toolConfig": {"tools": [SPEC]},
        },
    ),
    "ids of others": (
        NEW,
        {
            "messages": [
                *HELLO,
                {"role": "assistant", "content": "\n\n", "tool_calls": [{**CALL, "id": "call|1/" + "x" * 64}]},
                {"role": "tool", "tool_call_id": "call|1/" + "x" * 64, "content": [{"json": {"a": 1}}]},
            ],
            "tools": [TOOL],
        },
        {
            "messages": [
                *SAID,
                {"role": "assistant", "content": [{"toolUse": {**USED["toolUse"], "toolUseId": "x" * 64}}]},
                *user({"toolResult": {"toolUseId": "x" * 64, "content": [{"json": {"a": 1}}]}}),
            ],
            "toolConfig": {"tools": [SPEC]},
        },
    ),
    "thoughts": (
        NEW,
        {
            "messages": [
                *HELLO,
                {
                    "role": "assistant",
                    "content": "Yes",
                    "thinking_blocks": [THOUGHT, HIDDEN, {"type": "thinking", "thinking": "Another's."}],
                },
                *HELLO,
            ]
        },
        {
            "messages": [
                *SAID,
                {
                    "role": "assistant",
                    "content": [
                        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
                        {"reasoningContent": {"redactedContent": "aGlkZGVu"}},
                        {"text": "Yes"},
                    ],
                },
                *SAID,
            ]
        },
    ),
    "an effort of Claude's": (NEW, {"reasoning_effort": "medium"}, {"additionalModelRequestFields": THINKS}),
    "an effort that the model measures": (
        ADAPTIVE,
        {"reasoning_effort": "high"},
        {"additionalModelRequestFields": {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}},
    ),
    "thinking in the model's own words": (NEW, {**THINKS}, {"additionalModelRequestFields": THINKS}),
    "an effort of Nova's": (
        NOVA,
        {"reasoning_effort": "minimal"},
        {"additionalModelRequestFields": {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}},
    ),
    "no effort of Nova's": (
        NOVA,
        {"reasoning_effort": "none"},
        {"additionalModelRequestFields": {"reasoningConfig": {"type": "disabled"}}},
    ),
    "an effort of OpenAI's": (
        OSS,
        {"reasoning_effort": "low"},
        {"additionalModelRequestFields": {"reasoning_effort": "low"}},
    ),
    "an effort of DeepSeek's": (
        V3,
        {"reasoning_effort": "high"},
        {"additionalModelRequestFields": {"reasoning_effort": "high"}},
    ),
    "pictures": (
        NEW,
        {"messages": user(image(f"data:image/png;base64,{PNG}"), image("s3://bucket/a.JPG"))},
        {
            "messages": user(
                {"image": {"format": "png", "source": {"bytes": PNG}}},
                {"image": {"format": "jpeg", "source": {"s3Location": {"uri": "s3://bucket/a.JPG"}}}},
            )
        },
    ),
    "documents": (
        NEW,
        {
            "messages": user(
                file("Q3_report (final).v2.pdf"), file(None), file(None), image("data:text/csv;base64,YQ==")
            )
        },
        {
            "messages": user(
                document("Q3 report (final) v2"),
                document("document"),
                document("document 2"),
                {"document": {"format": "csv", "source": {"bytes": "YQ=="}, "name": "document 3"}},
            )
        },
    ),
    "film and sound": (
        NOVA,
        {
            "messages": user(
                {"type": "video_url", "video_url": {"url": "data:video/3gpp;base64,AAAA"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            )
        },
        {
            "messages": user(
                {"video": {"format": "three_gp", "source": {"bytes": "AAAA"}}},
                {"audio": {"format": "wav", "source": {"bytes": "AAAA"}}},
            )
        },
    ),
    "blocks of Converse's": (
        NEW,
        {"messages": user({"text": "a"}, {"type": "guarded_text", "text": "b"}, POINT)},
        {"messages": user({"text": "a"}, {"guardContent": {"text": {"text": "b"}}}, POINT)},
    ),
    "a schema that the model keeps to": (
        NEW,
        {"response_format": CITY},
        {
            "outputConfig": {
                "textFormat": {
                    "type": "json_schema",
                    "structure": {
                        "jsonSchema": {
                            "schema": '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}',
                            "name": "City",
                        }
                    },
                }
            }
        },
    ),
    "a schema by a tool": (OLD, {"response_format": CITY}, forced(NAMED)),
    "a schema by a tool of Nova's": (LITE, {"response_format": CITY}, forced(NAMED)),
    "a schema by a tool that nobody can force": (LLAMA, {"response_format": CITY}, forced()),
    "a schema for a model that thinks": (
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        {"response_format": CITY, "reasoning_effort": "medium"},
        {**forced(), "additionalModelRequestFields": THINKS},
    ),
    "text": (OLD, {"response_format": {"type": "text"}}, {}),
}
