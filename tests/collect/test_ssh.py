"""Each way to log in, on a real sshd; one connection, one attempt, one session."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.collect.hostkeys import HostKey, fetch_host_keys
from auditor.model.host import Host, Pins
from auditor.model.snapshot import HostKeySeen, Snapshot
from tests.collect.sshd import Sshd, free_port, keygen, me, sshd
from tests.collect.visits import given, means, outcome, visit

pytestmark = pytest.mark.sshd
AUDITED = ("audited", None)
PRIVILEGED = AUDITED if os.getuid() == 0 else ("partial", "sudo_refused")


def fingerprint(key: Path) -> str:
    """As ssh-keygen prints it."""
    done = subprocess.run(
        ["ssh-keygen", "-lf", str(key)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[1]


def wait_for(running: Sshd, text: str) -> int:
    """How often sshd logs it, given a moment for its process to write."""
    for _ in range(50):
        if running.count(text):
            break
        time.sleep(0.05)
    return running.count(text)


def certified(folder: Path) -> tuple[Path, Path]:
    """An authority, and a key with its certificate for us beside it."""
    authority = keygen(folder / "ca", "-t", "ed25519")
    key = keygen(folder / "auditor", "-t", "ed25519")
    sign = ["ssh-keygen", "-q", "-s", str(authority), "-I", "auditor", "-n", me()]
    subprocess.run([*sign, f"{key}.pub"], check=True)
    return authority, key


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {name: fact.text for name, fact in snapshot.facts.items()}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sshd]:
    """A server whose log nobody else writes."""
    with sshd(tmp_path / "own") as running:
        yield running


def test_a_key_opens_the_host_and_the_program_answers(server: Sshd) -> None:
    snapshot = visit(server.host(), pins=server.pins)
    assert outcome(snapshot) == PRIVILEGED
    assert texts(snapshot) == {
        "Hello": "ok\tvalue\tword\t-\n 1\thello\n",
        "Who": f"ok\tvalue\tuid\t-\n 1\t{os.getuid()}\n",
    }
    assert snapshot.transport == "ssh"
    assert snapshot.user == me()


def test_one_connection_one_attempt_one_session(own: Sshd) -> None:
    visit(own.host(), pins=own.pins)
    counted = [
        own.count("Connection from"),
        own.count("Accepted publickey"),
        own.count("Failed"),
        own.count("Starting session"),
    ]
    assert counted == [1, 1, 0, 1]


def test_the_server_sees_us_leave_in_good_order(own: Sshd) -> None:
    visit(own.host(), pins=own.pins)
    assert wait_for(own, "Disconnected from user") == 1
    assert own.count("audit done") == 1
    assert own.count("reset by peer") == 0


def test_the_snapshot_holds_what_the_handshake_showed(server: Sshd) -> None:
    shown = visit(server.host(), pins=server.pins).ssh
    assert shown is not None
    assert shown.server.startswith("SSH-2.0-OpenSSH")
    [host_key] = server.host_keys
    assert shown.host_key == HostKeySeen(
        type="ssh-ed25519", sha256=fingerprint(host_key)
    )
    assert shown.kex in shown.offered.kex
    assert shown.cipher in shown.offered.cipher
    assert shown.mac in shown.offered.mac
    assert shown.offered.host_key == ("ssh-ed25519",)


def test_a_key_with_a_passphrase(server: Sshd, tmp_path: Path) -> None:
    key = tmp_path / "locked"
    shutil.copy(server.key, key)
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", str(key)]
    subprocess.run(change, check=True)
    host = server.host(key=key, passphrase=given("open sesame"))
    assert outcome(visit(host, pins=server.pins)) == PRIVILEGED


def test_a_wrong_passphrase_is_named_and_nothing_is_sent(own: Sshd) -> None:
    key = keygen(own.folder / "locked", "-t", "ed25519", passphrase="right one")
    host = own.host(key=key, passphrase=given("wrong one"))
    snapshot = visit(host, pins=own.pins)
    assert outcome(snapshot) == ("refused", "login_refused")
    assert snapshot.detail == f"{key}: wrong passphrase?"
    assert own.count("user") == 0


def test_an_rsa_key_signs_with_sha2(server: Sshd, tmp_path: Path) -> None:
    key = keygen(tmp_path / "rsa", "-t", "rsa", "-b", "2048")
    with (server.folder / "authorized_keys").open("a") as allowed:
        allowed.write(key.with_name("rsa.pub").read_text())
    assert outcome(visit(server.host(key=key), pins=server.pins)) == PRIVILEGED


def test_a_certificate_beside_the_key_is_offered(tmp_path: Path) -> None:
    authority, key = certified(tmp_path)
    with sshd(tmp_path / "sshd", f"TrustedUserCAKeys {authority}.pub") as running:
        snapshot = visit(running.host(key=key), pins=running.pins)
        assert outcome(snapshot) == PRIVILEGED
        assert running.count("ID auditor") > 0


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An ssh-agent of the test's own, known to this process."""
    path = tmp_path / "agent.sock"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL
    )
    while not path.exists():
        assert process.poll() is None
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield
    process.terminate()
    process.wait(10)


