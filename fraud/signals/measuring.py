"""How good each rule is, counted from what people decided: nothing here is typed, nothing here is about a person."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from fraud.models import Lead, RuleState, RuleVersion
from fraud.rules.figures import control_parameters
from fraud.rules.signals import Tally, is_too_imprecise
from fraud.signals.publishing import move_rule

SUSPENDER = "portail"
# A lead is confirmed when it was accepted, and neither its case nor a contest said the contrary since.
CONFIRMED = Q(state="ACCEPTED") & ~Q(proved=False) & ~Q(case__state="CLOSED", case__outcome="NO_ACTION")
COUNTS: dict[str, Any] = {
    "found": Count("pk"),
    "decided": Count("pk", filter=~Q(state="TO_READ")),
    "confirmed": Count("pk", filter=CONFIRMED),
}


def tally_of(version: RuleVersion, *, sample: bool = False) -> Tally:
    """What became of the leads of this version; of those drawn at random when `sample`."""
    found = Lead.objects.filter(rule_code=version.code, rule_version=version.version, is_sample=sample)
    return Tally(**found.aggregate(**COUNTS))


def tallies(*, sample: bool = False) -> dict[tuple[str, int], Tally]:
    """Of every version, in one query."""
    found = Lead.objects.filter(is_sample=sample).values("rule_code", "rule_version").annotate(**COUNTS).order_by()
    return {
        (code, version): Tally(found=total, decided=decided, confirmed=confirmed)
        for code, version, total, decided, confirmed in found.values_list("rule_code", "rule_version", *COUNTS)
    }


@dataclass(frozen=True)
class Half:
    """Half a year of decisions on one version: on its leads, and on files drawn at random."""

    year: int
    half: int
    leads: Tally
    drawn: Tally


BY_HALF = """
SELECT extract(year FROM d.day)::int, CASE WHEN extract(month FROM d.day) <= 6 THEN 1 ELSE 2 END, d.is_sample, count(*),
       count(*) FILTER (WHERE d.is_confirmed)
  FROM (SELECT (l.decided_at AT TIME ZONE 'Europe/Paris')::date AS day, l.is_sample,
               l.state = 'ACCEPTED' AND l.proved IS NOT FALSE
               AND NOT coalesce(c.state = 'CLOSED' AND c.outcome = 'NO_ACTION', false) AS is_confirmed
          FROM fraud_lead l LEFT JOIN fraud_controlcase c ON c.id = l.case_id
         WHERE l.rule_code = %s AND l.rule_version = %s AND l.state <> 'TO_READ') d
 GROUP BY 1, 2, 3
"""


def halves_of(version: RuleVersion) -> list[Half]:
    """Decisions by half-year, the last first: leads beside what chance found."""
    with connection.cursor() as cursor:
        cursor.execute(BY_HALF, (version.code, version.version))
        rows = cursor.fetchall()
    found: dict[tuple[int, int], dict[bool, Tally]] = defaultdict(dict)
    for year, half, is_sample, decided, confirmed in rows:
        found[year, half][is_sample] = Tally(decided, decided, confirmed)
    none = Tally(0, 0, 0)
    return [Half(*key, of.get(False, none), of.get(True, none)) for key, of in sorted(found.items(), reverse=True)]


def suspend_if_too_imprecise(*, code: str, version: int, on: date, at: datetime) -> bool:
    """Suspend a running version whose precision fell under the floor; whether it was. Inside the caller's transaction.

    Asked at each decision, and before each run. Under the lock of the version, so that two decisions count each other.
    """
    rule = RuleVersion.objects.select_for_update(of=("self",)).filter(code=code, version=version).first()
    if rule is None or rule.state != RuleState.RUNNING:
        return False
    tally = tally_of(rule)
    floor = control_parameters().value("signals.precision_floor", on)
    least = control_parameters().value("signals.precision_leads", on)
    if not is_too_imprecise(tally, floor=floor, least=least):
        return False
    reason = (
        f"Précise à {percent(tally, floor)} % sur {tally.decided} signaux décidés : le seuil est de {int(floor * 100)} % "
        f"à partir de {int(least)}."
    )
    move_rule(rule_pk=rule.pk, to=RuleState.SUSPENDED, by=SUSPENDER, on=on, at=at, reason=reason)
    return True


def percent(tally: Tally, floor: Fraction) -> str:
    """The precision in whole per cent; with a decimal where rounding would tell it on the other side of the floor."""
    precision = tally.precision
    if precision is None:
        return "–"
    tenths = int(precision * 1000)
    whole = (tenths + 5) // 10
    if precision < floor <= Fraction(whole, 100):
        return f"{tenths // 10},{tenths % 10}"
    return str(whole)
