"""How smb.conf is read: sections, defaults, includes (tried on Samba 4.17)."""

from __future__ import annotations

from auditor.facts.samba import SambaConfig
from tests.facts.bodies import body_of


def config(*lines: str, **included: list[str]) -> SambaConfig:
    texts = {"/etc/samba/smb.conf": list(lines)}
    texts |= {f"/{name}": text for name, text in included.items()}
    return SambaConfig.parse(body_of("SambaConfig", texts))


def guests(found: SambaConfig) -> dict[str, bool]:
    return {share.name: share.is_on("guestok") for share in found.shares}


def test_a_share_takes_what_global_says_above_it() -> None:
    found = config("[a]", "[global]", "guest ok = yes", "[b]", "[c]", "public = no")
    assert guests(found) == {"a": False, "b": True, "c": False}


def test_synonyms_capitals_and_blanks_name_one_parameter() -> None:
    found = config(
        "[a]", "GuestOk = 1", "[b]", "gu est ok = TRUE", "[c]", "public = on"
    )
    assert guests(found) == {"a": True, "b": True, "c": True}


def test_a_section_named_twice_goes_on() -> None:
    found = config("[A]", "guest ok = yes", "[b]", "[a]", "guest ok = no")
    assert guests(found) == {"A": False, "b": False}


def test_an_included_file_goes_on_in_the_section_and_hands_over_its_last() -> None:
    found = config(
        "[a]", "include = /inc", "guest ok = yes", inc=["available = no", "[z]"]
    )
    assert guests(found) == {"a": False, "z": True}
    assert found.shares[0].settings["available"].source.name == "/inc"


def test_a_copied_share_lends_its_settings() -> None:
    found = config("[a]", "guest ok = yes", "[b]", "copy = a", "[c]", "copy = none")
    assert guests(found) == {"a": True, "b": True, "c": False}


def test_words_of_a_list_are_split_at_commas_and_blanks_but_not_in_quotes() -> None:
    found = config("[a]", 'valid users = claire, @labo  "DOM\\x5cjean paul"')
    assert found.shares[0].words("validusers") == ("claire", "@labo", "DOM\\jean paul")


def test_an_undeclared_value_is_none() -> None:
    assert "comment" not in config("[a]", "comment = _").shares[0].settings


def test_shares_of_users_are_files_of_their_own() -> None:
    text = ["#VERSION 2", "path=/srv", "usershare_acl=S-1-1-0:R", "guest_ok=y"]
    found = config("[global]", depot=text).user_shares
    assert [(share.name, share.guest and share.guest.value) for share in found] == [
        ("depot", "y")
    ]
