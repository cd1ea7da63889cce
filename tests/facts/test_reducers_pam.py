"""pam.d: modules travel with the names of their arguments."""

from __future__ import annotations

from pathlib import Path

from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell


@every_shell()
def test_a_line_is_type_control_module_and_arguments(
    shell: str, tmp_path: Path
) -> None:
    text = "auth\t[success=1 default=ignore]\tpam_unix.so nullok # S3CRET\n"
    found = reduced(tmp_path, text, "pam", shell=shell)
    assert rows(found) == ["1 auth|[success=1 default=ignore]|pam_unix.so|nullok"]


@every_awk()
def test_values_of_arguments_stay(awk: str, tmp_path: Path) -> None:
    text = "auth required pam_mysql.so user=S3CRET passwd=S3CRET rounds=5\n"
    found = reduced(tmp_path, text, "pam", "rounds", awk=awk)
    assert rows(found) == ["1 auth|required|pam_mysql.so|user=_|passwd=_|rounds=5"]


@every_awk()
def test_includes_and_folded_lines(awk: str, tmp_path: Path) -> None:
    text = "@include common-auth\n# S3CRET\n-session optional \\\n  pam_x.so a\n"
    found = reduced(tmp_path, text, "pam", awk=awk)
    assert rows(found) == ["1 @include|common-auth", "3 -session|optional|pam_x.so|a"]
