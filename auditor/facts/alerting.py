"""What watches logs and tells somebody: fail2ban, Wazuh, monit, daily digests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.declared import declared
from auditor.model.check import Audit
from auditor.model.facts import Fact
from auditor.model.manifests import Attestation, Manifests
from auditor.model.sources import Body, Line, Read, Source, SourceText, ValueKind

STATUS = "fail2ban-client status"


class Fail2ban(Fact, frozen=True):
    """The jails of fail2ban: as configured, and those that run now.

    `fail2ban-client status` opens nothing for writing (traced on 1.0.2; Python is told
    to write no cache). It lists names of jails only, so it travels whole.
    """

    fragment: ClassVar[str] = r"""
keys='enabled filter mta destemail'
source_file /etc/fail2ban/jail.conf fail2ban "$keys"
source_glob '/etc/fail2ban/jail.d/*.conf' fail2ban "$keys"
source_file /etc/fail2ban/jail.local fail2ban "$keys"
source_glob '/etc/fail2ban/jail.d/*.local' fail2ban "$keys"
if [ -S /run/fail2ban/fail2ban.sock ]; then
  source_command -root -as "fail2ban-client status" keep "" \
    env PYTHONDONTWRITEBYTECODE=1 fail2ban-client status
else
  state_of /run/fail2ban/fail2ban.sock
  head_line "$state" file /run/fail2ban/fail2ban.sock -
fi
"""

    sections: dict[str, dict[str, Read[str]]]
    live: dict[str, Read[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Sections in fail2ban's order (.conf before .local): the last value wins."""
        sections: dict[str, dict[str, Read[str]]] = {"DEFAULT": {}}
        live: dict[str, Read[str]] = {}
        for text in body.used():
            if text.source.kind == "command":
                live = dict(_live(text))
                continue
            section = "DEFAULT"
            for line in text.lines:
                if line.text.startswith("["):
                    section = line.text.strip("[]")
                    sections.setdefault(section, {})
                    continue
                name, _, value = line.text.partition(" = ")
                sections[section if section in sections else "DEFAULT"][name] = (
                    text.read(value, line, key=name)
                )
        return cls(body.sources, sections, live)

    @property
    def status_source(self) -> tuple[Source, ...]:
        """What says which jails run."""
        return tuple(s for s in self.sources if s.name.endswith((STATUS, ".sock")))

    def filter_of(self, jail: str) -> str:
        """The name of the filter that a jail uses, without its mode."""
        return self._resolved(jail, "filter", "%(__name__)s").partition("[")[0].strip()

    def recipients(self, jail: str) -> tuple[Read[str], ...]:
        """To whom a jail's actions send mail; `root` where an action names nobody."""
        action = self._resolved(jail, "action", "")
        found = []
        for name, options in re.findall(r"([\w-]+)\[([^\]]*)\]", action):
            if re.match(r"(send)?mail\b|(send)?mail-", name):
                found.append(options.removeprefix("dest=") or "root")
        place = self._value(jail, "destemail") or self._value(jail, "action")
        if place is None:
            return ()
        return tuple(_person(place, one) for one in dict.fromkeys(found))

    def _value(self, jail: str, key: str) -> Read[str] | None:
        own = self.sections.get(jail, {}).get(key)
        return own or self.sections["DEFAULT"].get(key)

    def _resolved(self, jail: str, key: str, default: str) -> str:
        """A value with `%(name)s` filled in, eight levels deep at most."""
        read = self._value(jail, key)
        text = default if read is None else read.value

        def filled(match: re.Match[str]) -> str:
            if match[1] == "__name__":
                return jail
            found = self._value(jail, match[1].rpartition("/")[2])
            return "" if found is None else found.value

        for _ in range(8):
            text = re.sub(r"%\(([\w/]+)\)s", filled, text)[:4096]
        return text


def _person(read: Read[str], address: str) -> Read[str]:
    text = SourceText(read.source)
    line = None if read.line is None else Line(read.line, "")
    return text.read(address, line, key="recipient", kind=ValueKind.PERSON)


def _live(text: SourceText) -> Iterator[tuple[str, Read[str]]]:
    for line in text.lines:
        _, sign, names = line.text.partition("Jail list:")
        for name in names.replace(",", " ").split() if sign else ():
            yield name, text.read(name, line, key="jail", kind=ValueKind.SERVICE)


