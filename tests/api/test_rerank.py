"""Documents in order: what each provider is asked, how its answer reads, what is refused, on every loop and in sync."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, raw

from .ways import Way

CATS = ["a dog", "the cat sat", "one cat"]
JSON = {"content-type": "application/json"}
# Model, and what the fake provider tells it by: Cohere's, Voyage's and Jina's shapes.
MODELS = ["cohere/rerank-v3.5", "voyage/rerank-2.5", "jina_ai/jina-reranker-v2", "together_ai/x", "hosted_vllm/x"]


@pytest.fixture
def ask(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is, and a question."""
    return {"api_base": fake.base_url, "api_key": fake.api_key, "query": "one cat", "documents": CATS, "num_retries": 0}


def answered(rows: Any, **more: Any) -> Any:
    return raw(200, JSON, json.dumps({"results": rows, **more}))


@pytest.mark.parametrize("model", MODELS)
def test_every_provider_answers_alike(way: Way, fake: FakeProvider, ask: dict[str, Any], model: str) -> None:
    response = way.rerank(model=model, top_n=2, **ask)
    assert isinstance(response, eq.RerankResponse)
    assert response.id
    assert [row.index for row in response.results] == [2, 1]
    assert [row["document"] for row in response["results"]] == [{"text": "one cat"}, {"text": "the cat sat"}]
    scores = [row["relevance_score"] for row in response.results]
    assert scores == sorted(scores, reverse=True)
    assert response.meta is not None
    assert response.meta["billed_units"]
    assert response._hidden_params["custom_llm_provider"] == model.partition("/")[0]
    assert response._response_ms is not None
    [request] = fake.requests
    path = "/v2/rerank" if model.startswith("cohere/") else "/v1/rerank"
    top = "top_k" if model.startswith("voyage/") else "top_n"
    name = model.partition("/")[2]
    assert (request.path, request.headers["authorization"]) == (path, f"Bearer {fake.api_key}")
    assert request.json == {"model": name, "query": "one cat", "documents": CATS, top: 2}


def test_an_answer_can_be_copied_and_dumped(ask: dict[str, Any]) -> None:
    response = eq.rerank(model="cohere/rerank-v3.5", **ask)
    assert copy.deepcopy(response) == pickle.loads(pickle.dumps(response)) == response
    assert json.loads(response.model_dump_json())["results"][0]["document"] == {"text": "one cat"}
    assert response.results[0].get("nothing") is None


