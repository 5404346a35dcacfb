"""Whether two officers may exchange something at a minute: asked before sending, asked again on receiving."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

from fraud.directory.selectors import designation_of, exchange_code
from fraud.exchanges.words import NothingLeft
from fraud.models import AuthorisedOfficer, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.designation import SENTENCES
from fraud.rules.exchange_items import families_of, why_not_asked, why_not_told
from portal.accounts.models import User
from portal.audit.operations import journal

OUT_OF_SCOPE = "OUT_OF_SCOPE"


def why_not(form: str, code: str, *, sender: str, recipient: str, on: date) -> str:
    """Why an item may not be in such an exchange between officers of two categories; empty when it may."""
    if form == rules.REQUEST:
        return why_not_asked(code, asker=sender, holder=recipient, on=on)
    return why_not_told(code, teller=sender, receiver=recipient, on=on)


def refusal_between(
    *, sender: AuthorisedOfficer, recipient: AuthorisedOfficer, form: str, codes: Iterable[str], scope: str, departement: str,
    on: date,
) -> str:  # fmt: skip
    """Why nothing may pass between these two on that day: a code, or nothing."""
    codes = list(codes)
    asks = families_of(codes) if form == rules.REQUEST else ()
    refused = exchange_code(
        officer_pk=sender.pk, on=on, sender=sender.body_id, asks=asks, scope=scope, departement=departement
    ) or exchange_code(officer_pk=recipient.pk, on=on, sender=recipient.body_id, scope=scope, departement=departement)
    if refused:
        return refused
    pair = {"sender": sender.category, "recipient": recipient.category}
    return OUT_OF_SCOPE if any(why_not(form, code, on=on, **pair) for code in codes) else ""


def refusal_of(exchange: InfoExchange, on: date) -> str:
    """The same for an exchange that one of the bodies holds."""
    mine, theirs = exchange.officer, exchange.counterpart_officer
    sender, recipient = (mine, theirs) if exchange.direction == "OUT" else (theirs, mine)
    return refusal_between(
        sender=sender, recipient=recipient, form=exchange.kind, codes=exchange.items.values_list("code", flat=True),
        scope=exchange.scope, departement=exchange.departement, on=on,
    )  # fmt: skip


def sending_officer(
    *, user: User, body_code: str, on: date, at: datetime, scope: str = "", departement: str | None = None
) -> AuthorisedOfficer:
    """The designation by which somebody acts for a body today, one that covers the benefit and the département if they have
    it. Raises NothingLeft; the attempt is journaled."""
    found = designation_of(user_pk=user.pk, body_code=body_code, on=on, scope=scope, departement=departement)
    if found is None:
        refuse(code="NOT_DESIGNATED", actor=user.get_username(), subject=f"exchange:{body_code}", detail={}, at=at)
    return found


def refuse(
    *, code: str, actor: str, subject: str, detail: dict[str, object], at: datetime, sentence: str = ""
) -> NoReturn:
    """Journal that nothing left, and raise NothingLeft. Call it outside any transaction."""
    journal(actor=actor, action="control.exchange_refused", subject=subject, detail=detail | {"refusal": code}, at=at)
    raise NothingLeft(code, sentence or SENTENCES[code])
