"""Mounts: which are walked, and that no account of a share leaves the host."""

from __future__ import annotations

from pathlib import Path

from auditor.facts.mounts import Mount, Mounts
from auditor.model.sources import Status
from tests.facts.running import answers, asking, every_shell

MOUNTINFO = r"""
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard
22 27 0:21 / /proc rw - proc proc rw
40 22 0:40 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw,fd=29,direct
41 27 0:41 / /mnt/nas\040de\040labo rw - cifs //sil@nas/labo rw,username=sil,uid=0
42 27 0:42 / /auto rw - autofs /etc/auto.misc rw
43 42 8:1 / /auto rw - ext4 /dev/sda1 rw
44 27 254:0 /data/x /var/www/html/doc rw - ext4 /dev/vda1 rw
45 27 0:45 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw
46 27 0:46 /@home /home rw - btrfs /dev/mapper/h rw,space_cache,subvol=/@home
47 46 0:47 / /home rw - overlay overlay rw,upperdir=/rw/home
"""


def mounts(shell: str, folder: Path, text: str = MOUNTINFO) -> Mounts:
    file = folder / "mountinfo"
    file.write_text(text.strip() + "\n")
    fragment = Mounts.fragment.replace("/proc/self/mountinfo", str(file))
    return Mounts.parse(answers(shell, asking(fragment))["Asked"])


def at(found: Mounts, path: str) -> Mount:
    mount = found.of(path)
    assert mount is not None
    return mount


@every_shell()
def test_each_mount_says_how_a_search_takes_it(shell: str, tmp_path: Path) -> None:
    found = mounts(shell, tmp_path)
    assert [(mount.walk, mount.point) for mount in found.mounts] == [
        ("walk", "/"),
        ("system", "/proc"),
        ("away", "/proc/sys/fs/binfmt_misc"),
        ("away", "/mnt/nas de labo"),
        ("away", "/auto"),
        ("walk", "/auto"),
        ("walk", "/var/www/html/doc"),
        ("layers", "/var/lib/docker/overlay2/a/merged"),
        ("walk", "/home"),
        ("walk", "/home"),
    ]


@every_shell()
def test_the_account_of_a_share_stays_on_the_host(shell: str, tmp_path: Path) -> None:
    share = at(mounts(shell, tmp_path), "/mnt/nas de labo/x")
    assert share.source == "//_@nas/labo"
    assert share.options == ("rw", "rw", "username=_", "uid=0")


@every_shell()
def test_a_path_belongs_to_the_topmost_mount(shell: str, tmp_path: Path) -> None:
    found = mounts(shell, tmp_path)
    assert at(found, "/auto/x").device == "8:1"
    assert at(found, "/home/labo").type == "overlay"
    assert at(found, "/homes").point == "/"
    assert at(found, "/var/www/html/doc/base.sql").root == "/data/x"


def test_a_mount_that_hides_another_shows_its_own_folders(tmp_path: Path) -> None:
    text = """
1 0 8:0 / / rw - ext4 /dev/a rw
2 1 8:1 / /a rw - ext4 /dev/b rw
3 2 8:2 / /a/b rw - ext4 /dev/c rw
4 2 8:3 / /a rw - ext4 /dev/d rw
"""
    assert at(mounts("sh", tmp_path, text), "/a/b/x").device == "8:3"


@every_shell()
def test_a_line_of_another_shape_makes_the_source_failed(
    shell: str, tmp_path: Path
) -> None:
    found = mounts(shell, tmp_path, "27 1 254:0 / / rw\n")
    assert found.status is Status.FAILED


@every_shell()
def test_this_machine_has_a_root(shell: str) -> None:
    found = Mounts.parse(answers(shell, Mounts)["Mounts"])
    assert at(found, "/etc/passwd").walk == "walk"
