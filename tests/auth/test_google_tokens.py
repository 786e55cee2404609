"""How long a token is kept, and who shares it: on every loop, in a burst, after a cancellation, after a fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trustme

import edgequake_async as eq
from edgequake_async.exceptions import APIConnectionError, AuthenticationError, ServiceUnavailableError
from edgequake_async.testing import FakeProvider, raw

from .google import METADATA, Cloud


async def _ask(cloud: Cloud, **params: Any) -> Any:
    return await eq.acompletion(**{**cloud.api, "vertex_credentials": cloud.service_account, **params})


@pytest.mark.anyio
async def test_a_hundred_calls_at_a_time_fetch_one_token(cloud: Cloud) -> None:
    cloud.grant = lambda record: raw(200, {}, {"access_token": cloud.fake.api_key, "expires_in": 3600}, delay=0.05)
    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(_ask, cloud)
    assert (len(cloud.grants), len(cloud.calls)) == (1, 100)
    # Other options, the same credentials.
    await _ask(cloud, vertex_location="europe-west1", temperature=0.5)
    assert len(cloud.grants) == 1


@pytest.mark.anyio
async def test_a_burst_shares_a_refusal_and_the_next_call_asks_again(cloud: Cloud) -> None:
    refusal = {"error": "invalid_grant"}
    cloud.grant = lambda record: raw(400, {}, refusal, delay=0.2)
    errors: list[Exception] = []

    async def fail() -> None:
        try:
            await _ask(cloud)
        except AuthenticationError as error:
            errors.append(error)

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(fail)
    assert len(errors) == 20
    assert len(cloud.grants) < 20
    cloud.grant = cloud.granted
    await _ask(cloud)


@pytest.mark.anyio
async def test_a_token_that_has_ended_is_fetched_anew(cloud: Cloud) -> None:
    cloud.life = 0
    await _ask(cloud)
    await _ask(cloud)
    assert len(cloud.grants) == 2
    cloud.life = 3600
    for _ in range(3):
        await _ask(cloud)
    assert len(cloud.grants) == 3


@pytest.mark.anyio
async def test_a_call_that_is_cancelled_while_it_waits_for_its_token_leaves_nothing_behind(cloud: Cloud) -> None:
    cloud.grant = lambda record: raw(200, {}, {}, delay=60.0)
    async with anyio.create_task_group() as group:
        group.start_soon(_ask, cloud)
        await anyio.to_thread.run_sync(cloud.fake.wait_for_request)
        group.cancel_scope.cancel()
    await anyio.to_thread.run_sync(cloud.fake.wait_for_abort)
    cloud.grant = cloud.granted
    await _ask(cloud)
    assert len(cloud.calls) == 1


@pytest.mark.anyio
async def test_the_limit_of_a_call_holds_for_its_token(cloud: Cloud) -> None:
    cloud.grant = lambda record: raw(200, {}, {}, delay=60.0)
    with pytest.raises(eq.Timeout):
        await _ask(cloud, timeout=0.2)


def test_who_grants_and_cannot_is_asked_again(cloud: Cloud) -> None:
    answers = iter([raw(503, {"retry-after": "0"}, {"error": "later"}), None])
    cloud.grant = lambda record: next(answers) or cloud.granted(record)
    eq.completion(**{**cloud.api, "num_retries": 1}, vertex_credentials=cloud.service_account)
    assert (len(cloud.grants), len(cloud.calls)) == (2, 1)
    cloud.grant = lambda record: raw(503, {}, {"error": "later"})
    with pytest.raises(ServiceUnavailableError, match="No token from http://127"):
        eq.completion(**cloud.api, vertex_credentials={**cloud.service_account, "client_email": "another"})
    cloud.forget()
    gone = {**cloud.service_account, "token_uri": "http://127.0.0.1:9/token"}
    with pytest.raises(APIConnectionError):
        eq.completion(**cloud.api, vertex_credentials=gone)


_REVOKED = raw(401, {}, {"error": {"code": 401, "message": "Revoked", "status": "UNAUTHENTICATED"}})


def test_a_token_that_is_refused_is_not_kept(cloud: Cloud) -> None:
    call = {**cloud.api, "vertex_credentials": cloud.service_account}
    eq.completion(**call)
    # Another is shown, though nothing is retried.
    cloud.fake.script(_REVOKED)
    eq.completion(**call)
    assert (len(cloud.grants), len(cloud.calls)) == (2, 3)
    # Refused where the caller brings a token of its own, it is not ours that is bad.
    cloud.fake.script(_REVOKED)
    with pytest.raises(AuthenticationError, match="Revoked"):
        eq.completion(**call, extra_headers={"Authorization": "Bearer mine-0123456789"})
    eq.completion(**call)
    assert (len(cloud.grants), len(cloud.calls)) == (2, 5)


def test_an_account_whose_tokens_are_refused(cloud: Cloud) -> None:
    path = "/v1/projects/of-the-file/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent"
    cloud.others[path] = lambda record: _REVOKED
    with pytest.raises(AuthenticationError, match="Revoked") as raised:
        eq.completion(**cloud.api, vertex_credentials=cloud.service_account)
    assert (len(cloud.grants), len(cloud.calls), raised.value.attempts) == (2, 2, 2)


def test_the_token_comes_under_the_certificates_of_the_call(tmp_path: Any) -> None:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1")
    names = [str(tmp_path / name) for name in ("ca.pem", "server.pem", "server.key")]
    ca.cert_pem.write_to_path(names[0])
    issued.cert_chain_pems[0].write_to_path(names[1])
    issued.private_key_pem.write_to_path(names[2])
    with FakeProvider(tls=(names[1], names[2])) as fake:
        cloud = Cloud(fake)
        params = {**cloud.api, "vertex_credentials": cloud.service_account}
        eq.completion(**params, ssl_verify=names[0])
        assert len(cloud.grants) == 1
        with pytest.raises(APIConnectionError, match="Cannot trust"):
            eq.completion(**params)


_FORKING = """
import json, os, sys
import edgequake_async as eq
call = json.loads(sys.argv[1])
assert eq.completion(**call).choices
child = os.fork()
assert eq.completion(**call).choices
if child == 0:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def _run(program: str, call: Any, **environment: str) -> None:
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, json.dumps(call)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (child.returncode, child.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_child_of_a_fork_fetches_its_own(cloud: Cloud) -> None:
    _run(_FORKING, {**cloud.api, "vertex_credentials": cloud.service_account})
    assert (len(cloud.grants), len(cloud.calls)) == (2, 3)


def test_what_the_machine_is_told_goes_by_no_proxy(cloud: Cloud) -> None:
    """The call does, and is answered by the proxy here."""
    with FakeProvider() as proxy:
        call = {**cloud.api, "api_base": "http://vertex.invalid/v1", "vertex_project": "p"}
        program = "import sys, json, edgequake_async as eq; eq.completion(**json.loads(sys.argv[1]))"
        cloud.grant = lambda record: raw(200, {}, {"access_token": proxy.api_key, "expires_in": 3600})
        machine = cloud.fake.host_url.removeprefix("http://")
        _run(program, call, HTTP_PROXY=proxy.host_url, NO_PROXY="", GCE_METADATA_HOST=machine)
        assert [each.path for each in cloud.fake.requests] == [METADATA]
        [through] = proxy.requests
        assert through.target.startswith("http://vertex.invalid/v1/projects/p/")
