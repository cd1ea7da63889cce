"""Pins under inventory names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from auditor.inventory.known_hosts import (
    add_pin,
    match_addresses,
    parse_known_hosts,
    pins_for,
    pins_of,
    remove_pins,
)
from auditor.model.host import Pins, fingerprint_of
from tests.inventory.keys import blob, fingerprint, hashed, line
from tests.inventory.writing import inventory_of, problems_of

LIS = '[hosts.lis]\nuser = "a"\naddress = "10.0.0.1"\n'


def pins(folder: Path, *lines: str, keys: str = "") -> Pins:
    """The pins of the host `lis`."""
    inventory = inventory_of(folder, LIS + keys)
    inventory.known_hosts.write_text("\n".join(lines), encoding="utf-8")
    return pins_for(inventory.hosts["lis"], inventory)


@pytest.mark.parametrize(
    "names",
    [
        "lis",
        "LIS",
        "web,lis",
        "l*",
        "li?",
        "*,!web",
        hashed("lis"),
    ],
)
def test_a_line_that_names_the_host_pins_its_key(tmp_path: Path, names: str) -> None:
    found = pins(tmp_path, "# pins", "", line(names))

    assert found.accepts("ssh-ed25519", blob(1))
    assert (("ssh-ed25519",), "") == (found.types, found.problem)
    assert str(tmp_path / "known_hosts") == found.source


@pytest.mark.parametrize(
    "names",
    [
        "10.0.0.1",
        "[lis]:22",
        "lis-35",
        "l*,!lis",
        "!lis",
        "[l]is",
        hashed("10.0.0.1"),
        "|1|broken",
        "|1|bro|ken|",
    ],
)
def test_a_line_that_names_another_host_pins_nothing(
    tmp_path: Path, names: str
) -> None:
    found = pins(tmp_path, line(names))

    assert not found.accepts("ssh-ed25519", blob(1))
    assert "no host key is pinned under this name" == found.problem


def test_another_key_is_refused(tmp_path: Path) -> None:
    assert not pins(tmp_path, line("lis")).accepts("ssh-ed25519", blob(2))


def test_two_lines_are_a_rotation(tmp_path: Path) -> None:
    found = pins(tmp_path, line("lis", 1), line("lis", 2), line("lis", 3, "ssh-rsa"))

    assert [True, True, False] == [
        found.accepts("ssh-ed25519", blob(seed)) for seed in (1, 2, 3)
    ]
    assert ("ssh-ed25519", "ssh-rsa") == found.types


def test_a_revoked_key_is_refused_whatever_pins_it(tmp_path: Path) -> None:
    revoked = line("*", 1, marker="@revoked")
    listed = pins(tmp_path, line("lis", 1), revoked, line("lis", 2))
    written = pins(
        tmp_path, line("lis", 2), revoked, keys=f'host_key = "{fingerprint(1)}"\n'
    )

    assert [False, True] == [listed.accepts("ssh-ed25519", blob(n)) for n in (1, 2)]
    assert not written.accepts("ssh-ed25519", blob(1))


def test_a_key_revoked_for_another_host_stays(tmp_path: Path) -> None:
    found = pins(tmp_path, line("lis"), line("web", marker="@revoked"))

    assert found.accepts("ssh-ed25519", blob(1))


def test_an_authority_alone_is_no_pin(tmp_path: Path) -> None:
    found = pins(tmp_path, line("*", marker="@cert-authority"))

    assert found.ca_only
    assert not found.accepts("ssh-ed25519", blob(1))
    assert (
        "only a certificate authority is known, which can't be checked here"
        == found.problem
    )


def test_an_authority_beside_a_pin_does_not_matter(tmp_path: Path) -> None:
    found = pins(tmp_path, line("*", 1, marker="@cert-authority"), line("lis", 2))

    assert (False, "") == (found.ca_only, found.problem)
    assert [False, True] == [found.accepts("ssh-ed25519", blob(n)) for n in (1, 2)]


def test_host_key_stands_above_known_hosts(tmp_path: Path) -> None:
    written = [fingerprint(2), fingerprint(3)]
    found = pins(tmp_path, line("lis", 1), keys=f"host_key = {written}\n")

    assert [False, True, True] == [
        found.accepts("ssh-ed25519", blob(n)) for n in (1, 2, 3)
    ]
    assert f"host_key in {tmp_path}/inventory.toml" == found.source
    assert ((), "") == (found.types, found.problem)


def test_without_a_file_nothing_is_pinned(tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, LIS)

    assert {"lis": Pins()} == pins_of(inventory)


def test_all_pins_at_once_are_those_of_each_host(tmp_path: Path) -> None:
    inventory = inventory_of(tmp_path, LIS + '[hosts.web]\nuser = "a"\n')
    inventory.known_hosts.write_text(line("web", 1) + "\n" + line("*", 2))
    one_by_one = {h.name: pins_for(h, inventory) for h in inventory.hosts.values()}

    assert one_by_one == pins_of(inventory)
    assert [1, 2] == [len(found.keys) for found in one_by_one.values()]


BROKEN = {
    "too few words": (
        "lis ssh-ed25519",
        "three words are due: the host's name in the inventory, key type, key",
    ),
    "an unknown marker": (
        f"@trusted {line('lis')}",
        "'@trusted' is none of @revoked, @cert-authority",
    ),
    "no base64": (
        "lis ssh-ed25519 A-A",
        "the third word is no key: it is not base64",
    ),
    "a key of another type": (
        f"lis ssh-rsa {blob(1)}",
        "the third word is no key of type ssh-rsa",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_told(tmp_path: Path, text: str, expected: str) -> None:
    assert [f"known_hosts:2: {expected}"] == problems_of(
        tmp_path, lambda: pins(tmp_path, line("lis"), text)
    )


def test_all_broken_lines_come_out_in_one_go(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, lambda: pins(tmp_path, "a", line("lis"), "b"))

    assert ["known_hosts:1", "known_hosts:3"] == [p.split(": ")[0] for p in problems]


def test_a_fingerprint_is_the_one_of_ssh_keygen(tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    public = key.with_suffix(".pub")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(public)], check=True, capture_output=True, text=True
    ).stdout

    assert shown.split()[1] == fingerprint_of(public.read_text().split()[1])


def test_a_name_that_ssh_keygen_hashed_is_found(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(line("lis") + "\n", encoding="utf-8")
    subprocess.run(
        ["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True
    )
    text = file.read_text(encoding="utf-8")
    [found] = parse_known_hosts(text, "known_hosts")

    assert text.startswith("|1|")
    assert [True, False] == [found.matches(name) for name in ("lis", "web")]


def test_a_pin_is_appended_and_the_rest_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("# ours\n" + line("web"), encoding="utf-8")
    file.chmod(0o644)

    assert add_pin(file, "lis", "ssh-ed25519", blob(2), comment="accepted by me")
    assert f"# ours\n{line('web')}\n{line('lis', 2)} accepted by me\n" == (
        file.read_text(encoding="utf-8")
    )
    assert 0o644 == file.stat().st_mode & 0o777


def test_the_first_pin_makes_a_file_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    add_pin(file, "lis", "ssh-ed25519", blob(1))

    assert 0o600 == file.stat().st_mode & 0o777


def test_a_pin_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    add_pin(file, "lis", "ssh-ed25519", blob(1))

    assert not add_pin(file, "LIS", "ssh-ed25519", blob(1))
    assert add_pin(file, "lis", "ssh-ed25519", blob(1), "@revoked")


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("ssh-ed25519\n* ssh-rsa", blob(1)),
        ("ssh-ed25519", f"{blob(1)}\nweb ssh-ed25519"),
        ("ssh-ed25519", "AAAA"),
    ],
)
def test_what_a_host_shows_can_write_no_other_line(
    tmp_path: Path, kind: str, key: str
) -> None:
    with pytest.raises(ValueError, match="no line of known_hosts"):
        add_pin(tmp_path / "known_hosts", "lis", kind, key)
    assert not (tmp_path / "known_hosts").exists()


def known_hosts(folder: Path, *lines: str) -> Path:
    file = folder / "known_hosts"
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return file


def test_all_pins_of_a_name_are_taken_out(tmp_path: Path) -> None:
    file = known_hosts(
        tmp_path, "# a", line("lis", 1), line("web", 1), line(hashed("lis"), 2)
    )
    gone, left = remove_pins(file, "LIS")

    assert ([2, 4], []) == ([one.number for one in gone], left)
    assert f"# a\n{line('web', 1)}\n" == file.read_text(encoding="utf-8")


def test_one_of_two_pins_is_taken_out_by_its_fingerprint(tmp_path: Path) -> None:
    file = known_hosts(tmp_path, line("lis", 1), line("lis", 2))
    gone, left = remove_pins(file, "lis", fingerprint(1))

    assert ([1], [2]) == ([o.number for o in gone], [o.number for o in left])
    assert f"{line('lis', 2)}\n" == file.read_text(encoding="utf-8")


def test_a_line_of_two_names_keeps_the_other(tmp_path: Path) -> None:
    file = known_hosts(tmp_path, line("web,lis"))
    remove_pins(file, "lis")

    assert f"{line('web')}\n" == file.read_text(encoding="utf-8")


def test_revocations_and_wildcards_stay(tmp_path: Path) -> None:
    lines = (line("l*"), line("lis", marker="@revoked"))
    file = known_hosts(tmp_path, *lines)
    gone, left = remove_pins(file, "lis")

    assert ([], [1, 2]) == (gone, [one.number for one in left])
    assert "".join(f"{one}\n" for one in lines) == file.read_text(encoding="utf-8")


ADDRESSES = """\
[defaults]
user = "a"
[hosts.plain]
address = "10.0.0.1"
[hosts.port]
address = "10.0.0.2"
port = 2222
[hosts.jump-a]
[hosts.jump-b]
[hosts.twin-a]
address = "192.168.1.10"
jump = "jump-a"
[hosts.twin-b]
address = "192.168.1.10"
jump = "jump-b"
[hosts.signed]
address = "10.0.0.4"
[hosts.here]
transport = "local"
"""


def test_an_existing_file_is_matched_by_address_and_port(tmp_path: Path) -> None:
    lines = parse_known_hosts(
        "\n".join(
            [
                line("10.0.0.1", 1),
                line(hashed("10.0.0.1"), 2),
                line("10.0.0.2", 3),
                line("[10.0.0.2]:2222", 4),
                line("192.168.1.10", 5),
                line("10.0.0.4", 6, marker="@cert-authority"),
                line("10.0.0.1", 7, marker="@revoked"),
            ]
        ),
        "known_hosts",
    )
    found = match_addresses(lines, inventory_of(tmp_path, ADDRESSES))

    assert [("plain", 1), ("plain", 2), ("plain", 7), ("port", 4)] == [
        (name, one.number) for name, one in found.pins
    ]
    assert ("twin-a", "twin-b") == found.ambiguous
    assert ("jump-a", "jump-b") == found.unknown
    assert ("signed",) == found.authorities
