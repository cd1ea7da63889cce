"""The keys of several persons open one account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.authorized_keys import AuthorizedKeys, Key
from auditor.facts.people import person_in
from auditor.facts.shadow import Shadow
from auditor.facts.sshd import SshdSettings
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Reason,
    Subject,
    Value,
)
from auditor.model.manifests import Manifests
from auditor.model.profile import Profile
from auditor.model.sources import Read, ValueKind


@check
def keys_of_several_persons(
    keys: AuthorizedKeys,
    settings: SshdSettings,
    shadow: Shadow,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """Judges the keys of each account that can do more than one thing."""
    command = next(commands(settings), None)
    if command is not None:
        detail = f"AuthorizedKeysCommand {command.value}"
        subject = Subject("service", "authorized keys command")
        reason = Reason.NOT_COLLECTED_FOR
        yield UNKNOWN(subject, reason, Evidence(command), detail=detail)
    said = False
    generic = frozenset(profile.sets["generic_accounts"])
    for account in sorted({o.account for key in keys.keys for o in key.opens}):
        field = shadow.fields.get(account)
        if field is not None and field.expired_on(audit.date):
            continue
        free = [key for key in keys.of(account) if not key.restricted]
        judged = of_account(account, free, manifests, generic, shadow)
        if judged is not None:
            said = True
            yield judged
    if not keys.keys and command is None:
        proof = (*nothing_in(keys, "key"), *nothing_in(settings, "key command"))
        yield NA(WHOLE_HOST, "no_keys", *proof)
    elif not said:
        yield PASS(WHOLE_HOST, "one_person_each")


def commands(settings: SshdSettings) -> Iterator[Read[str]]:
    """The programs that give sshd keys which stand in no file."""
    for instance in settings.instances:
        for variant in instance.variants:
            command = variant.get("authorizedkeyscommand", default="none")
            if command.value not in ("none", ""):
                yield command


def of_account(
    account: str,
    keys: list[Key],
    manifests: Manifests,
    generic: frozenset[str],
    shadow: Shadow,
) -> Finding | None:
    """Several persons, perhaps several, or not more than one."""
    subject = Subject("account", account)
    # Its line in shadow shows that it has not expired.
    field = shadow.fields.get(account)
    still = [Evidence(field.state)] if field else []
    also = () if field else shadow.sources
    authorities = [key for key in keys if key.authority]
    if authorities:
        proof = [Evidence(authorities[0].read), *still]
        return WARN(subject, "authority", *proof, also=also, account=account)
    if len({key.fingerprint for key in keys}) < 2:
        return None
    owners = owners_of(keys, manifests)
    persons = {person for key in keys if (person := person_in(key.whose, generic))}
    proof = [*(Evidence(key.read) for key in keys[:5]), *still]
    for message, names in (("several_owners", owners), ("several_persons", persons)):
        if len(names) > 1 and not (message == "several_persons" and owners):
            count = Value(ValueKind.COUNT, len(names))
            return FAIL(
                subject, message, *proof, also=also, account=account, persons=count
            )
    if owners and all(owners_of([key], manifests) for key in keys):
        return None
    return WARN(subject, "unnamed", *proof, also=also, account=account)


def owners_of(keys: Iterable[Key], manifests: Manifests) -> set[str]:
    """Those to whom the manifest gives one of the keys."""
    fingerprints = {key.fingerprint for key in keys}
    return {
        owner
        for entry in manifests.owners.entries
        if fingerprints & set(entry.keys)
        for owner in entry.owners
    }
