"""The programmes of the fund of Puy-de-Dôme: 2025 closed and reported, 2026 in progress and reviewed, 2027 to be adopted."""

from datetime import date, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from fraud.demo.hours import at_hour
from fraud.programme import operations
from fraud.programme.content import Axis, Content
from fraud.programme.operations import Who
from portal.accounts.models import User

BODY = "CAF63"
RISKS = [
    "Ressources déclarées avec retard ou incomplètes",
    "Heures d’accueil comptées deux fois : crèche et garde individuelle",
    "Droits ouverts trop tard, ou jamais demandés",
    "Résidence : séjours prolongés à l’étranger",
]


def axes(scale: int) -> list[Axis]:
    """The same axes each year; how many checks is what changes."""
    return [
        Axis("RESSOURCES", "Ressources déclarées et salaires connus", "Familles dont l’écart dépasse 10 % sur un trimestre",
             "DATA_MATCH", 40 * scale, 350),
        Axis("ACCUEIL", "Heures d’accueil payées deux fois", "Enfants gardés en crèche et par une assistante maternelle",
             "DATA_MATCH", 15 * scale, 150),
        Axis("DROITS", "Droits non versés", "Familles à qui une aide est peut-être due", "ON_FILE", 20 * scale, 200),
        Axis("SUR-PLACE", "Situations à voir sur place", "Dossiers que les pièces n’éclairent pas", "ON_SITE", 5 * scale, 150),
        Axis("CONJOINT", "Opérations avec les partenaires", "Opérations décidées au comité départemental", "JOINT", scale, 50),
    ]  # fmt: skip


TARGETS = {"CHECKS": 160, "CHECKS_SHARE": 950, "DAYS": 900, "ANNULLED": 50, "NOTICES": 1000}


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; called once."""
    last, this = on.year - 1, on.year
    if User.objects.filter(username__in=("sylvie", "helene", "kowalski")).count() < 3:
        return
    if (on.month, on.day) >= (10, 26):
        _ready_to_adopt(this + 1, on)
    _live(last, axes(1), closed_on=date(this, 1, 22), reported_on=date(this, 2, 18))
    found = _live(this, axes(2))
    if on >= date(this, 7, 6):
        operations.review(
            programme_pk=found, who=_who("sylvie", date(this, 7, 6)),
            findings="Les droits non versés sont trouvés plus souvent que prévu ; les contrôles sur place ont pris du retard. "
            "Le croisement des heures d’accueil désigne surtout des périodes d’adaptation.",
            measures="Deux semaines de plus pour les droits non versés. La règle des heures d’accueil est à revoir avec la "
            "protection des données avant l’automne. Les visites reprennent en septembre.",
        )  # fmt: skip


def _live(year: int, content: list[Axis], *, closed_on: date | None = None, reported_on: date | None = None) -> int:
    """Drafted in November, adopted in January, begun; closed and reported when it is over."""
    before = year - 1
    targets = TARGETS if closed_on is None else TARGETS | {"CHECKS": 80}
    drafted = _drafted(year, Content(RISKS, content, targets), date(before, 11, 24))
    operations.enter_plan(
        body=BODY,
        year=year,
        reference=f"PCI-63-{year}",
        adopted_on=date(before, 12, 8),
        who=_who("sylvie", date(before, 12, 9)),
    )
    operations.give_opinion(
        programme_pk=drafted, opinion="RESERVED", who=_who("kowalski", date(before, 12, 17)),
        text="Données nécessaires et durées écrites. Réserve : le taux de signaux écartés des heures d’accueil est à mesurer "
        "chaque semestre, et la règle à suspendre s’il reste élevé.",
    )  # fmt: skip
    operations.adopt(programme_pk=drafted, who=_who("helene", date(year, 1, 14)))
    operations.start(programme_pk=drafted, who=_who("helene", date(year, 1, 14)))
    if closed_on is not None and reported_on is not None:
        operations.close(
            programme_pk=drafted, who=_who("helene", closed_on),
            words=f"L’année {year} a été tenue avec les outils d’avant ce portail : ce qui n’y a pas été inscrit n’est pas connu "
            "ici, et n’est pas compté pour zéro. Les axes et les objectifs sont repris l’année suivante, où tout est compté.",
        )  # fmt: skip
        operations.report(programme_pk=drafted, who=_who("helene", reported_on))
    return drafted


def _drafted(year: int, content: Content, on: date) -> int:
    key = uuid5(NAMESPACE_URL, f"demo:programme:{BODY}:{year}")
    made, _again = operations.draft_programme(
        body=BODY, year=year, content=content, key=key, who=_who("sylvie", on)
    )  # fmt: skip
    return made.pk


def _ready_to_adopt(year: int, on: date) -> None:
    """Drafted the week before, on a plan already entered, data protection heard on Friday: Hélène may adopt it on Monday."""
    drafted = _drafted(year, Content(RISKS, axes(2), TARGETS), on - timedelta(days=10))
    operations.enter_plan(
        body=BODY, year=year, reference=f"PCI-63-{year}", adopted_on=on - timedelta(days=13),
        who=_who("sylvie", on - timedelta(days=10)),
    )  # fmt: skip
    operations.give_opinion(
        programme_pk=drafted, opinion="FAVOURABLE", who=_who("kowalski", on - timedelta(days=3)),
        text="Données nécessaires et durées écrites. La règle des heures d’accueil est suivie chaque semestre.",
    )  # fmt: skip


def _who(username: str, on: date) -> Who:
    at = at_hour(on, 10, 30)
    return Who(User.objects.values_list("pk", flat=True).get(username=username), on, at)
