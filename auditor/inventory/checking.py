"""What one table can't know: names, groups, jumps, targets that meet."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import Problem
from auditor.inventory.documents import meant
from auditor.inventory.drafts import Draft, Written
from auditor.inventory.entries import HeartbeatEntry
from auditor.inventory.resolving import levels_of, nearest
from auditor.inventory.shipped import shipped_names
from auditor.inventory.words import NAME, NAME_RULE
from auditor.model.host import Host


def problems_of_tables(draft: Draft) -> Iterator[Problem]:
    """Mistakes that show before anything is resolved."""
    yield from _engagement(draft)
    yield from _alerts(draft)
    yield from _heartbeat(draft)
    yield from _names(draft)
    for level in _levels(draft):
        yield from _references(draft, level)
        yield from _login(level)
    for host in draft.hosts.values():
        yield from _local(host)


def _levels(draft: Draft) -> Iterator[Written]:
    defaults = draft.single.get("defaults")
    tables = (defaults, *draft.groups.values(), *draft.hosts.values())
    return (level for level in tables if level and level.entry)


def _engagement(draft: Draft) -> Iterator[Problem]:
    found = draft.single.get("engagement")
    if found is None:
        if draft.whole:
            message = 'the table [engagement] with client = "…" is missing'
            yield Problem(draft.files[0], message)
        return
    if found.entry is None:
        return
    known = shipped_names("frameworks")
    for index, name in enumerate(found.entry.frameworks or ()):
        if name not in known:
            near = meant(name, known) or f"; there are {', '.join(known)}"
            message = f"there is no framework '{name}'{near}"
            yield found.problem(message, "frameworks", index)
    folder = found.entry.manifests
    if folder is not None and not found.path(folder).is_dir():
        yield found.problem(f"'{folder}' is no folder", "manifests")
    yield from _profile(found, found.entry.profile)


def _alerts(draft: Draft) -> Iterator[Problem]:
    found = draft.single.get("alerts")
    if found is None or not found.entry:
        return
    for index, secret in enumerate(found.entry.to):
        if secret.kind == "prompt":
            message = "nobody is there to be asked: env, file or command"
            yield found.problem(message, "to", index)


def _heartbeat(draft: Draft) -> Iterator[Problem]:
    found = draft.single.get("heartbeat")
    if found is None or not found.entry or found.wrong:
        return
    entry: HeartbeatEntry = found.entry
    if entry.url is None and entry.file is None:
        yield found.problem("where does it go? 'url', 'file' or both are missing")
    elif entry.url is None and entry.service != "plain":
        yield found.problem("it says how 'url' is told, which is missing", "service")
    if entry.url is not None and entry.url.kind == "prompt":
        yield found.problem("nobody is there to be asked: env, file or command", "url")


def _profile(found: Written, name: str) -> Iterator[Problem]:
    if is_path(name):
        if not found.path(name).is_file():
            yield found.problem(f"'{name}' is no file", "profile")
        return
    known = shipped_names("profiles")
    if name not in known:
        near = meant(name, known) or f"; there is {', '.join(known)}"
        message = f"there is no profile '{name}'{near}; a file of your own is a path"
        yield found.problem(f"{message} such as './{name}.toml'", "profile")


def is_path(profile: str) -> bool:
    """Whether a profile is a file of the client's own, not a shipped name."""
    return "/" in profile or profile.endswith(".toml")


def _names(draft: Draft) -> Iterator[Problem]:
    """The grammar of names, and that none stands for two things without case."""
    seen: dict[str, tuple[str, str, str]] = {}
    named: list[tuple[str, str, Written, tuple[str | int, ...]]] = []
    named += [("group", name, found, ()) for name, found in draft.groups.items()]
    named += [("host", name, found, ()) for name, found in draft.hosts.items()]
    for level in _levels(draft):
        for index, role in enumerate(level.entry.roles or ()):
            named.append(("role", role, level, ("roles", index)))
    for kind, name, found, key in named:
        if not NAME.fullmatch(name):
            yield found.problem(f"'{name}' is no name: {NAME_RULE}", *key)
            continue
        first = seen.setdefault(name.casefold(), (kind, name, found.place))
        same_role = kind == first[0] == "role" and name == first[1]
        if first != (kind, name, found.place) and not same_role:
            yield found.problem(
                f"the {kind} '{name}' is called like the {first[0]} '{first[1]}' "
                f"({first[2]}): names of hosts, groups and roles differ, case aside",
                *key,
            )


