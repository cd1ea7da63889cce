"""`--redact`, `--brand`, `--templates`: read before anything connects."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from auditor.cli.request import HandOver
from auditor.model.run import Level
from auditor.report.formats import Material


def handing(over: HandOver) -> Callable[[Material], Material]:
    """What a result has to go through; raises ConfigurationError for the options.

    What it gives raises ConfigurationError for a key of pseudonyms that is not safe.
    """
    brand = None
    if over.brand is not None:
        from auditor.cli.branding import read_brand

        brand = read_brand(over.brand)
    if over.templates is not None:
        from auditor.report.html.own_templates import check_templates

        check_templates(over.templates)

    def hand_over(material: Material) -> Material:
        ours = replace(material, brand=brand, templates=over.templates)
        return _redacted(ours, over)

    return hand_over


def _redacted(material: Material, over: HandOver) -> Material:
    level = Level(over.redact.value)
    if level <= material.level:
        return material
    from auditor.inventory.profile import read_profile
    from auditor.report.handover.pseudonyms import Pseudonyms
    from auditor.report.handover.redaction import redact
    from auditor.store.pseudonym_key import key_of_client

    key = key_of_client(material.run.run.client, over.key)
    # The account of the audit itself is a word of paths as well.
    names = {"audit", *read_profile("default").sets["generic_accounts"]}
    return redact(material, level, Pseudonyms(key, frozenset(names)))
