"""Credits: what is left, what was spent, by what.

Zaguan's three SDKs expect three shapes of each answer. One model reads them all, and says None where its shape was not
the one sent.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny, TypeAdapter, ValidationError

from ...types.base import AS_SENT
from ._base import Count, Document, Flag, Number, OptionalDocument, Text, ZaguanModel

__all__ = ["CreditsBalance", "CreditsHistory", "CreditsHistoryEntry", "CreditsStats", "CreditsStatsPeriod"]

_ByName = Annotated[dict[str, Any] | list[Any] | None, AS_SENT]

_instant: TypeAdapter[datetime] = TypeAdapter(datetime)


class CreditsBalance(ZaguanModel):
    """What the account has.

    Attributes:
        credits_percent: how much of ``credits_total`` is left, in percent.
        tier: such as ``free``, ``pro``, ``platinum``.
        bands: the classes of models that the tier opens, such as ``A``.
        reset_date: when the credits are filled up again, as sent; ``parse_reset_date`` reads it.
    """

    credits_remaining: Number = None
    credits_total: Number = None
    credits_used: Number = None
    credits_percent: Number = None
    tier: Text = None
    bands: SerializeAsAny[list[str]] = Field(default_factory=list)
    reset_date: Text = None
    stripe_price_id: Text = None
    warning: Text = None
    metadata: OptionalDocument = None

    def parse_reset_date(self) -> datetime | None:
        """``reset_date`` as a time with a zone (UTC where none is said); None where it is missing or no date."""
        try:
            instant = _instant.validate_python(self.reset_date)
        except ValidationError:
            return None
        return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)

    def days_until_reset(self) -> int | None:
        """Whole days from now to the reset, 0 once it is past; None where it is unknown."""
        instant = self.parse_reset_date()
        return None if instant is None else max(0, (instant - datetime.now(timezone.utc)).days)

    def is_low_credits(self, threshold_percent: float = 10.0) -> bool:
        """Whether less than ``threshold_percent`` of the credits is left; False where the share is unknown."""
        share = _number(self.credits_percent)
        remaining, total = _number(self.credits_remaining), _number(self.credits_total)
        if share is None and remaining is not None and total:
            share = 100 * remaining / total
        return share is not None and share < threshold_percent


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None


class CreditsHistoryEntry(ZaguanModel):
    """One call and what it cost.

    Attributes:
        cost: in US dollars (the Go SDK).
        latency_ms: in milliseconds.
        status: ``success``, ``error`` or ``rate_limited`` (the Go SDK).
    """

    id: Text = None
    timestamp: Text = None
    request_id: Text = None
    model: Text = None
    provider: Text = None
    band: Text = None
    prompt_tokens: Count = None
    completion_tokens: Count = None
    total_tokens: Count = None
    reasoning_tokens: Count = None
    credits_debited: Number = None
    cost: Number = None
    latency_ms: Number = None
    status: Text = None
    error_message: Text = None


class CreditsHistory(ZaguanModel):
    """One page of calls. The next is asked for with ``next_cursor``, or by the number of the page."""

    entries: SerializeAsAny[list[CreditsHistoryEntry]] = Field(default_factory=list)
    next_cursor: Text = None
    has_more: Flag = None
    page: Count = None
    page_size: Count = None

    # zaguan-sdk (Python) reads `total_entries`, the Go and TypeScript SDKs `total`.
    @property
    def total(self) -> int | None:
        """How many calls there are in all pages, under either name that it may be sent as."""
        found: int | None = self._first_of("total", "total_entries")
        return found

    @property
    def total_entries(self) -> int | None:
        """The same as ``total``."""
        return self.total


class CreditsStatsPeriod(ZaguanModel):
    """What was spent in one period (the TypeScript SDK)."""

    period: Text = None
    total_requests: Count = None
    total_tokens: Count = None
    total_credits: Number = None
    total_cost: Number = None
    by_model: _ByName = None
    by_provider: _ByName = None
    by_band: _ByName = None


class CreditsStats(ZaguanModel):
    """What was spent.

    Attributes:
        model_breakdown: one plain dict per model (zaguan-sdk).
        by_provider, by_model, by_band, by_day: shares, as sent (the Go SDK).
        stats, summary: one entry per period, and all of them (the TypeScript SDK).
    """

    period: Text = None
    start_date: Text = None
    end_date: Text = None
    total_credits_used: Number = None
    total_requests: Count = None
    total_tokens: Count = None
    total_cost: Number = None
    average_latency_ms: Number = None
    model_breakdown: SerializeAsAny[list[Document]] = Field(default_factory=list)
    by_provider: _ByName = None
    by_model: _ByName = None
    by_band: _ByName = None
    by_day: _ByName = None
    stats: SerializeAsAny[list[CreditsStatsPeriod]] = Field(default_factory=list)
    summary: OptionalDocument = None
