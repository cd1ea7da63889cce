"""Whom nginx asks, and what it serves, as its configuration tells."""

from __future__ import annotations

import pytest

from auditor.facts.nginx import NginxConfig
from auditor.facts.software import Listeners, Packages, Processes, Software, Units
from auditor.facts.web import Place, nginx
from auditor.model.sources import Status, parse_body


def places(*lines: str) -> dict[str, Place]:
    """The places of a server with these directives, by their location."""
    whole = ("http {", "server {", "listen 80 ;", *lines, "}", "}")
    rows = "".join(
        f" {n}\t{line.replace(' ', chr(9))}\n" for n, line in enumerate(whole, 1)
    )
    body = parse_body("NginxConfig", f"ok\tfile\t/etc/nginx/nginx.conf\t0\n{rows}")
    facts = [kind.unread(Status.DENIED) for kind in (Packages, Processes)]
    others = [kind.unread(Status.DENIED) for kind in (Listeners, Units)]
    software = Software(*facts, *others)  # type: ignore[arg-type]
    found = nginx(NginxConfig.parse(body), software)
    return {" ".join(place.path): place for place in found.places}


def guarded(*lines: str) -> bool:
    return places("location / {", *lines, "}")["/"].guard is not None


FILE = "auth_basic_user_file _ ;"


@pytest.mark.parametrize(
    ("lines", "guard"),
    [
        ([], False),
        (["auth_basic x ;", FILE], True),
        (["auth_basic x ;"], False),
        (["auth_basic off ;", FILE], False),
        (["auth_request /x ;"], True),
        (["auth_request off ;"], False),
        (["allow 10.0.0.0/8 ;", "deny all ;"], True),
        (["deny all ;"], True),
        (["allow all ;", "deny all ;"], False),
        (["allow 0.0.0.0/0 ;", "deny all ;"], False),
        (["allow 8.8.0.0/16 ;", "deny all ;"], False),
        (["deny 8.8.8.8 ;"], False),
        (["ssl_verify_client on ;"], False),
        (["satisfy any ;", "allow all ;", "auth_basic x ;", FILE], False),
        (["satisfy any ;", "deny all ;", "auth_basic x ;", FILE], True),
        (["satisfy any ;", "auth_basic x ;", FILE], True),
    ],
)
def test_what_keeps_strangers_out(lines: list[str], guard: bool) -> None:
    assert guarded(*lines) is guard


def test_a_location_inherits_and_its_own_line_replaces_all_of_a_kind() -> None:
    found = places(
        "allow 10.0.0.0/8 ;",
        "deny all ;",
        "location /a {",
        "}",
        "location /b {",
        "allow all ;",
        "}",
    )
    assert {name: p.guard is not None for name, p in found.items()} == {
        "": True,
        "/a": True,
        "/b": False,
    }


@pytest.mark.parametrize(
    ("lines", "folder"),
    [
        (["root /srv ;"], "/srv/x"),
        (["alias /srv/y/ ;"], "/srv/y/"),
        (["root html ;"], "/usr/share/nginx/html/x"),
        ([], "/usr/share/nginx/html/x"),
        (["root /srv/$host ;"], "/srv/"),
        (["root $where ;"], ""),
        (["root / ;"], "/x"),
    ],
)
def test_the_folder_served_is_known_up_to_the_first_variable(
    lines: list[str], folder: str
) -> None:
    assert places("location /x {", *lines, "}")["/x"].folder == folder


def test_a_location_of_all_paths_leaves_the_server_nothing_to_answer() -> None:
    assert set(places("location / {", "}", "location ~ x {", "}")) == {"/", "~ x"}


def test_a_server_that_redirects_serves_no_place() -> None:
    assert places("return 301 https://_ ;", "location / {", "}") == {}
