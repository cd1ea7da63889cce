"""Files that decide who gets in by SSH can be written or read by others."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.accounts import Groups, Passwd
from auditor.facts.authorized_keys import AuthorizedKeys, Opened
from auditor.facts.ssh_files import SshFiles, writable_by_others
from auditor.facts.ssh_servers import SshServers
from auditor.facts.sshd import SshdSettings
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
)
from auditor.model.sources import Read, Status

ROOT = frozenset({0})


@check
def ssh_files_writable(
    servers: SshServers,
    settings: SshdSettings,
    keys: AuthorizedKeys,
    files: SshFiles,
    passwd: Passwd,
    groups: Groups,
) -> Iterator[Finding]:
    """Judges sshd's files, host keys, and each account's key files."""
    said = [
        *of_server(servers, files, passwd, groups),
        *of_host_keys(settings, files, passwd, groups),
        *of_accounts(keys, settings, files, passwd, groups),
    ]
    yield from said
    there = settings.instances or servers.servers or keys.keys
    if not there:
        proof = (*nothing_in(servers, "sshd"), *nothing_in(keys, "key"))
        yield NA(WHOLE_HOST, "no_server", *proof)
    elif not said:
        yield PASS(WHOLE_HOST, "closed")


def of_server(
    servers: SshServers, files: SshFiles, passwd: Passwd, groups: Groups
) -> Iterator[Finding]:
    """The files that sshd reads and the folders that they lie in."""
    names = [
        source.name
        for source in servers.sources
        if source.kind == "file"
        if source.status is not Status.ABSENT or "*" in source.name
    ]
    folders = [path.rpartition("/")[0] for path in names]
    for path in dict.fromkeys([*names, *folders]):
        mode = files.modes.get(path)
        shown = writable_by_others(mode, passwd, groups, ROOT) if mode else ()
        if shown:
            proof = [Evidence(read) for read in shown]
            yield FAIL(Subject("path", path), "configuration", *proof, path=path)


def of_host_keys(
    settings: SshdSettings, files: SshFiles, passwd: Passwd, groups: Groups
) -> Iterator[Finding]:
    """The private host keys: whoever reads one can pass for the server."""
    variants = [v for i in settings.instances for v in i.variants[:1]]
    for path in dict.fromkeys(w for v in variants for w in v.words("hostkey")):
        mode = files.modes.get(path)
        shown = writable_by_others(mode, passwd, groups, ROOT) if mode else ()
        if mode and not shown and mode.bits & 0o004:
            shown = (mode.read,)
        if shown:
            proof = [Evidence(read) for read in shown]
            yield FAIL(Subject("path", path), "host_key", *proof, path=path)


def of_accounts(
    keys: AuthorizedKeys,
    settings: SshdSettings,
    files: SshFiles,
    passwd: Passwd,
    groups: Groups,
) -> Iterator[Finding]:
    """For each account the first of its key files that somebody else may change."""
    strict = [
        variant.get("strictmodes", default="yes")
        for instance in settings.instances
        for variant in instance.variants[:1]
    ]
    loose = next((read for read in strict if read.value == "no"), None)
    done: set[str] = set()
    for key in keys.keys:
        for opened in key.opens:
            path = key.read.source.name
            proof = changed_by(opened, path, files, passwd, groups)
            if proof and opened.account not in done:
                done.add(opened.account)
                yield of_account(opened.account, proof, strict, loose)


def of_account(
    account: str,
    proof: list[Evidence],
    strict: list[Read[str]],
    loose: Read[str] | None,
) -> Finding:
    """Open to others, or refused by sshd because it is (StrictModes)."""
    subject = Subject("account", account)
    if loose is not None:
        return FAIL(subject, "keys", *proof, Evidence(loose), account=account)
    shown = [Evidence(read) for read in strict[:1]]
    also = [read.source for read in strict]
    return WARN(subject, "keys_refused", *proof, *shown, also=also, account=account)


def changed_by(
    opened: Opened, path: str, files: SshFiles, passwd: Passwd, groups: Groups
) -> list[Evidence]:
    """What shows that somebody else may change a key file or a folder above it."""
    allowed = ROOT if opened.uid is None else ROOT | {opened.uid}
    for mode in files.above(path):
        shown = writable_by_others(mode, passwd, groups, allowed)
        # A folder of others above the home, such as /tmp, has the sticky bit.
        if shown and not mode.bits & 0o1000:
            return [Evidence(read) for read in shown]
    return []
