"""edgequake_async: the async LLM client that Python services trust, with litellm's API over a Rust core.

    import edgequake_async as eq

    response = await eq.acompletion("openai/gpt-4o-mini", [{"role": "user", "content": "Hello"}])
    print(response.choices[0].message.content)

Serves asyncio, uvloop, trio and anyio task groups; ``completion`` and ``embedding`` are sync shims over the same core.
Importing it opens no socket, starts no thread and reads no configuration.
"""

from __future__ import annotations

import sys as _sys
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import _eq_core
from ._eq_core import __version__
from .alias import follow as _follow
from .alias import install_as_litellm
from .audio import aspeech, atranscription, speech, transcription
from .batch_completion import batch_completion
from .batches.main import (
    acancel_batch,
    acreate_batch,
    alist_batches,
    aretrieve_batch,
    cancel_batch,
    create_batch,
    list_batches,
    retrieve_batch,
)
from .completion import acompletion, completion
from .config import SettingsModule as _SettingsModule
from .embedding import aembedding, embedding
from .exceptions import TOP_LEVEL as _TOP_LEVEL
from .exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    AuthenticationError,
    AzureOpenAIError,
    BadGatewayError,
    BadRequestError,
    BudgetExceededError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    EQError,
    ImageFetchError,
    InternalServerError,
    InvalidRequestError,
    JSONSchemaValidationError,
    LiteLLMUnknownProvider,
    MockException,
    NotFoundError,
    OpenAIError,
    PermissionDeniedError,
    RateLimitError,
    RouterRateLimitError,
    ServiceUnavailableError,
    Timeout,
    UnprocessableEntityError,
    UnsupportedParamsError,
)
from .exceptions import __all__ as _ERRORS
from .files.main import (
    acreate_file,
    afile_content,
    afile_delete,
    afile_list,
    afile_retrieve,
    create_file,
    file_content,
    file_delete,
    file_list,
    file_retrieve,
)
from .image_generation import aimage_edit, aimage_generation, image_edit, image_generation
from .messages.main import anthropic_messages
from .moderation import amoderation, moderation
from .registry import register_provider, unregister_provider
from .rerank import arerank, rerank
from .responses.main import aresponses, responses
from .text_completion import atext_completion, text_completion

if _TYPE_CHECKING:
    from . import _logging as _logging
    from . import anthropic_interface as anthropic_interface
    from . import constants as constants
    from . import cost_calculator as cost_calculator
    from . import exceptions as exceptions
    from . import litellm_core_utils as litellm_core_utils
    from . import main as main
    from . import types as types
    from . import utils as utils
    from ._litellm_names import *  # noqa: F403
    from ._litellm_names import _turn_on_debug as _turn_on_debug
    from ._logging import verbose_logger
    from .capabilities import (
        supports_audio_input,
        supports_audio_output,
        supports_function_calling,
        supports_parallel_function_calling,
        supports_pdf_input,
        supports_prompt_caching,
        supports_reasoning,
        supports_response_schema,
        supports_system_messages,
        supports_tool_choice,
        supports_vision,
        supports_web_search,
    )
    from .chunk_builder import stream_chunk_builder
    from .cost_calculator import CostPerToken, completion_cost, cost_per_token
    from .custom_llm import CustomLLM
    from .model_info import (
        get_max_tokens,
        get_model_cost_map,
        get_model_info,
        get_valid_models,
        model_cost,
        model_list,
        models_by_provider,
        register_model,
    )
    from .params import get_supported_openai_params
    from .provider_names import LlmProviders, get_llm_provider, provider_list, validate_environment
    from .streaming import AsyncStreamWrapper, CustomStreamWrapper, SyncStreamWrapper
    from .timeouts import Timeouts
    from .tokens import (
        atoken_counter,
        create_pretrained_tokenizer,
        create_tokenizer,
        decode,
        encode,
        encoding,
        token_counter,
    )
    from .trim import trim_messages
    from .types import (
        ChatCompletionDeltaToolCall,
        ChatCompletionMessageToolCall,
        Choices,
        Delta,
        Embedding,
        EmbeddingObject,
        EmbeddingResponse,
        Function,
        HttpxBinaryResponseContent,
        ImageResponse,
        LiteLLMBatch,
        Message,
        ModelResponse,
        ModelResponseStream,
        OpenAIFileObject,
        OpenAIModerationResponse,
        RerankResponse,
        ResponsesAPIResponse,
        StreamingChoices,
        StreamingModelResponse,
        TextChoices,
        TextCompletionResponse,
        TranscriptionResponse,
        Usage,
    )

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "AsyncStreamWrapper",
    "AuthenticationError",
    "AzureOpenAIError",
    "BadGatewayError",
    "BadRequestError",
    "BudgetExceededError",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "Choices",
    "ContentPolicyViolationError",
    "ContextWindowExceededError",
    "CostPerToken",
    "CustomLLM",
    "CustomStreamWrapper",
    "Delta",
    "EQError",
    "Embedding",
    "EmbeddingObject",
    "EmbeddingResponse",
    "Function",
    "HttpxBinaryResponseContent",
    "ImageFetchError",
    "ImageResponse",
    "InternalServerError",
    "InvalidRequestError",
    "JSONSchemaValidationError",
    "LiteLLMBatch",
    "LiteLLMUnknownProvider",
    "LlmProviders",
    "Message",
    "MockException",
    "ModelResponse",
    "ModelResponseStream",
    "NotFoundError",
    "OpenAIError",
    "OpenAIFileObject",
    "OpenAIModerationResponse",
    "PermissionDeniedError",
    "RateLimitError",
    "RerankResponse",
    "ResponsesAPIResponse",
    "RouterRateLimitError",
    "ServiceUnavailableError",
    "StreamingChoices",
    "StreamingModelResponse",
    "SyncStreamWrapper",
    "TextChoices",
    "TextCompletionResponse",
    "Timeout",
    "Timeouts",
    "TranscriptionResponse",
    "UnprocessableEntityError",
    "UnsupportedParamsError",
    "Usage",
    "__version__",
    "acancel_batch",
    "acompletion",
    "acreate_batch",
    "acreate_file",
    "aembedding",
    "afile_content",
    "afile_delete",
    "afile_list",
    "afile_retrieve",
    "aimage_edit",
    "aimage_generation",
    "alist_batches",
    "amoderation",
    "anthropic_messages",
    "arerank",
    "aresponses",
    "aretrieve_batch",
    "aspeech",
    "atext_completion",
    "atoken_counter",
    "atranscription",
    "batch_completion",
    "cancel_batch",
    "completion",
    "completion_cost",
    "cost_per_token",
    "create_batch",
    "create_file",
    "create_pretrained_tokenizer",
    "create_tokenizer",
    "decode",
    "embedding",
    "encode",
    "encoding",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
    "get_llm_provider",
    "get_max_tokens",
    "get_model_cost_map",
    "get_model_info",
    "get_supported_openai_params",
    "get_valid_models",
    "image_edit",
    "image_generation",
    "install_as_litellm",
    "list_batches",
    "model_cost",
    "model_list",
    "models_by_provider",
    "moderation",
    "provider_list",
    "register_model",
    "register_provider",
    "rerank",
    "responses",
    "retrieve_batch",
    "speech",
    "stream_chunk_builder",
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
    "text_completion",
    "token_counter",
    "transcription",
    "trim_messages",
    "unregister_provider",
    "validate_environment",
    "verbose_logger",
]

