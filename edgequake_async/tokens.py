"""How many tokens a text, a chat or tools are: OpenAI's vocabularies, which come with the package.

Promises: nothing is downloaded; a vocabulary is built when it is first asked for (230 ms, once per process); texts of
more than 50 KiB are counted while other Python threads run, and ``atoken_counter`` counts away from the event loop.

Models of OpenAI's since GPT-4o are counted in ``o200k_base``, all others in ``cl100k_base``: exact for OpenAI's older
ones, for those of other providers an estimate (litellm's too).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import _eq_core, chat_tokens
from ._error_mapping import to_exception
from .exceptions import BadRequestError
from .loops import enter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = [
    "Encoding",
    "atoken_counter",
    "create_pretrained_tokenizer",
    "create_tokenizer",
    "decode",
    "encode",
    "encoding",
    "token_counter",
]

_Text = TypeVar("_Text", str, list[str])
_Result = TypeVar("_Result")

# https://github.com/openai/tiktoken/blob/main/tiktoken/model.py
_O200K = re.compile(r"(ft:)?((chat)?gpt-4o|gpt-(4\.[1-9]|[5-9]|oss|audio|realtime|chat)|o[1-9](-|$)|codex)")


class Encoding:
    """A vocabulary, in the shape of tiktoken's class.

    Attributes:
        name: ``cl100k_base`` or ``o200k_base``.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(
        self, text: str, *, allowed_special: Collection[str] = (), disallowed_special: Collection[str] = ()
    ) -> list[int]:
        """The tokens of a text. Special tokens (``<|endoftext|>``) are ordinary text.

        Raises:
            ValueError: special tokens are to be allowed or looked for, which is not done.
        """
        if allowed_special or disallowed_special:
            raise ValueError("special tokens are ordinary text here; leave allowed_special and disallowed_special out")
        return _guarded(_eq_core.encode_tokens, self.name, text)

    def encode_ordinary(self, text: str) -> list[int]:
        """The tokens of a text."""
        return self.encode(text)

    def encode_batch(self, text: Iterable[str]) -> list[list[int]]:
        """The tokens of each text."""
        return [self.encode(each) for each in text]

    def decode_bytes(self, tokens: Sequence[int]) -> bytes:
        """The bytes of tokens.

        Raises:
            KeyError: the vocabulary does not have one of them.
        """
        try:
            return _eq_core.decode_tokens(self.name, list(tokens))
        except OverflowError:
            raise KeyError(f"{self.name} has no tokens below 0 or above 2**32") from None

    def decode(self, tokens: Sequence[int], errors: str = "replace") -> str:
        """The text of tokens; ``errors`` as for ``bytes.decode``, for tokens that are no whole characters.

        Raises:
            KeyError: the vocabulary does not have one of them.
        """
        return self.decode_bytes(tokens).decode(errors=errors)

    def __repr__(self) -> str:
        return f"<Encoding {self.name!r}>"


_CL100K = Encoding("cl100k_base")
_NEWER = Encoding("o200k_base")

# litellm's default vocabulary.
encoding = _CL100K


def encoding_for(model: str) -> Encoding:
    """The vocabulary in which a model's tokens are counted."""
    return _NEWER if _O200K.match(model.lower().rpartition("/")[2]) else _CL100K


def token_counter(
    model: str = "",
    custom_tokenizer: dict[str, Any] | None = None,
    text: str | list[str] | None = None,
    messages: list[Any] | None = None,
    count_response_tokens: bool | None = False,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    use_default_image_token_count: bool | None = False,
    default_token_count: int | None = None,
) -> int:
    """How many tokens a text, or a chat with its tools, is.

    Args:
        model: a model string; says which vocabulary.
        custom_tokenizer: what ``create_pretrained_tokenizer`` or ``create_tokenizer`` gave, used instead.
        text: a text, or texts that are counted as one.
        messages: the messages of a request. Pictures count by OpenAI's rule, which needs to see them only where their
            ``detail`` is ``high``.
        count_response_tokens: leave out the 3 tokens that begin the answer to ``messages``.
        tools, tool_choice: as in the request.
        use_default_image_token_count: count a picture as 250 tokens, without looking at it.
        default_token_count: the count of a part of a message that cannot be counted.

    Raises:
        ValueError: neither text nor messages are given, or tools with a text; a part cannot be counted.
    """
    texts, tokens = _texts(locals())
    tokenizer = _tokenizer(model, custom_tokenizer)
    if isinstance(tokenizer, Encoding):
        return tokens + _guarded(_eq_core.count_tokens, tokenizer.name, texts)
    return tokens + sum(len(_ids(tokenizer.encode(each))) for each in texts)


async def atoken_counter(
    model: str = "",
    custom_tokenizer: dict[str, Any] | None = None,
    text: str | list[str] | None = None,
    messages: list[Any] | None = None,
    count_response_tokens: bool | None = False,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    use_default_image_token_count: bool | None = False,
    default_token_count: int | None = None,
) -> int:
    """``token_counter`` that counts away from the event loop; not in litellm. A ``custom_tokenizer`` counts on it.

    Raises:
        ValueError: as there.
    """
    texts, tokens = _texts(locals())
    tokenizer = _tokenizer(model, custom_tokenizer)
    if not isinstance(tokenizer, Encoding):
        return tokens + sum(len(_ids(tokenizer.encode(each))) for each in texts)
    port = await enter()
    try:
        return tokens + await _eq_core.count_tokens_async(port, tokenizer.name, [_clean(each) for each in texts])
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], model) from None


