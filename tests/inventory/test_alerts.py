"""`[alerts]`: who is told, by reference only."""

from __future__ import annotations

from pathlib import Path

from auditor.inventory.writing import inventory_as_toml
from auditor.model.findings import Severity
from auditor.model.host import Alerts, Secret
from tests.inventory.writing import inventory_of, wrong

HOST = '[hosts.lis]\nuser = "a"\n'


def test_without_the_table_nobody_is_told(tmp_path: Path) -> None:
    assert Alerts() == inventory_of(tmp_path, HOST).alerts


def test_an_address_is_a_reference_whose_file_lies_beside_the_inventory(
    tmp_path: Path,
) -> None:
    text = f'[alerts]\nto = [{{ env = "MAIL" }}, {{ file = "hook" }}]\n{HOST}'
    expected = Secret("env", ("MAIL",)), Secret("file", (str(tmp_path / "hook"),))

    assert expected == inventory_of(tmp_path, text).alerts.to


def test_each_key_counts(tmp_path: Path) -> None:
    text = (
        '[alerts]\nfrom_severity = "medium"\nunreachable_runs = 3\nends_within = 7\n'
        f'remind = 14\nlanguage = "fr"\n{HOST}'
    )
    expected = Alerts((), Severity.MEDIUM, 3, 7, 14, "fr")

    assert expected == inventory_of(tmp_path, text).alerts


def test_an_address_itself_is_refused_without_being_repeated(tmp_path: Path) -> None:
    (problem,) = wrong(tmp_path, f'[alerts]\nto = ["jsons://:hunter2@host"]\n{HOST}')

    assert problem.startswith("inventory.toml:4: alerts.to: a secret never stands")
    assert "hunter2" not in problem


def test_nobody_is_asked_for_an_address(tmp_path: Path) -> None:
    (problem,) = wrong(tmp_path, f"[alerts]\nto = [{{ prompt = true }}]\n{HOST}")

    assert "alerts.to: nobody is there to be asked" in problem


def test_a_run_keeps_no_reference_to_an_address(tmp_path: Path) -> None:
    text = f'[alerts]\nto = [{{ env = "HIDDEN" }}]\n{HOST}'

    assert "HIDDEN" not in inventory_as_toml(inventory_of(tmp_path, text))
