"""What an index keeps of a record to show it as a hit, and its form as bytes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from search.highlight import find_passages
from search.index import Hit
from search.query import Query
from storage.records import DocumentType, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything a hit needs, but for the query."""

    record_id: str
    version: int
    state: State
    document_type: DocumentType
    fields: Mapping[str, str | tuple[str, ...]]
    head: str
    """Type, number, subject, names, one a line: the words that count most. NFC."""
    text: str
    """NFC."""

    def hit(self, score: float, query: Query, *, approximate: bool) -> Hit:
        """Return the record as an answer to the query, with the passages that matched."""
        passages = find_passages(self.text, query, approximate=approximate)
        return Hit(
            record_id=self.record_id,
            version=self.version,
            state=self.state,
            score=score,
            document_type=self.document_type,
            fields=self.fields,
            highlights=passages or find_passages(self.head, query, approximate=approximate),
        )

    def to_bytes(self) -> bytes:
        """Return the bytes that `from_bytes` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return what `to_bytes` wrote; raises ValueError for anything else."""
        try:
            return cls._from_json(json.loads(stored))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a stored hit") from error

    @classmethod
    def _from_json(cls, kept: dict[str, Any]) -> Self:
        return cls(
            record_id=kept["record_id"],
            version=kept["version"],
            state=State(kept["state"]),
            document_type=DocumentType(**kept["document_type"]),
            fields={n: tuple(v) if isinstance(v, list) else v for n, v in kept["fields"].items()},
            head=kept["head"],
            text=kept["text"],
        )
