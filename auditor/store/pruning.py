"""Erasing old runs and keeping a record of it: `auditor store prune`.

Results are a map of weaknesses: what is no longer needed must go (GDPR Art. 5(1)(e)).
The manifest of an erased run stays, so that the chain still shows every other run
whole, and beside it who erased it, when and by what rule.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.errors import StoreError
from auditor.model.host import Store
from auditor.store.atomic import sync_folder, write_atomic
from auditor.store.chain import Chain, Link, alerts_of, read_chain
from auditor.store.lock import locked
from auditor.store.manifest import ERASED, NO_PARTS, Erasure, encode
from auditor.store.signing import SIGNATURE, key_of, sign


def due(chain: Chain, keep: int | None, now: datetime) -> tuple[Link, ...]:
    """The runs older than `keep` days, and those whose erasure a kill cut short.

    The last run stays however old it is: the next one is compared with it.
    """
    if keep is None:
        return tuple(link for link in chain.links if link.erased and _left(link))
    oldest = now - timedelta(days=keep)
    return tuple(
        link
        for link in chain.links
        if (link.manifest.made < oldest and link != chain.last and not link.erased)
        or (link.erased and _left(link))
    )


def prune(store: Store, auditor: str, now: datetime | None = None) -> Iterator[Link]:
    """Erase what is due, one run after the other; raises StoreError.

    The record is written first: a kill leaves a run that the next call finishes.
    """
    now = now or datetime.now(UTC)
    if store.sign_key is not None:
        key_of(store.sign_key)
    try:
        with locked(store.dir):
            for link in due(read_chain(store.dir), store.keep, now):
                if not link.erased:
                    _record(store, link, auditor, now)
                _erase_alerts(store, link)
                _erase(link)
                yield link
    except OSError as error:
        raise StoreError(f"{error.filename or store.dir}: {error.strerror}") from error


def _record(store: Store, link: Link, auditor: str, now: datetime) -> None:
    erasure = Erasure(
        run=link.manifest.run,
        manifest_sha256=link.sha256,
        erased=now,
        auditor=auditor,
        rule=f"[store] keep = {store.keep} days",
    )
    # Signed under another name first: no record without its signature is ever seen.
    made = link.folder / f".new-{ERASED}"
    write_atomic(made, encode(erasure))
    if store.sign_key is not None:
        sign(made, store.sign_key)
        signature = made.with_name(made.name + SIGNATURE)
        signature.replace(link.folder / (ERASED + SIGNATURE))
    made.replace(link.folder / ERASED)
    sync_folder(link.folder)


def _erase_alerts(store: Store, link: Link) -> None:
    """Erase what was told after the run too, unless it is the last that tells it."""
    later = (
        alerts_of(store.dir, other.manifest.run)
        for other in read_chain(store.dir).links
        if other.manifest.number > link.manifest.number
    )
    if any(record.exists() for record in later):
        alerts_of(store.dir, link.manifest.run).unlink(missing_ok=True)


def _erase(link: Link) -> None:
    for entry in _left(link):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            with suppress(FileNotFoundError):
                entry.unlink()
    sync_folder(link.folder)


def _left(link: Link) -> list[Path]:
    return [entry for entry in link.folder.iterdir() if entry.name not in NO_PARTS]
