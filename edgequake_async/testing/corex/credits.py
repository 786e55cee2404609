"""Credits of the fake CoreX: balance, history and stats, in the shapes that its three SDKs expect.

Python, Go and TypeScript models disagree on names and nesting; ``World.dialect`` chooses. Every filter that
any SDK sends is understood in every dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from .account import Entry
from .call import Call, Json, Refused, whole
from .world import Routes, World

_WINDOWS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MATCHED = ("model", "provider", "band", "status")
_STATUSES = ("success", "error", "rate_limited")
_GROUPS: dict[str, Callable[[Entry], str]] = {
    "model": lambda entry: entry.model,
    "provider": lambda entry: entry.provider,
    "band": lambda entry: entry.band,
    "day": lambda entry: entry.at.strftime("%Y-%m-%d"),
}
_SPANS: dict[str, Callable[[Entry], str]] = {
    "day": _GROUPS["day"],
    "week": lambda entry: entry.at.strftime("%G-W%V"),
    "month": lambda entry: entry.at.strftime("%Y-%m"),
}


def _balance(world: World, call: Call) -> Json:
    account = _account(world).credits
    balance: Json = {
        "credits_remaining": account.remaining,
        "tier": account.tier,
        "bands": list(account.bands),
        "reset_date": account.reset_date,
    }
    if world.dialect == "python":
        return {**balance, "metadata": {}}
    more = {
        "credits_total": account.total,
        "credits_used": account.used,
        "credits_percent": account.percent,
        "stripe_price_id": account.stripe_price_id,
    }
    return {**balance, **more, **({"warning": account.warning} if account.warning else {})}


def _history(world: World, call: Call) -> Json:
    found = _selected(world, call)[::-1]
    by_page = "page" in call.query or "page_size" in call.query or world.dialect == "typescript"
    page = whole(call.query, "page", 1, high=1_000_000)
    size = whole(call.query, "page_size", 20) if by_page else whole(call.query, "limit", 20)
    start = (page - 1) * size if by_page else _offset(call)
    rows = [_line(entry, detailed=world.dialect == "go") for entry in found[start : start + size]]
    more = start + size < len(found)
    cursor = f"cursor_{start + size}" if more else None
    if world.dialect == "typescript":
        return {"entries": rows, "total": len(found), "page": page, "page_size": size}
    if world.dialect == "go":
        return {"entries": rows, "total": len(found), "has_more": more, "next_cursor": cursor}
    return {"entries": rows, "total_entries": len(found), "next_cursor": cursor}


def _stats(world: World, call: Call) -> Json:
    period = call.query.get("period")
    entries = _within(_selected(world, call), period)
    if world.dialect == "typescript":
        return _spans(call, entries)
    sums = _sums(entries)
    if world.dialect == "python":
        models = _grouped(entries, "model").items()
        breakdown = [{"model": name, **_sums(group)} for name, group in models]
        return {
            "period": period or "all",
            "total_credits_used": sums["credits"],
            "total_cost": sums["cost"],
            "model_breakdown": breakdown,
        }
    wanted = [name for name in call.query.get("group_by", ",".join(_GROUPS)).split(",") if name]
    _check(wanted, _GROUPS, "group_by")
    groups: Json = {f"by_{name}": {k: _sums(v) for k, v in _grouped(entries, name).items()} for name in wanted}
    if "by_day" in groups:
        groups["by_day"] = [{"date": day, **row} for day, row in groups["by_day"].items()]
    latency = sum(entry.latency_ms for entry in entries) / len(entries) if entries else 0.0
    return {
        "period": period or "all",
        "start_date": entries[0].timestamp if entries else None,
        "end_date": entries[-1].timestamp if entries else None,
        "total_credits_used": sums["credits"],
        "total_requests": sums["requests"],
        "total_tokens": sums["tokens"],
        "total_cost": sums["cost"],
        "average_latency_ms": latency,
        **groups,
    }


def _spans(call: Call, entries: list[Entry]) -> Json:
    span = call.query.get("group_by", "day")
    _check([span], _SPANS, "group_by")
    periods: dict[str, list[Entry]] = {}
    for entry in entries:
        periods.setdefault(_SPANS[span](entry), []).append(entry)
    rows = []
    for name, group in periods.items():
        by = {f"by_{key}": {k: _sums(v) for k, v in _grouped(group, key).items()} for key in _MATCHED[:3]}
        rows.append({"period": name, **_totals(group), **by})
    return {"stats": rows, "summary": _totals(entries)}


def _totals(entries: Iterable[Entry]) -> Json:
    sums = _sums(entries)
    return {
        "total_requests": sums["requests"],
        "total_tokens": sums["tokens"],
        "total_credits": sums["credits"],
        "total_cost": sums["cost"],
    }


def _sums(entries: Iterable[Entry]) -> Json:
    entries = list(entries)
    return {
        "requests": len(entries),
        "tokens": sum(entry.tokens for entry in entries),
        "credits": sum(entry.credits for entry in entries),
        "cost": round(sum(entry.cost for entry in entries), 4),
    }


def _grouped(entries: Iterable[Entry], name: str) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_GROUPS[name](entry), []).append(entry)
    return groups


def _line(entry: Entry, *, detailed: bool) -> Json:
    line: Json = {
        "id": entry.id,
        "timestamp": entry.timestamp,
        "request_id": entry.request_id,
        "model": entry.model,
        "provider": entry.provider,
        "band": entry.band,
        "prompt_tokens": entry.prompt_tokens,
        "completion_tokens": entry.completion_tokens,
        "total_tokens": entry.tokens,
        "credits_debited": entry.credits,
        "cost": entry.cost,
        "latency_ms": entry.latency_ms,
        "status": entry.status,
    }
    if detailed:
        line["reasoning_tokens"] = entry.reasoning_tokens
        line["error_message"] = entry.error_message
    return line


def _account(world: World) -> World:
    if not world.credits.on:
        raise Refused(404, "Credits are not enabled on this server.", code="credits_disabled")
    return world


def _selected(world: World, call: Call) -> list[Entry]:
    """The entries that the query's dates and filters leave, oldest first."""
    if "status" in call.query:
        _check([call.query["status"]], _STATUSES, "status")
    first, last = _moment(call, "start_date"), _moment(call, "end_date")
    return [
        entry
        for entry in _account(world).credits.entries
        if all(call.query.get(name) in (None, getattr(entry, name)) for name in _MATCHED)
        and (first is None or entry.at >= first)
        and (last is None or entry.at <= last)
    ]


