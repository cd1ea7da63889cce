"""`auditor waivers` and `auditor attest` as a user runs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer

from auditor.cli import entries
from tests.cli.running import auditor, complaint, inventory, snapshot

TODAY = datetime.now(UTC).date()
SOON, LATER = TODAY + timedelta(days=12), TODAY + timedelta(days=200)
ENTRY = """\
[[waiver]]
check = "{check}"
hosts = ["{hosts}"]
subjects = ["{subjects}"]
reason = "ordered"
owner = "G. Exemple"
accepted_by = "F. Exemple"
accepted_on = {first}
until = {last}
"""
GIVEN = {
    "--check": "ENC-002",
    "--hosts": "lis-35",
    "--subjects": "swap:/dev/sda2",
    "--reason": "no reboot before March",
    "--owner": "G. Exemple",
    "--accepted-by": "F. Exemple",
    "--until": LATER.isoformat(),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Commands run where inventory.toml lies."""
    inventory(tmp_path)
    monkeypatch.chdir(tmp_path)
    return iter([tmp_path])


def waiver(
    check: str = "ENC-002",
    hosts: str = "lis-35",
    subjects: str = "swap:/dev/sda2",
    first: date = TODAY,
    last: date = LATER,
) -> str:
    return ENTRY.format(
        check=check, hosts=hosts, subjects=subjects, first=first, last=last
    )


def written(text: str, name: str = "waivers") -> None:
    Path(f"{name}.toml").write_text(text)


def options(**changed: str | None) -> list[str]:
    given = GIVEN | {f"--{key.replace('_', '-')}": v for key, v in changed.items()}
    return [word for k, v in given.items() if v is not None for word in (k, v)]


def run_file(tmp_path: Path) -> Path:
    """A run of the recorded host, with what a manifest beside it says."""
    taken = snapshot(tmp_path)
    done = auditor("evaluate", taken, "-i", "inventory.toml", "-f", "json:run.json")
    assert done.returncode in (0, 1, 3), done.stderr
    return tmp_path / "run.json"


def open_finding(run: Path) -> dict[str, str]:
    found = json.loads(run.read_text())["findings"]
    one = next(f for f in found if f["verdict"] == "FAIL" and f["subject"]["name"])
    kind, name = one["subject"]["kind"], one["subject"]["name"]
    return {"check": one["check"], "subjects": f"{kind}:{name}"}


def test_list_says_what_each_waiver_is_today() -> None:
    past = TODAY - timedelta(days=40)
    written(
        waiver()
        + waiver(last=SOON)
        + waiver(first=past, last=TODAY - timedelta(days=1))
        + waiver(first=TODAY + timedelta(days=1))
    )
    done = auditor("waivers", "list")

    assert [
        f"valid until {LATER}",
        f"ends in 12 days ({SOON})",
        f"expired on {TODAY - timedelta(days=1)}",
        f"not yet, from {TODAY + timedelta(days=1)}",
    ] == [line.split("  ")[2] for line in done.stdout.splitlines()]
    assert "waivers.toml:1  ENC-002" in done.stdout
    assert "accepted by F. Exemple" in done.stdout


def test_list_judges_as_of_a_day() -> None:
    written(waiver(last=SOON))
    done = auditor("waivers", "list", "--as-of", (SOON).isoformat())

    assert f"ends today ({SOON})" in done.stdout


def test_lint_without_doubts_is_0(tmp_path: Path) -> None:
    run = run_file(tmp_path)
    named = open_finding(run)
    written(waiver(named["check"], subjects=named["subjects"]))
    done = auditor("waivers", "lint", "--run", run)

    assert 0 == done.returncode, done.stderr
    assert f"  lis-35  {named['subjects']} FAIL" in done.stdout
    assert "perhaps" not in done.stderr


def test_lint_says_what_looks_like_a_slip(tmp_path: Path) -> None:
    run = run_file(tmp_path)
    written(
        waiver(check="ENC-902", hosts="lsi-35", subjects="*")
        + waiver(first=TODAY - timedelta(days=9), last=TODAY - timedelta(days=1))
        + waiver(check="ACC-001", subjects="nothing")
    )
    done = auditor("waivers", "lint", "--run", run)

    assert 1 == done.returncode
    for said in (
        "waivers.toml:1: waiver.check: no check has the id 'ENC-902'",
        (
            "waivers.toml:1: waiver.hosts: no host of the inventory is called "
            "'lsi-35'; did you mean 'lis-35'?"
        ),
        "waivers.toml:1: waiver.subjects: '*' accepts every subject, new ones too",
        "waivers.toml:10: waiver.until: expired on",
        "waivers.toml:19: waiver: names no finding of run ",
    ):
        assert said in done.stderr


