"""The letters of holds, asked for by the issue of a run: one when a month's debit does not leave, one when it is settled."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from cmg.models import Settlement
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.telling import SUBJECT, names_of
from cmg.sentences import body_of, family_sentence
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.casework.models import Dossier
from portal.casework.selectors import by_subject
from portal.legislation.calendar import banking_day_from, nth_business_day
from portal.letters.models import LetterJob
from portal.letters.operations import Wanted, ask_batch

BY = "portail"
AT_ONCE = 2_000
NOBODY = "Une personne de l’équipe"
SETTLED = "Les deux côtés sont d’accord."


def ask_hold_letters(run: Run, *, on: date) -> tuple[int, int]:
    """Ask for both kinds; returns how many families are told of a hold, and of its end. In the issue's transaction.

    A family is told once of the hold of a month, and once for each run that settles it.
    """
    held, ended = list(_held(run)), list(_ended(run, on))
    if held:
        ask_batch(kind="cmg.hold", letters=held, dated=on, by=BY)
    if ended:
        ask_batch(kind="cmg.hold_ended", letters=ended, dated=on, by=BY)
    return len(held), len(ended)


def _held(run: Run) -> Iterator[Wanted]:
    families = sorted(set(Settlement.objects.filter(run=run, status="HELD").values_list("employer_no", flat=True)))
    for start in range(0, len(families), AT_ONCE):
        part = families[start : start + AT_ONCE]
        rows: dict[str, list[Settlement]] = {}
        for row in Settlement.objects.filter(run=run, status="HELD", employer_no__in=part).order_by("declaration_no"):
            rows.setdefault(row.employer_no, []).append(row)
        names, dossiers = names_of(part), by_subject([SUBJECT + number for number in part])
        told = set(
            LetterJob.objects.filter(key__in=[_key(run, number) for number in part]).values_list("key", flat=True)
        )
        for number in part:
            dossier = dossiers.get(SUBJECT + number)
            if number in names and dossier is not None and _key(run, number) not in told:
                facts = _hold_facts(run, rows[number], dossier) | {"recipient": names[number]}
                yield Wanted(_key(run, number), SUBJECT + number, facts)


def _key(run: Run, employer_no: str) -> str:
    return f"hold:{run.month:%Y-%m}:{employer_no}"


def _hold_facts(run: Run, rows: list[Settlement], dossier: Dossier) -> dict[str, Any]:
    codes = sorted({code for row in rows for code in row.anomaly_codes.split("|") if code})
    lines = catalogue()
    sentences = [family_sentence(lines[code].family, dossier) for code in codes if code in lines]
    return {
        "month": run.month.isoformat(), "held_cents": sum(row.held_debit_cents for row in rows),
        "awaited_cents": sum(row.payout_cents for row in rows),
        "reasons": list(dict.fromkeys(sentences)) or ["Nous vérifions ce mois avant de prélever."],
        "owner": dossier.owner.full_name if dossier.owner else NOBODY, "body": body_of(dossier),
        "deadline": dossier.deadline.isoformat(),
    }  # fmt: skip


def _ended(run: Run, on: date) -> Iterator[Wanted]:
    """Families told of a hold of this month, whose declarations are all settled once this run is issued."""
    prefix = _key(run, "")
    numbers = [key.removeprefix(prefix) for key in _keys_from(prefix)]
    here = set(
        Settlement.objects.filter(run=run, employer_no__in=numbers, status="SETTLED").values_list(
            "employer_no", flat=True
        )
    )
    still = _still_held(run, here)
    freed = sorted(here - still)
    names, moved = names_of(freed), _moved(run, freed)
    for number in freed:
        if number in names:
            facts = _end_facts(run, moved.get(SUBJECT + number, {}), on) | {"recipient": names[number]}
            yield Wanted(f"hold-ended:{run.month:%Y-%m}:{number}:run{run.pk}", SUBJECT + number, facts)


def _keys_from(prefix: str) -> list[str]:
    return list(LetterJob.objects.filter(key__startswith=prefix).values_list("key", flat=True))


def _still_held(run: Run, families: set[str]) -> set[str]:
    """Families with a declaration of the month whose last word, this run included, is that it is held."""
    last = (
        Settlement.objects.filter(employer_no__in=families, care_month=run.month, run__dry_run=False)
        .filter(Q(run=run) | Q(run__state__in=("ISSUED", "RECONCILED")))
        .order_by("employer_no", "declaration_no", "-run__ordinal", "-version")
        .distinct("employer_no", "declaration_no")
    )
    return {row.employer_no for row in last if row.status == "HELD"}


def _moved(run: Run, families: list[str]) -> dict[str, dict[str, int]]:
    """What the run orders for each family: cents by purpose."""
    found: dict[str, dict[str, int]] = {}
    orders = PaymentOrder.objects.filter(run=run, subject__in=[SUBJECT + number for number in families])
    for subject, purpose, cents in orders.values_list("subject", "purpose").annotate(cents=Sum("amount_cents")):
        found.setdefault(subject, {})[purpose] = cents
    return found


def _end_facts(run: Run, moved: dict[str, int], on: date) -> dict[str, Any]:
    return {
        "month": run.month.isoformat(), "sentence": SETTLED,
        "debit_cents": moved.get("CMG_DEBIT", 0) + moved.get("CMG_SINGLE", 0),
        "payout_cents": moved.get("CMG_PAYOUT", 0), "refund_cents": moved.get("CMG_REFUND", 0),
        "debit_on": banking_day_from(nth_business_day(on, 1)).isoformat(),
        "payout_on": banking_day_from(nth_business_day(on, 2)).isoformat(),
    }  # fmt: skip
