"""What a parent may ask or say of one case, and the fact that it becomes. Each refusal has its sentence.

A request made impossible by law meets one sentence, whatever the reason: nothing of the case is learned by asking.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from django.db import transaction

from aripa.life.living import CREDITOR, DEBTOR
from aripa.life.opening import is_calm
from aripa.life.state import BEFORE_LIVE, LIVING, State
from aripa.life.terms import month_of, monthly_support
from aripa.models import ActKind, AnswerKind, Event, EventKind, Parent, ParentAct, PaymentMeans
from aripa.models import Case as CaseRow
from aripa.own.entering import Events, NotPossible, Said, Who, act, current_parent, hold_case, known_act
from aripa.own.standing import Standing
from aripa.rules.calendar import is_within_lookback, month_shifted
from aripa.rules.figures import number_on
from aripa.rules.plan import instalments_of, is_plan_admissible, smallest_instalment_cents
from aripa.selectors import not_lived
from portal.casework.models import Attachment
from portal.legislation.calendar import nth_business_day

NO_END = (
    "La fin de l’intermédiation ne peut pas être demandée ici dans ce dossier. "
    "Vous pouvez saisir le juge aux affaires familiales : sa décision s’appliquera."
)
NOT_NOW = "Ce n’est plus possible dans ce dossier. Relisez la page : elle a changé."
WAITS = "Une autre demande du même genre attend déjà sa réponse : la page « Mes demandes » la montre. Celle-ci n’a pas été gardée."
Done = tuple[ParentAct, bool]
P = ParamSpec("P")


def in_turn(operation: Callable[P, Done]) -> Callable[P, Done]:
    """Two windows, or two parents, at once are one after the other: what was asked already is seen."""

    @wraps(operation)
    def alone(*args: P.args, **said: P.kwargs) -> Done:
        found = said["found"]
        assert isinstance(found, Standing)
        with transaction.atomic():
            hold_case(found.case.number)
            return operation(*args, **said)

    return alone


def answer_day(day: date) -> date:
    """The day by which a person answers."""
    return nth_business_day(day, number_on("choice.parent_answer_days", day))


def pending(found: Standing, *kinds: ActKind) -> ParentAct | None:
    """What this parent asked already and nobody has heard or answered yet."""
    acts = ParentAct.objects.filter(case_no=found.case.number, party=found.party, kind__in=kinds).order_by("-pk")
    for one in acts[:20]:
        waits = one.events and Event.objects.filter(not_lived(found.lived), event_no__in=one.events).exists()
        if waits or (one.answer_by and one.answered_on is None):
            return one
    return None


def _once(found: Standing, kind: ActKind, key: UUID, who: Who, **said: object) -> Done | None:
    """The first receipt: of this form, or of the same thing asked already and still waiting.

    Raises NotPossible when what waits says something else: its receipt would pass for that of this one.
    """
    if known := known_act(key, who):
        return known, True
    first = pending(found, kind)
    if first and any(first.facts.get(name) != value for name, value in said.items()):
        raise NotPossible(WAITS)
    return (first, True) if first else None


def _keep(
    found: Standing, who: Who, key: UUID, kind: ActKind, said: Said, facts: Mapping[str, object] | None = None
) -> Done:
    case = found.case.number
    return act(key=key, who=who, kind=kind, said=said, case_no=case, party=found.party, facts=facts)


# ---- the end ------------------------------------------------------------------------------------------------------


def may_ask_end(found: Standing) -> bool:
    """C. civ. 373-2-2 III: a live case, no end known yet, nothing asked; never where the law protects a parent."""
    case = found.case
    return not found.protected and case.state in LIVING and case.end_date is None and case.consent is None


@in_turn
def ask_end(*, found: Standing, who: Who, key: UUID) -> Done:
    """Ask for the end: the other parent is asked. Raises NotPossible."""
    if first := _once(found, ActKind.END, key, who):
        return first
    if not may_ask_end(found):
        raise NotPossible(NO_END)
    events = [(found.case.number, EventKind.END_REQUEST, {"party": found.party})]
    return _keep(found, who, key, ActKind.END, Said(events))


def is_asked_to_end(found: Standing) -> bool:
    """Whether the other parent asked for the end, and this one has still to answer."""
    asked = found.case.consent
    return asked is not None and not asked.agreed and asked.party != found.party and not found.protected


@in_turn
def answer_end(*, found: Standing, who: Who, key: UUID, agreed: bool) -> Done:
    """Yes or no to the end that the other parent asked for. Raises NotPossible."""
    kind = ActKind.END_YES if agreed else ActKind.END_NO
    if first := known_act(key, who) or pending(found, ActKind.END_YES, ActKind.END_NO):
        return first, True
    if not is_asked_to_end(found):
        raise NotPossible(NOT_NOW)
    event = EventKind.END_CONSENT if agreed else EventKind.END_REFUSAL
    return _keep(found, who, key, kind, Said([(found.case.number, event, {"party": found.party})]))


# ---- the parent who pays ------------------------------------------------------------------------------------------


@in_turn
def say_paid(*, found: Standing, who: Who, key: UUID, month: date, cents: int, paid_on: date, directly: bool) -> Done:
    """« J’ai déjà payé » : a complaint, so that nothing of recovery goes on while a person looks. Raises NotPossible."""
    facts = {"month": month.isoformat(), "cents": cents, "paid_on": paid_on.isoformat(), "directly": directly}
    if first := _once(found, ActKind.ALREADY_PAID, key, who, **facts):
        return first
    lacking = {term.month: term.lacking for term in found.case.terms if term.lacking and not term.suspended}
    if found.party != DEBTOR or month not in lacking:
        raise NotPossible("Rien ne reste à payer pour ce mois.")
    case = found.case.number
    events: Events = [] if found.case.complaint or is_calm(found.life) else [(case, EventKind.COMPLAINT, {})]
    return _keep(found, who, key, ActKind.ALREADY_PAID, Said(events, answer_by=answer_day(who.day)), facts)


def owes_now(found: Standing) -> int:
    """What lacks of every term, arrears included. Cents."""
    return sum(term.lacking for term in found.case.terms if not term.suspended)


def smallest_plan(found: Standing) -> int:
    """The least a month of a plan for past months. Cents; 0 when there are none."""
    total = sum(term.lacking for term in found.owed_arrears())
    return min(total, smallest_instalment_cents(monthly_support(found.life), found.lived)) if total else 0


@in_turn
def offer_plan(*, found: Standing, who: Who, key: UUID, monthly_cents: int) -> Done:
    """A plan for the past months that a letter asked for (R. 582-8 II). Raises NotPossible."""
    if first := _once(found, ActKind.PLAN, key, who, monthly=monthly_cents):
        return first
    owed = found.owed_arrears()
    total = sum(term.lacking for term in owed)
    if found.party != DEBTOR or not owed or found.case.plan is not None:
        raise NotPossible(NOT_NOW)
    if not is_plan_admissible(
        total_cents=total, monthly_cents=monthly_cents, monthly_support_cents=monthly_support(found.life),
        unpaid_terms=len(owed), on=who.day,
    ):  # fmt: skip
        raise NotPossible("Ce plan est trop petit ou trop long. Proposez davantage chaque mois.")
    facts = {"monthly": monthly_cents, "total": total, "months": len(instalments_of(total, monthly_cents))}
    events = [(found.case.number, EventKind.PLAN_ACCEPTED, {"amount_cents": monthly_cents})]
    return _keep(found, who, key, ActKind.PLAN, Said(events), facts)


@in_turn
def say_hardship(*, found: Standing, who: Who, key: UUID, month: date, offer_cents: int, words: str) -> Done:
    """« Je ne peux pas payer ce mois-ci » : a person answers with a plan. Raises NotPossible."""
    facts = {"month": month.isoformat(), "offer": offer_cents, "words": words[:500]}
    if first := _once(found, ActKind.HARDSHIP, key, who, **facts):
        return first
    if found.party != DEBTOR or not found.is_live:
        raise NotPossible(NOT_NOW)
    return _keep(found, who, key, ActKind.HARDSHIP, Said(answer_by=answer_day(who.day)), facts)


def may_be_released(found: Standing) -> bool:
    return found.party == DEBTOR and found.case.state == State.FORCED


@in_turn
def ask_release(*, found: Standing, who: Who, key: UUID) -> Done:
    """After six terms paid under recovery (R. 582-8 I, 4°). Raises NotPossible."""
    if first := _once(found, ActKind.RELEASE, key, who):
        return first
    if not may_be_released(found):
        raise NotPossible(NOT_NOW)
    return _keep(found, who, key, ActKind.RELEASE, Said([(found.case.number, EventKind.RELEASE_REQUEST, {})]))


# ---- the parent who receives --------------------------------------------------------------------------------------


def asked_to_confirm(found: Standing) -> ParentAct | None:
    """The payment that the other parent says was made directly, while this one has not answered."""
    if found.party != CREDITOR:
        return None
    said = ParentAct.objects.filter(
        case_no=found.case.number, kind=ActKind.ALREADY_PAID, facts__directly=True, answered_on=None
    )
    one = said.order_by("-pk").first()
    kinds = (ActKind.CONFIRMED, ActKind.DENIED)
    if one and ParentAct.objects.filter(kind__in=kinds, facts__about=one.pk).exists():
        return None
    return one


@in_turn
def confirm_paid(*, found: Standing, who: Who, key: UUID, about: int, received: bool) -> Done:
    """In one tap: the money came directly, or it did not. Raises NotPossible.

    With a proof of the payment the month is settled at once. A person looks where there is none, and always where a
    parent is protected: a yes might be given out of fear.
    """
    if known := known_act(key, who):
        return known, True
    asked = asked_to_confirm(found)
    if asked is None or asked.pk != about or not _still_waits(asked):
        raise NotPossible(NOT_NOW)
    facts = {"about": asked.pk, "month": asked.facts["month"], "cents": asked.facts["cents"]}
    if not received:
        return _keep(found, who, key, ActKind.DENIED, Said(answer_by=asked.answer_by), facts)
    if found.protected or not has_proof(asked):
        return _keep(found, who, key, ActKind.CONFIRMED, Said(answer_by=asked.answer_by), facts)
    done = _keep(found, who, key, ActKind.CONFIRMED, Said(settled_by(asked)), facts | {"settled": True})
    settle(asked, who.day)
    return done


def _still_waits(asked: ParentAct) -> bool:
    """Whether no person answered meanwhile; the row is held, so that none does before this is kept."""
    held = ParentAct.objects.select_for_update(of=("self",)).filter(pk=asked.pk, answered_on=None)
    return held.first() is not None


def agreed_between(found: Standing) -> ParentAct | None:
    """The payment that both parents have just said was made directly, until a day lives it: nobody is to pay it again."""
    one = (
        ParentAct.objects.filter(case_no=found.case.number, kind=ActKind.CONFIRMED, facts__settled=True)
        .order_by("-pk")
        .first()
    )
    waits = one and Event.objects.filter(not_lived(found.lived), event_no__in=one.events).exists()
    return one if waits else None


def has_proof(asked: ParentAct) -> bool:
    """Whether a paper came with what the other parent says: with the confirmation, it settles the month (law 4.6)."""
    return Attachment.objects.filter(about=f"aripa.act:{asked.pk}").exists()


def settled_by(asked: ParentAct) -> Events:
    """The month paid between the parents; and the complaint that saying so had opened is over."""
    facts = asked.facts
    paid = {"month": date.fromisoformat(facts["month"]), "amount_cents": facts["cents"],
            "effective_on": date.fromisoformat(facts["paid_on"])}  # fmt: skip
    closed: Events = [(asked.case_no, EventKind.COMPLAINT_CLOSED, {})] if asked.events else []
    return [(asked.case_no, EventKind.PAID_BETWEEN_PARENTS, paid), *closed]


def settle(asked: ParentAct, on: date) -> None:
    """What the parent who pays said has its answer: the other parent's."""
    asked.answer, asked.answered_on = AnswerKind.CONFIRMED, on
    asked.save(update_fields=["answer", "answered_on"])