@pytest.mark.usefixtures("agent")
def test_of_seven_keys_in_the_agent_only_the_named_one_is_offered(own: Sshd) -> None:
    others = [keygen(own.folder / f"other{n}", "-t", "ed25519") for n in range(6)]
    add = ["ssh-add", "-q", *(str(key) for key in others), str(own.key)]
    subprocess.run(add, check=True, stderr=subprocess.DEVNULL)
    host = own.host(key=None, agent=own.key.with_name("user_key.pub"))
    assert outcome(visit(host, pins=own.pins)) == PRIVILEGED
    assert own.count("Accepted publickey") == 1
    assert own.count("Failed publickey") == 0


@pytest.mark.usefixtures("agent")
def test_a_key_that_the_agent_does_not_have_is_named(own: Sshd) -> None:
    public = own.key.with_name("user_key.pub")
    snapshot = visit(own.host(key=None, agent=public), pins=own.pins)
    assert outcome(snapshot) == ("refused", "login_refused")
    assert snapshot.detail == f"the agent has no such key: {public}"


def test_a_key_that_is_not_let_in_is_tried_once(own: Sshd) -> None:
    key = keygen(own.folder / "stranger", "-t", "ed25519")
    snapshot = visit(own.host(key=key, password=given("never sent")), pins=own.pins)
    assert outcome(snapshot) == ("refused", "login_refused")
    assert wait_for(own, "Disconnected from authenticating user") == 1
    assert own.count("password") == 0


def test_ipv6(tmp_path: Path) -> None:
    try:
        free_port("::1")
    except OSError as error:
        pytest.skip(f"no IPv6 on loopback: {error}")
    with sshd(tmp_path / "six", address="::1") as running:
        assert outcome(visit(running.host(), pins=running.pins)) == PRIVILEGED


def test_a_closed_port_is_unreachable() -> None:
    port = free_port()
    host = Host("lis", "127.0.0.1", port, "audit", key=Path("none"))
    snapshot = visit(host)
    assert outcome(snapshot) == ("unreachable", "unreachable")
    assert snapshot.detail == f"127.0.0.1 port {port}: Connection refused"


def test_without_a_pin_the_key_is_shown_and_nothing_is_offered(own: Sshd) -> None:
    snapshot = visit(own.host(), pins=Pins())
    seen = fingerprint(own.host_keys[0])
    assert outcome(snapshot) == ("untrusted", "host_key")
    assert snapshot.detail == (
        "no host key is pinned under this name; the host shows ssh-ed25519 " + seen
    )
    assert snapshot.ssh is not None
    assert snapshot.ssh.host_key == HostKeySeen(type="ssh-ed25519", sha256=seen)
    assert own.count("user") == 0


def test_a_changed_key_is_refused_and_named(own: Sshd, server: Sshd) -> None:
    snapshot = visit(own.host(), pins=server.pins)
    seen = fingerprint(own.host_keys[0])
    assert outcome(snapshot) == ("untrusted", "host_key")
    assert snapshot.detail == (
        f"the host shows a key that is not pinned: ssh-ed25519 {seen}"
    )
    assert own.count("Accepted") == 0


def test_the_pinned_type_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    with sshd(tmp_path / "two", host_key_types=("ed25519", "rsa")) as running:
        rsa = Pins(keys=frozenset(k for k in running.pins.keys if k[0] == "ssh-rsa"))
        snapshot = visit(running.host(), pins=rsa)
        assert outcome(snapshot) == PRIVILEGED
        assert snapshot.ssh is not None
        assert snapshot.ssh.host_key == HostKeySeen(
            type="ssh-rsa", sha256=fingerprint(running.host_keys[1])
        )


def test_a_fingerprint_finds_its_key_whatever_its_type(tmp_path: Path) -> None:
    with sshd(tmp_path / "two", host_key_types=("ed25519", "rsa")) as running:
        rsa = Pins(fingerprints=frozenset({fingerprint(running.host_keys[1])}))
        assert outcome(visit(running.host(), pins=rsa)) == PRIVILEGED
        assert running.count("Accepted publickey") == 1


def test_of_two_pinned_keys_either_is_accepted(own: Sshd, server: Sshd) -> None:
    both = Pins(keys=own.pins.keys | server.pins.keys)
    assert outcome(visit(own.host(), pins=both)) == PRIVILEGED


