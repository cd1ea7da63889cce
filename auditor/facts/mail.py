"""Where mail to root goes: aliases, the program that sends it, the mailbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact, derived
from auditor.model.sources import (
    Body,
    Line,
    Read,
    Source,
    SourceText,
    ValueKind,
    whole_number,
)

#: Domains that are this host, and those of samples, where nobody reads mail.
LOCAL_DOMAINS = frozenset({"", "localhost", "localhost.localdomain", "localdomain"})
SAMPLE_DOMAINS = re.compile(r"(.*\.)?(example(\.(com|org|net))?|invalid|test)")


class Aliases(Fact, frozen=True):
    """aliases(5) as far as it concerns root, and root's own ~/.forward.

    Only root's entry and those that it leads to travel: addresses are persons.
    """

    fragment: ClassVar[str] = r"""
source_file /etc/aliases aliases ''
source_file /root/.forward aliases:forward ''
if [ -e /etc/aliases.db ] && [ /etc/aliases -nt /etc/aliases.db ]; then
  source_value aliases.db stale
fi
"""

    entries: dict[str, tuple[Read[str], ...]]
    stale: Read[str] | None

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME TARGET…` by tabs; `stale`: newaliases(1) was not run since a change."""
        entries: dict[str, tuple[Read[str], ...]] = {}
        stale = None
        for text in body.used():
            if text.source.name == "aliases.db":
                stale = _first(text, key="aliases.db", kind=ValueKind.WORD)
                continue
            for line in text.lines:
                name, *targets = line.fields
                found = tuple(_target(text, line, one) for one in targets)
                entries.setdefault(name, found)
        return cls(body.sources, entries, stale)


def _target(text: SourceText, line: Line, target: str) -> Read[str]:
    kind = ValueKind.PERSON if "@" in target else ValueKind.ACCOUNT
    return text.read(target, line, key="alias", kind=kind)


def _first(text: SourceText, *, key: str, kind: ValueKind) -> Read[str] | None:
    line = next(iter(text.lines), None)
    return None if line is None else text.read(line.text, line, key=key, kind=kind)


