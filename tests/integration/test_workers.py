"""Several `sohoa worker` share the batches of one ledger: nothing is lost or made twice, whoever is killed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.databases import create_database, drop_database, own_database
from tests.integration.workers import Office, OwnScheduler, office, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.service("postgresql"),
    pytest.mark.service("prefect"),
]


@pytest.fixture
def database(services: dict[str, str]) -> Iterator[str]:
    """Return the address of an empty database."""
    with own_database(services) as url:
        yield url


@pytest.fixture
def desk(tmp_path: Path, database: str, services: dict[str, str]) -> Iterator[Office]:
    """Return an office on the running servers."""
    with office(tmp_path, database, services["PREFECT_API_URL"]) as lent:
        yield lent


def taken_by(said: str) -> int:
    """Return how many papers a worker says that it took up."""
    return sum(int(number) for number in re.findall(r"đã xử lý (\d+) tệp", said))


def test_two_workers_share_a_batch_and_each_paper_is_taken_up_once(desk: Office) -> None:
    desk.worker()
    desk.worker("another-machine")
    desk.wait_for_workers()
    batch = desk.receive(14)
    wait_for(lambda: desk.done(batch) and not desk.held())
    shares = [taken_by(said) for said in desk.stop()]
    assert sum(shares) == 14
    assert min(shares) > 0
    assert desk.faults() == []


@pytest.mark.parametrize("host", ["", "another-machine"])
def test_what_a_killed_worker_held_is_taken_over(desk: Office, host: str) -> None:
    victim, heir = desk.worker(host), desk.worker()
    desk.wait_for_workers()
    batch = desk.receive(10)
    wait_for(lambda: desk.held_by(heir))
    wait_for(lambda: desk.held_by(victim))
    victim.kill()
    wait_for(lambda: desk.done(batch) and not desk.held())
    said = desk.stop()
    assert taken_by(said[1]) > 0
    assert desk.faults() == []


def test_the_schedulers_database_is_lost_in_the_middle_and_no_document_is(
    tmp_path: Path, database: str, services: dict[str, str]
) -> None:
    with own_database(services) as of_prefect:
        scheduler = OwnScheduler(tmp_path, of_prefect)
        scheduler.start()
        try:
            with office(tmp_path, database, scheduler.url) as desk:
                workers = [desk.worker(), desk.worker("another-machine")]
                desk.wait_for_workers()
                batch = desk.receive(12)
                wait_for(lambda: all(desk.held_by(worker) for worker in workers))
                scheduler.kill()
                name, owner = str(make_url(of_prefect).database), str(make_url(of_prefect).username)
                drop_database(services, name)
                create_database(services, name, owner=owner)
                assert not desk.done(batch)
                scheduler.start()
                wait_for(lambda: desk.done(batch) and not desk.held())
                desk.stop()
                assert desk.faults() == []
        finally:
            scheduler.kill()
