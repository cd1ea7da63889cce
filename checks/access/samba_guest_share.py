"""A Samba share opens without a password."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.reach import Reach, Reached
from auditor.facts.samba import (
    SambaConfig,
    SambaService,
    Share,
    SharedFolders,
    UserShare,
)
from auditor.facts.software import Listeners, Packages, Units
from auditor.model.check import check
from auditor.model.findings import FAIL, NA, PASS, WARN, Evidence, Finding, Subject
from auditor.model.sources import Read, Source

SAMBA = Subject("service", "samba")
EVERYBODY = frozenset({"all", "0.0.0.0/0", "::/0", "0.", "0.0.0.0/0.0.0.0"})
NO = frozenset({"no", "false", "off", "0"})
# Who is let in does not depend on what is installed, listens or may be read.
ELSEWHERE = (Packages, Listeners, Units, SharedFolders)


class Server(Struct, frozen=True):
    """What is the same for all shares; a later line of any file may override."""

    config: SambaConfig
    folders: SharedFolders
    reached: Reached

    @property
    def proof(self) -> tuple[Evidence, ...]:
        """What shows that it can be reached."""
        return self.reached.proof

    @property
    def also(self) -> tuple[Source, ...]:
        """What could contradict an accusation."""
        return (*self.config.sources, *self.reached.also)


@check
def samba_guest_share(
    config: SambaConfig, folders: SharedFolders, samba: SambaService
) -> Iterator[Finding]:
    """Each share of smb.conf, each share of a user, and passwords that are empty."""
    if samba.presence.there is False:
        yield NA(SAMBA, "no_samba", *samba.presence.proof)
        return
    server = Server(config, folders, samba.reached)
    for share in config.shares:
        yield judged(share, server)
    for user_share in config.user_shares:
        yield judged_user_share(user_share, server)
    if config.is_on("nullpasswords"):
        key = Evidence(config.settings["nullpasswords"])
        yield FAIL(SAMBA, "null_passwords", key, *server.proof, also=server.also)
    elif not config.shares and not config.user_shares:
        yield PASS(SAMBA, "no_share")


def judged(share: Share, server: Server) -> Finding:
    """One share of smb.conf."""
    subject = Subject("share", share.name)
    key = share.get("guestok")
    if key is None or not share.is_on("guestok"):
        shown = Evidence(key or share.header)
        return PASS(subject, "closed", shown, without=ELSEWHERE)
    out = leaving_out(share, server.config)
    if out is not None:
        return PASS(subject, "guest_left_out", Evidence(out), without=ELSEWHERE)
    if share.is_on("printable") or share.name.lower() == "print$":
        return WARN(subject, "printers", Evidence(key), also=server.also)
    hosts = share.get("hostsallow")
    if hosts is not None and is_limited(share):
        shown = Evidence(hosts)
        return WARN(subject, "limited", Evidence(key), shown, also=server.also)
    return opened(subject, key, share.get("path"), share.get("forceuser"), server)


def judged_user_share(share: UserShare, server: Server) -> Finding:
    """One share made by a user, which needs leave to admit guests."""
    subject = Subject("share", share.name)
    leave = server.config.settings.get("usershareallowguests")
    limit = server.config.settings.get("usersharemaxshares")
    guest = share.guest
    if guest is None or guest.value.lower() != "y":
        shown = [Evidence(guest)] if guest is not None else []
        return PASS(subject, "closed", *shown, without=ELSEWHERE)
    if limit is not None and limit.value == "0":
        return PASS(subject, "user_shares_refused", Evidence(limit), without=ELSEWHERE)
    if leave is None or not server.config.is_on("usershareallowguests"):
        shown = [Evidence(leave or guest)]
        return PASS(subject, "user_shares_refused", *shown, without=ELSEWHERE)
    return opened(subject, guest, share.path, None, server)


def opened(
    subject: Subject,
    key: Read[str],
    path: Read[str] | None,
    acting: Read[str] | None,
    server: Server,
) -> Finding:
    """A share that lets guests in: who reaches it, and what do guests see there?

    `acting` names an account that everybody acts as, so modes don't keep guests out.
    """
    shown = [Evidence(key)]
    if acting is not None:
        shown.append(Evidence(acting))
    else:
        account = server.folders.accounts.get(server.config.guest)
        place = path.value if path is not None else ""
        folder = server.folders.readable(place, account) if account else None
        if folder is None:
            seen = (*server.also, *server.folders.about(place))
            return WARN(subject, "not_readable", *shown, also=seen)
        shown.append(Evidence(folder.read))
    if server.reached.open:
        return FAIL(subject, "open", *shown, *server.proof, also=server.also)
    stopped = server.reached.reach is Reach.STOPPED
    message = "not_running" if stopped else "local_only"
    return WARN(subject, message, *shown, *server.proof, also=server.also)


def leaving_out(share: Share, config: SambaConfig) -> Read[str] | None:
    """The line that keeps guests out of a share that lets guests in."""
    available = share.get("available")
    if available is not None and available.value.lower() in NO:
        return available
    if lowered(share, "hostsdeny") & EVERYBODY and not share.words("hostsallow"):
        return share.get("hostsdeny")
    valid = share.words("validusers")
    if valid and config.guest not in valid:
        return share.get("validusers")
    if config.guest in share.words("invalidusers"):
        return share.get("invalidusers")
    return None


def is_limited(share: Share) -> bool:
    """Whether only named hosts get in.

    With hosts deny beside it, hosts allow only excepts from the denial: whoever is in
    neither list gets in (tried on Samba 4.17).
    """
    denied = lowered(share, "hostsdeny")
    if denied and not denied & EVERYBODY:
        return False
    allowed = lowered(share, "hostsallow")
    return bool(allowed) and not allowed & EVERYBODY


def lowered(share: Share, key: str) -> set[str]:
    """The words of a list of hosts, without case."""
    return {word.lower() for word in share.words(key)}
