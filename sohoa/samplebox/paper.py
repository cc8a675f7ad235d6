"""What is in a sample box, and the truth about it. Values only."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Expectation = Literal["kept", "review", "quarantined", "ignored"]
FieldTruth = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDocument:
    """One document of a paper, and what a person would write down about it."""

    first_page: int
    """In the file, from 1."""
    last_page: int
    type_code: str
    """As in NĐ 30/2020 PL III, `CV`, or the name of the type's YAML file."""
    fields: Mapping[str, FieldTruth]
    """By field name; dates ISO 8601; lists for recipients, addressees and signing capacities."""
    text: tuple[tuple[str, ...], ...]
    """Per page: the printed lines, NFC, in reading order; not what stands inside seals and signatures."""
    owner: str | None = None
    """`personal_id:<number>`, for papers that belong to somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePaper:
    """One file of the box."""

    file: str
    """Relative to the folder of the box."""
    kind: str
    """`jpeg`, `pdf`, `png`, `tiff`, `signed_pdf`, `damaged`, `hidden`."""
    documents: tuple[SampleDocument, ...] = ()
    sheets: int = 1
    """Pages, one a sheet; of files that cannot be read, one."""
    dpi: int | None = 300
    """As the file says; None: it says nothing."""
    expect: Expectation = "kept"
    """Where the paper should end when it is read well."""
    why: str = ""
    """What this paper is in the box for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A folder of papers and the truth about them."""

    folder: Path
    papers: tuple[SamplePaper, ...] = field(default=())

    @property
    def sheets(self) -> int:
        """How many sheets a person would count: hidden files are none."""
        return sum(paper.sheets for paper in self.papers if paper.expect != "ignored")

    def paper(self, file: str) -> SamplePaper:
        """Return the paper of that file name; KeyError when there is none."""
        for paper in self.papers:
            if paper.file == file:
                return paper
        raise KeyError(file)


def truth_to_json(box: Box) -> str:
    """Return the truth as JSON, the same for the same box wherever it lies. Not to be put into the box's own folder."""
    return json.dumps({"papers": [asdict(paper) for paper in box.papers]}, ensure_ascii=False, indent=1) + "\n"


def manifest_csv(box: Box) -> str:
    """Return the manifest that `sohoa ingest --manifest` reads: only what a person at the counter knows."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["file", "sheets", "dossier", "procedure", "owner", "document_type"])
    for paper in box.papers:
        if paper.expect != "ignored":
            owners = {document.owner for document in paper.documents} - {None}
            rows.writerow([paper.file, paper.sheets, "", "", owners.pop() if len(owners) == 1 else "", ""])
    return out.getvalue()
