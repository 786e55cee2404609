"""IBM's watsonx.ai: keys exchanged for tokens, its addresses and names, its embeddings, over a socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trustme

import edgequake_async as eq
from edgequake_async.testing import FakeProvider, Received, raw

from .ways import USER, WAYS, Way

(WAY,) = [way for way in WAYS if way.name == "asyncio"]
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}
CHAT = {"id": "c", "model_id": "ibm/granite", "created": 1, "choices": [CHOICE], "usage": {"total_tokens": 3}}
TOOLS = [{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}]


class Ibm:
    """A token service and the model behind it; ``keys`` are those that were exchanged."""

    def __init__(self, fake: FakeProvider) -> None:
        self.fake = fake
        self.keys: list[str] = []
        self.life = 3600
        fake.on_request(self.answer)

    def answer(self, request: Received) -> Any:
        if request.path == "/identity/token":
            form = dict(part.split("=") for part in request.body.decode().split("&"))
            assert form["grant_type"] == "urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey"
            self.keys.append(form["apikey"])
            if form["apikey"].startswith("wrong"):
                return raw(400, (), {"errorCode": "BXNIM0415E", "errorMessage": f"No key {form['apikey']}"})
            return raw(200, (), {"access_token": f"token-of-{form['apikey']}", "expires_in": self.life})
        if request.path.endswith("/embeddings"):
            rows = [{"embedding": [0.5, -1.0]}, {"embedding": [1.0, 0.0]}]
            return raw(200, (), {"model_id": "m", "results": rows, "input_token_count": 4})
        if request.path.endswith("/chat_stream"):
            chunk = {**CHAT, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "ok"}}]}
            last = {**CHAT, "choices": [{"index": 0, "finish_reason": "stop", "delta": {}}]}
            events = "".join(f"id: 1\nevent: message\ndata: {json.dumps(each)}\n\n" for each in (chunk, last))
            return raw(200, [("Content-Type", "text/event-stream")], events)
        return raw(200, (), CHAT)

    def asked(self) -> list[Received]:
        return [request for request in self.fake.requests if request.path != "/identity/token"]


@pytest.fixture
def ibm(fake: FakeProvider) -> Ibm:
    return Ibm(fake)


def call(ibm: Ibm, key: str, model: str = "ibm/granite", **arguments: Any) -> dict[str, Any]:
    """The arguments of a call; each test has a key of its own, because tokens are kept for the process."""
    target = {"model": f"watsonx/{model}", "api_base": ibm.fake.host_url, "api_key": key, "num_retries": 0}
    return {**target, "iam_url": f"{ibm.fake.host_url}/identity/token", "project_id": "p1", **arguments}


def test_a_key_is_exchanged_once_for_all_calls(way: Way, ibm: Ibm) -> None:
    key = f"key-of-{way.name}"
    for temperature in (0.1, 0.2):
        response = way.completion(**call(ibm, key, messages=USER, temperature=temperature, timeout=temperature * 100))
        assert response.choices[0].message.content == "ok"
        assert (response.object, response.model) == ("chat.completion", "ibm/granite")
    assert ibm.keys == [key]
    assert {request.headers["authorization"] for request in ibm.asked()} == {f"Bearer token-of-{key}"}


def test_a_token_that_ends_is_bought_anew(ibm: Ibm) -> None:
    ibm.life = 0
    for _ in range(2):
        WAY.completion(**call(ibm, "short-lived", messages=USER))
    assert ibm.keys == ["short-lived", "short-lived"]


def test_a_token_is_sent_as_it_is(ibm: Ibm) -> None:
    WAY.completion(**call(ibm, "eyJhbGciOiJ.token", messages=USER))
    assert ibm.keys == []
    assert ibm.asked()[0].headers["authorization"] == "Bearer eyJhbGciOiJ.token"


def test_a_key_that_is_refused_is_an_authentication_error_and_not_shown(ibm: Ibm) -> None:
    with pytest.raises(eq.AuthenticationError, match="IBM does not take the API key") as raised:
        WAY.completion(**call(ibm, "wrong-key-123456", messages=USER))
    assert "wrong-key-123456" not in str(raised.value) + repr(raised.value.body)
    assert ibm.asked() == []


def test_a_token_that_is_refused_is_not_kept(way: Way, ibm: Ibm) -> None:
    key = f"revoked-for-{way.name}"
    way.completion(**call(ibm, key, messages=USER))
    ibm.fake.script(raw(401, (), {"errors": [{"code": "authentication_token_expired", "message": "Token expired"}]}))
    for _ in range(2):
        way.completion(**call(ibm, key, messages=USER))
    assert ibm.keys == [key, key]


def test_a_token_service_that_fails_is_the_failure_of_the_call(ibm: Ibm) -> None:
    ibm.fake.script(raw(503, {"x-of-iam": "1"}, {"errorMessage": "Later"}))
    with pytest.raises(eq.ServiceUnavailableError, match=r"No token from http://127.*: Later") as raised:
        WAY.completion(**call(ibm, "unlucky", messages=USER))
    assert (raised.value.llm_provider, raised.value.headers) == ("watsonx", {})
    ibm.fake.script(raw(200, (), {"access": "token-in-another-shape"}))
    with pytest.raises(eq.AuthenticationError, match="gave no token") as unread:
        WAY.completion(**call(ibm, "unlucky", messages=USER))
    assert "another-shape" not in str(unread.value)
    WAY.completion(**call(ibm, "unlucky", messages=USER))


def test_the_token_comes_under_the_certificates_of_the_call(tmp_path: Path) -> None:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1")
    names = [str(tmp_path / name) for name in ("ca.pem", "server.pem", "server.key")]
    ca.cert_pem.write_to_path(names[0])
    issued.cert_chain_pems[0].write_to_path(names[1])
    issued.private_key_pem.write_to_path(names[2])
    with FakeProvider(tls=(names[1], names[2])) as fake:
        ibm = Ibm(fake)
        WAY.completion(**call(ibm, "certified", messages=USER, ssl_verify=names[0]))
        assert ibm.keys == ["certified"]
        with pytest.raises(eq.APIConnectionError, match="Cannot trust"):
            WAY.completion(**call(ibm, "certified", messages=USER))


def test_the_key_and_the_project_come_from_the_environment(ibm: Ibm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATSONX_APIKEY", "key-of-environment")
    monkeypatch.setenv("WATSONX_PROJECT_ID", "p2")
    monkeypatch.setenv("WATSONX_URL", ibm.fake.host_url)
    monkeypatch.setenv("WATSONX_IAM_URL", f"{ibm.fake.host_url}/identity/token")
    WAY.completion(model="watsonx/m", messages=USER)
    assert ibm.keys == ["key-of-environment"]
    assert ibm.asked()[0].json["project_id"] == "p2"


def test_a_request_in_ibm_s_words(ibm: Ibm) -> None:
    arguments = {"stop": "x", "tools": TOOLS, "tool_choice": "auto", "time_limit": 9, "extra_body": {"a": 1}}
    WAY.completion(**call(ibm, "words", messages=USER, **arguments))
    [request] = ibm.asked()
    assert request.path == "/ml/v1/text/chat"
    assert request.query == {"version": "2025-02-06"}
    expected = {"model_id": "ibm/granite", "project_id": "p1", "messages": USER, "stop": ["x"], "tools": TOOLS}
    assert request.json == {**expected, "tool_choice_option": "auto", "time_limit": 9, "a": 1}
    named = {"type": "function", "function": {"name": "now"}}
    WAY.completion(**call(ibm, "words", messages=USER, tools=TOOLS, tool_choice=named, api_version="2026-01-01"))
    assert ibm.asked()[1].json["tool_choice"] == named
    assert ibm.asked()[1].query == {"version": "2026-01-01"}


def test_a_deployment_knows_its_project(ibm: Ibm) -> None:
    WAY.completion(**call(ibm, "deployed", "deployment/d-1", messages=USER))
    [request] = ibm.asked()
    assert (request.path, request.json) == ("/ml/v1/deployments/d-1/text/chat", {"messages": USER})


def test_a_project_is_needed(ibm: Ibm) -> None:
    with pytest.raises(eq.BadRequestError, match="project_id: must be given, or space_id"):
        WAY.completion(**call(ibm, "homeless", messages=USER, project_id=None))
    WAY.completion(**call(ibm, "homeless", messages=USER, project_id=None, space_id="s1"))
    assert ibm.asked()[0].json["space_id"] == "s1"


def test_a_stream(ibm: Ibm) -> None:
    chunks = WAY.stream(**call(ibm, "streaming", messages=USER, stream_options={"include_usage": True}))
    assert ibm.asked()[0].path == "/ml/v1/text/chat_stream"
    assert not {"stream", "stream_options"} & ibm.asked()[0].json.keys()
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "ok"
    assert {(chunk.object, chunk.model) for chunk in chunks} == {("chat.completion.chunk", "ibm/granite")}


def test_embeddings(ibm: Ibm) -> None:
    response = WAY.embedding(**call(ibm, "vectors", "ibm/slate", input=["a", "b"]))
    [request] = ibm.asked()
    assert request.path == "/ml/v1/text/embeddings"
    assert request.json == {"model_id": "ibm/slate", "project_id": "p1", "inputs": ["a", "b"]}
    assert [list(row["embedding"]) for row in response.data] == [[0.5, -1.0], [1.0, 0.0]]
    assert (response.usage.prompt_tokens, response.model) == (4, "ibm/slate")


def test_an_error_says_what_ibm_says(fake: FakeProvider) -> None:
    ibm = Ibm(fake)
    errors = [{"code": "model_not_supported", "message": "Model 'm' is not supported for this environment"}]
    fake.on_request(lambda _: raw(404, (), {"errors": errors, "trace": "t", "status_code": 404}))
    with pytest.raises(eq.NotFoundError, match="is not supported for this environment"):
        WAY.completion(**call(ibm, "eyJ.erring", messages=USER))
