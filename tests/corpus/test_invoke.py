"""Every recording of Bedrock's InvokeModel is a message of Claude's or an error, or is of a model that is listed here.

Other models answer in bodies of their own there, which the library does not speak.
"""

from __future__ import annotations

from collections import Counter

from .formats import invoked
from .recordings import native, needed

pytestmark = needed

# Models whose bodies are not read here, by how their names begin, and why.
_CONVERSE = "the library speaks Converse to it"
_REPLACED = "a text completion model that Amazon has retired"
_ELSEWHERE = "embeddings and rerank have tests of their own"
OTHER_MODELS = {
    "ai21.j2": _REPLACED,
    "amazon.nova-2-multimodal-embeddings": _ELSEWHERE,
    "amazon.nova-lite": _CONVERSE,
    "amazon.nova-micro": _CONVERSE,
    "amazon.nova-pro": _CONVERSE,
    "amazon.titan-embed": _ELSEWHERE,
    "amazon.titan-text": _CONVERSE,
    "amazon.titan-tg1": _REPLACED,
    "anthropic.claude-v2": _REPLACED,
    "arn:aws:sagemaker": "an endpoint of somebody's own, with whatever body",
    "cohere.command-light-text": _REPLACED,
    "cohere.command-r": _CONVERSE,
    "cohere.command-text": _REPLACED,
    "cohere.embed": _ELSEWHERE,
    "cohere.rerank": _ELSEWHERE,
    "meta.llama": _CONVERSE,
    "mistral.mistral": _CONVERSE,
    "openai.gpt-oss": _CONVERSE,
}


def test_every_other_recording_is_of_a_model_that_is_listed() -> None:
    judged = {exchange.id for exchange in invoked()}
    assert Counter(each.status >= 400 for each in invoked()) == {False: 24, True: 11}
    for exchange in native("bedrock-invoke"):
        named = exchange.model.removeprefix("us.").startswith(tuple(OTHER_MODELS))
        assert exchange.id in judged or named, (exchange.id, exchange.model)
