"""The letters about small sums, and the notice that one waits: asked for in the transaction of what they tell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from portal.batches.models import Run
from portal.benefits.models import (
    Benefit,
    BenefitOverpayment,
    DeferredSum,
    FamilyFile,
    OverpaymentCause,
    OverpaymentState,
)
from portal.benefits.persons.selectors import SUBJECT, subject_of
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.small_payments import threshold_on
from portal.benefits.running.kinds import day_kept, kind_of
from portal.benefits.small.selectors import rule_on
from portal.exchange.received import CURRENT
from portal.letters.kinds import LetterKind, register
from portal.letters.models import Letter
from portal.letters.operations import Wanted, ask_batch, ask_letter
from portal.notices import kinds as notices
from portal.notices.operations import ask
from portal.organisations.directory import territory_of
from portal.organisations.serving import name_on, names_on

WAIVED, TO_RECOVER, NOTICE = "benefits.small_waived", "benefits.to_recover", "benefits.letter"
NO_LONGER_OWED = "benefits.no_longer_owed"
KINDS = (
    LetterKind(WAIVED, "Une petite somme ne vous sera pas versée", "letters/benefits/small_waived.html",
               ("recipient", "benefit", "lines", "total_cents", "threshold_cents", "months"),
               ("CSS L. 133-3", "CSS D. 133-2", "CSS R. 142-1")),
    LetterKind(TO_RECOVER, "Une somme vous a été versée en trop", "letters/benefits/to_recover.html",
               ("recipient", "benefit", "lines", "total_cents", "least_cents"),
               ("CSS L. 133-3", "CSS L. 553-1", "CSS L. 553-2", "CSS R. 142-1")),
    LetterKind(NO_LONGER_OWED, "Vous ne nous devez plus cette somme", "letters/benefits/no_longer_owed.html",
               ("recipient", "benefit", "lines", "total_cents", "left_cents"),
               ("CSS L. 553-1", "CSS L. 553-2", "CSS R. 142-1")),
)  # fmt: skip


def register_letters() -> None:
    """Make the letters about small sums, and the notice that one waits, known to the kernel."""
    for kind in KINDS:
        register(kind)
    notices.register(notices.NoticeKind(
        NOTICE, "Un courrier sur la rentrée ou le handicap m’attend", "Un courrier vous attend",
        "Un courrier vous attend dans votre espace.",
    ))  # fmt: skip


def tell_of_letter(letter: Letter) -> int:
    """A letter was written for a family of ARS or AEEH."""
    if not letter.subject.startswith(SUBJECT):
        return 0
    path = f"/famille/prestations/courriers/{letter.pk}/"
    return ask(subject=letter.subject, kind=NOTICE, key=f"{NOTICE}:{letter.number}", path=path)


def recipients(families: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The lines that a letter is addressed to, by family. One query."""
    wanted = set(families)
    files = FamilyFile.objects.filter(CURRENT, beneficiary_no__in={number for _fund, number in wanted})
    named = {(one.fund, one.beneficiary_no): [f"{one.first_names} {one.last_name}".strip()] for one in files}
    return {family: named.get(family, [f"Allocataire n° {family[1]}"]) for family in wanted}


def family_and_benefit(one: DeferredSum | BenefitOverpayment) -> tuple[str, str, str]:
    return one.fund, one.beneficiary_no, one.benefit


def tell_waived(sums: Sequence[DeferredSum], *, thresholds: dict[str, int], by: str, on: date) -> None:
    """One letter a family and benefit: the sums, since when, the article. `sums` are in the order of families."""
    months = int(benefit_parameters().value("small_payments.months_before_waiver", on))
    names = recipients((one.fund, one.beneficiary_no) for one in sums)
    senders = names_on({one.fund for one in sums}, on)
    letters = [
        Wanted(
            f"small:{group[0].pk}:waived", subject_of(fund, number),
            {"recipient": names[fund, number], "sender": senders[fund], "benefit": Benefit(benefit).label,
             "lines": _lines(group), "total_cents": sum(one.amount_cents for one in group),
             "threshold_cents": thresholds[fund], "months": months},
        )
        for (fund, number, benefit), rows in groupby(sums, family_and_benefit)
        for group in [list(rows)]
    ]  # fmt: skip
    ask_batch(kind=WAIVED, letters=letters, dated=on, by=by)


