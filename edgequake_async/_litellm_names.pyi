"""For type checkers: what the package's module has beside ``__all__``, because programs for litellm look for it there.

Settings live in ``config`` at run time; ``<provider>_key`` is there for every provider of the table, and those that
programs name most are written down here.
"""

from collections.abc import Mapping
from typing import Any

from . import anthropic_interface as _anthropic
from ._logging import _turn_on_debug as _turn_on_debug
from .constants import OPENAI_CHAT_COMPLETION_PARAMS as OPENAI_CHAT_COMPLETION_PARAMS
from .constants import REPEATED_STREAMING_CHUNK_LIMIT as REPEATED_STREAMING_CHUNK_LIMIT
from .switches import get_secret_bool as get_secret_bool
from .thinking import validate_and_fix_thinking_param as validate_and_fix_thinking_param
from .types import ModelInfo as ModelInfo
from .types import PromptTokensDetails as PromptTokensDetails
from .types import ResponseAPIUsage as ResponseAPIUsage
from .types.llms.anthropic import AnthropicThinkingParam as AnthropicThinkingParam
from .types.llms.params import *  # noqa: F403
from .types.response_events import *  # noqa: F403

anthropic = _anthropic

add_function_to_prompt: bool
anthropic_key: str | None
api_base: str | None
api_key: str | None
api_version: str | None
azure_key: str | None
cohere_key: str | None
deepseek_key: str | None
gemini_key: str | None
groq_key: str | None
huggingface_key: str | None
mistral_key: str | None
openrouter_key: str | None
together_ai_key: str | None
vertex_location: str | None
vertex_project: str | None
xai_key: str | None
custom_provider_map: list[Mapping[str, Any]]
disable_aiohttp_transport: bool
drop_params: bool
enable_json_schema_validation: bool
headers: Mapping[str, str] | None
model_alias_map: dict[str, str]
model_fallbacks: list[Any] | None
modify_params: bool
num_retries: int | None
openai_key: str | None
organization: str | None
request_timeout: float
set_verbose: bool
ssl_verify: bool | str
suppress_debug_info: bool
telemetry: bool
use_litellm_proxy: bool
