"""Constants of litellm that programs read or set; assigning them does no harm and has no effect here."""

from __future__ import annotations

__all__ = ["MAX_CALLBACKS", "OPENAI_CHAT_COMPLETION_PARAMS", "REPEATED_STREAMING_CHUNK_LIMIT"]

MAX_CALLBACKS = 30
REPEATED_STREAMING_CHUNK_LIMIT = 100
# Keyword arguments of ``completion`` that are OpenAI's, or the client's of OpenAI, in litellm's order.
OPENAI_CHAT_COMPLETION_PARAMS = (
    "functions function_call temperature top_p n stream stream_options stop max_completion_tokens modalities "
    "prediction audio max_tokens presence_penalty frequency_penalty logit_bias user request_timeout api_base "
    "api_version api_key deployment_id organization base_url default_headers timeout response_format seed tools "
    "tool_choice max_retries parallel_tool_calls logprobs top_logprobs reasoning_effort extra_headers thinking "
    "web_search_options include_server_side_tool_invocations service_tier prompt_cache_key prompt_cache_retention "
    "safety_identifier verbosity store "
).split()