def test_documents_are_returned_unless_unwanted(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(
        answered([{"index": 1, "relevance_score": 0.5, "document": {"text": "told"}}], provider="P"),
        answered([{"index": 1, "relevance_score": 0.5, "document": "told"}]),
        answered([{"index": 1, "relevance_score": 0.5, "document": {}}]),
        answered([{"index": 1, "relevance_score": 0.5, "document": {"text": "told"}}]),
        answered([{"index": 9, "relevance_score": 0.5}]),
    )
    responses = [eq.rerank(model="openrouter/cohere/rerank-v3.5", **ask) for _ in range(3)]
    shown = [response.results[0].document for response in responses]
    assert shown == [{"text": "told"}, {"text": "told"}, {"text": "the cat sat"}]
    assert responses[0].provider == "P"
    for _ in range(2):
        bare = eq.rerank(model="openrouter/cohere/rerank-v3.5", **{**ask, "return_documents": False})
        assert not hasattr(bare.results[0], "document")


def test_dicts_are_ranked_where_the_provider_can(fake: FakeProvider, ask: dict[str, Any]) -> None:
    documents = ({"text": "a"}, {"title": "t", "body": "b"})
    rows = [{"index": 1, "relevance_score": 0.5}, {"index": 0, "relevance_score": 0.25}]
    fake.script(answered(rows))
    given = {**ask, "documents": iter(documents), "rank_fields": ["title"]}
    response = eq.rerank(model="together_ai/m", **given)
    assert fake.requests[-1].json["documents"] == ["a", {"title": "t", "body": "b"}]
    assert fake.requests[-1].json["rank_fields"] == ["title"]
    assert [row.document for row in response.results] == [{"title": "t", "body": "b"}, {"text": "a"}]
    for provider in ("cohere", "voyage"):
        with pytest.raises(eq.BadRequestError, match=r"documents\[1\]: .*ranks texts"):
            eq.rerank(model=f"{provider}/m", **{**ask, "documents": documents})
    assert len(fake.requests) == 1


def test_text_embeddings_inference(fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(raw(200, JSON, '[{"index": 2, "score": 0.75}, {"index": 0, "score": 0.5, "text": "a dog"}]'))
    response = eq.rerank(model="huggingface/BAAI/bge-reranker-base", top_n=1, **ask)
    assert fake.requests[-1].json == {"model": "BAAI/bge-reranker-base", "query": "one cat", "texts": CATS}
    assert [(row.index, row.relevance_score, row.document) for row in response.results] == [
        (2, 0.75, {"text": "one cat"})
    ]


def test_parameters_that_a_provider_lacks(fake: FakeProvider, ask: dict[str, Any]) -> None:
    lacking = {**ask, "model": "voyage/rerank-2.5", "max_chunks_per_doc": 1, "rank_fields": ["a"]}
    with pytest.raises(eq.UnsupportedParamsError, match=r"\['rank_fields', 'max_chunks_per_doc'\]"):
        eq.rerank(**lacking)
    assert fake.requests == []
    assert eq.rerank(drop_params=True, **lacking).results
    assert fake.requests[-1].json.keys() == {"model", "query", "documents"}
    assert eq.rerank(**{**ask, "model": "cohere/rerank-v3.5", "max_tokens_per_doc": 9, "extra_body": {"priority": 1}})
    assert fake.requests[-1].json.items() >= {"max_tokens_per_doc": 9, "priority": 1}.items()
    assert eq.rerank(model="hosted_vllm/x", truncate_prompt_tokens=5, max_chunks_per_doc=2, **ask)
    assert fake.requests[-1].json.items() >= {"truncate_prompt_tokens": 5, "max_chunks_per_doc": 2}.items()


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/m"])
def test_protocols_without_reranking_are_refused_unsent(
    way: Way, fake: FakeProvider, ask: dict[str, Any], model: str
) -> None:
    with pytest.raises(eq.UnsupportedParamsError, match="no rerank endpoint"):
        way.rerank(model=model, **ask)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"documents": []}, "documents: must not be empty"),
        ({"documents": "a text"}, "documents: must be a list"),
        ({"documents": {"text": "a"}}, "documents: must be a list"),
        ({"documents": None}, "documents: must be a list"),
        ({"documents": ["a", 1]}, r"documents\[1\]: must be a string or a dict"),
        ({"documents": ["\ud800"]}, "documents"),
        ({"query": None}, "query: must be a string"),
        ({"top_n": "2"}, "top_n: must be a number"),
        ({"top_n": -1}, "top_n: must be a number"),
        ({"model": ""}, "model: must not be empty"),
        ({"model": None}, "model: must be a string"),
    ],
)
def test_bad_input_is_named_unsent(
    way: Way, fake: FakeProvider, ask: dict[str, Any], wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(eq.BadRequestError, match=said):
        way.rerank(**{"model": "cohere/rerank-v3.5", **ask, **wrong})
    assert fake.requests == []


@pytest.mark.parametrize("body", ['{"id": "x"}', '{"results": [{"score": 1}]}', '{"results": ["a"]}', "1", "{"])
def test_a_reply_that_is_no_ranking(way: Way, fake: FakeProvider, ask: dict[str, Any], body: str) -> None:
    fake.script(raw(200, JSON, body))
    with pytest.raises(eq.APIResponseValidationError) as raised:
        way.rerank(model="cohere/rerank-v3.5", **ask)
    assert raised.value.llm_provider == "cohere"


def test_failures_are_those_of_every_call(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    fake.script(error(429, "slow down"), error(401, "who are you"), drop_after(10))
    for kind in (eq.RateLimitError, eq.AuthenticationError, eq.APIConnectionError):
        with pytest.raises(kind):
            way.rerank(model="cohere/rerank-v3.5", **ask)
    fake.script(error(503, "busy"))
    assert way.rerank(model="cohere/rerank-v3.5", **{**ask, "num_retries": 1}).results


def test_a_provider_in_python_ranks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eq, "custom_provider_map", [{"provider": "mine", "custom_handler": eq.CustomLLM()}])
    with pytest.raises(eq.UnsupportedParamsError, match="mine: a handler in Python has no rerank"):
        eq.rerank(model="mine/x", query="q", documents=["a"])


def test_a_key_is_asked_for_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COHERE_API_KEY", "CO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(eq.AuthenticationError, match="COHERE_API_KEY or CO_API_KEY"):
        eq.rerank(model="cohere/rerank-v3.5", query="q", documents=["a"])