def may_claim_asf(found: Standing) -> bool:
    """A creditor with a title who has claimed nothing on support yet (CSS L. 523-1, cases C1 and D)."""
    claimed = any(one.code in ("C1", "D") for one in found.case.claims)
    return found.party == CREDITOR and found.is_live and not found.case.without_title and not claimed


@in_turn
def claim_asf(*, found: Standing, who: Who, key: UUID, alone: bool) -> Done:
    """The claim that lasts as long as support lacks or stays small. A person looks when a couple is known: alone again
    is proved, not only said (R. 523-5). Raises NotPossible."""
    if first := _once(found, ActKind.ASF, key, who):
        return first
    if not may_claim_asf(found):
        raise NotPossible(NOT_NOW)
    if not alone:
        raise NotPossible(
            "L’ASF est due à un parent qui vit sans conjoint (article L. 523-2). Vivre en couple y met fin."
        )
    if _is_known_couple(who.parent_no):
        return _keep(found, who, key, ActKind.ASF, Said(answer_by=answer_day(who.day)))
    return _keep(found, who, key, ActKind.ASF, Said([(found.case.number, EventKind.ASF_CLAIM, {"reason": "C1"})]))


def _is_known_couple(parent_no: str) -> bool:
    own = CaseRow.objects.filter(household_id=parent_no).values("case_no")
    last = (
        Event.objects.filter(kind=EventKind.LONE_PARENT, case_no__in=own).order_by("-effective_on", "-event_no").first()
    )
    return last is not None and last.reason == "COUPLE"


