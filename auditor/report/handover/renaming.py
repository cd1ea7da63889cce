"""What a run's names are replaced by at one level, and where they are found again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, Final

from msgspec import Struct, field

from auditor.model.run import FindingRecord, Level, Run
from auditor.report.handover.people import SEVERAL, accounts_of, persons_of, signers_of
from auditor.report.handover.pseudonyms import Pseudonyms

#: Stands for what a level removes; no words, so it is the same in both languages.
REMOVED: Final = "[…]"

_SYSTEM = """
root daemon bin sys sync games man lp mail news uucp proxy www-data list irc gnats
nobody nogroup _apt systemd-network systemd-resolve systemd-timesync messagebus sshd
syslog adm halt shutdown operator ftp apache nginx http postgres mysql redis mongodb
chrony ntp ntpsec dbus polkitd postfix dovecot named bind tftp rpc rpcuser statd
nfsnobody sssd avahi uuidd tcpdump tss wheel sudo shadow utmp tty disk kmem dialout
cdrom floppy audio video staff users crontab ssl-cert ssh_keys input render kvm
"""
_SUBJECTS = """
declared directory export file key location migration module path rule server service
setting share swap system uid volume
"""

#: Accounts and groups that the packages of a distribution bring: they name nobody.
SYSTEM_ACCOUNTS: Final = frozenset(_SYSTEM.split())

#: Kinds of subjects whose name a technician needs; of another, he gets a pseudonym.
SUBJECTS: Final = frozenset(_SUBJECTS.split())

#: Files of the audit team, whose folder is nobody else's business.
MANIFESTS: Final = frozenset(
    {
        "attestations.toml",
        "migrations.toml",
        "owners.toml",
        "services.toml",
        "waivers.toml",
    }
)

#: Where the name of an account stands in a path.
_HOMES = ("/home/", "/mail/", "/crontabs/", "/cron/", "/sudoers.d/")
_BEFORE = frozenset({"", *" \t,;=%@+!("})
_AFTER = frozenset({"", *" \t,;=*:)"})

_WORD = re.compile(r"\w+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")


class Renaming(Struct):
    """The names of one run at one level: by themselves, and inside other texts."""

    level: Level
    pseudonyms: Pseudonyms
    hosts: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    _inside: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _scrubbed: dict[str, str] = field(default_factory=dict)

    def accounts(self, names: str) -> str:
        """Each account of `alice, bob`; those of the system keep their name."""
        return "".join(
            part if at % 2 or not part else self._account(part)
            for at, part in enumerate(SEVERAL.split(names))
        )

    def _account(self, name: str) -> str:
        return name if name in SYSTEM_ACCOUNTS else self.pseudonyms.account(name)

    def person(self, name: str) -> str:
        """`P-…`, unless it is an account of the system that mail goes to."""
        if not name or name in SYSTEM_ACCOUNTS:
            return name
        return self.pseudonyms.of("P", name, "person")

    def client(self, name: str) -> str:
        """`C-…`."""
        return self.pseudonyms.of("C", name, "client")

    def group(self, name: str | None) -> str | None:
        """`L-…` for a laboratory."""
        return self.pseudonyms.of("L", name, "group") if name else name

    def tie(self, name: str | None) -> str | None:
        """`T-…` for what findings of several hosts have in common."""
        return self.pseudonyms.of("T", name, "tie") if name else name

    def subject(self, host: str, kind: str, name: str) -> str:
        """Itself at R1, else `S-…`: on another host the same thing has another."""
        if self.level is Level.R1 and kind in ("account", "group"):
            return self.accounts(name)
        if self.level is Level.R1 and kind in SUBJECTS:
            return self.scrubbed(name)
        return self.pseudonyms.of("S", name, f"{host}\0{kind}") if name else name

    def source(self, name: str) -> str:
        """A source; of a manifest of the audit team only the file's name."""
        file = PurePath(name).name
        return file if file in MANIFESTS else self.scrubbed(name)

    def learn(self, name: str, becomes: str) -> None:
        """Have a name replaced wherever it stands as a word."""
        first = _WORD.search(name)
        if first is not None and name != becomes:
            known = self._inside.setdefault(first[0], [])
            if (name, becomes) not in known:
                known.append((name, becomes))
                known.sort(key=lambda item: -len(item[0]))

    def scrubbed(self, text: str) -> str:
        """A text without the names of accounts and persons that were learned."""
        if text not in self._scrubbed:
            self._scrubbed[text] = "".join(self._parts(text))
        return self._scrubbed[text]

    def _parts(self, text: str) -> Iterator[str]:
        at = 0
        for word in _WORD.finditer(text):
            if word.start() < at:
                continue
            for name, becomes in self._inside.get(word[0], ()):
                start = word.start() - name.index(word[0])
                end = start + len(name)
                if start >= at and _stands(text, name, start, self.pseudonyms.generic):
                    yield text[at:start] + becomes
                    at = end
                    break
        yield text[at:]


def _stands(text: str, name: str, start: int, generic: frozenset[str]) -> bool:
    """Whether a name is a word there.

    One that names a function (`labo`, `hl7`) is a word of folders, of hosts and of
    endings too: it has to stand where accounts do, by itself or in a home folder.
    """
    before, after = text[:start], text[start + len(name) :][:1]
    if not text.startswith(name, start) or _goes_on(before[-1:]) or _goes_on(after):
        return False
    if name.casefold() not in generic or before.endswith(_HOMES):
        return True
    return before[-1:] in _BEFORE and after in _AFTER


def _goes_on(char: str) -> bool:
    return char.isalnum() or char == "_"


def renaming_of(run: Run, level: Level, pseudonyms: Pseudonyms) -> Renaming:
    """The names of a run: hosts, checks, and those of people to be found in texts."""
    names = Renaming(level, pseudonyms)
    for host in run.hosts:
        names.hosts[host.name] = _host(names, host.name, host.roles)
    for check in run.checks:
        names.checks[check.id] = (
            pseudonyms.of("K", check.id, "check") if level is Level.R3 else check.id
        )
    for finding in run.findings if level is Level.R1 else ():
        _learn(names, finding)
    for person in signers_of(run) if level is Level.R1 else ():
        names.learn(person, names.person(person))
    return names


def _host(names: Renaming, name: str, roles: tuple[str, ...]) -> str:
    """Itself at R1; `lis-3KQ7F2` at R2, `H-3KQ7F2` at R3."""
    if names.level is Level.R1:
        return name
    role = _UNSAFE.sub("-", roles[0]).strip("-.") if roles else ""
    prefix = role if role and names.level is Level.R2 else "H"
    return names.pseudonyms.of(prefix, name, "host")


def _learn(names: Renaming, finding: FindingRecord) -> None:
    for account in accounts_of(finding):
        names.learn(account, names.accounts(account))
    for person in persons_of(finding):
        names.learn(person, names.person(person))


#: What a level makes of a value.
Treatment = Callable[[Any, Renaming], Any]
