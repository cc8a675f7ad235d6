"""What the servers' scripts rely on: processes that are ours, secrets, ports, certificates, tools built once."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CONFIG_ERROR = 78


class Shell:
    """Runs a line of shell with the scripts' functions at hand."""

    def __init__(self, folder: Path) -> None:
        self.run = folder / "run"
        self.tools = folder / "tools"
        (self.run / "secrets").mkdir(parents=True)
        (self.run / "thing").mkdir()

    def __call__(self, line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        start = f"set -euo pipefail; umask 077; . {ROOT}/infra/services/common.sh; . {ROOT}/infra/services/tls.sh; "
        given = os.environ | {"SERVICES_RUN": str(self.run), "SERVICES_TOOLS": str(self.tools)} | environment
        return subprocess.run(["bash", "-c", start + line], env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_noted_process_is_found_and_stopped(shell: Shell, sleeper: "subprocess.Popen[bytes]") -> None:
    assert shell(f"note thing {sleeper.pid}; pid thing").stdout.strip() == str(sleeper.pid)
    assert "thing stopped" in shell("halt thing").stdout
    assert sleeper.wait(5) == -15
    assert not (shell.run / "thing" / "pid").exists()


@pytest.mark.parametrize("wrong", [1, 2], ids=["another start time", "another boot"])
def test_a_stale_pid_file_is_not_trusted(shell: Shell, sleeper: "subprocess.Popen[bytes]", wrong: int) -> None:
    noted = shell(f"identity {sleeper.pid}").stdout.split()
    noted[wrong] = "1" + noted[wrong]
    (shell.run / "thing" / "pid").write_text(" ".join(noted))
    assert shell("pid thing").returncode != 0
    assert shell("halt thing").returncode == 0
    time.sleep(0.2)
    assert sleeper.poll() is None, "a process that only bears the same number was stopped"
    assert not (shell.run / "thing" / "pid").exists()


@pytest.mark.parametrize("content", ["", "\n", "not a pid", "0 0 0", "-1 1 1"])
def test_a_broken_pid_file_names_nobody(shell: Shell, content: str) -> None:
    (shell.run / "thing" / "pid").write_text(content)
    assert shell("pid thing").returncode != 0
    assert shell("halt thing").returncode == 0


def test_a_secret_is_made_once_and_for_the_owner_alone(shell: Shell) -> None:
    first, second = shell("secret one; secret two").stdout.split()
    assert shell("secret one").stdout.strip() == first
    assert len(first) == len(second) == 48
    assert first != second
    assert (shell.run / "secrets" / "one").stat().st_mode & 0o777 == 0o600


def test_a_taken_default_port_gives_way_to_a_free_one(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        chosen = shell(f"default_port[thing]={number}; choose_port thing; port thing").stdout.strip()
    assert int(chosen) > number
    assert shell("default_port[thing]=1; choose_port thing; port thing").stdout.strip() == chosen, "it keeps its port"


def test_a_taken_port_that_was_asked_for_is_an_error(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        done = shell("choose_port thing", THING_PORT=str(number))
    assert done.returncode == CONFIG_ERROR
    assert f"port {number} is taken" in done.stderr


@pytest.mark.parametrize("name", ["-verify_ip 127.0.0.1", "-verify_hostname localhost", "-verify_hostname minio"])
def test_a_certificate_vouches_for_its_server_and_for_no_other(shell: Shell, name: str) -> None:
    folder = shell.run / "certificate"
    made = shell(f"belongs() {{ :; }}; authority; certificate minio {folder}; cat {folder}/server.crt")
    check = f"openssl verify -CAfile {shell.run}/tls/ca.crt -purpose sslserver"
    assert shell(f"{check} {name} {folder}/server.crt").returncode == 0
    assert shell(f"{check} -verify_hostname other {folder}/server.crt").returncode != 0
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600
    again = shell(f"belongs() {{ :; }}; authority; certificate minio {folder}; cat {folder}/server.crt")
    assert again.stdout == made.stdout, "a good certificate stays"


def test_an_interrupted_install_is_done_again_and_a_good_one_never(shell: Shell) -> None:
    build = "build() { echo built >&2; touch $1/program; $then; }; "
    assert shell(build + "then='exit 9'; install_once tool-1 build").returncode == 9
    assert not (shell.tools / "tool-1").exists()
    killed = shell(build + "then='kill -9 $BASHPID'; install_once tool-1 build")
    assert killed.returncode != 0
    assert not (shell.tools / "tool-1").exists()
    assert "built" in shell(build + "then=true; install_once tool-1 build").stderr
    assert (shell.tools / "tool-1" / "program").exists()
    assert "built" not in shell(build + "then=true; install_once tool-1 build").stderr
    assert [path.name for path in shell.tools.iterdir() if path.is_dir()] == ["tool-1"], "no half tool is left"


@pytest.mark.parametrize("arguments", [[], ["dance"], ["start", "oracle"]])
def test_an_unknown_word_changes_nothing(shell: Shell, arguments: list[str]) -> None:
    done = subprocess.run(
        [ROOT / "infra" / "services.sh", *arguments],
        env=os.environ | {"SERVICES_RUN": str(shell.run)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 64
    assert "services.sh install|start|stop|status" in done.stderr


def test_a_missing_program_is_named_with_its_remedy(shell: Shell) -> None:
    done = shell("need no-such-program the-package")
    assert (done.returncode, done.stdout) == (CONFIG_ERROR, "")
    assert done.stderr == "services: no-such-program is missing: install it with: apt-get install the-package\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands servers to other accounts")
def test_a_folder_that_the_account_may_not_enter_is_named(shell: Shell) -> None:
    shell.run.parent.chmod(0o700)
    done = shell("reachable thing")
    assert done.returncode == CONFIG_ERROR
    assert f"{shell.run}/thing is closed to the account of thing" in done.stderr
