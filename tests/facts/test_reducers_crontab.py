"""Jobs of cron: what they erase is told, what they hold is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.facts.schedule import CronJob
from auditor.model.sources import Body, Read, Source, Status
from tests.facts.running import body, every_shell, shown

SYSTEM = """\
SHELL=/bin/sh
MAILTO=secret@example.test
# 0 1 * * * root rm -rf /srv/comment
0 3 * * * root find /srv/lab35 -type f -name '*.csv' -mtime +30 -delete
*/5 * * * * labo KEY=hunter2 pg_dump -h db --password=hunter2 -phunter2 470815
@daily root cd /srv/x && rm -rf /srv/x/tmp/* >/dev/null 2>&1
30 2 * * 0 root /usr/local/bin/backup hunter2 'hunter2 again'
short line
"""


def reduced(shell: str, folder: Path, text: str, reducer: str) -> Body:
    file = folder / "crontab"
    file.write_text(text)
    found = body(shell, f"source_file {file} {reducer}")
    assert "hunter2" not in repr(found)
    assert "470815" not in repr(found)
    assert "secret@" not in repr(found)
    return found


@every_shell()
def test_a_system_crontab_tells_time_user_programs_and_paths(
    shell: str, tmp_path: Path
) -> None:
    found = reduced(shell, tmp_path, SYSTEM, "crontab:system")
    assert shown(found, tmp_path / "crontab") == [
        "4 0 3 * * *\troot\tfind\t/srv/lab35\t-type\t_\t-name\t_\t-mtime\t+30\t-delete",
        "5 */5 * * * *\tlabo\t_\tpg_dump\t-h\t_\t--password=_\t-p_\t_",
        "6 @daily\troot\tcd\t/srv/x\t&&\trm\t-rf\t/srv/x/tmp/*\t>/dev/null\t2>&1",
        "7 30 2 * * 0\troot\t/usr/local/bin/backup\t_\t_\t_",
    ]


@every_shell()
def test_a_crontab_of_a_user_has_no_user_in_its_lines(
    shell: str, tmp_path: Path
) -> None:
    found = reduced(shell, tmp_path, "0 3 * * * rm -rf /srv/x\n", "crontab")
    assert shown(found, tmp_path / "crontab") == ["1 0 3 * * *\t-\trm\t-rf\t/srv/x"]


@every_shell()
def test_a_script_has_no_time(shell: str, tmp_path: Path) -> None:
    text = "#!/bin/sh\nexport KEY=hunter2\nfind /srv/x -mtime +30 -delete\n"
    found = reduced(shell, tmp_path, text, "crontab:script")
    assert shown(found, tmp_path / "crontab") == [
        "2 -\t-\texport\t_",
        "3 -\t-\tfind\t/srv/x\t-mtime\t+30\t-delete",
    ]


def job(*words: str) -> CronJob:
    source = Source("Crontabs", "file", "/etc/crontab", Status.OK)
    return CronJob("@daily", "root", words, Read("", source, 1, ()))


@pytest.mark.parametrize(
    ("words", "erases"),
    [
        (("find", "/srv/m", "-mtime", "+30", "-delete"), True),
        (("/usr/bin/find", "/srv/m/", "-delete"), True),
        (("rm", "-rf", "/srv/m/*"), True),
        (("tmpreaper", "30d", "/srv"), False),
        (("tmpreaper", "30d", "/srv/m"), True),
        (("find", "/srv/m", "-mtime", "+30"), False),
        (("ls", "/srv/m"), False),
        (("rm", "-rf", "/srv/mm"), False),
    ],
)
def test_a_job_erases_in_a_folder_or_above_it(
    words: tuple[str, ...], erases: bool
) -> None:
    assert job(*words).erases("/srv/m") is erases
