"""Names that stand for others: whose, where, and that they stay."""

from __future__ import annotations

import msgspec
import pytest

from auditor.model.run import Level, ShownRecord
from auditor.model.sources import ValueKind
from auditor.report.handover.pseudonyms import Pseudonyms
from tests.report.levels import KEY, LEVELS, at, one_finding
from tests.report.runs import evidence, value


def test_each_address_of_several_is_replaced_elsewhere() -> None:
    one = one_finding(
        values={"person": value("person", "eve@x.example, bob@x.example")},
        evidence=(evidence("/etc/x", "to=bob@x.example"),),
    )
    found = at(Level.R1, one).findings[0]
    assert found.evidence[0].text.startswith("to=P-")


def test_a_class_and_letters_stand_for_an_account() -> None:
    accounts = {"accounts": value("account", "alice, labo, root")}
    told = at(Level.R1, one_finding(values=accounts)).findings[0].values["accounts"]
    alice, labo, root = str(told.value).split(", ")
    assert (alice[:2], labo[:2], root) == ("A-", "G-", "root")
    assert len(alice) == len("A-") + 6


def test_an_account_is_replaced_wherever_it_stands_as_a_word() -> None:
    proof = evidence("/home/alice/.ssh/alice.pub", "AllowUsers alice alicia")
    one = one_finding(
        subject="directory:/srv/alice",
        values={"account": value("account", "alice")},
        evidence=(proof,),
    )
    found = at(Level.R1, one).findings[0]
    alice = found.values["account"].value
    assert found.subject.name == f"/srv/{alice}"
    assert found.evidence[0].source == f"/home/{alice}/.ssh/{alice}.pub"
    assert found.evidence[0].text == f"AllowUsers {alice} alicia"


def test_a_function_s_name_is_left_in_folders_and_names_of_machines() -> None:
    one = one_finding(
        subject="directory:/srv/labo/labo-35.example/home/labo/in.labo",
        values={"account": value("account", "labo")},
        evidence=(evidence("/etc/x", "AllowUsers labo, @labo"),),
    )
    found = at(Level.R1, one).findings[0]
    labo = found.values["account"].value
    assert found.subject.name == f"/srv/labo/labo-35.example/home/{labo}/in.labo"
    assert found.evidence[0].text == f"AllowUsers {labo}, @{labo}"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("AllowUsers", "alice@10.0.0.0/8 root"),
        ("valid users", "@wheel, alice:ro"),
        ("sudoers", "alice ALL=(ALL:ALL) NOPASSWD: ALL"),
        ("doas", "permit alice as root"),
        ("rule", "host lis alice 10.0.0.0/8 trust"),
        ("password of alice", "empty"),
        ("user alice", "on"),
    ],
)
def test_an_account_that_only_a_setting_names_is_replaced(key: str, text: str) -> None:
    shown = ShownRecord(key=key, kind=ValueKind.SETTING, value=text)
    proof = msgspec.structs.replace(evidence("/home/alice/x", ""), values=(shown,))
    found = at(Level.R1, one_finding(evidence=(proof,))).findings[0].evidence[0]
    assert "alice" not in found.text + found.source
    assert found.text == f"{key}={text}".replace("alice", found.source.split("/")[2])


@pytest.mark.parametrize(
    "folder", ["/home", "/var/mail", "/var/spool/cron", "/var/spool/cron/crontabs"]
)
def test_an_account_that_only_a_folder_names_is_replaced(folder: str) -> None:
    proof = evidence(f"{folder}/alice/x.csv", "mode=0644")
    one = one_finding(subject=f"directory:{folder}/alice", evidence=(proof,))
    found = at(Level.R1, one).findings[0]
    assert found.subject.name.startswith(f"{folder}/A-")
    assert found.evidence[0].source == f"{found.subject.name}/x.csv"


def test_a_subject_of_an_undeclared_kind_gets_a_pseudonym() -> None:
    found = at(Level.R1, one_finding(subject="badge:4711")).findings[0]
    assert found.subject.name.startswith("S-")


def test_the_folder_of_the_audit_team_is_nobody_elses_business() -> None:
    proof = evidence("/home/auditor/client/owners.toml", "owner=x")
    found = at(Level.R1, one_finding(evidence=(proof,))).findings[0]
    assert found.evidence[0].source == "owners.toml"


def test_pseudonyms_are_stable_by_key() -> None:
    names = [
        at(Level.R3, one_finding(), k).hosts[0].name for k in (KEY, KEY, b"l" * 32)
    ]
    assert names[0] == names[1] != names[2]


def test_a_host_has_the_same_letters_at_both_levels_that_hide_it() -> None:
    board, third = (at(level, one_finding()).hosts[0].name for level in LEVELS[1:])
    assert board.replace("lis-", "H-") == third


def test_names_that_meet_get_more_letters() -> None:
    names = Pseudonyms(KEY)
    first = names.of("H", "a")
    names._taken[first] = ("", "another")
    names._given.clear()
    assert names.of("H", "a").startswith(first)
    assert len(names.of("H", "a")) == len(first) + 1


def test_a_key_is_in_no_repr() -> None:
    assert "kkk" not in repr(Pseudonyms(KEY))
