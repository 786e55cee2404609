"""Chat with a model from the terminal: ``python -m edgequake_async [-m MODEL] [PROMPT ...]``.

Tokens are shown as they arrive; a closing line has the usage, the time to the first token and the tokens per second.
Without a model and without a key, the fake provider of ``edgequake_async.testing`` answers, and the program says so.
``run SCRIPT`` runs a program that imports litellm; ``shim-wheel DIRECTORY`` writes a wheel of that name.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import anyio
import anyio.to_thread

from . import __version__, acompletion
from .exceptions import EQError

__all__ = ["main"]

DEFAULT_MODEL = "openai/gpt-4o-mini"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: arguments without the program's name; default ``sys.argv[1:]``.

    Returns:
        The exit status: 0, 1 when the model could not answer, 130 after Ctrl-C.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["run"]:
        from .alias import run

        run(arguments[1:])
        return 0
    if arguments[:1] == ["shim-wheel"]:
        from .shim import build_shim

        print(build_shim(*arguments[1:3] or ["."]))
        return 0
    options = _parser().parse_args(arguments)
    if options.prompt[:1] == ["demo"] and len(options.prompt) == 1:
        from .demo import run_demo

        return run_demo()
    try:
        with ExitStack() as stack:
            where = _choose(options, stack)
            anyio.run(_chat, where, options)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except EQError as error:
        print(f"edgequake_async: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m edgequake_async",
        description="Chat with a model. Without a prompt: a conversation, or the prompt from standard input.",
    )
    parser.add_argument("prompt", nargs="*", help="what to ask; the single word 'demo' shows the library at work")
    parser.add_argument("-m", "--model", help=f"provider/model (default {DEFAULT_MODEL} where OPENAI_API_KEY is set)")
    parser.add_argument("-s", "--system", help="system message")
    parser.add_argument("--api-base", help="base URL, for any OpenAI-compatible server")
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--max-tokens", type=int)
    parser.add_argument("--timeout", type=float, help="seconds for each wait")
    parser.add_argument("--version", action="version", version=f"edgequake_async {__version__}")
    return parser


def _choose(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    """The keyword arguments that say which model answers, and where."""
    if options.model or options.api_base:
        where = {"model": options.model or DEFAULT_MODEL, "api_base": options.api_base}
        return {name: value for name, value in where.items() if value}
    if os.environ.get("OPENAI_API_KEY"):
        return {"model": DEFAULT_MODEL}
    from .testing import FakeProvider

    fake = stack.enter_context(FakeProvider())
    print(
        "No model given and no OPENAI_API_KEY set: the embedded fake provider answers.\n"
        "For a real one: export OPENAI_API_KEY=..., or -m provider/model with that provider's key.",
        file=sys.stderr,
    )
    return {"model": "openai/fake", "api_base": fake.base_url, "api_key": fake.api_key}


async def _chat(where: dict[str, Any], options: argparse.Namespace) -> None:
    messages: list[dict[str, Any]] = []
    if options.system:
        messages.append({"role": "system", "content": options.system})
    sampling = {"temperature": options.temperature, "max_tokens": options.max_tokens, "timeout": options.timeout}
    interactive = not options.prompt and sys.stdin.isatty()
    prompt: str | None
    if interactive:
        print("Ctrl-D ends the conversation.", file=sys.stderr)
        prompt = await _ask()
    else:
        prompt = " ".join(options.prompt) or sys.stdin.read().strip() or "Say hello."
    while prompt:
        messages.append({"role": "user", "content": prompt})
        answer = await _answer(messages, where, sampling)
        messages.append({"role": "assistant", "content": answer})
        prompt = await _ask() if interactive else None


async def _ask() -> str | None:
    try:
        return await anyio.to_thread.run_sync(input, "> ", abandon_on_cancel=True)
    except EOFError:
        return None


async def _answer(messages: list[dict[str, Any]], where: dict[str, Any], sampling: dict[str, Any]) -> str:
    """Show one answer as it arrives, then the closing line."""
    started = time.perf_counter()
    first: float | None = None
    parts: list[str] = []
    usage = None
    stream = await acompletion(
        messages=messages, stream=True, stream_options={"include_usage": True}, **where, **sampling
    )
    async with stream:
        async for chunk in stream:
            text = chunk.choices[0].delta.content or ""
            if text and first is None:
                first = time.perf_counter()
            parts.append(text)
            print(text, end="", flush=True)
            usage = getattr(chunk, "usage", usage)
    ended = time.perf_counter()
    print()
    print(_closing_line(usage, started, first, ended), file=sys.stderr)
    return "".join(parts)


def _closing_line(usage: Any, started: float, first: float | None, ended: float) -> str:
    facts = []
    if usage is not None:
        facts.append(f"{usage.prompt_tokens} prompt + {usage.completion_tokens} completion tokens")
    if first is not None:
        facts.append(f"first token after {first - started:.3f} s")
        if usage is not None and ended > first:
            facts.append(f"{usage.completion_tokens / (ended - first):.1f} tokens/s")
    facts.append(f"{ended - started:.3f} s in all")
    return f"[{', '.join(facts)}]"
