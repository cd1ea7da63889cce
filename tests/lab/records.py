"""Invented patients, and the files that a laboratory server would hold of them.

No number here can be anybody's: the place of birth is department 99 with a country code
below 100, which the national register of codes never gave to a country. Their keys are
right all the same, so a detector must count them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENTS = 60
# The vectors that detectors are tested with everywhere: alone they are test data.
SYNTHETIC = ("287127590012349", "176031290004542", "176032A90004547", "284072B90100792")
# The assigning authority of a national identity, as PID-3 names it.
INS = "ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
NAMES = ("EXEMPLE", "ESSAI", "FICTIF", "MODELE", "INVENTE", "SPECIMEN")
FIRST_NAMES = ("ZELIE", "ANATOLE", "OLYMPE", "FULBERT", "PERVENCHE", "ALCIDE")
ANALYSES = (
    ("GLU", "Glucose", "mmol/L"),
    ("K", "Potassium", "mmol/L"),
    ("TSH", "Thyréostimuline", "mUI/L"),
    ("VIH", "Sérologie VIH", "index"),
    ("BHCG", "Béta-HCG", "UI/L"),
)


@dataclass(frozen=True, slots=True)
class Patient:
    nir: str
    ipp: str
    name: str
    first_name: str
    sex: str
    born: str


def nir(chance: random.Random, sex: int, year: int, month: int) -> str:
    """A number of right form and key (97 less the rest of division by 97)."""
    place = f"99{chance.randrange(1, 90):03}"
    head = f"{sex}{year % 100:02}{month:02}{place}{chance.randrange(1, 1000):03}"
    return f"{head}{97 - int(head) % 97:02}"


def patients(seed: int) -> tuple[Patient, ...]:
    """The same patients for the same seed."""
    chance = random.Random(seed)
    return tuple(patient(chance, number) for number in range(1, PATIENTS + 1))


def patient(chance: random.Random, number: int) -> Patient:
    sex, year, month = chance.choice((1, 2)), chance.randrange(1930, 2010), 1
    month = chance.randrange(1, 13)
    return Patient(
        nir(chance, sex, year, month),
        f"9{number:06}",
        f"{chance.choice(NAMES)}{number}",
        chance.choice(FIRST_NAMES),
        "MF"[sex - 1],
        f"{year}{month:02}{chance.randrange(1, 29):02}",
    )


def results(seed: int, count: int) -> Iterator[tuple[Patient, str, str, str, str]]:
    """Patient, code, name, value, unit of invented analyses."""
    chance = random.Random(seed)
    known = patients(seed)
    for number in range(count):
        code, name, unit = chance.choice(ANALYSES)
        value = f"{chance.uniform(0.1, 9.9):.1f}"
        yield known[number % len(known)], code, name, value, unit


def name_of(who: Patient) -> str:
    """PID-5 to PID-8: name, maiden name of the mother (none), birth, sex."""
    return f"{who.name}^{who.first_name}||{who.born}|{who.sex}"


def csv_of_results(seed: int, count: int) -> str:
    lines = [
        "nom_naissance;prenoms;sexe;date_naissance;num_secu;ipp;analyse;valeur;unite"
    ]
    for who, _, name, value, unit in results(seed, count):
        identity = (
            f"{who.name};{who.first_name};{who.sex};{who.born};{who.nir};{who.ipp}"
        )
        lines.append(f"{identity};{name};{value};{unit}")
    return "\r\n".join([*lines, ""])


def hl7_of_results(seed: int, count: int) -> str:
    """Messages ORU^R01 whose segments end with CR only, as HL7 v2 says."""
    segments = []
    for number, (who, code, name, value, unit) in enumerate(results(seed, count), 1):
        segments += [
            rf"MSH|^~\&|MEGABUS|LABO35|SIL|LABO35|20200914083000||ORU^R01|{number}|P|2.5",
            f"PID|1||{who.ipp}^^^LABO35^PI~{who.nir}^^^{INS}||{name_of(who)}",
            f"OBR|1|{number}|{number}|{code}^{name}",
            f"OBX|1|NM|{code}^{name}||{value}|{unit}||||F",
        ]
    return "\r".join([*segments, ""])


def sql_of_results(seed: int, count: int) -> str:
    lines = [
        "-- PostgreSQL database dump",
        "",
        "CREATE TABLE resultats (nir text, ipp text, nom text, code text, val text);",
    ]
    for who, _, name, value, _ in results(seed, count):
        row = (who.nir, who.ipp, who.name, name, value)
        words = ", ".join(f"'{word}'" for word in row)
        lines.append(f"INSERT INTO resultats VALUES ({words});")
    return "\n".join([*lines, ""])


def csv_of_accounts() -> str:
    """Logins with their passwords in clear, as the founding case had them."""
    chance = random.Random(7)
    lines = ["login;mdp;site"]
    for number in range(1, 25):
        word = "".join(
            chance.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8)
        )
        lines.append(f"labo35-{number:02};{word};3501")
    return "\n".join([*lines, ""])


def write_all(folder: Path) -> None:
    """The exports of two years, a dump, a migration's leftovers, the test vectors."""
    files = {
        "exports/resultats_2019.csv": csv_of_results(19, 300),
        "exports/resultats_2020.csv": csv_of_results(20, 300),
        "exports/oru_20200914.hl7": hl7_of_results(20, 200),
        "exports/comptes.csv": csv_of_accounts(),
        "dumps/megabus.sql": sql_of_results(21, 15000),
        "migration/res_2018.csv": csv_of_results(18, 300),
        "migration/res_commandes.hl7": hl7_of_results(18, 120),
        "migration/reprise_megabus.sql": sql_of_results(18, 15000),
        "vectors/jeu_d_essai.csv": "\n".join(["num_secu", *SYNTHETIC, ""]),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # The oldest export still comes in the old code page.
        code = "iso-8859-1" if name.endswith("_2018.csv") else "utf-8"
        path.write_bytes(text.encode(code))
