"""A service that systemd starts by a timer, and that may do no more than it has to.

Each directive: systemd.exec(5), systemd.service(5), systemd.timer(5). What the service
may not see or do is checked in the tests by `systemd-analyze security`.
"""

from __future__ import annotations

import re
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


def units(plan: Plan, when: str) -> dict[Path, str]:
    """The files by their path below the root; `when` is a calendar event."""
    return {
        FOLDER / f"{plan.name}.service": service(plan),
        FOLDER / f"{plan.name}.timer": timer(plan, when),
    }


def service(plan: Plan) -> str:
    """The unit that audits once."""
    command = [plan.program, "run", "--scheduled", "-i", plan.file, *plan.options]
    lines = [
        "[Service]",
        "Type=oneshot",
        f"User={plan.user}",
        f"WorkingDirectory={_percent(plan.inventory.folder)}",
        f"ExecStart={' '.join(_word(word) for word in command)}",
        *_stop_post(plan),
        f"TimeoutStartSec={plan.minutes}min",
        "# A run that is stopped still keeps the hosts that are complete.",
        "TimeoutStopSec=5min",
        *(
            f"LoadCredential={credential_name(path)}:{_percent(path)}"
            for path in plan.secret_files
        ),
        *_written(plan),
        _SANDBOX,
    ]
    about = _unit(plan, "network-online.target")
    return "\n".join([MARK, *about, *lines])


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


def _unit(plan: Plan, after: str | None = None) -> list[str]:
    order = [f"Wants={after}", f"After={after}"] if after else []
    about = f"Description=Security audit of {_percent(plan.file)}"
    return ["[Unit]", about, *order, ""]


def _stop_post(plan: Plan) -> list[str]:
    """What tells of a run that could not do so itself: killed, or refused."""
    if plan.inventory.heartbeat is None:
        return []
    words = [plan.program, "ping", "-i", plan.file, "-o", plan.store]
    command = " ".join(_word(word) for word in words)
    told = "--result=${SERVICE_RESULT} --code=${EXIT_STATUS}"
    return [f"ExecStopPost=-{command} {told}"]


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
