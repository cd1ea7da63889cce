"""Every mistake in an inventory: file, line, key, what is wrong, the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.inventory.reading import read_inventory
from tests.inventory.writing import HEAD, inventory_of, problems_of, wrong

HERE = '[hosts.here]\ntransport = "local"\n'
LIS = '[hosts.lis]\nuser = "audit"\n'

ONE_MISTAKE = {
    "an unknown key": (
        LIS + 'adress = "x"\n',
        "5: hosts.lis.adress: unknown key; did you mean 'address'?",
    ),
    "a key of [limits] beside the others": (
        LIS + "deadline = 3\n",
        (
            "5: hosts.lis.deadline: unknown key; write it in the table 'limits', "
            "as in limits = { deadline = … }"
        ),
    ),
    "a word of other tools": (
        LIS + 'proxy_jump = "x"\n',
        "5: hosts.lis.proxy_jump: unknown key; did you mean 'jump'?",
    ),
    "an unknown table": (
        HERE + "[default]\n",
        "5: default: unknown key; did you mean 'defaults'?",
    ),
    "a list where a text is due": (
        "[hosts.lis]\nuser = []\n",
        "4: hosts.lis.user: a text in quotes is due, not a list",
    ),
    "a value where a table is due": (
        HERE + '[groups]\nx = "title"\n',
        "6: groups.x: a table is due, not the text 'title'",
    ),
    "a number where a text is due": (
        "[hosts.lis]\nuser = 3\n",
        "4: hosts.lis.user: a text in quotes is due, not the number 3",
    ),
    "an empty text": (
        '[hosts.lis]\nuser = " "\n',
        "4: hosts.lis.user: this is empty: write a text or leave the key out",
    ),
    "a control character": (
        '[hosts.lis]\nuser = "a\\u001b"\n',
        "4: hosts.lis.user: a control character stands in this text",
    ),
    "a text where a list is due": (
        LIS + 'roles = "ftp"\n',
        "5: hosts.lis.roles: a list is due, not the text 'ftp'",
    ),
    "true where a number is due": (
        LIS + "port = true\n",
        "5: hosts.lis.port: a whole number is due, not true",
    ),
    "1 where true is due": (
        LIS + "audit = 1\n",
        "5: hosts.lis.audit: true or false is due, not the number 1",
    ),
    "a port that is none": (
        LIS + "port = 70000\n",
        "5: hosts.lis.port: 70000 is no port: 1 to 65535",
    ),
    "a zone that is none": (
        LIS + 'zone = "internt"\n',
        (
            "5: hosts.lis.zone: the text 'internt' is none of internet, private; "
            "did you mean 'internet'?"
        ),
    ),
    "a transport that is none": (
        LIS + 'transport = "telnet"\n',
        "5: hosts.lis.transport: the text 'telnet' is none of ssh, local, answer",
    ),
    "an element of a list, on a line of its own": (
        LIS + 'data_dirs = [\n"/srv",\n"data",\n]\n',
        "7: hosts.lis.data_dirs: 'data' is not absolute: a path on the host from /",
    ),
    "a path that goes back": (
        LIS + 'data_dirs = ["/srv/../etc"]\n',
        "5: hosts.lis.data_dirs: '/srv/../etc' goes back with '..': write it out",
    ),
    "an address in brackets": (
        LIS + 'address = "[::1]"\n',
        "5: hosts.lis.address: write the address without brackets: '::1'",
    ),
    "an address with its port": (
        LIS + 'address = "lis.example:2222"\n',
        (
            "5: hosts.lis.address: 'lis.example:2222' is neither a host name nor an "
            "address; write the port as port = 2222"
        ),
    ),
    "an address that is none": (
        LIS + 'address = "-oProxyCommand=x"\n',
        (
            "5: hosts.lis.address: '-oProxyCommand=x' is neither a host name nor an "
            "address"
        ),
    ),
    "an IPv4 address with a number too large": (
        LIS + 'address = "10.0.0.256"\n',
        "5: hosts.lis.address: '10.0.0.256' is neither a host name nor an address",
    ),
    "a fingerprint that is none": (
        LIS + 'host_key = ["MD5:aa"]\n',
        (
            "5: hosts.lis.host_key: 'MD5:aa' is no fingerprint: SHA256: and 43 "
            "characters, "
            "as 'ssh-keygen -lf' prints it"
        ),
    ),
    "a name that is none": (
        '[hosts."-x"]\ntransport = "local"\n',
        (
            "3: hosts.-x: '-x' is no name: a name is 1 to 63 letters, digits, '.', '_' "
            "or "
            "'-', the first a letter or a digit"
        ),
    ),
    "a role that is no name": (
        LIS + 'roles = ["l i s"]\n',
        (
            "5: hosts.lis.roles: 'l i s' is no name: a name is 1 to 63 letters, "
            "digits, "
            "'.', '_' or '-', the first a letter or a digit"
        ),
    ),
    "no user": (
        "[hosts.lis]\n",
        (
            "3: hosts.lis.user: user is missing: write it here, in the group or in "
            "[defaults]"
        ),
    ),
    "an unknown group": (
        LIS + 'group = "site-53"\n[groups.site-35]\n',
        "5: hosts.lis.group: there is no group 'site-53'; did you mean 'site-35'?",
    ),
    "a group without a table": (
        LIS + 'group = "rennes"\n',
        "5: hosts.lis.group: there is no group 'rennes'; write a table [groups.rennes]",
    ),
    "an unknown jump": (
        LIS + 'jump = "bastoin"\n[hosts.bastion]\nuser = "a"\n',
        "5: hosts.lis.jump: there is no host 'bastoin'; did you mean 'bastion'?",
    ),
    "an unknown jump of a group": (
        HERE + '[groups.g]\njump = "bastion"\n',
        (
            "6: groups.g.jump: there is no host 'bastion'; a jump host is a host of "
            "its "
            "own: [hosts.bastion]"
        ),
    ),
    "a jump that connects nowhere": (
        LIS + 'jump = "here"\n' + HERE,
        "5: hosts.lis.jump: 'here' can't be a jump: its transport is local",
    ),
    "a loop of jumps": (
        (
            '[defaults]\nuser = "a"\n[hosts.a]\njump = "b"\n[hosts.b]\njump = "c"\n'
            '[hosts.c]\njump = "a"\n'
        ),
        "6: hosts.a.jump: jump loop a → b → c → a",
    ),
    "a jump host inside the group that it serves": (
        '[groups.g]\nuser = "a"\njump = "b"\n[hosts.b]\ngroup = "g"\n',
        (
            "5: groups.g.jump: jump loop b → b: a host that is connected directly "
            "takes "
            'jump = ""'
        ),
    ),
    "key and agent both": (
        LIS + 'key = "a"\nagent = "a.pub"\n',
        (
            "6: hosts.lis.agent: key and agent both: one key is offered, keep one of "
            "the "
            "two"
        ),
    ),
    "an address of a local host": (
        HERE + 'address = "x"\n',
        (
            "5: hosts.here.address: a host with transport 'local' connects nowhere: "
            "take "
            "this key out"
        ),
    ),
    "a size in thousands": (
        HERE + '[limits]\nscan_bytes = "2 GB"\n',
        (
            "6: limits.scan_bytes: the text '2 GB' is no size such as '2 GiB'; did you "
            "mean '2 GiB'?"
        ),
    ),
    "a size that is none": (
        HERE + '[limits]\nanswer = "much"\n',
        "6: limits.answer: the text 'much' is no size such as '2 GiB'",
    ),
    "no time at all": (
        HERE + "[limits]\nconnect = 0\n",
        "6: limits.connect: 0 is no time: seconds above 0",
    ),
    "a time without end": (
        HERE + "[limits]\nconnect = inf\n",
        "6: limits.connect: a finite number is due, not inf",
    ),
    "no hosts at once": (
        HERE + "[limits]\njobs = 0\n",
        "6: limits.jobs: 0 is too small: 1 or more",
    ),
    "jobs of a host": (
        LIS + "limits = { jobs = 3 }\n",
        (
            "5: hosts.lis.limits.jobs: unknown key; the keys here are connect, "
            "deadline, "
            "scan_budget, scan_bytes, answer"
        ),
    ),
    "a group's group": (
        HERE + '[groups.g]\ngroup = "h"\n',
        "6: groups.g.group: unknown key",
    ),
}


@pytest.mark.parametrize(("text", "expected"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert [f"inventory.toml:{expected}"] == wrong(tmp_path, text)


def test_where_a_text_stops_being_toml_is_told(tmp_path: Path) -> None:
    expected = ["inventory.toml:4: this is not TOML: invalid value"]

    assert expected == wrong(tmp_path, "[hosts.x]\nuser = audit\n")


def test_a_table_written_twice_is_told(tmp_path: Path) -> None:
    [problem] = wrong(tmp_path, HERE + HERE)

    assert problem.startswith("inventory.toml:5: this is not TOML: cannot declare")


def test_a_file_in_latin_1_is_told_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "inventory.toml"
    file.write_bytes(HEAD.encode() + "# é\n".encode("latin-1"))

    expected = ["inventory.toml:3: this is not UTF-8: save the file as UTF-8"]
    assert expected == problems_of(tmp_path, lambda: read_inventory(file))


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert "Exemple" == inventory_of(tmp_path, HERE, "\ufeff" + HEAD).engagement.client


def test_a_missing_file_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    expected = ["x.toml: no such inventory; 'auditor init' writes one"]

    assert expected == problems_of(
        tmp_path, lambda: read_inventory(tmp_path / "x.toml")
    )


def test_an_inventory_without_hosts_is_a_mistake(tmp_path: Path) -> None:
    expected = ["inventory.toml: no host in this inventory: write a table [hosts.NAME]"]

    assert expected == wrong(tmp_path, "")


def test_a_table_with_one_mistake_is_still_judged_for_the_rest(tmp_path: Path) -> None:
    text = '[hosts.lis]\nport = "22"\ngroup = "x"\n[hosts.other]\nuser = "a"\n'

    assert [
        (
            "inventory.toml:3: hosts.lis.user: user is missing: write it here, in the "
            "group or in [defaults]"
        ),
        "inventory.toml:4: hosts.lis.port: a whole number is due, not the text '22'",
    ] == wrong(tmp_path, text.replace('group = "x"\n', ""))


def test_a_host_is_not_blamed_for_a_mistake_in_the_table_that_it_inherits(
    tmp_path: Path,
) -> None:
    text = "[defaults]\nuser = 3\n[hosts.lis]\n"

    expected = "4: defaults.user: a text in quotes is due, not the number 3"
    assert [f"inventory.toml:{expected}"] == wrong(tmp_path, text)


def test_a_host_of_an_unknown_group_is_not_told_what_that_group_may_say(
    tmp_path: Path,
) -> None:
    [problem] = wrong(tmp_path, '[hosts.lis]\ngroup = "site"\n')

    assert problem.startswith("inventory.toml:4: hosts.lis.group: there is no group")


def test_a_folder_with_the_name_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    (tmp_path / "b.toml").write_text(HEAD + HERE, encoding="utf-8")

    assert ["a.toml: is a directory"] == problems_of(
        tmp_path, lambda: read_inventory(tmp_path)
    )


def test_six_mistakes_in_two_files_come_out_in_one_go(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        HEAD + '[defaults]\nusr = "audit"\n[hosts.a]\nuser = "a"\nport = 0\n'
        '[hosts.b]\nuser = "b"\ndata_dirs = "/srv"\njump = "bastion"\n',
        encoding="utf-8",
    )
    (tmp_path / "b.toml").write_text(
        '[hosts.c]\nuser = "c"\nsudo_password = "hunter2"\n[hosts.A]\nuser = "d"\n'
        'address = "d"\n',
        encoding="utf-8",
    )

    assert [
        "a.toml:4: defaults.usr: unknown key; did you mean 'user'?",
        "a.toml:7: hosts.a.port: 0 is no port: 1 to 65535",
        "a.toml:10: hosts.b.data_dirs: a list is due, not the text '/srv'",
        (
            "a.toml:11: hosts.b.jump: there is no host 'bastion'; a jump host is a "
            "host "
            "of its own: [hosts.bastion]"
        ),
        (
            "b.toml:3: hosts.c.sudo_password: a secret never stands in this file, only "
            'where to find it: { env = "NAME" }, { file = "path" }, '
            '{ command = ["pass", "show", "x"] } or { prompt = true }'
        ),
        (
            "b.toml:4: hosts.A: the host 'A' is called like the host 'a' (a.toml:5): "
            "names "
            "of hosts, groups and roles differ, case aside"
        ),
    ] == problems_of(tmp_path, lambda: read_inventory(tmp_path))
