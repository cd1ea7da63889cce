"""Logs below /var/log: rotated names, closed folders."""

from __future__ import annotations

import pytest

from auditor.facts.log_files import LogFiles
from auditor.model.sources import parse_body


def log_files(*rows: str) -> LogFiles:
    lines = "".join(f" {n}\t{row}\n" for n, row in enumerate(rows, start=1))
    return LogFiles.parse(
        parse_body("LogFiles", f"ok\tcommand\tfind /var/log\t0\n{lines}")
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/var/log/auth.log.1", "/var/log/auth.log"),
        ("/var/log/auth.log.12.gz", "/var/log/auth.log"),
        ("/var/log/secure-20261101", "/var/log/secure"),
        ("/var/log/a/app-15-main.log", "/var/log/a/app-15-main.log"),
    ],
)
def test_a_rotated_log_has_the_name_of_the_log(path: str, name: str) -> None:
    assert [f.name for f in log_files(f"81a4 root adm {path}").files] == [name]


def test_a_folder_that_others_cannot_enter_hides_what_is_in_it() -> None:
    fact = log_files(
        "41e8 root adm /var/log/audit",
        "81a4 root root /var/log/audit/audit.log",
        "81a4 root root /var/log/audit2.log",
    )
    assert [f.path for f in fact.files] == ["/var/log/audit2.log"]


def test_a_row_of_a_name_with_a_newline_is_no_file() -> None:
    assert log_files("81a4 root root x", "no row").files == ()


def test_the_target_of_a_link_counts() -> None:
    text = (
        "ok\tcommand\tfind /var/log\t0\n"
        "ok\tsearch\tlinks below /var/log\t-\n 1\t81a4 root adm /var/log/auth.log\n"
    )
    (file,) = LogFiles.parse(parse_body("LogFiles", text)).files
    assert (file.path, file.mode) == ("/var/log/auth.log", 0o644)
