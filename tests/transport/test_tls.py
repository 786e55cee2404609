"""Certificates: refused when nobody vouches for them, accepted when the caller says so, and never asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from edgequake_async import acompletion, completion
from edgequake_async.exceptions import APIConnectionError, BadRequestError, Timeout
from edgequake_async.testing import FakeProvider

from .conftest import Authority

pytestmark = pytest.mark.anyio

ASK: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]


def to(provider: FakeProvider, **more: Any) -> dict[str, Any]:
    return {"model": "openai/fake", "messages": ASK, "api_base": provider.base_url, "api_key": "k", **more}


@pytest.mark.parametrize("stream", [False, True])
async def test_an_unknown_authority_is_refused_and_not_retried(secure: FakeProvider, stream: bool) -> None:
    with pytest.raises(APIConnectionError, match=r"Cannot trust https://127\.0\.0\.1") as raised:
        await acompletion(**to(secure, num_retries=3), stream=stream)
    assert "UnknownIssuer" in str(raised.value)
    assert secure.requests == []
    assert secure.connections.opened <= 1


async def test_the_callers_own_authority_is_accepted(secure: FakeProvider, authority: Authority) -> None:
    for path in (authority.ca, Path(authority.ca)):
        response = await acompletion(**to(secure, num_retries=0), ssl_verify=path)
        assert response.choices[0].message.content
    chunks = [chunk async for chunk in await acompletion(**to(secure), ssl_verify=authority.ca, stream=True)]
    assert len(chunks) > 1


async def test_verification_can_be_turned_off_per_call(secure: FakeProvider) -> None:
    assert await acompletion(**to(secure, num_retries=0), ssl_verify=False)
    # For that call alone: the next one verifies again.
    with pytest.raises(APIConnectionError, match="Cannot trust"):
        await acompletion(**to(secure, num_retries=0))


async def test_another_authority_does_not_vouch(secure: FakeProvider, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with pytest.raises(APIConnectionError, match="Cannot trust"):
        await acompletion(**to(secure, num_retries=0), ssl_verify=str(other))


async def test_a_certificate_for_another_name_is_refused(authority: Authority, tmp_path: Path) -> None:
    ca = trustme.CA()
    issued = ca.issue_cert("elsewhere.example")
    ca_file, certificate, key = (str(tmp_path / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    ca.cert_pem.write_to_path(ca_file)
    issued.private_key_pem.write_to_path(key)
    issued.cert_chain_pems[0].write_to_path(certificate)
    with FakeProvider(tls=(certificate, key)) as elsewhere:
        with pytest.raises(APIConnectionError, match="Cannot trust"):
            await acompletion(**to(elsewhere, num_retries=0), ssl_verify=ca_file)
        assert elsewhere.requests == []


@pytest.mark.parametrize("content", [None, "", "no certificate in here"])
async def test_an_unusable_file_names_the_argument(secure: FakeProvider, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadRequestError, match="ssl_verify") as raised:
        await acompletion(**to(secure), ssl_verify=str(path))
    assert str(path) in str(raised.value)
    assert secure.connections.opened == 0


async def test_plain_http_at_a_tls_port_and_the_reverse(secure: FakeProvider, fake: FakeProvider) -> None:
    plain = {**to(secure, num_retries=0), "api_base": secure.base_url.replace("https:", "http:")}
    with pytest.raises(APIConnectionError):
        await acompletion(**plain)
    # The provider waits for the rest of what it takes for a request, so only the limit ends this.
    tls = {**to(fake, num_retries=0), "api_base": fake.base_url.replace("http:", "https:")}
    with pytest.raises(Timeout) as raised:
        await acompletion(**tls, ssl_verify=False, timeout={"connect": 0.3})
    assert raised.value.timeout_kind == "connect"


def test_sync_calls_verify_alike(secure: FakeProvider, authority: Authority) -> None:
    with pytest.raises(APIConnectionError, match="Cannot trust"):
        completion(**to(secure, num_retries=3))
    assert completion(**to(secure), ssl_verify=authority.ca).choices[0].message.content


def test_the_environments_authority_is_used(
    secure: FakeProvider, authority: Authority, one_call: Callable[..., str]
) -> None:
    assert one_call(secure.base_url, SSL_CERT_FILE=authority.ca).startswith("answer: ")
    refused = one_call(secure.base_url)
    assert refused.startswith("APIConnectionError: ")
    assert "Cannot trust" in refused


def test_a_hundred_calls_over_tls_use_one_connection(secure: FakeProvider, authority: Authority) -> None:
    async def main() -> None:
        for _ in range(100):
            await acompletion(**to(secure), ssl_verify=authority.ca)

    asyncio.run(main())
    assert secure.connections.opened <= 2
