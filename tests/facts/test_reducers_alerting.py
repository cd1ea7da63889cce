"""The reducers of alerting settings: who is told travels, secrets do not."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.alerting import Fail2ban, RateLimits
from auditor.model.sources import parse_body
from tests.facts.running import body, every_shell, shown

JAILS = """[INCLUDES]
before = S3CRET.conf
[DEFAULT]
# action = S3CRET
abuse_key = S3CRET
destemail = garde@labo.example S3CRET
mta = sendmail ; S3CRET
action_cf = cloudflare[cfuser="a", cftoken='S3C]RET,dest=S3CRET']
            %(mta)s-whois[sender="S3CRET", dest="%(destemail)s", key="S3CRET"]
action = %(action_cf)s
         hook[url=S3CRET

[sshd]
enabled   =   true
port = S3CRET
"""


@every_shell()
def test_of_jails_names_of_actions_and_their_recipients_travel(
    shell: str, tmp_path: Path
) -> None:
    file = tmp_path / "jail.conf"
    file.write_text(JAILS)
    keys = "enabled filter mta destemail"
    found = shown(body(shell, f"source_file {file} fail2ban '{keys}'"), file)
    assert [line.replace("\t", " ") for line in found] == [
        "3 [DEFAULT]",
        "6 destemail = garde@labo.example",
        "7 mta = sendmail",
        "8 action_cf = cloudflare[] %(mta)s-whois[dest=%(destemail)s]",
        "10 action = %(action_cf)s hook_",
        "13 [sshd]",
        "14 enabled = true",
    ]


MONIT = """set mailserver mail.example username "u" password "S3CRET"
  set alert garde@labo.example not on { instance }
set httpd port 2812 allow admin:S3CRET
<email_notification>yes</email_notification>
<!-- <email_to>S3CRET</email_to> -->
<!--
<email_to>S3CRET</email_to>
--> <email_to> garde@labo.example </email_to>
<api_key>S3CRET</api_key>
"""


@every_shell()
def test_of_monit_and_wazuh_only_recipients_travel(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text(MONIT)
    keys = "email_notification email_to"
    found = shown(body(shell, f"source_file {file} recipients '{keys}'"), file)
    assert [line.replace("\t", " ") for line in found] == [
        "2 set alert = garde@labo.example",
        "4 email_notification = yes",
        "8 email_to = garde@labo.example",
    ]


RULES = """table inet filter {
  tcp dport 443 accept comment "S3CRET"
  tcp dport { 21, 22 } ct state new limit rate 10/minute accept comment "S3CRET"
}
"""


@every_shell()
def test_of_packet_filter_rules_only_those_with_a_limit_travel(
    shell: str, tmp_path: Path
) -> None:
    file = tmp_path / "ruleset"
    file.write_text(RULES)
    answer = body(shell, f"source_file {file} limits ''")
    rule = "tcp dport { 21, 22 } ct state new limit rate 10/minute accept"
    assert shown(answer, file) == [f"3\t{rule}".replace("\t", " ")]
    limits = RateLimits.parse(answer)
    assert limits.on("443") is None
    found = limits.on("22", "ssh")
    assert found is not None
    assert found.line == 3


def fail2ban(text: str) -> Fail2ban:
    return Fail2ban.parse(parse_body("Fail2ban", text))


def test_a_jail_writes_to_whom_its_filled_in_action_names() -> None:
    fact = fail2ban(
        "ok\tfile\t/etc/fail2ban/jail.conf\t0\n 1\t[DEFAULT]\n"
        " 2\tdestemail = root@localhost\n 3\tmta = sendmail\n"
        " 4\taction_mw = ban[] %(mta)s-whois[dest=%(destemail)s]\n"
        " 5\taction = ban[]\n 6\t[sshd]\n 7\tenabled = false\n"
        "ok\tfile\t/etc/fail2ban/jail.local\t0\n 1\t[DEFAULT]\n"
        " 2\tdestemail = garde@labo.example\n 3\taction = %(action_mw)s\n"
    )
    assert [(r.value, r.line) for r in fact.recipients("sshd")] == [
        ("garde@labo.example", 2)
    ]


def test_an_action_that_only_bans_tells_nobody() -> None:
    fact = fail2ban(
        "ok\tfile\t/etc/fail2ban/jail.conf\t0\n 1\t[DEFAULT]\n"
        " 2\tdestemail = root@localhost\n 3\taction = nftables[]\n"
    )
    assert fact.recipients("sshd") == ()


def test_a_jail_without_a_filter_of_its_own_uses_the_one_of_its_name() -> None:
    fact = fail2ban(
        "ok\tfile\t/etc/fail2ban/jail.conf\t0\n 1\t[DEFAULT]\n"
        " 2\tfilter = %(__name__)s[mode=%(mode)s]\n 3\t[ssh-labo]\n"
        " 4\tfilter = sshd\n"
    )
    assert (fact.filter_of("vsftpd"), fact.filter_of("ssh-labo")) == ("vsftpd", "sshd")
