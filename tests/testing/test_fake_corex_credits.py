"""Credits, bands, models and capabilities of the fake CoreX, in each SDK's dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from edgequake_async.testing import FakeCoreX

CHAT = "/v1/chat/completions"
HELLO: list[Any] = [{"role": "user", "content": "hello there"}]
MODELS = ("openai/gpt-4o-mini", "openai/gpt-4o", "xai/grok-4")
Ask = Callable[..., Any]


@pytest.fixture(params=["python", "go", "typescript"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def corex(request: pytest.FixtureRequest) -> Iterator[FakeCoreX]:
    """A fake in the dialect that the test is run for, if any."""
    name: Any = request.getfixturevalue("dialect") if "dialect" in request.fixturenames else "python"
    with FakeCoreX(dialect=name) as running:
        yield running


def chat(ask: Ask, model: str = "openai/gpt-4o-mini", **headers: str) -> Any:
    return ask("POST", CHAT, {"model": model, "messages": HELLO}, **headers)


def extras(document: Any, dialect: str) -> Any:
    error = document["error"]
    return error["details"] if dialect == "go" else error


def test_one_request_id_pays_once(corex: FakeCoreX, ask: Ask) -> None:
    for _ in range(3):
        assert chat(ask, "xai/grok-4", x_request_id="same").status == 200
    assert (corex.credits.used, len(corex.credits.entries)) == (5, 1)
    chat(ask, "xai/grok-4", x_request_id="other")
    assert corex.credits.used == 10


def test_exhausted_credits_are_told_with_what_is_missing(corex: FakeCoreX, ask: Ask, dialect: str) -> None:
    corex.credits.used = corex.credits.total - 1
    told = chat(ask, "openai/gpt-4o")
    assert (told.status, told.json["error"]["type"]) == (402, "insufficient_credits")
    found = extras(told.json, dialect)
    assert (found["credits_required"], found["credits_remaining"]) == (2, 1)
    assert found["reset_date"] == corex.credits.reset_date
    assert ("details" in told.json["error"]) is (dialect == "go")
    assert chat(ask).status == 200
    assert chat(ask).status == 402
    corex.credits.on = False
    assert chat(ask).status == 200


def test_a_closed_band_is_told_with_the_tier_that_opens_it(corex: FakeCoreX, ask: Ask, dialect: str) -> None:
    told = chat(ask, "openai/o1-pro")
    assert (told.status, told.json["error"]["type"]) == (403, "band_access_denied")
    found = extras(told.json, dialect)
    assert (found["band"], found["required_tier"], found["current_tier"]) == ("D", "enterprise", "pro")
    corex.credits.bands.append("D")
    assert chat(ask, "openai/o1-pro").status == 200


def test_the_anthropic_path_pays_too(corex: FakeCoreX, ask: Ask, dialect: str) -> None:
    body = {"model": "anthropic/claude-opus-4-20250514", "max_tokens": 10, "messages": HELLO}
    told = ask("POST", "/v1/messages", body)
    assert (told.status, told.json["type"], told.json["error"]["type"]) == (403, "error", "band_access_denied")
    assert extras(told.json, dialect)["band"] == "D"
    assert ask("POST", "/v1/messages", {**body, "model": "claude-sonnet-4-20250514"}).status == 200
    assert corex.credits.used == 5


def test_balance(corex: FakeCoreX, ask: Ask, dialect: str) -> None:
    corex.credits.used = 950
    balance = ask("GET", "/v1/credits/balance").json
    assert (balance["credits_remaining"], balance["tier"], balance["bands"]) == (50, "pro", ["A", "B", "C"])
    if dialect == "python":
        assert set(balance) == {"credits_remaining", "tier", "bands", "reset_date", "metadata"}
    else:
        assert (balance["credits_total"], balance["credits_used"], balance["credits_percent"]) == (1000, 950, 5.0)
        assert "5.0 %" in balance["warning"]


def test_history_goes_by_cursor(ask: Ask) -> None:
    for model in MODELS * 2:
        chat(ask, model)
    seen, query = [], "limit=4"
    while True:
        page = ask("GET", f"/v1/credits/history?{query}").json
        assert page["total_entries"] == 6
        seen += page["entries"]
        if page["next_cursor"] is None:
            break
        query = f"limit=4&cursor={page['next_cursor']}"
    assert [entry["model"] for entry in seen] == [*MODELS[::-1], *MODELS[::-1]]
    assert seen[0]["timestamp"] == "2025-01-02T06:00:00Z"
    assert seen[0]["credits_debited"] == 5
    assert seen[0]["total_tokens"] == seen[0]["prompt_tokens"] + seen[0]["completion_tokens"] > 0


def test_history_goes_by_page(ask: Ask, dialect: str) -> None:
    for model in MODELS:
        chat(ask, model)
    page = ask("GET", "/v1/credits/history?page=2&page_size=2").json
    assert [entry["model"] for entry in page["entries"]] == [MODELS[0]]
    assert page["total_entries" if dialect == "python" else "total"] == 3
    assert ("page_size" in page, "has_more" in page) == (dialect == "typescript", dialect == "go")


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("model=openai/gpt-4o", 1),
        ("provider=openai", 3),
        ("band=C", 1),
        ("band=D", 1),
        ("status=success", 3),
        ("status=error", 1),
        ("status=rate_limited", 0),
        ("provider=openai&status=error", 1),
        ("start_date=2025-01-01T06:00:00Z", 3),
        ("end_date=2025-01-01T06:00:00%2B00:00", 2),
        ("start_date=2025-01-01&end_date=2025-01-01", 4),
        ("start_date=2025-01-02", 0),
    ],
)
def test_history_is_filtered(ask: Ask, query: str, n: int) -> None:
    for model in (*MODELS, "openai/o1-pro"):
        chat(ask, model)
    assert ask("GET", f"/v1/credits/history?{query}").json["total_entries"] == n


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "cursor=x", "page=0", "page_size=1000", "status=odd", "start_date=soon"]
)
def test_history_refuses_what_it_cannot_read(ask: Ask, query: str) -> None:
    told = ask("GET", f"/v1/credits/history?{query}")
    assert (told.status, told.json["error"]["param"]) == (400, query.partition("=")[0])


def test_stats(ask: Ask, dialect: str) -> None:
    for model in (*MODELS, "openai/gpt-4o", "openai/gpt-4o"):
        chat(ask, model)
    if dialect == "typescript":
        stats = ask("GET", "/v1/credits/stats?group_by=day&provider=openai").json
        assert [row["period"] for row in stats["stats"]] == ["2025-01-01", "2025-01-02"]
        assert stats["stats"][0]["by_model"]["openai/gpt-4o"]["requests"] == 2
        assert stats["summary"]["total_credits"] == 7
        return
    stats = ask("GET", "/v1/credits/stats?period=day").json
    assert (stats["period"], stats["total_credits_used"]) == ("day", 11)
    assert ask("GET", "/v1/credits/stats?period=2025-02").json["total_credits_used"] == 0
    assert ask("GET", "/v1/credits/stats?period=soon").json["error"]["param"] == "period"
    if dialect == "python":
        rows = {row["model"]: row["credits"] for row in stats["model_breakdown"]}
        assert rows == {"openai/gpt-4o": 6, "xai/grok-4": 5}
    else:
        stats = ask("GET", "/v1/credits/stats?group_by=band,day").json
        assert (set(stats["by_band"]), "by_model" in stats) == ({"A", "B", "C"}, False)
        assert stats["by_day"][0]["date"] == "2025-01-01"
        assert (stats["total_requests"], stats["average_latency_ms"]) == (5, 120.0)
        assert ask("GET", "/v1/credits/stats?group_by=moon").status == 400


def test_a_server_without_credits_has_no_such_endpoints(corex: FakeCoreX, ask: Ask) -> None:
    corex.credits.on = False
    for name in ("balance", "history", "stats"):
        assert ask("GET", f"/v1/credits/{name}").json["error"]["code"] == "credits_disabled"


def test_capabilities_have_the_dialects_envelope_and_filters(ask: Ask, dialect: str) -> None:
    def rows(query: str = "") -> dict[str, Any]:
        document = ask("GET", f"/v1/capabilities{query}").json
        if dialect == "go":
            return dict(document["capabilities"])
        return {row["model_id"]: row for row in (document if dialect == "python" else document["models"])}

    every = rows()
    assert every["openai/gpt-4o"]["supports_vision"] is True
    assert ("supports_audio_input" in every["openai/gpt-4o"]) is (dialect == "go")
    assert ("supports_audio_in" in every["openai/gpt-4o"]) is (dialect == "typescript")
    assert set(rows("?provider=xai")) == {"xai/grok-4"}
    for name in ("supports_vision", "supports_tools", "supports_reasoning"):
        able, unable = rows(f"?{name}=true"), rows(f"?{name}=false")
        assert able
        assert unable
        assert {**able, **unable} == every
        assert all(row[name] for row in able.values())
    assert ask("GET", "/v1/capabilities?supports_vision=yes").status == 400


def test_models_are_listed_got_and_deleted_by_encoded_ids(ask: Ask) -> None:
    id = "fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct"
    path = f"/v1/models/{quote(id, safe='')}"
    assert ask("GET", path).json["id"] == id
    assert ask("GET", "/v1/models/zaguanai%2Ffast").json["owned_by"] == "zaguanai"
    assert ask("DELETE", path).json == {"id": id, "object": "model", "deleted": True}
    assert ask("GET", path).status == ask("DELETE", path).status == 404
    assert chat(ask, id).status == 404
    listed = [card["id"] for card in ask("GET", "/v1/models").json["data"]]
    assert id not in listed
    assert "zaguanai/fast" in listed


def test_health_and_providers_tell_who_is_down(corex: FakeCoreX, ask: Ask) -> None:
    assert ask("GET", "/health").json["status"] == "ok"
    corex.down.add("xai")
    assert ask("GET", "/health").json["status"] == "degraded"
    assert ask("GET", "/v1/providers/status").json["providers"]["xai"]["status"] == "unavailable"
    breakers = ask("GET", "/v1/circuit-breaker/status").json["circuit_breakers"]
    assert (breakers["xai"]["state"], breakers["openai"]["state"]) == ("open", "closed")
    assert ask("GET", "/v1/virtual-models/zaguanai%2Ffast").json["targets"][0]["model"] == "openai/gpt-4o-mini"
    assert len(ask("GET", "/v1/virtual-models").json["data"]) == len(corex.virtual_models)
    assert ask("GET", "/v1/virtual-models/none").status == 404
