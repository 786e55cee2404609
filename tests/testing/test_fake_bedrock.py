"""boto3 takes the fake provider for Bedrock's runtime."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import closing
from typing import Any

import anthropic
import httpx
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EventStreamError

from edgequake_async.testing import FakeProvider, ToolCall, drop_after, error, stream, text

Post = Callable[..., Any]

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
HELLO: Any = [{"role": "user", "content": [{"text": "hello there"}]}]
ADD_SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
ADD: Any = {"toolSpec": {"name": "add", "description": "Adds.", "inputSchema": {"json": ADD_SCHEMA}}}
PLAN = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "steps": {"type": "array", "items": {"type": "number"}}},
    "required": ["name", "steps"],
}
THINKS = {"additionalModelRequestFields": {"reasoning_config": {"type": "enabled", "budget_tokens": 1024}}}


def ask(client: Any, **fields: Any) -> Any:
    return client.converse(**{"modelId": MODEL, "messages": HELLO, **fields})


def streamed(client: Any, **fields: Any) -> list[Any]:
    return list(client.converse_stream(**{"modelId": MODEL, "messages": HELLO, **fields})["stream"])


def content(answer: Any) -> list[Any]:
    blocks: list[Any] = answer["output"]["message"]["content"]
    return blocks


def assembled(events: list[Any]) -> list[Any]:
    """The blocks that a stream's events make up, each block's deltas joined."""
    blocks: dict[int, Any] = {}
    for event in events:
        if "contentBlockStart" in event:
            blocks[event["contentBlockStart"]["contentBlockIndex"]] = event["contentBlockStart"]["start"]["toolUse"]
        if "contentBlockDelta" in event:
            place, delta = event["contentBlockDelta"]["contentBlockIndex"], event["contentBlockDelta"]["delta"]
            inner = delta.get("toolUse") or delta.get("reasoningContent") or delta
            block = blocks.setdefault(place, {})
            for name, value in inner.items():
                block[name] = block.get(name, "") + value
    return list(blocks.values())


def test_an_answer_and_its_stream(fake: FakeProvider, bedrock: Any) -> None:
    whole = ask(bedrock, system=[{"text": "be brief"}])
    events = streamed(bedrock, system=[{"text": "be brief"}])
    assert content(whole) == [{"text": "You said: hello there"}]
    assert assembled(events) == content(whole)
    assert "contentBlockStart" not in [name for event in events for name in event]
    assert [name for event in events for name in event][-3:] == ["contentBlockStop", "messageStop", "metadata"]
    assert (whole["stopReason"], events[-2]["messageStop"]["stopReason"]) == ("end_turn", "end_turn")
    assert events[-1]["metadata"]["usage"] == whole["usage"]
    usage = whole["usage"]
    assert usage["inputTokens"] + usage["outputTokens"] == usage["totalTokens"] > usage["outputTokens"] > 0
    place = f"/model/{MODEL.replace(':', '%3A')}"
    assert [record.path for record in fake.requests] == [f"{place}/converse", f"{place}/converse-stream"]
    assert whole["ResponseMetadata"]["RequestId"] == "req_fake00000001"


def test_frames_carry_their_checksums_and_padding(post: Post) -> None:
    head, body = post("/prefix/model/m/converse-stream", {"messages": HELLO})
    assert head.getheader("content-type") == "application/vnd.amazon.eventstream"
    paddings = set()
    while body:
        size, headers = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        assert int.from_bytes(body[8:12], "big") == zlib.crc32(body[:8])
        assert int.from_bytes(body[size - 4 : size], "big") == zlib.crc32(body[: size - 4])
        assert b"\r:message-type\x07\x00\x05event" in body[12 : 12 + headers]
        told = json.loads(body[12 + headers : size - 4])
        assert list(told) == sorted(told)
        paddings.add(told["p"])
        body = body[size:]
    assert len(paddings) > 3


def test_thoughts_and_calls(bedrock: Any) -> None:
    question = 'call add {"a": 7} and add please'
    asked = {"messages": [{"role": "user", "content": [{"text": question}]}], "toolConfig": {"tools": [ADD]}, **THINKS}
    whole, events = ask(bedrock, **asked), streamed(bedrock, **asked)
    thought, *calls = content(whole)
    assert [(call["toolUse"]["name"], call["toolUse"]["input"]) for call in calls] == [
        ("add", {"a": 7}),
        ("add", {"a": 1}),
    ]
    told = thought["reasoningContent"]["reasoningText"]
    assert (told["text"], bool(told["signature"])) == (f"The user wants: {question}", True)
    thought, *pieces = assembled(events)
    assert thought == told
    assert [json.loads(piece["input"]) for piece in pieces] == [{"a": 7}, {"a": 1}]
    assert all(piece["toolUseId"].startswith("tooluse_fake") for piece in pieces)
    assert (whole["stopReason"], events[-2]["messageStop"]["stopReason"]) == ("tool_use", "tool_use")
    assert events[-1]["metadata"]["usage"] == whole["usage"]


@pytest.mark.parametrize("choice", [{"any": {}}, {"tool": {"name": "add"}}])
def test_tools_are_called_where_forced_and_answered(bedrock: Any, choice: Any) -> None:
    forced = ask(bedrock, toolConfig={"tools": [ADD], "toolChoice": choice})
    (call,) = content(forced)
    assert call["toolUse"]["input"] == {"a": 1}
    for told in ({"text": "three"}, {"json": {"sum": 3}}):
        result = {"toolResult": {"toolUseId": call["toolUse"]["toolUseId"], "content": [told]}}
        turns = [*HELLO, forced["output"]["message"], {"role": "user", "content": [result]}]
        (answer,) = content(ask(bedrock, messages=turns, toolConfig={"tools": [ADD]}))
        expected = told.get("text") or '{"sum": 3}'
        assert answer["text"] == f"The tool answered: {expected}"


def test_structured_output_satisfies_the_schema(bedrock: Any) -> None:
    structure = {"jsonSchema": {"name": "plan", "schema": json.dumps(PLAN)}}
    wanted = {"textFormat": {"type": "json_schema", "structure": structure}}
    plan = json.loads(content(ask(bedrock, outputConfig=wanted))[0]["text"])
    assert {name: type(value) for name, value in plan.items()} == {"name": str, "steps": list}


def test_media_and_why_it_stopped(bedrock: Any) -> None:
    blocks = [
        {"text": "look"},
        {"image": {"format": "png", "source": {"bytes": b"x"}}},
        {"document": {"format": "pdf", "name": "paper", "source": {"bytes": b"x"}}},
        {"cachePoint": {"type": "default"}},
    ]
    looked = ask(bedrock, messages=[{"role": "user", "content": blocks}])
    assert content(looked) == [{"text": "You said: look [with 1 document, 1 image]"}]
    assert ask(bedrock, inferenceConfig={"stopSequences": ["zebra", "there"]})["stopReason"] == "stop_sequence"
    assert ask(bedrock, inferenceConfig={"maxTokens": 1})["stopReason"] == "max_tokens"


def test_scripted_replies_have_bedrocks_shape(fake: FakeProvider, bedrock: Any) -> None:
    calls = [ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", '{"a": ')]
    fake.script(
        text("said", reasoning="thought", usage={"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}),
        text("I add.", tool_calls=calls[:1]),
        text(None, tool_calls=calls),
        text(None, tool_calls=calls),
        stream(["a", 0.01, "b", {"text": "c"}], finish_reason="length"),
        stream(["a"], done=False),
    )
    answer = ask(bedrock)
    assert [list(block) for block in content(answer)] == [["reasoningContent"], ["text"]]
    assert answer["usage"]["totalTokens"] == 3
    said, call = content(ask(bedrock))
    assert (said["text"], call["toolUse"]["toolUseId"], call["toolUse"]["input"]) == ("I add.", "t1", {"a": 2})
    broken = ask(bedrock)
    assert (content(broken), broken["stopReason"]) == ([], "malformed_tool_use")
    assert [piece["input"] for piece in assembled(streamed(bedrock))] == ['{"a": 2}', '{"a": ']
    events = streamed(bedrock)
    assert assembled(events) == [{"text": "abc"}]
    assert events[-2]["messageStop"]["stopReason"] == "max_tokens"
    assert "messageStop" in streamed(bedrock)[-1]


@pytest.mark.parametrize("ask", [ask, streamed])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "ValidationException"),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (408, "ModelTimeoutException"),
        (424, "ModelErrorException"),
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_errors_have_the_type_of_their_status(
    fake: FakeProvider, bedrock: Any, ask: Any, status: int, kind: str
) -> None:
    fake.script(error(status, "told to"))
    with pytest.raises(ClientError) as caught:
        ask(bedrock)
    told = caught.value.response
    assert (told["Error"]["Code"], told["Error"]["Message"]) == (kind, "told to")
    assert told["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "validationException"),
        (424, "modelStreamErrorException"),
        (429, "throttlingException"),
        (500, "internalServerException"),
        (503, "serviceUnavailableException"),
    ],
)
def test_an_error_inside_a_stream_is_an_exception(fake: FakeProvider, bedrock: Any, status: int, kind: str) -> None:
    fake.script(stream(["a", 0.001, error(status, "told to"), "never"]))
    with closing(bedrock.converse_stream(modelId=MODEL, messages=HELLO)["stream"]) as opened:
        events = iter(opened)
        assert [list(next(events)) for _ in range(2)] == [["messageStart"], ["contentBlockDelta"]]
        with pytest.raises(EventStreamError, match="told to") as caught:
            next(events)
    assert caught.value.response["Error"]["Code"] == kind


def test_faults(fake: FakeProvider, bedrock: Any) -> None:
    fake.script(drop_after())
    with pytest.raises(ConnectionClosedError):
        ask(bedrock)


@pytest.mark.parametrize(
    "changed",
    [
        {"messages": []},
        {"messages": [{"role": "assistant", "content": [{"text": "x"}]}]},
        {"messages": [{"role": "user", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"text": " "}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
        {"messages": [*HELLO, {"role": "system", "content": [{"text": "x"}]}]},
        {"messages": [*HELLO, {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": []}}]}]},
        {"inferenceConfig": {"temperature": 2}},
        {"inferenceConfig": {"maxTokens": 0}},
        {"toolConfig": {"toolChoice": {"any": {}}}},
        {"toolConfig": {"tools": [ADD], "toolChoice": {"tool": {"name": "sub"}}}},
        {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": PLAN}}}}},
        {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{"}}}}},
        {"outputConfig": {"textFormat": {"type": "json"}}},
    ],
)
def test_bad_requests_are_refused(post: Post, changed: Any) -> None:
    head, body = post("/model/m/converse", {"messages": HELLO, **changed})
    assert (head.status, list(json.loads(body))) == (400, ["message"])
    assert head.getheader("x-amzn-errortype").startswith("ValidationException:")


def test_keys_are_checked_where_asked(open_bedrock: Callable[..., Any]) -> None:
    with FakeProvider(require_key=True) as fake:
        assert content(ask(open_bedrock(fake, aws_session_token="token")))
        assert fake.requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
        options: Any = {"base_url": fake.host_url, "max_retries": 0, "aws_region": "us-east-1"}
        asked: Any = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "hello there"}]}
        with anthropic.AnthropicBedrock(api_key=fake.api_key, **options) as bearing:
            assert bearing.messages.create(**asked).content
        half = "AWS4-HMAC-SHA256 Credential=A/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        undated = half.replace("/s3/", "/bedrock/").replace("=0", "=" + "0" * 64)
        for headers, kind in (
            ({"authorization": "Bearer other"}, "UnrecognizedClientException"),
            ({"authorization": half, "x-amz-date": "20250101T000000Z"}, "IncompleteSignatureException"),
            ({"authorization": undated}, "IncompleteSignatureException"),
            ({}, "MissingAuthenticationTokenException"),
        ):
            told = httpx.post(f"{fake.host_url}/model/m/converse", json={"messages": HELLO}, headers=headers)
            assert told.headers["x-amzn-errortype"].partition(":")[0] == kind
