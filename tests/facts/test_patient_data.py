"""PatientData: what counts as a NIR or an HL7 message, and that only counts leave."""

from __future__ import annotations

import gzip
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from msgspec.structs import replace

from auditor.facts.mounts import Mounts
from auditor.facts.patient_data import PatientData, PatientFile
from auditor.facts.served import ServedFolders
from auditor.model.facts import Fact
from auditor.model.host import Host, Limits
from auditor.model.manifests import Manifest, Manifests, Migration
from auditor.model.sources import Body, Read, Source, Status
from tests.cases import AT, profile
from tests.facts.running import answers, asking, every_shell, other_tools, tools_of
from tests.lab.records import SYNTHETIC, csv_of_results, hl7_of_results, patients

NOBODY = 65534
LIMITS = ("30", str(2 << 30), "200000")
MESSAGE = (
    "MSH|^~\\&|ANALYSE|LABO|SIL|LABO|20260102030405||ORU^R01|1|P|2.3\r"
    "PID|1||900001^^^LABO||ESSAI^ZELIE||19700101|F\r"
    "OBX|1|NM|GLU||5.1|mmol/L\r"
)
# Of right form and key, of a place that the register of codes never gave.
NUMBERS = tuple(patient.nir for patient in patients(5))


def every_awk() -> pytest.MarkDecorator:
    """Run a test with each awk; one that is not installed is skipped by name."""
    return pytest.mark.parametrize("awk", ["mawk", "gawk", "busybox"])


def looking(
    *folders: Path | str,
    served: tuple[Path, ...] = (),
    limits: tuple[str, ...] = LIMITS,
    mounts: type[Fact] = Mounts,
) -> type[Fact]:
    """PatientData over folders of the test."""
    words = [word for path in served for word in ("web", str(path))]
    root = asking(ServedFolders.fragment, *words, name="ServedFolders")
    root.after = ServedFolders.after
    fact = asking(PatientData.fragment, *limits, *map(str, folders), name="PatientData")
    fact.after = (mounts, root)
    return fact


def data(folder: Path, shell: str = "sh", tools: Path | None = None) -> PatientData:
    """What is found below one folder."""
    body = answers(shell, looking(folder), tools=tools or tools_of(shell))
    return PatientData.parse(body["PatientData"])


def counted(tmp_path: Path, content: str | bytes, awk: str = "system") -> PatientFile:
    """The counts of one file of that content, which has something to count."""
    folder = tmp_path / "data"
    folder.mkdir()
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / "file").write_bytes(raw)
    (tmp_path / "bin").mkdir()
    found = data(folder, tools=other_tools(tmp_path / "bin", awk))
    assert found.status is Status.OK
    return found.files[0]


def each_counted(
    tmp_path: Path, awk: str, texts: Iterable[str | bytes]
) -> dict[str | bytes, PatientFile]:
    """The counts of each text, in a file of its own beside one real number."""
    folder = tmp_path / "data"
    folder.mkdir()
    written = dict(enumerate(texts))
    for name, text in written.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (folder / str(name)).write_bytes(NUMBERS[0].encode() + b"\n" + raw + b"\n")
    (tmp_path / "bin").mkdir()
    found = data(folder, tools=other_tools(tmp_path / "bin", awk))
    assert found.status is Status.OK
    return {written[int(file.path.rpartition("/")[2])]: file for file in found.files}


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody reaches, as pytest's own are not."""
    with TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


STRICT, CANDIDATE, NEITHER = (1, 1), (1, 0), (0, 0)


VECTORS: dict[str | bytes, tuple[int, int]] = {
    "287127590012349": STRICT,
    "176031290004542": STRICT,
    "176032A90004547": STRICT,
    "284072B90100792": STRICT,
    "284072b90100792": STRICT,
    "2 87 12 75 900 123 49": STRICT,
    "2.87.12.75.900.123.49": STRICT,
    "2-87-12-75-900-123-49": STRICT,
    "2\u00a087\u00a012\u00a075\u00a0900\u00a0123\u00a049": STRICT,
    "2 87 12 75 900 123 49".replace(" ", "\u00a0").encode("latin-1"): STRICT,
    "284072B90100738": CANDIDATE,
    "287127590012348": CANDIDATE,
    "176031290004500": CANDIDATE,
    "176131290004508": CANDIDATE,
    "176031290000087": CANDIDATE,
    "576031290004536": CANDIDATE,
    "1287127590012349": NEITHER,
    "3.14287127590012349": NEITHER,
    "2871275900123491": NEITHER,
    "A287127590012349": NEITHER,
    "287127590012349A": NEITHER,
    "271A27590012349": NEITHER,
    "28712 7590012 349": NEITHER,
    "1 287127590012349": STRICT,
    "987654321287127590012349 287127590012349": STRICT,
}


