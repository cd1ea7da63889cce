"""Which accounts let somebody in by FTP with their password."""

from __future__ import annotations

from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.ftp import FtpService, FtpServices, is_on
from auditor.facts.logins import Login, Way
from auditor.facts.pam import PamStacks
from auditor.facts.reach import Reach
from auditor.model.facts import Fact, derived
from auditor.model.sources import Body, Line, SourceText


class FtpUsers(Fact, frozen=True):
    """The lists of accounts that an FTP server refuses, or alone lets in.

    Kept whole: each line is the name of an account (ftpusers(5)).
    """

    fragment: ClassVar[str] = r"""
for list in /etc/ftpusers /etc/vsftpd/ftpusers /etc/vsftpd.user_list \
  /etc/vsftpd.userlist /etc/vsftpd/user_list; do
  source_file "$list" keep
done
"""

    lists: dict[str, frozenset[str]]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One name a line; `#` starts a comment."""
        lists = {text.source.name: frozenset(_names(text)) for text in body.used()}
        return cls(body.sources, lists)

    def refused_by_pam(self, account: str) -> bool:
        """Whether ftpusers names the account (pam_listfile of vsftpd's stack)."""
        return any(
            account in names
            for path, names in self.lists.items()
            if path.endswith("/ftpusers")
        )


def _names(text: SourceText) -> set[str]:
    return {name for line in text.lines if (name := _name(line))}


def _name(line: Line) -> str:
    return line.text.partition("#")[0].strip()


class FtpDoors(Struct, frozen=True):
    """Derived fact: FTP servers that take the passwords of accounts."""

    services: FtpServices
    pam: PamStacks
    users: FtpUsers

    def way(self, login: Login) -> Way | None:
        """The way into an account by FTP.

        PAM refuses expired accounts and, with pam_shells, those whose shell lets
        nobody work.
        """
        account = login.account
        stack = [module.name for module in self.pam.of("vsftpd", "auth")]
        shells = "pam_shells" in stack or not stack
        password = account.password
        if password is None or not account.has_password or account.expired:
            return None
        if password.value == "empty" or (shells and not account.interactive):
            return None
        if self.users.refused_by_pam(account.name):
            return None
        for service in self.services.services:
            local = service.instance.effective("local_enable", "NO")
            stopped = service.reached.reach is Reach.STOPPED
            if is_on(local) and not stopped and self._listed(service, account.name):
                also = (*self.users.sources, *self.pam.sources, service.source)
                return Way("ftp", (password, local), also)
        return None

    def _listed(self, service: FtpService, account: str) -> bool:
        """Whether the user list lets the account in (userlist_deny is YES unless)."""
        instance = service.instance
        if not is_on(instance.effective("userlist_enable", "NO")):
            return True
        path = instance.effective("userlist_file", "/etc/vsftpd.user_list").value
        named = account in self.users.lists.get(path, frozenset())
        return named != is_on(instance.effective("userlist_deny", "YES"))


@derived
def ftp_doors(services: FtpServices, pam: PamStacks, users: FtpUsers) -> FtpDoors:
    """All three together."""
    return FtpDoors(services, pam, users)
