"""lis-35: each planted fault, seen at the real service."""

from __future__ import annotations

import pytest

from tests.lab.clients import address_of, python, ssh
from tests.lab.pytest_lab import Lab

LIS = address_of("lis-35")


def as_nobody(lab: Lab, script: str) -> bool:
    """Does it succeed for an account without any right on lis-35?"""
    done = lab.shell("lis-35", f"setpriv --reuid 65534 --clear-groups sh -c '{script}'")
    return done.returncode == 0


def field_of(lab: Lab, host: str, account: str) -> str:
    return lab.shell(host, f"getent shadow {account} | cut -d: -f2").stdout.strip()


def test_anonymous_ftp_lists_the_exports(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import ftplib
        with ftplib.FTP("{LIS}", timeout=5) as ftp:
            ftp.login()
            print(ftp.nlst("exports"))
        """,
    )
    assert "exports/oru_20200914.hl7" in said


def test_anonymous_ftp_stores_what_anybody_sends(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import ftplib, io
        with ftplib.FTP("{LIS}", timeout=5) as ftp:
            ftp.login()
            print(ftp.storbinary("STOR depot/essai.txt", io.BytesIO(b"x")))
        """,
    )
    assert said.startswith("226")


def test_the_dump_is_listed_and_served_over_http(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import urllib.request
        base = "http://{LIS}/sauvegardes/"
        print("megabus_20200914.sql" in urllib.request.urlopen(base).read().decode())
        print(urllib.request.urlopen(base + "megabus_20200914.sql").readline())
        """,
    )
    assert said == "True\nb'-- PostgreSQL database dump\\n'\n"


def test_redis_answers_without_a_password(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import socket
        with socket.create_connection(("{LIS}", 6379), timeout=5) as redis:
            redis.sendall(b"PING\\r\\n")
            print(redis.recv(32))
        """,
    )
    assert said == "b'+PONG\\r\\n'\n"


def test_postgresql_trusts_the_network(lab: Lab) -> None:
    command = f"psql -w -h {LIS} -U postgres -Atc 'select current_user'"
    assert lab.shell("lis-36", command).stdout == "postgres\n"


def test_postgresql_speaks_without_tls(lab: Lab) -> None:
    command = f"psql -w 'host={LIS} user=postgres sslmode=disable' -Atc 'show ssl'"
    assert lab.shell("lis-36", command).stdout == "off\n"


def test_a_guest_reads_the_samba_share(lab: Lab) -> None:
    done = lab.shell("lis-36", f"smbclient -N //{LIS}/megabus -c 'ls exports/*'")
    assert "resultats_2020.csv" in done.stdout


def test_anybody_lists_the_rsync_module(lab: Lab) -> None:
    done = lab.shell("lis-36", f"rsync --list-only rsync://{LIS}/extractions/exports/")
    assert "resultats_2020.csv" in done.stdout


def test_the_nfs_export_is_for_everybody(lab: Lab) -> None:
    shown = lab.shell("lis-35", f"showmount --no-headers -e {LIS}").stdout
    assert shown.split() == ["/srv/mega", "*"]


@pytest.mark.parametrize("person", ["martin", "dubois", "petit"])
def test_three_persons_open_the_same_account(lab: Lab, person: str) -> None:
    assert ssh(lab, "lis-35", "id -un", user="labo", key=person).stdout == "labo\n"


def test_an_empty_password_is_enough(lab: Lab) -> None:
    options = ("-o", "PreferredAuthentications=none")
    done = ssh(lab, "lis-35", "id -un", user="accueil", options=options)
    assert done.stdout == "accueil\n"


def test_the_publishers_key_is_root_on_two_laboratories_hosts(lab: Lab) -> None:
    there = ssh(lab, "lis-35", "sudo -n id -u", user="maintenance", key="mega")
    assert there.stdout == "0\n"
    if "cgroup" in lab.abilities:
        assert ssh(lab, "sysd-37", "id -u", user="root", key="mega").stdout == "0\n"


