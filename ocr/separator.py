"""What a separator sheet says, as the text of its codes and back. Pure.

    SOHOA1                a document begins after this sheet
    SOHOA1;T=Q%C4%90      ... of this type
    SOHOA1;D=H29-0001     what follows belongs to this dossier
    SOHOA1;+              too little room here: the sheet's other code says more

ASCII alone: values are escaped as in a URL. The number after SOHOA is the version of this format.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

MARK = "SOHOA1"
LONGEST_VALUE = 100
_ELSEWHERE = "+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator:
    """A separator sheet (tờ phân cách) as it says itself what it parts. Never says anything about a person."""

    dossier: str | None = None
    """Code of the dossier (mã hồ sơ) that begins with the sheet; None: it parts documents, not dossiers."""
    type_code: str | None = None
    """Document type of what follows; None: not said."""
    whole: bool = True
    """False where only the code was read that has no room for what the sheet says."""

    @property
    def parts_documents(self) -> bool:
        """Whether what follows, up to the next sheet, is one document; a sheet that names but a dossier says not."""
        return self.dossier is None or self.type_code is not None


def payload_of(separator: Separator) -> str:
    """Return the text of the sheet's codes."""
    said = {"D": separator.dossier, "T": separator.type_code}
    return ";".join([MARK, *(f"{key}={quote(value, safe='./-')}" for key, value in said.items() if value)])


def short_payload(payload: str, most: int) -> str:
    """Return the text itself if it is no longer than `most`, else the text of a sheet that says more elsewhere."""
    return payload if len(payload) <= most else f"{MARK};{_ELSEWHERE}"


def read_payload(text: str) -> Separator | None:
    """Return what the text of a code says; None if it is not of a separator sheet of ours."""
    mark, *parts = text.split(";")
    if mark != MARK:
        return None
    said = dict(part.partition("=")[::2] for part in parts)
    values = {key: unquote(value)[:LONGEST_VALUE] for key, value in said.items()}
    return Separator(dossier=values.get("D") or None, type_code=values.get("T") or None, whole=_ELSEWHERE not in values)
