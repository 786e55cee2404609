"""For type checkers: the settings that the package's module has, which live in ``config`` at run time.

``<provider>_key`` is there for every provider of the table; those that programs name most are written down here.
"""

from collections.abc import Mapping
from typing import Any

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
modify_params: bool
num_retries: int | None
openai_key: str | None
organization: str | None
request_timeout: float
set_verbose: bool
ssl_verify: bool | str
suppress_debug_info: bool
telemetry: bool
