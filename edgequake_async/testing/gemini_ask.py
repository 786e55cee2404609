"""Requests of Google's generateContent read into an ``Ask``, and what the API refuses.

Fields are taken in camelCase and in snake_case, as protocol buffers take them. Checks what a client library can get
wrong: missing or misshapen fields, values out of range, functions that are not declared. Unknown fields are ignored.
https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .brain import Ask, Said, Tool
from .fields import given, listed, needed
from .openai_ask import Refusal
from .records import Received

Json = dict[str, Any]

_RANGES = {"temperature": 2, "topP": 1}
_TURNS_LIMIT = 8
_COUNTS = {"maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"}
_ANSWERED = ("result", "output", "content")


def document(record: Received) -> Json:
    """The request's JSON object. Raises Refusal (400)."""
    try:
        body = record.json
    except ValueError as exc:
        raise Refusal(400, f"Invalid JSON payload received. {exc}") from exc
    if not isinstance(body, Mapping):
        raise Refusal(400, "Invalid JSON payload received. Expected an object.")
    return camel(body)


def camel(fields: Mapping[str, Any]) -> Json:
    """The fields of one object, named in camelCase; what is in them stays as it is."""
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): value for name, value in fields.items()}


def read(body: Mapping[str, Any]) -> Ask:
    """The request as an Ask. Raises Refusal (400)."""
    check_contents(body)
    config = _object(body, "generationConfig")
    for name, high in _RANGES.items():
        value = given(config, name, float)
        if value is not None and not 0 <= value <= high:
            raise Refusal(400, f"{name}: expected a value from 0 to {high}", param=f"generationConfig.{name}")
    limit = given(config, "maxOutputTokens", int)
    if limit is not None and limit < 1:
        raise Refusal(400, "max_output_tokens must be positive", param="generationConfig.maxOutputTokens")
    turns = given(config, "candidateCount", int, default=1)
    if not 1 <= turns <= _TURNS_LIMIT:
        expected = f"expected from 1 to {_TURNS_LIMIT} candidates"
        raise Refusal(400, f"candidateCount: {expected}", param="generationConfig.candidateCount")
    tools, choice = _tools(body)
    return Ask(
        said=said(body),
        tools=tools,
        choice=choice,
        document=_schema(config),
        stop=tuple(listed(config, "stopSequences", str)),
        limit=limit,
        turns=turns,
        reasons=_object(config, "thinkingConfig").get("includeThoughts") is True,
    )


def check_contents(body: Mapping[str, Any]) -> None:
    """Raises Refusal (400) unless the contents have roles and parts."""
    if not body.get("contents"):
        raise Refusal(400, "* GenerateContentRequest.contents: contents is not specified\n", param="contents")
    for index, item in enumerate(needed(body, "contents", list)):
        if not isinstance(item, Mapping) or item.get("role", "user") not in ("user", "model", "function"):
            raise Refusal(400, "Please use a valid role: user, model.", param=f"contents[{index}].role")
        if not _parts(item):
            raise Refusal(400, f"contents[{index}].parts: not specified", param=f"contents[{index}].parts")


def said(body: Mapping[str, Any]) -> list[Said]:
    """The conversation; every response of a function becomes a message of its own."""
    told = body.get("systemInstruction")
    heard = [Said("system", text(told))] if isinstance(told, Mapping) else []
    contents = body.get("contents")
    for item in contents if isinstance(contents, list) else ():
        if not isinstance(item, Mapping):
            continue
        parts = _parts(item)
        results = [part["functionResponse"] for part in parts if isinstance(part.get("functionResponse"), Mapping)]
        media = tuple(kind for kind in map(_media, parts) if kind)
        if len(results) < len(parts):
            role = {"model": "assistant"}.get(str(item.get("role")), "user")
            heard.append(Said(role, text(item), media))
        heard += [Said("tool", _result(each.get("response"))) for each in results]
    return heard


