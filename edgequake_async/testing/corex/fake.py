"""FakeCoreX: a Zaguan CoreX gateway on loopback, for tests, examples and documentation.

    from edgequake_async.testing import FakeCoreX

    with FakeCoreX() as fake:
        ...  # point a Zaguan client at fake.host_url with fake.api_key

It answers every endpoint of CoreX but the realtime and admin ones, from state that lasts as long as the fake:
credits go down, files stay, batches finish. Answers depend on the requests alone. Scripts, handlers and
records work as in FakeProvider. No live CoreX was measured: shapes are those of CoreX's SDK specification and
its SDKs, and where these disagree, ``dialect`` chooses.
"""

from __future__ import annotations

from ..provider import FakeProvider
from .account import Account
from .models import Model, VirtualModel
from .wire import CoreXWire
from .world import Dialect, World

__all__ = ["FakeCoreX"]


class FakeCoreX(FakeProvider):
    """A CoreX on 127.0.0.1. ``host_url`` is what a Zaguan client takes, ``base_url`` (with /v1) an OpenAI one.

    ``dialect`` is the SDK whose shapes credits, capabilities and errors have; ``credits`` False is a server
    without credits. The key is required on every path, /health included. Other parameters as FakeProvider's.
    """

    def __init__(
        self,
        *,
        dialect: Dialect = "python",
        credits: bool = True,
        port: int = 0,
        tls: tuple[str, str] | None = None,
        api_key: str = "fake-key-0123456789abcdef",
        require_key: bool = True,
        send_buffer: int | None = None,
    ) -> None:
        super().__init__(port=port, tls=tls, api_key=api_key, require_key=require_key, send_buffer=send_buffer)
        self._world = World(dialect, Account(on=credits))
        self._wire = CoreXWire(self._world)

    def start(self) -> FakeCoreX:
        """Listen; returns self. Does nothing where it listens already."""
        super().start()
        self._world.root = self.host_url
        return self

    def __enter__(self) -> FakeCoreX:
        return self.start()

    async def __aenter__(self) -> FakeCoreX:
        return self.start()

    @property
    def credits(self) -> Account:
        """The account's credits, tier, bands and history; may be changed at any time."""
        return self._world.credits

    @property
    def models(self) -> dict[str, Model]:
        """The models by id; may be changed at any time."""
        return self._world.models

    @property
    def virtual_models(self) -> dict[str, VirtualModel]:
        """The virtual models by id; may be changed at any time."""
        return self._world.virtual_models

    @property
    def down(self) -> set[str]:
        """Providers that are not available: calls to their models get 503. May be changed at any time."""
        return self._world.down
