"""The reducers of PostgreSQL's two files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.running import body, every_shell, shown


def reduced(shell: str, folder: Path, reducer: str, text: str) -> list[str]:
    file = folder / "file"
    file.write_text(text)
    return shown(body(shell, f"source_file {file} {reducer}"), file)


SETTINGS = "postgresql 'listen_addresses ssl port include_dir'"


@every_shell()
@pytest.mark.parametrize(
    ("line", "travels"),
    [
        ("listen_addresses = '*'  # S3C", "1 listen_addresses\t*"),
        ("Listen_Addresses='a, b'#S3C", "1 listen_addresses\ta, b"),
        ("ssl on", "1 ssl\ton"),
        ("port=5433# S3C", "1 port\t5433"),
        ("include_dir 'it''s'", "1 include_dir\tit's"),
        ("ssl_passphrase_command = 'echo S3C'", "1 ssl_passphrase_command\t_"),
        ("primary_conninfo 'password=S3C'", "1 primary_conninfo\t_"),
    ],
)
def test_settings_lose_quotes_comments_and_what_is_not_declared(
    shell: str, tmp_path: Path, line: str, travels: str
) -> None:
    assert reduced(shell, tmp_path, SETTINGS, f"{line}\n#{line}\n") == [travels]


@every_shell()
@pytest.mark.parametrize(
    ("line", "travels"),
    [
        ("local all all peer", "1 local\tall\tall\tpeer"),
        (
            'host "lab#1",b  all\t0.0.0.0/0 trust # S3C',
            '1 host\t"lab#1",b\tall\t0.0.0.0/0\ttrust',
        ),
        ("host a, b all ::1/128 md5", "1 host\ta,b\tall\t::1/128\tmd5"),
        (
            "host all all 10.0.0.0 255.0.0.0 ldap ldapserver=x ldapbindpasswd=S3C",
            (
                "1 host\tall\tall\t10.0.0.0\t255.0.0.0\tldap"
                "\tldapserver=_\tldapbindpasswd=_"
            ),
        ),
        (
            'host all all 10.0.0.0/8 radius radiussecrets="S3C" "S3C"',
            "1 host\tall\tall\t10.0.0.0/8\tradius\tradiussecrets=_\t_",
        ),
        ("local all all pam pamservice=S3C", "1 local\tall\tall\tpam\tpamservice=_"),
        ("host all all \\\n all trust", "1 host\tall\tall\tall\ttrust"),
    ],
)
def test_rules_keep_their_fields_and_lose_what_options_say(
    shell: str, tmp_path: Path, line: str, travels: str
) -> None:
    assert reduced(shell, tmp_path, "hba", f"{line}\n# {line}\n") == [travels]
