"""In which order rsyslogd reads its rules, and what a stop ends."""

from __future__ import annotations

from auditor.facts.rsyslog import RsyslogConfig
from tests.facts.bodies import body_of

SEND = "selector\t*.*\t@@192.0.2.1"
STOP = "selector\t*.*\tstop"
ALL = "include\t/etc/rsyslog.d/*.conf"


def targets(main: list[str], **included: list[str]) -> list[str]:
    """Where messages go, of the main file and others in rsyslog.d."""
    texts = {"/etc/rsyslog.conf": main}
    texts |= {f"/etc/rsyslog.d/{name}.conf": text for name, text in included.items()}
    found = RsyslogConfig.parse(body_of("RsyslogConfig", texts))
    return [forward.target for forward in found.forwards]


def test_a_stop_ends_what_comes_after_it_in_other_files() -> None:
    assert targets([ALL, SEND], a=[STOP], b=[SEND]) == []


def test_a_stop_ends_nothing_that_came_before_it() -> None:
    assert targets([ALL, STOP], a=[SEND]) == ["192.0.2.1"]


def test_an_included_file_stands_where_its_line_is() -> None:
    assert targets([STOP, ALL], a=[SEND]) == []


def test_an_included_folder_is_all_its_files() -> None:
    assert targets(["include\t/etc/rsyslog.d/", STOP], a=[SEND]) == ["192.0.2.1"]
