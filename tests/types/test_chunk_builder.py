"""Streams put together: every field, interleaved choices, and tool calls in all the pieces that providers send."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from edgequake_async.chunk_builder import stream_chunk_builder
from edgequake_async.types import ModelResponse, ModelResponseStream
from edgequake_async.types.tolerant import read_chunk


def chunk(delta: dict[str, Any] | None = None, index: int = 0, **choice: Any) -> dict[str, Any]:
    return {"id": "c1", "choices": [{"index": index, "delta": delta or {}, **choice}]}


def built(*chunks: Any) -> ModelResponse:
    before = copy.deepcopy(chunks)
    response = stream_chunk_builder(list(chunks))
    assert response is not None
    assert chunks == before
    assert stream_chunk_builder([ModelResponseStream.model_validate(chunk) for chunk in chunks]) == response
    return response


def message(*deltas: dict[str, Any]) -> Any:
    return built(*map(chunk, deltas)).choices[0].message


def calls(*pieces: dict[str, Any]) -> list[tuple[str | None, str | None, str]]:
    found = message(*({"tool_calls": [piece]} for piece in pieces)).tool_calls
    return [(call.id, call.function.name, call.function.arguments) for call in found]


def piece(arguments: Any, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments} if name else {"arguments": arguments}, **fields}


def test_nothing_makes_nothing() -> None:
    assert stream_chunk_builder([]) is None
    assert stream_chunk_builder(None, messages=[], start_time=1, end_time=2) is None


def test_the_usual_stream() -> None:
    response = built(
        {**chunk({"role": "assistant", "content": ""}), "model": "m", "created": 5, "system_fingerprint": "fp"},
        {**chunk({"content": "Hel"}), "usage": {"prompt_tokens": 1}},
        {**chunk({"content": "lo"}, finish_reason="length"), "created": 9, "usage": None, "service_tier": "default"},
        {**chunk({}, finish_reason="stop"), "citations": ["a"]},
        {"choices": [], "usage": {"prompt_tokens": 2, "total_tokens": 4}, "citations": ["a", "b"]},
    )
    assert (response.id, response.model, response.created, response.object) == ("c1", "m", 5, "chat.completion")
    assert (response.system_fingerprint, response["service_tier"], response["citations"]) == (
        "fp",
        "default",
        ["a", "b"],
    )
    assert (response.content, response.choices[0].message.role) == ("Hello", "assistant")
    assert response.choices[0].finish_reason == "stop"
    assert response.usage.model_dump(exclude_unset=True) == {"prompt_tokens": 2, "total_tokens": 4}
    assert len(response.choices) == 1


def test_nothing_is_invented() -> None:
    response = built({"choices": [{"delta": {"content": "x"}}]})
    assert (response.id, response.created, response.model) == (None, None, None)
    assert response.choices[0].finish_reason is None
    assert response.usage.total_tokens == 0
    assert "usage" not in response.model_dump(exclude_unset=True)


def test_a_chunk_of_usage_alone_makes_no_choice() -> None:
    usage = read_chunk(b'{"choices": [], "usage": {"total_tokens": 1}}')
    answer = read_chunk(b'{"choices": [{"index": 1, "delta": {"content": "x"}}]}')
    response = stream_chunk_builder([answer, usage])
    assert response is not None
    assert [choice.index for choice in response.choices] == [1]


def test_choices_interleave() -> None:
    response = built(*(chunk({"content": text}, index) for index, text in [(1, "b"), (0, "a"), (1, "B"), (0, "A")]))
    assert [(choice.index, choice.message.content) for choice in response.choices] == [(0, "aA"), (1, "bB")]


@pytest.mark.parametrize("field", ["refusal", "reasoning_content", "reasoning"])
def test_other_texts_are_joined(field: str) -> None:
    joined = message({field: "a", "content": None}, {field: "b"}, {field: None})
    assert (joined[field], joined.content) == ("ab", None)
    if field != "refusal":
        assert joined.reasoning_content == "ab"


def test_lists_of_parts_stay_lists() -> None:
    think = [{"type": "thinking", "thinking": [{"type": "text", "text": text}]} for text in ("hm", "!")]
    joined = message({"content": [think[0]]}, {"content": [think[1]]}, {"content": "a"}, {"content": "b"})
    assert joined.content == [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm!"}]},
        {"type": "text", "text": "ab"},
    ]
    assert message({"content": "a"}, {"content": [{"type": "image_url"}]}).content == [
        {"type": "text", "text": "a"},
        {"type": "image_url"},
    ]


def test_thinking_blocks_end_with_their_signature() -> None:
    blocks = [
        {"type": "thinking", "thinking": "a", "signature": ""},
        {"type": "thinking", "thinking": "b"},
        {"type": "thinking", "thinking": "", "signature": "s"},
        {"type": "thinking", "thinking": "next"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "redacted_thinking", "data": "y"},
        {"type": "thinking", "thinking": "c"},
    ]
    assert message(*({"thinking_blocks": [block]} for block in blocks)).thinking_blocks == [
        {"type": "thinking", "thinking": "ab", "signature": "s"},
        {"type": "thinking", "thinking": "next"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "redacted_thinking", "data": "y"},
        {"type": "thinking", "thinking": "c"},
    ]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(
            [piece('{"x"', "f", id="a", index=0), piece(":1}", index=0)], [("a", "f", '{"x":1}')], id="fragments"
        ),
        pytest.param(
            [
                piece("{1", "f", id="a", index=0),
                piece("{2", "g", id="b", index=1),
                piece("}", index=0),
                piece("}", index=1),
            ],
            [("a", "f", "{1}"), ("b", "g", "{2}")],
            id="interleaved",
        ),
        pytest.param(
            [piece("{}", "f", id="a"), piece("{}", "g", id="b")], [("a", "f", "{}"), ("b", "g", "{}")], id="whole"
        ),
        pytest.param([piece("{", "f", id="a"), piece("}")], [("a", "f", "{}")], id="no-index"),
        pytest.param(
            [piece("{1", "f", id="a"), piece("{2", "g", id="b"), piece("1}", id="a"), piece("2}", id="b")],
            [("a", "f", "{11}"), ("b", "g", "{22}")],
            id="by-id",
        ),
        pytest.param([piece("{", "f", index=0), piece("}", index=0)], [(None, "f", "{}")], id="no-id"),
        pytest.param(
            [piece("{}", "f", id="a", index=0), piece("{}", "g", id="b", index=0)],
            [("a", "f", "{}"), ("b", "g", "{}")],
            id="all-index-0",
        ),
        pytest.param(
            [piece("{}", "f", id="a", index=0), piece('{"x":1}', index=0)], [("a", "f", '{"x":1}')], id="opening-{}"
        ),
        pytest.param([piece({"x": 1}, "f", id="a", index=0)], [("a", "f", '{"x": 1}')], id="object"),
        pytest.param([piece(None, "f", id="a", index=0), piece(None, index=0)], [("a", "f", "")], id="null"),
    ],
)
def test_tool_calls(pieces: list[dict[str, Any]], expected: list[Any]) -> None:
    assert calls(*pieces) == expected


def test_several_calls_in_one_delta_beside_text() -> None:
    both = [piece("{}", "f", id="a", index=0, extra_content={"s": 1}), piece("{}", "g", id="b", index=1)]
    joined = message({"content": "x", "tool_calls": both}, {"tool_calls": []}, {"tool_calls": None})
    assert (joined.content, [call.id for call in joined.tool_calls]) == ("x", ["a", "b"])
    assert joined.tool_calls[0].extra_content == {"s": 1}
    assert "index" not in joined.tool_calls[0]


def test_function_call_audio_annotations_and_extras() -> None:
    joined = message(
        {"function_call": {"name": "f", "arguments": ""}, "audio": {"id": "a", "transcript": "H"}, "annotations": [1]},
        {"function_call": {"arguments": "{}"}, "audio": {"data": "QQ"}, "annotations": [2], "vendor": 1},
        {"audio": {"data": "Qg", "transcript": "i", "expires_at": 7}, "vendor": 2},
    )
    assert (joined.function_call.name, joined.function_call.arguments) == ("f", "{}")
    assert dict(joined.audio) == {"id": "a", "data": "QQQg", "transcript": "Hi", "expires_at": 7}
    assert (joined.annotations, joined.vendor) == ([1, 2], 2)


def test_logprobs_are_joined_per_kind() -> None:
    token = {"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}
    response = built(
        chunk({"content": "a"}, logprobs={"content": [token], "refusal": None}),
        chunk({"content": "b"}, logprobs={"content": [token], "refusal": None}),
        chunk({}, logprobs=None, finish_reason="stop"),
    )
    logprobs = response.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    assert [each.token for each in logprobs.content] == ["a", "a"]
    assert logprobs.refusal is None