def _within(entries: list[Entry], period: str | None) -> list[Entry]:
    """The last day, week, month or year of the entries, or those whose timestamp starts with YYYY-MM[-DD]."""
    if period in (None, "all") or not entries:
        return entries
    if period in _WINDOWS:
        start = entries[-1].at - timedelta(days=_WINDOWS[period])
        return [entry for entry in entries if entry.at > start]
    if period[:4].isdigit() and period[4:5] == "-":
        return [entry for entry in entries if entry.timestamp.startswith(period)]
    raise Refused(400, "Invalid 'period': expected day, week, month, year, all or YYYY-MM.", param="period")


def _moment(call: Call, name: str) -> datetime | None:
    """A date or a moment in ISO 8601; an end date is the whole day."""
    text = call.query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as exc:
        raise Refused(400, f"Invalid '{name}': expected a date in ISO 8601.", param=name, code="invalid_date") from exc
    if len(text) == len("2025-01-01") and name == "end_date":
        moment += timedelta(days=1, microseconds=-1)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _offset(call: Call) -> int:
    cursor = call.query.get("cursor")
    if not cursor:
        return 0
    number = cursor.removeprefix("cursor_")
    if not cursor.startswith("cursor_") or not number.isdigit():
        raise Refused(400, "Invalid 'cursor'.", param="cursor", code="invalid_cursor")
    return int(number)


def _check(values: Iterable[str], options: Iterable[Any], name: str) -> None:
    known = list(options)
    if any(value not in known for value in values):
        raise Refused(400, f"Invalid '{name}': expected one of {', '.join(known)}.", param=name, code="invalid_value")


ROUTES: Routes = {
    ("GET", "/v1/credits/balance"): _balance,
    ("GET", "/v1/credits/history"): _history,
    ("GET", "/v1/credits/stats"): _stats,
}
