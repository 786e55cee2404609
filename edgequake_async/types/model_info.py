"""What is known of a model, as a type: the entries of ``model_cost`` and what ``get_model_info`` gives."""

from __future__ import annotations

from typing_extensions import Required, TypedDict

__all__ = ["ModelInfo"]


class ModelInfo(TypedDict, total=False):
    """Prices are in US dollars, windows in tokens; None where it is not known.

    An entry may hold more, under litellm's names: prices above so many tokens, per picture, per second.
    """

    key: Required[str]
    litellm_provider: Required[str | None]
    mode: Required[str | None]
    max_tokens: Required[int | None]
    max_input_tokens: Required[int | None]
    max_output_tokens: Required[int | None]
    input_cost_per_token: Required[float | None]
    output_cost_per_token: Required[float | None]
    cache_creation_input_token_cost: Required[float | None]
    cache_read_input_token_cost: Required[float | None]
    cache_creation_input_token_cost_above_1hr: float | None
    input_cost_per_audio_token: float | None
    output_cost_per_audio_token: float | None
    input_cost_per_image_token: float | None
    output_cost_per_image_token: float | None
    output_cost_per_reasoning_token: float | None
    input_cost_per_second: float | None
    input_cost_per_character: float | None
    input_cost_per_query: float | None
    supports_function_calling: Required[bool | None]
    supports_parallel_function_calling: Required[bool | None]
    supports_tool_choice: Required[bool | None]
    supports_response_schema: Required[bool | None]
    supports_system_messages: Required[bool | None]
    supports_vision: Required[bool | None]
    supports_pdf_input: Required[bool | None]
    supports_prompt_caching: Required[bool | None]
    supports_reasoning: Required[bool | None]
    supports_web_search: Required[bool | None]
    supports_audio_input: Required[bool | None]
    supports_audio_output: Required[bool | None]
