import pytest

from sohoa.steps.keep import Copy, evidence, longer
from storage.records import Retention, Seal, State


def signed(verdict: str = "valid") -> Copy:
    seal = Seal(profile="PAdES-B-LTA", signer="Sở Ví Dụ", signed_at="2026-01-01T00:00:00+07:00", verdict=verdict)
    return Copy(sha256="", bytes=0, seals=(seal,), arrived_signed=True)


@pytest.mark.parametrize(
    ("verdict", "copy_mark", "level"),
    [
        pytest.param("valid", None, 2, id="signed-at-birth"),
        pytest.param("valid", "Chứng thực bản sao", 3, id="certified-copy"),
        pytest.param("valid", "Sao y", 4, id="a-sealed-scan-handed-in-again-gains-nothing"),
        pytest.param("indeterminate", None, 5, id="trust-unknown"),
        pytest.param("invalid", "Sao y", 5, id="broken"),
    ],
)
def test_evidence_of_what_arrived_signed(verdict: str, copy_mark: str | None, level: int) -> None:
    assert evidence(signed(verdict), State.KEPT, copy_mark=copy_mark) == level


def test_what_waits_for_a_person_is_no_evidence_yet() -> None:
    assert evidence(signed(), State.REVIEW) == 5


@pytest.mark.parametrize(
    ("before", "after", "until"),
    [
        pytest.param("2036-12-31", None, None, id="permanent-wins"),
        pytest.param(None, "2036-12-31", None, id="permanent-stays"),
        pytest.param("2036-12-31", "2076-12-31", "2076-12-31", id="extended"),
        pytest.param("2076-12-31", "2036-12-31", "2076-12-31", id="never-shortened"),
    ],
)
def test_a_corrected_type_only_extends_the_retention(before: str | None, after: str | None, until: str | None) -> None:
    assert longer(Retention(until=before, basis="a"), Retention(until=after, basis="b")).until == until
