"""What all endpoints beside chat share: the request of the openai package, errors, retries, limits, refusals; on every
loop and in sync."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import time
from functools import partial
from typing import Any

import anyio
import openai
import pytest
from anyio import to_thread

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, drop_after, error, hang, raw

from .beside import BY_NAME, CALLS, LINE, PNG, SOUND, Call, by_sdk, sent
from .ways import Way

JSON = {"content-type": "application/json"}
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
BINARY = ("speech", "file_content")


@pytest.fixture
def at(fake: FakeProvider) -> dict[str, Any]:
    """Where the fake provider is; it has a file and a batch."""
    where = {"api_base": fake.base_url, "api_key": fake.api_key, "num_retries": 0}
    eq.create_file(**BY_NAME["create_file"].mine, **where)
    eq.create_batch(**BY_NAME["create_batch"].mine, **where)
    fake.clear()
    return where


@pytest.fixture
def sdk(fake: FakeProvider) -> Any:
    """The openai package's client of it."""
    with openai.OpenAI(base_url=fake.base_url, api_key=fake.api_key, max_retries=0) as client:
        yield client


def judged(response: Any, witness: Any) -> None:
    """What the openai package's own type says of the reply, our answer says too."""
    if isinstance(witness, openai.BaseModel):
        ours = response.model_dump(by_alias=True, exclude_unset=True)
        theirs = witness.to_dict(mode="json")
        assert {name: ours[name] for name in theirs} == theirs
    else:
        assert response.content == witness.content


@each_call
def test_it_asks_and_answers_as_the_openai_package(
    way: Way, fake: FakeProvider, at: dict[str, Any], sdk: openai.OpenAI, call: Call
) -> None:
    response = way.call(call.name, **call.mine, **at)
    # The same reply for both, whatever has changed at the provider meanwhile.
    [ours] = fake.requests
    if call.name not in BINARY:
        reply = raw(200, JSON, response.model_dump_json(by_alias=True, exclude_unset=True))
        fake.script(reply)
    judged(response, by_sdk(sdk, call))
    theirs = fake.requests[-1]
    assert sent(ours) == sent(theirs)
    assert ours.headers["authorization"] == theirs.headers["authorization"]
    assert ours.headers.get("content-type", "").partition(";")[0] == (
        theirs.headers.get("content-type", "").partition(";")[0] if theirs.body else ""
    )
    assert response._hidden_params["custom_llm_provider"] == "openai"
    assert response._hidden_params["response_cost"] is None
    assert response._hidden_params["additional_headers"]["llm_provider-x-request-id"]


MORE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "image_generation": ({"n": 2, "size": "1024x1024", "user": "me", "background": "opaque"}, {}),
    "image_edit": (
        {"image": [("a.png", PNG), ("b.webp", b"1", "image/webp")], "mask": ("m.png", PNG), "n": 2, "size": "256x256"},
        {},
    ),
    "transcription": (
        {
            "language": "en",
            "temperature": 0.5,
            "response_format": "verbose_json",
            "timestamp_granularities": ["word", "segment"],
            "chunking_strategy": {"type": "server_vad", "threshold": 0.25},
            "include": ["logprobs"],
        },
        {"prompt": "Zürich"},
    ),
    "speech": ({"response_format": "wav", "speed": 1.5, "instructions": "softly"}, {"x": 1}),
    "moderation": ({"input": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, {}),
    "create_file": ({"expires_after": {"anchor": "created_at", "seconds": 3600}}, {}),
    "file_list": ({"limit": 2, "order": "asc", "after": "file-x"}, {}),
    "create_batch": ({"output_expires_after": {"anchor": "created_at", "seconds": 3600}}, {"x": {"y": [1]}}),
}


@pytest.mark.parametrize("name", MORE)
def test_every_parameter_goes_out_as_by_the_openai_package(
    fake: FakeProvider, at: dict[str, Any], sdk: openai.OpenAI, name: str
) -> None:
    call, (more, extra) = BY_NAME[name], MORE[name]
    getattr(eq, name)(**{**call.mine, **more}, **at, **({"extra_body": extra} if extra else {}))
    by_sdk(sdk, call, **more, **({"extra_body": extra} if extra else {}))
    ours, theirs = fake.requests
    assert sent(ours) == sent(theirs)


