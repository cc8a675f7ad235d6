import os
from pathlib import Path

import pytest

from sohoa.errors import Misconfigured, UnknownMode
from sohoa.settings import load


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SOHOA_") and not name.startswith("SOHOA_TEST_"):
            monkeypatch.delenv(name)


def test_an_unknown_name_stops_the_start_and_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_HOEM", "/somewhere")
    with pytest.raises(Misconfigured, match="SOHOA_HOEM; did you mean SOHOA_HOME"):
        load()


def test_names_of_the_tests_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_TEST_ANYTHING", "1")
    load()


def test_a_value_that_does_not_fit_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_WORKERS", "secret-value")
    with pytest.raises(Misconfigured) as error:
        load()
    assert "SOHOA_WORKERS" in str(error.value)
    assert "secret-value" not in str(error.value)


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOHOA_HOME", str(tmp_path / "environment"))
    assert load().home == tmp_path / "environment"
    assert load(home=tmp_path / "option").home == tmp_path / "option"


@pytest.mark.parametrize("mode", ["fast", "standard", "ppocr/aster", "ppocr/aster+trueocr"])
def test_readers_are_chosen_by_name(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("SOHOA_MODE", mode)
    assert load().mode == mode


def test_a_reader_that_does_not_exist_is_named_with_those_that_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_MODE", "ppocr/nobody")
    with pytest.raises(UnknownMode, match=r"ppocr/nobody.*fast, standard.*aster"):
        load()
