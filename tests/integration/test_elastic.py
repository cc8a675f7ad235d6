"""What the port does not say of the index on Elasticsearch: rights, faults, and being made anew while others work."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import certifi
import pytest

from search.elastic import ElasticIndex
from search.elastic_alias import Alias
from search.elastic_bulk import Write, send
from search.elastic_query import document, layout, layout_sha256
from search.elastic_server import Server
from search.errors import IndexDamaged, IndexRefused, IndexUnavailable, SearchError
from search.flat import flatten
from search.index import Entry
from search.query import parse_query
from tests.contract.test_record_index import DECISION, LETTER, entry, found
from tests.fresh_index import administrator, elastic_at, forget, indices_of, own_alias

pytestmark = pytest.mark.service("elasticsearch")


@pytest.fixture
def alias(services: dict[str, str]) -> Iterator[str]:
    name = own_alias()
    yield name
    forget(name, services)


@pytest.fixture
def index(services: dict[str, str], alias: str) -> ElasticIndex:
    return elastic_at(services, alias)


def test_the_first_use_makes_one_numbered_index_with_our_layout(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.search(parse_query("gì"))
    assert indices_of(alias, services) == {f"{alias}-000001": [alias]}
    made = administrator(services).indices.get_mapping(index=alias).body[f"{alias}-000001"]["mappings"]
    assert made["_meta"] == {"layout_sha256": layout_sha256()}
    assert made["properties"].keys() == layout()["mappings"]["properties"].keys()


def test_several_processes_may_meet_at_the_first_use(alias: str, services: dict[str, str]) -> None:
    several = [elastic_at(services, alias) for _ in range(6)]
    threads = [Thread(target=one.put, args=([entry(f"r{i}")],)) for i, one in enumerate(several)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert indices_of(alias, services) == {f"{alias}-000001": [alias]}
    assert several[0].versions().keys() == {f"r{i}" for i in range(6)}


def test_making_anew_swaps_the_alias_and_removes_the_old(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.put([LETTER])
    index.rebuild([DECISION])
    assert indices_of(alias, services) == {f"{alias}-000002": [alias]}
    assert elastic_at(services, alias).versions() == {"r2": 1}


def test_readers_see_the_old_until_the_new_is_whole(index: ElasticIndex, alias: str, services: dict[str, str]) -> None:
    index.put([LETTER])
    reader, seen = elastic_at(services, alias), []

    def slowly() -> Iterator[Entry]:
        for one in (DECISION, entry("r3")):
            seen.append(dict(reader.versions()))
            yield one

    index.rebuild(slowly())
    assert seen == [{"r1": 1}, {"r1": 1}]
    assert reader.versions() == {"r2": 1, "r3": 1}


def test_what_others_write_meanwhile_is_in_the_new_one_too(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.put([LETTER])
    writer = elastic_at(services, alias)

    def slowly() -> Iterator[Entry]:
        yield entry("r1", "bản cũ", version=1)
        writer.put([entry("r1", "bản mới", version=2), entry("late")])
        assert writer.versions() == {"r1": 2, "late": 1}

    index.rebuild(slowly())
    assert index.versions() == {"r1": 2, "late": 1}
    assert found(index, '"bản mới"') == ["r1"]


def test_nothing_is_lost_while_an_index_is_made_anew_again_and_again(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    kept: dict[str, Entry] = {}
    stop, problems, written = Event(), [], []

    def write() -> None:
        writer, number = elastic_at(services, alias), 0
        while not stop.is_set():
            one = entry(f"r{number:04}")
            # As the product does it: first kept, then indexed.
            kept[one.record.record_id] = one
            try:
                writer.put([one])
                assert writer.versions()
                written.append(number)
            except SearchError as error:
                problems.append(error)
            number += 1

    def all_kept() -> Iterator[Entry]:
        # Asked for when the new index is there, and not before.
        yield from list(kept.values())

    thread = Thread(target=write)
    thread.start()
    try:
        for _ in range(8):
            index.rebuild(all_kept())
    finally:
        stop.set()
        thread.join()
    assert not problems
    assert written
    assert index.versions() == dict.fromkeys(kept, 1)


def test_an_index_that_is_swapped_in_while_another_call_sweeps_is_not_swept(
    index: ElasticIndex, alias: str, services: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.put([LETTER])
    making = index._alias.made_anew()
    target = making.__enter__()
    assert index._sent([Write.index(document(flatten(DECISION)))], target)
    sweeper = elastic_at(services, alias)._alias
    look, swaps = type(sweeper)._layouts, iter([None])

    def looked_just_before_the_swap(this: Alias) -> dict[str, str]:
        found = look(this)
        if this is sweeper and next(swaps, "done") is None:
            making.__exit__(None, None, None)
        return found

    monkeypatch.setattr(type(sweeper), "_layouts", looked_just_before_the_swap)
    with pytest.raises(RuntimeError, match="given up"), sweeper.made_anew():
        assert index.versions() == {"r2": 1}
        raise RuntimeError("given up")
    assert index.versions() == {"r2": 1}


def test_a_writer_whose_index_is_swapped_under_its_hands_writes_again(
    index: ElasticIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.put([LETTER])
    meets_the_swap = iter([True])

    def send_as_at_a_swap(writes: Iterable[Write], server: Server, alias: str) -> bool:
        return not next(meets_the_swap, False) and send(writes, server, alias)

    monkeypatch.setattr("search.elastic.send", send_as_at_a_swap)
    index.put([DECISION])
    assert index.versions() == {"r1": 1, "r2": 1}


def test_an_interrupted_making_leaves_the_old_serving_and_is_swept_by_the_next(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.put([LETTER])
    # As after kill -9: made, half filled, and nobody there to remove it.
    making = index._alias.made_anew()
    making.__enter__()
    assert indices_of(alias, services) == {f"{alias}-000001": [alias], f"{alias}-000002": [f"{alias}-next"]}
    writer = elastic_at(services, alias)
    writer.put([DECISION])
    assert writer.versions() == {"r1": 1, "r2": 1}
    writer.rebuild([LETTER])
    assert indices_of(alias, services) == {f"{alias}-000003": [alias]}
    with pytest.raises(IndexUnavailable, match="made it anew meanwhile"):
        making.__exit__(None, None, None)
    assert writer.versions() == {"r1": 1}


def test_entries_that_stop_leave_everything_as_it_was(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.put([LETTER])

    def stops() -> Iterator[Entry]:
        yield DECISION
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.rebuild(stops())
    assert indices_of(alias, services) == {f"{alias}-000001": [alias]}
    assert index.versions() == {"r1": 1}


def test_a_deleted_index_is_damage_and_is_not_made_by_a_write(
    index: ElasticIndex, alias: str, services: dict[str, str]
) -> None:
    index.put([LETTER])
    administrator(services).indices.delete(index=f"{alias}-000001")
    for call in (lambda: index.put([LETTER]), lambda: index.search(parse_query("dự thảo")), index.versions):
        with pytest.raises(IndexDamaged, match="sohoa reindex"):
            call()
    assert indices_of(alias, services) == {}
    index.rebuild([LETTER])
    assert index.versions() == {"r1": 1}


def test_a_lost_alias_is_told_and_healed(index: ElasticIndex, alias: str, services: dict[str, str]) -> None:
    index.put([LETTER])
    administrator(services).indices.delete_alias(index=f"{alias}-000001", name=alias)
    fresh = elastic_at(services, alias)
    with pytest.raises(IndexDamaged, match="alias"):
        fresh.search(parse_query("dự thảo"))
    fresh.rebuild([LETTER])
    assert indices_of(alias, services) == {f"{alias}-000002": [alias]}


def test_an_index_of_another_layout_is_told_and_healed(alias: str, services: dict[str, str]) -> None:
    other = {"_meta": {"layout_sha256": "another"}, "properties": {"version": {"type": "text"}}}
    administrator(services).indices.create(index=f"{alias}-000007", mappings=other, aliases={alias: {}})
    index = elastic_at(services, alias)
    with pytest.raises(IndexDamaged, match="another version of sohoa"):
        index.put([LETTER])
    assert index.health().layout_current is False
    index.rebuild([LETTER])
    assert indices_of(alias, services) == {f"{alias}-000008": [alias]}


def test_an_index_in_the_place_of_the_alias_is_healed(alias: str, services: dict[str, str]) -> None:
    administrator(services).index(index=alias, document={"made": "by something else"})
    index = elastic_at(services, alias)
    with pytest.raises(IndexDamaged):
        index.search(parse_query("dự thảo"))
    index.rebuild([LETTER])
    assert indices_of(alias, services) == {f"{alias}-000001": [alias]}


def test_a_document_that_does_not_fit_is_named_and_not_tried_again(index: ElasticIndex, alias: str) -> None:
    index.put([LETTER])
    with pytest.raises(IndexDamaged, match="strict_dynamic_mapping"):
        send([Write.index({"record_id": "r5", "version": 1, "unknown": "x"})], index._server, alias)


def test_a_key_that_is_not_accepted_names_the_setting(alias: str, services: dict[str, str]) -> None:
    with pytest.raises(IndexRefused, match="SOHOA_ELASTICSEARCH_API_KEY"):
        elastic_at(services, alias, api_key="d3Jvbmc6d3Jvbmc=").versions()


def test_a_key_without_rights_on_the_alias_names_the_settings(services: dict[str, str]) -> None:
    for call in (ElasticIndex.versions, lambda one: one.put([LETTER]), lambda one: one.rebuild([LETTER])):
        with pytest.raises(IndexRefused, match="SOHOA_INDEX"):
            call(elastic_at(services, "somebody-elses"))


def test_the_key_has_no_rights_beyond_its_indices(services: dict[str, str]) -> None:
    client = elastic_at(services, "sohoa")._client
    asked = client.security.has_privileges(
        cluster=["all", "manage_security", "manage_index_templates", "manage"],
        index=[{"names": [".security*", "other"], "privileges": ["read", "write", "manage"]}],
    ).body
    assert not any(asked["cluster"].values())
    assert not any(right for of in asked["index"].values() for right in of.values())


def test_a_server_that_is_not_vouched_for_is_refused(alias: str, services: dict[str, str]) -> None:
    stranger = elastic_at(services, alias, ca=Path(certifi.where()))
    with pytest.raises(IndexRefused, match="SOHOA_ELASTICSEARCH_CA"):
        stranger.versions()
    assert stranger.health().certificate_expires is None


def test_no_server_is_unavailable(alias: str, services: dict[str, str]) -> None:
    nobody = ElasticIndex("https://127.0.0.1:1", api_key="x", ca=Path(services["SOHOA_ELASTICSEARCH_CA"]), alias=alias)
    with pytest.raises(IndexUnavailable, match="no connection"):
        nobody.put([LETTER])
    health = nobody.health()
    assert (health.reachable, health.version, health.documents) == (False, None, None)
    assert isinstance(health.error, IndexUnavailable)


def test_health_tells_version_certificate_layout_documents_and_clock(index: ElasticIndex) -> None:
    assert index.health().layout_current is None
    index.put([LETTER, DECISION])
    health = index.health()
    assert (health.reachable, health.error, health.layout_current, health.documents) == (True, None, True, 2)
    assert health.version is not None and health.version.startswith("8.")
    assert health.certificate_expires is not None and health.certificate_expires > datetime.now(UTC)
    assert health.clock_ahead_seconds is not None and abs(health.clock_ahead_seconds) < 5
    assert health.free_bytes is not None and health.free_bytes > 0
