"""Tables that more than one command prints."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from sohoa.cli.words import STATES, shown
from sohoa.toolbox import Toolbox
from storage.errors import UnknownRecord
from storage.records import Record

LEAST_WIDTH = 160
"""Columns of output that goes to a file or a pipe: nobody's terminal cuts it."""


def console() -> Console:
    """Return where results are printed: as wide as the terminal, or wide enough for a table elsewhere."""
    return Console() if sys.stdout.isatty() else Console(width=LEAST_WIDTH)


def print_documents(answer: dict[str, Any], kit: Toolbox) -> None:
    """Print what became of every document: type, number, date, subject, seconds, what waits for a person and why."""
    out = console()
    table = Table(box=None, pad_edge=False)
    for heading in ("Tệp", "Trạng thái", "Mã", "Loại", "Số, ký hiệu", "Ngày", "Trích yếu / tên", "Giây", "Vì sao"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("Mã", "Ngày", "Trạng thái", "Số, ký hiệu"))
    for row in answer["documents"]:
        record = _record(row["record_id"], kit)
        why = row["reason"]["message"] if row["reason"] else ""
        table.add_row(
            row["source"],
            STATES[row["state"]],
            (row["record_id"] or "")[:8],
            record.document_type.name if record else "",
            _field(record, "document_number", "certificate_number"),
            _field(record, "issued_date", "registered_date"),
            _field(record, "subject", "holder_name")[:60],
            f"{row['seconds']:.1f}" if row["seconds"] else "",
            why,
        )
    out.print(table)
    counts = " · ".join(f"{STATES[state]} {number}" for state, number in answer["counts"].items())
    out.print(f"Lô {answer['batch']}: {counts or 'không có tệp nào'}")


def _record(record_id: str | None, kit: Toolbox) -> Record | None:
    if record_id is None:
        return None
    try:
        return kit.catalog.get(record_id)
    except UnknownRecord:
        return None


def _field(record: Record | None, *names: str) -> str:
    if record is None:
        return ""
    return next((shown(record.fields[name].value) for name in names if name in record.fields), "")
