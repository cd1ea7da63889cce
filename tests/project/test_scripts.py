"""What `make` does before anything else: fetch tools, make `.venv`."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GUARD = "#!/bin/sh\necho 'the machine’s own'\nexit 0\n"


def program(path: Path, body: str) -> None:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@dataclass(frozen=True, slots=True)
class Machine:
    """A stand-in for Debian: apt-get, dpkg-query and id are fakes that keep a diary."""

    folder: Path

    @property
    def guard(self) -> Path:
        return self.folder / "policy-rc.d"

    @property
    def diary(self) -> list[str]:
        path = self.folder / "diary"
        return path.read_text().splitlines() if path.exists() else []

    def install(self, *names: str, uid: int = 0, apt: str = "exit 0") -> str:
        """Ask for packages of which only `present` is there; what was said."""
        tools = self.folder / "bin"
        program(tools / "id", f"echo {uid}")
        known = 'for name; do :; done; [ "$name" = present ] && echo installed'
        program(tools / "dpkg-query", known)
        diary = f'echo "${{0##*/}} $*" >> {self.folder}/diary'
        guard = f'sh -c "exec {self.guard}"; echo "guard $?" >> {self.folder}/diary'
        program(tools / "apt-get", f"{diary}\n{guard}\n{apt}")
        for name in ("systemctl", "update-rc.d"):
            program(tools / name, diary)
        ended = subprocess.run(
            [PROJECT / "scripts/apt-packages", *names],
            env={"PATH": f"{tools}:/usr/bin:/bin", "POLICY_RC_D": str(self.guard)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stdout == ""
        return ended.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_nothing_is_done_or_said_when_nothing_is_missing(machine: Machine) -> None:
    assert machine.install("present") == ""
    assert machine.diary == []


def test_who_is_not_root_hears_what_is_missing(machine: Machine) -> None:
    said = machine.install("present", "absent", "gone", uid=1000)

    assert said == "not root, so not installed: absent gone; going on without\n"
    assert machine.diary == []


def test_root_hears_first_what_is_installed(machine: Machine) -> None:
    said = machine.install("present", "absent", apt="echo Unpacking >&2")

    assert said == "apt: installing absent\n"
    assert machine.diary[0].endswith("install absent")


def test_no_service_may_start_while_apt_installs(machine: Machine) -> None:
    machine.install("absent")

    assert "guard 101" in machine.diary


def test_no_guard_is_left_behind(machine: Machine) -> None:
    machine.install("absent")

    assert not machine.guard.exists()


@pytest.mark.parametrize("apt", ["exit 0", "exit 100"], ids=["success", "failure"])
def test_the_machine_s_own_guard_is_put_back(machine: Machine, apt: str) -> None:
    machine.guard.write_text(GUARD)

    machine.install("absent", apt=apt)

    assert machine.guard.read_text() == GUARD


def test_a_guard_left_by_a_killed_script_is_mended(machine: Machine) -> None:
    machine.guard.write_text(GUARD)
    kill = "kill -9 $PPID"
    with pytest.raises(subprocess.CalledProcessError):
        machine.install("absent", apt=kill)
    assert machine.guard.read_text() != GUARD

    machine.install("absent")

    assert machine.guard.read_text() == GUARD


def test_lists_are_fetched_when_apt_knows_no_such_package(machine: Machine) -> None:
    fails_once = f"[ -e {machine.folder}/lists ] && exit 0; "
    updates = f"case $* in *update*) touch {machine.folder}/lists; exit 0 ;; esac"
    machine.install("absent", apt=f"{fails_once}{updates}; exit 100")

    verbs = [line.split()[-1] for line in machine.diary if line.startswith("apt-get")]
    assert verbs == ["absent", "update", "absent"]


def test_a_package_that_can_t_be_had_is_no_error(machine: Machine) -> None:
    said = machine.install("absent", apt="echo E: unable; exit 100")

    assert said.splitlines()[-2:] == [
        "E: unable",
        "apt: could not install absent; going on without",
    ]


def test_an_sshd_that_was_installed_stays_off_after_a_reboot(machine: Machine) -> None:
    machine.install("openssh-server")

    switched = [line for line in machine.diary if line.startswith("systemctl")]
    assert switched == [
        "systemctl --quiet disable ssh.service",
        "systemctl --quiet disable ssh.socket",
    ]


def test_an_sshd_that_was_there_is_left_alone(machine: Machine) -> None:
    machine.install("absent")

    assert [line for line in machine.diary if line.startswith("systemctl")] == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the two scripts, whose `.venv` looks made."""
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "scripts", tmp_path / "scripts")
    program(tmp_path / ".venv/bin/auditor", "exit 0")
    program(tmp_path / ".venv/bin/python", "exit 0")
    stamp = "pwd -P; cksum requirements.lock pyproject.toml"
    state = subprocess.run(
        ["sh", "-c", stamp], cwd=tmp_path, capture_output=True, check=True
    )
    (tmp_path / ".venv/stamp").write_bytes(state.stdout)
    return tmp_path


