"""What people call files and batches is printed as it is, and never taken for markup."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ocr.lines import Line
from sohoa.cli import batch as batch_command
from sohoa.cli import review as review_command
from sohoa.toolbox import Toolbox
from storage.records import State
from tests.faults.archive import Template, ingest, receive_box
from tests.integration.conftest import Desk

NAME = "[/b]/[red]a.pdf"
BATCH = "[/i]"


@pytest.fixture
def kit(tmp_path: Path, letter: Callable[..., tuple[Line, ...]], monkeypatch: pytest.MonkeyPatch) -> Toolbox:
    """Return an archive with one record that waits for a person, given to the commands as theirs."""
    template = Template(tmp_path / "made")
    template.desk.scan(NAME, letter("      /QĐ-UBND"))
    made = template.archive(tmp_path / "home")
    ingest(made, template.desk.folder, batch=BATCH)
    for command in (review_command, batch_command):
        monkeypatch.setattr(command, "tools", lambda: made)
    return made


def test_review_prints_names_as_they_are(kit: Toolbox, capsys: pytest.CaptureFixture[str]) -> None:
    (record,) = kit.catalog.by_state(State.REVIEW)
    review_command.list_open()
    assert NAME in capsys.readouterr().out
    review_command.show(record.record_id)
    assert NAME in capsys.readouterr().out


def test_batch_prints_names_as_they_are(kit: Toolbox, capsys: pytest.CaptureFixture[str]) -> None:
    batch_command.list_batches()
    assert BATCH in capsys.readouterr().out
    batch_command.close(BATCH)
    assert BATCH in capsys.readouterr().out


def test_batch_prints_the_names_of_what_is_not_accounted_for(
    kit: Toolbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path / "more", made=1)
    desk.scan(NAME, ())
    receive_box(kit, desk.folder, BATCH)
    batch_command.show(BATCH)
    shown = capsys.readouterr().out
    assert BATCH in shown
    assert f"chưa đối soát được: {NAME}" in shown
