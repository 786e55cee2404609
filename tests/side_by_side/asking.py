"""Asks both clients: a process each, which lives for all cases, and a fake provider of its own for every case.

What comes back is what the caller got and what the provider received, with what no two runs have in common
(addresses, ids that a client makes, times, signatures) put into one form.
"""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from edgequake_async import testing
from edgequake_async.testing import FakeProvider, Received, Reply, ToolCall

from .cases import KEY, Answer, Case

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 20.0
"""How long one call may take."""
# litellm asks Ollama for a model's template now and then, and remembers it.
ASIDE = "/api/show"
# What a transport says of itself; whatever else travels is compared.
UNSAID = re.compile(
    r"(?i)^(host|user-agent|accept|accept-encoding|connection|content-length|x-stainless-.*|x-amz-date|"
    r"amz-sdk-.*|x-amz-content-sha256|openai-platform|x-amz-security-token)$"
)
_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
# Ids that a client makes: litellm's, then those of providers that have none here.
MADE = re.compile(
    rf"(chatcmpl-|call_|msg_|cmpl-)?{_UUID}|call_[0-9a-f]{{28}}|call_eq_[0-9a-f]{{24}}|chatcmpl-[0-9a-f]{{24}}"
)
SIGNED = re.compile(r"^AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/.*$")


class Client:
    """A process that has imported a client. Use as a context manager."""

    def __init__(self, python: str, module: str) -> None:
        self._files = tempfile.TemporaryDirectory()
        self._advice = Path(self._files.name, "stderr").open("w+")  # noqa: SIM115 - closed in __exit__
        kept = {
            name: value
            for name, value in os.environ.items()
            if not re.search(r"(?i)_api_key$|_api_base$|_base_url$|^AWS_|_proxy$", name)
        }
        kept |= {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_MODE": "PRODUCTION",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HF_HUB_OFFLINE": "1",
            "EDGEQUAKE_CONFIG": "/nonexistent/config.toml",
            "PYTHONPATH": "" if module == "litellm" else str(ROOT),
            "HOME": self._files.name,
        }
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(HERE / "child.py"), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._advice,
            text=True,
            env=kept,
            cwd=self._files.name,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._advice.close()
        self._files.cleanup()

    def ask(self, case: Case) -> dict[str, Any]:
        """What came of a case: what the provider received, and what the caller got."""
        assert self._process.stdin
        assert self._process.stdout
        with FakeProvider(api_key=KEY) as fake:
            fake.script(*map(scripted, case.answers))
            print(json.dumps({"case": case.name, "host": fake.host_url}), file=self._process.stdin, flush=True)
            ready, _, _ = select.select([self._process.stdout], [], [], SECONDS)
            line = self._process.stdout.readline() if ready else ""
            assert line, f"{case.name}: no answer\n" + Path(self._advice.name).read_text()[-3000:]
            asked = [request(each) for each in fake.requests if each.path != ASIDE]
            found = {"requests": asked, **json.loads(line)}
            said = [each.arguments[1] for each in case.answers if each.name == "error"]
            return shortened(uniform(found, fake.host_url), said)


def scripted(answer: Answer) -> Reply:
    """A case's answer as the fake provider's."""
    named = dict(answer.named)
    if calls := named.get("tool_calls"):
        named["tool_calls"] = [ToolCall(*call) for call in calls]
    reply: Reply = getattr(testing, answer.name)(*answer.arguments, **named)
    return reply


def request(received: Received) -> dict[str, Any]:
    """A request: where it went, what it said of itself, what it carried."""
    headers = {name: value for name, value in received.headers.items() if not UNSAID.match(name)}
    try:
        body = received.json
    except ValueError:
        body = received.body.decode(errors="replace")
    if ":" in received.path.rpartition("/")[2]:
        body = camel(body)
    return {
        "method": received.method,
        "path": re.sub("//+", "/", received.path),
        "query": received.query,
        "headers": {name.lower(): SIGNED.sub(r"signed \1 \2 \3", value) for name, value in sorted(headers.items())},
        "body": body,
    }


def camel(value: Any) -> Any:
    """Google's names in one spelling: it reads both (https://protobuf.dev/programming-guides/json)."""
    if isinstance(value, list):
        return [camel(each) for each in value]
    if isinstance(value, dict):
        return {re.sub("_([a-z])", lambda found: found[1].upper(), name): camel(value[name]) for name in value}
    return value


def uniform(value: Any, host: str, key: str = "") -> Any:
    """The value in the form that all runs share."""
    if isinstance(value, dict):
        return {name: uniform(each, host, name) for name, each in value.items()}
    if isinstance(value, list):
        return [uniform(each, host, key) for each in value]
    if isinstance(value, str):
        if key == "arguments":
            return as_json(value)
        return MADE.sub("<made>", value.replace(host, "<host>").replace(host.partition("//")[2], "<host>"))
    if key in ("created", "created_at") and isinstance(value, (int, float)):
        return "<time>"
    return value


def shortened(value: Any, said: list[str]) -> Any:
    """A failure's message without what each client puts before and after what the provider said."""
    if isinstance(value, list):
        return [shortened(each, said) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: shortened(each, said) for name, each in value.items()}
    if "prefixed" in found:
        found["message"] = next((f"... {words} ..." for words in said if words in found["message"]), found["message"])
    return found


def as_json(text: str) -> Any:
    """What a text of JSON says; the text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
