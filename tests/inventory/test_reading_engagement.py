"""Mistakes in `[engagement]` and around it, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.writing import HEAD, wrong

HERE = '[hosts.here]\ntransport = "local"\n'

ENGAGEMENT = {
    "a value where groups are due": (
        "groups = 3\n" + HEAD,
        "inventory.toml:1: groups: a table is due, not the number 3",
    ),
    "no engagement": (
        "",
        'inventory.toml: the table [engagement] with client = "…" is missing',
    ),
    "no client": (
        '[engagement]\nauditor = "A"\n',
        "inventory.toml:1: engagement.client: this key is missing",
    ),
    "a language that is none": (
        '[engagement]\nclient = "A"\nlanguage = "de"\n',
        "inventory.toml:3: engagement.language: the text 'de' is none of en, fr",
    ),
    "a time zone that is none": (
        '[engagement]\nclient = "A"\ntimezone = "Paris"\n',
        (
            "inventory.toml:3: engagement.timezone: 'Paris' is no time zone such as "
            "'Europe/Paris'"
        ),
    ),
    "an unknown framework": (
        '[engagement]\nclient = "A"\nframeworks = [\n"gdpr",\n"cnil-guide-2023",\n]\n',
        (
            "inventory.toml:5: engagement.frameworks: there is no framework "
            "'cnil-guide-2023'; did you mean 'cnil-guide-2024'?"
        ),
    ),
    "a folder of manifests that is none": (
        '[engagement]\nclient = "A"\nmanifests = "m"\n',
        "inventory.toml:3: engagement.manifests: 'm' is no folder",
    ),
    "an unknown profile": (
        '[engagement]\nclient = "A"\nprofile = "defualt"\n',
        (
            "inventory.toml:3: engagement.profile: there is no profile 'defualt'; did "
            "you "
            "mean 'default'?; a file of your own is a path such as './defualt.toml'"
        ),
    ),
    "a profile that is no file": (
        '[engagement]\nclient = "A"\nprofile = "own.toml"\n',
        "inventory.toml:3: engagement.profile: 'own.toml' is no file",
    ),
}


@pytest.mark.parametrize(("head", "expected"), ENGAGEMENT.values(), ids=ENGAGEMENT)
def test_a_mistake_in_the_engagement_is_told_with_its_line(
    tmp_path: Path, head: str, expected: str
) -> None:
    assert [expected] == wrong(tmp_path, HERE, head)
