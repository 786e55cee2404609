"""Who calls Vertex AI: each kind of credentials is found where Google's own libraries find it, and buys a token."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from google.auth import jwt

import edgequake_async as eq
from edgequake_async.exceptions import AuthenticationError, BadRequestError
from edgequake_async.testing import raw

from .google import METADATA, PRIVATE, PUBLIC, SCOPE, Cloud, form, written


def _said(cloud: Cloud, **params: Any) -> Any:
    response: Any = eq.completion(**{**cloud.api, **params})
    [call] = cloud.calls
    assert call.headers["authorization"] == f"Bearer {cloud.fake.api_key}"
    assert response.choices[0].message.content
    return call


def test_a_service_account_signs_for_its_token(cloud: Cloud) -> None:
    call = _said(cloud, vertex_credentials=cloud.service_account)
    assert call.path.startswith("/v1/projects/of-the-file/locations/us-central1/publishers/google/models/gemini-2.5-")
    [grant] = cloud.grants
    asked = form(grant)
    assert asked.keys() == {"grant_type", "assertion"}
    assert asked["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    account = cloud.service_account
    # Checks the signature, the audience and the times.
    decode: Any = jwt.decode
    claims = decode(asked["assertion"], certs=PUBLIC, audience=account["token_uri"])
    assert (claims["iss"], claims["scope"]) == (account["client_email"], SCOPE)
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    header = base64.urlsafe_b64decode(asked["assertion"].partition(".")[0] + "==")
    assert json.loads(header) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    assert "x-goog-user-project" not in call.headers


@pytest.mark.parametrize("way", ["text", "path", "Path", "vertex_ai_credentials", "module variable", "variables"])
def test_credentials_are_given_in_each_of_litellms_ways(
    cloud: Cloud, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = cloud.service_account
    path = written(tmp_path, account)
    if way == "module variable":
        monkeypatch.setattr(eq, "vertex_credentials", str(path), raising=False)
        given: dict[str, Any] = {}
    elif way == "variables":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
        given = {}
    else:
        ways: dict[str, dict[str, Any]] = {
            "text": {"vertex_credentials": json.dumps(account)},
            "path": {"vertex_credentials": str(path)},
            "Path": {"vertex_credentials": path},
            "vertex_ai_credentials": {"vertex_ai_credentials": str(path), "vertex_credentials": "/nonexistent"},
        }
        given = ways[way]
    assert _said(cloud, **given).path.startswith("/v1/projects/of-the-file/")
    assert len(cloud.grants) == 1


def test_who_names_the_project_wins_over_the_file(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "of-the-variable")
    named = {"vertex_credentials": cloud.service_account, "vertex_location": "europe-west4"}
    assert _said(cloud, **named).path.startswith("/v1/projects/of-the-variable/locations/europe-west4/")
    cloud.forget()
    assert _said(cloud, **named, vertex_project="mine").path.startswith("/v1/projects/mine/")
    cloud.forget()
    assert _said(cloud, **named, vertex_ai_project="ours").path.startswith("/v1/projects/ours/")


@pytest.mark.parametrize("place", ["home", "CLOUDSDK_CONFIG"])
def test_a_person_whom_gcloud_knows(
    cloud: Cloud, place: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / ".config" / "gcloud"
    if place != "home":
        folder = tmp_path / "elsewhere"
        monkeypatch.setenv(place, str(folder))
    written(folder, cloud.person, "application_default_credentials.json")
    call = _said(cloud)
    assert call.path.startswith("/v1/projects/of-the-person/")
    assert call.headers["x-goog-user-project"] == "of-the-person"
    person = cloud.person
    [grant] = cloud.grants
    expected = {name: person[name] for name in ("client_id", "client_secret", "refresh_token")}
    assert form(grant) == {"grant_type": "refresh_token", **expected}


def test_a_machine_is_told_who_it_is(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", cloud.fake.host_url.removeprefix("http://"))
    _said(cloud, vertex_project="p")
    [grant] = cloud.grants
    assert (grant.method, grant.path, grant.headers["metadata-flavor"]) == ("GET", METADATA, "Google")


def test_one_account_acts_as_another(cloud: Cloud) -> None:
    url = f"{cloud.fake.host_url}/v1/projects/-/serviceAccounts/other:generateAccessToken"

    def other(record: Any) -> Any:
        assert record.headers["authorization"] == "Bearer token-of-the-first"
        asked = {"scope": [SCOPE], "lifetime": "3600s", "delegates": ["a"]}
        assert record.json == asked
        return raw(200, {}, {"accessToken": cloud.fake.api_key, "expireTime": "2026-01-01T00:00:00Z"})

    cloud.grant = lambda record: raw(200, {}, {"access_token": "token-of-the-first", "expires_in": 3600})
    cloud.others["/v1/projects/-/serviceAccounts/other:generateAccessToken"] = other
    document = {
        "type": "impersonated_service_account",
        "source_credentials": {**cloud.person, "quota_project_id": None},
        "service_account_impersonation_url": url,
        "delegates": ["a"],
        "quota_project_id": "payer",
    }
    assert _said(cloud, vertex_credentials=document).headers["x-goog-user-project"] == "payer"


@pytest.mark.parametrize("kind", ["text file", "json file", "url"])
def test_an_identity_of_another_cloud(cloud: Cloud, kind: str, tmp_path: Path) -> None:
    said = tmp_path / "token"
    said.write_text("theirs\n" if kind == "text file" else '{"value": "theirs"}', encoding="utf-8")
    source: dict[str, Any] = {"file": str(said)}
    if kind == "url":
        source = {"url": f"{cloud.fake.host_url}/identity", "headers": {"Metadata": "True"}}
        cloud.others["/identity"] = lambda record: raw(
            200 if record.headers.get("metadata") == "True" else 403, {}, {"value": "theirs"}
        )
    if kind != "text file":
        source["format"] = {"type": "json", "subject_token_field_name": "value"}
    document = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/pool",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{cloud.fake.host_url}/token",
        "credential_source": source,
    }
    _said(cloud, vertex_credentials=document, vertex_project="p")
    [grant] = cloud.grants
    assert form(grant) == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "audience": "//iam.googleapis.com/pool",
        "scope": SCOPE,
        "subject_token": "theirs",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }


def test_a_token_of_the_callers_own_is_shown_as_it_is(cloud: Cloud) -> None:
    _said(cloud, api_key=cloud.fake.api_key, vertex_project="p", vertex_credentials="/nonexistent")
    cloud.forget()
    header = {"Authorization": f"Bearer {cloud.fake.api_key}"}
    _said(cloud, extra_headers=header, vertex_project="p", vertex_credentials="/nonexistent")
    assert cloud.grants == []


def _refused(cloud: Cloud, **params: Any) -> str:
    with pytest.raises(AuthenticationError) as raised:
        eq.completion(**{**cloud.api, "vertex_project": "p", **params})
    assert cloud.calls == []
    assert raised.value.llm_provider == "vertex_ai"
    return f"{raised.value!s} {raised.value!r} {vars(raised.value)}"


def test_no_credentials_anywhere_says_where_they_were_looked_for(cloud: Cloud, home: Path) -> None:
    told = _refused(cloud)
    file = home / ".config" / "gcloud" / "application_default_credentials.json"
    for place in ("vertex_credentials", "GOOGLE_APPLICATION_CREDENTIALS", str(file), "127.0.0.1:9"):
        assert place in told


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("{not json", "no JSON object"),
        ('{"type": "gdch_service_account"}', "gdch_service_account"),
        ('{"type": "service_account", "client_email": "a"}', "private_key is missing"),
        ('{"type": "service_account", "client_email": "a", "private_key": "none-of-these"}', "no RSA key"),
        ('{"type": "external_account", "credential_source": {"executable": {"command": "x"}}}', "neither a file"),
    ],
)
def test_credentials_that_are_none_say_why(cloud: Cloud, document: str, why: str, tmp_path: Path) -> None:
    told = _refused(cloud, vertex_credentials=document)
    assert why in told
    assert "none-of-these" not in told
    path = tmp_path / "credentials.json"
    path.write_text(document, encoding="utf-8")
    assert str(path) in _refused(cloud, vertex_credentials=str(path))


def test_a_file_that_is_missing_is_named(cloud: Cloud) -> None:
    assert "/nonexistent/key.json" in _refused(cloud, vertex_credentials="/nonexistent/key.json")
    assert "/nonexistent/key.json" in _refused(cloud, vertex_credentials="/nonexistent/key.json", vertex_project=None)


def test_a_refusal_is_told_and_no_secret_with_it(cloud: Cloud) -> None:
    cloud.grant = cloud.refused
    told = _refused(cloud, vertex_credentials=cloud.service_account)
    assert "Invalid JWT Signature" in told
    assertion = form(cloud.grants[0])["assertion"]
    assert assertion not in told
    assert PRIVATE.splitlines()[3] not in told
    told = _refused(cloud, vertex_credentials=cloud.person)
    assert "Invalid JWT Signature" in told
    for secret in ("1//refresh-of-a-person", "refresh-of-a-person", "secret-of-gcloud"):
        assert secret not in told


def test_a_token_that_vertex_ai_repeats_is_hidden(cloud: Cloud) -> None:
    token = "ya29.token-that-is-shown"
    cloud.grant = lambda record: raw(200, {}, {"access_token": token, "expires_in": 3600})
    answer = {"error": {"code": 400, "message": f"what is {token}?", "status": "INVALID_ARGUMENT"}}
    cloud.fake.on_request(lambda record: cloud.grant(record) if record.path == "/token" else raw(400, {}, answer))
    with pytest.raises(BadRequestError) as raised:
        eq.completion(**cloud.api, vertex_credentials=cloud.service_account)
    assert token not in f"{raised.value!s} {raised.value!r} {vars(raised.value)}"
    assert "[redacted]" in str(raised.value)


def test_a_project_that_nobody_names_is_a_bad_request(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", cloud.fake.host_url.removeprefix("http://"))
    with pytest.raises(BadRequestError, match="vertex_project: pass it, or set VERTEXAI_PROJECT"):
        eq.completion(**cloud.api)
    assert cloud.fake.requests == []