def text(content: Mapping[str, Any]) -> str:
    """The text of a content, without thoughts."""
    spoken = [part for part in _parts(content) if not part.get("thought")]
    return "\n".join(part["text"] for part in spoken if isinstance(part.get("text"), str))


def plain(schema: Any) -> Any:
    """Google's schema, an OpenAPI dialect with types in capitals and counts as strings, as a JSON Schema."""
    if not isinstance(schema, Mapping):
        return schema
    told = camel(schema)
    whole: Json = {}
    for name, value in told.items():
        if name == "type" and isinstance(value, str):
            kind = value.lower()
            whole[name] = [kind, "null"] if told.get("nullable") is True else kind
        elif name == "properties" and isinstance(value, Mapping):
            whole[name] = {key: plain(each) for key, each in value.items()}
        elif name in ("anyOf", "prefixItems") and isinstance(value, list):
            whole[name] = [plain(each) for each in value]
        elif name in _COUNTS and isinstance(value, str) and value.isdigit():
            whole[name] = int(value)
        else:
            whole[name] = plain(value) if name == "items" else value
    return whole


def _tools(body: Mapping[str, Any]) -> tuple[Sequence[Tool], str]:
    """The functions that may be called, and the choice among them."""
    declared = [
        camel(each)
        for tool in listed(body, "tools", dict)
        for each in listed(camel(tool), "functionDeclarations", dict)
    ]
    tools = [Tool(needed(each, "name", str), _parameters(each)) for each in declared]
    calling = _object(_object(body, "toolConfig"), "functionCallingConfig")
    mode = given(calling, "mode", str, default="AUTO")
    allowed = listed(calling, "allowedFunctionNames", str)
    if mode not in ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"):
        raise Refusal(400, f"Invalid value {mode!r}", param="toolConfig.functionCallingConfig.mode")
    if mode != "ANY":
        return tools, "none" if mode == "NONE" else "auto"
    if not tools:
        raise Refusal(400, "Function calling mode ANY needs function declarations", param="tools")
    unknown = set(allowed) - {tool.name for tool in tools}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Refusal(400, f"allowed_function_names: not declared: {names}", param="toolConfig.functionCallingConfig")
    if len(allowed) == 1:
        return tools, f"={allowed[0]}"
    return [tool for tool in tools if not allowed or tool.name in allowed], "required"


def _parameters(declared: Mapping[str, Any]) -> Any:
    plainly = given(declared, "parametersJsonSchema", dict)
    return plain(given(declared, "parameters", dict, default={})) if plainly is None else plainly


def _schema(config: Mapping[str, Any]) -> Any:
    kind = given(config, "responseMimeType", str, default="text/plain")
    plainly = given(config, "responseJsonSchema", dict)
    wanted = plain(given(config, "responseSchema", dict)) if plainly is None else plainly
    if wanted is not None and kind not in ("application/json", "text/x.enum"):
        needs = "response_mime_type must be 'application/json' where a schema is given"
        raise Refusal(400, needs, param="generationConfig.responseMimeType")
    if wanted is None and kind == "application/json":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    return wanted


def _object(body: Mapping[str, Any], name: str) -> Json:
    return camel(given(body, name, dict, default={}))


def _parts(content: Mapping[str, Any]) -> list[Json]:
    parts = content.get("parts")
    many = [parts] if isinstance(parts, Mapping) else parts
    return [camel(part) for part in many if isinstance(part, Mapping)] if isinstance(many, list) else []


def _media(part: Mapping[str, Any]) -> str:
    for name in ("inlineData", "fileData"):
        if isinstance(part.get(name), Mapping):
            kind = str(camel(part[name]).get("mimeType", "")).partition("/")[0]
            return kind if kind in ("audio", "image", "video") else "document"
    return ""


def _result(response: Any) -> str:
    """What a function answered: the object's only field where it has a usual name, else the object."""
    if isinstance(response, Mapping) and len(response) == 1:
        ((name, value),) = response.items()
        response = value if name in _ANSWERED else response
    return response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
