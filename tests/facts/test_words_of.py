"""Paths that one fact found and another walks."""

from __future__ import annotations

from pathlib import Path

from auditor.model.facts import Fact
from auditor.model.sources import Body
from tests.facts.running import answers, asking, every_shell


def words(shell: str, text: str, file: Path, *directives: str) -> Body:
    file.write_text(text)
    asked = " ".join(directives)
    first = asking(f"source_file {file} lines '{asked}'", name="First")
    second: type[Fact] = asking(
        f"words_of First {asked} | while IFS= read -r p; do source_value walk"
        f' "$p"; done; refused_of First {asked}',
        name="Second",
    )
    second.after = (first,)
    return answers(shell, second)["Second"]


def walked(found: Body) -> list[str]:
    return [line.raw for text in found.texts for line in text.lines]


@every_shell()
def test_arguments_of_the_asked_directives_are_paths_to_walk(
    shell: str, tmp_path: Path
) -> None:
    text = "anon_root=/srv/ftp\n  local_root = /srv/a b\nother=/no\nroot /var/www\n"
    found = words(shell, text, tmp_path / "f", "anon_root", "local_root", "root")
    assert walked(found) == ["/srv/ftp", "/srv/a b", "/var/www"]


@every_shell()
def test_a_path_that_is_not_plain_is_a_failed_source(
    shell: str, tmp_path: Path
) -> None:
    text = "root=/home/$USER\nroot=relative\nroot=/tmp/\x01\nroot=/ok\n"
    found = words(shell, text, tmp_path / "f", "root")
    assert walked(found) == ["/ok"]
    refused = [(s.name, s.status.value) for s in found.sources[1:]]
    assert refused == [
        ("/home/$USER", "failed"),
        ("relative", "failed"),
        ("/tmp/\x01", "failed"),
    ]


@every_shell()
def test_a_path_named_twice_is_walked_once(shell: str, tmp_path: Path) -> None:
    found = words(shell, "root=/srv\nroot=/srv\n", tmp_path / "f", "root")
    assert walked(found) == ["/srv"]


@every_shell()
def test_names_are_compared_as_samba_and_rsync_do(shell: str, tmp_path: Path) -> None:
    text = "Share Path = /srv/a\nsharepath /srv/b\nshare x = /no\n"
    text += "share path\t=\t/srv/c d\n"
    found = words(shell, text, tmp_path / "f", "sharepath", "share")
    assert walked(found) == ["/srv/a", "/srv/b", "/srv/c d"]
