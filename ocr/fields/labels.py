"""Forms: a printed label ("Họ, chữ đệm, tên:") -> the value beside or under it, as the type's YAML lists them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ocr.fields.casing import title_case
from ocr.fields.doctypes import DocumentTypeSpec, FieldSpec
from ocr.fields.folding import fold, is_capitals, nfc
from ocr.fields.issued_date import date_in
from ocr.fields.pieces import Piece, found_in
from ocr.fields.result import Found

_STOPS = (
    "năm sinh", "nơi cư trú", "quê quán", "địa chỉ thường trú", "ghi bằng chữ", "giấy tờ tùy thân", "nơi thường trú",
    "người đi khai sinh", "họ, chữ đệm, tên người đi khai sinh", "số tham chiếu", "địa chỉ", "quan hệ", "ghi chú",
    "nguồn gốc sử dụng", "hình thức sử dụng", "mục đích sử dụng", "thời hạn sử dụng", "loại đất", "quyển số",
    "thửa đất", "cấp ngày", "ngày cấp", "nơi cấp",
)  # fmt: skip
"""Labels no field of ours wants, at which a value on the same line ends."""

_LEADERS = re.compile(r"[.…_·•]{3,}|(?:[._·•…]\s?){4,}")
_BULLET = r"(?:^|(?<=[\s;,.:(]))(?:[a-zđ0-9ivx]{1,3}[.)]\s*|[-+*•]\s*)?"


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    """Of the field; empty for a label that only ends another's value."""
    at: int
    end: int


def find_labelled(pieces: Sequence[Piece], spec: DocumentTypeSpec) -> dict[str, Found]:
    """Return the fields of a form that are printed behind their labels. The first value that fits its pattern wins."""
    table = _table(spec)
    found: dict[str, Found] = {}
    good: set[str] = set()
    for index, piece in enumerate(pieces):
        marks = _labels(piece.text, table)
        for position, mark in enumerate(marks):
            if not mark.name or mark.name in good:
                continue
            stop = marks[position + 1].at if position + 1 < len(marks) else len(piece.text)
            value, used = _value(piece, mark, stop, pieces[index + 1 : index + 3], table)
            tidy = tidied(value, spec.fields[mark.name])
            if not tidy:
                continue
            fits = fits_pattern(tidy, spec.fields[mark.name])
            if fits or mark.name not in found:
                found[mark.name] = found_in(used, tidy, weight=1.0 if fits else 0.5)
            if fits:
                good.add(mark.name)
    return found


def _table(spec: DocumentTypeSpec) -> list[tuple[re.Pattern[str], str]]:
    pairs = [(label, name) for name, field in spec.fields.items() for label in field.labels]
    pairs += [(stop, "") for stop in _STOPS]
    pairs.sort(key=lambda pair: -len(pair[0]))
    return [(_pattern(label), name) for label, name in pairs]


def _pattern(label: str) -> re.Pattern[str]:
    words = [re.escape(word.strip(",")) for word in fold(label).split()]
    # A label of one short word is too common in text: the colon must be there.
    colon = (
        r"\s*[:.;]+\s*" if len(words) == 1 and len(words[0]) < 5 else r"(?:\s*\([^)]{0,40}\))?\s*[:.;]?\s*(?![a-z])|"
    )
    body = r"[\s,.]*".join(words)
    if len(words) == 1 and len(words[0]) < 5:
        return re.compile(_BULLET + body + colon)
    return re.compile(_BULLET + body + r"(?:\s*\([^)]{0,40}\))?(?:\s*[:;]\s*|\s*[.]\s+|\s+|$)")


def _labels(text: str, table: Sequence[tuple[re.Pattern[str], str]]) -> list[_Label]:
    folded = fold(text)
    marks: list[_Label] = []
    for pattern, name in table:
        for match in pattern.finditer(folded):
            if all(match.end() <= mark.at or match.start() >= mark.end for mark in marks):
                marks.append(_Label(name, match.start(), match.end()))
    return sorted(marks, key=lambda mark: mark.at)


def _value(
    piece: Piece, mark: _Label, stop: int, following: Sequence[Piece], table: Sequence[tuple[re.Pattern[str], str]]
) -> tuple[str, list[Piece]]:
    value = _LEADERS.sub(" ", piece.text[mark.end : stop]).strip(" .:;,")
    if value or stop < len(piece.text) or not following:
        return value, [piece]
    below = following[0]
    beside = below.level - piece.level < 1.8 * piece.height
    if not beside or _labels(below.text, table):
        return "", [piece]
    return _LEADERS.sub(" ", below.text).strip(" .:;,"), [piece, below]


def tidied(value: str, field: FieldSpec) -> str:
    """Return a value in the form its kind is kept in; empty when it cannot be one."""
    text = nfc(value).strip(" .:;,-_")
    if field.kind in _TIDY:
        return _TIDY[field.kind](text)
    if field.kind == "choice":
        return _choice(text, field)
    return _identifier(text, field) if field.kind == "identifier" else text


def _date(text: str) -> str:
    stated = date_in(text)
    return stated.isoformat() if stated else ""


def _person(text: str) -> str:
    bare = re.sub(r"^(?:(?:hộ\s+)?(?:ông|bà)\s*[:.]?\s+)", "", text, flags=re.IGNORECASE)
    bare = re.split(r"[,;(:]|\d", bare)[0].strip(" .-")
    if not all(word[0].isupper() for word in bare.split()):
        return ""  # the rest of a longer label
    return title_case(bare) if is_capitals(bare) else bare


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match.group().rstrip(".,/-") if match else ""


def _choice(text: str, field: FieldSpec) -> str:
    for option in (field.pattern or "").split("|"):
        if fold(text).split()[:1] == [fold(option)]:
            return option
    return ""


def _identifier(text: str, field: FieldSpec) -> str:
    if not field.pattern:
        return text
    for candidate in (text, re.sub(r"\s+", "", text)):
        match = re.search(rf"(?<![A-Za-z0-9])(?:{field.pattern})(?![A-Za-z0-9])", candidate)
        if match:
            return match.group()
    return ""


def fits_pattern(value: str, field: FieldSpec) -> bool:
    """Whether a value has the form the type asks for; a field without a pattern takes any."""
    return field.pattern is None or re.fullmatch(field.pattern, value) is not None


def find_anywhere(pieces: Sequence[Piece], field: FieldSpec) -> Found | None:
    """Return the first line that is a value of the field's pattern and nothing else, printed without label."""
    for piece in pieces:
        bare = piece.text.strip(" .:;,*")
        if field.pattern and re.fullmatch(field.pattern, bare):
            return found_in([piece], bare)
    return None


_TIDY: Mapping[str, Callable[[str], str]] = {
    "date": _date,
    "person": _person,
    "number": lambda text: _first(r"\d[\d.,/-]*[a-z]?", text),
    "area": lambda text: _first(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[,.]\d+)?", text),
}
