"""Keys of the server or of its users are weak."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.absence import nothing_in
from auditor.facts.authorized_keys import AuthorizedKeys, Key
from auditor.facts.host_keys import HostKeys
from auditor.facts.sshd import Instance, SshdSettings
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    WARN,
    WHOLE_HOST,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.profile import Profile
from auditor.model.sources import Source, ValueKind

#: What is asked of new RSA keys (ANSSI, NIST: until 2030 and beyond).
WANTED_BITS = 3072


@check
def weak_ssh_keys(
    host_keys: HostKeys,
    keys: AuthorizedKeys,
    settings: SshdSettings,
    profile: Profile,
) -> Iterator[Finding]:
    """Judges host keys that are in use, keys of users, and the signatures offered."""
    least = int(profile.limits["rsa_min_bits"])
    said = [*of_host(host_keys, settings, least), *of_users(keys, settings, least)]
    for instance in settings.instances:
        said += of_signatures(instance)
    yield from said
    if not host_keys.keys and not keys.keys:
        proof = (*nothing_in(host_keys, "host key"), *nothing_in(keys, "key"))
        yield NA(WHOLE_HOST, "no_key", *proof)
    elif not said:
        yield PASS(WHOLE_HOST, "strong")


def of_host(
    host_keys: HostKeys, settings: SshdSettings, least: int
) -> Iterator[Finding]:
    """The host keys that some sshd names; all while none tells its settings."""
    variants = [v for i in settings.instances for v in i.variants[:1]]
    reads = [read for v in variants for read in v.settings.get("hostkey", ())]
    named = {f"{read.value}.pub": read for read in reads}
    for key in host_keys.keys:
        path = key.read.source.name
        if named and path not in named:
            continue
        subject = Subject("key", path.removesuffix(".pub"))
        proof = [Evidence(key.read), *([Evidence(named[path])] if named else [])]
        weak = judged(subject, key, least, proof, () if named else settings.sources)
        old = host_keys.old.get(path)
        if weak is not None:
            yield weak
        elif old is not None:
            yield WARN(subject, "old", *proof, Evidence(old))


def of_users(
    keys: AuthorizedKeys, settings: SshdSettings, least: int
) -> Iterator[Finding]:
    """The keys that open accounts; one that stands twice is judged once."""
    done = set()
    accepted = {
        name
        for instance in settings.instances
        for variant in instance.variants[:1]
        for words in (
            variant.words("pubkeyacceptedalgorithms"),
            variant.words("pubkeyacceptedkeytypes"),
        )
        for word in words
        for name in word.split(",")
    }
    for key in keys.keys:
        for opened in key.opens:
            subject = Subject("key", f"{opened.account} {key.fingerprint}")
            if subject in done or key.authority:
                continue
            done.add(subject)
            if key.type == "ssh-dss" and accepted and key.type not in accepted:
                yield WARN(subject, "refused", Evidence(key.read))
                continue
            weak = judged(subject, key, least, [Evidence(key.read)])
            if weak is not None:
                yield weak


def judged(
    subject: Subject,
    key: Key,
    least: int,
    proof: list[Evidence],
    also: tuple[Source, ...] = (),
) -> Finding | None:
    """A DSA key or a short RSA key; None for any other."""
    if key.type == "ssh-dss":
        return FAIL(subject, "dsa", *proof, also=also)
    if key.type != "ssh-rsa" or key.bits >= WANTED_BITS:
        return None
    bits = Value(ValueKind.COUNT, key.bits)
    if key.bits < least:
        return FAIL(subject, "short", *proof, also=also, bits=bits)
    return WARN(subject, "dated", *proof, also=also, bits=bits)


def of_signatures(instance: Instance) -> Iterator[Finding]:
    """Whether the server still signs with SHA-1."""
    for variant in instance.variants[:1]:
        offered = variant.get("hostkeyalgorithms")
        if {"ssh-rsa", "ssh-dss"} & set(offered.value.split(",")):
            subject = Subject("setting", f"hostkeyalgorithms {instance.config}")
            yield WARN(subject, "sha1", Evidence(offered))