@in_turn
def agree_offset(*, found: Standing, who: Who, key: UUID) -> Done:
    """The written agreement that a sum paid in excess is kept from next payouts. Raises NotPossible."""
    if first := _once(found, ActKind.OFFSET, key, who):
        return first
    if found.party != CREDITOR or not found.case.overpaid or found.case.offsets:
        raise NotPossible(NOT_NOW)
    events: Events = [(found.case.number, EventKind.OFFSET_CONSENT, {})]
    return _keep(found, who, key, ActKind.OFFSET, Said(events), {"cents": found.case.overpaid})


@in_turn
def choose_repayment(*, found: Standing, who: Who, key: UUID) -> Done:
    """The sum is given back at once, by transfer: the bank tells us when it comes. Raises NotPossible."""
    if first := _once(found, ActKind.REPAY, key, who):
        return first
    if found.party != CREDITOR or not found.case.overpaid:
        raise NotPossible(NOT_NOW)
    return _keep(found, who, key, ActKind.REPAY, Said(), {"cents": found.case.overpaid})


def arrears_months(found: Standing, day: date) -> list[date]:
    """The past months that may still be asked for, the latest first: before the first term, within the window."""
    case = found.case
    if case.calls_from is None or case.discharge_date is None or found.party != CREDITOR:
        return []
    asked = {term.month for term in case.terms}
    window, since = number_on("arrears_lookback_months", day), month_of(found.life.title().starts_on)
    months = (month_shifted(day, -number) for number in range(1, window + 1))
    before = [one for one in months if since <= one < month_of(case.discharge_date) and one not in asked]
    return [one for one in before if is_within_lookback(one, day, window)]


