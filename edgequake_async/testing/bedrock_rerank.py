"""What Bedrock's rerankers answer: the operation Rerank of the agents' runtime, and Cohere's body through invoke.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .fields import given, needed
from .openai_ask import Refusal
from .ranking import ranked

Json = dict[str, Any]


def is_asked(body: Mapping[str, Any]) -> bool:
    """Whether a body is one of the operation's."""
    return "rerankingConfiguration" in body


def answered(body: Mapping[str, Any]) -> Json:
    """The sources in their order, by their places. Raises Refusal (400)."""
    queries = needed(body, "queries", list)
    if len(queries) != 1:
        raise Refusal(400, "queries: expected one.")
    config = needed(needed(body, "rerankingConfiguration", dict), "bedrockRerankingConfiguration", dict)
    arn = needed(needed(config, "modelConfiguration", dict), "modelArn", str)
    if not arn.startswith("arn:"):
        raise Refusal(400, f"modelArn: {arn!r} is no ARN.")
    asked: Json = {
        "query": needed(needed(queries[0], "textQuery", dict), "text", str),
        "documents": [_text(source) for source in needed(body, "sources", list)],
    }
    if (n_results := given(config, "numberOfResults", int)) is not None:
        asked["top_n"] = n_results
    rows = [{"index": row["index"], "relevanceScore": row["relevance_score"]} for row in ranked(asked)]
    return {"results": rows}


def invoked(body: Mapping[str, Any]) -> Json:
    """The same in Cohere's names. Raises Refusal (400)."""
    if given(body, "api_version", int, default=1) < 2:
        raise Refusal(400, "Malformed input request: #/api_version: 1 is not greater or equal to 2")
    rows = [{"index": row["index"], "relevance_score": row["relevance_score"]} for row in ranked(body)]
    return {"results": rows}


def _text(source: Any) -> str:
    document = needed(source, "inlineDocumentSource", dict)
    if document.get("type") == "JSON":
        return json.dumps(needed(document, "jsonDocument", dict))
    return str(needed(needed(document, "textDocument", dict), "text", str))