def tell_given_up_at_once(*, rows: Iterable[tuple[str, str, int]], run: Run, by: str, on: date) -> None:
    """The same letter for what a run gives up by the rule of the fund: `rows` are the fund, the number and the cents of each
    family. The threshold and the rule are those that its awards were decided by."""
    told, day = list(rows), day_kept(run, "paid_on")
    names, funds = recipients((fund, number) for fund, number, _cents in told), {fund for fund, _number, _cents in told}
    senders, rules = names_on(funds, on), {fund: rule_on(fund, day) for fund in funds}
    letters = [
        Wanted(
            f"small:run-{run.pk}:{fund}/{number}:waived", subject_of(fund, number),
            {"recipient": names[fund, number], "sender": senders[fund], "benefit": kind_of(run).benefit.label,
             "lines": [{"month": run.month.isoformat(), "cents": cents}], "total_cents": cents, "months": 0,
             "threshold_cents": threshold_on(day, territory=territory_of(fund)),
             "rule_from": rule.from_day.isoformat() if (rule := rules[fund]) else ""},
        )
        for fund, number, cents in told
    ]  # fmt: skip
    if letters:
        ask_batch(kind=WAIVED, letters=letters, dated=on, by=by)


def tell_to_recover(debts: Sequence[BenefitOverpayment], *, by: str, on: date) -> None:
    """What a family was paid in excess reached the threshold: how much, why when somebody said it, that nothing is taken without
    its agreement, and what it can do. A debt that has its cause told later may have others told of in a second letter."""
    last = debts[-1]
    family = last.fund, last.beneficiary_no
    least = benefit_parameters().value("overpayments.agreed_least", on)
    facts = {
        "recipient": recipients([family])[family], "sender": name_on(last.fund, on), "benefit": Benefit(last.benefit).label,
        "cause": "" if last.cause == OverpaymentCause.CORRECTED else last.get_cause_display(),
        "lines": _owed_lines(debts), "total_cents": sum(one.left_cents for one in debts), "least_cents": int(least * 100),
        "is_yearly": last.benefit == Benefit.ARS,
    }  # fmt: skip
    key = f"overpayment:{last.pk}:to-recover"
    ask_letter(kind=TO_RECOVER, key=key, subject=subject_of(*family), facts=facts, dated=on, by=by)


def tell_no_longer_owed(
    paid: Iterable[tuple[BenefitOverpayment, int]], *, is_due_again: bool, by: str, on: date
) -> None:  # fmt: skip
    """What money that came back, or is due after all, paid of debts, one letter a family and benefit; those alone that were told
    of them are told."""
    told = sorted((one for one in paid if one[0].deductible_from), key=lambda one: family_and_benefit(one[0]))
    families = {(one.fund, one.beneficiary_no) for one, _cents in told}
    names, asked, senders = (
        recipients(families),
        _asked_of(families),
        names_on({fund for fund, _number in families}, on),
    )
    letters = [
        Wanted(
            f"overpayment:{last.pk}:no-longer-owed:{last.recovered_cents}", subject_of(fund, number),
            {"recipient": names[fund, number], "sender": senders[fund], "benefit": Benefit(benefit).label,
             "lines": [{"month": one.month.isoformat(), "cents": cents} for one, cents in group],
             "total_cents": sum(cents for _one, cents in group), "left_cents": asked[fund, number, benefit],
             "is_due_again": is_due_again},
        )
        for (fund, number, benefit), rows in groupby(told, lambda one: family_and_benefit(one[0]))
        for group in [list(rows)]
        for last in [group[-1][0]]
    ]  # fmt: skip
    if letters:
        ask_batch(kind=NO_LONGER_OWED, letters=letters, dated=on, by=by)


def _asked_of(families: Iterable[tuple[str, str]]) -> Counter[tuple[str, str, str]]:
    """What is still asked, by family and benefit, all its debts together. One query."""
    asked: Counter[tuple[str, str, str]] = Counter()
    states = [OverpaymentState.TO_RECOVER, OverpaymentState.CONTESTED]
    numbers = {number for _fund, number in families}
    for one in BenefitOverpayment.objects.filter(beneficiary_no__in=numbers, state__in=states):
        asked[family_and_benefit(one)] += one.left_cents
    return asked


def _lines(rows: Iterable[DeferredSum]) -> list[dict[str, object]]:
    return [{"month": one.month.isoformat(), "cents": one.amount_cents} for one in rows]


def _owed_lines(rows: Iterable[BenefitOverpayment]) -> list[dict[str, object]]:
    """Without what came back from the bank meanwhile."""
    return [{"month": one.month.isoformat(), "cents": one.left_cents} for one in rows]
