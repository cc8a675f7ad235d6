"""Personal numbers as they may be shown, and as they may stand in text that is kept in clear."""

import re

_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{12}|\d{9}|\d{3} \d{3} \d{3}(?: \d{3})?|\d{4} \d{4} \d{4})(?!\d)")
"""Căn cước and CMND numbers. Source: standards on personal data: none in a clear-text index (Luật 91/2025)."""

_PARTING = re.compile(r"[\s.\-\u2010-\u2015]")
"""What people put between the digits of a number."""


def mask(number: str) -> str:
    """Return a personal number as it may be shown: first three and last three digits."""
    return number[:3] + "*" * max(0, len(number) - 6) + number[-3:] if len(number) > 6 else "*" * len(number)


def mask_numbers(text: str) -> str:
    """Return the text with every run of digits that may be a personal number masked."""
    return _PERSONAL_NUMBER.sub(lambda number: mask(number[0]), text)


def bears_personal_number(code: str) -> bool:
    """Whether a code holds what may be a personal number, or is one with spaces, dots or dashes put in anywhere."""
    return mask_numbers(code) != code or re.fullmatch(r"\d{9}|\d{12}", _PARTING.sub("", code)) is not None
