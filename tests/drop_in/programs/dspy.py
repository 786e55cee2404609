"""dspy: predictors, typed outputs, tools, streaming, embeddings, the other two APIs and error classes over
LM(engine="litellm")."""

from __future__ import annotations

import asyncio
import sys
from typing import Literal

# This file has the name of the package that it imports.
sys.path.pop(0)

import dspy
import litellm
import pydantic

import edgequake_async
from edgequake_async.testing import FakeProvider, error, raw, refuse, slow_head, text

assert litellm is edgequake_async
dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)

# https://platform.openai.com/docs/api-reference/responses and /completions
SAID = {"type": "output_text", "text": "Hello.", "annotations": []}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1754000000,
    "status": "completed",
    "model": "gpt-4o",
    "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [SAID]}],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 13,
    },
}
CONTINUED = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1754000000,
    "model": "gpt-3.5-turbo-instruct",
    "choices": [{"text": " a time", "index": 0, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 2, "completion_tokens": 5, "total_tokens": 7},
}


class Sort(dspy.Signature):
    """Say how a sentence sounds."""

    sentence: str = dspy.InputField()
    mood: Literal["glad", "sad"] = dspy.OutputField()
    sure: float = dspy.OutputField()


class Person(pydantic.BaseModel):
    name: str
    nicknames: list[str]


class Find(dspy.Signature):
    """Find the people."""

    story: str = dspy.InputField()
    people: list[Person] = dspy.OutputField()
    lead: str | None = dspy.OutputField()


def said(**fields: object) -> str:
    parts = [f"[[ ## {name} ## ]]\n{value}\n" for name, value in fields.items()]
    return "\n".join([*parts, "[[ ## completed ## ]]"])


async def streamed(fake: FakeProvider) -> None:
    fake.script(text(said(answer="Paris")))
    listener = dspy.streaming.StreamListener(signature_field_name="answer")
    program = dspy.streamify(dspy.Predict("question -> answer"), stream_listeners=[listener])
    parts = [part async for part in program(question="The capital of France?")]
    assert "".join(part.chunk for part in parts[:-1]) == "Paris"
    assert parts[-1].answer == "Paris"
    assert fake.requests[-1].json["stream"] is True


def streamed_to_sync_code(fake: FakeProvider) -> None:
    fake.script(text(said(answer="Rome")))
    listener = dspy.streaming.StreamListener(signature_field_name="answer")
    predict = dspy.Predict("question -> answer")
    program = dspy.streamify(predict, stream_listeners=[listener], async_streaming=False)
    *parts, last = program(question="The capital of Italy?")
    assert ("".join(part.chunk for part in parts), last.answer) == ("Rome", "Rome")


def predictors(fake: FakeProvider) -> None:
    fake.script(text(said(reasoning="2 and 3 are 5", answer="5")))
    assert dspy.ChainOfThought("question -> answer: int")(question="What is 2 + 3?").answer == 5
    assert fake.requests[-1].json["temperature"] == 0.2

    fake.script(text(said(mood="glad", sure="0.9")))
    sorted_ = dspy.Predict(Sort)(sentence="What a day!")
    assert (sorted_.mood, sorted_.sure) == ("glad", 0.9)

    fake.script(text(said(people='[{"name": "Ann", "nicknames": ["A", "An"]}]', lead="Ann")))
    found = dspy.Predict(Find)(story="Ann went out.")
    assert found.people == [Person(name="Ann", nicknames=["A", "An"])]
    assert found.lead == "Ann"

    # The model is known to take schemas, so the class is sent as one.
    with dspy.context(adapter=dspy.JSONAdapter()):
        fake.script(text('{"mood": "sad", "sure": 0.5}'))
        assert dspy.Predict(Sort)(sentence="Alas.").mood == "sad"
        assert fake.requests[-1].json["response_format"]["type"] == "json_schema"

    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    call = said(next_thought="Add.", next_tool_name="add", next_tool_args='{"a": 2, "b": 3}')
    end = said(next_thought="Done.", next_tool_name="finish", next_tool_args="{}")
    fake.script(text(call), text(end), text(said(reasoning="They are 5.", answer="5")))
    assert dspy.ReAct("question -> answer: int", tools=[add])(question="What is 2 + 3?").answer == 5
    assert "5" in fake.requests[-1].json["messages"][-1]["content"]


