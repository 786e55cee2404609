"""What families of models can do and how long their answers may be: what the price list does not say.

One row per family; the first that matches a model's name holds. Written down in November 2026 from what was known of
the makers' pages (https://platform.openai.com/docs/models, https://docs.anthropic.com/en/docs/about-claude/models/overview,
https://ai.google.dev/gemini-api/docs/models, https://docs.mistral.ai/getting-started/models/models_overview,
https://docs.x.ai/docs/models, https://api-docs.deepseek.com/quick_start/pricing, https://docs.cohere.com/docs/models,
https://docs.aws.amazon.com/nova/latest/userguide/what-is-nova.html),
and for the newest models compared with litellm's list; no page is read at run time and no test compares with one.
``register_model`` corrects a row. What no row says is unknown, and a ``supports_...`` function answers False.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

__all__ = ["CAPABILITIES", "Facts", "facts_of", "mode_of"]

# A letter per capability, as the rows write them.
CAPABILITIES = {
    "f": "supports_function_calling",
    "p": "supports_parallel_function_calling",
    "t": "supports_tool_choice",
    "s": "supports_response_schema",
    "m": "supports_system_messages",
    "v": "supports_vision",
    "d": "supports_pdf_input",
    "c": "supports_prompt_caching",
    "r": "supports_reasoning",
    "w": "supports_web_search",
    "a": "supports_audio_input",
    "A": "supports_audio_output",
}


class Facts(NamedTuple):
    """What is known of a family: tokens it reads and writes at most (None: unknown), and letters of what it can do."""

    reads: int | None
    writes: int | None
    can: str

    @property
    def known(self) -> bool:
        """Whether a row has the model."""
        return self is not _UNKNOWN


# name (a regular expression, from its beginning), tokens in, tokens out, capabilities
_ROWS: tuple[tuple[str, int | None, int | None, str], ...] = (
    # OpenAI
    (r"gpt-3\.5-turbo-instruct", 4_096, 4_096, ""),
    (r"gpt-3\.5", 16_385, 4_096, "fptm"),
    (r"gpt-4-(turbo|1106|0125)", 128_000, 4_096, "fptmv"),
    (r"gpt-4-32k", 32_768, 4_096, "fm"),
    (r"gpt-4o(-mini)?-(audio|realtime)", 128_000, 16_384, "fptmaA"),
    (r"gpt-(audio|realtime)", 128_000, 16_384, "fptmaA"),
    (r"gpt-4o(-mini)?-(transcribe|tts)", 16_000, 2_000, ""),
    (r"gpt-4o(-mini)?-search", 128_000, 16_384, "smw"),
    (r"(gpt|chatgpt)-4o", 128_000, 16_384, "fptsmvdc"),
    (r"gpt-4\.1-nano", 1_047_576, 32_768, "fptsmvdc"),
    (r"gpt-4\.1", 1_047_576, 32_768, "fptsmvdcw"),
    (r"gpt-4\.5", 128_000, 16_384, "fptsmvdc"),
    (r"gpt-4", 8_192, 8_192, "fm"),
    (r"gpt-5(\.\d)?-chat", 128_000, 16_384, "fptsmvdc"),
    (r"gpt-5-pro", 400_000, 272_000, "fptsmvdrw"),
    (r"gpt-5\.[4-9](-pro|-sol|-terra|-luna)?(-20|$)", 1_050_000, 128_000, "fptsmvdcrw"),
    (r"gpt-5", 272_000, 128_000, "fptsmvdcrw"),
    (r"gpt-6", 922_000, 128_000, "fptsmvdcrw"),
    (r"gpt-oss", 131_072, 131_072, "fptsmr"),
    (r"o[34].*deep-research", 200_000, 100_000, "mvdrw"),
    (r"o1-(mini|preview)", 128_000, 65_536, "r"),
    (r"o1-pro", 200_000, 100_000, "ftsmvdr"),
    (r"o1", 200_000, 100_000, "ftsmvdcr"),
    (r"o3-mini", 200_000, 100_000, "ftsmcr"),
    (r"o[34]", 200_000, 100_000, "ftsmvdcrw"),
    (r"text-embedding-", 8_191, None, ""),
    # Anthropic
    (r"claude-(2|instant|v)", None, 4_096, "m"),
    (r"claude-3-(opus|sonnet|haiku)", 200_000, 4_096, "fptsmvc"),
    (r"claude-3[.-]5-haiku", 200_000, 8_192, "fptsmvdc"),
    (r"claude-3[.-]5", 200_000, 8_192, "fptsmvdc"),
    (r"claude-(3[.-]7-sonnet|sonnet-3[.-]7)", 200_000, 64_000, "fptsmvdcrw"),
    (r"claude-(opus-4(-0|-1|-20|\.1|$)|4-opus)", 200_000, 32_000, "fptsmvdcrw"),
    (r"claude-(sonnet-4(-0|-5|-20|\.5|$)|4-sonnet|(opus|haiku)-4[.-]5)", 200_000, 64_000, "fptsmvdcrw"),
    (r"claude-(opus|sonnet|haiku|fable|mythos)-([5-9]|4[.-][6-9])", 1_000_000, 128_000, "fptsmvdcrw"),
    # Google
    (r"gemini-1\.5-flash", 1_048_576, 8_192, "fptsmvdca"),
    (r"gemini-1\.5-pro", 2_097_152, 8_192, "fptsmvdca"),
    (r"gemini-2\.0-flash-lite", 1_048_576, 8_192, "fptsmvda"),
    (r"gemini-2\.0", 1_048_576, 8_192, "fptsmvdcaw"),
    (r"gemini-.*-tts", 8_192, 16_384, "A"),
    (r"gemini-.*-image", 65_536, 32_768, "mv"),
    (r"gemini-.*(live|native-audio)", 131_072, 8_192, "fmvaAw"),
    (r"gemini-(embedding|.*-embedding)", 2_048, None, ""),
    (r"gemini-(2\.5|[3-9]|flash|pro)", 1_048_576, 65_536, "fptsmvdcarw"),
    (r"gemma-3", 131_072, 8_192, "v"),
    # Mistral
    (r"(magistral|mistral-(medium|large-4))", 131_072, None, "fptsmvr"),
    (r"(pixtral|ministral|mistral-(large|small))", 131_072, None, "fptsmv"),
    (r"(codestral|devstral|open-mistral-nemo)", 128_000, None, "fptsm"),
    (r"voxtral", 32_768, None, "fptsma"),
    # xAI
    (r"grok-(3|2)-?mini|grok-3-mini", 131_072, None, "fptsmr"),
    (r"grok-2-vision", 32_768, None, "fptsmv"),
    (r"grok-[23]", 131_072, None, "fptsm"),
    (r"grok-code", 256_000, None, "fptsmcr"),
    (r"grok-4.*non-reasoning", None, None, "fptsmvcw"),
    (r"grok-[4-9]", None, None, "fptsmvcrw"),
    # DeepSeek
    (r"deepseek-(v4|flash)", 1_000_000, 393_216, "fptsmcr"),
    (r"deepseek-(reasoner|r1)", 131_072, 65_536, "fptsmcr"),
    (r"deepseek-(chat|v3)", 131_072, 8_192, "fptsmc"),
    # Meta, Alibaba, Moonshot, Z.ai, Cohere
    (r"(meta-)?llama-?(4|v4)", None, None, "fptsmv"),
    (r"(meta-)?llama-?(v)?3[.p-]?2.*vision", 128_000, None, "fmv"),
    (r"(meta-)?llama-?(v)?3", None, None, "ftsm"),
    (r"qwen(3-|2\.5-|-)?vl", None, None, "fmv"),
    (r"(qwen3|qwq)", None, None, "fptsmr"),
    (r"qwen", None, None, "fptm"),
    (r"kimi-k(2-thinking|3)", 262_144, None, "fptsmcr"),
    (r"kimi-k2", 131_072, None, "fptsmc"),
    (r"glm-(4\.[5-9]|5)", None, None, "fptsmcr"),
    (r"command-a", 256_000, 8_000, "fsm"),
    (r"command-r", None, 4_096, "fsm"),
    # Amazon
    (r"nova-micro", 128_000, 10_000, "ftsmc"),
    (r"nova-premier", 1_000_000, 10_000, "ftsmvdc"),
    (r"nova-(lite|pro)", 300_000, 10_000, "ftsmvdc"),
)

_COMPILED = [(re.compile(pattern), Facts(reads, writes, can)) for pattern, reads, writes, can in _ROWS]
_UNKNOWN = Facts(None, None, "")
# Before the name: folders of aggregators, regions and makers of Bedrock, tunings of OpenAI's.
_BEFORE = re.compile(
    r".*/|((us|eu|apac|global|jp|au)\.)?(anthropic|meta|mistral|deepseek|openai|qwen|cohere|amazon)\.|ft:"
)
_MODES = (
    ("embed", "embedding"),
    ("voyage-", "embedding"),
    ("rerank", "rerank"),
    ("moderation", "moderation"),
    ("whisper", "audio_transcription"),
    ("transcribe", "audio_transcription"),
    ("tts", "audio_speech"),
    ("gpt-image", "image_generation"),
    ("dall-e", "image_generation"),
    ("imagen", "image_generation"),
)


@functools.lru_cache(maxsize=4096)
def facts_of(name: str) -> Facts:
    """What is known of a model, by its name without its provider; three unknowns where no row has it."""
    name = _BEFORE.sub("", name.lower())
    return next((facts for pattern, facts in _COMPILED if pattern.match(name)), _UNKNOWN)


def mode_of(name: str) -> str:
    """litellm's word for what a model is for."""
    name = name.lower()
    return next((mode for part, mode in _MODES if part in name), "chat")
