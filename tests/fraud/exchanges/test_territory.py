"""A designation holds for benefits and départements: asked when it is written, sent, taken in, read, and by the database."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fraud.directory.selectors import designation_of, facts_of, may_exchange
from fraud.exchanges import drafting, selectors, sending
from fraud.exchanges.messages import exchange_message
from fraud.exchanges.opening import open_exchange
from fraud.exchanges.words import ExchangeRefused, NothingLeft, NotNow
from fraud.models import AuthorisedOfficer, ExchangeBody, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.designation import covers, exchange_refusal
from fraud.rules.figures import control_parameters
from tests.fraud.envelopes.scene import make_officer
from tests.fraud.exchanges.test_forged import posted
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    asked,
    by_hand,
    case_of,
    delivered,
    drafted,
    sent,
    written,
)

WORDS = "Le département de la personne n’est pas dans le territoire de cette désignation."


@pytest.mark.parametrize(
    ("case", "territory", "departement", "expected"),
    [
        ("its own département", ["63"], "63", True),
        ("one of several", ["03", "63"], "63", True),
        ("the next one", ["03", "43"], "63", False),
        ("without a list, the whole country", [], "2A", True),
        ("nowhere is not everywhere", [], "", False),
        ("6 is not 63", ["6"], "63", False),
    ],
)
def test_where_a_designation_holds(case, territory, departement, expected):
    assert covers(territory, departement) is expected, case


def narrowed(officer: AuthorisedOfficer, **changes: Any) -> AuthorisedOfficer:
    """As if its act had said so."""
    with by_hand():
        AuthorisedOfficer.objects.filter(pk=officer.pk).update(**changes)
    officer.refresh_from_db()
    return officer


def test_the_refusal_is_told_in_words(pair):
    mine = narrowed(pair[0], territory=["43"])
    assert exchange_refusal(facts_of(mine), DAY, scope="CHILDCARE", departement="63") == "OUT_OF_TERRITORY"
    assert exchange_refusal(facts_of(mine), DAY, scope="HOUSING", departement="63") == "OUT_OF_SCOPE"
    assert may_exchange(officer_pk=mine.pk, on=DAY, departement="63") == WORDS
    assert may_exchange(officer_pk=mine.pk, on=DAY, departement="43") == may_exchange(officer_pk=mine.pk, on=DAY) == ""


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"territory": ["43"]}, "OUT_OF_TERRITORY"),
        ({"scopes": ["HEALTH"]}, "OUT_OF_SCOPE"),
        ({"territory": ["63"]}, ""),
    ],
)
def test_either_designation_that_does_not_cover_it_stops_it_where_it_leaves_and_where_it_arrives(
    pair, side, changes, code
):
    made = drafted(pair)
    message = exchange_message(made, rules.due_on(control_parameters(), DAY))
    narrowed(pair[side], **changes)

    assert posted(pair[0], AGENCY, message).refusal == code
    if not code:
        assert sending.send(exchange_pk=made.pk, by_pk=pair[0].user_id, on=DAY, at=NOON).state == rules.SENT
        return
    with pytest.raises(NothingLeft) as refusal:
        sending.send(exchange_pk=made.pk, by_pk=pair[0].user_id, on=DAY, at=NOON)
    assert refusal.value.code == code
    leaves = {"state": rules.SENT, "sent_at": NOON, "dated": DAY, "due_on": date(2026, 11, 25)}
    with pytest.raises(IntegrityError, match="n'est pas désignée ce jour pour cela"), transaction.atomic():
        InfoExchange.objects.filter(pk=made.pk).update(**leaves)


def test_refused_there_it_is_told_and_counted_as_outside_the_designation(pair):
    out = sent(pair)
    narrowed(pair[1], territory=["43"])
    delivered()

    out.refresh_from_db()
    assert (out.state, set(out.items.values_list("refusal", flat=True))) == (rules.REFUSED, {rules.OUT_OF_SCOPE})


def test_a_place_that_is_none_is_no_message_of_ours(pair):
    made = drafted(pair)
    message = exchange_message(made, rules.due_on(control_parameters(), DAY))
    for place in ("", "99", "6"):
        assert posted(pair[0], AGENCY, message | {"departement": place}).refusal == "MALFORMED"


@pytest.mark.parametrize("changes", [{"territory": ["43"]}, {"scopes": ["HEALTH"]}])
def test_nobody_opens_what_their_designation_does_not_cover(pair, changes):
    _out, side = asked(pair)
    open_exchange(exchange=side, user=pair[1].user, on=DAY, at=NOON)
    narrowed(pair[1], **changes)

    assert not selectors.exchanges_of(pair[1].user, DAY).exists()
    with pytest.raises(NotNow):
        open_exchange(exchange=side, user=pair[1].user, on=DAY, at=NOON)


@pytest.mark.parametrize(
    ("case", "departement", "with_case", "is_written"),
    [
        ("the fund's own", "63", True, True),
        ("the agency's, though the case is the fund's", "69", True, False),
        ("the agency's, without a case", "69", False, True),
        ("of neither", "75", False, False),
        ("of no list", "99", False, False),
        ("none", "", False, False),
    ],
)
def test_the_departement_is_that_of_the_persons_fund_or_of_the_case(pair, case, departement, with_case, is_written):
    ExchangeBody.objects.filter(code=CAF).update(departements=["63"])
    ExchangeBody.objects.filter(code=AGENCY).update(departements=["63", "69"])
    changes = {"departement": departement, "case_pk": case_of(pair[0]).pk if with_case else None}
    if is_written:
        assert drafted(pair, **changes).departement == departement, case
        return
    with pytest.raises(ExchangeRefused) as refusal:
        drafted(pair, **changes)
    assert list(refusal.value.errors) == ["departement"], case


def test_of_two_designations_the_one_that_covers_it_is_used(pair):
    """The longest is for health; the one for childcare serves, though it ends first."""
    mine, theirs = pair
    longest = make_officer(
        CAF, "SCHEME_CONTROL", "", user=mine.user, act_no="2026-40", scopes=["HEALTH"], valid_to=date(2027, 11, 1), last_name="Sender"
    )  # fmt: skip
    found = {"user_pk": mine.user_id, "body_code": CAF, "on": DAY}
    assert designation_of(**found) == designation_of(**found, scope="HOUSING") == longest
    assert designation_of(**found, scope="CHILDCARE", departement="63") == mine
    made = drafting.draft(written=written(theirs), by_pk=mine.user_id, body_code=CAF, on=DAY, at=NOON)
    assert made.officer == mine
