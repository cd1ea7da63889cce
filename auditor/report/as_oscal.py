"""`-f oscal`: assessment results in NIST's OSCAL (JSON), for GRC tools.

The run is the one result, hosts are inventory items, checks are activities with the
controls that they are mapped to. The same run gives the same identifiers in every
rendering. What has no field in OSCAL is a property in the namespace `NS`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

import msgspec

from auditor.model.frameworks import Framework
from auditor.model.run import Bucket, CheckInfo, HostInfo
from auditor.report.formats import Material
from auditor.report.oscal.parts import (
    NS,
    OSCAL_VERSION,
    Activities,
    Activity,
    AssessmentResults,
    Assets,
    BackMatter,
    Base64,
    Component,
    ControlId,
    Document,
    ImportAp,
    InventoryItem,
    LocalDefinitions,
    Metadata,
    Party,
    Platform,
    Prop,
    Props,
    Resource,
    ResponsibleParty,
    Result,
    ReviewedControls,
    Role,
    Selection,
    Status,
    UsesComponent,
    identifier,
    markup,
    ours,
    token,
)
from auditor.report.oscal.results import host_id, told, tool_id
from auditor.report.text.sentences import plain
from auditor.report.view import View, view_of

_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def write(material: Material) -> bytes:
    """One JSON object on one line, UTF-8; its language is the report's."""
    view = view_of(material)
    return msgspec.json.encode(Document(assessment_results=_results(view))) + b"\n"


def _results(view: View) -> AssessmentResults:
    run = view.run.run
    plan = _plan(view)
    return AssessmentResults(
        uuid=identifier("document", run.id, view.labels.language),
        metadata=_metadata(view),
        import_ap=ImportAp(href=f"#{plan.uuid}"),
        local_definitions=_activities(view),
        results=(_result(view),),
        back_matter=BackMatter(resources=(plan,)),
    )


def _plan(view: View) -> Resource:
    """What stands for the assessment plan that OSCAL wants: the scope in words."""
    scope = view.labels(
        "oscal.scope",
        profile=view.run.run.profile,
        hosts=view.labels.count("hosts", len(view.judged.hosts)),
        checks=view.labels.count("checks", len(view.judged.checks)),
    )
    return Resource(
        uuid=identifier("plan", view.run.run.id),
        title=markup(view.labels("oscal.plan")),
        description=markup(scope),
        base64=Base64(
            filename="scope.txt",
            media_type="text/plain",
            value=b64encode(scope.encode("utf-8")).decode("ascii"),
        ),
    )


def _title(view: View) -> str:
    run = view.run.run
    return f"{view.labels('title')} – {run.client} – {view.labels.day(run.started)}"


def _metadata(view: View) -> Metadata:
    run = view.run.run
    roles = {
        "prepared-for": (view.labels("oscal.client"), run.client.strip()),
        "prepared-by": (view.labels("provenance.auditor"), run.auditor.strip()),
    }
    parties = {
        role: Party(uuid=identifier(role, name), type="organization", name=name)
        for role, (_, name) in roles.items()
        if name
    }
    return Metadata(
        title=markup(_title(view)),
        last_modified=run.ended,
        version=run.id.strip() or "1",
        oscal_version=OSCAL_VERSION,
        props=(
            Prop(name="marking", value=view.labels(f"level.short.{run.level}")),
            *ours(language=view.labels.language, level=run.level.value),
        ),
        roles=tuple(Role(id=role, title=markup(roles[role][0])) for role in parties),
        parties=tuple(parties.values()),
        responsible_parties=tuple(
            ResponsibleParty(role_id=role, party_uuids=(party.uuid,))
            for role, party in parties.items()
        ),
    )


def _activities(view: View) -> Activities:
    return Activities(
        activities=tuple(
            _activity(view, check) for check in view.judged.checks.values()
        )
    )


def _activity(view: View, check: CheckInfo) -> Activity:
    texts = view.speaker.texts(check.id)
    title = view.title(check.id)
    controls = _controls(_mapped(view, [check]))
    return Activity(
        uuid=identifier("check", check.id),
        title=markup(title),
        description=markup(plain(view.speaker.prose(texts.why)) if texts else title),
        props=(
            Prop(name="method", value=_method(view, check)),
            *ours(check=check.id, family=check.family, severity=check.severity.value),
        ),
        related_controls=ReviewedControls(control_selections=controls)
        if controls
        else None,
    )


def _method(view: View, check: CheckInfo) -> str:
    """What no probe sees is asked for: its sidecar names an attestation."""
    sidecar = view.speaker.sidecars.get(check.id)
    return "INTERVIEW" if sidecar and sidecar.attestation else "TEST"


Mapped = Mapping[str, tuple[str, ...]]


def _mapped(view: View, checks: Iterable[CheckInfo]) -> Mapped:
    """Framework -> the requirements that the checks are mapped to, each once."""
    found: dict[str, dict[str, None]] = {name: {} for name in view.frameworks}
    for check in checks:
        for mapped in check.requirements:
            framework = mapped.partition(":")[0]
            if framework in found:
                found[framework][mapped] = None
    return {name: tuple(ids) for name, ids in found.items() if ids}


