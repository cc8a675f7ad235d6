"""make services, on servers of this test's own: what is written down, what a second run does, what a stop leaves."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import urllib3
from minio import Minio

from sohoa.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]
POSTGRESQL = {"SOHOA_DATABASE_URL"}
MINIO = {"SOHOA_S3_ENDPOINT", "SOHOA_S3_ACCESS_KEY", "SOHOA_S3_SECRET_KEY", "SOHOA_S3_BUCKET", "SOHOA_S3_CA"}
ELASTICSEARCH = {
    "SOHOA_ELASTICSEARCH_URL",
    "SOHOA_ELASTICSEARCH_API_KEY",
    "SOHOA_ELASTICSEARCH_CA",
    "SOHOA_INDEX",
}
PREFECT = {"PREFECT_API_URL"}


class Services:
    """infra/services.sh on a folder of its own."""

    def __init__(self, run: Path) -> None:
        self.run = run

    def __call__(self, *arguments: str) -> str:
        environment = os.environ | {"SERVICES_RUN": str(self.run)}
        done = subprocess.run(
            [ROOT / "infra" / "services.sh", *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pids(self) -> dict[str, int]:
        return {path.parent.name: int(path.read_text().split()[0]) for path in self.run.glob("*/pid")}

    def settings(self) -> dict[str, str]:
        lines = (self.run / "services.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def store(self) -> Minio:
        given = self.settings()
        return Minio(
            endpoint=given["SOHOA_S3_ENDPOINT"].removeprefix("https://"),
            access_key=given["SOHOA_S3_ACCESS_KEY"],
            secret_key=given["SOHOA_S3_SECRET_KEY"],
            region="us-east-1",
            http_client=urllib3.PoolManager(ca_certs=given["SOHOA_S3_CA"]),
        )


@pytest.fixture
def own() -> Iterator[Services]:
    # Not tmp_path: the servers' accounts may not enter it.
    run = Path(tempfile.mkdtemp(prefix="sohoa-services-"))
    run.chmod(0o755)
    services = Services(run)
    yield services
    services("stop")
    shutil.rmtree(run)


@pytest.mark.service("postgresql", "minio")
def test_settings_are_written_for_what_runs(own: Services) -> None:
    own("start", "postgresql", "minio")
    assert own.settings().keys() == POSTGRESQL | MINIO
    own("stop", "minio")
    assert own.settings().keys() == POSTGRESQL
    own("stop")
    assert not (own.run / "services.env").exists()
    assert not (own.run / "admin.env").exists()


@pytest.mark.service("postgresql", "minio")
def test_a_second_start_changes_nothing(own: Services) -> None:
    own("start", "postgresql")
    own("start", "minio")
    pids, settings = own.pids(), own.settings()
    shown = own("start", "postgresql", "minio")
    assert (own.pids(), own.settings()) == (pids, settings)
    assert all(f"pid {number}" in shown for number in pids.values())


@pytest.mark.service("postgresql", "minio")
def test_a_stop_leaves_no_process(own: Services) -> None:
    own("start", "postgresql", "minio")
    ours = [psutil.Process(number) for number in own.pids().values()]
    ours += [child for process in ours for child in process.children(recursive=True)]
    assert len(ours) > 2, "PostgreSQL has helpers"
    own("stop")
    assert psutil.wait_procs(ours, timeout=5)[1] == []
    assert own.pids() == {}


@pytest.mark.service("postgresql", "minio")
def test_a_killed_server_is_started_again_with_what_it_held(own: Services) -> None:
    own("start", "postgresql", "minio")
    settings = own.settings()
    with psycopg.connect(settings["SOHOA_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    for number in own.pids().values():
        os.kill(number, signal.SIGKILL)
    own("start", "postgresql", "minio")
    assert own.settings() == settings
    with psycopg.connect(settings["SOHOA_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
    assert list(own.store().list_objects(bucket_name="sohoa")) == []


@pytest.mark.service("postgresql", "minio")
def test_traffic_is_encrypted_and_the_bucket_is_locked(own: Services) -> None:
    own("start", "postgresql", "minio")
    authority = f"?sslmode=verify-full&sslrootcert={own.run}/tls/ca.crt"
    with psycopg.connect(own.settings()["SOHOA_DATABASE_URL"] + authority) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("sohoa", "sohoa")
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
    store = own.store()
    assert store.get_bucket_versioning(bucket_name="sohoa").status == "Enabled"
    assert store.get_object_lock_config(bucket_name="sohoa").mode is None, "locked, without a default retention"


@pytest.mark.service("minio", "elasticsearch", "postgresql", "prefect")
def test_every_promised_setting_is_known_to_the_product(services: dict[str, str]) -> None:
    ours = {name: value for name, value in services.items() if not name.startswith("SOHOA_TEST_")}
    assert ours.keys() == POSTGRESQL | MINIO | ELASTICSEARCH | PREFECT
    assert ours.keys() - PREFECT <= {PREFIX + name.upper() for name in Settings.model_fields}
    assert services.keys() - ours.keys() == {
        "SOHOA_TEST_S3_ADMIN_ACCESS_KEY",
        "SOHOA_TEST_S3_ADMIN_SECRET_KEY",
        "SOHOA_TEST_ELASTICSEARCH_ADMIN_USER",
        "SOHOA_TEST_ELASTICSEARCH_ADMIN_PASSWORD",
        "SOHOA_TEST_DATABASE_ADMIN_URL",
    }


@pytest.mark.service("minio", "elasticsearch", "postgresql", "prefect")
def test_a_shell_reads_the_settings_as_a_line_reader_does(services: dict[str, str]) -> None:
    folder = Path(os.environ["SOHOA_TEST_SERVICES"]).resolve()
    for name in ("services.env", "admin.env"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    script = f"set -a; . {folder}/services.env; . {folder}/admin.env; env -0"
    printed = subprocess.run(["sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
    read = dict(entry.split("=", 1) for entry in printed.split("\0") if "=" in entry)
    assert services.items() <= read.items()