class Notice(Struct, frozen=True):
    """A setting by which a component tells somebody; `digest`: once a day only."""

    component: str
    recipient: Read[str]
    digest: bool


#: By the folder or file of its settings: the component, and whether it is a digest.
COMPONENTS = (
    ("/var/ossec/", "wazuh", False),
    ("/etc/monit", "monit", False),
    ("/etc/logwatch/", "logwatch", True),
    ("/etc/logcheck/", "logcheck", True),
)
RECIPIENT_KEYS = frozenset({"set alert", "email_to", "mailto", "sendmailto"})


class AlertSettings(Fact, frozen=True):
    """To whom Wazuh, monit, logwatch and logcheck write.

    auditd mails only that its disk fills up: that is no alert of security.
    """

    fragment: ClassVar[str] = r"""
source_file /var/ossec/etc/ossec.conf recipients \
  'email_notification email_to email_alert_level'
source_file /etc/monit/monitrc recipients ''
source_file /etc/monitrc recipients ''
source_glob '/etc/monit/conf-enabled/*' recipients ''
source_glob '/etc/monit.d/*' recipients ''
source_file /etc/logwatch/conf/logwatch.conf lines:only 'MailTo Output'
source_file /etc/logcheck/logcheck.conf lines:only,equals 'SENDMAILTO'
"""

    notices: tuple[Notice, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME = VALUE` lines; Wazuh writes only with email_notification yes."""
        found: list[Notice] = []
        for text in body.used():
            found += _notices(text)
        return cls(body.sources, tuple(found))


def _notices(text: SourceText) -> Iterator[Notice]:
    path = text.source.name
    component = next((c for c in COMPONENTS if path.startswith(c[0])), None)
    if component is None:
        return
    settings = [(line, *_pair(line)) for line in text.lines]
    silent = component[1] == "wazuh" and not any(
        name == "email_notification" and value == "yes" for _, name, value in settings
    )
    for line, name, value in settings:
        if name in RECIPIENT_KEYS and value and not silent:
            read = text.read(value, line, key=name, kind=ValueKind.PERSON)
            yield Notice(component[1], read, component[2])


def _pair(line: Line) -> tuple[str, str]:
    name, _, value = line.text.strip().partition("=")
    return name.strip().casefold(), value.strip().strip("\"'")


class RateLimits(Fact, frozen=True):
    """Packet filter rules that limit how often somebody may connect.

    Only rules with a limit travel. `nft list ruleset` opens nothing for writing
    (traced on 1.0.6). Rules of the old iptables are not seen by it: where their table
    names show, and where only iptables is installed, the source says so.
    """

    fragment: ClassVar[str] = r"""
if command -v nft >/dev/null; then
  source_command -root limits '' nft list ruleset
elif command -v iptables >/dev/null; then
  head_line no_tool command nft 127
else
  head_line absent command nft -
fi
if [ -s /proc/net/ip_tables_names ] || [ -s /proc/net/ip6_tables_names ]; then
  names=$(cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null)
  if [ -n "$names" ]; then head_line no_tool command iptables-legacy 127; fi
fi
"""

    rules: tuple[Read[str], ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One rule a line, as nft prints it."""
        rules = [
            text.read(line.text, line, key="rule")
            for text in body.used()
            for line in text.lines
        ]
        return cls(body.sources, tuple(rules))

    def on(self, *ports: str) -> Read[str] | None:
        """The first rule for one of the ports, numbers or names of services(5)."""
        wanted = set(ports)
        for rule in self.rules:
            found = re.search(r"dports? (\{[^}]*\}|[\w,-]+)", rule.value)
            if found and wanted & set(re.findall(r"[\w-]+", found[1])):
                return rule
        return None


def delivered_test(manifests: Manifests, audit: Audit) -> Read[Attestation] | None:
    """The newest valid statement that a test alert reached somebody."""
    valid = [
        entry
        for entry in manifests.attestations.entries
        if entry.subject == "alert-path-test" and entry.valid_on(audit.date)
    ]
    if not valid:
        return None
    entry = max(valid, key=lambda one: one.signed_on)
    if (entry.answers or {}).get("delivered") is not True:
        return None
    signed = entry.signed_on.isoformat()
    return declared(
        entry.place, entry, key="signed_on", kind=ValueKind.TIME, shown=signed
    )
