"""The five fields of cron, which itself says nothing of a line that it can't read."""

from __future__ import annotations

import pytest

from auditor.errors import AuditorError
from auditor.schedule.cron import checked


@pytest.mark.parametrize(
    "when",
    [
        "30 2 * * 0",
        "*/15 1-5,22 * jan-mar Mon",
        "0 0 31 12 7",
        "5 4 1/2 * *",
        "@weekly",
    ],
)
def test_what_cron_reads_is_taken(when: str) -> None:
    assert when == checked(when)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("60 2 * * 0", "'60' is no minute"),
        ("0 24 * * 0", "'24' is no hour"),
        ("0 0 0 * *", "'0' is no day of month"),
        ("0 0 * juin *", "'juin' is no month"),
        ("0 0 * * fri-mon", "'fri-mon' is no day of week"),
        ("0 0 * * 1,", "'1,' is no day of week"),
        ("*/0 0 * * 1", "'*/0' is no minute"),
        ("Sun 02:30", "five fields are due"),
        ("@reboot", "five fields are due"),
        ("0 0 * *\n0 0", "five fields are due"),
        ("٣ 0 * * *", "'٣' is no minute"),
    ],
)
def test_what_it_would_skip_in_silence_is_an_error(when: str, said: str) -> None:
    with pytest.raises(AuditorError) as caught:
        checked(when)
    assert said in str(caught.value)
