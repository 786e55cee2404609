"""boto3 and the anthropic SDK invoke models of the fake provider as Bedrock's."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import anthropic
import pytest
from botocore.exceptions import EventStreamError

from edgequake_async.testing import FakeProvider, ToolCall, error, stream, text

Post = Callable[..., Any]

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
CLAUDE: Any = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hello there"}],
}


def test_claude_is_invoked(bedrock: Any) -> None:
    told = bedrock.invoke_model(modelId=MODEL, body=json.dumps(CLAUDE))
    whole = json.loads(told["body"].read())
    assert (whole["content"], whole["model"]) == ([{"type": "text", "text": "You said: hello there"}], MODEL)
    headers = told["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(whole["usage"]["input_tokens"])
    body = bedrock.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(CLAUDE))["body"]
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
def test_embedding_models_are_invoked(bedrock: Any, model: str, body: Any, vectors: Callable[[Any], Any]) -> None:
    (vector,) = vectors(json.loads(bedrock.invoke_model(modelId=model, body=json.dumps(body))["body"].read()))
    sizes = {"amazon.titan-embed-text-v2:0": 256, "cohere.embed-english-v3": 1024, "us.cohere.embed-v4:0": 512}
    assert len(vector) == sizes.get(model, 384)
    assert sum(value * value for value in vector) == pytest.approx(1, abs=1e-5)


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


def test_an_error_inside_a_stream_is_an_exception(fake: FakeProvider, bedrock: Any) -> None:
    fake.script(stream(["a", 0.001, error(429, "told to"), "never"]))
    with closing(bedrock.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(CLAUDE))["body"]) as opened:
        events = iter(opened)
        kinds = [json.loads(next(events)["chunk"]["bytes"])["type"] for _ in range(3)]
        assert kinds == ["message_start", "content_block_start", "content_block_delta"]
        with pytest.raises(EventStreamError, match="throttlingException"):
            next(events)