class Mailer(Fact, frozen=True):
    """The program behind sendmail(8), where it sends to, and whether it has sent.

    Of mail logs only the number of lines that tell of a delivery elsewhere travels.
    """

    fragment: ClassVar[str] = r"""
program() { # PATH
  real=$(readlink -f "$1" 2>/dev/null)
  head_line ok file "$1" -
  printf ' 1\t%s\n' "$(printf '%s' "${real:-$1}" | escaped)"
}
if [ -e /usr/sbin/sendmail ]; then program /usr/sbin/sendmail
elif [ -e /usr/lib/sendmail ]; then program /usr/lib/sendmail
else
  state_of /usr/sbin/sendmail
  head_line "$state" file /usr/sbin/sendmail -
fi
source_file /etc/msmtprc lines:only host
source_file /etc/ssmtp/ssmtp.conf lines:only,equals mailhub
source_file /etc/dma/dma.conf lines:only SMARTHOST
source_file /etc/nullmailer/remotes lines ''
source_file /etc/exim4/update-exim4.conf.conf lines:only,equals \
  'dc_eximconfig_configtype dc_smarthost dc_other_hostnames'
if command -v postconf >/dev/null; then
  source_command lines:only,equals 'relayhost mydestination default_transport' \
    postconf -x relayhost mydestination default_transport
fi
sent='relay=[^l].*status=sent|smtpstatus=250|[*=]> .*T=remote_smtp'
for log in /var/log/mail.log /var/log/maillog /var/log/exim4/mainlog \
  /var/log/syslog /var/log/messages; do
  state_of "$log"
  if [ "$state" = ok ]; then
    source_command -ok 1 keep '' grep -c -E "$sent" "$log"
  else
    head_line "$state" file "$log" -
  fi
done
"""

    program: Read[str] | None
    settings: dict[str, Read[str]]
    sent: Read[int] | None

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`sent` is the first log that tells of a delivery to elsewhere."""
        program = sent = None
        settings: dict[str, Read[str]] = {}
        for text in body.used():
            if text.source.name.endswith("/sendmail"):
                kind = ValueKind.PATH
                program = _first(text, key="sendmail", kind=kind)
            elif text.source.name.startswith("grep "):
                sent = sent or _count(text)
            else:
                settings.update(_settings(text))
        return cls(body.sources, program, settings, sent)

    @property
    def usable(self) -> Read[str] | None:
        """The program, unless it is one that can send nothing as it stands."""
        if self.program is None or self.program.value.endswith("/busybox"):
            return None
        name = self.program.value.rpartition("/")[2]
        needs = {"msmtp": "host", "ssmtp": "mailhub", "nullmailer-inject": "remote"}
        if name in needs and needs[name] not in self.settings:
            return None
        return self.program

    @property
    def program_sources(self) -> tuple[Source, ...]:
        """What says whether mail can be sent, without the logs."""
        return tuple(s for s in self.sources if not s.name.startswith("grep "))


def _count(text: SourceText) -> Read[int] | None:
    line = next(iter(text.lines), None)
    sent = None if line is None else whole_number(line.text)
    if not sent:
        return None
    return text.read(sent, line, key="sent", kind=ValueKind.COUNT)


def _settings(text: SourceText) -> Iterator[tuple[str, Read[str]]]:
    for line in text.lines:
        name, _, value = line.text.strip().replace(" ", "=", 1).partition("=")
        value = value.lstrip("= ").strip("'\"")
        if text.source.name == "/etc/nullmailer/remotes":
            name = "remote"
        if value:
            key = name.strip().casefold()
            yield key, text.read(value, line, key=key, kind=ValueKind.HOSTNAME)


class Mailbox(Struct, frozen=True):
    """A mailbox of root; `changed` is in seconds since 1970."""

    size: int
    changed: int
    read: Read[str]


class RootMailboxes(Fact, frozen=True):
    """Size and time of root's mailboxes; nothing of what they hold."""

    fragment: ClassVar[str] = r"""
for box in /var/mail/root /var/spool/mail/root; do
  if [ -f "$box" ]; then
    source_command keep '' stat -c '%s %Y' "$box"
  else
    state_of "$box"
    head_line "$state" file "$box" -
  fi
done
"""

    boxes: tuple[Mailbox, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`SIZE SECONDS` a mailbox."""
        found = []
        for text in body.used():
            for line in text.lines:
                match [whole_number(word) for word in line.text.split()]:
                    case [int(size), int(changed)]:
                        read = text.read(
                            line.text,
                            line,
                            key="size",
                            kind=ValueKind.SIZE,
                            shown=str(size),
                        )
                        found.append(Mailbox(size, changed, read))
        return cls(body.sources, tuple(found))


class Mail(Struct, frozen=True):
    """Derived fact: whether mail to an address leaves this host."""

    aliases: Aliases
    mailer: Mailer

    def outside(self, address: str) -> Read[str] | None:
        """The alias that leads out of the host; None when mail stays here."""
        return self._outside(address, frozenset())

    def is_outside(self, address: str) -> bool:
        """Whether an address is itself one of another host, and no sample."""
        _, sign, domain = address.casefold().rpartition("@")
        local = domain in LOCAL_DOMAINS | self._own or domain.startswith("$")
        return bool(sign) and not local and not SAMPLE_DOMAINS.fullmatch(domain)

    def leaves(self, address: str) -> bool:
        """Whether mail to an address ends on another host."""
        return self.is_outside(address) or self.outside(address) is not None

    @property
    def _own(self) -> frozenset[str]:
        found: set[str] = set()
        for key in ("mydestination", "dc_other_hostnames"):
            if key in self.mailer.settings:
                found |= set(re.split(r"[,:;\s]+", self.mailer.settings[key].value))
        return frozenset(name.casefold() for name in found)

    def _outside(self, address: str, seen: frozenset[str]) -> Read[str] | None:
        name = address.partition("@")[0].casefold()
        if self.is_outside(address) or name in seen:
            return None
        for target in self.aliases.entries.get(name, ()):
            if target.value.startswith(("|", ":")) or self.is_outside(target.value):
                return target
            if not target.value.startswith("/"):
                found = self._outside(target.value, seen | {name})
                if found is not None:
                    return found
        return None


@derived
def mail(aliases: Aliases, mailer: Mailer) -> Mail:
    """Both together."""
    return Mail(aliases, mailer)
