"""Cohere's embeddings as the fake provider answers them, in every type that the API has.

https://docs.cohere.com/reference/embed
"""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Mapping
from typing import Any

from .brain import tokens
from .fields import given, listed, needed
from .openai_ask import Refusal
from .vectors import embed

Json = dict[str, Any]

_DEFAULT_DIMENSIONS = 1536
_KINDS = ("search_document", "search_query", "classification", "clustering", "image")


def embeddings(body: Mapping[str, Any]) -> Json:
    """The embeddings that a request asks for, by type. Raises Refusal (400)."""
    if needed(body, "input_type", str) not in _KINDS:
        raise Refusal(400, f"invalid request: input_type must be one of {', '.join(_KINDS)}.", param="input_type")
    texts, images = listed(body, "texts", str), listed(body, "images", str)
    inputs = [json.dumps(each.get("content"), sort_keys=True) for each in listed(body, "inputs", dict)]
    if sum(map(bool, (texts, images, inputs))) != 1:
        raise Refusal(400, "invalid request: exactly one of texts, images and inputs must be given.")
    types = listed(body, "embedding_types", str) or ["float"]
    if unknown := set(types) - set(_PACKED):
        raise Refusal(400, f"invalid request: embedding_types: unknown {', '.join(sorted(unknown))}.")
    dimensions = given(body, "output_dimension", int, default=_DEFAULT_DIMENSIONS)
    if not 8 <= dimensions <= _DEFAULT_DIMENSIONS or dimensions % 8:
        raise Refusal(400, "invalid request: output_dimension must be a multiple of 8, at most 1536.")
    told = texts or images or inputs
    vectors = [embed(each, dimensions) for each in told]
    read = 0 if images else sum(len(tokens(each)) for each in told)
    billed = {"input_tokens": read, "image_tokens": sum(len(tokens(each)) for each in images)}
    return {
        "texts": texts,
        "embeddings": {kind: [_PACKED[kind](vector) for vector in vectors] for kind in types},
        "meta": {"api_version": {"version": "2"}, "billed_units": billed},
        "response_type": "embeddings_by_type",
    }


def _bits(vector: array[float], offset: int) -> list[int]:
    """Eight signs in a number, the first one on the left, ``offset`` subtracted."""
    signs = ["1" if value > 0 else "0" for value in vector]
    return [int("".join(signs[start : start + 8]), 2) - offset for start in range(0, len(signs), 8)]


_PACKED: dict[str, Callable[[array[float]], Any]] = {
    "float": lambda vector: vector.tolist(),
    "int8": lambda vector: [round(value * 127) for value in vector],
    "uint8": lambda vector: [round(value * 127) + 128 for value in vector],
    "binary": lambda vector: _bits(vector, 128),
    "ubinary": lambda vector: _bits(vector, 0),
    "base64": lambda vector: base64.b64encode(vector.tobytes()).decode(),
}
