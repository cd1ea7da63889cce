"""The command line that starts the program, and how it comes to its privilege.

The line is read by a login shell that may be sh, bash, rbash, csh or fish: no `exec`
before it, no slash in the command's name, no redirection outside the quotes, and
inside them no quote, exclamation mark or backslash.
"""

from __future__ import annotations

import secrets

from msgspec import Struct, field

from auditor.model.host import Host, Privilege, PrivilegeBy

_ENV = "env -i LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin"

# Read by the shell that has the privilege: $1 root or user, $2 the go word's token.
# `env true` fails where sudoers says noexec; after the go word the status is never
# one of those by which sudo itself refuses.
_INNER = (
    'env true || exit 1; echo "GO-$1-$2"; ulimit -t {seconds}; p=; '
    'nice -n 19 true 2>/dev/null && p="nice -n 19"; '
    '$p ionice -c 3 true 2>/dev/null && p="$p ionice -c 3"; '
    '$p timeout -k 5 5 true 2>/dev/null && p="$p timeout -k 5 {seconds}"; '
    "$p {env} /bin/sh -s; r=$?; "
    "case $r in 1|126|127) r=3;; esac; exit $r"
)
_HERE = 'echo "IN-$2"; '
_SELF = 'u=$(id -u); if [ "$u" = 0 ]; then exec /bin/sh -c "$1" sh root "$2"; fi; '
_USER = 'exec /bin/sh -c "$1" sh user "$2"'
_ROOT = '{tool} /bin/sh -c "$1" sh root "$2"; r=$?; '
_UNLESS_REFUSED = "case $r in 1|126|127) ;; *) exit $r;; esac; "


class Plan(Struct, frozen=True):
    """Which privilege is asked for, by which tool; the tokens of this one session.

    Both tokens are random, so that no profile, menu or command prints them by chance;
    the words made of them stand nowhere in the command line, which may be echoed.
    """

    privilege: Privilege
    by: PrivilegeBy
    go: str = field(default_factory=lambda: secrets.token_hex(16))
    ask: str = field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    def of(cls, host: Host) -> Plan:
        """As the inventory says for that host."""
        return cls(host.privilege, host.privilege_by)

    @property
    def asked(self) -> str:
        """`root` or `user`, as the snapshot records it."""
        return "user" if self.privilege == "never" else "root"

    @property
    def prompt(self) -> bytes:
        """What sudo prints when, and only when, it wants the password."""
        return f"ask-{self.ask}:".encode()

    @property
    def in_word(self) -> bytes:
        """What our own command line prints first: the login shell let it run."""
        return f"IN-{self.go}\n".encode()

    def go_word(self, privilege: str) -> bytes:
        """The line by which a shell says that it now reads the program."""
        return f"GO-{privilege}-{self.go}\n".encode()

    def command_line(self, seconds: int, *, with_password: bool) -> str:
        """What the login shell is given; the program itself comes on stdin.

        `seconds` is the deadline on the target; `with_password` lets sudo ask.
        """
        inner = _INNER.format(seconds=seconds, env=_ENV)
        outer = _HERE + _SELF + self._privileged(with_password) + _USER
        words = f"auditor '{inner}' {self.go} {self.ask}"
        return f"{_ENV} /bin/sh -c '{outer}' {words}"

    def _privileged(self, with_password: bool) -> str:
        if self.privilege == "never":
            return ""
        if self.by == "doas":
            tool = "doas -n"
        elif with_password:
            # -k with a command: no ticket is used and none is written.
            tool = 'sudo -k -S -p "ask-$3:" --'
        else:
            tool = "sudo -n --"
        end = "exit $r; " if self.privilege == "required" else _UNLESS_REFUSED
        return _ROOT.format(tool=tool) + end
