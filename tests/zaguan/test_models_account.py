"""Catalogue and credits: the shapes that Zaguan's three SDKs expect are all read."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from edgequake_async.types.tolerant import read
from edgequake_async.zaguan.models import (
    CreditsBalance,
    CreditsHistory,
    CreditsStats,
    ModelCapabilities,
    ModelList,
    ProvidersStatus,
    read_capabilities,
)

VISION = {"supports_vision": True, "supports_tools": False, "new": {"deep": 1}}


def loaded(cls: Any, document: Any) -> Any:
    return read(cls, json.dumps(document).encode())


class TestCapabilities:
    @pytest.mark.parametrize(
        "document",
        [
            [{"model_id": "a/b", **VISION}],
            {"capabilities": {"a/b": VISION}},
            {"capabilities": {"a/b": {"model_id": "a/b", **VISION}}},
            {"models": [{"model_id": "a/b", **VISION}]},
            {"object": "list", "data": [{"model_id": "a/b", **VISION}]},
            {"capabilities": [{"model_id": "a/b", **VISION}]},
            {"capabilities": None, "models": [{"model_id": "a/b", **VISION}]},
            {"data": {"a/b": VISION}},
            [None, "text", {"model_id": "a/b", **VISION}],
        ],
        ids=repr,
    )
    def test_every_envelope(self, document: Any) -> None:
        (found,) = read_capabilities(document)
        assert found.model_dump(exclude_unset=True) == {"model_id": "a/b", **VISION}
        assert (found.supports_vision, found.supports_tools, found.supports_reasoning) == (True, False, None)

    def test_an_entry_under_another_id_keeps_its_own(self) -> None:
        (found,) = read_capabilities({"capabilities": {"alias": {"model_id": "a/b"}}})
        assert found.model_id == "a/b"

    def test_an_entry_named_as_models_are(self) -> None:
        (found,) = read_capabilities([{"id": "a/b"}])
        assert found.model_id == "a/b"

    def test_the_document_is_left_alone(self) -> None:
        document = {"capabilities": {"a/b": dict(VISION)}}
        read_capabilities(document)
        assert document == {"capabilities": {"a/b": VISION}}

    @pytest.mark.parametrize("document", [None, 5, "text", {}, {"capabilities": None}, {"error": {"message": "no"}}])
    def test_anything_else_is_refused(self, document: Any) -> None:
        with pytest.raises(ValueError, match="capabilities"):
            read_capabilities(document)

    @pytest.mark.parametrize("empty", [[], {"data": []}, {"capabilities": {}}])
    def test_none_at_all(self, empty: Any) -> None:
        assert read_capabilities(empty) == []

    @pytest.mark.parametrize(
        ("sent", "hears", "speaks"),
        [
            ({}, None, None),
            ({"supports_audio_in": True, "supports_audio_out": False}, True, False),
            ({"supports_audio_input": True, "supports_audio_output": False}, True, False),
            ({"supports_audio_in": None, "supports_audio_input": True}, True, None),
        ],
        ids=repr,
    )
    def test_audio_under_either_name(self, sent: dict[str, Any], hears: Any, speaks: Any) -> None:
        for found in (read_capabilities([sent])[0], loaded(ModelCapabilities, sent)):
            assert (found.supports_audio_in, found.supports_audio_input) == (hears, hears)
            assert (found.supports_audio_out, found.supports_audio_output) == (speaks, speaks)
            assert found.model_dump(exclude_unset=True) == sent


def test_models_without_object_are_read() -> None:
    page = loaded(ModelList, {"data": [{"id": "a/b", "owned_by": None, "new": 1}], "has_more": False})
    assert (page.data[0].id, page.data[0].object, page.data[0].new) == ("a/b", None, 1)


def test_what_has_no_schema_is_there_as_sent() -> None:
    assert loaded(ProvidersStatus, {"openai": {"healthy": True}}).openai == {"healthy": True}


class TestBalance:
    def test_every_shape(self) -> None:
        short = {"credits_remaining": 900, "tier": "pro", "bands": ["A", "B"]}
        long = {**short, "credits_remaining": 0.5, "credits_percent": 12.5, "stripe_price_id": "price_1", "new": [1]}
        for sent in (short, long):
            assert loaded(CreditsBalance, sent).model_dump(exclude_unset=True) == sent
        assert loaded(CreditsBalance, {"bands": None}).bands == []
        assert loaded(CreditsBalance, {"bands": [1, None]}).bands == [1, None]

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            ("2025-12-01T00:00:00Z", datetime(2025, 12, 1, tzinfo=timezone.utc)),
            ("2025-12-01T02:00:00+02:00", datetime(2025, 12, 1, tzinfo=timezone.utc)),
            ("2025-12-01T00:00:00.123456789Z", datetime(2025, 12, 1, 0, 0, 0, 123456, tzinfo=timezone.utc)),
            ("2025-12-01 00:00:00", datetime(2025, 12, 1, tzinfo=timezone.utc)),
            ("2025-12-01", datetime(2025, 12, 1, tzinfo=timezone.utc)),
            (1764547200, datetime(2025, 12, 1, tzinfo=timezone.utc)),
            ("soon", None),
            ("", None),
            (None, None),
            ([], None),
        ],
        ids=repr,
    )
    def test_reset_date(self, sent: Any, expected: datetime | None) -> None:
        found = loaded(CreditsBalance, {"reset_date": sent}).parse_reset_date()
        assert found == expected
        assert found is None or found.tzinfo is not None

    def test_days_until_reset(self) -> None:
        now = datetime.now(timezone.utc)
        for ahead, days in ((timedelta(days=3, hours=1), 3), (timedelta(hours=1), 0), (timedelta(days=-9), 0)):
            assert CreditsBalance(reset_date=(now + ahead).isoformat()).days_until_reset() == days
        assert CreditsBalance().days_until_reset() is None

    @pytest.mark.parametrize(
        ("sent", "low"),
        [
            ({"credits_percent": 9.9}, True),
            ({"credits_percent": 10}, False),
            ({"credits_percent": 50, "credits_remaining": 1, "credits_total": 100}, False),
            ({"credits_remaining": 5, "credits_total": 100}, True),
            ({"credits_remaining": 50, "credits_total": 100}, False),
            ({"credits_remaining": 0, "credits_total": 0}, False),
            ({"credits_remaining": 5}, False),
            ({"credits_percent": "low"}, False),
            ({}, False),
        ],
        ids=repr,
    )
    def test_low_credits(self, sent: dict[str, Any], low: bool) -> None:
        assert loaded(CreditsBalance, sent).is_low_credits() is low

    def test_low_credits_by_another_threshold(self) -> None:
        assert CreditsBalance(credits_percent=40).is_low_credits(threshold_percent=50)


ENTRY = {"id": "h1", "credits_debited": 1.5, "latency_ms": 12.25, "band": None, "new": {"a": 1}}


class TestHistory:
    @pytest.mark.parametrize(
        "rest",
        [
            {"total_entries": 2, "next_cursor": "c"},
            {"total": 2, "has_more": True, "next_cursor": "c"},
            {"total": 2, "page": 1, "page_size": 50},
        ],
        ids=repr,
    )
    def test_every_shape(self, rest: dict[str, Any]) -> None:
        sent = {"entries": [ENTRY], **rest}
        page = loaded(CreditsHistory, sent)
        assert (page.total, page.total_entries) == (2, 2)
        assert (page.next_cursor, page.has_more) == (rest.get("next_cursor"), rest.get("has_more"))
        assert (page.entries[0].credits_debited, page.entries[0].latency_ms, page.entries[0].cost) == (1.5, 12.25, None)
        assert page.model_dump(exclude_unset=True) == sent

    def test_nothing(self) -> None:
        page = loaded(CreditsHistory, {"entries": None})
        assert (page.entries, page.total, page.total_entries) == ([], None, None)

    def test_none_of_many_pages_is_still_a_number(self) -> None:
        assert loaded(CreditsHistory, {"total": 0}).total_entries == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"period": "day", "total_credits_used": 5, "total_cost": 0.5, "model_breakdown": [{"model": "a", "new": None}]},
        {"period": "day", "by_provider": {"openai": {"requests": 1}}, "by_day": [{"date": "d"}], "total_requests": 1.0},
        {"stats": [{"period": "d", "total_credits": 1.5, "by_band": {"A": {}}, "new": 1}], "summary": {"total": 1}},
    ],
    ids=repr,
)
def test_every_shape_of_statistics(sent: dict[str, Any]) -> None:
    found = loaded(CreditsStats, sent)
    assert found.model_dump(exclude_unset=True) == sent
    assert all(type(entry) is dict for entry in found.model_breakdown)
    assert [entry.total_credits for entry in found.stats] == ([1.5] if "stats" in sent else [])
