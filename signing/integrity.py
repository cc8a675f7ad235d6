"""Whether the bytes a signature covers are the bytes that were signed. Says nothing about who signed."""

import hashlib

from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.opening import entry


def is_intact(signature: EmbeddedPdfSignature) -> bool:
    """Whether digest and signature value are right under the certificate the signature names.

    Outdated algorithms count as any other here. May raise anything in signing.opening.MALFORMED.
    """
    content = signature.signed_data["encap_content_info"]
    kind = content["content_type"].native
    if kind == "tst_info":
        imprint = content["content"].parsed["message_imprint"]["hashed_message"].native
        return bool(imprint == signature.compute_digest()) and _signed(signature, kind, bytes(content["content"]))
    if str(entry(signature.sig_object, "/SubFilter")) == "/adbe.pkcs7.sha1":
        # The signed content is itself the SHA-1 of the file. Source: ISO 32000-1, 12.8.3.3.
        inner = content["content"].native
        return bool(inner == signature.compute_digest("sha1")) and _signed(signature, kind, inner)
    return _right(signature, kind, signature.compute_digest())


def _signed(signature: EmbeddedPdfSignature, kind: str, content: bytes) -> bool:
    return _right(signature, kind, hashlib.new(signature.md_algorithm, content).digest())


def _right(signature: EmbeddedPdfSignature, kind: str, digest: bytes) -> bool:
    try:
        same, signed = generic_cms.validate_sig_integrity(signature.signer_info, signature.signer_cert, kind, digest)
    except SignatureValidationError:
        return False
    return bool(same and signed)
