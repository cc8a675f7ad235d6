"""The morning after: ten thousand rows of a batch become the few groups that somebody must do something about. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sohoa.messages import words
from storage.ledger import Paper
from storage.records import State

OPEN = (State.WORKING, State.REVIEW, State.PENDING, State.FAILED, State.QUARANTINED)
"""States that ask for something, in the order they are told."""

EXAMPLES = 3
PACE_WINDOW = timedelta(minutes=10)
"""Pages read before that say nothing about how fast it goes now."""


def groups(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that wait, failed or were refused, grouped by state and reason, the largest first in each state.

    A group: {"state", "waiting_for", "code", "remedy", "count", "message", "open", "examples"}; `open` counts what
    a person must settle, `message` names a file only where all rows of the group say the same.
    """
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["state"] in OPEN:
            why = row["reason"] or {}
            found.setdefault((row["state"], row["waiting_for"], why.get("code"), why.get("remedy")), []).append(row)
    made = [_group(alike) for alike in found.values()]
    return sorted(made, key=lambda group: (OPEN.index(group["state"]), -group["count"]))


def _group(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    why = rows[0]["reason"] or {}
    code = why.get("code")
    messages = {row["reason"]["message"] for row in rows if row["reason"]}
    return {
        "state": rows[0]["state"],
        "waiting_for": rows[0]["waiting_for"],
        "code": code,
        "remedy": why.get("remedy"),
        "count": len(rows),
        "message": messages.pop() if len(messages) == 1 else words(code).vi if code else "",
        "open": dict(Counter(thing for row in rows for thing in _open_things(row)).most_common()),
        "examples": [row["source"] for row in rows[:EXAMPLES]],
    }


def _open_things(row: Mapping[str, Any]) -> list[str]:
    """Return what a person must settle, by its label; by its name where an older row has no labels."""
    detail = (row["reason"] or {}).get("detail", {})
    return list(detail.get("labels") or detail.get("open") or [])


def merged(batches: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the groups of all batches as if they were one; `batches` says how many of a group are in which."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for batch in batches:
        for group in batch["groups"]:
            key = tuple(group[name] for name in ("state", "waiting_for", "code", "remedy"))
            known = found.get(key)
            if known is None:
                found[key] = {**group, "batches": {batch["batch"]: group["count"]}}
                continue
            if known["message"] != group["message"]:
                known["message"] = words(group["code"]).vi if group["code"] else ""
            known["count"] += group["count"]
            known["open"] = dict((Counter(known["open"]) + Counter(group["open"])).most_common())
            known["examples"] = [*known["examples"], *group["examples"]][:EXAMPLES]
            known["batches"][batch["batch"]] = group["count"]
    return sorted(found.values(), key=lambda group: (OPEN.index(group["state"]), -group["count"]))


def totals(batches: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sums over all batches; `expected` counts only batches for which somebody said a number."""
    counts: Counter[str] = Counter()
    sums = Counter(dict.fromkeys(("expected", "received", "accounted"), 0))
    number = 0
    for batch in batches:
        number += 1
        counts.update(batch["counts"])
        sums.update({name: batch[name] or 0 for name in sums})
    return {"batches": number, "documents": sum(counts.values()), "counts": dict(counts), **sums}


def pages_left(papers: Iterable[Paper], read: int) -> int:
    """Return how many pages of the papers at work are not read; a file nobody has opened is as long as the others."""
    papers = list(papers)
    known = [paper.pages for paper in papers if paper.pages]
    mean = sum(known) / len(known) if known else 1.0
    whole = sum(paper.pages or mean for paper in papers if paper.state is State.WORKING)
    return max(0, round(whole - read))


def pace(number: int, first: datetime | None, last: datetime | None, left: int) -> dict[str, Any]:
    """Return pages a minute between the first and the last of so many pages, and the seconds the rest will take."""
    if number < 3 or first is None or last is None or last <= first:
        return {"pages_per_minute": None, "seconds_left": None}
    per_minute = (number - 1) / (last - first).total_seconds() * 60
    return {"pages_per_minute": round(per_minute, 1), "seconds_left": round(left / per_minute * 60)}
