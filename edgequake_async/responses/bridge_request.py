"""A request of the Responses API as a chat completion, for providers that have no such API.

Promises that nothing is left out silently: what a chat cannot say is refused by its place (``tools[0].type
'web_search'``), all of it in one error. ``drop_params`` leaves out only what does not change what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..exceptions import BadRequestError, UnsupportedParamsError
from ..params import drops
from ..terms import CallInfo
from .bridge_input import Refusals, to_messages

__all__ = ["Asked", "flat_format", "to_chat"]

# Arguments that have another name or another form in a chat, or none.
_OWN = frozenset(
    "input include instructions max_output_tokens prompt metadata previous_response_id reasoning store background text "
    "text_format tool_choice tools truncation extra_query conversation max_tool_calls stream_options top_logprobs n "
    "context_management".split()
)
# What asks for more than a chat, and the values that do not.
_WITHOUT: dict[str, tuple[Any, ...]] = {
    "background": (False,),
    "context_management": (),
    "conversation": (),
    "extra_query": (),
    "n": (1,),
    "previous_response_id": (),
    "prompt": (),
}
# The same for what may be left out.
_DROPPABLE: dict[str, tuple[Any, ...]] = {
    "max_tool_calls": (),
    "store": (False,),
    "stream_options": ({"include_obfuscation": False},),
    "truncation": ("disabled",),
}


@dataclass(frozen=True)
class Asked:
    """``chat`` are the arguments of ``acompletion``, ``echo`` the fields that a response repeats of its request."""

    chat: dict[str, Any]
    echo: dict[str, Any]
    info: CallInfo


def to_chat(params: Mapping[str, Any], provider: str, name: str) -> Asked:
    """The chat completion that asks the same.

    Raises:
        BadRequestError: an argument has the wrong type.
        UnsupportedParamsError: a chat cannot say what is asked for; the message lists it.
    """
    model = params["model"]
    refusals = Refusals(model)
    given = {key: value for key, value in params.items() if value is not None}
    chat = {key: value for key, value in given.items() if key not in _OWN}
    for names, refused in ((_WITHOUT, refusals.refused), (_DROPPABLE, refusals.droppable)):
        refused.extend(each for each, harmless in names.items() if each in given and given[each] not in harmless)
    chat["messages"] = to_messages(given.get("instructions"), params["input"], refusals)
    if "max_output_tokens" in given:
        chat["max_tokens"] = given["max_output_tokens"]
    if tools := [_tool(index, tool, refusals) for index, tool in enumerate(given.get("tools") or ())]:
        chat["tools"] = [tool for tool in tools if tool is not None]
    if (choice := given.get("tool_choice")) is not None:
        chat["tool_choice"] = _choice(choice, refusals)
    chat |= _text(given, refusals) | _reasoning(given, refusals) | _logprobs(given, refusals)
    if params.get("stream"):
        # A response's last event says what it cost.
        chat["stream_options"] = {"include_usage": True}
    lacking = refusals.refused if drops(params) else [*refusals.refused, *refusals.droppable]
    if lacking:
        why = f"{provider} is asked by chat completions, which lack: {lacking}"
        raise UnsupportedParamsError(why, provider, name)
    return Asked(chat, _echo(given), CallInfo(provider, name, ""))


def flat_format(response_format: Mapping[str, Any]) -> dict[str, Any]:
    """A chat's ``response_format`` as ``text['format']``."""
    inner = response_format.get("json_schema")
    return {"type": "json_schema", **inner} if isinstance(inner, Mapping) else dict(response_format)


def _tool(index: int, tool: Any, refusals: Refusals) -> Any:
    tool = refusals.mapping(f"tools[{index}]", tool)
    if tool.get("type") != "function":
        refusals.refused.append(f"tools[{index}].type {tool.get('type')!r}")
        return None
    if isinstance(tool.get("function"), Mapping):
        return tool
    return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}


def _choice(choice: Any, refusals: Refusals) -> Any:
    if not isinstance(choice, Mapping) or "function" in choice:
        return choice
    if choice.get("type") != "function":
        refusals.refused.append(f"tool_choice.type {choice.get('type')!r}")
    return {"type": "function", "function": {"name": choice.get("name")}}


def _text(given: Mapping[str, Any], refusals: Refusals) -> dict[str, Any]:
    text = refusals.mapping("text", given.get("text") or {})
    found: dict[str, Any] = {}
    wanted = text.get("format")
    if (cls := given.get("text_format")) is not None:
        if wanted is not None:
            raise BadRequestError("text_format: text['format'] is given too", refusals.model, "")
        found["response_format"] = cls
    elif wanted is not None:
        wanted = refusals.mapping("text['format']", wanted)
        if wanted.get("type") == "json_schema" and "json_schema" not in wanted:
            wanted = {
                "type": "json_schema",
                "json_schema": {key: value for key, value in wanted.items() if key != "type" and value is not None},
            }
        if wanted.get("type") != "text":
            found["response_format"] = wanted
    if text.get("verbosity") is not None:
        found["verbosity"] = text["verbosity"]
    refusals.droppable.extend(f"text.{key}" for key in text.keys() - {"format", "verbosity"})
    return found


def _reasoning(given: Mapping[str, Any], refusals: Refusals) -> dict[str, Any]:
    reasoning = refusals.mapping("reasoning", given.get("reasoning") or {})
    # What a model tells of its thoughts is told always, as a summary.
    for key in ("summary", "generate_summary"):
        if reasoning.get(key) not in (None, "auto"):
            refusals.droppable.append(f"reasoning.{key} {reasoning[key]!r}")
    others = reasoning.keys() - {"effort", "summary", "generate_summary"}
    refusals.droppable.extend(f"reasoning.{key}" for key in others if reasoning[key] is not None)
    return {} if reasoning.get("effort") is None else {"reasoning_effort": reasoning["effort"]}


def _logprobs(given: Mapping[str, Any], refusals: Refusals) -> dict[str, Any]:
    included = given.get("include") or ()
    # Of a model's thoughts, what the next request needs is always there.
    known = {"message.output_text.logprobs", "reasoning.encrypted_content"}
    refusals.droppable.extend(f"include {each!r}" for each in included if each not in known)
    found: dict[str, Any] = {}
    if "message.output_text.logprobs" in included or "top_logprobs" in given:
        found["logprobs"] = True
    if "top_logprobs" in given:
        found["top_logprobs"] = given["top_logprobs"]
    return found


def _echo(given: Mapping[str, Any]) -> dict[str, Any]:
    names = "instructions max_output_tokens reasoning service_tier temperature top_p user".split()
    tools = [dict(tool) if isinstance(tool, Mapping) else tool for tool in given.get("tools") or ()]
    return {
        "background": False,
        "error": None,
        "incomplete_details": None,
        **{name: given.get(name) for name in names},
        "metadata": dict(given.get("metadata") or {}),
        "parallel_tool_calls": given.get("parallel_tool_calls", True),
        "previous_response_id": None,
        "store": False,
        "text": {"format": {"type": "text"}, **(given.get("text") or {})},
        "tool_choice": given.get("tool_choice", "auto"),
        "tools": tools,
        "truncation": "disabled",
    }