@each_call
def test_failures_are_those_of_every_call(way: Way, fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    fake.script(error(429, "slow down"), error(401, "who are you"), error(404, "nothing there"), drop_after(10))
    for kind in (eq.RateLimitError, eq.AuthenticationError, eq.NotFoundError, eq.APIConnectionError):
        with pytest.raises(kind) as raised:
            way.call(call.name, **call.mine, **at)
        assert raised.value.llm_provider == "openai"
        assert fake.api_key not in str(raised.value)
    fake.script(raw(200, JSON, '{"error": {"message": "no more", "code": "rate_limit_exceeded"}}'))
    if call.name != "file_content":  # whose reply is somebody's file
        with pytest.raises(eq.EQError, match="no more"):
            way.call(call.name, **call.mine, **at)


@each_call
def test_a_retry_sends_the_same_again(way: Way, fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    fake.script(error(503, "busy", headers={"retry-after": "0"}))
    assert way.call(call.name, **call.mine, **{**at, "num_retries": 1})
    first, second = fake.requests
    assert sent(first) == sent(second)


@each_call
def test_a_reply_that_is_none(way: Way, fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    if call.name in BINARY:
        return
    for body in ("{", "[]", "1", ""):
        fake.script(raw(200, JSON, body))
        with pytest.raises(eq.APIResponseValidationError) as raised:
            way.call(call.name, **call.mine, **at)
        assert raised.value.llm_provider == "openai"


@each_call
def test_no_field_is_lost(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    if call.name in BINARY:
        return
    whole = {"data": None, "results": None, "usage": [1], "errors": "e", "new": {"a": [1, None]}, "id": 7, "bytes": "x"}
    fake.script(raw(200, JSON, json.dumps(whole)))
    response = getattr(eq, call.name)(**call.mine, **at)
    dumped = response.model_dump()
    kept = {name: value for name, value in whole.items() if value is not None}
    assert {name: dumped[name] for name in kept} == kept
    assert response["new"] == response.new == {"a": [1, None]}
    assert pickle.loads(pickle.dumps(response)).model_dump() == copy.deepcopy(response).model_dump() == dumped


@each_call
def test_a_provider_without_the_endpoint_is_sent_nothing(
    way: Way, fake: FakeProvider, at: dict[str, Any], call: Call
) -> None:
    for provider in ("anthropic", "gemini", "cerebras", "bedrock"):
        with pytest.raises(eq.UnsupportedParamsError, match=f"{provider} has no {call.kind} endpoint"):
            way.call(call.name, **{**call.arguments, **_of(call, provider)}, **at)
    assert fake.requests == []


def _of(call: Call, provider: str) -> dict[str, str]:
    return {"model": f"{provider}/m"} if "model" in call.ours else {"custom_llm_provider": provider}


@each_call
def test_registered_providers_have_every_endpoint(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    eq.register_provider("mine", api_base=fake.base_url, headers={"x-mine": "yes"})
    try:
        response = getattr(eq, call.name)(**{**call.arguments, **_of(call, "mine")}, api_key=fake.api_key)
    finally:
        eq.unregister_provider("mine")
    assert response._hidden_params["custom_llm_provider"] == "mine"
    assert fake.requests[-1].headers["x-mine"] == "yes"


@each_call
def test_what_is_not_done_here_is_said(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    function = getattr(eq, call.name)
    for refused in ({"stream": True}, {"fallbacks": ["a"]}, {"client": object()}):
        with pytest.raises(eq.UnsupportedParamsError, match=next(iter(refused))):
            function(**call.mine, **at, **refused)
    if call.name != "image_generation":
        with pytest.raises(eq.UnsupportedParamsError, match="mock_response"):
            function(**call.mine, **at, mock_response="a")
    if "model" not in call.ours:
        with pytest.raises(eq.UnsupportedParamsError, match="custom_llm_provider"):
            function(**call.mine, **at, model="openai/m")
    if call.name in ("file_list", "file_delete"):
        with pytest.raises(eq.BadRequestError, match="extra_body"):
            function(**call.mine, **at, extra_body={"a": 1})
    assert fake.requests == []


@each_call
def test_bad_input_is_named_unsent(way: Way, fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    for wrong, said in (
        ({"custom_llm_provider": "nobody"}, "nobody"),
        ({"custom_llm_provider": 1}, "custom_llm_provider: must be a string"),
        ({"extra_headers": 1}, "extra_headers"),
        ({"api_base": "ftp://x"}, "api_base"),
        ({"additional_drop_params": "a"}, "additional_drop_params"),
        ({"extra_query": 1}, "extra_query"),
        ({"timeout": "soon"}, "timeout"),
        ({"oddity": object()}, "oddity"),
        ({"oddity": "\ud800"}, "oddity"),
    ):
        with pytest.raises(eq.BadRequestError, match=said):
            way.call(call.name, **{**call.mine, **at, **wrong})
    assert fake.requests == []


@each_call
def test_terms_are_those_of_a_chat(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    terms = {"extra_headers": {"x-a": "1"}, "organization": "o", "extra_query": {"q": "ü &"}, "drop_params": True}
    if call.name == "speech":
        terms["project"] = "p"
    fake.script(raw(200, JSON, "{}"), raw(200, JSON, "{}"))
    getattr(eq, call.name)(**call.mine, **at, **terms, oddity=5, additional_drop_params=["oddity"])
    [request] = fake.requests
    assert request.headers["x-a"] == "1"
    assert request.headers["openai-organization"] == "o"
    assert request.headers.get("openai-project") == terms.get("project")
    assert request.query["q"] == "ü &"
    assert "oddity" not in str(sent(request))
    getattr(eq, call.name)(**call.mine, **at, oddity=5)
    assert "oddity" in str(sent(fake.requests[-1]))


@each_call
def test_a_key_is_asked_for_before_anything_is_sent(call: Call) -> None:
    with pytest.raises(eq.AuthenticationError, match="OPENAI_API_KEY"):
        getattr(eq, call.name)(**call.mine)


@each_call
def test_limits(way: Way, fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    fake.script(hang())
    with pytest.raises(eq.Timeout):
        way.call(call.name, **call.mine, **at, timeout=0.2)


@pytest.mark.anyio
@each_call
async def test_who_stops_waiting_stops_the_provider(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    fake.script(hang())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(getattr(eq, f"a{call.name}"), **call.mine, **at))
        await to_thread.run_sync(fake.wait_for_request)
        left = time.monotonic()
        tasks.cancel_scope.cancel()
    abort = await to_thread.run_sync(fake.wait_for_abort)
    assert abort.at >= left


@each_call
def test_a_provider_in_python_has_none_of_it(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    monkeypatch.setattr(eq, "custom_provider_map", [{"provider": "mine", "custom_handler": eq.CustomLLM()}])
    if "model" in call.ours:
        with pytest.raises(eq.UnsupportedParamsError, match="mine: a handler in Python has no"):
            getattr(eq, call.name)(**{**call.arguments, "model": "mine/x"})


@each_call
def test_both_functions_take_the_same(call: Call) -> None:
    shim, function = getattr(eq, call.name), getattr(eq, f"a{call.name}")
    assert inspect.signature(shim) == inspect.signature(function)
    assert inspect.iscoroutinefunction(function)
    assert not inspect.iscoroutinefunction(shim)


def azure(sdk: bool, fake: FakeProvider) -> Any:
    if sdk:
        return openai.AzureOpenAI(
            azure_endpoint=fake.host_url, api_key=fake.api_key, api_version="2025-02-01-preview", max_retries=0
        )
    return {"api_base": fake.host_url, "api_key": fake.api_key, "num_retries": 0}


@pytest.mark.parametrize("call", [call for call in CALLS if call.kind != "moderations"], ids=lambda call: call.name)
def test_azure_is_asked_as_by_the_openai_package(fake: FakeProvider, at: dict[str, Any], call: Call) -> None:
    getattr(eq, call.name)(**{**call.arguments, **_of(call, "azure")}, **azure(False, fake))
    ours = fake.requests[-1]
    fake.script(raw(200, JSON, "{}"))
    with azure(True, fake) as client:
        by_sdk(client, call)
    theirs = fake.requests[-1]
    assert sent(ours) == sent(theirs)
    assert ours.headers["api-key"] == theirs.headers["api-key"]


def test_azure_moderates_nothing(fake: FakeProvider) -> None:
    with pytest.raises(eq.UnsupportedParamsError, match="azure has no moderations endpoint"):
        eq.moderation("a", model="azure/m", **azure(False, fake))


def test_mistral_is_asked_as_openai_is(way: Way, fake: FakeProvider, at: dict[str, Any]) -> None:
    way.call("transcription", model="mistral/voxtral", file=("a.wav", SOUND), **at)
    way.call("moderation", model="mistral/mistral-moderation", input=["a"], **at)
    at["custom_llm_provider"] = "mistral"
    found = way.call("create_file", file=("a.jsonl", LINE.encode()), purpose="batch", **at)
    assert found.filename == "a.jsonl"
    assert [request.path for request in fake.requests] == ["/v1/audio/transcriptions", "/v1/moderations", "/v1/files"]
    with pytest.raises(eq.UnsupportedParamsError, match="mistral has no batches endpoint"):
        way.call("list_batches", **at)
