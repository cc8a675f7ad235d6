"""What a person typed -> a query. Pure; knows no index."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum

from search.errors import BadQuery
from search.fold import nfc, words

MOST_TYPED = 1_000
"""Characters."""
MOST_WORDS = 50
DEEPEST = 10_000
"""Hits from the first that can be paged through; beyond, narrow the question."""

_QUOTED = re.compile(r'["“”„«]([^"“”„«»]*)(?:["“”»]|$)')
_DATE = re.compile(
    r"(?<![\w/.-])(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})|(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2}))(?![\w/-])"
)
_DATE_IN_WORDS = re.compile(
    r"ng[àa]y\s+(?P<d>\d{1,2})\s+th[áa]ng\s+(?P<m>\d{1,2})\s+n[ăa]m\s+(?P<y>\d{4})(?!\d)(?P<id>)(?P<im>)(?P<iy>)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\d{1,6}[a-z]?(?:[./]\d+)*/\S*[^\W\d_]", re.IGNORECASE)
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_EARLIEST, _LATEST = 1, 99991231


class Level(IntEnum):
    """How strictly a query is taken: as typed first, then looser, until something answers."""

    AS_TYPED = 0
    NEARLY = 1
    """One letter may be wrong in a word, a word of the head may be only begun; compounds are taken apart."""
    MOSTLY = 2
    """And not all words must be met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word to look for, in both its forms (see search.fold)."""

    folded: str
    exact: str

    @property
    def is_number(self) -> bool:
        """Whether it is all digits: a number is met exactly or not at all."""
        return self.folded.isdecimal()

    @property
    def may_be_misspelt(self) -> bool:
        """Whether a word with one letter wrong may meet it."""
        return len(self.folded) > 2 and not self.is_number

    @property
    def may_be_begun(self) -> bool:
        """Whether a longer word may meet it."""
        return len(self.folded) > 1 and not self.is_number


Phrase = tuple[Term, ...]
"""Words that must stand side by side, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. Everything must be met, unless nothing meets everything: see RecordIndex.search."""

    words: tuple[Term, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    """Typed in quotes: never loosened."""
    compounds: tuple[Phrase, ...] = ()
    """Typed without a space, as `575/UBND-KTTH` or `UBND-KTTH`: side by side, loosened when nothing fits."""
    numbers: tuple[str, ...] = ()
    """The compounds that look like a whole document number, as typed."""
    dates: tuple[str, ...] = ()
    """ISO 8601; met by a document issued then, or one that names the day."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Field -> value: whole value for the fields in search.flat.WHOLE, else some words of it, accents optional."""
    issued: tuple[int, int] | None = None
    """First and last day of issue as yyyymmdd; None does not narrow."""
    limit: int = 20
    offset: int = 0

    @property
    def typed_nothing(self) -> bool:
        """Whether only filters, or nothing, narrow the answer."""
        return not (self.words or self.phrases or self.compounds or self.dates)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return every word to look for outside the quotes, in the order words, compounds."""
        return self.words + tuple(term for compound in self.compounds for term in compound)


def parse_query(
    typed: str,
    *,
    where: Mapping[str, str] | None = None,
    limit: int = 20,
    offset: int = 0,
    names: Collection[str] | None = None,
) -> Query:
    """Return the query for what was typed; quotes make phrases, dd/mm/yyyy and "ngày … tháng … năm …" make dates.

    `names` are the fields that may be filtered by; None lets any well-formed name through. The filter `issued_date`
    takes a day, or two with ".." between them, either of which may be left out.

    Raises:
        BadQuery: nothing to look for, too long, an unknown filter, or pages too deep.
    """
    if len(typed) > MOST_TYPED:
        raise BadQuery(typed[:40] + "…", f"more than {MOST_TYPED} characters")
    query = _understood(nfc(typed))
    filters = _filters(where or {}, names)
    issued = _span(filters.pop("issued_date")) if ".." in filters.get("issued_date", "") else None
    query = replace(query, where=filters, issued=issued, limit=_limit(limit, offset), offset=offset)
    if query.typed_nothing and not query.where and not query.issued:
        raise BadQuery(typed, "no letter or digit in it")
    if len(query.terms) + sum(map(len, query.phrases)) > MOST_WORDS:
        raise BadQuery(typed[:40] + "…", f"more than {MOST_WORDS} words")
    return query


def fewest(count: int) -> int:
    """Return how many of so many words must be met when not all can be: three of four, and never one of several."""
    return count if count < 3 else max(2, count * 3 // 4)


def read_date(text: str) -> str | None:
    """Return the ISO date of "04/02/2025", "2025-02-04" or the date in words, or None if it is no such date."""
    match = _DATE.fullmatch(text.strip()) or _DATE_IN_WORDS.fullmatch(text.strip())
    return _iso(match) if match else None


def date_phrases(date: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which a text names the day, as folded words."""
    year, month, day = (str(int(part)) for part in date.split("-"))
    return ("ngay", day, "thang", month, "nam", year), (day, month, year)


def _understood(text: str) -> Query:
    phrases = tuple(terms for quoted in _QUOTED.findall(text) if (terms := _terms(quoted)))
    rest = _QUOTED.sub(" ", text)
    dates: list[str] = []
    for pattern in (_DATE_IN_WORDS, _DATE):
        dates += [iso for match in pattern.finditer(rest) if (iso := _iso(match))]
        rest = pattern.sub(lambda match: match[0] if _iso(match) is None else " ", rest)
    singles: list[Term] = []
    compounds: list[Phrase] = []
    numbers: list[str] = []
    for chunk in rest.split():
        terms = _terms(chunk)
        if len(terms) == 1:
            singles += terms
        elif terms:
            compounds.append(terms)
            if _NUMBER.match(chunk):
                numbers.append(chunk)
    return Query(
        words=tuple(singles),
        phrases=phrases,
        compounds=tuple(compounds),
        numbers=tuple(numbers),
        dates=tuple(dates),
    )


def _terms(text: str) -> Phrase:
    return tuple(Term(folded=word.folded, exact=word.exact) for word in words(text))


def _iso(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    year, month, day = (parts[name] or parts["i" + name] for name in "ymd")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _filters(where: Mapping[str, str], names: Collection[str] | None) -> dict[str, str]:
    kept = {}
    for name, value in where.items():
        if not _NAME.match(name) or (names is not None and name not in names):
            known = f"known are {', '.join(sorted(names))}" if names else "a field name is lower case letters and _"
            raise BadQuery(f"{name}={value}", f"there is no field {name!r}; {known}")
        if not any(words(value)):
            raise BadQuery(f"{name}={value}", "the value has no letter or digit in it")
        kept[name] = nfc(value)
    return kept


def _span(value: str) -> tuple[int, int]:
    first, _, last = (part.strip() for part in value.partition(".."))
    days = [read_date(day) if day else "" for day in (first, last)]
    if None in days:
        raise BadQuery(f"issued_date={value}", "a span is two days with .. between them, as 01/01/2024..31/12/2024")
    since, until = (int(day.replace("-", "")) if day else None for day in days)
    return since or _EARLIEST, until or _LATEST


def _limit(limit: int, offset: int) -> int:
    if limit < 1 or offset < 0 or offset + limit > DEEPEST:
        raise BadQuery(f"limit {limit}, offset {offset}", f"at least one hit, and none beyond the first {DEEPEST}")
    return limit
