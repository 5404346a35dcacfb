"""All the rules over all the families, in slices that can be killed at any second. It finds leads, and writes nothing else."""

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from fraud.models import Lead, RuleState, RuleVersion
from fraud.rules.figures import control_parameters
from fraud.signals.flows import GIVEN_PAPERS, WORDS
from fraud.signals.keys import lead_key
from fraud.signals.matchers import MATCHERS
from fraud.signals.matchers.base import Matcher
from fraud.signals.measuring import suspend_if_too_imprecise
from fraud.signals.publishing import current_versions, published_rule
from fraud.signals.sampling import draw_samples
from portal.accounts.permissions import moment_on
from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Slice
from portal.batches.operations import SliceResult
from portal.casework.models import Attachment
from portal.exchange.buckets import BUCKETS
from portal.exchange.models import FileState, ReceivedFile
from portal.legislation.calendar import months_later

KIND = "control_signals"
NO_DATA = "aucune donnée ne nous est envoyée"
MONTHS_BACK = 3
ROWS_PER_SLICE = 250_000
SLICES_MOST = 8
ROWS_AT_ONCE = 2_000


def why_not(version: RuleVersion, on: date, received: frozenset[str]) -> str:
    """Why a rule does not run on the day, in a sentence; empty when it does. Never a silent zero."""
    rule = published_rule(version)
    if version.state == RuleState.AWAITING:
        return "En attente de l’avis de la protection des données : elle ne tourne pas encore."
    if version.state != RuleState.RUNNING:
        return "Suspendue : elle ne tourne plus jusqu’à une nouvelle version."
    if not rule.is_in_force_on(on):
        return f"Hors de ses dates (du {rule.starts_on:%d/%m/%Y} au {rule.ends_on:%d/%m/%Y}) : elle ne tourne pas."
    if rule.assessment is None:
        return "Publiée sans analyse d’impact écrite : elle ne tourne pas, une nouvelle version est à publier."
    if missing := missing_sources(version.code, received):
        return f"{NO_DATA.capitalize()} : la règle ne regarde rien. Jamais reçu : {', '.join(missing)}."
    return ""


def missing_sources(code: str, received: frozenset[str]) -> list[str]:
    """What a rule compares and nobody ever sent, in words: it has then looked at nothing, which is not « nothing found »."""
    return [WORDS.get(flow, flow) for flow in MATCHERS[code].flows if flow not in received]


def received_flows() -> frozenset[str]:
    """The kinds of files of which one was applied, and papers when somebody gave one."""
    applied = ReceivedFile.objects.filter(state=FileState.APPLIED).values_list("kind", flat=True).distinct()
    return frozenset(applied) | ({GIVEN_PAPERS} if Attachment.objects.exists() else frozenset())


def run_signals(*, on: date, workers: int = 1) -> Run:
    """Run every rule that may, and end a run left open first. A second call on the day finds nothing new."""
    run = start_signals(on=on)
    return batches.work_to_end(run, "fraud.signals.running.do_slices", finish, workers=min(workers, run.slices.count()))


def start_signals(*, on: date) -> Run:
    """The run to work on: the one left open, or a new one with its slices. Rules too imprecise are suspended before."""
    with transaction.atomic():
        open_run = batches.take_up(KIND)
        if open_run is not None:
            return open_run
        plan, skipped = _plan(on)
        month = on.replace(day=1)
        run = batches.start_run(
            kind=KIND, month=month, ordinal=batches.next_ordinal(KIND, month), day=on, dry_run=False, slices=len(plan),
            rows_total=len(plan), inputs_digest="", rule_version="signals",
            parameters_digest=control_parameters().digest(),
        )  # fmt: skip
        run.totals = {"slices": len(plan), "plan": plan, "skipped": skipped}
        run.save(update_fields=["totals"])
    return run


def _plan(on: date) -> tuple[list[list[Any]], dict[str, str]]:
    """A line a slice (rule, version, its first and last bucket), and why the other rules do not run."""
    received, plan, skipped = received_flows(), [], {}
    for code, version in current_versions().items():
        suspend_if_too_imprecise(code=code, version=version.version, on=on, at=moment_on(on))
        version.refresh_from_db()
        if told := why_not(version, on, received):
            skipped[code] = told
            continue
        parts = _parts(MATCHERS[code].table)
        width = BUCKETS // parts
        plan += [[code, version.version, part * width, (part + 1) * width - 1] for part in range(parts)]
    return plan, skipped


