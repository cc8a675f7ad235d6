"""The morning after: rows become groups, groups become a screen that a clerk can read."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from sohoa.cli.morning_page import print_page
from sohoa.cli.tables import print_documents
from sohoa.cli.words import counted, decimal, lasting
from sohoa.messages import reason
from sohoa.morning import groups, merged, pace, totals
from sohoa.policy import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Rests

AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


def row(source: str, state: str, waiting_for: str | None = None, why: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "source": source,
        "pages": [1, 1],
        "record_id": None,
        "state": state,
        "waiting_for": waiting_for,
        "reason": why,
        "seconds": 0.0,
    }


def empty(file: str) -> dict[str, Any]:
    return row(file, "quarantined", None, reason("empty_file", remedy="resubmit", file=file))


def doubtful(file: str, *labels: str) -> dict[str, Any]:
    why = {**reason("needs_review", remedy="resubmit", what="; ".join(labels)), "detail": {"labels": list(labels)}}
    return row(file, "review", "person", why)


def batch(code: str, rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in rows:
        counts[one["state"]] = counts.get(one["state"], 0) + 1
    return {
        "batch": code,
        "state": "open",
        "folder": "/nowhere/at/all",
        "expected": len(rows),
        "received": len(rows),
        "accounted": len(rows),
        "counts": counts,
        "waiting": [r for r in rows if r["state"] in ("review", "pending", "working")],
        "failed": [r for r in rows if r["state"] == "failed"],
        "quarantined": [r for r in rows if r["state"] == "quarantined"],
        "groups": groups(rows),
        "pace": None,
        **changes,
    }


def screen(batches: list[dict[str, Any]], width: int = 80, *, files: bool = False) -> list[str]:
    out = Console(width=width, record=True, file=None, quiet=False, force_terminal=False)
    with out.capture() as captured:
        print_page({"batches": batches, "totals": totals(batches)}, out, files=files)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_ten_thousand_rows_become_a_few_groups() -> None:
    rows = [row(f"{n}.pdf", "kept") for n in range(9000)] + [empty(f"{n}.png") for n in range(700)]
    rows += [doubtful(f"{n}.tif", "Số, ký hiệu", *(["Trích yếu"] if n % 2 else [])) for n in range(300)]
    review, aside = groups(rows)
    assert (review["state"], review["count"], review["open"]) == (
        "review",
        300,
        {"Số, ký hiệu": 300, "Trích yếu": 150},
    )
    assert (aside["code"], aside["count"], len(aside["examples"])) == ("empty_file", 700, 3)
    assert "0.png" not in aside["message"], "a sentence for many names none of them"


def test_a_group_of_one_keeps_its_own_sentence() -> None:
    (group,) = groups([empty("một.png")])
    assert group["message"] == empty("một.png")["reason"]["message"]


def test_groups_of_several_batches_are_added_up() -> None:
    boxes = [batch("b1", [empty("a"), empty("b")]), batch("b2", [empty("c"), doubtful("d", "Ngày")])]
    review, aside = merged(boxes)
    assert (aside["count"], aside["batches"]) == (3, {"b1": 2, "b2": 1})
    assert review["batches"] == {"b2": 1}
    assert boxes[0]["groups"][0]["count"] == 2, "what was put in is left as it was"


def test_the_screen_says_what_waits_for_whom_and_what_to_type() -> None:
    rows = [row("a.pdf", "kept"), empty("b.png"), doubtful("c.tif", "Số, ký hiệu")]
    rows += [row("d.png", "pending", "seal", reason("waits_for_seal", remedy="retry", why="không có mạng"))]
    text = "\n".join(screen([batch("hop-1", rows, expected=6)]))
    assert text.startswith("4 văn bản: đã lưu 1 · chờ kiểm tra 1 ·")
    assert "1 chờ người kiểm tra\n        Số, ký hiệu 1\n        c.tif\n        → sohoa review list" in text
    assert "không có mạng" in text
    assert "để riêng: Tệp «b.png» rỗng" in text
    assert "→ quét hoặc gửi lại vào đúng thư mục, rồi: sohoa up" in text
    assert "thiếu 2 tờ" in text


@pytest.mark.parametrize("width", [80, 120, 160])
def test_no_line_but_a_command_is_longer_than_the_screen(width: int) -> None:
    long = "tập 12/" + "rất dài " * 20 + ".pdf"
    rows = [empty(long), doubtful(long, *(f"Trường số {n}" for n in range(20))), row(long, "working")]
    boxes = [batch(f"hộp số {n} có tên dài-2026-11-23", rows) for n in range(6)]
    assert all(len(line) <= width or "→" in line for line in screen(boxes, width))
    assert all(len(line) <= width or "→" in line for line in screen(boxes[:1], width, files=True))


def test_a_batch_whose_sheets_add_up_may_be_closed() -> None:
    assert "→ đủ số tờ, đóng được lô: sohoa batch close hop-1" in "\n".join(
        screen([batch("hop-1", [row("a", "kept")])])
    )
    assert "đóng được" not in "\n".join(screen([batch("hop-1", [row("a", "working")], accounted=0)]))


def test_a_hundred_boxes_fit_one_screen() -> None:
    boxes = [batch(f"h{n}", [row("a", "kept")], state="closed") for n in range(90)]
    boxes += [batch(f"m{n}", [empty("a"), doubtful("b", "Ngày")]) for n in range(30)]
    lines = screen(boxes)
    assert len(lines) <= 40
    assert any("90 lô đã đóng" in line for line in lines)


def test_names_that_look_like_markup_are_printed_as_they_are(kitless: Any) -> None:
    rows = [row("[/b].pdf", "kept"), empty("[red]x")]
    assert "[/b].pdf" in kitless({"batch": "[lô]", "documents": rows, "counts": {"kept": 1}})


@pytest.fixture
def kitless(capsys: pytest.CaptureFixture[str]) -> Any:
    kit: Any = SimpleNamespace(catalog=SimpleNamespace(by_ids=lambda _ids: {}))

    def printed(answer: dict[str, Any]) -> str:
        print_documents(answer, kit)
        return capsys.readouterr().out

    return printed


def test_of_a_large_batch_only_what_asks_for_something_is_listed(kitless: Any) -> None:
    rows = [row(f"{n}.pdf", "kept") for n in range(500)] + [empty("rỗng.png")]
    out = kitless({"batch": "b", "documents": rows, "counts": {"kept": 500, "quarantined": 1}})
    assert len(out.splitlines()) < 10
    assert "rỗng.png" in out
    assert "sohoa status b" in out


def test_the_pace_is_that_of_the_last_minutes() -> None:
    assert pace(13, AT, AT + timedelta(minutes=1), 120) == {"pages_per_minute": 12.0, "seconds_left": 600}
    assert pace(2, AT, AT + timedelta(minutes=1), 120)["seconds_left"] is None
    assert pace(0, None, None, 5)["pages_per_minute"] is None


def test_numbers_are_written_as_in_vietnamese() -> None:
    assert (counted(10_000), decimal(14.7), decimal(2.0)) == ("10.000", "14,7", "2")
    assert (lasting(20), lasting(600), lasting(7800), lasting(7200)) == (
        "dưới 1 phút",
        "10 phút",
        "2 giờ 10 phút",
        "2 giờ",
    )


def test_a_batch_that_gets_no_further_rests_longer_and_longer() -> None:
    now = 0.0
    rests = Rests(clock=lambda: now)
    tries = 0
    while now < 4000:
        if rests.over("b", ["p1", "p2"]):
            tries += 1
            rests.after("b", ["p1", "p2"])
        now += 2
    assert tries < 20
    assert rests.over("b", ["p1", "p3"]), "what is new is taken up at once"
    assert rests.over("other", ["p1"])
    rests.after("b", ["p2"])
    now += FIRST_REST_SECONDS
    assert rests.over("b", ["p2"]), "whoever got further starts with a short rest"
    assert LONGEST_REST_SECONDS < 600
