"""An archive moves: everything arrives, is proven equal, and what cannot be right is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sohoa.errors import ArchiveMoved, ArchiveUnfinished, CatalogueLost, MigrationDiffers, TargetInUse
from sohoa.migrate import Parts, migrate
from sohoa.moved import NOTE, UNFINISHED, leave_note, moved_parts, refuse_wrong_home, unfinished
from sohoa.rebuild import rebuild
from sohoa.reuse import use
from sohoa.settings import Settings
from sohoa.toolbox import Toolbox
from sohoa.wiring import now, whole
from storage.objects import RetentionState, put_bytes
from storage.records import State
from tests.faults.adapters import Killed, Plan, everything_flaky
from tests.faults.archive import Template, faults_of, ingest
from tests.integration.conftest import printed_letter

ALL = Parts(objects=True, catalogue=True, index=True)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Template:
    made = Template(tmp_path_factory.mktemp("box"))
    for number in range(1, 6):
        confidence = 0.99 if number < 5 else 0.3
        made.desk.scan(f"{number}.png", printed_letter(f"{number}/QĐ-UBND", confidence=confidence))
    (made.desk.folder / "hỏng.pdf").write_bytes(b"%PDF-1.7 nothing")
    return made


@pytest.fixture
def source(box: Template, tmp_path: Path) -> Toolbox:
    kit = box.archive(tmp_path / "source")
    ingest(kit, box.desk.folder)
    kept = [r for r in kit.catalog.all() if r.state is State.KEPT]
    use(kept[0].record_id, dossier="HS-1", purpose="cấp giấy phép", to=None, kit=kit)
    kit.retention.hold(kept[1].files[0].key, on=True)
    return kit


@pytest.fixture
def target(box: Template, tmp_path: Path, source: Toolbox) -> Toolbox:
    return box.archive(tmp_path / "target", keys=source.keys)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_everything_arrives_and_the_source_is_untouched(source: Toolbox, target: Toolbox) -> None:
    before = contents(source.settings.home / "objects")
    made = migrate(source, target, ALL)
    assert all(row.equal for row in made.rows)
    counted = {row.what: row.target for row in made.rows}
    assert counted["records"] == 5 and counted["papers"] == 6 and counted["reuses"] == 1 and counted["index"] == 4
    assert counted["retention"] > 0
    assert contents(source.settings.home / "objects") == before
    assert faults_of(target) == []
    assert {b.code for b in target.ledger.batches()} == {b.code for b in source.ledger.batches()}


def test_again_copies_nothing_and_proves_it_again(source: Toolbox, target: Toolbox) -> None:
    first = migrate(source, target, ALL)
    again = migrate(source, target, ALL)
    assert first.copied > 0 and again.copied == 0
    assert again.rows == first.rows


@pytest.mark.parametrize("kill", [False, True], ids=["fails", "killed"])
@pytest.mark.parametrize("call", [3, 40, 90])
def test_interrupted_it_goes_on(source: Toolbox, target: Toolbox, call: int, kill: bool) -> None:
    plan = Plan(fail_at=frozenset({call}), after=True, kill=kill)
    with pytest.raises(Killed if kill else Exception):
        migrate(source, everything_flaky(target, plan), ALL)
    assert all(row.equal for row in migrate(source, target, ALL).rows)


def test_a_place_that_serves_another_archive_is_left_alone(source: Toolbox, target: Toolbox) -> None:
    put_bytes(target.store, "facts/batches/khác.json", b"{}")
    with pytest.raises(TargetInUse, match="khác"):
        migrate(source, target, ALL)
    assert list(target.store.list("")) == ["facts/batches/khác.json"]


def test_a_database_in_use_is_left_alone(source: Toolbox, target: Toolbox) -> None:
    target.ledger.open_batch("LÔ-KHÁC", folder=None, expected=None, now=target.clock())
    with pytest.raises(TargetInUse, match="LÔ-KHÁC"):
        migrate(source, target, ALL)
    assert list(target.store.list("")) == []


class Forgetful:
    """A retention that takes dates and keeps none."""

    def set(self, key: str, until: date | None) -> None:
        pass

    def hold(self, key: str, on: bool) -> None:
        pass

    def read(self, key: str) -> RetentionState:
        return RetentionState()


def test_a_store_that_does_not_keep_what_it_is_told_is_found_out(source: Toolbox, target: Toolbox) -> None:
    with pytest.raises(MigrationDiffers):
        migrate(source, replace(target, retention=Forgetful()), ALL)


def test_a_hold_that_was_set_on_the_target_is_told_and_not_lifted(source: Toolbox, target: Toolbox) -> None:
    migrate(source, target, ALL)
    key = next(key for key in target.store.list("") if not target.retention.read(key).held)
    target.retention.hold(key, on=True)
    with pytest.raises(MigrationDiffers):
        migrate(source, target, ALL)
    assert target.retention.read(key).held


def test_objects_alone_leave_the_catalogue_where_it_is(source: Toolbox, target: Toolbox) -> None:
    made = migrate(source, target, Parts(objects=True, catalogue=False, index=False))
    assert [row.what for row in made.rows] == ["objects", "retention"]
    assert target.catalog.versions() == {}


def test_the_old_home_is_not_used_by_mistake(tmp_path: Path) -> None:
    services: dict[str, Any] = {
        "s3_endpoint": "https://s3.example:9000",
        "database_url": "postgresql://u:p@db.example/a",
    }
    moved = Settings(home=tmp_path, **services)
    leave_note(moved, now())
    assert "p@" not in (tmp_path / NOTE).read_text() and ":p" not in (tmp_path / NOTE).read_text().replace(":9000", "")
    refuse_wrong_home(moved)
    with pytest.raises(ArchiveMoved, match=r"s3\.example"):
        refuse_wrong_home(Settings(home=tmp_path))
    (tmp_path / NOTE).unlink()
    refuse_wrong_home(Settings(home=tmp_path))


def test_what_was_moved_is_known_by_place(tmp_path: Path) -> None:
    moved = Settings(home=tmp_path, s3_endpoint="https://s3.example:9000")
    leave_note(moved, now())
    assert moved_parts(moved) == {"s3_endpoint"}
    with pytest.raises(ArchiveMoved):
        refuse_wrong_home(moved.model_copy(update={"s3_bucket": "other"}))


def test_what_was_cut_off_is_not_asked_until_it_is_run_again(source: Toolbox) -> None:
    with pytest.raises(RuntimeError), unfinished(source.settings, "sohoa rebuild"):
        raise RuntimeError("killed")
    with pytest.raises(ArchiveUnfinished, match="sohoa rebuild"):
        refuse_wrong_home(source.settings)
    elsewhere: dict[str, Any] = {"database_url": "postgresql://u:p@db.example/a"}
    refuse_wrong_home(Settings(home=source.settings.home, **elsewhere))
    rebuild(source)
    refuse_wrong_home(source.settings)
    assert not (source.settings.home / UNFINISHED).exists()


def test_an_empty_catalogue_beside_received_papers_answers_nothing(source: Toolbox) -> None:
    assert whole(source) is source
    source.ledger.clear()
    with pytest.raises(CatalogueLost):
        whole(source)


def test_the_index_of_another_archive_is_left_alone(box: Template, source: Toolbox, target: Toolbox) -> None:
    other = box.archive(target.settings.home.parent / "other")
    ingest(other, box.desk.folder)
    with pytest.raises(TargetInUse):
        migrate(source, replace(target, index=other.index), Parts(objects=False, catalogue=False, index=True))
    assert other.index.versions()


def test_a_retention_that_is_over_counts_as_none(source: Toolbox, target: Toolbox) -> None:
    key = put_bytes(source.store, "facts/outcomes/cũ.json", b"{}").key
    source.retention.set(key, date(2001, 1, 1))

    class Forgets:
        """A retention as S3 has it: what is over was never set."""

        def __getattr__(self, name: str) -> Any:
            return getattr(target.retention, name)

        def set(self, key: str, until: date | None) -> None:
            if until is None or until > date(2020, 1, 1):
                target.retention.set(key, until)

    only_objects = Parts(objects=True, catalogue=False, index=False)
    made = migrate(source, replace(target, retention=Forgets()), only_objects)  # type: ignore[arg-type]
    assert all(row.equal for row in made.rows)
