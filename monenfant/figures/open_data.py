"""Open data of childcare: each set with its columns said in words, its rows, and what is drawn of a row on a map.

Structures are told one by one, with what the site shows of them. Nothing here tells one childminder: they are counted by
area, under the same secrecy as the pages, and houses of childminders, where they work, are not listed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from monenfant.figures.published import OTHERS, Area, Published
from monenfant.models import CarePlace, CareStructure, ContactsTold, Provider, StructureType
from monenfant.naming import DAYS
from monenfant.reporting.contacts import Known
from monenfant.rules.availability import freshness
from monenfant.rules.opening import WEEK
from portal.organisations.communes import communes
from portal.organisations.outlines import departement_outlines

LICENCE = "Licence Ouverte 2.0"
# A change of columns changes this number, and with it every mark of what a reader has already.
VERSION = 1
FRESHNESS = {"FRESH": "à jour", "GREY": "à confirmer", "HIDDEN": "plus montré"}
HALVES = ("matin", "après-midi")
Row = list[Any]
Geometry = dict[str, Any]


@dataclass(frozen=True)
class Column:
    name: str
    meaning: str


@dataclass(frozen=True)
class DataSet:
    """`rows` of a published day as it stands on another; `shape` of a row, where it has one on a map."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Published, date], Iterator[Row]]
    shape: Callable[[Row], Geometry | None] | None = None
    version: Callable[[Published, date], str] = lambda published, _on: str(published.day.pk)

    @property
    def is_on_a_map(self) -> bool:
        return self.shape is not None

    def mark(self, published: Published, on: date) -> str:
        """Changes when anything of the set may have."""
        return f"{self.name}-{VERSION}-{self.version(published, on)}"


