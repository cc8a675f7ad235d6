"""What the doctor says of an archive in which something is amiss."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sohoa.answers import finding_json
from sohoa.doctor import examine
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.remote import WARM_UP
from sohoa.steps.document import take_through
from sohoa.steps.keep import next_version
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.packages import write_version
from storage.records import Finding


@pytest.fixture
def record_id(kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any) -> str:
    """Return the one record of the archive."""
    pool.instead[WARM_UP] = lambda _mode: None
    desk.scan("a.png", letter())
    code = open_batch([desk.folder], None, None, kit).code
    receive_all(files_in([desk.folder]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    return next(iter(kit.catalog.versions()))


def found(kit: Toolbox) -> dict[str, tuple[str, str]]:
    return {check.name: (check.state, check.message) for check in examine(kit)}


def test_a_sound_archive_has_no_fault(kit: Toolbox, record_id: str) -> None:
    assert {state for state, _ in found(kit).values()} == {"ok", "warning"}


def test_a_version_the_catalogue_never_heard_of_is_a_fault(kit: Toolbox, record_id: str) -> None:
    write_version(kit.store, next_version(kit.catalog.get(record_id), kit, "reviewed"))
    state, said = found(kit)["catalogue"]
    assert (state, "sai phiên bản 1" in said) == ("fault", True)


def test_a_key_destroyed_on_purpose_is_not_missed_and_a_lost_one_is(kit: Toolbox, record_id: str) -> None:
    kit.keys.destroy(record_id)
    assert found(kit)["keys"][0] == "ok"
    for mark in (kit.settings.home / "keys").rglob("*.destroyed"):
        mark.unlink()
    assert found(kit)["keys"][0] == "fault"


def test_a_backup_that_still_holds_a_destroyed_key_is_told(
    kit: Toolbox, record_id: str, tmp_path: Path, other_kit: Callable[..., Toolbox]
) -> None:
    backup = tmp_path / "keys.tar.gz"
    kit.keys.backup_to(backup)
    careful = other_kit(settings=replace_settings(kit, backup))
    assert found(careful)["key_backup"][0] == "ok"
    kit.keys.destroy(record_id)
    state, said = found(careful)["key_backup"]
    assert (state, "đã hủy của 1 hồ sơ" in said) == ("warning", True)


def replace_settings(kit: Toolbox, backup: Path) -> Any:
    return kit.settings.model_copy(update={"key_backup": backup})


def test_a_findings_sentence_names_its_page() -> None:
    low = Finding(code="page_missing", page=3, detail={"file": "a.pdf", "page_count": "2"})
    assert "trang 3" in finding_json(low)["message"]
    assert "trang 7" in finding_json(replace(low, detail={**low.detail, "page": "7"}))["message"]
