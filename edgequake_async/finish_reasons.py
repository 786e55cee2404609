"""``map_finish_reason``: why an answer ended, in OpenAI's words.

Responses keep the provider's own word where it is not one of these; this is for programs that want OpenAI's alone.
"""

from __future__ import annotations

__all__ = ["map_finish_reason"]

# Sources: https://docs.anthropic.com/en/api/handling-stop-reasons,
# https://ai.google.dev/api/generate-content#FinishReason, https://docs.cohere.com/reference/chat,
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, and servers of Hugging Face's.
_WORDS = {
    "stop": "COMPLETE NO_IMAGE OTHER STOP STOP_SEQUENCE compaction end_turn eos eos_token pause_turn stop_sequence",
    "length": "MAX_TOKENS max_tokens model_context_window_exceeded",
    "tool_calls": "TOOL_CALL tool_use",
    "content_filter": "BLOCKLIST ERROR_TOXIC IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION IMAGE_SAFETY LANGUAGE "
    "MODEL_ARMOR PROHIBITED_CONTENT RECITATION SAFETY SPII content_filtered guardrail_intervened refusal sensitive",
}
_OPENAI = {word: ours for ours, words in _WORDS.items() for word in words.split()}


def map_finish_reason(finish_reason: str) -> str:
    """OpenAI's word for a provider's; a word that is not known stays as it is, for ``stop`` would say too much."""
    return _OPENAI.get(finish_reason, finish_reason)
