"""Token counts: the vocabularies are OpenAI's to the byte, tiktoken itself agrees, and nothing is downloaded."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
import tiktoken
from PIL import Image

import edgequake_async as eq
from edgequake_async.tokens import Encoding

HELLO = [{"role": "user", "content": "hello world"}]
# name: tokens without the special ones, and the SHA-256 of OpenAI's file of them, as tiktoken publishes it
# (https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py).
VOCABULARIES = {
    "cl100k_base": (100_256, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    "o200k_base": (199_998, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
}
# The rules by which they cut a text, from the same place.
CUTS = {
    "cl100k_base": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"
    r"|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k_base": "|".join(
        [
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ]
    ),
}
TEXTS = [
    "",
    "hello world",
    "  leading, trailing  \n\n\t tabs\r\n\r\n  ",
    "I'll say it's THEY'RE we've I'D o'clock don'T",
    "def f(x):\n    return x**2  # comment\n\n\nclass A:\n\tpass\n",
    "1234567890 12 3.14159e-10 0xFFFF",
    "Größe, naïve café, ÅNGSTRÖM, ﬁne, e\u0301, İstanbul ſ",
    "日本語のテキスト、中文文本，한국어 텍스트。",
    "Привет, мир! مرحبا بالعالم שלום עולם हिन्दी ไทย",
    "👩‍👩‍👧‍👦🏳️‍🌈 emoji 🎉🎉",
    "<|endoftext|> is text <|fim_prefix|>",
    "\u00a0\u2003\u3000 odd\u200bspaces \x00\x1f\x7f",
    "a" * 3000,
    " " * 999 + "x",
    json.dumps({"k": [1, 2, {"n": None}], "s": "\u2028"}, indent=2),
]


@pytest.fixture(scope="module", params=sorted(VOCABULARIES))
def pair(request: pytest.FixtureRequest) -> tuple[Encoding, tiktoken.Encoding]:
    """Our encoding, and tiktoken's made of our tokens, which are checked to be OpenAI's."""
    ours, (size, digest) = Encoding(request.param), VOCABULARIES[request.param]
    ranks = {ours.decode_bytes([token]): token for token in range(size)}
    file = b"".join(base64.b64encode(piece) + b" %d\n" % token for piece, token in ranks.items())
    assert hashlib.sha256(file).hexdigest() == digest
    return ours, tiktoken.Encoding(ours.name, pat_str=CUTS[ours.name], mergeable_ranks=ranks, special_tokens={})


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_tiktoken_agrees(pair: tuple[Encoding, tiktoken.Encoding], text: str) -> None:
    ours, theirs = pair
    tokens = ours.encode(text)
    assert tokens == theirs.encode_ordinary(text)
    assert ours.decode(tokens) == text
    assert eq.token_counter({"cl100k_base": "gpt-4", "o200k_base": "gpt-4o"}[ours.name], text=text) == len(tokens)


def test_tiktoken_agrees_on_this_repository(pair: tuple[Encoding, tiktoken.Encoding]) -> None:
    ours, theirs = pair
    for page in sorted((Path(__file__).parents[2] / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert ours.encode(text) == theirs.encode_ordinary(text), page


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("", [15339, 1917]),
        ("gpt-4", [15339, 1917]),
        ("azure/gpt-3.5-turbo", [15339, 1917]),
        ("claude-sonnet-4-5", [15339, 1917]),
        ("gpt-4o", [24912, 2375]),
        ("openrouter/openai/gpt-4.1-mini", [24912, 2375]),
        ("ft:gpt-4o-mini-2024-07-18:me::x", [24912, 2375]),
        ("openai/o3", [24912, 2375]),
        ("gpt-5", [24912, 2375]),
        ("gpt-oss-120b", [24912, 2375]),
    ],
)
def test_which_vocabulary(model: str, tokens: list[int]) -> None:
    assert eq.encode(model=model, text="hello world") == tokens
    assert eq.decode(model=model, tokens=tokens) == "hello world"


FLAT = {"type": "object", "properties": {"city": {"type": "string", "description": "The city"}}, "required": ["city"]}


def tool(**function: Any) -> list[Any]:
    return [{"type": "function", "function": function}]


# Measured with litellm (cl100k_base).
@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ({"messages": HELLO}, 9),
        ({"messages": [{**HELLO[0], "name": "bob"}]}, 11),
        ({"messages": [eq.Message(content="hello world")]}, 9),
        ({"messages": HELLO, "count_response_tokens": True}, 6),
        ({"messages": []}, 3),
        ({"text": ["hello", " world"]}, 2),
        ({"messages": [{"role": "system", "content": "x"}, *HELLO]}, 14),
        ({"messages": HELLO, "tools": tool(name="foo")}, 32),
        ({"messages": HELLO, "tools": tool(name="foo", description="Do a foo")}, 37),
        ({"messages": HELLO, "tools": tool(name="f"), "tool_choice": "none"}, 33),
        ({"messages": HELLO, "tools": tool(name="f"), "tool_choice": "auto"}, 32),
        (
            {
                "messages": HELLO,
                "tools": tool(name="f"),
                "tool_choice": {"type": "function", "function": {"name": "f"}},
            },
            40,
        ),
        ({"messages": [{"role": "system", "content": "x"}, *HELLO], "tools": tool(name="f")}, 33),
        ({"messages": [{"role": "tool", "tool_call_id": "call_1", "content": "sunny"}]}, 12),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [
                            {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"city": "Paris"}'}}
                        ],
                    }
                ]
            },
            13,
        ),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "sunny"}]}
                ]
            },
            9,
        ),
        ({"messages": [{"role": "user", "content": [{"type": "thinking", "thinking": "hello world"}]}]}, 9),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "tool_use", "name": "get_weather", "input": {"city": "Paris"}}],
                    }
                ]
            },
            15,
        ),
    ],
)
def test_chats(arguments: dict[str, Any], count: int) -> None:
    assert eq.token_counter("gpt-4", **arguments) == count


def test_the_parameters_of_tools_count() -> None:
    bare = eq.token_counter("gpt-4", messages=HELLO, tools=tool(name="f"))
    flat = eq.token_counter("gpt-4", messages=HELLO, tools=tool(name="f", parameters=FLAT))
    deep = eq.token_counter(
        "gpt-4",
        messages=HELLO,
        tools=tool(name="f", parameters={"type": "object", "properties": {"where": FLAT, "all": {"type": "array"}}}),
    )
    assert bare < flat < deep


def picture(width: int, height: int, form: str = "PNG", **how: Any) -> list[Any]:
    held = io.BytesIO()
    Image.new("RGB", (width, height)).save(held, form, **how)
    url = f"data:image/{form.lower()};base64,{base64.b64encode(held.getvalue()).decode()}"
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url, "detail": "high"}}]}]


@pytest.mark.parametrize("form", ["PNG", "GIF", "JPEG", "WEBP"])
def test_pictures_cost_what_openai_says(form: str) -> None:
    """The examples of https://platform.openai.com/docs/guides/images-vision#calculating-costs."""
    around = eq.token_counter(messages=[{"role": "user", "content": []}])
    assert eq.token_counter(messages=picture(1024, 1024, form)) == around + 765
    assert eq.token_counter(messages=picture(2048, 4096, form)) == around + 1105
    assert eq.token_counter(messages=picture(1, 1, form)) == around + 255


