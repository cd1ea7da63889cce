"""What runs by itself: jobs of cron, and the timers that instructions name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.walking import is_below
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Body, Line, Read, Source, SourceText

#: Programs that erase by themselves; find only with -delete, or with one of these.
ERASERS = frozenset({"rm", "shred", "tmpreaper", "tmpwatch", "srm", "wipe"})


class CronJob(Struct, frozen=True):
    """One job (crontab(5)), or one line of a script in /etc/cron.daily and the like.

    `when` is the five fields or the word of the schedule, `-` in a script; of `words`
    only programs, paths, ages and options of find and rm are told, others are `_`.
    """

    when: str
    user: str
    words: tuple[str, ...]
    read: Read[str]

    def erases(self, folder: str) -> bool:
        """Whether it erases in that folder, or in one above it."""
        programs = {word.rpartition("/")[2] for word in self.words}
        if not programs & ERASERS and not (
            "find" in programs and "-delete" in programs
        ):
            return False
        paths = [word.rstrip("*;") for word in self.words if word.startswith("/")]
        return any(is_below(folder, path) for path in paths if path.count("/") > 1)


class Crontabs(Fact, frozen=True):
    """All crontabs: Debian's, RHEL's and Alpine's places (reducers/crontab.awk)."""

    fragment: ClassVar[str] = r"""
source_file /etc/crontab crontab:system
source_glob '/etc/cron.d/*' crontab:system
for kind in hourly daily weekly monthly; do
  source_glob "/etc/cron.$kind/*" crontab:script
done
source_glob '/etc/periodic/*/*' crontab:script
source_glob '/var/spool/cron/crontabs/*' crontab
source_glob '/var/spool/cron/*' crontab
source_glob '/etc/crontabs/*' crontab
"""

    jobs: tuple[CronJob, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Lines are `WHEN USER WORD…`, tabs between."""
        return cls(body.sources, tuple(_jobs(body)))

    def erasing(self, folders: tuple[str, ...]) -> CronJob | None:
        """The first job that erases in one of the folders."""
        for job in self.jobs:
            if any(job.erases(folder) for folder in folders):
                return job
        return None

    def naming(self, word: str) -> CronJob | None:
        """The first job that starts what has this name or path."""
        name = word.rpartition("/")[2]
        for job in self.jobs:
            file = job.read.source.name
            if file.endswith(f"/{name}"):
                return job
            if any(one.rpartition("/")[2] == name for one in job.words):
                return job
        return None


def _jobs(body: Body) -> Iterator[CronJob]:
    for text in body.used():
        for line in text.lines:
            when, *rest = line.fields
            if rest:
                user, *words = rest
                shown = " ".join([when, *words])
                read = text.read(shown, line, key="job")
                yield CronJob(when, user, tuple(words), read)


class Unit(Struct, frozen=True):
    """One unit of systemd as `systemctl show` tells of it; names as it writes them."""

    name: str
    properties: dict[str, Read[str]]

    def get(self, name: str) -> Read[str] | None:
        """A property, None when it was not told."""
        return self.properties.get(name)

    def instant(self, name: str) -> datetime | None:
        """A time property (`Wed 2026-11-25 03:00:01 UTC`); None when it never was."""
        found = self.properties.get(name)
        if found is None:
            return None
        words = found.value.split()
        try:
            text = " ".join(words[1:3])
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            return None


class EraseJobs(Fact, frozen=True):
    """The units that migrations name as their erase job, each with what it starts.

    Only properties of state and time are asked for: a command line may hold secrets.
    """

    fragment: ClassVar[str] = r"""
if [ $# -eq 0 ]; then head_line absent value 'erase jobs' -; return 0; fi
if ! [ -d /run/systemd/system ]; then
  head_line absent command systemctl -
  return 0
fi
show() { # UNIT
  source_command -as "systemctl show $1" lines:equals "$keys" \
    env TZ=UTC systemctl show --no-pager -p "$asked" -- "$1"
}
keys='Id LoadState ActiveState UnitFileState Result ExecMainStatus Unit
ExecMainExitTimestamp LastTriggerUSec NextElapseUSecRealtime'
asked=Id,LoadState,ActiveState,UnitFileState,Result,ExecMainStatus,Unit
asked=$asked,ExecMainExitTimestamp,LastTriggerUSec,NextElapseUSecRealtime
for job do
  show "$job"
  case $job in
    *.timer)
      started=$(systemctl show --no-pager -p Unit --value -- "$job" 2>/dev/null)
      case $started in *.service) show "$started" ;; esac
      ;;
  esac
done
"""

    units: dict[str, Unit]

    @classmethod
    def parameters(
        cls,
        host: Host,  # noqa: ARG003
        manifests: Manifests,
        profile: Profile,  # noqa: ARG003
    ) -> tuple[str, ...]:
        """The erase jobs of this host's migrations that are units of systemd."""
        jobs = [m.erase_job for m in manifests.migrations.entries]
        units = (job for job in jobs if job and job.endswith((".timer", ".service")))
        return tuple(dict.fromkeys(units))

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Sources `systemctl show UNIT` of `NAME=VALUE` lines."""
        units = {}
        for text in body.used():
            name = text.source.name.removeprefix("systemctl show ")
            if name != text.source.name:
                units[name] = Unit(name, dict(_properties(text)))
        return cls(body.sources, units)

    def about(self, name: str) -> tuple[Source, ...]:
        """The sources that tell of a unit, or of the absence of systemd."""
        wanted = f"systemctl show {name}"
        own = tuple(source for source in self.sources if source.name == wanted)
        return own or self.sources


def _properties(text: SourceText) -> Iterator[tuple[str, Read[str]]]:
    for line in text.lines:
        name, read = _property(text, line)
        yield name, read


def _property(text: SourceText, line: Line) -> tuple[str, Read[str]]:
    name, _, value = line.text.partition("=")
    return name, text.read(value, line, key=name)
