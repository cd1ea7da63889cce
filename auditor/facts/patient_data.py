"""The one search inside files: counts of national numbers and of HL7 messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, Self

from msgspec import Struct

from auditor.facts.file_tree import MOST_ENTRIES
from auditor.facts.mounts import Mounts
from auditor.facts.served import ServedFolders
from auditor.facts.walking import WALKING, folder_at, is_below, others_read
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import (
    Body,
    Read,
    Shown,
    Source,
    SourceText,
    Status,
    ValueKind,
    whole_number,
)

#: What the numbers of a file amount to: enough to report, too few to be sure, the
#: vectors of tests only, nothing.
Numbers = Literal["many", "few", "test", "none"]


class PatientFile(Struct, frozen=True):
    """What was counted in one file; nothing of its content.

    `barrier` is the deepest folder above that others may not enter, empty for none.
    `bytes` were read (of a packed file after unpacking). `candidates` have the form of
    a NIR with its key, `strict` its month, place, order number and key too;
    `synthetic` of these are the known vectors of tests. `distinct` and `context` (a
    word for the number within 40 characters) leave those out. `messages` are MSH
    segments of HL7 v2, `patients` PID segments with a name or an identifier, `trials`
    messages marked as training or debugging (MSH-11).
    """

    path: str
    barrier: str | None
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    bytes: int
    candidates: int
    strict: int
    distinct: int
    context: int
    synthetic: int
    messages: int
    patients: int
    trials: int
    read: Read[str]

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return self.path.rpartition("/")[0] or "/"

    @property
    def open(self) -> bool:
        """Whether anybody with an account here can read it."""
        return others_read(self.mode, self.barrier)

    def open_below(self, folder: str) -> bool:
        """Whether others can read it once they are in that folder above it."""
        return others_read(self.mode, self.barrier, inside=folder)

    def numbers(self, profile: Profile) -> Numbers:
        """What its strict numbers amount to.

        Where the right form is common, one in 97 has the right key by chance: hence
        the share. A word for the number beside one is enough by itself.
        """
        if self.context:
            return "many"
        share = self.strict / self.candidates if self.candidates else 0.0
        if not self.distinct:
            return "test" if self.synthetic else "none"
        if share < profile.limits["nir_strict_share"]:
            return "none"
        enough = self.distinct >= profile.limits["nir_distinct_count"]
        return "many" if enough else "few"

    @property
    def real_messages(self) -> int:
        """HL7 messages of patients: none where all are trials or name nobody."""
        if not self.patients or self.trials >= self.messages:
            return 0
        return self.messages


class PatientData(Fact, frozen=True):
    """Counts in the files below served folders, work paths, data folders, data roots.

    The form of a NIR and its key are INSEE's (97 less the rest of division by 97, 2A
    and 2B counted as 19 and 18). Half of `scan_budget`, `scan_bytes` and 200,000
    files at most; of a file its first 4 MiB. No number and no digest of one leaves:
    a NIR has so few values that a digest tells it.
    """

    searches: ClassVar[bool] = True
    after: ClassVar[tuple[type[Fact], ...]] = (Mounts, ServedFolders)
    fragment: ClassVar[str] = (
        WALKING
        + r"""
