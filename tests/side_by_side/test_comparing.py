"""The comparing itself: what is a difference, which row covers it, and that a row which covers none is found."""

from __future__ import annotations

from typing import Any

import pytest

from .comparing import ABSENT, Difference, Row, compared, differences, unlisted


def found(ours: Any, theirs: Any) -> dict[str, tuple[Any, Any]]:
    return {each.field: (each.ours, each.theirs) for each in differences("case", ours, theirs)}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, {}),
        ({"a": True}, {"a": 1}, {"a": (True, 1)}),
        ({"a": None}, {}, {"a": (None, ABSENT)}),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 3}, 4]}}, {"a.b.1.c": (2, 3), "a.b.2": (ABSENT, 4)}),
        ({"a": {"b": 1}}, {"a": "b"}, {"a": ({"b": 1}, "b")}),
    ],
)
def test_the_outermost_fields_that_differ(ours: Any, theirs: Any, expected: dict[str, Any]) -> None:
    assert found(ours, theirs) == expected


def test_where_one_raised_that_is_the_difference_beside_the_requests() -> None:
    ours = {"requests": [1], "raised": {"class": "Timeout", "model": "m"}}
    theirs = {"requests": [], "returned": {"a": 1}}
    assert compared("case", ours, theirs) == [
        Difference("case", "end", "raises Timeout", "returns"),
        Difference("case", "requests.0", 1, ABSENT),
    ]


@pytest.mark.parametrize(
    ("row", "covers"),
    [
        ({"cases": "*/plain", "field": "requests.*.{user,n}"}, True),
        ({"cases": "*/plain", "field": "requests.*.{user,n}", "ours": "<null>", "theirs": 2}, True),
        ({"cases": "*/plain", "field": "requests.*.{user,n}", "theirs": 3}, False),
        ({"cases": "*/plain", "field": "requests.n"}, False),
        ({"cases": "plain", "field": "*"}, False),
    ],
)
def test_a_row_covers_what_it_names(row: dict[str, Any], covers: bool) -> None:
    assert Row(why="", **row).covers(Difference("openai/plain", "requests.0.n", None, 2)) is covers


def test_both_what_is_unlisted_and_what_no_longer_occurs_are_found() -> None:
    rows = [Row("a", "x", "meant"), Row("a", "z", "gone")]
    left = unlisted([Difference("a", "x", 1, 2), Difference("a", "y", 1, 2)], rows)
    assert [each.field for each in left] == ["y"]
    assert [row.field for row in rows if not row.seen] == ["z"]
