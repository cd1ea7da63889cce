"""FileTree: what the one search over a host's files emits."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.facts.file_tree import Entry, FileTree
from auditor.model.host import Limits
from auditor.model.manifests import Dataset, Manifest, Manifests, Migration
from auditor.model.sources import Read, Source, Status
from tests.cases import AT, profile
from tests.facts.running import every_shell
from tests.facts.trees import HOST, answered, found, searching, tree

MIB = 1 << 20
KEY = Entry(
    path="/etc/lab.key",
    type="f",
    mode=0o644,
    uid=0,
    gid=0,
    size=1,
    mtime=0,
    why="s",
    magic="",
    key="plain",
    barrier="",
    group_barrier="",
    read=Read("", Source("FileTree", "entry", "/etc/lab.key", Status.OK), None, ()),
)


@every_shell()
def test_a_file_is_emitted_by_name_with_its_mode_owner_size_and_time(
    shell: str, tmp_path: Path
) -> None:
    file = tmp_path / "Export.CSV"
    file.write_text("a;b\n")
    file.chmod(0o640)
    os.utime(file, (1, 1_600_000_000))
    entry = found(shell, tmp_path)["Export.CSV"]
    assert (entry.type, entry.mode, entry.size, entry.mtime) == (
        "f",
        0o640,
        4,
        1_600_000_000,
    )
    assert (entry.uid, entry.gid) == (os.getuid(), os.getgid())
    assert entry.read.source.kind == "entry"
    assert entry.read.source.name == str(file)


@every_shell()
def test_other_names_are_left_out(shell: str, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_text("x")
    assert found(shell, tmp_path) == {}


@every_shell()
def test_a_pattern_with_a_slash_is_the_end_of_the_path(
    shell: str, tmp_path: Path
) -> None:
    for folder in (".git", "git"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "config").write_text("x")
    assert list(found(shell, tmp_path)) == [".git/config"]


@every_shell()
@pytest.mark.parametrize(
    "name",
    ["a\nb.sql", "\x1b[31m.sql", "'quoted\".sql", "-rf .sql", "é*?[.sql", "\\x41.sql"],
)
def test_a_hostile_name_arrives_whole(shell: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert list(found(shell, tmp_path)) == [name]


@every_shell()
def test_a_number_in_a_name_stays_on_the_host(shell: str, tmp_path: Path) -> None:
    names = ["287127590012349.csv", "nir_2 87 12 75 900 123.csv", "20200914083000.csv"]
    for name in names:
        (tmp_path / name).write_text("x")
    assert sorted(found(shell, tmp_path)) == [
        "20200914083000.csv",
        "_.csv",
        "nir__.csv",
    ]


@every_shell()
def test_set_id_files_and_what_all_may_write_are_emitted_whatever_their_name(
    shell: str, tmp_path: Path
) -> None:
    for name, mode in {
        "suid": 0o4755,
        "sgid": 0o2755,
        "open": 0o666,
        "plain": 0o644,
    }.items():
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop").chmod(0o1777)
    (tmp_path / "link").symlink_to("open")
    entries = found(shell, tmp_path)
    assert {(name, entry.type, entry.mode) for name, entry in entries.items()} == {
        ("suid", "f", 0o4755),
        ("sgid", "f", 0o2755),
        ("open", "f", 0o666),
        ("drop", "d", 0o1777),
    }


@every_shell()
@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_an_owner_that_no_account_has_is_told(shell: str, tmp_path: Path) -> None:
    for name, owner, group in (("gone", 54321, 0), ("group", 0, 54321), ("ours", 0, 0)):
        (tmp_path / name).write_text("x")
        os.chown(tmp_path / name, owner, group)
    entries = found(shell, tmp_path)
    assert {name: entry.why for name, entry in entries.items()} == {
        "gone": "u",
        "group": "u",
    }


@every_shell()
def test_others_reach_a_key_only_through_open_folders(shell: str, public: Path) -> None:
    for folder, mode in (("open", 0o755), ("shut", 0o750)):
        (public / folder / "in").mkdir(parents=True)
        for name, bits in (("a.key", 0o644), ("b.key", 0o640)):
            file = public / folder / "in" / name
            file.write_text("-----BEGIN PRIVATE KEY-----\n")
            file.chmod(bits)
        (public / folder).chmod(mode)
    entries = found(shell, public)
    assert {name: entry.open for name, entry in entries.items()} == {
        "open/in/a.key": True,
        "open/in/b.key": False,
        "shut/in/a.key": False,
        "shut/in/b.key": False,
    }
    assert entries["shut/in/a.key"].barrier == f"{public}/shut"


@every_shell()
@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_a_group_reaches_a_key_through_folders_that_let_it_in(
    shell: str, public: Path
) -> None:
    for name, mode, group in (
        ("own", 0o710, 7),
        ("other", 0o710, 8),
        ("all", 0o701, 7),
    ):
        (public / name).mkdir()
        key = public / name / "a.key"
        key.write_text("-----BEGIN PRIVATE KEY-----\n")
        key.chmod(0o640)
        os.chown(key, 0, 7)
        os.chown(public / name, 0, group)
        (public / name).chmod(mode)
    entries = found(shell, public)
    assert {name: entry.open_to_group for name, entry in entries.items()} == {
        "own/a.key": True,
        "other/a.key": False,
        "all/a.key": False,
    }


def test_a_server_is_inside_the_folder_that_it_serves() -> None:
    entry = replace(KEY, path="/srv/ftp/in/a.sql", barrier="/srv/ftp")
    assert not entry.open
    assert not entry.open_below("/srv")
    assert entry.open_below("/srv/ftp")
    assert entry.open_below("/srv/ftp/in")
    assert not replace(entry, barrier=None).open_below("/srv/ftp")


@every_shell()
def test_the_first_bytes_say_what_a_dump_is(shell: str, tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    database = sqlite3.connect(folder / "a.bak")
    database.execute("CREATE TABLE t (x)")
    database.close()
    filler = b"x" * 2000
    for name, start in {
        "a.sql": b"-- MariaDB dump 10.19  Distrib 10.11\n",
        "b.sql": b"-- MySQL dump 10.13\n",
        "c.sql": b"--\n-- PostgreSQL database dump\n--\n",
        "a.sql.gz": b"\x1f\x8b\x08\0",
        "a.dump": b"PGDMP\x01\x0e\0",
        "a.zip": b"PK\x03\x04\x14\0\0\0\x08",
        "b.zip": b"PK\x03\x04\x14\0\x01\0\x08",
        "a.hl7": b"\x0bMSH|^~\\&|A\rPID|1\r",
        "a.csv": b"name;value\n",
        "a.old": b"\x00\x01\x02",
        "b.bak": b"age-encryption.org/v1\n",
        "c.bak": b"Salted__\0\1",
        "d.bak": b"\x85\x01\x0c\x03\x11",
        "a.tar": b"x\0" + b"\0" * 255 + b"ustar\x0000",
    }.items():
        (folder / name).write_bytes(start + filler)
    entries = found(shell, tmp_path, served=folder)
    magic = {name.removeprefix("web/"): entry.magic for name, entry in entries.items()}
    assert magic == {
        "a.bak": "sqlite",
        "a.sql": "sql",
        "b.sql": "sql",
        "c.sql": "sql",
        "a.sql.gz": "gzip",
        "a.dump": "pgdump",
        "a.zip": "zip",
        "b.zip": "zip_encrypted",
        "a.hl7": "hl7",
        "a.csv": "text",
        "a.old": "data",
        "b.bak": "age",
        "c.bak": "openssl",
        "d.bak": "openpgp",
        "a.tar": "tar",
    }


@every_shell()
def test_only_large_files_are_looked_into_outside_served_folders(
    shell: str, tmp_path: Path
) -> None:
    (tmp_path / "small.sql").write_bytes(b"-- MySQL dump\n" + b" " * 2000)
    (tmp_path / "large.sql").write_bytes(b"-- MySQL dump\n" + b" " * MIB)
    entries = found(shell, tmp_path)
    assert (entries["small.sql"].magic, entries["large.sql"].magic) == ("", "sql")


@every_shell()
def test_whether_a_key_is_private_and_encrypted_is_told_and_no_more(
    shell: str, tmp_path: Path
) -> None:
    canary = "q83vEjRWeJCanary"
    files = {
        "plain.key": f"-----BEGIN PRIVATE KEY-----\n{canary}\n",
        "old.pem": f"text\n-----BEGIN RSA PRIVATE KEY-----\n{canary}\n",
        "shut.key": f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{canary}\n",
        "dek.key": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
        "cert.pem": f"-----BEGIN CERTIFICATE-----\n{canary}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for name, word in (("id_rsa", ""), ("id_ed25519", "secret")):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", word, "-f", tmp_path / name],
            check=True,
        )
    body = answered(shell, searching(tmp_path))
    keys = {
        entry.path.rpartition("/")[2]: entry.key
        for entry in FileTree.parse(body).entries
    }
    assert keys == {
        "plain.key": "plain",
        "old.pem": "plain",
        "shut.key": "encrypted",
        "dek.key": "encrypted",
        "cert.pem": "none",
        "id_rsa": "plain",
        "id_ed25519": "encrypted",
    }
    assert canary not in repr(body)


@every_shell()
def test_links_below_a_served_folder_tell_where_they_lead(
    shell: str, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "web" / "doc").symlink_to("../data")
    (tmp_path / "web" / "loop").symlink_to("loop")
    (tmp_path / "other").symlink_to("data")
    links = tree(shell, tmp_path, served=tmp_path / "web").links
    assert [(link.path, link.target) for link in links] == [
        (f"{tmp_path}/web/doc", f"{tmp_path}/data")
    ]


def test_the_patterns_of_manifests_are_searched_too() -> None:
    migration = Migration(
        id="m",
        signed_by="x",
        signed_on=AT.date(),
        dataset=(Dataset("results", patterns=("res_*.hl7", "*.sql")),),
    )
    manifests = Manifests(migrations=Manifest("migrations.toml", (migration,)))
    host = replace(HOST, limits=Limits(scan_budget=30))
    words = FileTree.parameters(host, manifests, profile())
    assert words[:2] == ("15", "200000")
    assert int(words[2]) == len(profile().patterns["secret_globs"])
    assert words[3] == ".env"
    assert "res_*.hl7" in words
    assert words.count("*.sql") == 1
