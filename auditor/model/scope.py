"""What a run is about: whom it audits, by which checks, and what they judge with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from auditor.model.check import Check
from auditor.model.findings import Severity
from auditor.model.host import Inventory
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile


class Scope(Struct, frozen=True):
    """What a run judges with: everything but the snapshots.

    `inputs` are the digests of what people declared, by file.
    """

    inventory: Inventory
    manifests: Manifests
    profile: Profile
    checks: Sequence[Check]
    rules_sha256: str
    language: str
    as_of: datetime | None = None
    fail_on: Severity = Severity.LOW
    min_coverage: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)
