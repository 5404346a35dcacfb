"""A fund and a health agency that exchange: their officers, a case, a request in any state, as short as a test reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import connection

from fraud.cases.opening import open_case
from fraud.envelopes.sending import deliver
from fraud.exchanges import answering, drafting, sending
from fraud.exchanges.answering import Decision
from fraud.exchanges.drafting import Person, Written
from fraud.models import AuthorisedOfficer, ControlCase, InfoExchange, OutgoingEnvelope, OutgoingState
from fraud.rules import exchange as rules
from tests.fraud.envelopes.scene import AGENCY, CAF, DAY, NOON

__all__ = ["AGENCY", "CAF", "DAY", "NOON"]
STAY, PERIODS = "ESTABLISHMENT_STAY", "CARER_ACTIVITY"
NIR = "291056311812305"


def case_of(officer: AuthorisedOfficer, **changes: Any) -> ControlCase:
    said: dict[str, Any] = {
        "fund": officer.body_id, "subject": "cmg:employer:0001", "title": "Garde déclarée deux fois", "source": "DATA_MATCH",
        "legal_basis": "CSS L. 114-9", "purpose": "vérifier des heures de garde", "benefit": "CMG",
        "officer_pk": officer.user_id, "on": DAY, "at": NOON, "by": officer.user.username,
    }  # fmt: skip
    return open_case(**said | changes)


def written(recipient: AuthorisedOfficer, **changes: Any) -> Written:
    said: dict[str, Any] = {
        "form_key": uuid4(), "recipient_pk": recipient.pk, "form": rules.REQUEST, "legal_basis": rules.L114_16_1,
        "purpose": rules.FINDING, "scope": "CHILDCARE", "departement": "63",
        "person": Person(last_name="Fournier", first_name="Claire", born_on="1990-05-12"), "items": [STAY, PERIODS],
        "period_start": date(2026, 6, 1), "period_end": date(2026, 10, 1), "reason": "heures de garde déclarées deux fois",
    }  # fmt: skip
    return Written(**said | changes)


def drafted(
    pair: tuple[AuthorisedOfficer, AuthorisedOfficer], on: date = DAY, at: datetime = NOON, **changes: Any
) -> InfoExchange:
    mine, theirs = pair
    return drafting.draft(
        written=written(theirs, **changes), by_pk=mine.user_id, body_code=mine.body_id, on=on, at=at
    )  # fmt: skip


def sent(pair: tuple[AuthorisedOfficer, AuthorisedOfficer], **changes: Any) -> InfoExchange:
    made = drafted(pair, **changes)
    return sending.send(exchange_pk=made.pk, by_pk=pair[0].user_id, on=DAY, at=NOON)


def delivered() -> list[OutgoingEnvelope]:
    """Every envelope that waits, handed over."""
    waiting = OutgoingEnvelope.objects.filter(state=OutgoingState.WAITING).order_by("pk")
    return [one for one in (deliver(envelope_pk=pk) for pk in waiting.values_list("pk", flat=True)) if one]


def asked(pair: tuple[AuthorisedOfficer, AuthorisedOfficer], **changes: Any) -> tuple[InfoExchange, InfoExchange]:
    """A request that arrived: the side of who asks, and of who is asked."""
    out = sent(pair, **changes)
    delivered()
    return sides(out)


def sides(out: InfoExchange) -> tuple[InfoExchange, InfoExchange]:
    found = InfoExchange.objects.filter(reference=out.reference)
    return found.get(direction="OUT"), found.get(direction="IN")


def given(words: str = "du 1er au 28 septembre 2026", **changes: Any) -> Decision:
    return Decision(**{"outcome": rules.GIVEN, "words": words, "system": "FINESS", "extraction_at": NOON} | changes)


def refused(reason: str = rules.NOT_NECESSARY) -> Decision:
    return Decision(rules.REFUSED, refusal=reason, words="deux mois suffisent")


def decide(side: InfoExchange, officer: AuthorisedOfficer, **decisions: Decision) -> None:
    for code, decision in decisions.items():
        answering.decide_item(
            exchange_pk=side.pk, code=code, decision=decision, by_pk=officer.user_id, on=DAY, at=NOON
        )  # fmt: skip


def answered(side: InfoExchange, officer: AuthorisedOfficer, **decisions: Decision) -> InfoExchange:
    decide(side, officer, **decisions)
    done = answering.send_answer(exchange_pk=side.pk, by_pk=officer.user_id, on=DAY, at=NOON)
    delivered()
    return done


@contextmanager
def by_hand() -> Iterator[None]:
    """Rows that no operation of this part makes: a case without its whole life, an envelope after its tenth try."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
