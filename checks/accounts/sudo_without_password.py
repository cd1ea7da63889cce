"""Becoming root asks for no password."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from auditor.facts.logins import Login, Logins
from auditor.facts.people import as_evidence, is_generic, sole_owner
from auditor.facts.root_rules import Grant, Identity
from auditor.facts.sudoers import Sudoers
from auditor.facts.sudoers_grammar import Rule
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import ValueKind

#: Programs that write any file or open a shell, whatever they are meant for.
SHELLS = {"bash", "dash", "screen", "script", "sh", "ssh", "su", "tmux", "zsh"}
EDITORS = {"ed", "emacs", "nano", "rvim", "vi", "view", "vim", "vipw", "visudo"}
PAGERS = {"git", "journalctl", "less", "man", "more", "systemctl", "watch"}
LANGUAGES = {"awk", "lua", "perl", "php", "pip", "pip3", "python", "python3", "ruby"}
RUNNERS = {"crontab", "docker", "env", "find", "gdb", "nmap", "podman", "tcpdump"}
COPIERS = {"cp", "dd", "install", "ln", "mount", "mv", "rsync", "sed", "tar", "tee"}
KEEPERS = {"apk", "apt", "apt-get", "chmod", "chown", "dnf", "dpkg", "rpm", "yum"}
WRAPPERS = {"xargs", "zip", "nohup", "timeout", "nice", "stdbuf"}
ESCAPES = SHELLS | EDITORS | PAGERS | LANGUAGES | RUNNERS | COPIERS | KEEPERS | WRAPPERS
#: Those of them that need an argument of that kind.
ONLY_WITH = {"systemctl": ("edit", "*"), "journalctl": ("*",), "crontab": ("-e", "*")}


@check
def sudo_without_password(
    sudoers: Sudoers,
    logins: Logins,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges whom each rule of sudo and doas lets become root without a password."""
    if not sudoers.programs:
        yield NA(WHOLE_HOST, "no_sudo", *(Evidence(r) for r in sudoers.absences))
        return
    given = granted(sudoers, logins)
    for item, grants in given.items():
        finding = judged(item, grants, host, manifests, profile, audit)
        # A later line of any file may take the rule back.
        yield replace(finding, also=(*finding.also, *sudoers.files))
    escapes = escaping(sudoers, logins, frozenset(given))
    for name, (rule, command) in escapes.items():
        shown = Value(ValueKind.SETTING, command)
        subject = Subject("account", name)
        proof = Evidence(rule.read)
        also = sudoers.files
        yield WARN(subject, "escapes", proof, also=also, account=name, command=shown)
    if not given and not escapes:
        yield PASS(WHOLE_HOST, "asked_for")


Granted = list[tuple[Login, Grant]]


def identity(login: Login) -> Identity:
    """The account as a rule may name it."""
    return Identity(login.name, login.account.entry.uid, login.groups, login.gids)


def granted(sudoers: Sudoers, logins: Logins) -> dict[str, Granted]:
    """What rules name -> the open accounts that it makes root without a password."""
    found: dict[str, Granted] = defaultdict(list)
    for login in logins.open:
        if login.account.entry.uid == 0:
            continue
        for rules in (sudoers.sudo, sudoers.doas):
            grant = rules.grant(identity(login))
            if grant is not None and not grant.password:
                many = grant.item == "ALL" or grant.item.startswith("%")
                found[grant.item if many else login.name].append((login, grant))
    return dict(found)


def judged(
    item: str,
    grants: Granted,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Finding:
    """One account, group or everybody whom rules name."""
    login, grant = grants[0]
    proof = [Evidence(read) for read in grant.why]
    proof += [Evidence(one.account.entry.read) for one, _ in grants[:3]]
    proof += [Evidence(read) for one, _ in grants[:3] for read in one.ways[0].reads]
    also = [source for one, _ in grants for source in one.ways[0].also]
    if item == "ALL":
        subject = Subject("account", "ALL")
        return FAIL(subject, "everybody", *proof, also=also)
    if item.startswith("%") and len(grants) > 1:
        group = item.removeprefix("%")
        count = Value(ValueKind.COUNT, len(grants))
        subject = Subject("group", group)
        return FAIL(subject, "group", *proof, also=also, account=group, open=count)
    name = login.name
    subject = Subject("group", item[1:]) if item[0] == "%" else Subject("account", name)
    if name == host.user:
        return WARN(subject, "audit_account", *proof, also=also, account=name)
    owner = sole_owner(manifests.owners, name, host.name, audit)
    if owner is not None:
        proof.append(as_evidence(owner))
    elif is_generic(name, frozenset(profile.sets["generic_accounts"])):
        return FAIL(subject, "shared_account", *proof, also=also, account=name)
    return WARN(subject, "one_account", *proof, also=also, account=name)


def escaping(
    sudoers: Sudoers, logins: Logins, done: frozenset[str]
) -> dict[str, tuple[Rule, str]]:
    """Open accounts with one command that is as good as any, and that command."""
    found: dict[str, tuple[Rule, str]] = {}
    for login in logins.open:
        who = identity(login)
        if login.account.entry.uid == 0 or who.items & done:
            continue
        for rules in (sudoers.sudo, sudoers.doas):
            for rule, command in rules.free_commands(who):
                if is_escape(command):
                    found.setdefault(login.name, (rule, command))
    return found


def is_escape(command: str) -> bool:
    """Whether a command of a rule lets its user run any other."""
    path, _, arguments = command.partition(" ")
    if path == "sudoedit" or path.endswith(("/", "*")):
        return True
    name = path.rpartition("/")[2]
    words = arguments.split()
    if name in ONLY_WITH:
        return not words or any(word in ONLY_WITH[name] for word in words)
    # With fixed arguments it does what they say and no more, unless one is open.
    return name in ESCAPES and (not words or "*" in arguments)
