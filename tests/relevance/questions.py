"""Questions as people type them, each made from the truth of one paper and judged over all of them by rule.

2: what was asked for. 1: related. Nothing here knows how an index works.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.relevance.papers import Paper, holds, plain, plain_words

PER_KIND = 12
RELATED = 0.6
"""Share of the subject's words that two papers have in common."""

Judge = Callable[[Paper], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and the papers that answer it."""

    kind: str
    typed: str
    where: Mapping[str, str] = field(default_factory=dict)
    grades: Mapping[str, int]
    """Record id -> 2 or 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    typed: str
    judge: Judge
    where: Mapping[str, str] = field(default_factory=dict)


def questions(papers: Sequence[Paper], about: Sequence[Paper], seed: int) -> list[Question]:
    """Return up to PER_KIND questions of every kind about papers of `about`, judged over `papers`."""
    made = []
    for kind, ask in KINDS.items():
        chance = random.Random(f"{seed} {kind}")
        seen: set[tuple[str, ...]] = set()
        for paper in chance.sample(list(about), len(about)):
            asked = ask(paper, chance)
            if asked is None or (asked.typed, *asked.where.values()) in seen:
                continue
            seen.add((asked.typed, *asked.where.values()))
            grades = {p.record_id: grade for p in papers if (grade := asked.judge(p))}
            made.append(Question(kind=kind, typed=asked.typed, where=asked.where, grades=grades))
            if len(seen) == PER_KIND:
                break
    return made


def _subject(paper: Paper) -> str:
    return re.sub(r"^(V/v|Về việc)\s+", "", paper.fields["subject"])


def _same_subject(asked: str, paper: Paper) -> int:
    wanted, there = plain_words(asked), plain_words(_subject(paper))
    if holds(" ".join(there), wanted):
        return 2
    common = len(set(wanted) & set(there)) / len(set(wanted) | set(there))
    return 1 if common >= RELATED else 0


def _about_subject(form: Callable[[str, random.Random], str]) -> Callable[[Paper, random.Random], _Asked | None]:
    def ask(paper: Paper, chance: random.Random) -> _Asked | None:
        subject = " ".join(_subject(paper).split()[:10])
        typed = form(subject, chance)
        return _Asked(typed=typed, judge=partial(_same_subject, subject)) if typed else None

    return ask


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _wrong_accents(text: str, chance: random.Random) -> str:
    parted = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(chance.choice(_TONES) if c in _TONES else c for c in parted))


_OLD_AND_NEW = [("òa", "oà"), ("óa", "oá"), ("ọa", "oạ"), ("ỏa", "oả"), ("ủy", "uỷ"), ("úy", "uý"), ("ùy", "uỳ")]


def _other_tone_placement(text: str, _chance: random.Random) -> str:
    turned = unicodedata.normalize("NFC", text)
    for one, other in _OLD_AND_NEW:
        swapped = re.sub(rf"{one}\b|{other}\b", lambda m, a=one, b=other: b if m[0] == a else a, turned)
        turned = swapped
    return unicodedata.normalize("NFD", turned) if turned != unicodedata.normalize("NFC", text) else ""


def _one_letter_wrong(text: str, chance: random.Random) -> str:
    """Return the text with one letter of one longer word dropped, doubled, changed or swapped; digits stay."""
    words = text.split()
    long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 3]
    if not long:
        return ""
    index = chance.choice(long)
    word, at = words[index], chance.randrange(1, len(words[index]) - 1)
    words[index] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("abeghiklmnotuv") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(words)


def _named(name: str, paper: Paper) -> int:
    sought = plain_words(name)
    if holds(paper.fields["signer_name"], sought) or holds(paper.fields["subject"], sought):
        return 2
    return 1 if holds(paper.said, sought) else 0


def _name(form: Callable[[str], str]) -> Callable[[Paper, random.Random], _Asked | None]:
    def ask(paper: Paper, _chance: random.Random) -> _Asked | None:
        name = paper.fields["signer_name"]
        return _Asked(typed=form(name), judge=partial(_named, form(name).strip('"'))) if name else None

    return ask


def _begun_name(paper: Paper, _chance: random.Random) -> _Asked | None:
    """Ask for a name whose last word is not typed to its end, as while typing."""
    words = paper.fields["signer_name"].split()
    if len(words) < 2 or len(words[-1]) < 3:
        return None
    typed = " ".join([*words[:-1], words[-1][:2]])
    return _Asked(typed=typed, judge=partial(_begins, plain(typed)))


def _begins(begun: str, paper: Paper) -> int:
    def there(text: str) -> bool:
        return f" {begun}" in f" {' '.join(plain_words(text))}"

    return 2 if there(paper.fields["signer_name"]) or there(paper.fields["subject"]) else int(there(paper.said))


def _whole_number(form: Callable[[str], str]) -> Callable[[Paper, random.Random], _Asked | None]:
    def ask(paper: Paper, _chance: random.Random) -> _Asked | None:
        number = paper.fields["document_number"]
        return _Asked(typed=form(number), judge=partial(_numbered, number)) if "/" in number else None

    return ask


def _numbered(number: str, paper: Paper) -> int:
    if plain(paper.fields["document_number"]) == plain(number):
        return 2
    return 1 if holds(paper.said, plain_words(number)) else 0


