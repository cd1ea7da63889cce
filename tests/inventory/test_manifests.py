"""The manifests: what is read, what is a mistake, what concerns a host."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.inventory.manifests import read_manifests
from auditor.model.manifests import Manifests, Owner, Place
from tests.inventory.writing import problems_of

MIGRATION = (
    '[[migration]]\nid = "m"\nsource_host = "old"\nsigned_by = "A"\n'
    "signed_on = 2026-01-31\n"
)
OWNER = '[[owner]]\naccount = "a"\nhosts = ["*"]\nowner = "A"\nkind = "person"\n'
SERVICE = '[[service]]\nhost = "lis"\nname = "results"\n'
ATTESTATION = (
    '[[attestation]]\nsubject = "siem"\nscope = ["lis-*"]\nstatement = "s"\n'
    'signed_by = "A"\nsigned_on = 2026-01-31\nvalid_until = 2027-01-31\n'
)
WAIVER = (
    '[[waiver]]\ncheck = "SSH-004"\nhosts = ["lis"]\nsubjects = ["service:sshd"]\n'
    'reason = "r"\nowner = "A"\naccepted_by = "B"\naccepted_on = 2026-02-28\n'
    "until = 2027-02-28\n"
)
FINGERPRINT = "SHA256:" + "a" * 43


def read(folder: Path, **files: str) -> Manifests:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_manifests(folder, timezone="Europe/Paris")


def wrong(folder: Path, **files: str) -> list[str]:
    return problems_of(folder, lambda: read(folder, **files))


def test_a_missing_manifest_differs_from_an_empty_one(tmp_path: Path) -> None:
    found = read(tmp_path, migrations="")

    assert (True, ()) == (found.migrations.exists, found.migrations.entries)
    assert (False, ()) == (found.owners.exists, found.owners.entries)


def test_an_entry_keeps_the_name_of_its_file_and_its_line(tmp_path: Path) -> None:
    found = read(tmp_path, owners=f"# owners\n{OWNER}{OWNER}")

    assert [Place("owners.toml", 2), Place("owners.toml", 7)] == [
        entry.place for entry in found.owners.entries
    ]


def test_an_owner_is_read_from_the_words_of_the_file(tmp_path: Path) -> None:
    text = OWNER.replace('"A"', '["A", "B"]') + (
        f'keys = ["{FINGERPRINT}"]\nfrom = ["192.0.2.0/24"]\nexpires = 2027-01-31\n'
    )
    expected = Owner(
        account="a",
        hosts=("*",),
        owners=("A", "B"),
        kind="person",
        keys=(FINGERPRINT,),
        addresses=("192.0.2.0/24",),
        expires=date(2027, 1, 31),
        place=Place("owners.toml", 1),
    )

    assert (expected,) == read(tmp_path, owners=text).owners.entries


def test_a_waiver_keeps_the_values_that_it_accepts(tmp_path: Path) -> None:
    text = WAIVER + 'values = { offered = ["aes128-cbc"], bits = 1024, why = "x" }\n'
    [waiver] = read(tmp_path, waivers=text).waivers.entries

    assert {"offered": ("aes128-cbc",), "bits": 1024, "why": "x"} == waiver.values


MISTAKES = {
    "an unknown key": (
        {"owners": OWNER + "expire = 2027-01-01\n"},
        "owners.toml:6: owner.expire: unknown key; did you mean 'expires'?",
    ),
    "our own name of a key": (
        {"owners": OWNER + 'addresses = ["x"]\n'},
        (
            "owners.toml:6: owner.addresses: unknown key; the keys here are account, "
            "hosts, owner, kind, responsible, keys, from, expires, review_by"
        ),
    ),
    "a place": (
        {"services": SERVICE + "place = 1\n"},
        "services.toml:4: service.place: unknown key",
    ),
    "a missing key": (
        {"owners": OWNER.replace('kind = "person"\n', "")},
        "owners.toml:1: owner.kind: this key is missing",
    ),
    "a misspelt entry": (
        {"owners": OWNER.replace("[[owner]]", "[[owners]]")},
        "owners.toml:1: owners: unknown key; did you mean 'owner'?",
    ),
    "one pair of brackets": (
        {"owners": OWNER.replace("[[owner]]", "[owner]")},
        "owners.toml:1: owner: write [[owner]] with two brackets: there may be several",
    ),
    "no tables at all": (
        {"owners": "owner = 3\n"},
        "owners.toml:1: owner: tables [[owner]] are due, not the number 3",
    ),
    "a date as a text": (
        {"owners": OWNER + 'expires = "2027-01-01"\n'},
        (
            "owners.toml:6: owner.expires: a date such as 2026-12-31 is due, not the "
            "text "
            "'2027-01-01'"
        ),
    ),
    "a date with a time": (
        {"owners": OWNER + "expires = 2027-01-01T00:00:00Z\n"},
        (
            "owners.toml:6: owner.expires: a date such as 2026-12-31 is due, not the "
            "date "
            "2027-01-01 00:00:00+00:00"
        ),
    ),
    "a text where hosts are due": (
        {"owners": OWNER.replace('["*"]', '"*"')},
        "owners.toml:3: owner.hosts: a list is due, not the text '*'",
    ),
    "no hosts": (
        {"owners": OWNER.replace('["*"]', "[]")},
        "owners.toml:3: owner.hosts: an empty list covers nothing: at least one is due",
    ),
    "nobody who answers for an automaton": (
        {"owners": OWNER.replace("person", "automaton")},
        (
            "owners.toml:1: owner.responsible: this key is missing: who answers for "
            "this "
            "automaton?"
        ),
    ),
    "a key that is no fingerprint": (
        {"owners": OWNER + 'keys = ["AAAA"]\n'},
        (
            "owners.toml:6: owner.keys: 'AAAA' is no fingerprint: SHA256: and 43 "
            "characters, as 'ssh-keygen -lf' prints it"
        ),
    ),
    "a port that is none": (
        {"services": SERVICE + "port = 0\n"},
        "services.toml:4: service.port: 0 is no port: 1 to 65535",
    ),
    "a kind of service that is none": (
        {"services": SERVICE + 'kind = "hl-7"\n'},
        (
            "services.toml:4: service.kind: the text 'hl-7' is none of hl7, dicom, "
            "astm, "
            "hprim, ftp, sftp, web, db, exchange, admin, lis; did you mean 'hl7'?"
        ),
    ),
    "a migration of no host": (
        {"migrations": MIGRATION.replace('source_host = "old"\n', "")},
        (
            "migrations.toml:1: migration.source_host: source_host, target_host or "
            "both "
            "must be there"
        ),
    ),
    "a migration that ends before it starts": (
        {"migrations": MIGRATION + "started_on = 2026-03-02\nended_on = 2026-03-01\n"},
        (
            "migrations.toml:7: migration.ended_on: 2026-03-01 lies before started_on, "
            "2026-03-02"
        ),
    ),
    "a relative work path": (
        {"migrations": MIGRATION + 'work_paths = ["/a", "b"]\n'},
        (
            "migrations.toml:6: migration.work_paths: 'b' is not absolute: a path on "
            "the "
            "host from /"
        ),
    ),
    "the same migration twice": (
        {"migrations": MIGRATION + MIGRATION},
        "migrations.toml:6: migration.id: 'm' is the id of the one in line 1 too",
    ),
    "a mistake in a data set": (
        {"migrations": MIGRATION + "[[migration.dataset]]\nname = 3\n"},
        (
            "migrations.toml:7: migration.dataset.name: a text in quotes is due, not "
            "the "
            "number 3"
        ),
    ),
    "a mistake in the record": (
        {"migrations": MIGRATION + "[migration.record]\ncounts_source = -1\n"},
        "migrations.toml:7: migration.record.counts_source: -1 is too small: 0 or more",
    ),
    "a digest of nothing": (
        {"migrations": MIGRATION + f'sha256 = "{"a" * 64}"\n'},
        "migrations.toml:6: migration.sha256: a digest of what? document is missing",
    ),
    "a digest that is none": (
        {"attestations": ATTESTATION + 'document = "d"\nsha256 = "abc"\n'},
        "attestations.toml:9: attestation.sha256: a SHA-256 has 64 hexadecimal digits",
    ),
    "an unsigned attestation": (
        {"attestations": ATTESTATION.replace('signed_by = "A"\n', "")},
        "attestations.toml:1: attestation.signed_by: this key is missing",
    ),
    "an attestation about something else": (
        {"attestations": ATTESTATION.replace('"siem"', '"alert-path"')},
        (
            "attestations.toml:2: attestation.subject: the text 'alert-path' is none "
            "of "
            "migration-procedure, escalation-procedure, alert-path-test, "
            "patch-procedure, "
            "storage-encryption, network-filter, disposal, log-retention, siem; did "
            "you "
            "mean 'alert-path-test'?"
        ),
    ),
    "an answer that is no yes or no": (
        {"attestations": ATTESTATION + 'answers = { delivered = "yes" }\n'},
        (
            "attestations.toml:8: attestation.answers.delivered: true or false is due, "
            "not "
            "the text 'yes'"
        ),
    ),
    "a waiver of no finding": (
        {"waivers": WAIVER.replace('subjects = ["service:sshd"]\n', "")},
        "waivers.toml:1: waiver.subjects: this key is missing",
    ),
    "a waiver of no check": (
        {"waivers": WAIVER.replace("SSH-004", "ssh4")},
        "waivers.toml:2: waiver.check: 'ssh4' is no id of a check such as ACC-001",
    ),
    "a waiver of more than twelve months": (
        {"waivers": WAIVER.replace("until = 2027-02-28", "until = 2027-03-01")},
        "waivers.toml:9: waiver.until: a waiver lasts 12 months at most: 2027-02-28",
    ),
    "a waiver that ends before it starts": (
        {"waivers": WAIVER.replace("until = 2027-02-28", "until = 2026-02-27")},
        "waivers.toml:9: waiver.until: 2026-02-27 lies before accepted_on, 2026-02-28",
    ),
    "a waived value that is a table": (
        {"waivers": WAIVER + "values = { a = { b = 1 } }\n"},
        (
            "waivers.toml:10: waiver.values.a: a text, a number or a list is due, not "
            "a "
            "table"
        ),
    ),
    "no TOML": (
        {"services": "[[service]\n"},
        (
            "services.toml:1: this is not TOML: expected ']]' at the end of an array "
            "declaration"
        ),
    ),
}


@pytest.mark.parametrize(("files", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    assert [expected] == wrong(tmp_path, **files)


def test_mistakes_of_all_manifests_come_out_in_one_go(tmp_path: Path) -> None:
    problems = wrong(
        tmp_path,
        migrations=MIGRATION + "x = 1\n",
        owners=OWNER + "x = 1\n" + OWNER + "y = 1\n",
        services="[[service]]\n",
        attestations=ATTESTATION + "valid_til = 1\n",
        waivers=WAIVER + "z = 1\n",
    )

    assert [
        "migrations.toml:6",
        "owners.toml:6",
        "owners.toml:12",
        "services.toml:1",
        "services.toml:1",
        "attestations.toml:8",
        "waivers.toml:10",
    ] == [problem.split(": ")[0] for problem in problems]


def test_a_draft_is_not_judged(tmp_path: Path) -> None:
    assert not read(tmp_path, owners="draft = true\n[[owner]]\n").owners.exists


def test_a_manifest_that_says_it_is_no_draft_is_read(tmp_path: Path) -> None:
    assert [
        "owners.toml:1: draft: write true, or take this line out: this manifest counts"
    ] == wrong(tmp_path, owners="draft = false\n")


def test_the_manifests_of_a_host_hold_what_concerns_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        migrations=MIGRATION,
        owners=OWNER.replace("*", "lis-*") + OWNER.replace("*", "old"),
        services=SERVICE,
        attestations=ATTESTATION,
        waivers=WAIVER,
    )
    old, lis, lis_35 = (found.for_host(name) for name in ("OLD", "lis", "LIS-35"))

    assert ["m"] == [entry.id for entry in old.migrations.entries]
    assert [("old",)] == [entry.hosts for entry in old.owners.entries]
    assert ["results"] == [entry.name for entry in lis.services.entries]
    assert ["SSH-004"] == [entry.check for entry in lis.waivers.entries]
    assert ["siem"] == [entry.subject for entry in lis_35.attestations.entries]


def test_a_manifest_without_an_entry_for_a_host_is_still_there(tmp_path: Path) -> None:
    cut = read(tmp_path, waivers=WAIVER).for_host("other")

    assert ("waivers.toml", ()) == (cut.waivers.file, cut.waivers.entries)
