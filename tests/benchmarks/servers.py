"""The two upstreams as context managers: nginx for canned bodies, upstream.py for what needs a clock.

Promises: both on loopback, each its own process, stopped on exit. Refuses to pretend: where nginx is missing the canned
bodies come from upstream.py in two processes, and the name it yields says so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import bodies

HERE = Path(__file__).parent
CONFIG = """
{user}daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {root}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; etag off; sendfile on; tcp_nodelay on;
  keepalive_timeout 3600; keepalive_requests 1000000; client_max_body_size 64m; client_body_buffer_size 1m;
  open_file_cache max=16;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  types {{ }}
  server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; error_page 405 =200 $uri; {locations} }}
}}
"""
"""A static file answers POST with 405; `error_page 405 =200 $uri` turns that into the file itself."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def await_port(port: int, process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise RuntimeError(f"{process.args!r} did not listen on port {port}")


def nginx_version(binary: str) -> str:
    return subprocess.run([binary, "-v"], capture_output=True, text=True, check=True).stderr.strip().rpartition("/")[2]


@contextlib.contextmanager
def canned(python: str) -> Iterator[tuple[str, str]]:
    """Yield (base URL, what serves it) for the routes of `bodies.CANNED`."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if binary is None:
        with timed(python, processes=2) as base:
            yield base, "upstream.py in 2 processes (nginx not installed)"
        return
    with tempfile.TemporaryDirectory(prefix="edgequake-bench-") as name:
        root = Path(name)
        for route, (_, path, build) in bodies.CANNED.items():
            target = root / route / path
            target.parent.mkdir(parents=True)
            target.write_bytes(build())
        port = free_port()
        locations = " ".join(
            f"location /{route}/ {{ default_type {kind}; }}" for route, (kind, _, _) in bodies.CANNED.items()
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        config = root / "nginx.conf"
        config.write_text(CONFIG.format(root=root, port=port, user=user, locations=locations))
        process = subprocess.Popen([binary, "-c", str(config), "-p", name], stdin=subprocess.DEVNULL)
        try:
            await_port(port, process)
            yield f"http://127.0.0.1:{port}", f"nginx {nginx_version(binary)}"
        finally:
            process.terminate()
            process.wait(timeout=10)


@contextlib.contextmanager
def timed(python: str, processes: int = 1) -> Iterator[str]:
    """Yield the base URL of upstream.py under the interpreter `python`; closing its stdin ends every process of it."""
    command = [python, str(HERE / "upstream.py"), "--processes", str(processes)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()
            process.wait(timeout=10)
