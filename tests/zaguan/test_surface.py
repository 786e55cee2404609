"""The public face: zaguan-sdk 0.2.0's names and signatures, the methods beyond them, what errors and hooks have."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

from edgequake_async import zaguan

# zaguan-sdk's `__all__`.
NAMES = """
    APIError AnthropicContentBlock AnthropicCountTokensRequest AnthropicCountTokensResponse AnthropicMessage
    AnthropicMessagesBatchItem AnthropicMessagesBatchRequest AnthropicMessagesBatchResponse AnthropicMessagesDelta
    AnthropicMessagesRequest AnthropicMessagesResponse AnthropicMessagesStreamEvent AnthropicThinkingConfig
    AnthropicUsage AsyncZaguanClient AudioSpeechRequest AudioTranscriptionRequest AudioTranscriptionResponse
    AudioTranslationRequest BandAccessDeniedError ChatChunk ChatRequest ChatResponse Choice CompositeHook CreditsBalance
    CreditsHistory CreditsHistoryEntry CreditsStats Embedding EmbeddingRequest EmbeddingResponse ErrorEvent ImageData
    ImageEditRequest ImageGenerationRequest ImageResponse ImageVariationRequest InsufficientCreditsError LoggingHook
    Message MetricsCollector ModelCapabilities ModelInfo ModerationCategories ModerationCategoryScores ModerationRequest
    ModerationResponse ModerationResult ObservabilityHook RateLimitError RequestEvent ResponseEvent RetryConfig
    StreamAccumulator TokenDetails Usage ZaguanClient ZaguanError async_with_retry reconstruct_message_from_stream
    with_retry
""".split()

# Its methods with their positional parameters. A default follows "="; without one, ours is None or there is none.
SIGNATURES = {
    "cancel_messages_batch": "batch_id request_id",
    "chat": "request request_id",
    "chat_simple": "message model=openai/gpt-4o-mini",
    "chat_stream": "request request_id",
    "chat_with_system": "system_prompt user_message model=openai/gpt-4o-mini",
    "close": "",
    "count_tokens": "request request_id",
    "create_embeddings": "request request_id",
    "create_image": "request request_id",
    "create_image_variation": "image_path model=dall-e-2 n size response_format request_id",
    "create_messages_batch": "requests request_id",
    "create_moderation": "request request_id",
    "create_speech": "request output_path request_id",
    "create_transcription": "file_path model=whisper-1 language prompt response_format=json temperature request_id",
    "create_translation": "file_path model=whisper-1 prompt response_format=json temperature request_id",
    "edit_image": "image_path prompt mask_path model=dall-e-2 n size response_format request_id",
    "get_capabilities": "request_id",
    "get_credits_balance": "request_id",
    "get_credits_history": "limit cursor request_id",
    "get_credits_stats": "period request_id",
    "get_messages_batch": "batch_id request_id",
    "get_messages_batch_results": "batch_id request_id",
    "health_check": "request_id",
    "list_messages_batches": "request_id",
    "list_models": "request_id",
    "messages": "request request_id",
    "messages_stream": "request request_id",
}

# What the Go and TypeScript SDKs and CoreX's documentation have beyond it.
FURTHER = """
    cancel_batch cancel_fine_tuning_job cancel_run classify create_assistant create_batch create_fine_tuning_job
    create_response create_response_stream create_run create_thread delete_assistant delete_file delete_model
    delete_thread download_file get_assistant get_batch get_circuit_breaker_status get_file get_file_content
    get_fine_tuning_job get_model get_model_capabilities get_providers_status get_run get_thread get_virtual_model
    iter_credits_history iter_messages_batch_results list_assistants list_batches list_files list_fine_tuning_events
    list_fine_tuning_jobs list_virtual_models rerank stream_speech supports_reasoning supports_tools supports_vision
    update_assistant update_thread upload_file
""".split()

# Positional parameters of what is no method.
CALLABLES = {
    "APIError": "status_code message request_id",
    "AsyncZaguanClient": "base_url api_key timeout=30.0 http_client",
    "BandAccessDeniedError": "message band required_tier current_tier",
    "CompositeHook": "hooks",
    "ErrorEvent": "request_id error_type error_message status_code retry_attempt timestamp",
    "InsufficientCreditsError": "message credits_required credits_remaining",
    "LoggingHook": "verbose=False",
    "MetricsCollector": "",
    "RateLimitError": "message retry_after",
    "RequestEvent": "request_id method url model timestamp",
    "ResponseEvent": "request_id status_code latency_ms model prompt_tokens completion_tokens total_tokens"
    " reasoning_tokens cost timestamp",
    "RetryConfig": "max_retries=3 initial_delay=1.0 max_delay=60.0 exponential_base=2.0 jitter=True"
    " retry_on_status_codes",
    "StreamAccumulator": "",
    "ZaguanClient": "base_url api_key timeout=30.0 http_client",
    "async_with_retry": "func config",
    "reconstruct_message_from_stream": "chunks",
    "with_retry": "config",
}
STREAMED = {"chat_stream", "messages_stream", "get_messages_batch_results"}
STREAMED |= {"stream_speech", "create_response_stream", "iter_messages_batch_results", "iter_credits_history"}
CLIENTS = (zaguan.ZaguanClient, zaguan.AsyncZaguanClient)


def _written(function: Any) -> str:
    """Positional parameters as above."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    words = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in positional and parameter.name != "self":
            plain = isinstance(parameter.default, (str, float, int)) and parameter.default is not parameter.empty
            words.append(f"{parameter.name}={parameter.default}" if plain else parameter.name)
    return " ".join(words)


