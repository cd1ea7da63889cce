"""Which labels the templates and the code of the report use."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import auditor.report

#: `t('a.b')`, `labels.count("a.b", …)`; a key ending in a dot is completed by a value.
_KEY = re.compile(r"""["']([a-z_]+(?:\.[a-z0-9_]+)*\.?)["']""")
_OPEN_KEY = re.compile(r"""f"([a-z_]+(?:\.[a-z_]+)*\.)\{""")
_CALL = re.compile(
    r"""\b(?:t|labels)(?:\.count)?\(\s*["']([a-z_]+(?:\.[a-z0-9_]+)*)["']\s*[,)]"""
)
_PLURAL = re.compile(r"\.(one|other)$")


def labels_asked_for() -> set[str]:
    """The keys that stand whole in a call for a label."""
    return set(_CALL.findall(_code()))


def labels_used(labels: set[str]) -> set[str]:
    """The labels whose key, or whose key's beginning, stands in the code."""
    whole = _code()
    keys = set(_KEY.findall(whole))
    begun = {key for key in keys if key.endswith((".", "of_"))}
    begun |= set(_OPEN_KEY.findall(whole))
    return {
        label
        for label in labels
        if _PLURAL.sub("", label) in keys or label.startswith(tuple(begun))
    }


def _code() -> str:
    modules = Path(auditor.report.__path__[0]).rglob("*.py")
    texts = [module.read_text("utf-8") for module in modules]
    texts += [
        entry.read_text("utf-8")
        for entry in resources.files("auditor.templates").iterdir()
        if entry.name.endswith(".j2")
    ]
    return "\n".join(texts)
