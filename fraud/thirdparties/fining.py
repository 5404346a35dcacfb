"""The fine for silence or refusal: one person proposes, the third party is told and may answer, another person decides."""

from datetime import date, datetime

from django.db import transaction

from fraud.guarding import refuse_linked
from fraud.models import FineState, ThirdPartyFine, ThirdPartyRequest, ThirdPartyState
from fraud.rules import third_party as rules
from fraud.thirdparties.letters import ask_fine_letter
from fraud.thirdparties.moving import RequestRefused, bring, locked
from portal.accounts.models import User
from portal.frame.templatetags.portal import long_day

REASON_LEAST, REASON_MOST = 10, 500
T = ThirdPartyState


def propose_fine(*, request_pk: int, reason: str, by_pk: int, on: date, at: datetime) -> ThirdPartyFine:
    """Propose the fine of a request whose delay has run out; a second call gives the first one.

    Raises RequestRefused, MoveNotAllowed, LinkedToThem.
    """
    user = User.objects.get(pk=by_pk)
    _check_link(user, request_pk, on, "control.third_party.fine_proposed")
    with transaction.atomic():
        found = locked(request_pk)
        earlier = ThirdPartyFine.objects.filter(request=found).first()
        if earlier is not None:
            return earlier
        _check_proposal(found, reason, on)
        amount = rules.fine_on(found.persons, on)
        fine = ThirdPartyFine.objects.create(
            request=found, persons=amount.persons, per_person_cents=amount.per_person_cents, cap_cents=amount.cap_cents,
            amount_cents=amount.amount_cents, proposed_by=user, proposed_on=on, reason=reason.strip(),
            reply_until=rules.fine_reply_until(on),
        )  # fmt: skip
        bring(found, T.FINE_PROPOSED, by=user.get_username(), on=on, at=at, reason=reason.strip())
        ask_fine_letter(fine, on=on, by=user.get_username())
    return fine


def _check_proposal(request: ThirdPartyRequest, reason: str, on: date) -> None:
    if not REASON_LEAST <= len(reason.strip()) <= REASON_MOST:
        raise RequestRefused({"reason": f"Dites pourquoi, en {REASON_LEAST} à {REASON_MOST} signes."})
    if request.state in (T.SILENT, T.REFUSED) and not rules.may_fine(request.due_on, on):
        until = (
            f" : pas avant le lendemain du {long_day(request.due_on)}"
            if request.due_on
            else ", faute de réception prouvée"
        )
        raise RequestRefused({"reason": f"Le délai de réponse n’est pas écoulé{until}."})


def decide_fine(*, fine_pk: int, accepted: bool, decision: str, by_pk: int, on: date, at: datetime) -> ThirdPartyFine:
    """Decide a fine, or drop it, once the third party had its time to answer. The same decision again changes nothing.

    Raises RequestRefused, MoveNotAllowed when it was decided otherwise, LinkedToThem.
    """
    user, to = User.objects.get(pk=by_pk), FineState.DECIDED if accepted else FineState.DROPPED
    request_pk = ThirdPartyFine.objects.values_list("request", flat=True).get(pk=fine_pk)
    _check_link(user, request_pk, on, "control.third_party.fine_decided")
    with transaction.atomic():
        found = locked(request_pk)
        fine = ThirdPartyFine.objects.select_for_update(of=("self",)).get(pk=fine_pk)
        if fine.state == to and fine.decided_by_id == by_pk:
            return fine
        if fine.state == FineState.PROPOSED:
            _check_decision(fine, decision, by_pk, on, accepted=accepted)
            fine.state, fine.decided_by, fine.decided_on, fine.decision = to, user, on, decision.strip()
            fine.save(update_fields=["state", "decided_by", "decided_on", "decision"])
        bring(
            found, T.FINED if accepted else T.FINE_DROPPED, by=user.get_username(), on=on, at=at, reason=decision.strip(), over_on=on
        )  # fmt: skip
        fine.request = found
        ask_fine_letter(fine, on=on, by=user.get_username())
    return fine


def _check_decision(fine: ThirdPartyFine, decision: str, by_pk: int, on: date, *, accepted: bool) -> None:
    if fine.proposed_by_id == by_pk:
        raise RequestRefused({"decision": "Vous avez proposé cette amende : une autre personne décide."})
    if not REASON_LEAST <= len(decision.strip()) <= REASON_MOST:
        raise RequestRefused({"decision": f"Motivez la décision, en {REASON_LEAST} à {REASON_MOST} signes."})
    if accepted and on <= fine.reply_until:
        raise RequestRefused(
            {"decision": f"Le tiers peut répondre jusqu’au {long_day(fine.reply_until)} : rien ne se décide avant."}
        )


def _check_link(user: User, request_pk: int, on: date, action: str) -> None:
    subject = ThirdPartyRequest.objects.values_list("case__subject", flat=True).get(pk=request_pk)
    refuse_linked(user=user, day=on, action=action, subject=subject)
