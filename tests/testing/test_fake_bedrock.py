"""boto3 takes the fake provider for Bedrock's runtime, and so does the anthropic SDK."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import anthropic
import boto3
import httpx
import pytest
from botocore.config import Config
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
CLAUDE: Any = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hello there"}],
}


def connected(fake: FakeProvider, **options: Any) -> Any:
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(
        "bedrock-runtime", endpoint_url=fake.host_url, region_name="us-east-1", config=config, **{**keys, **options}
    )


@pytest.fixture
def client(fake: FakeProvider) -> Iterator[Any]:
    opened = connected(fake)
    yield opened
    opened.close()


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


def test_an_answer_and_its_stream(fake: FakeProvider, client: Any) -> None:
    whole = ask(client, system=[{"text": "be brief"}])
    events = streamed(client, system=[{"text": "be brief"}])
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


def test_thoughts_and_calls(client: Any) -> None:
    question = 'call add {"a": 7} and add please'
    asked = {"messages": [{"role": "user", "content": [{"text": question}]}], "toolConfig": {"tools": [ADD]}, **THINKS}
    whole, events = ask(client, **asked), streamed(client, **asked)
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
def test_tools_are_called_where_forced_and_answered(client: Any, choice: Any) -> None:
    forced = ask(client, toolConfig={"tools": [ADD], "toolChoice": choice})
    (call,) = content(forced)
    assert call["toolUse"]["input"] == {"a": 1}
    for told in ({"text": "three"}, {"json": {"sum": 3}}):
        result = {"toolResult": {"toolUseId": call["toolUse"]["toolUseId"], "content": [told]}}
        turns = [*HELLO, forced["output"]["message"], {"role": "user", "content": [result]}]
        (answer,) = content(ask(client, messages=turns, toolConfig={"tools": [ADD]}))
        expected = told.get("text") or '{"sum": 3}'
        assert answer["text"] == f"The tool answered: {expected}"


def test_structured_output_satisfies_the_schema(client: Any) -> None:
    structure = {"jsonSchema": {"name": "plan", "schema": json.dumps(PLAN)}}
    wanted = {"textFormat": {"type": "json_schema", "structure": structure}}
    plan = json.loads(content(ask(client, outputConfig=wanted))[0]["text"])
    assert {name: type(value) for name, value in plan.items()} == {"name": str, "steps": list}


def test_media_and_why_it_stopped(client: Any) -> None:
    blocks = [
        {"text": "look"},
        {"image": {"format": "png", "source": {"bytes": b"x"}}},
        {"document": {"format": "pdf", "name": "paper", "source": {"bytes": b"x"}}},
        {"cachePoint": {"type": "default"}},
    ]
    looked = ask(client, messages=[{"role": "user", "content": blocks}])
    assert content(looked) == [{"text": "You said: look [with 1 document, 1 image]"}]
    assert ask(client, inferenceConfig={"stopSequences": ["zebra", "there"]})["stopReason"] == "stop_sequence"
    assert ask(client, inferenceConfig={"maxTokens": 1})["stopReason"] == "max_tokens"


def test_scripted_replies_have_bedrocks_shape(fake: FakeProvider, client: Any) -> None:
    calls = [ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", '{"a": ')]
    fake.script(
        text("said", reasoning="thought", usage={"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}),
        text("I add.", tool_calls=calls[:1]),
        text(None, tool_calls=calls),
        text(None, tool_calls=calls),
        stream(["a", 0.01, "b", {"text": "c"}], finish_reason="length"),
        stream(["a"], done=False),
    )
    answer = ask(client)
    assert [list(block) for block in content(answer)] == [["reasoningContent"], ["text"]]
    assert answer["usage"]["totalTokens"] == 3
    said, call = content(ask(client))
    assert (said["text"], call["toolUse"]["toolUseId"], call["toolUse"]["input"]) == ("I add.", "t1", {"a": 2})
    broken = ask(client)
    assert (content(broken), broken["stopReason"]) == ([], "malformed_tool_use")
    assert [piece["input"] for piece in assembled(streamed(client))] == ['{"a": 2}', '{"a": ']
    events = streamed(client)
    assert assembled(events) == [{"text": "abc"}]
    assert events[-2]["messageStop"]["stopReason"] == "max_tokens"
    assert "messageStop" in streamed(client)[-1]


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
    fake: FakeProvider, client: Any, ask: Any, status: int, kind: str
) -> None:
    fake.script(error(status, "told to"))
    with pytest.raises(ClientError) as caught:
        ask(client)
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
def test_an_error_inside_a_stream_is_an_exception(fake: FakeProvider, client: Any, status: int, kind: str) -> None:
    fake.script(*[stream(["a", 0.001, error(status, "told to"), "never"]) for _ in range(2)])
    with closing(client.converse_stream(modelId=MODEL, messages=HELLO)["stream"]) as opened:
        events = iter(opened)
        assert [list(next(events)) for _ in range(2)] == [["messageStart"], ["contentBlockDelta"]]
        with pytest.raises(EventStreamError, match="told to") as caught:
            next(events)
    assert caught.value.response["Error"]["Code"] == kind
    with closing(client.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(CLAUDE))["body"]) as opened:
        events = iter(opened)
        kinds = [json.loads(next(events)["chunk"]["bytes"])["type"] for _ in range(3)]
        assert kinds == ["message_start", "content_block_start", "content_block_delta"]
        with pytest.raises(EventStreamError, match=kind):
            next(events)


def test_faults(fake: FakeProvider, client: Any) -> None:
    fake.script(drop_after())
    with pytest.raises(ConnectionClosedError):
        ask(client)


def test_claude_is_invoked(client: Any) -> None:
    told = client.invoke_model(modelId=MODEL, body=json.dumps(CLAUDE))
    whole = json.loads(told["body"].read())
    assert (whole["content"], whole["model"]) == ([{"type": "text", "text": "You said: hello there"}], MODEL)
    headers = told["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(whole["usage"]["input_tokens"])
    body = client.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(CLAUDE))["body"]
    events = [json.loads(event["chunk"]["bytes"]) for event in body]
    assert "ping" not in {event["type"] for event in events}
    metrics = events[-1]["amazon-bedrock-invocationMetrics"]
    assert {
        "input_tokens": metrics["inputTokenCount"],
        "output_tokens": metrics["outputTokenCount"],
    } == whole["usage"]


def test_the_anthropic_sdk_takes_it_for_bedrock(fake: FakeProvider) -> None:
    keys = {"aws_access_key": "AKIDEXAMPLE", "aws_secret_key": "secret", "aws_region": "us-east-1"}
    asked: Any = {"model": MODEL, "max_tokens": 100, "messages": CLAUDE["messages"]}
    with anthropic.AnthropicBedrock(base_url=fake.host_url, max_retries=0, **keys) as client:
        whole = client.messages.create(**asked)
        with client.messages.stream(**asked) as events:
            streamed = events.get_final_message()
        assert [message.content[0].text for message in (whole, streamed)] == ["You said: hello there"] * 2
        fake.script(text(None, tool_calls=[ToolCall("add", {"a": 2})]), error(429, "slow down"))
        assert client.messages.create(**asked).content[0].input == {"a": 2}
        with pytest.raises(anthropic.RateLimitError, match="slow down"):
            client.messages.create(**asked)


@pytest.mark.parametrize(
    ("model", "body", "vectors"),
    [
        ("amazon.titan-embed-text-v2:0", {"inputText": "a cat", "dimensions": 256}, lambda told: [told["embedding"]]),
        (
            "cohere.embed-english-v3",
            {"texts": ["a cat"], "input_type": "search_query"},
            lambda told: told["embeddings"],
        ),
        (
            "us.cohere.embed-v4:0",
            {"texts": ["a cat"], "input_type": "search_query", "output_dimension": 512},
            lambda told: told["embeddings"]["float"],
        ),
        (
            "amazon.nova-2-multimodal-embeddings-v1:0",
            {
                "taskType": "SINGLE_EMBEDDING",
                "singleEmbeddingParams": {"text": {"value": "a cat"}, "embeddingDimension": 384},
            },
            lambda told: [row["embedding"] for row in told["embeddings"]],
        ),
    ],
)
def test_embedding_models_are_invoked(client: Any, model: str, body: Any, vectors: Callable[[Any], Any]) -> None:
    (vector,) = vectors(json.loads(client.invoke_model(modelId=model, body=json.dumps(body))["body"].read()))
    sizes = {"amazon.titan-embed-text-v2:0": 256, "cohere.embed-english-v3": 1024, "us.cohere.embed-v4:0": 512}
    assert len(vector) == sizes.get(model, 384)
    assert sum(value * value for value in vector) == pytest.approx(1, abs=1e-5)


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


@pytest.mark.parametrize(
    "body",
    [
        {**CLAUDE, "model": MODEL},
        {**CLAUDE, "stream": True},
        {**CLAUDE, "anthropic_version": None},
        {"prompt": "x"},
        {"inputText": "x", "textGenerationConfig": {}},
        {"inputText": "x", "dimensions": 7},
    ],
)
def test_bad_invocations_are_refused(post: Post, body: Any) -> None:
    head, told = post("/model/amazon.titan-embed-text-v2:0/invoke", body)
    assert (head.status, list(json.loads(told))) == (400, ["message"])


def test_keys_are_checked_where_asked() -> None:
    with FakeProvider(require_key=True) as fake:
        with closing(connected(fake, aws_session_token="token")) as signing:
            assert content(ask(signing))
        assert fake.requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
        options: Any = {"base_url": fake.host_url, "max_retries": 0, "aws_region": "us-east-1"}
        asked: Any = {"model": MODEL, "max_tokens": 100, "messages": CLAUDE["messages"]}
        with anthropic.AnthropicBedrock(api_key=fake.api_key, **options) as bearing:
            assert bearing.messages.create(**asked).content
        half = "AWS4-HMAC-SHA256 Credential=A/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        for headers, kind in (
            ({"authorization": "Bearer other"}, "UnrecognizedClientException"),
            ({"authorization": half}, "IncompleteSignatureException"),
            ({}, "MissingAuthenticationTokenException"),
        ):
            told = httpx.post(f"{fake.host_url}/model/m/converse", json={"messages": HELLO}, headers=headers)
            assert told.headers["x-amzn-errortype"].partition(":")[0] == kind