AREA_COLUMNS: tuple[tuple[Column, Callable[[Area], Any]], ...] = (
    (Column("structures", "Structures référencées, sans les maisons d’assistants maternels"), lambda one: one.structures),
    (Column("places_structures", "Leurs places autorisées"), lambda one: one.structure_places),
    (Column("structures_a_jour", "Structures qui ont dit leurs places libres depuis sept jours au plus"),
     lambda one: one.structures_reporting),
    (Column("assistants_maternels", "Assistants maternels référencés"), lambda one: one.childminders),
    (Column("places_assistants_maternels", "Enfants que leurs agréments permettent"), lambda one: one.childminder_places),
    (Column("assistants_maternels_a_jour", "Ceux qui ont déclaré pour la période de six mois en cours"),
     lambda one: one.childminders_reporting),
    (Column("enfants_moins_3_ans", "Enfants de moins de trois ans"), lambda one: one.children_under_3),
    (Column("annee_enfants", "Année de ce nombre d’enfants"), lambda one: one.population_year),
    (Column("source_enfants", "Qui a compté ces enfants"), lambda one: one.population_source or None),
    (Column("places_pour_1000_enfants", "Places pour mille enfants de moins de trois ans"), lambda one: one.coverage),
    (Column("structures_avec_heures", "Structures dont les heures de l’année sont connues"), lambda one: one.hours_structures),
    (Column("heures_presence", "Heures de présence des enfants"), lambda one: one.presence_hours),
    (Column("heures_facturees", "Heures facturées aux familles"), lambda one: one.billed_hours),
    (Column("heures_theoriques", "Places × heures d’ouverture, fermetures ôtées"), lambda one: one.theoretical_hours),
    (Column("occupation_reelle_pour_mille", "Heures de présence pour mille heures théoriques"),
     lambda one: one.real_occupancy),
    (Column("occupation_facturee_pour_mille", "Heures facturées pour mille heures théoriques"),
     lambda one: one.billed_occupancy),
    (Column("places_inoccupees", "Heures sans enfant, comptées en places entières"), lambda one: one.unfilled),
)  # fmt: skip
COUNTED_ON = Column("compte_le", "Jour du comptage")
DEPARTEMENT = Column("departement", "Numéro du département")
FREE_COLUMNS = (
    COUNTED_ON, DEPARTEMENT, Column("commune", "Code de la commune ; vide pour tout le département"),
    Column("nom", "Nom"), Column("accueil", "structures ou assistants maternels"),
    Column("semaine_du", "Lundi de la semaine comptée"), Column("jour", "Jour de la semaine"),
    Column("demi_journee", "matin ou après-midi ; une journée entière compte dans les deux"),
    Column("places_libres", "Places libres en accueil régulier"),
    Column("ont_repondu", "Ceux dont les places libres sont montrées"), Column("references", "Ceux qui sont référencés"),
)  # fmt: skip
STRUCTURE_FIELDS = (
    ("cnaf_id", "Numéro de la structure à la Cnaf"), ("name", "Nom"), ("type", "COLLECTIVE, MICRO, FAMILY ou PARENTAL"),
    ("funding", "PSU, MICRO_CMG (payée par les familles) ou OTHER"), ("manager_name", "Gestionnaire"),
    ("address", "Adresse"), ("postcode", "Code postal"), ("city", "Ville"), ("insee_code", "Code de la commune"),
    ("phone", "Téléphone de la structure"), ("email", "Adresse électronique de la structure"), ("web", "Site"),
    ("capacity", "Places autorisées"), ("age_min_months", "Âge le plus petit, en mois"),
    ("age_max_months", "Âge le plus grand, en mois"),
    *((day, f"Heures du {name} ; vide si fermé") for day, name in zip(WEEK, DAYS, strict=True)),
    ("closed_periods", "Fermetures : premier jour/jour de réouverture"),
)  # fmt: skip
FRENCH = {
    "name": "nom", "funding": "financement", "manager_name": "gestionnaire", "address": "adresse", "postcode": "code_postal",
    "city": "ville", "insee_code": "code_commune", "phone": "telephone", "email": "courriel", "web": "site",
    "capacity": "places", "age_min_months": "age_min_mois", "age_max_months": "age_max_mois",
    "closed_periods": "fermetures", **dict(zip(WEEK, DAYS, strict=True)),
}  # fmt: skip
STRUCTURE_COLUMNS = (
    *(Column(FRENCH.get(name, name), meaning) for name, meaning in STRUCTURE_FIELDS),
    Column("latitude", "Degrés, WGS 84"), Column("longitude", "Degrés, WGS 84"),
    Column("places_dites_le", "Dernier jour où ses places libres ont été dites ; vide si jamais"),
    Column("fraicheur", "à jour (7 jours), à confirmer (21 jours), plus montré au-delà ; vide si jamais dit"),
)  # fmt: skip


def _departements(published: Published, _on: date) -> Iterator[Row]:
    for one in published.departements:
        yield [published.day.counted_on, one.number, one.name, *_figures(one)]


def _communes(published: Published, _on: date) -> Iterator[Row]:
    for one in published.every_commune():
        yield [published.day.counted_on, one.departement, one.number, one.name, *_figures(one)]


def _figures(one: Area) -> Row:
    return [value(one) for _column, value in AREA_COLUMNS]


def _free(published: Published, _on: date) -> Iterator[Row]:
    for one in published.departements:
        yield from _free_of(published, one, "")
    for one in published.every_commune():
        if one.number != OTHERS:
            yield from _free_of(published, one, one.number)


