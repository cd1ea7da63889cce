"""The verbs of `tests/lab/lab`."""

from __future__ import annotations

import argparse
import os
import sys

from tests.lab import material, possible, state
from tests.lab.hosts import choose
from tests.lab.paths import LabError
from tests.lab.up import bring_up


def main() -> int:
    arguments = parser().parse_args()
    try:
        verb = arguments.verb
        code: int = verb(arguments)
        return code
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def check(_: argparse.Namespace) -> int:
    reason = possible.refusal()
    print("lab possible" if reason is None else f"lab not possible: {reason}")
    return 0 if reason is None else 1


def up(arguments: argparse.Namespace) -> int:
    if reason := possible.refusal():
        raise LabError(f"lab not possible: {reason}")
    state.sweep()
    names = arguments.hosts.split(",") if arguments.hosts else []
    run = bring_up(choose(names), arguments.id, arguments.owner)
    print(run.inventory)
    return 0


def down(arguments: argparse.Namespace) -> int:
    swept = state.sweep()
    left = state.runs()
    if arguments.id in swept or (arguments.id is None and not left):
        return 0
    for run in left if arguments.all else [state.find_run(arguments.id)]:
        state.remove(run)
    return 0


def execute(arguments: argparse.Namespace) -> int:
    run = state.find_run(arguments.id)
    enter = ["nsenter", f"--net=/proc/{run.require_holder()}/ns/net"]
    os.environ.update(material.environment(run))
    os.execvp("nsenter", [*enter, "--", *arguments.command])


def shell(arguments: argparse.Namespace) -> int:
    run = state.find_run(arguments.id)
    os.execvp("nsenter", [*shell_prefix(run, arguments.host), *arguments.command])


def shell_prefix(run: state.Run, host: str) -> list[str]:
    """The command that runs what follows it as root inside a host."""
    enter = ["nsenter", "--target", str(run.pid_of(host))]
    enter += ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
    clean = [
        "env",
        "-i",
        "HOME=/root",
        "LC_ALL=C",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    return [*enter, "--root", "--wd", "--", *clean]


def upper(arguments: argparse.Namespace) -> int:
    run = state.find_run(arguments.id)
    run.pid_of(arguments.host)
    print(run.seen() / arguments.host / "upper")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="lab", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def add(name: str, verb: object, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.set_defaults(verb=verb)
        if name != "check":
            made.add_argument("--id", help="which lab; needed when several run")
        return made

    add("check", check, "try whether this machine can carry the lab")
    made = add("up", up, "start the lab, print the path of its inventory")
    made.add_argument("--hosts", help="only these, separated by commas")
    made.add_argument("--owner", type=int, help="process with which the lab may go")
    made = add("exec", execute, "run a command in the auditor's network")
    made.add_argument("command", nargs=argparse.REMAINDER)
    made = add("shell", shell, "run a command as root inside a host")
    made.add_argument("host")
    made.add_argument("command", nargs=argparse.REMAINDER)
    made = add("upper", upper, "print the folder that holds what a host wrote")
    made.add_argument("host")
    made = add("down", down, "remove a lab, and those whose owner was killed")
    made.add_argument("--all", action="store_true", help="all labs")
    return top