record() { printf '%s%s\n' "$N" "$1"; }
apart() { # PATH: whether it lies on a mount that is not walked
  rest=$walls$NL
  while [ -n "$rest" ]; do
    wall=${rest%%"$NL"*}
    rest=${rest#*"$NL"}
    case $1 in
      "$wall" | "$wall"/*) if [ -n "$wall" ]; then return 0; fi ;;
    esac
  done
  return 1
}
look() { # FOLDER
  state_of "$1"
  if [ -d "$1" ]; then state=ok; fi
  if [ "$state" != ok ]; then
    record "h$(head_line "$state" search "$1" -)"
    return
  fi
  real=$(readlink -f "$1" 2>/dev/null)
  real=${real:-$1}
  rest=$walked
  while [ -n "$rest" ]; do
    one=${rest%%"$NL"*}
    rest=${rest#*"$NL"}
    case $real/ in "${one%/}"/*) return ;; esac
  done
  if apart "$real"; then
    record "h$(head_line truncated search "$1" -)"
    return
  fi
  walked=$walked$real$NL
  name=$(head_line ok search "$1" -)
  name=${name#*"$TAB"*"$TAB"}
  record "R${name%"$TAB"*}"
  left=$((until - $(date +%s)))
  if [ "$left" -lt 1 ]; then record z124; return; fi
  walk "$left" "$words" "$real"
  record "z$?"
}
each() { # served folders first, then the parameters
  rest_served=$(served)$NL
  while [ -n "$rest_served" ]; do
    one_served=${rest_served%%"$NL"*}
    rest_served=${rest_served#*"$NL"}
    if [ -n "$one_served" ]; then look "$one_served"; fi
  done
  for folder do look "$folder"; done
}
if ! searchable; then return 0; fi
budget=$1 bytes=$2 most=$3
shift 3
until=$(($(date +%s) + budget))
# apt packs a log of its own with xz, which it does not depend on.
words=$(entered; printf '%s\n' -type f ! -path '/var/log/apt/*' \
  -exec stat -c "${N}f$F" '{}' +)
walls=$(walls patterns)
walked=''
tools=''
for tool in gzip bzip2 xz zstd unzip; do
  if command -v "$tool" >/dev/null; then tools="$tools $tool"; fi
done
unzip='unzip -p -P x' # a packed file with a password is never asked for it
case $(unzip 2>&1) in *BusyBox*) unzip='unzip -p' ;; esac
reducer entries
entries=$r_awk
reducer patients
each "$@" | limited "$((budget + 5))" awk -v nonce="$N" -v until="$until" \
  -v budget="$bytes" -v most="$most" -v tools="$tools" -v unzip="$unzip" \
  "$AWK_ESC$entries$r_awk" ||
  head_line timed_out search / "$?"
walls away
"""
    )

    files: tuple[PatientFile, ...]

    @classmethod
    def parameters(
        cls, host: Host, manifests: Manifests, profile: Profile
    ) -> tuple[str, ...]:
        """Seconds, bytes, files, and the folders in the order in which to walk them."""
        folders: list[str] = []
        for migration in manifests.migrations.entries:
            folders += migration.paths_on(host.name)
        folders += host.data_dirs
        folders += profile.data_roots
        seconds = max(1, int(host.limits.scan_budget / 2))
        limits = (str(seconds), str(host.limits.scan_bytes), str(MOST_ENTRIES))
        return (*limits, *dict.fromkeys(folders))

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines of reducers/patients.awk."""
        files = (
            file
            for text in body.used()
            for line in text.lines
            for file in _file(text, line.fields)
        )
        return cls(body.sources, tuple(files))

    def below(self, folder: str) -> Iterator[PatientFile]:
        """The files with counts that lie in a folder or deeper."""
        return (file for file in self.files if is_below(file.path, folder))

    def over(self, folders: Iterable[str]) -> tuple[Source, ...]:
        """The sources that could hide something in one of these folders."""
        wanted = tuple(folders)
        return tuple(
            source
            for source in self.sources
            if any(
                is_below(source.name, folder) or is_below(folder, source.name)
                for folder in wanted
            )
            or not source.name.startswith("/")
        )


def _file(text: SourceText, fields: tuple[str, ...]) -> Iterator[PatientFile]:
    if len(fields) != 4 or fields[0] != "file":
        return
    path = fields[3]
    found = re.fullmatch(r"(\d+|-) ([0-9a-f]+)((?: -?\d{1,18}){4})", fields[1])
    words = map(whole_number, fields[2].split())
    counts = [count for count in words if count is not None]
    if found is None or len(counts) != 9:
        return
    uid, gid, size, mtime = (int(word) for word in found[3].split())
    source = Source(text.source.fact, "entry", path, Status.OK)
    shows = tuple(
        Shown(key, ValueKind.COUNT, str(value))
        for key, value in zip(COUNTS, counts, strict=True)
        if value and key != "bytes"
    )
    mode = int(found[2], 16) & 0o7777
    shown = Shown("mode", ValueKind.MODE, f"{mode:04o}")
    yield PatientFile(
        path=path,
        barrier=folder_at(path, found[1]),
        mode=mode,
        uid=uid,
        gid=gid,
        size=size,
        mtime=mtime,
        **dict(zip(COUNTS, counts, strict=True)),
        read=Read(path, source, None, (*shows, shown)),
    )


COUNTS = (
    "bytes",
    "candidates",
    "strict",
    "distinct",
    "context",
    "synthetic",
    "messages",
    "patients",
    "trials",
)
