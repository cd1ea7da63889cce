"""How encrypted volumes are opened at boot."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import ClassVar, Self

from msgspec import Struct

from auditor.facts.key_files import TOLD, KeyFile, key_files, told_sources
from auditor.model.facts import Fact
from auditor.model.sources import Body, Read, Source, SourceText, ValueKind

#: Options of a key that a chip or a token holds.
HARDWARE = frozenset({"tpm2-device", "fido2-device", "pkcs11-uri"})
RANDOM = frozenset({"/dev/urandom", "/dev/random", "/dev/hwrng"})


class Volume(Struct, frozen=True):
    """One row of crypttab(5); of options only the names are known."""

    name: str
    key: str
    options: frozenset[str]
    read: Read[str]

    @property
    def random(self) -> bool:
        """Whether each boot makes a new key, as for swap."""
        return self.key in RANDOM

    @property
    def key_paths(self) -> tuple[str, ...]:
        """The files that may hold its key: the one named, else those of systemd."""
        if self.key.startswith("/"):
            return (self.key,)
        if self.key in ("none", "-", ""):
            folders = ("/etc/cryptsetup-keys.d", "/run/cryptsetup-keys.d")
            return tuple(f"{folder}/{self.name}.key" for folder in folders)
        return ()


class Crypttab(Fact, frozen=True):
    """crypttab(5), the key files that it leads to, and keys copied into an initramfs.

    Keys go there by KEYFILE_PATTERN of cryptsetup-initramfs (Debian) and by
    install_items of dracut.conf(5).
    """

    fragment: ClassVar[str] = (
        TOLD
        + r"""
keys() { # FIELDS of a row
  case $3 in
    /dev/* | *:*) ;;
    /*) told "$3" ;;
    none | - | '')
      told "/etc/cryptsetup-keys.d/$1.key"
      told "/run/cryptsetup-keys.d/$1.key"
      ;;
  esac
}
table=$(source_file /etc/crypttab fstab)
printf '%s\n' "$table"
printf '%s\n' "$table" | awk -F '\t' '/^ / { print $2 }' |
  while read -r name device key options; do
    case $name$key in
      *[!A-Za-z0-9_./@:+,=-]*) head_line failed value "key of $name" - ;;
      *) keys "$name" "$device" "$key" ;;
    esac
  done
source_file /etc/cryptsetup-initramfs/conf-hook lines:equals,only 'KEYFILE_PATTERN'
source_file /etc/dracut.conf lines:equals,only 'install_items install_items+'
source_glob '/etc/dracut.conf.d/*.conf' lines:equals,only \
  'install_items install_items+'
"""
    )

    volumes: tuple[Volume, ...]
    files: dict[str, KeyFile]
    told: dict[str, Source]
    copied: tuple[Read[str], ...]

    @classmethod
    def parse(cls, body: Body) -> Self:
        """`NAME DEVICE KEY [OPTION[=_],…]` rows; shell assignments of patterns."""
        told = {
            text.source.name.removeprefix("stat "): text.source
            for text in told_sources(body)
        }
        return cls(
            body.sources,
            tuple(_volumes(body.named("/etc/crypttab"))),
            key_files(body),
            told,
            tuple(_copied(body)),
        )

    def into_initramfs(self, path: str) -> Read[str] | None:
        """The pattern that copies the file into the initramfs, if one does."""
        return next((r for r in self.copied if fnmatchcase(path, r.value)), None)


def _volumes(text: SourceText | None) -> Iterator[Volume]:
    for line in text.lines if text else ():
        assert text is not None
        name, *rest = line.text.split()
        _, key, options, *_ = [*rest, "", "", ""]
        names = frozenset(word.partition("=")[0] for word in options.split(","))
        shown = f"{name} {key or '-'}"
        read = text.read(name, line, key="volume", kind=ValueKind.WORD, shown=shown)
        yield Volume(name, key, names, read)


def _copied(body: Body) -> Iterator[Read[str]]:
    for text in body.used():
        if text.source.kind != "file" or text.source.name == "/etc/crypttab":
            continue
        for line in text.lines:
            name, _, value = line.text.partition("=")
            for word in value.replace('"', " ").replace("'", " ").split():
                key, kind = name.strip(), ValueKind.PATH
                yield text.read(word, line, key=key, kind=kind)
