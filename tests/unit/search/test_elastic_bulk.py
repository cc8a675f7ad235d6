"""Bulk writes against a client that answers as told: chunks, waiting, and every item's answer looked at."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from search import elastic_bulk
from search.elastic_bulk import Write, send
from search.elastic_server import Server
from search.errors import IndexDamaged, IndexUnavailable

Answer = Callable[[Sequence[bytes]], list[dict[str, Any]]]


class ScriptedClient:
    """Answers each bulk request as the script says, the last answer for ever."""

    def __init__(self, *script: Answer, there: Sequence[str] = ()) -> None:
        self.script, self.there = list(script), set(there)
        self.sent: list[Sequence[bytes]] = []

    def bulk(self, *, index: str, require_alias: bool, operations: Sequence[bytes], filter_path: str) -> Any:
        assert require_alias, "a bulk request must never make an index"
        self.sent.append(operations)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return SimpleNamespace(body={"items": answer(operations)})

    def mget(self, *, index: str, ids: Sequence[str], source: bool) -> Any:
        return SimpleNamespace(body={"docs": [{"_id": i, "found": i in self.there} for i in ids]})


def status(*codes: int) -> Answer:
    def answer(operations: Sequence[bytes]) -> list[dict[str, Any]]:
        given = codes * len(operations) if len(codes) == 1 else codes
        items: list[dict[str, Any]] = [{"status": code} for code in given]
        for item in items:
            if item["status"] >= 400:
                item["error"] = {"type": "some_exception", "reason": "some reason"}
        return [{"index": item} for item in items]

    return answer


def no_room(_operations: Sequence[bytes]) -> list[dict[str, Any]]:
    node = NodeConfig("https", "es", 9200)
    meta = ApiResponseMeta(status=429, http_version="1.1", headers=HttpHeaders(), duration=0, node=node)
    raise ApiError("rejected", meta, {"error": {"type": "es_rejected_execution_exception", "reason": "full"}})


def server(client: ScriptedClient) -> Server:
    return Server(client=client, place="https://es", ca=None)  # type: ignore[arg-type]


def writes(count: int, size: int = 10) -> list[Write]:
    return [Write.index({"record_id": f"r{i}", "version": 1, "shown": "x" * size}) for i in range(count)]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(elastic_bulk.time, "sleep", seconds.append)
    return seconds


def test_a_chunk_is_bounded_in_bytes_and_number() -> None:
    client = ScriptedClient(status(200))
    assert send(writes(5, size=3_000_000), server(client), "a")
    assert [len(operations) for operations in client.sent] == [2, 2, 1]
    client = ScriptedClient(status(200))
    assert send(writes(2_100), server(client), "a")
    assert [len(operations) for operations in client.sent] == [1_000, 1_000, 100]


def test_a_record_larger_than_a_chunk_goes_alone() -> None:
    client = ScriptedClient(status(200))
    assert send([*writes(1), *writes(1, size=9_000_000), *writes(1)], server(client), "a")
    assert [len(operations) for operations in client.sent] == [1, 1, 1]


def test_without_room_it_waits_longer_each_time_and_sends_again(waited: list[float]) -> None:
    client = ScriptedClient(no_room, no_room, status(201))
    assert send(writes(3), server(client), "a")
    assert len(client.sent) == 3
    assert waited == sorted(waited) and len(waited) == 2


def test_only_the_items_that_had_no_room_are_sent_again(waited: list[float]) -> None:
    client = ScriptedClient(status(201, 429, 201), status(201))
    assert send(writes(3), server(client), "a")
    assert [len(operations) for operations in client.sent] == [3, 1]
    assert b'"r1"' in client.sent[1][0]


def test_room_that_never_comes_is_unavailable_and_says_how_many(waited: list[float]) -> None:
    with pytest.raises(IndexUnavailable, match="1 of 3 records were not taken"):
        send(writes(3), server(ScriptedClient(status(201, 429, 201), status(429))), "a")
    assert sum(waited) > 30


def test_a_newer_version_that_is_there_already_is_no_fault(waited: list[float]) -> None:
    client = ScriptedClient(status(201, 409), there=["r1"])
    assert send(writes(2), server(client), "a")
    assert len(client.sent) == 1


def test_what_was_forgotten_a_moment_ago_does_not_stand_in_the_way(waited: list[float]) -> None:
    client = ScriptedClient(status(409), status(201))
    assert send(writes(1), server(client), "a")
    assert len(client.sent) == 2


def test_a_document_that_is_not_taken_is_damage_and_not_sent_again() -> None:
    client = ScriptedClient(status(201, 400))
    with pytest.raises(IndexDamaged, match="some reason"):
        send(writes(2), server(client), "a")
    assert len(client.sent) == 1


def test_an_alias_that_is_gone_is_told() -> None:
    assert not send(writes(1), server(ScriptedClient(status(404))), "a")


def test_forgetting_what_is_not_there_is_no_fault() -> None:
    client = ScriptedClient(lambda _: [{"delete": {"status": 404}}])
    assert send([Write.forget("r1")], server(client), "a")