if _eq_core.debug_build:
    import warnings as _warnings

    _warnings.warn("edgequake_async was built without optimisation and is many times slower", stacklevel=2)


# Where names live that need pydantic: importing it here would make this import take 100 ms instead of 15.
_LAZY = {
    "AsyncStreamWrapper": "streaming",
    "CustomLLM": "custom_llm",
    "CustomStreamWrapper": "streaming",
    "LlmProviders": "provider_names",
    "SyncStreamWrapper": "streaming",
    "Timeouts": "timeouts",
    "get_llm_provider": "provider_names",
    "get_supported_openai_params": "params",
    "provider_list": "provider_names",
    "stream_chunk_builder": "chunk_builder",
    "validate_environment": "provider_names",
    "verbose_logger": "_logging",
}
_LAZY |= {
    name: home
    for home, names in {
        "cost_calculator": "CostPerToken completion_cost cost_per_token",
        "model_info": "get_max_tokens get_model_cost_map get_model_info get_valid_models model_cost model_list "
        "models_by_provider register_model",
        "tokens": "atoken_counter create_pretrained_tokenizer create_tokenizer decode encode encoding token_counter",
        "trim": "trim_messages",
    }.items()
    for name in names.split()
}
_LAZY |= {name: "capabilities" for name in __all__ if name.startswith("supports_")}
# What programs written for litellm import from its top.
_LAZY |= {
    "AnthropicThinkingParam": "types.llms.anthropic",
    "_turn_on_debug": "_logging",
    "ModelInfo": "types",
    "OPENAI_CHAT_COMPLETION_PARAMS": "constants",
    "PromptTokensDetails": "types",
    "REPEATED_STREAMING_CHUNK_LIMIT": "constants",
    "ResponseAPIUsage": "types",
    "get_secret_bool": "switches",
    "validate_and_fix_thinking_param": "thinking",
}
# Where all other classes are looked for: TypedDicts of requests, events of streamed responses.
_CLASSES = "types.llms.openai"
# What programs reach through the package without importing it.
_SUBMODULES = {
    name: name
    for name in "_logging anthropic_interface batches constants cost_calculator files litellm_core_utils main types "
    "utils".split()
}
# litellm's other name of it.
_SUBMODULES["anthropic"] = "anthropic_interface"
_LAZY |= dict.fromkeys(set(_ERRORS) - set(_TOP_LEVEL) - {"EQError"}, "exceptions")
_LAZY |= dict.fromkeys(set(__all__) - set(globals()) - set(_LAZY), "types")


def __dir__() -> list[str]:
    # Programs made for litellm look through dir() for names that end in Error and refuse one that litellm lacks.
    return sorted((set(globals()) | set(__all__)) - (set(_ERRORS) - set(_TOP_LEVEL)))


_sys.modules[__name__].__class__ = _SettingsModule
_follow()
