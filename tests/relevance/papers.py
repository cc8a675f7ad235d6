"""Papers with their truth, and what the index is told of them: made from the sample box, or read from real samples.

Every third text is as a reader with two wrong letters in a hundred leaves it, every sixth subject too. Judgements are
made from the truth, never from what is indexed.
"""

import json
import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from search.index import Entry
from sohoa.samplebox.pages import set_document
from sohoa.samplebox.varied import vary
from storage.records import DocumentType
from tests.relevance.kept import kept_entry

TYPES = {"Quyết định": "QĐ", "Công văn": "CV", "Thông báo": "TB", "Tờ trình": "TTr", "Báo cáo": "BC", "Chỉ thị": "CT"}
WRONG_LETTERS = 0.02
_LOOK_ALIKE = {"n": "u", "u": "n", "c": "e", "e": "c", "o": "c", "l": "1", "i": "l", "h": "b", "t": "l", "y": "v"}
_SAMPLE_FIELDS = {
    "so_ky_hieu": "document_number",
    "ngay_ban_hanh": "issued_date",
    "co_quan_ban_hanh": "issuing_authority",
    "trich_yeu": "subject",
    "nguoi_ky": "signer_name",
    "dia_danh": "place",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper and the truth about it."""

    record_id: str
    type_name: str
    fields: Mapping[str, str]
    """The truth: number, issue date (ISO 8601), issuer, subject, signer, place."""
    text: str
    """The truth."""
    read_text: str
    """As it was read."""
    read_subject: str

    @property
    def said(self) -> str:
        """Everything that is written on the paper or about it."""
        return "\n".join([self.type_name, *self.fields.values(), self.text])

    def entry(self) -> Entry:
        """Return what the index is told."""
        fields = {**self.fields, "subject": self.read_subject, "document_type": self.type_name}
        kind = DocumentType(code=TYPES.get(self.type_name, "VB"), name=self.type_name)
        return kept_entry(self.record_id, kind, {key: value for key, value in fields.items() if value}, self.read_text)


def box_papers(count: int, seed: int) -> list[Paper]:
    """Return so many papers of the sample box; the n-th is the same for the same seed."""
    return [_box_paper(index, seed) for index in range(count)]


def _box_paper(index: int, seed: int) -> Paper:
    truth = set_document(vary(index, np.random.default_rng([seed, index]))).truth
    names = ("document_number", "issued_date", "issuing_authority", "subject", "signer_name", "place")
    fields = {name: str(truth.fields[name]) for name in names}
    text = "\f".join("\n".join(page) for page in truth.text)
    paper = _read_well(f"box-{index:04}", str(truth.fields["document_type"]), fields, text)
    if index % 3:
        return paper
    noise = random.Random(f"{seed} {index}")
    subject = misread(paper.read_subject, noise) if index % 6 == 0 else paper.read_subject
    return replace(paper, read_text=misread(text, noise), read_subject=subject)


def sample_papers(folder: Path) -> Iterator[Paper]:
    """Yield the real documents of the folder that have fields and at least one page typed by a person."""
    for file in sorted(folder.rglob("*.fields.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(".fields.json")
        pages = sorted(file.parent.glob(f"{name}*.gt.txt"))
        fields = {ours: str(told[theirs] or "") for theirs, ours in _SAMPLE_FIELDS.items()}
        if pages and fields["subject"]:
            text = "\f".join(page.read_text(encoding="utf-8") for page in pages)
            yield _read_well(f"sample-{name}", told["loai_van_ban"] or "Văn bản", fields, text)


def _read_well(record_id: str, type_name: str, fields: Mapping[str, str], text: str) -> Paper:
    return Paper(
        record_id=record_id,
        type_name=type_name,
        fields=fields,
        text=text,
        read_text=text,
        read_subject=fields["subject"],
    )


def misread(text: str, noise: random.Random) -> str:
    """Return the text with wrong letters: accents lost, or taken for a letter that looks alike."""
    return "".join(_misread(c, noise) if c.isalpha() and noise.random() < WRONG_LETTERS else c for c in text)


def _misread(letter: str, noise: random.Random) -> str:
    bare = plain(letter)
    if bare != letter.lower() and noise.random() < 0.6:
        return bare.upper() if letter.isupper() else bare
    return _LOOK_ALIKE.get(bare, bare)


def plain(text: str) -> str:
    """Return the text without accents, in lower case. On purpose not the folding that the index uses."""
    parted = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in parted if not unicodedata.combining(c))


@cache
def plain_words(text: str) -> list[str]:
    """Return the words of the text, plain."""
    return re.findall(r"[^\W_]+", plain(text))


def holds(text: str, sought: Sequence[str]) -> bool:
    """Whether the words stand side by side in the text."""
    return f" {' '.join(sought)} " in f" {' '.join(plain_words(text))} "
