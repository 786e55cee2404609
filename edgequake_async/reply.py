"""What a response can tell of the call that brought it: headers, timing, litellm's ``_hidden_params``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from . import _eq_core
    from .terms import CallInfo

__all__ = ["ReplySource", "get_response_cost_from_hidden_params", "hidden_params"]


# Of litellm's proxy (https://docs.litellm.ai/docs/proxy/response_headers).
_COST_HEADER = "x-litellm-response-cost"


class ReplySource:
    """Read only when asked: turning headers into Python objects costs as much as the rest of a small response."""

    __slots__ = ("_elapsed", "_head", "_info")

    def __init__(self, reply: _eq_core.Reply, info: CallInfo) -> None:
        self._head: _eq_core.Head | list[tuple[str, str]] = reply.head
        self._info = info
        self._elapsed = reply.elapsed

    @classmethod
    def unsent(cls, info: CallInfo) -> ReplySource:
        """Of a response that no provider sent."""
        source = cls.__new__(cls)
        source.__setstate__(([], info, 0.0))
        return source

    def _pairs(self) -> list[tuple[str, str]]:
        return self._head if isinstance(self._head, list) else self._head.pairs()

    @property
    def headers(self) -> dict[str, str]:
        """Response headers; of a repeated one, the last."""
        return dict(self._pairs())

    @property
    def response_ms(self) -> float:
        """Milliseconds from the call to the last byte."""
        return self._elapsed * 1000

    def plain_params(self) -> dict[str, Any]:
        """``hidden_params`` without a price."""
        return {**hidden_params(self._info, self._pairs()), "_response_ms": self.response_ms}

    def hidden_params(self, response: Any) -> dict[str, Any]:
        """litellm's ``_hidden_params`` of the response."""
        return self.plain_params() | {"response_cost": _cost(self._info, response)}

    def __getstate__(self) -> tuple[list[tuple[str, str]], CallInfo, float]:
        return self._pairs(), self._info, self._elapsed

    def __setstate__(self, state: tuple[list[tuple[str, str]], CallInfo, float]) -> None:
        self._head, self._info, self._elapsed = state


def hidden_params(info: CallInfo, headers: list[tuple[str, str]]) -> dict[str, Any]:
    """litellm's ``_hidden_params`` of a call: upstream headers under ``llm_provider-``, rate limits also plain.

    ``structured_output`` is there where JSON was asked for: ``json_schema``, ``tool`` or ``json_object``.
    """
    additional = {f"llm_provider-{name}": value for name, value in headers}
    additional.update({name: value for name, value in headers if name.startswith("x-ratelimit-")})
    way = {} if info.structured_output is None else {"structured_output": info.structured_output}
    return {
        **way,
        "custom_llm_provider": info.provider,
        "litellm_model_name": info.model,
        "model_id": None,
        "api_base": info.api_base,
        "additional_headers": additional,
        "response_cost": None,
    }


def get_response_cost_from_hidden_params(hidden_params: Mapping[str, Any] | BaseModel) -> float | None:
    """What a litellm proxy says that a call cost, in US dollars; None where it does not say.

    Args:
        hidden_params: a response's ``_hidden_params``.
    """
    told = dict(hidden_params).get("additional_headers") or {}
    cost = told.get(f"llm_provider-{_COST_HEADER}")
    return None if cost is None else float(cost)


def _cost(info: CallInfo, response: Any) -> float | None:
    """US dollars; None where no price is known, or nothing that is priced was counted."""
    from .cost_calculator import cost_of
    from .exceptions import EQError

    usage = response.get("usage")
    if usage is None:
        return None
    tier = response.get("service_tier")
    # What was asked for, then what answered: an alias of the caller's may have no price.
    named = [(info.model, info.provider), (str(response.get("model")), info.provider)]
    try:
        return float(cost_of(usage, named, tier if isinstance(tier, str) else None))
    except EQError:
        return None
