"""`-f`, `--redact`, `--brand`, `--templates`: read before anything connects."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from auditor.cli.request import Delivery, HandOver, Output, outputs
from auditor.model.run import Level
from auditor.report.brand import Brand
from auditor.report.formats import FORMATS, Material


class Prepared(Struct, frozen=True):
    """A delivery in whose options no mistake is left that would waste an audit."""

    asked: Delivery
    outputs: tuple[Output, ...]
    brand: Brand | None

    def handed_over(self, material: Material) -> Material:
        """What whoever gets it may see, with the brand and templates of its author.

        Raises ConfigurationError for a key of pseudonyms that is not safe.
        """
        over = self.asked.over
        ours = replace(material, brand=self.brand, templates=over.templates)
        return _redacted(ours, over)


def prepare(asked: Delivery) -> Prepared:
    """Read what is asked for; raises AuditorError naming the option that is wrong."""
    wanted = outputs(asked.formats, list(FORMATS))
    over = asked.over
    brand = None
    if over.brand is not None:
        from auditor.cli.branding import read_brand

        brand = read_brand(over.brand)
    if over.templates is not None:
        from auditor.report.html.own_templates import check_templates

        check_templates(over.templates)
    return Prepared(asked, wanted, brand)


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
