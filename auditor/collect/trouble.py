"""Why a host could not be audited, on its way to the host's snapshot."""

from __future__ import annotations

from auditor.model.findings import Reason
from auditor.model.snapshot import Handshake, HostState


class HostTroubleError(Exception):
    """Ends the collecting of one host; never leaves `auditor.collect`.

    `detail` is for the technician; what it holds of the target is already escaped.
    `handshake` is what the server showed before, if it spoke SSH at all.
    """

    def __init__(
        self,
        state: HostState,
        reason: Reason,
        detail: str,
        handshake: Handshake | None = None,
    ) -> None:
        self.state = state
        self.reason = reason
        self.detail = detail
        self.handshake = handshake
        super().__init__(detail)


class BusyError(HostTroubleError):
    """The server closed before it said a word, as sshd does past MaxStartups."""
