"""Small sums of the demonstration: one that October may complete, one eleven months old, one given up with its letter; four paid
in excess, one with an agreement of its family and one contested; and a fund whose director chose to pay everything from November on."""

from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.batches.models import Run, RunState
from portal.batches.operations import move_run
from portal.benefits.models import Benefit, DeferredSum, FamilyFile
from portal.benefits.persons.selectors import subject_of
from portal.benefits.rules.small_payments import months_back
from portal.benefits.small.agreeing import agree
from portal.benefits.small.contesting import contest
from portal.benefits.small.deciding import decide_policy
from portal.benefits.small.ending import give_up_old
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.owed import Told
from portal.exchange.received import CURRENT
from portal.ledger.models import Account
from portal.ledger.operations import post

CARRIED, ACTOR, DIRECTOR = "small-carried", "portail", "helene"
# Hélène Moulin: two days at home in September. One more such sum and all of it leaves.
NEARLY = ("CAF63", "6302625852", 1, 27_20)
# Funds whose first families have a sum: months ago, cents. The last one is given up on the first day of the month.
OTHERS = (("CAF63", 11, 12_40), ("CAF63", 4, 8_16), ("CAF43", 7, 15_30), ("CAF03", 2, 6_80), ("CAF63", 13, 10_20))
PAID_IN_EXCESS = (("TOLD_LATE", 14_20), ("FUND_ERROR", 21_60), ("RIGHT_ENDED", 84_00), ("CORRECTED", 62_30))
# What the family of 84 euros agreed to, and the one of 62.30 contests.
AGREED_CENTS, AGREED_WORDS, CONTESTED_WORDS = (
    20_00,
    "vingt euros par mois, dit au téléphone",
    "elle dit que son fils était au foyer",
)


def load(_folder: Path, on: date) -> str:
    """Carry the sums over from the funds' former books; what was done, in words. A second call changes nothing."""
    if not Run.objects.filter(kind=CARRIED).exists():
        with transaction.atomic():
            for fund, number, months, cents in (NEARLY, *_picked()):
                _carry(fund, number, months_back(on, months), cents, on)
            given_up = give_up_old(on=on.replace(day=1))
            _overpaid(on)
            _decide(on)
        return f"petites sommes reprises, {given_up.sums} abandonnée"
    return "petites sommes déjà là"


def _picked() -> list[tuple[str, str, int, int]]:
    found = []
    for place, (fund, months, cents) in enumerate(OTHERS):
        family = FamilyFile.objects.filter(CURRENT, fund=fund).order_by("beneficiary_no")[place : place + 1].first()
        if family is not None:
            found.append((fund, family.beneficiary_no, months, cents))
    return found


def _carry(fund: str, number: str, month: date, cents: int, on: date) -> None:
    """A sum that the fund kept before it used the portal."""
    run = _run(month, on)
    kept = DeferredSum.objects.create(
        fund=fund, beneficiary_no=number, benefit=Benefit.AEEH, run=run, amount_cents=cents, month=month
    )
    post(
        key=f"benefits:small:{kept.pk}:carried", subject=subject_of(fund, number), dated=month,
        label="Petite somme reprise de la caisse",
        legs={Account.DISABLED_CHILD_ALLOWANCE: cents, Account.BENEFIT_DEFERRED: -cents},
    )  # fmt: skip
    journal(actor=ACTOR, action="benefits.small.carried", subject=subject_of(fund, number), detail={"sum": kept.pk})


def _run(month: date, on: date) -> Run:
    """What stands for the fund's own run of the month."""
    known = Run.objects.filter(kind=CARRIED, month=month).first()
    if known is not None:
        return known
    run = Run.objects.create(
        kind=CARRIED, month=month, ordinal=1, day=month, parameters_digest="", rule_version="", started_at=moment_on(on)
    )
    return move_run(run_pk=run.pk, to=RunState.DONE, by=ACTOR, reason="sommes reprises de la caisse")


def _overpaid(on: date) -> None:
    for place, (cause, cents) in enumerate(PAID_IN_EXCESS):
        family = FamilyFile.objects.filter(CURRENT, fund="CAF63").order_by("-beneficiary_no")[place : place + 1].first()
        if family is not None:
            what = Overpaid(family.fund, family.beneficiary_no, Benefit.AEEH, cause, cents, months_back(on, 1))
            key = uuid5(NAMESPACE_URL, f"small:{cause}")
            noted, _again = note(what=what, reason="vu en relisant le dossier", form_key=key, by="nathalie", on=on)
            if cause == "RIGHT_ENDED":
                told = Told(AGREED_WORDS, on, uuid5(key, "agreed"), "nathalie", on)
                agree(
                    fund=noted.fund, beneficiary_no=noted.beneficiary_no, benefit=noted.benefit, each_cents=AGREED_CENTS, told=told
                )  # fmt: skip
            if cause == "CORRECTED":
                contest(
                    overpayment_pk=noted.pk, told=Told(CONTESTED_WORDS, on, uuid5(key, "contested"), "nathalie", on)
                )


def _decide(on: date) -> None:
    decide_policy(
        fund="CAF43", policy="PAY", from_day=months_back(on, -1), reason="Un virement coûte moins qu’un appel.", by=DIRECTOR,
        form_key=uuid5(NAMESPACE_URL, "small:CAF43"), at=moment_on(on), on=on,
    )  # fmt: skip