def test_a_revoked_key_is_refused(own: Sshd) -> None:
    [(kind, blob)] = own.pins.keys
    revoked = Pins(keys=frozenset({(kind, blob)}), revoked=frozenset({blob}))
    assert outcome(visit(own.host(), pins=revoked)) == ("untrusted", "host_key")


def test_nothing_in_common_still_shows_the_offers(tmp_path: Path) -> None:
    old = "KexAlgorithms diffie-hellman-group1-sha1"
    with sshd(tmp_path / "old", old) as running:
        snapshot = visit(running.host(), pins=running.pins)
        assert outcome(snapshot) == ("broken", "protocol")
        assert snapshot.detail is not None
        assert snapshot.detail.startswith("no common algorithm")
        assert snapshot.ssh is not None
        assert snapshot.ssh.offered.kex[0] == "diffie-hellman-group1-sha1"
        assert snapshot.ssh.kex == ""


def test_group14_goes_before_group16(tmp_path: Path) -> None:
    groups = "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256"
    with sshd(tmp_path / "groups", f"KexAlgorithms {groups}") as running:
        shown = visit(running.host(), pins=running.pins).ssh
        assert shown is not None
        assert shown.kex == "diffie-hellman-group14-sha256"


def test_no_session_allowed_is_broken(tmp_path: Path) -> None:
    with sshd(tmp_path / "none", "MaxSessions 0") as running:
        snapshot = visit(running.host(), pins=running.pins)
        assert outcome(snapshot) == ("broken", "protocol")


def test_a_forced_command_that_eats_the_program_is_broken(tmp_path: Path) -> None:
    with sshd(tmp_path / "menu", "ForceCommand echo menu; cat >/dev/null") as running:
        host = running.host()
        host = replace(host, limits=replace(host.limits, connect=1))
        snapshot = visit(host, pins=running.pins)
        assert outcome(snapshot) == ("broken", "timed_out")


def test_a_host_key_is_fetched_without_offering_anything(own: Sshd) -> None:
    host = own.host()
    [(kind, blob)] = own.pins.keys
    assert fetch_host_keys([host], means(host), 5) == {
        "lis": HostKey(kind, blob, fingerprint(own.host_keys[0]))
    }
    assert own.count("user") == 0


def test_a_host_key_that_can_t_be_fetched_says_why() -> None:
    host = Host("lis", "127.0.0.1", free_port(), "audit")
    found = fetch_host_keys([host], means(host), 5)
    assert found == {"lis": f"127.0.0.1 port {host.port}: Connection refused"}


def test_an_account_without_a_shell_is_refused(tmp_path: Path) -> None:
    away = "echo This account is currently not available.; exit 1"
    with sshd(tmp_path / "away", f"ForceCommand {away}") as running:
        snapshot = visit(running.host(), pins=running.pins)
        assert outcome(snapshot) == ("refused", "login_refused")


def test_the_user_s_own_ssh_files_are_neither_read_nor_written(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".ssh"
    folder.mkdir()
    (folder / "config").write_text("Host *\nPort 1\nProxyCommand false\n")
    assert outcome(visit(server.host(), pins=server.pins)) == PRIVILEGED
    assert [path.name for path in folder.iterdir()] == ["config"]


def test_without_key_agent_and_password_the_usual_key_is_used(
    server: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    shutil.copy(server.key, tmp_path / ".ssh" / "id_ed25519")
    assert outcome(visit(server.host(key=None), pins=server.pins)) == PRIVILEGED


def test_a_server_that_is_full_is_asked_again_after_a_second(tmp_path: Path) -> None:
    with sshd(tmp_path / "full", "MaxStartups 1") as running:
        place = (running.address, running.port)
        with socket.create_connection(place) as other:
            other.recv(100)
            threading.Timer(0.5, other.close).start()
            snapshot = visit(running.host(), pins=running.pins)
        assert outcome(snapshot) == PRIVILEGED
        assert running.count("Accepted publickey") == 1


def test_what_speaks_ssh_is_imported_for_a_host_of_ssh_only() -> None:
    script = (
        "import sys, auditor.collect.hostkeys;"
        "from tests.collect.visits import visit, Host;"
        "HERE = Host('here', '', transport='local', privilege='never');"
        "assert visit(HERE).state == 'audited';"
        "print({'paramiko', 'fabric', 'cryptography'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


@pytest.mark.usefixtures("agent")
def test_a_certificate_in_the_agent_is_offered_when_it_is_named(tmp_path: Path) -> None:
    authority, key = certified(tmp_path)
    subprocess.run(["ssh-add", "-q", str(key)], check=True, stderr=subprocess.DEVNULL)
    with sshd(tmp_path / "sshd", f"TrustedUserCAKeys {authority}.pub") as running:
        host = running.host(key=None, agent=tmp_path / "auditor-cert.pub")
        assert outcome(visit(host, pins=running.pins)) == PRIVILEGED
