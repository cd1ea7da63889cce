"""FileTree over a folder of the test."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.mounts import Mounts
from auditor.facts.served import ServedFolders
from auditor.model.facts import Fact
from auditor.model.host import Host
from auditor.model.manifests import Manifests
from auditor.model.sources import Body
from tests.cases import profile
from tests.facts.running import answers, asking, tools_of

HOST = Host(name="here", address="127.0.0.1")
#: No account's, but the system's own for nobody.
NOBODY = 65534


def searching(root: Path, *words: str, served: Path | None = None) -> type[Fact]:
    """FileTree as it is, over a folder of the test instead of the whole host."""
    fragment = FileTree.fragment.replace('"$words" /\n', f'"$words" {root}\n')
    assert fragment != FileTree.fragment
    asked = words or FileTree.parameters(HOST, Manifests(), profile())
    folders = asking(
        ServedFolders.fragment,
        *(("web", str(served)) if served else ()),
        name="ServedFolders",
    )
    folders.after = ServedFolders.after
    tree = asking(fragment, *asked, name="FileTree")
    tree.after = (Mounts, folders)
    return tree


def answered(shell: str, fact: type[Fact], user: int | None = None) -> Body:
    return answers(shell, fact, user=user, tools=tools_of(shell))["FileTree"]


def tree(shell: str, root: Path, served: Path | None = None) -> FileTree:
    return FileTree.parse(answered(shell, searching(root, served=served)))


def found(shell: str, root: Path, served: Path | None = None) -> dict[str, Entry]:
    """The entries by their path below the folder of the test."""
    entries = tree(shell, root, served).entries
    return {entry.path.removeprefix(f"{root}/"): entry for entry in entries}
