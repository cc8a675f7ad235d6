"""Gates: what a test needs from outside, and whether its absence skips or fails."""

import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

# How long an example takes says more of what else the machine does than of us; pytest's own limit ends what hangs.
settings.register_profile("house", parent=settings(), deadline=None)
settings.load_profile("house")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would all they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).resolve() if value and Path(value).is_dir() else None


def _programs(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _listens(service: str, variable: str) -> tuple[Callable[[], bool], str]:
    """Return the gate of a server that `make services` has started: it is there when something listens."""

    def here() -> bool:
        address = urlsplit(running_services().get(variable, ""))
        if address.hostname is None or address.port is None:
            return False
        with suppress(OSError), socket.create_connection((address.hostname, address.port), timeout=2):
            return True
        return False

    return here, f"run `make services` and set SOHOA_TEST_SERVICES=infra/run ({service})"


def running_services() -> dict[str, str]:
    """Return what `make services` wrote down: the product's settings, and SOHOA_TEST_*_ADMIN_* for the tests alone."""
    folder = _folder("SOHOA_TEST_SERVICES")
    files = (folder / name for name in ("services.env", "admin.env")) if folder else ()
    lines = (line for file in files if file.is_file() for line in file.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


GATES: dict[str, tuple[Callable[[], bool], str]] = {
    "poppler": (_programs("pdftotext", "pdftoppm", "pdfsig"), "install poppler-utils"),
    "qpdf": (_programs("qpdf"), "install qpdf"),
    "tesseract": (_programs("tesseract"), "install tesseract-ocr and tesseract-ocr-vie"),
    "strace": (_programs("strace"), "install strace"),
    "samples": (lambda: _folder("SOHOA_TEST_SAMPLES") is not None, "set SOHOA_TEST_SAMPLES to the folder of samples"),
    "corpus": (lambda: _folder("SOHOA_TEST_CORPUS") is not None, "set SOHOA_TEST_CORPUS to the folder to learn from"),
    "verapdf": (
        lambda: bool(os.environ.get("SOHOA_TEST_VERAPDF")) and shutil.which("java") is not None,
        "set SOHOA_TEST_VERAPDF to veraPDF's command-line jar, and install Java",
    ),
    "dss": (
        lambda: _folder("SOHOA_TEST_DSS") is not None and shutil.which("java") is not None,
        "set SOHOA_TEST_DSS to the folder with the DSS judge's jars, and install Java",
    ),
    "compose": (
        lambda: bool(os.environ.get("SOHOA_TEST_COMPOSE")),
        "set SOHOA_TEST_COMPOSE to the loader of the Compose Specification that infra/install-judges.sh builds with Go",
    ),
    "minio": _listens("MinIO", "SOHOA_S3_ENDPOINT"),
    "elasticsearch": _listens("Elasticsearch", "SOHOA_ELASTICSEARCH_URL"),
    "postgresql": _listens("PostgreSQL", "SOHOA_DATABASE_URL"),
    "prefect": _listens("Prefect server", "PREFECT_API_URL"),
}
"""Service -> whether it is here, and what to do when it is not."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is missing, or fail it where SOHOA_TEST_REQUIRE names the service."""
    required = os.environ.get("SOHOA_TEST_REQUIRE", "").split(",")
    for marker in item.iter_markers("service"):
        for name in marker.args:
            here, remedy = GATES[name]
            if here():
                continue
            if name in required:
                pytest.fail(f"{name} is required here and missing: {remedy}", pytrace=False)
            pytest.skip(f"{name} is missing: {remedy}")


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Return the folder of real samples; mark the test `service("samples")`."""
    folder = _folder("SOHOA_TEST_SAMPLES")
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def services() -> dict[str, str]:
    """Return the addresses and accounts of the running servers; mark the test `service("minio")` and so on."""
    return running_services()
