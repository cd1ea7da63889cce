"""A service that systemd starts by a timer, and that may do no more than it has to.

Each directive: systemd.exec(5), systemd.service(5), systemd.timer(5). What the service
may not see or do is checked in the tests by `systemd-analyze security`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from auditor.schedule.plan import Plan
from auditor.system_credentials import credential_name

#: The first line of what we write, by which we know what we may replace and remove.
MARK = "# Written by 'auditor schedule'; changes go into a drop-in (systemctl edit)."

FOLDER = Path("etc/systemd/system")

_SANDBOX = """\
UMask=0077
Nice=10
IOSchedulingClass=idle
MemoryMax=1G
LimitCORE=0
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateTmp=yes
PrivateDevices=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""


def paths(name: str) -> tuple[Path, ...]:
    """Where the units of that name may lie, below the root; the timer first."""
    kinds = (f"{name}.timer", f"{name}.service", _failed(name))
    return tuple(FOLDER / kind for kind in kinds)


def units(plan: Plan, when: str) -> dict[Path, str]:
    """The files by their path below the root; `when` is a calendar event."""
    texts = [timer(plan, when), service(plan)]
    if _is_told(plan):
        texts.append(failed(plan))
    return dict(zip(paths(plan.name), texts, strict=False))


def service(plan: Plan) -> str:
    """The unit that audits once."""
    command = [plan.program, "run", "--scheduled", "-i", plan.file, *plan.options]
    order = ["Wants=network-online.target", "After=network-online.target"]
    if _is_told(plan):
        order.append(f"OnFailure={_failed(plan.name)}")
    lines = [
        *_service(plan, command),
        f"TimeoutStartSec={plan.minutes}min",
        "# A run that is stopped still keeps the hosts that are complete.",
        "TimeoutStopSec=5min",
        *_credentials(plan.secret_files),
        *_written(plan),
        _SANDBOX,
    ]
    return "\n".join([MARK, *_unit(plan, *order), *lines])


def failed(plan: Plan) -> str:
    """The unit that tells of a run that could not do so itself: killed, or refused.

    No ExecStopPost= of the service: where that has a mount namespace, systemd hides
    its credentials from all but ExecStart= (github.com/systemd/systemd/issues/32583).
    """
    command = [plan.program, "ping", "-i", plan.file, "-o", plan.store]
    beat = plan.inventory.heartbeat
    secret = beat.url if beat else None
    files = [Path(secret.reference[0])] if secret and secret.kind == "file" else []
    told = " --result=${MONITOR_SERVICE_RESULT} --code=${MONITOR_EXIT_STATUS}"
    *lines, start = _service(plan, command)
    lines += [start + told, "TimeoutStartSec=2min", *_credentials(files), _SANDBOX]
    return "\n".join([MARK, *_unit(plan), *lines])


def timer(plan: Plan, when: str) -> str:
    """The unit that starts it, also when the machine was off at the time."""
    lines = [
        MARK,
        *_unit(plan),
        "[Timer]",
        f"OnCalendar={when}",
        "Persistent=true",
        "RandomizedDelaySec=1h",
        "",
        "[Install]",
        "WantedBy=timers.target",
        "",
    ]
    return "\n".join(lines)


def _failed(name: str) -> str:
    return f"{name}-failed.service"


def _is_told(plan: Plan) -> bool:
    """Whether somebody can be told of a failure at all."""
    beat = plan.inventory.heartbeat
    return beat is not None and beat.url is not None and beat.service != "plain"


def _unit(plan: Plan, *order: str) -> list[str]:
    about = f"Description=Security audit of {_percent(plan.file)}"
    return ["[Unit]", about, *order, ""]


def _service(plan: Plan, command: Iterable[object]) -> list[str]:
    return [
        "[Service]",
        "Type=oneshot",
        f"User={plan.user}",
        f"WorkingDirectory={_percent(plan.inventory.folder)}",
        f"ExecStart={' '.join(_word(word) for word in command)}",
    ]


def _credentials(files: Iterable[Path]) -> list[str]:
    return [
        f"LoadCredential={credential_name(path)}:{_percent(path)}" for path in files
    ]


def _written(plan: Plan) -> list[str]:
    state = plan.state
    made = [f"StateDirectory={_listed(state)}", "StateDirectoryMode=0700"]
    paths = [f"ReadWritePaths={_listed(folder)}" for folder in plan.written]
    return [*(made if state else []), *paths]


def _percent(text: object) -> str:
    """A whole line's value: `%` begins a specifier."""
    return str(text).replace("%", "%%")


def _word(text: object) -> str:
    """One word of a command, in which `$` begins a variable."""
    return _listed(text).replace("$", "$$")


def _listed(text: object) -> str:
    """One word of a list, quoted where it has to be (systemd.syntax(7))."""
    plain = _percent(text)
    if re.fullmatch(r"[A-Za-z0-9_%$@/.,:=+-]+", plain):
        return plain
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
