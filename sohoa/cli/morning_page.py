"""The screen of `sohoa status`: totals, what is to be done and by which command, then a line a batch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sohoa.cli.context import command
from sohoa.cli.words import BATCHES, STATES, WAITS, counted, counts_in_words, decimal, lasting, pages_in_words
from sohoa.morning import merged
from storage.records import State

MOST_THINGS = 6
"""Kinds of doubtful fields named in one group."""
MOST_FILES = 40
"""Files named in one group when one batch is asked for."""
MOST_BATCHES = 12
MOST_DETAILED = 4
"""Up to so many batches are told in several lines each, more in one line each."""
NO_COMMAND = {"is_a_copy", "secret_paper", "rejected"}
"""Reasons that no command clears: the sentence says what is to be done."""
EXPLAINED = {"needs_review"}
"""Reasons that say no more than their heading and the things counted below it."""


def print_page(answer: Mapping[str, Any], out: Console, *, files: bool) -> None:
    """Print the whole answer; with `files`, every file concerned (of one batch)."""
    batches = answer["batches"]
    if not batches:
        out.print(Text(f"Chưa có lô nào. Bắt đầu: {command('ingest', 'THƯ_MỤC')}"))
        return
    _print_totals(answer["totals"], out)
    groups = merged(batches)
    if groups:
        out.print(Text("\nViệc cần làm", style="bold"))
        by_code = {batch["batch"]: batch for batch in batches}
        for group in groups:
            _print_group(group, by_code, out, files=files)
    out.print(Text("\nTừng lô", style="bold"))
    _print_batches(batches, out)


def _print_totals(totals: Mapping[str, Any], out: Console) -> None:
    lots = f" trong {counted(totals['batches'])} lô" if totals["batches"] > 1 else ""
    out.print(Text(f"{counted(totals['documents'])} văn bản{lots}: {counts_in_words(totals['counts'])}", style="bold"))
    said = f"khai {counted(totals['expected'])} · " if totals["expected"] else ""
    out.print(
        Text(
            f"Số tờ: {said}nhận {counted(totals['received'])} · đã đối soát {counted(totals['accounted'])}"
            f" · chưa đối soát {counted(totals['received'] - totals['accounted'])}"
        )
    )


def _print_group(group: Mapping[str, Any], batches: Mapping[str, Any], out: Console, *, files: bool) -> None:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", width=7, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(counted(group["count"]), style="bold"), _said(group, batches))
    if group["open"]:
        grid.add_row("", Text(_things(group["open"])))
    named = _files_of(group, batches) if files else group["examples"]
    if files:
        for line in named[:MOST_FILES]:
            grid.add_row("", Text(line))
        if len(named) > MOST_FILES:
            grid.add_row("", Text(f"… và {counted(len(named) - MOST_FILES)} tệp nữa: thêm --json để xem hết"))
    elif group["state"] != State.WORKING:
        more = f" … (+{counted(group['count'] - len(named))})" if group["count"] > len(named) else ""
        grid.add_row("", Text(", ".join(named) + more, style="dim"))
    out.print(grid)
    for step in _steps(group, batches):
        _print_step(step, out, indent=8)


def _print_step(step: str, out: Console, *, indent: int) -> None:
    """Print a command whole, however long: the terminal may wrap it, and it is still copied as one line."""
    out.print(Text(f"{'':{indent}}→ {step}", style="green"), soft_wrap=True)


def _said(group: Mapping[str, Any], batches: Mapping[str, Any]) -> Text:
    """Return heading and reason as one sentence, neither of them twice."""
    heading = _heading(group, batches)
    message = "" if group["code"] in EXPLAINED else group["message"].replace(" (…)", "")
    if message.casefold().startswith(f"{heading.casefold()}: "):
        message = message[len(heading) + 2 :]
    said = Text(heading, style="bold")
    if message:
        said.append(f": {message}", style="not bold")
    return said


def _heading(group: Mapping[str, Any], batches: Mapping[str, Any]) -> str:
    if group["state"] == State.WORKING and any(_runs(batches[code]) for code in group["batches"]):
        return "đang xử lý"
    return WAITS.get((group["state"], group["waiting_for"]), STATES[group["state"]])


def _things(open_things: Mapping[str, int]) -> str:
    named = list(open_things.items())
    said = [f"{thing} {counted(number)}" for thing, number in named[:MOST_THINGS]]
    if len(named) > MOST_THINGS:
        said.append(f"và {len(named) - MOST_THINGS} mục khác")
    return " · ".join(said)


def _files_of(group: Mapping[str, Any], batches: Mapping[str, Any]) -> list[str]:
    (batch,) = batches.values()
    rows = [*batch["waiting"], *batch["failed"], *batch["quarantined"]]
    lines = []
    for row in rows:
        code = row["reason"]["code"] if row["reason"] else None
        if (row["state"], row["waiting_for"], code) == (group["state"], group["waiting_for"], group["code"]):
            record = f"{row['record_id'][:8]}  " if row["record_id"] else ""
            # Where the group's sentence leaves something open, each file has its own.
            why = f": {row['reason']['message']}" if "…" in group["message"] and row["reason"] else ""
            lines.append(f"{record}{row['source']}{pages_in_words(row['pages'])}{why}")
    return lines


def _steps(group: Mapping[str, Any], batches: Mapping[str, Any]) -> list[str]:
    """Return the commands that go on with a group, the first one first; none where it goes on by itself."""
    codes = list(group["batches"])
    if group["code"] in NO_COMMAND:
        return []
    if group["state"] == State.REVIEW:
        return [command("review", "list")]
    if group["state"] == State.WORKING and all(_runs(batches[code]) for code in codes):
        return []
    if len(codes) > 1:
        return [command("status", codes[0]) + f"   (và {len(codes) - 1} lô nữa, từng lô một)"]
    again = _again(batches[codes[0]])
    first = [command("doctor")] if group["remedy"] == "repair" else []
    if group["state"] == State.QUARANTINED:
        return [f"quét hoặc gửi lại vào đúng thư mục, rồi: {again}"]
    return [*first, again]


def _again(batch: Mapping[str, Any]) -> str:
    """Return the command that takes the batch up again."""
    folder = batch["folder"]
    if batch["state"] == "closed" or folder is None or not Path(folder).is_dir():
        return command("up")
    return command("ingest", folder, "--batch", batch["batch"])


def _runs(batch: Mapping[str, Any]) -> bool:
    return bool(batch["pace"] and batch["pace"]["running"])


def _print_batches(batches: list[Mapping[str, Any]], out: Console) -> None:
    """Print the batches that are open or have something left, then how many are through."""
    told = [batch for batch in batches if batch["state"] == "open" or batch["groups"]]
    if len(told) <= MOST_DETAILED:
        for batch in told:
            _print_batch(batch, out)
    else:
        _print_lines(told[-MOST_BATCHES:], out)
    hidden = len(told) - MOST_BATCHES
    if hidden > 0:
        _print_step(f"{counted(hidden)} lô trước đó: {command('batch', 'list')}", out, indent=0)
    if len(told) < len(batches):
        out.print(Text(f"{counted(len(batches) - len(told))} lô đã đóng, không còn việc gì."))


def _print_lines(batches: list[Mapping[str, Any]], out: Console) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("Lô", overflow="fold")
    for heading in ("Khai", "Nhận", "Đã đối soát"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Tình trạng", overflow="fold")
    for batch in batches:
        expected = "—" if batch["expected"] is None else counted(batch["expected"])
        notes = [BATCHES[batch["state"]]] if batch["state"] == "closed" else []
        notes += [_short(batch)] if _short(batch) else []
        notes += ["đủ tờ, đóng được"] if _can_close(batch) else []
        notes += [_pace(batch)] if batch["pace"] else []
        left = sum(group["count"] for group in batch["groups"])
        notes += [f"{counted(left)} còn việc"] if left else []
        table.add_row(
            Text(batch["batch"]),
            expected,
            counted(batch["received"]),
            counted(batch["accounted"]),
            Text(" · ".join(notes)),
        )
    out.print(table)


def _short(batch: Mapping[str, Any]) -> str:
    """Return by how many sheets the batch is short or over, or "" where it is as was said."""
    expected, received = batch["expected"], batch["received"]
    if expected is None or expected == received:
        return ""
    return f"{'thiếu' if expected > received else 'thừa'} {counted(abs(expected - received))} tờ"


def _can_close(batch: Mapping[str, Any]) -> bool:
    received = batch["received"]
    expected = received if batch["expected"] is None else batch["expected"]
    return bool(batch["state"] == "open" and batch["accounted"] == received == expected > 0)


def _print_batch(batch: Mapping[str, Any], out: Console) -> None:
    line = Text(batch["batch"], style="bold")
    line.append(f" ({BATCHES[batch['state']]})", style="not bold")
    expected, received, accounted = batch["expected"], batch["received"], batch["accounted"]
    said = "không khai số tờ" if expected is None else f"khai {counted(expected)}"
    line.append(f" — {said} · nhận {counted(received)} · đã đối soát {counted(accounted)} tờ", style="not bold")
    if _short(batch):
        line.append(f" · {_short(batch)}", style="bold red")
    out.print(line)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3)
    grid.add_column(overflow="fold")
    grid.add_row("", Text(counts_in_words(batch["counts"]) or "chưa có tệp nào"))
    if batch["pace"]:
        grid.add_row("", Text(_pace(batch)))
    out.print(grid)
    if _can_close(batch):
        _print_step(f"đủ số tờ, đóng được lô: {command('batch', 'close', batch['batch'])}", out, indent=4)
    if batch["pace"] and not _runs(batch):
        _print_step(_again(batch), out, indent=4)


def _pace(batch: Mapping[str, Any]) -> str:
    pace = batch["pace"]
    left = f"còn khoảng {counted(pace['pages_left'])} trang chưa đọc"
    if not pace["running"]:
        return f"đang dừng; {left}"
    if pace["pages_per_minute"] is None:
        return f"đang chạy; {left}"
    return f"đang chạy {decimal(pace['pages_per_minute'])} trang/phút; {left}, khoảng {lasting(pace['seconds_left'])}"
