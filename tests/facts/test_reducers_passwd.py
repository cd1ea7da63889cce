"""Colon files: which words travel, and that no hash and no person's name does."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model.sources import Status
from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell

HASH = "S3CRETS3CRETS3CRET/abcdefghijk."
FIELDS = {
    "": "empty",
    "x": "x",
    "*": "none",
    "NP": "none",
    "!": "locked",
    f"!$6$salt${HASH}": "locked",
    "!!": "locked",
    f"$1$salt${HASH}": "md5",
    f"$2b$10${HASH}": "bcrypt",
    f"$5$salt${HASH}": "sha256",
    f"$6$rounds=5000$salt${HASH}": "sha512",
    f"$y$j9T$salt${HASH}": "yescrypt",
    f"$gy$j9T$salt${HASH}": "gost-yescrypt",
    f"$7$salt${HASH}": "scrypt",
    f"$argon2id$v=19${HASH}": "argon2",
    f"$md5${HASH}": "other",
    "S3CRETabcdef.": "des",
    "_S3CRETabcdefghij/.a": "bsdi",
}


@every_shell()
def test_a_field_becomes_its_state_word(shell: str, tmp_path: Path) -> None:
    lines = [f"u{n}:{field}:1:1::/h:/bin/sh" for n, field in enumerate(FIELDS)]
    found = reduced(tmp_path, "\n".join(lines), "passwd", shell=shell)
    assert [line.fields[1] for line in found.lines] == list(FIELDS.values())


@every_awk()
@pytest.mark.parametrize("option", ["", ":shadow", ":group"])
def test_no_hash_travels(awk: str, option: str, tmp_path: Path) -> None:
    lines = [f"u{n}:{field}:1:2:3:4:5:6:7" for n, field in enumerate(FIELDS)]
    lines += [HASH, f"#{HASH}:x:", f"$6$salt${HASH}:x:1:1", f" {HASH}"]
    found = reduced(tmp_path, "\n".join(lines), f"passwd{option}", awk=awk)
    assert len(found.lines) == len(FIELDS)
    assert "S3CRET" not in repr(found.lines)


@every_awk()
def test_the_name_of_a_person_stays(awk: str, tmp_path: Path) -> None:
    text = "labo:x:1001:100:Claire Leroy,B12,0299:/home/labo:/bin/bash\n"
    found = reduced(tmp_path, text, "passwd", awk=awk)
    assert rows(found) == ["1 labo|x|1001|100|/home/labo|/bin/bash"]


@every_awk()
def test_of_shadow_the_dates_travel(awk: str, tmp_path: Path) -> None:
    text = f"labo:$6$s${HASH}:19000:0:99999:7:30:19723:\n"
    found = reduced(tmp_path, text, "passwd:shadow", awk=awk)
    assert rows(found) == ["1 labo|sha512|19000|99999|30|19723"]


@every_awk()
def test_of_a_group_its_members_travel(awk: str, tmp_path: Path) -> None:
    found = reduced(tmp_path, f"tech:{HASH}:500:w1,w2\n", "passwd:group", awk=awk)
    assert rows(found) == ["1 tech|none|500|w1,w2"]


@every_shell()
def test_lines_of_nis_travel_and_comments_do_not(shell: str, tmp_path: Path) -> None:
    text = "# a:b\n\n+::::::\nlabo:x:00:1::/:\n"
    found = reduced(tmp_path, text, "passwd", shell=shell)
    assert rows(found) == ["3 +|empty||||", "4 labo|x|00|1|/|"]


@every_awk()
def test_bytes_outside_ascii_are_escaped(awk: str, tmp_path: Path) -> None:
    found = reduced(tmp_path, "é$:x:7:7:g:/h:/bin/sh\n", "passwd", awk=awk)
    assert rows(found) == [r"1 \xc3\xa9$|x|7|7|/h|/bin/sh"]


@every_shell()
def test_a_hash_in_the_place_of_a_name_is_failed(shell: str, tmp_path: Path) -> None:
    text = f"$6$s${HASH}:x:1:1::/:/bin/sh\n"
    found = reduced(tmp_path, text, "passwd", shell=shell)
    assert found.source.status is Status.FAILED
