"""The invented patients: right in form, nobody's in fact."""

from __future__ import annotations

from tests.lab.records import csv_of_results, hl7_of_results, patients


def test_every_key_is_right() -> None:
    wrong = [
        who.nir
        for who in patients(20)
        if int(who.nir[13:]) != 97 - int(who.nir[:13]) % 97
    ]
    assert wrong == []


def test_every_place_of_birth_is_one_that_was_never_given() -> None:
    places = {(who.nir[5:7], int(who.nir[7:10]) < 100) for who in patients(20)}
    assert places == {("99", True)}


def test_a_file_holds_at_least_forty_different_numbers() -> None:
    numbers = {line.split(";")[4] for line in csv_of_results(20, 300).splitlines()[1:]}
    assert len(numbers) >= 40


def test_the_same_seed_gives_the_same_patients() -> None:
    assert patients(20) == patients(20)


def test_segments_of_hl7_end_with_carriage_return_only() -> None:
    text = hl7_of_results(20, 3)
    assert "\n" not in text
    assert [part[:3] for part in text.split("\r")[:4]] == ["MSH", "PID", "OBR", "OBX"]
