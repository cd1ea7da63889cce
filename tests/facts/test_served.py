"""Served folders on the host, and which of them are really served."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.facts.served import Link, ServedFolder, ServedFolders
from auditor.facts.served_roots import ServedRoot
from auditor.facts.walking import folder_at, is_below, others_read
from auditor.model.sources import Body, Status
from tests.facts.running import answers, asking, every_shell


def folders(shell: str, *pairs: str, vsftpd: str = "") -> Body:
    """ServedFolders of these places, vsftpd's settings given as lines of its body."""
    config = asking(
        f"head_line ok file /etc/vsftpd.conf 0\n{vsftpd}", name="VsftpdConfig"
    )
    others = [
        asking(f"head_line absent file {name} -", name=name)
        for name in ("NginxConfig", "SambaConfig", "RsyncdConfig")
    ]
    fact = asking(ServedFolders.fragment, *pairs, name="ServedFolders")
    fact.after = (config, *others)
    return answers(shell, fact)["ServedFolders"]


@every_shell()
def test_a_folder_is_told_with_where_it_leads(shell: str, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "www").symlink_to("real")
    found = ServedFolders.parse(folders(shell, "web", f"{tmp_path}/www"))
    assert found.folders == (
        ServedFolder("web", f"{tmp_path}/www", f"{tmp_path}/real"),
    )


@every_shell()
def test_a_pattern_finds_every_folder(shell: str, tmp_path: Path) -> None:
    for name in ("tomcat9", "tomcat10", "other"):
        (tmp_path / name / "webapps").mkdir(parents=True)
    found = ServedFolders.parse(folders(shell, "web", f"{tmp_path}/tomcat*/webapps"))
    assert sorted(folder.path for folder in found.folders) == [
        f"{tmp_path}/tomcat10/webapps",
        f"{tmp_path}/tomcat9/webapps",
    ]


@every_shell()
def test_a_folder_that_is_not_there_is_absent(shell: str, tmp_path: Path) -> None:
    found = folders(shell, "ftp", f"{tmp_path}/no", "web", f"{tmp_path}/no/*/x")
    assert [(source.name, source.status) for source in found.sources] == [
        (f"{tmp_path}/no", Status.ABSENT),
        (f"{tmp_path}/no/*/x", Status.ABSENT),
    ]


@every_shell()
def test_what_a_configuration_names_is_looked_for(shell: str, tmp_path: Path) -> None:
    vsftpd = f"printf ' 1\\tanon_root={tmp_path}\\n 2\\tlocal_root=/home/$USER\\n'"
    found = folders(shell, vsftpd=vsftpd)
    assert ServedFolders.parse(found).of("VsftpdConfig", f"{tmp_path}/") is not None
    assert ("/home/$USER", Status.FAILED) in [
        (source.name, source.status) for source in found.sources
    ]


@every_shell()
def test_without_a_root_the_home_of_the_account_is_served(shell: str) -> None:
    vsftpd = "printf ' 1\\tanonymous_enable=YES\\n 2\\tftp_username=root\\n'"
    found = ServedFolders.parse(folders(shell, vsftpd=vsftpd))
    home = found.at_home("root")
    assert home is not None
    assert home.path == "/root"


def test_a_path_below_a_folder_leads_where_the_folder_does() -> None:
    links = (
        ServedFolder("web", "/var/www", "/data/www"),
        ServedFolder("web", "/", "/"),
    )
    found = ServedFolders((), links)
    assert found.leading("/var/www/html") == "/data/www/html"
    assert found.leading("/var/www/") == "/data/www/"
    assert found.leading("/srv") == "/srv"
    assert ServedFolders((), links[:1]).leading("/srv") is None


def root(path: str, *, links: bool = False) -> ServedRoot:
    return ServedRoot(path, "nginx", links, (), None)


def test_only_a_server_that_follows_links_hands_out_where_they_lead() -> None:
    ways = [Link("/var/www/doc", "/data/doc"), Link("/home/x", "/srv")]
    assert root("/var/www", links=True).hands_out("/data/doc/a.sql", ways)
    assert not root("/var/www").hands_out("/data/doc/a.sql", ways)
    assert not root("/var/www", links=True).hands_out("/srv/a.sql", ways)
    assert not root("/var/www").hands_out("/var/www2/a.sql", ways)


@pytest.mark.parametrize(
    ("path", "folder", "below"),
    [
        ("/a/b", "/a", True),
        ("/a", "/a/", True),
        ("/ab", "/a", False),
        ("/a", "/", True),
    ],
)
def test_a_path_is_below_whole_names_only(path: str, folder: str, below: bool) -> None:
    assert is_below(path, folder) is below


def test_the_barrier_is_the_folder_of_so_many_names() -> None:
    assert folder_at("/a/b/c", "-") == ""
    assert folder_at("/a/b/c", "?") is None
    assert folder_at("/a/b/c", "0") == "/"
    assert folder_at("/a/b/c", "2") == "/a/b"


def test_others_read_what_mode_and_folders_let_them() -> None:
    assert others_read(0o644, "")
    assert not others_read(0o640, "")
    assert not others_read(0o644, "/a")
    assert not others_read(0o644, None)
    assert others_read(0o644, "/a", inside="/a")
    assert others_read(0o644, "/a", inside="/a/b")
    assert not others_read(0o644, "/a/b", inside="/a")
