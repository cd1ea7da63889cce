"""Password fields: their state, never the field; and a keyed digest to compare them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar, Self

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import (
    Body,
    Line,
    Read,
    Source,
    SourceText,
    ValueKind,
    whole_number,
)

#: shadow(5) counts days from here.
EPOCH = date(1970, 1, 1)
LAST = date.max - EPOCH


class PasswordField(Struct, frozen=True):
    """One line of shadow(5).

    `state` is `empty`, `locked` (`!…`), `none` (`*` and whatever else no password
    gives), or the scheme of a hash. `maximum` is in days; `expires` is the first day
    on which the account is closed.
    """

    name: str
    state: Read[str]
    changed: date | None
    maximum: int | None
    expires: Read[date] | None

    def expired_on(self, day: date) -> bool:
        """Whether the account is closed on that day (tried: by sshd too, keys too)."""
        return self.expires is not None and day >= self.expires.value


class Shadow(Fact, frozen=True):
    """The password field of every account, as a state word, and its dates."""

    fragment: ClassVar[str] = r"""
source_file /etc/shadow passwd:shadow
if ! command -v getent >/dev/null; then
  head_line no_tool alternative 'getent shadow' 127
elif [ "$uid" -ne 0 ]; then
  head_line denied command 'getent shadow' - # it would answer with nothing, status 0
else
  source_command passwd:shadow '' getent shadow
fi
"""

    fields: dict[str, PasswordField]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME STATE CHANGED MAXIMUM INACTIVE EXPIRES`; the first of a name counts."""
        fields: dict[str, PasswordField] = {}
        for field in _fields(body):
            fields.setdefault(field.name, field)
        return cls(body.sources, fields)

    @property
    def local(self) -> tuple[Source, ...]:
        """The file: a local account's line can stand nowhere else."""
        return tuple(source for source in self.sources if source.kind == "file")


def _fields(body: Body) -> Iterator[PasswordField]:
    for text in body.used():
        for line in text.lines:
            if len(line.fields) == 6:
                yield _field(text, line)


def _field(text: SourceText, line: Line) -> PasswordField:
    name, state, changed, maximum, _, expires = line.fields
    key = f"password of {name}"
    day = _day(expires)
    return PasswordField(
        name,
        text.read(
            "none" if state == "x" else state, line, key=key, kind=ValueKind.WORD
        ),
        _day(changed),
        whole_number(maximum),
        None
        if day is None
        else text.read(day, line, key=f"expiry of {name}", kind=ValueKind.TIME),
    )


def _day(field: str) -> date | None:
    """A date from its number of days; a negative or empty one is none."""
    if not (field.isascii() and field.isdigit()):
        return None
    return EPOCH + min(timedelta(days=int(field[:9])), LAST)


class Digest(Struct, frozen=True):
    """What tells an equal password field from another, within one run only."""

    account: str
    uid: int | None
    read: Read[str]


class PasswordDigests(Fact, frozen=True):
    """A keyed digest of each password field that holds a hash.

    sha256(key ":" field), cut to 128 bits: equal fields give equal digests, and without
    the run's key, which is dropped when collecting ends, nobody can try passwords. The
    field goes through pipes and a builtin only, never through argv. Without a key the
    fact says nothing (see `Fact.keyed`).
    """

    keyed: ClassVar[bool] = True
    fragment: ClassVar[str] = r"""
hashes() { # FILE: NUMBER NAME UID FIELD of the lines that hold a hash, tabs between
  awk -F: '
    FILENAME == "/etc/passwd" && !($1 in uid) { uid[$1] = ($3 ~ /^[0-9]+$/) ? $3 : "-" }
    FILENAME != wanted || $1 !~ /^[^#+$\t\/-][^$\t\/]*[$]?$/ || $1 in done { next }
    { done[$1] = 1 }
    $2 ~ /^[$_]/ || (length($2) == 13 && $2 !~ /[^.\/0-9A-Za-z]/) {
      if (++n > 500) { cut = 1; exit }
      print FNR "\t" $1 "\t" (($1 in uid) ? uid[$1] : "-") "\t" $2
    }
    END { print cut ? "cut" : "whole" }' wanted="$1" /etc/passwd "$1"
}
digests() { # FILE
  hashes "$1" | while IFS=$TAB read -r number name of field; do
    case $number in cut | whole) echo "$number"; return ;; esac
    sum=$(printf '%s:%s' "$KEY" "$field" | sha256sum)
    sum=${sum%% *}
    sum=${sum%????????????????????????????????}
    printf '%s\t%s\t%s\t%s\n' "$number" "$name" "$of" "$sum"
  done
}
compared() { # FILE
  state_of "$1"
  found=''
  if [ "$state" = ok ]; then
    found=$(digests "$1" | reduce keep '' '' 262144)
    case $found in
      *"${TAB}whole") ;;
      *"${TAB}cut") state=truncated ;;
      *) state=failed ;;
    esac
  fi
  head_line "$state" file "$1" -
  if [ -n "$found" ]; then printf '%s\n' "$found"; fi
}
if [ -z "$KEY" ]; then return; fi
case $(type printf) in
  *builtin*) ;;
  *) head_line no_tool command printf 127; return ;;
esac
if ! command -v sha256sum >/dev/null; then
  head_line no_tool command sha256sum 127
  return
fi
compared /etc/shadow
compared /etc/passwd
"""

    digests: tuple[Digest, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`LINE NAME UID DIGEST`, tabs between (32 hexadecimal digits)."""
        return cls(body.sources, tuple(_digests(body)))


def _digests(body: Body) -> Iterator[Digest]:
    for text in body.used():
        for line in text.lines:
            fields = line.text.split("\t")
            number = whole_number(fields[0])
            if len(fields) == 4 and number is not None:
                _, name, uid, digest = fields
                read = text.read(
                    digest,
                    Line(number, ""),
                    key="account",
                    kind=ValueKind.ACCOUNT,
                    shown=name,
                )
                yield Digest(name, whole_number(uid), read)
