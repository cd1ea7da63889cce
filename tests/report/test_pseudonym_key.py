from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditor.errors import ConfigurationError
from auditor.store.pseudonym_key import default_path, key_of_client

CLIENT = "Groupe de laboratoires Exemple"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_it_is_made_once_and_read_afterwards() -> None:
    assert len({key_of_client(CLIENT) for _ in range(3)}) == 1


def test_it_is_for_its_owner_alone() -> None:
    key_of_client(CLIENT)
    assert stat.S_IMODE(default_path(CLIENT).stat().st_mode) == 0o600


def test_every_client_has_its_own(home: Path) -> None:
    assert key_of_client("Labo A") != key_of_client("labo-a")
    assert len(list(home.rglob("*.key"))) == 2


def test_the_name_of_a_client_leads_nowhere_else(home: Path) -> None:
    assert default_path("../../../etc/x").parent == home / "auditor/pseudonyms"


def test_a_home_that_is_no_absolute_path_is_not_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "here")
    assert default_path(CLIENT).is_relative_to(Path.home() / ".local/share/auditor")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_one_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    key_of_client(CLIENT, tmp_path / "a.key")
    (tmp_path / "a.key").chmod(mode)
    with pytest.raises(ConfigurationError, match=rf"a.key: it is open .*{mode:04o}"):
        key_of_client(CLIENT, tmp_path / "a.key")


@pytest.mark.parametrize("text", ["", "00" * 31, "xy" * 32, "é" * 64])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.key"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="64 hexadecimal digits"):
        key_of_client(CLIENT, file)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises((ConfigurationError, IsADirectoryError)):
        key_of_client(CLIENT, tmp_path)


def test_reports_that_begin_at_once_get_one_key(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: key_of_client(CLIENT, file), range(8)))
    assert len(keys) == 1
    assert [file] == list(tmp_path.iterdir())
