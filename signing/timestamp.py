"""Port Timestamper: a digest becomes an RFC 3161 token. Its definition is tests/contract/test_timestamper.py."""

from typing import Protocol


class Timestamper(Protocol):
    """A timestamp authority (tổ chức cấp dấu thời gian)."""

    def stamp(self, digest: bytes, *, algorithm: str = "sha256") -> bytes:
        """Return the DER of a time-stamp token (CMS SignedData) over `digest`, which `algorithm` made.

        The token carries the authority's certificate. Safe to repeat; every call gives a new token.

        Raises:
            TimestampUnavailable: no token was given; the same call may succeed later.

        Source: RFC 3161, 2.4.
        """
        ...
