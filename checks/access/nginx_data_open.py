"""nginx serves or lists a data folder to anybody."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.data_places import holds_data
from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.nginx import NginxConfig
from auditor.facts.reach import Reach
from auditor.facts.software import Listeners, Packages, Units
from auditor.facts.web import Nginx, Place
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)
from auditor.model.host import Host
from auditor.model.profile import Profile
from auditor.model.sources import Read

NGINX = Subject("service", "nginx")
# What guards a place does so whatever lies there and whether or not it runs.
ELSEWHERE = (FileTree, Listeners, Packages, Units)


class Served(Struct, frozen=True):
    """A place that answers with files, and what is wrong with giving them to all."""

    place: Place
    data: bool
    dump: Entry | None

    @property
    def matters(self) -> bool:
        """Whether it has data, lists what it has, or may have anything."""
        found = self.data or self.dump is not None or self.place.lists is not None
        return found or not self.place.folder


@check
def nginx_data_open(
    config: NginxConfig, nginx: Nginx, tree: FileTree, host: Host, profile: Profile
) -> Iterator[Finding]:
    """Each location with data in its folder, or with a list of it."""
    if nginx.presence.there is False:
        yield NA(NGINX, "no_nginx", *nginx.presence.proof)
        return
    if nginx.presence.running and config.http is None and config.text.source.seen:
        proof, detail = nginx.presence.proof, "it runs with a file in no usual place"
        yield UNKNOWN(NGINX, Reason.UNPARSABLE, *proof, detail=detail)
        return
    places = {place.name: place for place in reversed(nginx.places)}
    files = [place for place in places.values() if place.handler is None]
    served = [seen(place, tree, host, profile) for place in files]
    for one in served:
        if one.matters:
            yield judged(one, config, nginx)
    if not any(one.matters for one in served):
        searched = tree.over([place.folder for place in files])
        rest = {"rests_on": searched} if searched else {"without": (FileTree,)}
        yield PASS(NGINX, "no_data_served", **rest)


def seen(place: Place, tree: FileTree, host: Host, profile: Profile) -> Served:
    """Look at the folder of a place: its path, then what was found in it."""
    if not place.folder:
        return Served(place, data=False, dump=None)
    globs = profile.patterns["dump_globs"]
    found = (e for e in tree.below(place.folder) if e.type == "f" and e.open)
    dump = next((entry for entry in found if entry.named(globs)), None)
    return Served(place, holds_data(place.folder, host, profile), dump)


def judged(served: Served, config: NginxConfig, nginx: Nginx) -> Finding:
    """One place: is it reached, and does it ask who is there?"""
    place = served.place
    subject = Subject("location", place.name)
    if not place.server.exposed:
        listens = [Evidence(one.read) for one in place.server.listens]
        return PASS(subject, "loopback", *listens, without=ELSEWHERE)
    guard = place.guard
    if guard is not None:
        return PASS(subject, "guarded", Evidence(guard.read), without=ELSEWHERE)
    if place.conditional is not None:
        detail = "a condition or code of the configuration may refuse requests"
        proof = Evidence(place.conditional.read)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    if not place.folder:
        detail = "which folder is served depends on a variable"
        given = place.last("folder")
        proof = Evidence(place.read if given is None else given.read)
        return UNKNOWN(subject, Reason.UNPARSABLE, proof, detail=detail)
    return opened(served, config, nginx)


def opened(served: Served, config: NginxConfig, nginx: Nginx) -> Finding:
    """A place that nothing guards: what does it give away, and to whom?"""
    place = served.place
    subject = Subject("location", place.name)
    shown = [Evidence(read) for read in proof_of(served)]
    reached = nginx.reached
    also = (*config.sources, *reached.also)
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", *shown, also=also)
    shown += reached.proof
    if reached.reach is Reach.LOCAL:
        return WARN(subject, "local_only", *shown, also=also)
    if served.data:
        key = "data_listed" if place.lists is not None else "data_open"
        return FAIL(subject, key, *shown, also=also, path=place.folder)
    if served.dump is not None:
        return FAIL(subject, "dump_open", *shown, also=also, path=served.dump.path)
    return WARN(subject, "listed", *shown, also=also, path=place.folder)


def proof_of(served: Served) -> Iterator[Read[str]]:
    """The lines that serve the folder, list it, and the socket; the dump itself."""
    place = served.place
    folder = place.last("folder")
    yield folder.read if folder is not None else place.read
    if place.lists is not None:
        yield place.lists.read
    yield from (one.read for one in place.server.listens if one.exposed)
    if served.dump is not None and not served.data:
        yield served.dump.read
