"""Secret files that a service finds where its manager puts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.inventory.secrets import fetch_secret
from auditor.model.host import Secret
from auditor.store.signing import key_of
from auditor.system_credentials import DIRECTORY, credential_name, given
from tests.inventory.writing import inventory_of, problems_of
from tests.store.runs import key_in


@pytest.fixture
def handed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a service's credentials."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv(DIRECTORY, str(folder))
    return folder


def secret_of(folder: Path) -> str:
    inventory = inventory_of(folder, '[hosts.here]\ntransport = "local"\n')
    reference = Secret("file", (str(folder / "secret"),))
    return fetch_secret(inventory, reference, "heartbeat.url")


def test_the_name_tells_files_of_one_name_apart() -> None:
    one, other = Path("/etc/a/key 1"), Path("/etc/b/key 1")
    assert credential_name(one).startswith("key_1-")
    assert credential_name(one) != credential_name(other)
    assert credential_name(one) == credential_name(Path("/etc/b/../a/key 1"))


def test_without_a_service_a_file_is_itself(tmp_path: Path) -> None:
    assert tmp_path / "key" == given(tmp_path / "key", {})


def test_a_file_that_was_not_handed_over_is_itself(tmp_path: Path) -> None:
    assert tmp_path / "key" == given(tmp_path / "key", {DIRECTORY: str(tmp_path)})


def test_a_secret_that_its_user_can_not_see_is_read(
    tmp_path: Path, handed: Path
) -> None:
    credential = handed / credential_name(tmp_path / "secret")
    credential.write_text("WORD\n")
    # As an access list for the service's user shows.
    credential.chmod(0o440)
    assert secret_of(tmp_path) == "WORD"


@pytest.mark.usefixtures("handed")
def test_any_other_file_must_still_be_its_owner_s_alone(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("WORD\n")
    (tmp_path / "secret").chmod(0o440)
    (problem,) = problems_of(tmp_path, lambda: secret_of(tmp_path))
    assert "secret is open to others (0440)" in problem


def test_a_key_that_was_handed_over_signs(tmp_path: Path, handed: Path) -> None:
    key = key_in(tmp_path)
    key.rename(handed / credential_name(key))
    assert key_of(key).startswith("SHA256:")
