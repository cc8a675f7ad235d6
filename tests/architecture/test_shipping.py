"""What a stranger gets: a wheel that holds everything, and documents that name every command and setting."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer

from sohoa.cli import app
from sohoa.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PACKAGES = ("flows", "ocr", "search", "signing", "sohoa", "storage")


def tracked(package: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--", package], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    return {name for name in listed if name}


def test_the_wheel_holds_every_file_of_our_packages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = set().union(*(tracked(package) for package in PACKAGES))
    assert wanted, "git names the files that ship"
    assert wanted - inside == set()


def commands() -> list[str]:
    group = typer.main.get_command(app)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [f"{name} {one}" for one in inner] if inner else [name]
    return names


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    group, _, one = name.partition(" ")
    assert f"`sohoa {group}" in text
    assert one in text


def test_every_command_has_help() -> None:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert command.help or command.short_help, name


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_locks_name_no_index() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