def test_every_name_is_there_and_listed_once() -> None:
    assert set(NAMES) <= set(zaguan.__all__)
    assert len(zaguan.__all__) == len(set(zaguan.__all__))
    assert [name for name in zaguan.__all__ if not hasattr(zaguan, name)] == []
    shown = {name for name, value in vars(zaguan).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert shown - set(zaguan.__all__) <= {"annotations"}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_methods_of_zaguan_sdk_take_what_they_take_there(client: type) -> None:
    assert len(SIGNATURES) == 27
    assert {name: _written(getattr(client, name)) for name in SIGNATURES} == SIGNATURES


def test_the_rest_takes_what_it_takes_there() -> None:
    assert {name: _written(getattr(zaguan, name)) for name in CALLABLES} == CALLABLES


@pytest.mark.parametrize("client", CLIENTS)
def test_the_clients_have_these_methods_and_no_others(client: type) -> None:
    methods = {name for name in dir(client) if not name.startswith("_") and callable(getattr(client, name))}
    assert methods - {"aclose"} == {*SIGNATURES, *FURTHER}
    assert [name for name in sorted(methods) if not inspect.getdoc(getattr(client, name))] == []


def test_async_methods_are_awaited_and_streams_are_not() -> None:
    for name in {*SIGNATURES, *FURTHER} - STREAMED:
        assert inspect.iscoroutinefunction(getattr(zaguan.AsyncZaguanClient, name)), name
    for name in STREAMED:
        assert not inspect.iscoroutinefunction(getattr(zaguan.AsyncZaguanClient, name)), name
    for name in {*SIGNATURES, *FURTHER}:
        assert not inspect.iscoroutinefunction(getattr(zaguan.ZaguanClient, name)), name


TREE = {
    "APIConnectionError": "ZaguanError",
    "APIError": "ZaguanError",
    "APITimeoutError": "ZaguanError",
    "AuthenticationError": "APIError",
    "BandAccessDeniedError": "APIError",
    "ConflictError": "APIError",
    "InsufficientCreditsError": "APIError",
    "InvalidResponseError": "ZaguanError",
    "NotFoundError": "APIError",
    "PermissionDeniedError": "APIError",
    "RateLimitError": "APIError",
    "ServerError": "APIError",
    "ValidationError": "APIError",
    "ZaguanError": "Exception",
}
ATTRIBUTES = """
    status_code request_id type code param message body headers retry_after reset_date attempts partial
""".split()


def test_errors_are_this_tree() -> None:
    errors = {
        name: value for name, value in vars(zaguan).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert {name: value.__base__.__name__ for name, value in errors.items()} == TREE


def test_errors_can_be_made_as_zaguan_sdk_makes_them() -> None:
    made = [
        zaguan.APIError(500, "No.", "req-1"),
        zaguan.InsufficientCreditsError("No.", 12, 3),
        zaguan.RateLimitError("No.", 7),
        zaguan.BandAccessDeniedError(message="No.", band="D", required_tier="platinum", current_tier="pro"),
    ]
    assert [error.status_code for error in made] == [500, 402, 429, 403]
    for error in made:
        assert str(error) == error.message == "No."
        assert [name for name in ATTRIBUTES if not hasattr(error, name)] == []
    assert (made[1].credits_required, made[1].credits_remaining, made[2].retry_after) == (12, 3, 7)
    assert (made[3].band, made[3].required_tier, made[3].current_tier) == ("D", "platinum", "pro")


def test_helpers_have_what_they_have_there() -> None:
    accumulator = zaguan.StreamAccumulator()
    for name in "id object created model role finish_reason tool_calls usage".split():
        assert not getattr(accumulator, name), name
    assert callable(accumulator.add_chunk)
    assert callable(accumulator.reset)
    assert accumulator.get_content() == ""
    assert accumulator.get_message().content is None or accumulator.get_message().content == ""
    config = zaguan.RetryConfig(jitter=False)
    assert [config.calculate_delay(attempt) for attempt in (0, 1, 2, 10)] == [1.0, 2.0, 4.0, 60.0]
    assert config.should_retry(zaguan.RateLimitError("Slow."), 0)
    assert not config.should_retry(zaguan.RateLimitError("Slow."), 3)
    for hook in (zaguan.LoggingHook(), zaguan.MetricsCollector(), zaguan.CompositeHook([])):
        assert isinstance(hook, zaguan.ObservabilityHook)
    summary = zaguan.MetricsCollector().get_summary()
    assert (summary["total_requests"], summary["success_rate"], summary["average_latency_ms"]) == (0, 0.0, 0.0)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_shows_where_it_is_and_not_its_key(client: Any) -> None:
    made = client("https://api.example.com/v1/", "key-0123456789abcdef", 60.0)
    assert (made.base_url, made.api_key, made.timeout) == ("https://api.example.com", "key-0123456789abcdef", 60.0)
    assert client("https://api.example.com", "key").timeout == 30.0
    assert "0123456789" not in repr(made)


def test_importing_starts_nothing_and_the_package_imports_without_it() -> None:
    def run(program: str) -> str:
        child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
        assert (child.returncode, child.stderr) == (0, "")
        return child.stdout.strip()

    assert run("import threading, edgequake_async.zaguan; print(threading.active_count())") == "1"
    assert run("import sys, edgequake_async; print('edgequake_async.zaguan' in sys.modules)") == "False"
