"""Block devices below file systems and swap, and whether a layer encrypts them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.mounts import Mount, Mounts
from auditor.model.facts import Fact, derived
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Body, Read, Source, SourceText, ValueKind

#: What the makers of virtual disks write into their vendor and model fields.
VIRTUAL = ("qemu", "vmware", "vbox", "virtual", "msft", "xen", "google", "amazon")


class Shelter(StrEnum):
    """What keeps the content of a device from who holds the disk."""

    ENCRYPTED = "encrypted"
    WEAK = "weak"
    PLAIN = "plain"
    BELOW = "below"  # a virtual or remote disk: only its keeper can tell


class BlockDevice(Struct, frozen=True):
    """One device of /sys/class/block; `parents` are the devices that it lies on."""

    name: str
    number: str
    parents: tuple[str, ...]
    mapping: str
    maker: str
    backing: str
    read: Read[str]

    @property
    def virtual(self) -> bool:
        """Whether another system keeps its content."""
        return (
            self.name.startswith(("vd", "xvd", "nbd", "rbd", "loop"))
            or bool(self.backing)
            or any(word in self.maker.casefold() for word in VIRTUAL)
        )


class BlockDevices(Fact, frozen=True):
    """Every block device that the kernel shows (sysfs), and what it lies on.

    `dmsetup table` is never used: it may show keys.
    """

    fragment: ClassVar[str] = r"""
word() { # FILE: its first line
  w=''
  if [ -r "$1" ]; then IFS= read -r w <"$1" || w=${w:-}; fi
}
devices() {
  for d in /sys/class/block/*; do
    if ! [ -e "$d/dev" ]; then continue; fi
    word "$d/dev"; number=$w
    below=''
    for s in "$d"/slaves/*; do
      if [ -e "$s/dev" ]; then word "$s/dev"; below="$below $w"; fi
    done
    if [ -e "$d/partition" ]; then word "$d/../dev"; below="$below $w"; fi
    word "$d/dm/uuid"; uuid=$w
    word "$d/dm/name"; name=$w
    word "$d/device/vendor"; maker=$w
    word "$d/device/model"; maker="$maker $w"
    word "$d/loop/backing_file"; backing=$w
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "${d##*/}" "$number" "$below" "$uuid" \
      "$name" "$maker" "$backing"
  done
}
if ! [ -d /sys/class/block ]; then
  head_line absent search /sys/class/block -
  return
fi
found=$(devices | reduce keep '' '' 262144)
rc=$?
case $rc in 0) state=ok ;; 3) state=truncated ;; *) state=failed ;; esac
head_line "$state" search /sys/class/block "$rc"
if [ -n "$found" ]; then printf '%s\n' "$found"; fi
"""

    devices: dict[str, BlockDevice]
    names: dict[str, BlockDevice]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME NUMBER PARENTS DM-UUID DM-NAME MAKER BACKING`, tabs between."""
        found = list(_devices(body))
        names = {device.name: device for _, device in found}
        names |= {mapped: device for mapped, device in found if mapped}
        return cls(body.sources, {d.number: d for _, d in found}, names)

    def bottom(self, device: BlockDevice) -> Iterator[BlockDevice]:
        """The devices at the bottom of the stack: disks, or layers that encrypt."""
        seen: set[str] = set()
        todo = [device]
        while todo:
            one = todo.pop()
            if one.number in seen:
                continue
            seen.add(one.number)
            parents = [self.devices[p] for p in one.parents if p in self.devices]
            if one.mapping.startswith("CRYPT-") or not parents:
                yield one
            todo += [] if one.mapping.startswith("CRYPT-") else parents


def _devices(body: Body) -> Iterator[tuple[str, BlockDevice]]:
    for text in body.used():
        for line in text.lines:
            fields = line.text.split("\t")
            if len(fields) == 7:
                name, number, below, mapping, mapped, maker, backing = fields
                shown = " ".join([name, mapping or maker.strip() or backing]).strip()
                read = text.read(
                    name, line, key="device", kind=ValueKind.WORD, shown=shown
                )
                yield (
                    mapped,
                    BlockDevice(
                        name,
                        number,
                        tuple(below.split()),
                        mapping,
                        maker,
                        backing,
                        read,
                    ),
                )


