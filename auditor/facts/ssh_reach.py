"""Whether there is an SSH server at all, and who can reach it."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.facts.reach import Reached, reached
from auditor.facts.software import Listeners, Packages, Processes, Software, Units
from auditor.facts.sshd import Instance
from auditor.model.facts import Fact
from auditor.model.findings import Evidence
from auditor.model.sources import whole_number

#: The facts below `Software`: what sshd says of itself does not rest on them.
SOFTWARE: tuple[type[Fact], ...] = (Packages, Processes, Listeners, Units)


def no_ssh_server(software: Software) -> tuple[Evidence, ...]:
    """The proof that neither OpenSSH's nor dropbear's server is there; else empty."""
    sshd = software.presence(["openssh-server", "openssh"], ["sshd"], [22])
    dropbear = software.presence(["dropbear"], ["dropbear"])
    if sshd.there is False and dropbear.there is False:
        return (*sshd.proof, *dropbear.proof)
    return ()


def sshd_reached(software: Software, instance: Instance) -> Reached:
    """How far the sshd of one configuration can be reached."""
    variants = instance.variants[:1]
    words = [whole_number(p) for v in variants for p in v.words("port")]
    ports = [port for port in words if port is not None]
    units = ("ssh.service", "sshd.service", "ssh.socket", "sshd.socket")
    return reached(software, ["sshd"], ports or [22], units=units)


def dropbear_reached(software: Software, ports: Iterable[int] = ()) -> Reached:
    """How far dropbear can be reached."""
    return reached(software, ["dropbear"], ports, units=("dropbear.service",))