@in_turn
def ask_arrears(*, found: Standing, who: Who, key: UUID, amounts: Mapping[tuple[date, str], int]) -> Done:
    """Past months that lack, child by child (R. 582-8 II). Raises NotPossible."""
    facts = {"cents": sum(amounts.values()), "months": len({month for month, _child in amounts})}
    if first := _once(found, ActKind.ARREARS, key, who, **facts):
        return first
    months, title = arrears_months(found, who.day), {line.child: line for line in found.life.title().lines}
    if not amounts:
        raise NotPossible("Écrivez au moins un montant, par exemple 250,00.")
    if any(month not in months or child not in title for month, child in amounts):
        raise NotPossible(NOT_NOW)
    if any(cents > title[child].cash for (_month, child), cents in amounts.items()):
        raise NotPossible("Un montant dépasse la pension du mois. Écrivez ce qui manque, pas davantage.")
    case, kind = found.case.number, EventKind.ARREARS_REQUEST
    events = [
        (case, kind, {"month": month, "child_id": child, "amount_cents": cents})
        for (month, child), cents in sorted(amounts.items())
    ]
    return _keep(found, who, key, ActKind.ARREARS, Said(events), facts)


# ---- opening ------------------------------------------------------------------------------------------------------


def is_awaited(found: Standing) -> bool:
    """Whether this parent's answer to the opening letter is still awaited."""
    answer = found.case.answers.get(found.party)
    return found.case.state in BEFORE_LIVE and answer is not None and answer.given != "FULL"


def missing(found: Standing, parent: Parent | None) -> list[str]:
    """What the opening letter asks for and is not here yet, as the names of the pages that take it."""
    has_account = parent is not None and parent.iban_key is not None and parent.iban_valid
    if found.party == CREDITOR:
        return [] if has_account else ["account"]
    means = parent.payment_means if parent else ""
    if means and means != PaymentMeans.DIRECT_DEBIT:
        return []
    has_mandate = has_account and parent is not None and parent.mandate_ref and parent.mandate_signed_on
    return ([] if means else ["means"]) + ([] if has_mandate else ["account"])


@in_turn
def answer_opening(*, found: Standing, who: Who, key: UUID) -> Done:
    """Everything that was asked is here: the answer is whole. Raises NotPossible."""
    if first := _once(found, ActKind.ANSWER, key, who):
        return first
    if not is_awaited(found):
        raise NotPossible(NOT_NOW)
    if missing(found, current_parent(who.parent_no, who.day)):
        raise NotPossible("Il manque encore des informations : la liste est sur cette page.")
    said = Said([(found.case.number, EventKind.INFORMATION, {"party": found.party, "reason": "FULL"})])
    return _keep(found, who, key, ActKind.ANSWER, said)
