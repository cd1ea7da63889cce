"""Which lines of my.cnf a server reads."""

from __future__ import annotations

from auditor.facts.mysql import MysqlConfig
from tests.facts.bodies import body_of


def config(*lines: str, **included: list[str]) -> MysqlConfig:
    texts = {"/etc/my.cnf": [], "/etc/mysql/my.cnf": list(lines)}
    texts |= {f"/d/{name}.cnf": text for name, text in included.items()}
    return MysqlConfig.parse(body_of("MysqlConfig", texts))


def test_sections_of_clients_are_not_the_servers() -> None:
    found = config("[client]", "ssl-cert = /a", "[mysqldump]", "port = 1")
    assert found.settings == {}


def test_dashes_and_underscores_are_one_and_the_last_line_wins() -> None:
    found = config("[mysqld]", "bind-address = ::", "[mariadb-10.11]", "bind_address=x")
    assert found.get("bind_address", "*").value == "x"


def test_a_folder_is_read_in_its_place_and_each_file_begins_without_section() -> None:
    found = config(
        "[mysqld]",
        "port = 1",
        "!includedir /d/",
        b=["port = 9"],
        a=["[server]", "port = 2"],
    )
    assert found.get("port", "3306").value == "2"


def test_a_bare_name_switches_on() -> None:
    assert config("[mysqld]", "skip-networking").is_on("skip_networking")
