"""The settings of sshd in force, for any account from any address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.ssh_servers import LOGIN_KEYS, SERVER_KEYS, SshServers
from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, Source, SourceText

#: Where the commands come from when no Match block names an address: outside.
OUTSIDE = "198.51.100.7"
#: Who stands for any account that no Match block names.
ANYBODY = "nobody"


class Variant(Struct, frozen=True):
    """What sshd would apply to one account that comes from one address."""

    user: str
    address: str
    text: SourceText
    settings: dict[str, tuple[Read[str], ...]]

    def get(self, *names: str, default: str = "") -> Read[str]:
        """The setting, under the first of its names that this version knows."""
        for name in names:
            if name in self.settings:
                return self.settings[name][0]
        return self.text.read(default, None, key=f"{names[0]} (default)")

    def is_on(self, *names: str, default: str = "no") -> bool:
        """Whether a setting is yes."""
        return self.get(*names, default=default).value == "yes"

    def words(self, name: str) -> tuple[str, ...]:
        """All words of a setting that may be printed on several lines."""
        reads = self.settings.get(name, ())
        return tuple(word for read in reads for word in read.value.split())

    @property
    def inner(self) -> bool:
        """Whether it is for an address of an inner network."""
        try:
            return self.address != OUTSIDE and ip_address(self.address).is_private
        except ValueError:
            return False

    @property
    def password(self) -> Read[str] | None:
        """What lets a password in: asked for by sshd itself, or by PAM."""
        keyboard = ("kbdinteractiveauthentication", "challengeresponseauthentication")
        if self.is_on("passwordauthentication", default="yes"):
            return self.get("passwordauthentication", default="yes")
        if self.is_on("usepam") and self.is_on(*keyboard, default="yes"):
            return self.get(*keyboard, default="yes")
        return None

    @property
    def password_alone(self) -> bool:
        """Whether no other method must be passed besides (AuthenticationMethods)."""
        methods = self.words("authenticationmethods") or ("any",)
        asks = re.compile(r"(any|(password|keyboard-interactive)(:[^,]*)?(,|$))+")
        return any(asks.fullmatch(method) for method in methods)

    def admits(self, account: str, groups: Iterable[str]) -> bool:
        """Whether AllowUsers and the like let the account in from somewhere."""
        names = [word.partition("@")[0] for word in self.words("allowusers")]
        own = list(groups)
        denied = [word for word in self.words("denyusers") if "@" not in word]
        if _matches(denied, [account]) or _matches(self.words("denygroups"), own):
            return False
        if names and not _matches(names, [account]):
            return False
        allowed = self.words("allowgroups")
        return not allowed or _matches(allowed, own)


def _matches(patterns: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a name fits a pattern list; one behind `!` takes it out again."""
    listed = list(patterns)
    plain = [pattern for pattern in listed if not pattern.startswith("!")]
    refused = [pattern[1:] for pattern in listed if pattern.startswith("!")]
    return any(
        any(fnmatchcase(name, pattern) for pattern in plain)
        and not any(fnmatchcase(name, pattern) for pattern in refused)
        for name in names
    )


class Instance(Struct, frozen=True):
    """One configuration of sshd; `variants` is empty when sshd refused to tell."""

    config: str
    variants: tuple[Variant, ...]
    sources: tuple[Source, ...]

    def of(self, account: str) -> tuple[Variant, ...]:
        """The variants that may apply to an account."""
        named = tuple(v for v in self.variants if v.user == account)
        anybody = tuple(v for v in self.variants if v.user == ANYBODY)
        return named or anybody or self.variants


COMMAND = re.compile(r"\S*sshd -T -f (\S+).* -C user=([^,]*),host=[^,]*,addr=([^,]*)")