def test_lint_says_when_a_waiver_covers_many_hosts() -> None:
    written(waiver(hosts="lis-*"))
    with Path("inventory.toml").open("a") as file:
        file.write('[hosts.lis-36]\naddress = "192.0.2.2"\nuser = "audit"\n')
    done = auditor("waivers", "lint", "--most-hosts", "1")

    assert "waiver.hosts: it covers 2 hosts, more than 1" in done.stderr
    assert "held against no run: none is stored yet" in done.stderr


def test_lint_takes_the_last_run_of_the_store(tmp_path: Path) -> None:
    taken = snapshot(tmp_path)
    auditor("evaluate", taken, "-i", "inventory.toml", "-o", "runs")
    written(waiver(check="ACC-001", subjects="nothing"))
    [run] = [path.name for path in Path("runs").glob("[!.]*/")]
    done = auditor("waivers", "lint")

    assert f"waivers: 1, held against run {run}" in done.stderr


def test_a_mistake_is_told_with_its_line() -> None:
    written(waiver(last=TODAY + timedelta(days=400)))

    assert "waivers.toml:9: waiver.until: a waiver lasts 12 months at most" in (
        complaint(auditor("waivers", "lint"))
    )


def test_add_appends_and_leaves_comments_alone() -> None:
    before = "# the board, 1 October\n" + waiver() + "# end\n"
    written(before)
    done = auditor("waivers", "add", *options())
    after = Path("waivers.toml").read_text()

    assert 0 == done.returncode, done.stderr
    assert after.startswith(before)
    assert f"accepted_on = {TODAY}\nuntil = {LATER}\n" in after
    assert 2 == len(auditor("waivers", "list").stdout.splitlines())


def test_add_keeps_the_mode_of_the_file() -> None:
    written("")
    Path("waivers.toml").chmod(0o640)
    auditor("waivers", "add", *options())

    assert 0o640 == Path("waivers.toml").stat().st_mode & 0o777


def test_add_narrows_to_values() -> None:
    auditor("waivers", "add", *options(value="path=/dev/sda2"))

    assert '[waiver.values]\npath = "/dev/sda2"' in Path("waivers.toml").read_text()


def test_add_names_everything_that_is_missing() -> None:
    done = auditor("waivers", "add", "--check", "ENC-002", "--no-input")

    assert [
        "auditor: --hosts",
        "auditor: --subjects",
        "auditor: --reason",
        "auditor: --owner",
        "auditor: --accepted-by",
        "auditor: --until",
    ] == [line.split(": missing")[0] for line in complaint(done).splitlines()]
    assert not Path("waivers.toml").exists()


def test_add_asks_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"Why is it accepted?": "ordered"}
    monkeypatch.setattr(entries, "terminal", lambda: True)
    monkeypatch.setattr(typer, "prompt", lambda asked, **_: said[asked])
    done = auditor("waivers", "add", *options(reason=None))

    assert 0 == done.returncode, done.stderr
    assert 'reason = "ordered"' in Path("waivers.toml").read_text()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"check": "ENC-902"}, "--check: no check has the id 'ENC-902'"),
        ({"hosts": "lsi-35"}, "--hosts: no host of the inventory is called 'lsi-35'"),
        ({"until": "soon"}, "--until: expected a day such as 2027-03-31, not 'soon'"),
        (
            {"until": "2026-01-31", "accepted_on": "2026-01-01"},
            "--until: expired on 2026-01-31: it no longer counts",
        ),
        (
            {"until": (TODAY + timedelta(days=400)).isoformat()},
            "--until: a waiver lasts 12 months at most",
        ),
        ({"value": "path"}, "--value path: expected KEY=VALUE"),
    ],
)
def test_add_refuses_what_would_not_lint(changed: dict[str, str], said: str) -> None:
    written("# kept\n")

    assert said in complaint(auditor("waivers", "add", *options(**changed)))
    assert "# kept\n" == Path("waivers.toml").read_text()


def test_add_takes_subjects_from_a_run(tmp_path: Path) -> None:
    run = run_file(tmp_path)
    named = open_finding(run)
    given = options(check=named["check"], subjects=None)
    done = auditor("waivers", "add", *given, "--from", run)

    assert 0 == done.returncode, done.stderr
    assert 0 == auditor("waivers", "lint", "--run", run).returncode
    assert "subjects" in Path("waivers.toml").read_text()


def test_a_waived_finding_is_marked_and_keeps_its_evidence(tmp_path: Path) -> None:
    named = open_finding(run_file(tmp_path))
    auditor("waivers", "add", *options(**named))
    as_of = datetime.now(UTC).isoformat()
    again = ("evaluate", "snapshot.json", "-i", "inventory.toml", "--as-of", as_of)
    auditor(*again, "-f", "json:again.json")
    told = json.loads(Path("again.json").read_text())
    [waived] = [f for f in told["findings"] if f["waived"]]

    assert (named["check"], "FAIL") == (waived["check"], waived["verdict"])
    assert waived["evidence"] or waived["message"]
    assert [(named["check"], 1, False)] == [
        (w["check"], w["matched"], w["unused"]) for w in told["waivers"]
    ]


