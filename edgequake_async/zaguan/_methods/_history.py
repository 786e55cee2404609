"""Entries of the history of credits, page after page.

An iterator and no generator: it holds nothing open, so it may be left at any point (trio warns of generators that are),
and asked again after a failure, when it fetches the page that failed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from ..models import CreditsHistory, CreditsHistoryEntry

__all__ = ["Entries"]

# Cursor or number of a page; neither for the first.
_Place = tuple[str | None, int | None]


class Entries:
    """Every entry once, for as long as the gateway sends another page than those it has sent.

    Args:
        fetch: gets the page at a cursor or of a number.
    """

    def __init__(self, fetch: Callable[[str | None, int | None], Awaitable[CreditsHistory]]) -> None:
        self._fetch = fetch
        self._ready: deque[CreditsHistoryEntry] = deque()
        self._last: list[CreditsHistoryEntry] = []
        self._following: _Place | None = (None, None)
        self._seen: set[_Place | None] = set()

    def __aiter__(self) -> Entries:
        return self

    async def __anext__(self) -> CreditsHistoryEntry:
        while not self._ready:
            if self._following is None:
                raise StopAsyncIteration
            self._take(await self._fetch(*self._following))
        return self._ready.popleft()

    def _take(self, history: CreditsHistory) -> None:
        following = _after(history)
        if history.entries and history.entries == self._last:
            following = None
        else:
            self._ready.extend(history.entries)
        self._last = history.entries
        self._following = None if following in self._seen else following
        self._seen.add(following)


def _after(history: CreditsHistory) -> _Place | None:
    """Where the page after this one is; None after the last."""
    if history.has_more is False:
        return None
    if history.next_cursor:
        return history.next_cursor, None
    page, size, total = history.page, history.page_size, history.total
    if not history.entries or not isinstance(page, int):
        return None
    if isinstance(size, int) and isinstance(total, int) and page * size >= total:
        return None
    return None, page + 1
