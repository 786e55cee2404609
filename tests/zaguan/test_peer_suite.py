"""The 56 tests that zaguan-sdk 0.2.0 ships, unmodified, against this package over real sockets.

They come from the package index and are not part of this repository. They look at little of what is sent; the stand-in
server sees to the key and the request id, and the tests beside this one to the rest.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

PEER = Path(__file__).parent / "peer"
RELEASE = "zaguan_sdk-0.2.0"
SHA256 = "ed37a2753ef86fc551b0a5a64e971b62f7addd3ad9d64a0b845ed1768d7f1a13"
CACHE = Path(tempfile.gettempdir()) / f"edgequake-{RELEASE}"


def _has_the_release(archive: Path) -> bool:
    return archive.is_file() and hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256


@pytest.fixture
def tests_of_the_peer(tmp_path: Path) -> Path:
    """The peer's source distribution, fetched once per machine and unpacked; only its tests are left in it."""
    archive = CACHE / f"{RELEASE}.tar.gz"
    if not _has_the_release(archive):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        wanted = ["--no-binary", ":all:", "--dest", str(CACHE), "zaguan-sdk==0.2.0"]
        fetched = subprocess.run([*pip, *wanted], capture_output=True, text=True, timeout=300, check=False)
        if fetched.returncode:
            why = (fetched.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            pytest.skip(f"zaguan-sdk 0.2.0 cannot be fetched from the package index: {why}")
        assert _has_the_release(archive)
    with tarfile.open(archive) as tar:
        ours = [member for member in tar if member.name.startswith(f"{RELEASE}/tests/")]
        tar.extractall(tmp_path, members=ours, filter="data")
    return tmp_path / RELEASE / "tests"


def test_the_peers_own_tests_pass(tests_of_the_peer: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    plugins = ["-p", "no:cacheprovider", "-p", "no:respx", "-p", "as_zaguan_sdk"]
    ini = ["-c", os.devnull, "--rootdir", str(tests_of_the_peer), "-o", "asyncio_mode=auto"]
    child = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *ini, f"--junitxml={report}", str(tests_of_the_peer)],
        env={**os.environ, "PYTHONPATH": str(PEER), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert child.returncode == 0, child.stdout + child.stderr
    (suite,) = ElementTree.parse(report).getroot().iter("testsuite")
    counts = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 56, "failures": 0, "errors": 0, "skipped": 0}
    (requests,) = (item.attrib["value"] for item in suite.iter("property") if item.attrib["name"] == "requests")
    assert int(requests) == 33
