"""Credits: balance, history and statistics of the account, where the gateway counts them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from .._transport import BaseClient
from ..models import CreditsBalance, CreditsHistory, CreditsHistoryEntry, CreditsStats
from ._history import Entries
from ._requests import Options, query, read_options

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["CreditsMethods"]


class CreditsMethods(BaseClient):
    """``GET /v1/credits/*``. CoreX's own clients disagree on these replies: whatever was sent is readable."""

    async def get_credits_balance(self, request_id: str | None = None, **options: Unpack[Options]) -> CreditsBalance:
        """What is left of the account's credits, its tier and bands, and when they are renewed."""
        return await self._send(CreditsBalance, "GET", "/credits/balance", read_options(options, request_id))

    async def get_credits_history(
        self,
        limit: int | None = None,
        cursor: str | None = None,
        request_id: str | None = None,
        *,
        page: int | None = None,
        page_size: int | None = None,
        start_date: str | date | None = None,
        end_date: str | date | None = None,
        model: str | None = None,
        provider: str | None = None,
        band: str | None = None,
        status: str | None = None,
        **options: Unpack[Options],
    ) -> CreditsHistory:
        """One page of what was debited; ``iter_credits_history`` goes through all.

        Args:
            limit: entries at most, where pages follow a cursor (zaguan-sdk for Python and Go).
            cursor: the ``next_cursor`` of the page before.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            page: number of the page, where pages have numbers (the TypeScript SDK).
            page_size: entries of a numbered page.
            start_date: from when: ISO 8601 text, a date or a datetime.
            end_date: until when.
            model: only this model's.
            provider: only this provider's.
            band: only this band's.
            status: only these: success, error or rate_limited (the Go SDK).
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(
            limit=limit,
            cursor=cursor,
            page=page,
            page_size=page_size,
            start_date=start_date,
            end_date=end_date,
            model=model,
            provider=provider,
            band=band,
            status=status,
        )
        call = read_options(options, request_id)
        return await self._send(CreditsHistory, "GET", "/credits/history", call, query=asked)

    def iter_credits_history(
        self,
        limit: int | None = None,
        *,
        page_size: int | None = None,
        start_date: str | date | None = None,
        end_date: str | date | None = None,
        model: str | None = None,
        provider: str | None = None,
        band: str | None = None,
        status: str | None = None,
        **options: Unpack[Options],
    ) -> AsyncIterator[CreditsHistoryEntry]:
        """Every entry of the history, fetching page after page.

        Follows ``next_cursor``, or numbers where the gateway numbers its pages, and ends where it sends no other page
        than those it has sent. Each page is a request with an id of its own. It may be left at any entry, and asked
        again after a failure.

        Args:
            limit: entries of one page at most.
            page_size: the same, where pages have numbers.
            start_date: see ``get_credits_history``, as for all others.
        """
        return Entries(
            lambda cursor, page: self.get_credits_history(
                limit,
                cursor,
                page=page,
                page_size=page_size,
                start_date=start_date,
                end_date=end_date,
                model=model,
                provider=provider,
                band=band,
                status=status,
                **options,
            )
        )

    async def get_credits_stats(
        self,
        period: str | None = None,
        request_id: str | None = None,
        *,
        start_date: str | date | None = None,
        end_date: str | date | None = None,
        group_by: str | Sequence[str] | None = None,
        model: str | None = None,
        provider: str | None = None,
        band: str | None = None,
        **options: Unpack[Options],
    ) -> CreditsStats:
        """What was used in a period.

        Args:
            period: such as day, week, month.
            request_id: the ``X-Request-Id``, None for a new uuid4.
            start_date: from when: ISO 8601 text, a date or a datetime.
            end_date: until when.
            group_by: any of provider, model, band, day (the Go SDK) or one of day, week, month (the TypeScript SDK);
                several go out joined by commas.
            model: only this model's.
            provider: only this provider's.
            band: only this band's.
            **options: ``timeout`` (seconds), ``headers`` and ``retry`` of this call.
        """
        asked = query(
            period=period,
            start_date=start_date,
            end_date=end_date,
            group_by=group_by,
            model=model,
            provider=provider,
            band=band,
        )
        return await self._send(CreditsStats, "GET", "/credits/stats", read_options(options, request_id), query=asked)
