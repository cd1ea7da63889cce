"""Where mail to root goes: what travels of aliases, and where they lead."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.mail import Aliases, Mail, Mailer
from auditor.model.sources import parse_body
from tests.facts.running import body, every_shell, shown

ALIASES = """# root: S3CRET
postmaster: root
Root: astreinte, "|/usr/bin/garde --key S3CRET", \\c.leroy
astreinte:
\tgarde@labo.example
autre: S3CRET@labo.example
"""


@every_shell()
def test_only_what_root_leads_to_travels(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "aliases"
    file.write_text(ALIASES)
    found = shown(body(shell, f"source_file {file} aliases ''"), file)
    assert [line.replace("\t", " ") for line in found] == [
        "3 root astreinte |/usr/bin/garde c.leroy",
        "4 astreinte garde@labo.example",
    ]


@every_shell()
def test_a_forward_file_is_roots_own(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "forward"
    file.write_text('garde@labo.fr\n"|/usr/bin/garde S3CRET"\n')
    found = shown(body(shell, f"source_file {file} aliases:forward ''"), file)
    assert [line.replace("\t", " ") for line in found] == [
        "2 root garde@labo.fr |/usr/bin/garde"
    ]


def mail(aliases: str, mailer: str = "") -> Mail:
    return Mail(
        Aliases.parse(parse_body("Aliases", aliases)),
        Mailer.parse(parse_body("Mailer", mailer or "absent\tfile\t/x\t-\n")),
    )


def of_aliases(*lines: str) -> str:
    numbered = [f" {n}\t{line}\n" for n, line in enumerate(lines, start=1)]
    return f"ok\tfile\t/etc/aliases\t0\n{''.join(numbered)}"


def test_mail_follows_aliases_over_local_names() -> None:
    found = mail(of_aliases("root\tgarde", "garde\trssi@labo.fr")).outside("root")
    assert found is not None
    assert (found.value, found.line) == ("rssi@labo.fr", 2)


def test_aliases_in_a_circle_lead_nowhere() -> None:
    assert mail(of_aliases("root\tgarde", "garde\troot")).outside("root") is None


def test_addresses_of_samples_and_of_the_host_lead_nowhere() -> None:
    lines = of_aliases("root\tadmin@example.com\troot@localhost\t/dev/null")
    assert mail(lines).leaves("root@localhost") is False


def test_a_domain_that_postfix_delivers_here_is_not_outside() -> None:
    settings = (
        "ok\tcommand\tpostconf -x mydestination\t0\n"
        " 1\tmydestination = labo.fr, localhost\n"
    )
    assert mail(of_aliases("root\trssi@labo.fr"), settings).leaves("root") is False


def test_a_relay_client_without_a_relay_sends_nothing() -> None:
    text = "ok\tfile\t/usr/sbin/sendmail\t-\n 1\t/usr/bin/msmtp\n"
    bare = Mailer.parse(parse_body("Mailer", text))
    settings = "ok\tfile\t/etc/msmtprc\t0\n 3\thost mail.labo.fr\n"
    known = Mailer.parse(parse_body("Mailer", text + settings))
    assert (bare.usable is None, known.usable is None) == (True, False)
