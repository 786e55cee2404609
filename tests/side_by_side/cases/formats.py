"""Answers in JSON: any object, of a schema, of a pydantic class."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from . import HELLO, PROVIDERS, add, chat

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
AS_SCHEMA = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA, "strict": True}}


class Person(BaseModel):
    """A person."""

    name: str
    age: int
    nick: str | None = None


for provider in PROVIDERS:
    asked = [{"role": "user", "content": "Tell me of a person, in JSON."}]
    chat(f"{provider}/json_object", messages=asked, response_format={"type": "json_object"})
    chat(f"{provider}/json_schema", messages=asked, response_format=AS_SCHEMA)
    chat(f"{provider}/pydantic", messages=asked, response_format=Person)
    chat(f"{provider}/json_schema_stream", messages=asked, response_format=AS_SCHEMA, stream=True)
chat("openai/response_format_text", response_format={"type": "text"})


def _checked(client: Any, host: str) -> Any:
    where = PROVIDERS["openai"].arguments(host)
    return client.completion(messages=HELLO, response_format=AS_SCHEMA, enable_json_schema_validation=True, **where)


add("openai/checked_schema", _checked)
