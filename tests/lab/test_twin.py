"""lis-36: what looks open to a search for a word is closed at the real service."""

from __future__ import annotations

import time

import pytest

from tests.lab.clients import address_of, port_open, python, ssh
from tests.lab.pytest_lab import Lab

TWIN = address_of("lis-36")


def ftp_says(lab: Lab, login: str) -> str:
    return python(
        lab,
        f"""
        import ftplib
        with ftplib.FTP("{TWIN}", timeout=5) as ftp:
            try:
                print({login})
            except ftplib.error_perm as error:
                print(error)
        """,
    )


def until(lab: Lab, host: str, script: str) -> str:
    """What a line prints, once it succeeds; asked for ten seconds."""
    end = time.monotonic() + 10
    while True:
        done = lab.shell(host, script)
        if done.returncode == 0 or time.monotonic() > end:
            return done.stdout
        time.sleep(0.2)


def test_anonymous_ftp_is_refused(lab: Lab) -> None:
    assert ftp_says(lab, "ftp.login()").startswith("530")


def test_ftp_takes_no_password_without_tls(lab: Lab) -> None:
    said = ftp_says(lab, "ftp.login('c.leroy', 'x')")
    assert said == "530 Non-anonymous sessions must use encryption.\n"


def test_plain_http_only_redirects(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import http.client
        web = http.client.HTTPConnection("{TWIN}", timeout=5)
        web.request("GET", "/documents/")
        answer = web.getresponse()
        print(answer.status, answer.headers["Location"])
        """,
    )
    assert said == f"301 https://{TWIN}/documents/\n"


def test_https_asks_for_a_password(lab: Lab) -> None:
    said = python(
        lab,
        f"""
        import http.client, ssl
        trust = ssl._create_unverified_context()
        web = http.client.HTTPSConnection("{TWIN}", timeout=5, context=trust)
        web.request("GET", "/documents/jeu_d_essai.csv")
        print(web.getresponse().status)
        """,
    )
    assert said == "401\n"


@pytest.mark.parametrize("port", [6379, 8080, 8081])
def test_is_not_reachable_from_outside(lab: Lab, port: int) -> None:
    assert not port_open(lab, TWIN, port)


def test_redis_wants_a_password_even_inside(lab: Lab) -> None:
    assert lab.shell("lis-36", "redis-cli ping").stdout.startswith("NOAUTH")


def test_postgresql_takes_no_guest(lab: Lab) -> None:
    command = f"psql -w 'host={TWIN} user=postgres sslmode=disable' -c 'select 1'"
    assert "pg_hba.conf rejects connection" in lab.shell("lis-35", command).stderr


def test_a_guest_gets_no_samba_share(lab: Lab) -> None:
    done = lab.shell("lis-36", f"smbclient -N //{TWIN}/documents -c ls")
    assert "NT_STATUS_ACCESS_DENIED" in done.stdout


@pytest.mark.parametrize("module", ["documents", "application"])
def test_rsync_wants_a_password(lab: Lab, module: str) -> None:
    command = f"rsync --list-only rsync://{TWIN}/{module}/ </dev/null"
    done = lab.shell("lis-35", command)
    assert f"@ERROR: auth failed on module {module}" in done.stderr


def test_sshd_takes_no_password(lab: Lab) -> None:
    shown = lab.shell("lis-36", "sshd -T -C user=root,host=h,addr=10.20.0.1").stdout
    assert "\npermitrootlogin no\n" in shown
    assert "\npasswordauthentication no\n" in shown
    assert "\nkbdinteractiveauthentication no\n" in shown


def test_the_expired_accounts_key_opens_nothing(lab: Lab) -> None:
    assert ssh(lab, "lis-36", "id", user="labo", key="moreau").returncode == 255


def test_a_named_persons_key_opens_their_account(lab: Lab) -> None:
    done = ssh(lab, "lis-36", "id -un", user="c.leroy", key="leroy")
    assert done.stdout == "c.leroy\n"


def test_sudo_skips_files_set_aside(lab: Lab) -> None:
    allowed = lab.shell("lis-36", "visudo -c; sudo -l -U c.leroy").stdout
    assert "/etc/sudoers.d/tech: parsed OK" in allowed
    assert "NOPASSWD" not in allowed.partition("may run")[2]


def test_the_key_behind_a_closed_folder_is_closed(lab: Lab) -> None:
    path = "/etc/labo/tls/serveur.key"
    modes = lab.shell("lis-36", f"stat -c %a {path}; stat -Lc %a {path}").stdout
    assert modes == "777\n644\n"
    assert lab.shell("lis-36", f"runuser -u audit -- cat {path}").returncode != 0


def test_the_records_are_under_fscrypt(lab: Lab) -> None:
    if not {"loop", "fscrypt"} <= set(lab.abilities):
        pytest.skip("this kernel mounts no ext4 with encryption by folder")
    flags = lab.shell("lis-36", "lsattr -d /srv/labo/dossiers").stdout.split()[0]
    assert "E" in flags


def test_the_md5_fields_are_locked(lab: Lab) -> None:
    shown = lab.shell("lis-36", "passwd -S ancien; passwd -S interface").stdout
    assert [line.split()[1] for line in shown.splitlines()] == ["L", "L"]


def test_no_two_accounts_share_a_number(lab: Lab) -> None:
    command = "getent passwd | cut -d: -f3 | grep . | sort | uniq -d"
    assert lab.shell("lis-36", command).stdout == ""


def test_the_three_jails_are_live(lab: Lab) -> None:
    shown = lab.shell("lis-36", "fail2ban-client status").stdout
    assert "Jail list:\tnginx-http-auth, sshd, vsftpd" in shown


def test_a_ban_is_mailed_to_a_person_elsewhere(lab: Lab) -> None:
    if "cgroup" not in lab.abilities:
        pytest.skip("the host that takes the mail needs a cgroup for systemd")
    lab.shell("lis-36", "fail2ban-client set vsftpd banip 192.0.2.7")
    mail = until(lab, "sysd-37", "grep 'Subject.*vsftpd' /var/mail/rssi")
    assert mail == "Subject: [Fail2Ban] vsftpd: banned 192.0.2.7 from lis-36\n"


def test_a_login_is_logged_on_another_host(lab: Lab) -> None:
    if "cgroup" not in lab.abilities:
        pytest.skip("the host that collects logs needs a cgroup for systemd")
    lab.shell("lis-36", "logger -p authpriv.notice essai-de-collecte")
    found = until(lab, "sysd-37", "grep essai-de-collecte /var/log/collecte/lis-36.log")
    assert found.endswith("essai-de-collecte\n")


def test_the_clock_follows_the_groups_server(lab: Lab) -> None:
    if "cgroup" not in lab.abilities:
        pytest.skip("the host that gives the time needs a cgroup for systemd")
    shown = until(lab, "lis-36", "chronyc -n tracking | grep 'Stratum.* 9'")
    assert shown.split() == ["Stratum", ":", "9"]
