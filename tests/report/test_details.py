"""What this tool wrote of a host stands in the report's language, not in English."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from auditor.model.sources import Status
from auditor.report.text.details import pieces
from auditor.report.text.labels import FIELD, LOCALES, load_labels
from tests.report.written_details import sources, written

OTHERS = sorted(set(LOCALES) - {"en"})
#: Words of details that are no English: of addresses, options and settings.
NO_ENGLISH = {"port", "answer", "AuthorizedKeysCommand"}
#: Of libraries and of the system: no code of ours writes these.
FOREIGN = ("errno.", "algorithm_", "sudo_", "login_failed")


def french(detail: str) -> str:
    """The detail in French, code between backticks."""
    return "".join(f"`{t}`" if code else t for t, code in pieces("fr", detail))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("source", list(sources()), ids=lambda source: source.stem)
def test_no_detail_that_our_code_writes_keeps_english_words(
    source: Path, language: str
) -> None:
    left = {
        detail: words
        for detail in written(source)
        for text, code in pieces(language, detail)
        if code and (words := set(re.findall("[A-Za-z]*[a-z]{2,}", text)) - NO_ENGLISH)
    }
    assert {} == left


def test_the_details_are_read_from_the_source() -> None:
    found = {detail for source in sources() for detail in written(source)}
    assert {
        "no SSH banner; it says nothing",
        "7 port 7: no answer in 7 s",
        "jump host 7: 7",
        "out of time before the answer's end",
        "no END, status 7",
        "7: 7; its line ends were changed to CRLF",
        "no host key is pinned under this name; the host shows 7 7",
        "no owners.toml",
    } <= found


def test_every_detail_of_the_table_is_written_somewhere() -> None:
    code = "\n".join(source.read_text("utf-8") for source in sources())
    found = {detail for source in sources() for detail in written(source)}
    unknown = [
        template
        for key, template in load_labels("en").entries.items()
        if key.startswith("detail.")
        and not key.removeprefix("detail.").startswith(FOREIGN)
        and FIELD.sub("7", template) not in found
        and not all(part.strip() in code for part in FIELD.split(template)[::2])
    ]
    assert [] == unknown


@pytest.mark.parametrize(
    "detail",
    ["no SSH banner; it says nothing", "10.0.0.1 port 22: No route to host", "x", ""],
)
def test_english_stays_as_it_came(detail: str) -> None:
    assert ((detail, True),) == pieces("en", detail)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (
            "10.20.29.42 port 22: No route to host",
            "`10.20.29.42 port 22`\u00a0: aucune route vers le serveur",
        ),
        (
            "10.0.0.1 port 22: no answer in 2.5 s",
            "`10.0.0.1 port 22`\u00a0: pas de réponse en 2,5\u00a0s",
        ),
        (
            "the host shows a key that is not pinned: ssh-rsa l2",
            "le serveur présente une clé qui n’est pas épinglée\u00a0: `ssh-rsa l2`",
        ),
        (
            "jump host a: 10.0.0.1 port 22: Connection refused",
            "serveur de rebond `a`\u00a0: `10.0.0.1 port 22`\u00a0: connexion refusée",
        ),
        (
            "/mnt/a: b.txt: more than 1048576 bytes",
            "`/mnt/a`\u00a0: `b.txt`\u00a0: plus de 1\u00a0Mio",
        ),
    ],
)
def test_fields_stay_code_in_a_sentence_of_the_language(detail: str, told: str) -> None:
    assert told == french(detail)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.OK}))
def test_the_status_of_a_source_is_said_as_elsewhere(status: Status) -> None:
    said = load_labels("fr")(f"status.{status}")
    assert f"`NginxConfig /etc/nginx`\u00a0: {said}" == french(
        f"NginxConfig /etc/nginx: {status}"
    )


@pytest.mark.parametrize(
    "number",
    [
        "ECONNREFUSED",
        "EHOSTUNREACH",
        "ETIMEDOUT",
        "ENETUNREACH",
        "EACCES",
        "ECONNRESET",
    ],
)
def test_usual_errors_of_the_system_are_translated(number: str) -> None:
    text = os.strerror(getattr(errno, number))
    assert f"`{text}`" != french(text)


@pytest.mark.parametrize(
    "detail",
    [
        "Account locked; ask the help desk",
        "ssh: whatever: nobody of us wrote this",
        "<b>no SSH banner; it says nothing",
        "no SSH banner; it says nothing\n",
        "a: " * 1000 + "denied",
        "[hidden]",
    ],
)
def test_what_matches_no_template_stays_as_it_came(detail: str) -> None:
    assert ((detail, True),) == pieces("fr", detail)


def test_text_of_a_target_stays_code() -> None:
    told = pieces("fr", "no SSH banner; it says: <script>x</script> closed")
    assert ("<script>x</script> closed", True) in told
