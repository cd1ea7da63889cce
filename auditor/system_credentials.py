"""Files that a service finds in `$CREDENTIALS_DIRECTORY` (systemd.exec(5)).

`auditor schedule` loads each secret file that the inventory names as a credential,
under a name made of its path. So one inventory serves a service that may read none of
those files itself, and a person who may.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

DIRECTORY = "CREDENTIALS_DIRECTORY"


def credential_name(path: Path) -> str:
    """The credential's name: the file's own, and 8 digits of the digest of its path."""
    whole = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", path.name)[:64]
    return f"{plain}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"


def given(path: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The credential that stands for a file; the file itself when there is none."""
    folder = environment.get(DIRECTORY)
    if folder is None:
        return path
    found = Path(folder) / credential_name(path)
    return found if found.exists() else path


def is_given(path: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the service manager gave this file, whatever its mode looks like.

    An access list shows as the group's rights.
    """
    folder = environment.get(DIRECTORY)
    return folder is not None and path.parent == Path(folder)
