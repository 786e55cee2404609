"""Every program in examples/ runs for real: scripts and the notebook to their end, servers over HTTP, each in a child
process that reaches a fake provider or starts its own.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
import pytest
from nbclient import NotebookClient

from edgequake_async.testing import FakeProvider, drop_after, error, hang, stream

EXAMPLES = Path(__file__).parent.parent / "examples"
LIMIT = 60
LONG = [f"word{number} " for number in range(500)]
NEEDS_FORK = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs fork")


def environment(fake: FakeProvider | None) -> dict[str, str]:
    """The child's environment: with a provider the key and address that users would export, else none."""
    given = {} if fake is None else {"OPENAI_API_KEY": fake.api_key, "OPENAI_BASE_URL": fake.base_url}
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY") and name != "MODEL"}
    return {**kept, **given, "PYTHONUNBUFFERED": "1"}


def run(name: str, *arguments: str, fake: FakeProvider | None = None) -> str:
    """What a script prints; it must end well and complain of nothing."""
    command = [sys.executable, "-W", "error", name, *arguments]
    done = subprocess.run(
        command, cwd=EXAMPLES, env=environment(fake), capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(fake: FakeProvider, *command: str) -> Iterator[int]:
    """Run a server from the examples and give its port, which it prints; stopped by SIGTERM without a traceback."""
    child = subprocess.Popen(
        [sys.executable, *command],
        cwd=EXAMPLES,
        env=environment(fake),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    guard = threading.Timer(LIMIT, child.kill)
    guard.start()
    printed = ""
    try:
        assert child.stdout is not None
        for line in child.stdout:
            printed += line
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            pytest.fail(f"the server did not start:\n{printed}")
        yield int(found[1])
    finally:
        child.terminate()
        printed += child.communicate()[0]
        guard.cancel()
    assert "Traceback" not in printed, printed


def call(port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    connection.request(method, path, None if body is None else json.dumps(body), {"content-type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def leave_early(fake: FakeProvider, port: int, method: str, path: str, body: Any = None) -> None:
    """Read the beginning of a long answer and go away: the server's call to the provider must end too."""
    fake.script(stream(LONG, gap=0.1))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    connection.request(method, path, None if body is None else json.dumps(body))
    response = connection.getresponse()
    assert b"word0" in response.read1()
    response.close()
    connection.close()
    left = time.monotonic()
    abort = fake.wait_for_abort(timeout=10)
    assert abort.request is fake.requests[-1]
    assert abort.at - left < 5


def sse(text: str) -> str:
    return "".join(json.loads(data) for data in re.findall(r"^data: (.+)$", text, re.MULTILINE))


def test_every_example_has_a_test() -> None:
    names = {path.stem for path in EXAMPLES.iterdir() if path.is_file() and not path.stem.startswith("_")}
    assert len(names) > 5
    assert [name for name in sorted(names) if f"test_{name}" not in globals()] == []


def test_sync_script() -> None:
    printed = run("sync_script.py").splitlines()
    assert printed == [
        "You said: What is a shim?",
        "You said: Stream without an event loop.",
        *(f"You said: Question {number}" for number in range(4)),
    ]


def test_a_key_in_the_environment_decides(fake: FakeProvider) -> None:
    run("sync_script.py", fake=fake)
    assert [request.json["model"] for request in fake.requests] == ["gpt-4o-mini"] * 6
    assert {request.headers["authorization"] for request in fake.requests} == {f"Bearer {fake.api_key}"}


def test_trio_nursery(fake: FakeProvider) -> None:
    fake.on_request(lambda request: hang() if b"Tails?" in request.body else None)
    printed = run("trio_nursery.py", fake=fake)
    for question in ("What is a nursery?", "What is a cancel scope?", "What is a checkpoint?"):
        assert f"{question} You said: {question}" in printed
    assert printed.count("first: You said: Heads?") == 1
    assert b"Tails?" in fake.wait_for_abort().request.body
    assert printed.endswith("You said: Stream within thirty seconds.\n")


@pytest.mark.parametrize(
    "backend",
    [
        "asyncio",
        pytest.param("uvloop", marks=pytest.mark.skipif(sys.platform == "win32", reason="no uvloop on Windows")),
        "trio",
    ],
)
def test_anyio_task_group(backend: str) -> None:
    printed = run("anyio_task_group.py", backend).splitlines()
    assert sorted(printed) == [f"You said: Question {number}" for number in range(10)]


def test_tools_loop() -> None:
    *calls, answer = run("tools_loop.py").splitlines()
    assert [re.findall(r'"(Paris|Rome)"', line) for line in calls] == [["Paris"], ["Rome"]]
    assert answer.startswith("The tool answered: ")
    assert '"celsius": 18' in answer
    assert '"celsius": 27' in answer


def test_structured_output(fake: FakeProvider) -> None:
    title, *ingredients = run("structured_output.py", fake=fake).splitlines()
    assert re.fullmatch(r".+ \((starter|main|dessert), \d+ minutes\)", title)
    assert all(re.fullmatch(r"  \d+ g .+", line) for line in ingredients)
    (request,) = fake.requests
    sent = request.json["response_format"]["json_schema"]
    assert sent["name"] == "Recipe"
    assert sent["schema"]["required"] == ["title", "course", "minutes", "ingredients"]


def test_timeouts_and_errors() -> None:
    retried, limited, late, broken, refused = run("timeouts_and_errors.py").splitlines()
    assert retried == "after 2 requests: You said: Hello"
    assert limited.startswith("429 rate_limit_exceeded, try again in 7.0 s: litellm.RateLimitError: ")
    assert late == "the limit that passed: first_token"
    assert broken == "broken off after: 'It was a dark and stormy '"
    assert refused == "litellm.BadRequestError: messages: must be a list of messages, not str (0 requests sent)"


def test_litellm_alias() -> None:
    text, facts, rebuilt, lengths, streamed = run("litellm_alias.py").splitlines()
    assert text == rebuilt == streamed == "You said: Hello, world."
    assert re.fullmatch(r"\d+ openai", facts)
    first, second = json.loads(lengths)
    assert first == second > 0


def test_notebook(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(fake).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "commit the notebook without outputs"
    client = NotebookClient(notebook, timeout=LIMIT, resources={"metadata": {"path": str(EXAMPLES)}})
    client.execute()
    shown = "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )
    assert shown.count("You said: Hello from a notebook.") == 4
    assert shown.count("You said: Question") == 5
    assert "Error" not in shown


@pytest.mark.parametrize("server", ["uvicorn --port 0", "hypercorn --worker-class trio --bind 127.0.0.1:0"])
def test_fastapi_stream(fake: FakeProvider, server: str) -> None:
    assert server.split(" -")[0] in (EXAMPLES / "fastapi_stream.py").read_text()
    with served(fake, "-m", *server.split(), "fastapi_stream:app") as port:
        status, page = call(port, "GET", "/")
        assert status == 200
        assert "EventSource" in page
        status, events = call(port, "GET", f"/chat?question={quote('Where is Zoë?')}")
        assert status == 200
        assert sse(events) == "You said: Where is Zoë?"
        assert events.endswith("event: done\ndata:\n\n")
        fake.script(*[error(429, headers={"retry-after": "0"})] * 4)
        assert call(port, "GET", "/chat?question=Busy") == (429, '{"error":"RateLimitError"}')
        fake.script(drop_after(pieces=2, reply=stream(["one ", "two ", "three"])))
        status, events = call(port, "GET", "/chat?question=Broken")
        assert (status, 'event: failed\ndata: "APIConnectionError"\n\n' in events) == (200, True)
        leave_early(fake, port, "GET", "/chat?question=Long")


def test_aiohttp_service(fake: FakeProvider) -> None:
    messages = [{"role": "user", "content": "Where is Zoë?"}]
    with served(fake, "aiohttp_service.py", "0") as port:
        status, text = call(port, "POST", "/ask", messages)
        assert status == 200
        assert json.loads(text)["choices"][0]["message"]["content"] == "You said: Where is Zoë?"
        status, text = call(port, "POST", "/stream", messages)
        assert (status, text) == (200, "You said: Where is Zoë?")
        leave_early(fake, port, "POST", "/stream", messages)


@NEEDS_FORK
def test_gunicorn_app(fake: FakeProvider) -> None:
    options = ("--preload", "--workers", "2", "--worker-class", "uvicorn.workers.UvicornWorker")
    assert f"gunicorn {' '.join(options)} gunicorn_app:app" in (EXAMPLES / "gunicorn_app.py").read_text()
    with served(fake, "-m", "gunicorn", *options, "--bind", "127.0.0.1:0", "gunicorn_app:app") as port:
        for number in range(4):
            status, text = call(port, "GET", f"/?question=Number%20{number}")
            told = json.loads(text)
            assert status == 200
            assert told["greeting"] == "You said: Greet our visitors."
            assert told["answer"] == f"You said: Number {number}"
            assert told["worker"] != told["master"]


def test_zaguan_client() -> None:
    balance, abilities, answer, tokens, refused, debited = run("zaguan_client.py").splitlines()
    assert balance == "1000 credits, tier pro, bands A, B, C"
    assert abilities == "openai/gpt-4o-mini can do: vision, tools"
    assert answer == "openai/gpt-4o-mini: You said: What is a gateway?"
    assert re.fullmatch(r"  \d+ \+ \d+ tokens", tokens)
    assert refused.startswith("openai/no-such-model: NotFoundError 404 model_not_found: ")
    assert debited.endswith("openai/gpt-4o-mini: success, 1 credits")
    printed = run("zaguan_client.py", "openai/o1-pro").splitlines()
    assert printed[2] == "openai/o1-pro: band D needs the tier enterprise, this account is pro"
