"""dspy: predictors, typed outputs, streaming, embeddings and error classes over LM(engine="litellm")."""

from __future__ import annotations

import asyncio
import sys
from typing import Literal

# This file has the name of the package that it imports.
sys.path.pop(0)

import dspy
import litellm

import edgequake_async
from edgequake_async.testing import FakeProvider, error, text

assert litellm is edgequake_async
dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)


class Sort(dspy.Signature):
    """Say how a sentence sounds."""

    sentence: str = dspy.InputField()
    mood: Literal["glad", "sad"] = dspy.OutputField()
    sure: float = dspy.OutputField()


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


with FakeProvider() as fake:
    where = {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    lm = dspy.LM("openai/gpt-4o", engine="litellm", temperature=0.2, max_tokens=50, **where)
    assert lm("Hello") == ["You said: Hello"]
    assert lm.history[-1]["usage"]["total_tokens"] > 0
    with dspy.context(lm=lm):
        fake.clear()
        fake.script(text(said(reasoning="2 and 3 are 5", answer="5")))
        assert dspy.ChainOfThought("question -> answer: int")(question="What is 2 + 3?").answer == 5
        assert fake.requests[-1].json["temperature"] == 0.2

        fake.script(text(said(mood="glad", sure="0.9")))
        sorted_ = dspy.Predict(Sort)(sentence="What a day!")
        assert (sorted_.mood, sorted_.sure) == ("glad", 0.9)
        asyncio.run(streamed(fake))

    embedder = dspy.Embedder("openai/text-embedding-3-small", api_base=fake.base_url, api_key=fake.api_key)
    assert embedder(["a", "b"]).shape[0] == 2

    for status, code, name in (
        (400, "context_length_exceeded", "ContextWindowExceededError"),
        (429, None, "LMRateLimitError"),
    ):
        fake.clear()
        fake.script(error(status, "No.", code=code))
        try:
            lm("Hello again")
        except Exception as problem:
            assert type(problem).__name__ == name, type(problem)
            assert "No." in str(problem)
        else:
            raise AssertionError("no error")
print("done")
