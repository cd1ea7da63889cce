"""PatientData: which files are read, in what order, and what is not."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from auditor.facts.patient_data import PatientData
from auditor.model.host import Host, Limits
from auditor.model.manifests import Manifest, Manifests, Migration
from auditor.model.sources import Status
from tests.cases import AT, profile
from tests.facts.patient_files import MESSAGE, NUMBERS, data, every_awk, looking, states
from tests.facts.running import answers, asking, every_shell, other_tools, tools_of

NOBODY = 65534
HOSTILE = ["a\nb", "\x1b[31m", "'q\"", "-rf ", "é*?[", "\\x41", "$(id)", "`id`"]


@every_awk()
def test_a_hostile_name_arrives_whole(tmp_path: Path, awk: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    raw = NUMBERS[0].encode()
    for name in HOSTILE:
        (folder / name).write_bytes(raw)
        (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
    (tmp_path / "bin").mkdir()
    found = data(folder, tools=other_tools(tmp_path / "bin", awk))
    assert found.status is Status.OK
    names = {file.path.removeprefix(f"{folder}/") for file in found.files}
    assert names == {*HOSTILE, *(f"{name}.gz" for name in HOSTILE)}


def test_pipes_sparse_files_and_loops_do_not_hold_the_search(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "aa.hl7", 0o644)
    with (tmp_path / "ab.hl7").open("wb") as sparse:
        sparse.truncate(60 << 30)
    (tmp_path / "ac").symlink_to(".")
    (tmp_path / "ad").symlink_to("/proc/self/root")
    (tmp_path / "zz.hl7").write_text(MESSAGE)
    found = data(tmp_path)
    assert found.status is Status.OK
    assert [(file.path, file.messages) for file in found.files] == [
        (f"{tmp_path}/zz.hl7", 1)
    ]


@every_shell()
def test_others_read_a_file_through_open_folders_only(shell: str, public: Path) -> None:
    for folder, mode in (("open", 0o755), ("shut", 0o750)):
        (public / folder).mkdir(mode=mode)
        for name, bits in (("a", 0o644), ("b", 0o640)):
            (public / folder / name).write_text(NUMBERS[0])
            (public / folder / name).chmod(bits)
    files = {
        f.path.removeprefix(f"{public}/"): f.open for f in data(public, shell).files
    }
    assert files == {"open/a": True, "open/b": False, "shut/a": False, "shut/b": False}


@every_shell()
@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_what_we_may_not_read_is_denied_by_name(shell: str, public: Path) -> None:
    (public / "shut").mkdir(mode=0o700)
    (public / "secret").write_text(NUMBERS[0])
    (public / "secret").chmod(0o600)
    (public / "secret.gz").write_bytes(gzip.compress(b"x"))
    (public / "secret.gz").chmod(0o600)
    tools = tools_of(shell)
    body = answers(shell, looking(public), user=NOBODY, tools=tools)["PatientData"]
    denied = {name for name, status in states(body) if status is Status.DENIED}
    assert denied == {f"{public}/shut", f"{public}/secret", f"{public}/secret.gz"}


def test_a_file_below_two_folders_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text(NUMBERS[0])
    fact = looking(tmp_path / "in", tmp_path, tmp_path / "in" / ".")
    found = PatientData.parse(answers("sh", fact)["PatientData"])
    assert [file.path for file in found.files] == [f"{tmp_path}/in/a"]
    assert [s.name for s in found.sources if s.status is Status.OK] == [
        f"{tmp_path}/in",
        f"{tmp_path}",
    ]


def test_a_folder_that_is_a_link_is_walked_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_text(NUMBERS[0])
    (tmp_path / "link").symlink_to("real")
    found = data(tmp_path / "link")
    assert [file.path for file in found.files] == [f"{tmp_path}/real/a"]


def test_served_folders_come_before_the_others(tmp_path: Path) -> None:
    for name in ("data", "web"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("x" * 3000)
    limits = ("30", "2000", "200000")
    fact = looking(tmp_path / "data", served=(tmp_path / "web",), limits=limits)
    body = answers("sh", fact)["PatientData"]
    assert states(body) == [
        (f"{tmp_path}/web", Status.OK),
        (f"{tmp_path}/data", Status.TRUNCATED),
    ]


def test_more_files_than_the_limit_are_truncated(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).write_text(NUMBERS[number])
    body = answers("sh", looking(tmp_path, limits=("30", "99999", "3")))["PatientData"]
    assert states(body) == [(str(tmp_path), Status.TRUNCATED)]
    assert len(PatientData.parse(body).files) == 3


def test_a_folder_for_which_no_time_is_left_is_timed_out(tmp_path: Path) -> None:
    fact = looking(tmp_path, limits=("0", "99999", "3"))
    body = answers("sh", fact)["PatientData"]
    assert states(body) == [(str(tmp_path), Status.TIMED_OUT)]


def test_a_mount_that_is_not_walked_is_truncated(tmp_path: Path) -> None:
    (tmp_path / "nas" / "lis").mkdir(parents=True)
    (tmp_path / "nas" / "lis" / "a").write_text(NUMBERS[0])
    line = f"away\\t41\\t27\\t0:41\\t/\\t{tmp_path}/nas\\tnfs\\tnas:/x\\trw\\trw"
    mounts = asking(
        "head_line ok file /proc/self/mountinfo 0\n"
        "printf ' 1\\twalk\\t27\\t1\\t8:0\\t/\\t/\\text4\\t/dev/a\\trw\\trw\\n'\n"
        f"printf ' 2\\t{line}\\n'",
        name="Mounts",
    )
    fact = looking(tmp_path / "nas" / "lis", tmp_path, mounts=mounts)
    body = answers("sh", fact)["PatientData"]
    assert PatientData.parse(body).files == ()
    assert states(body) == [
        (f"{tmp_path}/nas/lis", Status.TRUNCATED),
        (str(tmp_path), Status.OK),
        (f"{tmp_path}/nas", Status.TRUNCATED),
    ]


def test_a_folder_that_does_not_exist_is_absent(tmp_path: Path) -> None:
    body = answers("sh", looking(tmp_path / "no"))["PatientData"]
    assert states(body) == [(f"{tmp_path}/no", Status.ABSENT)]


def test_work_paths_and_data_folders_come_before_the_data_roots() -> None:
    migration = Migration(
        id="m",
        signed_by="x",
        signed_on=AT.date(),
        source_host="here",
        work_paths=("/srv/migration/lab",),
    )
    manifests = Manifests(migrations=Manifest("migrations.toml", (migration,)))
    host = Host(
        name="here",
        address="127.0.0.1",
        data_dirs=("/srv/mega", "/tmp"),
        limits=Limits(scan_budget=40, scan_bytes=1000),
    )
    words = PatientData.parameters(host, manifests, profile())
    assert words[:7] == (
        "20",
        "1000",
        "200000",
        "/srv/migration/lab",
        "/srv/mega",
        "/tmp",
        "/srv",
    )
    assert words.count("/tmp") == 1
