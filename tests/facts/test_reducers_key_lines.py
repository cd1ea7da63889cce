"""Scripts of backups: where the key comes from travels, the key does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.reducing import every_awk, reduced, rows
from tests.facts.running import every_shell

SCRIPT = """#!/bin/sh
# openssl enc -k S3CRET
word=S3CRET
folder="/var/backups/labo"
KEY=$folder/.passe
tar -cf - /etc | openssl enc -aes-256-cbc -pass file:$KEY \\
    -out $folder/etc-$(date +%F).enc 2>/dev/null
openssl enc -aes-256-cbc -k "$word" -in a -out "${folder}/b.enc"
gpg --batch --passphrase 'S3$CRET; x' -c dump.sql
export RESTIC_PASSWORD="S3CRET" RESTIC_REPOSITORY=/srv/depot
BORG_PASSPHRASE=$(cat /root/.borg)
RESTIC_PASSWORD_FILE=/etc/restic/key restic backup /srv
BORG_PASSCOMMAND="pass show S3CRET"
pg_dump labo | age -r age1S3CRET -o /var/backups/labo/labo.sql.age
echo "S3CRET" | gpg --batch --passphrase-fd 0 -c -o /mnt/x.gpg y
gpg --batch --passphrase-fd 3 -c x 3</root/.word
. /etc/labo/env
cd /var/backups && openssl enc -e -pass file:.passe -in x >x.enc
7z a -pS3CRET /mnt/a.7z /srv
restic --password-file "$1" backup /srv
openssl enc -pass "pass:$1" -in x
"""


@every_awk()
@every_shell()
def test_of_a_script_kinds_and_paths_travel(
    shell: str, awk: str, tmp_path: Path
) -> None:
    found = rows(reduced(tmp_path, SCRIPT, "key_lines", shell=shell, awk=awk))
    assert found == [
        "6 file|/var/backups/labo/.passe",
        "6 output|/var/backups/labo/_",
        "8 inline",
        "8 output|/var/backups/labo/_",
        "9 inline",
        "10 inline",
        "10 output|/srv/depot",
        "11 file|/root/.borg",
        "12 file|/etc/restic/key",
        "13 elsewhere",
        "14 public",
        "14 output|/var/backups/labo/_",
        "15 inline",
        "15 output|/mnt/_",
        "16 file|/root/.word",
        "17 sourced|/etc/labo/env",
        "18 file|/var/backups/.passe",
        "18 output|/var/backups/_",
        "19 inline",
        "20 file|_",
        "21 elsewhere",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "openssl x509 -passin pass:word -in cert.pem",
        "gpg --batch --passphrase word --detach-sign Release",
        "mysqldump -pword labo",
        "echo 'restic --password-file /root/x' >&2",
        "PASSPHRASE=''",
        "curl --key-file /etc/x https://example.org",
    ],
)
def test_what_is_no_backup_says_nothing(line: str, tmp_path: Path) -> None:
    assert rows(reduced(tmp_path, f"{line}\n", "key_lines")) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 2 * * 0 root openssl enc -k word -in a -out /srv/b", "inline"),
        ("30 2 * * * root RESTIC_PASSWORD=word restic backup /srv", "inline"),
        ("P=/root/p; gpg --passphrase-file=$P --symmetric x", "file|/root/p"),
        ("gpg2 --passphrase-file `head -1 /x` -c y", "file|_"),
        ("age -d -i /root/key.txt x", "file|/root/key.txt"),
        ("gpg -er labo x", "public"),
        ("openssl enc -pass env:P -in x", "elsewhere"),
        ("P=word; openssl enc -pass env:P -in x", "inline"),
        ("PASSPHRASE=`cat /root/p`", "file|/root/p"),
        ("restic --password-command 'cat /root/p' backup /", "file|/root/p"),
        ("gpg --passphrase-fd 0 -c x <<<word", "inline"),
    ],
)
def test_each_way_is_told_by_its_kind(line: str, expected: str, tmp_path: Path) -> None:
    assert rows(reduced(tmp_path, f"{line}\n", "key_lines"))[0] == f"1 {expected}"
