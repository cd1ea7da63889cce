"""How rsyncd.conf is read: defaults, includes (tried on rsync 3.5)."""

from __future__ import annotations

from auditor.facts.rsyncd import RsyncdConfig
from tests.facts.bodies import body_of


def users(*lines: str, **included: list[str]) -> dict[str, tuple[str, ...]]:
    return {m.name: m.words("authusers") for m in config(*lines, **included).modules}


def config(*lines: str, **included: list[str]) -> RsyncdConfig:
    texts = {"/etc/rsyncd.conf": list(lines)}
    texts |= {f"/d/{name.replace('_', '.')}": text for name, text in included.items()}
    return RsyncdConfig.parse(body_of("RsyncdConfig", texts))


def test_what_stands_above_the_modules_is_their_default() -> None:
    found = users("Auth  Users = bob", "[a]", "[b]", "authusers =", "[c]")
    assert found == {"a": ("bob",), "b": (), "c": ("bob",)}


def test_a_text_that_a_module_lacks_is_the_last_of_the_global_part() -> None:
    found = users("[a]", "[global]", "auth users = bob", "[b]")
    assert found == {"a": ("bob",), "b": ("bob",)}


def test_a_later_global_line_does_not_empty_a_module_that_has_its_own() -> None:
    found = users("auth users = bob", "[a]", "[global]", "auth users =", "[b]")
    assert found == {"a": ("bob",), "b": ()}


def test_a_merged_file_goes_on_where_it_stands() -> None:
    found = users("[a]", "&merge /d", "[b]", x_inc=["auth users = bob"])
    assert found == {"a": ("bob",), "b": ()}


def test_what_an_included_file_says_for_all_stays_in_it() -> None:
    found = users("&include /d", "[b]", x_conf=["auth users = bob", "[a]"])
    assert found == {"a": ("bob",), "b": ()}


def test_a_folder_gives_conf_files_to_include_and_inc_files_to_merge() -> None:
    found = users("&include /d", x_conf=["[a]"], y_inc=["[b]"])
    assert set(found) == {"a"}


def test_a_module_can_be_written_only_when_it_says_so() -> None:
    found = config("[a]", "[b]", "Read Only = no", "[c]", "read only = true")
    assert [module.writable for module in found.modules] == [False, True, False]


def test_a_file_that_a_daemon_is_started_with_has_its_own_global_part() -> None:
    texts = {
        "/etc/rsyncd.conf": ["auth users = bob", "[a]"],
        "started with": ["/srv/other.conf"],
        "/srv/other.conf": ["[b]"],
    }
    found = RsyncdConfig.parse(body_of("RsyncdConfig", texts)).modules
    assert [(m.file, m.name, m.words("authusers")) for m in found] == [
        ("/etc/rsyncd.conf", "a", ("bob",)),
        ("/srv/other.conf", "b", ()),
    ]
