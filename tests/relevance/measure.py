"""How good an index answers judged questions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search.index import RecordIndex
from search.query import parse_query
from tests.relevance.questions import Question, by_kind

DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Means over some questions, 0 to 1."""

    questions: int
    ndcg: float
    """nDCG of the first ten, gain 2**grade - 1."""
    success: float
    """Share of questions whose first hit has the best grade that any paper has."""


def answers(index: RecordIndex, question: Question) -> list[str]:
    """Return the record ids of the first ten hits."""
    hits = index.search(parse_query(question.typed, where=question.where, limit=DEPTH)).hits
    return [hit.record_id for hit in hits]


def score(index: RecordIndex, asked: Sequence[Question]) -> dict[str, Score]:
    """Return the score of each kind, and of all questions as "all"."""
    rated = {id(question): _rate(answers(index, question), question) for question in asked}
    parts = [*by_kind(asked), ("all", list(asked))]
    return {kind: _mean([rated[id(question)] for question in of_kind]) for kind, of_kind in parts}


def _rate(found: Sequence[str], question: Question) -> tuple[float, float]:
    best = sorted(question.grades.values(), reverse=True)[:DEPTH]
    got = [question.grades.get(record_id, 0) for record_id in found]
    return _gain(got) / _gain(best), float(bool(got) and got[0] == best[0])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _mean(rates: Sequence[tuple[float, float]]) -> Score:
    return Score(
        questions=len(rates),
        ndcg=sum(rate[0] for rate in rates) / len(rates),
        success=sum(rate[1] for rate in rates) / len(rates),
    )
