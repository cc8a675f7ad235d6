"""Templates -> set pages with their truth. The templates are data: sohoa/samplebox/templates/*.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sohoa.samplebox.certificates import Birth, Land, Signed, set_birth, set_land
from sohoa.samplebox.layout import Sheet
from sohoa.samplebox.official import Official, set_official
from sohoa.samplebox.paper import FieldTruth, SampleDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDocument:
    """One document, set, and its truth as the first document of a file."""

    sheets: tuple[Sheet, ...]
    truth: SampleDocument


@cache
def templates(name: str) -> Mapping[str, Any]:
    """Return one file of templates."""
    text = (files("sohoa.samplebox") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def official(name: str) -> SetDocument:
    """Return the official document of that name, set."""
    return set_document(Official(**_frozen(templates("official")["documents"][name])))


def set_document(document: Official) -> SetDocument:
    """Return an official document, set, with its truth."""
    sheets = set_official(document)
    return _with_truth(sheets, document.type_code, truth_of(document, pages=len(sheets)), None)


def birth_certificate() -> SetDocument:
    """Return the birth certificate, set."""
    given = _frozen(templates("certificates")["birth"])
    paper = Birth(issuer=given["issuer"], number=given["number"], rows=given["rows"], signed=Signed(**given["signed"]))
    return _with_truth(set_birth(paper), "birth_certificate", given["fields"], given["owner"])


def land_certificate() -> SetDocument:
    """Return the land-use certificate, set."""
    given = _frozen(templates("certificates")["land"])
    names = ("parts", "serial", "back", "corners")
    paper = Land(signed=Signed(**given["signed"]), **{name: given[name] for name in names})
    return _with_truth(set_land(paper), "land_use_certificate", given["fields"], given["owner"])


def truth_of(document: Official, *, pages: int) -> dict[str, FieldTruth]:
    """Return the fields of an official document as a person would write them down."""
    fields: dict[str, FieldTruth | None] = {
        "document_number": document.number,
        "issued_date": document.date,
        "document_type": document.type_name,
        "issuing_authority": document.issuer_name,
        "parent_authority": document.parent_name,
        "place": document.place,
        "subject": document.subject,
        "addressee": document.addressee,
        "signing_capacity": document.capacity,
        "signer_title": document.signer_title,
        "signer_name": document.signer,
        # As printed, but for the semicolons: the last one keeps its full stop.
        "recipients": (*document.recipients[:-1], f"{document.recipients[-1]}."),
        "urgency": document.urgency and document.urgency.capitalize(),
        "page_count": str(pages),
    }
    return {name: value for name, value in fields.items() if value}


def _with_truth(sheets: list[Sheet], code: str, fields: Mapping[str, FieldTruth], owner: str | None) -> SetDocument:
    truth = SampleDocument(
        first_page=1,
        last_page=len(sheets),
        type_code=code,
        fields=fields,
        text=tuple(sheet.lines for sheet in sheets),
        owner=owner,
    )
    return SetDocument(sheets=tuple(sheets), truth=truth)


def _frozen(loaded: Any) -> Any:
    """Return YAML's lists as tuples."""
    if isinstance(loaded, dict):
        return {name: _frozen(value) for name, value in loaded.items()}
    return tuple(map(_frozen, loaded)) if isinstance(loaded, list) else loaded
