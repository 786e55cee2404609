"""Going through the whole history of credits: by cursor, by number, and never in a circle."""

from __future__ import annotations

from typing import Any

import pytest

from edgequake_async import zaguan
from edgequake_async.testing import FakeProvider, error, raw

from .ways import ClientWay


def page(*ids: str, **rest: Any) -> Any:
    """One page of the history."""
    return raw(200, (), {"entries": [{"id": name} for name in ids], **rest})


@pytest.mark.parametrize(
    ("pages", "queries"),
    [
        ([page("a", "b", next_cursor=None)], [{}]),
        ([page("a", next_cursor="x", total_entries=2), page("b")], [{}, {"cursor": "x"}]),
        (
            [page("a", next_cursor="x", has_more=True), page("b", has_more=False, next_cursor="y")],
            [{}, {"cursor": "x"}],
        ),
        ([page(next_cursor="x"), page("a", "b")], [{}, {"cursor": "x"}]),
        ([page("a", next_cursor="x"), page("b", next_cursor="x")], [{}, {"cursor": "x"}]),
        ([page("a", page=1, page_size=1, total=2), page("b", page=2, page_size=1, total=2)], [{}, {"page": "2"}]),
        ([page("a", page=1), page("b", page=2), page(page=3)], [{}, {"page": "2"}, {"page": "3"}]),
        ([page("a", "b", page=1), page("a", "b", page=1)], [{}, {"page": "2"}]),
        ([page("a", "b", next_cursor="x"), page("a", "b", next_cursor="y")], [{}, {"cursor": "x"}]),
        ([page("a", "b", total=9, has_more=True)], [{}]),
    ],
    ids=[
        "one",
        "Python",
        "Go",
        "empty between",
        "circle",
        "TypeScript",
        "until empty",
        "always one",
        "deaf",
        "no way on",
    ],
)
def test_every_entry_once(
    client_way: ClientWay, fake: FakeProvider, pages: list[Any], queries: list[dict[str, str]]
) -> None:
    fake.script(*pages, error(500, "Asked for more than there is."))
    with client_way.open(fake) as client:
        entries = list(client.iter_credits_history(7, band="A", headers={"X-Extra": "1"}))
    assert [entry.id for entry in entries] == ["a", "b"]
    assert all(isinstance(entry, zaguan.CreditsHistoryEntry) for entry in entries)
    assert [request.query for request in fake.requests] == [{"limit": "7", "band": "A", **query} for query in queries]
    assert len({request.headers["x-request-id"] for request in fake.requests}) == len(pages)
    assert {request.headers["x-extra"] for request in fake.requests} == {"1"}


def test_a_failure_comes_after_what_preceded_it(client_way: ClientWay, fake: FakeProvider) -> None:
    """And asking again fetches the page that failed."""
    fake.script(page("a", next_cursor="x"), error(503, "Later."), page("b"))
    with client_way.open(fake) as client:
        entries = client.iter_credits_history()
        assert next(entries).id == "a"
        with pytest.raises(zaguan.ServerError, match="Later"):
            next(entries)
        assert [entry.id for entry in entries] == ["b"]
    assert [request.query for request in fake.requests] == [{}, {"cursor": "x"}, {"cursor": "x"}]


def test_pages_are_fetched_as_they_are_needed(client_way: ClientWay, fake: FakeProvider) -> None:
    fake.script(page("a", next_cursor="x"), page("b"))
    with client_way.open(fake) as client:
        entries = client.iter_credits_history()
        assert next(entries).id == "a"
        assert len(fake.requests) == 1


def test_every_page_has_every_filter(client_way: ClientWay, fake: FakeProvider) -> None:
    filters = {"start_date": "2026-01-01", "end_date": "2026-02-01", "model": "m", "provider": "p", "band": "A"}
    filters |= {"status": "success"}
    fake.script(page("a", next_cursor="x"), page("b"))
    with client_way.open(fake) as client:
        assert len(list(client.iter_credits_history(page_size=3, **filters))) == 2
    asked = {"page_size": "3", **filters}
    assert [request.query for request in fake.requests] == [asked, {**asked, "cursor": "x"}]
