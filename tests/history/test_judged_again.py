"""Causes told by judging snapshots again: recorded hosts through the command line."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from auditor.store.manifest import decode_manifest
from tests.cli.running import auditor, complaint
from tests.history.client import Client, changes_in, diff, told

FTP = ("--check", "ACC-001,EOL-001")
ANONYMOUS = ("VsftpdConfig", "anonymous_enable=YES", "anonymous_enable=NO")
VSFTPD = "vsftpd /etc/vsftpd.conf"
WAIVER = """\
[[waiver]]
check = "ACC-001"
hosts = ["lis-35"]
subjects = ["*"]
reason = "The analyser knows nothing else; replaced in spring"
owner = "C. Leroy"
accepted_by = "Dr A. Exemple"
accepted_on = 2026-11-05
until = 2027-01-10
"""
ENDS = """\
title = "The house rule"
why = "It is the house's rule."
impact = "None."
effort = "5 min"
undo = "Nothing."
verify = "true"
fix = { any = "Nothing." }
messages = { said = "It is so." }
"""
SIDECAR = f"""\
id = "X-HOUSE-001"
severity = "high"
requirements = ["gdpr:Art. 32(1)(b)"]
[en]
{ENDS}
[fr]
{ENDS}
"""


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path)


def house_rule(folder: Path, verdict: str) -> Path:
    """A third party's folder with one check, which always says the same.

    The files of two verdicts differ in size: Python's own cache goes by that and by
    the second in which they were written.
    """
    place = folder / "house_checks" / "house"
    place.mkdir(parents=True, exist_ok=True)
    (place / "house_rule.toml").write_text(SIDECAR, "utf-8")
    (place / "house_rule.py").write_text(
        "from auditor.facts.accounts import Passwd\n"
        "from auditor.model.check import check\n"
        f"from auditor.model.findings import {verdict}, Subject\n\n\n"
        f"# {'stricter than it was' if verdict == 'FAIL' else 'lenient'}\n"
        "@check\n"
        "def house_rule(passwd: Passwd):\n"
        f'    yield {verdict}(Subject("service", "house"), "said")\n',
        "utf-8",
    )
    return place.parent


def test_a_first_run_has_nothing_to_compare_with(client: Client) -> None:
    assert not (client.audit(*FTP) / "changes.json").exists()


def test_a_run_like_the_one_before_changed_nothing(client: Client) -> None:
    before, after = client.audit(*FTP), client.audit(*FTP)
    done, found = diff(before, after)
    assert ([], 0, "") == (told(found), done.returncode, done.stderr)
    assert found == changes_in(after)


def test_what_the_host_changed_is_the_hosts(client: Client) -> None:
    before = client.audit(*FTP)
    client.shows("lis-35", *ANONYMOUS)
    after = client.audit(*FTP)
    done, found = diff(before, after)
    assert [("fixed", "ACC-001", VSFTPD, ["host"])] == told(found)
    assert (0, found) == (done.returncode, changes_in(after))


def test_what_is_worse_gives_exit_code_one(client: Client) -> None:
    before = client.audit(*FTP)
    client.shows("lis-35", *ANONYMOUS)
    done, found = diff(client.audit(*FTP), before)
    assert (1, [("new", "ACC-001", VSFTPD, ["host"])]) == (done.returncode, told(found))


def test_other_code_of_a_check_is_the_rules(client: Client, tmp_path: Path) -> None:
    words = ("--check", "X-HOUSE-001", "--checks", house_rule(tmp_path, "PASS"))
    before = client.audit(*words)
    house_rule(tmp_path, "FAIL")
    after = client.audit(*words)
    wanted = [("new", "X-HOUSE-001", "house", ["rule"])] * 2
    assert wanted == told(changes_in(after))
    assert wanted == told(diff(before, after, *words[2:])[1])


def test_without_the_rules_of_the_later_run_it_stays_untold(
    client: Client, tmp_path: Path
) -> None:
    words = ("--check", "X-HOUSE-001", "--checks", house_rule(tmp_path, "PASS"))
    before = client.audit(*words)
    house_rule(tmp_path, "FAIL")
    done, found = diff(before, client.audit(*words))
    assert [("new", "X-HOUSE-001", "house", ["untold"])] * 2 == told(found)
    assert "causes by the run files only" in done.stderr


def test_a_waiver_that_was_added_is_the_waiver(client: Client) -> None:
    client.audit(*FTP)
    client.writes("waivers.toml", WAIVER)
    after = client.audit(*FTP, passed=timedelta(days=1))
    assert [("better", "ACC-001", VSFTPD, ["waiver"])] == [
        one for one in told(changes_in(after)) if one[1] == "ACC-001"
    ]


def test_a_waiver_that_ran_out_is_the_waiver_and_the_date(client: Client) -> None:
    client.writes("waivers.toml", WAIVER)
    client.audit(*FTP)
    after = client.audit(*FTP)
    assert [("worse", "ACC-001", VSFTPD, ["waiver", "date"])] == told(changes_in(after))


def test_other_words_of_the_inventory_are_declared(client: Client) -> None:
    check = ("--check", "ENC-006")
    client.audit(*check)
    text = (client.folder / "services.toml").read_text("utf-8")
    client.writes("services.toml", text.replace("MEGABUS", "MEGABUS-2"))
    found = told(changes_in(client.audit(*check)))
    assert [
        ("fixed", "ENC-006", "MEGABUS", ["declared"]),
        ("new", "ENC-006", "MEGABUS-2", ["declared"]),
    ] == found


def test_support_that_ended_is_the_date(client: Client) -> None:
    before = client.audit(*FTP)
    after = client.audit(*FTP, "--as-of", "2029-01-01")
    done, found = diff(before, after)
    assert [("new", "EOL-001", "operating system", ["date"])] * 2 == told(found)
    assert 1 == done.returncode


def test_an_upgrade_on_the_day_that_support_ended_changes_nothing(
    client: Client,
) -> None:
    client.audit(*FTP)
    client.shows("lis-35", *ANONYMOUS)
    after = client.audit(*FTP, "--as-of", "2029-01-01")
    assert ("fixed", "ACC-001", VSFTPD, ["host"]) in told(changes_in(after))


def test_lost_sudo_keeps_what_was_open_and_is_worse(client: Client) -> None:
    before = client.audit(*FTP)
    client.refuses("lis-35")
    after = client.audit(*FTP)
    done, found = diff(before, after)
    assert [("unseen", "ACC-001", VSFTPD, ["privilege"])] == told(found)
    assert {"sudo_refused"} == {one.reason for one in found.lost}
    assert 1 == done.returncode


def test_what_was_not_read_for_a_while_is_not_new_when_it_is_read(
    client: Client,
) -> None:
    client.audit(*FTP)
    readable = client.hosts["lis-35"]
    client.refuses("lis-35")
    client.audit(*FTP)
    third = client.audit(*FTP)
    client.hosts["lis-35"] = readable
    fourth = client.audit(*FTP)
    assert ["ACC-001"] == [one.check for one in changes_in(third).carried]
    assert ([], ()) == (told(changes_in(fourth)), changes_in(fourth).carried)


def test_fewer_hosts_to_compare_are_scope_and_fix_nothing(client: Client) -> None:
    client = Client(client.folder, ("lis-35", "lis-36", "db-38", "sysd-37"))
    check = ("--check", "IDN-003,IDN-004")
    before = client.audit(*check)
    alone = client.audit(*check, "-l", "lis-35")
    _, found = diff(before, alone)
    assert {"scope"} == {cause for one in told(found) for cause in one[3]}
    assert () == changes_in(alone).missing


def test_fewer_hosts_to_compare_are_never_taken_for_the_hosts_own_doing(
    client: Client,
) -> None:
    client = Client(client.folder, ("lis-35", "lis-36", "db-38", "sysd-37"))
    encrypted(client)
    check = ("--check", "IDN-003,IDN-004")
    client.audit(*check)
    alone = told(changes_in(client.audit(*check, "-l", "lis-35")))
    assert alone != []
    assert "host" not in {cause for one in alone for cause in one[3]}


def encrypted(client: Client) -> Path:
    """From now on snapshots are encrypted; the key that opens them."""
    key = pyrage.x25519.Identity.generate()
    text = client.inventory.read_text("utf-8")
    store = f'[store]\nrecipients = ["{key.to_public()}"]\n'
    client.writes("inventory.toml", text.replace("[store]\n", store))
    file = client.folder / "key.txt"
    file.write_text(f"{key}\n", "utf-8")
    return file


def test_old_snapshots_that_stay_shut_are_not_needed_when_the_rules_are_the_same(
    client: Client,
) -> None:
    encrypted(client)
    client.writes("waivers.toml", WAIVER)
    client.audit(*FTP)
    client.shows("lis-36", "OsRelease", "12", "9")
    found = told(changes_in(client.audit(*FTP)))
    assert ("worse", "ACC-001", VSFTPD, ["waiver", "date"]) in found
    assert ("new", "EOL-001", "operating system", ["host"]) in found


def test_a_run_reads_what_it_has_just_encrypted(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    inventory = tmp_path / "inventory.toml"
    inventory.write_text(
        '[engagement]\nclient = "Laboratoires Exemple"\n\n'
        f'[store]\nrecipients = ["{key.to_public()}"]\n\n'
        '[hosts.lis-35]\ntransport = "local"\nprivilege = "never"\n',
        "utf-8",
    )
    waiver = WAIVER.replace("ACC-001", "X-HOUSE-001")
    (tmp_path / "waivers.toml").write_text(waiver, "utf-8")
    checks = ("--check", "X-HOUSE-001", "--checks", house_rule(tmp_path, "FAIL"))
    for day in ("2026-12-01", "2027-02-01"):
        done = auditor("run", "-i", inventory, *checks, "--as-of", day)
        assert "run files only" not in done.stderr
    first, second = sorted((tmp_path / "runs").glob("2*"), key=numbered)
    assert list((first / "snapshots").iterdir()) == [
        first / "snapshots/lis-35.json.age"
    ]
    assert [("worse", "X-HOUSE-001", "house", ["waiver", "date"])] == told(
        changes_in(second)
    )


def numbered(run: Path) -> int:
    data = (run / "manifest.json").read_bytes()
    return decode_manifest(data, run.name).number


def test_a_key_opens_them_for_diff(client: Client, tmp_path: Path) -> None:
    key = encrypted(client)
    words = ("--check", "X-HOUSE-001", "--checks", house_rule(tmp_path, "PASS"))
    before = client.audit(*words)
    house_rule(tmp_path, "FAIL")
    after = client.audit(*words)
    shut, opened = (
        told(diff(before, after, *words[2:], *more)[1])
        for more in ((), ("--identity", key))
    )
    assert [("new", "X-HOUSE-001", "house", ["untold"])] * 2 == shut
    assert [("new", "X-HOUSE-001", "house", ["rule"])] * 2 == opened


def test_run_files_alone_show_marks_and_the_host(
    client: Client, tmp_path: Path
) -> None:
    before = client.audit(*FTP)
    client.shows("lis-35", *ANONYMOUS)
    after = client.audit(*FTP)
    for number, run in enumerate((before, after)):
        shutil.copy(run / "run.json", tmp_path / f"{number}.json")
    done, found = diff(tmp_path / "0.json", tmp_path / "1.json")
    assert [("fixed", "ACC-001", VSFTPD, ["host"])] == told(found)
    assert "its inputs are not there" in done.stderr


def test_a_run_judged_again_names_no_host(client: Client) -> None:
    first = client.audit(*FTP)
    client.audit(*FTP)
    before = set(client.store.glob("2*"))
    auditor("evaluate", first, "-o", client.store, *FTP, "--as-of", "2029-01-01")
    (again,) = set(client.store.glob("2*")) - before
    found = changes_in(again)
    assert (first.name, again.name) == (found.since, found.run)
    assert {"date"} == {cause for one in told(found) for cause in one[3]}


def test_the_run_before_is_the_last_that_covers_the_new_one(client: Client) -> None:
    whole = client.audit(*FTP)
    client.audit(*FTP, "-l", "lis-35")
    client.audit("--check", "ACC-001")
    assert whole.name == changes_in(client.audit(*FTP)).since


def test_another_clients_runs_are_none_to_compare_with(client: Client) -> None:
    before = client.audit(*FTP)
    text = client.inventory.read_text("utf-8")
    client.writes("inventory.toml", text.replace("Groupe de", "Autre groupe de"))
    after = client.audit(*FTP)
    done = auditor("diff", before, after)
    assert (3, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("not comparable: ")
    assert not (after / "changes.json").exists()


def test_people_read_counts_then_each_change_with_its_cause(client: Client) -> None:
    before = client.audit(*FTP)
    client.shows("lis-35", *ANONYMOUS)
    lines = auditor("diff", before, client.audit(*FTP)).stdout.splitlines()
    assert [
        f"since {before.name}",
        "1 fixed (1 host)",
        "",
        "fixed:",
        f"  critical  ACC-001  lis-35  service:{VSFTPD}  open -> gone  cause: host",
    ] == lines


def test_what_is_no_run_is_refused(client: Client) -> None:
    told_ = complaint(auditor("diff", client.folder, client.folder))
    assert "run.json: No such file" in told_


def test_the_report_names_the_same_causes(client: Client) -> None:
    client.writes("waivers.toml", WAIVER)
    before = client.audit(*FTP)
    after = client.audit(*FTP, "--as-of", "2029-01-01")
    page = client.folder / "report.html"
    done = auditor(
        *("report", after, "--since", before, "--lang", "fr", "-f", f"html:{page}")
    )
    said = " ".join(done.stdout.split())
    assert "1 dû à une dérogation · 2 dus à des échéances atteintes" in said
    text = page.read_text("utf-8")
    assert "Dérogation et échéance atteinte" in text


def test_other_rules_no_longer_hide_what_the_host_fixed(
    client: Client, tmp_path: Path
) -> None:
    words = ("--checks", house_rule(tmp_path, "PASS"))
    chosen = ("--check", "ACC-001,X-HOUSE-001", *words)
    before = client.audit(*chosen)
    house_rule(tmp_path, "FAIL")
    client.shows("lis-35", *ANONYMOUS)
    after = client.audit(*chosen)
    done = auditor("report", after, "--since", before, "--lang", "en", *words)
    said = " ".join(done.stdout.split())
    assert "1 gap fixed · 0 new gaps · 0 still open · 2 due to changed rules" in said
