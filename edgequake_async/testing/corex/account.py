"""The credits of the fake CoreX's one account: what is left, which bands it may use, and every debit.

Promises one debit per request id, however often the call is made, as CoreX's SDK specification asks of
retries. Time is the account's own: entries are six hours apart from 2025-01-01T00:00:00Z, so that dates in a
test are always the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .call import Call, Json, Refused
from .models import Model

TIERS = ("free", "pro", "platinum", "enterprise")

_START = datetime(2025, 1, 1, tzinfo=timezone.utc)
_STEP = timedelta(hours=6)
_TIER_OF_BAND = {"A": "free", "B": "free", "C": "pro", "D": "enterprise"}
_LOW_PERCENT = 10.0
_COST_PER_CREDIT = 0.01


@dataclass
class Entry:
    """One line of the history. ``status`` is success, error or rate_limited; ``latency_ms`` is made up."""

    id: str
    at: datetime
    request_id: str
    model: str
    provider: str
    band: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    credits: int = 0
    latency_ms: int = 120
    status: str = "success"
    error_message: str | None = None

    @property
    def tokens(self) -> int:
        """All tokens of the call."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def cost(self) -> float:
        """US dollars."""
        return round(self.credits * _COST_PER_CREDIT, 4)

    @property
    def timestamp(self) -> str:
        """The moment in ISO 8601, UTC."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Account:
    """Credits, and who may use what. Every field may be changed at any time.

    ``on`` False is a CoreX without credits: nothing is debited, no band is closed, the endpoints answer 404.
    ``prices`` are credits per call by band; ``entries`` are the history, oldest first.
    """

    on: bool = True
    total: int = 1_000
    used: int = 0
    tier: str = "pro"
    bands: list[str] = field(default_factory=lambda: ["A", "B", "C"])
    reset_date: str = "2030-01-01T00:00:00Z"
    stripe_price_id: str = "price_fake"
    prices: dict[str, int] = field(default_factory=lambda: {"A": 1, "B": 2, "C": 5, "D": 10})
    entries: list[Entry] = field(default_factory=list)

    @property
    def remaining(self) -> int:
        """Credits left."""
        return self.total - self.used

    @property
    def percent(self) -> float:
        """The part of the total that is left, in percent."""
        return round(100 * self.remaining / self.total, 2) if self.total else 0.0

    @property
    def warning(self) -> str | None:
        """Said when less than 10 % are left."""
        return f"{self.percent} % of the credits are left." if self.percent < _LOW_PERCENT else None

    def shield(self) -> Json | None:
        """The ``promptshield`` object of a chat reply (CoreX's SDK specification), None without credits."""
        if not self.on:
            return None
        return {
            "credits_used": self.used,
            "credits_remaining": self.remaining,
            "credits_total": self.total,
            "credits_percent": self.percent,
            "reset_date": self.reset_date,
            "warning": self.warning,
        }

    def debit(self, call: Call, model: Model, prompt: int, completion: int, reasoning: int) -> None:
        """Take the price of one call, unless its request id has paid. Refuses with 402 and 403."""
        if not self.on or any(entry.request_id == call.id and entry.status == "success" for entry in self.entries):
            return
        if model.band not in self.bands:
            raise Refused(
                403,
                f"Band {model.band} is not part of the {self.tier} tier.",
                type="band_access_denied",
                code="band_access_denied",
                extra={
                    "band": model.band,
                    "required_tier": _TIER_OF_BAND.get(model.band, TIERS[-1]),
                    "current_tier": self.tier,
                },
            )
        price = self.prices.get(model.band, 1)
        if price > self.remaining:
            raise Refused(
                402,
                f"The call needs {price} credits and {self.remaining} are left.",
                type="insufficient_credits",
                code="insufficient_credits",
                extra={
                    "credits_required": price,
                    "credits_remaining": self.remaining,
                    "reset_date": self.reset_date,
                },
            )
        self.used += price
        counted = {"prompt_tokens": prompt, "completion_tokens": completion, "reasoning_tokens": reasoning}
        self.record(call, model, credits=price, **counted)

    def record(self, call: Call, model: Model, **fields: Any) -> None:
        """Add a line to the history."""
        number = len(self.entries)
        entry = Entry(
            f"cr_fake{number + 1:08d}", _START + number * _STEP, call.id, model.id, model.provider, model.band, **fields
        )
        self.entries.append(entry)
