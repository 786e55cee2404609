"""Other endpoints: embeddings, texts that are continued, reranking, the Responses API, batches."""

from __future__ import annotations

from typing import Any

from . import HELLO, KEY, PROVIDERS, add, answer

EMBEDDING = {
    "openai": ("openai/text-embedding-3-small", "/v1"),
    "cohere": ("cohere/embed-v4.0", "/v2/embed"),
    "gemini": ("gemini/gemini-embedding-001", "/v1beta"),
    "mistral": ("mistral/mistral-embed", "/v1"),
    "ollama": ("ollama/nomic-embed-text", ""),
    "azure": ("azure/text-embedding-3-small", ""),
}


def call(name: str, function: str, *answers: Any, path: str = "/v1", **arguments: Any) -> None:
    """A call of any of the client's functions, at the fake provider."""

    def run(client: Any, host: str) -> Any:
        target = {"api_base": host + path, "api_key": KEY, "max_retries": 0}
        return getattr(client, function)(**target, **arguments)

    add(name, run, *answers)


for provider, (model, path) in EMBEDDING.items():
    version = {"api_version": "2024-10-21"} if provider == "azure" else {}
    call(f"{provider}/embedding", "embedding", path=path, model=model, input=["One", "Two"], **version)
    call(f"{provider}/embedding_text", "embedding", path=path, model=model, input="One", **version)
model, path = EMBEDDING["openai"]
call("openai/embedding_dimensions", "embedding", model=model, input=["One"], dimensions=8, user="someone")
call("openai/embedding_base64", "embedding", model=model, input=["One"], encoding_format="base64")
call("openai/embedding_error", "embedding", answer("error", 429, "Slow down."), model=model, input=["One"])
call("openai/embedding_empty", "embedding", model=model, input=[])

TEXT = "text-completion-openai/gpt-3.5-turbo-instruct"
# https://platform.openai.com/docs/api-reference/completions
CONTINUED: dict[str, Any] = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1754000000,
    "model": "gpt-3.5-turbo-instruct",
    "choices": [{"text": " a time", "index": 0, "logprobs": None, "finish_reason": "length"}],
    "usage": {"prompt_tokens": 2, "completion_tokens": 5, "total_tokens": 7},
}
PIECES = [
    {**CONTINUED, "usage": None, "choices": [{"text": text, "index": 0, "logprobs": None, "finish_reason": reason}]}
    for text, reason in ((" a", None), (" time", None), ("", "length"))
]
TWO = {**CONTINUED, "choices": [{**CONTINUED["choices"][0], "index": index} for index in range(2)]}
call("openai/text_completion", "text_completion", answer("raw", 200, {}, CONTINUED), model=TEXT, prompt="Once upon",
     max_tokens=5)  # fmt: skip
call("openai/text_completion_stream", "text_completion", answer("sse", [*PIECES, "[DONE]"]), model=TEXT,
     prompt="Once upon", stream=True)  # fmt: skip
call("openai/text_completion_list", "text_completion", answer("raw", 200, {}, TWO), model=TEXT,
     prompt=["Once", "Twice"])  # fmt: skip
call("openai/text_completion_of_a_chat", "text_completion", model="anthropic/claude-sonnet-4-5-20250929",
     path="", prompt="Once upon", max_tokens=50)  # fmt: skip

DOCUMENTS = ["Paris is in France.", "Rome is in Italy."]
call("cohere/rerank", "rerank", path="", model="cohere/rerank-v3.5", query="Where is Rome?", documents=DOCUMENTS)
call("cohere/rerank_top", "rerank", path="", model="cohere/rerank-v3.5", query="Rome?", documents=DOCUMENTS, top_n=1)
call("jina/rerank", "rerank", path="/v1", model="jina_ai/jina-reranker-v2-base-multilingual", query="Rome?",
     documents=DOCUMENTS)  # fmt: skip

# https://platform.openai.com/docs/api-reference/responses
PART = {"type": "output_text", "text": "Hello.", "annotations": []}
ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [PART]}
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1754000000,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "model": "gpt-4o-2024-08-06",
    "output": [ITEM],
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
    "usage": {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 13,
    },
    "user": None,
    "metadata": {},
}
BEGUN = {**RESPONSE, "status": "in_progress", "output": [], "usage": None}
AT = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
EVENTS: list[dict[str, Any]] = [
    {"type": "response.created", "response": BEGUN},
    {"type": "response.in_progress", "response": BEGUN},
    {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {**ITEM, "status": "in_progress", "content": []},
    },
    {"type": "response.content_part.added", **AT, "part": {**PART, "text": ""}},
    {"type": "response.output_text.delta", **AT, "delta": "Hello.", "logprobs": []},
    {"type": "response.output_text.done", **AT, "text": "Hello.", "logprobs": []},
    {"type": "response.content_part.done", **AT, "part": PART},
    {"type": "response.output_item.done", "output_index": 0, "item": ITEM},
    {"type": "response.completed", "response": RESPONSE},
]
WHOLE = answer("raw", 200, {}, RESPONSE)
STREAMED = answer("sse", [{**event, "sequence_number": number} for number, event in enumerate(EVENTS)])
call("openai/responses", "responses", WHOLE, model="openai/gpt-4o", input="Hello there")
call("openai/responses_stream", "responses", STREAMED, model="openai/gpt-4o", input="Hello there", stream=True)
call("openai/responses_parameters", "responses", WHOLE, model="openai/gpt-4o", input=HELLO, instructions="Be brief.",
     temperature=0.5, max_output_tokens=50, metadata={"a": "b"}, store=False)  # fmt: skip
call("openai/responses_error", "responses", answer("error", 429, "Slow down."), model="openai/gpt-4o", input="Hi")
call("anthropic/responses", "responses", path="", model="anthropic/claude-sonnet-4-5-20250929", input="Hello there")
call("anthropic/responses_stream", "responses", path="", model="anthropic/claude-sonnet-4-5-20250929",
     input="Hello there", stream=True)  # fmt: skip


def _batch(client: Any, host: str) -> Any:
    where = PROVIDERS["openai"].arguments(host)
    found = client.batch_completion(messages=[HELLO, HELLO], **where)
    return [(type(each).__name__, each.choices[0].message.content) for each in found]


def _cost(client: Any, host: str) -> Any:
    response = client.completion(messages=HELLO, **PROVIDERS["openai"].arguments(host))
    return [client.completion_cost(response), client.completion_cost(completion_response=response, model="gpt-4o")]


add("openai/completion_cost", _cost)
add("openai/batch_completion", _batch)
