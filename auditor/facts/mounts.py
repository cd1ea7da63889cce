"""File systems and where they are mounted."""

from __future__ import annotations

from typing import ClassVar, Literal, Self, get_args

from msgspec import Struct

from auditor.model.facts import Fact
from auditor.model.sources import Body, Line, Read, SourceText

Walk = Literal["walk", "system", "layers", "away"]
WALKS: dict[str, Walk] = {walk: walk for walk in get_args(Walk)}


class Mount(Struct, frozen=True):
    """One mount (mountinfo in proc(5)).

    `device` is `MAJOR:MINOR`; `root` is the folder of the file system that is shown
    at `point`: not `/` for a bind mount or a subvolume. `source` is a device, an
    address without the account in it, or a word. `options` are the mount's, then the
    file system's; of those only `subvol`, modes and layers keep their value, others
    have `_`. `walk` says how the searches take it: `walk`, `system` (the kernel's own
    views, without files of people), `layers` (a container's root, whose layers are
    walked where they lie), `away` (remote, or of a kind that may hang: not walked).
    """

    walk: Walk
    id: str
    parent: str
    device: str
    root: str
    point: str
    type: str
    source: str
    options: tuple[str, ...]
    read: Read[str]

    def holds(self, path: str) -> bool:
        """Whether the path lies at or below its mount point."""
        return self.point == "/" or f"{path}/".startswith(f"{self.point}/")


class Mounts(Fact, frozen=True):
    """Every mount that the audit's own process sees."""

    fragment: ClassVar[str] = r"""
source_file /proc/self/mountinfo mounts \
  'subvol upperdir lowerdir mode uid gid umask fmask dmask'
"""

    mounts: tuple[Mount, ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`WALK ID PARENT DEVICE ROOT POINT TYPE SOURCE OPTIONS SUPER`, by tabs."""
        found = [_mount(text, line) for text in body.used() for line in text.lines]
        return cls(body.sources, tuple(mount for mount in found if mount is not None))

    def of(self, path: str) -> Mount | None:
        """The mount that shows this absolute path, as the kernel looks it up.

        None when the mounts were not read.
        """
        known = {mount.id for mount in self.mounts}
        found = None
        below = [mount for mount in self.mounts if mount.parent not in known]
        while below:
            found = min(below, key=lambda mount: len(mount.point))
            below = [
                mount
                for mount in self.mounts
                if mount.parent == found.id and mount.holds(path)
            ]
        return found


def _mount(text: SourceText, line: Line) -> Mount | None:
    fields = line.fields
    if len(fields) != 10 or fields[0] not in WALKS:
        return None
    walk, number, parent, device, root, point, kind, source, own, super_ = fields
    shown = f"{source} {kind}"
    return Mount(
        walk=WALKS[walk],
        id=number,
        parent=parent,
        device=device,
        root=root,
        point=point,
        type=kind,
        source=source,
        options=tuple(f"{own},{super_}".split(",")),
        read=text.read(point, line, key=point, shown=shown),
    )
