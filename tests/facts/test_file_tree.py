"""FileTree: what the one search over a host's files emits, and what it can't see."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace

from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.mounts import Mounts
from auditor.facts.served import ServedFolders
from auditor.model.facts import Fact
from auditor.model.host import Host, Limits
from auditor.model.manifests import Dataset, Manifest, Manifests, Migration
from auditor.model.sources import Body, Read, Source, Status, parse_body
from tests.cases import AT, profile
from tests.facts.running import answers, asking, every_shell, tools_of

HOST = Host(name="here", address="127.0.0.1")
MIB = 1 << 20
NOBODY = 65534
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


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody reaches, as pytest's own are not."""
    with TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def searching(root: Path, *words: str, served: Path | None = None) -> type[Fact]:
    """FileTree as it is, over a folder of the test instead of the whole host."""
    fragment = FileTree.fragment.replace('"$words" /\n', f'"$words" {root}\n')
    assert fragment != FileTree.fragment
    asked = words or FileTree.parameters(HOST, Manifests(), profile())
    folders = asking(
        ServedFolders.fragment,
        *(("web", str(served)) if served else ()),
        name="ServedFolders",
    )
    folders.after = ServedFolders.after
    tree = asking(fragment, *asked, name="FileTree")
    tree.after = (Mounts, folders)
    return tree


def answered(shell: str, fact: type[Fact], user: int | None = None) -> Body:
    return answers(shell, fact, user=user, tools=tools_of(shell))["FileTree"]


def tree(shell: str, root: Path, served: Path | None = None) -> FileTree:
    return FileTree.parse(answered(shell, searching(root, served=served)))


def found(shell: str, root: Path, served: Path | None = None) -> dict[str, Entry]:
    """The entries by their path below the folder of the test."""
    entries = tree(shell, root, served).entries
    return {entry.path.removeprefix(f"{root}/"): entry for entry in entries}


def tree_with(shell: str, here: str, instead: str) -> FileTree:
    """The whole search with one second, and something else in its text."""
    assert here in FileTree.fragment
    fragment = FileTree.fragment.replace(here, instead)
    changed = asking(fragment, "1", "3", "0", name="FileTree")
    changed.after = FileTree.after
    return FileTree.parse(answered(shell, changed))


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
@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_each_folder_that_we_cannot_enter_is_a_source_of_its_own(
    shell: str, public: Path
) -> None:
    for number in range(23):
        (public / f"shut{number:02}").mkdir(mode=0o700)
    body = answered(shell, searching(public), user=NOBODY)
    denied = [s.name for s in body.sources if s.status is Status.DENIED]
    assert len(denied) == 21
    assert denied[-1] == "and 3 more"
    assert all(name.startswith(f"{public}/shut") for name in denied[:-1])
    assert FileTree.parse(body).status is Status.DENIED


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


@every_shell()
def test_pipes_sparse_files_and_loops_do_not_hold_the_search(
    shell: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "aa.sql", 0o644)
    with (tmp_path / "ab.sql").open("wb") as sparse:
        sparse.truncate(60 << 30)
    (tmp_path / "ac").symlink_to(".")
    (tmp_path / "ad").symlink_to("/proc/self/root")
    (tmp_path / "zz.sql").write_text("-- MySQL dump\n")
    result = tree(shell, tmp_path)
    assert result.status is Status.OK
    names = [entry.path.rpartition("/")[2] for entry in result.entries]
    assert sorted(names) == ["ab.sql", "zz.sql"]


@every_shell()
def test_a_mount_that_is_not_walked_is_truncated(shell: str, tmp_path: Path) -> None:
    (tmp_path / "nas de labo").mkdir()
    (tmp_path / "nas de labo" / "a.sql").write_text("x")
    (tmp_path / "b.sql").write_text("x")
    away = f"{tmp_path}/nas de labo"
    mounts = asking(
        "head_line ok file /proc/self/mountinfo 0\n"
        "printf ' 1\\twalk\\t27\\t1\\t8:0\\t/\\t/\\text4\\t/dev/a\\trw\\trw\\n'\n"
        f"printf ' 2\\taway\\t41\\t27\\t0:41\\t/\\t{away}\\tnfs\\tnas:/x\\trw\\trw\\n'",
        name="Mounts",
    )
    fact = searching(tmp_path)
    fact.after = (mounts, fact.after[1])
    result = FileTree.parse(answered(shell, fact))
    assert [entry.path for entry in result.entries] == [f"{tmp_path}/b.sql"]
    assert [(s.name, s.status, s.rc) for s in result.sources[1:]] == [
        (away, Status.TRUNCATED, "nfs")
    ]


@every_shell()
def test_more_entries_than_the_limit_are_truncated(shell: str, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.sql").write_text("x")
    body = answered(shell, searching(tmp_path, "30", "3", "0", "*.sql"))
    result = FileTree.parse(body)
    assert (result.status, len(result.entries)) == (Status.TRUNCATED, 3)


@every_shell()
def test_a_search_without_time_is_timed_out(shell: str) -> None:
    result = tree_with(shell, 'set -- find "$@"', "set -- sleep 9")
    assert result.status is Status.TIMED_OUT


@every_shell()
def test_a_find_that_lacks_a_test_has_failed(shell: str) -> None:
    result = tree_with(shell, "-perm -4000", "-no-such-test")
    assert result.status is Status.FAILED


@every_shell()
def test_a_host_without_stat_has_no_tool(shell: str) -> None:
    result = tree_with(shell, "find stat;", "find no-such-stat;")
    assert result.status is Status.NO_TOOL


def test_the_sources_that_could_hide_something_in_a_folder() -> None:
    names = ["/", "/srv/mega", "/srv/mega/public/x", "/home/a", "and 7 more"]
    body = "".join(f"denied\tsearch\t{name}\t-\n" for name in names)
    result = FileTree.parse(parse_body("FileTree", body))
    over = [source.name for source in result.over(["/srv/mega/public"])]
    assert over == ["/", "/srv/mega", "/srv/mega/public/x", "and 7 more"]


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
