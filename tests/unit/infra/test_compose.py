"""The service deployment in containers: what compose.yaml promises, and the scripts that run inside it."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from sohoa.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]
INFRA = ROOT / "infra"
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"certificates", "accounts"}
SERVERS = SERVICES.keys() - ONCE
each = pytest.mark.parametrize("name", sorted(SERVICES))


def environment(name: str) -> dict[str, str]:
    return dict(SERVICES[name].get("environment", {}))


def script(name: str, **given: object) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {key: str(value) for key, value in given.items()}
    return subprocess.run([INFRA / "compose" / name], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.service("compose")
def test_the_reference_loader_of_the_specification_accepts_it() -> None:
    done = subprocess.run(
        [os.environ["SOHOA_TEST_COMPOSE"], INFRA / "compose.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["services"].keys() == SERVICES.keys()


@each
def test_a_service_is_pinned_limited_and_without_privileges(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":v?\d[\w.-]*$", service["image"]), "a version, not a moving tag"
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name != "elasticsearch")
    assert not service.get("privileged")


@each
def test_only_the_maker_of_certificates_is_root_and_it_has_no_network(name: str) -> None:
    service = SERVICES[name]
    root = service["user"].split(":")[0] == "0"
    assert root is (name == "certificates")
    assert ("cap_add" in service) is root
    assert service.get("network_mode") == ("none" if root else None)
    assert ("networks" in service) is not root, "a network beside network_mode is refused"


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_a_server_has_a_health_check_and_starts_when_what_it_needs_is_ready(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    for other, how in SERVICES[name]["depends_on"].items():
        wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
        assert how == {"condition": wanted}


@each
def test_nothing_is_reached_from_outside_but_the_page_on_loopback(name: str) -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
    assert ("page" in SERVICES[name].get("networks", [])) is bool(SERVICES[name].get("ports"))


@each
def test_no_secret_is_in_clear(name: str) -> None:
    for variable, value in environment(name).items():
        if re.search(r"PASSWORD|SECRET|API_KEY|TOKEN", variable):
            assert value.startswith("/run/secrets/"), variable
        assert not re.search(r"://[^/]*:[^/]*@", value), f"{variable} holds a password"


def test_every_setting_is_one_that_the_product_knows() -> None:
    given = set().union(*(environment(name) for name in SERVICES)) | COMPOSE["secrets"].keys()
    ours = {name for name in given if name.startswith(PREFIX)}
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_worker_is_told_what_make_services_writes_down() -> None:
    told = environment("worker").keys() | set(SERVICES["worker"]["secrets"]) | {"SOHOA_ELASTICSEARCH_API_KEY"}
    natively = "".join(path.read_text(encoding="utf-8") for path in (INFRA / "services").glob("*.sh"))
    promised = set(re.findall(r"\b(SOHOA_(?!TEST_)[A-Z0-9_]+|PREFECT_API_URL)=", natively))
    assert promised <= told


def test_the_same_versions_run_in_containers_and_natively() -> None:
    natively = "".join(path.read_text(encoding="utf-8") for path in (INFRA / "services").glob("*.sh"))
    elasticsearch = SERVICES["elasticsearch"]["image"].rsplit(":", 1)[1]
    assert f"elasticsearch_release={elasticsearch}\n" in natively
    assert SERVICES["minio"]["image"].rsplit(":", 1)[1] in natively.replace(":", "-")
    major = SERVICES["postgresql"]["image"].rsplit(":", 1)[1].split(".")[0]
    assert f"POSTGRESQL_MAJOR:-{major}}}" in natively
    assert SERVICES["worker"]["image"] == SERVICES["prefect"]["image"]


def test_the_image_is_made_of_files_that_are_there_and_of_pinned_bases() -> None:
    lines = (INFRA / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert all(re.search(r":\d+\.\d+", base) for base in bases)
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    sources = {source for line in copied for source in line}
    assert {source for source in sources if not (ROOT / source).exists()} == set()
    kept = set((INFRA / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines())
    assert {f"!{source}" for source in sources} <= kept
    assert {"**", "infra/run", "infra/tools"} <= kept, "secrets and tools stay out of the image"


def test_secrets_are_made_once_for_every_name_in_the_file(tmp_path: Path) -> None:
    assert script("secrets.sh", SERVICES_RUN=tmp_path).returncode == 0
    folder = tmp_path / "secrets"
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert all(made.values())
    assert folder.stat().st_mode & 0o077 == 0
    assert script("secrets.sh", SERVICES_RUN=tmp_path).returncode == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == made


@pytest.mark.skipif(os.geteuid() != 0, reason="hands keys to other accounts, as root does in its container")
def test_certificates_go_to_the_accounts_of_the_images(tmp_path: Path) -> None:
    authority, certificates = tmp_path / "authority", tmp_path / "certificates"
    certificates.mkdir()
    done = script("certificates.sh", AUTHORITY_FOLDER=authority, CERTIFICATES_FOLDER=certificates)
    assert done.returncode == 0, done.stderr
    for name in ("postgresql", "minio", "elasticsearch"):
        key = certificates / name / "server.key"
        assert f"{key.stat().st_uid}" == SERVICES[name]["user"].split(":")[0]
        assert key.stat().st_mode & 0o777 == 0o600
        check = ["openssl", "verify", "-CAfile", certificates / "ca.crt", "-verify_hostname", name]
        subprocess.run([*check, certificates / name / "server.crt"], check=True, capture_output=True)
    assert not list(certificates.rglob("ca.key")), "the authority's key is in a volume of its own"
    assert (certificates / "minio" / "public.crt").read_text() == (certificates / "minio" / "server.crt").read_text()


@pytest.mark.service("minio", "elasticsearch")
def test_accounts_are_made_and_handed_to_the_application(services: dict[str, str], tmp_path: Path) -> None:
    secrets, keys = tmp_path / "secrets", tmp_path / "keys"
    secrets.mkdir()
    keys.mkdir()
    (secrets / "minio-admin").write_text(services["SOHOA_TEST_S3_ADMIN_SECRET_KEY"])
    (secrets / "minio-sohoa").write_text(services["SOHOA_S3_SECRET_KEY"])
    (secrets / "elasticsearch-admin").write_text(services["SOHOA_TEST_ELASTICSEARCH_ADMIN_PASSWORD"])
    told = {name: services[name] for name in services if re.match(r"SOHOA_(S3|ELASTICSEARCH)_", name)}
    for _ in range(2):
        done = script("accounts.sh", SECRETS_FOLDER=secrets, KEYS_FOLDER=keys, **told)
        assert done.returncode == 0, done.stderr
    key = (keys / "SOHOA_ELASTICSEARCH_API_KEY").read_text().strip()
    ask = ["curl", "-fsS", "--cacert", services["SOHOA_ELASTICSEARCH_CA"], "-H", f"Authorization: ApiKey {key}"]
    who = subprocess.run(
        [*ask, services["SOHOA_ELASTICSEARCH_URL"] + "/_security/_authenticate"], capture_output=True, check=False
    )
    assert b'"authentication_type":"api_key"' in who.stdout


def test_the_entry_point_hands_on_what_is_named_like_a_setting(tmp_path: Path) -> None:
    (tmp_path / "SOHOA_DATABASE_URL").write_text("postgresql://a:b@c/d?x=1&y=2\n")
    (tmp_path / "minio-admin").write_text("not a setting")
    done = subprocess.run(
        [INFRA / "compose" / "entrypoint.sh", "env", "-0"],
        env={"PATH": os.environ["PATH"], "SECRETS_FOLDER": str(tmp_path), "KEYS_FOLDER": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=True,
    )
    entries = done.stdout.split("\0")
    assert "SOHOA_DATABASE_URL=postgresql://a:b@c/d?x=1&y=2" in entries
    assert "not a setting" not in done.stdout
