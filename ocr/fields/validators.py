"""Cross-checks between fields: what agrees makes a value surer, what contradicts makes a person look.

Source: the checks are ours; forms of the values: Nghị định 30/2020/NĐ-CP, Phụ lục I and III.
"""

import re
from datetime import date

from ocr.fields.doctypes import LETTER, DocumentTypeSpec, codes_folded
from ocr.fields.document_number import DocumentNumber
from ocr.fields.folding import fold, letters
from ocr.fields.lexicon import FAMILY_NAMES

_SMALL = {
    "và",
    "va",
    "của",
    "cua",
    "-",
    "–",
    "tỉnh",
    "tinh",
    "thành",
    "phố",
    "thanh",
    "pho",
    "huyện",
    "huyen",
    "các",
    "cac",
}
_PERSON = re.compile(r"^\d{12}$")


def code_agrees_with_type(number: DocumentNumber, spec: DocumentTypeSpec) -> bool | None:
    """Whether the symbol's first word is the code of the type; None when the symbol cannot tell."""
    if not number.symbol:
        return None
    codes = codes_folded().get(letters(number.code), ())
    if spec.code == LETTER:
        return not codes or "-" not in number.symbol
    if spec.family != "official":
        return None
    return spec.code in codes if codes else None


def issuer_agrees_with_symbol(number: DocumentNumber, issuer: str, spec: DocumentTypeSpec) -> bool | None:
    """Whether the issuer's abbreviation in the symbol fits its name ("UBND", "STC"); None when it cannot tell."""
    parts = re.split(r"[-/]", number.symbol)
    short = letters(parts[0] if spec.code == LETTER else parts[1]) if len(parts) > 1 or spec.code == LETTER else ""
    if len(short) < 2:
        return None
    initials = _initials(issuer)
    if not initials:
        return None
    if short.startswith(initials[:2]) or initials.startswith(short) or _is_subsequence(short, letters(issuer)):
        return True
    return False if short in ("ubnd", "hdnd") else None


def _initials(name: str) -> str:
    words = re.findall(r"[^\W\d_]+|\d+", name)
    out = ""
    for word in words:
        if word.lower() in _SMALL:
            continue
        out += fold(word) if word.isupper() and len(word) > 1 else fold(word[0])
    return out


def _is_subsequence(short: str, name: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in short)


def plausible_date(day: date, *, year: str = "", today: date | None = None) -> bool:
    """Whether a date of issue is possible, and the year in a normative symbol the same."""
    return (today is None or day <= today) and day.year >= 1945 and (not year or int(year) == day.year)


def looks_like_a_name(name: str) -> bool:
    """Whether the first word is a known family name."""
    return bool(name) and fold(name.split()[0]) in FAMILY_NAMES


def personal_id_agrees(number: str, born: date | None, gender: str | None) -> bool | None:
    """Whether a 12-digit personal number fits date of birth and gender; None when it has another form.

    Source: Luật Căn cước and its decree: 3 digits province, 1 century and sex, 2 birth year.
    """
    if not _PERSON.match(number):
        return None
    century, year = int(number[3]), int(number[4:6])
    if born is not None and (1900 + 100 * (century // 2) + year) != born.year:
        return False
    return not (gender in ("Nam", "Nữ") and (century % 2 == 0) != (gender == "Nam"))
