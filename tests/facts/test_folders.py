"""Who may do what with a folder: modes, and ACLs above them (acl(5))."""

from __future__ import annotations

import pytest

from auditor.facts.folders import ENTER, READ, WRITE, Account, accounts, folders
from auditor.model.sources import parse_body

FTP = Account("ftp", 107, frozenset({108}))


def permits(mode: str, wanted: int, *acl: str) -> bool:
    rows = [f"ok\tcommand\tstat /a\t0\n 1\t{mode} /a/"]
    if acl:
        lines = "\n".join(f" {n}\t{line}" for n, line in enumerate(acl, 2))
        rows.append(f"ok\tcommand\tgetfacl /a\t0\n 1\t# file: /a\n{lines}")
    return folders(parse_body("F", "\n".join(rows)))["/a"].permits(FTP, wanted)


@pytest.mark.parametrize(
    ("mode", "wanted", "permitted"),
    [
        ("41ed 0 0", READ | ENTER, True),
        ("41ed 0 0", WRITE, False),
        ("43db 0 0", WRITE | ENTER, True),
        ("41c0 107 0", WRITE, True),
        ("4007 107 0", READ, False),
        ("41f8 0 108", WRITE, True),
        ("4187 0 108", READ, False),
    ],
)
def test_the_first_of_owner_group_and_others_decides(
    mode: str, wanted: int, permitted: bool
) -> None:
    assert permits(mode, wanted) is permitted


@pytest.mark.parametrize(
    ("entries", "permitted"),
    [
        (["user:107:rwx", "group::r-x", "mask::rwx"], True),
        (["user:107:rwx", "group::r-x", "mask::r-x"], False),
        (["user:107:r-x", "group::rwx", "mask::rwx"], False),
        (["user:9:rwx", "group::r-x", "mask::rwx"], False),
        (["group::r-x", "group:108:rwx", "mask::rwx"], True),
        (["default:user:107:rwx", "group::r-x", "mask::rwx"], False),
    ],
)
def test_an_acl_stands_above_the_bits_of_group_and_others(
    entries: list[str], permitted: bool
) -> None:
    assert permits("41fd 0 0", WRITE | ENTER, *entries) is permitted


def test_an_account_has_the_numbers_that_id_prints() -> None:
    line = "uid=33(www-data) gid=33(www-data) groups=33(www-data),4(adm)"
    found = accounts(parse_body("F", f"ok\tcommand\tid www-data\t0\n 1\t{line}"))
    assert found == {"www-data": Account("www-data", 33, frozenset({33, 4}))}
