"""An officer of one fund acts on the joint fund of its département, and on no other: entered, confirmed, dropped, given back."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from portal.accounts.models import Role, User
from portal.organisations.joint.acting import JointRefused
from portal.organisations.joint.orders import confirm_fund_order, drop_fund_order, enter_fund_order
from portal.organisations.joint.returning import give_back
from portal.organisations.joint.steering import joint_waiting
from portal.organisations.models import FundOrder, FundReturn
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.organisations.access import LINES, OF_ITS_OFFICERS, joint_objects
from tests.portal.organisations.test_ending import (
    END,
    ENDS,
    ENTERED,
    conducting,
    confirmed,
    ends_of,
    entered,
    officer,
    working,
)
from tests.portal.organisations.test_moving import agent
from tests.portal.organisations.world import DAY, who

pytestmark = pytest.mark.django_db
DIRECTOR, ACCOUNTANT = Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER


def its_own(role: Role) -> User:
    return agent(f"cantal-{role}", "CCSS15", role, "FAMILY")


def test_the_direction_of_another_fund_enters_no_order_and_its_own_does() -> None:
    working()
    for stranger in (agent("d63", "CAF63", DIRECTOR), agent("d48", "CCSS48", DIRECTOR, "FAMILY"), its_own(ACCOUNTANT)):
        with pytest.raises(JointRefused, match="La direction de cette caisse commune"):
            enter_fund_order(ordered=END, key=uuid4(), who=who(stranger, ENTERED))
    assert not FundOrder.objects.exists()
    assert enter_fund_order(ordered=END, key=uuid4(), who=who(its_own(DIRECTOR), ENTERED))[0].state == "ENTERED"


def test_the_accountant_of_another_fund_confirms_and_drops_nothing_and_its_own_does() -> None:
    working()
    order = entered()
    for stranger in (agent("a13", "CAF13", ACCOUNTANT), agent("d63", "CAF63", DIRECTOR)):
        for act in (confirm_fund_order, drop_fund_order):
            with pytest.raises(JointRefused, match="l’agence comptable de cette caisse commune"):
                act(order_pk=order.pk, who=who(stranger, ENTERED))
    order.refresh_from_db()
    assert (order.state, set(ends_of().values())) == ("ENTERED", {None})
    assert confirm_fund_order(order_pk=order.pk, who=who(its_own(ACCOUNTANT), ENTERED))[0].state == "CONFIRMED"


def test_files_are_given_back_by_hand_by_a_national_direction_and_by_no_other_fund() -> None:
    working()
    confirmed()
    with pytest.raises(JointRefused, match="rend ses dossiers"):
        give_back(body="CCSS15", who=who(agent("d63", "CAF63", DIRECTOR), ENDS))
    assert not FundReturn.objects.exists()
    give_back(body="CCSS15", who=conducting(ENDS))
    assert FundReturn.objects.get().ends_on == ENDS


def test_what_waits_for_an_order_is_told_to_who_can_act_on_it() -> None:
    working()
    entered()

    def told(user: User) -> int:
        return sum(one.count for one in joint_waiting(user, ENTERED))

    national = User.objects.get(pk=officer().user_pk)
    assert [told(one) for one in (its_own(ACCOUNTANT), national)] == [1, 1]
    assert [told(agent("a13", "CAF13", ACCOUNTANT)), told(agent("d63", "CAF63", DIRECTOR))] == [0, 0]


def test_pages_of_acts_are_not_there_for_the_officers_of_another_fund(settings: Any, tmp_path: Any) -> None:
    on_day(settings, DAY)
    objects = joint_objects(tmp_path)
    for number, role in enumerate((DIRECTOR, ACCOUNTANT)):
        client = client_of(agent(f"o{number}", "CAF13", role))
        for name, methods in OF_ITS_OFFICERS.items():
            address = reverse(name, kwargs={key: objects[thing] for key, thing in LINES[name].own.items()})
            for method in methods:
                assert getattr(client, method)(address, {"key": str(uuid4())}).status_code == 404, (role, name, method)
        page = text_of(client.get(f"/agent/caisses/arretes/{objects['joint_order_here']}/"))
        assert "Abandonner cet arrêté" not in page
        assert "Inscrire l’arrêté" not in text_of(client.get("/agent/caisses/communes/CCSS48/"))
    assert FundOrder.objects.get().state == "ENTERED"
