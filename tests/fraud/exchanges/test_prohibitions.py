"""What the database refuses of an exchange, whoever writes: SQL by hand, an administrator, a program with a mistake."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fraud.models import AuthorisedOfficer, ExchangeItem, ExchangeMove, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from tests.fraud.envelopes.scene import make_officer
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    answered,
    asked,
    drafted,
    given,
    refused,
    sent,
)

MIGRATION = Path(__file__).parents[3] / "fraud/migrations/0011_exchanges_mended_and_taken_over.py"


def refused_to(said: str, exchange: InfoExchange, **changes) -> None:
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        InfoExchange.objects.filter(pk=exchange.pk).update(**changes)


def test_the_moves_are_those_of_the_table():
    pairs = set(re.findall(r"\('([A-Z]+)', '([A-Z]+)'\)", MIGRATION.read_text().split("ne mène pas à")[0]))
    pairs -= {("OUT", "DRAFT"), ("IN", "ACKNOWLEDGED")}
    assert pairs == {(before, after) for before, afters in rules.ALLOWED_MOVES.items() for after in afters}


def test_the_day_of_documents_is_that_of_the_figures():
    since = control_parameters().figures["exchange.payload_kinds"].values[1].since
    assert f"DATE '{since}'" in MIGRATION.read_text()


def test_nothing_is_sent_by_somebody_not_designated_that_day(pair):
    made = drafted(pair)
    leaves = {"state": rules.SENT, "sent_at": NOON, "dated": DAY, "due_on": date(2026, 11, 25)}
    refused_to("son jour n'est pas celui", made, **leaves | {"dated": date(2026, 10, 20)})
    AuthorisedOfficer.objects.filter(pk=pair[1].pk).update(revoked_on=DAY)
    refused_to("n'est pas désignée ce jour", made, **leaves)


def test_the_same_row_leaves_while_both_are_designated(pair):
    made = drafted(pair)
    InfoExchange.objects.filter(pk=made.pk).update(state=rules.SENT, sent_at=NOON, dated=DAY, due_on=date(2026, 11, 25))


def test_no_state_is_jumped_over(pair):
    out, side = asked(pair)
    refused_to("ne mène pas à", out, state=rules.PURGED)
    refused_to("ne mène pas à", side, state=rules.DRAFT)


def test_no_answer_while_an_item_is_undecided(pair):
    _out, side = asked(pair)
    for state in rules.DECIDED:
        refused_to("chaque élément doit être décidé", side, state=state, answered_at=NOON)
    ExchangeItem.objects.filter(exchange=side).update(outcome="GIVEN", decided_by="x", decided_at=NOON)
    refused_to("et l'état le dire", side, state=rules.PARTIAL, answered_at=NOON)
    AuthorisedOfficer.objects.filter(pk=pair[1].pk).update(revoked_on=DAY)
    refused_to("qui répond n'est pas désigné", side, state=rules.ANSWERED, answered_at=NOON)


@pytest.mark.parametrize(
    ("outcome", "refusal"),
    [("REFUSED", ""), ("REFUSED", "NOT_HELD"), ("REFUSED", "SECRET"), ("GIVEN", "TOO_OLD"), ("NOT_HELD", "")],
)
def test_a_refusal_has_a_reason_of_the_list(pair, outcome, refusal):
    _out, side = asked(pair)
    with pytest.raises(IntegrityError, match="exchange_refusal_from_the_list"), transaction.atomic():
        side.items.update(outcome=outcome, refusal=refusal, decided_by="x", decided_at=NOON)


def test_what_was_asked_does_not_change(pair):
    out, side = asked(pair)
    for changes in ({"purpose": rules.RECOVERY}, {"scope": "HEALTH"}, {"period_start": date(2020, 1, 1)}):
        refused_to("ne change plus", out, **changes)
    with pytest.raises(IntegrityError, match="cet élément ne change plus"), transaction.atomic():
        ExchangeItem.objects.create(exchange=out, position=9, code="CARER_REGISTRATION")
    for changes in ({"officer": pair[1]}, {"counterpart_officer": pair[0]}):
        refused_to("n'est pas de cet organisme", out, **changes)
    InfoExchange.objects.filter(pk=side.pk).update(read_at=NOON)


def test_what_was_answered_does_not_change(pair):
    _out, side = asked(pair)
    answered(side, pair[1], **{STAY: given(), PERIODS: refused()})
    with pytest.raises(IntegrityError, match="cet élément ne change plus"), transaction.atomic():
        side.items.filter(code=PERIODS).update(outcome="GIVEN", refusal="")


def test_a_draft_is_written_otherwise_and_nothing_else_is(pair):
    made = drafted(pair)
    InfoExchange.objects.filter(pk=made.pk).update(scope="HEALTH", period_start=date(2026, 7, 1))
    refused_to("ne change plus", made, number="CAF63-2026-99")
    made.items.filter(code=STAY).delete()
    refused_to("exchange_has_a_place", made, departement="")
    out, _side = asked(pair)
    with pytest.raises(IntegrityError, match="seul un brouillon se récrit"), transaction.atomic():
        out.items.filter(code=STAY).delete()


def test_what_is_closed_is_followed_by_nobody_else(pair):
    made = drafted(pair)
    other = make_officer(CAF, "SCHEME_CONTROL", "other", act_no="2025-50")
    InfoExchange.objects.filter(pk=made.pk).update(officer=other)
    InfoExchange.objects.filter(pk=made.pk).update(state=rules.CLOSED)
    refused_to("qui le suit ne change plus", made, officer=pair[0])


def test_a_purged_exchange_is_a_shell(pair):
    made = drafted(pair)
    InfoExchange.objects.filter(pk=made.pk).update(state=rules.CLOSED)
    refused_to("exchange_purged_is_a_shell", made, state=rules.PURGED)
    empty = {"sealed": None, "sealed_key": None, "person_key": None, "motive": ""}
    InfoExchange.objects.filter(pk=made.pk).update(state=rules.PURGED, **empty)
    refused_to("ne change plus", made, motive="x")


def test_its_content_must_be_gone(pair):
    _out, side = asked(pair)
    answered(side, pair[1], **{STAY: given(), PERIODS: refused()})
    InfoExchange.objects.filter(pk=side.pk).update(state=rules.CLOSED)
    empty = {"sealed": None, "sealed_key": None, "person_key": None, "motive": ""}
    refused_to("n'est pas tout effacé", side, state=rules.PURGED, **empty)


def test_nobody_and_no_reason_are_refused(pair):
    made = drafted(pair)
    refused_to("exchange_has_a_motive", made, motive="")
    refused_to("exchange_names_somebody", made, person_key=None)
    refused_to("exchange_ends_some_day", made, retained_until=None)
    refused_to("exchange_known_grounds|ne change plus", made, legal_basis="RUMOUR")


def test_moves_and_rows_stay(pair):
    out = sent(pair)
    for statement in (
        "DELETE FROM fraud_exchangemove", "UPDATE fraud_exchangemove SET reason = 'x'", "DELETE FROM fraud_exchangeitem",
        "DELETE FROM fraud_infoexchange", "TRUNCATE fraud_exchangemove", "TRUNCATE fraud_infoexchange CASCADE",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert ExchangeMove.objects.filter(exchange=out).count() == 2


def test_documents_under_l114_12_before_28_december_2019(pair):
    """Written by hand with a designation of that time: the kinds are refused, information alone is not."""
    old = date(2019, 12, 27)
    then = {
        "act_no": "2019-1",
        "act_dated": date(2019, 1, 1),
        "valid_from": date(2019, 1, 1),
        "valid_to": date(2021, 1, 1),
    }
    mine, theirs = (make_officer(code, "SCHEME_CONTROL", **then) for code in (CAF, AGENCY))
    at = NOON.replace(year=2019, month=12, day=27)
    row = {
        "holder_id": "ARS84", "direction": "IN", "kind": "REQUEST", "number": "CAF63-2019-1", "counterpart_id": "CAF63",
        "officer": theirs, "counterpart_officer": mine, "legal_basis": "L114-12", "purpose": "RIGHTS", "scope": "CHILDCARE",
        "departement": "63", "period_start": date(2019, 1, 1), "period_end": old, "motive": "x", "person_key": "0" * 32,
        "sealed_key": b"x", "sealed": b"x", "state": "ACKNOWLEDGED", "drafted_on": old, "dated": old, "sent_at": at,
        "acknowledged_at": at, "due_on": date(2020, 1, 26), "retained_until": date(2020, 4, 26), "reference": "1" * 32,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="que des renseignements"), transaction.atomic():
        InfoExchange.objects.create(**row, payload_kinds=["DOCUMENT", "INFORMATION"])
    InfoExchange.objects.create(**row, payload_kinds=["INFORMATION"])
