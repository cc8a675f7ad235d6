"""The test authority: made once, whole, and kept usable."""

import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.authority import NAMES, ensure_authority, needs_renewal, read_authority
from signing.certificates import AGENCY
from signing.errors import AuthorityDamaged


def test_names_itself_without_legal_value(tmp_path: Path, now: datetime) -> None:
    authority = ensure_authority(tmp_path, now=now)
    assert authority.name == AGENCY == "CƠ QUAN THỬ NGHIỆM (không có giá trị pháp lý)"


def test_keys_are_for_their_owner_only(tmp_path: Path, now: datetime) -> None:
    folder = ensure_authority(tmp_path, now=now).folder / "private"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / f"{name}.key").stat().st_mode) for name in NAMES} == {0o600}


def test_public_files_hold_no_key(tmp_path: Path, now: datetime) -> None:
    ensure_authority(tmp_path, now=now)
    assert b"PRIVATE" not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_certificates_are_what_judges_ask_for(tmp_path: Path, now: datetime) -> None:
    authority = ensure_authority(tmp_path, now=now)
    agency, timestamp = map(x509.load_der_x509_certificate, (authority.agency, authority.timestamp))
    usage = agency.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature and usage.value.content_commitment
    for kind in (x509.AuthorityInformationAccess, x509.CRLDistributionPoints, x509.AuthorityKeyIdentifier):
        assert agency.extensions.get_extension_for_class(kind)
    extended = timestamp.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert extended.critical and list(extended.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_a_second_call_finds_the_same(tmp_path: Path, now: datetime) -> None:
    assert ensure_authority(tmp_path, now=now) == ensure_authority(tmp_path, now=now + timedelta(days=1))


def test_lists_are_renewed_before_they_end_and_certificates_stay(tmp_path: Path, now: datetime) -> None:
    first = ensure_authority(tmp_path, now=now)
    later = now + timedelta(days=21)
    assert needs_renewal(first, now=later)
    second = ensure_authority(tmp_path, now=later)
    assert second.crls_end > first.crls_end
    assert second.agency == first.agency
    assert not needs_renewal(second, now=later)


def test_lists_from_the_future_are_replaced(tmp_path: Path, now: datetime) -> None:
    ensure_authority(tmp_path, now=now + timedelta(days=400))
    assert ensure_authority(tmp_path, now=now).crls_end < now + timedelta(days=31)


def test_a_lost_public_file_is_written_again(tmp_path: Path, now: datetime) -> None:
    ensure_authority(tmp_path, now=now)
    (tmp_path / "anchors.pem").unlink()
    (tmp_path / "root.crl").write_bytes(b"torn")
    ensure_authority(tmp_path, now=now)
    assert x509.load_pem_x509_certificate((tmp_path / "anchors.pem").read_bytes())


def test_a_maker_killed_halfway_leaves_no_half_authority(tmp_path: Path, now: datetime) -> None:
    (tmp_path / ".new-left-behind").mkdir()
    (tmp_path / ".new-left-behind" / "root.key").write_bytes(b"half")
    assert ensure_authority(tmp_path, now=now).agency


def test_a_damaged_authority_is_reported_and_kept(tmp_path: Path, now: datetime) -> None:
    ensure_authority(tmp_path, now=now)
    key = tmp_path / "private" / "issuing.pem"
    key.write_bytes(b"garbage")
    (tmp_path / "issuing.crl").unlink()
    for ask in (lambda: read_authority(tmp_path), lambda: ensure_authority(tmp_path, now=now)):
        with pytest.raises(AuthorityDamaged):
            ask()
    assert key.read_bytes() == b"garbage"


def test_there_is_none_before_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(AuthorityDamaged):
        read_authority(tmp_path)


def test_of_two_processes_at_once_one_makes_it(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import *; from pathlib import Path; from signing.authority import ensure_authority;"
        "print(ensure_authority(Path(sys.argv[1]), now=datetime.now(UTC)).agency.hex())"
    )
    commands = [[sys.executable, "-c", code, str(tmp_path / "new")] for _ in range(4)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    answers = {process.communicate(timeout=60)[0] for process in started}
    assert len(answers) == 1 and answers.pop().strip()
