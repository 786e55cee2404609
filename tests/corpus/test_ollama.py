"""The independent reading of Ollama's recordings is what Ollama's own SDK reads."""

from __future__ import annotations

import json

import ollama

from .formats import answers
from .reading_ollama import read
from .recordings import needed

pytestmark = needed


def test_the_readings_say_what_the_sdk_reads() -> None:
    for exchange in answers("ollama"):
        lines = [ollama.ChatResponse(**json.loads(line)) for line in exchange.body.splitlines() if line.strip()]
        answer = read(exchange).reply.choices[0]
        assert answer.text == "".join(line.message.content or "" for line in lines)
        assert answer.reasoning == "".join(line.message.thinking or "" for line in lines)
        called = [call.function for line in lines for call in line.message.tool_calls or ()]
        assert [(each.name, json.loads(each.arguments)) for each in answer.calls] == [
            (each.name, each.arguments) for each in called
        ]
