"""PostgreSQL's own failures come in our words, and are got over."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, select, text

from storage import postgresql, schema
from storage.engine import current, open_engine, reading, writing, writing_rows
from storage.errors import CatalogUnavailable, CatalogUnusable, StorageError, StoreFull
from storage.ledger import Ledger
from storage.migrate import upgrade
from tests.contract.given import NOW, received
from tests.databases import own_database

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture
def database() -> str:
    """Choose PostgreSQL for `url` and `engine`."""
    return "postgresql"


@pytest.fixture
def other(url: str) -> Iterator[Engine]:
    """Return the same database as another process would have it."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


def raising(engine: Engine, code: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END $$")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        pytest.param("53100", StoreFull, id="disk-full"),
        pytest.param("25006", StoreFull, id="read-only"),
        pytest.param("40001", CatalogUnavailable, id="serialization-failure"),
        pytest.param("40P01", CatalogUnavailable, id="deadlock"),
        pytest.param("55P03", CatalogUnavailable, id="lock-timeout"),
        pytest.param("57014", CatalogUnavailable, id="statement-timeout"),
        pytest.param("57P01", CatalogUnavailable, id="shutdown"),
        pytest.param("53300", CatalogUnavailable, id="too-many-connections"),
        pytest.param("08006", CatalogUnavailable, id="connection-failure"),
        pytest.param("58030", CatalogUnavailable, id="io-error"),
        pytest.param("42501", CatalogUnusable, id="no-right"),
        pytest.param("42P01", CatalogUnusable, id="no-table"),
        pytest.param("XX001", CatalogUnusable, id="damaged"),
    ],
)
def test_a_failure_says_who_can_clear_it(engine: Engine, code: str, error: type[StorageError]) -> None:
    with pytest.raises(error, match="on purpose"):
        raising(engine, code)
    assert Ledger(engine).batches() == []


@pytest.mark.parametrize(
    ("change", "error", "why"),
    [
        pytest.param({"password": "s3cret"}, CatalogUnusable, "password authentication failed", id="wrong-password"),
        pytest.param({"database": "not_there"}, CatalogUnusable, '"not_there" does not exist', id="no-database"),
        pytest.param({"port": 1}, CatalogUnavailable, "refused", id="nobody-listens"),
        pytest.param({"host": "host.invalid"}, CatalogUnavailable, "host.invalid", id="no-such-host"),
        pytest.param({"drivername": "postgres"}, None, "", id="the-other-spelling"),
        pytest.param({"drivername": "postgresql+psycopg2"}, None, "", id="another-driver"),
    ],
)
def test_a_server_that_does_not_let_us_in(
    url: str, change: dict[str, str], error: type[StorageError] | None, why: str
) -> None:
    address = make_url(url)
    engine = open_engine(address.set(**change).render_as_string(hide_password=False))  # type: ignore[arg-type]
    if error is None:
        assert current(engine) is not None
    else:
        with pytest.raises(error, match=why) as raised:
            current(engine)
        for secret in (str(address.password), "s3cret"):
            assert secret not in str(raised.value)
    engine.dispose()


def test_an_account_that_may_not_make_tables_is_told_so(services: dict[str, str]) -> None:
    with own_database(services, account="SOHOA_TEST_DATABASE_ADMIN_URL") as url:
        ours = make_url(services["SOHOA_DATABASE_URL"]).set(database=make_url(url).database)
        engine = open_engine(ours.render_as_string(hide_password=False))
        with pytest.raises(CatalogUnusable, match="permission denied"):
            upgrade(engine)
        engine.dispose()


def test_a_lost_connection_costs_one_call(engine: Engine, other: Engine) -> None:
    ledger = Ledger(engine)
    with pytest.raises(CatalogUnavailable), writing(engine) as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with reading(other) as killer:
            killer.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        connection.exec_driver_sql("SELECT 1")
    assert ledger.open_batch("B", folder=None, expected=None, now=NOW).code == "B"


def test_a_connection_that_died_while_it_was_idle_costs_nothing(engine: Engine, other: Engine) -> None:
    ledger = Ledger(engine)
    ledger.batches()
    with reading(other) as killer:
        killer.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert ledger.batches() == []


def test_a_writer_that_waits_too_long_may_try_again(engine: Engine, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql._CONNECT, "options", "-c lock_timeout=50ms")
    hasty = open_engine(url)
    with writing(engine):
        for kind in (writing, writing_rows):
            with pytest.raises(CatalogUnavailable, match="lock timeout"), kind(hasty):
                pass
    with writing(hasty):
        pass
    hasty.dispose()


def test_writers_of_rows_write_side_by_side_and_never_beside_one_that_writes_alone(engine: Engine) -> None:
    began, done = threading.Event(), threading.Event()

    def write_alone() -> None:
        began.set()
        with writing(engine):
            done.set()

    with writing_rows(engine), writing_rows(engine):
        thread = threading.Thread(target=write_alone)
        thread.start()
        assert began.wait(5)
        assert not done.wait(0.3)
    thread.join(5)
    assert done.is_set()


def test_a_paper_that_is_being_handed_out_is_passed_over_and_not_waited_for(engine: Engine, ledger: Ledger) -> None:
    first, second = (received(ledger, name).id for name in ("a.pdf", "b.pdf"))
    mine: dict[str, Any] = {"worker": "one", "number": 1, "seconds": 60, "now": NOW}
    with writing_rows(engine) as connection:
        query = select(schema.papers.c.id).where(schema.papers.c.id == first)
        connection.execute(query.with_for_update(key_share=True))
        assert [paper.id for paper in ledger.take_papers("B", **mine)] == [second]
    assert [paper.id for paper in ledger.take_papers("B", **mine)] == [first]


def test_a_reader_cannot_write(engine: Engine) -> None:
    with pytest.raises(StoreFull, match="read-only"), reading(engine) as connection:
        connection.execute(text("DELETE FROM batches"))
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM batches"))


def test_a_session_has_its_limits(engine: Engine) -> None:
    with reading(engine) as connection:
        for name, value in [
            ("application_name", "sohoa"),
            ("lock_timeout", "30s"),
            ("statement_timeout", "5min"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("transaction_isolation", "repeatable read"),
            ("transaction_read_only", "on"),
        ]:
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value
    with writing(engine) as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"


def test_a_value_that_no_column_takes_is_the_callers_mistake(engine: Engine) -> None:
    with pytest.raises(ValueError, match="too long"):
        Ledger(engine).claim("p" * 65, worker="w", seconds=1, now=NOW)
