"""Which folders hold the application's data rather than public pages."""

from __future__ import annotations

from fnmatch import fnmatchcase

from auditor.model.host import Host
from auditor.model.profile import Profile


def holds_data(folder: str, host: Host, profile: Profile) -> bool:
    """Whether data lie in the folder or below it, as far as its path tells.

    A declared data folder always counts. Of the profile's `default_data_roots` one
    counts unless a web root that is deeper (`default_web_roots`) has the folder.
    """
    path = folder.rstrip("/") or "/"
    roots = profile.sets["default_data_roots"]
    if any(_inside(path, own) or _inside(own, path) for own in host.data_dirs):
        return True
    if any(_inside(root, path) for root in roots):
        return True
    data = max((len(root) for root in roots if _inside(path, root)), default=0)
    web = max(
        (len(root) for root in profile.sets["default_web_roots"] if _fits(path, root)),
        default=0,
    )
    return data > web


def _inside(path: str, folder: str) -> bool:
    inside = folder.rstrip("/")
    return path.rstrip("/") == inside or path.startswith(f"{inside}/")


def _fits(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}/*")