class DataFolders(Fact, frozen=True):
    """The declared folders of personal data: are they there, encrypted by file?

    `lsattr -d` shows E for a folder under fscrypt (ext4, f2fs; chattr(1)).
    """

    fragment: ClassVar[str] = r"""
for folder do
  if [ -d "$folder" ]; then
    source_command keep '' lsattr -d "$folder"
  else
    state_of "$folder"
    head_line "$state" file "$folder" -
  fi
done
if [ $# -eq 0 ]; then head_line absent value folders -; fi
"""

    folders: dict[str, SourceText]

    @classmethod
    def parameters(
        cls,
        host: Host,
        manifests: Manifests,
        profile: Profile,  # noqa: ARG003
    ) -> tuple[str, ...]:
        """`data_dirs`, and the work paths of this host's migrations."""
        paths = [*host.data_dirs]
        for migration in manifests.migrations.entries:
            paths += migration.work_paths
        return tuple(dict.fromkeys(paths))

    @classmethod
    def parse(cls, body: Body) -> Self:
        """One source a folder, `lsattr -d FOLDER` or the folder itself."""
        folders = {
            text.source.name.removeprefix("lsattr -d "): text
            for text in body.texts
            if text.source.kind in ("command", "file")
        }
        return cls(body.sources, folders)

    def by_file(self, folder: str) -> Read[bool] | None:
        """The flag E of the folder, where it is set."""
        text = self.folders.get(folder)
        for line in text.lines if text else ():
            flags = line.text.partition(" ")[0]
            if text and "E" in flags:
                return text.read(True, line, key="lsattr", shown=flags)
        return None


class Stack(Struct, frozen=True):
    """Where something is stored: what shelters it, the reads that say so."""

    shelter: Shelter
    mount: Mount | None
    reads: tuple[Read[str], ...]
    sources: tuple[Source, ...]


class Storage(Struct, frozen=True):
    """Derived fact: which devices hold a path."""

    mounts: Mounts
    blocks: BlockDevices

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that the judgement of a stack rests on."""
        return (*self.mounts.sources, *self.blocks.sources)

    def of_path(self, path: str, encrypted_types: tuple[str, ...]) -> Stack:
        """The stack below a path; `encrypted_types` are file systems that encrypt."""
        mount = self.mounts.of(path)
        if mount is None:
            return Stack(Shelter.BELOW, None, (), self.sources)
        if mount.type in encrypted_types:
            return Stack(Shelter.ENCRYPTED, mount, (mount.read,), self.sources)
        device = self.blocks.devices.get(mount.device) or self.named(mount.source)
        if device is None:
            return Stack(Shelter.BELOW, mount, (mount.read,), self.sources)
        return self.of_device(device, mount)

    def named(self, source: str) -> BlockDevice | None:
        """The device of a name such as /dev/sda1 or /dev/mapper/data."""
        return self.blocks.names.get(source.rpartition("/")[2])

    def of_device(self, device: BlockDevice, mount: Mount | None = None) -> Stack:
        """The stack below a device: as weak as the weakest disk that it lies on."""
        bottom = list(self.blocks.bottom(device))
        shelters = {_shelter(one): one for one in bottom}
        worst = next(
            shelter
            for shelter in (
                Shelter.PLAIN,
                Shelter.BELOW,
                Shelter.WEAK,
                Shelter.ENCRYPTED,
            )
            if shelter in shelters
        )
        reads = [] if mount is None else [mount.read]
        return Stack(worst, mount, (*reads, shelters[worst].read), self.sources)


def _shelter(device: BlockDevice) -> Shelter:
    if device.mapping.startswith("CRYPT-PLAIN"):
        return Shelter.WEAK
    if device.mapping.startswith("CRYPT-"):
        return Shelter.ENCRYPTED
    return Shelter.BELOW if device.virtual else Shelter.PLAIN


@derived
def storage(mounts: Mounts, blocks: BlockDevices) -> Storage:
    """Both together."""
    return Storage(mounts, blocks)
