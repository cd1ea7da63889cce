"""The reducer of nginx's files: what travels, what stays, what makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.sources import SourceText, Status
from tests.facts.running import body, every_shell

DECLARED = "http server listen root location autoindex auth_basic return/1"


def reduced(shell: str, folder: Path, text: str) -> SourceText:
    file = folder / "nginx.conf"
    file.write_text(text)
    found = body(shell, f"source_file {file} braces '{DECLARED}'").named(str(file))
    assert found is not None
    return found


def lines(text: SourceText) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.fields) for line in text.lines]


@every_shell()
def test_a_declared_directive_keeps_its_arguments(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, "listen 80 default_server;\n")
    assert lines(found) == [(1, ("listen", "80", "default_server", ";"))]


@every_shell()
def test_of_another_directive_only_the_name_travels(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, 'proxy_set_header Authorization "Basic S3C}";\n')
    assert lines(found) == [(1, ("proxy_set_header", "_", "_", ";"))]


@every_shell()
def test_of_a_redirect_only_code_and_scheme_travel(shell: str, tmp_path: Path) -> None:
    text = "return 301 https://x.example/S3C;\nreturn 200 S3C;\n"
    found = reduced(shell, tmp_path, text)
    assert lines(found) == [
        (1, ("return", "301", "https://_", ";")),
        (2, ("return", "200", "_", ";")),
    ]


@every_shell()
def test_quotes_go_and_escapes_are_resolved(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, """root "/srv/a b" 'c\\'d' e\\;f;\n""")
    assert lines(found) == [(1, ("root", "/srv/a b", "c'd", "e\\;f", ";"))]


@every_shell()
def test_a_quoted_brace_opens_no_block(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, 'location ~ "^/a{1,2}$" { autoindex on; }\n')
    assert lines(found) == [
        (1, ("location", "~", "^/a{1,2}$", "{")),
        (1, ("autoindex", "on", ";")),
        (1, ("}",)),
    ]


@every_shell()
def test_a_variable_in_braces_opens_no_block(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, "root /srv/${host}/x;\n")
    assert lines(found) == [(1, ("root", "/srv/${host}/x", ";"))]


@every_shell()
def test_a_folded_directive_stands_where_it_starts(shell: str, tmp_path: Path) -> None:
    found = reduced(shell, tmp_path, '\nauth_basic\n  "Zone\ndeux";\nroot /a;')
    assert lines(found) == [
        (2, ("auth_basic", "Zone\ndeux", ";")),
        (5, ("root", "/a", ";")),
    ]


@every_shell()
def test_a_comment_says_nothing_but_a_hash_within_a_word_is_no_comment(
    shell: str, tmp_path: Path
) -> None:
    found = reduced(shell, tmp_path, "# root /S3C; {\nroot /a#b; # S3C }\n")
    assert lines(found) == [(2, ("root", "/a#b", ";"))]


@every_shell()
@pytest.mark.parametrize("name", ["map $a $b", "geo $a", "types", "split_clients x $a"])
def test_first_words_that_are_data_stay_on_the_host(
    shell: str, tmp_path: Path, name: str
) -> None:
    text = f"{name} {{ S3C 1; default 0; include /etc/S3C; }}\nroot /a;\n"
    found = reduced(shell, tmp_path, text)
    assert "S3C" not in repr(found.lines)
    assert lines(found)[-2:] == [(1, ("}",)), (2, ("root", "/a", ";"))]


@every_shell()
def test_lua_stays_on_the_host_whatever_braces_it_holds(
    shell: str, tmp_path: Path
) -> None:
    text = """access_by_lua_block {
  local k = "S3C}" -- S3C }
  --[[ S3C } ]] if x then y = { 'S3C}' } end
  z = [==[ S3C } ]] } ]==] }
root /a;
"""
    found = reduced(shell, tmp_path, text)
    assert lines(found) == [
        (1, ("access_by_lua_block", "{")),
        (4, ("}",)),
        (5, ("root", "/a", ";")),
    ]


@every_shell()
@pytest.mark.parametrize(
    "text", ["server {\n", "root '/a;\n", "}\n", "root /a\n", "root /a }\n"]
)
def test_what_nginx_would_not_start_with_is_failed(
    shell: str, tmp_path: Path, text: str
) -> None:
    assert reduced(shell, tmp_path, text).source.status is Status.FAILED
