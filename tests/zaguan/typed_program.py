"""Typical lines of programs, for the type checkers alone: each method promises its model, and none is Any.

mypy and basedpyright read this file with the package (pyproject.toml); nothing runs it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from typing_extensions import assert_type

from edgequake_async import zaguan as z

MODEL = "openai/gpt-4o-mini"
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]


class Hook:
    """What a program's own hook looks like."""

    def on_request_start(self, event: z.RequestEvent) -> None: ...
    def on_request_end(self, event: z.ResponseEvent) -> None: ...
    def on_request_error(self, event: z.ErrorEvent) -> None: ...


async def asynchronous(path: Path) -> None:
    terms = z.RetryConfig(max_retries=2)
    async with z.AsyncZaguanClient(
        "https://api.zaguanai.com",
        "key",
        retry=terms,
        hooks=[Hook(), z.MetricsCollector(), z.LoggingHook()],
    ) as client:
        assert_type(client, z.AsyncZaguanClient)
        request = z.ChatRequest(model=MODEL, messages=[z.Message(role="user", content="Hello")], temperature=0.5)
        answer = await client.chat(request, request_id="mine")
        assert_type(answer, z.ChatResponse)
        assert_type(answer.choices, list[z.Choice])
        assert_type(await client.chat(model=MODEL, messages=HELLO, timeout=5, retry=None), z.ChatResponse)
        assert_type(await client.chat_simple("Hello"), z.ChatResponse)
        assert_type(await client.chat_with_system("Be brief.", "Hello", max_tokens=5), z.ChatResponse)

        whole = z.StreamAccumulator()
        async for chunk in client.chat_stream(request):
            assert_type(chunk, z.ChatChunk)
            whole.add_chunk(chunk)
        assert_type(whole.get_response(), z.ChatResponse)
        async with client.chat_stream(model=MODEL, messages=HELLO) as stream:
            assert_type(stream, z.AsyncStream[z.ChatChunk])
            assert_type(await stream.__anext__(), z.ChatChunk)
            assert_type(stream.request_id, str | None)
        assert_type(await client.chat_stream(request), z.AsyncStream[z.ChatChunk])

        note = z.AnthropicMessagesRequest(
            model="anthropic/claude", max_tokens=9, messages=[z.AnthropicMessage(role="user", content="Hi")]
        )
        assert_type(await client.messages(note), z.AnthropicMessagesResponse)
        assert_type(client.messages_stream(note), z.AsyncStream[z.AnthropicMessagesStreamEvent])
        assert_type((await client.count_tokens(model="m", messages=HELLO)).input_tokens, int | None)
        batch = await client.create_messages_batch([{"custom_id": "1", "params": {"model": "m", "max_tokens": 9}}])
        assert_type(batch, z.AnthropicMessagesBatchResponse)
        assert_type(client.get_messages_batch_results("id"), z.AsyncStream[str])

        assert_type(await client.create_embeddings(model="m", input=["a"]), z.EmbeddingResponse)
        assert_type(await client.create_transcription(path), z.AudioTranscriptionResponse)
        speech: dict[str, Any] = {"model": "m", "input": "Hello", "voice": "alloy"}
        assert_type(await client.create_speech(speech), bytes)
        assert_type(await client.create_speech(speech, path), None)
        assert_type(client.stream_speech(speech), z.AsyncStream[bytes])
        assert_type(await client.create_image(model="m", prompt="a hat"), z.ImageResponse)
        assert_type(await client.edit_image(("a.png", b""), "a hat"), z.ImageResponse)
        assert_type(await client.create_moderation(input="text"), z.ModerationResponse)
        assert_type(await client.rerank(model="m", query="q", documents=["d"]), z.RerankResponse)

        assert_type(await client.list_models(), list[z.ModelInfo])
        assert_type(await client.get_capabilities(provider="openai", supports_vision=True), list[z.ModelCapabilities])
        assert_type(await client.supports_tools(MODEL), bool)
        assert_type(await client.health_check(), dict[str, Any])
        assert_type(await client.get_credits_balance(), z.CreditsBalance)
        assert_type((await client.get_credits_history(10)).entries, list[z.CreditsHistoryEntry])
        assert_type(client.iter_credits_history(model=MODEL), AsyncIterator[z.CreditsHistoryEntry])
        assert_type(await client.get_credits_stats("month", group_by=["model", "day"]), z.CreditsStats)

        file = await client.upload_file(path, "batch")
        assert_type(file, z.FileObject)
        assert_type(await client.get_file_content("file-1", timeout=z.Timeouts(connect=1)), bytes)
        assert_type(await client.create_batch(input_file_id="f", endpoint="/v1/chat/completions"), z.Batch)
        assert_type((await client.list_fine_tuning_jobs(limit=3)).data, list[z.FineTuningJob])
        assert_type(await client.create_run("thread", assistant_id="a"), z.Run)
        assert_type(await client.create_response(model=MODEL, input="Hello"), z.ResponsesResponse)
        assert_type(await z.async_with_retry(client.get_credits_balance, terms), z.CreditsBalance)


def synchronous(path: Path) -> None:
    with z.ZaguanClient(timeout=None, headers={"X-Team": "a"}, hooks=z.CompositeHook([Hook()])) as client:
        assert_type(client, z.ZaguanClient)
        assert_type(client.chat(z.ChatRequest(model=MODEL, messages=[])), z.ChatResponse)
        for chunk in client.chat_stream(model=MODEL, messages=HELLO):
            assert_type(chunk, z.ChatChunk)
        with client.messages_stream({"model": "m", "max_tokens": 9, "messages": HELLO}) as events:
            assert_type(events, z.SyncStream[z.AnthropicMessagesStreamEvent])
            assert_type(next(events), z.AnthropicMessagesStreamEvent)
        assert_type(client.iter_credits_history(), Iterator[z.CreditsHistoryEntry])
        assert_type(client.get_model_capabilities(MODEL), z.ModelCapabilities | None)
        assert_type(client.create_speech(model="m", input="Hello", voice="alloy"), bytes)
        assert_type(client.create_speech({"model": "m"}, path), None)
        assert_type(client.download_file("file-1", path), None)
        assert_type(client.list_virtual_models(headers={"X-Team": "b"}), list[z.VirtualModel])
        try:
            client.get_model(MODEL)
        except z.RateLimitError as error:
            assert_type(error.retry_after, float | None)
        except z.InsufficientCreditsError as error:
            assert_type((error.credits_required, error.reset_date), tuple[float | None, str | None])
        except z.APIError as error:
            assert_type((error.status_code, error.request_id), tuple[int, str | None])
        except z.ZaguanError as error:
            assert_type(error.message, str)


@z.with_retry(z.RetryConfig(max_retries=1))
def decorated(client: z.ZaguanClient) -> z.CreditsBalance:
    return client.get_credits_balance()


def reading(answer: z.ChatResponse, client: z.ZaguanClient) -> None:
    message = answer.choices[0].message
    assert message is not None
    thinking, response = z.extract_thinking(str(message.content))
    assert_type((thinking, response), tuple[str, str])
    if answer.promptshield is not None:
        assert_type(answer.promptshield, z.PromptShield)
    assert_type(decorated(client), z.CreditsBalance)
    assert_type(z.accumulate_messages_events([]), z.AnthropicMessagesResponse)
    assert_type(z.reconstruct_message_from_stream([]), z.Message)
