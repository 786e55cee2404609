"""``add_function_to_prompt``: functions told in words to a model that has no tools, instead of being sent as such.

litellm's setting (https://docs.litellm.ai/docs/completion/function_call): the answer is text, which holds the call as
JSON. A model that has tools, or of which nothing is known, is sent them as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from . import config
from .exceptions import BadRequestError
from .model_facts import facts_of
from .model_info import registered
from .structured import instructed

__all__ = ["tell"]

_NAMES = ("tools", "functions", "tool_choice", "function_call", "parallel_tool_calls")


def tell(body: dict[str, Any], provider: str) -> None:
    """Put the functions of a request into its messages, where the setting asks for it and the model has no tools.

    Args:
        body: the request, changed in place.
        provider: its name in the table.

    Raises:
        BadRequestError: a tool is no function.
    """
    if not config.get("add_function_to_prompt") or not (body.get("tools") or body.get("functions")):
        return
    model = body["model"]
    if _has_tools(provider, model):
        return
    given = {name: body.pop(name, None) for name in _NAMES}
    functions = [_function(tool, model) for tool in given["tools"] or ()] + list(given["functions"] or ())
    choice = given["tool_choice"] if given["tool_choice"] is not None else given["function_call"]
    if choice != "none":
        body["messages"] = instructed(body["messages"], _words(functions, choice))


def _has_tools(provider: str, model: str) -> bool:
    said = registered(provider, model).get("supports_function_calling")
    if said is not None:
        return bool(said)
    facts = facts_of(model)
    return not facts.known or "f" in facts.can


def _function(tool: Any, model: str) -> Any:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if function is None:
        raise BadRequestError(f"tools: {tool!r:.80} is no function, and cannot be told in words", model, "")
    return function


def _words(functions: list[Any], choice: Any) -> str:
    told = "\n".join(to_json(function, fallback=dict).decode() for function in functions)
    named = choice.get("function", choice).get("name") if isinstance(choice, Mapping) else None
    must = f" Call {named} now." if named else " Call one of them now." if choice == "required" else ""
    return (
        'To call a function, answer with JSON and nothing else: {"name": its name, "arguments": {its arguments}}. '
        f"Once you have its result, answer in plain text.{must} The functions, as JSON Schema:\n{told}"
    )
