"""Which keyword arguments are read here and not sent, and what is checked of any of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from . import config
from .entra import CREDENTIALS
from .exceptions import BadRequestError, UnsupportedParamsError
from .ranking import ARGUMENTS
from .unserialisable import lone_surrogate

__all__ = ["LOCAL", "NOT_FOR_HANDLERS", "OF_AZURE", "UNSUPPORTED", "as_mapping", "as_text", "local_names", "refuse"]

# They promise something that this version does not do for every call; ignoring them would be a lie.
UNSUPPORTED = (
    "fallbacks context_window_fallbacks context_window_fallback_dict content_policy_fallbacks mock_response "
    "mock_tool_calls mock_timeout model_list deployment_id client shared_session ensure_alternating_roles "
    "user_continue_message"
).split()
NOT_FOR_HANDLERS = (*UNSUPPORTED, "enable_json_schema_validation", "max_image_size")
# Read here and not sent. From `metadata` on it is litellm's own bookkeeping, which programs pass along; `metadata`
# belongs to callbacks there (a provider that wants it gets it through extra_body).
LOCAL = frozenset(UNSUPPORTED).union(
    "model messages api_key api_base base_url api_version timeout request_timeout stream_timeout num_retries "
    "max_retries extra_headers headers extra_body custom_llm_provider organization ssl_verify drop_params "
    "additional_drop_params allowed_openai_params response_format max_image_size allow_private_media "
    "enable_json_schema_validation "
    "metadata litellm_metadata litellm_call_id litellm_session_id litellm_trace_id logger_fn verbose force_timeout "
    "retry_strategy cache caching ttl tags model_info input_cost_per_token output_cost_per_token "
    "input_cost_per_second output_cost_per_second no-log use_litellm_proxy api_type azure base_model "
    "azure_ad_token azure_ad_token_provider".split()
)
OF_AZURE = ("azure", "azure_ai")
# The Responses API and Anthropic's keep `metadata`. Of the former, `extra_query` goes into the URL; beside chat and in
# Anthropic's words, `response_format` is none of ours.
_LOCAL_OF = {
    "messages": LOCAL - {"metadata", "response_format"},
    "responses": LOCAL - {"metadata"} | {"extra_query"},
    "beside": LOCAL - {"response_format"} | {"extra_query", "stream"},
}


@functools.lru_cache(maxsize=512)
def local_names(route: str, provider: str) -> frozenset[str]:
    """What is read here and not sent. Options are of the table, which registered providers have none of."""
    local = _LOCAL_OF.get(route, LOCAL)
    local = local.union(option[0] for option in config.row(provider)["options"])
    if provider in OF_AZURE:
        local |= CREDENTIALS
    return local | ARGUMENTS if route == "rerank" else local


def refuse(params: Mapping[str, Any], provider: str, model: str, refused: Sequence[str] = UNSUPPORTED) -> None:
    """Raise the UnsupportedParamsError that names those of ``refused`` that are given."""
    names = [name for name in refused if params.get(name)]
    raise UnsupportedParamsError(f"edgequake_async does not support parameters: {names}", provider, model)


def as_mapping(argument: str, value: Any, model: str) -> Mapping[str, Any]:
    """``value``, or the BadRequestError that it is no dict."""
    if not isinstance(value, Mapping):
        raise BadRequestError(f"{argument}: must be a dict, not {type(value).__name__}", model, "")
    return value


def as_text(argument: str, value: Any, model: str) -> str:
    """``value``, or the BadRequestError that it is no text that can be sent."""
    if not isinstance(value, str):
        # A key object of some other library (pydantic's SecretStr) is not guessed at, and never shown.
        raise BadRequestError(f"{argument}: must be a string, not {type(value).__name__}", model, "")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequestError(f"{argument}: {lone_surrogate(error)}", model, "") from None
    return value
