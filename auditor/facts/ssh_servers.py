"""SSH servers: which ones run, and which files sshd reads."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText, ValueKind

#: Settings that a Match block can change, then those that it can't (sshd_config(5)).
LOGIN_KEYS = """permitrootlogin passwordauthentication kbdinteractiveauthentication
challengeresponseauthentication pubkeyauthentication authenticationmethods
permitemptypasswords hostbasedauthentication ignorerhosts authorizedkeysfile
authorizedkeyscommand trustedusercakeys allowusers denyusers allowgroups denygroups
loglevel maxauthtries x11forwarding"""
SERVER_KEYS = """port listenaddress usepam ignoreuserknownhosts permituserenvironment
strictmodes hostkey hostkeyalgorithms pubkeyacceptedalgorithms pubkeyacceptedkeytypes
kexalgorithms ciphers macs syslogfacility logingracetime maxstartups"""


class Server(Struct, frozen=True):
    """A listening SSH server as its process shows it.

    `options` are (letter, argument): for sshd `f`, `p` and `o` have one, for dropbear
    `p`; arguments of others are `_`, flags have "".
    """

    program: str
    path: str
    options: tuple[tuple[str, str], ...]
    read: Read[str]

    def has(self, letter: str) -> bool:
        """Whether that option was given."""
        return any(option == letter for option, _ in self.options)


class SshServers(Fact, frozen=True):
    """The SSH servers that run (sshd, dropbear) and the files of sshd.

    Of sshd's files, includes followed, only the lines Match and Include travel: they
    say which variants of the settings there are.
    """

    fragment: ClassVar[str] = (
        f"keys='{LOGIN_KEYS} {SERVER_KEYS}'\n"
        r"""
processes() {
  if [ "$uid" -ne 0 ] && ! [ -r /proc/1/stat ]; then
    head_line denied command ps - # hidepid
  elif ! command -v ps >/dev/null; then
    head_line no_tool command ps 127
  else
    case $(ps --version 2>/dev/null) in
      *procps*)
        source_command ssh_servers "$keys" ps -e -o pid= -o ppid= -o user:32= -o args=
        ;;
      *) source_command ssh_servers "$keys" ps -o pid,ppid,user,args ;;
    esac
  fi
}
configurations() { # of the sshd that run, else the usual one
  awk -F'\t' '
    $3 == "sshd" {
      file = "/etc/ssh/sshd_config"; live = 1
      for (i = 5; i < NF; i++) if ($i == "-f") file = $(i + 1)
      if (!(file in seen)) print file
      seen[file] = 1
    }
    END { if (!live) print "/etc/ssh/sshd_config" }'
}
patterns() { # the arguments of the Include lines of reduced files
  awk '
    tolower($0) ~ /^ [0-9]+\t(\\x09| )*include(\\x09|[ =])/ {
      gsub(/\\x09/, " "); sub(/^ [0-9]+\t *[^ =]+[ =]+/, "")
      while ($0 != "") {
        quoted = sub(/^"/, "")
        if (!match($0, quoted ? "^[^\"]*" : "^[^ ]*")) break
        print substr($0, 1, RLENGTH)
        $0 = substr($0, RLENGTH + 1 + quoted); sub(/^ +/, "")
      }
    }'
}
follow() { # TEXT DEPTH: what the Include lines in there name
  printf '%s\n' "$1" | patterns | while IFS= read -r pattern; do
    case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac
    if [ "$2" -ge 8 ]; then head_line truncated file "$pattern" -; continue; fi
    more=$(source_glob "$pattern" lines 'match include')
    printf '%s\n' "$more"
    follow "$more" "$(($2 + 1))"
  done
}
changed() { # TEXT: files changed since sshd read them are not what is in force
  printf '%s\n' "$1" | awk -F'\t' '/^ok\tfile\t/ { print $3 }' |
    while IFS= read -r file; do
      if [ "$file" -nt /run/sshd.pid ]; then
        head_line failed value "$file changed after sshd started" -
      fi
    done
}
found=$(processes)
printf '%s\n' "$found"
printf '%s\n' "$found" | configurations | while IFS= read -r config; do
  text=$(source_file "$config" lines 'match include')
  text=$text$NL$(follow "$text" 1)
  printf '%s\n' "$text"
  # Another instance's own file of its number is not known here.
  if [ "$config" = /etc/ssh/sshd_config ] && [ -e /run/sshd.pid ]; then
    changed "$text"
  fi
done
"""
    )

    servers: tuple[Server, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """The processes' lines are `PID NAME PATH [-LETTER [ARGUMENT]]…`."""
        listed = body.texts[0]
        found = tuple(
            _server(listed, line) for line in listed.lines if len(line.fields) >= 3
        )
        return cls(body.sources, found)

    def named(self, program: str) -> tuple[Server, ...]:
        """The servers of that program."""
        return tuple(one for one in self.servers if one.program == program)


def _server(text: SourceText, line: Line) -> Server:
    _, name, path, *words = line.fields
    options: list[tuple[str, str]] = []
    for word in words:
        if re.fullmatch(r"-.", word):
            options.append((word[1], ""))
        elif options:
            options[-1] = (options[-1][0], word)
    read = text.read(path, line, key="process", kind=ValueKind.SERVICE, shown=name)
    return Server(name, path, tuple(options), read)
