"""Tables that more than one command prints."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sohoa.cli.words import STATES, counted, counts_in_words, decimal, pages_in_words, shown
from sohoa.morning import OPEN
from sohoa.toolbox import Toolbox
from storage.records import Record, State

LEAST_WIDTH = 160
"""Columns of output that goes to a file or a pipe: nobody's terminal cuts it."""

TABLE_WIDTH = 110
"""Below it a table folds every cell to shreds: each document gets lines of its own."""

MOST_ROWS = 100
"""Of a larger batch only what asks for something is listed, and no more than this."""


def console() -> Console:
    """Return where results are printed: as wide as the terminal, or wide enough for a table elsewhere."""
    return Console() if sys.stdout.isatty() else Console(width=LEAST_WIDTH)


def print_documents(answer: Mapping[str, Any], kit: Toolbox) -> None:
    """Print what became of every document: type, number, date, subject, seconds, what waits for a person and why."""
    out = console()
    rows = answer["documents"]
    many = len(rows) > MOST_ROWS
    told = [row for row in rows if row["state"] in OPEN][:MOST_ROWS] if many else rows
    records = kit.catalog.by_ids([row["record_id"] for row in told if row["record_id"]])
    if out.width >= TABLE_WIDTH:
        _print_table(told, records, out)
    else:
        _print_stacked(told, records, out)
    if len(told) < len(rows):
        rest = counted(len(rows) - len(told))
        out.print(Text(f"… và {rest} văn bản không nêu ở đây. Xem: sohoa status {answer['batch']}, hoặc --json"))
    out.print(Text(f"Lô {answer['batch']}: {counts_in_words(answer['counts']) or 'không có tệp nào'}", style="bold"))


def _print_table(rows: Sequence[Mapping[str, Any]], records: Mapping[str, Record], out: Console) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("Tệp", overflow="fold", max_width=out.width // 4)
    table.add_column("Trạng thái", no_wrap=True)
    table.add_column("Mã", no_wrap=True)
    table.add_column("Văn bản", overflow="fold")
    table.add_column("Giây", justify="right", no_wrap=True)
    for row in rows:
        about = Text("\n".join(line for line in (_about(row, records), _why(row)) if line))
        seconds = decimal(row["seconds"]) if row["seconds"] else ""
        table.add_row(_file(row), STATES[row["state"]], _short_id(row), about, seconds)
    out.print(table)


def _print_stacked(rows: Sequence[Mapping[str, Any]], records: Mapping[str, Record], out: Console) -> None:
    for row in rows:
        line = _file(row)
        line.append(f" — {STATES[row['state']]}", style="bold" if row["state"] in OPEN else "")
        line.append(f"  {_short_id(row)}", style="dim")
        out.print(line)
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=3)
        grid.add_column(overflow="fold")
        for text in (_about(row, records), _why(row)):
            if text:
                grid.add_row("", Text(text))
        if grid.row_count:
            out.print(grid)


def _file(row: Mapping[str, Any]) -> Text:
    # Text, not markup: a file may be called [/b].pdf.
    pages = pages_in_words(row["pages"]) if row["record_id"] and row["pages"] and row["pages"][0] > 1 else ""
    return Text(row["source"] + pages)


def _short_id(row: Mapping[str, Any]) -> str:
    return (row["record_id"] or "")[:8]


def _why(row: Mapping[str, Any]) -> str:
    return f"→ {row['reason']['message']}" if row["reason"] and row["state"] != State.HELD else ""


def _about(row: Mapping[str, Any], records: Mapping[str, Record]) -> str:
    """Return type, number, date and subject on one line, as far as they are known."""
    record = records.get(row["record_id"] or "")
    if record is None:
        return ""
    number = _field(record, "document_number", "certificate_number")
    issued = _field(record, "issued_date", "registered_date")
    title = " ".join(word for word in (record.document_type.name, number) if word not in ("", "—"))
    if issued not in ("", "—"):
        title += f" ngày {'/'.join(reversed(issued.split('-')))}"
    subject = _field(record, "subject", "holder_name")
    return f"{title} — {subject}" if subject not in ("", "—") else title


def _field(record: Record, *names: str) -> str:
    return next((shown(record.fields[name].value) for name in names if name in record.fields), "")
