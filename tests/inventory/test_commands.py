"""`auditor inventory`: lint, show, import."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from auditor.cli.inventory import app
from auditor.errors import ConfigurationError
from tests.inventory.keys import line
from tests.inventory.writing import HEAD

HOSTS = """\
[defaults]
user = "a"
[hosts.lis]
roles = ["ftp"]
sudo_password = { env = "HIDDEN" }
[hosts.jump]
audit = false
"""
OWNER = '[[owner]]\naccount = "a"\nhosts = ["lsi"]\nowner = "A"\nkind = "person"\n'


def run(folder: Path, *arguments: str, hosts: str = HOSTS, typed: str = "") -> Result:
    (folder / "inventory.toml").write_text(HEAD + hosts, encoding="utf-8")
    command, *rest = arguments
    inventory = [] if command == "import" else ["-i", str(folder / "inventory.toml")]
    return CliRunner().invoke(app, [command, *inventory, *rest], typed)


def test_lint_says_that_nothing_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(f"{line('lis')}\n{line('jump', 2)}\n")
    result = run(tmp_path, "lint")

    assert "nothing is wrong; hosts to audit: 1, jump hosts only: 1\n" == result.stdout
    assert (0, "") == (result.exit_code, result.stderr)


def test_lint_says_what_looks_like_a_slip(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(line("jump"))
    (tmp_path / "owners.toml").write_text(OWNER)
    (tmp_path / "waivers.toml").write_text("draft = true\n")
    result = run(tmp_path, "lint")

    assert 0 == result.exit_code
    assert [
        "waivers.toml: it counts as missing until 'draft = true' is taken out",
        (
            "owners.toml:1: owner.hosts: no host of the inventory is called 'lsi'; did "
            "you mean 'lis'?"
        ),
        (
            "inventory.toml: hosts.lis: no host key is pinned under this name: "
            "auditor trust add lis"
        ),
    ] == slips(tmp_path, result)


def test_lint_looks_for_the_hosts_of_every_manifest(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(line("*"))
    (tmp_path / "migrations.toml").write_text(
        '[[migration]]\nid = "m"\nsource_host = "old"\ntarget_host = "LIS"\n'
        'signed_by = "A"\nsigned_on = 2026-01-31\n'
    )
    (tmp_path / "services.toml").write_text('[[service]]\nhost = "web"\nname = "x"\n')
    (tmp_path / "attestations.toml").write_text(
        '[[attestation]]\nsubject = "siem"\nscope = ["l*", "lab-*"]\n'
        'statement = "s"\nsigned_by = "A"\nsigned_on = 2026-01-31\n'
        "valid_until = 2027-01-31\n"
    )
    (tmp_path / "waivers.toml").write_text(
        '[[waiver]]\ncheck = "SSH-004"\nhosts = ["mx"]\nsubjects = ["*"]\n'
        'reason = "r"\nowner = "A"\naccepted_by = "B"\n'
        "accepted_on = 2026-02-28\nuntil = 2027-02-28\n"
    )
    none = "no host of the inventory is called"

    assert [
        f"migrations.toml:1: migration.source_host: {none} 'old'",
        f"services.toml:1: service.host: {none} 'web'",
        f"attestations.toml:1: attestation.scope: {none} 'lab-*'",
        f"waivers.toml:1: waiver.hosts: {none} 'mx'",
    ] == slips(tmp_path, run(tmp_path, "lint"))


def slips(folder: Path, result: Result) -> list[str]:
    """What looks like a slip, the folder left out."""
    lines = result.stderr.splitlines()
    return [one.replace(f"perhaps a slip: {folder}/", "") for one in lines]


def test_lint_tells_mistakes_of_manifests_and_profile_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[limits]\nx = 1\n")
    (tmp_path / "owners.toml").write_text(OWNER + "x = 1\n")
    head = f'{HEAD}profile = "own.toml"\n'
    (tmp_path / "other.toml").write_text(head + HOSTS)
    result = CliRunner().invoke(app, ["lint", "-i", str(tmp_path / "other.toml")])

    assert isinstance(result.exception, ConfigurationError)
    assert ["owners.toml", "own.toml"] == [
        Path(problem.file).name for problem in result.exception.problems
    ]


def test_show_prints_the_chosen_hosts_as_an_inventory_without_secrets(
    tmp_path: Path,
) -> None:
    result = run(tmp_path, "show", "-l", "ftp")

    assert {"lis": {"user": "a", "roles": ["ftp"]}} == (
        tomllib.loads(result.stdout)["hosts"]
    )
    assert "HIDDEN" not in result.output


LISTED = json.dumps({"_meta": {"hostvars": {"lis": {"ansible_host": "10.0.0.1"}}}})


def test_an_import_goes_to_standard_output_unless_told(tmp_path: Path) -> None:
    result = run(tmp_path, "import", "ansible", "-", typed=LISTED)

    assert {"hosts": {"lis": {"address": "10.0.0.1"}}} == tomllib.loads(result.stdout)
    assert (0, "") == (result.exit_code, result.stderr)


def test_an_import_into_a_file_tells_what_changed(tmp_path: Path) -> None:
    out = tmp_path / "cmdb.toml"
    out.write_text('[hosts.web]\naddress = "x"\n')
    result = run(tmp_path, "import", "ansible", "-", "-o", str(out), typed=LISTED)

    assert (0, "") == (result.exit_code, result.stdout)
    assert ["added lis", "removed web", f"hosts written to {out}: 1"] == (
        result.stderr.splitlines()
    )
    assert ["lis"] == list(tomllib.loads(out.read_text())["hosts"])


def test_an_ssh_config_is_imported(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Host lis l\n  HostName 10.0.0.1\n  User a\n")
    result = run(tmp_path, "import", "ssh-config", str(tmp_path / "config"))

    assert {"lis": {"address": "10.0.0.1", "user": "a"}} == (
        tomllib.loads(result.stdout)["hosts"]
    )
    assert "l is another name of lis\n" == result.stderr


def test_a_missing_file_to_import_is_told(tmp_path: Path) -> None:
    result = run(tmp_path, "import", "ansible", "/nowhere/x")

    assert "/nowhere/x: no such file or directory" == str(result.exception)
