"""Several inputs for Bedrock's models that take one text a call: a call each, a few at a time, one answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, error, hang, raw

from .aws import KEYS, signature
from .ways import Way

TITAN, NOVA = "amazon.titan-embed-text-v2:0", "us.amazon.nova-2-multimodal-embeddings-v1:0"
TEXTS = [f"text number {number}" for number in range(20)]

Ask = dict[str, Any]

pytestmark = pytest.mark.usefixtures("no_aws")


@pytest.fixture
def ask(fake: FakeProvider) -> Ask:
    """A call of the fake Bedrock, without an input."""
    return {"api_base": fake.host_url, "aws_region_name": "eu-central-1", "num_retries": 0, **KEYS}


def text_of(record: Received) -> str:
    body: Any = record.json
    told = body.get("inputText") or body["singleEmbeddingParams"]["text"]["value"]
    return str(told)


@pytest.mark.parametrize("model", [TITAN, NOVA])
def test_rows_and_counts_are_those_of_calls_for_each(way: Way, fake: FakeProvider, ask: Ask, model: str) -> None:
    small = {"dimensions": 256, "model": f"bedrock/{model}", **ask}
    singly = [way.embedding(**small, input=[text]) for text in TEXTS[:3]]
    fake.clear()
    response = way.embedding(**small, input=TEXTS[:3])
    assert sorted(map(text_of, fake.requests)) == sorted(TEXTS[:3])
    assert [row.index for row in response.data] == [0, 1, 2]
    assert [row.embedding for row in response.data] == [each.data[0].embedding for each in singly]
    assert response.model == singly[0].model
    assert response._response_headers["x-amzn-requestid"]
    if model == TITAN:
        counts = [each.usage.prompt_tokens for each in singly]
        assert min(counts) > 0
        assert (response.usage.prompt_tokens, response.usage.total_tokens) == (sum(counts), sum(counts))
    for record in fake.requests:
        assert record.headers["authorization"].endswith(signature(record, fake.host_url))


def test_eight_are_under_way_at_a_time_and_the_order_is_kept(fake: FakeProvider, ask: Ask) -> None:
    under_way: set[str] = set()
    most = 0
    full, all_seen = asyncio.Event(), asyncio.Event()

    async def answer(record: Received) -> Any:
        nonlocal most
        under_way.add(text_of(record))
        most = max(most, len(under_way))
        if len(under_way) == 8:
            full.set()
        if len(fake.requests) == len(TEXTS):
            all_seen.set()
        await full.wait()
        if text_of(record) == TEXTS[0]:
            # Its answer is the last.
            await all_seen.wait()
        under_way.remove(text_of(record))
        return raw(200, (), {"embedding": [float(text_of(record).split()[-1])], "inputTextTokenCount": 2})

    fake.on_request(answer)
    response = eq.embedding(f"bedrock/{TITAN}", TEXTS, timeout=30, **ask)
    assert [row.embedding for row in response.data] == [[float(number)] for number in range(20)]
    assert (most, response.usage.total_tokens) == (8, 40)


def test_the_first_failure_is_that_of_all(way: Way, fake: FakeProvider, ask: Ask) -> None:
    def answer(record: Received) -> Any:
        return error(429, "Slow down") if text_of(record) == TEXTS[2] else hang()

    fake.on_request(answer)
    with pytest.raises(eq.RateLimitError, match="Slow down") as raised:
        way.embedding(model=f"bedrock/{TITAN}", input=TEXTS[:5], **ask)
    assert raised.value.llm_provider == "bedrock"
    # Nobody waits for the others.
    fake.wait_for_abort(n=len(fake.requests) - 1)


def test_one_is_retried_alone_and_the_limit_is_that_of_all(fake: FakeProvider, ask: Ask) -> None:
    fake.script(error(503, "Busy"))
    response = eq.embedding(f"bedrock/{TITAN}", TEXTS[:4], **{**ask, "num_retries": 2})
    assert (len(response.data), len(fake.requests)) == (4, 5)
    fake.on_request(lambda _: hang())
    with pytest.raises(eq.Timeout) as raised:
        eq.embedding(f"bedrock/{TITAN}", TEXTS, timeout=0.2, **ask)
    assert raised.value.llm_provider == "bedrock"


def test_inputs_that_are_no_texts_are_refused_unsent(fake: FakeProvider, ask: Ask) -> None:
    for inputs in ([["a"], "b"], [1, 2, 3], ["a", None]):
        with pytest.raises(eq.BadRequestError, match=r"input\[\d\]"):
            eq.embedding(f"bedrock/{TITAN}", inputs, **ask)
    assert fake.requests == []


def test_cohere_takes_several_in_one_call(fake: FakeProvider, ask: Ask) -> None:
    response = eq.embedding("bedrock/cohere.embed-english-v3", TEXTS, **ask)
    assert (len(response.data), len(fake.requests)) == (20, 1)
