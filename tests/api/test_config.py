"""Where a key, a base URL and a limit come from: the call, then variables, then the environment, then the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import edgequake_async as eq
from edgequake_async import config
from edgequake_async.testing import FakeProvider, error, slow_head

from .ways import USER, Way

CALL = {"model": "openai/m", "messages": USER, "num_retries": 0}


@pytest.fixture(autouse=True)
def _forget_assigned() -> Iterator[None]:
    """Assigned settings are this test's own."""
    yield
    for name in ("openai_key", "groq_key", "api_key", "api_base", "num_retries", "request_timeout", "headers"):
        config.reset(name)


def sent_key(fake: FakeProvider) -> str:
    return fake.requests[-1].headers["authorization"].removeprefix("Bearer ")


def test_the_environment_is_read_at_each_call(way: Way, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, fake.base_url)
        for key in ("sk-first-000000", "sk-second-00000"):
            monkeypatch.setenv("OPENAI_API_KEY", key)
            way.completion(**CALL)
            assert sent_key(fake) == key
        monkeypatch.delenv(name)


def test_the_environment_is_never_written(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    before = dict(os.environ)
    eq.openai_key = "sk-variable-00000"
    way.completion(**ask)
    way.watch(**CALL, api_base="http://127.0.0.1:9/v1")
    assert dict(os.environ) == before


def test_a_variable_wins_over_the_environment(way: Way, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment-00")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    eq.api_base = fake.base_url
    eq.openai_key = "sk-variable-00000"
    way.completion(**CALL)
    assert sent_key(fake) == "sk-variable-00000"


def test_a_key_of_one_provider_goes_to_no_other(way: Way, fake: FakeProvider) -> None:
    eq.openai_key = "sk-openai-0000000"
    eq.groq_key = "gsk-groq-00000000"
    for model, key in (("groq/m", "gsk-groq-00000000"), ("openai/m", "sk-openai-0000000")):
        way.completion(**{**CALL, "model": model}, api_base=fake.base_url)
        assert sent_key(fake) == key
    way.completion(**{**CALL, "model": "hosted_vllm/m"}, api_base=fake.base_url)
    assert "authorization" not in fake.requests[-1].headers


def test_module_settings_are_one(fake: FakeProvider, ask: dict[str, Any]) -> None:
    """The package and its ``config`` module show the same value, and forget it together."""
    assert eq.num_retries == config.num_retries == 3
    eq.num_retries = 1
    assert config.num_retries == config.get("num_retries") == 1
    del eq.num_retries
    assert eq.num_retries == config.num_retries == 3
    with pytest.raises(AttributeError):
        _ = eq.no_such_setting


def test_num_retries_of_the_module(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    del ask["num_retries"]
    eq.num_retries = 1
    fake.on_request(lambda _: error(503, headers={"retry-after-ms": "1"}))
    assert way.watch(**ask).error.attempts == 2
    assert way.watch(**ask, num_retries=0).error.attempts == 1


def test_request_timeout_of_the_module(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    eq.request_timeout = 0.2
    fake.script(slow_head(5), slow_head(0.4))
    assert isinstance(way.watch(**ask).error, eq.Timeout)
    assert way.watch(**ask, timeout=10).error is None


def test_headers_of_the_module(way: Way, fake: FakeProvider, ask: dict[str, Any]) -> None:
    eq.headers = {"x-team": "a", "x-trace": "module"}
    way.completion(**ask, extra_headers={"x-trace": "call"})
    received = fake.requests[0].headers
    assert (received["x-team"], received["x-trace"]) == ("a", "call")


def test_unknown_module_attributes_can_be_set() -> None:
    """Programs for litellm set many that mean nothing here."""
    eq.telemetry = False
    assert eq.telemetry is False
    del eq.telemetry


# In a child, since the file is read once per process.
FILE_PROGRAM = """
import json, pathlib, sys
import edgequake_async as eq
from edgequake_async.testing import FakeProvider, error
with FakeProvider() as fake:
    file = pathlib.Path(sys.argv[1])
    file.write_bytes(file.read_bytes().replace(b"BASE", fake.base_url.encode()))
    fake.script(error(500, headers={"retry-after-ms": "1"}))
    outcome = ""
    try:
        eq.completion("openai/m", [{"role": "user", "content": "x"}])
    except Exception as problem:
        outcome = f"{type(problem).__name__}: {problem}"
    print(json.dumps([[r.headers.get("authorization"), r.path] for r in fake.requests] + [outcome]))
"""

FILES: dict[str, tuple[str, dict[str, str], list[Any]]] = {
    "provider table": (
        'num_retries = 1\n[providers.openai]\napi_key = "sk-file-00000"\napi_base = "BASE"\n',
        {},
        [["Bearer sk-file-00000", "/v1/chat/completions"]] * 2 + [""],
    ),
    "top level": (
        'num_retries = 1\nopenai_key = "sk-file-00000"\napi_base = "BASE"\n',
        {},
        [["Bearer sk-file-00000", "/v1/chat/completions"]] * 2 + [""],
    ),
    "environment wins": (
        'num_retries = 1\n[providers.openai]\napi_key = "sk-file-00000"\napi_base = "BASE"\n',
        {"OPENAI_API_KEY": "sk-environment-0"},
        [["Bearer sk-environment-0", "/v1/chat/completions"]] * 2 + [""],
    ),
}


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EDGEQUAKE_")}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("case", FILES)
def test_the_file(tmp_path: Path, case: str) -> None:
    content, environment, expected = FILES[case]
    file = tmp_path / "config.toml"
    file.write_text(content)
    done = run(FILE_PROGRAM, str(file), EDGEQUAKE_CONFIG=str(file), **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected


def test_the_file_at_home(tmp_path: Path) -> None:
    file = tmp_path / ".config/edgequake/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(FILES["top level"][0])
    done = run(FILE_PROGRAM, str(file), HOME=str(tmp_path), USERPROFILE=str(tmp_path))
    assert json.loads(done.stdout) == FILES["top level"][2], done.stderr


@pytest.mark.parametrize("content", ["num_retries = = 1", "\xff", "[providers"])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content.encode("latin-1"))
    done = run(FILE_PROGRAM, str(file), EDGEQUAKE_CONFIG=str(file))
    assert str(file) in done.stdout + done.stderr
