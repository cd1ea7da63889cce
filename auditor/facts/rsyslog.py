"""Where rsyslog sends the logs."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText, ValueKind

TLS_DRIVERS = frozenset({"gtls", "ossl"})


class Forward(Struct, frozen=True):
    """A rule that sends messages to another host.

    `selector` is `*.*` where none stands before the action; `filtered` says that only
    some messages reach it (an `if`, a property, a rule set of its own).
    """

    selector: str
    target: str
    tls: bool
    filtered: bool
    read: Read[str]

    @property
    def local(self) -> bool:
        """Whether the target is this host itself."""
        return self.target in ("localhost", "::1", "") or self.target.startswith("127.")

    @property
    def sends_logins(self) -> bool:
        """Whether the selector takes auth and authpriv (syslog.conf(5))."""
        taken = False
        for part in self.selector.split(";"):
            facilities, _, priority = part.partition(".")
            if {"*", "auth", "authpriv"} & set(facilities.split(",")):
                taken = priority != "none"
        return taken


class RsyslogConfig(Fact, frozen=True):
    """rsyslog.conf(5) and the files that it includes, a statement a line."""

    fragment: ClassVar[str] = r"""
keys='type target port protocol streamdriver streamdrivermode streamdriver.name
streamdriver.mode tls name file load defaultnetstreamdriver ruleset
actionsendstreamdrivermode'
included() { # BODY: the paths that it includes, one a line
  printf '%s\n' "$1" | awk -F'\t' '
    $2 == "include" { sub(/\/$/, "/*", $3); print $3 }' # a folder is all its files
}
main=$(source_file /etc/rsyslog.conf "rsyslog" "$keys")
printf '%s\n' "$main"
included "$main" | while IFS= read -r path; do
  more=$(source_glob "$path" rsyslog "$keys")
  printf '%s\n' "$more"
  included "$more" | while IFS= read -r deeper; do
    source_glob "$deeper" rsyslog "$keys"
  done
done
"""

    forwards: tuple[Forward, ...]
    files: tuple[Read[str], ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Statements in the order of rsyslogd: an included file stands where it is."""
        rules = _Rules(_default_driver(body))
        for text, line in _in_order(body):
            rules.take(text, line)
        return cls(body.sources, tuple(rules.forwards), tuple(rules.files))


def _in_order(body: Body) -> Iterator[tuple[SourceText, Line]]:
    """Each file once; one that no line read includes comes last."""
    waiting = {text.source.name: text for text in body.used()}

    def of(text: SourceText) -> Iterator[tuple[SourceText, Line]]:
        for line in text.lines:
            yield text, line
            match line.fields:
                case ("include", pattern):
                    names = [n for n in waiting if _is_named(n, pattern)]
                    for name in names:
                        if found := waiting.pop(name, None):
                            yield from of(found)

    while waiting:
        yield from of(waiting.pop(next(iter(waiting))))


def _is_named(name: str, pattern: str) -> bool:
    """Whether an include line names that file: by a pattern, or by its folder."""
    whole = f"{pattern}*" if pattern.endswith("/") else pattern
    return name.count("/") == whole.count("/") and fnmatchcase(name, whole)


def _default_driver(body: Body) -> bool:
    """Whether TLS is on for every action that does not choose its own driver."""
    driver = mode = False
    for text in body.used():
        for line in text.lines:
            words = [word.casefold() for word in line.fields]
            if words[0] == "object" and words[1] == "global":
                driver = driver or _pairs(words).get("defaultnetstreamdriver") in (
                    TLS_DRIVERS
                )
            elif words[0] == "directive" and len(words) == 3:
                name, value = words[1].lstrip("$"), words[2]
                driver = driver or (
                    name == "defaultnetstreamdriver" and value in TLS_DRIVERS
                )
                mode = mode or (name == "actionsendstreamdrivermode" and value == "1")
    return driver and mode


def _pairs(words: Iterator[str] | list[str]) -> dict[str, str]:
    found = {}
    for word in words:
        key, sign, value = word.partition("=")
        if sign:
            found[key] = value
    return found


class _Rules:
    """All rules in order: a `stop` for all messages ends what comes after it."""

    def __init__(self, secure: bool) -> None:
        self.forwards: list[Forward] = []
        self.files: list[Read[str]] = []
        self._secure = secure
        self._selector = "*.*"
        self._filtered = False
        self._was_filtered = False
        self._depth = 0
        self._stopped = False

    def take(self, text: SourceText, line: Line) -> None:
        words = line.fields
        match words:
            case ("selector", selector, action):
                if selector == "&":
                    self._filtered = self._filtered or self._was_filtered
                else:
                    self._selector = selector
                if action != "object":
                    self._act(text, line, action)
            case ("object", "action", *rest):
                self._object(text, line, _pairs(rest))
            case ("object", "ruleset", *_):
                self._filtered = True
            case ("if", *_):
                self._filtered = True
                self._selector = "*.*"
            case ("open",):
                self._depth += 1
            case ("close",):
                self._depth -= 1
                self._was_filtered = self._filtered
                self._filtered = self._filtered and self._depth > 0
            case ("stop",):
                self._stop()

    def _act(self, text: SourceText, line: Line, action: str) -> None:
        if action in ("~", "stop"):
            self._stop()
        elif action.startswith("@"):
            target = action.lstrip("@")
            target = target.rpartition(")")[2].partition("]")[0].lstrip("[")
            if not action.endswith("]") and "[" not in action:
                target = target.partition(":")[0]
            self._forward(text, line, target, self._secure and action[:2] == "@@")
        elif action.startswith(("/", "-/")):
            path = action.lstrip("-")
            self.files.append(
                text.read(path, line, key=self._selector, kind=ValueKind.PATH)
            )
        self._after()

    def _object(self, text: SourceText, line: Line, pairs: dict[str, str]) -> None:
        kind = pairs.get("type", "").casefold()
        if kind in ("omfwd", "omrelp"):
            driver = pairs.get("streamdriver", pairs.get("streamdriver.name", ""))
            mode = pairs.get("streamdrivermode", pairs.get("streamdriver.mode", ""))
            own = driver.casefold() in TLS_DRIVERS and mode == "1"
            tls = own or pairs.get("tls", "").casefold() == "on"
            tcp = pairs.get("protocol", "udp").casefold() == "tcp"
            secure = tls or (self._secure and tcp and not driver)
            self._forward(text, line, pairs.get("target", ""), secure)
        elif kind == "omfile" and "file" in pairs:
            self.files.append(
                text.read(pairs["file"], line, key=self._selector, kind=ValueKind.PATH)
            )
        self._after()

    def _forward(self, text: SourceText, line: Line, target: str, tls: bool) -> None:
        if self._stopped:
            return
        way = "TLS" if tls else "no TLS"
        read = text.read(
            target,
            line,
            key=self._selector,
            kind=ValueKind.HOSTNAME,
            shown=f"{target} ({way})",
        )
        self.forwards.append(Forward(self._selector, target, tls, self._filtered, read))

    def _stop(self) -> None:
        if self._selector == "*.*" and not self._filtered:
            self._stopped = True
        self._after()

    def _after(self) -> None:
        """An `if` without braces holds for one action only."""
        self._was_filtered = self._filtered
        if self._depth == 0:
            self._filtered = False
