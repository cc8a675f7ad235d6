"""The signer's process: alone with its keys, started anew, gone with its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from select import select
from typing import Any

import psutil
import pytest

from signing.authority import Authority
from signing.errors import OutputExists, SignerUnavailable
from signing.pades import PadesSigner
from signing.process import SignerProcess, block_from, sealed_from, sealed_to
from signing.signer import Block

MakePaper = Callable[..., Path]


@pytest.fixture
def process(tmp_path: Path, typeface: Path) -> Iterator[SignerProcess]:
    with SignerProcess(tmp_path / "authority", typeface=typeface) as running:
        yield running


def _child() -> psutil.Process:
    (child,) = [one for one in psutil.Process().children() if "signing.process_main" in one.cmdline()]
    return child


def _is_over(process: psutil.Process) -> bool:
    """Return whether it ended, waited for or not. Its first thread may be gone before the others, as a zombie."""
    with suppress(ChildProcessError):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wait_until(there: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not there():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_nothing_runs_before_it_is_asked(process: SignerProcess, tmp_path: Path) -> None:
    assert not (tmp_path / "authority").exists()
    assert not [one for one in psutil.Process().children() if "signing.process_main" in one.cmdline()]


def test_makes_the_authority_by_itself(process: SignerProcess, tmp_path: Path) -> None:
    assert process.agency == "CƠ QUAN THỬ NGHIỆM (không có giá trị pháp lý)"
    assert (tmp_path / "authority" / "anchors.pem").exists()


def test_is_started_anew_after_it_died(
    process: SignerProcess, make_paper: MakePaper, block: Block, tmp_path: Path
) -> None:
    paper = make_paper()
    process.seal(paper, tmp_path / "a.pdf", block=block)
    child = _child()
    first = child.pid
    child.kill()
    _wait_until(lambda: _is_over(child))
    process.seal(paper, tmp_path / "b.pdf", block=block)
    assert _child().pid != first


def test_dying_during_a_call_is_told_and_the_next_call_works(
    process: SignerProcess, make_paper: MakePaper, block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert process.agency
    child = _child()
    child.send_signal(signal.SIGSTOP)

    def kill_while_asked(*args: Any) -> Any:
        child.kill()
        return select(*args)

    with monkeypatch.context() as patch, pytest.raises(SignerUnavailable) as told:
        patch.setattr("signing.process.select", kill_while_asked)
        process.seal(make_paper(), tmp_path / "a.pdf", block=block)
    assert told.value.remedy == "retry"
    assert process.seal(make_paper(), tmp_path / "b.pdf", block=block).profile == "PAdES-B-LTA"


def test_one_that_does_not_answer_is_given_up(
    tmp_path: Path, typeface: Path, make_paper: MakePaper, block: Block
) -> None:
    with SignerProcess(tmp_path / "authority", typeface=typeface, patience_seconds=30) as process:
        assert process.agency
        process._patience = 0.3
        _child().send_signal(signal.SIGSTOP)
        with pytest.raises(SignerUnavailable):
            process.seal(make_paper(), tmp_path / "a.pdf", block=block)
    assert not [one for one in psutil.Process().children() if "signing.process_main" in one.cmdline()]


def test_errors_cross_with_their_type(
    process: SignerProcess, make_paper: MakePaper, block: Block, tmp_path: Path
) -> None:
    (tmp_path / "out.pdf").write_bytes(b"mine")
    with pytest.raises(OutputExists) as refused:
        process.seal(make_paper(), tmp_path / "out.pdf", block=block)
    assert refused.value.detail == {"path": str(tmp_path / "out.pdf")}


def test_goes_with_its_parent_however_it_went(tmp_path: Path, typeface: Path) -> None:
    code = (
        "import os, subprocess, sys; from pathlib import Path; from signing.process import SignerProcess;"
        "p = SignerProcess(Path(sys.argv[1]), typeface=Path(sys.argv[2])); p.agency;"
        # Another child that inherits every handle keeps our pipes open: they alone would not tell.
        "subprocess.Popen(['sleep', '300'], close_fds=False);"
        "print(p._child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "authority"), str(typeface)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        parent.wait()
        if psutil.pid_exists(number):
            with suppress(psutil.NoSuchProcess):
                child = psutil.Process(number)
                # The other child ends by itself later: by then the signer must be gone.
                _wait_until(lambda: _is_over(child))


def test_a_folder_named_like_ours_is_not_imported(
    process: SignerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "signing").mkdir(parents=True)
    (tmp_path / "here" / "signing" / "__init__.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path / "here")
    assert process.agency


def test_no_key_is_in_the_parent(process: SignerProcess) -> None:
    assert process.agency
    code = (
        "import sys; import signing.process; sys.exit('pyhanko' in sys.modules or 'signing.authority' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_values_cross_unchanged(
    make_paper: MakePaper, signer: PadesSigner, block: Block, authority: Authority, tmp_path: Path
) -> None:
    sealed = signer.seal(make_paper(), tmp_path / "a.pdf", block=replace(block, person="Nguyễn Văn A"))
    assert sealed.findings and sealed_from(sealed_to(sealed)) == sealed
    assert block_from({"place": _fields(block.place), "software": block.software, "person": None}) == block


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]
