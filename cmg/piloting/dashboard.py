"""What the dashboard shows, put together: a sentence, tiles, charts, a map, what is to decide."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.urls import reverse

from cmg import selectors
from cmg.piloting import lists
from cmg.piloting.figures import AGES, Figures, Line, open_by_age
from cmg.piloting.scope import Scope
from cmg.summary import grouped
from cmg.words import months_short
from portal.accounts.models import User
from portal.frame.charts import Chart, bars, lines
from portal.frame.maps import Map, area_map
from portal.frame.paging import count_up_to
from portal.frame.templatetags.portal import age, month_name
from portal.legislation.words import sum_in_words
from portal.organisations.directory import UnknownFund, departements, fund_of


@dataclass(frozen=True)
class Tile:
    """One figure: a number, or an amount or share in words (« – » without data), and the list behind it."""

    label: str
    link: str
    number: int | None = None
    figure: str = ""
    target: str = ""
    alert: bool = False


def share_words(thousandths: int | None) -> str:
    """``98,6 %``; « – » when nothing is counted."""
    return "–" if thousandths is None else f"{thousandths // 10},{thousandths % 10}\u00a0%"


def tiles(line: Line, scope: Scope, query: str, *, known: bool) -> list[Tile]:
    """The tiles after the first; without data yet each says « – »."""

    def link(kind: str) -> str:
        return reverse("cmg:piloting_list", args=[kind]) + query

    def text(words: str) -> str:
        return words if known else "–"

    return [
        Tile("familles retenues", link("retenues"), line.held_families if known else None),
        Tile("non prélevés, tant que ce n’est pas réglé", link("retenues"), figure=text(sum_in_words(line.held_cents))),
        Tile("le plus ancien dossier ouvert", link("dossiers"), figure=text(age(line.oldest, scope.day)),
             alert=bool(line.late_dossiers)),
        Tile("des dossiers répondus dans le délai", link("delais"), figure=text(share_words(line.in_time_share)),
             target="100 %", alert=known and line.in_time_share is not None and line.in_time_share < 1000),
        Tile(f"d’avances accordées, dont {sum_in_words(line.outstanding_cents)} à déduire", link("avances"),
             figure=text(sum_in_words(line.advanced_cents))),
        Tile("de cotisations remboursées", link("remboursements"), figure=text(sum_in_words(line.refunded_cents))),
        Tile("des signalements répondus dans le délai", link("signalements"),
             figure=text(share_words(line.reports_share)), target="100 %",
             alert=known and line.reports_share is not None and line.reports_share < 1000),
    ]  # fmt: skip


def age_chart(scope: Scope, oldest: date | None, since: date) -> Chart:
    """Open dossiers by age at the end of each month, from the first one known."""
    found = [(end, counts) for end, counts in open_by_age(scope) if end >= since]
    now = sum(found[-1][1])
    title = (
        f"{grouped(now)} {'dossiers ouverts' if now > 1 else 'dossier ouvert'}, le plus ancien : {age(oldest, scope.day)}"
        if now
        else "Aucun dossier n’est ouvert"
    )
    labels = [months_short(end) for end, _counts in found]
    series = {name: [counts[place] for _end, counts in found] for place, name in enumerate(AGES)}
    summary = "Dossiers ouverts à la fin de chaque mois, selon leur âge. " + title + "."
    return lines(title, summary, "dossiers", labels, series)


def held_chart(months: list[Line]) -> Chart:
    """Families still held by care month."""
    most = max(months, key=lambda line: (line.held_families, line.key))
    title = (
        f"{month_name(most.key).capitalize()} : {grouped(most.held_families)} "
        f"{'familles encore retenues' if most.held_families > 1 else 'famille encore retenue'}"
        if most.held_families
        else "Aucune famille n’est retenue, quel que soit le mois de garde"
    )
    summary = "Familles encore retenues aujourd’hui, par mois de garde. " + title + "."
    labels = [months_short(line.key) for line in months]
    return bars(title, summary, "familles", labels, "Familles retenues", [line.held_families for line in months])


@dataclass(frozen=True)
class Departement:
    """One line of the table under the map: held families, of how many, per thousand."""

    number: str
    name: str
    held: int
    families: int

    @property
    def per_mille(self) -> float:
        return round(1000 * self.held / self.families, 1)


FAMILIES = """
SELECT fund, count(*) FROM cmg_account
WHERE known_until IS NULL AND fund IS NOT NULL AND (%(funds)s::text[] IS NULL OR fund = ANY (%(funds)s)) GROUP BY fund
"""


def families_by_fund(scope: Scope) -> dict[str, int]:
    """The families of each fund, as their accounts say. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, scope.values)
        return dict(cursor.fetchall())


def by_departement(figures: Figures, families: dict[str, int]) -> list[Departement]:
    """Held families by département; a fund of several counts in the one of its seat, whose number it bears."""
    held = {line.key: line.held_families for line in figures.funds}
    sums: dict[str, list[int]] = {}
    for fund, count in families.items():
        number = _seat(fund)
        if number:
            found = sums.setdefault(number, [0, 0])
            found[0] += held.get(fund, 0)
            found[1] += count
    names = departements()
    return [Departement(number, names[number].name, *sums[number]) for number in names if number in sums]


def _seat(fund: str) -> str:
    try:
        return fund_of(fund).seat_departement
    except UnknownFund:
        return ""


def map_of(places: list[Departement]) -> Map:
    return area_map(
        "Familles retenues pour mille familles",
        "Carte des départements en cinq classes au plus ; les mêmes nombres sont dans le tableau.",
        {place.number: place.per_mille for place in places},
        _per_mille,
    )


def _per_mille(value: float) -> str:
    return f"{value:.1f} ‰".replace(".", ",")


@dataclass(frozen=True)
class ToDecide:
    """Something that waits for somebody's decision."""

    count: int
    words: str
    link: str


def to_decide(user: User, scope: Scope, query: str, last_month: date | None) -> list[ToDecide]:
    """What waits, what waits longest first; nothing that is at zero."""
    words = {
        "dossiers-en-retard": "dossier au-delà de son échéance,dossiers au-delà de leur échéance",
        "dossiers-anciens": "dossier ouvert depuis plus de 8 jours,dossiers ouverts depuis plus de 8 jours",
        "avances-proposees": "avance à décider,avances à décider",
        "corrections": "correction à approuver,corrections à approuver",
        "remboursements-en-attente": "remboursement en attente,remboursements en attente",
    }
    found = [
        ToDecide(count_up_to(lists.LISTS[kind].rows(scope)), said, reverse("cmg:piloting_list", args=[kind]) + query)
        for kind, said in words.items()
    ]
    if last_month is not None:
        bank = count_up_to(selectors.open_items(user, scope.day))
        link = reverse("cmg:bank", args=[f"{last_month:%Y-%m}"])
        found.append(ToDecide(bank, "ligne de banque à rapprocher,lignes de banque à rapprocher", link))
    return [one for one in found if one.count]