@every_awk()
def test_each_vector_is_strict_a_candidate_or_nothing(tmp_path: Path, awk: str) -> None:
    files = each_counted(tmp_path, awk, VECTORS)
    beside = {
        text: (file.candidates - 1, file.strict - 1) for text, file in files.items()
    }
    assert beside == VECTORS


@every_awk()
def test_a_month_with_a_leading_zero_is_no_octal_number(
    tmp_path: Path, awk: str
) -> None:
    several = [number for number in NUMBERS if number[3:5] in ("08", "09")]
    assert several
    file = counted(tmp_path, "\n".join(several), awk)
    assert (file.candidates, file.strict) == (len(several), len(several))


@every_awk()
def test_the_vectors_of_tests_are_counted_apart(tmp_path: Path, awk: str) -> None:
    file = counted(tmp_path, "num_secu\n" + "\n".join(SYNTHETIC), awk)
    assert (file.strict, file.synthetic, file.distinct, file.context) == (4, 4, 0, 0)


SPOKEN = {
    "NIR: {}": 1,
    "n° sécu {}": 1,
    "Numéro de SÉCURITÉ SOCIALE {}": 1,
    "{} (carte Vitale)": 1,
    "id_nir={}": 1,
    "NIR\n{}": 1,
    "nirvana {}": 0,
    f"NIR{'.' * 60}{{}}": 0,
    "code {}": 0,
}


@every_awk()
def test_a_word_for_the_number_counts_within_forty_characters(
    tmp_path: Path, awk: str
) -> None:
    texts = {text.format(NUMBERS[1]): hits for text, hits in SPOKEN.items()}
    files = each_counted(tmp_path, awk, texts)
    assert {text: file.context for text, file in files.items()} == texts


def test_accents_are_folded_in_the_encodings_of_old_systems(tmp_path: Path) -> None:
    lines = [f"sécu {number}" for number in NUMBERS[:3]]
    raw = b"\n".join(
        line.encode(name)
        for line, name in zip(lines, ("utf-8", "latin-1", "cp850"), strict=True)
    )
    assert counted(tmp_path, raw).context == 3


@every_awk()
def test_messages_end_their_segments_with_a_carriage_return_only(
    tmp_path: Path, awk: str
) -> None:
    file = counted(tmp_path, hl7_of_results(20, 500), awk)
    assert (file.messages, file.patients, file.trials) == (500, 500, 0)
    assert (file.candidates, file.strict) == (500, 500)
    assert file.distinct == 60


FRAMINGS = {
    "one": (MESSAGE, (1, 1, 0)),
    "mllp": ("\x0b" + MESSAGE + "\x1c\r", (1, 1, 0)),
    "batch": ("FHS|^~\\&|A\rBHS|^~\\&|A\r" + MESSAGE * 2, (2, 2, 0)),
    "crlf": (MESSAGE.replace("\r", "\r\n"), (1, 1, 0)),
    "lf": (MESSAGE.replace("\r", "\n"), (1, 1, 0)),
    "trial": (MESSAGE.replace("|P|2.3", "|T|2.3"), (1, 1, 1)),
    "nobody": (MESSAGE.replace("900001^^^LABO||ESSAI^ZELIE", "^^^||^"), (1, 0, 0)),
    "ack": ("MSH|^~\\&|A\rMSA|AA|1\r", (1, 0, 0)),
}


