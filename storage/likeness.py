"""When two papers look like the same document. Pure.

The same number and symbol, of the same issuer, in the same year, however the scanner or the reader wrote them:
without accents, case, spaces and leading zeros.
"""

import hashlib
import re
import unicodedata

from storage.records import FieldValue, Record

_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_YEAR = re.compile(r"(\d{4})-")


def likeness(number: str | None, issuer: str | None, year: int | None) -> str | None:
    """Return 64 hex digits that are equal for papers that look alike; None unless all three parts are known.

    `number` is number and symbol together ("575/UBND-KTTH").
    """
    if not number or not issuer or year is None:
        return None
    folded = _LEADING_ZEROS.sub("", _folded(number)), _folded(issuer), str(year)
    if not all(folded):
        return None
    return hashlib.sha256("\0".join(folded).encode()).hexdigest()


def likeness_of(record: Record) -> str | None:
    """Return the likeness of a record by its fields."""
    issued = _text(record.fields.get("issued_date"))
    year = _YEAR.match(issued) if issued else None
    return likeness(
        _text(record.fields.get("document_number")),
        _text(record.fields.get("issuing_authority")),
        int(year[1]) if year else None,
    )


def _text(field: FieldValue | None) -> str | None:
    return field.value if field is not None and isinstance(field.value, str) else None


def _folded(text: str) -> str:
    # NFC first: a đ in two parts would keep its stroke.
    plain = unicodedata.normalize("NFC", text).translate(str.maketrans("đĐ", "dD"))
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", plain).casefold()
        if not unicodedata.combining(char) and not char.isspace()
    )
