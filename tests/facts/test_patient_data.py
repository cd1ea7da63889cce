"""PatientData: what counts as a NIR or an HL7 message, and that only counts leave."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from auditor.facts.patient_data import PatientData, PatientFile
from auditor.model.sources import Read, Source, Status
from tests.cases import profile
from tests.facts.patient_files import MESSAGE, NUMBERS, data, every_awk, looking, states
from tests.facts.running import answers, every_shell, other_tools
from tests.lab.records import SYNTHETIC, csv_of_results, hl7_of_results, patients


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
