"""What an exchange brings into a case is noted there, so that the person is told of it before any decision (CSS L. 114-21)."""

from datetime import date, datetime

from django.db import transaction

from fraud.access import cases_of
from fraud.cases.opening import note_obtained
from fraud.exchanges.attaching import tie_papers
from fraud.exchanges.keeping import said_of
from fraud.exchanges.moving import locked, subject_of
from fraud.exchanges.selectors import exchanges_of
from fraud.exchanges.sending import get_with_officers
from fraud.exchanges.words import NotNow
from fraud.guarding import refuse_linked
from fraud.models import InfoExchange, ObtainedVia
from fraud.rules import exchange as rules
from fraud.rules.exchange_items import ITEMS
from portal.accounts.models import User
from portal.audit.operations import journal


def note(exchange: InfoExchange, on: date) -> None:
    """Note what was given, for the case; nothing when nothing was, or when there is no case."""
    content = told_of(exchange)
    if exchange.case_id is None or not content:
        return
    note_obtained(
        case_pk=exchange.case_id, via=ObtainedVia.EXCHANGE, reference=exchange.number, origin=exchange.counterpart.name[:200],
        content=content, on=on,
    )  # fmt: skip


def told_of(exchange: InfoExchange) -> str:
    """What the other body told, item by item, in the words of the notice."""
    found = exchange.items.order_by("position")
    if exchange.kind == rules.REQUEST:
        found = found.filter(outcome=rules.GIVEN)
    period = f"du {exchange.period_start:%d/%m/%Y} au {_last(exchange.period_end):%d/%m/%Y}"
    told = []
    for item in found:
        said = said_of(exchange, item)
        words = "\n".join(text for text in (said.get("words", ""), said.get("data", "")) if text)
        papers = exchange.documents.filter(item=item).count()
        added = f" ({papers} document{'s' if papers > 1 else ''})" if papers else ""
        told.append(f"{ITEMS[item.code].label}, {period}{added} : {words or 'voir le document'}")
    if exchange.kind == rules.SPONTANEOUS:
        # A communication brings papers that belong to no item; of a request those are the ones that we sent.
        told += [f"Document joint : {one.name}" for one in exchange.documents.filter(item=None).order_by("pk")]
    return "\n".join(told)


def _last(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def link_to_case(*, exchange_pk: int, case_number: str, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """What was told without being asked enters a case: its papers and its words with it. A second call changes nothing.

    Raises NotNow, LinkedToThem.
    """
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    case = cases_of(user, on).filter(number=case_number, fund=exchange.holder_id).exclude(state="CLOSED").first()
    if case is None:
        raise NotNow("Ce dossier de contrôle n’est pas parmi les vôtres, ou il est clos.")
    if not exchanges_of(user, on).filter(pk=exchange_pk).exists():
        raise NotNow("Votre désignation ne couvre pas cet échange.")
    refuse_linked(
        user=user, day=on, action="control.exchange_linked", subject=case.subject,
        people=[exchange.person_key] if exchange.person_key else [],
    )  # fmt: skip
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.case_id == case.pk:
            return row
        if row.case_id is not None or (row.direction, row.kind) != ("IN", rules.SPONTANEOUS) or row.sealed is None:
            raise NotNow("Cet échange ne peut pas entrer dans ce dossier.")
        row.case = case
        row.save(update_fields=["case"])
        tie_papers(row, by=user.get_username(), at=at)
        note(row, on)
        detail = {"exchange": row.number, "case": case.number}
        journal(
            actor=user.get_username(), action="control.exchange_linked", subject=subject_of(row), detail=detail, at=at
        )
    return row
