"""``enable_json_schema_validation``: whether an answer is what ``response_format`` asked for.

A pydantic class judges for itself. A schema in a dict is judged by jsonschema (the extra ``jsonschema``), which looks
up no reference on the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import to_json

from . import config
from .exceptions import BadRequestError, JSONSchemaValidationError, UnsupportedParamsError

if TYPE_CHECKING:
    from .terms import CallInfo
    from .types import ModelResponse

__all__ = ["checker", "validate_schema"]

# Raises ValueError for a text that is not what was asked for.
_Judge = Callable[[str], object]


def checker(params: Mapping[str, Any], info: CallInfo) -> Callable[[ModelResponse | None], None] | None:
    """What checks the answer to a call; None where nothing is to be checked.

    It takes the response (of a stream: what arrived) and raises ``JSONSchemaValidationError``, whose ``partial`` is the
    response. Choices that call tools are no answers yet and not checked.

    Raises:
        UnsupportedParamsError: the schema is a dict and jsonschema is not installed.
        BadRequestError: the schema is none.
    """
    wanted = params.get("enable_json_schema_validation")
    if not (config.get("enable_json_schema_validation") if wanted is None else wanted):
        return None
    asked = params["response_format"]
    schema: Any
    judge: _Judge
    if isinstance(asked, type) and issubclass(asked, BaseModel):
        schema, judge = asked.model_json_schema(), asked.model_validate_json
    else:
        schema = (asked.get("json_schema") or {}).get("schema")
        if asked.get("type") != "json_schema" or schema is None:
            return None
        judge = _judge(schema, info.provider, info.model, "response_format['json_schema']['schema']")

    def check(response: ModelResponse | None) -> None:
        for choice in response.choices if response is not None else ():
            message = choice.message
            if message.tool_calls and not message.content:
                continue
            text = message.content if isinstance(message.content, str) else ""
            try:
                judge(text)
            except ValueError as error:
                failure = JSONSchemaValidationError(info.model, info.provider, text, _text(schema))
                failure.partial = response
                raise failure from error

    return check


def validate_schema(schema: Mapping[str, Any], response: str) -> None:
    """Whether a text is JSON that fits a schema, by jsonschema (the extra ``jsonschema``).

    Raises:
        JSONSchemaValidationError: it is not, or does not.
        UnsupportedParamsError: jsonschema is not installed.
        BadRequestError: the schema is none.
    """
    judge = _judge(schema, "", "", "schema")
    try:
        judge(response)
    except ValueError as error:
        raise JSONSchemaValidationError("", "", response, _text(schema)) from error


def _text(schema: Any) -> str:
    return to_json(schema, fallback=dict).decode()


def _judge(schema: Any, provider: str, model: str, argument: str) -> _Judge:
    try:
        from jsonschema.exceptions import SchemaError
        from jsonschema.validators import Draft202012Validator, validator_for
        from referencing import Registry
        from referencing.exceptions import Unresolvable
    except ImportError:
        message = "to validate by a schema needs jsonschema: pip install 'edgequake-async[jsonschema]'"
        raise UnsupportedParamsError(message, provider, model) from None
    # Mappings of any class, as they were sent.
    schema = json.loads(_text(schema))
    cls = validator_for(schema, default=Draft202012Validator)
    try:
        cls.check_schema(schema)
    except SchemaError as error:
        raise BadRequestError(f"{argument}: {error.message}", model, provider) from None
    # An empty registry: the default one would fetch what a reference names.
    validator = cls(schema, registry=Registry())

    def judge(text: str) -> None:
        try:
            error = next(validator.iter_errors(json.loads(text)), None)
        except Unresolvable as unknown:
            raise ValueError(f"the schema refers to what is not in it: {unknown}") from None
        if error is not None:
            raise ValueError(f"{error.json_path}: {error.message}")

    return judge
