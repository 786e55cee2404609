"""Reranking on Bedrock: what the operation gets satisfies botocore's description, and the signature is botocore's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error, raw

from .aws import ID, KEYS, caller
from .converse_types import complaints
from .ways import Way

Ask = dict[str, Any]

CATS = ["a dog", "the cat sat", "one cat"]
COHERE, AMAZON = "cohere.rerank-v3-5:0", "amazon.rerank-v1:0"
ARN = "arn:aws:bedrock:{}::foundation-model/{}"

pytestmark = pytest.mark.usefixtures("no_aws")


@pytest.fixture
def ask(fake: FakeProvider) -> Ask:
    """A question to the fake Bedrock."""
    where = {"api_base": fake.host_url, "aws_region_name": "eu-central-1", "num_retries": 0}
    return {"model": f"bedrock/{COHERE}", "query": "one cat", "documents": CATS, **where, **KEYS}


def sent(fake: FakeProvider) -> Any:
    """The last body, which botocore has nothing against."""
    body = fake.requests[-1].json
    assert complaints(body, "Rerank", "bedrock-agent-runtime") == []
    return body


def config(fake: FakeProvider) -> Any:
    return sent(fake)["rerankingConfiguration"]["bedrockRerankingConfiguration"]


def test_every_way_of_calling(way: Way, fake: FakeProvider, ask: Ask) -> None:
    response = way.rerank(**ask, top_n=2)
    assert [(row.index, row.document) for row in response.results] == [
        (2, {"text": "one cat"}),
        (1, {"text": "the cat sat"}),
    ]
    assert response.results[0].relevance_score > response.results[1].relevance_score
    assert response.id
    assert caller(fake) == (ID, None)
    assert fake.requests[-1].path == "/rerank"
    model = {"modelArn": ARN.format("eu-central-1", COHERE)}
    texts = [{"type": "TEXT", "textDocument": {"text": text}} for text in CATS]
    assert sent(fake) == {
        "queries": [{"type": "TEXT", "textQuery": {"text": "one cat"}}],
        "sources": [{"type": "INLINE", "inlineDocumentSource": text} for text in texts],
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {"numberOfResults": 2, "modelConfiguration": model},
        },
    }


def test_botocore_would_complain(fake: FakeProvider, ask: Ask) -> None:
    eq.rerank(**ask)
    wrong = {**fake.requests[-1].json, "sources": [{"type": "INLINE", "inlineDocumentSource": {"type": "WORD"}}]}
    assert complaints(wrong, "Rerank", "bedrock-agent-runtime") == [
        "$.sources[0].inlineDocumentSource.type: 'WORD' is none of ['TEXT', 'JSON']"
    ]


def test_parameters_have_their_places(fake: FakeProvider, ask: Ask) -> None:
    eq.rerank(**ask, truncate="END", nextToken="t", extra_body={"nextToken": "u"})
    assert config(fake)["modelConfiguration"]["additionalModelRequestFields"] == {"truncate": "END"}
    assert sent(fake)["nextToken"] == "u"
    assert "numberOfResults" not in config(fake)
    with pytest.raises(eq.UnsupportedParamsError, match=r"\['rank_fields'\]"):
        eq.rerank(**ask, rank_fields=["a"])


def test_dicts_are_documents_too(fake: FakeProvider, ask: Ask) -> None:
    documents = [{"text": "a dog"}, {"title": "one cat", "n": 1}]
    rows = [
        {"index": 1, "relevanceScore": 0.75, "document": {"type": "JSON", "jsonDocument": {"title": "one cat"}}},
        {"index": 0, "relevanceScore": 0.5, "document": {"type": "TEXT", "textDocument": {"text": "a dog"}}},
    ]
    fake.script(raw(200, (), {"results": rows, "nextToken": "more"}))
    response: Any = eq.rerank(**{**ask, "documents": documents})
    assert [source["inlineDocumentSource"] for source in sent(fake)["sources"]] == [
        {"type": "TEXT", "textDocument": {"text": "a dog"}},
        {"type": "JSON", "jsonDocument": {"title": "one cat", "n": 1}},
    ]
    assert [row.document for row in response.results] == [{"title": "one cat"}, {"text": "a dog"}]
    assert response.nextToken == "more"


@pytest.mark.parametrize(
    ("model", "region", "arn"),
    [
        (AMAZON, "us-gov-west-1", f"arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/{AMAZON}"),
        (AMAZON, "cn-north-1", f"arn:aws-cn:bedrock:cn-north-1::foundation-model/{AMAZON}"),
        (ARN.format("us-west-2", AMAZON), "eu-central-1", ARN.format("us-west-2", AMAZON)),
        (ARN.format("us-west-2", AMAZON), None, ARN.format("us-west-2", AMAZON)),
        (f"us-west-2/{COHERE}", None, ARN.format("us-west-2", COHERE)),
    ],
)
def test_the_arn_and_the_scope(fake: FakeProvider, ask: Ask, model: str, region: str | None, arn: str) -> None:
    eq.rerank(**{**ask, "model": f"bedrock/{model}", "aws_region_name": region})
    assert config(fake)["modelConfiguration"]["modelArn"] == arn
    assert f"/{region or 'us-west-2'}/bedrock/aws4_request" in fake.requests[-1].headers["authorization"]


def test_the_profile_may_be_the_one_to_know_the_region(fake: FakeProvider, ask: Ask, tmp_path: Path) -> None:
    del ask["aws_region_name"]
    with pytest.raises(eq.BadRequestError, match=r"aws_region_name: .*AWS_REGION"):
        eq.rerank(**ask)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile here]\nregion = eu-central-1\n")
    eq.rerank(**ask, aws_profile_name="here")
    assert config(fake)["modelConfiguration"]["modelArn"] == ARN.format("eu-central-1", COHERE)
    assert caller(fake) == (ID, None)


def test_cohere_through_invoke(fake: FakeProvider, ask: Ask) -> None:
    response = eq.rerank(**{**ask, "model": f"bedrock/invoke/{COHERE}", "top_n": 1, "max_tokens_per_doc": None})
    assert [row.index for row in response.results] == [2]
    assert caller(fake) == (ID, None)
    assert fake.requests[-1].path == f"/model/{COHERE.replace(':', '%3A')}/invoke"
    assert fake.requests[-1].json == {"api_version": 2, "query": "one cat", "documents": CATS, "top_n": 1}
    with pytest.raises(eq.BadRequestError, match=r"documents\[1\]: Cohere ranks texts"):
        eq.rerank(**{**ask, "model": f"bedrock/invoke/{COHERE}", "documents": ["a", {"b": 1}]})
    with pytest.raises(eq.UnsupportedParamsError, match=f"Rerank serves it as bedrock/{AMAZON}"):
        eq.rerank(**{**ask, "model": f"bedrock/invoke/{AMAZON}"})


def test_errors_are_bedrocks(fake: FakeProvider, ask: Ask) -> None:
    fake.script(error(429, "Slow down"), error(404, "No such model"))
    with pytest.raises(eq.RateLimitError, match="Slow down") as raised:
        eq.rerank(**ask)
    assert (raised.value.llm_provider, raised.value.type) == ("bedrock", "ThrottlingException")
    with pytest.raises(eq.NotFoundError, match="No such model"):
        eq.rerank(**ask)


def test_a_bearer_token_that_lies_around_is_not_for_this_host(
    fake: FakeProvider, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", fake.api_key)
    eq.rerank(**ask)
    assert caller(fake) == (ID, None)
    eq.rerank(**{**ask, "model": f"bedrock/invoke/{COHERE}"})
    assert fake.requests[-1].headers["authorization"] == f"Bearer {fake.api_key}"
    # Whoever passes one has a host that takes it.
    eq.rerank(**ask, api_key=fake.api_key)
    assert fake.requests[-1].headers["authorization"] == f"Bearer {fake.api_key}"
