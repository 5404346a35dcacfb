"""The page of the direction, put together: sections of figures, shares of two figures, what cannot be counted and why."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.cache import cache

from aripa.piloting import timings
from aripa.piloting.facts import AGES, FACTS, Figure, figures
from aripa.piloting.scope import Scope
from aripa.piloting.timings import Recovery, Share, percent
from aripa.words import END_REASONS, ORIGINS, RETURNS, TOOLS
from portal.frame.charts import Chart, bars, lines
from portal.frame.templatetags.portal import money


@dataclass(frozen=True)
class Line:
    """One line: a figure with its list (`key`), or a share in words with what it says. `number` None: not a count."""

    label: str
    what: str
    key: str = ""
    number: int | None = None
    cents: int | None = None
    words: str = ""
    target: str = ""
    is_off: bool = False


@dataclass(frozen=True)
class Section:
    """One indicator of the direction. `cannot`: what it wants and the portal does not know, and why."""

    key: str
    title: str
    lines: list[Line]
    recoveries: list[tuple[str, list[Recovery]]] = field(default_factory=list)
    cannot: str = ""


@dataclass(frozen=True)
class Board:
    sections: list[Section]
    charts: list[Chart]


Figures = dict[str, Figure]
# What is told between two days lived changes few of these figures: ten minutes at most without them.
KEPT_SECONDS = 600


def board_of(scope: Scope, lived: str) -> Board:
    """The whole page, counted once for all who ask for the same funds and months; `lived` names the last run of days."""
    key = f"aripa:board:{hashlib.sha256(f'{lived}|{scope}'.encode()).hexdigest()}"
    kept: Board | None = cache.get(key)
    if kept is None:
        found = figures(scope)
        kept = Board(sections(scope, found), charts(scope, found))
        cache.set(key, kept, timeout=KEPT_SECONDS)
    return kept


def sections(scope: Scope, found: Figures) -> list[Section]:
    """The indicators, in the order in which a director asks for them."""
    made = [_unpaid, _recovery, _delays, _asf, _returns, _tools, _arrears, _answers, _files, _money, _overpaid, _ends]
    return [one(scope, found) for one in made]


def _lines(found: Figures, *keys: str) -> list[Line]:
    return [
        Line(FACTS[key].label, FACTS[key].what, key, found[key].number,
             found[key].cents if FACTS[key].cents is not None else None)
        for key in keys
    ]  # fmt: skip


def _share(label: str, what: str, part: int, whole: int, *, key: str = "", target: int | None = None) -> Line:
    """A share of two figures; `target`: in tenths of a percent, the least wanted."""
    off = bool(whole) and target is not None and 1000 * part < target * whole
    wanted = "" if target is None else f"au moins {target // 10}\u00a0%"
    return Line(label, what, key, words=percent(part, whole), target=wanted, is_off=off)


def _timed(label: str, what: str, found: Share, target: int | None = None) -> list[Line]:
    mean = (
        []
        if found.days is None
        else [Line(f"{label}, délai moyen", "Moyenne des mêmes cas, en jours.", words=f"{found.days} jours")]
    )
    share = _share(label, f"{what} {found.part} sur {found.whole}.", found.part, found.whole, target=target)
    return [share, *mean]


def _unpaid(_scope: Scope, found: Figures) -> Section:
    called, unpaid = found["appelees"], found["impayees"]
    late = found["apres-rappel"].number + found["forcees"].number
    return Section("impayes", "Impayés", [
        _share("Taux d’impayé, en nombre", "Échéances impayées sur échéances appelées.", unpaid.number, called.number, key="impayees"),
        _share("Taux d’impayé, en montant", "Montant dû des échéances impayées sur montant appelé.", unpaid.cents, called.cents,
               key="impayees"),
        *_lines(found, "appelees", "impayees", "manquantes"),
        _share("Réglées avant le recouvrement forcé", "Des échéances sorties d’un rappel, celles qu’il a suffi à régler.",
               found["apres-rappel"].number, late, key="apres-rappel"),
        *_lines(found, "forcees"),
    ])  # fmt: skip


def _recovery(scope: Scope, _found: Figures) -> Section:
    return Section(
        "recouvrement", "Taux de recouvrement, à 3, 6, 12 et 24 mois", [],
        [("Échéances courantes", timings.recovery_of_terms(scope)), ("Arriérés demandés", timings.recovery_of_terms(scope, arrears=True)),
         ("Avances d’ASF", timings.recovery_of_advances(scope))],
        "Une échéance n’entre dans une colonne qu’après ces mois-là : une colonne vide veut une période plus ancienne. Les "
        "arriérés comptent depuis leur L09. Ces taux suivent des sommes dans le "
        "temps et n’ont pas de liste ; celles des impayés et des avances disent de quels dossiers il s’agit.",
    )  # fmt: skip


def _delays(scope: Scope, found: Figures) -> Section:
    payouts, openings, noticed = timings.first_payouts(scope), timings.openings(scope), timings.noticed(scope)
    return Section("delais", "Délais", [
        *_timed("Premiers versements dans les 60 jours", "Du dossier complet (L05) au premier versement (CSS R. 582-5).", payouts, 1000),
        *_timed("Mises en place dans les 30 jours", "Du dossier reçu à la mise en place (L05).", openings),
        *_timed("Rappels dans les 15 jours", "De l’échéance impayée à son rappel L08 (CSS R. 582-8).", noticed, 1000),
        *_lines(found, "mises-en-place", "rappels"),
    ], cannot="Une part suit deux dates d’un même dossier et n’a pas de liste : mises en place et rappels ont la leur. Les "
       "six semaines du greffe courent de la notification du jugement, que les fichiers reçus ne disent pas. Le versement part toujours "
       "le premier jour de banque après la réception : aucun retard n’est à compter.")  # fmt: skip


def _asf(_scope: Scope, found: Figures) -> Section:
    return Section("asf", "ASF avancée, récupérable, recouvrée", [
        *_lines(found, "asf-avancee", "asf-recuperable", "asf-recouvree"),
        _share("Part récupérable", "De l’ASF avancée, ce que le parent qui paie doit rendre.", found["asf-recuperable"].cents,
               found["asf-avancee"].cents, key="asf-recuperable"),
        *_lines(found, "asf-complement", "asf-acquise", "quatre-mois"),
    ], cannot="Les contrôles du parent qui paie (à quatre mois, puis chaque année) ne sont dans aucun fichier reçu.")  # fmt: skip


def _returns(_scope: Scope, found: Figures) -> Section:
    codes = [f"retour-{code.lower()}" for code in RETURNS]
    return Section("retours", "Retours de prélèvements", [
        _share("Taux de retour, en nombre", "Prélèvements revenus sur prélèvements partis dans la période.", found["revenu"].number,
               found["preleve"].number, key="revenu"),
        *_lines(found, "preleve", "revenu", *[key for key in codes if found[key].number]),
    ], cannot="L’avis de la banque dans les huit jours (CSS R. 582-10) n’est pas distinct du retour lui-même.")  # fmt: skip


def _tools(scope: Scope, found: Figures) -> Section:
    euro = timings.first_euros(scope)
    means = ("par-garnishee", "par-officer", "par-benefit_forced", "par-public_accountant")
    return Section("moyens", "Moyens de recouvrement et ce qu’ils rapportent", [
        *_lines(found, *[f"moyen-{code.lower()}" for code in TOOLS], *means),
        *_timed("Rappels suivis d’un premier euro", "De ce rappel au premier versement pour son mois.", euro),
    ], cannot="Un paiement ne nomme pas la décision dont il vient : le rendement se lit par moyen, non décision par décision.")  # fmt: skip


def _arrears(_scope: Scope, found: Figures) -> Section:
    return Section("arrieres", "Arriérés par âge", [
        *_lines(found, *[f"age-{low}" for low, _high, _words in AGES], "plans"),
    ], cannot="Un plan rompu redevient un rappel L08, compté avec les autres : la part des plans rompus n’est pas isolée.")  # fmt: skip


def _answers(scope: Scope, found: Figures) -> Section:
    answered = timings.answers(scope)
    what = f"Ouvertures reçues dans la période, délai passé (CSS D. 582-2). {answered.part} sur {answered.whole}."
    return Section("reponses", "Réponses et pénalités", [
        _share("Réponses complètes dans les 15 jours", what, answered.part, answered.whole),
        *_lines(found, "avertissements", "penalites", "penalite-payee", "frais"),
    ], cannot="La part des réponses suit deux dates d’un même dossier et n’a pas de liste ; les pénalités ont la leur.")  # fmt: skip


def _files(_scope: Scope, found: Figures) -> Section:
    return Section("dossiers", "Dossiers", [
        *_lines(found, *[f"recus-{code.lower()}" for code in ORIGINS], "en-place", "suspendus", "proteges"),
    ], cannot="La part incomplète à l’arrivée n’est pas connue : un champ vide veut dire « non connu », pas « manquant ». Aucun "
       "registre ne tient les divulgations à tort ; chaque consultation protégée est au journal, avec sa raison.")  # fmt: skip


def _money(_scope: Scope, found: Figures) -> Section:
    collected = found["preleve"].cents + found["recu"].cents - found["revenu"].cents
    net = Line(
        "Encaissé, retours déduits",
        "Prélèvements et paiements reçus, moins les retours de la période.",
        words=money(collected),
    )
    return Section(
        "argent", "Appelé, encaissé, remis", [net, *_lines(found, "appelees", "recu", "verse", "entre-parents")]
    )


def _overpaid(_scope: Scope, found: Figures) -> Section:
    return Section(
        "trop-verse", "Versé en trop au parent qui reçoit", _lines(found, "trop-verse", "trop-rendu", "a-rendre")
    )


def _ends(_scope: Scope, found: Figures) -> Section:
    ends = [f"fins-{code.lower()}" for code in END_REASONS]
    return Section("fins", "Suspensions, fins, réclamations", _lines(found, "suspensions", *ends, "reclamations"), cannot=(
        "Les titres rendus exécutoires par la caisse, les contestations devant le juge de l’exécution et les coûts ne passent pas "
        "par ce portail."))  # fmt: skip


def charts(scope: Scope, found: Figures) -> list[Chart]:
    """What was called, collected and passed on; what lacks by age."""
    months = timings.monthly(scope)
    labels = [f"{one.month:%m/%y}" for one in months]
    called, unpaid = sum(one.called for one in months), sum(one.unpaid for one in months)
    title = (
        f"{percent(unpaid, called)} des montants appelés ont été impayés un jour" if called else "Rien n’a été appelé"
    )
    series = {
        "appelé": [one.called // 100 for one in months], "encaissé": [one.collected // 100 for one in months],
        "remis": [one.passed // 100 for one in months], "impayé": [one.unpaid // 100 for one in months],
    }  # fmt: skip
    return [
        lines(title, f"Sommes par mois, en euros entiers. {title}.", "euros", labels, series),
        _ages(scope, found),
    ]


def _ages(scope: Scope, found: Figures) -> Chart:
    values = [found[f"age-{low}"].cents for low, _high, _words in AGES]
    old = sum(values[4:])
    title = f"{money(sum(values))} manquent, dont {money(old)} depuis plus d’un an" if sum(values) else "Rien ne manque"
    summary = f"Ce qui manque au {scope.day:%d/%m/%Y}, en euros entiers, selon l’âge de l’échéance. {title}."
    names = ("< 1 mois", "1 à 3", "3 à 6", "6 à 12", "1 à 2 ans", "> 2 ans")
    return bars(title, summary, "euros", names, "Reste dû", [one // 100 for one in values], all_over=True)


HEADING = ["Indicateur", "Chiffre", "Nombre", "Montant", "Ce qui est compté"]


def as_lines(found: Sequence[Section]) -> list[list[str]]:
    """The figures as a spreadsheet: what the page shows, nothing more."""
    lines = [HEADING]
    for section in found:
        for one in section.lines:
            amount = "" if one.cents is None else money(one.cents)
            lines.append([section.title, one.label, one.words or str(one.number), amount, one.what])
        for label, recoveries in section.recoveries:
            for one in recoveries:
                lines.append([section.title, f"{label}, {one.months} mois, sur les impayés", one.of_unpaid.words,
                              money(one.of_unpaid.part), f"Sur {money(one.of_unpaid.whole)}."])  # fmt: skip
                lines.append([section.title, f"{label}, {one.months} mois, sur tout l’appelé", one.of_called.words,
                              money(one.of_called.part), f"Sur {money(one.of_called.whole)}."])  # fmt: skip
        if section.cannot:
            lines.append([section.title, "Ce qui ne peut pas être compté", "", "", section.cannot])
    return lines
