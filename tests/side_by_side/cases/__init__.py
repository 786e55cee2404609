"""The calls that both clients make: one name, one function of the client and the provider's address, scripted answers.

Imported by the test and by each client's process, so this folder needs nothing but the standard library and pydantic.
An answer is the name of a function of edgequake_async.testing and its arguments; without any, the fake model answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KEY = "side-by-side-key-0123456789"
HELLO = [{"role": "user", "content": "Hello there"}]
MODULES = ("plain", "parameters", "tools", "formats", "thinking", "errors", "endpoints", "facts", "mocks")

Run = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Where:
    """How a provider is asked for on the fake one: the model, what follows the host, other arguments."""

    model: str
    path: str = ""
    others: tuple[tuple[str, Any], ...] = (("api_key", KEY),)
    address: str = "api_base"

    def arguments(self, host: str) -> dict[str, Any]:
        return {"model": self.model, self.address: host + self.path, "max_retries": 0, **dict(self.others)}


AWS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": KEY, "aws_region_name": "us-east-1"}
PROVIDERS = {
    "openai": Where("openai/gpt-4o", "/v1"),
    "anthropic": Where("anthropic/claude-sonnet-4-5-20250929"),
    "gemini": Where("gemini/gemini-2.5-flash", "/v1beta"),
    "bedrock": Where("bedrock/converse/amazon.nova-lite-v1:0", "", tuple(AWS.items()), "aws_bedrock_runtime_endpoint"),
    "cohere": Where("cohere_chat/command-a-03-2025", "/v2/chat"),
    "ollama": Where("ollama_chat/llama3.2"),
    "mistral": Where("mistral/mistral-large-latest", "/v1"),
    "deepseek": Where("deepseek/deepseek-chat", "/v1"),
    "groq": Where("groq/openai/gpt-oss-120b", "/openai/v1"),
    "openrouter": Where("openrouter/openai/gpt-4o", "/api/v1"),
    "azure": Where("azure/gpt-4o", "", (("api_key", KEY), ("api_version", "2024-10-21"))),
}


@dataclass(frozen=True)
class Answer:
    """``edgequake_async.testing.<name>(*arguments, **named)``."""

    name: str
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Case:
    """A call. ``run`` gets the client (litellm, or this package) and the fake provider's root address."""

    name: str
    run: Run
    answers: tuple[Answer, ...] = ()


ALL: dict[str, Case] = {}


def answer(name: str, *arguments: Any, **named: Any) -> Answer:
    """A scripted answer."""
    return Answer(name, arguments, tuple(named.items()))


def add(name: str, run: Run, *answers: Answer) -> None:
    """Have both clients do this."""
    assert name not in ALL, name
    ALL[name] = Case(name, run, answers)


def chat(name: str, *answers: Answer, **arguments: Any) -> None:
    """A chat completion; ``name`` begins with the provider's."""
    where = PROVIDERS[name.partition("/")[0]]

    def run(client: Any, host: str) -> Any:
        return client.completion(**{"messages": HELLO, **where.arguments(host), **arguments})

    add(name, run, *answers)


def load() -> dict[str, Case]:
    """Every call, in order."""
    for name in MODULES:
        importlib.import_module(f"{__name__}.{name}")
    return ALL
