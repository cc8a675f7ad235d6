"""Separator sheets to print: what they say to people and to us. Never anything about a person."""

from datetime import datetime
from pathlib import Path

from ocr.separator import LONGEST_VALUE, Separator
from sohoa.document_types import type_code
from sohoa.errors import NotAllowed
from sohoa.masking import bears_personal_number
from sohoa.remote import DRAW_SEPARATORS

FILE_NAME = "to-phan-cach.pdf"

_PARTS_DOCUMENTS = "Đặt tờ này trước trang đầu của mỗi văn bản."
_PARTS_DOSSIERS = "Đặt tờ này trước tờ đầu của hồ sơ."


def separator_for(dossier: str | None, document_type: str | None) -> Separator:
    """Return the sheet that says so.

    Raises:
        NotAllowed: the type is unknown; the dossier's code is empty, too long or holds a personal number.
    """
    if dossier is not None:
        dossier = dossier.strip()
        if not 0 < len(dossier) <= LONGEST_VALUE or not dossier.isprintable():
            raise NotAllowed(
                f"a dossier's code has 1 to {LONGEST_VALUE} letters", vi=f"mã hồ sơ dài từ 1 đến {LONGEST_VALUE} ký tự"
            )
        if bears_personal_number(dossier):
            raise NotAllowed(
                "a separator sheet must not bear a personal number",
                vi="tờ phân cách không được mang số định danh cá nhân",
            )
    return Separator(dossier=dossier, type_code=type_code(document_type) if document_type else None)


def words_on(separator: Separator, type_name: str | None) -> list[str]:
    """Return what the sheet says to people, a title and lines."""
    said = ["TỜ PHÂN CÁCH", _PARTS_DOCUMENTS if separator.parts_documents else _PARTS_DOSSIERS]
    if separator.dossier:
        said.append(f"Hồ sơ: {separator.dossier}")
    if type_name:
        said.append(f"Loại văn bản: {type_name}")
    return [*said, "Tờ này không phải tài liệu; dùng lại được nhiều lần."]


def write_separators(
    separator: Separator, type_name: str | None, count: int, to: Path, *, typeface: Path, created: datetime
) -> Path:
    """Write `count` equal sheets as a PDF/A and return where: `to`, or in that folder.

    Raises:
        NotAllowed: a file is there already; nothing is overwritten.
        ScanUnavailable: the operating system refused.
    """
    target = to / FILE_NAME if to.is_dir() else to
    if target.exists():
        raise NotAllowed(f"{target} exists; nothing is overwritten", vi=f"«{target}» đã có; không ghi đè")
    DRAW_SEPARATORS(separator, words_on(separator, type_name), count, target, typeface=typeface, created=created)
    return target
