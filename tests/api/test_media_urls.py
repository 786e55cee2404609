"""Addresses in messages: passed on where the provider fetches them, else downloaded, from public places only."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

import edgequake_async as eq
from edgequake_async.testing import FakeProvider

from .ways import Way
from .web import PNG, Web, serve

INLINE = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}}


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as server:
        server.pages["/a.jpg"] = (200, {"Content-Type": "image/jpeg"}, PNG)
        yield server


@pytest.fixture
def gemini(fake: FakeProvider) -> dict[str, Any]:
    """A call in a protocol whose provider does not fetch what is at http addresses."""
    return {"model": "gemini/gemini-2.5-flash", "api_base": f"{fake.host_url}/v1beta", "api_key": fake.api_key}


def showing(url: str, kind: str = "image_url") -> list[dict[str, Any]]:
    inner = {"file_id": url} if kind == "file" else {"url": url}
    return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, {"type": kind, kind: inner}]}]


def sent(fake: FakeProvider) -> Any:
    return fake.requests[0].json["contents"][0]["parts"][1]


def refused(way: Way, call: dict[str, Any], url: str) -> str:
    """The message of the error that a call with this address ends in."""
    for stream in (False, True):
        outcome = way.watch(**call, messages=showing(url), stream=stream)
        assert isinstance(outcome.error, eq.ImageFetchError), outcome
        assert isinstance(outcome.error, eq.BadRequestError)
        assert (outcome.error.status_code, outcome.error.llm_provider) == (400, "gemini")
    return str(outcome.error)


def test_what_the_provider_does_not_fetch_is_downloaded(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web
) -> None:
    messages = showing(f"{web.url}/a.jpg?secret=1")
    before = copy.deepcopy(messages)
    way.completion(**gemini, messages=messages, allow_private_media=True)
    assert sent(fake) == INLINE  # what it is, not what its name and its server say
    assert messages == before
    ((path, headers),) = web.asked
    assert path == "/a.jpg?secret=1"
    assert fake.api_key not in str(headers)
    assert {name.lower() for name in headers} <= {"host", "user-agent", "accept", "accept-encoding"}


def test_streams_and_files_too(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eq, "allow_private_media", True)
    web.pages["/d"] = (200, {}, b"%PDF-1.7 ...")
    assert way.stream(**gemini, messages=showing(f"{web.url}/d", "file"))
    assert sent(fake)["inlineData"]["mimeType"] == "application/pdf"
    with pytest.raises(eq.ImageFetchError):
        way.completion(**gemini, messages=showing(f"{web.url}/d", "file"), allow_private_media=False)


def test_several_keep_their_places(way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web) -> None:
    for name in range(9):
        web.pages[f"/{name}"] = (200, {}, PNG + bytes([name]))
    parts = [{"type": "image_url", "image_url": f"{web.url}/{name}"} for name in range(9)]
    way.completion(**gemini, messages=[{"role": "user", "content": parts}], allow_private_media=True)
    data = [part["inlineData"]["data"] for part in fake.requests[0].json["contents"][0]["parts"]]
    assert [base64.b64decode(each)[-1] for each in data] == list(range(9))


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a.png", "https://www.youtube.com/watch?v=x", "gs://bucket/a.png", "files/abc"],
)
def test_what_the_provider_fetches_is_passed_on(way: Way, fake: FakeProvider, gemini: dict[str, Any], url: str) -> None:
    way.completion(**gemini, messages=showing(url))
    assert sent(fake)["fileData"]["fileUri"] == url


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "ftp://127.0.0.1/a"])
def test_no_text_is_a_file(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], target: dict[str, Any], url: str
) -> None:
    with pytest.raises(eq.BadRequestError, match="must be a data URL"):
        way.completion(**gemini, messages=showing(url))
    assert fake.requests == []
    way.watch(**target, messages=showing(url))
    assert fake.requests[0].json["messages"] == showing(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "10.1.2.3",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "224.0.0.1",
        "localhost",
        "LOCALHOST",
    ],
)
def test_only_public_addresses_are_reached(fake: FakeProvider, gemini: dict[str, Any], web: Web, host: str) -> None:
    port = web.url.rsplit(":", 1)[1]
    for way in WAYS_OF_ONE:
        message = refused(way, gemini, f"http://user:pw@{host}:{port}/a.jpg?token=t#f")
        assert "its address is not public" in message
        assert "/a.jpg" in message
        assert not any(secret in message for secret in ("pw", "token", "user:"))
    assert web.asked == []
    assert fake.requests == []


WAYS_OF_ONE = [Way("asyncio", "asyncio", {})]


def test_every_way_in_refuses(way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web) -> None:
    refused(way, gemini, f"{web.url}/a.jpg")
    assert (web.asked, fake.requests) == ([], [])


def test_redirects_are_followed_and_bounded(way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web) -> None:
    web.pages["/r"] = (302, {"Location": "/a.jpg"}, b"")
    web.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    web.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    way.completion(**gemini, messages=showing(f"{web.url}/r"), allow_private_media=True)
    assert sent(fake) == INLINE
    allowed = {**gemini, "allow_private_media": True}
    assert "redirected too often" in refused(way, allowed, f"{web.url}/loop")
    refused(way, allowed, f"{web.url}/file")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ((404, {}, b"no"), "HTTP 404"),
        ((200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>"), "no picture"),
        ((200, {"Content-Length": str(40 << 20)}, b""), "32 MiB"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "gzip"),
    ],
    ids=["status", "page", "size", "encoding"],
)
def test_what_cannot_be_used_is_said(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web, page: tuple[int, dict[str, str], bytes], why: str
) -> None:
    web.pages["/x"] = page
    message = refused(way, {**gemini, "allow_private_media": True}, f"{web.url}/x?key=k")
    assert why in message
    assert "key=k" not in message
    assert fake.requests == []


def test_a_body_that_does_not_tell_its_size_is_bounded(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web
) -> None:
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    web.pages["/x"] = (200, {"Transfer-Encoding": "chunked", "Content-Length": ""}, chunk * 40 + b"0\r\n\r\n")
    outcome = way.watch(**gemini, messages=showing(f"{web.url}/x"), allow_private_media=True)
    assert isinstance(outcome.error, eq.ImageFetchError)


def test_the_calls_own_limit_holds_while_downloading(
    way: Way, fake: FakeProvider, gemini: dict[str, Any], web: Web
) -> None:
    outcome = way.watch(**gemini, messages=showing(f"{web.url}/slow"), allow_private_media=True, timeout=0.5)
    assert isinstance(outcome.error, eq.Timeout)
    assert web.left.wait(10)
    assert fake.requests == []


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelling_closes_the_download(fake: FakeProvider, gemini: dict[str, Any], web: Web, backend: str) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as tasks:

            async def call() -> None:
                await eq.acompletion(**gemini, messages=showing(f"{web.url}/slow"), allow_private_media=True)

            tasks.start_soon(call)
            await anyio.to_thread.run_sync(web.waiting.wait, 10)
            tasks.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert web.left.wait(10)
    assert fake.requests == []
