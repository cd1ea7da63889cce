"""The document of an attestation: only the one that was signed lets it count."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from pathlib import Path

import pytest

from auditor.errors import ConfigurationError
from auditor.facts.attested import Unattested, attestation_of
from auditor.inventory.signed_documents import KEPT, kept_of
from auditor.model.findings import Reason
from auditor.model.manifests import Attestation
from tests.inventory.test_manifests import ATTESTATION, MIGRATION, read

SIGNED = b"Ten failed logins; on-call answered after 18 minutes.\n"
SHA256 = hashlib.sha256(SIGNED).hexdigest()
NAMED = f'document = "test.pdf"\nsha256 = "{SHA256}"\n'
DAY = date(2026, 6, 1)


def attested(folder: Path, text: str = ATTESTATION + NAMED) -> Attestation:
    [entry] = read(folder, attestations=text).attestations.entries
    return entry


def test_an_attestation_counts_with_the_document_that_was_signed(
    tmp_path: Path,
) -> None:
    (tmp_path / "test.pdf").write_bytes(SIGNED)
    entry = attested(tmp_path)

    assert (SHA256, None) == (entry.found, entry.document_fault)
    assert entry.valid_on(DAY)


def test_one_bit_of_another_document_and_it_counts_no_more(tmp_path: Path) -> None:
    (tmp_path / "test.pdf").write_bytes(SIGNED[:-1] + b"\x0b")
    entry = attested(tmp_path)

    assert (
        "attestations.toml:1: test.pdf is not the document that was signed: its sha256 "
        "differs"
    ) == entry.document_fault
    assert not entry.valid_on(DAY)


def test_a_document_that_is_gone_is_told_with_the_line_that_names_it(
    tmp_path: Path,
) -> None:
    entry = attested(tmp_path, "# signed\n" + ATTESTATION + NAMED)

    assert "attestations.toml:2: test.pdf: No such file or directory" == (
        entry.document_fault
    )


def test_nobody_waits_for_a_pipe_in_place_of_a_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "test.pdf")

    assert "attestations.toml:1: test.pdf: this is no file" == (
        attested(tmp_path).document_fault
    )


def test_a_document_without_a_digest_promises_nothing(tmp_path: Path) -> None:
    entry = attested(tmp_path, ATTESTATION + 'document = "PRO-12, version 3"\n')

    assert (None, None) == (entry.found, entry.document_fault)
    assert entry.valid_on(DAY)


def test_a_check_is_told_which_document_fails(tmp_path: Path) -> None:
    manifests = read(tmp_path, attestations=ATTESTATION + NAMED)
    detail = "attestations.toml:1: test.pdf: No such file or directory"

    assert Unattested(Reason.ATTESTATION_MISSING, detail) == (
        attestation_of("siem", manifests, DAY)
    )


def test_after_its_last_day_an_attestation_is_expired_whatever_its_document(
    tmp_path: Path,
) -> None:
    manifests = read(tmp_path, attestations=ATTESTATION + NAMED)

    assert Unattested(Reason.ATTESTATION_EXPIRED) == (
        attestation_of("siem", manifests, date(2027, 2, 1))
    )


def test_an_older_attestation_counts_in_place_of_one_whose_document_is_gone(
    tmp_path: Path,
) -> None:
    older = ATTESTATION.replace("signed_on = 2026-01-31", "signed_on = 2026-01-01")
    manifests = read(tmp_path, attestations=older + ATTESTATION + NAMED)
    found = attestation_of("siem", manifests, DAY)

    assert isinstance(found, Attestation)
    assert date(2026, 1, 1) == found.signed_on


def test_the_instruction_of_a_migration_has_its_document_looked_up_too(
    tmp_path: Path,
) -> None:
    [entry] = read(tmp_path, migrations=MIGRATION + NAMED).migrations.entries

    assert "migrations.toml:1: test.pdf: No such file or directory" == (
        entry.document_fault
    )


def test_a_run_keeps_what_documents_were_found_to_be(tmp_path: Path) -> None:
    (tmp_path / "test.pdf").write_bytes(SIGNED)
    kept = kept_of(read(tmp_path, attestations=ATTESTATION + NAMED))

    assert {"test.pdf": SHA256} == json.loads(kept)


def test_a_stored_run_is_judged_again_without_the_documents(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text(json.dumps({"test.pdf": SHA256}))

    assert attested(tmp_path).valid_on(DAY)


def test_a_run_without_documents_keeps_no_table_of_them(tmp_path: Path) -> None:
    assert b"" == kept_of(read(tmp_path, attestations=ATTESTATION))


def test_a_table_of_documents_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / KEPT).write_text("[]")

    with pytest.raises(ConfigurationError, match=r"documents\.json: not the digests"):
        attested(tmp_path)
