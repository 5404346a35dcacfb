"""What came while a request was at the fund: another title, a danger, a birthday, a second request, two clicks at once."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from aripa.agreements import deciding, writing
from aripa.models import Agreement, AgreementAsk, Parent, Title
from aripa.operations import run_days
from aripa.own.entering import NotPossible, Who
from portal.accounts.models import User
from portal.people.identity import name_key
from tests.aripa.agreements.pairs import CONDITIONS, DAY, filed, page_of, the_one
from tests.aripa.agreements.test_deciding import AT, SIGNED, verified
from tests.aripa.rows import parent_row, title_row

pytestmark = pytest.mark.django_db


def known_to_courts(number: str, name: str, first: str, born: date) -> None:
    """A parent as a court's file tells them: no account was ever linked to this number."""
    parent_row(number, birth_name=name, first_names=first, birth_date=born, name_key=name_key(f"{name} {first}"))


@pytest.fixture
def unlinked(request_at_fund: Agreement) -> Agreement:
    """Both are known under numbers that they never linked."""
    known_to_courts("P-9", "Chevalier", "Amélie", date(1992, 2, 11))
    known_to_courts("D-9", "Gaillard", "Romain", date(1990, 7, 3))
    return request_at_fund


@pytest.mark.parametrize(("case", "receives", "pays", "state"), [
    ("the same parents", "P-9", "D-9", "REFUSED"),
    ("the same, the other one paying", "D-9", "P-9", "REFUSED"),
    ("somebody else's", "P-9", "D-8", "ACCEPTED"),
])  # fmt: skip
def test_silence_makes_no_title_beside_one_that_came_meanwhile(
    unlinked: Agreement, case: str, receives: str, pays: str, state: str
) -> None:
    title_row("OLD", creditor_no=receives, debtor_no=pays)

    deciding.end_delays(on=date(2027, 2, 27), at=AT)

    assert the_one().state == state, case
    assert Title.objects.filter(kind="CAF_ENFORCEABLE_AGREEMENT").count() == (2 if state == "ACCEPTED" else 0)


def test_a_danger_known_under_a_number_never_linked_makes_no_title_and_is_told_to_nobody(
    unlinked: Agreement, romain: Client
) -> None:
    """Another man's violence, another case: she is the protected parent of it, whatever account she signs in with."""
    parent_row("D-8")
    title_row("FEAR", creditor_no="P-9", debtor_no="D-8", violence=True)
    run_days(until=DAY)

    deciding.end_delays(on=date(2027, 2, 27), at=AT)

    assert (the_one().state, the_one().reason) == ("REFUSED", deciding.NEUTRAL)
    assert deciding.NEUTRAL in page_of(romain)


@pytest.mark.parametrize(("born", "on", "state"), [
    ("2009-02-28", date(2027, 2, 27), "ACCEPTED"), ("2009-02-27", date(2027, 2, 27), "REFUSED"),
    ("2008-02-29", date(2026, 2, 27), "ACCEPTED"), ("2008-02-29", date(2026, 2, 28), "REFUSED"),
])  # fmt: skip
def test_a_child_who_came_of_age_since_has_no_title(
    request_at_fund: Agreement, awa: User, born: str, on: date, state: str
) -> None:
    """The day before eighteen, and the day itself; one of 29 February is of age on the 28th of other years."""
    verified(awa)
    Agreement.objects.update(shared=the_one().shared | {"born_1": born}, answer_by=on - timedelta(days=1))
    of_age = "Jade Gaillard est majeur, et le texte signé ne dit pas de situation qui compte encore (CSS D. 582-1)."

    assert (of_age in deciding.hindrances(the_one(), on)) == (state == "REFUSED")
    deciding.end_delays(on=on, at=AT)
    assert (the_one().state, the_one().reason) == (state, deciding.GROWN if state == "REFUSED" else "")


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_the_same_people_make_one_title(
    amelie: Client, romain: Client, awa: User, helene: User, monkeypatch: Any
) -> None:
    """Signed by two directors at once: both have looked, and found no title; and nobody gets two numbers."""
    one = filed(amelie, romain)
    verified(awa)
    two = copy_of(the_one())
    both, known_title = threading.Barrier(2), deciding.known_title

    def looked(agreement: Agreement, day: date) -> str:
        found = known_title(agreement, day)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        return found

    monkeypatch.setattr(deciding, "known_title", looked)

    def sign_title(pk: int) -> str:
        try:
            return deciding.accept(agreement_pk=pk, by=helene, on=SIGNED, at=AT).state
        except NotPossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign_title, (one.pk, two.pk))) == ["ACCEPTED", "refused"]
    assert (len(set(Title.objects.values_list("title_no", flat=True))), Parent.objects.count()) == (1, 2)


def copy_of(one: Agreement) -> Agreement:
    """A second request of the same two parents, signed by both."""
    values = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if field.name != "id"}
    made = Agreement.objects.create(**values | {"key": uuid4()})
    made.refresh_from_db()
    for signature in one.signatures.all():
        signature.pk, signature.key, signature.agreement = None, uuid4(), made
        signature.save()
    return made


@pytest.mark.django_db(transaction=True)
def test_papers_asked_twice_at_once_are_asked_once(amelie: Client, romain: Client, awa: User) -> None:
    pk, key = filed(amelie, romain).pk, uuid4()

    def ask(_number: int) -> int:
        try:
            return deciding.ask_papers(
                agreement_pk=pk, key=key, party="DEBTOR", text="L’avis d’impôt en entier", wanted_by=date(2026, 11, 20),
                by=awa, at=AT, on=SIGNED,
            ).pk  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as three:
        assert len(set(three.map(ask, range(3)))) == 1
    assert AgreementAsk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_begin_one_agreement(amelie: Client, monkeypatch: Any) -> None:
    both, identity = threading.Barrier(2), writing.identity
    who = Who(User.objects.get(username="amelie"), "", DAY, AT)

    def looked(user: User) -> dict[str, str]:
        """Both have looked, and found nothing begun."""
        both.wait(60)
        return identity(user)

    monkeypatch.setattr(writing, "identity", looked)
    key = uuid4()

    def begin(_number: int) -> int:
        try:
            return writing.start(key=key, who=who, answers=CONDITIONS).agreement.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        assert set(two.map(begin, range(2))) == {the_one().pk}
