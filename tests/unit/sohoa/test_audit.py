from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from sohoa.audit import AuditLog


def clock() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


def log_at(file: Path) -> AuditLog:
    return AuditLog(file, who="thu", clock=clock)


def write_many(file: Path, number: int) -> None:
    log = log_at(file)
    for index in range(number):
        log.note("viewed", record_id=f"r{index}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "audit.jsonl"


def test_an_untouched_log_holds(file: Path) -> None:
    write_many(file, 5)
    assert log_at(file).check() is None
    assert [line.number for line in log_at(file).lines()] == [1, 2, 3, 4, 5]
    assert [line.number for line in log_at(file).lines("r2")] == [3]


def test_no_log_yet_holds(file: Path) -> None:
    assert log_at(file).check() is None


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        pytest.param(lambda lines: [lines[0], lines[1].replace("r1", "r9"), *lines[2:]], 3, id="changed"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], 2, id="removed"),
        pytest.param(lambda lines: [lines[1], lines[0], *lines[2:]], 1, id="reordered"),
        pytest.param(lambda lines: [*lines[:2], "not json", *lines[2:]], 3, id="garbled"),
    ],
)
def test_a_log_that_was_tampered_with_does_not_hold(file: Path, spoil: object, broken: int) -> None:
    write_many(file, 4)
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(spoil(lines)) + "\n", encoding="utf-8")  # type: ignore[operator]
    assert log_at(file).check() == broken


def test_a_half_written_last_line_is_cut_away(file: Path) -> None:
    write_many(file, 2)
    with file.open("ab") as log:
        log.write(b'{"number": 3, "at": "20')
    write_many(file, 1)
    assert log_at(file).check() is None
    assert len(list(log_at(file).lines())) == 3


def test_processes_write_side_by_side(file: Path) -> None:
    context = get_context("spawn")
    writers = [context.Process(target=write_many, args=(file, 20)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert log_at(file).check() is None
    assert len(list(log_at(file).lines())) == 60


def test_a_personal_number_somebody_typed_does_not_stand_in_the_log(file: Path) -> None:
    fingerprint = "a079099001234b" * 4
    log_at(file).note("searched", query="khai sinh 079099001234")
    log_at(file).note("trusted", fingerprint=fingerprint)
    searched, trusted = log_at(file).lines()
    assert searched.detail == {"query": "khai sinh 079******234"}
    assert trusted.detail == {"fingerprint": fingerprint}