def _controls(mapped: Mapped) -> tuple[Selection, ...]:
    return tuple(Selection(include_controls=_ids(ids)) for ids in mapped.values())


def _ids(texts: Iterable[str]) -> tuple[ControlId, ...]:
    tokens = dict.fromkeys(token(text) for text in texts)
    return tuple(ControlId(control_id=one) for one in tokens)


def _reviewed(view: View) -> ReviewedControls:
    """What the run looked at; where no framework is named, the checks themselves."""
    mapped = _mapped(view, view.judged.checks.values())
    selections = tuple(
        Selection(
            description=markup(_claim(view, view.frameworks[name])),
            props=tuple(_requirement(view, view.frameworks[name], one) for one in ids),
            include_controls=_ids(ids),
        )
        for name, ids in mapped.items()
    )
    checks = Selection(include_controls=_ids(view.judged.checks))
    return ReviewedControls(
        description=markup(view.labels("reading.mapped")),
        control_selections=selections or (checks,),
    )


def _claim(view: View, framework: Framework) -> str:
    language = view.labels.language
    return f"{framework.title[language]} – {framework.claim[language]}"


def _requirement(view: View, framework: Framework, mapped: str) -> Prop:
    """The identifier as the framework writes it, beside the token that stands for it.

    Tokens of OSCAL hold letters, digits and `. - _` only.
    """
    known = framework.requirements.get(mapped)
    return Prop(
        name="requirement",
        ns=NS,
        value=mapped.strip(),
        class_=token(mapped),
        remarks=markup(known.text[view.labels.language]) if known else None,
    )


def _result(view: View) -> Result:
    run = view.run.run
    pairs = list(told(view))
    return Result(
        uuid=identifier("result", run.id),
        title=markup(_title(view)),
        description=markup(
            f"{view.labels('reading.method')} {view.labels('reading.limits')}"
        ),
        start=run.started,
        end=run.ended,
        props=_figures(view),
        local_definitions=_local(view),
        reviewed_controls=_reviewed(view),
        observations=tuple(one for pair in pairs for one in pair.observations),
        risks=tuple(pair.risk for pair in pairs if pair.risk is not None),
        findings=tuple(pair.finding for pair in pairs),
    )


def _figures(view: View) -> Props:
    """The seven buckets, which add up to checks x hosts, coverage, score, rules."""
    run, counts = view.run.run, view.judged.counts()
    buckets = {f"bucket_{bucket}": counts[bucket] for bucket in Bucket}
    return ours(
        **buckets,
        run=run.id,
        hosts=len(view.judged.hosts),
        checks=len(view.judged.checks),
        coverage=run.coverage.share,
        score=run.score.value if run.score else None,
        score_cap=run.score.cap if run.score else None,
        score_without_waived=run.score.without_waived if run.score else None,
        as_of=run.as_of.isoformat(),
        timezone=run.timezone,
        rules_sha256=run.rules_sha256,
        profile=run.profile,
        profile_sha256=run.profile_sha256,
        exit_code=run.exit_code,
    )


def _local(view: View) -> LocalDefinitions:
    tool = Component(
        uuid=tool_id(view),
        type="software",
        title="auditor",
        description=markup(view.labels("reading.method")),
        props=(Prop(name="version", value=view.run.run.tool.strip() or "0"),),
        status=Status(state="operational"),
    )
    platform = Platform(
        uuid=identifier("platform", view.run.run.tool),
        title="auditor",
        uses_components=(UsesComponent(component_uuid=tool.uuid),),
    )
    return LocalDefinitions(
        inventory_items=tuple(_host(view, host) for host in view.judged.hosts.values()),
        assessment_assets=Assets(components=(tool,), assessment_platforms=(platform,)),
    )


def _host(view: View, host: HostInfo) -> InventoryItem:
    counts = view.judged.counts((check, host.name) for check in view.judged.checks)
    buckets = {f"bucket_{bucket}": counts[bucket] for bucket in Bucket}
    return InventoryItem(
        uuid=host_id(view, host.name),
        description=markup(host.name),
        props=(
            *_standard(host),
            *ours(
                group=host.group,
                group_title=view.run.groups.get(host.group or ""),
                roles=" ".join(host.roles),
                zone=host.zone,
                state=host.state.value,
                reason=host.reason,
                detail=host.detail,
                privilege=host.privilege,
                coverage=host.coverage.share,
                score=host.score.value if host.score else None,
                program_sha256=host.program_sha256,
                **buckets,
            ),
        ),
    )


def _standard(host: HostInfo) -> Props:
    """The properties that OSCAL itself names for an inventory item."""
    asset = Prop(name="asset-id", value=host.name.strip() or "-")
    try:
        name = f"ipv{ip_address(host.address).version}-address"
    except ValueError:
        if not _DOMAIN.fullmatch(host.address):
            return (asset, *ours(address=host.address))
        name = "fqdn"
    return asset, Prop(name=name, value=host.address)
