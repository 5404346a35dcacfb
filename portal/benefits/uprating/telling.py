"""A preview in sentences and figures: the page and the command say the same, from the totals of the run alone."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.batches.models import Run
from portal.benefits.models import Benefit, Uprating
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.uprating.amounts import SMALL_SUMS
from portal.benefits.uprating.guards import FIGURES
from portal.benefits.uprating.previewing import BOUNDS, LOWER, SAME, asked_of
from portal.frame.templatetags.portal import count, money, month_name, plural, short_day
from portal.legislation.engine import round_half_up
from portal.organisations.directory import fund_name

NOTHING: dict[str, Any] = {
    "families": 0, "before_cents": 0, "after_cents": 0, "changed": 0, "crossing": 0, "waiting": 0, "classes": {},
    "funds": {},
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One benefit of a preview. `missing` says, in French, why it is not told."""

    benefit: str
    period: str
    figures: dict[str, Any]
    missing: str = ""

    @property
    def difference_cents(self) -> int:
        return int(self.figures["after_cents"] - self.figures["before_cents"])

    @property
    def mean_cents(self) -> int:
        """By family whose amount changes, to the cent."""
        changed = self.figures["changed"]
        mean = round_half_up(abs(self.difference_cents), changed) if changed else 0
        return mean if self.difference_cents >= 0 else -mean

    @property
    def sentence(self) -> str:
        if self.missing:
            return self.missing
        told, families = self.figures, self.figures["families"]
        if not families:
            return f"{self.benefit}, {self.period} : aucune famille ne la reçoit."
        before, after = money(told["before_cents"]), money(told["after_cents"])
        return (
            f"{self.benefit}, {self.period} : {count(families)} {plural('famille,familles', families)}, {after} au lieu de "
            f"{before}, soit {_more(self.difference_cents)} en tout et {_more(self.mean_cents)} par famille en moyenne."
        )

    @property
    def classes(self) -> list[tuple[str, int]]:
        """How many families by how much changes for each, in order."""
        return [(words, self.figures["classes"].get(name, 0)) for name, words in class_words()]

    @property
    def funds(self) -> list[dict[str, Any]]:
        return [
            {
                "fund": fund,
                "name": fund_name(fund),
                **told,
                "difference_cents": told["after_cents"] - told["before_cents"],
            }
            for fund, told in sorted(self.figures["funds"].items())
        ]


def class_words() -> list[tuple[str, str]]:
    """The classes of differences, in the words of the page."""
    lows = [money(bound) for bound in BOUNDS]
    spans = [f"de {low} à moins de {high}" for low, high in zip(lows, lows[1:], strict=False)]
    names = [str(bound) for bound in BOUNDS]
    return [(LOWER, "moins qu’avant"), (SAME, "pareil"), *zip(names, [*spans, f"{lows[-1]} et plus"], strict=True)]


def _more(cents: int) -> str:
    return f"{money(abs(cents))} de {'plus' if cents >= 0 else 'moins'}"


def period_of(run: Run, benefit: str) -> str:
    """``avril 2027``, ``rentrée 2027``: by the very days of the preview."""
    return month_name(run.month) if benefit == Benefit.AEEH else f"rentrée {run.totals['school_year']}"


def sides_told(run: Run) -> list[Side]:
    """AEEH, then ARS."""
    missing = run.totals["missing"]
    return [
        Side(
            benefit,
            period_of(run, benefit),
            run.totals.get(benefit, NOTHING),
            _missing(run, benefit, missing.get(benefit, "")),
        )
        for benefit in (Benefit.AEEH.value, Benefit.ARS.value)
    ]


def _missing(run: Run, benefit: str, key: str) -> str:
    if not key:
        return ""
    said = f"{benefit}, {period_of(run, benefit)} : ne se calcule pas encore, car ce barème n’est pas connu : {term_of(key)}."
    return f"{said} Les montants par enfant se lisent plus bas."


def term_of(key: str) -> str:
    """What a figure is, without its article."""
    return benefit_parameters().figures[key].term.partition(" (")[0]


def crossing_told(run: Run) -> str:
    """How many families pass the threshold of small sums, or why nobody knows."""
    missing, words = run.totals["missing"], {Benefit.AEEH: "l’AEEH", Benefit.ARS: "l’ARS réduite"}
    told = {one.benefit: one.figures["crossing"] for one in sides_told(run) if not one.missing}
    key = missing.get(SMALL_SUMS)
    if key:
        unknown = f"Petites sommes : le seuil de ce mois n’est pas connu ({term_of(key)})."
        ars = told.get(Benefit.ARS)
        return (
            unknown
            if ars is None
            else f"{unknown} Pour l’ARS réduite : {count(ars)} {plural('famille,familles', ars)}."
        )
    if not told:
        return "Familles qui passent le seuil des petites sommes : aucun montant ne se calcule encore."
    said = ", ".join(f"{count(families)} pour {words[Benefit(name)]}" for name, families in told.items())
    return f"Familles qui passent le seuil des petites sommes : {said}."


def waiting_told(run: Run) -> str:
    """How many families have an amount that cannot be computed whole."""
    told = [one for one in sides_told(run) if not one.missing]
    if not told:
        return "Aucun montant de famille ne se calcule encore."
    waiting = sum(one.figures["waiting"] for one in told)
    if not waiting:
        return "Le montant de chaque famille se calcule en entier."
    said = plural("famille ne se calcule,familles ne se calculent", waiting)
    return f"{count(waiting)} {said} pas en entier : un fait ou un barème manque."


def announced_told(key: str, from_day: date, value_cents: int, before_cents: int | None) -> str:
    """``BMAF au 01/04/2027 : 488,20 € au lieu de 478,16 €``."""
    before = money(before_cents) if before_cents is not None else "aucun montant connu"
    return f"{FIGURES[key]} au {short_day(from_day)} : {money(value_cents)} au lieu de {before}"


def change_words(uprating: Uprating) -> str:
    """``2,10 % de plus que le montant en vigueur``; nothing when no amount is."""
    before = uprating.before_cents
    if not before:
        return ""
    gap = uprating.value_cents - before
    hundredths = round_half_up(abs(gap) * 10_000, before)
    side = "plus" if gap > 0 else "moins"
    return f"{count(hundredths // 100)},{hundredths % 100:02d}\u00a0% de {side} que le montant en vigueur"


def lines_told(run: Run) -> list[str]:
    """The whole preview as lines of text."""
    asked, told = asked_of(run), sides_told(run)
    lines = [announced_told(asked.key, asked.from_day, asked.value_cents, run.totals["asked"]["known_cents"])]
    for one in told:
        lines.append(one.sentence)
        lines += [f"  {words} : {count(number)}" for words, number in one.classes if number]
        lines += [f"  {row['fund']} : {count(row['families'])}, {_more(row['difference_cents'])}" for row in one.funds]
    return [*lines, crossing_told(run), waiting_told(run), f"digest {run.digest}"]
