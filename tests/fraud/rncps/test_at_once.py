"""Several at once: one form asks once, a limit is not passed by two, an answer is taken by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from fraud.models import RncpsConsultation, RncpsResult
from fraud.rncps import asking
from fraud.rncps.asking import LookRefused, look
from fraud.rncps.connector import HttpDirectory
from fraud.rncps.ordering import OrderRefused, order_one, take
from fraud.rules.rncps import Mode
from tests.fraud.rncps.world import SOPHIE, at, authorised, case_of, officer, person, wish

AT_ONCE = 4


def at_once(act: Callable[[], Any]) -> list[Any]:
    """What each of four threads got; refusals are told by their kind."""

    def tried(_index: int) -> Any:
        try:
            return act()
        except (LookRefused, OrderRefused) as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(tried, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_one_form_asks_once_a_limit_holds_and_an_answer_is_taken_once(
    directory: HttpDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sylvie = officer()
    authorised(sylvie)
    number = case_of(sylvie).number
    same = wish(sylvie, number)
    looked = at_once(lambda: look(wish=same, person=person(SOPHIE), directory=directory))
    assert sorted(one.again for one in looked) == [False, True, True, True]
    assert RncpsConsultation.objects.filter(refusal="").count() == 1

    figures = {"rncps.daily_limit": 2, "rncps.daily_alert": 9, "rncps.monthly_alert": 9}
    monkeypatch.setattr(asking, "number_on", lambda key, _day: figures[key])
    others = at_once(lambda: look(wish=wish(sylvie, number, key=uuid4()), person=person(SOPHIE), directory=directory))
    assert others.count("LookRefused") == 3
    assert RncpsConsultation.objects.filter(refusal="").count() == 2

    figures["rncps.daily_limit"] = 9
    order = order_one(wish=wish(sylvie, number, mode=Mode.DEFERRED), person=person(SOPHIE), directory=directory)
    taken = at_once(lambda: take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory))
    assert taken.count("OrderRefused") == 3
    assert RncpsResult.objects.filter(consultation__order=order).count() == 1
