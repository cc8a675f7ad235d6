"""Our identity and our timestamper in the form pyHanko asks for."""

from asn1crypto import cms, x509
from pyhanko.sign import signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.identity import Identity
from signing.timestamp import Timestamper


class IdentitySigner(signers.Signer):
    """Signs with a key that is loaded once; pyHanko's own loads and checks it at every signature."""

    def __init__(self, identity: Identity) -> None:
        store = SimpleCertificateStore()
        store.register_multiple([x509.Certificate.load(der) for der in identity.chain])
        certificate = x509.Certificate.load(identity.certificate)
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self._identity = identity

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """See pyHanko's Signer."""
        return self._identity.key.sign(data)


class PortStamper(TimeStamper):
    """Our port behind pyHanko's."""

    def __init__(self, timestamper: Timestamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._timestamper = timestamper

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """See pyHanko's TimeStamper."""
        return cms.ContentInfo.load(self._timestamper.stamp(message_digest, algorithm=md_algorithm))