def other_apis(fake: FakeProvider, where: dict[str, object]) -> None:
    lm = dspy.LM("openai/gpt-4o", engine="litellm", model_type="responses", **where)
    fake.script(raw(200, (), RESPONSE), raw(200, (), RESPONSE))
    assert [each["text"] for each in lm("Hello")] == ["Hello."]
    assert [each["text"] for each in asyncio.run(lm.acall("Hello"))] == ["Hello."]
    assert {request.path for request in fake.requests} == {"/v1/responses"}
    assert lm.history[-1]["usage"]["total_tokens"] == 13
    assert lm.history[-1]["cost"] > 0

    fake.clear()
    lm = dspy.LM("openai/gpt-3.5-turbo-instruct", engine="litellm", model_type="text", **where)
    fake.script(raw(200, (), CONTINUED), raw(200, (), CONTINUED))
    assert lm("Once upon") == [" a time"]
    assert asyncio.run(lm.acall("Once upon")) == [" a time"]
    assert {request.path for request in fake.requests} == {"/v1/completions"}
    assert fake.requests[0].json["prompt"].startswith("Once upon")


def embeddings(fake: FakeProvider) -> None:
    embedder = dspy.Embedder("openai/text-embedding-3-small", 2, api_base=fake.base_url, api_key=fake.api_key)
    assert embedder(["a", "b", "c"]).shape[0] == 3
    assert [len(request.json["input"]) for request in fake.requests] == [2, 1]
    assert asyncio.run(embedder.acall(["a", "b"])).shape[0] == 2
    assert embedder("a").ndim == 1


def failures(fake: FakeProvider, lm: dspy.LM) -> None:
    for reply, name, status in (
        (error(400, "No."), "LMInvalidRequestError", 400),
        (error(400, "No.", code="context_length_exceeded"), "ContextWindowExceededError", 400),
        (error(401, "No."), "LMAuthError", 401),
        (error(403, "No."), "LMAuthError", 403),
        (error(404, "No."), "LMUnsupportedModelError", 404),
        (error(422, "No."), "LMInvalidRequestError", 422),
        (error(429, "No.", headers={"retry-after": "7"}), "LMRateLimitError", 429),
        (error(429, "No.", code="insufficient_quota"), "LMBillingError", 429),
        (error(500, "No."), "LMServerError", 500),
        (error(502, "No."), "LMServerError", 502),
        (error(503, "No."), "LMServerError", 503),
        (slow_head(30), "LMTimeoutError", None),
        (refuse(), "LMTransportError", None),
    ):
        fake.clear()
        fake.script(reply, reply)
        try:
            lm("Hello again", timeout=0.3)
        except Exception as problem:
            assert type(problem).__name__ == name, (name, repr(problem))
            assert isinstance(problem, dspy.utils.exceptions.LMError)
            assert status is None or (problem.status == status and "No." in str(problem)), vars(problem)
            assert problem.model in ("gpt-4o", "openai/gpt-4o")
            assert name != "LMRateLimitError" or problem.retry_after == 7
        else:
            raise AssertionError(f"no {name}")


with FakeProvider() as fake:
    where = {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    lm = dspy.LM("openai/gpt-4o", engine="litellm", temperature=0.2, max_tokens=50, **where)
    assert lm("Hello") == ["You said: Hello"]
    assert lm.history[-1]["usage"]["total_tokens"] > 0
    assert lm.history[-1]["cost"] > 0
    assert asyncio.run(lm.acall("Hello")) == ["You said: Hello"]
    assert len(lm("Hello", n=2)) == 2
    assert lm.supports_function_calling
    assert lm.supports_response_schema
    with dspy.context(lm=lm):
        fake.clear()
        predictors(fake)
        asyncio.run(streamed(fake))
        streamed_to_sync_code(fake)
    fake.clear()
    other_apis(fake, where)
    fake.clear()
    embeddings(fake)
    failures(fake, lm)
print("done")
