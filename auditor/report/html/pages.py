"""A fleet too large for one file: which hosts stand on which page, and how they link.

A page holds the hosts of one laboratory, several pages where one would grow too large.
The names of pages depend on the laboratory alone, so that they stay between audits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from msgspec import Struct, structs

from auditor.report.judged import Judged
from auditor.report.sections.blocks import Block
from auditor.report.view import View, anchor

#: What one file may hold; beyond, an index and a page a laboratory.
MOST_HOSTS = 100
MOST_BYTES = 4_000_000
#: A page of more hosts, or larger, is divided.
HOSTS_ON_PAGE = 250
BYTES_ON_PAGE = 5_000_000
#: File systems take names of 255 bytes; a page's number and ending are added.
_LONGEST = 100


class Links(Struct, frozen=True):
    """Where things stand, as seen from one file of the report.

    `index` is the way to the index, empty in it; `pages` gives the way to each host
    that stands on another page.
    """

    index: str = ""
    pages: Mapping[str, str] = {}

    def host(self, name: str) -> str:
        """To a host's sheet."""
        return f"{self.pages.get(name, '')}#{anchor('h', name)}"

    def row(self, host: str, check: str) -> str:
        """To what a check found on a host: the permalink `#f-<host>-<check>`."""
        return f"{self.pages.get(host, '')}#{anchor('f', host, check)}"

    def finding(self, check: str) -> str:
        """To the finding of a check on all hosts, with its remediation."""
        return f"{self.index}#{anchor('f', check)}"

    def check(self, check: str) -> str:
        """To a check in the catalogue."""
        return f"{self.index}#{anchor('c', check)}"


class Laboratory(Struct, frozen=True):
    """Hosts of one group; `group` and `title` are empty for those of none."""

    group: str
    title: str
    hosts: tuple[str, ...]


class Page(Struct, frozen=True):
    """A file beside the index: hosts of one laboratory."""

    name: str
    lab: Laboratory
    hosts: tuple[str, ...]
    data: bytes


class Place(Struct, frozen=True):
    """The hosts of one laboratory on which a check is open."""

    title: str
    hosts: tuple[str, ...]


def laboratories(view: View) -> list[Laboratory]:
    """The groups of the run's hosts, in the order in which they come."""
    hosts: dict[str, list[str]] = {}
    for host in view.judged.hosts.values():
        hosts.setdefault(host.group or "", []).append(host.name)
    return [
        Laboratory(group, view.run.groups.get(group, group), tuple(names))
        for group, names in hosts.items()
    ]


def places(view: View, block: Block) -> list[Place]:
    """Where a check is open, laboratory by laboratory, worst hosts first."""
    hosts: dict[str, list[str]] = {}
    for row in block.rows:
        hosts.setdefault(row.host.group or "", []).append(row.host.name)
    return [
        Place(view.run.groups.get(group, group), tuple(names))
        for group, names in hosts.items()
    ]


def divide(
    lab: Laboratory, write: Callable[[tuple[str, ...]], bytes]
) -> Iterator[Page]:
    """The pages of a laboratory, each as `write` renders its hosts."""
    number = 0
    for at in range(0, len(lab.hosts), HOSTS_ON_PAGE):
        for some, data in _halved(lab.hosts[at : at + HOSTS_ON_PAGE], write):
            number += 1
            yield Page(page_name(lab.group, number), lab, some, data)


def _halved(
    hosts: tuple[str, ...], write: Callable[[tuple[str, ...]], bytes]
) -> Iterator[tuple[tuple[str, ...], bytes]]:
    data = write(hosts)
    if len(data) <= BYTES_ON_PAGE or len(hosts) == 1:
        yield hosts, data
    else:
        middle = len(hosts) // 2
        yield from _halved(hosts[:middle], write)
        yield from _halved(hosts[middle:], write)


def page_name(group: str, number: int = 1) -> str:
    """A file's name: safe in a URL and on every file system, one for each group.

    A digest keeps apart groups that differ only in what is not taken over: letters
    outside ASCII, case (file systems that ignore it), or a long end.
    """
    safe = anchor("lab", group)[:_LONGEST] if group else "hosts"
    if group and safe != f"lab-{group.lower()}":
        safe += "-" + hashlib.sha256(group.encode("utf-8")).hexdigest()[:8]
    # no group's name holds a tilde
    return f"{safe}~{number}.html" if number > 1 else f"{safe}.html"


def only(view: View, hosts: tuple[str, ...]) -> View:
    """The view of these hosts alone, in the given order."""
    judged = view.judged
    pairs = [(check, host) for check in judged.checks for host in hosts]
    return structs.replace(
        view,
        judged=Judged(
            judged.run,
            judged.checks,
            {name: judged.hosts[name] for name in hosts},
            {pair: judged.findings[pair] for pair in pairs if pair in judged.findings},
            {pair: judged.buckets[pair] for pair in pairs},
        ),
    )


def ways(pages: list[Page], folder: str) -> dict[str, str]:
    """Host -> the way from the index to its page, in a folder beside the index."""
    return {
        host: f"{quote(folder)}/{page.name}" for page in pages for host in page.hosts
    }


def digest(pages: Mapping[str, bytes]) -> str:
    """A name for exactly these pages, so that no other report's are taken for them."""
    found = hashlib.sha256()
    for name, data in pages.items():
        found.update(f"{name}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()[:12]