def _serial_and_type(paper: Paper, _chance: random.Random) -> _Asked | None:
    serial = paper.fields["document_number"].partition("/")[0]
    if not serial.isdecimal():
        return None

    def judge(other: Paper) -> int:
        same = other.fields["document_number"].partition("/")[0].lstrip("0") == serial.lstrip("0")
        return 2 if same and other.type_name == paper.type_name else 0

    return _Asked(typed=f"{paper.type_name} số {serial}", judge=judge)


def _symbol_of_year(paper: Paper, _chance: random.Random) -> _Asked | None:
    _, _, symbol = paper.fields["document_number"].partition("/")
    year = paper.fields["issued_date"][:4]

    def judge(other: Paper) -> int:
        same = other.fields["document_number"].partition("/")[2] == symbol
        return 2 if same and other.fields["issued_date"][:4] == year else 0

    return _Asked(typed=symbol, where={"year": year}, judge=judge) if symbol and year else None


def _date(form: str) -> Callable[[Paper, random.Random], _Asked | None]:
    def ask(paper: Paper, _chance: random.Random) -> _Asked | None:
        date = paper.fields["issued_date"]
        if not date:
            return None
        year, month, day = (int(part) for part in date.split("-"))
        return _Asked(typed=form.format(d=day, m=month, y=year), judge=partial(_dated, date))

    return ask


def _dated(date: str, paper: Paper) -> int:
    year, month, day = (int(part) for part in date.split("-"))
    if paper.fields["issued_date"] == date:
        return 2
    named = re.search(rf"ngày\s+0?{day}\s+tháng\s+0?{month}\s+năm\s+{year}\b|\b0?{day}/0?{month}/{year}\b", paper.text)
    return 1 if named else 0


def _filtered(paper: Paper, chance: random.Random) -> _Asked | None:
    words = " ".join(_subject(paper).split()[:3])
    fields, year = paper.fields, paper.fields["issued_date"][:4]
    first = chance.choice(["document_type", "issuing_authority"])
    value = paper.type_name if first == "document_type" else fields["issuing_authority"]

    def judge(other: Paper) -> int:
        its = other.type_name if first == "document_type" else other.fields["issuing_authority"]
        if other.fields["issued_date"][:4] != year or not holds(its, plain_words(value)):
            return 0
        return 2 if holds(other.fields["subject"], plain_words(words)) else int(holds(other.said, plain_words(words)))

    return _Asked(typed=words, where={first: value, "year": year}, judge=judge) if year and value else None


def _quoted(paper: Paper, chance: random.Random) -> _Asked | None:
    lines = [line for line in paper.text.splitlines() if len(line.split()) > 7 and '"' not in line]
    if not lines:
        return None
    words = chance.choice(lines).split()
    at = chance.randrange(len(words) - 5)
    phrase = " ".join(words[at : at + 5])
    return _Asked(typed=f'"{phrase}"', judge=lambda other: 2 if holds(other.said, plain_words(phrase)) else 0)


def _amount(paper: Paper, chance: random.Random) -> _Asked | None:
    found = re.findall(r"\d+(?:[.,]\d+)+ ?(?:đồng|%)?|\d{2,} (?:m²|hồ sơ)", paper.text)
    if not found:
        return None
    amount = chance.choice(found).strip()
    return _Asked(typed=amount, judge=lambda other: 2 if holds(other.said, plain_words(amount)) else 0)


def _mixed(paper: Paper, _chance: random.Random) -> _Asked | None:
    """Ask as a clerk remembers it: type, a few words of the subject, whoever signed, the year, without accents."""
    words = _subject(paper).split()[:3]
    year = paper.fields["issued_date"][:4]

    def judge(other: Paper) -> int:
        same = holds(other.fields["subject"], plain_words(" ".join(words))) and other.type_name == paper.type_name
        signed = other.fields["signer_name"] == paper.fields["signer_name"]
        return (2 if signed and other.fields["issued_date"][:4] == year else 1) if same else 0

    typed = plain(f"{paper.type_name} {' '.join(words)} {paper.fields['signer_name']} {year}")
    return _Asked(typed=typed, judge=judge)


KINDS: Mapping[str, Callable[[Paper, random.Random], _Asked | None]] = {
    "subject": _about_subject(lambda text, _: text),
    "subject, no accents": _about_subject(lambda text, _: plain(text)),
    "subject, wrong accents": _about_subject(_wrong_accents),
    "other tone placement, NFD": _about_subject(_other_tone_placement),
    "subject, one letter wrong": _about_subject(_one_letter_wrong),
    "name": _name(str),
    "name, no accents": _name(plain),
    "name in quotes": _name(lambda name: f'"{name}"'),
    "part of a name": _name(lambda name: " ".join(name.split()[1:])),
    "name, last word begun": _begun_name,
    "whole number": _whole_number(str),
    "whole number, lower case, no đ": _whole_number(plain),
    "type and serial": _serial_and_type,
    "symbol, by year": _symbol_of_year,
    "date in digits": _date("{d}/{m}/{y}"),
    "date in words": _date("ngày {d:02} tháng {m:02} năm {y}"),
    "words and filters": _filtered,
    "quoted phrase": _quoted,
    "amount": _amount,
    "as remembered": _mixed,
}


def by_kind(asked: Sequence[Question]) -> Iterator[tuple[str, list[Question]]]:
    """Yield the questions of each kind."""
    for kind in KINDS:
        of_kind = [question for question in asked if question.kind == kind]
        if of_kind:
            yield kind, of_kind
