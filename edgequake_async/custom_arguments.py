"""What the methods of a handler are called with, under litellm's names
(https://docs.litellm.ai/docs/providers/custom_llm_server).

What litellm fills with machinery of its own is there and does nothing. Messages and headers are the handler's own.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from . import config
from .request import handler_params, list_messages
from .terms import CallInfo
from .types import EmbeddingResponse, ModelResponse

__all__ = ["chat_arguments", "embedding_arguments"]


class _NoLogging:
    """Takes what handlers tell litellm's logging object, and calls nobody: there are no callbacks here."""

    def __init__(self) -> None:
        self.model_call_details: dict[str, Any] = {}

    def pre_call(self, *args: Any, **kwargs: Any) -> None: ...
    def post_call(self, *args: Any, **kwargs: Any) -> None: ...


def _silent(*args: Any, **kwargs: Any) -> None:
    """litellm's ``print_verbose``; nothing here prints."""


def _common(info: CallInfo, params: dict[str, Any]) -> dict[str, Any]:
    optional, local = handler_params(params, info.provider)
    timeout = params.get("timeout")
    return {
        "model": info.model,
        "api_base": params.get("api_base") or params.get("base_url"),
        "api_key": params.get("api_key") or config.get(f"{info.provider}_key") or config.get("api_key"),
        "timeout": config.get("request_timeout") if timeout is None else timeout,
        "optional_params": optional,
        "litellm_params": local,
        "logging_obj": _NoLogging(),
        "print_verbose": _silent,
    }


def chat_arguments(info: CallInfo, params: dict[str, Any], is_async: bool) -> dict[str, Any]:
    return {
        **_common(info, params),
        "messages": [_plain(message) for message in list_messages(params["messages"], info.model)],
        "headers": {
            **(config.get("headers") or {}),
            **(params.get("headers") or {}),
            **(params.get("extra_headers") or {}),
        },
        "model_response": ModelResponse(),
        "acompletion": is_async,
        "logger_fn": params.get("logger_fn"),
        "custom_prompt_dict": {},
        "client": None,
        "encoding": None,
    }


def embedding_arguments(info: CallInfo, params: dict[str, Any]) -> dict[str, Any]:
    texts = params.pop("input")
    common = _common(info, params)
    return {**common, "input": [texts] if isinstance(texts, str) else texts, "model_response": EmbeddingResponse()}


def _plain(message: Any) -> dict[str, Any]:
    """A message as a dict of the handler's own."""
    fields = message.model_dump() if isinstance(message, BaseModel) else message
    return {key: value for key, value in fields.items() if value is not None or key == "content"}
