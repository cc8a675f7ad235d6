"""Promises of the house: who may read the environment, how long modules get, what flows may be called."""

import ast
import importlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sohoa.messages import known
from sohoa.policy import EXIT_CODE, OUR_ERRORS
from sohoa.remote import ALL as REMOTES

ROOT = Path(__file__).parents[2]
PACKAGES = ("flows", "ocr", "search", "signing", "sohoa", "storage")
"""What ships."""
HOUSE = (*PACKAGES, "training")
"""What keeps the promises made for every module; `training` is read only, since PyTorch is not installed here."""
MODULES = sorted(path for package in HOUSE for path in (ROOT / package).rglob("*.py"))
MOST_LINES = 400

READS_ENVIRONMENT = {
    "sohoa/settings.py",
    # Prefect and the numerical libraries of pool workers are steered by their own variables.
    "flows/serve.py",
    "sohoa/pool.py",
    "sohoa/pool_child.py",
    "ocr/readers/ppocr.py",
    "ocr/readers/sessions.py",
}


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    if "migrations" not in path.parts:
        assert ast.get_docstring(ast.parse(text)), "a module begins with what it turns into what"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_only_settings_reads_the_environment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if str(path.relative_to(ROOT)) not in READS_ENVIRONMENT:
        assert "os.environ" not in text and "getenv" not in text


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py" and p.parent.name != "cli"], ids=dotted)
def test_a_package_file_holds_its_sentence_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert len(body) == 1 and isinstance(body[0], ast.Expr)


def test_flow_modules_do_not_bear_the_names_of_packages() -> None:
    names = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    assert not names & (set(PACKAGES) | set(sys.stdlib_module_names))


def test_no_other_distribution_claims_our_names() -> None:
    claimed = importlib.metadata.packages_distributions()
    assert {name: claimed.get(name, []) for name in PACKAGES if set(claimed.get(name, [])) - {"sohoa"}} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_can_be_imported_alone(package: str) -> None:
    """One interpreter a package: importing opens nothing, reads no SOHOA_ variable and needs no order."""
    own = [path for path in MODULES if path.relative_to(ROOT).parts[0] == package and "migrations" not in path.parts]
    forget = f"[sys.modules.pop(m) for m in list(sys.modules) if m.split('.')[0] == {package!r}]"
    imports = [f"importlib.import_module({dotted(path)!r}); {forget}" for path in own]
    code = "\n".join(["import importlib, sys", *imports])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOHOA_")}
    environment["SOHOA_NOT_A_SETTING"] = "an import that reads settings would stop here"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("remote", REMOTES, ids=lambda remote: f"{remote.module}.{remote.function}")
def test_what_the_pool_runs_is_there(remote: object) -> None:
    module = importlib.import_module(remote.module)  # type: ignore[attr-defined]
    assert callable(getattr(module, remote.function))  # type: ignore[attr-defined]


def subclasses(root: type) -> list[type]:
    return [root, *(deeper for child in root.__subclasses__() for deeper in subclasses(child))]


@pytest.mark.parametrize(
    "error", [e for root in OUR_ERRORS for e in subclasses(root)], ids=lambda e: f"{e.__module__}.{e.__name__}"
)
def test_every_error_has_a_remedy_an_exit_code_and_words(error: type) -> None:
    assert error.remedy in EXIT_CODE  # type: ignore[attr-defined]
    if not error.__subclasses__():
        assert known(error.code), f"messages.yaml has no words for {error.code}"  # type: ignore[attr-defined]