def _parts(table: str) -> int:
    """How many slices, by the size that the database believes the table to have; a power of two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass", (table,))
        rows = cursor.fetchone()[0]
    return next((parts for parts in (1, 2, 4) if rows <= parts * ROWS_PER_SLICE), SLICES_MOST)


def do_slices(run_pk: int) -> int:
    """Do slices of a run until none is left for this worker; returns how many it did."""
    return batches.work_through(run_pk, match_slice)


def match_slice(part: Slice) -> SliceResult:
    """The leads of one rule over a part of its keys, in the slice's transaction; those known already are not doubled."""
    code, version, first, last = part.run.totals["plan"][part.number]
    rule = RuleVersion.objects.get(code=code, version=version)
    if rule.state != RuleState.RUNNING:
        return SliceResult(1, "", {"rules": {code: {"found": 0, "new": 0}}})
    values = _values(rule, part.run.day) | {"first": first, "last": last}
    found = new = 0
    with connection.cursor() as cursor:
        cursor.execute(MATCHERS[code].hits, values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        leads = [_lead(MATCHERS[code], rule, row, part.run) for row in rows[start : start + ROWS_AT_ONCE]]
        before = Lead.objects.filter(rule_code=code, key__in=[lead.key for lead in leads]).count()
        Lead.objects.bulk_create(leads, ignore_conflicts=True)
        found, new = found + len(leads), new + len(leads) - before
    return SliceResult(1, "", {"rules": {code: {"found": found, "new": new}}})


def _values(rule: RuleVersion, on: date) -> dict[str, Any]:
    """What a query reads: the days, and the rule's figures as they are in force."""
    figures = published_rule(rule).figures_on(on)
    return windows(on) | {name: _number(value) for name, value in figures.items()} | dict(MATCHERS[rule.code].also(on))


def windows(on: date) -> dict[str, Any]:
    return {"on": on, "since": months_later(on.replace(day=1), -MONTHS_BACK)}


def _number(value: Fraction) -> object:
    """As the database reads it exactly: a whole number, or a decimal."""
    return int(value) if value.denominator == 1 else Decimal(value.numerator) / Decimal(value.denominator)


def _lead(matcher: Matcher, rule: RuleVersion, row: dict[str, Any], run: Run) -> Lead:
    told = matcher.tell(row)
    return Lead(
        rule_code=rule.code, rule_version=rule.version, fund=row["fund"], subject=row["subject"],
        key=lead_key(rule.code, row["natural"]), title=told.title[:200],
        facts={"facts": [fact.as_dict() for fact in told.facts]}, in_favour=bool(rule.content.get("in_favour")),
        found_on=run.day, run=run,
    )  # fmt: skip


def finish(*, run_pk: int) -> Run:
    """Once every slice is done: draw at random beside what was found, add up, end. A second call changes nothing."""
    with transaction.atomic():
        run, parts = batches.done_slices(run_pk)
        if parts is None:
            return run
        rules = _added(parts)
        for code, counts in rules.items():
            counts["drawn"] = _draw(run, code)
        run.totals = run.totals | {"rules": rules}
        batches.end_run(run, to=RunState.DONE, reason="toutes les règles ont tourné")
    return run


def _added(parts: list[Slice]) -> dict[str, dict[str, int]]:
    added: dict[str, Counter[str]] = {}
    for part in parts:
        for code, counts in part.totals["rules"].items():
            added.setdefault(code, Counter()).update(counts)
    return {code: dict(counts) for code, counts in sorted(added.items())}


def _draw(run: Run, code: str) -> int:
    """At random beside the leads of this run alone; none beside a right that is missing, which wrongs nobody."""
    rule = RuleVersion.objects.filter(code=code, state=RuleState.RUNNING).first()
    if rule is None or rule.content.get("in_favour"):
        return 0
    new = (
        Lead.objects.filter(run=run, rule_code=code, is_sample=False)
        .values("fund")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return draw_samples(run, rule, {one["fund"]: one["count"] for one in new}, windows(run.day), run.day)


def last_run() -> Run | None:
    return Run.objects.filter(kind=KIND).order_by("-pk").first()