@every_awk()
def test_segments_of_hl7_are_counted_in_every_framing(tmp_path: Path, awk: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, (text, _) in FRAMINGS.items():
        (folder / name).write_bytes(text.encode())
    (tmp_path / "bin").mkdir()
    files = data(folder, tools=other_tools(tmp_path / "bin", awk)).files
    assert {
        file.path.rpartition("/")[2]: (file.messages, file.patients, file.trials)
        for file in files
    } == {name: counts for name, (_, counts) in FRAMINGS.items()}


def test_a_manual_that_quotes_a_message_holds_none(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "manual.txt").write_text("A message looks so:\n\n" + MESSAGE)
    assert data(folder).files == ()


@every_awk()
def test_a_line_of_a_megabyte_is_counted_whole(tmp_path: Path, awk: str) -> None:
    line = ";".join(f"{number:0126}{NUMBERS[1]}" for number in range(2))
    text = ";".join(["x" * 1990, *NUMBERS] * 400)
    file = counted(tmp_path, line + ";" + text, awk)
    assert (file.candidates, file.strict) == (400 * 60, 400 * 60)


@every_awk()
def test_wide_and_packed_files_are_read(tmp_path: Path, awk: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    text = csv_of_results(1, 20)
    (folder / "wide.csv").write_bytes(text.encode("utf-16"))
    (folder / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a.csv", text)
    (tmp_path / "bin").mkdir()
    found = data(folder, tools=other_tools(tmp_path / "bin", awk))
    assert found.status is Status.OK
    strict = {file.path.rpartition("/")[2]: file.strict for file in found.files}
    assert strict == {"wide.csv": 20, "a.csv.gz": 20, "a.zip": 20}


def test_a_packed_file_without_its_tool_was_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(NUMBERS[0].encode()))
    fact = looking(tmp_path)
    fact.fragment = fact.fragment.replace("in gzip bzip2", "in bzip2")
    body = answers("sh", fact)["PatientData"]
    assert (f"{tmp_path}/a.csv.gz", Status.NO_TOOL) in states(body)


def test_a_broken_archive_has_failed(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"no gzip at all")
    body = answers("sh", looking(tmp_path))["PatientData"]
    assert (f"{tmp_path}/a.csv.gz", Status.FAILED) in states(body)


def states(body: Body) -> list[tuple[str, Status]]:
    return [(source.name, source.status) for source in body.sources]


@every_shell()
def test_no_digit_of_a_number_leaves_the_host(shell: str, tmp_path: Path) -> None:
    (tmp_path / f"{NUMBERS[0]}.csv").write_text(csv_of_results(1, 30))
    (tmp_path / "oru.hl7").write_text(hl7_of_results(1, 30))
    (tmp_path / "vectors.csv").write_text("\n".join(SYNTHETIC))
    (tmp_path / f"{NUMBERS[1][:13]}").mkdir()
    (tmp_path / f"{NUMBERS[1][:13]}" / "a.csv").write_text(csv_of_results(2, 30))
    found = answers(shell, looking(tmp_path))
    body = repr(found["PatientData"])
    assert len(PatientData.parse(found["PatientData"]).files) == 4
    assert not re.search(r"[1-8]\d{5}[\dAB]\d{6}", body)
    for patient in patients(1):
        assert patient.nir[:10] not in body
        assert patient.name not in body


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


FILE = PatientFile(
    path="/srv/a",
    barrier="",
    mode=0o644,
    uid=0,
    gid=0,
    size=1,
    mtime=0,
    bytes=1,
    candidates=10,
    strict=10,
    distinct=10,
    context=0,
    synthetic=0,
    messages=0,
    patients=0,
    trials=0,
    read=Read("", Source("PatientData", "entry", "/srv/a", Status.OK), None, ()),
)


@pytest.mark.parametrize(
    ("counts", "amount"),
    [
        ({}, "many"),
        ({"candidates": 20}, "many"),
        ({"candidates": 21}, "none"),
        ({"distinct": 4}, "few"),
        ({"distinct": 1, "candidates": 300, "context": 1}, "many"),
        ({"distinct": 0, "synthetic": 4}, "test"),
        ({"distinct": 0, "strict": 0}, "none"),
    ],
)
def test_what_numbers_amount_to(counts: dict[str, Any], amount: str) -> None:
    assert replace(FILE, **counts).numbers(profile()) == amount


@pytest.mark.parametrize(
    ("messages", "patients", "trials", "real"),
    [(3, 3, 0, 3), (3, 3, 3, 0), (3, 0, 0, 0), (3, 3, 1, 3)],
)
def test_messages_of_trials_or_of_nobody_are_none(
    messages: int, patients: int, trials: int, real: int
) -> None:
    file = replace(FILE, messages=messages, patients=patients, trials=trials)
    assert file.real_messages == real