def _texts(given: dict[str, Any]) -> chat_tokens.Counted:
    text, messages, tools, choice = (given[name] for name in ("text", "messages", "tools", "tool_choice"))
    if text is not None:
        if tools or choice:
            raise ValueError("tools and tool_choice are counted with messages, not with a text")
        return chat_tokens.Counted(["".join(text) if isinstance(text, list) else str(text)], 0)
    if messages is None:
        raise ValueError("token_counter: text or messages must be given")
    default_image = bool(given["use_default_image_token_count"])
    chat = chat_tokens.of_messages(
        messages, not given["count_response_tokens"], default_image, given["default_token_count"]
    )
    after_system = any(isinstance(each, dict) and each.get("role") == "system" for each in messages)
    said = chat_tokens.of_tools(tools, choice, after_system)
    return chat_tokens.Counted(chat.texts + said.texts, chat.tokens + said.tokens)


def encode(model: str = "", text: str = "", custom_tokenizer: dict[str, Any] | None = None) -> list[int]:
    """The tokens of a text.

    Args:
        model: a model string; says which vocabulary.
        text: the text. Special tokens are ordinary text.
        custom_tokenizer: what ``create_pretrained_tokenizer`` or ``create_tokenizer`` gave, used instead.
    """
    return _ids(_tokenizer(model, custom_tokenizer).encode(text))


def decode(
    model: str = "",
    tokens: Sequence[int] = (),
    custom_tokenizer: dict[str, Any] | None = None,
    skip_special_tokens: bool = True,
) -> str:
    """The text of tokens.

    Args:
        model: a model string; says which vocabulary.
        tokens: the tokens. Those that are no whole characters become U+FFFD.
        custom_tokenizer: what ``create_pretrained_tokenizer`` or ``create_tokenizer`` gave, used instead.
        skip_special_tokens: whether a custom tokenizer leaves them out.

    Raises:
        KeyError: the vocabulary does not have one of the tokens.
    """
    tokenizer = _tokenizer(model, custom_tokenizer)
    if isinstance(tokenizer, Encoding):
        return tokenizer.decode(tokens)
    try:
        return str(tokenizer.decode(tokens, skip_special_tokens=skip_special_tokens))
    except TypeError:
        return str(tokenizer.decode(tokens))


def create_tokenizer(json: str) -> dict[str, Any]:
    """A tokenizer for ``custom_tokenizer``, from the text of a ``tokenizer.json``. Needs the package ``tokenizers``.

    Raises:
        BadRequestError: that package is not installed, or the text is no tokenizer.
    """
    return _custom(lambda tokenizers: tokenizers.Tokenizer.from_str(json))


def create_pretrained_tokenizer(
    identifier: str, revision: str = "main", auth_token: str | None = None
) -> dict[str, Any]:
    """A tokenizer for ``custom_tokenizer`` that is on this machine. Needs the package ``tokenizers``.

    Args:
        identifier: a ``tokenizer.json``, a folder that has one, or the name of a Hugging Face repository that was
            downloaded before (``hf download``). Nothing is downloaded.
        revision: of the repository.
        auth_token: has no effect, for nothing is downloaded.

    Raises:
        BadRequestError: that package is not installed, or there is no such tokenizer.
    """
    return _custom(lambda tokenizers: tokenizers.Tokenizer.from_file(_tokenizer_file(identifier, revision)))


def _custom(make: Any) -> dict[str, Any]:
    try:
        import tokenizers
    except ImportError:
        raise BadRequestError("custom tokenizers need the package 'tokenizers': pip install tokenizers") from None
    try:
        return {"type": "huggingface_tokenizer", "tokenizer": make(tokenizers)}
    except BadRequestError:
        raise
    except Exception as error:  # That package raises bare ones.
        raise BadRequestError(f"tokenizer: {error}") from error


def _tokenizer_file(identifier: str, revision: str) -> str:
    path = Path(identifier)
    for candidate in (path, path / "tokenizer.json"):
        if candidate.is_file():
            return str(candidate)
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        found: Any = None
    else:
        found = try_to_load_from_cache(identifier, "tokenizer.json", revision=revision)
    if not isinstance(found, str):
        raise BadRequestError(f"no tokenizer {identifier!r} is on this machine; try: hf download {identifier}")
    return found


def _tokenizer(model: str, custom: dict[str, Any] | None) -> Any:
    return custom["tokenizer"] if custom else encoding_for(model)


def _ids(tokens: Any) -> list[int]:
    return list(getattr(tokens, "ids", tokens))


def _clean(text: str) -> str:
    """The text with lone surrogates, which no token stands for, as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _guarded(function: Callable[[str, _Text], _Result], name: str, text: _Text) -> _Result:
    try:
        return function(name, text)
    except UnicodeEncodeError:
        cleaned: Any = _clean(text) if isinstance(text, str) else [_clean(each) for each in text]
        return function(name, cleaned)
    except _eq_core.EngineError as error:
        raise to_exception(error.args[0], "") from None