def test_two_accounts_have_the_same_password_field(lab: Lab) -> None:
    assert field_of(lab, "lis-35", "labo") == field_of(lab, "lis-35", "biologie")


def test_one_password_field_is_on_two_laboratories_hosts(lab: Lab) -> None:
    assert field_of(lab, "lis-35", "support") == field_of(lab, "db-38", "support")


def test_a_second_account_is_root(lab: Lab) -> None:
    assert lab.shell("lis-35", "id -u secours").stdout == "0\n"


def test_two_accounts_share_a_number(lab: Lab) -> None:
    assert lab.shell("lis-35", "id -u technicien stagiaire").stdout == "1200\n1200\n"


def test_an_open_account_has_an_md5_field(lab: Lab) -> None:
    assert field_of(lab, "lis-35", "hl7").startswith("$1$")


def test_root_may_log_in_with_a_password(lab: Lab) -> None:
    shown = lab.shell(
        "lis-35", "sshd -T -C user=root,host=h,addr=10.20.0.1; passwd -S root"
    )
    assert "permitrootlogin yes\n" in shown.stdout
    assert "passwordauthentication yes\n" in shown.stdout
    assert "root P " in shown.stdout


@pytest.mark.parametrize(
    "path",
    [
        "/etc/nginx/tls/labo.key",
        "/var/backups/megabus/.passe",
        "/var/backups/megabus/megabus_hebdo.sql",
        "/var/log/auth.log",
        "/srv/migration/lab35/res_2018.csv",
        "/srv/mega/public/exports/resultats_2020.csv",
    ],
)
def test_anybody_on_the_host_reads(lab: Lab, path: str) -> None:
    assert as_nobody(lab, f"cat {path} >/dev/null")


def test_anybody_on_the_host_writes_the_transfer_log(lab: Lab) -> None:
    assert as_nobody(lab, "echo faux >>/var/log/megabus/transferts.log")


def test_a_message_of_hl7_is_one_line_for_most_tools(lab: Lab) -> None:
    path = "/srv/mega/public/exports/oru_20200914.hl7"
    counted = lab.shell(
        "lis-35", f"grep -c . {path}; tr '\\r' '\\n' <{path} | grep -c PID"
    )
    assert counted.stdout == "1\n200\n"


def test_the_backups_passphrase_opens_it(lab: Lab) -> None:
    opened = lab.shell(
        "lis-35",
        "cd /var/backups/megabus && openssl enc -d -aes-256-cbc -pbkdf2"
        " -pass file:.passe -in parametres.tar.enc | tar -t",
    )
    assert "vsftpd.conf" in opened.stdout


def test_the_swap_file_is_on_the_data_disk(lab: Lab) -> None:
    shown = lab.shell(
        "lis-35", "tail -n 1 /proc/swaps; findmnt -n -o TARGET -T /srv/mega"
    )
    assert shown.stdout.split()[0] == "/srv/mega/swapfile"
    assert shown.stdout.splitlines()[1] == "/srv/mega"


@pytest.mark.parametrize(
    "daemon",
    [
        "auditd",
        "chronyd",
        "cron",
        "fail2ban-server",
        "ntpd",
        "rsyslogd",
        "systemd-journald",
    ],
)
def test_no_such_daemon_runs(lab: Lab, daemon: str) -> None:
    names = lab.shell("lis-35", "cat /proc/[0-9]*/comm").stdout.splitlines()
    assert daemon[:15] not in names


def test_nothing_sends_mail(lab: Lab) -> None:
    assert lab.shell("lis-35", "command -v sendmail").returncode != 0


def test_the_erase_job_of_the_instruction_does_not_exist(lab: Lab) -> None:
    found = lab.shell(
        "lis-35", "find / -xdev -name 'erase-lab35*'; ls /srv/migration/lab35"
    )
    assert found.stdout.split() == [
        "reprise_megabus.sql",
        "res_2018.csv",
        "res_commandes.hl7",
    ]