def _free_of(published: Published, one: Area, commune: str) -> Iterator[Row]:
    told = (
        ("structures", one.structure_free, one.structures_heard, one.structures),
        ("assistants maternels", one.childminder_free, one.childminders_heard, one.childminders),
    )
    for who, free, heard, known in told:
        for place, places in enumerate(free if free and heard else []):
            day, half = DAYS[place // 2], HALVES[place % 2]
            yield [published.day.counted_on, one.departement, commune, one.name, who, published.day.week, day, half, places,
                   heard, known]  # fmt: skip


def _listed(on: date) -> QuerySet[CarePlace]:
    listed = CarePlace.objects.filter(provider=Provider.STRUCTURE, published_from__lte=on)
    return listed.exclude(published_until__lte=on).exclude(kind=StructureType.CHILDMINDER_HOUSE)


def _structures(_published: Published, on: date) -> Iterator[Row]:
    declared = dict(_listed(on).values_list("number", "declared_at"))
    rows = CareStructure.objects.filter(known_until=None).exclude(type=StructureType.CHILDMINDER_HOUSE)
    contacts = {one.place.number: one for one in _contacts_told()}
    for one in rows.order_by("cnaf_id").iterator():
        if one.cnaf_id in declared:
            told = declared[one.cnaf_id]
            day = timezone.localdate(told) if told else None
            state = FRESHNESS[freshness(day, on, by_childminder=False)] if day else ""
            known = Known(one, contacts.get(one.cnaf_id))
            yield [*(_shown(known, name) for name, _meaning in STRUCTURE_FIELDS), one.lat, one.lon, day, state]


def _contacts_told() -> QuerySet[ContactsTold]:
    found = ContactsTold.objects.filter(is_last=True, place__provider=Provider.STRUCTURE)
    return found.select_related("place")


def _shown(known: Known, name: str) -> Any:
    """Contacts as the site shows them: what the manager told prevails."""
    return getattr(known, name) or None if name in ("phone", "email", "web") else getattr(known.received, name)


def _structures_version(_published: Published, on: date) -> str:
    """Whatever is received has a new row, and whatever is told a new instant."""
    told = _listed(on).aggregate(many=Count("pk"), last=Max("declared_at"))
    known = CareStructure.objects.aggregate(last=Max("pk"))
    contacts = _contacts_told().aggregate(last=Max("pk"))
    said = told["last"].timestamp() if told["last"] else 0
    return f"{on:%Y%m%d}-{told['many']}-{said}-{known['last']}-{contacts['last']}"


@cache
def _shapes() -> dict[str, Geometry]:
    return {one["properties"]["number"]: one["geometry"] for one in departement_outlines()["features"]}


def _departement_shape(row: Row) -> Geometry | None:
    return _shapes().get(row[1])


def _commune_shape(row: Row) -> Geometry | None:
    commune = communes().get(row[2])
    return _point(commune.lat, commune.lon) if commune else None


def _structure_shape(row: Row) -> Geometry:
    return _point(*row[-4:-2])


def _point(lat: float, lon: float) -> Geometry:
    return {"type": "Point", "coordinates": [lon, lat]}


AREA = tuple(column for column, _value in AREA_COLUMNS)
DATA_SETS = {
    one.name: one
    for one in (
        DataSet(
            "structures", "Structures d’accueil",
            "Chaque crèche référencée, avec ce que le site en montre et la fraîcheur de ses places libres. À jour en continu.",
            STRUCTURE_COLUMNS, _structures, _structure_shape, _structures_version,
        ),
        DataSet(
            "departements", "Chiffres des départements", "Un département par ligne, au dernier jour compté.",
            (COUNTED_ON, DEPARTEMENT, Column("nom", "Nom du département"), *AREA), _departements, _departement_shape,
        ),
        DataSet(
            "communes", "Chiffres des communes",
            "Une commune par ligne. Celles que le secret statistique cache sont ensemble, sans code, sous leur département.",
            (COUNTED_ON, DEPARTEMENT, Column("commune", "Code de la commune ; vide pour les autres, ensemble"),
             Column("nom", "Nom de la commune"), *AREA), _communes, _commune_shape,
        ),
        DataSet(
            "places-libres", "Places libres de la semaine",
            "Par département et par commune, pour chaque demi-journée de la semaine qui suit le comptage.",
            FREE_COLUMNS, _free,
        ),
    )
}  # fmt: skip
