"""The package's face: its names, its signatures, and an import that does nothing."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import exceptions


def test_all_is_complete_and_sorted() -> None:
    assert list(eq.__all__) == sorted(eq.__all__)
    assert len(set(eq.__all__)) == len(eq.__all__)
    shown = {name for name in dir(eq) if not name.startswith("_") and not inspect.ismodule(getattr(eq, name))}
    # dir() hides EQError, see below.
    assert shown - {"annotations"} == set(eq.__all__) - {"__version__", "EQError"}
    assert all(getattr(eq, name) is not None for name in eq.__all__)


# What programs that were written for litellm import from it.
IMPORTED_BY_PROGRAMS = {
    "ChatCompletionMessageToolCall",
    "Choices",
    "CustomStreamWrapper",
    "Delta",
    "EmbeddingResponse",
    "Function",
    "Message",
    "ModelResponse",
    "ModelResponseStream",
    "StreamingChoices",
    "TextCompletionResponse",
    "Timeout",
    "Usage",
    "acompletion",
    "aembedding",
    "completion",
    "embedding",
    "stream_chunk_builder",
}


def test_all_has_what_programs_import() -> None:
    assert set(eq.__all__) >= IMPORTED_BY_PROGRAMS | KNOWN_TO_AIDER
    # Ours.
    assert set(eq.__all__) >= {"AsyncStreamWrapper", "EQError", "EmbeddingObject", "SyncStreamWrapper", "Timeouts"}


def test_every_public_thing_says_what_it_is() -> None:
    for name in eq.__all__:
        value = getattr(eq, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), name


def test_star_import_gives_all() -> None:
    names: dict[str, Any] = {}
    exec("from edgequake_async import *", names)
    assert set(eq.__all__) <= set(names)


def test_the_functions_are_what_wrappers_expect() -> None:
    """instructor and julep look at these to tell sync from async, and look them up in the module's dict."""
    for name in ("acompletion", "aembedding"):
        assert inspect.iscoroutinefunction(vars(eq)[name])
    for name in ("completion", "embedding"):
        assert not inspect.iscoroutinefunction(vars(eq)[name])
    assert {name: vars(eq)[name].__module__ for name in ("completion", "acompletion")} == {
        "completion": "edgequake_async.completion",
        "acompletion": "edgequake_async.completion",
    }


# The order of positional parameters is litellm's, which programs rely on; the two differ there too.
POSITIONS = {
    "completion": ["model", "messages", "timeout", "temperature", "top_p", "n", "stream", "stream_options", "stop"],
    "acompletion": [
        "model",
        "messages",
        "functions",
        "function_call",
        "timeout",
        "temperature",
        "top_p",
        "n",
        "stream",
    ],
    "embedding": ["model", "input", "dimensions", "encoding_format", "timeout", "api_base", "api_version", "api_key"],
    "aembedding": ["model", "input", "dimensions", "encoding_format", "timeout", "api_base", "api_version", "api_key"],
    "stream_chunk_builder": ["chunks", "messages", "start_time", "end_time", "logging_obj"],
}


@pytest.mark.parametrize("name", POSITIONS)
def test_positional_parameters_are_litellms(name: str) -> None:
    parameters = list(inspect.signature(getattr(eq, name)).parameters)
    assert parameters[: len(POSITIONS[name])] == POSITIONS[name]


def test_sync_and_async_take_the_same_parameters() -> None:
    for name in ("completion", "embedding"):
        sync, asynchronous = (set(inspect.signature(getattr(eq, each)).parameters) for each in (name, f"a{name}"))
        assert sync == asynchronous


def test_every_error_is_one_tree() -> None:
    for name in exceptions.__all__:
        assert issubclass(getattr(exceptions, name), eq.EQError), name
    assert list(exceptions.__all__) == sorted(exceptions.__all__)


# aider's list; it refuses to start where dir() shows another name that ends in Error.
KNOWN_TO_AIDER = {
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "ImageFetchError",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "RateLimitError",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
}


def test_dir_shows_no_error_that_programs_do_not_know() -> None:
    shown = {name for name in dir(eq) if name.endswith("Error")}
    assert shown == KNOWN_TO_AIDER


# Prints what an import did, as one JSON object.
IMPORT = """
import json, os, sys, threading
events = []
watched = ("socket.", "subprocess.", "os.exec", "os.fork", "os.system", "urllib.", "http.", "open", "os.putenv")
def hook(name, args):
    if name.startswith(watched):
        events.append([name, str(args[0]) if args else ""])
sys.addaudithook(hook)
descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
before = dict(os.environ)
import edgequake_async
after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
code = (".py", ".pyc", ".so", ".pyd", ".dist-info", "METADATA", "RECORD", "entry_points.txt", ".pth", ".zip")
opened = [what for name, what in events if name == "open" and not what.endswith(code) and ".pyc." not in what]
print(json.dumps({
    "threads": [thread.name for thread in threading.enumerate()],
    "native_threads": len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1,
    "descriptors": after - descriptors,
    "sockets": [name for name, _ in events if name.startswith("socket.")],
    "others": [name for name, _ in events if not name.startswith(("socket.", "open"))],
    "opened": opened,
    "environment": dict(os.environ) == before,
    "modules": sorted(sys.modules),
}))
"""


def test_importing_does_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    did = json.loads(done.stdout)
    assert did["threads"] == ["MainThread"]
    assert did["native_threads"] == 1
    assert did["descriptors"] == 0
    assert did["sockets"] == []
    assert did["others"] == []
    assert did["environment"]
    assert [path for path in did["opened"] if "config.toml" in path] == []
    heavy = {
        "openai",
        "httpx",
        "aiohttp",
        "requests",
        "trio",
        "uvloop",
        "numpy",
        "asyncio",
        "ssl",
        "edgequake_async.testing",
    }
    assert heavy & set(did["modules"]) == set()
