"""Certificates and revocation lists of the test authority: names and keys in, signed X.509 out. No files.

P-256 with SHA-256 throughout. The outside judges give RSA with PKCS#1 v1.5 an end date (2029) and RSA 3072 with PSS
or P-256 none; of the two P-256 signs thirty times faster and makes seals a third smaller.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NO_LEGAL_VALUE = "không có giá trị pháp lý"
"""Stands in the name of every certificate of the test authority, so that no reader can overlook it."""
AGENCY = f"CƠ QUAN THỬ NGHIỆM ({NO_LEGAL_VALUE})"
ROOT = f"CA gốc thử nghiệm ({NO_LEGAL_VALUE})"
ISSUING = f"CA thử nghiệm ({NO_LEGAL_VALUE})"
TIMESTAMP = f"TSA thử nghiệm ({NO_LEGAL_VALUE})"

ADDRESS = "http://authority.sohoa.invalid"
"""Never fetched: the name resolves nowhere (RFC 2606). Validators want the pointers to be there."""

SKEW = timedelta(minutes=10)
"""Certificates begin this much before they are made: clocks of one agency differ."""
CRL_LIFE = timedelta(days=30)
YEAR = timedelta(days=365)
LONGEST_COMMON_NAME = 64
"""Bytes. A longer name stands as the organisation only. Source: RFC 5280, appendix A (ub-common-name)."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str, organization: str = AGENCY) -> x509.Name:
    attributes = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organization)]
    if len(common.encode()) <= LONGEST_COMMON_NAME:
        attributes.append((NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in attributes])


def _usage(*, authority: bool, commitment: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=commitment,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _begun(
    name: x509.Name, key: ec.EllipticCurvePublicKey, *, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def root_certificate(key: ec.EllipticCurvePrivateKey, *, now: datetime) -> x509.Certificate:
    """Return the anchor, signed by itself, for 30 years."""
    builder = _begun(_name(ROOT), key.public_key(), now=now, life=30 * YEAR)
    return (
        builder.issuer_name(_name(ROOT))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True, commitment=False), critical=True)
        .sign(key, hashes.SHA256())
    )


def issuing_certificate(
    key: ec.EllipticCurvePublicKey, issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, *, now: datetime
) -> x509.Certificate:
    """Return the authority between the anchor and the agency, for 25 years."""
    builder = _begun(_name(ISSUING), key, now=now, life=25 * YEAR)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True, commitment=False), critical=True)
    return _issued(builder, issuer, issuer_key, folder="root")


def agency_certificate(
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    now: datetime,
    name: str = AGENCY,
    life: timedelta = 10 * YEAR,
) -> x509.Certificate:
    """Return the agency's certificate for its seal; `name` is its full name, NFC."""
    builder = _begun(_name(name, name), key, now=now, life=life)
    builder = builder.add_extension(_usage(authority=False, commitment=True), critical=True)
    return _issued(builder, issuer, issuer_key, folder="issuing")


def timestamp_certificate(
    key: ec.EllipticCurvePublicKey, issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, *, now: datetime
) -> x509.Certificate:
    """Return the certificate of the timestamp authority, for 20 years. Source: RFC 3161, 2.3 (critical key usage)."""
    builder = _begun(_name(TIMESTAMP), key, now=now, life=20 * YEAR)
    builder = builder.add_extension(_usage(authority=False, commitment=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _issued(builder, issuer, issuer_key, folder="root")


def _issued(
    builder: x509.CertificateBuilder,
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    folder: str,
) -> x509.Certificate:
    source = x509.UniformResourceIdentifier(f"{ADDRESS}/{folder}.cer")
    revoked = x509.UniformResourceIdentifier(f"{ADDRESS}/{folder}.crl")
    access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, source)
    point = x509.DistributionPoint([revoked], None, None, None)
    return (
        builder.issuer_name(issuer.subject)
        .add_extension(_authority_identifier(issuer), critical=False)
        .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        .add_extension(x509.CRLDistributionPoints([point]), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _authority_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def revocation_list(
    issuer: x509.Certificate,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    now: datetime,
    revoked: Iterable[tuple[int, datetime]] = (),
) -> x509.CertificateRevocationList:
    """Return the issuer's list, valid for 30 days; `revoked` are serial numbers with the moment of revocation."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + CRL_LIFE)
        # Numbers must grow; the clock does, and needs no state of its own.
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(_authority_identifier(issuer), critical=False)
    )
    for serial, moment in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer_key, hashes.SHA256())
