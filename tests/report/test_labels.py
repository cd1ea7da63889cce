from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from auditor.report.text.labels import LOCALES, Labels, fill, load_labels
from tests.report.words import labels_asked_for, labels_used

EN, FR = load_labels("en"), load_labels("fr", "Europe/Paris")

#: A plain space before : ; ! ? » % or after «, where a no-break one belongs.
WRONG_SPACE = re.compile(r" [:;!?»%](\s|$)|« ")
#: What the report says of the law: lawyers read every word of it.
LAW = (
    (
        "This finding may reveal a personal-data breach. The controller assesses "
        "it and, if it is one, notifies the CNIL within 72 hours of becoming "
        "aware (GDPR Art. 33) unless a risk is unlikely; a processor tells the "
        "controller without undue delay (33.2); every breach is recorded (33.5); "
        "high risk: the persons are told (34)."
    ),
    (
        "Ce constat peut révéler une violation de données à caractère personnel. "
        "Le responsable de traitement l’apprécie\u202f; le cas échéant, il la "
        "notifie à la CNIL dans les 72\u00a0heures après en avoir pris "
        "connaissance (RGPD, art.\u00a033), sauf risque improbable\u202f; le "
        "sous-traitant l’en avertit dans les meilleurs délais (art.\u00a033.2). "
        "Toute violation est documentée (art.\u00a033.5)\u202f; si le risque est "
        "élevé, les personnes sont informées (art.\u00a034)."
    ),
)
FIELDS = re.compile(r"\{\w+\}")


def test_both_languages_have_the_same_labels() -> None:
    assert sorted(EN.entries) == sorted(FR.entries)


def test_no_label_is_empty() -> None:
    empty = [
        (labels.language, key)
        for labels in (EN, FR)
        for key, text in labels.entries.items()
        if not text.strip()
    ]
    assert [] == empty


def test_both_languages_fill_the_same_fields() -> None:
    different = [
        key
        for key, text in EN.entries.items()
        if set(FIELDS.findall(text)) != set(FIELDS.findall(FR.entries[key]))
    ]
    assert [] == different


def test_french_labels_have_no_plain_space_where_a_line_must_not_break() -> None:
    assert [] == [t for t in FR.entries.values() if WRONG_SPACE.search(t)]


def test_french_labels_have_the_typographic_apostrophe() -> None:
    assert [] == [text for text in FR.entries.values() if "'" in text]


@pytest.mark.parametrize("word", ["secure", "breach", "compliant", "violat", "infring"])
def test_english_verdicts_leave_qualifying_to_the_authority(word: str) -> None:
    verdicts = [t for k, t in EN.entries.items() if k.startswith(VERDICTS)]
    assert [] == [text for text in verdicts if word in text.lower()]


@pytest.mark.parametrize("word", ["sécuris", "manquement", "infraction", "violation"])
def test_french_verdicts_leave_qualifying_to_the_authority(word: str) -> None:
    verdicts = [t for k, t in FR.entries.items() if k.startswith(VERDICTS)]
    assert [] == [text for text in verdicts if word in text.lower()]


VERDICTS = ("bucket", "statement", "answer", "lede", "question")


#: One word for one thing: what a client would take for another thing.
SYNONYMS = {
    "en": ("waive", "probe", "bucket", "server", "logs of access"),
    "fr": ("hôte", "sonde", "risque accepté", "machine", "périmé"),
}


@pytest.mark.parametrize("labels", [EN, FR], ids=["en", "fr"])
def test_one_thing_has_one_name(labels: Labels) -> None:
    found = [
        (word, text)
        for key, text in labels.entries.items()
        # In English they are what the collector writes: its words for a technician.
        if labels is FR or not key.startswith("detail.")
        for word in SYNONYMS[labels.language]
        if word in text.lower()
    ]
    assert [] == found


@pytest.mark.parametrize("labels", [EN, FR], ids=["en", "fr"])
def test_what_is_counted_has_a_singular_and_a_plural(labels: Labels) -> None:
    counted = re.compile(r"\{n\} (?!sur )[^\W\d_]{3,}")
    bare = [k for k, text in labels.entries.items() if counted.search(text)]
    assert [] == [key for key in bare if not key.endswith((".one", ".other"))]


def test_the_breach_box_has_the_agreed_words_of_articles_33_and_34() -> None:
    assert LAW == (EN("breach.law"), FR("breach.law"))


def test_every_label_asked_for_is_there() -> None:
    there = {re.sub(r"\.(one|other)$", "", key) for key in EN.entries}
    assert [] == sorted(labels_asked_for() - there)


def test_every_label_is_used() -> None:
    assert [] == sorted(set(EN.entries) - labels_used(set(EN.entries)))


def test_an_unknown_label_is_an_error() -> None:
    with pytest.raises(KeyError):
        EN("no.such.label")


def test_a_language_that_is_not_shipped_is_an_error() -> None:
    with pytest.raises(KeyError):
        load_labels("de")


def test_plurals_follow_the_language() -> None:
    said = [(EN.count("hosts", n), FR.count("hosts", n)) for n in (0, 1, 2)]
    assert [
        ("0 hosts", "0 serveur"),
        ("1 host", "1 serveur"),
        ("2 hosts", "2 serveurs"),
    ] == said


def test_thousands_are_grouped_as_in_the_language() -> None:
    assert ("491,840", "491\u202f840") == (EN.number(491840), FR.number(491840))


def test_a_share_is_never_rounded_up() -> None:
    assert ("99%", "99\u00a0%") == (EN.percent(0.9999), FR.percent(0.9999))


def test_a_share_that_a_float_writes_short_is_not_rounded_down() -> None:
    assert "29%" == EN.percent(0.29)


def test_dates_are_written_as_in_the_language() -> None:
    first = date(2026, 11, 1)
    assert ("1\u00a0November 2026", "1er\u00a0novembre 2026") == (
        EN.date(first),
        FR.date(first),
    )


def test_instants_are_local() -> None:
    at = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
    assert "25\u00a0novembre 2026 à 10\u00a0h\u00a005" == FR.instant(at)


def test_sizes_are_in_binary_units() -> None:
    assert ("1.5\u00a0MiB", "1,5\u00a0Mio") == (
        EN.size(1_572_864),
        FR.size(1_572_864),
    )


def test_a_list_beyond_its_length_ends_in_a_number() -> None:
    assert "a, b et 2 autres" == FR.join(["a", "b", "c", "d"], most=2)


def test_a_field_reaches_into_no_object() -> None:
    assert "{n.__class__}" == fill("{n.__class__}", {"n": 1})


def test_every_language_has_a_locale() -> None:
    assert ["en_GB", "fr_FR"] == [
        str(load_labels(language).locale) for language in LOCALES
    ]
