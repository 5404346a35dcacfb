"""Files drawn at random beside the leads of a rule: they tell what checking without any rule would have found."""

import secrets
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from fraud.models import Lead, RuleVersion, SampleDraw
from fraud.rules.figures import control_parameters
from fraud.rules.signals import sample_size
from fraud.signals.matchers import MATCHERS
from portal.batches.models import Run

# The order is that of a hash with the seed: whoever has the seed and the same population draws the same files.
DRAW = """
WITH looked_at AS MATERIALIZED (
    SELECT DISTINCT p.subject, p.fund FROM ({population}) p
     WHERE p.fund = ANY (%(funds)s) AND NOT EXISTS (
        SELECT 1 FROM fraud_lead l WHERE l.subject = p.subject AND l.rule_code = %(code)s AND l.subject <> '')
)
SELECT fund, count(*)::int, (array_agg(subject ORDER BY sha256(convert_to(%(seed)s || subject, 'UTF8'))))[1:%(most)s]
  FROM looked_at GROUP BY fund
"""


def draw_samples(run: Run, rule: RuleVersion, found: dict[str, int], windows: dict[str, Any], on: date) -> int:
    """Draw beside the leads that a run found for a rule, fund by fund; returns how many. Once a run, rule and fund."""
    share: Fraction = control_parameters().value("signals.sample_share", on)
    wanted = {fund: sample_size(count, share) for fund, count in found.items() if count}
    if not wanted:
        return 0
    seed, drawn = secrets.token_hex(16), 0
    for fund, population, subjects in drawn_from(rule.code, seed, wanted, windows):
        chosen = subjects[: wanted[fund]]
        SampleDraw.objects.create(
            run=run,
            rule=rule,
            fund=fund,
            seed=seed,
            population=population,
            found=found[fund],
            drawn=len(chosen),
            dated=on,
        )
        Lead.objects.bulk_create(_leads(run, rule, fund, population, chosen, on), ignore_conflicts=True)
        drawn += len(chosen)
    return drawn


def drawn_from(
    code: str, seed: str, wanted: dict[str, int], windows: dict[str, Any]
) -> list[tuple[str, int, list[str]]]:  # fmt: skip
    """By fund: how many files the rule looked at without finding anything, and those that the seed draws first."""
    values = windows | {"funds": list(wanted), "code": code, "seed": seed, "most": max(wanted.values())}
    with connection.cursor() as cursor:
        cursor.execute(DRAW.format(population=MATCHERS[code].population), values)
        return [(fund, population, subjects) for fund, population, subjects in cursor.fetchall()]


def _leads(run: Run, rule: RuleVersion, fund: str, population: int, subjects: list[str], on: date) -> list[Lead]:
    facts = {"facts": [{
        "label": "Tiré au sort parmi les dossiers que la règle a regardés sans rien trouver",
        "value": str(population), "source": "Tirage au sort", "dated": on.isoformat(),
    }]}  # fmt: skip
    return [
        Lead(
            rule_code=rule.code, rule_version=rule.version, fund=fund, subject=subject, key=f"draw:{run.pk}:{subject}",
            title="Tirage au sort : une vérification de comparaison", facts=facts, is_sample=True, found_on=on, run=run,
        )
        for subject in subjects
    ]  # fmt: skip
