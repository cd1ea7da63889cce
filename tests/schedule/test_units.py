"""The units, judged by systemd's own tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from auditor.errors import AuditorError
from auditor.inventory.reading import read_inventory
from auditor.inventory.selecting import select_hosts
from auditor.schedule.placing import call, place, take_away, timer_commands
from auditor.schedule.plan import Plan
from auditor.schedule.systemd import failed, paths, service, units
from auditor.system_credentials import credential_name

INVENTORY = """\
[engagement]
client = "Laboratoires Exemple"
auditor = "A. Exemple"

[store]
dir = "/var/lib/auditor/runs"
sign_key = "keys/sign"

[alerts]
to = [{ file = "secrets/mail" }]

[heartbeat]
url = { file = "secrets/beat" }
service = "healthchecks"
file = "/srv/beat/beat.json"

[defaults]
user = "audit"
key = "keys/ssh"

[hosts.bastion]
audit = false

[hosts.lis-35]
jump = "bastion"
sudo_password = { file = "secrets/sudo" }
"""
#: What a unit may be exposed at most, of 10 (systemd-analyze security).
EXPOSED = 2.5


def plan_in(folder: Path, *options: str) -> Plan:
    """A plan whose program is there, as the tools want it."""
    file = folder / "inventory.toml"
    file.write_text(INVENTORY, "utf-8")
    inventory = read_inventory(file)
    program = Path("/usr/bin/true")
    hosts = select_hosts(inventory, None)
    store = inventory.store.dir
    return Plan("auditor", "audit", program, inventory, hosts, options, store)


def analysed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze there, installed where root of a Debian lets us."""
    if shutil.which("systemd-analyze") is None:
        scripts = Path(__file__).parents[2] / "scripts"
        subprocess.run([scripts / "apt-packages", "systemd"], check=False)
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    return subprocess.run(
        ["systemd-analyze", *words],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def write(folder: Path, plan: Plan) -> list[str]:
    """The paths of the units as files: timer, service, what tells of a failure."""
    texts = units(plan, "Sun 02:30")
    for path, text in texts.items():
        (folder / path.name).write_text(text, "utf-8")
    return [str(folder / path.name) for path in texts]


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    done = analysed(tmp_path, "verify", *write(tmp_path, plan_in(tmp_path)))
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_it_finds_what_is_wrong(tmp_path: Path) -> None:
    paths = write(tmp_path, plan_in(tmp_path))
    Path(paths[1]).write_text(Path(paths[1]).read_text().replace("Nice", "Nicely"))
    assert "Nicely" in analysed(tmp_path, "verify", *paths).stderr


@pytest.mark.parametrize("which", ["auditor.service", "auditor-failed.service"])
def test_a_service_is_not_exposed(tmp_path: Path, which: str) -> None:
    write(tmp_path, plan_in(tmp_path))
    unit = str(tmp_path / which)
    done = analysed(tmp_path, "security", "--offline=true", unit)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSED


def test_every_secret_file_is_a_credential_and_named_once(tmp_path: Path) -> None:
    lines = service(plan_in(tmp_path)).splitlines()
    loaded = [
        line.partition("=")[2] for line in lines if line.startswith("LoadCredential=")
    ]
    files = ["keys/sign", "keys/ssh", "secrets/beat", "secrets/mail", "secrets/sudo"]
    paths = [tmp_path / name for name in files]
    assert [f"{credential_name(path)}:{path}" for path in paths] == loaded


def test_it_may_write_to_its_store_and_its_heartbeat_alone(tmp_path: Path) -> None:
    lines = service(plan_in(tmp_path)).splitlines()
    assert "StateDirectory=auditor" in lines
    written = [line for line in lines if line.startswith("ReadWritePaths=")]
    assert ["ReadWritePaths=/srv/beat"] == written


def test_words_of_the_command_stay_words(tmp_path: Path) -> None:
    folder = tmp_path / "a b%$HOME"
    folder.mkdir()
    text = service(plan_in(folder, "-l", 'x"\\;'))
    (command,) = [one for one in text.splitlines() if one.startswith("ExecStart=")]
    place = str(folder).replace("%", "%%").replace("$", "$$")
    assert command == (
        "ExecStart=/usr/bin/true run --scheduled"
        f' -i "{place}/inventory.toml" -l "x\\"\\\\;"'
    )


def test_what_tells_of_a_failure_has_the_heartbeat_s_secret_alone(
    tmp_path: Path,
) -> None:
    plan = plan_in(tmp_path)
    assert "OnFailure=auditor-failed.service" in service(plan).splitlines()
    lines = failed(plan).splitlines()
    (loaded,) = [line for line in lines if line.startswith("LoadCredential=")]
    assert loaded.endswith(f":{tmp_path}/secrets/beat")
    (command,) = [line for line in lines if line.startswith("ExecStart=")]
    assert command.endswith(
        " --result=${MONITOR_SERVICE_RESULT} --code=${MONITOR_EXIT_STATUS}"
    )


def test_whoever_knows_no_failure_is_told_of_none(tmp_path: Path) -> None:
    file = tmp_path / "inventory.toml"
    file.write_text(INVENTORY.replace('service = "healthchecks"', ""), "utf-8")
    plan = Plan("auditor", "audit", Path("/usr/bin/true"), read_inventory(file), ())
    names = [path.name for path in units(plan, "Sun 02:30")]
    assert ["auditor.timer", "auditor.service"] == names
    assert "OnFailure" not in service(plan)


def test_they_are_enabled_and_removed_below_another_root(tmp_path: Path) -> None:
    if shutil.which("systemctl") is None:
        pytest.skip("no systemctl here")
    root = tmp_path / "root"
    place(units(plan_in(tmp_path), "Sun 02:30"), root)
    wanted = root / "etc/systemd/system/timers.target.wants/auditor.timer"
    for on in (True, False):
        for command in timer_commands("auditor", root, on=on):
            call(command)
        assert on == wanted.is_symlink()
    take_away(paths("auditor"), root)
    assert [] == [path for path in root.rglob("auditor*") if path.is_file()]


def test_what_systemd_refuses_is_told_in_its_words() -> None:
    with pytest.raises(AuditorError, match="Someday"):
        call(["systemd-analyze", "calendar", "Someday"])