def test_webp_without_loss_has_its_size_elsewhere() -> None:
    assert eq.token_counter(messages=picture(1024, 1024, "WEBP", lossless=True)) == 7 + 765


def test_pictures_that_are_not_looked_at() -> None:
    low = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "x"}, {"type": "image_url", "image_url": "http://127.0.0.1:9/x"}],
        }
    ]
    assert eq.token_counter("gpt-4o", messages=low) == 93
    assert eq.token_counter("gpt-4o", messages=low, use_default_image_token_count=True) == 258
    far = [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://a.example/x", "detail": "high"}}],
        }
    ]
    with pytest.raises(ValueError, match="size of a picture"):
        eq.token_counter("gpt-4o", messages=far)
    assert eq.token_counter("gpt-4o", messages=far, default_token_count=11) == 7 + 11


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"text": "x", "tools": tool(name="f")},
        {"messages": ["x"]},
        {"messages": [{"role": "user", "content": [{"type": "hologram"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
    ],
)
def test_what_cannot_be_counted_is_an_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        eq.token_counter("gpt-4o", **arguments)


def test_tokens_that_are_none() -> None:
    for token in (100_256, 2**40, -1):
        with pytest.raises(KeyError):
            eq.decode(tokens=[15339, token])
    assert eq.decode(tokens=[220, 126]) == " \ufffd"
    with pytest.raises(ValueError, match="special"):
        eq.encoding.encode("<|endoftext|>", allowed_special={"<|endoftext|>"})


def test_a_lone_surrogate_counts_as_the_replacement_character() -> None:
    assert eq.encode(text="a\ud800b") == eq.encode(text="a\ufffdb")
    assert eq.token_counter(text="a\ud800b") == eq.token_counter(text="a\ufffdb")


@pytest.mark.anyio
async def test_counting_away_from_the_loop() -> None:
    text = "The quick brown fox. " * 5000
    odd: Any = {"messages": [{"role": "user", "content": "a\ud800"}], "tools": tool(name="f")}
    assert await eq.atoken_counter("gpt-4o", text=text) == eq.token_counter("gpt-4o", text=text)
    assert await eq.atoken_counter("gpt-4o", **odd) == eq.token_counter("gpt-4o", **odd)
    with pytest.raises(ValueError, match="text or messages"):
        await eq.atoken_counter("gpt-4o")


def test_other_threads_run_while_a_long_text_is_counted() -> None:
    text = "abcdefgh" * 500_000
    eq.encode("gpt-4o", "build it now")
    counting, done = threading.Event(), threading.Event()

    def count() -> None:
        counting.set()
        eq.token_counter("gpt-4o", text=text)
        done.set()

    # The interpreter is not taken from a thread that holds it, so this one goes on only when the other lets go of it.
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        thread = threading.Thread(target=count)
        thread.start()
        counting.wait()
        went_on_before_the_end = not done.is_set()
        thread.join()
    finally:
        sys.setswitchinterval(before)
    assert went_on_before_the_end


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_counts_after_a_fork() -> None:
    """Forked while the parent builds a vocabulary in another thread, before it has one, and after."""
    program = """
import os, threading
import edgequake_async as eq
thread = threading.Thread(target=eq.encode, args=("gpt-4o", "hello world"))
thread.start()
for wait in (False, True):
    if wait:
        thread.join()
    child = os.fork()
    if child == 0:
        os._exit(0 if eq.encode("gpt-4o", "hello world") == [24912, 2375] else 1)
    assert os.waitpid(child, 0)[1] == 0
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_custom_tokenizer(tmp_path: Path) -> None:
    import tokenizers

    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"hello": 0, "world": 1, "?": 2}, unk_token="?"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    made = [
        eq.create_tokenizer((tmp_path / "tokenizer.json").read_text()),
        eq.create_pretrained_tokenizer(str(tmp_path)),
        eq.create_pretrained_tokenizer(str(tmp_path / "tokenizer.json")),
    ]
    for custom in made:
        assert eq.token_counter("any", custom_tokenizer=custom, text="hello big world") == 3
        assert eq.encode("any", "world hello", custom_tokenizer=custom) == [1, 0]
        assert eq.decode("any", [1, 0], custom_tokenizer=custom) == "world hello"
        assert anyio.run(lambda custom=custom: eq.atoken_counter(custom_tokenizer=custom, text="hello")) == 1
    with pytest.raises(eq.BadRequestError, match=r"hf download nobody/nothing"):
        eq.create_pretrained_tokenizer("nobody/nothing")
    with pytest.raises(eq.BadRequestError):
        eq.create_tokenizer("{}")


def test_without_the_package_a_custom_tokenizer_is_refused() -> None:
    program = """
import sys
sys.modules["tokenizers"] = None
import edgequake_async as eq
try:
    eq.create_tokenizer("{}")
except eq.BadRequestError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)
    assert "pip install tokenizers" in done.stdout, done.stderr


def test_the_shape_of_tiktokens_class() -> None:
    assert re.fullmatch("<Encoding 'cl100k_base'>", repr(eq.encoding))
    assert eq.encoding.encode_batch(["hello", " world"]) == [[15339], [1917]]
    assert eq.encoding.encode("hello", disallowed_special=()) == eq.encoding.encode_ordinary("hello")
