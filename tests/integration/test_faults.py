"""Any adapter fails at any call, or the process goes: a clean run afterwards ends with everything kept once."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from signing.authority import agency_identity, read_authority, timestamp_identity
from signing.local_timestamper import LocalTimestamper
from signing.pades import PadesSigner, Proofs
from sohoa.steps.access import MISSING
from sohoa.toolbox import Toolbox
from tests.faults.adapters import FlakyTimestamper, Killed, Plan, everything_flaky
from tests.faults.archive import Template, faults_of, ingest
from tests.integration.conftest import Desk, printed_letter

EVERY = int(os.environ.get("SOHOA_TEST_FAULTS_EVERY", "7"))
"""Of the calls, each so-manieth is made to fail; 1 for all of them, in minutes."""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Three papers, one of them a stack of two, one of them doubtful; and one file twice."""
    made = Template(tmp_path_factory.mktemp("box"))
    a = made.desk.scan("a.png", printed_letter("12/QĐ-UBND"))
    made.desk.scan(
        "b.pdf",
        printed_letter("13/QĐ-UBND"),
        printed_letter("14/QĐ-UBND", subject="Về việc phê duyệt kế hoạch thu gom"),
    )
    made.desk.scan("c.png", printed_letter("      /QĐ-UBND", subject="Về việc phê duyệt kế hoạch chờ"))
    copyfile(a, made.desk.folder / "d.png")
    return made


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Path]:
    return iter(tmp_path / f"home-{number}" for number in range(100_000))  # type: ignore[return-value]


def states(answer: Any) -> list[tuple[str, Any, str]]:
    return sorted((row["source"], tuple(row["pages"] or ()), row["state"]) for row in answer["documents"])


def as_it_stands(kit: Toolbox, folder: Path) -> list[tuple[str, Any, str]]:
    """Return the states of a clean run; what was through before it counts as kept."""
    rows = states(ingest(kit, folder))
    return [
        (source, pages, "kept" if state == "held" and source != "d.png" else state) for source, pages, state in rows
    ]


def without_faults(box: Template, home: Path) -> tuple[int, list[tuple[str, Any, str]]]:
    """Return how many calls the box takes, and where its papers end."""
    plan = Plan()
    kit = box.archive(home)
    whole = states(ingest(everything_flaky(kit, plan), box.desk.folder))
    assert faults_of(kit) == []
    assert [(source, state) for source, _, state in whole if source != "b.pdf"] == [
        ("a.png", "kept"),
        ("c.png", "review"),
        ("d.png", "held"),
    ]
    return len(plan.calls), whole


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="error-before"),
        pytest.param({"after": True}, id="error-after"),
        pytest.param({"kill": True}, id="kill-before"),
        pytest.param({"kill": True, "after": True}, id="kill-after"),
    ],
)
def test_one_fault_at_any_call_loses_and_doubles_nothing(box: Template, homes: Any, how: dict[str, bool]) -> None:
    total, whole = without_faults(box, next(homes))
    assert total > 150
    offset = len(str(how)) % EVERY
    for number in range(1 + offset, total + 1, EVERY):
        kit = box.archive(next(homes))
        plan = Plan(fail_at=frozenset([number]), **how)
        broken = everything_flaky(kit, plan)
        try:
            ingest(broken, box.desk.folder)
        except Killed:
            pass
        except Exception as error:
            assert getattr(error, "remedy", None) == "retry", (number, plan.calls[-1], error)
        where = (number, plan.calls[number - 1], how)
        assert as_it_stands(kit, box.desk.folder) == whole, where
        assert faults_of(kit) == [], where


def test_a_reader_that_crashes_sets_its_own_paper_aside_and_no_other(box: Template, homes: Any) -> None:
    plan = Plan(only="pool.")
    ingest(everything_flaky(box.archive(next(homes)), plan, readers=True), box.desk.folder)
    for number in range(1, len(plan.calls) + 1):
        kit = box.archive(next(homes))
        broken = everything_flaky(kit, Plan(only="pool.", fail_at=frozenset([number])), readers=True)
        rows = ingest(broken, box.desk.folder)["documents"]
        aside = {row["source"] for row in rows if row["state"] == "quarantined"}
        # One that dies over the small copy costs its paper that copy and nothing else.
        bare = {r.source.name for r in kit.catalog.all() if any(f.code == MISSING for f in r.findings)}
        assert len((aside | bare) - {"d.png"}) == 1, (number, plan.calls[number - 1])
        assert all(row["reason"]["code"] == "worker_died" for row in rows if row["state"] == "quarantined")
        assert {row["state"] for row in rows if row["source"] not in aside} <= {"kept", "review", "held"}


@pytest.mark.parametrize("number", [1, 2])
def test_a_timestamp_authority_that_fails_once_leaves_the_paper_pending(
    kit: Toolbox, desk: Desk, authority: Path, number: int
) -> None:
    desk.scan("a.png", printed_letter("12/QĐ-UBND"))
    held = read_authority(authority)
    stamps = LocalTimestamper(timestamp_identity(authority), clock=kit.clock)
    signer = PadesSigner(
        agency_identity(authority),
        timestamper=FlakyTimestamper(stamps, Plan(fail_at=frozenset([number, number + 1, number + 2]))),
        proofs=lambda _moment: Proofs(anchors=(held.root,), certificates=(held.issuing,), crls=held.crls),
        typeface=kit.typeface,
        clock=kit.clock,
    )
    rows = ingest(replace(kit, signer=signer), desk.folder)["documents"]
    assert [(row["state"], row["waiting_for"]) for row in rows] == [("pending", "seal")]
    assert states(ingest(kit, desk.folder)) == [("a.png", (1, 1), "kept")]
    assert faults_of(kit) == []
