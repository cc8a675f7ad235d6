"""Judged questions put to the local index and to Elasticsearch. Prints nDCG@10 and success@1 by kind, side by side.

    python -m bench.relevance [--papers 300] [--seed 2026] [--wrong]

Papers are those of the sample box, a third of them misread, and the real samples where SOHOA_TEST_SAMPLES names their
folder; questions and judgements are made from the truth by rule (tests/relevance). Elasticsearch is asked where
SOHOA_ELASTICSEARCH_URL, _API_KEY and _CA are set, under an alias of its own that is gone afterwards: the key must have
rights on sohoa*. `--wrong` also prints the questions whose first hit is not the best.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from elasticsearch import Elasticsearch

from search.elastic import ElasticIndex
from search.index import RebuildableIndex, RecordIndex
from search.local import LocalIndex
from tests.relevance.measure import Score, answers, score
from tests.relevance.papers import box_papers, sample_papers
from tests.relevance.questions import Question, questions


@contextmanager
def engines() -> Iterator[dict[str, RebuildableIndex]]:
    """Lend an empty index of each engine that is here."""
    with tempfile.TemporaryDirectory() as folder:
        local: dict[str, RebuildableIndex] = {"local": LocalIndex(Path(folder) / "index")}
        url = os.environ.get("SOHOA_ELASTICSEARCH_URL")
        if not url:
            yield local
            return
        key, ca = os.environ.get("SOHOA_ELASTICSEARCH_API_KEY"), os.environ.get("SOHOA_ELASTICSEARCH_CA")
        alias = f"sohoa-bench-{uuid4().hex[:8]}"
        try:
            yield local | {"elastic": ElasticIndex(url, api_key=key, ca=Path(ca) if ca else None, alias=alias)}
        finally:
            server = Elasticsearch(url, api_key=key, ca_certs=ca)
            left = server.indices.get(index=f"{alias}-*").body
            server.indices.delete(index=",".join(left) or "none", ignore_unavailable=True)


def print_table(title: str, scores: Mapping[str, Mapping[str, Score]]) -> None:
    """Print the scores of each engine, a row a kind."""
    print(f"\n{title}")
    print(f"{'kind':32} {'n':>4}" + "".join(f" {name + ' nDCG@10':>16} {'success@1':>10}" for name in scores))
    kinds = next(iter(scores.values()))
    for kind, first in kinds.items():
        row = "".join(f" {of[kind].ndcg:16.3f} {of[kind].success:10.3f}" for of in scores.values())
        print(f"{kind:32} {first.questions:4}{row}")


def print_wrong(name: str, index: RecordIndex, asked: list[Question]) -> None:
    """Print the questions whose first hit is not the best."""
    for question in asked:
        found = answers(index, question)
        best = max(question.grades.values())
        if not found or question.grades.get(found[0], 0) < best:
            wanted = sorted(i for i, grade in question.grades.items() if grade == best)[:3]
            print(f"  {name}: {question.kind}: {question.typed!r} {dict(question.where)}: {found[:3]}, not {wanted}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    box = box_papers(given.papers, given.seed)
    folder = os.environ.get("SOHOA_TEST_SAMPLES")
    samples = list(sample_papers(Path(folder))) if folder else []
    papers = box + samples
    with engines() as indexes:
        for index in indexes.values():
            index.put(paper.entry() for paper in papers)
        for title, about in (("sample box", box), ("real samples", samples)):
            if not about:
                continue
            asked = questions(papers, about, given.seed)
            scores = {name: score(index, asked) for name, index in indexes.items()}
            print_table(f"{len(asked)} questions about {len(about)} papers of the {title}, among {len(papers)}", scores)
            for name, index in indexes.items() if given.wrong else ():
                print_wrong(name, index, asked)


if __name__ == "__main__":
    main()
