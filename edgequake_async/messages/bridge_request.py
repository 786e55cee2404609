"""A request of Anthropic's Messages API as a chat completion, for providers that have no such API.

Promises that nothing is left out silently: what a chat cannot say is refused by its place (``tools[0].type
'web_search_20250305'``), all of it in one error. ``drop_params`` leaves out only what does not change what is asked.
``cache_control`` is a hint: it reaches the providers that know it and is no reason to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import config
from ..exceptions import UnsupportedParamsError
from ..params import drops
from ..responses.bridge_input import Refusals
from ..terms import CallInfo
from .bridge_blocks import to_messages

__all__ = ["Asked", "to_chat"]

Json = dict[str, Any]

# Arguments that have another name or another form in a chat, or none.
_OWN = frozenset(
    "messages system metadata stop_sequences thinking tool_choice tools container mcp_servers context_management "
    "output_config output_format service_tier inference_geo speed client".split()
)
# What asks for more than a chat, and what may be left out.
_WITHOUT = ("client", "container", "context_management", "mcp_servers")
_DROPPABLE = ("inference_geo", "speed")
# Protocols that take `thinking` in Anthropic's words; others have an effort.
_THINK = frozenset({"bedrock", "gemini", "vertex"})
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}
# What of a tool is said in a chat, or is a hint.
_TOOL = frozenset({"type", "name", "description", "input_schema", "strict", "cache_control"})
# The least budget of each effort: litellm's.
_EFFORTS = ((4096, "high"), (2048, "medium"), (0, "low"))


@dataclass(frozen=True)
class Asked:
    """``chat`` are the arguments of ``acompletion``."""

    chat: Json
    info: CallInfo


def to_chat(params: Mapping[str, Any], provider: str, name: str) -> Asked:
    """The chat completion that asks the same.

    Raises:
        BadRequestError: an argument has the wrong type.
        UnsupportedParamsError: a chat cannot say what is asked for; the message lists it.
    """
    refusals = Refusals(params["model"])
    given = {key: value for key, value in params.items() if value is not None}
    chat = {key: value for key, value in given.items() if key not in _OWN}
    for names, refused in ((_WITHOUT, refusals.refused), (_DROPPABLE, refusals.droppable)):
        refused.extend(each for each in names if each in given)
    chat["messages"] = to_messages(given.get("system"), params["messages"], provider, refusals)
    if given.get("stop_sequences"):
        chat["stop"] = list(given["stop_sequences"])
    if given.get("tools"):
        chat["tools"] = [_tool(f"tools[{index}]", tool, refusals) for index, tool in enumerate(given["tools"])]
    chat |= _choice(given, refusals) | _format(given, refusals) | _thinking(given, provider, refusals)
    chat |= _metadata(given, refusals) | _tier(given)
    if params.get("stream"):
        # A message's last event but one says what it cost.
        chat["stream_options"] = {"include_usage": True}
    lacking = refusals.refused if drops(params) else [*refusals.refused, *refusals.droppable]
    if lacking:
        why = f"{provider} is asked by chat completions, which lack: {lacking}"
        raise UnsupportedParamsError(why, provider, name)
    return Asked(chat, CallInfo(provider, name, ""))


def _tool(where: str, given: Any, refusals: Refusals) -> Json:
    tool = refusals.mapping(where, given)
    if tool.get("type") not in (None, "custom"):
        refusals.refused.append(f"{where}.type {tool['type']!r}")
    refusals.droppable.extend(f"{where}.{key}" for key in tool if key not in _TOOL and tool[key] is not None)
    function = {"name": tool.get("name"), "description": tool.get("description"), "strict": tool.get("strict")}
    function = {key: value for key, value in function.items() if value is not None}
    return {"type": "function", "function": {**function, "parameters": tool.get("input_schema") or {"type": "object"}}}


def _choice(given: Mapping[str, Any], refusals: Refusals) -> Json:
    if "tool_choice" not in given:
        return {}
    choice = refusals.mapping("tool_choice", given["tool_choice"])
    kind = choice.get("type")
    found: Json = {}
    if kind == "tool":
        found["tool_choice"] = {"type": "function", "function": {"name": choice.get("name")}}
    elif kind in _CHOICES:
        found["tool_choice"] = _CHOICES[kind]
    else:
        refusals.refused.append(f"tool_choice.type {kind!r}")
    if choice.get("disable_parallel_tool_use"):
        found["parallel_tool_calls"] = False
    return found


def _format(given: Mapping[str, Any], refusals: Refusals) -> Json:
    """``output_config``, and what it was called before it was one."""
    output = dict(refusals.mapping("output_config", given.get("output_config") or {}))
    wanted = output.pop("format", None) or given.get("output_format")
    effort = output.pop("effort", None)
    refusals.droppable.extend(f"output_config.{key}" for key in output if output[key] is not None)
    # More than the most is the most.
    found: Json = {} if effort is None else {"reasoning_effort": "high" if effort == "max" else effort}
    if wanted is not None:
        wanted = refusals.mapping("output_config['format']", wanted)
        if wanted.get("type") == "json_schema":
            schema = {"name": "answer", "schema": wanted.get("schema"), "strict": True}
            found["response_format"] = {"type": "json_schema", "json_schema": schema}
        else:
            refusals.refused.append(f"output_config.format.type {wanted.get('type')!r}")
    return found


def _thinking(given: Mapping[str, Any], provider: str, refusals: Refusals) -> Json:
    if "thinking" not in given:
        return {}
    thinking = refusals.mapping("thinking", given["thinking"])
    if config.row(provider)["protocol"] in _THINK:
        return {"thinking": dict(thinking)}
    # Adaptive and disabled are what a model does that nobody tells how much to think.
    if thinking.get("type") != "enabled":
        return {}
    budget = thinking.get("budget_tokens") or 0
    return {"reasoning_effort": next(effort for least, effort in _EFFORTS if budget >= least)}


def _metadata(given: Mapping[str, Any], refusals: Refusals) -> Json:
    metadata = dict(refusals.mapping("metadata", given.get("metadata") or {}))
    user = metadata.pop("user_id", None)
    refusals.droppable.extend(f"metadata.{key}" for key in metadata)
    return {} if user is None else {"user": user}


def _tier(given: Mapping[str, Any]) -> Json:
    tier = given.get("service_tier")
    return {} if tier in (None, "auto") else {"service_tier": "default" if tier == "standard_only" else tier}
