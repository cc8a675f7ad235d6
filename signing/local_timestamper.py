"""Adapter of port Timestamper: the test authority's own RFC 3161 authority, in this process."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp, x509

from signing.errors import TimestampUnavailable
from signing.identity import Identity

POLICY = "2.25.329800735698586629295641978511506172918"
"""Our policy: a test timestamp without legal value (an object identifier made from a UUID, ITU-T X.667)."""
_DIGEST_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}


class LocalTimestamper:
    """Signs the clock of this machine."""

    def __init__(self, identity: Identity, *, clock: Callable[[], datetime]) -> None:
        self._identity = identity
        self._clock = clock

    def stamp(self, digest: bytes, *, algorithm: str = "sha256") -> bytes:
        """See Timestamper.stamp. SHA-256, SHA-384 and SHA-512 only."""
        if _DIGEST_BYTES.get(algorithm) != len(digest):
            raise TimestampUnavailable(reason=f"a digest of {len(digest)} bytes by {algorithm!r} is not stamped")
        certificate = x509.Certificate.load(self._identity.certificate)
        content = cms.ParsableOctetString(self._statement(digest, algorithm).dump())
        attributes = _signed_attributes(certificate, content, self._identity.certificate)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    ),
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                # Signed as SET OF, whatever tag they carry inside the message (RFC 5652, 5.4).
                "signature": self._identity.key.sign(attributes.untag().dump()),
            }
        )
        return _token(content, certificate, signer)

    def _statement(self, digest: bytes, algorithm: str) -> tsp.TSTInfo:
        imprint = tsp.MessageImprint(
            {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        )
        return tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": imprint,
                "serial_number": secrets.randbits(128),
                "gen_time": self._clock().astimezone(UTC).replace(microsecond=0),
            }
        )


def _signed_attributes(certificate: x509.Certificate, content: core.OctetString, der: bytes) -> cms.CMSAttributes:
    """Source: RFC 3161, 2.4.2 with RFC 5816 (the certificate named by its SHA-256)."""
    named = tsp.ESSCertIDv2(
        {
            "cert_hash": sha256(der).digest(),
            "issuer_serial": {
                "issuer": x509.GeneralNames([x509.GeneralName("directory_name", certificate.issuer)]),
                "serial_number": certificate.serial_number,
            },
        }
    )
    return cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", sha256(bytes(content)).digest()),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})),
        ]
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": cms.CMSAttributeType(kind), "values": (value,)})


def _token(content: core.OctetString, certificate: x509.Certificate, signer: cms.SignerInfo) -> bytes:
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms([algos.DigestAlgorithm({"algorithm": "sha256"})]),
            "encap_content_info": {"content_type": "tst_info", "content": content},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    der: bytes = token.dump()
    return der
