"""The core of text completions: at ``/completions`` where the provider has OpenAI's protocol, else over a chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import anyio

from . import _eq_core, config
from ._error_mapping import to_exception
from .exceptions import APIResponseValidationError, BadRequestError, EQError, UnsupportedParamsError
from .loops import enter
from .params import drops
from .reply import ReplySource
from .request import prepare, resolve_call
from .streaming import AsyncStreamWrapper
from .terms import CallInfo
from .types import ModelResponse, TextChoices, TextCompletionResponse, Usage
from .types.construct import construct
from .types.tolerant import read, read_chunk

__all__ = ["text"]

# What a chat cannot be told.
_NOT_IN_CHATS = ("best_of", "echo", "logprobs", "suffix")
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


async def text(params: dict[str, Any]) -> TextCompletionResponse | AsyncStreamWrapper[TextCompletionResponse]:
    """A text completion; see ``atext_completion``. ``params`` has every argument, ``None`` for those not given."""
    model = params["model"]
    if not isinstance(model, str):
        raise BadRequestError(f"model: must be a string, not {type(model).__name__}", "", "")
    provider, name = resolve_call(params)
    if "azure_ad_token_provider" in params:
        from .entra import fetch_token

        await fetch_token(params, provider)
    if config.row(provider)["protocol"]:
        return await _as_chat(params, provider, name)
    if params["stream"]:
        return await _stream("completions", params, _Reader)
    port = await enter()
    target, body, info, headers = prepare("completions", params)
    try:
        reply = await _eq_core.request(port, target, body, headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    try:
        response = read(TextCompletionResponse, reply.body)
    except ValueError as error:
        raise to_exception(target.invalid(reply, str(error)), info.model) from None
    response.attach(ReplySource(reply, info))
    return response


async def _stream(
    route: str, params: dict[str, Any], reads: type[_Reader]
) -> AsyncStreamWrapper[TextCompletionResponse]:
    port = await enter()
    target, body, info, headers = prepare(route, params)
    reader = reads(info)
    try:
        opened = await _eq_core.open_stream(port, target, body, reader.decode, reader.fail, "chat", headers)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], info.model) from None
    return AsyncStreamWrapper(opened.take(), info)


class _Reader:
    """Makes chunks of bytes, and exceptions of failures, with the text that had arrived."""

    def __init__(self, info: CallInfo) -> None:
        self._info = info
        self._texts: list[str] = []

    def decode(self, data: bytes) -> TextCompletionResponse:
        try:
            chunk = self.read(data)
        except ValueError as error:
            why = f"The stream holds a chunk that is no chunk: {error}"
            raise self._explained(APIResponseValidationError(why, self._info.provider, self._info.model)) from None
        self._texts += [choice.text or "" for choice in chunk.choices if choice.index == 0]
        return chunk

    def read(self, data: bytes) -> TextCompletionResponse:
        return read(TextCompletionResponse, data)

    def fail(self, payload: dict[str, Any]) -> EQError:
        return self._explained(to_exception(payload, self._info.model))

    def _explained(self, error: EQError) -> EQError:
        error.generated_content = "".join(self._texts)
        return error


class _ChatReader(_Reader):
    """The same of a chat's chunks."""

    def read(self, data: bytes) -> TextCompletionResponse:
        chunk = read_chunk(data)
        choices = [
            {"index": choice.index, "text": choice.delta.content or "", "finish_reason": choice.finish_reason}
            for choice in chunk.choices
        ]
        document = {"id": chunk.id, "object": "text_completion", "created": chunk.created, "model": chunk.model}
        usage = getattr(chunk, "usage", None)
        said = {} if usage is None else {"usage": usage.model_dump()}
        return construct(TextCompletionResponse, {**document, "choices": choices, **said})


async def _as_chat(
    params: dict[str, Any], provider: str, name: str
) -> TextCompletionResponse | AsyncStreamWrapper[TextCompletionResponse]:
    # Looked up late: programs replace it to watch calls.
    import edgequake_async

    arguments = dict(params)
    prompt = arguments.pop("prompt")
    prompts = [prompt] if isinstance(prompt, str) else list(prompt)
    if not prompts or not all(isinstance(each, str) for each in prompts):
        raise UnsupportedParamsError(f"{provider} takes prompts that are texts, not tokens", provider, name)
    refused = [each for each in _NOT_IN_CHATS if arguments.pop(each, None)]
    if refused and not drops(params):
        raise UnsupportedParamsError(
            f"{provider} does not support parameters: {refused}, for model={name}", provider, name
        )
    conversations = [[{"role": "user", "content": each}] for each in prompts]
    if params["stream"]:
        if len(prompts) > 1:
            raise UnsupportedParamsError(f"{provider} streams the answer to one prompt at a time", provider, name)
        return await _stream("chat", {**arguments, "messages": conversations[0]}, _ChatReader)
    answers: list[Any] = [None] * len(prompts)

    async def answer(index: int) -> None:
        answers[index] = await edgequake_async.acompletion(messages=conversations[index], **arguments)

    if len(prompts) == 1:
        await answer(0)
    else:
        await _together([partial(answer, index) for index in range(len(prompts))])
    return _joined(answers)


async def _together(calls: Sequence[Callable[[], Any]]) -> None:
    """Every call; the first that fails is what is raised, and not a group of one."""
    failed: list[EQError] = []

    async with anyio.create_task_group() as group:

        async def one(call: Callable[[], Any]) -> None:
            try:
                await call()
            except EQError as error:
                failed.append(error)
                group.cancel_scope.cancel()

        for call in calls:
            group.start_soon(one, call)
    if failed:
        raise failed[0]


def _joined(answers: list[ModelResponse]) -> TextCompletionResponse:
    choices = [choice for answer in answers for choice in answer.choices]
    counts = {name: sum(getattr(answer.usage, name) or 0 for answer in answers) for name in _COUNTS}
    response = TextCompletionResponse(
        id=answers[0].id,
        created=answers[0].created,
        model=answers[0].model,
        choices=[
            TextChoices(text=choice.message.content or "", index=index, finish_reason=choice.finish_reason)
            for index, choice in enumerate(choices)
        ],
        usage=answers[0].usage if len(answers) == 1 else Usage(**counts),
    )
    response._hidden_params = answers[0]._hidden_params
    return response
