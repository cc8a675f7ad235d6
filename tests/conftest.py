"""Gates: what a test needs from outside, and whether its absence skips or fails."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).resolve() if value and Path(value).is_dir() else None


def _programs(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


GATES: dict[str, tuple[Callable[[], bool], str]] = {
    "poppler": (_programs("pdftotext", "pdftoppm", "pdfsig"), "install poppler-utils"),
    "qpdf": (_programs("qpdf"), "install qpdf"),
    "tesseract": (_programs("tesseract"), "install tesseract-ocr and tesseract-ocr-vie"),
    "strace": (_programs("strace"), "install strace"),
    "samples": (lambda: _folder("SOHOA_TEST_SAMPLES") is not None, "set SOHOA_TEST_SAMPLES to the folder of samples"),
    "verapdf": (
        lambda: bool(os.environ.get("SOHOA_TEST_VERAPDF")) and shutil.which("java") is not None,
        "set SOHOA_TEST_VERAPDF to veraPDF's command-line jar, and install Java",
    ),
    "dss": (
        lambda: _folder("SOHOA_TEST_DSS") is not None and shutil.which("java") is not None,
        "set SOHOA_TEST_DSS to the folder with the DSS judge's jars, and install Java",
    ),
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
