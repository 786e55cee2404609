"""How response types answer: attributes, items, defaults, copies, dumps, comparison."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import to_json

from edgequake_async import types
from edgequake_async.types import (
    ChatCompletionDeltaToolCall,
    ChatCompletionMessageToolCall,
    Choices,
    CompletionTokensDetailsWrapper,
    Delta,
    Function,
    Message,
    ModelResponse,
    ModelResponseStream,
    OpenAIObject,
    PromptTokensDetailsWrapper,
    StreamingChoices,
    TextCompletionResponse,
    Usage,
)

REPLY: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1730000000,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "logprobs": {
                "content": [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}],
                "refusal": None,
            },
            "message": {
                "role": "assistant",
                "content": "Hi",
                "refusal": None,
                "reasoning_content": "hm",
                "audio": {"id": "a1", "data": "AAAA", "transcript": "Hi", "expires_at": 1},
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            },
        }
    ],
    "usage": {
        "prompt_tokens": 5,
        "completion_tokens": 7,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 3},
        "cache_read_input_tokens": 3,
    },
    "x_vendor": {"seed": 2**70},
}
CHUNK: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1730000000,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "Hi", "reasoning": "hm"}, "finish_reason": None}],
    "usage": None,
}


def parsed() -> ModelResponse:
    return ModelResponse.model_validate_json(json.dumps(REPLY))


def chunk(**changes: Any) -> ModelResponseStream:
    return ModelResponseStream.model_validate_json(json.dumps({**CHUNK, **changes}))


def test_public_names_are_sorted_and_complete() -> None:
    assert types.__all__ == sorted(types.__all__)
    models = {name for name, value in vars(types).items() if inspect.isclass(value) and issubclass(value, OpenAIObject)}
    # Dicts of known shapes; a dict with more names; a file.
    others = {"GenericStreamingChunk", "HttpxBinaryResponseContent", "ModelInfo", "ModerationCategories"}
    assert models | others == set(types.__all__)
    assert types.StreamingModelResponse is ModelResponseStream


def test_attributes_items_and_get_agree() -> None:
    response = parsed()
    assert response["choices"][0]["message"]["content"] == response.choices[0].message.content == "Hi"
    assert response.get("usage") is response.usage
    assert response.get("nope", "d") == "d"
    assert "usage" in response
    assert "nope" not in response
    assert response["x_vendor"] == {"seed": 2**70}
    response["extra"] = response["model"] = "other"
    assert (response.model, response.extra) == ("other", "other")


def test_a_missing_item_is_a_key_error_and_an_attribute_error() -> None:
    for kind in (KeyError, AttributeError):
        with pytest.raises(kind, match="'ModelResponse' object has no item 'nope'"):
            parsed()["nope"]
    with pytest.raises(AttributeError, match="nope"):
        _ = parsed().nope


@pytest.mark.parametrize("dump", [ModelResponse.json, ModelResponse.dict, ModelResponse.to_dict])
def test_dumps_are_dicts(dump: Callable[[ModelResponse], Any]) -> None:
    assert dump(parsed()) == parsed().model_dump()


def test_optional_fields_are_missing_unless_sent() -> None:
    for piece in (Message(), Delta(), Message(reasoning_content=None, audio=None)):
        for name in (
            "reasoning_content",
            "thinking_blocks",
            "audio",
            "images",
            "annotations",
            "provider_specific_fields",
        ):
            assert not hasattr(piece, name)
            assert name not in piece
            assert name not in piece.model_dump()
            assert piece.get(name) is None
    assert set(Message().model_dump()) == {"content", "role", "tool_calls", "function_call"}


@pytest.mark.parametrize("fields", [{}, {"usage": None}])
def test_a_chunk_has_usage_only_when_sent(fields: dict[str, Any]) -> None:
    empty = chunk(**fields)
    assert not hasattr(empty, "usage")
    assert "usage" not in empty
    assert getattr(chunk(usage={"prompt_tokens": 3}).usage, "prompt_tokens", None) == 3


def test_optional_fields_become_their_class_on_access_and_stay_so() -> None:
    counted = chunk(usage={"prompt_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}})
    assert isinstance(counted.usage, Usage)
    assert counted.usage is counted["usage"]
    assert isinstance(counted.usage.prompt_tokens_details, PromptTokensDetailsWrapper)
    audio = parsed().choices[0].message.audio
    assert isinstance(audio, types.ChatCompletionAudioResponse)
    assert audio["transcript"] == "Hi"


def test_reasoning_answers_by_both_names_and_dumps_as_sent() -> None:
    delta = chunk().choices[0].delta
    assert delta.reasoning_content == delta["reasoning_content"] == delta.reasoning == "hm"
    assert delta.model_dump(exclude_unset=True) == {"content": "Hi", "reasoning": "hm"}


@pytest.mark.parametrize(
    "through", [copy.copy, copy.deepcopy, ModelResponse.model_copy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_copies_are_whole(through: Callable[[ModelResponse], ModelResponse]) -> None:
    response = parsed()
    response._hidden_params["response_cost"] = 0.5
    again = through(response)
    assert again == response
    assert again._hidden_params == {"response_cost": 0.5}
    assert again.model_dump() == response.model_dump()


def test_comparison_sees_no_difference_between_converted_and_raw() -> None:
    read, unread = chunk(usage={"prompt_tokens": 3}), chunk(usage={"prompt_tokens": 3})
    assert isinstance(read.usage, Usage)
    read._hidden_params["x"] = 1
    assert read == unread
    assert read != chunk(usage={"prompt_tokens": 4})
    assert parsed() != REPLY


def test_round_trip_by_constructor_and_validation() -> None:
    response = parsed()
    assert ModelResponse(**response.model_dump()) == response
    assert ModelResponse.model_validate(response.model_dump()) == response
    assert ModelResponse.model_validate_json(response.model_dump_json()) == response
    assert json.loads(response.model_dump_json(exclude_unset=True)) == REPLY


def test_parsing_invents_nothing() -> None:
    empty = ModelResponse.model_validate_json("{}")
    assert (empty.id, empty.created, empty.model, empty.choices) == (None, None, None, [])
    assert empty.usage == Usage()
    assert empty.content is None
    call = ChatCompletionMessageToolCall.model_validate_json("{}")
    assert (call.id, call.function) == (None, None)
    assert Choices.model_validate({"finish_reason": "made_up"}).finish_reason == "made_up"
    assert Choices.model_validate({}).finish_reason is None
    assert empty.model_dump(exclude_unset=True) == {}


def test_constructors_fill_in() -> None:
    response = ModelResponse()
    assert str(response.id).startswith("chatcmpl-")
    assert isinstance(response.created, int)
    assert response.choices == [Choices()]
    assert (response.choices[0].finish_reason, response.choices[0].message.role) == ("stop", "assistant")
    assert response.usage == Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)
    assert ModelResponseStream().choices == [StreamingChoices()]
    assert not hasattr(ModelResponseStream(usage=None), "usage")
    assert TextCompletionResponse().choices[0].text is None
    streamed = ModelResponse(stream=True, choices=[{"delta": {"content": "x"}}])
    assert isinstance(streamed.choices[0], StreamingChoices)
    assert streamed.model_dump()["choices"][0]["delta"]["content"] == "x"


def test_what_lies_beside_a_response() -> None:
    response = ModelResponse(hidden_params={"a": 1}, _response_headers={"h": "v"}, response_ms=2.5)
    assert (response._hidden_params, response._response_headers, response._response_ms) == ({"a": 1}, {"h": "v"}, 2.5)
    assert parsed()._hidden_params == {}
    assert parsed()._response_headers is None
    response._hidden_params = {"b": 2}
    response._response_ms = 3.0
    assert (response._hidden_params, response["_response_ms"]) == ({"b": 2}, 3.0)
    assert "hidden_params" not in response.model_dump_json()


class Source:
    """Counts how often it is asked."""

    asked = 0
    headers = {"x-request-id": "r1"}  # noqa: RUF012
    response_ms = 12.5

    def hidden_params(self, response: Any) -> dict[str, Any]:
        type(self).asked += 1
        return {"api_base": "b"}


def test_a_source_is_asked_only_when_read_and_once() -> None:
    Source.asked = 0
    response = parsed()
    response.attach(Source())
    assert Source.asked == 0
    response._hidden_params["response_cost"] = 1
    assert response._hidden_params == {"api_base": "b", "response_cost": 1}
    assert Source.asked == 1
    assert (response._response_headers, response._response_ms) == ({"x-request-id": "r1"}, 12.5)
    assert copy.deepcopy(response)._hidden_params == response._hidden_params


def test_functions_and_calls() -> None:
    assert Function(arguments={"x": 1}, name="f").arguments == '{"x":1}'
    assert Function().arguments == ""
    assert str(ChatCompletionMessageToolCall().id).startswith("call_")
    message = Message(tool_calls=[{"id": "c", "type": "function", "function": {"name": "f", "arguments": {"x": 1}}}])
    assert message.tool_calls is not None
    assert message.tool_calls[0]["function"]["arguments"] == '{"x":1}'
    assert "function" in message.tool_calls[0]
    delta = ChatCompletionDeltaToolCall.model_validate({"function": {"arguments": "{"}})
    assert (delta.type, delta.index, delta.function.arguments) == ("function", None, "{")


def test_models_of_other_packages_are_taken() -> None:
    class Foreign(BaseModel):
        id: str = "c9"
        type: str = "function"
        function: dict[str, str]

    message = Message(tool_calls=[Foreign(function={"name": "f", "arguments": "{}"})])
    assert message.tool_calls is not None
    assert message.tool_calls[0].function.name == "f"


def test_usage() -> None:
    usage = Usage(prompt_tokens=1, completion_tokens=None, prompt_tokens_details={"cached_tokens": 1})
    assert (usage.completion_tokens, usage.completion_tokens_details) == (0, None)
    details = Usage(prompt_tokens_details={"cached_tokens": 1, "x": 2}, cache_read_input_tokens=5).prompt_tokens_details
    assert details is not None
    assert (details.cached_tokens, details["cached_tokens"], details.get("nope", 4)) == (5, 5, 4)
    assert details.x == 2
    assert not hasattr(details, "audio_tokens")
    reasoned = dict(Usage(reasoning_tokens=4))
    assert isinstance(reasoned["completion_tokens_details"], CompletionTokensDetailsWrapper)
    assert dict(reasoned["completion_tokens_details"]) == {"reasoning_tokens": 4}
    raw = dict(parsed().usage)
    assert raw["cache_read_input_tokens"] == 3
    assert dict(raw["prompt_tokens_details"]) == {"cached_tokens": 3}
    usage.completion_tokens_details = CompletionTokensDetailsWrapper(reasoning_tokens=9)
    assert usage.model_dump()["completion_tokens_details"] == {"reasoning_tokens": 9}


def test_a_message_is_sent_without_nones_and_without_fields_of_ours() -> None:
    message = Message(
        content="Hi",
        tool_calls=[{"id": "c", "function": {"name": "f", "arguments": "{}"}}],
        name="n",
        cache_control={"type": "ephemeral"},
        refusal=None,
        provider_specific_fields={"x": 1},
    )
    tool = Message(role="tool", content="42", tool_call_id="c")
    plain = {"role": "user", "content": None}
    assert json.loads(to_json({"messages": [message, tool, plain]}, exclude_none=True)) == {
        "messages": [
            {
                "role": "assistant",
                "content": "Hi",
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                "name": "n",
                "cache_control": {"type": "ephemeral"},
            },
            {"role": "tool", "content": "42", "tool_call_id": "c"},
            plain,
        ]
    }
    assert message.model_dump()["provider_specific_fields"] == {"x": 1}
    received = Message.model_validate_json('{"role": "assistant", "content": "x", "tool_calls": [], "refusal": null}')
    assert json.loads(to_json(received, exclude_none=True)) == {"role": "assistant", "content": "x"}


def test_as_field_types_and_with_attributes_of_ones_own() -> None:
    class Record(BaseModel):
        raw: ModelResponse | None = None
        message: Message

    record = Record.model_validate({"raw": REPLY, "message": {"content": "x"}})
    assert record.raw == parsed()
    assert Record.model_validate_json(record.model_dump_json()) == record
    assert "content" in Record.model_json_schema()["$defs"]["Message"]["properties"]
    marked = chunk()
    marked.predict_id = "p"
    assert marked.predict_id == marked.model_dump()["predict_id"] == "p"


def test_content_of_the_first_choice() -> None:
    assert parsed().content == "Hi"
