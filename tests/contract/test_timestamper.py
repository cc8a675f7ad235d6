"""The definition of port Timestamper: every adapter passes this."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from signing.authority import ensure_authority, timestamp_identity
from signing.errors import TimestampUnavailable
from signing.local_timestamper import LocalTimestamper
from signing.timestamp import Timestamper


def _local(folder: Path) -> Timestamper:
    ensure_authority(folder, now=datetime.now(UTC))
    return LocalTimestamper(timestamp_identity(folder), clock=lambda: datetime.now(UTC))


STAMPERS = [pytest.param(_local, id="local")]


@pytest.fixture(params=STAMPERS)
def timestamper(request: pytest.FixtureRequest, tmp_path: Path) -> Timestamper:
    make: Callable[[Path], Timestamper] = request.param
    return make(tmp_path / "authority")


def _signed(token: bytes) -> cms.SignedData:
    content = cms.ContentInfo.load(token, strict=True)
    assert content["content_type"].native == "signed_data"
    return content["content"]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_token_is_over_the_digest(timestamper: Timestamper, algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"hello").digest()
    statement = _signed(timestamper.stamp(digest, algorithm=algorithm))["encap_content_info"]["content"].parsed
    imprint = statement["message_imprint"]
    assert imprint["hashed_message"].native == digest
    assert imprint["hash_algorithm"]["algorithm"].native == algorithm
    assert statement["version"].native == "v1"


def test_token_tells_the_time(timestamper: Timestamper) -> None:
    before = datetime.now(UTC)
    token = timestamper.stamp(hashlib.sha256(b"x").digest())
    told = _signed(token)["encap_content_info"]["content"].parsed["gen_time"].native
    assert before - timedelta(minutes=5) < told < datetime.now(UTC) + timedelta(minutes=5)


def test_token_carries_and_names_its_certificate(timestamper: Timestamper) -> None:
    signed = _signed(timestamper.stamp(hashlib.sha256(b"x").digest()))
    attributes = {one["type"].native: one["values"][0] for one in signed["signer_infos"][0]["signed_attrs"]}
    named = attributes["signing_certificate_v2"]["certs"][0]["cert_hash"].native
    carried = [one.chosen.dump() for one in signed["certificates"]]
    assert named in {hashlib.sha256(der).digest() for der in carried}
    usages = [
        x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        for der in carried
        if hashlib.sha256(der).digest() == named
    ]
    assert usages[0].critical


def test_token_is_signed_by_it(timestamper: Timestamper) -> None:
    signed = _signed(timestamper.stamp(hashlib.sha256(b"x").digest()))
    signer = signed["signer_infos"][0]
    key = x509.load_der_x509_certificate(signed["certificates"][0].chosen.dump()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    content = bytes(signed["encap_content_info"]["content"])
    assert attributes["message_digest"].native == hashlib.sha256(content).digest()


def test_every_token_is_new(timestamper: Timestamper) -> None:
    digest = hashlib.sha256(b"x").digest()
    tokens = [_signed(timestamper.stamp(digest))["encap_content_info"]["content"].parsed for _ in range(3)]
    assert len({token["serial_number"].native for token in tokens}) == 3


@pytest.mark.parametrize(("digest", "algorithm"), [(b"short", "sha256"), (b"\0" * 20, "sha1"), (b"\0" * 32, "none")])
def test_what_cannot_be_stamped_is_refused(timestamper: Timestamper, digest: bytes, algorithm: str) -> None:
    with pytest.raises(TimestampUnavailable):
        timestamper.stamp(digest, algorithm=algorithm)