ATTEST = (
    *("attest", "add", "--subject", "alert-path-test", "--scope", "lis-35"),
    *("--statement", "answered", "--answer", "delivered=yes"),
    *("--signed-by", "E. Exemple", "--valid-until", LATER.isoformat()),
)


def test_attest_add_takes_the_digest_of_the_document() -> None:
    Path("test.pdf").write_bytes(b"signed")
    done = auditor(*ATTEST, "--document", "test.pdf")
    text = Path("attestations.toml").read_text()

    assert 0 == done.returncode, done.stderr
    assert f'sha256 = "{hashlib.sha256(b"signed").hexdigest()}"' in text
    assert "test.pdf, as signed" in auditor("attest", "list").stdout
    assert 0 == auditor("attest", "lint").returncode


def test_attest_says_when_the_document_was_changed() -> None:
    Path("test.pdf").write_bytes(b"signed")
    auditor(*ATTEST, "--document", "test.pdf")
    Path("test.pdf").write_bytes(b"signeD")
    done = auditor("attest", "lint")

    assert 1 == done.returncode
    assert "test.pdf, NOT as signed" in done.stdout
    assert (
        "attestations.toml:1: attestation.document: test.pdf is not the document that "
        "was signed: its sha256 differs; the attestation does not count"
    ) in done.stderr


def test_attest_lint_says_which_findings_rest_on_it(tmp_path: Path) -> None:
    auditor(*ATTEST, "--answer", "acknowledged_within_24h=yes")
    file = Path("attestations.toml")
    file.write_text(file.read_text().replace(str(TODAY), "2026-01-01"))
    run = run_file(tmp_path)
    done = auditor("attest", "lint", "--run", run)

    assert "  lis-35  LOG-009 service:alert path" in done.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--document", "gone.pdf"), "--document gone.pdf: no such file"),
        (("--answer", "delivered"), "--answer delivered: expected POINT=yes"),
        (("--scope", "lsi"), "--scope: no host of the inventory is called 'lsi'"),
        (("--subject", "alert-test"), "--subject: the text 'alert-test' is none of"),
    ],
)
def test_attest_add_refuses_what_would_not_lint(
    more: tuple[str, ...], said: str
) -> None:
    assert said in complaint(auditor(*ATTEST, *more))
    assert not Path("attestations.toml").exists()


def attested_since_january(subject: str, *more: str) -> None:
    """Somebody attested it before the recorded host was collected."""
    auditor(*ATTEST, "--subject", subject, *more)
    file = Path("attestations.toml")
    file.write_text(file.read_text().replace(str(TODAY), "2026-01-01"))


def test_a_stored_run_is_judged_again_without_the_documents(tmp_path: Path) -> None:
    Path("test.pdf").write_bytes(b"signed")
    more = ("--answer", "acknowledged_within_24h=yes", "--document", "test.pdf")
    attested_since_january("alert-path-test", *more)
    taken, only = snapshot(tmp_path), ("--check", "LOG-009", "-f", "json:run.json")
    auditor("evaluate", taken, "-i", "inventory.toml", "-o", "runs", *only)
    first = Path("run.json").read_text()
    Path("test.pdf").unlink()
    [stored] = Path("runs").glob("[!.]*/")
    auditor("evaluate", stored, *only)
    again = Path("run.json").read_text()
    auditor("evaluate", taken, "-i", "inventory.toml", *only)
    without = Path("run.json").read_text()

    verdicts = [
        json.loads(text)["findings"][0]["verdict"] for text in (first, again, without)
    ]
    assert ["ATTESTED", "ATTESTED", "UNKNOWN"] == verdicts


def test_a_claim_that_the_host_contradicts_is_told_by_run_and_lint(
    tmp_path: Path,
) -> None:
    attested_since_january("siem")
    run = run_file(tmp_path)
    told = json.loads(run.read_text())
    [against] = [f for f in told["findings"] if f["message"] == "contradicted"]
    done = auditor("attest", "lint", "--run", run)

    assert ("LOG-002", "FAIL") == (against["check"], against["verdict"])
    assert "attestations.toml" == against["evidence"][-1]["source"]
    assert "E. Exemple" == against["values"]["person"]["value"]
    assert [1] == [one["contradicted"] for one in told["attestations"]]
    assert 1 == done.returncode
    assert "attestations.toml:1: attestation: contradicted in run " in done.stderr
