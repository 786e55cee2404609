"""A certificate authority of the tests' own, and the fake provider behind TLS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme

from edgequake_async.testing import FakeProvider


class Authority(NamedTuple):
    """Files: the authority's certificate, and a server's certificate with its key."""

    ca: str
    certificate: str
    key: str


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no system trusts, and a certificate of it for loopback."""
    folder: Path = tmp_path_factory.mktemp("authority")
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1", "localhost", "::1")
    files = Authority(*(str(folder / name) for name in ("ca.pem", "server.pem", "server.key")))
    ca.cert_pem.write_to_path(files.ca)
    issued.private_key_pem.write_to_path(files.key)
    for blob in issued.cert_chain_pems:
        blob.write_to_path(files.certificate, append=True)
    return files


@pytest.fixture
def secure(authority: Authority) -> Iterator[FakeProvider]:
    """A fake provider that speaks TLS."""
    with FakeProvider(tls=(authority.certificate, authority.key)) as provider:
        yield provider


PROGRAM = Path(__file__).parent / "programs" / "one_call.py"


@pytest.fixture
def one_call() -> Callable[..., str]:
    """A call to a URL in a process with an environment of its own; gives the line that it prints."""

    def call(url: str, **environment: str) -> str:
        child = subprocess.run(
            [sys.executable, str(PROGRAM), url],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (child.returncode, child.stderr) == (0, "")
        return child.stdout.strip()

    return call
