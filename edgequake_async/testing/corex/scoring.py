"""Embeddings, reranking, classification and moderation of the fake CoreX.

Texts that share words are close, as with the model's embeddings; a text is flagged for the words of a small
table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..brain import tokens
from ..fields import listed, needed
from ..openai_wire import embeddings
from ..ranking import closeness, ranked, reading, text_of
from .call import Call, Json, Refused
from .world import Routes, World

_FLAGGED = 0.9
_UNFLAGGED = 0.001
_WORDS = {
    "harassment": "idiot",
    "harassment/threatening": "threaten",
    "hate": "hate",
    "hate/threatening": "exterminate",
    "illicit": "steal",
    "illicit/violent": "bomb",
    "self-harm": "suicide",
    "self-harm/intent": "kill myself",
    "self-harm/instructions": "how to die",
    "sexual": "porn",
    "sexual/minors": "child porn",
    "violence": "kill",
    "violence/graphic": "gore",
}


def _embeddings(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    found = embeddings(body)
    world.charge(call, prompt=found["usage"]["prompt_tokens"])
    return found


def _rerank(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    rows = ranked(body)
    world.charge(call, prompt=reading(body))
    meta = {"billed_units": {"search_units": 1}}
    return {"id": f"rerank_fake{call.record.number:08d}", "results": rows, "meta": meta}


def _classify(world: World, call: Call) -> Json:
    body = call.document()
    world.find(call, body)
    for name in ("inputs", "examples"):
        needed(body, name, list)
    inputs = listed(body, "inputs", str)
    pairs = [(needed(item, "text", str), needed(item, "label", str)) for item in listed(body, "examples", dict)]
    world.charge(call, prompt=_count([*inputs, *(text for text, _ in pairs)]))
    rows = [_classified(f"class_fake{call.record.number:08d}x{n}", text, pairs) for n, text in enumerate(inputs)]
    return {"id": f"classify_fake{call.record.number:08d}", "classifications": rows}


def _classified(id: str, text: str, pairs: Sequence[tuple[str, str]]) -> Json:
    closest: dict[str, float] = {}
    for example, label in pairs:
        closest[label] = max(closest.get(label, 0.0), closeness(text, example))
    total = sum(closest.values())
    shares = {label: round(value / total, 6) if total else 1 / len(closest) for label, value in closest.items()}
    best = max(shares, key=lambda label: shares[label])
    labels = {label: {"confidence": share} for label, share in shares.items()}
    return {"id": id, "input": text, "prediction": best, "confidence": shares[best], "labels": labels}


def _moderations(world: World, call: Call) -> Json:
    body = call.document()
    model = world.find(call, body, default="omni-moderation-latest")
    sent = needed(body, "input", str, list)
    if isinstance(sent, list) and all(isinstance(part, Mapping) for part in sent):
        sent = "\n".join(text_of(part) for part in sent if part.get("type") == "text")
    texts = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "Invalid 'input': expected texts.", param="input", code="invalid_type")
    world.charge(call, prompt=_count(texts))
    results = [_moderated(text.lower()) for text in texts]
    return {"id": f"modr-fake{call.record.number:08d}", "model": body.get("model") or model.id, "results": results}


def _moderated(text: str) -> Json:
    flags = {name: re.search(rf"\b{word}\b", text) is not None for name, word in _WORDS.items()}
    scores = {name: _FLAGGED if flag else _UNFLAGGED for name, flag in flags.items()}
    kinds = {name: ["text"] for name in flags}
    return {
        "flagged": any(flags.values()),
        "categories": flags,
        "category_scores": scores,
        "category_applied_input_types": kinds,
    }


def _count(texts: Sequence[str]) -> int:
    return sum(len(tokens(text)) for text in texts)


ROUTES: Routes = {
    ("POST", "/v1/embeddings"): _embeddings,
    ("POST", "/v1/rerank"): _rerank,
    ("POST", "/v1/classify"): _classify,
    ("POST", "/v1/moderations"): _moderations,
}
