"""A pytest plugin that is ``zaguan_sdk`` to the tests: this package under that name, its clients sent to loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import respx  # the stand-in beside this file

from edgequake_async import zaguan
from edgequake_async.zaguan import errors

ELSEWHERE = "https://api.example.com"


def _sent_to_loopback(client: type) -> type:
    def __init__(self: Any, base_url: str, api_key: str, *args: Any, **kwargs: Any) -> None:
        respx.keys.add(api_key)
        if base_url == ELSEWHERE:
            base_url = respx.server.host_url
        client.__init__(self, base_url, api_key, *args, **kwargs)

    return type(client.__name__, (client,), {"__init__": __init__})


_module = ModuleType("zaguan_sdk")
vars(_module).update({name: getattr(zaguan, name) for name in zaguan.__all__})
vars(_module).update({name: _sent_to_loopback(getattr(zaguan, name)) for name in ("ZaguanClient", "AsyncZaguanClient")})
sys.modules["zaguan_sdk"] = _module
sys.modules["zaguan_sdk.errors"] = errors


@pytest.fixture(scope="session", autouse=True)
def _serving(record_testsuite_property: Callable[[str, object], None]) -> Iterator[None]:
    with respx.server:
        yield
    record_testsuite_property("requests", respx.served)
