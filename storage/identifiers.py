"""Identifiers of papers and records: random, unguessable, easy to read out and to type in.

Source: Crockford's Base32: digits and letters without i, l, o, u; read without regard to case, i and l as 1, o as 0.
"""

import secrets

from storage.errors import UnknownRecord

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 20
"""Of 5 bits each: nobody finds one by trying."""
SHORTEST_PREFIX = 4

_READ_AS = str.maketrans("ilo", "110")


def new_id() -> str:
    """Return a new identifier."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_prefix(typed: str) -> str:
    """Return the beginning of an identifier as a person typed it, in the spelling it is kept in.

    Raises UnknownRecord when it is shorter than 4 or holds what no identifier holds.
    """
    prefix = typed.strip().lower().translate(_READ_AS)
    if len(prefix) < SHORTEST_PREFIX:
        raise UnknownRecord(typed, f"give at least {SHORTEST_PREFIX} characters")
    if len(prefix) > LENGTH or not set(prefix) <= set(ALPHABET):
        raise UnknownRecord(typed, "not the beginning of an identifier")
    return prefix


def prefix_range(prefix: str) -> tuple[str, str]:
    """Return the first and the last identifier that begin so; for a query that can use an index, as LIKE cannot."""
    return prefix, prefix.ljust(LENGTH, ALPHABET[-1])
