"""The google-genai SDK takes the fake provider for the Gemini API and for Vertex AI, and so does this library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google import genai
from google.auth.credentials import Credentials
from google.genai import errors, types

import edgequake_async
from edgequake_async.exceptions import RateLimitError
from edgequake_async.testing import FakeProvider, ToolCall, drop_after, error, stream, text

Post = Callable[..., Any]

ADD = {
    "name": "add",
    "description": "Adds.",
    "parameters": {"type": "OBJECT", "properties": {"a": {"type": "INTEGER"}}, "required": ["a"]},
}
PLAN = {
    "type": "OBJECT",
    "properties": {
        "name": {"type": "STRING"},
        "steps": {"type": "ARRAY", "items": {"type": "NUMBER"}, "minItems": "2"},
    },
    "required": ["name", "steps"],
}
HELLO = {"contents": [{"role": "user", "parts": [{"text": "hello there"}]}]}


class Token(Credentials):
    """A token that needs no refreshing."""

    def __init__(self, token: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.token = token

    def refresh(self, request: Any) -> None:
        raise AssertionError("the token is valid for ever")


@pytest.fixture
def client(fake: FakeProvider) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=fake.host_url, api_version="v1beta")
    with genai.Client(api_key=fake.api_key, http_options=options) as opened:
        yield opened


@pytest.fixture
def vertex(fake: FakeProvider) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=fake.host_url, api_version="v1")
    where = {"vertexai": True, "project": "P", "location": "us-central1", "http_options": options}
    with genai.Client(credentials=Token(fake.api_key), **where) as opened:
        yield opened


def ask(client: genai.Client, said: Any = "hello there", **config: Any) -> types.GenerateContentResponse:
    return client.models.generate_content(model="gemini", contents=said, config=config or None)


def streamed(client: genai.Client, said: Any = "hello there", **config: Any) -> list[types.GenerateContentResponse]:
    return list(client.models.generate_content_stream(model="gemini", contents=said, config=config or None))


def parts(*answers: types.GenerateContentResponse) -> list[types.Part]:
    contents = [candidate.content for answer in answers for candidate in answer.candidates or () if candidate.content]
    return [part for content in contents for part in content.parts or ()]


def reason(answer: types.GenerateContentResponse) -> str:
    assert answer.candidates
    assert answer.candidates[0].finish_reason
    return answer.candidates[0].finish_reason.name


@pytest.mark.parametrize("service", ["client", "vertex"])
def test_an_answer_and_its_stream(request: pytest.FixtureRequest, fake: FakeProvider, service: str) -> None:
    client = request.getfixturevalue(service)
    whole = ask(client, system_instruction="be brief")
    chunks = streamed(client, system_instruction="be brief")
    assert whole.text == "You said: hello there" == "".join(chunk.text or "" for chunk in chunks)
    assert (whole.model_version, reason(whole), reason(chunks[-1])) == ("gemini", "STOP", "STOP")
    assert whole.usage_metadata
    assert whole.usage_metadata.prompt_token_count
    assert whole.response_id
    assert chunks[-1].usage_metadata == whole.usage_metadata
    assert len(chunks) > 2
    assert all(chunk.usage_metadata for chunk in chunks)
    root = "/v1beta" if service == "client" else "/v1/projects/P/locations/us-central1/publishers/google"
    assert [record.target for record in fake.requests] == [
        f"{root}/models/gemini:generateContent",
        f"{root}/models/gemini:streamGenerateContent?alt=sse",
    ]
    assert (whole.create_time is not None) == (service == "vertex")


def test_lines_end_as_googles_do_and_a_stream_without_sse_is_an_array(post: Post) -> None:
    head, body = post("/v1beta/models/gemini:streamGenerateContent?alt=sse", HELLO)
    assert head.getheader("content-type") == "text/event-stream"
    events = body.split(b"\r\n\r\n")
    assert events.pop() == b""
    assert all(event.startswith(b'data: {"candidates": [') for event in events)
    head, body = post("/v1beta/models/gemini:streamGenerateContent", HELLO)
    assert head.getheader("content-type") == "application/json; charset=UTF-8"
    assert body.startswith(b'[{\n  "candidates": [')
    assert body.endswith(b"\n}\n]")
    assert b"\n}\n,\r\n{\n" in body


def test_thoughts_and_calls(client: genai.Client) -> None:
    asked = {"tools": [{"function_declarations": [ADD]}], "thinking_config": {"include_thoughts": True}}
    question = 'call add {"a": 7} and add please'
    whole, chunks = ask(client, question, **asked), streamed(client, question, **asked)
    for said in (parts(whole), parts(*chunks)):
        calls = [part.function_call for part in said if part.function_call]
        assert [(call.name, call.args) for call in calls] == [("add", {"a": 7}), ("add", {"a": 1})]
        assert "".join(part.text or "" for part in said if part.thought) == f"The user wants: {question}"
        signed = [part for part in said if part.thought_signature]
        assert [part.function_call for part in signed] == calls[:1]
    assert (reason(whole), chunks[-1].usage_metadata) == ("STOP", whole.usage_metadata)
    assert whole.usage_metadata
    assert whole.usage_metadata.thoughts_token_count
    for answers in ([ask(client, **asked)], streamed(client, **asked)):
        assert [part.thought for part in parts(*answers) if part.thought_signature] == [None]


@pytest.mark.parametrize("config", [{"mode": "ANY"}, {"mode": "ANY", "allowed_function_names": ["add"]}])
def test_functions_are_called_where_forced_and_answered(client: genai.Client, config: Any) -> None:
    tools = [{"function_declarations": [ADD]}]
    forced = ask(client, tools=tools, tool_config={"function_calling_config": config})
    (call,) = [part.function_call for part in parts(forced)]
    assert call
    assert (call.name, call.args) == ("add", {"a": 1})
    assert forced.candidates
    result = types.Part.from_function_response(name="add", response={"result": "three"})
    turns = [types.Content(role="user", parts=[types.Part(text="hello")]), forced.candidates[0].content]
    answered = ask(client, [*turns, types.Content(role="user", parts=[result])], tools=tools)
    assert answered.text == "The tool answered: three"
    assert ask(client, "add", tools=tools, tool_config={"function_calling_config": {"mode": "NONE"}}).text


@pytest.mark.parametrize(
    "schema",
    [
        {"response_schema": PLAN},
        {
            "response_json_schema": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "steps": {"type": "array", "minItems": 2, "items": {}}},
            }
        },
    ],
)
def test_structured_output_satisfies_the_schema(client: genai.Client, schema: Any) -> None:
    answer = ask(client, response_mime_type="application/json", **schema)
    plan: Any = answer.parsed
    assert isinstance(plan["name"], str)
    assert len(plan["steps"]) == 2
    assert ask(client, response_mime_type="application/json").text == '{"answer": "answer"}'


def test_counts_in_a_schema_are_strings_on_the_wire(post: Post) -> None:
    config = {"responseMimeType": "application/json", "responseSchema": PLAN}
    _, body = post("/v1beta/models/gemini:generateContent", {**HELLO, "generation_config": config})
    (part,) = json.loads(body)["candidates"][0]["content"]["parts"]
    assert len(json.loads(part["text"])["steps"]) == 2


def test_media_candidates_and_why_it_stopped(client: genai.Client) -> None:
    picture = types.Part.from_bytes(data=b"x", mime_type="image/png")
    paper = types.Part.from_uri(file_uri="gs://b/f.pdf", mime_type="application/pdf")
    assert ask(client, ["look", picture, paper]).text == "You said: look [with 1 document, 1 image]"
    two = ask(client, candidate_count=2)
    assert [candidate.index for candidate in two.candidates or ()] == [0, 1]
    assert ask(client, stop_sequences=["there"]).text == "You said: hello "
    assert reason(ask(client, max_output_tokens=1)) == "MAX_TOKENS"


@pytest.mark.parametrize("service", ["client", "vertex"])
def test_embeddings_and_counting(request: pytest.FixtureRequest, service: str) -> None:
    client = request.getfixturevalue(service)
    for model in ("gemini-embedding-001", "gemini-embedding-2", "text-embedding-005"):
        config: Any = {"output_dimensionality": 8}
        told = client.models.embed_content(model=model, contents=["a cat", "the cat"], config=config)
        assert {len(each.values or ()) for each in told.embeddings or ()} == {8}
    counted = client.models.count_tokens(model="gemini", contents="hello there")
    usage = ask(client).usage_metadata
    assert usage
    assert counted.total_tokens == usage.prompt_token_count


def test_one_embedding_and_vertex_predictions(post: Post) -> None:
    body = {"content": {"parts": [{"text": "a cat"}]}, "outputDimensionality": 4}
    _, one = post("/v1beta/models/e:embedContent", body)
    place = "/v1/projects/P/locations/L/publishers/google/models/e:predict"
    _, many = post(place, {"instances": [{"content": "a cat"}], "parameters": {"outputDimensionality": 4}})
    (prediction,) = json.loads(many)["predictions"]
    assert prediction["embeddings"]["values"] == json.loads(one)["embedding"]["values"]
    assert json.loads(many)["metadata"] == {"billableCharacterCount": 4}


def test_scripted_replies_have_googles_shape(fake: FakeProvider, client: genai.Client) -> None:
    fake.script(
        text("said", reasoning="thought", usage={"promptTokenCount": 3}, model="other"),
        text(None, tool_calls=[ToolCall("add", {"a": 2}, id="t1"), ToolCall("add", '{"a": 3}')]),
        text(None, tool_calls=[ToolCall("add", '{"a": ')]),
        text(None, refusal="no", finish_reason="content_filter"),
        stream(["a", 0.01, "b", {"text": "c", "thought": True}], finish_reason="length"),
        text("two words", reasoning="deep thought"),
    )
    answer = ask(client)
    assert [(part.text, part.thought) for part in parts(answer)] == [("thought", True), ("said", None)]
    assert answer.usage_metadata
    assert answer.usage_metadata.prompt_token_count == 3
    assert answer.model_version == "other"
    calls = [part.function_call for part in parts(ask(client))]
    assert [(call.id, call.args) for call in calls if call] == [("t1", {"a": 2}), (None, {"a": 3})]
    assert reason(ask(client)) == "MALFORMED_FUNCTION_CALL"
    refused = ask(client)
    assert (reason(refused), refused.text) == ("SAFETY", None)
    chunks = streamed(client)
    assert [part.text for part in parts(*chunks)] == ["a", "b", "c", ""]
    assert reason(chunks[-1]) == "MAX_TOKENS"
    assert [part.thought for part in parts(*streamed(client))] == [True, True, None, None, None]


@pytest.mark.parametrize("ask", [ask, streamed])
@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (400, "INVALID_ARGUMENT", errors.ClientError),
        (403, "PERMISSION_DENIED", errors.ClientError),
        (404, "NOT_FOUND", errors.ClientError),
        (429, "RESOURCE_EXHAUSTED", errors.ClientError),
        (500, "INTERNAL", errors.ServerError),
        (503, "UNAVAILABLE", errors.ServerError),
    ],
)
def test_errors_have_the_status_word_of_their_number(
    fake: FakeProvider, client: genai.Client, ask: Any, status: int, kind: str, raised: type[errors.APIError]
) -> None:
    fake.script(error(status, "told to", code="WHY"))
    with pytest.raises(raised, match="told to") as caught:
        ask(client)
    assert (caught.value.code, caught.value.status) == (status, kind)


def test_errors_inside_a_stream_and_faults(fake: FakeProvider, client: genai.Client) -> None:
    fake.script(stream(["a", error(503, "overloaded"), "never"]), drop_after())
    chunks = client.models.generate_content_stream(model="gemini", contents="x")
    assert next(chunks).text == "a"
    with pytest.raises(errors.APIError, match="overloaded"):
        next(chunks)
    with pytest.raises(Exception, match="disconnected"):
        ask(client)


@pytest.mark.parametrize(
    "changed",
    [
        {"contents": []},
        {"contents": [{"role": "system", "parts": [{"text": "x"}]}]},
        {"contents": [{"role": "user", "parts": []}]},
        {"generationConfig": {"temperature": 3}},
        {"generationConfig": {"max_output_tokens": 0}},
        {"generationConfig": {"candidateCount": 9}},
        {"generationConfig": {"responseSchema": {"type": "OBJECT"}}},
        {"generationConfig": {"responseMimeType": "application/json", "responseSchema": {"$ref": "#/nowhere"}}},
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
        {"tool_config": {"function_calling_config": {"mode": "SOME"}}},
        {"tools": [{"functionDeclarations": [{"name": ""}]}]},
    ],
)
def test_bad_requests_are_refused(post: Post, changed: Any) -> None:
    head, body = post("/v1beta/models/gemini:generateContent", {**HELLO, **changed})
    assert (head.status, b'"status": "INVALID_ARGUMENT"' in body) == (400, True)


def test_keys_are_checked_where_asked() -> None:
    with FakeProvider(require_key=True) as fake:
        options = types.HttpOptions(base_url=fake.host_url)
        with genai.Client(api_key=fake.api_key, http_options=options) as right:
            assert ask(right).text
        where: Any = {"vertexai": True, "project": "P", "location": "L", "http_options": options}
        for status, told, given in (
            (400, "API key not valid", {"api_key": "other", "http_options": options}),
            (401, "invalid authentication", {"credentials": Token("other"), **where}),
        ):
            with genai.Client(**given) as wrong, pytest.raises(errors.ClientError, match=told) as caught:
                ask(wrong)
            assert caught.value.code == status


@pytest.mark.asyncio
async def test_this_library_takes_it_for_google(fake: FakeProvider) -> None:
    target = {"model": "gemini/gemini-2.5-flash", "api_base": fake.base_url, "api_key": fake.api_key}
    hello: Any = [{"role": "user", "content": "hello there"}]
    response = await edgequake_async.acompletion(messages=hello, **target)
    assert response.choices[0].message.content == "You said: hello there"
    chunks = await edgequake_async.acompletion(messages=hello, stream=True, **target)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in chunks]) == "You said: hello there"
    vectors = await edgequake_async.aembedding(input=["a", "b"], **{**target, "model": "gemini/gemini-embedding-001"})
    assert len(vectors.data) == 2
    fake.script(error(429, "slow down"))
    with pytest.raises(RateLimitError, match="slow down"):
        await edgequake_async.acompletion(messages=hello, num_retries=0, **target)
