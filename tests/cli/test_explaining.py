"""`auditor explain`: a check's texts as a terminal shows them."""

from __future__ import annotations

from tests.cli.running import auditor


def test_steps_of_a_remedy_stand_below_its_system() -> None:
    shown = auditor("explain", "ACC-001").stdout.splitlines()
    first = next(at for at, line in enumerate(shown) if line.startswith("  debian: "))
    assert "    In `/etc/vsftpd.conf` set " in shown[first + 1]
    assert shown[first + 2].startswith("  rhel: ")
