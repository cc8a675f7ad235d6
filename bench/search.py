"""How fast both search engines take records in and answer. Prints one table.

    python -m bench.search [--records 20000] [--asked 200]

Records are papers of the sample box with their own text (1 kB), not drawn. Elasticsearch is measured where
SOHOA_ELASTICSEARCH_URL, _API_KEY and _CA are set; see bench/relevance.py. One thread asks; a page is 20 hits with
passages and facets, as `sohoa search` shows it. `put of one` is what a paper waits for at the end of its way.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from bench.relevance import engines
from search.index import Entry, RebuildableIndex
from search.query import parse_query
from sohoa.samplebox.official import Official, in_words
from sohoa.samplebox.varied import vary
from storage.records import DocumentType
from tests.relevance.kept import kept_entry

SINGLE_PUTS = 100


def entry(index: int) -> Entry:
    """Return the record of that number; the same every time."""
    paper = vary(index, np.random.default_rng([7, index]))
    fields = {
        "document_number": paper.number,
        "issued_date": paper.date,
        "issuing_authority": paper.issuer_name,
        "subject": paper.subject,
        "signer_name": paper.signer,
    }
    kind = DocumentType(code=paper.type_code, name=paper.type_name)
    return kept_entry(f"{index:032x}", kind, fields, _text(paper), name=f"{index}.pdf")


def _text(paper: Official) -> str:
    head = [*paper.issuer, f"Số: {paper.number}", f"{paper.place}, {in_words(paper.date)}", paper.subject]
    return "\n".join([*head, *paper.grounds, *paper.body, "Nơi nhận:", *paper.recipients, paper.title, paper.signer])


def questions(records: int, asked: int) -> Mapping[str, list[tuple[str, dict[str, str]]]]:
    """Return kind -> what is typed, and its filters."""
    chance = random.Random(1)
    about = [vary(i, np.random.default_rng([7, i])) for i in chance.sample(range(records), min(asked, records))]
    return {
        "whole number": [(paper.number, {}) for paper in about],
        "name": [(paper.signer, {}) for paper in about],
        "name in quotes": [(f'"{paper.signer}"', {}) for paper in about],
        "two common words": [(chance.choice(["quyết định", "hồ sơ", "phường tỉnh", "văn phòng"]), {}) for _ in about],
        "words and filters": [
            ("hồ sơ", {"year": paper.date[:4], "issuing_authority": paper.issuer_name}) for paper in about
        ],
        "one letter wrong": [(f"{paper.signer[:-1]}x {paper.number.partition('/')[0]}", {}) for paper in about],
    }


def timed(calls: Iterator[Callable[[], object]]) -> tuple[float, float]:
    """Return p50 and p95 of the calls in milliseconds."""
    took = []
    for call in calls:
        begun = time.perf_counter()
        call()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


def measure(index: RebuildableIndex, entries: list[Entry], asked: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the figure of each row."""
    begun = time.perf_counter()
    index.rebuild(iter(entries[:-SINGLE_PUTS]))
    yield "rebuild, records/s", f"{(len(entries) - SINGLE_PUTS) / (time.perf_counter() - begun):.0f}"
    yield "put of one, ms", _shown(timed(_put(index, one) for one in entries[-SINGLE_PUTS:]))
    begun = time.perf_counter()
    assert len(index.versions()) == len(entries)
    yield "versions, s", f"{time.perf_counter() - begun:.2f}"
    for kind, of_kind in questions(len(entries), asked).items():
        yield f"{kind}, ms", _shown(timed(_search(index, typed, where) for typed, where in of_kind))


def _put(index: RebuildableIndex, one: Entry) -> Callable[[], object]:
    return lambda: index.put([one])


def _search(index: RebuildableIndex, typed: str, where: dict[str, str]) -> Callable[[], object]:
    return lambda: index.search(parse_query(typed, where=where))


def _shown(times: tuple[float, float]) -> str:
    return f"{times[0]:.1f} / {times[1]:.1f}"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--asked", type=int, default=200)
    given = parser.parse_args()
    entries = [entry(index) for index in range(given.records)]
    with engines() as indexes:
        rows = {name: dict(measure(index, entries, given.asked)) for name, index in indexes.items()}
    print(f"{given.records} records, p50 / p95 of {given.asked} questions")
    print(f"{'':24}" + "".join(f"{name:>18}" for name in rows))
    for row in next(iter(rows.values())):
        print(f"{row:24}" + "".join(f"{of[row]:>18}" for of in rows.values()))


if __name__ == "__main__":
    main()
