"""The hosts that can't simply be logged in to, and the one with systemd."""

from __future__ import annotations

import pytest

from tests.lab.clients import address_of, port_open, python, ssh, ssh_argv
from tests.lab.material import environment
from tests.lab.pytest_lab import Lab


def through_bastion(lab: Lab, command: str, stdin: str = "") -> str:
    """What a command prints on db-38, reached through the jump host."""
    jump = " ".join(ssh_argv(lab, "bastion-38", "audit", "audit_ed25519"))
    proxy = f"ProxyCommand={jump} -W %h:%p {address_of('bastion-38')}"
    return ssh(lab, "db-38", command, options=("-o", proxy), stdin=stdin).stdout


def test_the_database_is_reached_through_the_jump_host_only(lab: Lab) -> None:
    assert not port_open(lab, address_of("db-38"), 22)
    assert through_bastion(lab, "hostname") == "db-38\n"


def test_sudo_there_takes_the_password_of_the_inventory(lab: Lab) -> None:
    password = environment(lab.run)["LAB_SUDO_DB38"]
    assert through_bastion(lab, "sudo -n id -u") == ""
    assert through_bastion(lab, "sudo -S -p '' id -u", f"{password}\n") == "0\n"


def test_exec_gives_that_password_to_the_command(lab: Lab) -> None:
    shown = lab.exec(["printenv", "LAB_SUDO_DB38"]).stdout
    assert shown == f"{environment(lab.run)['LAB_SUDO_DB38']}\n"


def test_sudo_refuses_the_audit_account(lab: Lab) -> None:
    done = ssh(lab, "refus-39", "sudo -n true")
    assert done.stderr == "sudo: a password is required\n"


def test_the_host_key_is_not_the_pinned_one(lab: Lab) -> None:
    done = ssh(lab, "cle-40", "true")
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in done.stderr


def test_the_mute_host_accepts_and_says_nothing(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import socket
        mute = socket.create_connection(("{address_of("muet-41")}", 22), timeout=3)
        mute.settimeout(1)
        try:
            print(mute.recv(1))
        except TimeoutError:
            print("nothing")
        """,
    )
    assert said == "nothing\n"


def test_the_lost_host_is_refused_at_once(lab: Lab) -> None:
    done = ssh(lab, "perdu-42", "true")
    assert "No route to host" in done.stderr


def test_the_appliance_opens_for_root_by_key(lab: Lab) -> None:
    assert ssh(lab, "box-43", "id -un", user="root").stdout == "root\n"


@pytest.mark.parametrize("tool", ["bash", "sudo", "perl", "dpkg-query", "systemctl"])
def test_the_appliance_has_none_of_debians_tools(lab: Lab, tool: str) -> None:
    assert lab.shell("box-43", f"command -v {tool}").returncode != 0


def test_the_appliances_password_field_stands_in_passwd(lab: Lab) -> None:
    line = lab.shell("box-43", "grep ^operateur: /etc/passwd; ls /etc/shadow").stdout
    assert line.startswith("operateur:$1$")


def test_systemd_runs_and_nothing_failed(lab: Lab) -> None:
    if "cgroup" not in lab.abilities:
        pytest.skip("systemd needs a group of the unified hierarchy")
    shown = lab.shell(
        "sysd-37", "systemctl is-system-running --wait; systemctl --failed -q"
    )
    assert shown.stdout == "running\n"


def test_the_erase_timer_has_run_and_erased(lab: Lab) -> None:
    if "cgroup" not in lab.abilities:
        pytest.skip("systemd needs a group of the unified hierarchy")
    shown = lab.shell(
        "sysd-37",
        "systemctl is-active erase-lab22.timer;"
        " systemctl show -p Result,ExecMainStatus erase-lab22.service;"
        " ls /srv/migration/lab22",
    )
    assert shown.stdout == "active\nResult=success\nExecMainStatus=0\n"


def test_hosts_are_told_apart_by_machine_id(lab: Lab) -> None:
    ids = {
        lab.shell(host, "cat /etc/machine-id").stdout for host in ("lis-35", "db-38")
    }
    assert len(ids) == 2


def test_what_a_host_writes_lies_in_its_upper_directory(lab: Lab) -> None:
    lab.shell("refus-39", "echo trace >/etc/essai")
    assert (lab.upper("refus-39") / "etc/essai").read_text() == "trace\n"
