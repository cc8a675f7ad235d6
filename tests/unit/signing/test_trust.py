"""What is trusted is listed, added to and taken from."""

from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.authority import Authority, ensure_authority
from signing.errors import CertificateBuiltIn, CertificateUnknown, NotACertificate, NotAnAuthority
from signing.trust import TrustStore


@pytest.fixture
def store(authority: Authority, tmp_path: Path) -> TrustStore:
    return TrustStore(tmp_path / "trust", built_in=[authority.anchors, tmp_path / "not-there.pem"])


@pytest.fixture
def other(now: datetime, tmp_path: Path) -> Authority:
    return ensure_authority(tmp_path / "other", now=now)


def test_built_in_certificates_are_listed(store: TrustStore, authority: Authority) -> None:
    (only,) = store.list()
    assert (only.built_in, only.der, len(only.fingerprint)) == (True, authority.root, 64)
    assert only.subject.startswith("CA gốc thử nghiệm")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER], ids=["pem", "der"])
def test_an_added_authority_is_kept(encoding: Encoding, store: TrustStore, other: Authority, tmp_path: Path) -> None:
    path = tmp_path / "their.crt"
    path.write_bytes(x509.load_der_x509_certificate(other.issuing).public_bytes(encoding))
    added = store.add(path)
    assert not added.built_in
    assert store.anchors()[1:] == (other.issuing,)
    assert store.add(path) == added and len(store.list()) == 2


def test_an_agencys_own_certificate_is_not_trusted(store: TrustStore, other: Authority, tmp_path: Path) -> None:
    (tmp_path / "agency.der").write_bytes(other.agency)
    with pytest.raises(NotAnAuthority):
        store.add(tmp_path / "agency.der")


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(content: bytes, store: TrustStore, tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(content)
    with pytest.raises(NotACertificate):
        store.add(tmp_path / "a.pem")


def test_a_file_that_is_not_there_is_refused(store: TrustStore, tmp_path: Path) -> None:
    with pytest.raises(NotACertificate):
        store.add(tmp_path / "none.pem")


def test_a_file_of_several_is_refused(store: TrustStore, other: Authority, tmp_path: Path) -> None:
    both = [x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in (other.root, other.issuing)]
    (tmp_path / "bundle.pem").write_bytes(b"".join(both))
    with pytest.raises(NotACertificate):
        store.add(tmp_path / "bundle.pem")


def test_adding_a_built_in_one_changes_nothing(store: TrustStore, authority: Authority) -> None:
    assert store.add(authority.anchors).built_in
    assert len(store.list()) == 1


def test_an_added_one_is_removed_by_the_start_of_its_fingerprint(store: TrustStore, other: Authority) -> None:
    added = store.add(other.anchors)
    shown = ":".join(added.fingerprint[place : place + 2] for place in range(0, 12, 2)).upper()
    assert store.remove(shown) == added
    assert len(store.list()) == 1


def test_a_built_in_one_is_not_removed(store: TrustStore) -> None:
    with pytest.raises(CertificateBuiltIn):
        store.remove(store.list()[0].fingerprint)


@pytest.mark.parametrize(("fingerprint", "count"), [("ffff" * 16, "0"), ("", "0")])
def test_a_fingerprint_of_nobody_is_refused(fingerprint: str, count: str, store: TrustStore) -> None:
    with pytest.raises(CertificateUnknown) as refused:
        store.remove(fingerprint)
    assert refused.value.detail["count"] == count
