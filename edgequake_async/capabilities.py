"""What a model can do, one function per capability. Each answers False where nothing is known, and never raises."""

from __future__ import annotations

from .exceptions import EQError
from .model_info import known

__all__ = [
    "supports_audio_input",
    "supports_audio_output",
    "supports_function_calling",
    "supports_parallel_function_calling",
    "supports_pdf_input",
    "supports_prompt_caching",
    "supports_reasoning",
    "supports_response_schema",
    "supports_system_messages",
    "supports_tool_choice",
    "supports_vision",
    "supports_web_search",
]


def _can(what: str, model: str, provider: str | None) -> bool:
    try:
        return bool(known(model, provider)[1].get(what))
    except EQError:
        return False


def supports_audio_input(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model hears: takes audio in messages."""
    return _can("supports_audio_input", model, custom_llm_provider)


def supports_audio_output(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model speaks: answers with audio."""
    return _can("supports_audio_output", model, custom_llm_provider)


def supports_function_calling(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model calls functions."""
    return _can("supports_function_calling", model, custom_llm_provider)


def supports_parallel_function_calling(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model calls several functions in one answer."""
    return _can("supports_parallel_function_calling", model, custom_llm_provider)


def supports_pdf_input(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model reads PDF documents."""
    return _can("supports_pdf_input", model, custom_llm_provider)


def supports_prompt_caching(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model has its prompts cached at a lower price."""
    return _can("supports_prompt_caching", model, custom_llm_provider)


def supports_reasoning(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model thinks before it answers."""
    return _can("supports_reasoning", model, custom_llm_provider)


def supports_response_schema(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model keeps to a JSON schema."""
    return _can("supports_response_schema", model, custom_llm_provider)


def supports_system_messages(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model takes system messages."""
    return _can("supports_system_messages", model, custom_llm_provider)


def supports_tool_choice(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model can be told which tool to call."""
    return _can("supports_tool_choice", model, custom_llm_provider)


def supports_vision(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model sees pictures in messages."""
    return _can("supports_vision", model, custom_llm_provider)


def supports_web_search(model: str, custom_llm_provider: str | None = None) -> bool:
    """Whether a model searches the web by itself."""
    return _can("supports_web_search", model, custom_llm_provider)
