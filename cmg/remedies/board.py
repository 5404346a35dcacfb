"""The social emergency board (commission d'urgence sociale): referred, complete, scheduled, decided by two, paid.

Its aid is not part of the CMG and is never deducted from it.
"""

from collections import Counter
from datetime import date

from django.db import IntegrityError, transaction

from cmg.models.remedies import BoardCase, BoardSession, BoardState, BoardVote
from cmg.remedies import payments, telling
from cmg.remedies.limits import RemedyRefused, check_within_a_year, count_on
from cmg.rules.priority import Hardship
from portal.audit.operations import journal
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger


def refer_family(
    *, employer_no: str, fund: str, words: str, hardship: Hardship, by: str, on: date
) -> BoardCase:  # fmt: skip
    """A family's request, on its own or by a caseworker. One open at a time. Raises RemedyRefused."""
    if not words.strip():
        raise RemedyRefused("Dites en une phrase ce qui ne peut pas attendre.")
    try:
        with transaction.atomic():
            case = BoardCase.objects.create(
                employer_no=employer_no, fund=fund, hardship=words[:1000], months_unpaid=hardship.months_unpaid,
                missing_cents=hardship.missing_cents, net_pay_cents=hardship.net_pay_cents,
                has_banking_incident=hardship.has_banking_incident, is_pay_threatened=hardship.is_pay_threatened,
                referred_by=by, referred_on=on,
            )  # fmt: skip
            journal(actor=by, action="cmg.board.referred", subject=f"cmg.board:{case.pk}", detail={})
    except IntegrityError as refused:
        raise RemedyRefused("Une demande est déjà en cours pour cette famille.") from refused
    return case


def hardship_of(case: BoardCase) -> Hardship:
    """What the case says, as the score reads it."""
    return Hardship(
        case.months_unpaid, case.missing_cents, case.net_pay_cents, case.has_banking_incident, case.is_pay_threatened
    )


def complete_case(*, case_pk: int, by: str) -> BoardCase:
    """Everything asked for is there."""
    with transaction.atomic():
        case = _locked(case_pk)
        move(case, BoardState.COMPLETE, by=by, reason="dossier complet")
    return case


def schedule_case(*, case_pk: int, held_on: date, by: str, on: date) -> BoardCase:
    """Put a complete case on the list of a session to come. Raises RemedyRefused for a past or closed one."""
    if held_on < on:
        raise RemedyRefused("Cette séance est passée.")
    check_within_a_year(held_on, on)
    with transaction.atomic():
        case = _locked(case_pk)
        session, _created = BoardSession.objects.get_or_create(held_on=held_on)
        if session.closed_on is not None:
            raise RemedyRefused("Cette séance est close.")
        move(case, BoardState.SCHEDULED, by=by, reason=f"séance du {held_on:%d/%m/%Y}", session=session)
    return case


def postpone_case(*, case_pk: int, held_on: date, by: str, on: date) -> BoardCase:
    """The members did not agree, or were too few: the case goes on the list of a later session, where all vote anew.

    A second call for the same session changes nothing. Raises RemedyRefused before the day of its session, or for a
    session that is not later; nothing changes then.
    """
    with transaction.atomic():
        case = _locked(case_pk)
        if case.state == BoardState.SCHEDULED and case.session and case.session.held_on == held_on > on:
            return case
        if case.state != BoardState.SCHEDULED or case.session is None or case.session.held_on > on:
            raise RemedyRefused("Sa séance n’a pas encore eu lieu : c’est elle qui décide d’abord.")
        if held_on <= case.session.held_on:
            raise RemedyRefused("Choisissez une séance après celle qui n’a pas décidé.")
        put_back(case, by=by)
        return schedule_case(case_pk=case_pk, held_on=held_on, by=by, on=on)


def put_back(case: BoardCase, *, by: str) -> None:
    """Its session did not decide: the case waits for another one. The row is locked by the caller."""
    move(case, BoardState.COMPLETE, by=by, reason="la séance n’a pas décidé", session=None)


def vote(*, case_pk: int, amount_cents: int, words: str, by: str, on: date) -> BoardCase:
    """One member's decision, zero to refuse; two members who agree decide, and the aid is ordered at once.

    Raises RemedyRefused: not on a session of the day or before, a second vote of the same member, a refusal without
    reason; MoveNotAllowed once decided.
    """
    if amount_cents < 0 or (amount_cents == 0 and not words.strip()):
        raise RemedyRefused("Un refus se motive ; une aide est un montant positif.")
    try:
        with transaction.atomic():
            case = _locked(case_pk)
            if case.state != BoardState.SCHEDULED or case.session is None or case.session.held_on > on:
                raise RemedyRefused("Cette demande n’est pas à décider aujourd’hui.")
            BoardVote.objects.create(
                case=case, session=case.session, member=by, amount_cents=amount_cents, words=words[:500], voted_on=on
            )
            _decide(case, by, on)
    except IntegrityError as refused:
        raise RemedyRefused("Vous avez déjà voté : un autre membre décide avec vous.") from refused
    return case


def _decide(case: BoardCase, by: str, on: date) -> None:
    votes = list(case.votes.filter(session=case.session).order_by("pk"))
    amount, agreeing = Counter(one.amount_cents for one in votes).most_common(1)[0]
    if agreeing < count_on("policy.board_majority", on):
        return
    words = next(one.words for one in reversed(votes) if one.amount_cents == amount)
    to = BoardState.GRANTED if amount else BoardState.REFUSED
    move(case, to, by=by, reason=f"{agreeing} membres d’accord", amount_cents=amount, decision_words=words)
    if amount:
        _order(case, on)
    telling.tell_board(case, by=by, on=on)


def _order(case: BoardCase, on: date) -> bool:
    """Order the aid granted. A family without an account (a bank may have closed it) keeps its decision: the aid waits."""
    try:
        payments.family_account(case.employer_no)
    except RemedyRefused:
        return False
    case.end_to_end_id = payments.pay(
        employer_no=case.employer_no, cents=case.amount_cents, purpose="CMG_AID", reference=f"AID-{case.pk}",
        against=Ledger.EMERGENCY_AID, on=on,
    )  # fmt: skip
    case.save(update_fields=["end_to_end_id"])
    return True


def order_waiting_aids(*, on: date) -> int:
    """Order the aids granted to families whose account came since; returns how many. Repeatable."""
    waiting = BoardCase.objects.filter(state=BoardState.GRANTED, end_to_end_id="").order_by("pk")
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            case = _locked(pk)
            done += not case.end_to_end_id and _order(case, on)
    return done


def withdraw_case(*, case_pk: int, reason: str, by: str) -> BoardCase:
    """The family asks no more, or another remedy came first: closed before any decision. Raises RemedyRefused."""
    if not reason.strip():
        raise RemedyRefused("Dites pourquoi cette demande s’arrête.")
    with transaction.atomic():
        case = _locked(case_pk)
        if case.state not in (BoardState.REFERRED, BoardState.COMPLETE):
            raise RemedyRefused("Cette demande est déjà inscrite ou décidée.")
        move(case, BoardState.CLOSED, by=by, reason=reason, decision_words=reason[:500])
    return case


def _locked(case_pk: int) -> BoardCase:
    return BoardCase.objects.select_for_update(of=("self",)).get(pk=case_pk)
