"""A month beside the estimate its family was shown: what differs, and the one thing that explains it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from cmg.declaring.estimating import foreseen, reason_of, short
from cmg.declaring.told import changed_fact, facts_of
from cmg.explaining import explain
from cmg.family.months import standing_of
from cmg.models import Declaration, DeclarationEstimate, Settlement
from portal.batches.models import RunState
from portal.frame.templatetags.portal import long_day, lower_first

WEEK = 7


def estimate_difference(declaration: Declaration, *, on: date) -> str:
    """``Dimanche, nous avions prévu 12,00 € à prélever. C’est 64,20 €, parce que …``; empty when the figures are those
    of the estimate, when nothing was estimated, or before the month is computed."""
    estimate = DeclarationEstimate.objects.filter(declaration=declaration).first()
    settlement = settlement_of(declaration)
    if estimate is None or settlement is None or estimate.status not in ("SETTLED", "HELD"):
        return ""
    told, now = _told(estimate), _told(settlement)
    when = _when(estimate.made_on, on)
    if _waits(settlement) and not _waits(estimate):
        codes = tuple(code for code in settlement.anomaly_codes.split("|") if code)
        what = "Rien n’est prélevé" if settlement.status == "HELD" else "Le versement attend"
        return f"{when}, nous avions prévu {_listed(told)}. {what} pour l’instant. {reason_of(codes)}"
    changed = [name for name in told if told[name] != now.get(name)] if told.keys() == now.keys() else list(told)
    if not changed or settlement.status not in ("SETTLED", "HELD"):
        return ""
    # Said once: "12,00 € à prélever. C’est 64,20 €". With two figures each keeps its verb.
    present = short(now[changed[0]]) if len(changed) == 1 and changed[0] in now else _listed(now)
    expected = _listed({name: told[name] for name in changed})
    return f"{when}, nous avions prévu {expected}. C’est {present}, parce que {because(estimate, settlement)}."


def differences_of(declarations: Sequence[Declaration], *, on: date) -> list[str]:
    """What differs from the estimates shown for these declarations, each once. One query when nothing was estimated."""
    estimated = set(
        DeclarationEstimate.objects.filter(declaration__in=declarations).values_list("declaration_id", flat=True)
    )
    told = [estimate_difference(one, on=on) for one in declarations if one.pk in estimated]
    return [sentence for sentence in dict.fromkeys(told) if sentence]


def waiting_changes(employer_no: str, month: date) -> list[str]:
    """What the family sent for a month after it was computed, in words: it enters with the next calculation.

    ``Votre correction est reçue : elle entre dans le prochain calcul. Prévu : rien à prélever, 456,09 € à recevoir.``
    """
    sent = Declaration.objects.filter(employer_no=employer_no, care_month=month, draft__isnull=False)
    last = list(sent.select_related("estimate").order_by("declaration_no", "-version").distinct("declaration_no"))
    counted = Settlement.objects.filter(declaration__in=last, run__dry_run=False).exclude(
        run__state__in=[RunState.SUPERSEDED, RunState.RUNNING]
    )
    known = set(counted.values_list("declaration_id", flat=True))
    return [_received(one) for one in last if one.pk not in known]


RECEIVED = {
    "CORRECTION": "Votre correction est reçue : elle entre dans le prochain calcul.",
    "CANCELLATION": "Votre annulation est reçue : elle entre dans le prochain calcul.",
    "ORIGINAL": "Votre déclaration est reçue : elle entre dans le prochain calcul.",
}


def _received(one: Declaration) -> str:
    kept: DeclarationEstimate | None = getattr(one, "estimate", None)
    if kept is None or kept.status != "SETTLED":
        return RECEIVED[one.kind]
    return f"{RECEIVED[one.kind]} Prévu : {foreseen(kept)}."


def settlement_of(declaration: Declaration) -> Settlement | None:
    """What counts now of this version, as its month's page shows it: neither what is being computed, nor a correction
    that is only proposed, nor a hold that came after the money had left."""
    found: QuerySet[Settlement] = Settlement.objects.filter(declaration=declaration, run__dry_run=False)
    found = found.exclude(run__state__in=[RunState.SUPERSEDED, RunState.RUNNING])
    rows = list(found.select_related("run", "declaration").order_by("run__ordinal", "pk"))
    return next(iter(standing_of(rows)[0]), None)


def _waits(one: Settlement | DeclarationEstimate) -> bool:
    return one.status == "HELD" or one.payout_blocked


def _told(one: Settlement | DeclarationEstimate) -> dict[str, int]:
    """The figures that a family reads, by what the money does."""
    if one.all_in_one:
        verb = "à recevoir" if one.total_debit_cents < 0 else "à prélever en une fois"
        return {verb: abs(one.total_debit_cents)}
    return {"à prélever": one.debit_cents, "à recevoir": one.payout_cents}


def _listed(figures: Mapping[str, int]) -> str:
    return " et ".join(f"{short(cents)} {verb}" for verb, cents in figures.items())


def _when(made_on: date, on: date) -> str:
    """``Dimanche`` within the week, else ``Le dimanche 25 octobre 2026``."""
    weekday = long_day(made_on).split(" ")[0]
    if made_on == on:
        return "Aujourd’hui"
    return weekday.capitalize() if 0 < (on - made_on).days < WEEK else f"Le {long_day(made_on)}"


def because(estimate: DeclarationEstimate, settlement: Settlement) -> str:
    """The fact that changed, or the first step that did when every fact of this declaration is the same."""
    explained = explain(settlement)
    if explained is None:
        return "cette déclaration ne compte plus"
    facts = [{"name": one.name, "label": one.label, "value": one.value} for one in facts_of(explained.row)]
    causes = [changed_fact(name, label, old, new) for name, label, old, new in _changes(estimate.facts, facts)]
    if causes:
        return " et ".join(causes[:2])
    steps = [
        {"name": line.name, "label": line.label, "value": line.value}
        for chapter in explained.chapters
        for line in chapter.lines
    ]
    for _name, label, old, new in _changes(estimate.steps, steps):
        return f"l’étape « {lower_first(label)} » donne {new} au lieu de {old}"
    return "une autre déclaration de votre famille compte dans le même maximum"


def _changes(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str, str, str]]:
    """Name, label, former value and present value of what changed, in the order of the calculation."""
    former = {one["name"]: one["value"] for one in before}
    for one in now:
        if one["name"] in former and former[one["name"]] != one["value"]:
            yield one["name"], one["label"], former[one["name"]], one["value"]
