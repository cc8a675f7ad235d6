"""Pages laid out anew -> what a record says of them. What a person settled on these pages before is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ocr.fields.result import Understood
from sohoa.errors import SecretPaper
from sohoa.steps.describe import PERSONAL_OWNER_FIELD, Description, describe
from sohoa.steps.keep import Contents, Copy, Standing, open_private, report_of
from sohoa.steps.leaves import Leaves, compose_leaves, leaves_of, numbered, read_leaves
from sohoa.steps.parts import DOSSIER_DOUBTS
from sohoa.steps.receive import owner_of
from sohoa.steps.seal import sealed_or_stored
from sohoa.steps.standing import READY_TO_SEAL, where_to
from sohoa.steps.understand import SPLIT_DOUBTS, as_one, doubted, find_documents
from sohoa.toolbox import Toolbox
from sohoa.wire import page_answer, understood_answer
from storage.ledger import Paper
from storage.records import FieldValue, PageSource, Record, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """All that a record of the pages will say."""

    leaves: Leaves
    about: Description
    copy: Copy
    contents: Contents
    standing: Standing
    accepted: tuple[str, ...]
    """Codes of findings that a person accepted on these pages."""


def remake(record_id: str, leaves: Leaves, before: Sequence[Record], paper: Paper, kit: Toolbox) -> Remade:
    """Read, understand, describe, compose and (if nothing waits for a person) seal the pages as one document.

    `before` are the records that held the pages. Nothing of the new record is written but bytes of its copy.

    Raises:
        SecretPaper: a page bears a secrecy mark.
        Errors of reading and composing: nothing was changed; safe to repeat.
    """
    readings = read_leaves(leaves, paper.mode, kit)
    own = numbered(readings)
    understood = as_one(find_documents(own, _hint(leaves, before, paper), kit), None)
    if understood.secret:
        raise SecretPaper(file=paper.source)
    asked = {finding.code for record in before for finding in record.findings}
    for code in DOSSIER_DOUBTS:
        understood = doubted(understood, code) if code in asked else understood

    def described(copy: Copy) -> Description:
        stop = kit.settings.missing_pages == "ask"
        about = describe(understood, own, copy.findings, owner=owner_of(paper, kit), stop_at_missing=stop)
        return _settled_before(about, leaves, before, kit)

    with kit.workspace() as folder:
        unsigned = folder / "legal.pdf"
        findings = compose_leaves(leaves, readings, understood, before[0], unsigned, kit)
        composed = Copy(sha256="", bytes=0, findings=findings)
        about = described(composed)
        accepted = _accepted(about, leaves, before)
        ready = where_to(about, understood, composed, accepted=accepted) == READY_TO_SEAL
        # A seal that cannot be had now is asked for again when the record is carried on.
        copy, _ = sealed_or_stored(unsigned, findings, record_id, leaves[0].sha256, kit, ready=ready)
    about = described(copy)
    accepted = _accepted(about, leaves, before)
    return Remade(
        leaves=leaves,
        about=about,
        copy=copy,
        contents=_contents(understood, own, before[0]),
        standing=where_to(about, understood, copy, accepted=accepted),
        accepted=accepted,
    )


def _accepted(about: Description, leaves: Leaves, before: Sequence[Record]) -> tuple[str, ...]:
    """Return the codes of findings that a person accepted on these pages.

    A code that one of the records bears and nobody accepted there, or that a page scanned anew bears, is asked again.
    """
    seen = {leaf for record in before for leaf in leaves_of(record)}
    anew = {page for page, leaf in enumerate(leaves, start=1) if leaf not in seen}
    open_again = {f.code for f in about.findings if f.blocks_seal and f.page in anew}
    for record in before:
        open_again |= {f.code for f in record.findings if f.blocks_seal} - set(record.accepted)
    return tuple(sorted({code for record in before for code in record.accepted} - {*open_again, *SPLIT_DOUBTS}))


def _contents(understood: Understood, own: Sequence[Any], before: Record) -> Contents:
    master = before.file(Role.MASTER)
    assert master is not None
    return Contents(
        text="\f".join(page.text for page in own),
        report=report_of([page_answer(page) for page in own], None, understood_answer(understood)),
        kind=master.media_type.rpartition("/")[2],
    )


def _hint(leaves: Leaves, before: Sequence[Record], paper: Paper) -> str | None:
    """Return the type a person settled for the document that begins here, else the one the manifest names."""
    for record in before:
        if leaves_of(record)[0].place == leaves[0].place and _was_looked_at(record):
            return record.document_type.code
    return paper.type_hint


def _was_looked_at(record: Record) -> bool:
    return any(field.confirmed_by is not None for field in record.fields.values())


def _settled_before(about: Description, leaves: Leaves, before: Sequence[Record], kit: Toolbox) -> Description:
    """Return the description with every value a person settled on one of these pages, as they left it."""
    places = {leaf.place: page for page, leaf in enumerate(leaves, start=1)}
    fields: dict[str, FieldValue] = {}
    numbers: dict[str, str] = {}
    for record in before:
        old = leaves_of(record)
        settled = {n: f for n, f in record.fields.items() if f.confirmed_by is not None and n not in fields}
        private = open_private(record, kit)["fields"] if settled and record.private else {}
        for name, field in settled.items():
            page = places.get(_leaf_of(field, old).place)
            if page is not None:
                fields[name] = _moved(field, page, same=_leaf_of(field, old) in leaves)
                numbers |= {name: private[name]} if name in private else {}
    kept = {name: number for name, number in about.private_fields.items() if name not in fields}
    return replace(
        about,
        fields={**about.fields, **fields},
        private_fields={**kept, **numbers},
        owner=_owner(about, numbers),
    )


def _moved(field: FieldValue, page: int, *, same: bool) -> FieldValue:
    """Return the field on its new page; where that was scanned again, nobody knows where on it the value stands."""
    return replace(field, page=page if field.page else None, box=field.box if same else None)


def _leaf_of(field: FieldValue, leaves: Leaves) -> PageSource:
    """Return the page the value was read from; what was read nowhere belongs to the first one."""
    return leaves[(field.page or 1) - 1]


def _owner(about: Description, numbers: Mapping[str, str]) -> tuple[str, str] | None:
    number = numbers.get(PERSONAL_OWNER_FIELD)
    named = about.private_fields.get(PERSONAL_OWNER_FIELD)
    # An owner the operator named stays; one that was only read follows the number a person settled.
    read_only = about.owner is None or about.owner == (PERSONAL_OWNER_FIELD, named)
    return (PERSONAL_OWNER_FIELD, number) if number and read_only else about.owner
