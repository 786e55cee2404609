"""What the gateway has: models and their capabilities, virtual models, the state of its providers, its health."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ...types.construct import construct
from .._options import path
from .._transport import BaseClient, from_json
from ..models import (
    CircuitBreakerStatus,
    Deleted,
    ModelCapabilities,
    ModelInfo,
    ModelList,
    ProvidersStatus,
    VirtualModel,
    ZaguanModel,
    read_capabilities,
)
from ..models._base import entries_of
from ._requests import Options, query, read_options

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["CatalogMethods"]

_MODEL = "/models/{}"
_Status = TypeVar("_Status", bound=ZaguanModel)


class CatalogMethods(BaseClient):
    """Lookups. Ids may hold slashes (``openai/gpt-4o``) and are percent-encoded whole."""

    async def list_models(self, request_id: str | None = None, **options: Unpack[Options]) -> list[ModelInfo]:
        """All models.

        Args:
            request_id: the ``X-Request-Id``, None for a new uuid4.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call, as for every method here.

        Raises:
            TypeError: another keyword.
            ZaguanError: no answer, or one that is an error.
        """
        return (await self._send(ModelList, "GET", "/models", read_options(options, request_id))).data

    async def get_model(self, model_id: str, request_id: str | None = None, **options: Unpack[Options]) -> ModelInfo:
        """One model. Raises NotFoundError where there is none of that id."""
        return await self._send(ModelInfo, "GET", path(_MODEL, model_id), read_options(options, request_id))

    async def delete_model(self, model_id: str, request_id: str | None = None, **options: Unpack[Options]) -> Deleted:
        """Delete a model of the account's own, such as a fine-tuned one."""
        return await self._send(Deleted, "DELETE", path(_MODEL, model_id), read_options(options, request_id))

    async def get_capabilities(
        self,
        request_id: str | None = None,
        *,
        provider: str | None = None,
        supports_vision: bool | None = None,
        supports_tools: bool | None = None,
        supports_reasoning: bool | None = None,
        **options: Unpack[Options],
    ) -> list[ModelCapabilities]:
        """What each model can do, whichever of its three shapes the gateway sends this in.

        Args:
            request_id: the ``X-Request-Id``, None for a new uuid4.
            provider: only this provider's models.
            supports_vision: only models that do, or do not, read images. The filters are the TypeScript SDK's.
            supports_tools: the same for tools.
            supports_reasoning: the same for reasoning.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(
            provider=provider,
            supports_vision=supports_vision,
            supports_tools=supports_tools,
            supports_reasoning=supports_reasoning,
        )
        call = read_options(options, request_id)
        return await self._send_parsed(from_json(read_capabilities), "GET", "/capabilities", call, query=asked)

    async def get_model_capabilities(
        self, model_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> ModelCapabilities | None:
        """What one model can do; None where the gateway does not list it. Fetches the whole list."""
        listed = await self.get_capabilities(request_id, **options)
        return next((model for model in listed if model.model_id == model_id), None)

    async def supports_vision(self, model_id: str, request_id: str | None = None, **options: Unpack[Options]) -> bool:
        """Whether the gateway says that a model reads images."""
        found = await self.get_model_capabilities(model_id, request_id, **options)
        return found is not None and found.supports_vision is True

    async def supports_tools(self, model_id: str, request_id: str | None = None, **options: Unpack[Options]) -> bool:
        """Whether the gateway says that a model calls tools."""
        found = await self.get_model_capabilities(model_id, request_id, **options)
        return found is not None and found.supports_tools is True

    async def supports_reasoning(
        self, model_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> bool:
        """Whether the gateway says that a model reasons."""
        found = await self.get_model_capabilities(model_id, request_id, **options)
        return found is not None and found.supports_reasoning is True

    async def list_virtual_models(
        self, request_id: str | None = None, **options: Unpack[Options]
    ) -> list[VirtualModel]:
        """The virtual models. CoreX's specification names the address and no shape, so fields are as sent."""
        call = read_options(options, request_id)
        return await self._send_parsed(from_json(_read_virtual_models), "GET", "/virtual-models", call)

    async def get_virtual_model(
        self, virtual_model_id: str, request_id: str | None = None, **options: Unpack[Options]
    ) -> VirtualModel:
        """One virtual model."""
        target = path("/virtual-models/{}", virtual_model_id)
        return await self._send(VirtualModel, "GET", target, read_options(options, request_id))

    async def get_providers_status(self, request_id: str | None = None, **options: Unpack[Options]) -> ProvidersStatus:
        """How the gateway's providers are, as sent; of a bare list, ``data`` is that list."""
        parse = from_json(partial(_read_status, ProvidersStatus))
        return await self._send_parsed(parse, "GET", "/providers/status", read_options(options, request_id))

    async def get_circuit_breaker_status(
        self, request_id: str | None = None, **options: Unpack[Options]
    ) -> CircuitBreakerStatus:
        """Which providers the gateway has cut off for now, as sent; of a bare list, ``data`` is that list."""
        parse = from_json(partial(_read_status, CircuitBreakerStatus))
        return await self._send_parsed(parse, "GET", "/circuit-breaker/status", read_options(options, request_id))

    async def health_check(self, request_id: str | None = None, **options: Unpack[Options]) -> dict[str, Any]:
        """``GET /health`` of the host: such as ``status``, ``timestamp`` and ``version``."""
        health = await self._send(ZaguanModel, "GET", "/health", read_options(options, request_id), root=True)
        return health.model_dump()


def _read_virtual_models(document: Any) -> list[VirtualModel]:
    """A list, or a list or a map by id under the names that other lists of CoreX have."""
    entries = entries_of(document, "data", "virtual_models", "models")
    if isinstance(entries, dict):
        entries = [{"id": name, **entry} for name, entry in entries.items() if isinstance(entry, dict)]
    return [construct(VirtualModel, entry) for entry in entries if isinstance(entry, dict)]


def _read_status(cls: type[_Status], document: Any) -> _Status:
    if isinstance(document, list):
        document = {"data": document}
    if not isinstance(document, dict):
        raise ValueError("the JSON is neither an object nor a list")  # noqa: TRY004
    return construct(cls, document)
