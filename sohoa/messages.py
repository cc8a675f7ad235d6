"""Reasons and findings in words, Vietnamese first. The words themselves are data: messages.yaml.

The packages below speak in codes with details; only here do they become sentences for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in both languages."""

    vi: str
    en: str


SYSTEM = {
    "no such file": "không có tệp này",
    "no such file or folder": "không có tệp hoặc thư mục này",
    "no such file or directory": "không có tệp hoặc thư mục này",
    "permission denied": "không có quyền đọc",
    "is a directory": "đây là thư mục, không phải tệp",
    "input/output error": "lỗi đọc đĩa",
}
"""What the system says of a file, in Vietnamese."""


class _Blanks(dict[str, str]):
    """Details by name; one that is missing reads as an ellipsis instead of stopping the message."""

    def __missing__(self, _name: str) -> str:
        return "…"


@cache
def _table() -> Mapping[str, Words]:
    text = files("sohoa").joinpath("messages.yaml").read_text(encoding="utf-8")
    return {code: Words(**words) for code, words in yaml.safe_load(text).items()}


def known(code: str) -> bool:
    """Whether there are words for this code."""
    return code in _table()


def words(code: str, detail: Mapping[str, str] | None = None, *, fallback: str = "") -> Words:
    """Return the sentence for a code, its details filled in; `fallback` (English) where there are no words for it."""
    found = _table().get(code)
    if found is None:
        return Words(vi=fallback or code, en=fallback or code)
    blanks = _Blanks(detail or {})
    if "why" in blanks:
        blanks.setdefault("why_vi", SYSTEM.get(blanks["why"].casefold(), blanks["why"]))
    return Words(vi=found.vi.format_map(blanks), en=found.en.format_map(blanks))


def reason(code: str, *, remedy: str, **detail: str) -> dict[str, Any]:
    """Return the contract's reason object: {"code", "message", "message_en", "remedy"} and the details."""
    said = words(code, detail)
    return {"code": code, "message": said.vi, "message_en": said.en, "remedy": remedy, "detail": detail}


def reason_of(error: Exception, *, file: str | None = None) -> dict[str, Any]:
    """Return the reason object of one of our errors; `file` is the paper's name where the error saw a working copy."""
    code = str(getattr(error, "code", "internal"))
    detail = dict(getattr(error, "detail", {}))
    if file is not None and "file" in detail:
        detail["file"] = file
    said = words(code, detail, fallback=str(error))
    return {
        "code": code,
        "message": said.vi,
        "message_en": said.en,
        "remedy": str(getattr(error, "remedy", "repair")),
        "detail": detail,
    }
