"""A TCP connection of ours, made before any SSH library is loaded.

So the first host's sshd starts its process while this one imports paramiko.
"""

from __future__ import annotations

import socket

from auditor.collect.trouble import HostTroubleError
from auditor.model.findings import Reason
from auditor.model.host import Host
from auditor.model.snapshot import HostState


def dial(host: Host) -> socket.socket:
    """Connect within the host's `connect` seconds; raises HostTroubleError.

    Nagle's delay is off: it costs 40 ms a message on a near network.
    """
    place = f"{host.address} port {host.port}"
    try:
        sock = socket.create_connection(
            (host.address, host.port), timeout=host.limits.connect
        )
    except socket.gaierror as error:
        detail = f"{host.address}: {error.strerror}"
    except TimeoutError:
        detail = f"{place}: no answer in {host.limits.connect:g} s"
    except OSError as error:
        detail = f"{place}: {error.strerror or error}"
    else:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise HostTroubleError(HostState.UNREACHABLE, Reason.UNREACHABLE, detail)
