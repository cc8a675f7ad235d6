"""Document types (loại văn bản, giấy tờ) as data: YAML under types/ -> DocumentTypeSpec.

To add a type, write YAML and no code. A file is one form (`code` is the file's name) or a family with a list
`types`, whose members take what `defaults` says unless they say it themselves. Per type:

- `name`: as shown and as field `document_type`; `titles`: how it is printed at the head, accents and case free
  (the name is always one of them); `cues`: phrases that make the type likelier;
- `family`: `official` (head, number, date, signature of NĐ 30/2020) or `form` (labels and values);
- `fields`: name -> `{required, personal, label, labels, kind, pattern, validators}`; for an official type the field's
  name says which finder reads it; for a form `labels` are the printed labels and `kind` one of text, person, date,
  number, choice, area, identifier; `pattern` (Python re, whole value) is what a good value looks like; `validators`
  are named in form.py and official.py;
- `retention`: `{years: N}` or `{permanent: true}` with `basis` and `mark` (H verified, M, L not verified);
- `validity`: years the paper may be reused, absent: no limit; `evidence`: `result` or `component`;
- `source`: the legal text with its `mark`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from ocr.fields.folding import letters

UNKNOWN = "other"
"""Code of the type of a paper that no other type fits."""

LETTER = "CV"
"""Công văn: the official letter, which prints no type name and has no code of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """What a type says about one of its fields."""

    name: str
    label: str
    """Vietnamese, as shown."""
    required: bool = False
    personal: bool = False
    """A personal number: kept encrypted, shown masked."""
    kind: str = "text"
    labels: tuple[str, ...] = ()
    """How a form prints the field's label."""
    pattern: str | None = None
    """Regular expression a whole good value matches."""
    validators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSpec:
    """How long a record of the type is kept (thời hạn bảo quản): data, to be confirmed by the agency."""

    years: int | None
    """None: permanent (vĩnh viễn)."""
    basis: str
    mark: Literal["H", "M", "L"]

    @property
    def permanent(self) -> bool:
        """Whether the record is never destroyed."""
        return self.years is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTypeSpec:
    """One document type."""

    code: str
    name: str
    family: Literal["official", "form"]
    titles: tuple[str, ...]
    cues: tuple[str, ...] = ()
    fields: Mapping[str, FieldSpec] = field(default_factory=dict)
    retention: RetentionSpec
    validity_years: int | None = None
    """None: stays valid until superseded or revoked."""
    evidence: Literal["result", "component"]
    """Whether an authority issued it as the result of a procedure, or it is a component of a dossier."""
    source: str
    source_mark: Literal["H", "M", "L"]
    in_decree: bool = True
    """Whether the code stands in NĐ 30/2020 PL III (else a regulation, a form, or unknown)."""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields a record of this type must have."""
        return tuple(name for name, spec in self.fields.items() if spec.required)


@cache
def load_types() -> Mapping[str, DocumentTypeSpec]:
    """Return every packaged type by its code, in the order of the files. Read once per process.

    Raises:
        ValueError: a packaged file is not as described above; it names the file.
    """
    types: dict[str, DocumentTypeSpec] = {}
    folder = resources.files("ocr.fields") / "types"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yaml"):
            continue
        try:
            read = types_in(entry.name.removesuffix(".yaml"), entry.read_text(encoding="utf-8"))
        except (KeyError, TypeError, yaml.YAMLError) as error:
            raise ValueError(f"{entry.name}: {error}") from error
        twice = types.keys() & read.keys()
        if twice:
            raise ValueError(f"{entry.name}: codes defined twice: {', '.join(sorted(twice))}")
        types |= read
    return types


def types_in(stem: str, text: str) -> dict[str, DocumentTypeSpec]:
    """Return the types one YAML file defines."""
    data = yaml.safe_load(text)
    if "types" not in data:
        return {stem: _spec({"code": stem, **data})}
    defaults = data.get("defaults", {})
    specs = [_spec(_merged(defaults, item)) for item in data["types"]]
    return {spec.code: spec for spec in specs}


def _merged(defaults: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**defaults, **item}
    fields = {name: dict(spec or {}) for name, spec in defaults.get("fields", {}).items()}
    for name, spec in item.get("fields", {}).items():
        fields[name] = {**fields.get(name, {}), **(spec or {})}
    merged["fields"] = fields
    return merged


def _spec(data: Mapping[str, Any]) -> DocumentTypeSpec:
    kept = data["retention"]
    source = data["source"]
    return DocumentTypeSpec(
        code=data["code"],
        name=data["name"],
        family=data["family"],
        titles=(data["name"], *data.get("titles", ())),
        cues=tuple(data.get("cues", ())),
        fields={name: _field(name, spec or {}) for name, spec in data["fields"].items()},
        retention=RetentionSpec(
            years=None if kept.get("permanent") else int(kept["years"]), basis=kept["basis"], mark=kept["mark"]
        ),
        validity_years=data.get("validity"),
        evidence=data["evidence"],
        source=source["text"],
        source_mark=source["mark"],
        in_decree=data.get("in_decree", data["family"] == "official"),
    )


def _field(name: str, data: Mapping[str, Any]) -> FieldSpec:
    known = {"label", "required", "personal", "kind", "labels", "pattern", "validators"}
    unknown = data.keys() - known
    if unknown:
        raise KeyError(f"field {name} has unknown keys {sorted(unknown)}")
    return FieldSpec(
        name=name,
        label=data["label"],
        required=bool(data.get("required", False)),
        personal=bool(data.get("personal", False)),
        kind=data.get("kind", "text"),
        labels=tuple(data.get("labels", ())),
        pattern=data.get("pattern"),
        validators=tuple(data.get("validators", ())),
    )


@cache
def codes_folded() -> Mapping[str, tuple[str, ...]]:
    """Return the codes of official types by their folded letters: "qd" -> ("QĐ",), "hd" -> ("HD", "HĐ")."""
    table: dict[str, tuple[str, ...]] = {}
    for spec in load_types().values():
        if spec.family == "official" and spec.code != LETTER:
            table[letters(spec.code)] = (*table.get(letters(spec.code), ()), spec.code)
    return table


@cache
def titles_bare() -> frozenset[str]:
    """Return how the types are printed at the head, by their letters alone: "quyetdinh"."""
    return frozenset(letters(title) for spec in load_types().values() for title in spec.titles if spec.code != UNKNOWN)
