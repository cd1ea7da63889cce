"""Redis answers the network without a password."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.facts.reach import Reach
from auditor.facts.redis import RedisConfig, RedisService, RedisServices
from auditor.model.check import check
from auditor.model.findings import (
    FAIL,
    NA,
    PASS,
    UNKNOWN,
    WARN,
    Evidence,
    Finding,
    Reason,
    Subject,
)

REDIS = Subject("service", "redis")


@check
def redis_without_password(
    config: RedisConfig, redis: RedisServices
) -> Iterator[Finding]:
    """Each main file of Redis is one instance."""
    if redis.presence.there is False:
        yield NA(REDIS, "no_redis", *redis.presence.proof)
        return
    for service in redis.services:
        yield judged(service, config, redis)
    if redis.services:
        return
    if redis.presence.running:
        detail = "it runs with a file that is not in a usual place"
        yield UNKNOWN(REDIS, Reason.UNPARSABLE, *redis.presence.proof, detail=detail)
    else:
        yield PASS(REDIS, "no_configuration")


def judged(service: RedisService, config: RedisConfig, redis: RedisServices) -> Finding:
    """One instance: who reaches it, and is anybody let in without a password?"""
    instance, reached = service.instance, service.reached
    subject = Subject("service", f"redis {instance.text.source.name}")
    if not instance.ports:
        return PASS(subject, "socket_only", Evidence(instance.get("port", "6379")))
    if reached.reach is Reach.LOCAL:
        return PASS(subject, "local_only", *reached.proof)
    default, other = instance.default_open, instance.user_open
    also = (*config.sources, *reached.also)
    open_ = default or other
    if open_ is None:
        return asked(service, config)
    shown = [Evidence(open_), *reached.proof]
    if reached.reach is Reach.STOPPED:
        return WARN(subject, "not_running", *shown, also=also)
    protected = instance.get("protected-mode", "yes")
    old = redis.protected_mode_needs_no_bind and "bind" in instance.settings
    if default is not None and protected.value == ("yes",) and not old:
        return WARN(subject, "protected", *shown, Evidence(protected), also=also)
    return FAIL(subject, "open", *shown, Evidence(protected), also=also)


def asked(service: RedisService, config: RedisConfig) -> Finding:
    """An instance that asks everybody for a password: is that enough?"""
    instance, reached = service.instance, service.reached
    subject = Subject("service", f"redis {instance.text.source.name}")
    password = instance.get("requirepass", "empty")
    declared = instance.users.get("default") or instance.settings.get("aclfile")
    shown = [Evidence(declared or password)]
    also = (*config.sources, *reached.also)
    if reached.reach is Reach.STOPPED:
        return PASS(subject, "asks", *shown)
    if declared is None and password.value == ("short",):
        return WARN(subject, "short_password", *shown, *reached.proof, also=also)
    port = instance.get("port", "6379")
    if port.value != ("0",):
        shown = [*shown, Evidence(port), *reached.proof]
        return WARN(subject, "in_clear", *shown, also=also)
    return PASS(subject, "asks", *shown)