def _references(draft: Draft, level: Written) -> Iterator[Problem]:
    if not draft.whole:
        return
    group = getattr(level.entry, "group", None)
    if group is not None and group not in draft.groups:
        near = meant(group, draft.groups)
        hint = near or f"; write a table [groups.{group}]"
        yield level.problem(f"there is no group '{group}'{hint}", "group")
    jump = level.entry.jump
    if jump and jump not in draft.hosts:
        near = meant(jump, draft.hosts)
        hint = near or f"; a jump host is a host of its own: [hosts.{jump}]"
        yield level.problem(f"there is no host '{jump}'{hint}", "jump")


def _login(level: Written) -> Iterator[Problem]:
    entry = level.entry
    if entry is not None and entry.key is not None and entry.agent is not None:
        message = "key and agent both: one key is offered, keep one of the two"
        yield level.problem(message, "agent")


def _local(host: Written) -> Iterator[Problem]:
    entry = host.entry
    if entry is None or entry.transport not in ("local", "answer"):
        return
    for key in ("address", "port", "jump"):
        if getattr(entry, key):
            message = f"a host with transport '{entry.transport}' connects nowhere"
            yield host.problem(f"{message}: take this key out", key)


def problems_of_hosts(draft: Draft, hosts: dict[str, Host]) -> Iterator[Problem]:
    """Mistakes that show once every key is resolved."""
    if not draft.hosts and draft.whole:
        message = "no host in this inventory: write a table [hosts.NAME]"
        yield Problem(draft.files[0], message)
    yield from _jumps(draft, hosts)
    yield from _same_targets(draft, hosts)
    for host in hosts.values():
        unsure = {key for level in levels_of(draft, host.name) for key in level.wrong}
        if host.transport != "ssh" or host.user or unsure & {"user", "group"}:
            continue
        if host.group is not None and host.group not in draft.groups:
            continue
        message = "user is missing: write it here, in the group or in [defaults]"
        yield draft.hosts[host.name].problem(message, "user")


def _jumps(draft: Draft, hosts: dict[str, Host]) -> Iterator[Problem]:
    told: set[str] = set()
    for host in hosts.values():
        chain = _chain(hosts, host)
        if chain[-1] == host.name and len(chain) > 1 and host.name not in told:
            told.update(chain)
            yield _at_jump(draft, host, _loop(chain))
        via = hosts.get(host.jump) if host.jump else None
        if via is not None and via.transport != "ssh":
            message = f"'{via.name}' can't be a jump: its transport is {via.transport}"
            yield _at_jump(draft, host, message)


def _chain(hosts: dict[str, Host], host: Host) -> list[str]:
    """The names from a host along its jumps, up to the first one seen twice."""
    chain = [host.name]
    found: Host | None = host
    while found and found.jump and found.jump in hosts:
        chain.append(found.jump)
        if found.jump in chain[:-1]:
            break
        found = hosts[found.jump]
    return chain


def _loop(chain: list[str]) -> str:
    shown = " → ".join(chain)
    if len(chain) == 2:
        return f'jump loop {shown}: a host that is connected directly takes jump = ""'
    return f"jump loop {shown}"


def _at_jump(draft: Draft, host: Host, message: str) -> Problem:
    found = nearest(levels_of(draft, host.name), "jump")
    level = found[1] if found else draft.hosts[host.name]
    return level.problem(message, "jump")


def _same_targets(draft: Draft, hosts: dict[str, Host]) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], str] = {}
    for host in hosts.values():
        if host.transport == "answer":
            continue
        target: tuple[object, ...] = ("local",)
        if host.transport == "ssh":
            target = (host.address.casefold().rstrip("."), host.port, host.jump)
        first = seen.setdefault(target, host.name)
        if first != host.name:
            same = "address, port and jump" if host.transport == "ssh" else "machine"
            place = draft.hosts[first].place
            message = f"the same {same} as host '{first}' ({place}): keep one of them"
            yield draft.hosts[host.name].problem(message, "address")
