"""The program on the target reads only, and by commands that open nothing to write.

These are P16 and the probe rules R3, R4, R9, R12 and R15 of the threat model, held
against the text of every fragment, of the preamble and of every reducer.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from auditor.model.facts import Fact
from tests.hostile_bodies import every_fact
from tests.shell_words import (
    bare,
    commands,
    embedded,
    functions,
    redirections,
    unquoted,
)

REDUCERS = sorted(
    Path(str(files("auditor.collect").joinpath("reducers"))).glob("*.awk")
)
PREAMBLE = files("auditor.collect").joinpath("preamble.sh").read_text("utf-8")
#: Every script that runs on a target, by a name for the test.
SCRIPTS = {"preamble.sh": PREAMBLE} | {
    kind.__name__: kind.fragment for kind in every_fact() if kind.fragment
}
SCRIPTS |= {
    f"{name} sh -c {n}": inner
    for name, script in list(SCRIPTS.items())
    for n, inner in enumerate(embedded(script))
}

#: What the shell itself does; none of it opens a file to write.
BUILTINS = {
    *(":", "[", "break", "command", "continue", "echo", "printf", "read", "return"),
    *("set", "shift", "type"),
}
#: What the assembler writes into every program beside the preamble.
ASSEMBLED = {"reducer", "body_of"}
#: Every other command, with what it opens. All were traced: nothing to write.
COMMANDS = {
    "apk": "apk info reads /lib/apk/db",
    "auditctl": "a netlink socket: -s and -l ask the kernel",
    "awk": "its standard input or the files named; the rules below bind its text",
    "bzip2": "-dc: the file named, to standard output",
    "cat": "the files named",
    "chronyc": "a UDP socket on loopback (-h 127.0.0.1), where it makes no socket file",
    "cksum": "standard input",
    "date": "nothing",
    "dpkg-query": "/var/lib/dpkg",
    "env": "nothing; sets a variable of one command",
    "fail2ban-client": "the server's socket: status asks, and Python writes no .pyc",
    "find": "folders; never with -delete, -fprint, -ok: see FIND_WRITES",
    "getent": "what nsswitch.conf(5) names",
    "getfacl": "the files named",
    "grep": "the files named",
    "gzip": "-dc: the file named, to standard output",
    "head": "standard input",
    "id": "what nsswitch.conf(5) names",
    "ionice": "nothing; sets the priority of one command",
    "ls": "the folders named",
    "lsattr": "the folders named",
    "netstat": "/proc/net",
    "nft": "a netlink socket: list asks the kernel",
    "nice": "nothing; sets the priority of one command",
    "postconf": "/etc/postfix",
    "ps": "/proc",
    "readlink": "the links named",
    "rpm": "its database, read-only for -q",
    "sed": "standard input; never with -i",
    "sh": "-c with a constant text, held to the same rules",
    "sha256sum": "standard input",
    "ss": "netlink sockets",
    "sshd": "-T reads its configuration and host keys and ends",
    "stat": "the files named",
    "systemctl": "the bus: list-… and show ask",
    "tail": "standard input",
    "timedatectl": "the bus: show asks",
    "timeout": "nothing; ends one command",
    "tr": "standard input",
    "true": "nothing",
    "uname": "nothing",
    "unzip": "the archive named, to standard output",
    "xz": "-dc: the file named, to standard output",
    "zstd": "-dcq: the file named, to standard output",
}
#: Scripts that start what an expansion names, with what that is.
GIVEN = {
    "preamble.sh": "limited, first_of and frame run the words that fragments give them",
    "BackupKeys": "each FUNCTION runs a function of the fragment for every line",
}
#: Words that are split or are globs on purpose, each with the reason.
UNQUOTED = {
    "$#": "a number",
    "$g_pattern": "the pattern of source_glob: globbed, with IFS empty, never split",
    "$units": "names of units, one a word, that systemd accepts only without blanks",
}
NOWHERE = {
    *("2>/dev/null", ">/dev/null", "</dev/null", "2>&1", "<Q"),
}
FORBIDDEN = {
    "eval": r"\beval\b",
    "a backtick": "`",
    "a here-document": "<<",
    "tee": r"\btee\b",
    "mktemp": r"\bmktemp\b",
    "sed -i": r"\bsed\s+(-\w+\s+)*-\w*i",
    "a target's file run": r"(?:^|[;&|]\s*)(?:\.|source)\s",
    "set -e, by which one failed probe ends the rest": r"\bset -\w*e",
}
FIND_WRITES = re.compile(r"-(?:delete|fprintf?|fprint0|fls|ok|okdir)\b")
AWK_RUNS = re.compile(r"\b(?:system\s*\(|getline\b)")
#: `print … > "file"`, `print … | "command"`, or with a name in place of the string.
AWK_WRITES = re.compile(
    r"\bprintf?\b[^;}\n]*(?:>>?|\|)\s*(?:\"[^\"]*\"|\w+)\s*(?=[;}\n])"
)
#: In a script, where `printf … | function` is the shell's.
AWK_WRITES_NAMED = re.compile(
    r"\bprintf?\b[^;}\n]*(?:>>?|\|)\s*\"[^\"]*\"\s*(?=[;}\n])"
)
#: Reducers that run commands or read a file by its name, with what for.
RUNNING_REDUCERS = {
    "entries.awk": "stat of the folders above what a find found, their paths quoted",
    "patients.awk": "date for the limit of time; a found file, as it is or unpacked",
    "tree.awk": "the first bytes of what a find found",
}

each_script = pytest.mark.parametrize("name", SCRIPTS)
each_reducer = pytest.mark.parametrize("file", REDUCERS, ids=lambda file: file.name)


def started(script: str) -> list[str]:
    """The names of all commands of a script, those that others start included."""
    found = []
    for words in commands(script):
        found += [words[0], *_started_by(words)]
    return found


def _started_by(words: list[str]) -> list[str]:
    """The command that `limited`, `source_command`, `nice`, `find -exec` … start."""
    match words:
        case ["source_command", *rest] if rest:
            rest = rest[_options(rest) + 2 :]
        case ["limited", _, *rest]:
            pass
        case ["set", "--", first, *rest] if re.fullmatch("[a-z]+", first):
            rest = [first, *rest]
        case ["nice", "-n", _, *rest] | ["ionice", "-c", _, *rest]:
            pass
        case ["env", *rest]:
            rest = [word for word in rest if "=" not in word]
        case ["timeout", "-k", _, _, *rest]:
            pass
        case [_, *rest] if "-exec" in rest:
            rest = rest[rest.index("-exec") + 1 :]
        case _:
            return []
    named = [word for word in rest[:1] if word not in ("Q", "N") and word[0] != "$"]
    return [*named, *_started_by(rest)]


def _options(words: list[str]) -> int:
    """How many words the options of source_command take."""
    count = 0
    while words[count].startswith("-"):
        count += 1 if words[count] == "-root" else 2
    return count


@each_script
def test_a_script_starts_only_commands_that_open_nothing_to_write(name: str) -> None:
    known = BUILTINS | ASSEMBLED | set(COMMANDS) | functions(PREAMBLE)
    known |= {"Q"} if name in GIVEN else set()
    script = SCRIPTS[name]
    assert sorted(set(started(script)) - known - functions(script)) == []


@each_script
def test_a_script_redirects_only_to_nowhere_and_from_what_it_names(name: str) -> None:
    assert sorted(set(redirections(SCRIPTS[name])) - NOWHERE) == []


@each_script
def test_a_script_quotes_every_expansion(name: str) -> None:
    assert sorted(set(unquoted(SCRIPTS[name])) - set(UNQUOTED)) == []


@pytest.mark.parametrize("what", FORBIDDEN)
@each_script
def test_a_script_is_without(name: str, what: str) -> None:
    assert re.findall(FORBIDDEN[what], bare(SCRIPTS[name])) == []


@each_script
def test_find_only_looks(name: str) -> None:
    finds = [" ".join(words) for words in commands(SCRIPTS[name]) if "find" in words]
    wrong = [FIND_WRITES.findall(words.partition("find")[2]) for words in finds]
    assert [found for found in wrong if found] == []


@each_script
def test_awk_in_a_script_runs_and_writes_nothing(name: str) -> None:
    assert AWK_RUNS.findall(SCRIPTS[name]) == []
    assert AWK_WRITES_NAMED.findall(SCRIPTS[name]) == []


@each_reducer
def test_a_reducer_writes_nothing(file: Path) -> None:
    assert AWK_WRITES.findall(code_of(file)) == []


@each_reducer
def test_a_reducer_that_runs_something_says_why(file: Path) -> None:
    runs = AWK_RUNS.findall(code_of(file)) != []
    assert (file.name in RUNNING_REDUCERS) == runs


@each_reducer
def test_a_reducer_is_awk_for_mawk_and_busybox_within_single_quotes(
    file: Path,
) -> None:
    code = code_of(file)
    assert "'" not in code
    assert re.findall(r"[\])\w.]\{\d+(?:,\d*)?\}", code) == []
    assert re.findall(r"\b(?:gensub|strftime|systime|asorti?|PROCINFO)\b", code) == []


def code_of(reducer: Path) -> str:
    """A reducer without its comments."""
    return re.sub(r"(?m)(^|[ \t])#.*$", "", reducer.read_text("ascii"))


@pytest.mark.parametrize("kind", every_fact(), ids=lambda kind: kind.__name__)
def test_a_fragment_is_a_constant(kind: type[Fact]) -> None:
    source = inspect.getsource(sys.modules[kind.__module__])
    made = [
        type(part).__name__
        for statement in _fragments(ast.parse(source), kind.__name__)
        for part in ast.walk(statement)
        if isinstance(part, ast.expr)
    ]
    assert set(made) <= {"Constant", "Name", "BinOp", "JoinedStr", "FormattedValue"}
    assert isinstance(kind.fragment, str)


def _fragments(tree: ast.Module, name: str) -> list[ast.expr]:
    """What the class of that name assigns to `fragment`."""
    return [
        statement.value
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == name
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == "fragment"
        and statement.value is not None
    ]


BAD = {
    "redirection": "cat a >b\n",
    "append": 'echo "$a" >> /tmp/x\n',
    "unquoted": "cat $file\n",
    "command": "if true; then rm -r x; fi\n",
    "inner command": 'echo "$(rm x)"\n',
    "command behind a case": "case $a in b) rm x ;; esac\n",
    "started": "source_command -as 'x y' keep '' rm x\n",
    "by find": "find / -exec rm {} +\n",
    "limited": "limited 5 rm x\n",
}


@pytest.mark.parametrize("what", BAD)
def test_the_lint_sees(what: str) -> None:
    script = BAD[what]
    known = BUILTINS | set(COMMANDS) | functions(PREAMBLE)
    found = [
        *(set(started(script)) - known),
        *(set(redirections(script)) - NOWHERE),
        *(set(unquoted(script)) - set(UNQUOTED)),
    ]
    assert found != []
