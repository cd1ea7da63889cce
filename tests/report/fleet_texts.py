"""Texts of the fleet's checks, of a length that real ones have."""

from __future__ import annotations

from auditor.model.check import Sidecar, Texts
from auditor.model.run import CheckInfo, Run

#: What each check of the story says, in English and in French.
SAID = {
    "ACC-001": (
        "vsftpd accepts anonymous logins.",
        "vsftpd accepte les connexions anonymes.",
    ),
    "PHI-007": (
        "{files} files below {path} hold at least {nir} social security numbers.",
        "{files} fichiers sous {path} portent au moins {nir} numéros sociaux.",
    ),
    "IDN-003": (
        "The key {fingerprint} opens {account} on {count} hosts.",
        "La clé {fingerprint} ouvre {account} sur {count} serveurs.",
    ),
    "IDN-012": (
        "The account {account} takes {count} keys of different persons.",
        "Le compte {account} accepte {count} clés de personnes différentes.",
    ),
    "LOG-009": (
        "Declared by {person}, {time}: alert acknowledged in 18 minutes.",
        "Déclaré par {person}, le {time} : alerte acquittée en 18 minutes.",
    ),
}

EN = {
    "why": "Whoever reaches the port lists and copies the files served: on the server"
    " of decision SAN-2022-009, medical results of 491,840 people.",
    "impact": "Restart: cuts running transfers.",
    "effort": "1 h",
    "undo": "Put the line back and restart the service.",
    "verify": "curl -m 10 ftp://HOST/ answers “Access denied” (530).",
}
EN_FIX = {
    "debian": "Set `setting=no`, then `systemctl restart service`.",
    "rhel": "Set it in every file of /etc/service/, then restart.",
    "alpine": "Set it, then `rc-service service restart`.",
}
FR = {
    "why": "Quiconque atteint le port liste et copie les fichiers servis : sur le"
    " serveur de la décision SAN-2022-009, les résultats de 491 840 personnes.",
    "impact": "Redémarrage : coupe les transferts en cours.",
    "effort": "1 h",
    "undo": "Remettre la ligne et redémarrer le service.",
    "verify": "curl -m 10 ftp://SERVEUR/ répond « Access denied » (530).",
}
FR_FIX = {
    "debian": "Mettre `setting=no`, puis `systemctl restart service`.",
    "rhel": "Le mettre dans chaque fichier de /etc/service/, puis redémarrer.",
    "alpine": "Le mettre, puis `rc-service service restart`.",
}


def texts(of: Run) -> dict[str, Sidecar]:
    """The texts of every check of a run."""
    return {check.id: _sidecar(check) for check in of.checks}


def _sidecar(check: CheckInfo) -> Sidecar:
    en, fr = SAID.get(
        check.id,
        ("The setting is not as it should be.", "Le réglage n’est pas ce qu’il faut."),
    )
    english = {"said": en, "pass": "It is closed.", "gone": "Not there: no package."}
    french = {"said": fr, "pass": "C’est fermé.", "gone": "Absent : aucun paquet."}
    return Sidecar(
        id=check.id,
        severity=check.severity,
        requirements=check.requirements,
        texts={
            "en": Texts(title=check.title["en"], fix=EN_FIX, messages=english, **EN),
            "fr": Texts(title=check.title["fr"], fix=FR_FIX, messages=french, **FR),
        },
        severity_by_message={},
    )