def make_venv(checkout: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/venv where only these interpreters, as shell scripts, are found."""
    tools = checkout / "bin"
    tools.mkdir()
    for name in ("cat", "chmod", "cksum", "dirname", "grep", "mkdir", "mv", "rm"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    for name, body in pythons.items():
        program(tools / name.replace("_", "."), body)
    return subprocess.run(
        [checkout / "scripts/venv"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_venv_that_fits_is_kept_in_silence(checkout: Path) -> None:
    ended = make_venv(checkout)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_venv_is_made_anew_when_what_it_was_made_from_changes(
    checkout: Path, name: str
) -> None:
    with (checkout / name).open("a") as file:
        file.write("# changed\n")

    ended = make_venv(checkout)

    assert ended.returncode == 1
    assert "No Python 3.11, 3.12, 3.13 or 3.14" in ended.stderr


def test_a_venv_of_a_checkout_that_moved_is_made_anew(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))

    assert make_venv(moved).returncode == 1


def test_a_venv_whose_interpreter_is_gone_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv/bin/python").unlink()

    assert make_venv(checkout).returncode == 1


def test_an_interpreter_that_can_t_make_a_venv_is_passed_over(checkout: Path) -> None:
    (checkout / ".venv/stamp").unlink()
    broken = "case $1 in -m) exit 1 ;; esac"
    works = "case $* in *sys.executable*) echo /the/one/that/works ;; esac"

    ended = make_venv(checkout, python3_13=broken, python3_11=works)

    assert ended.stdout == "making .venv with /the/one/that/works\n"


def test_dependencies_come_from_the_lock_with_their_hashes(checkout: Path) -> None:
    (checkout / ".venv/stamp").unlink()
    program(checkout / ".venv/bin/python", f'echo "$*" >> {checkout}/diary')

    make_venv(checkout, python3_11="exit 0")

    diary = (checkout / "diary").read_text().splitlines()
    assert [line.split(" install ")[1] for line in diary if " install " in line] == [
        "--no-compile --require-hashes -r requirements.lock",
        "--no-deps --no-build-isolation -e .",
    ]


LOCKS = ["requirements.lock", "requirements-validators.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_index(lock: str) -> None:
    assert "://" not in (PROJECT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_the_lock_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (PROJECT / lock).read_text())
    packages = [entry for entry in entries if re.match(r"[\w.-]+==", entry)]

    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []
    assert packages


def test_validators_are_apart_and_come_from_their_lock(checkout: Path) -> None:
    shutil.copy(PROJECT / "requirements-validators.lock", checkout)
    body = 'case $* in "-m venv"*) mkdir -p $4/bin; cp $0 $4/bin/python ;; esac\n'
    diary = f'echo "$*" >> {checkout}/diary\n'
    program(checkout / ".venv/bin/python", diary + body)

    script = [checkout / "scripts/validators"]
    first = subprocess.run(script, capture_output=True, text=True, check=True)
    again = subprocess.run(script, capture_output=True, text=True, check=True)

    installed = [
        line.split(" install ")[1]
        for line in (checkout / "diary").read_text().splitlines()
        if " install " in line
    ]
    assert ("making .cache/validators\n", "") == (first.stdout, again.stdout)
    flags = "--no-deps --ignore-requires-python --require-hashes"
    assert [f"{flags} -r requirements-validators.lock"] == installed


def test_make_without_a_target_only_tells_what_there_is() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    told = subprocess.run(
        [make, "-C", PROJECT], capture_output=True, text=True, check=True
    )

    assert "make demo" in told.stdout