class SshdSettings(Fact, frozen=True):
    """The settings in force, told by sshd itself (`sshd -T -C`).

    Without Match blocks once for all; else for root, for anybody and, where blocks
    name users or groups, for each account that may log in; each from a public and a
    private address and from those that the blocks name.
    """

    after: ClassVar[tuple[type[Fact], ...]] = (SshServers,)
    fragment: ClassVar[str] = (
        f"login='{LOGIN_KEYS}'\nserver='{SERVER_KEYS}'\n"
        r"""
binary() { # only from where packages put it
  for b in /usr/sbin/sshd /usr/local/sbin/sshd /sbin/sshd; do
    if [ -x "$b" ]; then printf '%s\n' "$b"; return; fi
  done
}
running() { # FILE OPTION... of each sshd that runs, tabs between, each once
  body_of SshServers | awk -F'\t' '
    $3 == "sshd" {
      file = "/etc/ssh/sshd_config"; options = ""
      for (i = 5; i < NF; i++) {
        if ($i == "-f") file = $(i + 1)
        if ($i == "-o" && $(i + 1) !~ /=_$/) options = options "\t" $(i + 1)
        if ($i == "-p") options = options "\tport=" $(i + 1)
      }
      if (!seen[file options]++) print file options
      live = 1
    }
    END { if (!live) print "/etc/ssh/sshd_config" }'
}
accounts() { # those that may log in
  { if command -v getent >/dev/null; then getent passwd; else cat /etc/passwd; fi; } |
    awk -F: '$1 !~ /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/ { next }
      ($3 >= 1000 && $3 < 65534) || $7 !~ /(nologin|false|sync|shutdown|halt)$/ {
        if (++n <= 40) print "account", $1; else { print "unknown users"; exit }
      }'
}
# USER ADDRESS HOST LOCAL-ADDRESS LOCAL-PORT for whatever the Match blocks tell apart.
variants() {
  { accounts; body_of SshServers; } | awk '
    function add(kind, value) {
      if (value == "" || value ~ /[^A-Za-z0-9_.:-]/) return
      if (!((kind, value) in seen)) list[kind, ++count[kind]] = value
      seen[kind, value] = 1
    }
    function address(p) {
      sub(/\/.*/, "", p)
      if (p ~ /[*?]/) {
        if (p ~ /:/) { unknown["address " p] = 1; return "" }
        gsub(/[*?]/, "1", p)
        while (split(p, octet, ".") < 4) p = p ".1"
      }
      return p
    }
    function criterion(name, p) {
      if (p ~ /^!/ || p == "*") return
      if (name == "user") { if (p !~ /[*?]/) add("user", p); people = 1 }
      else if (name == "group") people = 1
      else if (name == "address") add("address", address(p))
      else if (name == "localaddress") add("local", address(p))
      else if (name == "localport") add("port", p)
      else if (name == "host") { gsub(/[*?]/, "x", p); add("host", p) }
    }
    BEGIN {
      add("user", "root"); add("address", "198.51.100.7")
      add("host", "client.example")
    }
    $1 == "account" { known[++m] = $2; next }
    $1 == "unknown" { crowd = 1; next }
    tolower($0) !~ /^ [0-9]+\t(\\x09| )*match(\\x09|[ =])/ { next }
    {
      gsub(/\\x09|[=]/, " "); gsub(/"/, ""); sub(/^ [0-9]+\t *[^ ]+ +/, "")
      blocks = 1
      n = split($0, w, / +/)
      for (i = 1; i <= n; i++) {
        name = tolower(w[i])
        if (name == "all" || name == "") continue
        if (name !~ /^(user|group|host|address|localaddress|localport)$/) {
          unknown[name] = 1; break
        }
        k = split(w[++i], p, ",")
        for (j = 1; j <= k; j++) criterion(name, p[j])
      }
    }
    END {
      if (blocks) add("address", "10.255.255.254")
      if (people) add("user", "nobody")
      for (i = 1; people && i <= m; i++) add("user", known[i])
      if (people && crowd) unknown["users beyond 40"] = 1
      for (u in unknown) print "unknown\t" u
      own = count["local"] + count["port"] # else all is left to sshd
      if (!count["local"]) add("local", own ? "192.0.2.1" : "-")
      if (!count["port"]) add("port", own ? "22" : "-")
      for (a = 1; a <= count["user"]; a++) for (b = 1; b <= count["address"]; b++)
        for (c = 1; c <= count["host"]; c++) for (d = 1; d <= count["local"]; d++)
          for (e = 1; e <= count["port"]; e++) {
            if (++runs > 100) { print "unknown\tmore than 100 variants"; exit }
            print list["user", a] "\t" list["address", b] "\t" list["host", c] "\t" \
              list["local", d] "\t" list["port", e]
          }
    }'
}
settings() { # COMMAND...: for each variant; the server's own keys the first time only
  wanted="$login $server"
  variants | while IFS=$TAB read -r user address host here port; do
    if [ "$user" = unknown ]; then
      head_line failed value "Match $address" -
      continue
    fi
    spec=user=$user,host=$host,addr=$address
    if [ "$here" != - ]; then spec=$spec,laddr=$here,lport=$port; fi
    source_command -root lines:only "$wanted" "$@" -C "$spec" </dev/null
    wanted=$login
  done
}
sshd=$(binary)
if [ -z "$sshd" ]; then
  case $(body_of SshServers) in
    *"${TAB}sshd${TAB}"*) head_line no_tool command sshd 127 ;;
    *) head_line absent file /usr/sbin/sshd - ;;
  esac
  return
fi
running | while IFS= read -r words; do
  printf '%s\n' "$words" | tr '\t' '\n' | {
    IFS= read -r file
    set -- "$sshd" -T -f "$file"
    while IFS= read -r option; do set -- "$@" -o "$option"; done
    settings "$@"
  }
done
"""
    )

    instances: tuple[Instance, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One instance a file; a command's lines are `name value`."""
        found: dict[str, list[SourceText]] = {}
        for text in body.texts:
            match = COMMAND.match(text.source.name)
            if match:
                found.setdefault(match[1], []).append(text)
        return cls(body.sources, tuple(_instance(c, t) for c, t in found.items()))


def _instance(config: str, texts: list[SourceText]) -> Instance:
    variants = tuple(_variants(texts))
    return Instance(config, variants, tuple(text.source for text in texts))


def _variants(texts: list[SourceText]) -> Iterator[Variant]:
    """Each variant; settings of the server as such come from the first command."""
    common: dict[str, tuple[Read[str], ...]] = {}
    for text in texts:
        own: dict[str, tuple[Read[str], ...]] = {}
        for line in text.lines:
            name, _, value = line.text.partition(" ")
            read = text.read(value, line, key=name)
            own[name] = (*own.get(name, ()), read)
        match = COMMAND.match(text.source.name)
        if match and own:
            common = common or own
            server = {n: r for n, r in common.items() if n in SERVER_KEYS.split()}
            yield Variant(match[2], match[3], text, {**server, **own})
